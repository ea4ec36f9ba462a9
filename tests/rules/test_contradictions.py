"""Pairs of commands that work against each other: what stands first wins, the other says by what it is held back."""

from typing import Any

import pytest

from dashboard.decision import commands as c
from dashboard.decision.parameters import defaults
from dashboard.rules.arbiter import decide
from dashboard.rules.contradictions import Standing
from dashboard.rules.explanations import explain
from tests.rules.frames import Row, calm, iso, micros, proposal, sku_row
from tests.rules.pretend import action, pretend

NUMBERS = defaults()


def coupon(sku: str = "RING", region: str = "EU", percent: int = 10) -> Row:
    return {"type": "set_coupon", "sku": sku, "region": region, "code": "X", "percent": percent}


def bundle(region: str = "EU", percent: int = 10) -> Row:
    return {"type": "set_bundle", "bundle": "b", "region": region, "skus": ["RING", "BAND"], "percent": percent}


def limit(units: int | None = 2, sku: str = "RING") -> Row:
    return {"type": "set_limit", "sku": sku, "region": "EU", "units_per_order": units}


def price(minor: int, channel: str = "") -> Row:
    return {"type": "set_price", "sku": "RING", "price_minor": minor, "channel": channel}


def screen(sku: str, push: bool = False) -> Row:
    return {"type": "set_on_screen", "sku": sku, "push": push}


def move(from_pool: str, to_pool: str, sku: str = "RING", units: int = 5) -> Row:
    return {"type": "reallocate", "sku": sku, "from_pool": from_pool, "to_pool": to_pool, "quantity": units}


def lend(from_pool: str, to_pool: str) -> Row:
    return move(from_pool, to_pool) | {"type": "lend_units", "loan": "l", "returns_at": micros(100)}


def ship(from_location: str = "BER", to_location: str = "LA") -> Row:
    lines = [{"sku": "RING", "quantity": 5}]
    return {"type": "start_shipment", "shipment": "s", "from_location": from_location, "to_location": to_location,
            "lines": lines, "eta": micros(90)}  # fmt: skip


SPLIT_OFF: Row = {"type": "set_split", "channel": "tiktok-eu", "sku": "RING", "percent": 0}
RECALL: Row = {"type": "recall", "channel": "tiktok-eu", "sku": "RING", "quantity": 5}
INTO, OUT = move("flexible", "region/EU"), move("region/EU", "flexible")


def places(frame: Row) -> Row:
    frame["locations"] = [{"location": "LA", "country": "US"}, {"location": "BER", "country": "DE"}]
    return frame


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        (limit(), coupon(), "limit on RING in EU"),
        (limit(), bundle(), "limit on RING in EU"),
        (coupon(), limit(), "invites buyers of RING in EU"),
        (bundle(), limit(sku="BAND"), "invites buyers of BAND in EU"),
        (INTO, coupon(), "units are on their way of RING in EU"),
        (lend("region/US", "region/EU"), bundle(), "units are on their way of RING in EU"),
        (coupon(), INTO, "an offer is made on RING in EU"),
        (coupon(), price(5100), "there is an offer on RING"),
        (coupon(), price(5100, "tiktok-eu"), "there is an offer on RING in EU"),
        (price(5100), coupon(), "the price rises of RING"),
        (price(5100, "tiktok-eu"), coupon(), "the price rises of RING in EU"),
        (screen("RING", push=True), price(5100), "RING is being pushed"),
        (price(5100, "tiktok-us"), screen("RING", push=True), "the price rises of RING"),
        (screen("RING", push=True), screen("BAND", push=True), "RING is being pushed"),
        (screen("RING", push=True), screen("BAND"), "RING is being pushed"),
        (screen("RING", push=True), screen(""), "RING is being pushed"),
        (screen("BAND"), screen("RING", push=True), "BAND goes on screen"),
        (screen("RING", push=True), SPLIT_OFF, "RING is being pushed"),
        (screen("RING", push=True), RECALL, "RING is being pushed"),
        (RECALL, screen("RING", push=True), "a channel no longer lists RING"),
        (lend("region/EU", "region/US"), INTO, "it lends out itself RING in EU"),
        (INTO, lend("region/EU", "region/US"), "units are on their way of RING in EU"),
        (INTO, move("region/EU", "region/US"), "units are on their way of RING in EU"),
        (OUT, move("region/US", "region/EU"), "units are given away of RING in EU"),
        (INTO, ship(), "units are on their way of RING in EU"),
        (ship(), INTO, "a shipment takes away RING in EU"),
    ],
)
def test_of_two_that_contradict_the_first_stands(first: Row, then: Row, why: str) -> None:
    standing = Standing(places(calm()), NUMBERS)
    assert standing.refuses("one", [first]) == ""
    said = standing.refuses("other", [then])
    assert why in said
    assert said.endswith("(one)")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (limit(), coupon(region="US")),
        (limit(), coupon("BAND")),
        (limit(None), coupon()),
        (limit(), coupon(percent=0)),
        (coupon(percent=0), limit()),
        (coupon(), limit(None)),
        (coupon(), price(4900)),
        (coupon(), price(5100, "tiktok-us")),
        (screen("RING", push=True), screen("RING", push=True)),
        (screen("RING", push=True), coupon()),
        (screen("RING", push=True), price(4900)),
        (move("flexible", "region/EU"), move("flexible", "region/US")),
        (move("region/US", "flexible"), move("flexible", "region/EU")),
        (INTO, move("region/EU", "region/US", sku="BAND")),
        (INTO, ship("LA", "BER")),
        (INTO, ship("BER", "BER")),
        (SPLIT_OFF | {"percent": 150}, screen("RING", push=True)),
    ],
)
def test_others_do_not_contradict(first: Row, then: Row) -> None:
    standing = Standing(places(calm()), NUMBERS)
    assert standing.refuses("one", [first]) == standing.refuses("other", [then]) == ""


