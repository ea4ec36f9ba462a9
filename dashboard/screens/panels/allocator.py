"""The allocator: what a flexible unit must earn, what the next unit is worth in each region, and what it would move.

Data flow: the frame's `allocation` -> one HTML string: how and when it was found, a small heat table (SKU x region,
money), the moves it advises. Invariants: at most `SKUS_MAX` rows, those with most at stake; a number stands in every
tinted cell; before the allocator has spoken, nothing is claimed.
"""

from dashboard.screens import advised
from dashboard.screens.marks import Frame, clock, money, number, pool_name, safe, seconds_between, shape, span, titles
from dashboard.screens.words import Say, english

SKUS_MAX = 30
TINT_MOST = 46
"""Per cent of blue in the dearest cell."""


def html(frame: Frame, say: Say = english) -> str:
    """Build the panel."""
    said = frame.get("allocation")
    if not said:
        return f'<div class="empty">{shape("grey")}{safe(say("The allocator has not spoken yet"))}</div>'
    return _how(frame, said, say) + _worth(frame, said, say) + _advice(frame, said, say)


def _how(frame: Frame, said: Frame, say: Say) -> str:
    mark = "warning" if advised.is_degraded(frame) else "available"
    ago = seconds_between(said["at"], frame["at"])
    old = f"{ago:.0f} {say('s')}" if ago < 120 else span(ago / 60, say)
    when = f"{clock(said['at'], frame['time_zone'], seconds=True)} · {say('{old} ago').format(old=old)}"
    return f'<div class="how">{shape(mark)}<b>{safe(advised.how(frame, say))}</b><span>{safe(when)}</span></div>'


def _worth(frame: Frame, said: Frame, say: Say) -> str:
    """Build the heat table: the dearer the next unit, the bluer its cell."""
    worth = {(row["sku"], row["region"]): row["minor"] for row in said["worth"]}
    if not worth:
        return ""
    bids = {row["sku"]: row["bid_minor"] for row in said["bids"]}
    regions = [row["region"] for row in frame["regions"] if any(region == row["region"] for _, region in worth)]
    best = {sku: max(worth.get((sku, region), 0) for region in regions) for sku, _ in worth}
    names, most = titles(frame), max(1, *best.values())
    heads = "".join(f"<th scope=col class=n>{safe(name)}</th>" for name in (*regions, say("bid")))
    rows = sorted(best, key=lambda sku: (-best[sku], sku))
    body = "".join(
        f"<tr><th scope=row>{safe(names.get(sku, sku))}</th>"
        + "".join(_cell(worth.get((sku, region)), most, frame, say) for region in regions)
        + f"<td class=n>{safe(advised.amount(bids.get(sku), frame['currency'], say))}</td></tr>"
        for sku in rows[:SKUS_MAX]
    )
    more = f'<p class="more">+{number(len(rows) - SKUS_MAX)} {safe(say("more"))}</p>' if len(rows) > SKUS_MAX else ""
    head = f"<tr><th scope=col>{safe(say('next unit is worth'))}</th>{heads}</tr>"
    return f'<table class="heat"><thead>{head}</thead><tbody>{body}</tbody></table>{more}'


def _cell(minor: int | None, most: int, frame: Frame, say: Say) -> str:
    tint = round(TINT_MOST * (minor or 0) / most)
    return f'<td class="n" style="--tint: {tint}%">{safe(advised.amount(minor, frame["currency"], say))}</td>'


def _advice(frame: Frame, said: Frame, say: Say) -> str:
    if not said["advice"]:
        return f'<div class="dim">{safe(say("It would move nothing now"))}</div>'
    names = titles(frame)
    return "".join(
        f'<div class="advice"><b>{number(row["units"])} × {safe(names.get(row["sku"], row["sku"]))}</b>'
        f"<span>{safe(pool_name(row['from_pool'], say))} → {safe(pool_name(row['to_pool'], say))}</span>"
        f'<em class="green">+{safe(money(row["worth_minor"], frame["currency"], say))}</em></div>'
        for row in said["advice"]
    )
