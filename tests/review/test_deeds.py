"""What an intervention did, told from its parts: every kind of event can be told, in both languages."""

import msgspec
import pytest

from dashboard.decision import commands as c, events as e
from dashboard.review import deeds, interventions, words
from dashboard.review.deeds import Names

WORLD = {"US": "United States", "EU": "Europe"}
EVENTS: dict[str, list[e.Event]] = {
    "弹性库存池 → United States：2 Ring、3 Lamp": [
        e.Reallocated("ring", "flexible", "region/US", 2), e.Reallocated("lamp", "flexible", "region/US", 3),
    ],
    "Europe → United States：7 Ring": [
        e.UnitsLent("loan", "ring", "region/EU", "region/US", 2, 0), e.UnitsLent("b", "lamp", "region/EU", "region/US", 0, 0),
        e.Reallocated("ring", "region/EU", "region/US", 5),
    ],
    "United States → Europe：1 Ring": [e.LoanReturned("loan", "ring", "region/US", "region/EU", 1)],
    "United States → 弹性库存池：1 Ring": [e.Undone(7, "ring", "region/US", "flexible", 1, 2)],
    "为 United States 向 Europe 收回：5 Ring": [e.UnitsRequested("r", "ring", "region/EU", "region/US", 5, 0)],
    "弹性库存池 → mei：4 Ring": [e.PoolOpened("temporary/mei", "ring", 4, "flexible")],
    "mei → 弹性库存池：其余全部": [e.PoolClosed("temporary/mei", "flexible")],
    "SZX → LAX：6 Ring": [e.ShipmentStarted("s", "SZX", "LAX", (c.UnitLine("ring", 6),), 0, "air", "region/US")],
    "Europe 每单限购 2 件：Ring": [e.LimitSet("ring", "EU", 2)],
    "Europe 解除限购：Ring": [e.LimitSet("ring", "EU", None)],
    "新价格：Ring $19.00": [e.PriceSet("ring", 1900)],
    "Shop 新价格：Ring $18.00": [e.PriceSet("ring", 1800, "shop")],
    "Europe 优惠 15%：Ring；主播主推：Ring": [e.CouponSet("ring", "EU", "X", 15), e.OnScreenSet("ring", push=True)],
    "Europe 优惠券结束：全部商品": [e.CouponSet("", "EU", "X", 0)],
    "Europe 组合优惠 20%：Ring + Lamp": [e.BundleSet("b", "EU", ("ring", "lamp"), 20)],
    "Europe 组合优惠结束：Ring + Lamp": [e.BundleSet("b", "EU", ("ring", "lamp"), 0)],
    "上屏讲解：Ring": [e.OnScreenSet("ring")],
    "暂无讲解商品": [e.OnScreenSet("")],
    "上架到 Shop：1 Ring": [e.Exposed("shop", "ring", 1)],
    "从 Shop 收回：1 Ring": [e.Recalled("shop", "ring", 1)],
    "为 Shop 暂扣：1 Ring": [e.Withheld("shop", "ring", 1)],
    "Shop 解除暂扣：1 Ring": [e.CoverReleased("shop", "ring", 1)],
    "Europe 安全库存：9 Ring": [e.SafetySet("ring", "EU", 9)],
    "Europe 安全库存恢复默认：Ring": [e.SafetySet("ring", "EU", None)],
    "请采购补货：1,200 Ring": [e.ReplenishmentRequested("r", "ring", 1200, 0)],
    "Shop 权重 50%：Ring": [e.SplitSet("shop", "ring", 50)],
    "上架模式 shared：Ring": [e.ListingModeSet("ring", "shared")],
    "限购：自动": [e.AutonomySet("purchase_limit", "auto")],
    "spike = 2.5": [e.ParameterSet("spike", 2.5)],
    "spike = 恢复默认": [e.ParameterSet("spike", None)],
}  # fmt: skip


def names(language: str) -> Names:
    """Names of a small world."""
    titles, channels = {"ring": "Ring", "lamp": "Lamp"}, {"shop": "Shop"}
    return Names(words.speaker(language), titles, WORLD, channels, lambda minor: f"${minor / 100:.2f}")


def row(events: list[e.Event]) -> dict[str, object]:
    """An intervention as a review has it."""
    parts = [{"type": e.NAMES[type(event)], **msgspec.to_builtins(event)} for event in events]
    return {"what": "in its own words", "parts": parts}


@pytest.mark.parametrize("told", EVENTS)
def test_a_deed_is_told_in_chinese(told: str) -> None:
    assert deeds.told(row(EVENTS[told]), names("zh")) == told


@pytest.mark.parametrize("events", EVENTS.values(), ids=str)
def test_every_phrase_told_is_listed_for_translation(events: list[e.Event]) -> None:
    said: list[str] = []

    def listen(phrase: str) -> str:
        said.append(phrase)
        return phrase

    deeds.told(row(events), names("en")._replace(say=listen))
    rules = {"Purchase limit"}
    assert set(said) <= {*deeds.PHRASES, "Flexible pool", *rules}


def test_every_kind_of_intervention_is_told_here() -> None:
    told = {type(event) for events in EVENTS.values() for event in events}
    assert told == {kind for kind in e.TYPES.values() if _is_one(kind)}


def _is_one(kind: type[e.Event]) -> bool:
    return kind in interventions._KINDS


def test_what_cannot_be_told_keeps_its_own_words() -> None:
    assert deeds.told({"what": "+41 US"}, names("zh")) == "+41 US"
    assert deeds.told({"what": "note", "parts": [{"type": "note_added"}]}, names("zh")) == "note"
