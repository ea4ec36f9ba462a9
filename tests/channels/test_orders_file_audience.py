"""Viewers of an imported show: whom a name means, what every order is told, and that no reading comes early or twice."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dashboard.channels.orders_file.audience import Audience, divided
from dashboard.channels.orders_file.importing import ImportReport, import_orders
from dashboard.channels.orders_file.tables import Reading
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import PLAIN, FakeRoom, lines, run

START = 1_773_482_400_000_000
SECOND = 1_000_000
ROWS = lines(
    "1,2026-03-14 10:00:10,A,1,1.00,US,,tiktok",
    "2,2026-03-14 10:00:30,A,1,1.00,DE,,tiktok",
    "3,2026-03-14 10:01:00,A,1,1.00,US,,amazon",
    "4,2026-03-14 10:02:00,A,1,1.00,US,,tiktok",
)
MAPPING = PLAIN + 'channel = "status"\n'


def show(*plan: tuple[str, int]) -> c.OpenShow:
    """A show with tiktok in the US, Germany and Japan, and Amazon in the US."""
    channels = (("tiktok-us", "TikTok Shop", "US"), ("amazon-us", "amazon", "US"), ("tiktok-de", "TikTok Shop", "DE"),
                ("tiktok-jp", "TikTok Shop", "JP"))  # fmt: skip
    return c.OpenShow(
        id="open",
        show="s",
        actor="import",
        source="/",
        title="s",
        starts_at=START,
        ends_at=START + 3_600 * SECOND,
        regions=tuple(
            c.Region(region=id, name=name) for id, name in (("US", "United States"), ("DE", "Germany"), ("JP", "Japan"))
        ),
        channels=tuple(c.Channel(channel=id, platform=platform, region=region) for id, platform, region in channels),
        plan=tuple(c.PlanLine(sku="A", region=region, units=units) for region, units in plan),
    )


def watched(name: str, viewers: int, *plan: tuple[str, int]) -> dict[str, int]:
    audience = Audience([Reading((0, True), name, viewers)], show(*plan))
    return {one.channel: one.viewers for one in audience.readings}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tiktok-us", {"tiktok-us": 100}),
        ("TikTok US", {"tiktok-us": 100}),
        ("tiktok_de", {"tiktok-de": 100}),
        ("TikTok Shop Germany", {"tiktok-de": 100}),
        ("Amazon", {"amazon-us": 100}),
        ("tiktok", {"tiktok-us": 34, "tiktok-de": 33, "tiktok-jp": 33}),
        ("TikTok Shop", {"tiktok-us": 34, "tiktok-de": 33, "tiktok-jp": 33}),
        ("", {"tiktok-us": 25, "amazon-us": 25, "tiktok-de": 25, "tiktok-jp": 25}),
        ("Total", {"tiktok-us": 25, "amazon-us": 25, "tiktok-de": 25, "tiktok-jp": 25}),
        ("instagram", {"instagram": 100}),
        ("us", {"tiktok-us": 50, "amazon-us": 50}),
        ("Germany", {"tiktok-de": 100}),
    ],
)
def test_a_name_means_a_channel_or_is_divided_among_several(name: str, found: dict[str, int]) -> None:
    assert watched(name, 100) == found


def test_where_every_region_has_a_plan_a_platform_is_divided_by_it() -> None:
    plan = ("US", 120), ("DE", 30), ("JP", 10)
    assert watched("tiktok", 1000, *plan) == {"tiktok-us": 600, "tiktok-de": 300, "tiktok-jp": 100}
    assert watched("", 160, *plan) == {"tiktok-us": 60, "amazon-us": 60, "tiktok-de": 30, "tiktok-jp": 10}
    assert watched("tiktok", 9, *plan[:2]) == {"tiktok-us": 3, "tiktok-de": 3, "tiktok-jp": 3}


@given(st.integers(0, 10**9), st.lists(st.floats(0.001, 1e6), min_size=1, max_size=9))
def test_what_is_divided_adds_up(units: int, parts: list[float]) -> None:
    shares = divided(units, parts)
    assert sum(shares) == units
    assert all(abs(share - units * part / sum(parts)) < 1.001 for share, part in zip(shares, parts, strict=True))


def test_a_channel_has_its_newest_reading_and_none_before_the_first() -> None:
    readings = [((60, True), 7), ((0, True), 5), ((START // SECOND + 120, False), 9), ((60, True), 8)]
    audience = Audience(
        [Reading((time * SECOND, elapsed), "tiktok-us", viewers) for (time, elapsed), viewers in readings], show()
    )
    told = [audience.at("tiktok-us", START + second * SECOND) for second in (-1, 0, 59, 60, 119, 120, 9_999)]
    assert told == [None, 5, 5, 8, 8, 9, 9], "of two at one time the later row counts"
    assert audience.at("amazon-us", START) is None
    assert [one.viewers for one in audience.until(START + 60 * SECOND)] == [5, 7, 8]
    assert [one.viewers for one in audience.until(START + 999 * SECOND)] == [9]


def test_where_orders_name_no_channel_streams_of_any_name_are_added_up(tmp_path: Path) -> None:
    table = "time,channel,viewers\nT+00:00,tiktok,100\nT+00:20,YouTube,50\nT+00:50,tiktok,200\n"
    (tmp_path / "viewers.csv").write_text(table, encoding="utf-8")
    report, room = run(tmp_path, ROWS)
    assert [(one.channel, one.viewers) for one in room.of(c.PlaceOrder)] == [
        ("shop-us", 50), ("shop-de", 75), ("shop-us", 125), ("shop-us", 125),
    ]  # fmt: skip
    sentence = "viewers.csv names channels that took no order, so that they were added up for all orders: 'YouTube', "
    assert f"{sentence}'tiktok'." in report.notes
    (tmp_path / "viewers.csv").write_text(table + "T+00:50,shop-us,9\n", encoding="utf-8")
    _, room = run(tmp_path, ROWS)
    assert [one.viewers for one in room.of(c.PlaceOrder)] == [None, None, 9, 9], (
        "one name is a channel: all are meant so"
    )


def imported(folder: Path, room: FakeRoom) -> tuple[ImportReport, list[tuple[int, str, int, int]]]:
    """Import with a viewers table; of every reading: when, whose, how many, and how many orders were placed by then."""
    table = "time,channel,viewers\nT-01:00,tiktok,900\nT+00:20,tiktok,301\nT+01:00,amazon-us,50\nT+09:00,x,4\n"
    (folder / "viewers.csv").write_text(table, encoding="utf-8")
    (folder / "orders.csv").write_text(ROWS, encoding="utf-8")
    (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
    seen: list[tuple[int, str, int, int]] = []

    def observe(name: str, time: int, channel: str, viewers: int) -> None:
        assert name == "orders"
        seen.append(((time - START) // SECOND, channel, viewers, len(room.of(c.PlaceOrder))))

    report = import_orders(
        folder / "orders.csv", folder / "map.toml", None, room.submit, lambda phase, done, total: None, observe
    )
    return report, seen


def test_every_order_is_told_the_viewers_of_its_channel_then(tmp_path: Path) -> None:
    room = FakeRoom()
    report, _ = imported(tmp_path, room)
    assert [(one.channel, one.viewers) for one in room.of(c.PlaceOrder)] == [
        ("tiktok-us", 450), ("tiktok-de", 150), ("amazon-us", 50), ("tiktok-us", 151),
    ]  # fmt: skip
    assert "viewers.csv names channels that took no order: 'x'." in report.notes
    assert report.tables == {"viewers": 4}
    (tmp_path / "viewers.csv").unlink()
    _, bare = run(tmp_path, ROWS, MAPPING)
    assert {one.viewers for one in bare.of(c.PlaceOrder)} == {None}


def test_readings_are_observed_in_time_order_between_the_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.channels.orders_file.sending.BATCH_COMMANDS", 2)
    _, seen = imported(tmp_path, FakeRoom())
    assert seen == [
        (-60, "tiktok-us", 450, 2), (-60, "tiktok-de", 450, 2), (20, "tiktok-us", 151, 2), (20, "tiktok-de", 150, 2),
        (60, "amazon-us", 50, 4), (540, "x", 4, 4),
    ]  # fmt: skip


def test_a_second_import_observes_nothing_again(tmp_path: Path) -> None:
    room = FakeRoom()
    assert len(imported(tmp_path, room)[1]) == 6
    room.nows.clear()
    report, seen = imported(tmp_path, room)
    assert (seen, report.known_already) == ([], 4)


def test_what_comes_later_changes_nothing_that_was_told_before(tmp_path: Path) -> None:
    imported(tmp_path, whole := FakeRoom())
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "viewers.csv").write_text("time,channel,viewers\nT-01:00,tiktok,900\n", encoding="utf-8")
    _, cut = run(tmp_path / "cut", "".join(ROWS.splitlines(keepends=True)[:2]) + ROWS.splitlines()[2], MAPPING)
    told = {one.order: one.viewers for one in cut.of(c.PlaceOrder)}
    assert told["1"] == {one.order: one.viewers for one in whole.of(c.PlaceOrder)}["1"]
