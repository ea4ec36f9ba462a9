"""The same orders in many files: encodings, delimiters, headers, compression, workbooks, Parquet."""

import datetime as dt
import gzip
import io
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import COLUMNS, PLAIN, lines, run

ROW = "1,2026-03-14 10:00:00,A,2,9.90,DE,ann"
MOMENT = dt.datetime.fromisoformat("2026-03-14T10:00:00")
TITLED = PLAIN.replace('sku = "sku"', 'sku = { column = "sku", title = "status" }')


def titles(mapping: str, content: bytes, folder: Path) -> tuple[list[str], list[str]]:
    """The titles of the SKUs of an imported file, and the report's notes."""
    report, room = run(folder, content, mapping)
    return [sku.title for sku in room.of(c.OpenShow)[0].skus], report.notes


CHINESE = ["智能手环保护套", "直播间专享价格优惠套装", "中国红色耳机盒", "大容量充电宝和数据线"]
WESTERN = ["Größe für Füße", "Señorita piñata", "crème brûlée", "ångström é"]


def in_encoding(names: list[str], encoding: str) -> bytes:
    return lines(*(f"{n},2026-03-14 10:00:00,{n},2,9.90,DE,ann,{name}" for n, name in enumerate(names))).encode(
        encoding
    )


@pytest.mark.parametrize(
    ("names", "encoding", "declared", "assumed"),
    [
        (WESTERN + CHINESE, "utf-8", "", ""),
        (WESTERN + CHINESE, "utf-8-sig", "", ""),
        (WESTERN + CHINESE, "utf-8-sig", "utf-8", ""),
        (WESTERN + CHINESE, "utf-16", "", ""),
        (WESTERN + CHINESE, "utf-16-le", "", "without a byte order mark"),
        (WESTERN + CHINESE, "utf-16-be", "", "without a byte order mark"),
        (WESTERN, "cp1252", "", "cp1252 (western)"),
        (WESTERN, "cp1252", "cp1252", ""),
        (WESTERN, "latin-1", "iso-8859-1", ""),
        (CHINESE, "gb18030", "", "gb18030 (Chinese)"),
        (CHINESE, "gb18030", "gbk", ""),
        (["携帯ケース", "ｶﾞｼﾞｪｯﾄ"], "cp932", "shift_jis", ""),
        (["휴대폰 케이스"], "cp949", "euc-kr", ""),
        (["чехол"], "cp1251", "windows-1251", ""),
    ],
)
def test_an_encoding_is_declared_or_found_and_an_assumption_is_said(
    tmp_path: Path, names: list[str], encoding: str, declared: str, assumed: str
) -> None:
    mapping = TITLED + (f'encoding = "{declared}"' if declared else "")
    found, notes = titles(mapping, in_encoding(names, encoding), tmp_path)
    assert found == names
    assert assumed in " ".join(notes)
    assert bool(assumed) == bool(notes)


@pytest.mark.parametrize("encoding", ["gb18030", "cp932", "big5", "cp949", "euc_jp", "cp1252", "cp1251"])
def test_the_column_names_of_the_mapping_single_out_an_undeclared_encoding(tmp_path: Path, encoding: str) -> None:
    names = {"gb18030": "数量单位", "cp932": "数量（単位）", "big5": "數量單位", "cp949": "수량단위", "euc_jp": "数量ノ単位",
             "cp1252": "Stückzähl", "cp1251": "Количество"}  # fmt: skip
    content = lines(ROW).replace("quantity", names[encoding]).encode(encoding)
    report, _ = run(tmp_path, content, PLAIN.replace('"quantity"', f'"{names[encoding]}"'))
    assert (report.accepted, report.notes) == (1, [])


def test_bytes_that_fit_several_encodings_are_refused_with_the_candidates(tmp_path: Path) -> None:
    content = in_encoding(["携帯電話のケース", "イヤホン"], "cp932")
    with pytest.raises(ImportProblem, match=r"possible: .*'cp932'"):
        run(tmp_path, content, TITLED)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("declared", [True, False])
def test_the_delimiter_is_declared_or_the_one_that_shows_the_mapped_columns(
    tmp_path: Path, delimiter: str, declared: bool
) -> None:
    name = {"\t": "tab", ";": "semicolon"}.get(delimiter, delimiter)
    mapping = PLAIN + (f'delimiter = "{name}"' if declared else "")
    report, _ = run(tmp_path, lines(ROW).replace(",", delimiter), mapping)
    assert report.accepted == 1


