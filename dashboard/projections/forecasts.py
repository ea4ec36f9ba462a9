"""Forecasts: the show's events read into a pulse, what it forecasts, and the record of what it said.

    OrderPlaced         units per SKU and region, viewers, what was left       OnScreenSet    what is on screen, pushes
    claims moved        units a region may sell                              limits, prices what a buyer is let
    ForecastAdopted     what earlier shows taught
    OrderPlaced, claims moved                  what each channel sold and could sell (traded.py), for the shows to come

All of it is folded from events, viewers too, since each order logs how many watched its channel; so a forecast follows
from the journal up to a seq, live and in replay. Time passes in bins: before an event is taken in, the bins that ended
before it are closed, and at each look the record keeps what would have been said then. A frame between two events
closes the bins on a copy. A listing that holds nothing sells nothing: where a show lists units on channels, a region is
as open as the share of its channels (by plan) that hold some.
"""

from copy import deepcopy
from typing import Any

import msgspec
import numpy as np

from dashboard.decision import events as e
from dashboard.decision.ledger import CLAIMS, FLEXIBLE
from dashboard.decision.world import Tuning
from dashboard.forecast import pulse as pulses, record as records
from dashboard.forecast.bins import close
from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.lessons import defaults
from dashboard.forecast.pulse import ROWS, Pulse, Slot
from dashboard.forecast.record import Record
from dashboard.forecast.selling_out import RAW_LEVELS, Forecast, Outlook, forecast, look, part, raw_quantiles
from dashboard.forecast.states import NEVER, STATES, TIERS, Tables
from dashboard.projections import traded as trades
from dashboard.projections.names import Names
from dashboard.projections.traded import Traded

Row = dict[str, Any]
SECOND = 1_000_000
UNITS_TO_SPEAK = 3.0
"""Fewer units than so many, seen or as good as seen by a plan, and nothing is claimed."""
ELASTICITY = 1.5
"""A price lower by a percent brings in so many percent more."""


class Term(msgspec.Struct):
    """What a buyer of a node is let: units per order, percent off until a time."""

    limit: int | None = None
    percent: int = 0
    expires: int | None = None


class Forecasts(msgspec.Struct, dict=True):
    """The folded part; `next` is when the running bin ends, `audience` viewers by channel, `prices` over listed."""

    pulse: Pulse
    record: Record
    traded: Traded
    levels: dict[str, tuple[float, float]] = {}
    next: int = 0
    lists: bool = False
    audience: dict[str, int] = {}
    terms: dict[int, Term] = {}
    prices: dict[int, float] = {}
    listed: dict[str, dict[str, int]] = {}
    """SKU -> exposure -> units a channel lists."""
    shared: bool = False
    """Whether orders may draw the flexible pool, whichever region they come from."""


def begin(show: str, opened: e.ShowOpened) -> Forecasts:
    """A show that has just opened: its plan, rundown and audience as planned, nothing sold."""
    numbers = {sku.sku: number for number, sku in enumerate(opened.skus)}
    start = opened.starts_at
    slots = [
        Slot(start + part.start_seconds * SECOND, start + part.end_seconds * SECOND, numbers[part.sku])
        for part in opened.rundown
        if part.sku in numbers
    ]
    pulse = pulses.begin(
        [(sku.sku, sku.tier) for sku in opened.skus],
        [region.region for region in opened.regions],
        (start, max(opened.ends_at, start + 1)),
        slots,
        Tables.built_in(),
        opened.viewers_planned,
    )
    record, traded = records.begin(show, start, pulse.end), trades.begin(opened)
    state = Forecasts(pulse, record, traded, next=start, shared="flexible" in opened.draws)
    _adopt(state, defaults())
    names = names_of(state, opened)
    for line in opened.plan:
        if line.sku in names.skus and line.region in names.regions:
            node = names.of_region(line.sku, line.region)
            pulse.nodes[ROWS["planned"], node] += line.units
    return state


