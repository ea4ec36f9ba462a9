"""History: what a finished show's events say of its demand, as arrays, and when each channel could not sell what.

    events of one show -> read(asks, show) -> History: orders, open shares, viewers, screen, plan (a Night) and spells

A channel can sell a SKU while it, or the shop it is behind, lists some of it. One that lists nothing in the show sells
what is there when an order comes: from guest pools it may draw, its region's pool and the flexible pool, as far as the
show draws on them. A SKU whose listings may overlap (mode `shared`) sells from those pools, too. Time is when the room
learned of a thing, as stock moved then; it is cut into bins of ten seconds, wider in long or large shows.

Orders count net of what was cancelled later: who cancels took nothing in the end. A pair of channel and SKU is of this
show (`able`) if it ever could be sold there, was, or was planned to be. Nothing is decided here and nothing is refused:
what the events say is what happened. A show still open is read up to its last event.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from dashboard.decision import events as e
from dashboard.decision.ledger import CLAIMS, FLEXIBLE, exposure_of, region_pool
from dashboard.decision.world import Tuning
from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.lessons import defaults
from dashboard.forecast.lost import Night, audience
from dashboard.forecast.states import MINUTE, STATES, TIERS, Tables
from dashboard.review.spells import Spells, between, clipped, open_share

SECOND = 1_000_000
BIN = 10 * SECOND
BINS_MAX, WORK_MAX = 1500, 4_000_000
ELASTICITY = 1.5
"""A price lower by a percent brings in so many percent more."""


Watched = tuple[str, int, int]
"""So many people watched a channel at a time."""


class When(Protocol):
    """An event's place in the journal."""

    @property
    def show(self) -> str:
        """Its show."""

    @property
    def recorded_time(self) -> int:
        """When the room learned of it, microseconds."""


class Asked(Protocol):
    """A decided command: where its events lie, and the events."""

    @property
    def stored(self) -> Sequence[When]:
        """Its events as stored; the first says when they happened."""

    @property
    def events(self) -> Sequence[e.Event]:
        """Everything it caused."""


class Orders(NamedTuple):
    """One row per SKU of an order, in the show's time: its node, when, units net, the limit then (0: none)."""

    node: Ints
    at: Ints
    units: Ints
    limit: Ints


class History(NamedTuple):
    """A show's names, its time in bins, and what was seen; nodes are numbered channel x SKUs + SKU."""

    channels: tuple[str, ...]
    regions: tuple[str, ...]
    """Per channel: its region."""
    skus: tuple[str, ...]
    start: int
    end: int
    width: int
    night: Night
    orders: Orders
    closed: Spells
    limits: tuple[tuple[int, int, str, str, int], ...]
    """(from, to, SKU, region, units per order) while purchase limits stood."""
    listing: tuple[bool, ...]
    """Per channel: whether it lists units, so that its shoppers are turned away where nobody sees it."""


def read(asks: Iterable[Asked], show: str, watched: Iterable[Watched] = ()) -> History | None:
    """Read one show; `watched` is who was seen watching beside what orders tell. None when nobody opened it."""
    reading: _Reading | None = None
    for ask in asks:
        if ask.stored[0].show == show:
            at = ask.stored[0].recorded_time
            for event in ask.events:
                if reading is not None:
                    reading.take(event, at)
                elif isinstance(event, e.ShowOpened):
                    reading = _Reading(event)
    return None if reading is None else reading.finish(watched)


