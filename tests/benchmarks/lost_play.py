"""A simulated show played with a static split and told as events, beside what nobody could buy in it.

    SimulatedShow -> played(show, feed) -> Played(asks as a journal would give them, units lost per channel and SKU)

Every channel lists its own stock and its planned share of the flexible units; nothing moves. A shopper takes what is
left of what they want; the rest is lost. With a feed the room is told the rundown, what comes on screen, pushes and
viewers; without, only plan, orders and prices. The truth is never among the events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.decision import commands as c, events as e
from dashboard.decision.event import Move, SoldLine
from dashboard.decision.ledger import CLAIMS, committed_by, exposure_of, region_pool
from tests.simulated.show import TIERS, Floats, Ints, SimulatedShow, apportioned

SHOW = "simulated"
START = 1_770_000_000_000_000
SECOND = 1_000_000
Timed = tuple[int, int, e.Event]


class At(NamedTuple):
    """Where an event lies."""

    show: str
    seq: int
    recorded_time: int


class Told(NamedTuple):
    """One command's events, as far as an estimate looks at them."""

    stored: tuple[At, ...]
    events: tuple[e.Event, ...]


@dataclass(frozen=True)
class Played:
    """What a room heard, and what it could not: units lost by [region, channel of it, SKU]."""

    asks: list[Told]
    lost: Floats
    sold_out: float
    """The share of channels and SKUs that sold out."""


def played(show: SimulatedShow, feed: bool = True) -> Played:
    """Play one show to its end."""
    stock = show.firm + apportioned(show.flexible, show.plan)
    left, lost = stock.copy(), np.zeros(stock.shape)
    happened = [*_screen(show), *_prices(show)] if feed else list(_prices(show))
    happened += _orders(show, feed, left, lost)
    happened.sort(key=lambda one: one[:2])
    end = START + show.size.minutes * 60 * SECOND
    rows: list[Timed] = [
        (START - 2, 0, _opened(show, feed)),
        *_listed(show, stock),
        *happened,
        (end, 0, e.ShowClosed()),
    ]
    asks = [Told((At(SHOW, seq, at),), (event,)) for seq, (at, _, event) in enumerate(rows, 1)]
    return Played(asks, lost.transpose(1, 2, 0), float((left <= 0).mean()))


def _opened(show: SimulatedShow, feed: bool) -> e.ShowOpened:
    names, regions = show.names, range(show.size.regions)
    spans = zip(show.rundown.start, show.rundown.end, show.rundown.sku, strict=True)
    return e.ShowOpened(
        title="A simulated show",
        starts_at=START,
        ends_at=START + show.size.minutes * 60 * SECOND,
        skus=tuple(
            c.Sku(f"s{sku}", tier=TIERS[tier], price_minor=int(price))
            for sku, (tier, price) in enumerate(zip(show.tier, show.price, strict=True))
        ),
        regions=tuple(c.Region(f"r{region}") for region in regions),
        channels=tuple(c.Channel(name, "live", f"r{region}") for region in regions for name in names[region]),
        rundown=tuple(c.Segment(int(begun), int(ended), f"s{sku}") for begun, ended, sku in spans) if feed else (),
        plan=tuple(
            c.PlanLine(f"s{sku}", f"r{region}", round(float(units)), names[region][channel])
            for (sku, region, channel), units in np.ndenumerate(show.plan)
        ),
    )


def _listed(show: SimulatedShow, stock: Ints) -> Iterator[Timed]:
    for (sku, region, channel), units in np.ndenumerate(stock):
        if units:
            name = show.names[region][channel]
            move = Move(f"s{sku}", CLAIMS, region_pool(f"r{region}"), exposure_of(name), int(units))
            yield START - 1, 0, e.Exposed(channel=name, sku=f"s{sku}", quantity=int(units), moves=(move,))


def _screen(show: SimulatedShow) -> Iterator[Timed]:
    before, pushed = -2, False
    for place, (sku, pushes) in enumerate(zip(show.on_screen.tolist(), show.pushed.tolist(), strict=True)):
        push = pushes and (not pushed or sku != before)
        if sku != before or push:
            at = START + place * show.size.bin_seconds * SECOND
            yield at, 0, e.OnScreenSet(sku=f"s{sku}" if sku >= 0 else "", push=push)
        before, pushed = sku, pushes


def _prices(show: SimulatedShow) -> Iterator[Timed]:
    for sku, factors in enumerate(show.price_factor):
        for place in np.flatnonzero(np.diff(np.concatenate([[1.0], factors]))):
            at = START + int(place) * show.size.bin_seconds * SECOND
            yield at, 0, e.PriceSet(sku=f"s{sku}", price_minor=round(show.price[sku] * factors[place]))


def _orders(show: SimulatedShow, feed: bool, left: Ints, lost: Floats) -> Iterator[Timed]:
    """What is served, order by order; `left` and `lost` are counted on."""
    columns = (show.order_at, show.order_sku, show.order_region, show.order_channel, show.order_units, show.order_bin)
    for number, (at, sku, region, channel, units, place) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        here = sku, region, channel
        taken = min(units, int(left[here]))
        left[here] -= taken
        lost[here] += units - taken
        if taken:
            name, watching = show.names[region][channel], int(show.viewers[region, channel, place])
            yield (
                START + at,
                1,
                e.OrderPlaced(
                    channel=name,
                    order=str(number),
                    region=f"r{region}",
                    lines=(SoldLine(f"s{sku}", taken, int(show.price[sku])),),
                    viewers=watching if feed else None,
                    moves=(Move(f"s{sku}", CLAIMS, exposure_of(name), committed_by(name), taken),),
                ),
            )
