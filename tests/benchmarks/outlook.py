"""`outlook`: the profit of buying for the next days by the outlook, as a share of knowing the law, beside other habits.

Each world has SKUs of three tiers with 12, 6 and 2 past shows. A SKU's rate per exposure is lognormal about its tier's,
a show's is Gamma about the SKU's, units are Poisson. Past stock was such that some share of the shows sold out; the
exposure until then is read off the show's profile with an error of 15 %. Everybody buys for a show of known exposure at
the critical ratio of the tier; what is left is worth nothing. The habits:

    sales are demand      quantile of a normal about the mean sales per show
    sold-out left out     the same over the shows that did not sell out
    pace-scaled           sales scaled to a whole show by the share of exposure at the sell-out, normal
    outlook               `dashboard.forecast.outlook`
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import nbinom, norm

from dashboard.forecast.counts import Floats
from dashboard.forecast.outlook import Series, learned, posterior, predicted, units_at
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result

WORLDS, SKUS = 200, 60
PROFILE_ERROR = 0.15
SHARE_LEAST = 0.97
STOCK = {0.15: 1.5, 0.45: 0.99, 0.7: 0.71}
"""Share of past shows sold out -> stock over expected demand that makes it so."""


class Tier(NamedTuple):
    """A tier of the made-up worlds: past shows, critical ratio, units a show, spread of SKUs and of shows."""

    name: str
    shows: int
    ratio: float
    units: float
    spread: float
    luck: float


TIERS = (
    Tier("evergreen", 12, 0.90, 60.0, 0.5, 0.10),
    Tier("campaign", 6, 0.75, 30.0, 0.7, 0.20),
    Tier("test", 2, 0.50, 8.0, 0.9, 0.40),
)


class Past(NamedTuple):
    """One past show of a SKU: what it sold, the share of its exposure until then as read, its exposure, sold out?"""

    units: float
    share: float
    exposure: float
    out: bool


class Sku(NamedTuple):
    """One SKU of a world: its tier, its true mean and shape in the next show, that show's exposure, its past."""

    name: str
    tier: Tier
    mean: float
    shape: float
    exposure: float
    past: list[Past]


def world(seed: int, sold_out: float, skus: int = SKUS) -> list[Sku]:
    """One world, the same for the same seed."""
    chance = np.random.default_rng((seed, round(100 * sold_out)))
    found: list[Sku] = []
    for number in range(skus):
        tier = TIERS[number % len(TIERS)]
        rate = tier.units / 10.0 * math.exp(chance.normal(0.0, tier.spread) - tier.spread**2 / 2)
        past = [_show(chance, tier, rate, STOCK[sold_out]) for _ in range(tier.shows)]
        exposure = 10.0 * math.exp(chance.normal(0.0, 0.25))
        found.append(Sku(f"S{number}", tier, rate * exposure, 1 / tier.luck, exposure, past))
    return found


def _show(chance: np.random.Generator, tier: Tier, rate: float, stocked: float) -> Past:
    """A past show: orders fall evenly over its exposure until the stock has gone."""
    exposure = 10.0 * math.exp(chance.normal(0.0, 0.25))
    stock = max(1, round(stocked * rate * exposure * math.exp(chance.normal(0.0, 0.25))))
    wanted = int(chance.poisson(rate * exposure * chance.gamma(1 / tier.luck, tier.luck)))
    if wanted < stock:
        return Past(wanted, 1.0, exposure, False)
    share = float(chance.beta(stock, wanted - stock + 1)) * math.exp(chance.normal(0.0, PROFILE_ERROR))
    return Past(stock, min(1.0, share), exposure, True)


def profit(units: float, sku: Sku) -> float:
    """Expected profit of so many units at a price of one: units sold less what they cost."""
    units = max(0, round(units))
    short = nbinom.sf(np.arange(units), sku.shape, sku.shape / (sku.shape + sku.mean))
    return float(short.sum() - (1 - sku.tier.ratio) * units)


Habit = Callable[[list[Sku]], list[float]]


def by_law(skus: list[Sku]) -> list[float]:
    """What somebody buys who knows every rate."""
    return [float(units_at(sku.mean, sku.shape, sku.tier.ratio)) for sku in skus]


def by_outlook(skus: list[Sku]) -> list[float]:
    """What the outlook says at the tier's critical ratio."""
    history: dict[Series, list[tuple[float, float]]] = {
        ("shop", sku.tier.name, sku.name): [(past.units, past.share * past.exposure) for past in sku.past]
        for sku in skus
    }
    laws, bought = learned(history), list[float]()
    for sku in skus:
        shows = np.array(history["shop", sku.tier.name, sku.name])
        mean, shape = predicted(posterior(laws["shop", sku.tier.name], shows), sku.exposure)
        bought.append(float(units_at(mean, shape, sku.tier.ratio)))
    return bought


