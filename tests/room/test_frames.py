"""Live is replay at the head: the frame somebody saw is the frame anybody gets of that instant, byte for byte.

A random show is played on a room and looked at after every step. Afterwards every look is asked for again: of the same
room, of a room that was opened anew, of a reader without a room, with checkpoints and without. Beside that the numbers of
frames are held against sums over the table `moves`, written in SQL by somebody who never saw the folds.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.projections.frame import Patience
from dashboard.room import FrameProblem, Room, past_frame, patience
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import HOUR, MINUTE, SECOND, START, snapshot
from tests.room.random_show import Clock, Player, opened, order, stocked

STEPS = 110


@dataclass
class Look:
    """What somebody saw: the show at a time, and the show as its last event left it."""

    show: str
    at: int
    seq: int
    frame: bytes
    frame_of_seq: bytes


@dataclass
class Recorded:
    """A show that was played, the looks that were taken, and what the deciders remembered of its events at the end."""

    path: Path
    looks: list[Look]
    remembered: bytes
    patience: Patience


@pytest.fixture(scope="module", params=[1, 2])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    path = tmp_path_factory.mktemp("show") / "night.duckdb"
    patch = pytest.MonkeyPatch()
    patch.setenv("WARROOM_CHECKPOINT_MOVES", "40")
    room = opened(path)
    player = Player(room, request.param)
    looks: list[Look] = []
    for _ in range(STEPS):
        player.step()
        for show in ("night", "day"):
            seq = room.frame(show, at=player.now)["seq"]
            frame, frame_of_seq = room.frame(show, at=player.now), room.frame(show, seq=seq)
            looks.append(Look(show, player.now, seq, orjson.dumps(frame), orjson.dumps(frame_of_seq)))
    assert player.accepted > 0.8 * STEPS
    room.handle([], player.now)
    remembered = snapshot(room.world, "viewers")
    room.stop()
    yield Recorded(path, looks, remembered, patience())
    patch.undo()


def test_the_journal_of_a_random_show_holds(recorded: Recorded) -> None:
    report = verify(recorded.path)
    assert report["ok"], report["breaches"]
    assert report["oversold"] == 0


def test_what_was_seen_live_is_what_the_same_room_replays(tmp_path: Path) -> None:
    clock = Clock()
    room = opened(tmp_path / "night.duckdb", clock)
    player = Player(room, 4)
    looks: list[tuple[int, bytes]] = []
    for _ in range(110):
        player.step()
        clock.now = player.now
        looks.append((player.now, orjson.dumps(room.frame(SHOW))))
    room.handle([], player.now)
    for at, frame in looks:
        assert orjson.dumps(room.frame(SHOW, at=at)) == frame
    room.stop()


def test_what_was_seen_live_is_what_a_new_room_replays(recorded: Recorded) -> None:
    room = opened(recorded.path)
    assert snapshot(room.world, "viewers") == recorded.remembered
    for look in recorded.looks:
        assert orjson.dumps(room.frame(look.show, at=look.at)) == look.frame
    room.stop()


def test_what_was_seen_live_is_what_a_reader_replays_by_time_and_by_seq(recorded: Recorded) -> None:
    journal = Journal(recorded.path, read_only=True)
    for look in recorded.looks:
        seq = journal.seq_at(look.show, look.at)
        assert seq == look.seq
        assert orjson.dumps(past_frame(journal, look.show, seq, look.at, recorded.patience)) == look.frame
        assert orjson.dumps(past_frame(journal, look.show, seq, None, recorded.patience)) == look.frame_of_seq
    journal.close()


def test_frames_are_the_same_without_checkpoints(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "copy.duckdb"
    path.write_bytes(recorded.path.read_bytes())
    connection = duckdb.connect(str(path))
    kept = connection.execute("select count(*) from checkpoints").fetchone()
    assert kept is not None
    assert kept[0] >= 2, "checkpoints were written along the way"
    connection.execute("delete from checkpoints")
    connection.close()
    journal = Journal(path, read_only=True)
    for look in recorded.looks[::7]:
        assert orjson.dumps(past_frame(journal, look.show, look.seq, look.at, recorded.patience)) == look.frame
    journal.close()


def test_folded_state_is_kept_within_a_batch_and_again_where_it_was_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_CHECKPOINT_MOVES", "40")
    path = tmp_path / "night.duckdb"
    room = opened(path)
    room.handle([*stocked(200), *(order(f"o{number}") for number in range(150))], START)
    room.stop()
    kept = checkpoints(path)
    assert len(kept) > 5
    assert checkpoints(path, forget=True) == []
    for _ in range(2):
        opened(path).stop()
        again = checkpoints(path)
        assert again == kept


def checkpoints(path: Path, forget: bool = False) -> list[int]:
    """The seqs of the folded states in a journal."""
    with duckdb.connect(str(path)) as connection:
        if forget:
            connection.execute("delete from checkpoints")
        return [row[0] for row in connection.execute("select seq from checkpoints order by seq").fetchall()]


def test_the_order_in_which_instants_are_asked_for_changes_nothing(recorded: Recorded) -> None:
    journal = Journal(recorded.path, read_only=True)
    looks = random.Random(5).sample(recorded.looks, 40)
    for look in looks:
        assert orjson.dumps(past_frame(journal, look.show, look.seq, look.at, recorded.patience)) == look.frame
    journal.close()


def summed(connection: duckdb.DuckDBPyConnection, show: str, seq: int) -> dict[tuple[str, str, str], int]:
    """(SKU, book, account) -> units, summed from the table of moves."""
    rows = connection.execute(
        """with sides as (
               select sku, book, target_account as account, quantity from moves where show_id = $show and seq <= $seq
               union all
               select sku, book, source_account, -quantity from moves where show_id = $show and seq <= $seq)
           select sku, book, account, sum(quantity)::bigint from sides group by all""",
        {"show": show, "seq": seq},
    ).fetchall()
    return {(sku, book, account): units for sku, book, account, units in rows if units}


def total(balances: dict[tuple[str, str, str], int], book: str, *starts: str, sku: str | None = None) -> int:
    return sum(
        units
        for (of, where, account), units in balances.items()
        if where == book and account.startswith(starts) and sku in (None, of)
    )


def test_the_numbers_of_a_frame_are_sums_over_the_moves(recorded: Recorded) -> None:
    connection = duckdb.connect(str(recorded.path), read_only=True)
    looks = [look for look in recorded.looks if look.show == SHOW]
    for look in random.Random(6).sample(looks, 60):
        frame = orjson.loads(look.frame)
        check_frame(frame, summed(connection, SHOW, look.seq), *events(connection, look.seq))
    connection.close()


def events(connection: duckdb.DuckDBPyConnection, seq: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The data of a show's events up to a seq, each with its type; and where each shipment goes."""
    query = "select type, data::varchar from events where show_id = ? and seq <= ? order by seq"
    rows = connection.execute(query, [SHOW, seq]).fetchall()
    told = [json.loads(data) | {"type": type} for type, data in rows]
    return told, {row["shipment"]: row["to_location"] for row in told if row["type"] == "shipment_started"}


