"""Answers say what the frame says, and nothing else: checked against a second reading of random frames."""

import random
import re
from typing import Any

import pytest

from dashboard.speech import phrases
from dashboard.speech.answers import WHYS, draft
from dashboard.speech.phrase_shapes import LANGUAGES
from dashboard.speech.questions import INTENTS, Question, understand
from tests.speech.understanding_kit import sku

Row = dict[str, Any]
AT = "2026-03-14T13:00:00.000000Z"
SOON = "2026-03-14T13:00:10.000000Z"
LATER = "2026-03-15T11:06:00.000000Z"
REGION_ROWS = [
    {"region": "US", "name": "United States", "time_zone": "America/New_York", "countries": ["US", "CA"]},
    {"region": "EU", "name": "Europe", "time_zone": "Europe/Berlin", "countries": ["DE", "FR"]},
]


def small_frame(**changes: Any) -> Row:
    """Two rings and a clip in two regions; Los Angeles serves the US, Hamburg Europe."""
    frame: Row = {
        "at": AT,
        "seq": 41,
        "status": "open",
        "sells_in_transit": False,
        "regions": REGION_ROWS,
        "skus": [
            sku("ROSE", "Halo ring · rose", on_screen=True),
            sku("SILVER", "Halo ring · silver"),
            sku("CLIP", "Tempo clip"),
        ],
        "channels": [
            {"channel": "tiktok-us", "region": "US", "language": "en"},
            {"channel": "tiktok-eu", "region": "EU", "language": "de"},
        ],
        "pools": [
            {"pool": "region/US", "region": "US", "sku": "ROSE", "left": 17},
            {"pool": "region/EU", "region": "EU", "sku": "ROSE", "left": 1},
            {"pool": "region/US", "region": "US", "sku": "SILVER", "left": 5},
        ],
        "countdowns": [],
        "stock": [
            {"location": "LAX", "sku": "ROSE", "available": 40, "in_transit": 0},
            {"location": "HAM", "sku": "ROSE", "available": 9, "in_transit": 0},
            {"location": "LAX", "sku": "SILVER", "available": 5, "in_transit": 0},
        ],
        "lanes": [
            {"location": "LAX", "region": "US", "landed_cost_minor": 380, "days": 2.0},
            {"location": "HAM", "region": "US", "landed_cost_minor": 980, "days": 7.5},
            {"location": "HAM", "region": "EU", "landed_cost_minor": 300, "days": 3.0},
        ],
        "prices": [],
        "limits": [],
        "coupons": [],
        "shipments": [],
        "withheld": [],
        "rundown": [],
    }
    return frame | changes


def answered(text: str, frame: Row | None = None, channel: str = "tiktok-us") -> Row:
    frame = frame or small_frame()
    return draft(frame, channel, understand(text, frame["skus"], frame["regions"], "en"))


def worded(phrase: str, title: str = "Halo ring · rose", **values: Any) -> str:
    return phrases.answer(phrase, "en", {"title": title} | values)


def test_an_answer_carries_its_fact_with_seq_and_expiry() -> None:
    answer = answered("how many left?")
    assert answer == {
        "intent": "stock",
        "language": "en",
        "text": worded("stock_some", units=17, region="US", region_name="United States"),
        "fact": {"sku": "ROSE", "region": "US", "country": "", "units_left": 17, "seq": 41, "expires": SOON},
        "known": True,
        "why": "",
    }


def test_the_place_asked_about_decides_the_region() -> None:
    assert answered("how many left in Germany?")["fact"]["units_left"] == 1
    assert answered("how many left?", channel="tiktok-eu")["fact"]["units_left"] == 1


@pytest.mark.parametrize(
    "text", ["do you ship to Brazil?", "when would it arrive in Brazil", "how many left for Brazil"]
)
def test_a_country_in_no_region_is_one_the_show_does_not_ship_to(text: str) -> None:
    answer = answered(text)
    assert answer["text"] == worded("ships_no", country="BR")
    assert (answer["known"], answer["fact"]["country"], answer["fact"]["region"]) == (True, "BR", "")


