"""Tables beside the orders: found by name or by mapping, written in many ways, bad rows told by number, nothing lost."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.channels.orders_file.importing import ImportReport
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import PLAIN, FakeRoom, lines, run

ROWS = lines(
    "1,2026-03-14 10:00:10,A,5,1.00,DE,ann",
    "2,2026-03-14 10:10:00,B,3,1.00,Frankreich,bob",
    "3,2026-03-14 10:40:30,A,4,1.00,US,cem",
)
TABLES = {
    "rundown.csv": "start,sku,end\nT+00:00,A,T+10:00\nT+10:00,B,T+30:00\n",
    "viewers.csv": "time,channel,viewers\nT+00:00,shop-de,100\nT+05:00,shop-de,200\n",
    "plan.csv": "sku,region,units\nA,DE,10\nB,FR,20\n",
    "stock.csv": "location,sku,quantity\nmain,A,50\nmain,B,60\n",
}


def imported(
    folder: Path, mapping: str = PLAIN, rows: str = ROWS, name: str = "orders.csv", **tables: str
) -> tuple[ImportReport, FakeRoom]:
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return run(folder, rows, mapping, name=name)


def opened(room: FakeRoom) -> c.OpenShow:
    command = room.commands[0]
    assert isinstance(command, c.OpenShow)
    return command


def slots(room: FakeRoom) -> list[tuple[int, str, int]]:
    return [(one.start_seconds, one.sku, one.end_seconds) for one in opened(room).rundown]


def test_tables_beside_the_orders_are_read_without_a_word_in_the_mapping(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    report, room = run(tmp_path, ROWS)
    assert report.tables == {"rundown": 2, "viewers": 2, "plan": 2, "stock": 2}
    assert [note for note in report.notes if "was read as" in note] == [
        f"{table}.csv lies beside the orders and was read as their {table}; {table} = false keeps it out."
        for table in ("rundown", "viewers", "plan", "stock")
    ]
    assert slots(room) == [(0, "A", 600), (600, "B", 1800)]
    assert [(one.sku, one.region, one.units) for one in opened(room).plan] == [("A", "DE", 10), ("B", "FR", 20)]
    assert [(one.location, one.sku, one.quantity) for one in room.of(c.ReceiveGoods)] == [
        ("main", "A", 50), ("main", "B", 60),
    ]  # fmt: skip
    assert [one.viewers for one in room.of(c.PlaceOrder)] == [100, None, None]


def test_a_mapping_that_says_no_keeps_tables_out(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    _, alone = run(tmp_path, ROWS, "rundown = false\nviewers = false\nplan = false\nstock = false\n" + PLAIN)
    for name in TABLES:
        (tmp_path / name).unlink()
    _, bare = run(tmp_path, ROWS)
    assert alone.bodies == bare.bodies


@pytest.mark.parametrize("said", ['stock = "needed"', "stock = 1.0", "stock = { factor = 1 }"])
def test_a_mapping_that_says_how_stock_opens_wants_no_stock_file(tmp_path: Path, said: str) -> None:
    report, room = imported(tmp_path, PLAIN + said, stock=TABLES["stock.csv"])
    assert report.notes == ["stock.csv lies beside the orders and was not read: the mapping says how stock opens."]
    assert sum(one.quantity for one in room.of(c.ReceiveGoods)) == 12


def test_a_file_of_that_name_that_is_something_else_is_passed_over_and_told(tmp_path: Path) -> None:
    report, room = imported(tmp_path, plan="Dear all,\nhere is the plan.\n", rundown="")
    assert (opened(room).plan, opened(room).rundown) == ((), ())
    assert [note.split(":")[0] for note in report.notes] == [
        "rundown.csv lies beside the orders and was not read as their rundown",
        "plan.csv lies beside the orders and was not read as their plan",
    ]
    assert "has no column 'sku' (named by plan.sku in the mapping)" in report.notes[1]


def test_orders_called_like_a_table_are_not_their_own_table(tmp_path: Path) -> None:
    report, _ = run(tmp_path, ROWS, name="plan.csv")
    assert (report.orders, report.tables, report.notes) == (3, {}, [])


@pytest.mark.parametrize("kind", ["plan.csv.gz", "plan.tsv", "plan.parquet"])
def test_a_table_may_be_any_kind_of_file(tmp_path: Path, kind: str) -> None:
    text = "sku,region,units,who\nA,DE,10,x\n"
    if kind.endswith(".gz"):
        (tmp_path / kind).write_bytes(gzip.compress(text.encode("utf-16")))
    elif kind.endswith(".tsv"):
        (tmp_path / kind).write_text(text.replace(",", "\t"), encoding="utf-8-sig")
    else:
        pq.write_table(pa.table({"units": [10], "SKU ": ["A"], "Region": ["DE"]}), tmp_path / kind)
    report, room = run(tmp_path, ROWS)
    assert report.tables == {"plan": 1}
    assert opened(room).plan == (c.PlanLine(sku="A", region="DE", units=10),)


def test_times_of_slots_may_be_written_in_many_ways(tmp_path: Path) -> None:
    rundown = """start,sku,end,who
