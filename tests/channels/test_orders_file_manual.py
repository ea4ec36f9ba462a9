"""What people read about mappings is true: every key is explained, every example is a mapping, liberal spellings work."""

import re
from pathlib import Path

import msgspec
import pytest

from dashboard.channels.orders_file.mapping import load, parse
from dashboard.channels.orders_file.mapping_keys import (
    BARE,
    FLAT_KEYS,
    KEY_SYNONYMS,
    SECTION_SYNONYMS,
    SECTIONS,
    Mapping,
    TableKeys,
)
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import MAPPINGS, PLAIN, lines, run

MANUAL = (MAPPINGS / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", MANUAL, re.DOTALL)
REASONS = (
    "wrong_column_count header_row empty_row duplicate_row missing_order_id missing_sku not_goods missing_time bad_time "
    "ambiguous_time missing_quantity bad_quantity zero_quantity quantity_too_large negative_quantity bad_price "
    "negative_price bad_currency cancel_without_order cancel_exceeds_order"
).split()


def part(section: str) -> str:
    """The manual's text on one section."""
    found = re.search(rf"^### .*\[{section}\]+.*?(?=^##)", MANUAL, re.MULTILINE | re.DOTALL)
    assert found, f"the manual has no heading for [{section}]"
    return found.group()


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_every_key_is_explained_in_the_manual(section: str) -> None:
    text = part(section)
    keys = {field.name for field in msgspec.structs.fields(SECTIONS[section])}
    if SECTIONS[section] is TableKeys:
        keys = {"file"}
    elif section == "stock":
        keys -= {field.name for field in msgspec.structs.fields(TableKeys)}
    missing = sorted(key for key in keys if f"`{key}`" not in text)
    assert not missing, f"[{section}] without a word on {missing}"


def test_every_reason_is_explained_in_the_manual() -> None:
    assert [reason for reason in REASONS if f"`{reason}`" not in MANUAL] == []


def test_every_synonym_leads_to_a_key() -> None:
    assert set(SECTION_SYNONYMS.values()) | set(BARE) <= set(SECTIONS)
    for section, synonyms in KEY_SYNONYMS.items():
        names = {field.name for field in msgspec.structs.fields(SECTIONS[section])} if section else {"column", "file"}
        assert set(synonyms.values()) <= names
    for section, key in (*FLAT_KEYS.values(), *BARE.items()):
        assert key in {field.name for field in msgspec.structs.fields(SECTIONS[section])}


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_of_the_manual_is_a_mapping(tmp_path: Path, number: int) -> None:
    (tmp_path / "map.toml").write_text(EXAMPLES[number], encoding="utf-8")
    assert isinstance(load(tmp_path / "map.toml"), Mapping)
    assert EXAMPLES[number].strip().count("\n") <= 10


def test_the_german_example_imports_a_german_file(tmp_path: Path) -> None:
    head = "Bestellnummer;Bestelldatum;Artikelnummer;Menge;Einzelpreis;Lieferland;Kundennummer;Status"
    rows = [
        "B1;14.03.2026 10:00;ÄX-1;2;1.299,00 €;Österreich;K7;versandt",
        "B1;14.03.2026 10:00;VERSAND;1;4,90;Österreich;K7;versandt",
        "B2;14.03.2026 10:05;ÄX-1;1;9,50;Deutschland;K8;Storniert",
    ]
    content = "\r\n".join([head, *rows]).encode("cp1252")
    report, room = run(tmp_path, content, EXAMPLES[0])
    assert (report.orders, report.rejected, report.cancelled_units) == (2, {"not_goods": 1}, 1)
    assert room.of(c.PlaceOrder)[0].lines == (c.OrderLine("ÄX-1", 2, 129900),)
    assert room.of(c.OpenShow)[0].time_zone == "Europe/Berlin"


def test_the_chinese_example_imports_a_chinese_file(tmp_path: Path) -> None:
    head = "订单编号,付款时间,商家编码,单价,收货国家"
    rows = [
        "9001,1773482400000,手环-红,￥129.00,中国",
        "9001,1773482400000,手环-红,￥129.00,中国",
        "9002,1773482460123,表带,59,马来西亚",
    ]
    report, room = run(tmp_path, "\n".join([head, *rows]).encode("gb18030"), EXAMPLES[1])
    assert (report.show, report.orders, report.units, report.rejected) == ("singles-day", 2, 3, {})
    assert room.of(c.PlaceOrder)[0].lines == (c.OrderLine("手环-红", 2, 12900),)
    assert room.of(c.PlaceOrder)[1].country == "MY"


SPELLINGS = [
    """
[columns]
order_id = "order"
time = "time"
sku = "sku"
qty = "quantity"
price = "price"
country = "country"
currency = "EUR"
timezone = "UTC"
""",
    """
order_column = "order"
time_column = "time"
sku_column = "sku"
quantity_column = "quantity"
price_column = "price"
destination_column = "country"
currency = "EUR"
time_zone = "UTC"
""",
    """
[order]
id = "order"
time = "time"
sku = "sku"
quantity = "quantity"
price = { column = "price", currency = "EUR" }
destination = "country"
zone = "UTC"
""",
    """
[orders]
id = "order"
[timestamp]
column = "time"
formats = ["%Y-%m-%d %H:%M:%S"]
tz = "UTC"
[product]
code = "sku"
[units]
column = "quantity"
[unit_price]
column = 5
currency = "EUR"
[country]
column = "country"
[opening_stock]
kind = "needed"
""",
]


@pytest.mark.parametrize("mapping", SPELLINGS)
def test_a_mapping_may_be_spelled_in_many_ways(tmp_path: Path, mapping: str) -> None:
    rows = lines("1,2026-03-14 10:00:00,A,2,9.90,DE,ann")
    expected = run(tmp_path, rows, PLAIN.replace('customer = "customer"', ""))[1].bodies
    assert run(tmp_path, rows, mapping)[1].bodies == expected


def test_the_shipped_mapping_is_read_as_it_is_meant() -> None:
    mapping = load(MAPPINGS / "online_retail.toml")
    assert (mapping.sku.case, mapping.stock.opening, mapping.cancel.find_by) == (
        "upper",
        "needed",
        ("customer_and_sku",),
    )


def test_a_section_that_is_no_section_is_refused() -> None:
    with pytest.raises(Exception, match="must be a section of keys"):
        parse({"order": "a", "time": "b", "sku": "c", "quantity": "d", "location": "x"}, "map.toml")
