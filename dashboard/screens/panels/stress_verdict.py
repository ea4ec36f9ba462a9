"""The verdict of a stress test, and the figures behind it.

Data flow: how a test stands (`told` of the runs) -> HTML: one line while it waits, runs or failed, one large line with
shape and word once it is over; two tables of figures; the naive seller in a table beside ours.
Invariants: only a test that says `ok` reads as good; what was oversold is said first, whatever else went wrong; a
number beyond its limit carries a shape and a word, never a colour alone.
"""

from collections.abc import Sequence

from dashboard.screens.marks import Frame, age, number, percent, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

DETAIL = "{orders} orders, {sold} of {units} units sold, sync p95 {p95}"
FIGURES = (
    ("sold", "units people bought and kept"),
    ("oversold", "units sold beyond those there were"),
    ("withheld", "unsold units that no platform listed, on average"),
    ("refused", "shoppers who found too little listed"),
    ("leftover", "units unsold in the end"),
    ("cancelled", "units sent back by shoppers"),
    ("listed_by_hand", "units typed into a platform by somebody"),
    ("exposure_events", "times units were moved between platforms"),
)
"""Figures of a report in their order, and what each counts."""
NAMES = {"refused": "turned away", "listed_by_hand": "listed by hand", "exposure_events": "exposure events"}
BESIDE = ("sold", "oversold", "leftover", "refused")


def html(told: Frame | None, say: Say = english, starts: bool = True) -> str:
    """Build the large line, or what stands in its place until there is one; `starts`: the viewer may start a test."""
    if told is None:
        how = (
            say("Choose faults, orders and a seed, then press Run.") if starts else say("Only an admin starts a test.")
        )
        return _line("grey", say("Not tested yet"), how)
    if told["report"]:
        under = _progress(told, say) if told["state"] == "running" else _problem(told, say)
        return _verdict(told["report"], say) + under
    if told["state"] == "failed":
        return _line("low", say("The test failed"), sentence(told["problem"], say))
    return _line("transit", f"{say('Testing')} {percent(told['share'])}", _about(told, say)) + _progress(told, say)


def verdict(report: Frame, say: Say = english) -> tuple[str, str]:
    """Say what a report comes to: the state of its mark, and the words before its numbers."""
    oversold = report["oversold"]
    if oversold:
        words = say.many("unit was sold twice", "units were sold twice", oversold)
        return "low", f"{number(oversold)} {words}"
    if not report["within_limits"]:
        return "warning", say("Nothing was oversold, but a platform was called too often")
    if not report.get("accounted", True):
        return "warning", say("Nothing was oversold, but an order never reached the ledger")
    if not report["ok"]:
        return "warning", say("Nothing was oversold, but the journal does not hold")
    return "green", say("Nothing was oversold")


def _verdict(report: Frame, say: Say) -> str:
    state, head = verdict(report, say)
    detail = say(DETAIL).format(
        orders=number(report["orders"]),
        sold=number(report["sold"]),
        units=number(report["units"]),
        p95=lag(report["lag_ms"]["p95"], say),
    )
    return _line(state, head, detail)


def _line(state: str, head: str, detail: str) -> str:
    return (
        f'<div class="verdict {state}" role="status">{shape(state)}<b>{safe(head)}</b><span>{safe(detail)}</span></div>'
    )


def _about(told: Frame, say: Say) -> str:
    return f"{told['faults']} · {number(told['orders'])} {say('orders')} · {say('seed')} {told['seed']}"


def _progress(told: Frame, say: Say) -> str:
    share = 100 * told["share"]
    words = say("Playing the show") if told["doing"] == "ours" else say("Playing it again with the naive seller")
    return (
        f'<div class="progress" role="progressbar" aria-label="{safe(words)}" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{share:.0f}"><i style="width:{share:.1f}%"></i><span>{safe(words)}</span></div>'
    )