def names_of(state: Forecasts, opened: e.ShowOpened) -> Names:
    """The show's names, worked out when first asked for."""
    found: Names | None = state.__dict__.get("names")
    if found is None:
        found = state.__dict__["names"] = Names(opened, state.pulse)
    return found


# --- folding ----------------------------------------------------------------------------------------------------


def fold(state: Forecasts, opened: e.ShowOpened, event: e.Event, at: int) -> int:
    """Close the bins that ended before an event, then take it in; returns how many bins that were."""
    done = state.pulse.done
    if at >= state.next:
        _pass(state, opened, at, keeping=True)
    names = names_of(state, opened)
    if isinstance(event, e.OrderPlaced):
        _placed(state, names, event, at)
        return state.pulse.done - done
    for move in event.moves:
        if move.book == CLAIMS:
            _moved(state, names, move.sku, move.source, -move.quantity)
            _moved(state, names, move.sku, move.target, move.quantity)
    _other(state, opened, names, event, at)
    return state.pulse.done - done


def _placed(state: Forecasts, names: Names, event: e.OrderPlaced, at: int) -> None:
    pulse = state.pulse
    for move in event.moves:
        if move.book == CLAIMS:
            _moved(state, names, move.sku, move.source, -move.quantity)
    for line in event.lines:
        pulses.sold(pulse, names.of_region(line.sku, event.region), line.quantity)
    trades.sold(state.traded, event, at)
    if event.viewers is not None and state.audience.get(event.channel) != event.viewers:
        state.audience[event.channel] = event.viewers
        trades.watched(state.traded, names.channels[event.channel], event.viewers)
        region = names.region_of[event.channel]
        mine = (viewers for channel, viewers in state.audience.items() if names.region_of[channel] == region)
        pulses.watched(pulse, region, float(sum(mine)))


def _moved(state: Forecasts, names: Names, sku: str, account: str, units: int) -> None:
    """Units came to a claims account, or left it."""
    node = names.of_account(sku, account)
    if node != NEVER:
        pulses.moved(state.pulse, node, units)
        if account in names.exposures:
            mine = state.listed.get(sku)
            if mine is None:
                mine = state.listed[sku] = {}
            listed = mine.get(account, 0)
            mine[account] = listed + units
            if (listed > 0) != (listed + units > 0):
                state.__dict__.setdefault("changed", set()).add(sku)
    elif state.shared and account == FLEXIBLE:
        state.pulse.pool[names.skus[sku]] += units


def _other(state: Forecasts, opened: e.ShowOpened, names: Names, event: e.Event, at: int) -> None:
    pulse = state.pulse
    if isinstance(event, e.OrderCancelled):
        for line in event.lines:
            pulses.sold(pulse, names.of_region(line.sku, event.region), -line.quantity)
        trades.cancelled(state.traded, event)
    elif isinstance(event, e.OnScreenSet):
        pulses.show_sku(pulse, names.skus.get(event.sku, NEVER), at, event.push)
    elif isinstance(event, e.Exposed):
        state.lists = state.traded.lists[names.channels[event.channel]] = True
    elif isinstance(event, e.ListingModeSet):
        state.traded.overlaps[names.skus[event.sku]] = event.mode == "shared"
    elif isinstance(event, e.LimitSet):
        _term(state, names, event.sku, event.region).limit = event.units_per_order
        _apply_terms(state, at)
    elif isinstance(event, e.CouponSet):
        term = _term(state, names, event.sku, event.region)
        term.percent, term.expires = event.percent, event.expires
        _apply_terms(state, at)
    elif isinstance(event, e.PriceSet) and not event.channel:
        number = names.skus[event.sku]
        usual = names.list_prices[number]
        state.prices[number] = event.price_minor / usual if usual and event.price_minor else 1.0
        _apply_terms(state, at)
    elif isinstance(event, e.ForecastAdopted):
        _adopt(state, event.tuning)
    elif isinstance(event, e.ShowClosed):
        records.finish(state.record, at, *counted(pulse))


