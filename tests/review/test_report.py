"""The review as a dict: its sums hold, agree with SQL over the moves, and the same journal gives the same review."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from dashboard.forecast import record
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.projections.past import FrameProblem
from dashboard.review import calibration, report
from tests.review import small_evening
from tests.review.small_evening import LENGTH, SHOW, START

Row = dict[str, Any]
SOLD = """
select sku, split_part(account, '/', 2) as channel, sum(units) from (
    select sku, target_account as account, quantity as units from moves where book = 'claims'
    union all select sku, source_account, -quantity from moves where book = 'claims'
) where account like 'committed/%' or account like 'shipped/%' group by all
"""


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small evening as a file."""
    return small_evening.play(tmp_path_factory.mktemp("report") / "evening.duckdb")


@pytest.fixture(scope="module")
def review(journal: Path) -> Row:
    """Its review."""
    return build(journal)


def build(journal: Path, **more: Any) -> Row:
    """Build the review of the evening from the file."""
    opened = Journal(journal, read_only=True)
    try:
        return report.build(opened, SHOW, **more)
    finally:
        opened.close()


def sold_by_sql(journal: Path) -> dict[tuple[str, str], int]:
    """(SKU, channel) -> units sold, by an independent sum over the moves."""
    with duckdb.connect(str(journal), read_only=True) as connection:
        return {(sku, channel): int(units) for sku, channel, units in connection.execute(SOLD).fetchall()}


def test_units_agree_with_an_independent_sum_over_the_moves(journal: Path, review: Row) -> None:
    sold = sold_by_sql(journal)
    regions = {row["channel"]: row["region"] for row in review["channels"]}
    assert review["totals"]["sold"] == sum(sold.values()) == 35
    for row in review["channels"]:
        assert row["units"] == sum(units for (_, channel), units in sold.items() if channel == row["channel"])
    for row in review["skus"]:
        assert row["sold"] == sum(units for (sku, _), units in sold.items() if sku == row["sku"])
    for row in review["regions"]:
        assert row["sold"] == sum(units for (_, channel), units in sold.items() if regions[channel] == row["region"])


def test_regions_skus_and_channels_add_up_to_the_totals(review: Row) -> None:
    totals = review["totals"]
    for name in ("sold", "cancelled", "lost", "revenue_minor", "margin_minor"):
        for table in ("regions", "skus"):
            assert sum(row[name] for row in review[table]) == totals[name], (table, name)
    assert sum(row["revenue_minor"] for row in review["channels"]) == totals["revenue_minor"]
    assert sum(row["orders"] for row in review["channels"]) == totals["orders"]
    assert sum(row["left"] for row in review["skus"]) == totals["leftover"]
    assert sum(row["allocated"] for row in review["skus"]) == totals["allocated"] == 76
    for table in ("regions", "skus"):
        minutes = sum(row["stock_out_minutes"] for row in review[table])
        assert minutes == pytest.approx(totals["stock_out_minutes"])


def test_money_is_that_of_the_shows_currency_and_the_rest_stands_beside_it(review: Row) -> None:
    assert review["totals"]["revenue"] == {"EUR": 3 * 1999, "USD": review["totals"]["revenue_minor"]}
    # Rings: 12 + 2 - 1 in the shop, 12 on the tube, none kept in the EU; lamps: 6 and 2 - 1; the EUR order counts no money.
    rings, lamps = 13 + 12, 6 + 1
    assert review["totals"]["revenue_minor"] == rings * 1999 + lamps * 4900
    shop = next(row for row in review["channels"] if row["channel"] == "shop-us")
    assert shop["revenue_minor"] == 13 * 1999 + 4900
    by_sku = {row["sku"]: row for row in review["skus"]}
    assert {sku: row["cancelled"] for sku, row in by_sku.items()} == {"RING": 3, "LAMP": 1}
    assert by_sku["LAMP"]["revenue_minor"] == lamps * 4900


