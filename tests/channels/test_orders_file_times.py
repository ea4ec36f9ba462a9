"""Times as files write them: formats, mixtures, ambiguity, zones and the two odd hours of the year."""

import datetime as dt
from pathlib import Path

import pytest

from dashboard.channels.orders_file.mapping import zone_of
from dashboard.channels.orders_file.time_formats import picture_to_strptime
from dashboard.channels.orders_file.times import TimeReader
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import PLAIN, lines, run


def micros(text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    return round(moment.timestamp()) * 1_000_000 + moment.microsecond


def reader(*formats: str, day_first: bool | None = None, language: str = "en") -> TimeReader:
    return TimeReader(formats, dt.UTC, (day_first, language), "map.toml")


T = "2026-03-14T08:05:09Z"
M = "2026-03-14T08:05:00Z"
D = "2026-03-14T00:00:00Z"

DECLARED = [
    ("%d/%m/%Y %H:%M", "14/03/2026 08:05", M),
    ("%m/%d/%Y %I:%M %p", "3/14/2026 8:05 AM", M),
    ("%m/%d/%y %I:%M:%S %p", "03/14/26 08:05:09 am", T),
    ("%d.%m.%Y", "14.3.2026", D),
    ("%d %b %Y %H:%M", "14 Mar 2026 08:05", M),
    ("%A, %d %B %Y %T", "Saturday, 14 March 2026 08:05:09", T),
    ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-03-14T10:05:09.000000+0200", T),
    ("%Y%m%d%H%M%S", "20260314080509", T),
    ("%Y年%m月%d日 %H时%M分", "2026年3月14日 8时05分", M),
    ("DD.MM.YYYY HH:mm", "14.03.2026 08:05", M),
    ("DD/MM/YYYY HH:MM", "14/03/2026 08:05", M),
    ("dd.mm.yyyy hh:mm:ss", "14.03.2026 08:05:09", T),
    ("yyyy-MM-dd HH:mm:ss", "2026-03-14 08:05:09", T),
    ("MM/dd/yyyy hh:mm a", "03/14/2026 08:05 AM", M),
    ("D MMM YYYY, h:mm A", "14 Mar 2026, 8:05 AM", M),
    ("YYYY年MM月DD日", "2026年03月14日", D),
    ("YYYY-MM-DDTHH:mm:ssZ", "2026-03-14T08:05:09Z", T),
    ("YYYY-MM-DD HH:mm:ss.SSS", "2026-03-14 08:05:09.000", T),
    ("yyyyMMddHHmmss", "20260314080509", T),
    ("unix", "1773475509", T),
    ("unix", "1773475509.0", T),
    ("unix_ms", "1773475509000", T),
    ("unix_ms", "1.773475509E12", T),
    ("unix_us", "1773475509000000", T),
    ("excel", "46095", D),
    ("excel", "46095.3369097222", T),
    ("iso", "2026-03-14 08:05:09", T),
    ("%d/%m/%Y", "2026-03-14T08:05:09Z", T),
]


@pytest.mark.parametrize(("written", "text", "meant"), DECLARED)
def test_a_declared_format_reads_its_times(written: str, text: str, meant: str) -> None:
    assert reader(written).read(text) == (micros(meant), text[-1] == "Z" or "unix" in written or text.endswith("0200"))


UNDECLARED = [
    ("2026-03-14", D), ("2026-03-14 08:05", M), ("2026-03-14T08:05:09Z", T), ("2026-03-14T16:05:09+08:00", T),
    ("2026-03-14 08:05:09 UTC", T), ("2026-03-14 09:05:09 +0100", T), ("2026-03-14 08:05:09.000000+00", T),
    ("2026/3/14 8:05", M), ("2026.03.14 08:05:09", T), ("2026年3月14日 08:05:09", T), ("2026年3月14日 上午8时05分", M),
    ("14.03.2026 08:05", M), ("14/03/2026 08:05", M), ("3/14/2026 8:05 AM", M), ("20260314", D), ("20260314080509", T),
    ("12.12.2026", "2026-12-12T00:00:00Z"), ("5/5/2026", "2026-05-05T00:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), UNDECLARED)
def test_without_a_format_only_what_can_be_read_in_one_way_is_read(text: str, meant: str) -> None:
    reading = reader().read(text)
    assert isinstance(reading, tuple)
    assert reading[0] == micros(meant)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/04/2026", "ambiguous_time"), ("3-4-2026 10:00", "ambiguous_time"), ("1773475509", "bad_time"),
        ("46095.5", "bad_time"), ("14 Mar 2026", "bad_time"), ("2026-02-29", "bad_time"), ("2026-13-01", "bad_time"),
        ("31.04.2026", "bad_time"), ("2026-03-14 25:00", "bad_time"), ("2026-03-14 10:61", "bad_time"),
        ("14/03/26", "bad_time"), ("0026-03-14", "bad_time"), ("soon", "bad_time"),
        ("  ", "missing_time"), ("2026-03-14 10:00 and more", "bad_time"),
    ],
)  # fmt: skip
def test_without_a_format_what_may_mean_two_times_or_none_is_refused(text: str, reason: str) -> None:
    assert reader().read(text) == reason
    assert reader().explain(text, reason)


@pytest.mark.parametrize(("day_first", "meant"), [(True, "2026-04-03T00:00:00Z"), (False, "2026-03-04T00:00:00Z")])
def test_day_first_settles_which_number_is_the_day(day_first: bool, meant: str) -> None:
    assert reader(day_first=day_first).read("03/04/2026") == (micros(meant), False)


def test_a_time_two_declared_formats_read_differently_is_ambiguous_and_others_are_not() -> None:
    both = reader("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d")
    assert both.read("03/04/2026") == "ambiguous_time"
    assert both.read("04/04/2026") == (micros("2026-04-04T00:00:00Z"), False)
    assert both.read("25/12/2026") == both.read("12/25/2026") == both.read("2026-12-25")
    assert "%d/%m/%Y and %m/%d/%Y" in both.explain("03/04/2026", "ambiguous_time")


def test_month_names_are_read_in_the_language_the_mapping_names() -> None:
    assert reader("%d. %B %Y", language="de").read("14. März 2026") == (micros(D), False)
    assert reader("%d de %B de %Y", language="es").read("14 de marzo de 2026") == (micros(D), False)
    assert reader("DD MMM YYYY", language="fr").read("14 févr. 2026") == (micros("2026-02-14T00:00:00Z"), False)
    assert reader("%d. %B %Y").read("14. März 2026") == "bad_time"


@pytest.mark.parametrize(
    ("picture", "directives"),
    [("YYYY-MM-DD'T'HH:mm:ss.SSSXXX", "%Y-%m-%dT%H:%M:%S.%f%z"), ("h:mm a, d MMMM yy", "%I:%M %p, %d %B %y"),
     ("mm/dd/yyyy HH.mm", "%m/%d/%Y %H.%M"), ("HH:MM DD.MM.YYYY", "%H:%M %d.%m.%Y")],
)  # fmt: skip
def test_a_picture_format_tells_minutes_from_months(picture: str, directives: str) -> None:
    assert picture_to_strptime(picture) == directives


@pytest.mark.parametrize(
    ("zone", "text", "meant"),
    [
        ("Europe/Berlin", "2026-03-14 10:00:00", "2026-03-14T09:00:00Z"),
        ("Europe/Berlin", "2026-07-14 10:00:00", "2026-07-14T08:00:00Z"),
        ("America/New_York", "2026-03-08 03:00:00", "2026-03-08T07:00:00Z"),
        ("Asia/Kolkata", "2026-03-14 10:00:00", "2026-03-14T04:30:00Z"),
        ("UTC+8", "2026-03-14 10:00:00", "2026-03-14T02:00:00Z"),
        ("-03:30", "2026-03-14 10:00:00", "2026-03-14T13:30:00Z"),
        ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-10-25 02:30:00+01:00", "2026-10-25T01:30:00Z"),
    ],
)
def test_wall_clock_times_are_placed_in_the_declared_zone(tmp_path: Path, zone: str, text: str, meant: str) -> None:
    rows = lines(f"1,{text},A,1,1,DE")
    report, room = run(tmp_path, rows, PLAIN.replace('"UTC"', f'"{zone}"'))
    assert room.of(c.PlaceOrder)[0].event_time == micros(meant)
    twice = "Autumn clocks show 1 time(s) twice; the first was taken."
    assert (twice in report.notes) == (text.endswith("02:30:00"))


def test_an_hour_the_clocks_skipped_is_no_time(tmp_path: Path) -> None:
    rows = lines("1,2026-03-29 02:30:00,A,1,1,DE", "2,2026-03-29 03:00:00,A,1,1,DE")
    report, _ = run(tmp_path, rows, PLAIN.replace('"UTC"', '"Europe/Berlin"'))
    assert report.rejected == {"bad_time": 1}
    assert "skipped by the clocks of Europe/Berlin" in report.examples["bad_time"][0].sentence


def test_a_date_and_a_clock_column_are_one_time(tmp_path: Path) -> None:
    content = "order,date,clock,sku,quantity\n1,14.03.2026,8:05,A,1\n2,14.03.2026,,A,1\n"
    mapping = """
order = "order"
sku = "sku"
quantity = "quantity"
[time]
column = ["date", "clock"]
format = ["DD.MM.YYYY HH:mm", "DD.MM.YYYY"]
"""
    report, room = run(tmp_path, content, mapping)
    assert sorted(order.event_time for order in room.of(c.PlaceOrder)) == [micros(D), micros(M)]
    assert report.notes == ["The mapping names no time zone: times without an offset were read as UTC."]


def test_a_zone_may_be_a_fixed_offset() -> None:
    assert zone_of("GMT+5:45", "m").utcoffset(None) == dt.timedelta(hours=5, minutes=45)
