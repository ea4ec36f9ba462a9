"""Demand that nobody could serve: how much per region, why, and the assumption it was estimated under.

Data flow: the review's `lost` -> the assumption in words, a bar a region and one a SKU, cut by cause, with every number
in it, and the table behind it, which opens. Invariants: the causes of a row add up to its units and the rows to the
whole, so every number can be added up by hand; a cause has a colour, a hatch and its word; it is called an estimate; a
part of a bar is as wide as its number needs.
"""

from dashboard.review.words import CAUSES
from dashboard.screens.marks import Frame, number, safe
from dashboard.screens.words import Say, english

ROWS_MAX = 400
BARS_MAX = 12


def html(review: Frame, say: Say = english) -> str:
    """Build the panel."""
    lost = review["lost"]
    if not lost["units"]:
        return f'<div class="empty">{safe(say("Nobody was turned away, as far as is known"))}</div>'
    assumed = f"<p class=assumed><b>{safe(say('Estimated.'))}</b> {safe(say(lost['assumption']))}</p>"
    regions = {row["region"]: row["name"] for row in review["regions"]}
    titles = {row["sku"]: row["title"] for row in review["skus"]}
    bars = _bars(lost["by_region"], "region", regions, say) + "<hr>" + _bars(lost["by_sku"], "sku", titles, say)
    return f"{assumed}{_key(lost, say)}{bars}{_table(review, say)}"


def causes(row: Frame) -> dict[str, int]:
    """The units of a row by cause, in the order in which they are drawn; causes nobody has words for come last."""
    known = {cause: int(row["causes"].get(cause, 0)) for cause in CAUSES}
    return known | {cause: int(units) for cause, units in row["causes"].items() if cause not in known}


def _key(lost: Frame, say: Say) -> str:
    """Build the legend with the sum of each cause, and what it means when pointed at."""
    sums = {
        cause: sum(causes(row).get(cause, 0) for row in lost["by_region"]) for cause in causes(lost["by_region"][0])
    }
    parts = "".join(
        f'<li title="{safe(say(CAUSES[cause].means) if cause in CAUSES else "")}"><i class="cause {safe(cause)}"></i>'
        f"{safe(_word(cause, say))} <b>{number(units)}</b></li>"
        for cause, units in sums.items()
    )
    return f'<ul class="causes">{parts}</ul>'


def _word(cause: str, say: Say) -> str:
    return say(CAUSES[cause].name) if cause in CAUSES else cause


def _bars(rows: list[Frame], key: str, names: dict[str, str], say: Say) -> str:
    """Draw the rows that lost most, the longest first."""
    rows = sorted((row for row in rows if row["units"]), key=lambda row: (-row["units"], row[key]))
    return "".join(_bar(row, names.get(row[key]) or str(row[key]), rows[0]["units"], say) for row in rows[:BARS_MAX])


def _bar(row: Frame, name: str, most: int, say: Say) -> str:
    parts = "".join(
        f'<i class="cause {safe(cause)}" style="width:{100 * units / most:.2f}%" '
        f'title="{safe(_word(cause, say))} {number(units)}"><b>{number(units)}</b></i>'
        for cause, units in causes(row).items()
        if units
    )
    return f'<div class="lostbar"><b>{safe(name)}</b><span>{parts}</span><strong>{number(row["units"])}</strong></div>'


def _table(review: Frame, say: Say) -> str:
    """Build every number: regions with their sums, and behind a line the rows by SKU and channel."""
    lost = review["lost"]
    order = list(causes(lost["by_region"][0]))
    titles = {row["sku"]: row["title"] for row in review["skus"]}
    channels = {row["channel"]: row["name"] for row in review["channels"]}
    heads = "".join(f"<th scope=col>{safe(_word(cause, say))}</th>" for cause in order)
    rows = "".join(
        f"<tr><td>{safe(row['region'])}</td><td>{safe(titles.get(row['sku'], row['sku']))}</td>"
        f"<td>{safe(channels.get(row['channel'], row['channel']))}</td>{_cells(row, order)}</tr>"
        for row in lost["rows"][:ROWS_MAX]
    )
    rest = len(lost["rows"]) - ROWS_MAX
    more = f'<p class="more">+{number(rest)} {safe(say("more"))}</p>' if rest > 0 else ""
    whole = {
        "units": lost["units"],
        "causes": {cause: sum(causes(row)[cause] for row in lost["rows"]) for cause in order},
    }
    summary = safe(say("Every number: {rows} rows").format(rows=number(len(lost["rows"]))))
    return (
        f'<details class="record all"><summary>{summary}</summary><div class="within"><table><thead><tr>'
        f"<th scope=col>{safe(say('Region'))}</th><th scope=col>SKU</th><th scope=col>{safe(say('channel'))}</th>"
        f"{heads}<th scope=col>{safe(say('units'))}</th></tr></thead><tbody>{rows}</tbody><tfoot><tr>"
        f"<th scope=row colspan=3>{safe(say('all'))}</th>{_cells(whole, order)}</tr></tfoot></table>{more}</div>"
        "</details>"
    )


def _cells(row: Frame, order: list[str]) -> str:
    found = causes(row)
    cells = "".join(f"<td class=n>{number(found.get(cause, 0))}</td>" for cause in order)
    return f"{cells}<td class=n><b>{number(row['units'])}</b></td>"
