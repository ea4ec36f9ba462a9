"""Every order tells what it was sold amid, and the room need not be told twice how many were watching."""

import json
from pathlib import Path
from typing import Any

from dashboard.decision import commands as c
from dashboard.room import Room
from tests.decision.shows import SHOW
from tests.decision.watched import HOUR, SECOND, START
from tests.room.random_show import Clock, opened, order, stocked


def told(room: Room, *names: str) -> list[Any]:
    """What the orders of a journal say of their viewers, or of other things."""
    rows = [json.loads(stored.data) for stored in room.journal.events() if stored.type == "order_placed"]
    return [tuple(row.get(name) for name in names) if names else row.get("viewers") for row in rows]


def test_an_order_tells_how_many_were_last_seen_watching_its_channel(tmp_path: Path) -> None:
    room = opened(tmp_path / "night.duckdb")
    room.handle([*stocked(), order("A")], START)
    room.observe(SHOW, START + SECOND, "viewers", "tiktok-us", value=900)
    room.observe(SHOW, START + SECOND, "interactions", "tiktok-us", value=31)
    room.handle([order("B"), order("C", channel="amazon-eu")], START + SECOND)
    room.handle([order("D", viewers=1_000)], START + 2 * SECOND)
    room.handle([order("E")], START + 3 * SECOND)
    room.observe(SHOW, START + 4 * SECOND, "viewers", "tiktok-us", value=0)
    room.handle([order("F")], START + 5 * SECOND)
    assert told(room) == [None, 900, None, 1_000, 1_000, 0]
    room.stop()


def test_a_restarted_room_knows_who_was_watching(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    room = opened(path)
    room.handle(stocked(), START)
    room.observe(SHOW, START + SECOND, "viewers", "tiktok-us", value=900)
    room.handle([c.AddNote(id="note", show=SHOW, text="a pause")], START + 2 * SECOND)
    room.stop()
    room = opened(path, Clock(START + 3 * SECOND))
    room.observe(SHOW, START + 3 * SECOND, "viewers", "tiktok-us", value=900)
    room.handle([order("A")], START + 4 * SECOND)
    assert told(room) == [900]
    room.stop()


def test_viewers_of_a_history_are_not_those_of_its_orders_to_come(tmp_path: Path) -> None:
    """What was watched at the end is told before the orders are: no order may know it."""
    room = opened(tmp_path / "night.duckdb", Clock(START + 400 * HOUR))
    room.handle([*stocked(), order("A", event_time=START + 60 * SECOND)], None)
    room.observe(SHOW, START + 30 * SECOND, "viewers", "tiktok-us", value=900)
    room.handle([order("B", event_time=START + 90 * SECOND)], None)
    assert told(room) == [None, None]
    room.stop()


def test_an_order_tells_what_was_on_screen_and_what_was_there_before_it(tmp_path: Path) -> None:
    room = opened(tmp_path / "night.duckdb")
    screen = [
        c.SetOnScreen(id="s1", show=SHOW, sku="lamp", push=True),
        order("A", 3),
        c.SetOnScreen(id="s2", show=SHOW, sku="lamp"),
        order("B", sold=True),
    ]
    room.handle([*stocked(10), *screen], START)
    assert told(room, "on_screen", "pushed", "sold") == [("lamp", True, None), ("lamp", None, True)]
    assert [line["before"] for (lines,) in told(room, "lines") for line in lines] == [10, 7]
    room.stop()