def check_frame(
    frame: dict[str, Any],
    balances: dict[tuple[str, str, str], int],
    told: list[dict[str, Any]],
    goes_to: dict[str, str],
) -> None:
    goods: Counter[tuple[str, str, str]] = Counter()
    for (sku, book, account), units in balances.items():
        place, _, state = account.partition("/")
        if book == "goods" and place == "transit":
            goods[goes_to[state], sku, "in_transit"] += units
        elif book == "goods" and state:
            goods[place, sku, state] += units
    states = ("available", "committed", "unavailable", "in_transit")
    shown = {(row["location"], row["sku"], state): row[state] for row in frame["stock"] for state in states}
    assert {key: units for key, units in shown.items() if units} == dict(goods)
    on_hand = sum(units for (_, _, state), units in goods.items() if state != "in_transit")
    assert frame["identity"]["on_hand"] == on_hand
    assert frame["identity"]["incoming"] == sum(
        units for (_, _, state), units in goods.items() if state == "in_transit"
    )

    regions = {row["channel"]: row["region"] for row in frame["channels"]}
    for row in frame["channels"]:
        assert row["exposure"] == total(balances, "claims", f"channel/{row['channel']}")
        assert row["cover"] == total(balances, "claims", f"cover/{row['channel']}")
    pools = {(row["pool"], row["sku"]): (row["allocated"], row["left"]) for row in frame["pools"]}
    for sku in {sku for sku, _, _ in balances}:
        sold_anywhere = 0
        for region in ("US", "EU"):
            names = [name for name, where in regions.items() if where == region]
            open_accounts = (f"region/{region}", *(f"{kind}/{name}" for name in names for kind in ("channel", "cover")))
            left = total(balances, "claims", *open_accounts, sku=sku)
            sold = total(
                balances, "claims", *(f"{kind}/{name}" for name in names for kind in ("committed", "shipped")), sku=sku
            )
            assert pools.get((f"region/{region}", sku), (0, 0)) == (left + sold, left)
            sold_anywhere += sold
        assert pools.get(("flexible", sku), (0, 0))[1] == total(balances, "claims", "flexible", sku=sku)
        row = next(row for row in frame["skus"] if row["sku"] == sku)
        unsold = ("flexible", "region/", "temporary/", "channel/", "cover/")
        assert (row["sold"], row["left"]) == (sold_anywhere, total(balances, "claims", *unsold, sku=sku))

    check_totals(frame, balances, told)


