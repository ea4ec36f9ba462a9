"""What a store of the journal owes its readers: one contract every store passes, and what is DuckDB's own.

`JournalContract` speaks only of `Journal`'s methods; a second store passes it by naming itself in `opened`. Below it
stand the sentences for files that cannot be opened, and the hash chain recomputed from the words of schema.sql alone.
"""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest

from dashboard.decision import events as e
from dashboard.decision.events import Move
from dashboard.journal.batch import NO_HASH, Batch
from dashboard.journal.store import Journal, JournalProblem, Observation, OutOfOrder, ShowSpan

NOON = 1_773_489_600_000_000
SECOND = 1_000_000
NASTY = [
    "plain",
    'it\'s "quoted" \\ and `ticked`',
    "two\nlines\r\nand a\ttab",
    "直播间 🎉 ❤️‍🔥 Zoë",
    "\u2028line separator\u2029 and \u007f\u0085",
    "bell \x07, escape \x1b[31m, unit \x1f",
    "nul \x00 inside",
    "{\"json\": [1, 2]}, 'sql'; drop table events; --",
    "right to left \u202e gnirts \ufeff",
    "a" * 20_000,
]


def _levels(journal: Journal, show: str, kind: str, at: int, seq: int) -> dict[str, int]:
    """The newest value of a kind per channel."""
    return {channel: told[1] for (said, channel, _), told in journal.seen(show, seq, at).items() if said == kind}


def note(text: str) -> e.Event:
    return e.NoteAdded(text=text)


def received(units: int, sku: str = "lamp") -> e.Event:
    moves = (Move(sku, "claims", "issued", "flexible", units), Move(sku, "goods", "supplier", "LA/available", units))
    return e.GoodsReceived(location="LA", sku=sku, quantity=units, pool="flexible", moves=moves)


def fill(batch: Batch, events: list[e.Event], show: str = "night", actor: str = "operator") -> Batch:
    """Stamp events a second apart, each the first of a command of its own."""
    for event in events:
        seq = batch.seq + 1
        at = NOON + seq * SECOND
        batch.add(event, f"c{seq}", show, "/test", at - 5, at, actor, f"{seq:016x}")
    return batch


def append(journal: Journal, *events: e.Event, show: str = "night") -> Batch:
    batch = fill(Batch(*journal.head()), list(events), show)
    journal.append(batch)
    return batch


def seen(value: int, time: int, after_seq: int, channel: str = "web") -> Observation:
    return Observation("night", NOON + time * SECOND, after_seq, "viewers", channel, "", value, "")


