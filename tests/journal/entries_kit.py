"""A small sound journal with decisions, orders and words that try to be something else."""

from pathlib import Path

from dashboard.decision import events as e
from dashboard.decision.events import Move
from dashboard.journal.batch import Batch
from dashboard.journal.store import Journal

NOON = 1_773_489_600_000_000
SECOND = 1_000_000
SHOW = "night"
NASTY = "100%_ 'or 1=1; drop table events; --"
RULE = "rule:flexible_top_up"


def claim(source: str, target: str, units: int, sku: str = "ring") -> Move:
    return Move(sku, "claims", source, target, units)


def good(source: str, target: str, units: int, sku: str = "ring") -> Move:
    return Move(sku, "goods", source, target, units)


def ordered(order: str, channel: str = "web") -> e.Event:
    return e.OrderPlaced(
        channel=channel, order=order, region="US", lines=(e.SoldLine("ring", 2, 4900),),
        moves=(claim(f"channel/{channel}", f"committed/{channel}", 2), good("LA/available", "LA/committed", 2)),
    )  # fmt: skip


def received(sku: str) -> e.Event:
    moves = (claim("issued", "flexible", 500, sku), good("supplier", "LA/available", 500, sku))
    return e.GoodsReceived(location="LA", sku=sku, quantity=500, pool="flexible", moves=moves)


ENTRIES: list[tuple[e.Event, str, str]] = [
    (e.ShowOpened(title="Night", starts_at=NOON, ends_at=NOON + 3600 * SECOND), "operator", "/operator"),
    (received("ring"), "operator", "/operator"),
    (received("band"), "operator", "/operator"),
    (
        e.Reallocated(sku="ring", from_pool="flexible", to_pool="region/US", quantity=200, reason="US 85 % sold",
                      moves=(claim("flexible", "region/US", 200),)), RULE, "/rules",
    ),
    (e.Exposed(channel="web", sku="ring", quantity=100, moves=(claim("region/US", "channel/web", 100),)), "rule:channel_rebalance", "/rules"),
    (ordered("o1"), "web", "/channels/web"),
    (ordered("o2"), "web", "/channels/web"),
    (e.LimitSet(sku="ring", region="EU", units_per_order=2, reason="EU spikes"), "operator", "/operator"),
    (e.NoteAdded(text=NASTY, reason='said "直播"\nloudly'), "Zoë", "/operator"),
    (e.AlertAcknowledged(alert="a1"), "=cmd|calc", "/operator"),
]  # fmt: skip
"""(event, actor, source); seq counts from 1, each a second after the one before it."""


def fill(journal: Journal, entries: list[tuple[e.Event, str, str]] = ENTRIES, show: str = SHOW) -> None:
    """Append entries, each a command of its own."""
    batch = Batch(*journal.head())
    for event, actor, source in entries:
        seq = batch.seq + 1
        at = NOON + seq * SECOND
        batch.add(event, f"c{seq}", show, source, at, at, actor, f"{seq:016x}")
    journal.append(batch)


def journal_at(place: Path) -> Journal:
    """A journal of these entries."""
    journal = Journal(place / "night.duckdb")
    fill(journal)
    return journal
