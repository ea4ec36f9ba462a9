"""The desk lamp: one stream drains Los Angeles, bonded goods start their 36 hours, and Los Angeles sells again.

Nothing here is scripted: the shipment is the rule's answer to what Los Angeles has left and will lack.
"""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dashboard import room as rooms
from dashboard.channels.sandbox.play import play
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.projections import instant
from tests.channels.sandbox.rooms import assert_decided_again_the_same
from tests.channels.sandbox.watched import Watched, minutes_between, of, scenario, units, watched

Row = dict[str, Any]
HOURS_36 = 36 * 60


def story() -> Watched:
    """The show as it ships."""
    return watched("desk_lamp")


def travelling(look: Row) -> Row | None:
    """The first shipment to Los Angeles, when there is one; others may follow it."""
    rows = [row for row in look["shipments"] if row["to_location"] == "LAX"]
    return min(rows, key=lambda row: (row["departed_at"], row["shipment"]), default=None)


def at_los_angeles(look: Row) -> int:
    return int(of(look["locations"], "location", "LAX")["available"])


def test_los_angeles_is_drained_before_bonded_goods_leave() -> None:
    proposal = story().first("restock_bonded")
    assert proposal["state"] == "approved"
    assert "from Shenzhen bonded to Los Angeles by air, 36 h" in proposal["what"]
    before = [look for look in story().looks if look["at"] < proposal["proposed_at"]]
    assert all(travelling(look) is None for look in before)
    there = [at_los_angeles(look) for look in before]
    assert there == sorted(there, reverse=True)
    assert there[-1] < 0.5 * there[0], "the stream took most of it first"
    regions = before[-1]["regions"]
    sold = {row["region"]: row["sold"] for row in regions}
    assert sold["US"] > 3 * (sold["EU"] + sold["SEA"])


def test_the_shipment_takes_36_hours_and_its_position_moves_all_the_way() -> None:
    rows = [row for row in map(travelling, story().looks) if row is not None]
    assert minutes_between(rows[0]["departed_at"], rows[0]["eta"]) == HOURS_36
    under_way = [row for row in rows if row["state"] == "in_transit"]
    assert len(under_way) > 300
    longitudes = [row["position"][0] for row in under_way]
    assert longitudes == sorted(set(longitudes)), "east over the Pacific, never standing"
    assert rows[-1]["position"] == rows[-1]["path"][-1]
    assert {row["eta"] for row in rows} == {rows[0]["eta"]}


def test_a_host_line_says_that_it_comes_and_when_as_long_as_it_travels() -> None:
    hours: list[int] = []
    for look in story().looks:
        row = travelling(look)
        said = [line for line in look["lines"] if line["kind"] == "restock" and line["region"] == "US"]
        said = [line for line in said if row is None or line["fact"]["eta"] == row["eta"]]
        if row is not None and row["state"] == "in_transit" and said:
            fact = said[0]["fact"]
            assert (fact["sku"], fact["eta"]) == (row["on_the_way"][0]["sku"], row["eta"])
            assert said[0]["text"].startswith("Los Angeles is being restocked: ")
            hours.append(int(said[0]["text"].split()[-2]))
        elif row is None or row["state"] == "arrived":
            assert said == []
    assert (hours[0], hours[-1]) == (36, 1)
    assert hours == sorted(hours, reverse=True)


def test_it_arrives_in_parts_and_los_angeles_sells_again() -> None:
    waiting = [
        (row["units_on_the_way"], at_los_angeles(look))
        for look in story().looks
        if (row := travelling(look)) is not None
    ]
    parts = list(dict.fromkeys(units for units, _ in waiting))
    assert len(parts) == 3
    assert parts[-1] == 0
    assert 0.3 < parts[1] / parts[0] < 0.36, "customs keep a third a while longer"
    dry = next(number for number, (_, there) in enumerate(waiting) if there == 0)
    after = [there for on_the_way, there in waiting[dry:] if on_the_way == 0]
    assert max(after) > after[-1], "and sells there until the close"


def test_every_unit_is_sold_once_or_left() -> None:
    outcome = story().outcome
    assert (outcome["cancelled"], outcome["oversold"]) == (0, 0)
    assert outcome["sold"] + outcome["leftover"] == units(scenario("desk_lamp"))
    assert not story().alerts() & {"late_feed", "drift"}


def test_without_rules_nothing_is_shipped_and_clearly_fewer_are_sold() -> None:
    idle = watched("desk_lamp", "off", 600.0)
    assert idle.outcome["beats"] == []
    assert all(look["shipments"] == [] for look in idle.looks)
    assert idle.outcome["sold"] < 0.85 * story().outcome["sold"]
    assert idle.outcome["oversold"] == 0


def test_other_crowds_move_the_shipment_and_break_nothing() -> None:
    moments = set()
    for seed in (2, 3):
        other = watched("desk_lamp", "auto", 300.0, seed, 420.0)
        assert other.outcome["sold"] + other.outcome["leftover"] == units(scenario("desk_lamp"))
        assert other.outcome["oversold"] == 0
        moments |= {row["proposed_at"] for row in other.all_of("restock_bonded")}
    assert len(moments) > 1


def test_its_journal_passes_the_auditor_with_goods_on_their_way(tmp_path: Path) -> None:
    path = tmp_path / "lamp.duckdb"
    show_room = rooms.Room(Journal(path), clock=lambda: 0)
    told = scenario("desk_lamp", minutes=360.0, step_seconds=600.0, lists_per_minute=0.2)
    outcome = play(told, told.seed, show_room, "auto")
    show_room.stop()
    assert "restock_bonded" in {beat["rule"] for beat in outcome["beats"]}
    report = verify(path)
    assert report["ok"], report["breaches"]
    assert report["oversold"] == outcome["oversold"] == 0
    assert_decided_again_the_same(path)


def test_beats_of_the_second_day_are_told_on_a_clock_that_can_be_typed_again() -> None:
    told = scenario("desk_lamp")
    for beat in story().outcome["beats"]:
        at = instant.read(beat["t_plus"], told.start(), told.time_zone)
        assert datetime.fromtimestamp(at / 1e6, ZoneInfo(told.time_zone)).strftime("%H:%M:%S") == beat["at"]
    assert story().outcome["beats"][-1]["t_plus"].count(":") == 2