class JournalContract:
    """Every store passes this."""

    def opened(self, place: Path, read_only: bool = False) -> Journal:
        """Open the store at a place."""
        raise AssertionError("a store names itself here")

    @pytest.fixture
    def journal(self, tmp_path: Path) -> Iterator[Journal]:
        journal = self.opened(tmp_path)
        yield journal
        journal.close()

    def test_a_new_journal_is_at_seq_zero(self, journal: Journal) -> None:
        assert journal.head() == (0, NO_HASH)
        assert list(journal.events()) == []
        assert journal.spans() == []
        assert journal.seq_at("night", NOON) == 0
        assert journal.time_of("night", 1) is None

    def test_what_was_appended_is_read_back_in_order_and_byte_for_byte(self, tmp_path: Path, journal: Journal) -> None:
        batch = Batch(*journal.head())
        expected = []
        for seq, text in enumerate(NASTY, 1):
            event = e.NoteAdded(text=text, reason=text)
            batch.add(event, f"c{seq}", "night", "/test", NOON - seq, NOON + seq, f"actor {seq}", f"{seq:016x}")
            data = f'{{"command":"{seq:016x}",{msgspec.json.encode(event).decode()[1:]}'
            row = (seq, f"c{seq}", "night", "note_added", "/test", NOON - seq, NOON + seq, f"actor {seq}", data)
            expected.append(row)
        journal.append(batch)
        assert list(map(tuple, journal.events())) == expected
        journal.close()
        again = self.opened(tmp_path)
        assert list(map(tuple, again.events())) == expected
        assert [e.decode(stored.type, stored.data).reason for stored in again.events()] == NASTY
        again.close()

    def test_the_head_is_the_last_event(self, journal: Journal) -> None:
        batch = append(journal, note("one"), received(3))
        assert journal.head() == (2, batch.hash)
        batch = append(journal, note("three"))
        assert journal.head() == (3, batch.hash)

    @pytest.mark.parametrize("wrong_seq", [0, 1, 3])
    def test_a_batch_stamped_on_another_seq_changes_nothing(self, journal: Journal, wrong_seq: int) -> None:
        append(journal, note("one"), note("two"))
        before = journal.head(), list(journal.events())
        with pytest.raises(OutOfOrder, match="moved past seq"):
            journal.append(fill(Batch(wrong_seq, journal.head()[1]), [received(5)]), [seen(9, 1, 2)])
        assert (journal.head(), list(journal.events())) == before
        assert _levels(journal, "night", "viewers", NOON + 99 * SECOND, 99) == {}

    def test_a_batch_that_fails_half_way_leaves_nothing_and_blocks_nobody(self, journal: Journal) -> None:
        append(journal, note("one"))
        batch = fill(Batch(*journal.head()), [received(5)])
        batch.add(note("never"), "c3", "night", "/test", 2**70, NOON, "operator", "")
        with pytest.raises(JournalProblem):
            journal.append(batch)
        assert journal.head()[0] == 1
        append(journal, note("two"))
        assert [stored.seq for stored in journal.events()] == [1, 2]

    def test_an_empty_batch_may_bring_observations(self, journal: Journal) -> None:
        append(journal, note("one"))
        journal.append(Batch(*journal.head()), [seen(80_000, 1, 1)])
        assert _levels(journal, "night", "viewers", NOON + SECOND, 1) == {"web": 80_000}
        assert journal.head()[0] == 1

    def test_events_are_read_by_show_and_between_two_seqs(self, journal: Journal) -> None:
        for number in range(10):
            append(journal, note(str(number)), show=("night", "day")[number % 2])
        assert [stored.seq for stored in journal.events(after=3, upto=6)] == [4, 5, 6]
        assert [stored.seq for stored in journal.events("day", after=4)] == [6, 8, 10]
        assert [stored.seq for stored in journal.events("night", upto=4)] == [1, 3]
        assert list(journal.events("dawn")) == []

    def test_many_events_are_read_in_order(self, journal: Journal) -> None:
        for _ in range(3):
            append(journal, *[note("x")] * 6_000)
        assert [stored.seq for stored in journal.events()] == list(range(1, 18_001))

    def test_ids_are_those_of_the_commands(self, journal: Journal) -> None:
        batch = Batch(*journal.head())
        batch.add(e.ActionApproved(proposal="P"), "a", "night", "/test", NOON, NOON, "operator", "0" * 15 + "1")
        batch.add(note("second event of it"), "a/2", "night", "/test", NOON, NOON, "operator", "")
        batch.add(e.ShowClosed(), "b", "night", "/test", NOON, NOON, "operator", "f" * 16)
        journal.append(batch)
        assert list(journal.ids()) == [("a", "0" * 15 + "1", 1), ("b", "f" * 16, 3)]

    def test_spans_tell_the_shows_in_the_order_they_opened(self, journal: Journal) -> None:
        append(journal, note("one"), note("two"), show="night")
        append(journal, note("three"), show="day")
        append(journal, note("four"), show="night")
        assert journal.spans() == [
            ShowSpan("night", 1, 4, NOON + SECOND, NOON + 4 * SECOND),
            ShowSpan("day", 3, 3, NOON + 3 * SECOND, NOON + 3 * SECOND),
        ]

    def test_a_time_finds_the_last_event_recorded_by_then_and_a_seq_its_time(self, journal: Journal) -> None:
        append(journal, note("one"), note("two"))
        append(journal, note("three"), show="day")
        assert [journal.seq_at("night", NOON + offset) for offset in (0, SECOND, 2 * SECOND - 1, 2 * SECOND, 9 * SECOND)] == [
            0, 1, 1, 2, 2,
        ]  # fmt: skip
        assert journal.seq_at("day", NOON + 2 * SECOND) == 0
        assert [journal.time_of("night", seq) for seq in (1, 2, 3)] == [
            NOON + SECOND,
            NOON + 2 * SECOND,
            NOON + 2 * SECOND,
        ]
        assert journal.time_of("day", 2) is None

    def test_levels_are_those_known_at_a_time_and_a_seq(self, journal: Journal) -> None:
        append(journal, note("one"))
        journal.append(Batch(*journal.head()), [seen(10, 1, 1), seen(7, 2, 1, "shop"), seen(20, 3, 1)])
        append(journal, note("two"))
        journal.append(Batch(*journal.head()), [seen(30, 3, 2)])
        assert _levels(journal, "night", "viewers", NOON, 9) == {}
        assert _levels(journal, "night", "viewers", NOON + SECOND, 9) == {"web": 10}
        assert _levels(journal, "night", "viewers", NOON + 3 * SECOND, 1) == {"shop": 7, "web": 20}
        assert _levels(journal, "night", "viewers", NOON + 3 * SECOND, 9) == {"shop": 7, "web": 30}
        assert _levels(journal, "night", "heartbeat", NOON + 9 * SECOND, 9) == {}
        assert _levels(journal, "day", "viewers", NOON + 9 * SECOND, 9) == {}

    def test_the_newest_checkpoint_at_or_before_a_seq_is_taken_up(self, journal: Journal) -> None:
        big = bytes(range(256)) * 9_000
        journal.save_checkpoint("night", 5, NOON, 1, b"five")
        journal.save_checkpoint("night", 9, NOON, 1, big)
        journal.save_checkpoint("night", 7, NOON, 2, b"another shape")
        journal.save_checkpoint("day", 8, NOON, 1, b"another show")
        assert journal.checkpoint("night", 4, 1) is None
        assert journal.checkpoint("night", 5, 1) == (5, b"five")
        assert journal.checkpoint("night", 8, 1) == (5, b"five")
        assert journal.checkpoint("night", 99, 1) == (9, big)
        assert journal.checkpoint("night", 99, 3) is None

    def test_everything_is_there_after_opening_again(self, tmp_path: Path, journal: Journal) -> None:
        append(journal, note("one"), received(3))
        journal.append(Batch(*journal.head()), [seen(5, 1, 2)])
        journal.save_checkpoint("night", 2, NOON, 1, b"state")
        before = journal.head(), list(journal.events()), journal.spans()
        journal.close()
        again = self.opened(tmp_path)
        assert (again.head(), list(again.events()), again.spans()) == before
        assert _levels(again, "night", "viewers", NOON + SECOND, 2) == {"web": 5}
        assert again.checkpoint("night", 2, 1) == (2, b"state")
        append(again, note("and on it goes"))
        again.close()

    def test_a_reader_reads_and_does_not_write(self, tmp_path: Path, journal: Journal) -> None:
        append(journal, note("one"))
        head = journal.head()
        journal.close()
        reader = self.opened(tmp_path, read_only=True)
        assert reader.head() == head
        assert len(list(reader.events())) == 1
        with pytest.raises(JournalProblem, match="cannot be written"):
            append(reader, note("two"))
        reader.close()

    def test_a_reader_sees_whole_batches_while_they_are_written(self, journal: Journal) -> None:
        append(journal, note("first"))
        counts: set[int] = set()
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                counts.add(sum(1 for _ in journal.events(upto=10**9)))

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(30):
            append(journal, *[note("x")] * 10)
        stop.set()
        reader.join()
        assert {count % 10 for count in counts} == {1}

    def test_the_public_tables_are_exported(self, tmp_path: Path, journal: Journal) -> None:
        append(journal, note("one"), received(3))
        journal.append(Batch(*journal.head()), [seen(5, 1, 2)])
        out = tmp_path / "it's out"
        assert journal.export(out) == {"events": 2, "moves": 2, "observations": 1}
        assert duckdb.sql(
            f"select sum(quantity) from '{str(out).replace(chr(39), chr(39) * 2)}/moves.parquet'"
        ).fetchall() == [(6,)]


