"""The transfer desk's arithmetic: both ends before and after, what others lack, what is promised, how it is told."""

import math
from typing import Any

import numpy as np
import pytest

from dashboard.screens import advised, lasting, whatif
from dashboard.screens.marks import chance as odds, safe
from dashboard.screens.panels import desk
from dashboard.screens.words import speaker
from tests.screens.sample_forecast import law
from tests.screens.sample_frame import frame_at, imported_frame

FRAME = frame_at(2408)
WISH = {"sku": "HALO-ROSE", "from_pool": "flexible", "to_pool": "region/EU", "units": 120}
LENT = {"sku": "HALO-ROSE", "from_pool": "region/SEA", "to_pool": "region/EU", "units": 60}
UNIT_MINOR = 4900 - 1700
REST = whatif.close(FRAME)


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


def row_of(frame: dict[str, Any], sku: str, region: str) -> dict[str, Any]:
    found = whatif.countdown(frame, sku, f"region/{region}")
    assert found is not None
    return found


def test_the_suggestion_is_what_the_allocator_advises_first() -> None:
    first = desk.suggestion(FRAME)
    assert (first["sku"], first["from_pool"], first["to_pool"]) == ("HALO-ROSE", "flexible", "region/EU")
    assert first["units"] == whatif.says(FRAME, first) == 90


def test_before_the_allocator_has_spoken_the_most_urgent_row_is_offered_without_a_number() -> None:
    first = desk.suggestion(FRAME | {"allocation": None})
    assert (first["sku"], first["from_pool"], first["to_pool"]) == ("HALO-ROSE", "flexible", "region/EU")
    assert first["units"] is None


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


def test_a_change_of_nothing_gives_the_boards_own_numbers() -> None:
    counting, lasts = (
        row_of(FRAME, "HALO-ROSE", "EU"),
        next(row for row in FRAME["countdowns"] if row["state"] == "lasts"),
    )
    assert lasting.lasting(counting, REST) == (counting["p50"], counting["p_sells_out"])
    assert lasting.lasting(lasts, REST) == (math.inf, lasts["p_sells_out"])
    assert lasting.lacking(counting) == round(counting["short"])


def test_one_unit_more_changes_the_boards_numbers_little_and_many_until_it_lasts() -> None:
    row = row_of(FRAME, "HALO-ROSE", "EU")
    found = [lasting.lasting(row, REST, change) for change in (0, 1, 20, 60, 100_000)]
    minutes = [one.minutes for one in found if one]
    assert minutes == sorted(minutes)
    assert minutes[1] - minutes[0] < 1.5
    assert minutes[-1] == math.inf
    chances = [one.chance for one in found[1:] if one]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 1e-6
    few, many = lasting.lacking(row, 1), lasting.lacking(row, 100_000)
    assert row["short"] >= few > many == 0


def test_a_region_that_draws_on_everybodys_pool_lives_on_more_than_its_own_and_gains_by_more() -> None:
    row = row_of(FRAME, "HALO-ROSE", "EU") | law(0, 60.0, 60.0 / REST)
    row |= {"left": 0, "p50": 30.0, "p_sells_out": 0.7}
    before, after = lasting.lasting(row, REST), lasting.lasting(row, REST, 5)
    assert before is not None
    assert after is not None
    assert before.minutes < after.minutes < before.minutes + 15
    assert 0.4 < after.chance < before.chance
    taken = lasting.lasting(row, REST, -5)
    assert taken is not None
    assert taken.minutes < before.minutes
    assert taken.chance > before.chance


def test_half_of_many_simulated_shows_outlast_the_median_after_a_move() -> None:
    row = row_of(FRAME, "HALO-ROSE", "EU") | {"p50": None, "state": "out", "left": 0}
    row |= law(0, 90.0, 90.0 / REST) | {"lot": 1.0}
    told = lasting.lasting(row, REST, 40)
    assert told is not None
    draw = np.random.default_rng(5)
    rates = draw.gamma(row["wanted_shape"], 90.0 / row["wanted_shape"], 20_000)
    minutes = draw.gamma(40, 1.0, 20_000) / rates * REST
    assert told.minutes == pytest.approx(float(np.median(minutes)), rel=0.03)
    assert told.chance == pytest.approx(float((minutes < REST).mean()), abs=0.01)


def test_what_is_sold_out_lasts_a_while_with_more_and_what_nobody_knows_has_no_time() -> None:
    frame = with_row("HALO-ROSE", "EU", state="out", left=0, p50=None, p_sells_out=1.0)
    taker = whatif.ends(frame, WISH)["to_pool"]
    assert taker["minutes_before"] == 0.0
    assert taker["chance_before"] == 1.0
    assert taker["minutes_after"] > 1
    unknown = whatif.ends(with_row("HALO-ROSE", "EU", state="unknown"), WISH)["to_pool"]
    assert unknown["rate"] is unknown["minutes_before"] is unknown["minutes_after"] is unknown["chance_after"] is None
    assert unknown["lacks_before"] == round(row_of(FRAME, "HALO-ROSE", "EU")["short"]), (
        "the plan tells what it will lack"
    )


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
    frame = with_row("HALO-ROSE", "SEA", state="lasts", left=100, **law(100, 80.0, 80.0 / REST))
    lacks = lasting.lacking(row_of(frame, "HALO-ROSE", "SEA"), -60) - lasting.lacking(row_of(frame, "HALO-ROSE", "SEA"))
    assert 35 < lacks < 45, "it keeps 40 and will be asked for 80"
    assert whatif.regret(frame, LENT) == {"units": lacks, "minor": lacks * (UNIT_MINOR - 300), "regions": ["SEA"]}
    assert f"SEA will lack {lacks} (−$" in desk.preview(frame, LENT)
    assert whatif.regret(frame, LENT | {"units": 5})["units"] < 2


