"""The transfer desk's arithmetic: both ends before and after, what others lack, what is promised, how it is told."""

import pytest

from dashboard.screens import whatif
from dashboard.screens.panels import desk
from dashboard.screens.words import speaker
from tests.screens.sample_frame import frame_at, imported_frame

FRAME = frame_at(2408)
WISH = {"sku": "HALO-ROSE", "from_pool": "flexible", "to_pool": "region/EU", "units": 120}
LENT = {"sku": "HALO-ROSE", "from_pool": "region/SEA", "to_pool": "region/EU", "units": 60}
UNIT_MINOR = 4900 - 1700


def with_row(sku: str, region: str, **values: object) -> dict[str, object]:
    """The sample frame with another countdown and pool for one SKU in one region."""
    left = {"left": values["left"]} if "left" in values else {}
    return FRAME | {
        "countdowns": [
            row | values if (row["sku"], row["region"]) == (sku, region) else row for row in FRAME["countdowns"]
        ],
        "pools": [
            row | left if (row["sku"], row["pool"]) == (sku, f"region/{region}") else row for row in FRAME["pools"]
        ],
    }


def test_the_suggestion_is_the_most_urgent_row_a_pool_can_help() -> None:
    first = desk.suggestion(FRAME)
    assert (first["sku"], first["from_pool"], first["to_pool"]) == ("HALO-ROSE", "flexible", "region/EU")
    assert first["units"] == whatif.says(FRAME, first)


def test_without_a_flexible_pool_nothing_is_suggested_but_the_form_still_has_two_ends() -> None:
    first = desk.suggestion(imported_frame())
    assert first["units"] is None
    assert first["from_pool"] != first["to_pool"]
    assert desk.suggestion(FRAME | {"pools": []}) == {}


def test_both_ends_are_computed_before_and_after() -> None:
    both = whatif.ends(FRAME, WISH)
    giver, taker = both["from_pool"], both["to_pool"]
    assert giver["before"] - giver["after"] == 120
    assert taker["after"] - taker["before"] == 120
    assert taker["minutes_after"] > taker["minutes_before"] > 0
    assert giver["minutes_before"] is None, "the flexible pool sells nothing itself, so it has no countdown"


@pytest.mark.parametrize(
    ("rate", "minutes", "units", "lacks"),
    [(2.0, 10.0, 15, 5), (2.0, 10.0, 20, 0), (None, 60.0, 0, 0), (2.0, 10.0, -3, 20)],
)
def test_what_is_lacking_is_what_would_be_sold_and_is_not_there(
    rate: float | None, minutes: float, units: int, lacks: int
) -> None:
    assert whatif.lacks(rate, minutes, units) == lacks


def test_what_is_sold_out_counts_at_the_pace_it_had() -> None:
    frame = with_row("HALO-ROSE", "EU", state="out", left=0, rate_per_minute=0.0, baseline_per_minute=3.0)
    assert whatif.pace(whatif.countdown(frame, "HALO-ROSE", "region/EU")) == 3.0
    unknown = with_row("HALO-ROSE", "EU", state="unknown")
    assert whatif.pace(whatif.countdown(unknown, "HALO-ROSE", "region/EU")) is None


def test_where_too_few_orders_tell_of_now_what_was_sold_since_the_start_counts() -> None:
    frame = with_row("HALO-ROSE", "SEA", state="unknown", left=100, allocated=140, rate_per_minute=0.0)
    source = whatif.ends(frame, LENT)["from_pool"]
    assert source["rate"] is None, "no countdown is claimed"
    assert source["usual"] == pytest.approx(40 / (2408 / 60))
    assert whatif.regret(frame, LENT)["units"] == source["lacks_after"] - source["lacks_before"] > 0


def test_the_margin_counts_only_units_sold_before_the_close_less_what_it_costs_to_land_them() -> None:
    few = WISH | {"units": 10}
    served = whatif.serving(FRAME, few)
    landed = whatif.landed(served)
    assert whatif.worth(FRAME, few, served) == round(10 * (UNIT_MINOR - landed))
    many = WISH | {"units": 100_000}
    lacking = whatif.ends(FRAME, WISH)["to_pool"]["lacks_before"]
    assert whatif.worth(FRAME, many, []) == lacking * UNIT_MINOR


