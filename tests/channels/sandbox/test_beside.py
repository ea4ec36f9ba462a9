"""The naive seller beside ours: it oversells by what its number is late, and a buffer is what that costs."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from dashboard.channels.sandbox.beside import beside, compare
from dashboard.channels.sandbox.faults import PROFILES
from dashboard.channels.sandbox.stress import Trial

SLOW = Trial(orders=400, seconds=4.0, profile=PROFILES["slow"], seed=1)


def test_one_number_for_all_oversells_when_messages_are_slow() -> None:
    row = beside(SLOW, 0)
    assert row["oversold"] > 0
    assert row["sold"] - row["oversold"] + row["leftover"] == sum(SLOW.units().values())


def test_the_best_buffer_oversells_nothing_and_leaves_units_unsold() -> None:
    without, best = compare(SLOW)
    assert without["buffer"] == 0
    assert best["buffer"] > 0
    assert best["oversold"] == 0
    assert best["leftover"] > without["leftover"]
    assert best == beside(SLOW, best["buffer"])


def test_a_seller_that_oversells_nothing_needs_no_buffer() -> None:
    (row,) = compare(replace(SLOW, orders=10, seconds=600.0, profile=PROFILES["none"]))
    assert (row["buffer"], row["oversold"]) == (0, 0)


@pytest.mark.parametrize("name", list(PROFILES))
def test_the_same_seed_and_faults_give_the_same_numbers(name: str) -> None:
    trial = replace(SLOW, orders=120, profile=PROFILES[name])
    assert beside(trial, 2) == beside(trial, 2)


def test_as_a_program_it_writes_a_row_a_line_and_its_progress_beside() -> None:
    wanted = {"faults": "slow", "orders": 400, "seconds": 4.0, "seed": 1}
    command = [sys.executable, "-m", "dashboard.channels.sandbox.beside", json.dumps(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == list(compare(SLOW))
    assert all(0 < json.loads(line)["share"] < 1 for line in done.stderr.splitlines())