def in_force(**tables: Any) -> Row:
    return places(calm()) | {name: [row] for name, row in tables.items()}


WAY = {"sku": "RING", "from_pool": "region/EU", "to_pool": "region/US"}
OFFER = {"sku": "RING", "region": "EU", "percent": 10}


@pytest.mark.parametrize(
    ("frame", "command", "why"),
    [
        (in_force(limits={"sku": "RING", "region": "EU", "units_per_order": 2}), coupon(), "limit on RING in EU"),
        (in_force(coupons=OFFER), limit(), "invites buyers of RING in EU"),
        (in_force(bundles={"skus": ["RING", "BAND"], "region": "EU"}), price(5100), "there is an offer on RING"),
        (in_force(pushes={"sku": "BAND", "at": iso(26)}), screen("RING", push=True), "BAND is being pushed"),
        (in_force(pushes={"sku": "BAND", "at": iso(24)}), screen("RING", push=True), ""),
        (in_force(loans=WAY | {"state": "lent"}), INTO, "it lends out itself RING in EU"),
        (in_force(loans=WAY | {"state": "returning"}), INTO, "it lends out itself RING in EU"),
        (in_force(loans=WAY | {"state": "returned"}), INTO, ""),
        (in_force(requests=WAY), coupon(region="US"), "units are on their way of RING in US"),
        (in_force(requests=WAY), move("region/US", "flexible"), "units are on their way of RING in US"),
        (in_force(prices={"sku": "RING", "channel": "tiktok-eu", "price_minor": 5200}, coupons=OFFER),
         price(5100, "tiktok-eu"), ""),
    ],
)  # fmt: skip
def test_what_is_in_force_stands_before_any_rule(frame: Row, command: Row, why: str) -> None:
    said = Standing(frame, NUMBERS).refuses("rule", [command])
    assert why in said
    assert bool(said) is bool(why)


@pytest.mark.parametrize(
    ("left", "p50", "held"),
    [(60, None, False), (60, 45.1, False), (60, 45.0, True), (60, 3.0, True), (0, None, True)],
)
@pytest.mark.parametrize("offer", [coupon(), bundle()])
def test_nothing_is_offered_that_sells_out_anyway(left: int, p50: float | None, held: bool, offer: Row) -> None:
    frame = calm()
    sku_row(frame, "RING", "EU", left=left, p50=p50)
    assert ("RING sells out in EU" in Standing(frame, NUMBERS).refuses("rule", [offer])) is held


def test_a_row_is_taken_whole_or_not_at_all() -> None:
    standing = Standing(calm(), NUMBERS)
    assert standing.refuses("one", [limit(sku="BAND")]) == ""
    assert standing.refuses("two", [coupon("RING"), coupon("BAND")]) != ""
    assert standing.refuses("three", [limit(sku="RING")]) == "", "the coupon of the refused row does not stand"
    assert standing.refuses("four", [limit(), coupon()]) != "", "nor may a row contradict itself"


@pytest.mark.parametrize("level", ["suggest", "auto"])
def test_the_rule_of_higher_precedence_wins_and_the_other_explains_itself(
    monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    pretend(monkeypatch, {"purchase_limit": [action(limit())], "slow_region": [action(coupon())]})
    proposed = [command for command in decide(calm(), {"all": level}) if isinstance(command, c.ProposeAction)]
    assert [command.rule for command in proposed] == ["purchase_limit"]
    rows = {row["rule"]: row for row in explain(calm(), {"all": level})}
    assert rows["purchase_limit"]["state"] == "fired"
    assert (rows["slow_region"]["state"], rows["slow_region"]["sentence"]) == (
        "held back", "There is a limit on RING in EU (purchase_limit). Held back: Do it.",
    )  # fmt: skip


def test_a_row_held_back_by_what_was_said_before_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, {"purchase_limit": [action(limit())], "slow_region": [action(coupon())]})
    frame = calm() | {"proposals": [proposal("purchase_limit", "", "EU", "dismissed", 29)]}
    proposed = [command for command in decide(frame) if isinstance(command, c.ProposeAction)]
    assert [command.rule for command in proposed] == ["slow_region"]


def test_an_open_proposal_stands_before_what_a_later_frame_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, {"slow_region": [action(coupon())]})
    waiting = proposal("purchase_limit", "RING", "EU", "open", 29, commands=[limit()])
    frame = calm() | {"proposals": [waiting]}
    assert decide(frame) == []
    row = next(row for row in explain(frame) if row["rule"] == "slow_region")
    assert row["sentence"].startswith(
        "There is a limit on RING in EU (purchase_limit, waiting for an answer). Held back:"
    )
    frame["proposals"] = [waiting | {"state": "dismissed", "decided_at": iso(29.5), "commands": []}]
    assert len(decide(frame)) == 1
