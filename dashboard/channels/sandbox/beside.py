"""The naive seller beside ours: the same platforms, crowd and weather, but one number broadcast to every platform.

    Trial -> beside(trial, buffer) -> units sold, oversold and left over with that buffer
    Trial -> compare(trial)        -> the same for buffer 0 and for the smallest buffer that oversells nothing

    python -m dashboard.channels.sandbox.beside '{"faults": "all", "orders": 2000, "seconds": 600, "seed": 1}'

It is the kindest such seller: it knows what lies in which region and broadcasts there only, sends every change at once,
takes cancellations back and finds lost webhooks. Every platform here takes an absolute number, since that is all a
broadcaster sends. The best buffer is one that can be known only afterwards, from this very crowd and weather. More
buffer does not strictly oversell less, as the weather turns on every call, so the search ends at a buffer that held,
next to one that did not.
As a program it writes each row as JSON on a line of its own, and its progress (a share of 1) on standard error.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from dashboard.channels.adapters import make
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Weather
from dashboard.channels.sandbox.market import platform_of
from dashboard.channels.sandbox.naive import NaiveSeller
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.stress import Stall, Trial, Visit, crowd, hands
from dashboard.channels.sandbox.wires import Wires

Row = dict[str, Any]
START = 1_767_225_600 * SECOND
"""Any instant: the trial's clock is its own."""
CURRENCY = "USD"
TAIL_SECONDS = 5


def beside(trial: Trial, buffer: int) -> Row:
    """Play a trial with broadcasters that hold back `buffer` units of every SKU; counts in units and shoppers."""
    units = trial.units()
    regions = [_play(trial, region, units, buffer) for region in dict.fromkeys(stall.region for stall in trial.stalls)]
    return {"buffer": buffer} | {name: sum(row[name] for row in regions) for name in regions[0]}


def _play(trial: Trial, region: str, everywhere: Mapping[tuple[str, str], int], buffer: int) -> dict[str, int]:
    """Play one region to its end."""
    units = {sku: count for (place, sku), count in everywhere.items() if place == region}
    platforms = {stall.shop.channel: _platform(stall, trial) for stall in trial.stalls if stall.region == region}
    for platform in platforms.values():
        platform.stock.update({sku: max(0, count - buffer) for sku, count in units.items()})
    adapters = {channel: make(one.account, one.secrets) for channel, one in platforms.items()}
    seller = NaiveSeller(adapters, units, buffer, 0.0, Random(f"{trial.seed}/{region}/retries"), START)
    end = START + int(trial.seconds * SECOND)
    wires = Wires(seller, seller, platforms, trial.profile, Random(f"{trial.seed}/{region}/wires"), START, end)
    turned_away: list[Visit] = []
    for visit in crowd(trial):
        if visit.channel in platforms:
            _come(wires, platforms[visit.channel], visit, turned_away)
    for at, channel, sku, count in hands(trial):
        if channel in platforms:
            wires.at(START + int(at * SECOND), _listing(platforms[channel], sku, count))
    wires.run(end + TAIL_SECONDS * SECOND)
    sold = {sku: sum(platform.sold.get(sku, 0) for platform in platforms.values()) for sku in units}
    return {
        "sold": sum(sold.values()),
        "oversold": sum(max(0, sold[sku] - count) for sku, count in units.items()),
        "leftover": sum(max(0, count - sold[sku]) for sku, count in units.items()),
        "refused": len(turned_away),
    }


def _platform(stall: Stall, trial: Trial) -> Platform:
    weather = Weather(trial.profile, Random(f"{trial.seed}/{stall.shop.channel}"))
    return platform_of(replace(stall.shop, push="absolute"), trial.skus, CURRENCY, weather)


def compare(trial: Trial, progress: Callable[[float], None] = lambda share: None) -> Iterator[Row]:
    """Play without a buffer, then search the smallest that oversells nothing: two rows, or one if it needs none."""
    row = beside(trial, 0)
    yield row
    if not row["oversold"]:
        return
    high, most = 1, max(trial.units().values())
    runs, expected = 1, 2 * most.bit_length()
    low, best = 0, row
    while high < most:
        progress(min(0.95, runs / expected))
        best, runs = beside(trial, high), runs + 1
        if not best["oversold"]:
            break
        low, high = high, min(most, high * 2)
    while high - low > 1:
        progress(min(0.95, runs / expected))
        middle = (low + high) // 2
        tried, runs = beside(trial, middle), runs + 1
        if tried["oversold"]:
            low = middle
        else:
            high, best = middle, tried
    yield best if best["buffer"] == high else beside(trial, high)


def _come(wires: Wires, platform: Platform, visit: Visit, turned_away: list[Visit]) -> None:
    """Put a shopper on the clock: they buy if they can, and cancel later if they are the kind that does."""

    def cancel(order: Any) -> None:
        platform.cancel(order, wires.now)
        wires.collect(visit.channel)

    def come() -> None:
        order = None
        if not wires.is_out(visit.channel):
            order = platform.buy(visit.lines, wires.now, "", CURRENCY)
            wires.collect(visit.channel)
        if order is None:
            turned_away.append(visit)
        elif visit.cancels_after is not None:
            wires.at(wires.now + int(visit.cancels_after * SECOND), lambda: cancel(order))

    wires.at(START + int(visit.at * SECOND), come)


def _listing(platform: Platform, sku: str, units: int) -> Callable[[], None]:
    return lambda: platform.list_by_hand(sku, units)


def main() -> None:
    """Read one trial from the first argument and write what the broadcaster comes to."""
    wanted = json.loads(sys.argv[1])
    trial = Trial(
        orders=wanted["orders"],
        seconds=wanted["seconds"],
        profile=PROFILES[wanted["faults"]],
        seed=wanted["seed"],
    )
    for row in compare(trial, lambda share: _tell(sys.stderr, {"share": round(share, 3)})):
        _tell(sys.stdout, row)


def _tell(stream: Any, row: Row) -> None:
    stream.write(json.dumps(row) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
