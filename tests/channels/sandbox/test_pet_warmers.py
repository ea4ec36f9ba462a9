"""Pet warmers: a split of 50/30/20 that a cold snap overtakes, against the same crowd with the split left alone.

Nothing here is scripted: Europe's share follows from what its audience does and buys.
"""

from typing import Any

import pytest

from tests.channels.sandbox.watched import Watched, minutes_between, of, scenario, shares, units, watched

Row = dict[str, Any]
SECONDS = 60.0
BUSY = 3.0


def story() -> Watched:
    """The show as it ships."""
    return watched("pet_warmers", "auto", SECONDS)


def busy(look: Row) -> float:
    """How many times as busy as usual the audience of Europe is."""
    rows = [row for row in look["channels"] if row["region"] == "EU" and row["interactions_usual"]]
    return sum(row["interactions"] for row in rows) / sum(row["interactions_usual"] for row in rows)


def test_the_split_at_the_start_is_fifty_thirty_twenty() -> None:
    told = scenario("pet_warmers")
    given = {region: sum(of_sku.values()) for region, of_sku in told.entitlement.items()}
    assert given == {"US": 1500, "EU": 900, "JP": 600}


def test_europe_gets_its_share_when_its_audience_is_more_than_three_times_as_busy() -> None:
    proposal = story().first("regional_share")
    assert proposal["region"] == "EU"
    assert proposal["state"] == "approved"
    moved = [one["what"] for one in story().all_of("regional_share")]
    assert any(what.split(":")[0].endswith("-> 45%") for what in moved)
    assert any(" of US" in what for what in moved), "the thaw leaves New England with them"
    look = story().when(proposal)
    assert minutes_between(story().looks[0]["at"], look["at"]) > 25
    assert busy(look) >= BUSY
    earlier = [one for one in story().looks if one["at"] < look["at"]]
    assert max(map(busy, earlier[:25])) < 1.2, "before the warning it was as usual"


def test_its_share_goes_from_thirty_to_forty_five_percent_and_no_further() -> None:
    told = [shares(look)["EU"] for look in story().looks]
    assert told[0] == pytest.approx(0.27, abs=0.005), "three tenths, of which a tenth is held back"
    moved = story().when(story().first("regional_share"))
    later = [shares(look)["EU"] for look in story().looks if look["t_plus_seconds"] > moved["t_plus_seconds"] + 1500]
    assert later[0] == pytest.approx(0.45, abs=0.01), "in one move, or in two with a cool-down between them"
    assert max(told) < 0.46


def test_purchasing_gets_an_emergency_notice_for_every_sku_after_europe_got_its_share() -> None:
    notices = story().replenishments
    assert {row["sku"] for row in notices.values()} == {"PAD-S", "PAD-L", "CAVE"}
    assert all(row["urgent"] and row["quantity"] > 0 for row in notices.values())
    moved = story().first("regional_share")["proposed_at"]
    assert all(row["since"] > moved for row in notices.values())
    assert all("Emergency" in row["what"] for row in story().all_of("replenish"))


def test_units_are_sold_once_and_nobody_lends_while_all_are_awake() -> None:
    outcome = story().outcome
    assert (outcome["cancelled"], outcome["oversold"]) == (0, 0)
    assert outcome["sold"] + outcome["leftover"] == units(scenario("pet_warmers"))
    assert not story().alerts() & {"late_feed", "drift", "time_zone_lending"}


def test_the_static_split_sells_clearly_fewer_to_the_same_crowd() -> None:
    idle = watched("pet_warmers", "off", SECONDS)
    assert idle.outcome["sold"] < 0.87 * story().outcome["sold"]
    assert idle.outcome["oversold"] == 0
    assert of(idle.last["regions"], "region", "EU")["left"] == 0
    assert of(idle.last["regions"], "region", "US")["left"] > 200


def test_other_crowds_move_the_beats_and_break_nothing() -> None:
    told = set()
    for seed in (2, 3):
        other = watched("pet_warmers", "auto", 120.0, seed, 40.0)
        assert other.outcome["oversold"] == 0
        assert other.outcome["sold"] + other.outcome["leftover"] == units(scenario("pet_warmers"))
        told.add((other.first("regional_share", " EU")["what"], other.outcome["sold"]))
    assert len(told) == 2
