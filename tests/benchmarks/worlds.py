"""Shows to measure on: one with a single hot SKU on one channel, one with 12 SKUs, 3 regions and 9 channels.

Seeded, so that every run sells the same. Nothing runs out: what is measured is selling, not refusing.
"""

import random
import time
from collections.abc import Iterator, Sequence
from itertools import chain

from dashboard.decision import commands as c
from dashboard.room import Room

SHOW = "bench"
MINUTE = 60_000_000
STARTS_AT = 1_773_489_600_000_000
ENDS_AT = STARTS_AT + 120 * MINUTE
HOT = "HOT-SKU"
HOT_CHANNEL = "tiktok-us"
UNITS = 100_000_000
REGIONS = {"US": ("US",), "EU": ("DE", "FR", "ES"), "SEA": ("MY", "TH", "SG")}
PLATFORMS = ("tiktok", "amazon", "shopify")
SKUS = tuple(f"SKU-{number:02d}" for number in range(1, 13))
BATCH = 4096


def wall_clock() -> int:
    """Now, for servers whose callers sign with the time."""
    return time.time_ns() // 1_000


def hot(show: str = SHOW, channels: Sequence[str] = (HOT_CHANNEL,)) -> list[c.Command]:
    """Open a show that sells one SKU, all of it listed on its channels in equal parts."""
    return [
        c.OpenShow(
            id=f"{show}/open",
            show=show,
            title="One hot SKU",
            starts_at=STARTS_AT,
            ends_at=ENDS_AT,
            event_time=STARTS_AT,
            skus=(c.Sku(HOT, price_minor=1999),),
            locations=(c.Location("LA", kind="forward", latitude=34.0, longitude=-118.2),),
            regions=(c.Region("US", countries=("US",)),),
            lanes=(c.Lane("LA", "US"),),
            channels=tuple(c.Channel(channel, "tiktok", "US") for channel in channels),
        ),
        c.ReceiveGoods(id=f"{show}/goods", show=show, location="LA", sku=HOT, quantity=UNITS, pool="region/US"),
        *(
            c.Expose(
                id=f"{show}/expose/{channel}", show=show, channel=channel, sku=HOT, quantity=UNITS // len(channels)
            )
            for channel in channels
        ),
    ]


def hot_orders(first: int, count: int, show: str = SHOW) -> list[c.Command]:
    """Orders of one unit of the hot SKU each, numbered from `first`."""
    line = (c.OrderLine(HOT, 1),)
    return [
        c.PlaceOrder(
            id=f"order/{show}/{number}", show=show, channel=HOT_CHANNEL, order=str(number), lines=line, country="US"
        )
        for number in range(first, first + count)
    ]


def wide() -> list[c.Command]:
    """Open a show with 12 SKUs in 3 regions on 9 channels, stock in every region's pool."""
    opening = c.OpenShow(
        id="open",
        show=SHOW,
        title="Twelve SKUs, three regions, nine channels",
        starts_at=STARTS_AT,
        ends_at=ENDS_AT,
        event_time=STARTS_AT,
        skus=tuple(c.Sku(sku, price_minor=1000 + 100 * number) for number, sku in enumerate(SKUS)),
        locations=tuple(c.Location(f"{region}-1", kind="forward") for region in REGIONS),
        regions=tuple(c.Region(region, countries=countries) for region, countries in REGIONS.items()),
        lanes=tuple(c.Lane(f"{region}-1", region) for region in REGIONS),
        channels=tuple(
            c.Channel(f"{platform}-{region.lower()}", platform, region) for region in REGIONS for platform in PLATFORMS
        ),
    )
    goods = [
        c.ReceiveGoods(
            id=f"goods/{region}/{sku}",
            show=SHOW,
            location=f"{region}-1",
            sku=sku,
            quantity=UNITS,
            pool=f"region/{region}",
            event_time=STARTS_AT,
        )
        for region in REGIONS
        for sku in SKUS
    ]
    return [opening, *goods]


def wide_orders(count: int) -> Iterator[list[c.Command]]:
    """So many orders spread evenly over the show, in batches."""
    chance = random.Random(count)
    channels = [(f"{platform}-{region.lower()}", region) for region in REGIONS for platform in PLATFORMS]
    step = (ENDS_AT - STARTS_AT) / (count + 1)
    batch: list[c.Command] = []
    for number in range(count):
        channel, region = channels[chance.randrange(9)]
        line = c.OrderLine(SKUS[min(chance.randrange(12), chance.randrange(12))], chance.choice((1, 1, 1, 2)))
        batch.append(
            c.PlaceOrder(
                id=f"order/{number}",
                show=SHOW,
                channel=channel,
                order=str(number),
                lines=(line,),
                country=chance.choice(REGIONS[region]),
                event_time=STARTS_AT + int(step * (number + 1)),
            )
        )
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def fill(room: Room, orders: int) -> None:
    """Open the wide show in a room and sell so many orders; any refusal is a broken benchmark."""
    for batch in chain([wide()], wide_orders(orders)):
        for answer in room.handle(batch, None):
            assert answer.status == "accepted", answer.sentence