def _adopt(state: Forecasts, tuning: Tuning) -> None:
    """Start from what earlier shows taught; what it does not speak of stays as it is."""
    pulse = state.pulse
    for number, tier in enumerate(TIERS):
        multipliers = tuning.states.get(tier, ())
        if len(multipliers) == STATES:
            pulse.prior[number] = multipliers
        pulse.spread[number] = tuning.spread.get(tier) or pulse.spread[number]
    pulse.trust = tuning.trust
    state.levels = dict(tuning.levels)
    records.adopt(state.record, tuning.name, tuning.shows)


def _term(state: Forecasts, names: Names, sku: str, region: str) -> Term:
    return state.terms.setdefault(names.of_region(sku, region), Term())


def _apply_terms(state: Forecasts, at: int) -> None:
    """How much of its demand each node lets through: orders cut by a limit, buyers brought in by a lower price."""
    pulse = state.pulse
    factor = np.ones(len(pulse.skus))
    for number, price in state.prices.items():
        factor[number] = max(price, 0.01) ** -ELASTICITY
    row = pulse.row("terms")
    row[:] = factor[pulse.sku_of[: pulse.size]]
    for node, term in state.terms.items():
        if term.percent and (term.expires is None or at < term.expires):
            row[node] *= (1 - term.percent / 100) ** -ELASTICITY
        if term.limit is not None:
            row[node] *= _let_through(pulse.sizes, term.limit)


def _let_through(sizes: Floats, limit: int) -> float:
    """Of the units in orders as they came by now, the share that a limit per order leaves."""
    wanted = np.arange(len(sizes))
    units = float((sizes * wanted).sum())
    return float((sizes * np.minimum(wanted, limit)).sum()) / units if units else 1.0


# --- time passes ------------------------------------------------------------------------------------------------


def _pass(state: Forecasts, opened: e.ShowOpened, at: int, keeping: bool) -> None:
    """Close the bins that ended by a time, and let the record look where it wants to."""
    pulse, record = state.pulse, state.record
    last = (min(at, pulse.end) - pulse.start) // pulse.width
    if pulse.done < last:
        if pulse.done == 0 and state.shared:
            _pool(pulse)
        _open(state, opened)
        if any(term.percent and term.expires is not None and at >= term.expires for term in state.terms.values()):
            _apply_terms(state, at)
        if keeping:
            trades.passed(state.traded, pulse, names_of(state, opened), state.listed, last - pulse.done)
    while pulse.done < last:
        close(pulse)
        moment = pulse.start + pulse.done * pulse.width
        if keeping:
            records.settle(record, moment, *counted(pulse))
            if records.wants(record, moment):  # what sold in a bin is known at its end, so the record looks there
                _keep(state, moment)
    state.next = pulse.start + (pulse.done + 1) * pulse.width


def _pool(pulse: Pulse) -> None:
    """Note of which SKUs most units are everybody's at the start: there every region can sell all of them."""
    own = np.bincount(pulse.sku_of[: pulse.size], pulse.row("left"), len(pulse.skus))
    pulse.pooled[:] = pulse.pool > own
    for number in np.flatnonzero(pulse.pooled):
        for region in range(len(pulse.regions)):
            pulses.node(pulse, int(number), region)


def _open(state: Forecasts, opened: e.ShowOpened) -> None:
    """How open each node is: whether it has units, and which share of its channels lists some."""
    pulse, row = state.pulse, state.pulse.row("open")
    row[:] = (pulse.row("left") > 0) | (pulse.pool > 0)[pulse.sku_of[: pulse.size]]
    if state.lists:
        row *= _listing(state, names_of(state, opened))


def _listing(state: Forecasts, names: Names) -> Floats:
    """Which share of its channels lists each node; not packed, and worked out again only where that changed."""
    pulse = state.pulse
    known: Floats = state.__dict__.get("listing", np.zeros(0))
    news = np.arange(len(known), pulse.size)
    if len(news):
        known = state.__dict__["listing"] = np.concatenate([known, np.zeros(len(news))])
    nodes = [node for sku in state.__dict__.pop("changed", ()) for node in _nodes(pulse, names.skus[sku])]
    for node in [*nodes, *news.tolist()]:
        accounts = state.listed.get(pulse.skus[pulse.sku_of[node]], {})
        known[node] = _listed(names, accounts, int(pulse.sku_of[node]), int(pulse.region_of[node]))
    return known


