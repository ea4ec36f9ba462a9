"""The benchmarks run and measure something; how much is for a quiet machine and `warroom bench` to say."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas  # noqa: F401  # two threads below would otherwise load it at once, and one of them half of it
import pytest

from tests.benchmarks import order_file, run
from tests.benchmarks.bench import Goal, Result, Yardstick, in_turns, result, rounded


def test_every_benchmark_runs_and_gives_figures() -> None:
    others = [name for name in run.BENCHMARKS if name != "viewers"]
    with ThreadPoolExecutor(1) as beside:  # the viewers mostly wait for processes of their own
        watching = beside.submit(lambda: list(run.results(["viewers"], quick=True)))
        found = [*run.results(others, quick=True), *watching.result()]
    named = {one.name.split(",")[0] for one in found}
    assert named == set(run.BENCHMARKS)
    for one in found:
        assert math.isfinite(one.figure), one
        assert one.figure >= 0, one
        if one.yardstick_figure is None:
            assert "is not installed" in one.yardstick
        else:
            assert one.yardstick_figure > 0, one
            assert one.ratio is not None
            assert math.isfinite(one.ratio), one
        json.dumps(one.as_row())
    run.table(found, run.machine())


def test_a_benchmark_nobody_knows_is_refused_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["leger"])
    assert ended.value.code == 2
    assert "did you mean 'ledger'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("goal", "figure", "yardstick", "verdict"),
    [
        (Goal("figure", least=50_000), 60_000, 100_000, "met"),
        (Goal("figure", least=50_000), 40_000, 100_000, "missed"),
        (Goal("ratio", most=1.5), 3, 2, "met"),
        (Goal("ratio", most=1.5), 4, 2, "missed"),
        (Goal("ratio", most=1.5), 4, None, "missed"),
        (None, 4, 2, "no goal"),
        (None, 4, None, "not installed"),
    ],
)
def test_a_verdict_follows_from_goal_figure_and_yardstick(
    goal: Goal | None, figure: float, yardstick: float | None, verdict: str
) -> None:
    found: Result = result("x", figure, "s", Yardstick("y", yardstick), goal)
    assert found.verdict == verdict


def test_contestants_take_turns_and_their_medians_count() -> None:
    order: list[str] = []
    values = {"a": iter((1.0, 100.0, 2.0)), "b": iter((5.0, 6.0, 7.0))}

    def measure(name: str) -> float:
        order.append(name)
        return next(values[name])

    medians = in_turns(3, {"a": lambda: measure("a"), "b": lambda: measure("b")})
    assert medians == {"a": 2.0, "b": 6.0}
    assert order == ["a", "b"] * 3


@pytest.mark.parametrize(("value", "shown"), [(0.012345, 0.0123), (1.23456, 1.23), (123456.7, 123457.0), (0.0, 0.0)])
def test_figures_are_not_shown_more_exactly_than_they_are_known(value: float, shown: float) -> None:
    assert rounded(value) == shown


def test_the_made_up_order_file_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        order_file.write(tmp_path / name, 3_000, seed)
    first, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == again
    assert first != other
    rows = first.decode().splitlines()
    assert len(rows) == 3_001
    assert any(row.startswith("C") for row in rows), "no cancellation"
    assert len(set(rows)) < len(rows), "no duplicate"
