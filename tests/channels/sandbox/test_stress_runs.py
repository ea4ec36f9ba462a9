"""Stress tests beside a room: one at a time, in a process of their own, kept when nobody looks."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.channels.sandbox.stress_runs import KEPT_MAX, Busy, StressRuns, Wish, ours, theirs

WISH = Wish("all", 60, 7)
REPORT = {"sold": 12, "oversold": 0, "samples": [[60.0, 1, 1, 0]]}
PATIENCE = 30.0


def child(*lines: object, said: str = "", code: int = 0) -> list[str]:
    """A command that writes JSON lines, says something on standard error, and ends with a code."""
    written = "".join(json.dumps(line) + "\n" for line in lines)
    return [
        sys.executable,
        "-c",
        f"import sys; sys.stdout.write({written!r}); sys.stderr.write({said!r}); sys.exit({code})",
    ]


ENDLESS = [
    sys.executable,
    "-c",
    "import sys, time\nsys.stderr.write('{\"share\": 0.43}\\n')\nsys.stderr.flush()\nwhile True: time.sleep(1)",
]


def runs(command: list[str], beside: list[str] | None = None) -> StressRuns:
    return StressRuns(lambda wish: command, lambda wish, report: beside or child({"buffer": 0, "sold": 13}))


def played(found: StressRuns) -> dict[str, Any]:
    found.start("one", WISH)
    found.wait(PATIENCE)
    told = found.told("one")
    assert told is not None
    return told


@pytest.fixture
def endless() -> Iterator[StressRuns]:
    found = runs(ENDLESS)
    found.start("one", WISH)
    yield found
    found.stop()


def test_a_test_ends_with_its_report_and_the_naive_seller_beside_it() -> None:
    told = played(runs(child(REPORT, said='{"done": 1.0, "share": 1.0}\n')))
    assert told["state"] == "done"
    assert told["report"] == REPORT
    assert told["beside"] == [{"buffer": 0, "sold": 13}]
    assert (told["faults"], told["orders"], told["seed"]) == WISH


def test_a_test_that_did_not_pass_has_a_report_all_the_same() -> None:
    told = played(runs(child(REPORT | {"oversold": 3}, code=1)))
    assert (told["state"], told["report"]["oversold"]) == ("done", 3)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (child({"error": "There are no faults 'rain'."}, code=2), "There are no faults 'rain'."),
        (child(said="Killed by the weather\n", code=3), "Killed by the weather"),
        (child(code=3), "The test ended with code 3."),
        (child(), "The test ended without a report."),
        (["/nowhere/to/be/found"], "The test could not be started: No such file or directory."),
    ],
)
def test_a_failed_child_is_told_in_one_sentence(command: list[str], sentence: str) -> None:
    told = played(runs(command))
    assert (told["state"], told["problem"]) == ("failed", sentence)


def test_what_is_no_json_object_is_not_taken_for_one() -> None:
    told = played(runs(child([1], "text", REPORT, said="nonsense\n3\n[]\n")))
    assert told["report"] == REPORT


def test_one_test_runs_at_a_time_and_a_second_wish_is_told_how_far_it_is(endless: StressRuns) -> None:
    with pytest.raises(Busy, match="A test is running"):
        endless.start("two", WISH)
    assert endless.told("two") is None


def test_the_same_press_twice_is_one_test(endless: StressRuns) -> None:
    endless.start("one", WISH)
    told = endless.told("one")
    assert told is not None
    assert told["state"] == "running"


def test_stopping_the_server_ends_the_child_and_starts_nothing_any_more(endless: StressRuns) -> None:
    endless.stop()
    told = endless.told("one")
    assert told is not None
    assert told["state"] == "failed"
    endless.start("two", WISH)
    assert endless.told("two") is None


def test_the_newest_is_told_to_whoever_names_none_and_only_a_few_are_kept() -> None:
    found = runs(child(REPORT))
    assert found.told() is None
    for number in range(KEPT_MAX + 2):
        found.start(str(number), WISH)
        found.wait(PATIENCE)
    newest = found.told()
    assert newest is not None
    assert newest["id"] == str(KEPT_MAX + 1)
    assert found.told("0") is None


def test_both_sellers_are_asked_for_the_same_show() -> None:
    assert ours(WISH)[3:] == [
        "stress", "--in-process", "--json", "--samples", "--progress-json", "--faults", "all", "--orders", "60", "--seed", "7",
    ]  # fmt: skip
    assert json.loads(theirs(WISH, REPORT)[-1]) == {"faults": "all", "orders": 60, "seed": 7, "seconds": 60.0}