def _problem(told: Frame, say: Say) -> str:
    problem = sentence(told["problem"], say)
    return f'<div class="said bad">{shape("low")}{safe(problem)}</div>' if problem else ""


def figures(report: Frame, say: Say = english) -> str:
    """Build the table of key figures."""
    if not report:
        return _empty(say)
    rows = [
        (say(NAMES.get(name, name)), _value(name, report), say(why))
        for name, why in FIGURES
        if report.get(name) is not None
    ]
    times = " · ".join(f"{name} {lag(report['lag_ms'][name], say)}" for name in ("p50", "p95", "p99"))
    rows.append((say("lag"), times, say("from a platform's counter to the ledger")))
    body = "".join(f"<tr><th scope=row>{safe(a)}</th><td>{b}</td><td class=why>{safe(c)}</td></tr>" for a, b, c in rows)
    return f'<table class="figures"><tbody>{body}</tbody></table>'


def lag(milliseconds: float, say: Say = english) -> str:
    """Write a lag finely, because a test is about milliseconds: below a second in those."""
    if milliseconds < 1000:
        return say("{count} ms").format(count=f"{milliseconds:.0f}")
    return age(milliseconds / 1000, say)


def _value(name: str, report: Frame) -> str:
    value = report[name]
    text = f"{value:,.1f}" if isinstance(value, float) and value < 10 else number(value)
    if name != "oversold":
        return text
    return f'{shape("low" if value else "green")}<b class="{"red" if value else "green"}">{text}</b>'


def calls(report: Frame, say: Say = english) -> str:
    """Build the table of calls: the most in any minute against what each platform allows, writing and reading."""
    if not report:
        return _empty(say)
    rows = "".join(
        f"<tr><th scope=row>{safe(channel)}</th>{_share(row['most_in_a_minute'], row['limit'], say)}"
        f"{_share(row['fetches_most'], row['fetches_limit'], say)}</tr>"
        for channel, row in report["calls"].items()
    )
    head = "".join(
        f"<th scope=col>{safe(word)}</th>" for word in (say("channel"), say("stock calls"), say("order calls"))
    )
    return f'<table class="calls"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _share(most: int, limit: int, say: Say) -> str:
    width = min(100.0, 100 * most / max(1, limit))
    over = f"{shape('low')}<em>{safe(say('above the limit'))}</em> " if most > limit else ""
    tone = "red" if most > limit else "blue"
    return (
        f'<td>{over}{number(most)} <small>/ {number(limit)}</small><i class="bar {tone}"><i style="width:{width:.0f}%">'
        "</i></i></td>"
    )


def beside(told: Frame | None, say: Say = english) -> str:
    """Build the table of ours against the naive seller without a buffer and with the best one."""
    if told is None or not told["report"]:
        return _empty(say)
    sellers: list[tuple[str, Frame | None]] = [(say("this room"), told["report"])]
    sellers += [(_naive(row, say), row) for row in told["beside"]]
    if told["state"] == "running":
        sellers.append((say("naive seller: playing"), None))
    head = "".join(f"<th scope=col>{safe(name)}</th>" for name, _ in sellers)
    rows = "".join(_row(name, [row for _, row in sellers], say) for name in BESIDE)
    note = safe(say("The best buffer is known only afterwards, from this very test."))
    foot = f'<p class="more">{note}</p>' if len(told["beside"]) > 1 else ""
    return f'<table class="beside"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>{foot}'


def _naive(row: Frame, say: Say) -> str:
    best = f" ({say('best')})" if row["buffer"] else ""
    return f"{say('naive, buffer')} {number(row['buffer'])}{best}"


def _row(name: str, sellers: Sequence[Frame | None], say: Say) -> str:
    cells = "".join(f"<td>{_value(name, row) if row else '–'}</td>" for row in sellers)
    return f"<tr><th scope=row>{safe(say(NAMES.get(name, name)))}</th>{cells}</tr>"


def _empty(say: Say) -> str:
    return f'<div class="empty">{safe(say("Run a test to see them"))}</div>'
