"""BreezeStyle from its first viewer to its close: what the rules make of it, with one crowd and with others.

Nothing here is scripted: the beats come from rules looking at frames, so every change of a rule, a countdown or the
scenario may move them. `data/scenarios/README.md` says how the default seed was chosen.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard import room as rooms
from dashboard.channels.sandbox.play import STEP_SECONDS, Rules, Show, play
from dashboard.channels.sandbox.scenario import MINUTE
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from tests.channels.sandbox.rooms import assert_decided_again_the_same, breezestyle, room

Row = dict[str, Any]
SCENARIO = breezestyle()
ROUGH_SECONDS = 120.0
ROUGH = msgspec.structs.replace(SCENARIO, step_seconds=ROUGH_SECONDS)
"""The show in long steps, and its platforms at one instant a second instead of ten: for what needs no exact moment."""
OPENING = msgspec.structs.replace(ROUGH, minutes=20.0)
"""Only the first twenty minutes of the show, in which the first rules act."""


@cache
def story() -> tuple[Row, Row]:
    """The default seed, played finely: result and last frame."""
    show_room = room()
    outcome = play(SCENARIO, SCENARIO.seed, show_room, step_seconds=STEP_SECONDS)
    return outcome, show_room.frame(SCENARIO.name)


@cache
def roughly(seed: int, rules: Rules = "auto") -> tuple[Row, Row]:
    """A crowd, played roughly: result and last frame."""
    show_room = room()
    outcome = play(ROUGH, seed, show_room, rules)
    return outcome, show_room.frame(SCENARIO.name)


def first(rule: str, text: str) -> Row:
    outcome, _ = story()
    return next(beat for beat in outcome["beats"] if beat["rule"] == rule and text in beat["what"])


def second_of_day(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("flexible_top_up", "+200 US from the flexible pool", "20:15:00"),
        ("purchase_limit", "Limit 2 per buyer in EU: Pulse band · black", "20:40:00"),
        ("slow_region", "SEA: host push for", "21:30:00"),
    ],
)
def test_the_beats_fall_within_a_minute_of_the_story(rule: str, text: str, expected: str) -> None:
    beat = first(rule, text)
    assert abs(second_of_day(beat["at"]) - second_of_day(expected)) <= 60
    outcome, _ = story()
    assert beat == next(one for one in outcome["beats"] if one["rule"] == rule), "and is the first of its rule"


def test_a_beat_tells_show_time_beside_the_studio_clock() -> None:
    beat = first("flexible_top_up", "US")
    minutes, seconds = map(int, beat["t_plus"].removeprefix("T+").split(":"))
    assert second_of_day(beat["at"]) - second_of_day("20:00:00") == minutes * 60 + seconds


def test_all_but_the_floor_of_the_pool_is_sold_and_nothing_twice() -> None:
    outcome, frame = story()
    assert (outcome["sold"], outcome["cancelled"], outcome["oversold"], outcome["leftover"]) == (2950, 0, 0, 50)
    assert frame["status"] == "closed"
    youtube = next(channel for channel in frame["channels"] if channel["channel"] == "youtube-us")
    assert youtube["units_sold"] / youtube["plan_units"] == pytest.approx(1.35, abs=0.05)


def test_regions_are_served_from_their_own_forward_location_first() -> None:
    _, frame = story()
    left = {place["location"]: place["available"] for place in frame["locations"]}
    assert (left["LAX"], left["HAM"], left["SIN"]) == (0, 0, 0)
    assert sum(left.values()) == 50


def test_without_rules_clearly_fewer_are_sold_to_the_same_crowd() -> None:
    outcome, frame = roughly(SCENARIO.seed, "off")
    assert outcome["beats"] == []
    assert outcome["sold"] < 0.85 * story()[0]["sold"]
    assert outcome["oversold"] == 0
    assert sum(pool["left"] for pool in frame["pools"] if pool["pool"] == "flexible") == 600


def test_suggestions_alone_move_nothing() -> None:
    outcome, frame = roughly(SCENARIO.seed, "suggest")
    assert {"flexible_top_up", "purchase_limit", "slow_region", "watch"} <= {beat["rule"] for beat in outcome["beats"]}
    assert {proposal["state"] for proposal in frame["proposals"]} <= {"open", "expired", "withdrawn"}
    assert sum(pool["left"] for pool in frame["pools"] if pool["pool"] == "flexible") == 600
    assert frame["limits"] == frame["coupons"] == []


def test_the_journal_of_a_show_passes_the_auditor(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    show_room = rooms.Room(Journal(path), clock=lambda: 0)
    outcome = play(OPENING, 3, show_room)
    show_room.stop()
    report = verify(path)
    assert report["ok"], report["breaches"]
    assert report["oversold"] == outcome["oversold"] == 0
    assert outcome["beats"], "rules had a say in it"
    assert_decided_again_the_same(path)


def test_a_run_repeats_itself_and_steps_can_be_taken_one_by_one() -> None:
    one = play(OPENING, 9, room())
    shares: list[float] = []
    told: list[Row] = []
    two = play(OPENING, 9, room(), on_beat=told.append, on_step=shares.append)
    assert one == two
    assert told == two["beats"]
    assert shares[-1] == 1.0
    show = Show(OPENING, 9, room(), "auto")
    show.open()
    for minute in range(2, 21, 2):
        show.step(OPENING.at(minute))
    assert show.finish() == one


def test_a_show_stops_at_its_end_and_steps_back_do_nothing() -> None:
    show = Show(SCENARIO, 1, room(), "off")
    show.open()
    show.step(SCENARIO.end() + 99 * MINUTE)
    assert show.at == SCENARIO.end()
    before = show.result()
    show.step(SCENARIO.start())
    assert show.result() == before