def test_moved_units_are_served_by_what_is_left_after_the_targets_own_buyers() -> None:
    places = {"HAM": 100, "CGO": 500}
    stock = [row | {"available": places.get(row["location"], 0)} for row in FRAME["stock"]]
    frame = with_row("HALO-ROSE", "EU", left=90) | {"stock": stock}
    served = whatif.serving(frame, WISH)
    assert [(row["name"], row["units"], row["days"]) for row in served] == [
        ("Hamburg", 10, 2.0),
        ("Zhengzhou bonded", 110, 7.0),
    ]
    assert whatif.landed(served) == pytest.approx((10 * 410 + 110 * 990) / 120)
    text = desk.preview(frame, WISH)
    assert "landed from 10 Hamburg 2 d $4.10 · 110 Zhengzhou bonded 7 d $9.90" in text
    assert "without goods" in desk.preview(frame, WISH | {"units": 900})


def test_a_region_regrets_what_it_will_lack_itself() -> None:
    minutes = whatif.close(FRAME)
    frame = with_row("HALO-ROSE", "SEA", state="lasts", left=100, rate_per_minute=80 / minutes)
    assert whatif.ends(frame, LENT)["from_pool"]["lacks_after"] == 40
    assert whatif.regret(frame, LENT) == {"units": 40, "minor": 40 * UNIT_MINOR, "regions": ["SEA"]}
    assert "SEA will lack 40 (−$1,280)" in desk.preview(frame, LENT)
    assert whatif.regret(frame, LENT | {"units": 20})["units"] == 0


def test_the_flexible_pool_regrets_what_it_could_have_given_to_others() -> None:
    before = whatif.regret(FRAME, WISH | {"units": 1})
    spare = whatif.pool_row(FRAME, "HALO-ROSE", "flexible")["left"]
    after = whatif.regret(FRAME, WISH | {"units": spare})
    assert after["units"] >= before["units"]
    assert "EU" not in after["regions"]


def test_the_allocators_number_is_what_is_lacking_within_what_can_be_spared() -> None:
    lacking = whatif.ends(FRAME, WISH)["to_pool"]["lacks_before"]
    spare = whatif.pool_row(FRAME, "HALO-ROSE", "flexible")["left"]
    assert whatif.says(FRAME, WISH) == min(lacking, spare - 10), "10 units of each SKU stay, the top-up rule's floor"
    assert whatif.says(FRAME | {"parameters": {"top_up_floor_units": spare}}, WISH) == 0
    assert whatif.says(with_row("HALO-ROSE", "EU", rate_per_minute=0.01), WISH) == 0


def test_listed_units_of_a_region_come_when_its_platforms_have_given_them_back() -> None:
    parts = whatif.parts(FRAME, LENT)
    assert (parts["now"], parts["later"]) == (15, 45)
    assert sorted(parts["channels"]) == ["Shopee MY", "Shopee TH"]
    assert "15 move now, 45 when given back by Shopee" in desk.preview(FRAME, LENT)
    waiting = FRAME | {"requests": [{"sku": "HALO-ROSE", "from_pool": "region/SEA", "missing": 10}]}
    assert whatif.parts(waiting, LENT)["now"] == 5, "what another request waits for is not free"
    assert whatif.parts(FRAME, WISH)["later"] == 0


def test_a_region_promises_what_it_keeps_less_half_a_minute_of_its_sales() -> None:
    frame = with_row("HALO-ROSE", "SEA", state="counting", left=100, rate_per_minute=9.0)
    assert whatif.promise(frame, LENT) == {"keeps": 100 - 60 - 5, "recall": True}
    assert "keeps at least 35 (5 may sell meanwhile)" in desk.preview(frame, LENT)
    assert whatif.promise(frame, LENT | {"units": 101}) == {"recall": True}, "the room says how many there are"
    assert whatif.promise(FRAME, WISH) == {"seen_seq": FRAME["seq"]}


def test_the_preview_shows_both_ends_and_warns_when_a_pool_runs_dry() -> None:
    text = desk.preview(FRAME, WISH)
    assert "Flexible pool" in text
    assert "→" in text
    assert 'class="red"' in desk.preview(FRAME, WISH | {"units": 9_999})
    assert desk.preview(FRAME, {}) == ""
    assert "毛利" in desk.preview(FRAME, WISH, speaker("zh"))


def test_an_empty_field_previews_no_change() -> None:
    both = whatif.ends(FRAME, WISH | {"units": None})
    assert both["to_pool"]["before"] == both["to_pool"]["after"]
    assert "margin" not in desk.preview(FRAME, WISH | {"units": None})


def test_a_pool_that_vanished_from_the_frame_counts_as_empty() -> None:
    assert whatif.ends(FRAME, WISH | {"from_pool": "temporary/guest"})["from_pool"]["before"] == 0
