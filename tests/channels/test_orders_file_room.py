"""The import through the real room and journal: nothing oversold, nothing refused, a second time nothing new."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from dashboard.channels.orders_file.importing import import_orders
from dashboard.decision.commands import Command
from dashboard.decision.refusals import Answer
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.channels.orders_file_kit import DATA, MAPPINGS, PLAIN, FakeRoom, lines, run_files

EXCERPT = DATA / "online_retail_excerpt.csv"
MAPPING = MAPPINGS / "online_retail.toml"
PLACES = ("DE", "US", "MY")


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


def test_frames_of_any_time_show_the_viewers_of_that_time(room: Room, tmp_path: Path) -> None:
    rows = lines(*(f"{n},2026-03-14 10:{n:02}:00,A,1,1.00,{place}" for n, place in enumerate(("DE", "US") * 10)))
    (tmp_path / "orders.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "map.toml").write_text(PLAIN, encoding="utf-8")
    table = "time,channel,viewers\n" + "".join(f"T+{minute:02}:30,shop,{100 + 2 * minute}\n" for minute in range(19))
    (tmp_path / "viewers.csv").write_text(table, encoding="utf-8")

    def imported() -> int:
        report = import_orders(
            tmp_path / "orders.csv",
            tmp_path / "map.toml",
            "show",
            lambda commands, now: room.handle(commands, None),
            lambda phase, done, total: None,
            lambda show, time, channel, viewers: room.observe(show, time, "viewers", channel, value=viewers),
        )
        room.handle([], None)
        return report.starts_at

    start = imported()

    def viewers(minutes: float) -> tuple[int | None, list[int | None]]:
        frame = room.frame("show", at=start + int(minutes * 60_000_000))
        return frame["totals"]["viewers"], [row["viewers"] for row in frame["channels"]]

    assert viewers(0.4) == (None, [None, None])
    assert viewers(5.4) == (108, [54, 54])
    assert viewers(5.5) == (110, [55, 55])
    assert viewers(19) == (136, [68, 68])
    imported()
    room.stop()
    with duckdb.connect(str(tmp_path / "show.duckdb"), read_only=True) as journal:
        assert journal.sql("select count(*) from observations").fetchall() == [(38,)], "a second import adds none"
        told = journal.sql("select data->>'viewers' from events where type = 'order_placed' order by seq").fetchall()
    assert [row[0] for row in told[:4]] == [None, "50", "51", "52"]
    assert verify(str(tmp_path / "show.duckdb"))["ok"]


def test_a_show_with_files_beside_it_is_imported_whole(room: Room, tmp_path: Path) -> None:
    rows = lines(*(f"{n},2026-03-14 10:{n:02}:00,{'AB'[n % 2]},1,1.00,{place}" for n, place in enumerate(PLACES * 6)))
    files = {
        "orders.csv": rows,
        "map.toml": PLAIN + 'location = [{ id = "hamburg", serves = ["DE"] }, { id = "la", serves = ["US"] }]\n',
        "rundown.csv": "start,sku,end\nT+00:00,A,T+10:00\nT+10:00,B,\n",
        "plan.csv": "sku,region,units\nA,DE,3\nA,US,3\nB,US,9\n",
        "stock.csv": "location,sku,quantity\nhamburg,A,2\nla,A,9\nla,B,9\nsea,A,4\nsea,B,20\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = import_orders(
        tmp_path / "orders.csv",
        tmp_path / "map.toml",
        "show",
        lambda commands, now: room.handle(commands, None),
        lambda phase, done, total: None,
    )
    frame = room.frame("show")
    assert (report.orders, report.rows, report.rejected) == (18, 18, {})
    pools = {(row["pool"], row["sku"]): (row["allocated"], row["left"]) for row in frame["pools"]}
    assert pools["region/US", "A"] == (9, 6)
    assert pools["region/DE", "A"] == (3, 0), "two of its own and one of the shared pool"
    assert frame["totals"]["oversold"] == 0
    room.stop()
    assert verify(str(tmp_path / "show.duckdb"))["ok"]


def test_viewers_that_stay_the_same_change_no_forecast(room: Room, tmp_path: Path) -> None:
    tables = {
        "rundown.csv": "start,sku,end\nT+00:00,A,T+20:00\nT+20:00,B,T+40:00\n",
        "plan.csv": "sku,region,units\nA,DE,120\nA,US,120\nB,DE,9\nB,US,9\n",
        "orders.csv": lines(
            *(f"{n},2026-03-14 10:{n // 6:02}:{n % 6 * 10:02},A,1,1.00,{PLACES[n % 2]}" for n in range(240))
        ),
        "viewers.csv": "time,channel,viewers\nT+03:00,shop,80000\n",
        "map.toml": PLAIN,
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def expected(show: str) -> list[float]:
        report = import_orders(
            tmp_path / "orders.csv",
            tmp_path / "map.toml",
            show,
            lambda commands, now: room.handle(commands, None),
            lambda phase, done, total: None,
        )
        frame = room.frame(show, at=report.starts_at + 10 * 60_000_000)
        return [row["expected_per_minute"] for row in frame["countdowns"]]

    watched = expected("watched")
    (tmp_path / "viewers.csv").unlink()
    assert len(watched) == 2
    assert watched == pytest.approx(expected("unseen"), rel=0.05)