class _Reading:
    """The events of one show as they come."""

    def __init__(self, opened: e.ShowOpened) -> None:
        self.opened = opened
        self.skus = {sku.sku: number for number, sku in enumerate(opened.skus)}
        self.channels = {channel.channel: number for number, channel in enumerate(opened.channels)}
        self.regions = {region.region: number for number, region in enumerate(opened.regions)}
        self.region_of = [self.regions[channel.region] for channel in opened.channels]
        self.accounts = [exposure_of(channel.behind or channel.channel) for channel in opened.channels]
        pools = {"region": "", "flexible": FLEXIBLE}
        draws = [draw for draw in opened.draws if draw in pools]
        self.pools = [
            tuple(pools[draw] or region_pool(channel.region) for draw in draws) for channel in opened.channels
        ]
        self.guests: dict[str, tuple[str, ...]] = {}
        self.watched = {*self.accounts, *(pool for mine in self.pools for pool in mine)}
        self.lists: set[str] = set()
        """Exposures that were ever handed units."""
        self.shared: set[str] = set()
        self.claims: dict[str, dict[str, int]] = {sku: {} for sku in self.skus}
        count = len(self.channels) * len(self.skus)
        self.could, self.since = [False] * count, [0] * count
        self.spells: list[tuple[int, int, int]] = []
        self.placing = -1
        self.emptied: list[tuple[int, int]] = []
        """(node, at) of orders that took the last unit; `placing` is the channel of the order being booked."""
        self.rows = array("q")
        """Node, when, units, limit of each SKU of an order, one after the other."""
        self.names: list[str] = []
        """The order of each row."""
        self.cancelled: list[e.OrderCancelled] = []
        self.limits: dict[tuple[str, str], int] = {}
        self.limited: list[tuple[int, str, str, int]] = []
        self.viewers: list[tuple[int, int, int]] = []
        self.told: list[int | None] = [None] * len(self.channels)
        self.screen: list[tuple[int, int, bool]] = []
        self.terms: list[tuple[int, int, int, float, int | None]] = []
        """(at, SKU, region or -1 for all, factor of its demand, until when) of prices and coupons."""
        self.tuning: Tuning = defaults()
        self.at, self.closed_at = opened.starts_at, opened.ends_at

    # --- events ---------------------------------------------------------------------------------------------------

    def take(self, event: e.Event, at: int) -> None:
        """One event, at the time the room learned of it."""
        self.at = max(self.at, at)
        if isinstance(event, e.OrderPlaced):
            self._placed(event, at)
        elif isinstance(event, e.OrderCancelled):
            self.cancelled.append(event)
        else:
            self._other(event, at)
        if event.moves:
            self.placing = self.channels[event.channel] if isinstance(event, e.OrderPlaced) else -1
            self._moved(event.moves, at)

    def _placed(self, event: e.OrderPlaced, at: int) -> None:
        channel = self.channels[event.channel]
        units = {line.sku: line.quantity for line in event.lines}
        if len(units) < len(event.lines):
            units = dict.fromkeys(units, 0)
            for line in event.lines:
                units[line.sku] += line.quantity
        for sku, quantity in units.items():
            limit = self.limits.get((sku, event.region), 0) if self.limits else 0
            self.rows.extend((channel * len(self.skus) + self.skus[sku], at, quantity, limit))
            self.names.append(event.order)
        if event.viewers is not None and event.viewers != self.told[channel]:
            self.told[channel] = event.viewers
            self.viewers.append((channel, at, event.viewers))

    def _other(self, event: e.Event, at: int) -> None:
        if isinstance(event, e.Exposed):
            account = self.accounts[self.channels[event.channel]]
            if account not in self.lists:  # from now on it sells what it lists
                self.lists.add(account)
                self._refresh(self.skus, at)
        elif isinstance(event, e.OnScreenSet):
            self.screen.append((at, self.skus.get(event.sku, -1), event.push))
        elif isinstance(event, e.LimitSet):
            self.limits[event.sku, event.region] = event.units_per_order or 0
            self.limited.append((at, event.sku, event.region, event.units_per_order or 0))
        elif isinstance(event, e.ListingModeSet):
            (self.shared.add if event.mode == "shared" else self.shared.discard)(event.sku)
            self._refresh([event.sku], at)
        elif isinstance(event, e.PoolOpened):
            self.guests[event.pool] = event.channels
            self.watched.add(event.pool)
        elif isinstance(event, e.ForecastAdopted):
            self.tuning = event.tuning
        elif isinstance(event, e.ShowClosed):
            self.closed_at = min(self.closed_at, at)
        else:
            self._priced(event, at)

    def _priced(self, event: e.Event, at: int) -> None:
        if isinstance(event, e.CouponSet):
            factor = (1 - min(event.percent, 99) / 100) ** -ELASTICITY
            self.terms.append((at, self.skus[event.sku], self.regions[event.region], factor, event.expires))
        elif isinstance(event, e.PriceSet) and not event.channel:
            number = self.skus[event.sku]
            usual = self.opened.skus[number].price_minor
            share = event.price_minor / usual if usual and event.price_minor else 1.0
            self.terms.append((at, number, -1, max(share, 0.01) ** -ELASTICITY, None))

    def _moved(self, moves: Sequence[e.Move], at: int) -> None:
        """Book what channels list and what they may draw; look again where something ran out or came in."""
        watched = self.watched
        turned: list[str] = []
        for move in moves:
            if move.book == CLAIMS:
                accounts = self.claims[move.sku]
                for account, units in ((move.source, -move.quantity), (move.target, move.quantity)):
                    if account in watched:
                        before = accounts.get(account, 0)
                        accounts[account] = before + units
                        if (before > 0) != (before + units > 0):
                            turned.append(move.sku)
        if turned:
            self._refresh(turned, at)

    def _refresh(self, skus: Sequence[str] | dict[str, int], at: int) -> None:
        count = len(self.skus)
        for sku in skus:
            accounts, number = self.claims[sku], self.skus[sku]
            for channel, name in enumerate(self.channels):
                node = channel * count + number
                now = self._can_sell(channel, name, sku, accounts)
                if now != self.could[node]:
                    if now:
                        self.since[node] = at
                    else:
                        self.spells.append((node, self.since[node], at))
                        if channel == self.placing:
                            self.emptied.append((node, at))
                    self.could[node] = now

    def _can_sell(self, channel: int, name: str, sku: str, accounts: dict[str, int]) -> bool:
        account = self.accounts[channel]
        if accounts.get(account, 0) > 0:
            return True
        if account in self.lists and sku not in self.shared:
            return False
        if any(accounts.get(pool, 0) > 0 for pool in self.pools[channel]):
            return True
        return any(accounts.get(pool, 0) > 0 and name in channels for pool, channels in self.guests.items())

    # --- the whole ------------------------------------------------------------------------------------------------

    def finish(self, watched: Iterable[Watched]) -> History:
        """Everything as arrays."""
        seen = ((self.channels[name], at, count) for name, at, count in watched if name in self.channels)
        self.viewers = sorted([*self.viewers, *seen], key=lambda one: one[1])
        opened, shape = self.opened, (len(self.channels), len(self.skus))
        start, end = opened.starts_at, max(min(self.closed_at, self.at), opened.starts_at + 1)
        for node in np.flatnonzero(self.could):
            self.spells.append((int(node), self.since[int(node)], end))
        most = min(BINS_MAX, max(60, WORK_MAX // max(1, shape[0] * shape[1])))
        width = max(BIN, -(-(end - start) // most))
        bins = -(-(end - start) // width)
        table = np.array(self.rows, np.int64).reshape(-1, 4)
        self._take_off(table)
        table = table[(table[:, 1] >= start) & (table[:, 1] < end) & (table[:, 2] > 0)]
        orders = Orders(*table.T)
        spells = clipped(self.spells, start, end)
        cells = orders.node * bins + (orders.at - start) // width
        counted = np.bincount(cells, minlength=shape[0] * shape[1] * bins).astype(np.float64).reshape(*shape, bins)
        last = np.zeros(counted.size)
        ends = np.array([one for one in self.emptied if start <= one[1] < end], np.int64).reshape(-1, 2)
        np.add.at(last, ends[:, 0] * bins + (ends[:, 1] - start) // width, 1.0)
        last = np.minimum(last.reshape(counted.shape), counted)
        share = open_share(spells, start, end, width, bins, shape[0] * shape[1]).reshape(counted.shape)
        share[(share <= 0) & (counted > 0)] = 1.0  # sold there, whatever the books say
        plan = self._plan()
        able = (share.max(axis=2) > 0) | (plan > 0)
        middles = start + width * np.arange(bins) + width // 2
        since, fed = self._since(middles)
        tiers = np.array([TIERS.index(sku.tier) if sku.tier in TIERS else 1 for sku in opened.skus], np.int64)
        told = np.array(self.viewers, np.int64).reshape(-1, 3)
        night = Night(
            counted, share, last, able, np.array(self.region_of, np.int64), tiers, plan,
            audience(told[:, 0], (told[:, 1] - start) // width, told[:, 2].astype(np.float64), shape[0], bins),
            since, fed, self._lift(middles), self._tables(), width / MINUTE,
        )  # fmt: skip
        listing = tuple(account in self.lists for account in self.accounts)
        closed = between(spells, start, end, np.flatnonzero(able.ravel()))
        names = tuple(channel.region for channel in opened.channels)
        return History(
            tuple(self.channels), names, tuple(self.skus), start, end, width, night, orders, closed,
            tuple(self._limits(start, end)), listing,
        )  # fmt: skip

    def _take_off(self, table: Ints) -> None:
        """Take off what was cancelled later."""
        if not self.cancelled:
            return
        gone: dict[tuple[str, int], int] = {}
        for event in self.cancelled:
            for line in event.lines:
                key = event.order, self.channels[event.channel] * len(self.skus) + self.skus[line.sku]
                gone[key] = gone.get(key, 0) + line.quantity
        for row, key in enumerate(zip(self.names, table[:, 0].tolist(), strict=True)):
            if key in gone:
                table[row, 2] -= gone[key]

    def _limits(self, start: int, end: int) -> Iterator[tuple[int, int, str, str, int]]:
        """The stretches of the show in which a limit stood."""
        standing: dict[tuple[str, str], tuple[int, int]] = {}
        for at, sku, region, limit in [*self.limited, *((end, *key, 0) for key in self.limits)]:
            begun, before = standing.pop((sku, region), (at, 0))
            if before and min(at, end) > max(begun, start):
                yield max(begun, start), min(at, end), sku, region, before
            standing[sku, region] = (at, limit)

    def _plan(self) -> Floats:
        """Units planned per channel and SKU; a line that names no channel is shared by those of its region."""
        found = np.zeros((len(self.channels), len(self.skus)))
        for line in self.opened.plan:
            mine = [self.channels[line.channel]] if line.channel in self.channels else self._of_region(line.region)
            for channel in mine:
                found[channel, self.skus[line.sku]] += line.units / len(mine)
        return found

    def _of_region(self, region: str) -> list[int]:
        return [number for number, mine in enumerate(self.region_of) if mine == self.regions.get(region)]

    def _tables(self) -> Tables:
        built = Tables.built_in()
        for number, tier in enumerate(TIERS):
            multipliers = self.tuning.states.get(tier, ())
            if len(multipliers) == STATES:
                built.states[number] = multipliers
            built.spread[number] = self.tuning.spread.get(tier) or built.spread[number]
        return built

    def _lift(self, middles: Ints) -> Floats:
        """How much prices and coupons multiply demand, by [region, SKU, bin]."""
        found = np.ones((2, len(self.regions), len(self.skus), len(middles)))
        for at, sku, region, factor, until in self.terms:
            where = slice(None) if region < 0 else region
            kind, begun = int(region >= 0), int(np.searchsorted(middles, at))
            ended = len(middles) if until is None else int(np.searchsorted(middles, until))
            found[kind, where, sku, begun:] = 1.0
            found[kind, where, sku, begun:ended] = factor
        lifted: Floats = found[0] * found[1]
        return lifted

    def _shown(self) -> Iterator[tuple[int, int, int]]:
        """(from, to, SKU) on screen, as told, else as the rundown has it."""
        if self.screen:
            turns = [
                (at, sku)
                for number, (at, sku, _) in enumerate(self.screen)
                if not number or self.screen[number - 1][1] != sku
            ]
            for (begun, sku), (ended, _) in zip(turns, [*turns[1:], (1 << 62, 0)], strict=True):
                yield begun, ended, sku
        else:
            start = self.opened.starts_at
            for part in self.opened.rundown:
                yield start + part.start_seconds * SECOND, start + part.end_seconds * SECOND, self.skus[part.sku]

    def _since(self, middles: Ints) -> tuple[Floats, bool]:
        """Minutes since each SKU came on screen, left it and was pushed, and whether anybody says what is on screen."""
        on = np.full(len(middles), -1, np.int64)
        shown_at = np.full((len(self.skus), len(middles)), np.nan)
        pushed_at = np.full((len(self.skus), len(middles)), -np.inf)
        minutes = middles[None, :] / MINUTE
        for begun, ended, sku in self._shown():
            where = slice(int(np.searchsorted(middles, begun)), int(np.searchsorted(middles, ended)))
            on[where] = sku
            if sku >= 0:
                shown_at[sku, where] = begun / MINUTE
        shown = on[None, :] == np.arange(len(self.skus))[:, None]
        last = np.maximum.accumulate(np.where(shown, minutes, -np.inf), axis=1)
        since_left = np.where(shown | ~np.isfinite(last), np.nan, minutes - last)
        for at, sku, push in self.screen:
            place = int(np.searchsorted(middles, at))
            if push and sku >= 0 and place < len(middles):
                pushed_at[sku, place] = at / MINUTE
        since_push = minutes - np.maximum.accumulate(pushed_at, axis=1)
        since_push[~np.isfinite(since_push)] = np.nan
        found = np.stack([np.where(shown, minutes - shown_at, np.nan), since_left, since_push])
        return found, bool(self.screen) or bool(self.opened.rundown)
