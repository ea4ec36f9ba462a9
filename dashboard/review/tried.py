"""Tried: what a change would have made of a show, beside what happened and beside the same rerun without it.

    journal -> asks, missed orders -> original (rerun as it was), control, changed -> one row with their difference

`lost` counts every unit somebody wanted and did not get, as far as that is known: the estimated ones that were not
served, and sold ones a change could not serve. The difference is changed less control, so what only the way a rerun is
made brings about cancels out; where levels or numbers of rules change, the rules decide anew in both. Without a change
there is only the original, and its hash must be the journal's.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.journal.store import Journal
from dashboard.projections.written import iso
from dashboard.review.asked import Asks
from dashboard.review.change import Change
from dashboard.review.lost import ASSUMPTION, Missed, estimate
from dashboard.review.opening import opened_of
from dashboard.review.recorder import Recorder
from dashboard.review.rerun import Outcome, begins, rerun

Row = dict[str, Any]
Report = Callable[[str, int, int], None]
COMPARED = (
    "orders", "sold", "cancelled", "lost", "refused", "oversold", "leftover", "revenue_minor", "margin_minor",
    "stock_out_minutes", "moves", "moved_units",
)  # fmt: skip
REGIONAL = ("sold", "cancelled", "left", "lost", "refused", "revenue_minor", "margin_minor", "stock_out_minutes")


def tried(
    journal: Journal,
    show: str,
    change: Change,
    into: Journal | None = None,
    progress: Report = lambda phase, done, total: None,
) -> Row:
    """Rerun a show of a journal under a change (an empty one: as it was); `into` keeps the rerun.

    Raises ChangeProblem when the change does not fit the show.
    """
    progress("reading", 0, 0)
    everything = Asks(journal)
    observed = list(journal.observed(show))
    missed = estimate(everything, show, journal.seen(show, journal.head()[0]), observed).orders
    since = begins(everything, show, change)

    def step(phase: str) -> Callable[[float], None]:
        return lambda share: progress(phase, round(100 * share), 100)

    def keep(name: str) -> Recorder:
        return Recorder(show, into, folds=change.rules_again) if into else Recorder(show, folds=change.rules_again)

    head = journal.head()[1]
    as_it_was = since is None
    original = rerun(
        everything, show, observed=observed, into=keep("original") if as_it_was else None, on_step=step("as it was")
    )
    body = {
        "show": show,
        "currency": opened_of(journal, show).currency,
        "original_hash": head,
        "assumption": ASSUMPTION,
        "original": _row(original, missed),
    }
    if as_it_was:
        return _said(body, original, _row(original, missed), head) | {"control": None, "difference": None}
    same_rules = Change(at=change.at, rules_again=bool(change.levels or change.parameters))
    control = rerun(everything, show, same_rules, missed, since=since, observed=observed, on_step=step("control"))
    changed = rerun(everything, show, change, missed, observed=observed, into=keep("changed"), on_step=step("changed"))
    mine, other = _row(changed, missed), _row(control, missed)
    return _said(body, changed, mine, head) | {"control": other, "difference": difference(mine, other)}


def _said(body: Row, outcome: Outcome, row: Row, head: str) -> Row:
    return (
        body
        | {name: row[name] for name in (*COMPARED, "revenue", "regions")}
        | {
            "seq": outcome.seq,
            "hash": outcome.hash,
            "same": outcome.hash == head,
            "differs_at": outcome.differs_at,
            "since": iso(outcome.since),
            "first_new_seq": outcome.first_new,
        }
    )


def _row(outcome: Outcome, missed: Sequence[Missed]) -> Row:
    """The tally of a run, with what was lost before it could differ."""
    row = dict(outcome.tally)
    row["regions"] = {name: dict(sums) for name, sums in row["regions"].items()}
    for order in missed:
        if outcome.since is None or order.at < outcome.since:
            row["lost"] += order.units
            row["regions"][order.region]["lost"] += order.units
    return row


def difference(mine: Row, other: Row) -> Row:
    """What one run has more than another, number by number and region by region."""
    return {name: _less(mine[name], other[name]) for name in COMPARED} | {
        "regions": {
            region: {name: _less(sums[name], other["regions"][region][name]) for name in REGIONAL}
            for region, sums in mine["regions"].items()
        }
    }


def _less(one: float, other: float) -> float:
    """Minutes have one decimal, everything else is whole."""
    return round(one - other, 1)
