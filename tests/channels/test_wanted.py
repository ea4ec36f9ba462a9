"""Units asked back come from the listings that miss them least, and only when a platform has given them back."""

from collections.abc import Sequence

import pytest

from dashboard.channels import clock
from dashboard.channels.adapter import PushKind
from dashboard.channels.rebalance import Standing
from dashboard.channels.sandbox.faults import PROFILES, SECOND
from dashboard.channels.sandbox.market import Shop
from dashboard.channels.wanted import LOT_UNITS, guest_lot, taken_back
from dashboard.decision import commands as c
from tests.channels.escrow_kit import SHOW, Play, small, steady

SLOW, FAST = Shop("slow-seller", "generic", "delta"), Shop("fast-seller", "generic", "delta")


def standing(channel: str, claim: int, rate: float = 0.1, **more: bool) -> Standing:
    return Standing(channel, claim, rate, 2.0, **more)


@pytest.mark.parametrize(
    ("short", "standings", "expected"),
    [
        (0, [standing("a", 50)], {}),
        (20, [standing("a", 50, 0.01), standing("b", 50, 1.0)], {"a": -20}),
        (45, [standing("a", 40, 0.0), standing("b", 100, 0.5)], {"a": -40, "b": -5}),
        (60, [standing("a", 40, 0.5), standing("b", 40, 1.0)], {"a": -40, "b": -20}),
        (500, [standing("a", 40), standing("b", 30)], {"a": -40, "b": -30}),
        (20, [standing("a", 50, 0.0, can_lower=False), standing("b", 50, 1.0)], {"b": -20}),
        (20, [standing("a", 50, 0.0, idle=False), standing("b", 5)], {"b": -5}),
    ],
    ids=["nothing", "the slow one", "then the next", "what sells soon comes last", "no more than there is", "cannot",
         "is busy"],
)  # fmt: skip
def test_listings_are_lowered_where_it_hurts_least(
    short: int, standings: Sequence[Standing], expected: dict[str, int]
) -> None:
    assert {shift.channel: shift.units for shift in taken_back(short, standings)} == expected


def test_a_guest_gets_the_next_lot_when_most_of_the_last_is_sold() -> None:
    one = standing("a", 10)
    assert guest_lot(one, 0, 100) == LOT_UNITS
    assert guest_lot(one, LOT_UNITS, 100) == 0
    assert guest_lot(one, LOT_UNITS // 2 - 1, 4) == 4, "no more than the pool has"
    assert guest_lot(standing("a", 10, 1.0), 0, 100) == 60, "a minute of what it sells"


def ask(play: Play, command: c.Command) -> None:
    answer = play.room.handle([command], play.market.wires.now)[0]
    assert answer.status == "accepted", answer.sentence


def transfer(units: int, *, recall: bool = True) -> c.Reallocate:
    return c.Reallocate(
        id=f"move-{units}", show=SHOW, sku="lamp", from_pool="region/US", to_pool="flexible", quantity=units,
        recall=recall,
    )  # fmt: skip


@pytest.mark.parametrize("push", ["delta", "compare_and_set", "absolute"])
@pytest.mark.parametrize("profile", ["none", "all"])
def test_listed_units_come_back_and_go_where_they_were_asked(push: PushKind, profile: str) -> None:
    shops = (Shop("one", "generic", push), Shop("two", "generic", push))
    visits = steady("one", 4.0, 100)
    play = small(*shops, units=120, listed=55, profile=PROFILES[profile], visits=visits)
    play.run(20)
    ask(play, transfer(70))
    show = play.room.world[SHOW]
    assert show.asked_back("lamp", "region/US"), "most of it is listed"
    play.run(40 if profile == "none" else 160)
    assert show.ledger.claim("lamp", "flexible") == 70
    assert not show.requests
    (move,) = show.reallocations.values()
    assert move.quantity == 70, "however many parts it came in, it is one move"
    play.wind_down()
    assert not play.breaches


def test_what_was_asked_back_is_not_listed_again() -> None:
    play = small(SLOW, FAST, units=80, listed=30, visits=steady("fast-seller", 1.0, 100))
    play.run(15)
    ask(play, transfer(25))
    play.run(60)
    show = play.room.world[SHOW]
    assert show.ledger.claim("lamp", "flexible") == 25
    play.wind_down()
    assert not play.breaches


def test_undo_takes_back_what_is_listed_by_now() -> None:
    play = small(SLOW, FAST, units=100, listed=20, visits=steady("fast-seller", 1.0, 40))
    ask(play, transfer(60, recall=False))
    give = c.Reallocate(id="give", show=SHOW, sku="lamp", from_pool="flexible", to_pool="region/US", quantity=60)
    ask(play, give)
    seq = max(play.room.world[SHOW].reallocations)
    play.run(90)
    show = play.room.world[SHOW]
    unsold = show.ledger.claim("lamp", "region/US") + show.listed("lamp", "region/US")
    free = show.ledger.claim("lamp", "region/US")
    assert free < min(60, unsold), "the units were listed"
    ask(play, c.Undo(id="undo", show=SHOW, seq=seq, recall=True, shown_units=min(60, unsold)))
    play.run(130)
    assert show.ledger.claim("lamp", "flexible") == min(60, unsold)
    play.wind_down()
    assert not play.breaches


def test_a_guest_sells_from_its_own_pool_lot_by_lot() -> None:
    play = small(SLOW, FAST, units=200, listed=20, visits=steady("fast-seller", 3.0, 200))
    ask(play, transfer(100, recall=False))
    ask(play, c.OpenPool(id="o", show=SHOW, name="guest", sku="lamp", quantity=80, channels=("fast-seller",)))
    play.run(60)
    show = play.room.world[SHOW]
    left = show.ledger.claim("lamp", "temporary/guest")
    assert 0 < left < 80 - LOT_UNITS, "several lots were listed, not all at once"
    ask(play, c.ClosePool(id="x", show=SHOW, name="guest"))
    assert show.ledger.claim("lamp", "flexible") == 20 + left
    play.run(200)
    play.wind_down()
    assert not play.breaches


def test_a_loan_returns_by_itself_and_a_request_ends_with_its_time() -> None:
    play = small(SLOW, FAST, units=60, listed=20)
    show = play.room.world[SHOW]
    now = play.market.wires.now
    assert clock.due(show, SHOW, now) == []
    ask(play, transfer(60))
    request = show.requests["move-60"]
    assert [type(one) for one in clock.due(show, SHOW, request.expires)] == [c.WithdrawRequest]
    play.run(60)
    assert not show.requests
    assert clock.due(show, SHOW, now + 3600 * SECOND) == []