def test_whether_goods_go_there_follows_the_lanes() -> None:
    assert answered("do you ship to Canada")["text"] == worded("ships_yes", country="CA")
    lanes = [{"location": "LAX", "region": "US", "days": 2.0}]
    assert answered("do you ship to France", small_frame(lanes=lanes))["text"] == worded("ships_no", country="FR")
    silver = answered("do you ship the silver ring to France")
    assert silver["text"] == worded("stock_none", "Halo ring · silver", region="EU", region_name="Europe")


def test_days_are_those_of_the_lanes_that_have_the_product_now() -> None:
    fact = answered("how long does delivery take")["fact"]
    assert (fact["days_min"], fact["days_max"]) == (2, 8)
    fact = answered("how long does delivery of the silver ring take")["fact"]
    assert (fact["days_min"], fact["days_max"]) == (2, 2)


def test_a_price_is_the_channels_own_with_the_coupon_in_force() -> None:
    prices = [{"sku": "ROSE", "channel": "tiktok-us", "price_minor": 4400}]
    offer = {"sku": "ROSE", "region": "US", "code": "GLOW", "percent": 10, "expires": None}
    assert answered("price?")["fact"]["price_minor"] == 4900
    fact = answered("price?", small_frame(prices=prices, coupons=[offer]))["fact"]
    assert (fact["price_minor"], fact["currency"], fact["percent"], fact["code"]) == (4400, "USD", 10, "GLOW")
    assert answered("price?", small_frame(prices=prices), "tiktok-eu")["fact"]["price_minor"] == 4900
    assert answered("price in Germany?")["why"] == "no_price"


def test_limits_and_coupons_are_those_of_the_region() -> None:
    limits = [{"sku": "ROSE", "region": "US", "units_per_order": 2}]
    assert answered("how many can I buy", small_frame(limits=limits))["fact"]["limit"] == 2
    assert "limit" not in answered("how many can I buy", small_frame(limits=limits), "tiktok-eu")["fact"]
    offer = {"sku": "ROSE", "region": "US", "code": "GLOW", "percent": 10, "expires": "2026-03-14T13:00:04.000000Z"}
    fact = answered("any discount code?", small_frame(coupons=[offer]))["fact"]
    assert (fact["code"], fact["percent"], fact["expires"]) == ("GLOW", 10, offer["expires"])


def shipment(state: str = "in_transit", eta: str = LATER, to: str = "LAX") -> Row:
    return {
        "shipment": "S-1", "to_location": to, "to_name": "Los Angeles", "eta": eta, "state": state,
        "on_the_way": [{"sku": "ROSE", "quantity": 120}],
    }  # fmt: skip


def test_goods_on_their_way_are_told_while_they_are_in_time_and_come_where_they_serve_the_region() -> None:
    fact = answered("when will you restock", small_frame(shipments=[shipment()]))["fact"]
    assert (fact["units_incoming"], fact["place"], fact["eta"]) == (120, "Los Angeles", LATER)
    for other in (shipment("late", AT), shipment("arrived"), shipment(to="HAM", state="late")):
        answer = answered("when will you restock", small_frame(shipments=[other]))
        assert (answer["known"], answer["why"]) == (False, "no_restock")


def test_variants_are_the_same_thing_in_what_is_left_here() -> None:
    assert answered("what colours do you have")["fact"]["skus"] == ["ROSE", "SILVER"]
    assert answered("what colours do you have", channel="tiktok-eu")["fact"]["skus"] == ["ROSE"]
    assert answered("what colours does the tempo clip come in")["text"] == worded("variant_unknown", "Tempo clip")


