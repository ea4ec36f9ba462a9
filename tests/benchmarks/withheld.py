"""`withheld`: units our exposure leaves unsold, beside the best fixed buffer that oversells nothing on the same shows.

Demand is well above supply, so whatever is unsold at the end was withheld from somebody who wanted it. The yardstick is
the broadcaster of `sandbox/naive.py`: one number set on every platform of a region at once, less a buffer. Its best
buffer is the smallest that oversells nothing on any of the seeds, which nobody can know beforehand. Both meet the same
shoppers, platforms, lags and losses. `python -m tests.benchmarks.withheld [SEEDS]` prints the whole table.
"""

import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from rich.console import Console
from rich.table import Table

from dashboard.channels.adapters import make
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile, Weather, without_hands
from dashboard.channels.sandbox.market import platform_of
from dashboard.channels.sandbox.naive import NaiveSeller
from dashboard.channels.sandbox.platform import Platform, SandboxOrder
from dashboard.channels.sandbox.stress import Rush, Trial, Visit, crowd, hands
from dashboard.channels.sandbox.wires import Wires
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.channels.pure_room import PureRoom

START = 1_770_000_000 * SECOND
BUFFERS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 20, 30, 40)
WEATHERS = ("none", "slow", "loss", "reordering", "outage", "all")
SEEDS = 60
ORDERS, SECONDS, SUPPLY = 500, 200.0, 0.6
SAMPLE = 2 * SECOND
CURRENCY = "USD"


@dataclass(frozen=True)
class Outcome:
    """What one seller came to: units, and shoppers turned away; `withheld` is the mean over time of what nobody lists."""

    oversold: int
    unsold: int
    withheld: float
    refused: int


@dataclass(frozen=True)
class Comparison:
    """Ours and the broadcaster with its best buffer (None: none of them oversells nothing; then the largest) by seed."""

    weather: str
    buffer: int | None
    ours: list[Outcome]
    theirs: list[Outcome]


def trial_of(profile: Profile, seed: int, orders: int = ORDERS) -> Trial:
    """One show with far more shoppers than units."""
    return Trial(orders=orders, seconds=SECONDS * orders / ORDERS, profile=profile, seed=seed, supply=SUPPLY)


def ours(trial: Trial) -> Outcome:
    """What our exposure comes to."""
    row = Rush(trial, PureRoom(), START).play()
    return Outcome(row["oversold"], row["leftover"], row["withheld"], row["refused"])


def broadcast(trial: Trial, buffer: int) -> Outcome:
    """What a broadcaster comes to that keeps a buffer of every SKU in every region."""
    places = [_Place(trial, region, buffer) for region in dict.fromkeys(stall.region for stall in trial.stalls)]
    for place in places:
        place.play()
    return Outcome(
        sum(place.oversold() for place in places),
        sum(max(0, place.unsold(sku)) for place in places for sku in place.units),
        sum(statistics.fmean(place.samples) for place in places),
        sum(place.refused for place in places),
    )


class _Place:
    """A broadcaster in one region."""

    def __init__(self, trial: Trial, region: str, buffer: int) -> None:
        self.units = {sku: count for (where, sku), count in trial.units().items() if where == region}
        self.platforms: dict[str, Platform] = {}
        for stall in trial.stalls:
            if stall.region == region:
                weather = Weather(trial.profile, Random(f"{trial.seed}/{stall.shop.channel}"))
                shop = replace(stall.shop, push="absolute")
                platform = self.platforms[shop.channel] = platform_of(shop, trial.skus, CURRENCY, weather)
                platform.stock.update({sku: max(0, count - buffer) for sku, count in self.units.items()})
        adapters = {channel: make(one.account, one.secrets) for channel, one in self.platforms.items()}
        seller = NaiveSeller(adapters, self.units, buffer, 0.0, Random(f"{trial.seed}/retries"), START)
        self.end = START + int(trial.seconds * SECOND)
        chance = Random(f"{trial.seed}/{region}/wires")
        self.wires = Wires(seller, seller, self.platforms, trial.profile, chance, START, self.end)
        self.samples: list[int] = []
        self.refused = 0
        self._schedule(trial)

    def _schedule(self, trial: Trial) -> None:
        for visit in crowd(trial):
            if visit.channel in self.platforms:
                self.wires.at(START + int(visit.at * SECOND), self._shopper(visit))
        for at, channel, sku, count in hands(trial):
            if channel in self.platforms:
                self.wires.at(START + int(at * SECOND), self._hand(channel, sku, count))

    def _shopper(self, visit: Visit) -> Callable[[], None]:
        platform = self.platforms[visit.channel]

        def come() -> None:
            out = self.wires.is_out(visit.channel)
            order = None if out else platform.buy(visit.lines, self.wires.now, "", CURRENCY)
            self.wires.collect(visit.channel)
            if order is None:
                self.refused += 1
            elif visit.cancels_after is not None:
                self.wires.at(self.wires.now + int(visit.cancels_after * SECOND), lambda: cancel(order))

        def cancel(order: SandboxOrder) -> None:
            platform.cancel(order, self.wires.now)
            self.wires.collect(visit.channel)

        return come

    def _hand(self, channel: str, sku: str, count: int) -> Callable[[], None]:
        return lambda: self.platforms[channel].list_by_hand(sku, count)

    def play(self) -> None:
        """Play to the end, looking now and then at how much nobody lists."""
        while self.wires.now < self.end:
            self.wires.run(min(self.end, self.wires.now + SAMPLE))
            self.samples.append(sum(max(0, self.unsold(sku) - self._listed(sku)) for sku in self.units))

    def unsold(self, sku: str) -> int:
        """Units left; negative when more were sold than there are."""
        return self.units[sku] - sum(platform.sold.get(sku, 0) for platform in self.platforms.values())

    def oversold(self) -> int:
        """Units sold beyond those there are."""
        return sum(max(0, -self.unsold(sku)) for sku in self.units)

    def _listed(self, sku: str) -> int:
        """Every platform lists the same units: as many as one of them lists can be sold."""
        return max(platform.level(sku) for platform in self.platforms.values())