class TestDuckdbJournal(JournalContract):
    """The store there is: one DuckDB file."""

    def opened(self, place: Path, read_only: bool = False) -> Journal:
        return Journal(place / "night.duckdb", read_only)


class TestJournalInMemory(JournalContract):
    """The same engine without a file, as the tests of the room use it; what needs a file does not apply."""

    test_everything_is_there_after_opening_again = None  # type: ignore[assignment]
    test_what_was_appended_is_read_back_in_order_and_byte_for_byte = None  # type: ignore[assignment]
    test_a_reader_reads_and_does_not_write = None  # type: ignore[assignment]

    def opened(self, place: Path, read_only: bool = False) -> Journal:
        return Journal(":memory:", read_only)


def sentence(place: Path, read_only: bool = False) -> str:
    """How opening fails: one sentence that names the place."""
    with pytest.raises(JournalProblem) as caught:
        Journal(place, read_only)
    said = str(caught.value)
    assert "\n" not in said
    assert str(place) in said
    return said


def other_database(place: Path) -> None:
    duckdb.connect(str(place)).execute("create table cats as select 1").close()


def looks_alike(place: Path) -> None:
    duckdb.connect(str(place)).execute("create table head (seq bigint, hash varchar)").close()


def views(place: Path) -> None:
    Journal(place).close()
    with duckdb.connect(str(place)) as connection:
        connection.execute("drop table events; create view events as select * from read_text('/etc/hostname')")


def other_columns(place: Path) -> None:
    Journal(place).close()
    duckdb.connect(str(place)).execute("alter table meta rename key to name").close()


