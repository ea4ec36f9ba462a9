"""`forecast`: sell-out times on simulated shows nobody learned from, beside means that know less and a rate that knows all.

    python -m tests.benchmarks.forecast [--shows 200] [--regimes 60] [--every 1]   the whole table
    python -m tests.benchmarks.forecast --learn                        data/forecast/defaults.json anew (LEARN shows)

The rows are played one after the other over the same shows: units so far over time, an exponentially weighted mean,
ours without and with the feed, and the hidden rate itself. All bands are recalibrated in the same way; see
forecast_season for what may be learned from which shows, forecast_score for how a band is graded.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.benchmarks import forecast_cost
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.forecast_score import (
    HORIZONS,
    Graded,
    alarms,
    by_show,
    interval,
    median_error,
    pinball,
    width,
)
from tests.benchmarks.forecast_season import BLIND, EWMA, FED, TRUTH, Season, rolling, rows, season
from tests.simulated.show import TIERS, Floats
from tests.simulated.streams import CALIBRATE, SCORE

REGIMES = {
    "half": "host ignores half the rundown",
    "whim": "host ignores it all",
    "spikes": "spikes x6-20",
    "crash": "viewers crash",
    "low": "plan 40 % low",
    "bursts": "regional bursts",
}
SHOWS, REGIME_SHOWS, EARLIER = 200, 60, 40
COST_ROUNDS = 600


def parts(graded: Graded) -> dict[str, float]:
    """Coverage of the 80 % band by tier and by horizon; a part with too few forecasts to tell is left out."""
    found: dict[str, float] = {}
    for names, place in ((TIERS, graded.cell // len(HORIZONS)), (HORIZONS, graded.cell % len(HORIZONS))):
        for number, name in enumerate(names):
            mine = graded.inside[place == number]
            if len(mine) >= 200:
                found[name] = float(mine.mean())
    return found


def table(title: str, seasons: dict[str, Season]) -> Table:
    """Everything for people."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("forecaster")
    for heading in (
        "MdAE", "<=10 min", "10-30", "raw", "cover", "pinball", "95 %", "of EWMA", "width", "warned", "false", "in 15'", "ms",
    ):  # fmt: skip
        shown.add_column(heading, justify="right")
    against = _pinball_sums(seasons[EWMA].graded)[0] if EWMA in seasons else None
    for name, one in seasons.items():
        graded, heard = one.graded, alarms(one.graded)
        sums, counts = _pinball_sums(graded)
        low, high = interval(sums, counts)
        ratio = "" if against is None else f"{sums.sum() / against.sum():.3f}"
        shown.add_row(
            name,
            *(f"{median_error(graded, *span):.1f}" for span in ((0, np.inf), (0, 10), (10, 30))),
            f"{graded.inside_raw.mean():.3f}",
            f"{graded.inside.mean():.3f}",
            f"{sums.sum() / counts.sum():.2f}",
            f"{low:.2f}-{high:.2f}",
            ratio,
            f"{width(graded).mean():.1f}",
            f"{heard.warned_share:.2f}",
            f"{heard.false_share:.2f}",
            f"{heard.false_soon_share:.2f}",
            f"{np.median(one.costs):.2f}",
        )
    return shown


