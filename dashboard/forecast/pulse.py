"""The pulse: how each SKU sells in each region, measured against how many could have bought it.

    orders, on-screen, pushes, viewers, claims moved -> Pulse, closed bin by bin (bins.py)
    Pulse -> rates (rates.py), exposure ahead (ahead.py) -> sell-out times (selling_out.py)

A node is a SKU in a region. Every bin adds its units to `units` and, to `exposure`, the viewer-minutes in the state
the SKU was in (states.py); both forget by half in a twelfth of the show (twenty minutes to an hour). Units over
exposure is a rate that does not mistake a full house, a push or a slot for a trend. Exposure counts only while a buyer
could buy: a node that is sold out or not listed adds none, and a purchase limit or a price adds less, so demand that
nobody could satisfy is unseen, not zero. Sums with a half-life of minutes (`quick`, `late`) notice a spike.

Pure and cheap: taking in an order appends to a list; a bin is some thirty vector operations over all nodes. The state
is plain arrays, so it is packed with the frame's facts, and a show folded again reads the same to the last bit. What
can fail: viewers that nobody tells (counted as constant), a rundown nobody follows (`followed` and `strayed` say so).
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.states import (
    MINUTE,
    NEVER,
    ON_SCREEN,
    PUSH_FADES,
    PUSHED,
    PUSHED_LATELY,
    STATES,
    TIERS,
    Tables,
    learned,
)

BIN = 10_000_000
BINS_MAX, BINS_MIN = 2000, 300
WORK_MAX = 5_000_000
"""Nodes there could be times bins: shows of very many have wider bins."""
ON_AIR = [ON_SCREEN, PUSHED, PUSHED_LATELY, PUSH_FADES]
LOT_PRIOR = 1.27
LOT_PRIOR_UNITS = 20.0
SIZES = 24
FIT_MINUTES = 10.0


ROWS = {
    name: number
    for number, name in enumerate(
        (
            "planned",
            "left",
            "sold",
            "units",
            "quick",
            "quick_expected",
            "pace",
            "open",
            "terms",
            "opening",
            "late",
            "late_expected",
        )
    )
}
"""Per node: units planned, left, sold net; forgetting units, quick units and those expected; expected units per
viewer-minute at multiplier 1; the share of its channels that can sell; what terms let through; units at the start;
units of the last five minutes or so and those expected."""


class Slot(NamedTuple):
    """A slot of the rundown: which SKU (its number) is on screen from and to a time."""

    start: int
    end: int
    sku: int


class Pulse(msgspec.Struct, dict=True):
    """All nodes of a show; arrays have room for more nodes than the `size` in use."""

    start: int
    end: int
    width: int
    skus: list[str]
    regions: list[str]
    tier: Ints
    """Per SKU: its place in TIERS."""
    slots: list[Slot]
    prior: Floats
    """Multipliers at the start, tiers x states."""
    spread: Floats
    trust: float
    viewers_planned: float = 0.0
    done: int = 0
    size: int = 0
    sku_of: Ints = msgspec.field(default_factory=lambda: np.zeros(0, np.int64))
    region_of: Ints = msgspec.field(default_factory=lambda: np.zeros(0, np.int64))
    nodes: Floats = msgspec.field(default_factory=lambda: np.zeros((len(ROWS), 0)))
    """Rows as named in ROWS, one column a node."""
    exposure: Floats = msgspec.field(default_factory=lambda: np.zeros((STATES, 0)))
    """Viewer-minutes a node was open, by state, forgetting."""
    on_screen: int = NEVER
    told: bool = False
    """Whether anybody says what is on screen; without, the rundown is believed."""
    shown_at: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    left_at: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    pushed_at: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    slot: int = NEVER
    delay: int = 0
    followed: float = 0.0
    strayed: float = 0.0
    audience: Floats = msgspec.field(default_factory=lambda: np.zeros((4, 0)))
    """Viewers per region: now, slow average, sum and bins of the first minutes."""
    seen_orders: Floats = msgspec.field(default_factory=lambda: np.zeros((len(TIERS), STATES)))
    seen_exposure: Floats = msgspec.field(default_factory=lambda: np.zeros((len(TIERS), STATES)))
    lots: Floats = msgspec.field(default_factory=lambda: np.zeros((2, 0)))
    """Per SKU: sums of quantities and of their squares."""
    sizes: Floats = msgspec.field(default_factory=lambda: np.zeros(SIZES))
    """Orders by their quantity; the last entry counts all larger ones."""
    on_air: Floats = msgspec.field(default_factory=lambda: np.array([20.0, 0.5, 1.0, 1.5]))
    """Bins in which something was on screen: unpushed, and pushed within 1, 3 and 10 minutes; begins with a guess."""
    pooled: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """Per SKU: 1 where most of its units were everybody's at the start, so that its regions sell out together."""
    pool: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """Per SKU: units that orders of every region may draw."""
    fresh: list[tuple[int, int]] = []
    """(node, units) since the last bin ended; negative for cancelled ones."""

    def __post_init__(self) -> None:
        """Make what follows from the fields and is not packed."""
        self.node_of: dict[tuple[int, int], int] = {
            (int(self.sku_of[node]), int(self.region_of[node])): node for node in range(self.size)
        }

    def row(self, name: str) -> Floats:
        """One row of the nodes in use, to be read or changed in place."""
        return self.nodes[ROWS[name], : self.size]

    @property
    def tables(self) -> Floats:
        """Multipliers as learned by now, tiers x states; all 1 without any feed."""
        if not self.told and not self.slots:
            return np.ones_like(self.prior)
        return learned(self.prior, self.seen_orders, self.seen_exposure)

    def shown(self, tables: Floats) -> Floats:
        """Per tier: the multiplier of a SKU on screen when nobody knows yet whether it will be pushed."""
        found: Floats = tables[:, ON_AIR] @ (self.on_air / self.on_air.sum())
        return found

    def lot(self) -> Floats:
        """Per SKU: E[q^2] / E[q] of its orders, pulled to that of the show while they are few."""
        sums, squares = self.lots
        usual = (LOT_PRIOR * LOT_PRIOR_UNITS + squares.sum()) / (LOT_PRIOR_UNITS + sums.sum())
        found: Floats = np.maximum(1.0, (usual * LOT_PRIOR_UNITS + squares) / (LOT_PRIOR_UNITS + sums))
        return found


