"""The show a file becomes: opening stock, regions, channels, places, side tables, and importing it twice."""

from pathlib import Path

import pytest

from dashboard.channels.orders_file.countries import country_of, language_of, zone_name
from dashboard.channels.orders_file.importing import show_id
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import PLAIN, FakeRoom, lines, run

ROWS = lines(
    "1,2026-03-14 10:00:10,A,5,1.00,DE,ann",
    "2,2026-03-14 10:10:00,A,3,1.00,Deutschland,bob",
    "C1,2026-03-14 10:20:00,A,-5,1.00,DE,ann",
    "3,2026-03-14 10:30:00,A,4,1.00,Germany,cem",
    "4,2026-03-14 10:40:00,B,7,2.00,フランス,dan",
    "5,2026-03-14 10:50:00,A,1,1.00,Atlantis,eve",
)
MAPPING = PLAIN + 'cancel = "C"\n'


def stock(room: FakeRoom) -> dict[tuple[str, str, str], int]:
    return {(one.location, one.sku, one.pool): one.quantity for one in room.of(c.ReceiveGoods)}


def test_needed_stock_is_the_peak_of_net_demand_so_that_no_order_is_refused(tmp_path: Path) -> None:
    report, room = run(tmp_path, ROWS, MAPPING)
    assert stock(room) == {
        ("main", "A", "region/DE"): 8,
        ("main", "B", "region/FR"): 7,
        ("main", "A", "region/Atlantis"): 1,
    }
    assert report.rejected == {}
    assert (report.units, report.cancelled_units, report.regions, report.skus) == (20, 5, 3, 2)


@pytest.mark.parametrize("said", ["stock = 0.8", "stock = { factor = 0.8 }", "stock = { opening = 0.8 }"])
def test_a_factor_takes_its_share_of_the_needed_stock(tmp_path: Path, said: str) -> None:
    report, room = run(tmp_path, ROWS, MAPPING + said)
    assert sorted(stock(room).values()) == [5, 6]
    assert report.rejected == {"not_enough_claims": 3}


@pytest.mark.parametrize("said", ['stock = "stock.csv"', 'stock = { opening = "file", file = "stock.csv" }'])
def test_a_stock_file_lies_where_it_says_and_is_claimed_by_the_flexible_pool(tmp_path: Path, said: str) -> None:
    table = "location,sku,quantity\nhamburg,A,6\nparis,B,7\nhamburg,A,4\nparis,C,9\nparis,D,0\n"
    (tmp_path / "stock.csv").write_text(table, encoding="utf-8")
    report, room = run(tmp_path, ROWS, MAPPING + said)
    assert stock(room) == {
        ("hamburg", "A", "flexible"): 10,
        ("paris", "B", "flexible"): 7,
        ("paris", "C", "flexible"): 9,
    }
    opened = room.of(c.OpenShow)[0]
    assert [place.location for place in opened.locations] == ["hamburg", "paris"]
    assert {(lane.location, lane.region) for lane in opened.lanes} >= {("hamburg", "FR"), ("paris", "FR")}
    assert "C" in {sku.sku for sku in opened.skus}
    assert (opened.draws, report.rejected) == (("channel", "region", "flexible"), {})


def test_stock_of_a_location_that_serves_one_region_is_that_region_s_and_other_stock_is_shared(tmp_path: Path) -> None:
    table = "location,sku,quantity\nlyon,B,4\nhub,B,9\nhamburg,A,12\ntokyo,A,3\n"
    (tmp_path / "stock.csv").write_text(table, encoding="utf-8")
    places = """
[[location]]
id = "hamburg"
serves = ["DE"]
kind = "central"
[[location]]
id = "lyon"
serves = ["France", "Monaco"]
[[location]]
id = "tokyo"
serves = ["JP"]
[[location]]
id = "hub"
"""
    report, room = run(tmp_path, ROWS, MAPPING + places)
    assert stock(room) == {
        ("lyon", "B", "region/FR"): 4,
        ("hub", "B", "flexible"): 9,
        ("hamburg", "A", "region/DE"): 12,
        ("tokyo", "A", "region/JP"): 3,
    }
    opened = room.of(c.OpenShow)[0]
    kinds = {place.location: place.kind for place in opened.locations}
    assert kinds == {"hamburg": "central", "lyon": "forward", "tokyo": "forward", "hub": "central"}
    assert {(lane.location, lane.region) for lane in opened.lanes} == {
        ("hamburg", "DE"), ("hub", "DE"), ("lyon", "FR"), ("hub", "FR"), ("hub", "Atlantis"), ("tokyo", "JP"),
        ("hub", "JP"),
    }  # fmt: skip
    assert opened.draws == ("channel", "region", "flexible")
    assert report.rejected == {"not_enough_claims": 1}, "A for Atlantis is nowhere"


