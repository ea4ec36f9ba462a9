"""The auditor is shown small journals, sound and broken; every kind of breach has to be named.

The journals are written here by hand, with a chain writer of their own: three lines of hashlib over the definition in
`schema.sql`. A broken journal is either rewritten with a correct chain around wrong books (so that only the broken rule
can give it away) or changed afterwards with SQL, as a tampering hand would.
"""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.journal.verify import Report, VerifyProblem, lines, verify

SCHEMA = (Path(__file__).parents[2] / "dashboard" / "journal" / "schema.sql").read_text()
START_MICROS = 1_773_489_600_000_000
FLIPS = 100

Line = tuple[str, str, str, str, int]


@dataclass
class Entry:
    """One event before it is sealed into the chain."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    moves: list[Line] = field(default_factory=list)
    show: str = "night"
    actor: str = "operator"


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, entries: list[Entry]) -> Path:
    """Write a journal with a correct chain around whatever the entries say."""
    connection = duckdb.connect(str(path))
    connection.execute(SCHEMA)
    connection.begin()
    before = "0" * 64
    events: list[tuple[Any, ...]] = []
    moves: list[tuple[Any, ...]] = []
    for seq, entry in enumerate(entries, 1):
        data = text({"command": "0" * 16, **entry.data, **({"moves": entry.moves} if entry.moves else {})})
        at = START_MICROS + seq * 1_000_003
        body = (
            f'{{"actor":{text(entry.actor)},"data":{data},"event_time":{at},"id":"c{seq}","recorded_time":{at},'
            f'"seq":{seq},"show_id":{text(entry.show)},"source":"/hand","type":{text(entry.type)}}}'
        )
        sealed = hashlib.sha256((before + body).encode()).hexdigest()
        row = (seq, f"c{seq}", entry.show, entry.type, "/hand", at, at, entry.actor, data, before, sealed)
        events.append(row)
        moves += [(seq, line, entry.show, *move) for line, move in enumerate(entry.moves)]
        before = sealed
    for statement, rows in [
        ("insert into events values (?, ?, ?, ?, ?, make_timestamp(?), make_timestamp(?), ?, ?, ?, ?)", events),
        ("insert into moves values (?, ?, ?, ?, ?, ?, ?, ?)", moves),
    ]:
        if rows:
            connection.executemany(statement, rows)
    connection.execute("insert into head values (?, ?)", [len(entries), before])
    connection.execute("insert into observations values ('night', '2026-03-14', 3, 'viewers', 'web', '', 80000, '')")
    connection.execute("insert into checkpoints values ('night', 3, '2026-03-14', 1, 'folded'::blob)")
    connection.commit()
    connection.close()
    return path


def received(units: int, sku: str = "ring") -> Entry:
    goods = (sku, "goods", "supplier", "la/available", units)
    return Entry("goods_received", {"sku": sku}, [goods, (sku, "claims", "issued", "flexible", units)])


def claim(source: str, target: str, units: int, sku: str = "ring") -> Line:
    return (sku, "claims", source, target, units)


def good(source: str, target: str, units: int, sku: str = "ring") -> Line:
    return (sku, "goods", source, target, units)


def ordered(units: int, moves: list[Line] | None = None, said: int | None = None) -> Entry:
    """An order on channel web; `said` units in its lines, `moves` if they are not what they should be."""
    order_lines = [{"sku": "ring", "quantity": units if said is None else said, "price_minor": 4900}]
    usual = [claim("channel/web", "committed/web", units), good("la/available", "la/committed", units)]
    return Entry("order_placed", {"channel": "web", "lines": order_lines}, usual if moves is None else moves)


def sound() -> list[Entry]:
    """A show that was run properly: received, split, exposed, sold, cancelled, shipped, returned, quarantined."""
    return [
        Entry("show_opened", {"title": 'Say "ring" \\ 戒指 \u2028 \U0001f48d\x7f'}, actor="Zoë \t\n\x1f\x0b"),
        received(100),
        received(50, "band"),
        Entry("reallocated", {}, [claim("flexible", "region/US", 60)]),
        Entry("exposed", {}, [claim("region/US", "channel/web", 40)]),
        ordered(3),
        ordered(2),
        Entry(
            "order_cancelled", {}, [claim("committed/web", "channel/web", 2), good("la/committed", "la/available", 2)]
        ),
        Entry("order_shipped", {}, [claim("committed/web", "shipped/web", 3), good("la/committed", "customer", 3)]),
        Entry("goods_quarantined", {}, [claim("flexible", "withdrawn", 5), good("la/available", "la/unavailable", 5)]),
        Entry("note_added", {"text": "all well"}, actor="it's me, 小李"),
        Entry("show_closed"),
    ]


def presale() -> list[Entry]:
    """A show that sells goods in transit: 10 lie in Los Angeles, 20 are on the way, 12 are sold."""
    return [
        Entry("show_opened", {"sells_in_transit": True}),
        received(30),
        Entry("shipment_started", {}, [good("la/available", "transit/s1", 20)]),
        Entry("exposed", {}, [claim("flexible", "channel/web", 30)]),
        ordered(10),
        ordered(2, [claim("channel/web", "committed/web", 2)]),
        Entry(
            "shipment_arrived", {}, [good("transit/s1", "hh/available", 20), good("hh/available", "hh/committed", 2)]
        ),
    ]


def checks_of(report: Report) -> set[str]:
    return {breach["check"] for breach in report["breaches"]}


@pytest.mark.parametrize("journal", [sound, presale, list, lambda: sound()[:1]])
def test_a_sound_journal_passes(tmp_path: Path, journal: Callable[[], list[Entry]]) -> None:
    entries = journal()
    report = verify(write(tmp_path / "j.duckdb", entries))
    assert report["breaches"] == []
    assert report["ok"]
    assert (report["events"], report["oversold"]) == (len(entries), 0)
    assert report["moves"] == sum(len(entry.moves) for entry in entries)
    assert report["head"]["seq"] == len(entries)
    assert "oversold 0" in lines(report)[-1]


TAMPERINGS = [
    ("update events set seq = 99 where seq = 12", "sequence"),
    ("delete from events where seq = 11", "sequence"),
    ("insert into events select * from events where seq = 11", "sequence"),
    ("update events set id = 'c2' where seq = 11", "id"),
    ("update events set recorded_time = '2020-01-01' where seq = 11", "recorded_time"),
    ("update events set prev_hash = repeat('a', 64) where seq = 11", "chain"),
    ("update events set hash = repeat('a', 64) where seq = 11", "chain"),
    ("update events set hash = repeat('a', 64) where seq = 1", "hash"),
    ("update events set actor = 'somebody' where seq = 1", "hash"),
    ("update events set actor = 'somebody' where seq = 11", "hash"),
    ("update events set actor = actor || chr(2) where seq = 11", "hash"),
    ("update events set source = '/else' where seq = 11", "hash"),
    ("update events set type = 'note_addad' where seq = 11", "hash"),
    ("update events set id = 'other' where seq = 11", "hash"),
    ("update events set event_time = event_time + interval 1 microsecond where seq = 11", "hash"),
    ("update events set recorded_time = recorded_time + interval 1 microsecond where seq = 11", "hash"),
    ("update events set show_id = 'day' where seq = 11", "hash"),
    ("""update events set data = replace(data::varchar, 'well', 'ill') where seq = 11""", "hash"),
    ("""update events set data = ' ' || data::varchar where seq = 11""", "hash"),
    ("update head set seq = 11", "head"),
    ("update head set hash = repeat('0', 64)", "head"),
    ("delete from head", "head"),
    ("insert into head select * from head", "head"),
    ("update events set type = 'note_added' where seq = 1", "show_opened"),
    ("update moves set quantity = 4 where seq = 6", "moves"),
    ("update moves set sku = 'band' where seq = 6", "moves"),
    ("update moves set book = 'goods' where seq = 6", "moves"),
    ("update moves set source_account = 'flexible' where seq = 6 and book = 'claims'", "moves"),
    ("update moves set target_account = 'customer' where seq = 6 and book = 'goods'", "moves"),
    ("update moves set show_id = 'day' where seq = 6", "moves"),
    ("update moves set line = 7 where seq = 6 and line = 1", "moves"),
    ("delete from moves where seq = 6 and line = 1", "moves"),
    ("insert into moves select * from moves where seq = 6 and line = 1", "moves"),
    ("insert into moves values (6, 2, 'night', 'ring', 'claims', 'flexible', 'region/US', 1)", "moves"),
    ("insert into moves values (77, 0, 'night', 'ring', 'claims', 'flexible', 'region/US', 1)", "moves"),
    ("update moves set quantity = 0 where seq = 6", "quantity"),
    ("update moves set quantity = -3 where seq = 6", "quantity"),
    ("update moves set source_account = target_account where seq = 6", "accounts"),
]


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "j.duckdb", sound())


@pytest.mark.parametrize(("tampering", "check"), TAMPERINGS)
def test_a_changed_row_is_named(sound_file: Path, tmp_path: Path, tampering: str, check: str) -> None:
    path = Path(shutil.copy(sound_file, tmp_path))
    connection = duckdb.connect(str(path))
    connection.execute(tampering)
    connection.close()
    report = verify(path)
    assert not report["ok"]
    assert check in checks_of(report)


def after(entries: list[Entry], *more: Entry) -> list[Entry]:
    return [*entries, *more]


WRONG_BOOKS: list[tuple[str, list[Entry], set[str], int]] = [
    ("claims sold twice", after(sound(), ordered(39)), {"negative"}, 0),
    ("one unit sold without goods", after(sound(), ordered(1, [claim("channel/web", "committed/web", 1)])),
     {"claims_equal_goods", "committed_equal", "oversold"}, 1),
    ("order with no moves", after(sound(), ordered(0, [], said=7)), {"orders", "oversold"}, 7),
    ("order took fewer claims than it says", after(sound(), ordered(2, said=5)), {"orders", "oversold"}, 3),
    ("order took more claims than it says", after(sound(), ordered(5, said=2)), {"orders"}, 0),
    ("order committed to another channel", after(sound(), ordered(
        2, [claim("channel/web", "committed/shop", 2), good("la/available", "la/committed", 2)])),
     {"orders", "oversold"}, 2),
    ("order without lines", after(sound(), Entry("order_placed", {"channel": "web", "lines": []})), {"orders"}, 0),
    ("goods that are not there", after(
        sound(), Entry("claims_issued", {}, [claim("issued", "channel/web", 9)]),
        ordered(4, [claim("channel/web", "committed/web", 4), good("nowhere/available", "nowhere/committed", 4)])),
     {"negative", "claims_equal_goods", "oversold"}, 4),
    ("claims issued on nothing", after(sound(), Entry("claims_issued", {}, [claim("issued", "flexible", 5)])),
     {"claims_equal_goods"}, 0),
    ("shipped goods, claims forgotten", after(sound(), ordered(2), Entry(
        "order_shipped", {}, [good("la/committed", "customer", 2)])), {"committed_equal", "oversold"}, 2),
    ("dips below zero and recovers", after(
        sound(), Entry("reallocated", {}, [claim("flexible", "region/US", 90)]),
        Entry("reallocated", {}, [claim("region/US", "flexible", 90)])), {"negative"}, 0),
    ("an unknown account", after(sound(), Entry("reallocated", {}, [claim("flexible", "drawer", 1)])),
     {"accounts", "claims_equal_goods"}, 0),
    ("an unknown book", after(sound(), Entry("note_added", {}, [("ring", "wishes", "issued", "flexible", 1)])),
     {"accounts", "negative"}, 0),
    ("a move to itself", after(sound(), Entry("reallocated", {}, [claim("flexible", "flexible", 1)])), {"accounts"}, 0),
    ("an order before the show", [received(5), *sound()], {"show_opened"}, 0),
    ("a show opened twice", after(sound(), Entry("show_opened", {})), {"show_opened"}, 0),
    ("presold beyond what is on the way", after(presale()[:-1], ordered(
        18, [claim("channel/web", "committed/web", 18)]), Entry("goods_lost", {}, [good("transit/s1", "supplier", 1)])),
     {"claims_equal_goods", "committed_equal", "oversold"}, 1),
    ("goods committed that nobody claims", after(presale(), ordered(
        0, [good("hh/available", "hh/committed", 1)])),
     {"committed_equal", "orders"}, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "checks", "oversold"), [row[1:] for row in WRONG_BOOKS], ids=[r[0] for r in WRONG_BOOKS]
)
def test_wrong_books_under_a_correct_chain_are_named(
    tmp_path: Path, entries: list[Entry], checks: set[str], oversold: int
) -> None:
    report = verify(write(tmp_path / "j.duckdb", entries))
    assert checks_of(report) == checks
    assert report["oversold"] == oversold
    assert f"oversold {oversold}" in lines(report)[-1]


def test_a_breach_tells_event_show_sku_and_numbers(tmp_path: Path) -> None:
    report = verify(write(tmp_path / "j.duckdb", after(sound(), ordered(39))))
    breach = report["breaches"][0]
    assert breach == {
        "check": "negative", "seq": 13, "show": "night", "sku": "ring",
        "sentence": "After event 13 account channel/web of book claims holds -2 ring; it fell to -2 at its lowest.",
    }  # fmt: skip


def test_fifty_breaches_are_spelled_out_and_all_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "j.duckdb", after(sound(), *[ordered(0, [], said=1) for _ in range(80)]))
    report = verify(path)
    assert len(report["breaches"]) == 50
    assert report["breach_count"] == 81
    assert report["oversold"] == 80
    assert "31 more" in lines(report)[-2]


def test_the_same_report_comes_from_any_size_of_stretch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "j.duckdb", after(sound(), ordered(2, said=5), ordered(0, [], said=1)))
    whole = verify(path)
    monkeypatch.setattr("dashboard.journal.verify.CHUNK_EVENTS", 3)
    assert verify(path) == whole


def problem(path: Path) -> str:
    with pytest.raises(VerifyProblem) as caught:
        verify(path)
    assert "\n" not in caught.value.sentence
    return caught.value.sentence


def test_what_is_no_journal_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert "There is no file" in problem(tmp_path / "missing.duckdb")
    assert "folder" in problem(tmp_path)
    (tmp_path / "text.duckdb").write_text("seq,id\n1,a\n" * 1000)
    assert "not a DuckDB file" in problem(tmp_path / "text.duckdb")
    (tmp_path / "empty.duckdb").touch()
    problem(tmp_path / "empty.duckdb")
    duckdb.connect(str(tmp_path / "other.duckdb")).execute("create table t as select 1").close()
    assert "no table" in problem(tmp_path / "other.duckdb")
    path = write(tmp_path / "j's.duckdb", sound())
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(path.read_bytes()[:-300_000])
    problem(cut)


def test_wrong_columns_and_newer_versions_are_refused(tmp_path: Path) -> None:
    for change, expected in [
        ("alter table events drop hash", "no column hash"),
        ("alter table moves alter quantity type integer", "moves.quantity is INTEGER"),
        ("insert into meta values ('schema_version', '2')", "schema version 2"),
    ]:
        path = write(tmp_path / "j.duckdb", sound())
        duckdb.connect(str(path)).execute(change).close()
        assert expected in problem(path)
        path.unlink()


def test_a_file_somebody_writes_is_said_to_be_open(tmp_path: Path) -> None:
    path = write(tmp_path / "j.duckdb", sound())
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        said = problem(path)
        process.communicate()
    assert f"open in process {process.pid}" in said
    connection = duckdb.connect(str(path))
    assert "this very process" in problem(path)
    connection.close()
    assert verify(path)["ok"]


def contents(path: Path) -> tuple[list[Any], list[Any]]:
    connection = duckdb.connect(str(path), read_only=True)
    events = connection.execute("select * from events order by seq").fetchall()
    moves = connection.execute("select * from moves order by seq, line").fetchall()
    connection.close()
    return events, moves


def test_no_flipped_byte_changes_an_event_or_a_move_unnoticed(tmp_path: Path) -> None:
    """A flip may hit free space and harm nothing; what verify passes must read exactly as before."""
    entries = after(sound(), *[ordered(1) for _ in range(30)])
    original = write(tmp_path / "j.duckdb", entries)
    expected, report, whole = contents(original), verify(original), original.read_bytes()
    chance = random.Random(20260314)
    noticed = 0
    copy = Path(shutil.copy(original, tmp_path / "copy.duckdb"))
    assert verify(copy) == report
    for _ in range(FLIPS):
        place = chance.randrange(len(whole))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        path = tmp_path / "flipped.duckdb"
        path.write_bytes(damaged)
        try:
            seen = verify(path)
        except VerifyProblem:
            noticed += 1
            continue
        assert seen["ok"] is False or (seen == report and contents(path) == expected), f"byte {place}"
        noticed += not seen["ok"]
    assert noticed > FLIPS // 3
    shutil.rmtree(tmp_path)