def begin(
    skus: Sequence[tuple[str, str]], regions: Sequence[str], span: tuple[int, int], slots: Sequence[Slot],
    tables: Tables, viewers_planned: float = 0.0,
) -> Pulse:  # fmt: skip
    """A show before its start: SKUs with their tiers, regions, (start, end) in microseconds, the rundown."""
    start, end = span
    count = len(skus)
    bins = min(BINS_MAX, max(BINS_MIN, WORK_MAX // max(1, count * len(regions))))
    width = max(BIN, -(-(end - start) // bins))
    return Pulse(
        start, end, width,
        [sku for sku, _ in skus],
        list(regions),
        np.array([TIERS.index(tier) if tier in TIERS else 1 for _, tier in skus], np.int64),
        sorted(slots),
        tables.states.copy(), tables.spread.copy(), tables.trust,
        viewers_planned,
        shown_at=np.full(count, np.nan), left_at=np.full(count, np.nan), pushed_at=np.full(count, np.nan),
        audience=np.zeros((4, len(regions))),
        lots=np.zeros((2, count)), pooled=np.zeros(count), pool=np.zeros(count),
    )  # fmt: skip


def node(pulse: Pulse, sku: int, region: int) -> int:
    """The number of a node, which is made when it is first asked for."""
    found = pulse.node_of.get((sku, region))
    if found is not None:
        return found
    if pulse.size == len(pulse.sku_of):
        more = max(16, pulse.size)
        pulse.sku_of = np.concatenate([pulse.sku_of, np.zeros(more, np.int64)])
        pulse.region_of = np.concatenate([pulse.region_of, np.zeros(more, np.int64)])
        pulse.nodes = np.concatenate([pulse.nodes, np.zeros((len(ROWS), more))], axis=1)
        pulse.exposure = np.concatenate([pulse.exposure, np.zeros((STATES, more))], axis=1)
    number = pulse.size
    pulse.size += 1
    pulse.sku_of[number], pulse.region_of[number] = sku, region
    pulse.nodes[ROWS["open"], number] = pulse.nodes[ROWS["terms"], number] = 1.0
    pulse.node_of[sku, region] = number
    return number


# --- what happens -----------------------------------------------------------------------------------------------


def sold(pulse: Pulse, number: int, units: int) -> None:
    """Units of a node were ordered (negative: cancelled)."""
    pulse.fresh.append((number, units))


def moved(pulse: Pulse, number: int, units: int) -> None:
    """Units came to a node that it may sell, or left it."""
    pulse.nodes[ROWS["left"], number] += units


def show_sku(pulse: Pulse, sku: int, at: int, push: bool) -> None:
    """A SKU came on screen (NEVER: nothing is)."""
    if not pulse.told:
        pulse.told = True
        pulse.__dict__.pop("planned_minutes", None)
    screen(pulse, sku, at)
    if push and sku != NEVER:
        pulse.pushed_at[sku] = at


def screen(pulse: Pulse, sku: int, at: int) -> None:
    """What is on screen changes; how late the rundown runs is read off the slot that fits best."""
    before = pulse.on_screen
    if before == sku:
        return
    if before != NEVER:
        pulse.left_at[before] = at
        pulse.shown_at[before] = np.nan
    pulse.on_screen = sku
    if sku == NEVER:
        return
    pulse.shown_at[sku] = at
    mine = [number for number, slot in enumerate(pulse.slots) if slot.sku == sku]
    if mine:
        best = min(mine, key=lambda number: abs(pulse.slots[number].start + pulse.delay - at))
        late = at - pulse.slots[best].start
        # an encore or a whim says nothing of how late the rundown runs
        if best == pulse.slot + 1 or abs(late - pulse.delay) <= FIT_MINUTES * MINUTE:
            pulse.slot, pulse.delay = best, late


def watched(pulse: Pulse, region: int, viewers: float) -> None:
    """So many people watch the streams of a region from now on."""
    now, slow = pulse.audience[0], pulse.audience[1]
    if now[region] <= 0 < viewers:  # what was counted as constant so far was an audience like this one
        mine = pulse.region_of[: pulse.size] == region
        pulse.exposure[:, : pulse.size] *= np.where(mine, viewers, 1.0)
        pulse.row("pace")[mine] /= viewers
        slow[region] = viewers
    if viewers > 0:
        now[region] = viewers
