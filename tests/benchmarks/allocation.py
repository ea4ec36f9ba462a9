"""`allocation`: what is made of a stock by hand-outs, by late binding and by hindsight, in money, show by show.

    python -m tests.benchmarks.allocation [SHOWS] [STRESS_SHOWS]        the whole table

Shows come from the simulator's seeds for scoring, with stock for 72-120 % of the plan, and are played to every policy
with the same orders; real days are wholesale orders without a feed. Shares are of what hindsight makes of the same
stock and orders; the gap is how much of the way from the static split to hindsight a policy goes, in value. Intervals
are 95 %, by resampling whole shows: orders of one show are not independent.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
from rich.console import Console
from rich.table import Table

from dashboard.allocation.program import Program
from tests.benchmarks.allocation_bound import Shared
from tests.benchmarks.allocation_demand import Average, Known, Pulsed
from tests.benchmarks.allocation_handed import Handed, Proportional, Seller, Textbook, layout_of, numbers_of
from tests.benchmarks.allocation_listed import Proof
from tests.benchmarks.allocation_play import Ledger, Policy, play
from tests.benchmarks.allocation_trade import Outcome, hindsight, trade_of
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.real_days import days
from tests.simulated.draw import USUAL, draw
from tests.simulated.show import Floats, SimulatedShow, Size, Variant
from tests.simulated.streams import SCORE

HINDSIGHT = "hindsight"
STATIC = "static split"
SHARED, PROOF, KNOWN = "ours, shared, sync 1 s", "ours, proof, sync 1 s", "ours, shared, sync 1 s, true rates"
SELLER = "seller: 85 % -> 10% of the SKU"
STOCK = 1.3
REGIMES = {
    "base": Variant(supply=STOCK),
    "tight": Variant(supply=1.0),
    "scarce": Variant(supply=0.75),
    "ample": Variant(supply=1.9),
    "spikes": Variant(supply=STOCK, spikes=True),
    "plan low": Variant(supply=STOCK, believed=0.6),
    "crash": Variant(supply=STOCK, crash=True),
    "bursts": Variant(supply=STOCK, bursts=True),
}
STRESSES = [name for name in REGIMES if name != "base"]
MAKERS: dict[str, Callable[[], Ledger]] = {
    "static": Handed,
    "seller": Seller,
    "seller 10 %": lambda: Seller(0.1),
    "proportional": lambda: Proportional(Average()),
    "textbook": lambda: Textbook(Pulsed()),
    "proof": lambda: Proof(Pulsed()),
    "shared": lambda: Shared(Pulsed()),
    "shared 60 s": lambda: Shared(Pulsed(), 60.0),
    "known": lambda: Shared(Known()),
}
EVERYBODY = ("static", "seller", "seller 10 %", "proportional", "textbook", "proof", "shared", "known")
STRESSED = ("static", "seller 10 %", "proof", "shared")
RESAMPLES = 2000
PROCESSES = 2


class Played(NamedTuple):
    """Outcomes of some shows by the name of the policy, hindsight among them."""

    rows: dict[str, list[Outcome]]

    def column(self, name: str, figure: str) -> Floats:
        """One figure of a policy, show by show."""
        return np.array([getattr(one, figure) for one in self.rows[name]], dtype=float)

    def share(self, name: str, figure: str) -> Floats:
        """The share of hindsight, show by show."""
        return self.column(name, figure) / self.column(HINDSIGHT, figure)

    def gap(self, name: str, shows: Sequence[int] | None = None) -> float:
        """How much of the way from the static split to hindsight, in value, over all shows together."""
        own, static, best = (self.column(one, "value") for one in (name, STATIC, HINDSIGHT))
        some = slice(None) if shows is None else shows
        return float((own - static)[some].sum() / (best - static)[some].sum())

    def oversold(self, name: str) -> float:
        """Units sold twice over units sold."""
        return float(self.column(name, "oversold").sum() / self.column(name, "units").sum())


def play_one(show: SimulatedShow, makers: Sequence[str]) -> dict[str, Outcome]:
    """One show by every policy named, and by hindsight."""
    trade = trade_of(show)
    found = {HINDSIGHT: hindsight(trade)}
    for maker in makers:
        policy = MAKERS[maker]()
        found[cast(Policy, policy).name] = play(trade, cast(Policy, policy), policy)
    return found


def played(rows: Iterable[dict[str, Outcome]]) -> Played:
    """Several shows together."""
    found: dict[str, list[Outcome]] = {}
    for row in rows:
        for name, one in row.items():
            found.setdefault(name, []).append(one)
    return Played(found)


def simulated(
    regime: str,
    seeds: Sequence[int],
    makers: Sequence[str],
    pool: ProcessPoolExecutor | None = None,
    size: Size = USUAL,
) -> Played:
    """Drawn shows of a regime."""
    jobs = [(seed, regime, tuple(makers), size) for seed in seeds]
    return played(map(_drawn, jobs) if pool is None else pool.map(_drawn, jobs))


def real(lumpy: bool, makers: Sequence[str], count: int | None = None) -> Played:
    """Real days, order lines or with their units."""
    return played(play_one(_spread(show), makers) for show in days(lumpy)[:count])


def _spread(show: SimulatedShow) -> SimulatedShow:
    """The shop's clock told minutes: orders of one minute are spread over it, or all would come at the same instant."""
    clock = np.unique(show.order_at)
    step = int(np.diff(clock).min()) if len(clock) > 1 else 1
    at = show.order_at + np.random.default_rng(show.seed).integers(0, max(1, step), len(show.order_at))
    order = np.argsort(at, kind="stable")
    columns = ("order_sku", "order_region", "order_channel", "order_units")
    end = show.size.minutes * 60 * 1_000_000 - 1
    return replace(show, order_at=np.minimum(at[order], end), **{one: getattr(show, one)[order] for one in columns})