def compare(weather: str, profile: Profile, seeds: Sequence[int], orders: int = ORDERS) -> Comparison:
    """Play every seed with our exposure, and look for the smallest buffer with which broadcasting oversells nothing."""
    trials = [trial_of(profile, seed, orders) for seed in seeds]
    mine = [ours(trial) for trial in trials]
    for buffer in BUFFERS:
        theirs: list[Outcome] = []
        for trial in trials:
            theirs.append(broadcast(trial, buffer))
            if theirs[-1].oversold and buffer != BUFFERS[-1]:
                break
        else:
            held = not any(one.oversold for one in theirs)
            return Comparison(weather, buffer if held else None, mine, theirs)
    raise AssertionError("the largest buffer is always played on every seed")


def weathers(names: Sequence[str] = WEATHERS) -> Iterator[tuple[str, Profile]]:
    """Fault profiles without hands, and at last every fault with them."""
    for name in names:
        yield name, without_hands(PROFILES[name])
    if "all" in names:
        yield "all and hands", PROFILES["all"]


def measure(bench: Bench) -> list[Result]:
    """Unsold units a show for each weather, beside the best buffer's."""
    seeds = range(bench.size(SEEDS, 1))
    found: list[Result] = []
    for name, profile in weathers(WEATHERS if not bench.quick else ("none", "all")):
        bench.say(f"withheld: {len(seeds)} shows, faults: {name}")
        one = compare(name, profile, seeds, bench.size(ORDERS, 60))
        what = f"buffer {one.buffer}" if one.buffer is not None else f"buffer {BUFFERS[-1]} (all oversell)"
        unsold, beside = (statistics.fmean(row.unsold for row in rows) for rows in (one.ours, one.theirs))
        yardstick = Yardstick(f"broadcast, {what}", max(beside, 1e-9))
        found.append(result(f"withheld, {name}", unsold, "units", yardstick, Goal("ratio", most=1.0)))
    return found


def table(found: Sequence[Comparison]) -> Table:
    """Everything for people: means over the seeds."""
    units = sum(trial_of(PROFILES["none"], 0).units().values())
    rows = Table(
        title=f"{len(found[0].ours)} shows of {ORDERS} shoppers for {units} units; means", title_justify="left"
    )
    for heading in ("faults", "best buffer", "unsold", "unlisted", "refused", "oversold"):
        rows.add_column(heading, justify="left" if heading == "faults" else "right")
    for one in found:
        for who, outcomes in (("broadcast", one.theirs), ("ours", one.ours)):
            mean = [
                statistics.fmean(getattr(row, name) for row in outcomes) for name in ("unsold", "withheld", "refused")
            ]
            buffer = {None: "none holds"}.get(one.buffer, str(one.buffer)) if who == "broadcast" else ""
            over = sum(row.oversold for row in outcomes)
            rows.add_row(f"{one.weather}: {who}", buffer, *(f"{value:.1f}" for value in mean), str(over))
    return rows


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    compared = []
    for weather_name, weather_profile in weathers():
        print(weather_name, file=sys.stderr, flush=True)
        compared.append(compare(weather_name, weather_profile, range(count)))
        Console(width=120).print(table(compared[-1:]))
    Console(width=120).print(table(compared))
