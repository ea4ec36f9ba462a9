"""What stops an import as a whole: one sentence, found before anything is submitted, naming what would be right."""

import gzip
from pathlib import Path

import pytest

from dashboard.channels.orders_file.problem import ImportProblem, nearest
from tests.channels.orders_file_kit import COLUMNS, PLAIN, FakeRoom, lines, run, run_files

ROW = "1,2026-03-14 10:00:00,A,2,9.90,DE,ann"
GOOD = lines(ROW)
MANY = lines(*(f"{number},2026-03-14 10:00:00,A{number},2,9.90,DE,ann" for number in range(3000)))

FILES = [
    ("orders.csv", b"", PLAIN, "is empty"),
    ("orders.csv", b"\n \n\r\n", PLAIN, "is empty"),
    ("orders.csv", b"\xef\xbb\xbf", PLAIN, "is empty"),
    ("orders.csv.gz", gzip.compress(b"", mtime=0), PLAIN, "is empty"),
    ("orders.csv", (COLUMNS + "\n").encode(), PLAIN, "has a header but no rows"),
    ("orders.csv.gz", gzip.compress(MANY.encode(), mtime=0)[:-40], PLAIN, "is a truncated gzip"),
    ("orders.csv.gz", gzip.compress(MANY.encode(), mtime=0)[:-3], PLAIN, "is a truncated gzip"),
    ("orders.csv.gz", gzip.compress(MANY.encode(), mtime=0)[:-8] + b"12345678", PLAIN, "is a damaged gzip"),
    ("orders.csv.gz", GOOD.encode(), PLAIN, "is not gzip"),
    ("orders.csv", b"\x00\x01\x02binary" * 20, PLAIN, "is no text file"),
    ("orders.xlsx", b"PK\x03\x04broken", PLAIN, "cannot be read as a workbook"),
    ("orders.xlsx", GOOD.encode(), PLAIN, "cannot be read as a workbook"),
    ("orders.parquet", b"PAR1broken", PLAIN, "cannot be read as Parquet"),
    ("orders.parquet", GOOD.encode(), PLAIN, "cannot be read as Parquet"),
    ("orders.csv", GOOD.replace("quantity", "qty").encode(), PLAIN, "has no column 'quantity'"),
    ("orders.csv", GOOD.replace("quantity", "Quantities").encode(), PLAIN, "nearest: 'Quantities'"),
    ("orders.csv", b"a title only\nand no columns\n", PLAIN, "has no column 'order'"),
    ("orders.csv", GOOD.replace("status", "sku").encode(), PLAIN, "2 columns named 'sku' (columns 3 and 8)"),
    ("orders.csv", GOOD.encode(), PLAIN + 'delimiter = ";"', "appear with ','"),
    ("orders.csv", (GOOD + '2,2026-03-14 10:00:00,"A,1,1,DE\n3,,,,,,,\n').encode(), PLAIN, "never closed"),
    ("orders.csv", (GOOD + '2,2026-03-14 10:00:00,A,1,1,DE,ann,"open\n3,,,,,,,\n').encode(), PLAIN, "never closed"),
    ("orders.csv", GOOD.replace("ann", "J\xfcrgen").encode("cp1252"), PLAIN + 'encoding = "utf-8"', "line 2: bytes fc"),
    ("orders.csv", (lines(ROW, ROW.replace("ann", "Jürgen"), ROW.replace("ann", "Zoë")).encode() + b"4,\xfc,,,,,,\n"),
     PLAIN, "line 5: bytes fc"),
    ("orders.csv", GOOD.replace("ann", "山田").encode("euc_jp"), PLAIN, "do not say what it is"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "mapping", "words"), FILES)
def test_a_file_that_cannot_be_read_stops_with_one_sentence_and_commits_nothing(
    tmp_path: Path, name: str, content: bytes, mapping: str, words: str
) -> None:
    room = FakeRoom()
    with pytest.raises(ImportProblem) as caught:
        run(tmp_path, content, mapping, name=name, room=room)
    assert words in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert name in caught.value.sentence
    assert room.commands == []


