"""`draw(seed)`: a whole simulated show - the simulator's front door. Import from here.

    from tests.simulated.draw import draw
    from tests.simulated.show import VARIANTS, Size
    from tests.simulated.streams import CALIBRATE, LEARN, SCORE, TUNE
    show = draw(SCORE[0], VARIANTS["spikes"])

Demand is a Poisson stream of orders whose rate is a product: the SKU's true level, what the host does (`host`), who
watches (`crowd`), the price of the moment, and factors nobody sees - one for each SKU that all regions share and one
for each SKU and region, both wandering. Units per order come on top (`goods`). The same seed gives the same show, to
the bit of every whole number; `tests/simulated/golden.json` holds it to that.
"""

import numpy as np
from scipy.signal import lfilter

from tests.simulated.crowd import crowd
from tests.simulated.goods import Goods, goods, lots, mean_lot
from tests.simulated.host import Hosting, gamma_shape, hosting
from tests.simulated.show import Floats, Ints, SimulatedShow, Size, Variant
from tests.simulated.streams import Streams, drift

ORDINARY = Variant()
USUAL = Size()
# Measured once over the LEARN seeds: how much more than its expectation along the rundown the whole product comes to.
UPLIFT = 1.42


def draw(seed: int, variant: Variant = ORDINARY, size: Size = USUAL) -> SimulatedShow:
    """Draw one show; about 30 ms at the usual size."""
    streams = Streams(seed)
    wares = goods(streams, size, variant)
    worth = wares.plan.sum(axis=(1, 2)) * wares.price
    host = hosting(streams, size, variant, wares.tier, worth)
    people = crowd(streams, size, variant)
    price = price_factor(streams.named("price"), size, wares.tier, host.on_screen)
    moved = movement(streams, size, variant, host) * (host.interest * price ** -wares.elasticity[:, None])[:, None, :]
    base = wares.level / (host.expected[:, None, None] * size.bin_minutes * UPLIFT)
    rate = base[..., None] * moved[:, :, None, :] * people.buying[None]
    columns = orders(streams.named("orders"), size, wares, rate)
    return SimulatedShow(
        seed=seed,
        variant=variant,
        size=size,
        tier=wares.tier,
        price=wares.price,
        cost=wares.cost,
        plan=wares.plan,
        rundown=host.rundown,
        on_screen=host.on_screen,
        pushed=host.pushed,
        viewers=people.viewers,
        viewers_planned=people.planned,
        price_factor=price,
        rate=rate,
        order_at=columns[0],
        order_sku=columns[1],
        order_region=columns[2],
        order_channel=columns[3],
        order_units=columns[4],
        firm=wares.firm,
        flexible=wares.flexible,
    )


def movement(streams: Streams, size: Size, variant: Variant, host: Hosting) -> Floats:
    """What moves demand and nobody sees coming, by [sku, region, bin]."""
    chance = streams.named("movement")
    shared = drift(chance, (size.skus, size.bins), 0.28, 600 / size.bin_seconds)
    own = drift(chance, (size.skus, size.regions, size.bins), 0.18, 240 / size.bin_seconds)
    found: Floats = shared[:, None, :] * own
    if variant.spikes:
        found *= _spikes(streams.named("spikes"), size, host)[:, None, :]
    if variant.bursts:
        found *= _bursts(streams.named("bursts"), size)[None]
    return found


def price_factor(chance: np.random.Generator, size: Size, tier: Ints, on_screen: Ints) -> Floats:
    """A flash price for some SKUs, some time after they first come on screen, for a few minutes."""
    found = np.ones((size.skus, size.bins))
    flashed = chance.random(size.skus) < np.array([0.35, 0.3, 0.1])[tier]
    delay = chance.lognormal(4.0, 0.5, size.skus) / size.bin_seconds
    lasts = chance.uniform(180, 300, size.skus) / size.bin_seconds
    depth = chance.uniform(0.75, 0.9, size.skus)
    for sku in np.flatnonzero(flashed):
        shown = np.flatnonzero(on_screen == sku)
        if len(shown):
            begin = int(shown[0] + delay[sku])
            found[sku, begin : begin + int(lasts[sku])] = depth[sku]
    return found


def orders(chance: np.random.Generator, size: Size, wares: Goods, rate: Floats) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Time, SKU, region, channel and units of every latent order, by time."""
    per_order = mean_lot()[wares.lumpy]
    counts = chance.poisson(rate * (size.bin_minutes / per_order)[:, None, None, None])
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    sku, region, channel, bins = np.unravel_index(cells, counts.shape)
    span = size.bin_seconds * 1_000_000
    at = bins * span + chance.integers(0, span, len(cells))
    units = lots(chance, wares.lumpy[sku])
    order = np.argsort(at, kind="stable")
    return at[order], sku[order], region[order], channel[order], units[order]


def _spikes(chance: np.random.Generator, size: Size, host: Hosting) -> Floats:
    """A handful of sudden rushes, six to twenty times the usual, some on what is shown and some on anything."""
    impulses = np.zeros((size.skus, size.bins))
    for _ in range(int(chance.integers(4, 8))):
        at = int(chance.integers(size.bins))
        anything = int(chance.integers(size.skus))
        shown = int(host.on_screen[at])
        impulses[shown if shown >= 0 and chance.random() < 0.6 else anything, at] = chance.uniform(5, 19)
    found: Floats = 1 + lfilter(gamma_shape(size.bin_seconds, 22.0, 30), [1.0], impulses, axis=1)
    return found


def _bursts(chance: np.random.Generator, size: Size) -> Floats:
    """Two or three stretches in each region in which it buys three times as much of everything."""
    found = np.ones((size.regions, size.bins))
    for region in range(size.regions):
        for _ in range(int(chance.integers(2, 4))):
            begin = int(chance.integers(size.bins))
            found[region, begin : begin + int(chance.lognormal(5.9, 0.4) / size.bin_seconds)] = 3.0
    return found
