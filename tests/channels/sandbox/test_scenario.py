"""Scenario files: the one that ships makes sense, and a broken one is refused in a sentence that helps."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard.channels.sandbox.opening import opening_commands, split
from dashboard.channels.sandbox.scenario import Broadcaster, ScenarioProblem, find, load, parse
from dashboard.decision import commands as c
from tests.channels.sandbox.rooms import BREEZESTYLE, breezestyle, room

TEXT = BREEZESTYLE.read_text(encoding="utf-8")


def test_breezestyle_opens_with_its_three_thousand_units_split_as_told() -> None:
    scenario, show_room = breezestyle(), room()
    for command in opening_commands(scenario, "night"):
        (answer,) = show_room.handle([command], command.event_time)
        assert answer.status == "accepted", answer.sentence
    frame = show_room.frame("night", at=scenario.start())
    left: Counter[str] = Counter()
    for pool in frame["pools"]:
        left[pool["pool"]] += pool["left"]
    assert left == {"region/US": 960, "region/EU": 800, "region/SEA": 640, "flexible": 600}
    assert frame["identity"]["on_hand"] == frame["identity"]["available"] == frame["totals"]["allocated"] == 3000
    assert {shipment["state"] for shipment in frame["shipments"]} == {"in_transit"}
    assert all(0 < shipment["progress"] < 1 for shipment in frame["shipments"])
    assert all(channel["exposure"] for channel in frame["channels"])


def test_breezestyle_peaks_with_eighty_thousand_viewers_on_four_platforms() -> None:
    watched = [channel for channel in breezestyle().channels if channel.watched]
    assert sum(max(people for _, people in channel.viewers) for channel in watched) == 80_000
    assert {channel.platform for channel in watched} == {"tiktok", "youtube", "instagram", "shopee"}
    youtube = next(channel for channel in watched if channel.platform == "youtube")
    assert youtube.conversion == 1.35


def test_opening_commands_come_in_the_order_they_happened() -> None:
    commands = opening_commands(breezestyle(), "night")
    assert isinstance(commands[0], c.OpenShow)
    assert all(one.event_time <= other.event_time for one, other in pairwise(commands))  # type: ignore[operator]
    assert len({command.id for command in commands}) == len(commands)


def test_a_split_loses_no_unit() -> None:
    assert split(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert split(0, {"a": 1}) == {"a": 0}
    assert split(5, {"a": 0, "b": 2}) == {"a": 0, "b": 5}
    assert split(5, {}) == {}


BROKEN = [
    ("title =", "titel =", "there is no key 'titel', did you mean 'title'"),
    ("screen_lift =", "screen_lifft =", "there is no key 'shoppers.screen_lifft', did you mean 'screen_lift'"),
    ('platform = "youtube"', 'plattform = "youtube"', "no key 'channels[1].plattform', did you mean 'platform'"),
    ('title = "Tempo clip"\ntier', 'titel = "Tempo clip"\ntier', "no key 'skus[4].titel', did you mean 'title'"),
    ("minutes = 150", 'minutes = "long"', "minutes: expected `float`, got `str`"),
    ("minutes = 150", "minutes = 0", "minutes: expected `float` > 0.0"),
    ("flexible_share = 0.20", "flexible_share = 20", "flexible_share: expected `float` <= 1.0"),
    ("LAX = { HALO-ROSE = 346", "LAX = { HALO-ROSE = -1", "stock[...][...]: expected `int` >= 0"),
    ('starts_at = "2026-03-14T20:00:00"', 'starts_at = "tonight"', "starts_at 'tonight' in time_zone 'Asia/Shanghai'"),
    ('time_zone = "Asia/Shanghai"\nminutes', 'time_zone = "Asia/Shangai"\nminutes', "write 2026-03-14T20:00:00"),
    (
        "LAX = { HALO-ROSE = 346",
        "LAX = { HALO-ROSE = 345",
        "stock holds 881 x HALO-ROSE, the entitlements add up to 882",
    ),
    ('region = "SEA"\nstart', 'region = "SAE"\nstart', "spikes.region names 'SAE', which is not defined, did you mean"),
    ('sku = "PULSE-BLACK"\nstart', 'sku = "PULS-BLACK"\nstart', "spikes.sku names 'PULS-BLACK'"),
    ("end = 48", "end = 8", "spikes: a span must end after it starts, not run from minute 38.8 to 8"),
    ("eta = 1386", "eta = -900", "S-104 must depart after the show is opened and arrive after it departs"),
    ("departed = -774", "departed = 5", "S-104 departs during the show"),
    ("1 = 0.70, 2", "one = 0.70, 2", "shoppers.baskets.one must be a number of units with a weight"),
    ("{ 1 = 0.70, 2 = 0.19, 3 = 0.06, 5 = 0.05 }", "{ 1 = 0 }", "shoppers.baskets needs at least one size"),
    ("[[0, 9000], [2,", "[[3, 9000], [2,", "channels.viewers of tiktok-us needs points [minute, viewers]"),
    ("US = 0.92, CA = 0.08", "US = 0", "US needs weights above 0 in mix and countries"),
    ("[shoppers]", "[shoppers", "is not valid TOML"),
    ("orders_per_mille = 0.07", "", "tiktok-us needs orders_per_mille, or a crowd"),
    (
        "orders_per_mille = 0.07",
        "orders_per_mille = 0.07\ncrowd = 9",
        "tiktok-us has a crowd; leave out orders_per_mille",
    ),
    ("orders_per_mille = 0.07", "crowd = -1", "channels[0].crowd: expected `int` >= 0"),
    ("conversion = 1.35", "conversion = 1.35\ncrowd = 9", "youtube-us has a crowd; leave out orders_per_mille"),
    ("[shoppers]", "[naive]\nsync_second = 60\n[shoppers]", "no key 'naive.sync_second', did you mean 'sync_seconds'"),
    ("[shoppers]", "[naive]\nsync_seconds = 0\n[shoppers]", "naive.sync_seconds: expected `float` > 0.0"),
    ("[shoppers]", "[naive]\nbuffer = 3\n[shoppers]", "naive: object missing required field `sync_seconds`"),
    ('currency = "USD"', 'faults = "al"', "faults 'al' is no profile, did you mean 'all'"),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), BROKEN, ids=[row[1][:40] for row in BROKEN])
def test_a_broken_scenario_is_refused_by_key(right: str, wrong: str, sentence: str) -> None:
    assert right in TEXT
    with pytest.raises(ScenarioProblem) as caught:
        parse(TEXT.replace(right, wrong, 1), "broken")
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("Scenario broken")
    assert "\n" not in str(caught.value)


def test_a_crowd_needs_viewers_that_could_be_it() -> None:
    """Nobody is ever there, or the stream begins when the show is over."""
    for points in ("[[0, 0]]", "[[150, 5]]"):
        broken = TEXT.replace("orders_per_mille = 0.07", "crowd = 9", 1)
        broken = re.sub(r"viewers = .*", f"viewers = {points}", broken, count=1)
        with pytest.raises(ScenarioProblem, match="tiktok-us has a crowd and no viewers that could be it"):
            parse(broken, "broken")


def test_every_scenario_that_ships_can_be_opened() -> None:
    for path in sorted(BREEZESTYLE.parent.glob("*.toml")):
        scenario, show_room = load(path), room()
        assert scenario.name == path.stem
        for command in opening_commands(scenario, path.stem):
            (answer,) = show_room.handle([command], command.event_time)
            assert answer.status == "accepted", answer.sentence


def test_a_naive_seller_is_there_only_where_one_is_told_of() -> None:
    assert breezestyle().naive is None
    told = parse(TEXT.replace("[shoppers]", "[naive]\nsync_seconds = 60\n\n[shoppers]"), "beside").naive
    assert told == Broadcaster(60.0, 0)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ScenarioProblem, match="missing required field `title`"):
        parse("minutes = 3", "short")


def test_a_scenario_is_found_by_name_or_path(tmp_path: Path) -> None:
    assert find(str(BREEZESTYLE), tmp_path) == BREEZESTYLE
    with pytest.raises(ScenarioProblem, match="no scenario 'breezstyle', did you mean 'breezestyle'; known are"):
        find("breezstyle", BREEZESTYLE.parent)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioProblem, match="cannot be read as text"):
        load(tmp_path / "bytes.toml")