def test_margin_is_price_less_fee_goods_and_way(review: Row) -> None:
    tube = 12 * (1999 - 700 - 300) + 6 * (4900 - 2000 - 300)
    fees = 12 * (1999 * 29 // 1000) + (2 * 1999 + 2 * 4900) * 29 // 1000 + (-(1999 + 4900) * 29 // 1000)
    shop = 13 * (1999 - 700 - 300) + (4900 - 2000 - 300) - fees
    assert review["totals"]["margin_minor"] == tube + shop


def test_conversion_counts_viewers_for_as_long_as_they_watched(review: Row) -> None:
    by_channel = {row["channel"]: row for row in review["channels"]}
    assert by_channel["tube-us"]["viewer_minutes"] == sum(5 * (100 + minute) for minute in range(0, LENGTH, 5))
    assert by_channel["shop-us"]["viewer_minutes"] == 10 * LENGTH
    assert by_channel["shop-eu"]["viewer_minutes"] is None
    assert by_channel["shop-eu"]["orders_per_thousand_viewer_minutes"] is None
    tube = by_channel["tube-us"]
    assert tube["orders_per_thousand_viewer_minutes"] == round(1000 * 12 / tube["viewer_minutes"], 4)
    assert review["totals"]["viewers_peak"] == 155 + 10
    assert by_channel["shop-us"]["plan_ratio"] == by_channel["shop-us"]["units"] / 10
    assert by_channel["tube-us"]["plan_ratio"] is None


def test_missed_units_add_up_to_their_causes_everywhere(review: Row) -> None:
    lost = review["lost"]
    assert lost["units"] == review["totals"]["lost_units"] == sum(row["units"] for row in lost["rows"])
    for table in ("rows", "by_region", "by_channel", "by_sku"):
        assert sum(row["units"] for row in lost[table]) == lost["units"]
        assert all(sum(row["causes"].values()) == row["units"] for row in lost[table])
    wanted = lost["units"] + review["totals"]["sold"]
    assert review["totals"]["lost_share"] == round(lost["units"] / wanted, 4)
    assert lost["assumption"].endswith(".")


def test_the_proof_is_the_auditors(journal: Path, review: Row) -> None:
    audit = verify(journal)
    proof = review["proof"]
    assert proof["verified"] is True
    assert proof["head"] == audit["head"]
    assert (proof["events"], proof["moves"], proof["oversold"]) == (audit["events"], audit["moves"], 0)
    assert proof["identity"]["on_hand"] == 76
    bad = dict(audit) | {"ok": False, "oversold": 2, "breach_count": 1, "breaches": [{"sentence": "Two too many."}]}
    told = build(journal, audit=bad)["proof"]
    assert (told["verified"], told["oversold"], told["breaches"]) == (False, 2, ["Two too many."])


def test_beside_a_writer_nobody_has_looked() -> None:
    journal = small_evening.Evening(":memory:").room.journal
    proof = report.build(journal, SHOW)["proof"]
    assert (proof["verified"], proof["breaches"], proof["moves"]) == (None, [], None)


def test_a_show_that_sold_nothing_has_a_review() -> None:
    evening = small_evening.Evening(":memory:")
    review = report.build(evening.room.journal, SHOW)
    assert (review["totals"]["sold"], review["totals"]["sell_through"]) == (0, None)
    assert review["countdown"]["calibration"] == []
    assert review["interventions"] == []
    assert review["totals"]["viewers_peak"] is None


def test_the_move_at_38_minutes_is_an_intervention_with_an_effect(review: Row) -> None:
    (row,) = review["interventions"]
    assert (row["kind"], row["t_plus_seconds"], row["units"], row["regions"]) == ("reallocated", 2280, 4, ["US"])
    assert row["effect"]["by"] == "rerun"
    assert row["effect"]["sold"] >= 1


def test_the_same_journal_gives_the_same_review_and_it_is_plain(journal: Path, review: Row) -> None:
    again = build(journal)
    assert json.dumps(again) == json.dumps(review)
    assert review["show"]["starts_at"] == "2026-03-14T12:00:00.000000Z"
    assert review["show"]["host"] == "梅"
    assert START == 1_773_489_600_000_000


def test_progress_is_told_by_phase(journal: Path) -> None:
    phases: list[str] = []
    build(journal, progress=lambda phase, done, total: phases.append(phase))
    assert list(dict.fromkeys(phases)) == ["reading", "verifying", "missed orders", "interventions"]


def test_an_unknown_show_is_refused_in_a_sentence(journal: Path) -> None:
    opened = Journal(journal, read_only=True)
    with pytest.raises(FrameProblem, match="There is no show 'morning' in this journal; it has evening"):
        report.build(opened, "morning")
    opened.close()


def test_calibration_is_the_share_of_truths_at_or_below_each_level() -> None:
    kept = record.begin("spring", 0, 60_000_000)
    assert calibration.rows(kept) == []
    heights = np.linspace(0.005, 0.995, 100, dtype=np.float32) ** 2
    kept.graded = np.zeros((5, 100), np.float32)
    kept.graded[2] = heights
    rows = calibration.rows(kept)
    assert [row["level"] for row in rows] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert all(row["observed"] == round(float((heights <= row["level"]).mean()), 4) for row in rows)
    assert all(row["forecasts"] == 100 for row in rows)