T+00:30,A,t+05:00,Ann
2026-03-14T11:05:00+01:00,B,2026-03-14T10:10:00Z,
2026-03-14 10:10:00,A,2026-03-14 10:15,
900,B,T+0:20:00,
T+20:00,A,,
T+35:00,B,,
"""
    _, room = imported(tmp_path, rundown=rundown)
    assert slots(room) == [
        (30, "A", 300), (300, "B", 600), (600, "A", 900), (900, "B", 1200), (1200, "A", 2100), (2100, "B", 2460),
    ]  # fmt: skip
    assert opened(room).ends_at - opened(room).starts_at == 2460 * 1_000_000


def test_times_without_an_offset_are_in_the_zone_of_the_orders(tmp_path: Path) -> None:
    mapping = PLAIN.replace('zone = "UTC"', 'zone = "Europe/Berlin", format = "%Y-%m-%d %H:%M:%S"')
    rundown = "start,sku,end\n2026-03-14 10:05,A,2026-03-14T10:10:00+01:00\n"
    _, room = imported(tmp_path, mapping, rundown=rundown)
    assert slots(room) == [(300, "A", 600)]


def test_names_are_understood_in_any_spelling_and_strangers_are_taken_in_and_told(tmp_path: Path) -> None:
    mapping = (
        PLAIN.replace(
            'destination = "country"', 'destination = { column = "country", regions = { EU = ["DE", "FR"] } }'
        )
        + 'sku_case = "upper"\nlocation = [{ id = "HH", name = "Hamburg" }, { id = "la", serves = ["US"] }]\n'
    )
    report, room = imported(
        tmp_path,
        mapping,
        rundown="start,sku,end\nT+00:00,a,T+01:00\nT+01:00,ghost,T+02:00\n",
        plan="sku,region,units\na,eu,10\nA,Germany,5\nb,Atlantis,7\nB,atlantis,1\nZ,US,0\n",
        stock='location,sku,quantity\nhamburg,a,"1,000"\nhh,A,"2,500"\nLA,A,3\nmoon,b,9\n',
    )
    show = opened(room)
    assert [(one.sku, one.region, one.units) for one in show.plan] == [
        ("A", "EU", 15), ("B", "Atlantis", 8), ("Z", "US", 0),
    ]  # fmt: skip
    assert {one.location: one.quantity for one in room.of(c.ReceiveGoods)} == {"HH": 3500, "la": 3, "moon": 9}
    assert {one.sku for one in show.skus} == {"A", "B", "GHOST", "Z"}
    assert {one.region for one in show.regions} == {"EU", "US", "Atlantis"}
    assert [note for note in report.notes if "names" in note] == [
        "rundown.csv names SKUs of which none was ordered: 'GHOST'.",
        "plan.csv names SKUs of which none was ordered: 'Z'.",
        "plan.csv names regions of which none took an order: 'Atlantis'.",
        "stock.csv names locations of which none is in the mapping, so that they serve every region: 'moon'.",
    ]


BAD = [
    ("rundown", "start,sku,end\nT+1:00,A,T+2:00:00\nT+00:00,,T+01:00\n", "rundown.csv, row 3: the row names no SKU"),
    ("rundown", "start,sku,end\n,A,T+01:00\n", "rundown.csv, row 2: '' is not a time"),
    ("rundown", "start,sku,end\nT+20:00,A,T+10:00\n", "rundown.csv, row 2: the slot of A ends before it starts"),
    ("rundown", "start,sku,end\nT+00:00,A\n", "rundown.csv, row 2: 2 columns where the header has 3"),
    ("viewers", "time,channel,viewers\n\n20:15,shop,5\n", "viewers.csv, row 3: '20:15' is not a time"),
    ("viewers", "time,channel,viewers\nT+00:10,shop,-5\n", "viewers.csv, row 2: '-5' is not a whole number"),
    ("viewers", 'time,channel,viewers\nT+00:10,shop,"80,000"\n', "say thousands in [quantity]"),
    ("plan", "sku,region,units\nA,,5\n", "plan.csv, row 2: '' is not a region"),
    ("plan", "sku,region,units\nA,DE,2.5\n", "plan.csv, row 2: '2.5' is not a whole number"),
    ("stock", "location,sku,quantity\nmain,A,1\na/b,A,5\n", "stock.csv, row 3: 'a/b' is not a location"),
    ("stock", "location,sku,quantity\nmain,A,\n", "stock.csv, row 2: '' is not a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "text", "words"), BAD)
def test_a_bad_row_stops_the_import_with_its_number_and_commits_nothing(
    tmp_path: Path, table: str, text: str, words: str
) -> None:
    room = FakeRoom()
    (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ImportProblem) as caught:
        run(tmp_path, ROWS, room=room)
    assert words in caught.value.sentence
    assert room.commands == []


def test_a_table_the_mapping_names_must_have_its_columns(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("sku,units\nA,1\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match=r"p\.csv has no column 'region' \(named by plan\.region in the mapping\)"):
        run(tmp_path, ROWS, PLAIN + 'plan = "p.csv"')


def test_a_table_is_utf8_where_it_can_be_and_else_encoded_like_the_orders(tmp_path: Path) -> None:
    rows = lines("1,2026-03-14 10:00:10,台灯,5,1.00,DE,ann").encode("gb18030")
    for encoding in ("utf-8", "gb18030"):
        (tmp_path / "plan.csv").write_bytes("sku,region,units\n台灯,DE,7\n".encode(encoding))
        report, room = run(tmp_path, rows, PLAIN + 'file = { encoding = "gb18030" }')
        assert opened(room).plan == (c.PlanLine(sku="台灯", region="DE", units=7),)
        assert len(report.notes) == 1
