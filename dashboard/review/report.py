"""The review of a show: everything that is known after it, as one plain dict.

    journal -> facts and frame at the show's last event    what was sold, how the countdown did, the curves
            -> recorded commands -> original, lost, losses, interventions, next_plan
            -> the auditor                                  the proof
            => review                                       what the page, the report, the workbook and Parquet show

Times are ISO 8601 UTC, money integer minor units of the show's currency, codes stand where words would need a language.
Sums hold: regions, SKUs and channels add up to the totals, missed units to their causes. What is estimated is only what
stands under `lost`, in columns of that name, in effects and in the plan. The same journal gives the same review.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.journal import viewers
from dashboard.journal.store import Journal
from dashboard.journal.verify import VerifyProblem, verify
from dashboard.projections import frame as frames
from dashboard.projections.past import FrameProblem, fold_upto
from dashboard.projections.written import iso
from dashboard.review import calibration, interventions, losses, lost, next_plan, original
from dashboard.review.asked import Asks
from dashboard.review.original import Original
from dashboard.room import patience

Row = dict[str, Any]
Report = Callable[[str, int, int], None]
VERSION = 1
TOTALS = (
    "sold", "cancelled", "refused", "oversold", "leftover", "orders", "revenue_minor", "revenue", "margin_minor",
    "stock_out_minutes", "moves", "moved_units",
)  # fmt: skip
EARNED = ("cancelled", "revenue_minor", "margin_minor", "stock_out_minutes")


def silent(phase: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""


def build(journal: Journal, show: str, progress: Report | None = None, audit: Mapping[str, Any] | None = None) -> Row:
    """The review of a show; `audit` is the auditor's report of this journal, if it has looked already.

    Without it the file of a journal that is opened for reading is audited here; beside a writer the proof says that
    nobody looked. Raises FrameProblem where there is no such show, JournalProblem for a journal that cannot be read.
    """
    tell = progress or silent
    spans = {span.show: span for span in journal.spans()}
    if show not in spans:
        raise FrameProblem(f"There is no show {show!r} in this journal; it has {', '.join(spans) or 'none'}.")
    tell("reading", 0, 0)
    facts = fold_upto(journal, show, spans[show].last_seq)
    assert facts is not None
    frame = frames.table(facts, facts.at, journal.seen(show, facts.seq, facts.at), patience())
    everything = Asks(journal)
    happened = original.counted(everything, show)
    tell("verifying", 0, 0)
    proof = _proof(journal, frame, audit)
    tell("missed orders", 0, 0)
    estimate = lost.estimate(everything, show, journal.seen(show, facts.seq), journal.observed(show))
    missed = _lost(losses.split(everything, show, estimate.orders), estimate.assumption)
    acted = interventions.effects(
        everything,
        show,
        interventions.interventions(everything, show),
        estimate.orders,
        progress=lambda done, whole: tell("interventions", done, whole),
    )
    counted = _Counted(frame, happened, missed)
    return {
        "version": VERSION,
        "show": _show(facts, frame),
        "proof": proof,
        "totals": counted.totals() | {"viewers_peak": viewers.peak(journal, show, facts.seq, facts.at)},
        "regions": counted.regions(),
        "channels": _channels(frame, happened, viewers.viewer_minutes(journal, show, facts.seq, *_watched(facts))),
        "skus": counted.skus(),
        "interventions": acted,
        "countdown": frame["record"] | {"calibration": calibration.rows(facts.forecasts.record)},
        "lost": missed,
        "plan": next_plan.plan(everything, show, missed["rows"]),
        "curves": frame["curves"],
        "rundown": frame["rundown"],
    }


def _show(facts: frames.Facts, frame: Row) -> Row:
    names = ("show", "title", "starts_at", "ends_at", "status", "time_zone", "currency")
    told = {name: frame[name] for name in names}
    return told | {"last_at": iso(facts.at), "host": facts.opened.host, "tuning": frame["record"]["tuning"]}


def _proof(journal: Journal, frame: Row, audit: Mapping[str, Any] | None) -> Row:
    seq, end = journal.head()
    proof = {
        "oversold": frame["totals"]["oversold"], "verified": None, "breach_count": 0, "breaches": [],
        "head": {"seq": seq, "hash": end}, "events": seq, "moves": None, "identity": frame["identity"],
    }  # fmt: skip
    if audit is None and journal.read_only:
        try:
            audit = verify(journal.path)
        except VerifyProblem as problem:
            return proof | {"breaches": [problem.sentence]}
    if audit is None:
        return proof
    return proof | {
        "oversold": max(proof["oversold"], audit["oversold"]),
        "verified": bool(audit["ok"]),
        "breach_count": audit["breach_count"],
        "breaches": [breach["sentence"] for breach in audit["breaches"]],
        "events": audit["events"],
        "moves": audit["moves"],
    }


def _watched(facts: frames.Facts) -> tuple[int, int]:
    """From when to when somebody could watch (microseconds): the show, as far as it has come."""
    return facts.opened.starts_at, max(facts.opened.starts_at, min(facts.opened.ends_at, facts.at))


def _channels(frame: Row, happened: Original, watched: Mapping[str, float]) -> list[Row]:
    rows: list[Row] = []
    for channel in frame["channels"]:
        units, planned, minutes = channel["units_sold"], channel["plan_units"], watched.get(channel["channel"])
        rows.append(
            {
                **{name: channel[name] for name in ("channel", "name", "region", "platform", "orders")},
                "revenue_minor": happened.channels[channel["channel"]],
                "units": units,
                "viewer_minutes": None if minutes is None else round(minutes, 1),
                "orders_per_thousand_viewer_minutes": round(1000 * channel["orders"] / minutes, 4) if minutes else None,
                "plan_units": planned,
                "plan_ratio": round(units / planned, 4) if planned else None,
            }
        )
    return rows


# --- missed orders -----------------------------------------------------------------------------------------------


def _lost(rows: list[Row], assumption: str) -> Row:
    return {
        "units": sum(row["units"] for row in rows),
        "assumption": assumption,
        **{f"by_{name}": _together(rows, name) for name in ("region", "channel", "sku")},
        "rows": rows,
    }


def _together(rows: list[Row], name: str) -> list[Row]:
    """Rows of the same region, channel or SKU as one; most units first."""
    found: dict[str, Row] = {}
    for row in rows:
        total = found.setdefault(row[name], {name: row[name], "units": 0, "causes": dict.fromkeys(row["causes"], 0)})
        total["units"] += row["units"]
        for cause, units in row["causes"].items():
            total["causes"][cause] += units
    return sorted(found.values(), key=lambda row: (-row["units"], row[name]))


# --- sums --------------------------------------------------------------------------------------------------------


class _Counted:
    """What the frame, the tally and the missed orders say together, per show, region and SKU."""

    def __init__(self, frame: Row, happened: Original, missed: Row) -> None:
        self.frame, self.tally, self.by_sku = frame, happened.tally, happened.skus
        self.lost_units: int = missed["units"]
        self.lost_of = {name: {row[name]: row["units"] for row in missed[f"by_{name}"]} for name in ("region", "sku")}

    def totals(self) -> Row:
        """The show as a whole."""
        sold, allocated = self.tally["sold"], self.frame["totals"]["allocated"]
        wanted = sold + self.lost_units
        return {
            **{name: self.tally[name] for name in TOTALS},
            "lost": self.lost_units,
            "allocated": allocated,
            "units_shipped": self.frame["totals"]["units_shipped"],
            "units_returned": self.frame["totals"]["units_returned"],
            "sell_through": _share(sold, allocated),
            "lost_units": self.lost_units,
            "lost_share": _share(self.lost_units, wanted),
        }

    def regions(self) -> list[Row]:
        """Every region, in the order of the opening."""
        return [
            {
                **{name: row[name] for name in ("region", "name", "allocated", "sold", "left")},
                **{name: self.tally["regions"][row["region"]][name] for name in EARNED},
                "lost": self.lost_of["region"].get(row["region"], 0),
                "sell_through": _share(row["sold"], row["allocated"]),
            }
            for row in self.frame["regions"]
        ]

    def skus(self) -> list[Row]:
        """Every SKU, in the order of the opening."""
        return [
            {
                **{name: row[name] for name in ("sku", "title", "tier", "sold", "left")},
                **{name: self.by_sku[row["sku"]][name] for name in EARNED},
                "allocated": row["sold"] + row["left"],
                "lost": self.lost_of["sku"].get(row["sku"], 0),
            }
            for row in self.frame["skus"]
        ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