def coverage_table(title: str, seasons: dict[str, Season]) -> Table:
    """Coverage by tier and horizon, with an interval by show over all."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("forecaster")
    for heading in ("all", "95 %", *TIERS, *HORIZONS):
        shown.add_column(heading, justify="right")
    for name, one in seasons.items():
        sums, counts = by_show(one.graded.batch.show, one.graded.inside.astype(np.float64))
        low, high = interval(sums, counts)
        found = parts(one.graded)
        cells = (f"{found[part]:.3f}" if part in found else "-" for part in (*TIERS, *HORIZONS))
        shown.add_row(name, f"{one.graded.inside.mean():.3f}", f"{low:.3f}-{high:.3f}", *cells)
    return shown


def _pinball_sums(graded: Graded) -> tuple[Floats, Floats]:
    return by_show(graded.batch.show, pinball(graded))


def measure(bench: Bench) -> list[Result]:
    """The acceptance figures, each beside the row that sets it in proportion."""
    shows, earlier = bench.size(60, 1), bench.size(EARLIER, 1)
    seasons = {}
    for name in (EWMA, BLIND, FED, TRUTH):
        bench.say(f"forecast: {name}, {earlier} + {shows} shows")
        seasons[name] = season(rows()[name](), SCORE[:shows], CALIBRATE[:earlier], bench.size(1, 5))
    found = _base_results(seasons)
    if not bench.quick:
        for variant in ("half", "crash", "spikes", "low"):
            bench.say(f"forecast: {REGIMES[variant]}, 20 + 20 shows")
            covered, beside = (rolling(rows()[name](), 20, variant, 4).graded.inside.mean() for name in (FED, EWMA))
            found.append(_coverage(REGIMES[variant], float(covered), float(beside)))
    return [*found, _cost(bench)]


def _coverage(name: str, share: float, beside: float, most: float = 0.02) -> Result:
    yardstick = Yardstick("EWMA, same levels", abs(beside - 0.8))
    return result(
        f"forecast, coverage off 80 %, {name}", abs(share - 0.8), "share", yardstick, Goal("figure", most=most)
    )


def _base_results(seasons: dict[str, Season]) -> list[Result]:
    fed, mean, truth = (seasons[name].graded for name in (FED, EWMA, TRUTH))
    loss = {name: float(pinball(one.graded).mean()) for name, one in seasons.items()}
    heard, heard_mean = alarms(fed), alarms(mean)
    soon, soon_truth = (_known(median_error(one, 0, 10)) for one in (fed, truth))
    ewma = Yardstick("EWMA, recalibrated", loss[EWMA])
    return [
        _coverage("all", float(fed.inside.mean()), float(mean.inside.mean())),
        _coverage("worst tier or horizon", _worst(fed), _worst(mean), 0.04),
        result("forecast, pinball with feed", loss[FED], "min", ewma, Goal("ratio", most=0.7)),
        result("forecast, pinball without feed", loss[BLIND], "min", ewma, Goal("ratio", most=1.0)),
        result(
            "forecast, median error, out in 10 min", soon, "min",
            Yardstick("hidden rate known", soon_truth), Goal("figure", most=3.0),
        ),
        result(
            "forecast, sell-outs warned of", heard.warned_share, "share",
            Yardstick("EWMA", heard_mean.warned_share or None), Goal("figure", least=0.85),
        ),
        result(
            "forecast, false alarms", heard.false_share, "share",
            Yardstick("EWMA", heard_mean.false_share or None), Goal("figure", most=0.35),
        ),
    ]  # fmt: skip


def _worst(graded: Graded) -> float:
    """The coverage of the tier or horizon that is farthest from 80 %."""
    found = list(parts(graded).values()) or [float(graded.inside.mean())]
    return max(found, key=lambda share: abs(share - 0.8))


def _known(value: float) -> float:
    """Zero for what too few shows could not tell."""
    return value if np.isfinite(value) else 0.0


def _cost(bench: Bench) -> Result:
    rounds = bench.size(COST_ROUNDS, 20)
    spent = forecast_cost.milliseconds(rounds)
    yardstick = Yardstick(
        "betaincinv alone, p99", float(np.quantile(forecast_cost.yardstick_milliseconds(rounds), 0.99))
    )
    figure = float(np.quantile(spent, 0.99))
    return result("forecast, 1,000 series, p99", figure, "ms of CPU", yardstick, Goal("figure", most=10.0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the whole table, or learn the shipped defaults."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.forecast", description="Score sell-out forecasts."
    )
    parser.add_argument("--shows", type=int, default=SHOWS, help="scored shows of the base regime")
    parser.add_argument("--regimes", type=int, default=REGIME_SHOWS, help="scored shows of each other regime; 0: none")
    parser.add_argument("--rows", nargs="*", default=list(rows()), help="which rows")
    parser.add_argument("--every", type=int, default=1, help="minutes from forecast to forecast")
    parser.add_argument("--only", nargs="*", default=list(REGIMES), help="which other regimes")
    parser.add_argument("--learn", action="store_true", help="write data/forecast/defaults.json from the LEARN shows")
    options = parser.parse_args(arguments)
    if options.learn:
        from tests.benchmarks import forecast_learn  # only then

        print(forecast_learn.write())
        return 0
    console = Console(width=170, highlight=False)
    wanted = [name for name in rows() if name in options.rows]
    if options.shows:
        found = {}
        for name in wanted:
            print(name, file=sys.stderr, flush=True)
            found[name] = season(rows()[name](), SCORE[: options.shows], every_minutes=options.every)
        console.print(table(f"{options.shows} shows, base", found), coverage_table("coverage of the 80 % band", found))
    for variant in options.only if options.regimes else ():
        found = {}
        for name in wanted:
            print(variant, name, file=sys.stderr, flush=True)
            found[name] = rolling(rows()[name](), options.regimes, variant, options.every)
        title = f"{options.regimes} shows, {REGIMES[variant]}; levels, lessons and trust of the last 20"
        console.print(table(title, found), coverage_table("coverage of the 80 % band", found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