def _nodes(pulse: Pulse, sku: int) -> list[int]:
    """The nodes of a SKU."""
    return [pulse.node_of[sku, region] for region in range(len(pulse.regions)) if (sku, region) in pulse.node_of]


def _listed(names: Names, accounts: dict[str, int], sku: int, region: int) -> float:
    shares = names.shares.get((sku, region))
    whole = some = 0.0
    for channel, where, exposure in names.listings:
        if where == region:
            weight = shares.get(channel, 0.0) if shares else 1.0
            whole += weight
            some += weight * (accounts.get(exposure, 0) > 0)
    return some / whole if whole else 1.0


def _keep(state: Forecasts, at: int) -> None:
    """Forecast every node that can be spoken of, and all its quantiles of those the record keeps."""
    pulse, record = state.pulse, state.record
    left, sold = counted(pulse)
    speaks = np.flatnonzero((left > 0) & (known(pulse) >= UNITS_TO_SPEAK))
    outlook = look(pulse, at, speaks)
    tiers = pulse.tier[pulse.sku_of[: pulse.size]]
    said = Forecast(*(_by_number(values, speaks, pulse.size) for values in forecast(pulse, outlook, state.levels)))
    stock = _by_number(outlook.stock, speaks, pulse.size)
    mine = np.flatnonzero(np.isin(speaks, records.chosen(record, speaks)))
    raw = np.full((len(RAW_LEVELS), pulse.size), np.nan)
    raw[:, speaks[mine]] = raw_quantiles(part(outlook, mine))
    records.keep(record, at, speaks, tiers, said, raw, stock, sold)


def _by_number(values: Any, nodes: Ints, size: int) -> Any:
    """Values of some nodes at the places of all."""
    found = np.zeros(size, values.dtype)
    found[nodes] = values
    return found


def counted(pulse: Pulse) -> tuple[Floats, Floats]:
    """Units a node may still sell, and sold (net); of a SKU that is everybody's, those of all its regions together."""
    skus, count = pulse.sku_of[: pulse.size], len(pulse.skus)
    left: Floats = pulse.row("left") + pulse.pool[skus]
    sold: Floats = pulse.row("sold").copy()
    for node, units in pulse.fresh:
        sold[node] += units
    if pulse.pooled.any():
        one = (pulse.pooled > 0)[skus]
        whole: Floats = np.bincount(skus, pulse.row("left"), count) + pulse.pool
        left = np.where(one, whole[skus], left)
        sold = np.where(one, np.bincount(skus, sold, count).astype(np.float64)[skus], sold)
    return left, sold


def known(pulse: Pulse) -> Floats:
    """How many units the forecast of each node rests on: those of its SKU, and a plan counts as enough to speak."""
    skus = pulse.sku_of[: pulse.size]
    units = np.maximum(pulse.row("units"), 0.0)
    for node, more in pulse.fresh:
        units[node] += max(more, 0)
    seen: Floats = np.bincount(skus, units, len(pulse.skus)).astype(np.float64)[skus]
    found: Floats = seen + np.where(pulse.row("planned") > 0, UNITS_TO_SPEAK, 0.0)
    return found


# --- looking ----------------------------------------------------------------------------------------------------


def seen_at(state: Forecasts, opened: e.ShowOpened, at: int) -> tuple[Pulse, Outlook, Forecast]:
    """What is forecast at a time at or after the last event."""
    if at >= state.next and state.pulse.done * state.pulse.width < state.pulse.end - state.pulse.start:
        copy = msgspec.structs.replace(state, pulse=deepcopy(state.pulse))
        if state.lists:
            copy.__dict__["listing"] = _listing(state, names_of(state, opened))
        _pass(copy, opened, at, keeping=False)
        state = copy
    outlook = look(state.pulse, at)
    return state.pulse, outlook, forecast(state.pulse, outlook, state.levels)
