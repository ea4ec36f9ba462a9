"""The import through the real room and journal: nothing oversold, nothing refused, a second time nothing new."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dashboard.channels.orders_file.importing import import_orders
from dashboard.decision.commands import Command
from dashboard.decision.refusals import Answer
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.channels.orders_file_kit import DATA, MAPPINGS, FakeRoom, run_files

EXCERPT = DATA / "online_retail_excerpt.csv"
MAPPING = MAPPINGS / "online_retail.toml"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(Journal(tmp_path / "show.duckdb"), clock=lambda: 0)
    yield room
    room.stop()


def import_into(room: Room, mapping: Path = MAPPING) -> dict[str, object]:
    def submit(commands: Sequence[Command], now: int) -> list[Answer]:
        return room.handle(commands, None)

    return import_orders(EXCERPT, mapping, "retail", submit, lambda phase, done, total: None).as_json()


def test_the_real_room_takes_every_order_the_fake_one_takes(room: Room, tmp_path: Path) -> None:
    report = import_into(room)
    expected = run_files(EXCERPT, MAPPING, show="retail", room=FakeRoom())[0].as_json()
    assert {**report, "seconds": 0} == {**expected, "seconds": 0}
    frame = room.frame("retail")
    assert frame["totals"]["oversold"] == 0
    assert frame["totals"]["units_sold"] == report["units"] - report["cancelled_units"]  # type: ignore[operator]
    assert frame["status"] == "closed"
    room.stop()
    result = verify(str(tmp_path / "show.duckdb"))
    assert (result["ok"], result["oversold"]) == (True, 0)


def test_importing_twice_adds_nothing_to_the_journal(room: Room) -> None:
    first = import_into(room)
    seq = room.seq
    second = import_into(room)
    assert room.seq == seq
    assert {key: second[key] for key in ("accepted", "orders", "rejected")} == {
        key: first[key] for key in ("accepted", "orders", "rejected")
    }


def test_the_false_stock_out_shows_in_the_frame_while_it_lasts(room: Room) -> None:
    import_into(room)
    ordered, cancelled = 1_295_344_860_000_000, 1_295_345_820_000_000

    def available(at: int) -> int:
        rows = room.frame("retail", at=at)["stock"]
        return sum(row["available"] for row in rows if row["sku"] == "23166")

    assert available(ordered - 1) == 74_215
    assert available(ordered) == available(cancelled - 1) == 0
    assert available(cancelled) == 74_215


def test_with_less_than_the_needed_stock_every_row_is_still_accounted_for(room: Room, tmp_path: Path) -> None:
    poorer = tmp_path / "poorer.toml"
    poorer.write_text(
        MAPPING.read_text(encoding="utf-8").replace('opening = "needed"', "factor = 0.5"), encoding="utf-8"
    )
    report = import_into(room, poorer)
    rejected = report["rejected"]
    assert isinstance(rejected, dict)
    assert rejected["not_enough_claims"] > 0
    assert report["rows"] == report["accepted"] + sum(rejected.values())  # type: ignore[operator]
    assert room.frame("retail")["totals"]["oversold"] == 0