def check_totals(frame: dict[str, Any], balances: dict[tuple[str, str, str], int], told: list[dict[str, Any]]) -> None:
    def units(type: str) -> int:
        return sum(line["quantity"] for row in told if row["type"] == type for line in row["lines"])

    totals = frame["totals"]
    placed = [row for row in told if row["type"] == "order_placed"]
    cancelled = [row for row in told if row["type"] == "order_cancelled"]
    assert totals["oversold"] == 0
    assert totals["orders"] == len(placed)
    assert totals["units_sold"] == units("order_placed") - units("order_cancelled")
    assert totals["units_cancelled"] == units("order_cancelled")
    assert totals["units_shipped"] == units("order_shipped")
    worth = sum(line["quantity"] * line["price_minor"] for row in placed for line in row["lines"])
    assert totals["revenue_minor"] == worth - sum(row.get("revenue_minor", 0) for row in cancelled)
    assert sum(row["orders"] for row in frame["channels"]) == len(placed)
    assert frame["curves"]["total"][-1] == totals["units_sold"]
    demand: Counter[str] = Counter()
    for sign, rows in ((1, placed), (-1, cancelled)):
        for row in rows:
            demand[row.get("country", "")] += sign * sum(line["quantity"] for line in row["lines"])
    assert {row["country"]: row["units"] for row in frame["demand"] if row["units"]} == {
        country: units for country, units in demand.items() if country and units
    }


def test_what_can_be_undone_is_what_an_undo_returns(tmp_path: Path) -> None:
    """The button says 40 of 100, 15 now; pressing it returns 15 and asks for 25."""
    room = opened(tmp_path / "night.duckdb")
    player = Player(room, 7)
    pressed = 0
    for number in range(150):
        player.step()
        frame, before = room.frame(SHOW), room.seq
        waiting = {request["undoes"] for request in frame["requests"]} | {one["request"] for one in frame["requests"]}
        rows = [row for row in frame["reallocations"] if not waiting & {row["seq"], row["request"] or row["seq"]}]
        if not rows:
            continue
        row = rows[number % min(4, len(rows))]
        undo = c.Undo(id=f"press{number}", show=SHOW, seq=row["seq"], recall=True)
        answer = player.handle([undo])[0]
        assert (answer.status == "accepted") == (row["undoable"] > 0), (row, answer)
        if answer.seq:
            pressed += 1
            told = {stored.type: json.loads(stored.data) for stored in room.journal.events(after=before)}
            now = told["undone"]["quantity"] if "undone" in told else 0
            later = told["units_requested"]["quantity"] if "units_requested" in told else 0
            assert (now, now + later) == (row["undoable_now"], row["undoable"])
    assert pressed > 10
    room.stop()