def test_the_flexible_pool_regrets_what_it_could_have_given_to_others() -> None:
    before = whatif.regret(FRAME, WISH | {"units": 1})
    spare = whatif.pool_row(FRAME, "HALO-ROSE", "flexible")["left"]
    after = whatif.regret(FRAME, WISH | {"units": spare})
    assert after["units"] >= before["units"]
    assert "EU" not in after["regions"]


def test_the_allocators_number_is_what_it_advised_as_far_as_the_pool_still_has_it() -> None:
    assert whatif.says(FRAME, WISH) == 90
    pools = [row | {"left": 31} if row["pool"] == "flexible" else row for row in FRAME["pools"]]
    assert whatif.says(FRAME | {"pools": pools}, WISH) == 31
    assert whatif.says(FRAME, LENT) == 0, "nothing is advised between these"
    assert whatif.says(FRAME | {"allocation": None}, WISH) == 0


def test_both_ends_say_what_the_next_unit_is_worth_and_another_number_that_is_advised() -> None:
    text = desk.preview(FRAME, WISH)
    assert ">next $28.30<" in text
    assert ">bid $14.50<" in text
    assert "advised 90 (+$2,310)" in text
    assert "advised 90 (+$2,310)" in desk.preview(FRAME, WISH | {"units": None})
    assert "advised" not in desk.preview(FRAME, WISH | {"units": 90}), "it is what is typed"
    assert ">next $2.40<" in desk.preview(FRAME, LENT)
    silent = desk.preview(FRAME | {"allocation": None}, WISH)
    assert ">next $" not in silent
    assert ">bid $" not in silent
    assert "advised" not in silent
    assert advised.how(FRAME | {"allocation": None}) == ""


@pytest.mark.parametrize(("method", "words"), [("proportional", "in proportion to what lacks"), ("seller", "rule")])
def test_an_allocator_that_had_to_do_with_less_says_so_and_why(method: str, words: str) -> None:
    said = FRAME["allocation"] | {"method": method, "why": "no answer within <0.25 s>"}
    text = desk.preview(FRAME | {"allocation": said}, WISH)
    assert words in text
    assert "no answer within &lt;0.25 s&gt;" in text
    assert words not in desk.preview(FRAME, WISH)


def test_listed_units_of_a_region_come_when_its_platforms_have_given_them_back() -> None:
    parts = whatif.parts(FRAME, LENT)
    assert (parts["now"], parts["later"]) == (15, 45)
    assert sorted(parts["channels"]) == ["Shopee MY", "Shopee TH"]
    assert "15 move now, 45 when given back by Shopee" in desk.preview(FRAME, LENT)
    waiting = FRAME | {"requests": [{"sku": "HALO-ROSE", "from_pool": "region/SEA", "missing": 10}]}
    assert whatif.parts(waiting, LENT)["now"] == 5, "what another request waits for is not free"
    assert whatif.parts(FRAME, WISH)["later"] == 0


def test_a_region_promises_what_it_keeps_less_half_a_minute_of_its_sales() -> None:
    frame = with_row("HALO-ROSE", "SEA", state="counting", left=100, expected_per_minute=9.0)
    assert whatif.promise(frame, LENT) == {"keeps": 100 - 60 - 5, "recall": True}
    assert "keeps at least 35 (5 may sell meanwhile)" in desk.preview(frame, LENT)
    assert whatif.promise(frame, LENT | {"units": 101}) == {"recall": True}, "the room says how many there are"
    assert whatif.promise(FRAME, WISH) == {"seen_seq": FRAME["seq"]}


def test_the_preview_shows_both_ends_and_warns_when_a_pool_runs_dry() -> None:
    text = desk.preview(FRAME, WISH)
    assert "Flexible pool" in text
    assert "→" in text
    chances = [odds(whatif.ends(FRAME, WISH)["to_pool"][f"chance_{when}"]) for when in ("before", "after")]
    assert safe(f"sells out {chances[0]} → {chances[1]}") in text
    assert 'class="red"' in desk.preview(FRAME, WISH | {"units": 9_999})
    assert desk.preview(FRAME, {}) == ""
    assert "毛利" in desk.preview(FRAME, WISH, speaker("zh"))


def test_an_empty_field_previews_no_change() -> None:
    both = whatif.ends(FRAME, WISH | {"units": None})
    assert both["to_pool"]["before"] == both["to_pool"]["after"]
    assert "margin" not in desk.preview(FRAME, WISH | {"units": None})


def test_a_pool_that_vanished_from_the_frame_counts_as_empty() -> None:
    assert whatif.ends(FRAME, WISH | {"from_pool": "temporary/guest"})["from_pool"]["before"] == 0