@pytest.mark.parametrize("between", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_line_ends_of_any_system_and_empty_lines_at_the_end_are_no_rows(
    tmp_path: Path, between: str, after: int
) -> None:
    text = between.join([COLUMNS, ROW + ",", ROW.replace("1,", "2,", 1) + ","]) + between * after
    report, _ = run(tmp_path, text)
    assert (report.rows, report.accepted) == (2, 2)


def test_row_numbers_are_those_of_a_spreadsheet_whatever_stands_before(tmp_path: Path) -> None:
    rows = [
        "Orders of March",
        "",
        COLUMNS,
        ROW + ",",
        '2,2026-03-14 10:00:00,A,1,1.00,DE,bob,"two\nlines"',
        "3,2026-03-14 10:00:00,A",
        ",,,,,,,",
        "",
        "4,never,A,1,1.00,DE,bob,",
        "5,2026-03-14 10:00:00,A,1,1.00,DE,bob,",
    ]
    report, _ = run(tmp_path, "\n".join(rows) + "\n")
    assert report.rejected == {"empty_row": 2, "bad_time": 1, "wrong_column_count": 1}
    assert report.examples["wrong_column_count"][0].row == 6
    assert [one.row for one in report.examples["empty_row"]] == [7, 8]
    assert report.examples["bad_time"][0].row == 9
    assert (report.rows, report.orders) == (7, 3)
    assert report.notes == ["The header is row 3; 2 row(s) above it are no orders and were skipped."]


def test_a_second_header_below_the_first_is_one_rejected_row(tmp_path: Path) -> None:
    report, _ = run(tmp_path, lines(COLUMNS, ROW))
    assert (report.rows, report.rejected, report.orders) == (2, {"header_row": 1}, 1)
    assert report.examples["header_row"][0].row == 2


def test_a_second_header_with_other_words_loses_nothing(tmp_path: Path) -> None:
    report, _ = run(tmp_path, "订单,时间,货号,数量,价格,国家,客户,状态\n" + lines(ROW))
    assert (report.rows, report.accepted) == (1, 1)
    report, _ = run(tmp_path, lines("订单,时间,货号,数量,价格,国家,客户,状态", ROW), show="b")
    assert (report.rows, report.accepted, report.rejected) == (2, 1, {"bad_time": 1})


def test_a_file_without_a_header_is_mapped_by_column_numbers(tmp_path: Path) -> None:
    mapping = """
order = 1
time = { column = 2, zone = "UTC" }
sku = 3
quantity = 4
header_row = 0
"""
    report, room = run(tmp_path, f"{ROW}\n{ROW.replace('1,', '2,', 1)}\n", mapping)
    assert (report.rows, report.accepted) == (2, 2)
    assert [order.order for order in room.of(c.PlaceOrder)] == ["1", "2"]


def test_column_names_match_without_regard_to_case_width_and_blanks(tmp_path: Path) -> None:
    content = lines(ROW).replace("quantity", " Ｑuantity ").replace("order", "\ufeffORDER")
    assert run(tmp_path, content)[0].accepted == 1


def test_rows_that_end_in_a_delimiter_the_header_lacks_are_read(tmp_path: Path) -> None:
    report, _ = run(tmp_path, lines(ROW, ROW.replace("1,", "2,", 1)).replace(",\n", ",,\n"))
    assert (report.accepted, report.rejected) == (2, {})


def test_codes_a_spreadsheet_would_take_for_numbers_lose_their_wrapping(tmp_path: Path) -> None:
    _, room = run(tmp_path, lines('="0001",2026-03-14 10:00:00,"=""007""",2,9.90,DE,ann'))
    assert (room.of(c.PlaceOrder)[0].order, room.of(c.PlaceOrder)[0].lines[0].sku) == ("0001", "007")


def test_quotes_and_line_ends_inside_values_are_read(tmp_path: Path) -> None:
    text = lines('1,2026-03-14 10:00:00,"A, ""big""",2,9.90,DE,ann,"5"" nail\nlong"')
    _, room = run(tmp_path, text)
    assert room.of(c.PlaceOrder)[0].lines[0].sku == 'A, "big"'


def test_a_file_that_does_not_quote_keeps_its_marks(tmp_path: Path) -> None:
    _, room = run(tmp_path, f'{COLUMNS}\n1,2026-03-14 10:00:00,"5,2,9.90,DE,ann,\n', PLAIN + 'file = { quote = "" }')
    assert room.of(c.PlaceOrder)[0].lines[0].sku == '"5'


def test_a_gzip_of_several_members_and_many_blocks_is_read_to_its_end(tmp_path: Path) -> None:
    rows = [f'{n},2026-03-14 10:00:00,A{n % 99},2,9.90,DE,ann,"line one\nline {n}"' for n in range(60_000)]
    text = lines(*rows).encode()
    half = len(text) // 2
    content = gzip.compress(text[:half], 1) + gzip.compress(text[half:], 1)
    report, _ = run(tmp_path, content, name="orders.csv.gz")
    assert (report.rows, report.accepted, report.skus) == (60_000, 60_000, 99)


def workbook(rows: list[list[object]], sheet: str = "Orders") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_with_real_dates_and_numbers_is_read(tmp_path: Path) -> None:
    head: list[object] = [*COLUMNS.split(",")]
    rows: list[list[object]] = [
        ["March"],
        head,
        [536365, MOMENT, 85123, 6, 2.55, "Germany", 17850.0, None],
        [536366, dt.date(2026, 3, 15), "a1", 1, "3", "France", None, None],
        [None] * 8,
        [536367, 46095.5, "A", 1.5, 1, "France", None, None],
        [None] * 8,
    ]
    report, room = run(tmp_path, workbook(rows), name="orders.xlsx")
    assert report.rejected == {"bad_time": 1, "empty_row": 1}
    assert "excel" in report.examples["bad_time"][0].sentence
    assert report.examples["bad_time"][0].row == 6
    orders = room.of(c.PlaceOrder)
    assert [(order.order, order.event_time, order.channel) for order in orders] == [
        ("536365", 1773482400000000, "shop-de"),
        ("536366", 1773532800000000, "shop-fr"),
    ]
    assert orders[0].lines == (c.OrderLine("85123", 6, 255),)


def test_excel_serial_days_are_read_when_the_mapping_says_so(tmp_path: Path) -> None:
    rows: list[list[object]] = [[*COLUMNS.split(",")], [1, 46095.416666666664, "A", 1, 1, "DE", "x", ""]]
    mapping = PLAIN.replace('zone = "UTC"', 'zone = "Europe/Berlin", format = "excel"')
    _, room = run(tmp_path, workbook(rows), mapping, name="orders.xlsx")
    assert room.of(c.PlaceOrder)[0].event_time == 1773478800000000


def test_a_sheet_is_chosen_by_name_or_number_and_a_wrong_one_is_answered_with_the_nearest(tmp_path: Path) -> None:
    content = workbook([[*COLUMNS.split(",")], [1, "2026-03-14", "A", 1, 1, "DE", "x", ""]], "受注")
    assert run(tmp_path, content, PLAIN + 'sheet = "受注"', name="a.xlsx")[0].accepted == 1
    assert run(tmp_path, content, PLAIN + "sheet = 2", name="a.xlsx")[0].accepted == 1
    with pytest.raises(ImportProblem, match="has no sheet '受主'"):
        run(tmp_path, content, PLAIN + 'sheet = "受主"', name="a.xlsx")
    with pytest.raises(ImportProblem, match=r"has 2 sheet\(s\), not 3"):
        run(tmp_path, content, PLAIN + "sheet = 3", name="a.xlsx")
    with pytest.raises(ImportProblem, match=r"Sheet 'Notes' of a\.xlsx is empty"):
        run(tmp_path, content, PLAIN + 'sheet = "Notes"', name="a.xlsx")


def parquet(**columns: pa.Array) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (pa.array([MOMENT], pa.timestamp("ms")), 1773478800000000),
        (pa.array([MOMENT], pa.timestamp("ns", "America/New_York")), 1773482400000000),
        (pa.array([MOMENT.date()], pa.date32()), 1773442800000000),
        (pa.array(["2026-03-14T10:00:00+02:00"]), 1773475200000000),
    ],
)
def test_parquet_keeps_its_types(tmp_path: Path, times: pa.Array, expected: int) -> None:
    content = parquet(
        order=pa.array([2**60 + 1], pa.int64()),
        time=times,
        sku=pa.array(["A"]).dictionary_encode(),
        quantity=pa.array([3.0]),
        price=pa.array([None], pa.decimal128(9, 2)),
        country=pa.array(["DE"], pa.large_string()),
        customer=pa.array([None], pa.int32()),
        extra=pa.array([[1, 2]]),
        raw=pa.array([b"\xff"]),
    )
    mapping = PLAIN.replace('"UTC"', '"Europe/Berlin"')
    report, room = run(tmp_path, content, mapping, name="orders.parquet")
    order = room.of(c.PlaceOrder)[0]
    assert (order.order, order.event_time, order.buyer) == (str(2**60 + 1), expected, "")
    assert order.lines == (c.OrderLine("A", 3, 0),)
    assert report.rejected == {}


def test_a_parquet_file_without_a_mapped_column_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match=r"nearest: 'order_no'"):
        run(tmp_path, parquet(order_no=pa.array(["1"])), name="orders.parquet")