def test_a_frame_before_the_show_opened_is_refused_with_a_sentence(tmp_path: Path) -> None:
    room = opened(tmp_path / "night.duckdb")
    with pytest.raises(FrameProblem, match="no show 'night' in this journal; it has none"):
        room.frame(SHOW)
    room.handle(stocked(), START)
    with pytest.raises(FrameProblem, match="had not opened at that moment"):
        room.frame(SHOW, at=START - SECOND)
    with pytest.raises(FrameProblem, match="had not opened at that moment"):
        room.frame(SHOW, seq=0)
    with pytest.raises(FrameProblem, match="no show 'dawn' in this journal; it has night"):
        room.frame("dawn")
    room.stop()


def test_a_frame_ahead_of_the_head_shows_the_head_at_that_time(tmp_path: Path) -> None:
    room = opened(tmp_path / "night.duckdb")
    room.handle(stocked(), START)
    later = room.frame(SHOW, at=START + HOUR)
    assert (later["seq"], later["t_plus_seconds"]) == (3, 3600)
    assert room.frame(SHOW, seq=99) == room.frame(SHOW, seq=3)
    room.stop()


def test_the_head_is_shown_at_the_rooms_clock_and_never_before_its_last_event(tmp_path: Path) -> None:
    clock = Clock(START + 10 * SECOND)
    room = opened(tmp_path / "night.duckdb", clock)
    room.handle(stocked(), START + 5 * SECOND)
    assert room.frame(SHOW)["t_plus_seconds"] == 10
    clock.now = START
    assert room.frame(SHOW)["t_plus_seconds"] == 5
    room.stop()


