"""TechWear, three days: a presale, a production batch, two nights, a guest and a last day, told by what rules did.

Nothing here is scripted: each beat is held to what caused it, and to what it did to stock and shelves.
"""

import re
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.channels.sandbox.watched import Watched, left, minutes_between, scenario, shares, units, watched

Row = dict[str, Any]
TARGET_MINOR = 500_000_000


def story() -> Watched:
    """The show as it ships."""
    return watched("techwear_christmas", "auto", 600.0)


def begins(minute: float) -> str:
    """A minute of the show, as a frame writes it."""
    moment = datetime.fromtimestamp(scenario("techwear_christmas").at(minute) / 1e6, ZoneInfo("UTC"))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_the_presale_moves_the_allocation_to_where_it_is_bought() -> None:
    proposal = story().first("regional_share")
    assert proposal["region"] == "EU"
    assert proposal["proposed_at"] < begins(600), "while the presale runs"
    before, after = shares(story().looks[0])["EU"], shares(story().when(proposal))["EU"]
    later = next(look for look in story().looks if look["at"] >= begins(660))
    assert before < 0.3
    assert max(after, shares(later)["EU"]) > 0.4


def test_half_of_the_next_batch_goes_to_europe_since_europe_bought_half_of_what_was_sold() -> None:
    given: Counter[str] = Counter()
    for proposal in story().all_of("batch_split"):
        assert proposal["proposed_at"] >= begins(1320)
        if proposal["proposed_at"] >= begins(2960):
            continue  # the gloves of the last day: they lie where only Europe is served from
        for part, region in re.findall(r"(\d+) (EU|US|AU)\b", proposal["what"].split(":")[1]):
            given[region] += int(part)
    whole = sum(scenario("techwear_christmas").batches[0].units.values())
    assert 0.45 <= given["EU"] / whole <= 0.55
    assert given["EU"] > given["US"] > given["AU"] > 0
    assert whole - given.total() >= 0.2 * whole - 4, "a fifth stays for whoever needs it"


def test_the_american_night_is_lent_to_the_australian_day_and_comes_back_before_the_morning() -> None:
    loans = {row["loan"]: row for look in story().looks for row in look["loans"]}
    lent = [row for row in loans.values() if (row["from_pool"], row["to_pool"]) == ("region/US", "region/AU")]
    assert lent
    for row in lent:
        night = datetime.fromisoformat(row["since"]).astimezone(ZoneInfo("America/New_York"))
        day = datetime.fromisoformat(row["since"]).astimezone(ZoneInfo("Australia/Sydney"))
        back = datetime.fromisoformat(row["returns_at"]).astimezone(ZoneInfo("America/New_York"))
        assert night.hour < 6 <= day.hour
        assert 7 <= day.hour < 23
        assert 0 <= 330 * 60 - (3600 * back.hour + 60 * back.minute + back.second) <= 1, (
            "half past five, or a wink before"
        )
        assert back.date() == night.date()
    assert all(row["state"] == "returned" for row in story().last["loans"])


def test_the_guest_gets_a_pool_in_time_that_no_region_pays_for_and_it_is_closed_again() -> None:
    opened, closed = story().all_of("surprise_guest")
    (guest,) = scenario("techwear_christmas").guests
    assert begins(guest.announced) <= opened["proposed_at"] <= begins(guest.start)
    assert closed["proposed_at"] >= begins(guest.end)
    number = story().looks.index(story().when(opened))
    before, during, after = story().looks[number], story().looks[number + 1], story().when(closed)
    held = f"temporary/{guest.guest}"
    assert left(during, held) > 0
    assert left(during, "flexible") < left(before, "flexible")
    pairs = zip(before["regions"], during["regions"], strict=True)
    assert all(now["allocated"] >= then["allocated"] for then, now in pairs)
    assert left(story().looks[story().looks.index(after) + 1], held) == 0
    assert story().last["guests"][0]["closed"]


def test_the_last_day_clears_what_would_stay_with_what_sells() -> None:
    bundles = story().all_of("clearance_bundle")
    assert bundles
    assert all(row["proposed_at"] >= begins(2 * 1440) for row in bundles)
    assert any(look["bundles"] for look in story().looks)


def test_customs_let_goods_in_by_parts() -> None:
    parts: dict[str, list[int]] = {}
    for look in story().looks:
        for row in look["shipments"]:
            seen = parts.setdefault(row["shipment"], [])
            if row["units_on_the_way"] not in seen:
                seen.append(row["units_on_the_way"])
    for name in ("S-188", "S-201"):
        whole, some, none = parts[name]
        assert none == 0
        assert some == int(whole * 0.4)


def test_three_days_come_near_five_million_dollars_and_every_unit_is_accounted_for() -> None:
    outcome = story().outcome
    assert abs(outcome["revenue_minor"] - TARGET_MINOR) < 0.05 * TARGET_MINOR
    assert outcome["oversold"] == 0
    assert outcome["sold"] + outcome["leftover"] == units(scenario("techwear_christmas"))
    assert 0 < outcome["cancelled"] < 0.02 * outcome["sold"], "people change their minds, and the units sell again"
    assert not story().alerts() & {"late_feed", "drift"}


def test_notices_to_purchasing_say_by_when_the_goods_are_needed() -> None:
    assert story().replenishments
    for row in story().replenishments.values():
        assert minutes_between(row["since"], row["need_by"]) > 0
