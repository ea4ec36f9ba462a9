"""What differs between two pictures of a show: what was sold, what is left where, when it sells out, what channels did.

Data flow: two frames of one show, of two moments or of two runs -> `differences`, plain rows -> one HTML string.
Invariants: only what differs is a row; within a group the largest difference stands first, and at most `ROWS_MAX` rows
leave the server, the rest is counted; a thing that only one of the two knows counts as nothing on the other side.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from dashboard.screens.marks import Frame, money, number, pool_name, safe, titles
from dashboard.screens.words import Say, english

ROWS_MAX = 9
TOTALS = (
    ("units_sold", "sold"), ("orders", "orders"), ("units_cancelled", "cancelled"), ("units_shipped", "shipped"),
    ("units_returned", "returned"), ("revenue_minor", "revenue"), ("oversold", "oversold"),
)  # fmt: skip
GROUPS = ("totals", "pools", "countdown", "channels")
HEADS = {"totals": "The show", "pools": "Left in pools", "countdown": "Sells out in", "channels": "Sold by channel"}

Key = tuple[str, ...]


def differences(first: Frame, second: Frame) -> list[Frame]:
    """Return what differs, by group and size: group, key, first, second, by (second minus first).

    Values are whole numbers; of a countdown they are its minutes, or its state, and `by` is 0 where one is a state.
    """
    rows = _of("totals", _totals(first), _totals(second), keep_order=True)
    rows += _of("pools", _pools(first), _pools(second))
    rows += _countdowns(first, second)
    rows += _of("channels", _channels(first), _channels(second))
    return rows


def html(first: Frame, second: Frame, say: Say = english) -> str:
    """Build the list, one group below the other."""
    rows = differences(first, second)
    if not rows:
        return f'<div class="empty">{safe(say("Nothing differs: both show the same"))}</div>'
    write = _writer(first, second, say)
    return "".join(_group(name, [row for row in rows if row["group"] == name], write, say) for name in GROUPS)


def _of(group: str, first: Mapping[Key, int], second: Mapping[Key, int], keep_order: bool = False) -> list[Frame]:
    rows = [
        {"group": group, "key": key, "first": one, "second": other, "by": other - one}
        for key in {**first, **second}
        if (one := first.get(key, 0)) != (other := second.get(key, 0))
    ]
    return rows if keep_order else sorted(rows, key=lambda row: (-abs(row["by"]), row["key"]))


def _totals(frame: Frame) -> dict[Key, int]:
    return {(name,): frame["totals"].get(name) or 0 for name, _ in TOTALS}


def _pools(frame: Frame) -> dict[Key, int]:
    return _summed(((row["pool"], row["sku"]), row["left"]) for row in frame["pools"])


def _channels(frame: Frame) -> dict[Key, int]:
    return _summed(((row["channel"],), row["units_sold"]) for row in frame["channels"])


def _summed(pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    result: dict[Key, int] = {}
    for key, units in pairs:
        result[key] = result.get(key, 0) + units
    return result


def _countdowns(first: Frame, second: Frame) -> list[Frame]:
    """Compare what the board says of every SKU and region, those nearest to their end first."""
    one, other = (
        {(row["sku"], row["region"]): row for row in frame["countdowns"] if row["state"] != "none"}
        for frame in (first, second)
    )
    rows = []
    for key in {**one, **other}:
        a, b = one.get(key), other.get(key)
        before, after = _answer(a), _answer(b)
        if before != after:
            soon = min((row["p50"] for row in (a, b) if row and row["p50"] is not None), default=float("inf"))
            by = after - before if isinstance(before, int) and isinstance(after, int) else 0
            rows.append((soon, {"group": "countdown", "key": key, "first": before, "second": after, "by": by}))
    return [row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1]["key"]))]


def _answer(row: Frame | None) -> int | str:
    """The state of a countdown, or its minutes while it counts, whole: less is no difference worth a row."""
    if row is None:
        return ""
    return round(row["p50"]) if row["state"] == "counting" and row["p50"] is not None else str(row["state"])


Write = Callable[[Frame], tuple[str, str, str, str]]


def _writer(first: Frame, second: Frame, say: Say) -> Write:
    """Return how to write a row: its name, both values, and by how much they differ."""
    named = titles(second) | titles(first)
    channels = {row["channel"]: row["name"] or row["channel"] for frame in (second, first) for row in frame["channels"]}
    words = {"out": say("sold out"), "lasts": say("lasts"), "unknown": say("too few orders"), "": "–"}
    minutes: Callable[[int | str], str] = lambda value: (  # noqa: E731
        f"{number(value)} {say('min')}" if isinstance(value, int) else words.get(value, value)
    )

    def write(row: Frame) -> tuple[str, str, str, str]:
        group, key = row["group"], row["key"]
        units: Callable[[int], str] = number
        if group == "countdown":
            name, units = f"{key[1]} · {named.get(key[0], key[0])}", minutes
        elif group == "pools":
            name = f"{pool_name(key[0], say)} · {named.get(key[1], key[1])}"
        else:
            name = channels.get(key[0], key[0]) if group == "channels" else say(dict(TOTALS)[key[0]])
        if key == ("revenue_minor",):
            units = lambda minor: money(minor, first["currency"], say)  # noqa: E731
        by = row["by"]
        change = f"{'+' if by > 0 else '−'}{units(abs(by))}" if by else ""
        return name, units(row["first"]), units(row["second"]), change

    return write


def _group(name: str, rows: Sequence[Frame], write: Write, say: Say) -> str:
    if not rows:
        return ""
    lines = []
    for row in rows[:ROWS_MAX]:
        what, one, other, by = (safe(text) for text in write(row))
        tone = "" if not row["by"] else " up" if row["by"] > 0 else " down"
        lines.append(
            f'<div class="differs{tone}"><b title="{what}">{what}</b><i>{one}</i><i>{other}</i><em>{by}</em></div>'
        )
    rest = len(rows) - ROWS_MAX
    more = f'<p class="more">+{number(rest)} {safe(say("more"))}</p>' if rest > 0 else ""
    head = f'<div class="differs head"><b>{safe(say(HEADS[name]))}</b><i>A</i><i>B</i><em>B − A</em></div>'
    return f"{head}{''.join(lines)}{more}"