def by_normal(told: Callable[[Sku], Sequence[float]]) -> Habit:
    """A habit that buys a quantile of a normal about what it was told of past shows."""

    def habit(skus: list[Sku]) -> list[float]:
        bought: list[float] = []
        for sku in skus:
            units = np.array(told(sku), dtype=float)
            spread = units.std(ddof=1) if len(units) > 1 else math.sqrt(max(1.0, units.mean()))
            bought.append(max(0.0, float(units.mean() + norm.ppf(sku.tier.ratio) * spread)))
        return bought

    return habit


def _not_sold_out(sku: Sku) -> list[float]:
    kept = [past.units for past in sku.past if not past.out]
    return kept or [past.units for past in sku.past]


HABITS: dict[str, Habit] = {
    "sales are demand": by_normal(lambda sku: [past.units for past in sku.past]),
    "sold-out left out": by_normal(_not_sold_out),
    "pace-scaled": by_normal(lambda sku: [past.units / max(0.02, past.share) for past in sku.past]),
    "outlook": by_outlook,
}


class Score(NamedTuple):
    """Habits scored over worlds: profit as a share of knowing the law, with its spread over worlds, and sell-outs."""

    share: float
    spread: float
    by_tier: dict[str, float]


def score(worlds: Sequence[list[Sku]]) -> dict[str, Score]:
    """Every habit on the same worlds."""
    known = [[profit(units, sku) for units, sku in zip(by_law(skus), skus, strict=True)] for skus in worlds]
    found: dict[str, Score] = {}
    for name, habit in HABITS.items():
        made = [[profit(units, sku) for units, sku in zip(habit(skus), skus, strict=True)] for skus in worlds]
        shares = [sum(ours) / sum(best) for ours, best in zip(made, known, strict=True)]
        tiers = {tier.name: _of_tier(made, worlds, tier) / _of_tier(known, worlds, tier) for tier in TIERS}
        found[name] = Score(sum(map(sum, made)) / sum(map(sum, known)), float(np.std(shares)), tiers)
    return found


def _of_tier(made: list[list[float]], worlds: Sequence[list[Sku]], tier: Tier) -> float:
    return sum(
        value
        for values, skus in zip(made, worlds, strict=True)
        for value, sku in zip(values, skus, strict=True)
        if sku.tier is tier
    )


def sold_out_share(worlds: Sequence[list[Sku]]) -> float:
    """The share of past shows that sold out."""
    outs = [past.out for skus in worlds for sku in skus for past in sku.past]
    return sum(outs) / len(outs)


def covered(worlds: Sequence[list[Sku]]) -> float:
    """The share of next shows whose demand lies within P10 and P90 of the outlook, by the true law, randomised."""
    inside: list[float] = []
    for skus in worlds:
        history = {
            ("shop", sku.tier.name, sku.name): [(past.units, past.share * past.exposure) for past in sku.past]
            for sku in skus
        }
        laws = learned(history)
        for (series, shows), sku in zip(history.items(), skus, strict=True):
            mean, shape = predicted(posterior(laws["shop", series[1]], np.array(shows)), sku.exposure)
            inside.append(_inside(mean, shape, sku))
    return float(np.mean(inside))


def _inside(mean: float, shape: float, sku: Sku) -> float:
    """The true chance that a draw's randomised place in the predicted law lies between 10 and 90 %."""
    most = int(nbinom.ppf(0.9999, sku.shape, sku.shape / (sku.shape + sku.mean))) + 2
    units = np.arange(most)
    true = nbinom.pmf(units, sku.shape, sku.shape / (sku.shape + sku.mean))
    above = nbinom.cdf(units, shape, shape / (shape + mean))
    below = np.concatenate([[0.0], above[:-1]])
    width: Floats = np.maximum(above - below, 1e-12)
    return float(true @ (np.clip((np.minimum(above, 0.9) - np.maximum(below, 0.1)) / width, 0.0, 1.0)))


def measure(bench: Bench) -> list[Result]:
    """The outlook beside taking sales for demand, with few and with most past shows sold out."""
    found: list[Result] = []
    for sold_out in STOCK:
        bench.say(f"outlook: worlds of which {sold_out:.0%} of the past shows sold out")
        worlds = [world(seed, sold_out) for seed in range(bench.size(WORLDS, 2))]
        scores = score(worlds)
        yardstick = Yardstick("sales are demand", scores["sales are demand"].share)
        goal = Goal("figure", least=SHARE_LEAST)
        name = f"outlook, {sold_out:.0%} of past shows sold out"
        found.append(result(name, scores["outlook"].share, "of the profit of knowing", yardstick, goal))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every habit's share, by tier, at each share of sold-out shows."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.outlook")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    options = parser.parse_args(arguments)
    for sold_out in STOCK:
        worlds = [world(seed, sold_out) for seed in range(options.worlds)]
        sys.stdout.write(
            f"{sold_out_share(worlds):.1%} of past shows sold out; P10-P90 of the outlook covers {covered(worlds):.1%}\n"
        )
        for name, one in score(worlds).items():
            tiers = ", ".join(f"{tier} {share:.1%}" for tier, share in one.by_tier.items())
            sys.stdout.write(f"  {name:20s} {one.share:.1%} (sd of worlds {one.spread:.1%}): {tiers}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