def test_in_a_show_of_one_region_all_stock_is_that_region_s(tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text("location,sku,quantity\nhamburg,A,6\nparis,A,7\n", encoding="utf-8")
    _, room = run(tmp_path, "".join(ROWS.splitlines(keepends=True)[:4]), MAPPING)
    assert {one.pool for one in room.of(c.ReceiveGoods)} == {"region/DE"}
    assert {place.kind for place in room.of(c.OpenShow)[0].locations} == {"central"}


def test_more_than_a_command_can_carry_is_received_in_several(tmp_path: Path) -> None:
    rows = lines(*(f"{n},2026-03-14 10:00:00,A,900000000,1.00,DE,ann" for n in range(3)))
    _, room = run(tmp_path, rows)
    assert [one.quantity for one in room.of(c.ReceiveGoods)] == [1_000_000_000, 1_000_000_000, 700_000_000]


def test_the_show_spans_the_orders_and_goes_by_their_clock(tmp_path: Path) -> None:
    report, room = run(tmp_path, ROWS, MAPPING)
    opened, closed = room.commands[0], room.commands[-1]
    assert isinstance(opened, c.OpenShow)
    assert isinstance(closed, c.CloseShow)
    assert (opened.starts_at, opened.ends_at) == (1773482400000000, 1773485460000000)
    assert (report.starts_at, closed.event_time) == (opened.starts_at, opened.ends_at)
    times = [command.event_time for command in room.commands]
    assert times == sorted(times, key=lambda time: time or 0)
    assert (opened.show, opened.origin, opened.title) == ("orders", "import:orders.csv", "orders")
    assert {command.actor for command in room.commands} == {"import"}


def test_countries_in_any_spelling_are_one_region_and_unknown_names_are_their_own(tmp_path: Path) -> None:
    report, room = run(tmp_path, ROWS, MAPPING)
    opened = room.of(c.OpenShow)[0]
    assert [(region.region, region.name, region.countries, region.time_zone) for region in opened.regions] == [
        ("DE", "Germany", ("DE",), "Europe/Berlin"),
        ("FR", "France", ("FR",), "Europe/Paris"),
        ("Atlantis", "Atlantis", (), "UTC"),
    ]
    assert [(one.channel, one.language) for one in opened.channels] == [
        ("shop-de", "de"), ("shop-fr", "fr"), ("shop-atlantis", "en"),
    ]  # fmt: skip
    assert report.notes == ["No country is known by these names; each is a region of its own: 'Atlantis'."]
    assert [order.country for order in room.of(c.PlaceOrder)] == ["DE", "DE", "DE", "FR", "Atlantis"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("de", "DE"), ("DEU", "DE"), ("276", "DE"), ("Alemania", "DE"), ("德国", "DE"), ("ドイツ", "DE"), ("독일", "DE"),
        ("United Kingdom", "GB"), ("UK", "GB"), ("EIRE", "IE"), ("U.S.A.", "US"), ("Estados Unidos", "US"),
        ("Hong Kong", "HK"), ("CÔTE D’IVOIRE", "CI"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Viet Nam", "VN"), ("Việt Nam", "VN"),
        ("Polska", "PL"), ("Österreich", "AT"), ("osterreich", "AT"), ("Россия", "RU"), ("ประเทศไทย", ""), ("ไทย", "TH"),
        ("EU", ""), ("SEA", ""), ("Kongo", ""), ("Channel Islands", ""), ("", ""), ("ZZ", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_its_name_in_many_languages(written: str, code: str) -> None:
    assert country_of(written) == code


def test_every_country_has_a_zone_and_a_language() -> None:
    assert (zone_name("US"), zone_name("JP"), zone_name("")) == ("America/New_York", "Asia/Tokyo", "UTC")
    assert (language_of("BR"), language_of("US"), language_of("")) == ("pt", "en", "en")


def test_aliases_defaults_and_larger_regions_place_what_the_file_calls_otherwise(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,1,1.00,BRD,ann",
        "2,2026-03-14 10:01:00,A,1,1.00,France,ann",
        "3,2026-03-14 10:02:00,A,1,1.00,,ann",
        "4,2026-03-14 10:03:00,A,1,1.00,B2B/Depot,ann",
        "5,2026-03-14 10:04:00,A,1,1.00,b2b/depot,ann",
    )
    mapping = (
        PLAIN.replace('destination = "country"', "")
        + """
[destination]
column = "country"
default = "JP"
aliases = { BRD = "DE" }
regions = { EU = ["Germany", "FR"] }
"""
    )
    _, room = run(tmp_path, rows, mapping)
    orders = [(order.channel, order.country) for order in room.of(c.PlaceOrder)]
    assert orders[:3] == [("shop-eu", "DE"), ("shop-eu", "FR"), ("shop-jp", "JP")]
    assert orders[3] == orders[4] == ("shop-b2b-depot", "B2B-Depot")
    assert room.of(c.OpenShow)[0].regions[0].countries == ("DE", "FR")


def test_without_a_destination_everything_goes_to_one_region(tmp_path: Path) -> None:
    _, room = run(tmp_path, ROWS, MAPPING.replace('destination = "country"', ""))
    assert [region.region for region in room.of(c.OpenShow)[0].regions] == ["Unspecified"]


def test_a_channel_column_makes_channels_per_region(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,1,1.00,DE,ann,TikTok Shop",
        "2,2026-03-14 10:01:00,A,1,1.00,FR,ann,tiktok shop",
        "3,2026-03-14 10:02:00,A,1,1.00,DE,ann,",
    )
    _, room = run(tmp_path, rows, PLAIN + 'channel = { column = "status", name = "web" }\n')
    channels = [(one.channel, one.platform) for one in room.of(c.OpenShow)[0].channels]
    assert channels == [("tiktok-shop-de", "tiktok-shop"), ("web-de", "web"), ("tiktok-shop-fr", "tiktok-shop")]


def test_several_locations_serve_the_regions_they_name(tmp_path: Path) -> None:
    mapping = (
        MAPPING
        + """
[[location]]
id = "la"
country = "US"

[[location]]
id = "hamburg"
kind = "forward"
serves = ["Germany", "Atlantis"]
landed_cost_minor = 250
days = 2
"""
    )
    _, room = run(tmp_path, ROWS, mapping)
    assert {(lane.region, lane.location) for lane in room.of(c.OpenShow)[0].lanes} == {
        ("DE", "hamburg"), ("FR", "la"), ("Atlantis", "hamburg"),
    }  # fmt: skip
    assert stock(room)["la", "B", "region/FR"] == 7
    assert room.of(c.OpenShow)[0].locations[0].time_zone == "America/New_York"


def test_tables_the_mapping_names_become_rundown_and_plan(tmp_path: Path) -> None:
    (tmp_path / "ablauf.csv").write_text(
        "start,Artikel,end\nT+00:00,a,T+20:15\n2026-03-14 10:20:15,b,2026-03-14T11:00:00Z\n3600,A,T+1:05:00\n"
    )
    (tmp_path / "ziele.csv").write_text("sku;region;units\na;Germany;10\nB;JP;1000\n")
    mapping = (
        MAPPING
        + """
sku_case = "upper"
rundown = { file = "ablauf.csv", sku = "Artikel" }
[files]
plan = "ziele.csv"
[show]
host = "Mia"
viewers_planned = 20000
"""
    )
    report, room = run(tmp_path, ROWS, mapping)
    opened = room.of(c.OpenShow)[0]
    assert [(one.start_seconds, one.end_seconds, one.sku) for one in opened.rundown] == [
        (0, 1215, "A"), (1215, 3600, "B"), (3600, 3900, "A"),
    ]  # fmt: skip
    assert [(one.sku, one.region, one.units) for one in opened.plan] == [("A", "DE", 10), ("B", "JP", 1000)]
    assert "JP" in {region.region for region in opened.regions}
    assert opened.ends_at == opened.starts_at + 3900 * 1_000_000 // 60_000_000 * 60_000_000 + 60_000_000
    assert (opened.host, opened.viewers_planned) == ("Mia", 20_000)
    assert report.tables == {"rundown": 3, "plan": 2}


def test_a_slot_that_ends_before_it_starts_stops_the_import(tmp_path: Path) -> None:
    (tmp_path / "rundown.csv").write_text("start,sku,end\nT+20:00,A,T+10:00\n")
    with pytest.raises(ImportProblem, match="ends before it starts"):
        run(tmp_path, ROWS, MAPPING + 'rundown = "rundown.csv"\n')


def test_titles_prices_and_categories_are_the_most_frequent(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,1,2.00,DE,x,Lamp",
        "2,2026-03-14 10:01:00,A,1,1.00,DE,x,Lampe",
        "3,2026-03-14 10:02:00,A,1,1.00,DE,x,Lampe",
        "4,2026-03-14 10:02:00,A,1,0,DE,x,",
    )
    mapping = PLAIN.replace('sku = "sku"', 'sku = { column = "sku", title = "status", category = 8, tier = "test" }')
    _, room = run(tmp_path, rows, mapping)
    assert room.of(c.OpenShow)[0].skus == (
        c.Sku(sku="A", title="Lampe", tier="test", price_minor=100, currency="EUR", category="Lampe"),
    )


def test_tiers_come_from_a_table_else_from_a_column_else_from_one_word_for_all(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,1,1.00,DE,x,Test",
        "2,2026-03-14 10:01:00,A,1,1.00,DE,x,evergreen",
        "3,2026-03-14 10:02:00,A,1,1.00,DE,x,evergreen ",
        "4,2026-03-14 10:02:00,B,1,1.00,DE,x,测试款",
        "5,2026-03-14 10:02:00,C,1,1.00,DE,x,hero",
        "6,2026-03-14 10:02:00,D,1,1.00,DE,x,test",
    )
    keys = 'sku = { column = "sku", case = "upper", tier_column = "status", tiers = { d = "campaign", P = "test" } }'
    (tmp_path / "plan.csv").write_text("sku,region,units\np,DE,1\nq,DE,1\n", encoding="utf-8")
    report, room = run(tmp_path, rows, PLAIN.replace('sku = "sku"', keys))
    assert {one.sku: one.tier for one in room.of(c.OpenShow)[0].skus} == {
        "A": "evergreen", "B": "test", "C": "campaign", "D": "campaign", "P": "test", "Q": "campaign",
    }  # fmt: skip
    assert any("'hero'" in note and "no tier" in note for note in report.notes)
    with pytest.raises(ImportProblem, match=r"sku\.tiers"):
        run(tmp_path, rows, PLAIN.replace('sku = "sku"', 'sku = { column = "sku", tiers = { d = "best" } }'))


def test_importing_a_file_twice_changes_nothing(tmp_path: Path) -> None:
    first, room = run(tmp_path, ROWS, MAPPING)
    before = list(room.commands)
    room.nows.clear()
    second, _ = run(tmp_path, ROWS, MAPPING, room=room)
    assert room.commands == before
    assert second.known_already == len(room.of(c.PlaceOrder)) + len(room.of(c.CancelOrder))
    assert (second.accepted, second.orders, second.rejected) == (first.accepted, first.orders, first.rejected)


def test_the_same_file_gives_the_same_commands_byte_for_byte(tmp_path: Path) -> None:
    _, one = run(tmp_path, ROWS, MAPPING)
    _, two = run(tmp_path, ROWS, MAPPING)
    assert list(one.bodies.items()) == list(two.bodies.items())


def test_two_shows_of_one_file_share_no_command_id(tmp_path: Path) -> None:
    _, one = run(tmp_path, ROWS, MAPPING, show="a")
    _, two = run(tmp_path, ROWS, MAPPING, show="b")
    assert not one.bodies.keys() & two.bodies.keys()


def test_buyers_are_recognised_by_a_keyed_hash_only(tmp_path: Path) -> None:
    rows = lines("1,2026-03-14 10:00:00,A,1,1.00,DE,ann", "2,2026-03-14 10:01:00,A,1,1.00,DE,ann")
    keyed = PLAIN.replace('customer = "customer"', 'customer = { column = "customer", key = "secret" }')
    buyers = [{order.buyer for order in run(tmp_path, rows, mapping)[1].of(c.PlaceOrder)} for mapping in (PLAIN, keyed)]
    assert [len(some) for some in buyers] == [1, 1]
    assert buyers[0] != buyers[1]
    assert all(len(buyer) == 16 for some in buyers for buyer in some)


def test_a_long_or_unprintable_order_id_gets_a_printable_command_id(tmp_path: Path) -> None:
    rows = lines(f"{'9' * 150},2026-03-14 10:00:00,A,1,1.00,DE", "1\u00a02,2026-03-14 10:00:00,A,1,1.00,DE")
    report, room = run(tmp_path, rows, show="a" * 60)
    assert report.orders == 2
    assert all(len(one.id) <= 200 and one.id.isprintable() for one in room.commands)


def test_a_show_is_named_after_its_file(tmp_path: Path) -> None:
    report, _ = run(tmp_path, ROWS, MAPPING, name="Bestellungen März.csv")
    assert report.show == "Bestellungen-März"
    assert show_id(" a/b c ") == "a-b-c"
    with pytest.raises(ImportProblem, match="needs a name"):
        show_id(" / ")