def _drawn(job: tuple[int, str, tuple[str, ...], Size]) -> dict[str, Outcome]:
    seed, regime, makers, size = job
    return play_one(draw(seed, REGIMES[regime], size), makers)


def interval(values: Floats) -> tuple[float, float]:
    """95 % of the mean, by resampling shows."""
    chosen = np.random.default_rng(1).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[chosen].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def gap_interval(one: Played, name: str) -> tuple[float, float]:
    """95 % of the gap closed, by resampling shows."""
    count = len(one.rows[name])
    chosen = np.random.default_rng(1).integers(0, count, (RESAMPLES, count))
    low, high = np.quantile([one.gap(name, list(rows)) for rows in chosen], (0.025, 0.975))
    return float(low), float(high)


def table(title: str, one: Played) -> Table:
    """Everything for people."""
    shows = len(one.rows[HINDSIGHT])
    rows = Table(title=f"{title}: {shows} shows, shares of hindsight", title_justify="left")
    for heading in ("policy", "units", "value", "95 %", "P5 show", "gap", "95 %", "oversold", "moved", "stranded"):
        rows.add_column(heading, justify="left" if heading == "policy" else "right")
    for name in one.rows:
        units, value = one.share(name, "units"), one.share(name, "value")
        low, high = interval(value)
        gaps = (
            ("", "") if name == STATIC else (f"{one.gap(name):.1%}", "{:.1%}-{:.1%}".format(*gap_interval(one, name)))
        )
        rows.add_row(
            name, f"{units.mean():.2%}", f"{value.mean():.2%}", f"{low:.2%}-{high:.2%}",
            f"{np.quantile(value, 0.05):.2%}", *gaps, f"{one.oversold(name):.4%}",
            f"{one.column(name, 'moved').mean():,.0f}", f"{one.column(name, 'stranded').mean():,.0f}",
        )  # fmt: skip
    return rows


def solve_milliseconds(seed: int = SCORE[0]) -> tuple[float, float]:
    """Median and 99 % of a solve for 20 SKUs x 3 regions x 4 channels, over a show's minutes, processor time."""
    trade = trade_of(draw(seed, REGIMES["base"]))
    demand, program = Known(), Program(layout_of(trade))
    demand.begin(trade)
    pool, flexible = trade.show.firm.sum(axis=2).astype(float), trade.show.flexible.astype(float)
    found = []
    for minute in range(120):
        law = demand.law(minute * 60.0)
        law = law._replace(shape=np.full(law.mean.size, 6.0))
        left = 1 - minute / 120
        numbers = numbers_of(trade, law, np.zeros(law.mean.size), np.round(pool * left), np.round(flexible * left))
        begun = time.thread_time()
        program.solve(numbers)
        found.append((time.thread_time() - begun) * 1000)
    return float(np.median(found)), float(np.quantile(found[1:], 0.99))