@pytest.mark.parametrize(
    ("text", "changes", "channel", "why"),
    [
        ("I love your show", {}, "tiktok-us", "unknown_intent"),
        ("where is my order", {}, "tiktok-us", "unknown_intent"),
        ("how much is the ring", {}, "tiktok-us", "unknown_product"),
        ("how much", {}, "nowhere", "unknown_channel"),
        ("how much", {"status": "closed"}, "tiktok-us", "show_closed"),
        ("how many left", {"withheld": [{"channel": "tiktok-us", "region": "US"}]}, "tiktok-us", "late_feed"),
        (
            "how many left in Germany",
            {"withheld": [{"channel": "tiktok-eu", "region": "EU"}]},
            "tiktok-us",
            "late_feed",
        ),
        ("how many left", {"stock": []}, "tiktok-us", "not_deliverable"),
        ("do you ship to Canada", {"stock": []}, "tiktok-us", "not_deliverable"),
        ("how long does it take", {"stock": []}, "tiktok-us", "not_deliverable"),
        ("how long does it take", {"lanes": []}, "tiktok-us", "no_lane"),
        ("any restock soon", {}, "tiktok-us", "no_restock"),
        ("price", {"skus": [sku("ROSE", "Halo", on_screen=True) | {"price_minor": 0}]}, "tiktok-us", "no_price"),
        ("do you ship to Asia Pacific or oceania", {}, "tiktok-us", "unknown_place"),
        (
            "how many left",
            {"pools": [], "countdowns": [{"sku": "ROSE", "region": "US", "left": 0, "state": "counting"}]},
            "tiktok-us",
            "shared_stock",
        ),
    ],
)
def test_what_is_not_known_for_sure_says_so_with_a_code(text: str, changes: Row, channel: str, why: str) -> None:
    answer = answered(text, small_frame(**changes), channel)
    assert (answer["known"], answer["why"]) == (False, why)
    assert answer["text"]
    assert not re.search(r"\d", answer["text"])


def test_every_code_is_tried_above() -> None:
    tried = {"unknown_intent", "unknown_product", "unknown_channel", "show_closed", "late_feed", "not_deliverable",
             "no_lane", "no_restock", "no_price", "unknown_place", "shared_stock"}  # fmt: skip
    assert tried == set(WHYS)


def test_terms_in_force_are_told_although_a_feed_is_late() -> None:
    late = small_frame(withheld=[{"channel": "tiktok-us", "region": "US"}])
    assert answered("price?", late)["known"]
    assert answered("any limit?", late)["known"]


def random_frame(chance: random.Random) -> Row:
    """A frame with everything drawn: levels, lanes, terms, shipments, late feeds."""
    frame = small_frame()
    skus, regions, places = ["ROSE", "SILVER", "CLIP"], ["US", "EU"], ["LAX", "HAM", "SIN"]

    def some(rows: list[Row], share: float = 0.6) -> list[Row]:
        return [row for row in rows if chance.random() < share]

    pairs = [{"sku": one, "region": region} for one in skus for region in regions]
    frame["pools"] = some([pair | {"pool": "", "left": chance.choice([0, 1, 7, 1234])} for pair in pairs], 0.9)
    frame["stock"] = some(
        [
            {
                "location": place,
                "sku": one,
                "available": chance.choice([0, 3, 2000]),
                "in_transit": chance.choice([0, 5]),
            }
            for place in places
            for one in skus
        ]
    )
    frame["lanes"] = some(
        [
            {"location": place, "region": region, "days": chance.choice([1.0, 2.5, 9.0])}
            for place in places
            for region in regions
        ]
    )
    frame["limits"] = some([pair | {"units_per_order": chance.randint(1, 9)} for pair in pairs], 0.4)
    frame["coupons"] = some(
        [
            pair | {"code": "GLOW", "percent": chance.randint(1, 90), "expires": chance.choice([None, LATER])}
            for pair in pairs
        ],
        0.4,
    )
    frame["prices"] = some(
        [{"sku": one, "channel": "tiktok-us", "price_minor": chance.randint(0, 9999)} for one in skus], 0.4
    )
    frame["shipments"] = [
        shipment(chance.choice(["in_transit", "late", "arrived"]), LATER, chance.choice(places)) for _ in range(2)
    ]
    frame["sells_in_transit"] = chance.random() < 0.3
    frame["withheld"] = some([{"channel": "tiktok-eu", "region": "EU"}], 0.2)
    frame["seq"] = chance.randint(1, 10**6)
    return frame