def test_viewers_of_an_instant_are_those_of_that_instant_though_nothing_was_sold(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    room = opened(path)
    room.handle(stocked(), START)
    for second in (1, 2, 3):
        room.observe(SHOW, START + second * SECOND, "viewers", "tiktok-us", value=1_000 * second)
    room.observe(SHOW, START + 4 * SECOND, "viewers", "amazon-eu", value=7)
    room.handle([], START + 5 * SECOND)
    expected = [None, 1_000, 2_000, 3_000, 3_007, 3_007]
    assert [room.frame(SHOW, at=START + second * SECOND)["totals"]["viewers"] for second in range(6)] == expected
    room.stop()
    room = opened(path, Clock(START + 9 * SECOND))
    assert [room.frame(SHOW, at=START + second * SECOND)["totals"]["viewers"] for second in range(6)] == expected
    assert room.frame(SHOW)["totals"]["viewers"] == 3_007
    room.stop()


def test_what_says_the_same_again_is_not_noted_again_so_its_time_is_since_when_it_is_so(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    room = opened(path)
    room.handle(stocked(), START)
    for second, units in ((1, 7), (2, 7), (3, 7), (4, 0), (5, 7), (6, 7)):
        room.observe(SHOW, START + second * SECOND, "drift", "tiktok-us", "lamp", units)
    room.handle([], START + 7 * SECOND)
    ages = [drift_age(room, second) for second in range(9)]
    assert ages == [None, 0.0, 1.0, 2.0, None, 0.0, 1.0, 2.0, 3.0]
    room.stop()
    room = opened(path, Clock(START + 9 * SECOND))
    assert [drift_age(room, second) for second in range(9)] == ages
    room.stop()
    rows = duckdb.connect(str(path)).execute("select count(*) from observations").fetchone()
    assert rows == (3,)


def drift_age(room: Room, second: int) -> float | None:
    row = next(row for row in room.frame(SHOW, at=START + second * SECOND)["channels"] if row["channel"] == "tiktok-us")
    return row["drift"][0]["age_seconds"] if row["drift"] else None


def test_an_outage_and_its_end_are_told_once_by_the_ticks_and_replayed_as_they_were(tmp_path: Path) -> None:
    """A minute of ticks: the feed stops at 10 s and is back at 40 s; lines and rules wait from 26 s to 39 s."""
    path = tmp_path / "night.duckdb"
    room = opened(path, clock := Clock(START))
    room.handle([*stocked(50), order("A", 42)], START)
    room.handle([c.SetAutonomy(id="auto", show=SHOW, rule="all", level="auto")], START)
    looks: list[tuple[int, bytes]] = []
    waited: list[int] = []
    for second in range(60):
        clock.now = START + second * SECOND
        told = 10 if 10 < second < 40 else second
        room.observe(SHOW, clock.now, "complete_until", "tiktok-us", value=START + told * SECOND)
        room.tick(SHOW, clock.now)
        frame = room.latest(SHOW)
        if any(row["channel"] == "tiktok-us" for row in frame["withheld"]):
            waited.append(second)
            assert [row["region"] for row in frame["suspended"]] == ["US"]
        if second > 10:  # what sold in the first bin counts at its end
            assert ("tiktok-us" in {line["channel"] for line in frame["lines"]}) is (second not in waited)
        looks.append((clock.now, orjson.dumps(room.frame(SHOW, at=clock.now))))
    assert waited == list(range(26, 40))
    room.handle([], clock.now)
    told_of = [(stored.type, stored.recorded_time) for stored in room.journal.events() if "alert" in stored.type]
    assert [(type, (at - START) // SECOND) for type, at in told_of if at > START + SECOND] == [
        ("alert_raised", 26),
        ("alert_resolved", 40),
    ]
    for at, frame_then in looks:
        assert orjson.dumps(room.frame(SHOW, at=at)) == frame_then
    room.stop()
    room = opened(path, Clock(clock.now))
    for at, frame_then in looks:
        assert orjson.dumps(room.frame(SHOW, at=at)) == frame_then
    room.stop()


def test_viewers_of_one_show_survive_the_events_of_another(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    room = opened(path)
    room.handle([*stocked(), small_show(id="other", show="day")], START)
    room.handle([c.AddNote(id="n1", show="day", text="elsewhere")], START + SECOND)
    room.observe(SHOW, START + 2 * SECOND, "viewers", "tiktok-us", value=500)
    room.handle([c.AddNote(id="n2", show="day", text="elsewhere")], START + 3 * SECOND)
    room.handle([order("A")], START + 4 * SECOND)
    seen = room.frame(SHOW, at=START + 3 * SECOND)
    assert seen["totals"]["viewers"] == 500
    room.stop()


def test_a_history_is_recorded_at_its_own_times_and_never_backwards(tmp_path: Path) -> None:
    room = opened(tmp_path / "night.duckdb", Clock(START + 400 * HOUR))
    times = [0, 60, 30, 120]
    commands = [small_show(event_time=START - HOUR), *stocked()[1:]]
    commands += [order(f"o{number}", event_time=START + at * SECOND) for number, at in enumerate(times)]
    answers = room.handle(commands, None)
    assert {answer.status for answer in answers} == {"accepted"}
    stored = list(room.journal.events())
    assert [row.event_time for row in stored[3:]] == [START + at * SECOND for at in times]
    assert [row.recorded_time for row in stored[3:]] == [START + at * SECOND for at in (0, 60, 60, 120)]
    assert stored[1].recorded_time == START - HOUR
    assert [room.frame(SHOW, at=START + at * SECOND)["totals"]["orders"] for at in (-1, 0, 59, 60, 120)] == [
        0,
        1,
        1,
        3,
        4,
    ]
    room.stop()


def test_shows_tell_where_they_stand_the_newest_first(tmp_path: Path) -> None:
    room = opened(tmp_path / "night.duckdb")
    room.handle(stocked(), START)
    room.handle(
        [small_show(id="other", show="day", title="The day after"), c.CloseShow(id="x", show=SHOW)], START + MINUTE
    )
    rows = room.shows()
    assert [(row["show"], row["title"], row["status"], row["last_seq"]) for row in rows] == [
        ("day", "The day after", "open", 4),
        ("night", "A small night", "closed", 5),
    ]
    room.stop()


def test_a_tick_is_computed_once_for_everybody(tmp_path: Path) -> None:
    room: Room = opened(tmp_path / "night.duckdb")
    room.handle(stocked(), START)
    room.tick(SHOW, START + SECOND)
    assert room.latest(SHOW) is room.latest(SHOW)
    assert room.latest(SHOW)["at"] == "2026-03-14T20:00:01.000000Z"
    room.stop()
