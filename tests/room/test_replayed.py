"""What everybody saw at a tick is what a replay shows of it: every tick, every byte, whatever came in meanwhile.

Two shows are recorded tick by tick: the opening of BreezeStyle as it ships (faults, exchange, allocator, rules that act),
and random commands on two shows of one journal, with observations that come late, a restart, and a show that closes.
Afterwards each tick is asked for again: of the same room, of a reader that knows nothing else, and of a file without
checkpoints.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec
import orjson
import pytest

from dashboard.channels.sandbox.play import Show
from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.projections.past import Past
from dashboard.room import Room, past_frame, patience
from tests.channels.sandbox.rooms import breezestyle
from tests.decision.shows import SHOW
from tests.decision.watched import SECOND
from tests.room.random_show import OTHER_SHOW, Clock, Player, opened

TICKS = 100
STEP_SECONDS = 4
SEED = 3


@dataclass
class Tick:
    """What everybody saw: the show at a time and a seq."""

    show: str
    at: int
    seq: int
    frame: bytes


def seen(room: Room, show: str, at: int) -> Tick:
    """Let a show tick and keep what everybody sees of it."""
    room.tick(show, at)
    frame = room.latest(show)
    return Tick(show, at if frame["status"] != "closed" else 0, frame["seq"], orjson.dumps(frame))


def replayed(room: Room, tick: Tick) -> bytes:
    return orjson.dumps(room.frame(tick.show, at=tick.at or None, seq=tick.seq))


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Tick]]]:
    """The first minutes of BreezeStyle; each tick is asked for again while the show still runs."""
    path = tmp_path_factory.mktemp("evening") / "breezestyle.duckdb"
    patch = pytest.MonkeyPatch()
    patch.setenv("WARROOM_CHECKPOINT_MOVES", "800")
    scenario = msgspec.structs.replace(breezestyle(), minutes=TICKS * STEP_SECONDS / 60, step_seconds=30.0)
    room = Room(Journal(path), clock := Clock(scenario.start()))
    show = Show(scenario, scenario.seed, room)
    show.ticks = False
    show.open()
    ticks: list[Tick] = []
    while show.at < show.end:
        clock.now = show.at + STEP_SECONDS * SECOND
        show.step(clock.now)
        ticks.append(seen(room, show.show, clock.now))
    assert len(ticks) >= 100
    assert [tick.seq for tick in ticks[::10] if replayed(room, tick) != tick.frame] == []
    show.finish()
    ticks.append(seen(room, show.show, show.at))
    assert b'"status":"closed"' in ticks[-1].frame
    assert [tick.seq for tick in ticks if replayed(room, tick) != tick.frame] == []
    room.stop()
    yield path, ticks
    patch.undo()


def test_every_tick_of_an_evening_is_what_a_reader_replays(evening: tuple[Path, list[Tick]]) -> None:
    path, ticks = evening
    journal = Journal(path, read_only=True)
    assert [tick.seq for tick in ticks if read(journal, tick) != tick.frame] == []
    journal.close()


def read(journal: Journal, tick: Tick) -> bytes:
    return orjson.dumps(past_frame(journal, tick.show, tick.seq, tick.at or None, patience()))


def test_every_tick_is_the_same_played_jumped_to_and_without_checkpoints(
    evening: tuple[Path, list[Tick]], tmp_path: Path
) -> None:
    path, ticks = evening
    bare = tmp_path / "bare.duckdb"
    bare.write_bytes(path.read_bytes())
    with duckdb.connect(str(bare)) as connection:
        kept = connection.execute("select count(*) from checkpoints").fetchone()
        assert kept is not None
        assert kept[0] >= 3
        connection.execute("delete from checkpoints")
    jumps = random.Random(7).sample(ticks, 40)
    for file, order in ((bare, ticks), (path, jumps)):
        journal = Journal(file, read_only=True)
        past = Past(journal, patience())
        different = [
            tick.seq for tick in order if orjson.dumps(past.frame(tick.show, tick.seq, tick.at or None)) != tick.frame
        ]
        assert different == []
        journal.close()


class Careless:
    """Notes what it sees with a clock that runs behind, stands still, or runs ahead; never before it began."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.number = self.began = 0

    def notes(self, room: Room, show: str, now: int) -> None:
        """Tell something new of some channel, as of some moment around now."""
        chance = self.chance
        for kind in ("viewers", "complete_until", "drift"):
            self.number += 1
            behind = chance.choice((0, 0, 1, 3 * SECOND, 400 * SECOND, -SECOND // 2))
            value = now - self.number if kind == "complete_until" else self.number
            sku = "lamp" if kind == "drift" else ""
            channel = chance.choice(("tiktok-us", "amazon-eu"))
            room.observe(show, max(self.began, now - behind), kind, channel, sku, value)


def test_every_tick_of_two_random_shows_is_replayed_over_late_news_a_restart_and_a_close(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_CHECKPOINT_MOVES", "40")
    path = tmp_path / "night.duckdb"
    player = Player(opened(path), SEED)
    careless = Careless(random.Random(SEED))
    ticks: list[Tick] = []
    for number in range(TICKS // 2):
        player.step()
        for show in (SHOW, OTHER_SHOW):
            careless.notes(player.room, show, player.now)
            ticks.append(seen(player.room, show, player.now))
            careless.notes(player.room, show, player.now)
            player.handle([c.AddNote(id=f"after{number}/{show}", show=show, text="at the very instant of the tick")])
            careless.notes(player.room, show, player.now)
        if number == 25:
            player.room.stop()
            player.room = opened(path)
            player.now += SECOND
            careless.began = player.now
        if number == 40:
            player.handle([c.CloseShow(id="over", show=OTHER_SHOW)])
    room = player.room
    assert len(ticks) >= 100
    assert [tick.seq for tick in ticks if replayed(room, tick) != tick.frame] == []
    room.stop()
    journal = Journal(path, read_only=True)
    assert [tick.seq for tick in ticks if read(journal, tick) != tick.frame] == []
    journal.close()


def test_what_was_observed_last_is_on_disk_when_the_room_has_stopped(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    player = Player(opened(path), 1)
    player.room.observe(SHOW, player.now, "viewers", "tiktok-us", value=4_321)
    tick = seen(player.room, SHOW, player.now)
    assert orjson.loads(tick.frame)["totals"]["viewers"] == 4_321
    player.room.stop()
    journal = Journal(path, read_only=True)
    assert read(journal, tick) == tick.frame
    journal.close()