def true_numbers(frame: Row, channel: str, fact: Row) -> Row:
    """What an answer may claim, read from the frame once more in the plainest way."""
    about = {"sku": fact["sku"], "region": fact["region"]}
    truth: Row = {"seq": frame["seq"]}

    def rows(table: str) -> list[Row]:
        return [row for row in frame[table] if all(row.get(key) == value for key, value in about.items())]

    truth["units_left"] = sum(row["left"] for row in rows("pools"))
    truth["limit"] = [row["units_per_order"] for row in rows("limits")]
    truth["percent"] = [row["percent"] for row in rows("coupons")]
    truth["price_minor"] = [
        row["price_minor"] for row in frame["prices"] if (row["sku"], row["channel"]) == (fact["sku"], channel)
    ]
    truth["price_minor"] = truth["price_minor"] or [4900]
    held = {row["location"] for row in frame["stock"] if row["sku"] == fact["sku"] and row["available"]}
    days = [row["days"] for row in frame["lanes"] if row["region"] == fact["region"] and row["location"] in held]
    truth["days"] = days
    serving = {row["location"] for row in frame["lanes"] if row["region"] == fact["region"]}
    coming = [row for row in frame["shipments"] if row["to_location"] in serving and row["state"] == "in_transit"]
    truth["units_incoming"] = [120] if coming and fact["sku"] == "ROSE" else []
    return truth


def assert_true(frame: Row, channel: str, answer: Row) -> None:
    """Every number of the fact is the frame's, and every number of the text is the fact's."""
    fact = answer["fact"]
    truth = true_numbers(frame, channel, fact)
    assert fact["seq"] == truth["seq"]
    if "units_left" in fact:
        assert fact["units_left"] == truth["units_left"]
    for key in ("limit", "percent", "price_minor", "units_incoming"):
        assert key not in fact or fact[key] in truth[key]
    if "days_min" in fact:
        assert fact["days_min"] - 1 < min(truth["days"]) <= fact["days_min"]
        assert fact["days_max"] - 1 < max(truth["days"]) <= fact["days_max"]
    if "eta" in fact or "until" in fact:
        return
    stated = {str(fact[key]) for key in ("units_left", "limit", "percent", "days_min", "days_max") if key in fact}
    if "price_minor" in fact:
        stated.add(str(fact["price_minor"]).zfill(3))
    for number in re.findall(r"\d[\d.,\u00a0\u202f]*", answer["text"]):
        assert re.sub(r"\D", "", number) in stated, (answer["text"], fact)


@pytest.mark.parametrize("seed", range(60))
def test_no_answer_states_a_number_that_is_not_the_frames(seed: int) -> None:
    chance = random.Random(seed)
    frame = random_frame(chance)
    for intent in INTENTS:
        for _ in range(6):
            country, region = chance.choice([("", ""), ("DE", "EU"), ("US", "US"), ("BR", ""), ("", "EU"), ("", "SEA")])
            meant = chance.choice(
                [("ROSE", ()), ("SILVER", ()), ("CLIP", ()), ("", ("ROSE", "SILVER")), ("", ()), ("GONE", ())]
            )
            question = Question(
                "", chance.choice(LANGUAGES), intent, *meant, country, region, 0.9, bool(meant[0] or meant[1])
            )
            channel = chance.choice(["tiktok-us", "tiktok-eu"])
            assert_true(frame, channel, draft(frame, channel, question))


def test_an_empty_show_is_answered_without_a_fact() -> None:
    bare: Row = {table: [] for table in ("pools", "stock", "lanes", "skus", "regions", "countdowns")}
    for text in ("how many left", "do you ship to Germany", "any coupon", "what colours"):
        answer = answered(text, small_frame(**bare))
        assert (answer["known"], answer["why"]) == (False, "unknown_product")