def measure(bench: Bench) -> list[Result]:
    """The goals: units, value, gap and worst shows of shared listings, no oversell of proof ones, stresses, real days."""
    shows, stressed = bench.size(200, 2), bench.size(60, 1)
    size = Size(skus=4, minutes=20) if bench.quick else USUAL
    with ProcessPoolExecutor(PROCESSES) as several:
        pool = None if bench.quick else several
        bench.say(f"allocation: {shows} shows by {len(EVERYBODY)} policies")
        found = _base_results(simulated("base", SCORE[:shows], EVERYBODY, pool, size))
        for regime in STRESSES[: bench.size(len(STRESSES), 2)]:
            bench.say(f"allocation: {stressed} shows, {regime}")
            found.append(_stress_result(regime, simulated(regime, SCORE[:stressed], STRESSED, pool, size)))
    for lumpy, title in ((False, "order lines"), (True, "lumpy orders")):
        bench.say(f"allocation: real days, {title}")
        one = real(lumpy, ("static", "proof", "shared"), bench.size(40, 1))
        goal = Goal("figure", least=75.0)
        static = Yardstick(STATIC, _percent(one, STATIC, "value"))
        found.append(result(f"allocation, real days, {title}, gap", 100 * one.gap(SHARED), "%", static, goal))
    median, worst = solve_milliseconds()
    found.append(result("allocation, solve p99", worst, "ms", Yardstick("median", median), Goal("figure", most=10.0)))
    return found


def _percent(one: Played, name: str, figure: str) -> float:
    return 100 * float(one.share(name, figure).mean())


def _stress_result(regime: str, one: Played) -> Result:
    seller = Yardstick("seller's rule", _percent(one, SELLER, "value"))
    name, value = f"allocation, {regime}, value", _percent(one, SHARED, "value")
    return result(name, value, "%", seller, Goal("figure", least=94.5))


def _base_results(base: Played) -> list[Result]:
    """The goals of the ordinary regime."""
    static, few = (Yardstick(STATIC, _percent(base, STATIC, figure)) for figure in ("value", "units"))
    worst, worst_static = (100 * float(np.quantile(base.share(name, "value"), 0.05)) for name in (SHARED, STATIC))
    known = Yardstick("true rates", 100 * base.gap(KNOWN))
    units = Yardstick("units a show", float(base.column(SHARED, "units").mean()))
    rows: list[tuple[str, float, Yardstick, Goal | None]] = [
        ("shared, units", _percent(base, SHARED, "units"), few, Goal("figure", least=99.0)),
        ("shared, value", _percent(base, SHARED, "value"), static, Goal("figure", least=96.0)),
        ("shared, gap", 100 * base.gap(SHARED), known, Goal("figure", least=70.0)),
        ("shared, P5 show", worst, Yardstick(STATIC, worst_static), Goal("figure", least=93.0)),
        ("shared, oversold", 100 * base.oversold(SHARED), units, Goal("figure", most=0.02)),
        ("proof, oversold", 100 * base.oversold(PROOF), units, Goal("figure", most=0.0)),
        ("proof, value", _percent(base, PROOF, "value"), static, None),
    ]
    return [result(f"allocation, {name}", figure, "%", yardstick, goal) for name, figure, yardstick, goal in rows]


def main(shows: int, stressed: int) -> None:
    """Print every table."""
    console = Console(width=150)
    with ProcessPoolExecutor(PROCESSES) as pool:
        console.print(table("base", simulated("base", SCORE[:shows], EVERYBODY, pool)))
        for regime in STRESSES if stressed else ():
            console.print(table(regime, simulated(regime, SCORE[:stressed], STRESSED, pool)))
    for lumpy, title in ((False, "real days, order lines"), (True, "real days, lumpy orders")):
        console.print(table(title, real(lumpy, ("static", "seller", "seller 10 %", "proportional", "proof", "shared"))))
    console.print("solve, median and p99: {:.1f} and {:.1f} ms".format(*solve_milliseconds()))


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], "200", "60")[:2]))
