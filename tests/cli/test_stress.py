"""`warroom stress --in-process`: its keys, its words, its exit codes; and how it refuses a wrong use."""

import json
from typing import Any

import pytest

from dashboard import cli_stress
from dashboard.channels.sandbox.stress import Rush
from tests.cli.command import Outcome, refused, warroom

KEYS = {"sold", "cancelled", "oversold", "leftover", "refused", "lag_ms", "withheld", "calls", "verify", "ok"}
SMALL = ("stress", "--in-process", "--orders", 60, "--rate", 10)


@pytest.fixture(scope="module")
def played() -> Outcome:
    """A small test with everything that can go wrong, played once."""
    return warroom(*SMALL, "--faults", "all", "--json", "--progress-json")


def test_it_prints_one_object_with_every_key_that_outside_tools_read(played: Outcome) -> None:
    assert played.code == 0, played.out
    body = played.json
    assert body.keys() >= KEYS
    assert "samples" not in body
    assert (body["oversold"], body["verify"], body["within_limits"], body["mode"]) == (0, "ok", True, "in process")
    assert body["lag_ms"].keys() == {"p50", "p95", "p99"}
    assert body["orders"] + body["refused"] == 60


def test_progress_comes_as_lines_of_json_that_grow_to_one(played: Outcome) -> None:
    shares = [json.loads(line)["done"] for line in played.err.splitlines()]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_people_read_figures_and_a_verdict() -> None:
    outcome = warroom(*SMALL, "--seed", 2)
    assert outcome.code == 0
    for word in ("sold", "oversold 0", "withheld", "refused", "p95", "shopee-my", "of 600", "on virtual wires"):
        assert word in outcome.out
    assert outcome.out.splitlines()[-1].startswith("ok: nothing oversold")


@pytest.fixture(scope="module")
def beside() -> Outcome:
    """Both ways to list, the same small crowd."""
    return warroom(*SMALL, "--seed", 2, "--listing", "both", "--json")


def test_shared_listings_are_told_beside_proof_whose_keys_stay(beside: Outcome, played: Outcome) -> None:
    assert beside.code == 0, beside.out
    proof = beside.json
    shared = proof.pop("shared")
    assert proof.keys() == shared.keys() == played.json.keys() >= KEYS | {"listing", "stranded", "value_minor"}
    assert (proof["listing"], shared["listing"]) == ("proof", "shared")
    assert proof["oversold"] == 0
    assert proof["value_minor"] == 4900 * proof["sold"]
    assert shared["orders"] + shared["refused"] == proof["orders"] + proof["refused"] == 60


def test_people_read_both_modes_side_by_side() -> None:
    outcome = warroom("stress", "--in-process", "--orders", 20, "--rate", 10, "--listing", "both")
    assert outcome.code == 0
    assert ", shared listings" in outcome.out
    words, proof, shared = outcome.out.splitlines()[-7].rsplit(maxsplit=2)
    assert (words, proof.isdigit(), shared.isdigit()) == ("units sold", True, True)
    assert "stranded units" in outcome.out


def test_units_that_shared_listings_sold_twice_are_told_and_pass_if_they_were_alarmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play = Rush.play
    twice = {"oversold": 2, "sold": 1000, "uncovered": 1, "ok": True}
    monkeypatch.setattr(Rush, "play", lambda self, progress: play(self, progress) | twice)
    outcome = warroom("stress", "--in-process", "--orders", 5, "--rate", 5, "--listing", "shared")
    assert outcome.code == 0
    assert "ok: shared listings sold 2 units twice (0.20%), each order raised an alarm." in outcome.out


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"oversold": 3}, "FAILED: 3 units were sold that are not there."),
        ({"within_limits": False}, "FAILED: a platform was called more often than it allows."),
        ({"accounted": False}, "FAILED: the ledger does not know every order"),
    ],
    ids=["oversold", "limits", "accounted"],
)
def test_a_test_that_does_not_pass_ends_with_one(
    wrong: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = Rush.play
    monkeypatch.setattr(Rush, "play", lambda self, progress: play(self, progress) | wrong | {"ok": False})
    outcome = warroom("stress", "--in-process", "--orders", 5, "--rate", 5)
    assert outcome.code == 1
    assert words in outcome.out


def test_a_short_test_is_not_one_long_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    play = Rush.play
    monkeypatch.setattr(Rush, "play", lambda self, progress: (seen.append(self.trial), play(self, progress))[1])
    warroom("stress", "--in-process", "--orders", 5, "--rate", 1, "--faults", "outage")
    assert seen[0].profile.outage_seconds == cli_stress.OUTAGE_SHARE_MAX * 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--faults", "rain"), "There are no faults 'rain'; it takes one of none, slow"),
        (("--orders", "0"), "'--orders'"),
        (("--rate", "0"), "'--rate'"),
        (("--seed", "x"), "'--seed'"),
        (("--listing", "loose"), "'--listing'"),
    ],
    ids=["faults", "orders", "rate", "seed", "listing"],
)
def test_a_wrong_use_is_refused_in_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused("stress", *arguments)