def newer(place: Path) -> None:
    Journal(place).close()
    duckdb.connect(str(place)).execute("update meta set value = '2'").close()


def text_file(place: Path) -> None:
    place.write_text("order,sku,quantity\n1,lamp,2\n" * 500)


def cut_short(place: Path) -> None:
    Journal(place).close()
    place.write_bytes(place.read_bytes()[:5_000])


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (other_database, "a DuckDB file without a journal in it"),
        (looks_alike, "it has no table events"),
        (views, "it has no table events"),
        (other_columns, "no journal of ours"),
        (newer, "journal version 2; this program reads version 1"),
        (text_file, "is not a DuckDB file, so it is no journal"),
        (cut_short, "cannot be opened as a journal"),
        (Path.mkdir, "cannot be opened as a journal"),
    ],
)
def test_a_file_that_is_no_journal_is_refused_in_one_sentence(
    tmp_path: Path, make: Callable[[Path], None], said: str, read_only: bool
) -> None:
    place = tmp_path / "some.duckdb"
    make(place)
    assert said in sentence(place, read_only)


def test_a_missing_journal_is_not_made_by_a_reader(tmp_path: Path) -> None:
    assert "There is no journal at" in sentence(tmp_path / "missing.duckdb", read_only=True)
    assert not list(tmp_path.iterdir())


def test_a_journal_is_not_made_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no folder" in sentence(tmp_path / "nowhere" / "night.duckdb")


def test_a_journal_another_process_writes_is_said_to_be_in_use(tmp_path: Path) -> None:
    place = tmp_path / "night.duckdb"
    Journal(place).close()
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert "in use by another process" in sentence(place)
        assert "in use by another process" in sentence(place, read_only=True)
        process.communicate()
    Journal(place).close()


def test_two_writers_of_one_process_cannot_both_append_the_same_seq(tmp_path: Path) -> None:
    one, other = Journal(tmp_path / "night.duckdb"), Journal(tmp_path / "night.duckdb")
    batch, late = Batch(*one.head()), Batch(*other.head())
    one.append(fill(batch, [note("first")]))
    with pytest.raises(OutOfOrder):
        other.append(fill(late, [note("too late")]))
    assert [stored.data for stored in other.events()] == [stored.data for stored in one.events()]
    one.close()
    other.close()


def chain(place: Path) -> tuple[int, str]:
    """Recompute the hash chain from the words of schema.sql; returns the seq and hash it ends with."""
    connection = duckdb.connect(str(place), read_only=True)
    rows = connection.execute(
        "select seq, id, show_id, type, source, epoch_us(event_time), epoch_us(recorded_time), actor, data::varchar, "
        "prev_hash, hash from events order by seq"
    ).fetchall()
    connection.close()
    before, number = "0" * 64, 0
    for seq, id, show, type, source, event_time, recorded_time, actor, data, prev_hash, told in rows:
        fields = {
            "actor": actor, "data": "DATA", "event_time": event_time, "id": id, "recorded_time": recorded_time,
            "seq": seq, "show_id": show, "source": source, "type": type,
        }  # fmt: skip
        canonical = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).replace('"DATA"', data, 1)
        assert (seq, prev_hash) == (number + 1, before)
        before, number = hashlib.sha256((before + canonical).encode()).hexdigest(), seq
        assert told == before
    return number, before


def test_the_hash_chain_is_the_one_that_the_schema_defines(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "night.duckdb")
    names = [text.replace("DATA", "") for text in NASTY]
    for number in range(20):
        batch = Batch(*journal.head())
        for text in names[number % 3 :: 2]:
            seq = batch.seq + 1
            sku = text[:100]
            event = received(number + 1, sku) if number % 2 else e.NoteAdded(text=text, reason=names[-2])
            batch.add(
                event, f"{sku} {seq}", sku, f"/{sku}", NOON - seq, NOON + seq, sku, f"{seq:016x}" if seq % 4 else ""
            )
        journal.append(batch)
    head = journal.head()
    journal.close()
    assert chain(tmp_path / "night.duckdb") == head


def test_the_rows_of_moves_repeat_what_the_hashed_data_say(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "night.duckdb")
    append(journal, note("nothing moves"), received(3), received(4, 'ring "S" 戒指'), note("nothing moves"))
    append(journal, received(5))
    told = [
        (stored.seq, line, stored.show, *move)
        for stored in journal.events()
        for line, move in enumerate(json.loads(stored.data).get("moves", []))
    ]
    journal.close()
    connection = duckdb.connect(str(tmp_path / "night.duckdb"), read_only=True)
    kept = connection.execute("select * from moves order by seq, line").fetchall()
    connection.close()
    assert told == kept
    assert len(kept) == 6
