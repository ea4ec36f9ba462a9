"""Side by side: what differs between two frames, and how it is written."""

import copy

from dashboard.screens import side_by_side
from dashboard.screens.panels import differences
from dashboard.screens.replay_place import Place
from dashboard.screens.replay_time import span_of
from dashboard.screens.words import speaker
from tests.screens.sample_frame import frame_at

FIRST = frame_at(2408) | {
    "pools": [
        {"pool": "flexible", "region": None, "sku": "HALO-ROSE", "allocated": 300, "left": 100},
        {"pool": "region/EU", "region": "EU", "sku": "HALO-ROSE", "allocated": 300, "left": 40},
        {"pool": "region/US", "region": "US", "sku": "HALO-ROSE", "allocated": 300, "left": 7},
    ]
}


def test_a_frame_does_not_differ_from_itself() -> None:
    assert differences.differences(FIRST, copy.deepcopy(FIRST)) == []
    assert "Nothing differs" in differences.html(FIRST, FIRST)


def test_only_what_differs_is_told_by_group_the_largest_first() -> None:
    second = copy.deepcopy(FIRST)
    second["pools"][0]["left"], second["pools"][1]["left"] = 90, 240
    second["totals"]["units_sold"] += 5
    second["channels"][1]["units_sold"] = 100
    out = next(row for row in second["countdowns"] if row["state"] == "counting")
    was = round(out["p50"])
    out |= {"state": "out", "p50": None}
    rows = [tuple(row.values()) for row in differences.differences(FIRST, second)]
    sold = FIRST["totals"]["units_sold"]
    assert rows == [
        ("totals", ("units_sold",), sold, sold + 5, 5),
        ("pools", ("region/EU", "HALO-ROSE"), 40, 240, 200),
        ("pools", ("flexible", "HALO-ROSE"), 100, 90, -10),
        ("countdown", (out["sku"], out["region"]), was, "out", 0),
        ("channels", ("tiktok-eu",), 120, 100, -20),
    ]


def test_minutes_are_compared_whole() -> None:
    second = copy.deepcopy(FIRST)
    row = next(row for row in second["countdowns"] if row["state"] == "counting")
    row["p50"] = round(row["p50"]) + 0.1
    assert differences.differences(FIRST, second) == []
    row["p50"] += 12
    assert [found["by"] for found in differences.differences(FIRST, second)] == [12]


def test_what_only_one_side_knows_counts_as_nothing_on_the_other() -> None:
    second = FIRST | {"pools": FIRST["pools"][1:]}
    (row,) = differences.differences(FIRST, second)
    assert (row["first"], row["second"], row["by"]) == (100, 0, -100)


def test_the_list_is_short_escaped_and_speaks_chinese() -> None:
    second = FIRST | {"pools": [{"pool": f"temporary/<b>{n}", "sku": "x", "left": n} for n in range(1, 60)]}
    text = differences.html(FIRST, second)
    assert text.count('class="differs ') - text.count("differs head") == differences.ROWS_MAX
    assert "+53 more" in text
    assert "<b>5" not in text.replace('<b title="', "")
    assert "各池剩余" in differences.html(FIRST, second, speaker("zh"))


def test_beside_is_a_moment_or_a_run_and_never_both() -> None:
    span = span_of(FIRST)
    place = side_by_side.with_beside(Place(60, other=5), "run/r1", span)
    assert place == Place(60, run="r1")
    assert side_by_side.chosen(place) == "run/r1"
    place = side_by_side.with_beside(place, "moment", span)
    assert place == Place(60, other=60)
    assert side_by_side.chosen(place) == "moment"
    assert side_by_side.with_beside(place, "", span) == Place(60)
