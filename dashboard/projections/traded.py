"""Traded: what each channel sold in a show, and how much there was to buy with while it could sell.

    OrderPlaced, OrderCancelled     units per channel and SKU, net
    a bin ends                      exposure per channel and SKU: thousand viewer-minutes while it could be sold there

Both are of the planned time of the show: orders before its start and after its end are left out, as nobody counts
viewers then. A channel can sell what it lists; one that lists nothing in the show, and any SKU whose listings may
overlap, what its region has. A bin in which that changed counts as half. Units over exposure is what the outlook of the
next days (prospects.py) is made of: it stops at the sell-out, so what nobody could buy is not taken for what nobody
wanted.

Until a channel's viewers are told (its orders tell them), a minute counts as one of a thousand viewers; when they are,
what was counted so far was an audience like that one. A channel of which nobody ever tells stays in minutes
(`viewers` 0), and whoever compares shows has to fill that in. Cheap: a dict update per order line, and some vector
operations per bin with an event after it; a show with more than `PAIRS_MAX` pairs is kept per channel only.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.decision import events as e
from dashboard.forecast.counts import Floats
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.states import MINUTE
from dashboard.projections.names import Names

if TYPE_CHECKING:
    Flags = NDArray[np.bool_]
else:  # what a checkpoint is read back as must be a class
    Flags = np.ndarray

Listed = dict[str, dict[str, int]]
PAIRS_MAX = 5_000
THOUSAND = 1000.0
ANY, ON_AIR = -2, -1
"""The last columns of the exposure: while the channel could sell anything, and all the time."""


class Traded(msgspec.Struct):
    """What was traded from `start` to `end`; arrays are per channel, in the order of the opening."""

    start: int
    end: int
    by_sku: bool
    units: dict[str, dict[str, int]]
    """Channel -> SKU -> units net of cancellations; the only SKU is "" where they are kept per channel."""
    exposure: Floats
    """Channels x (SKUs, if kept, then ANY and ON_AIR), in thousand viewer-minutes, or minutes while viewers are 0."""
    could: Flags
    """The same columns: whether the channel could sell it when the last bin ended."""
    viewers: Floats
    """The newest count above 0; 0 while nobody told."""
    lists: Flags
    """Channels that were handed units to list."""
    overlaps: Flags
    """Per SKU: channels list what their region has."""
    minutes: float = 0.0


def begin(opened: e.ShowOpened) -> Traded:
    """A show in which nothing was traded yet."""
    channels, skus = len(opened.channels), len(opened.skus)
    by_sku = channels * skus <= PAIRS_MAX
    columns = skus * by_sku + 2
    return Traded(
        opened.starts_at,
        opened.ends_at,
        by_sku,
        {channel.channel: {} for channel in opened.channels},
        np.zeros((channels, columns)),
        np.zeros((channels, columns), np.bool_),
        np.zeros(channels),
        np.zeros(channels, np.bool_),
        np.zeros(skus, np.bool_),
    )


def sold(traded: Traded, event: e.OrderPlaced, at: int) -> None:
    """Count an order's units, if it came in the planned time."""
    if traded.start <= at < traded.end:
        mine = traded.units[event.channel]
        for line in event.lines:
            sku = line.sku if traded.by_sku else ""
            mine[sku] = mine.get(sku, 0) + line.quantity


def cancelled(traded: Traded, event: e.OrderCancelled) -> None:
    """Take cancelled units off, whenever that happens."""
    mine = traded.units[event.channel]
    for line in event.lines:
        sku = line.sku if traded.by_sku else ""
        mine[sku] = mine.get(sku, 0) - line.quantity


def watched(traded: Traded, channel: int, viewers: int) -> None:
    """So many people watch a channel from now on; the first count stands for the time before it, too."""
    if viewers > 0:
        if not traded.viewers[channel]:
            traded.exposure[channel] *= viewers / THOUSAND
        traded.viewers[channel] = viewers


def passed(traded: Traded, pulse: Pulse, names: Names, listed: Listed, bins: int) -> None:
    """So many bins went by, the last events in the first of them; `listed` is SKU -> exposure account -> units."""
    could = _could(traded, pulse, names, listed)
    if not pulse.done:  # what sold out in the very first bin could be bought in it
        traded.could = could | _bought(traded, names)
    weights = np.where(traded.viewers > 0, traded.viewers / THOUSAND, 1.0) * (pulse.width / MINUTE)
    traded.exposure += weights[:, None] * ((traded.could + 1.0 * could) / 2 + (bins - 1) * could)
    traded.minutes += bins * pulse.width / MINUTE
    traded.could = could


def _could(traded: Traded, pulse: Pulse, names: Names, listed: Listed) -> Flags:
    """What each channel can sell now, in the columns of the exposure."""
    stocked = np.zeros((len(pulse.regions), len(pulse.skus)), np.bool_)
    stocked[pulse.region_of[: pulse.size], pulse.sku_of[: pulse.size]] = pulse.row("left") > 0
    stocked |= pulse.pool > 0
    listing = np.flatnonzero(traded.lists[names.shops])
    found = np.ones(traded.could.shape, np.bool_)
    if not traded.by_sku:
        found[:, ANY] = stocked.sum(axis=1)[names.regions_of] > 0
        overlapping = (stocked & traded.overlaps).sum(axis=1)[names.regions_of] > 0
        for channel in listing:
            found[channel, ANY] = overlapping[channel] or any(_listed(names, listed, int(channel)))
        return found
    mine = stocked[names.regions_of]
    for channel in listing:
        mine[channel] &= traded.overlaps
        mine[channel, [names.skus[sku] for sku in _listed(names, listed, int(channel))]] = True
    found[:, :ANY] = mine
    found[:, ANY] = mine.any(axis=1)
    return found


def _listed(names: Names, listed: Listed, channel: int) -> Iterator[str]:
    """The SKUs of which a channel, or the shop it is a stream of, lists some."""
    account = names.listings_of[channel]
    return (sku for sku, accounts in listed.items() if accounts.get(account, 0) > 0)


def _bought(traded: Traded, names: Names) -> Flags:
    """What each channel sold by now, in the columns of the exposure."""
    found = np.zeros(traded.could.shape, np.bool_)
    for channel, units in traded.units.items():
        number = names.channels[channel]
        found[number, ANY] = bool(units)
        if traded.by_sku:
            found[number, [names.skus[sku] for sku in units]] = True
    return found