MAPPINGS = [
    (PLAIN + 'colour = "red"', "unknown key 'colour'"),
    (PLAIN + 'encodng = "utf-8"', "did you mean 'encoding'"),
    (PLAIN.replace("currency", "curency"), "did you mean 'currency'"),
    (PLAIN.replace('"EUR"', '"EURO"'), "currency 'EURO' is unknown; did you mean"),
    (PLAIN.replace(', currency = "EUR"', ""), "prices need a currency"),
    (PLAIN.replace('"UTC"', '"Europe/Berln"'), "did you mean 'Europe/Berlin'"),
    (PLAIN.replace('"UTC"', '"UTC+99"'), "time zone 'UTC+99' is unknown"),
    (PLAIN.replace('zone = "UTC"', 'format = "%Q"'), "unknown directive '%Q'"),
    (PLAIN.replace('zone = "UTC"', 'format = "HH:mm"'), "must name year, month and day"),
    (PLAIN.replace('zone = "UTC"', 'format = "%Y %Y %m %d"'), "twice"),
    (PLAIN.replace('zone = "UTC"', 'format = "%d %b %Y", language = "xx"'), "language 'xx' is unknown"),
    (PLAIN.replace('order = "order"', ""), "which column holds the order"),
    (PLAIN.replace('quantity = "quantity"', ""), "how many units"),
    (PLAIN + 'encoding = "utf-9"', "encoding 'utf-9' is unknown"),
    (PLAIN + 'delimiter = "::"', "one character"),
    (PLAIN + 'qty = "quantity"', "said twice"),
    (PLAIN + 'decimal = ";"', "price.decimal is ';'"),
    (PLAIN + 'decimal = ","\nthousands = ","', "must differ"),
    (PLAIN + 'goods = { not_goods_pattern = ["("] }', "no regular expression"),
    (PLAIN + 'cancel = { column = "status" }', "needs cancel.values"),
    (PLAIN + 'cancel = { values = ["x"] }', "needs cancel.column"),
    (PLAIN + 'cancel = { order_prefix = "C", find_by = ["order_column"] }', "needs cancel.order"),
    (PLAIN + 'cancel = { order_prefix = "C", find_by = ["same_row", "order_id"] }', "stands alone"),
    (PLAIN + 'cancel = { order_prefix = "C", find_by = ["luck"] }', "cancel.find_by"),
    (PLAIN + 'sku_case = "title"', "sku.case"),
    (PLAIN + "location = [{ id = 'a' }, { id = 'a' }]", "its own id"),
    (PLAIN + "location = { id = 'a/b' }", "no slash"),
    (PLAIN + "location = { latitude = 100.0 }", "latitude"),
    (PLAIN + 'destination.regions = 5', "not valid TOML"),
    (PLAIN + 'stock = "none.csv"', "no file none.csv beside"),
    (PLAIN + 'stock = { opening = "file" }', "stock.file names none"),
    (PLAIN + 'stock = { opening = "needed", file = "s.csv" }', "keep one"),
    (PLAIN + 'rundown = "none.csv"', "no file none.csv beside"),
    (PLAIN + "header_row = 1\nshow = 5", "show.id"),
    (PLAIN + 'show = { starts_at = "noon" }', "is not ISO 8601"),
    (PLAIN + "show = { starts_at = 2026-03-14T11:00:00Z }", "later than the first order"),
    (PLAIN + "show = { ends_at = 2026-03-14T09:00:00Z }", "earlier than the last order"),
    ("order = ", "not valid TOML"),
    ("", "which column holds the order"),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "words"), MAPPINGS)
def test_a_mapping_that_makes_no_sense_stops_with_one_sentence_and_commits_nothing(
    tmp_path: Path, mapping: str, words: str
) -> None:
    room = FakeRoom()
    with pytest.raises(ImportProblem) as caught:
        run(tmp_path, GOOD, mapping, room=room)
    assert words in caught.value.sentence
    assert "\n" not in caught.value.sentence.strip()
    assert room.commands == []


def test_a_missing_order_file_is_named(tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    (tmp_path / "orders.csv").unlink()
    with pytest.raises(ImportProblem, match=r"There is no file .*orders\.csv"):
        run_files(tmp_path / "orders.csv", tmp_path / "map.toml")


def test_a_folder_is_no_order_file(tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    with pytest.raises(ImportProblem, match="is not a file"):
        run_files(tmp_path, tmp_path / "map.toml")
    with pytest.raises(ImportProblem, match="cannot be read"):
        run_files(tmp_path / "orders.csv", tmp_path / "other.toml")


def test_a_mapping_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    (tmp_path / "map.toml").write_bytes('order = "Bestellung für"'.encode("cp1252"))
    with pytest.raises(ImportProblem, match="is not UTF-8"):
        run_files(tmp_path / "orders.csv", tmp_path / "map.toml")


def test_a_side_table_with_a_bad_row_stops_the_import_with_its_row_number(tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text("location,sku,quantity\nlondon,A,many\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match=r"stock\.csv, row 2: 'many' is not a whole number"):
        run(tmp_path, GOOD, PLAIN + 'stock = "stock.csv"')
    (tmp_path / "rundown.csv").write_text("start,sku,end\n20:15,A,20:30\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match=r"rundown\.csv, row 2: '20:15' is not a time"):
        run(tmp_path, GOOD, PLAIN + 'rundown = "rundown.csv"')


def test_a_show_of_that_name_with_other_content_is_not_touched(tmp_path: Path) -> None:
    _, room = run(tmp_path, GOOD, show="s")
    before = list(room.commands)
    with pytest.raises(ImportProblem, match="another name with --show"):
        run(tmp_path, lines("7,2026-03-15 10:00:00,Z,2,9.90,FR,bob"), room=room, show="s")
    assert room.commands == before


def test_the_nearest_word_is_found_regardless_of_case() -> None:
    assert nearest("QUANTITIY", ["Quantity", "Price"]) == ["Quantity"]
    assert nearest("xyz", ["Quantity"]) == []
