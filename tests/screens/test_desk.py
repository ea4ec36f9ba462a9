"""The transfer desk's arithmetic: both ends before and after, what to suggest, what a move wins."""

from dashboard.screens.panels import desk
from tests.screens.sample_frame import frame_at, imported_frame

FRAME = frame_at(2408)
WISH = {"sku": "HALO-ROSE", "from_pool": "flexible", "to_pool": "region/EU", "units": 120}


def test_the_suggestion_is_the_most_urgent_row_a_pool_can_help() -> None:
    first = desk.suggestion(FRAME)
    assert (first["sku"], first["from_pool"], first["to_pool"]) == ("HALO-ROSE", "flexible", "region/EU")
    spare = next(row["left"] for row in FRAME["pools"] if row["pool"] == "flexible" and row["sku"] == "HALO-ROSE")
    assert 1 <= first["units"] <= spare


def test_without_a_flexible_pool_nothing_is_suggested_but_the_form_still_has_two_ends() -> None:
    first = desk.suggestion(imported_frame())
    assert first["units"] is None
    assert first["from_pool"] != first["to_pool"]
    assert desk.suggestion(FRAME | {"pools": []}) == {}


def test_both_ends_are_computed_before_and_after() -> None:
    both = desk.effects(FRAME, WISH)
    giver, taker = both["from_pool"], both["to_pool"]
    assert giver["before"] - giver["after"] == 120
    assert taker["after"] - taker["before"] == 120
    assert taker["minutes_after"] > taker["minutes_before"] > 0
    assert giver["minutes_before"] is None, "the flexible pool sells nothing itself, so it has no countdown"


def test_the_margin_counts_only_units_that_would_be_sold_before_the_close() -> None:
    few, many = (desk.effects(FRAME, WISH | {"units": units})["margin_minor"] for units in (10, 100_000))
    assert few == 10 * (4900 - 1700)
    taker = desk.effects(FRAME, WISH)["to_pool"]
    minutes = desk.effects(FRAME, WISH)["close"]
    assert many == (int(taker["rate"] * minutes) - taker["before"]) * (4900 - 1700)


def test_the_preview_shows_both_ends_and_warns_when_a_pool_runs_dry() -> None:
    text = desk.preview(FRAME, WISH)
    assert "Flexible pool" in text
    assert "→" in text
    assert 'class="red"' in desk.preview(FRAME, WISH | {"units": 9_999})
    assert desk.preview(FRAME, {}) == ""


def test_an_empty_field_previews_no_change() -> None:
    both = desk.effects(FRAME, WISH | {"units": None})
    assert both["to_pool"]["before"] == both["to_pool"]["after"]
    assert both["margin_minor"] == 0


def test_a_pool_that_vanished_from_the_frame_counts_as_empty() -> None:
    both = desk.effects(FRAME, WISH | {"from_pool": "temporary/guest"})
    assert both["from_pool"]["before"] == 0
