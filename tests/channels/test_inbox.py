"""The inbound door: whatever is told, twice, late, in the wrong order or by nobody, ends in one way and is on disk."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.channels.adapter import Delivery, Heard, Ignored, LevelHeard, NotAuthentic, OrderKnown, Unreadable
from dashboard.channels.inbox import ChannelUnknown, LetterUnknown, Unavailable, serve_here, serving
from dashboard.decision import commands as c
from dashboard.journal.store import JournalProblem
from dashboard.journal.verify import verify
from tests.channels.inbox_kit import KEY, NOW, SECOND, SHOW, TOKEN, Desk, cancelled, gone, opening, order


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path / "show.duckdb")
    yield found
    found.room.stop()
    report = verify(tmp_path / "show.duckdb")
    assert report["ok"], report["breaches"]


# --- what is taken ------------------------------------------------------------------------------------------------


def test_an_order_is_placed_and_its_listener_told(desk: Desk) -> None:
    told = order(country="US", buyer="b", at=NOW - SECOND)
    outcome = desk.say(told)
    assert (outcome.status, outcome.order) == ("accepted", "1")
    assert desk.left() == 9
    assert desk.news == [("shop-us", told, ["accepted"])]
    *_, stored = desk.room.journal.events()
    assert (stored.id, stored.source, stored.event_time) == (
        "order/spring/shop-us/1",
        "/channels/shop-us",
        NOW - SECOND,
    )


def test_a_delivery_seen_before_is_known_by_any_of_its_ids(desk: Desk) -> None:
    desk.say(order("1"), ids=("a", "b"))
    outcome = desk.say(order("2"), ids=("b", "c"))
    assert (outcome.status, outcome.reason) == ("exists", "delivery_seen")
    assert desk.say(order("2"), channel="shop-eu", ids=("b",)).status == "accepted", "ids are a channel's own"


def test_an_order_told_twice_in_other_words_exists(desk: Desk) -> None:
    desk.say(order("1"))
    assert desk.say(order("1")).status == "exists"
    assert desk.say(order("1", buyer="somebody", at=NOW)).status == "exists"
    assert desk.left() == 9


def test_after_a_restart_an_order_still_exists(desk: Desk) -> None:
    desk.say(order("1"), ids=("a",))
    fresh = desk.again()
    outcome = fresh.say(order("1"), ids=("a",))
    assert (outcome.status, outcome.reason) == ("exists", "order_exists")
    desk.room = fresh.room


def test_what_asks_nothing_of_us_is_ignored_and_a_level_goes_to_the_listener_only(desk: Desk) -> None:
    assert desk.say(Ignored("It moves no stock.")).sentence == "It moves no stock."
    assert desk.say(LevelHeard("RING", 3, NOW)).status == "accepted"
    assert desk.types() == []
    assert [type(heard) for _, heard, _ in desk.news] == [Ignored, LevelHeard]


def test_a_thin_order_is_known_first_and_placed_when_its_lines_are_told(desk: Desk) -> None:
    assert desk.say(OrderKnown("1", NOW)).status == "accepted"
    assert ("shop-us", "1") in desk.room.world[SHOW].announced
    assert desk.say(OrderKnown("1", NOW)).status == "exists"
    assert desk.inbox.absorb("shop-us", order("1"), NOW).status == "accepted"
    assert desk.types() == ["order_announced", "order_placed"]
    assert not desk.room.world[SHOW].announced
    assert desk.say(OrderKnown("1", NOW)).status == "exists"


def test_an_order_is_counted_for_the_stream_the_shop_names_and_for_no_other_channel(desk: Desk) -> None:
    desk.say(order("1", channel="stream-us"), order("2", channel="shop-eu"), order("3", channel="nobody"))
    assert list(desk.room.world[SHOW].orders) == [("stream-us", "1"), ("shop-us", "2"), ("shop-us", "3")]


def test_an_order_of_a_stream_is_cancelled_though_the_shop_no_longer_names_the_stream(desk: Desk) -> None:
    desk.say(order("1", channel="stream-us"))
    assert desk.say(order("1")).status == "exists"
    assert desk.say(cancelled("1")).status == "accepted"
    assert desk.left() + desk.left("channel/shop-us") == 10


def test_an_order_of_yesterdays_show_is_not_placed_again_in_todays(desk: Desk) -> None:
    desk.say(order("1"))
    desk.room.handle([c.CloseShow(id="close", show=SHOW), *opening("summer")], NOW)
    assert desk.say(order("1")).status == "exists"
    assert desk.say(cancelled("1")).status == "accepted"
    assert desk.say(order("2")).status == "accepted"
    assert ("shop-us", "2") in desk.room.world["summer"].orders


# --- cancellations ------------------------------------------------------------------------------------------------


def test_cancelling_in_parts_takes_only_what_is_new_in_each_total(desk: Desk) -> None:
    desk.say(order("1", ("RING", 5)))
    for total, left in ((1, 4), (3, 2), (3, 2), (2, 2)):
        desk.say(cancelled("1", ("RING", total)))
        assert sum(holding.open for holding in desk.room.world[SHOW].orders["shop-us", "1"].held()) == left


def test_an_order_told_with_what_is_cancelled_of_it_is_placed_and_cancelled_so_far(desk: Desk) -> None:
    told = order("1", ("RING", 5), cancelled=gone(("RING", 2)), updated_at=NOW)
    assert desk.say(told).status == "accepted"
    assert desk.news[-1][2] == ["accepted", "accepted"]
    assert desk.say(told).status == "exists"
    assert desk.say(order("1", ("RING", 5), cancelled=gone(("RING", 3)))).status == "accepted"
    assert desk.left() + desk.left("channel/shop-us") == 8


def test_a_cancellation_whole_after_one_in_part_takes_the_rest(desk: Desk) -> None:
    desk.say(order("1", ("RING", 5)))
    desk.say(cancelled("1", ("RING", 2)))
    assert desk.say(cancelled("1")).status == "accepted"
    assert desk.say(cancelled("1")).status == "exists"
    assert desk.left() + desk.left("channel/shop-us") == 10


def test_what_was_shipped_is_not_cancelled_any_more(desk: Desk) -> None:
    desk.say(order("1", ("RING", 2)))
    desk.room.handle([c.ShipOrder(id="ship", show=SHOW, channel="shop-us", order="1", lines=gone(("RING", 1)))], NOW)
    assert desk.say(order("1", ("RING", 2), cancelled=gone(("RING", 2)))).status == "accepted"
    assert desk.say(order("1", ("RING", 2), cancelled=gone(("RING", 2)))).status == "exists"
    assert desk.letters() == []


def test_to_cancel_nothing_cancels_nothing(desk: Desk) -> None:
    assert desk.say(cancelled("1", ("RING", 0))).status == "exists"
    desk.say(order("1", ("RING", 2), cancelled=gone(("RING", 0))))
    assert desk.say(cancelled("1", ("RING", 0))).status == "exists"
    assert desk.say(cancelled("1", ("HAT", 1))).status == "exists"
    assert desk.types() == ["order_placed"]


def test_cancelled_units_go_back_to_where_the_platform_lists_them(desk: Desk) -> None:
    desk.say(order("1"))
    desk.say(cancelled("1"))
    assert desk.left("channel/shop-us") == 1


def test_a_cancellation_before_its_order_is_held_and_both_end_right(desk: Desk) -> None:
    early = desk.say(cancelled("1"))
    assert (early.status, early.reason) == ("held", "order_unknown")
    assert desk.inbox.retry_held(NOW, only_due=True) == 0
    assert desk.say(order("1")).status == "accepted"
    desk.inbox.follow_up(NOW)
    assert desk.letters() == [("shop-us", "settled", "accepted")]
    assert desk.types() == ["order_placed", "order_cancelled"]


def test_two_partial_cancellations_of_one_order_never_travel_at_once(desk: Desk) -> None:
    desk.say(order("1", ("RING", 5)))
    first = desk.inbox.take_in("shop-us", desk.delivery(cancelled("1", ("RING", 1))))
    second = desk.inbox.take_in("shop-us", desk.delivery(cancelled("1", ("RING", 3))))
    assert second.commands == []
    answers = desk.room.handle(first.commands, NOW)
    assert desk.inbox.settle(first, answers, NOW).status == "accepted"
    assert desk.inbox.settle(second, [], NOW).reason == "order_busy"
    assert desk.inbox.retry_held(NOW) == 1
    assert sum(holding.open for holding in desk.room.world[SHOW].orders["shop-us", "1"].held()) == 2


def test_an_abandoned_cancellation_stops_nobody(desk: Desk) -> None:
    desk.say(order("1", ("RING", 5)))
    taken = desk.inbox.take_in("shop-us", desk.delivery(cancelled("1", ("RING", 1))))
    desk.inbox.let_go(taken)
    assert desk.say(cancelled("1", ("RING", 1))).status == "accepted"


# --- what is held -------------------------------------------------------------------------------------------------

HELD: dict[str, tuple[Heard, str]] = {
    "an oversell": (order("1", ("RING", 11)), "not_enough_claims"),
    "an unknown SKU": (order("1", ("HAT", 1)), "sku_unknown"),
    "a cancellation of an unknown order": (cancelled("1"), "order_unknown"),
    "a partial one": (cancelled("1", ("RING", 1)), "order_unknown"),
}


@pytest.mark.parametrize("what", HELD)
def test_what_the_ledger_cannot_take_now_is_held_with_its_reason(what: str, desk: Desk) -> None:
    heard, reason = HELD[what]
    outcome = desk.say(heard)
    assert (outcome.status, outcome.reason, outcome.order) == ("held", reason, "1")
    assert outcome.sentence.endswith(".")
    assert desk.letters() == [("shop-us", "held", reason)]
    assert desk.types() == []


def test_the_same_thing_told_or_polled_again_is_the_same_letter(desk: Desk) -> None:
    short = order("1", ("RING", 11))
    letters = {desk.say(short).letter, desk.say(short).letter}
    letters.add(desk.inbox.absorb("shop-us", order("1", ("RING", 11), updated_at=NOW), NOW).letter)
    assert len(letters) == 1
    assert len(desk.letters()) == 1


def test_held_orders_are_placed_oldest_first_as_soon_as_there_are_units(desk: Desk) -> None:
    for number in ("1", "2"):
        assert desk.say(order(number, ("RING", 11))).status == "held"
    assert desk.inbox.retry_held(NOW) == 0
    desk.room.handle(
        [c.ReceiveGoods(id="more", show=SHOW, location="LA", sku="RING", quantity=5, pool="region/US")], NOW
    )
    assert desk.inbox.retry_held(NOW) == 1
    assert list(desk.room.world[SHOW].orders) == [("shop-us", "1")]
    assert [state for _, state, _ in desk.letters()] == ["settled", "held"]


def test_held_orders_are_tried_less_and_less_often_by_themselves(desk: Desk) -> None:
    desk.say(order("1", ("RING", 11)))
    tried = [
        second
        for second in range(64)
        if desk.news.clear() or desk.inbox.retry_held(NOW + second * SECOND, only_due=True) or desk.news  # type: ignore[func-returns-value]
    ]
    assert tried == [0, 1, 3, 7, 15, 31, 61]


def test_an_order_cancelled_before_a_unit_was_found_leaves_no_trace_in_the_ledger(desk: Desk) -> None:
    never = order("1", ("RING", 11), cancelled=gone(("RING", 11)))
    outcome = desk.say(never)
    assert (outcome.status, outcome.reason) == ("ignored", "cancelled")
    assert desk.types() == []
    assert desk.letters() == []
    assert desk.news[-1][2] == [], "nobody is told of a refusal that matters no more"


@pytest.mark.parametrize(
    "word", [cancelled("1"), order("1", ("RING", 11), cancelled=gone(("RING", 11)))], ids=["alone", "whole"]
)
def test_a_held_order_that_is_cancelled_is_settled_and_never_placed(word: Heard, desk: Desk) -> None:
    desk.say(order("1", ("RING", 11)))
    assert desk.say(word).status == "ignored"
    assert desk.letters() == [("shop-us", "settled", "cancelled")]
    desk.room.handle(
        [c.ReceiveGoods(id="more", show=SHOW, location="LA", sku="RING", quantity=5, pool="region/US")], NOW
    )
    assert desk.inbox.retry_held(NOW) == 0
    assert desk.room.world[SHOW].orders == {}


def test_an_announced_order_that_was_cancelled_meanwhile_is_no_longer_waited_for_and_never_placed(desk: Desk) -> None:
    for number, word in (("1", cancelled("1")), ("2", order("2", cancelled=gone(("RING", 1))))):
        desk.say(OrderKnown(number))
        desk.say(word)
        desk.say(word)
    assert not desk.room.world[SHOW].announced
    assert desk.left() + desk.left("channel/shop-us") == 10
    assert not any(order.open for orders in desk.room.world[SHOW].orders.values() for order in orders.held())


def test_an_announced_order_cancelled_in_part_waits_for_its_units_and_is_cancelled_then(desk: Desk) -> None:
    desk.say(OrderKnown("1"))
    assert desk.say(order("1", ("RING", 12), cancelled=gone(("RING", 4)))).status == "held"
    assert ("shop-us", "1") in desk.room.world[SHOW].announced
    desk.room.handle(
        [c.ReceiveGoods(id="more", show=SHOW, location="LA", sku="RING", quantity=5, pool="region/US")], NOW
    )
    assert desk.inbox.retry_held(NOW) == 1
    assert sum(holding.open for holding in desk.room.world[SHOW].orders["shop-us", "1"].held()) == 8


def test_a_late_word_of_an_order_of_a_closed_show_exists_and_is_cancelled_there(desk: Desk) -> None:
    desk.say(order("1", ("RING", 5)))
    desk.room.handle([c.CloseShow(id="close", show=SHOW)], NOW)
    assert desk.say(order("1", ("RING", 5))).status == "exists"
    assert desk.say(order("1", ("RING", 5), cancelled=gone(("RING", 2)))).status == "accepted"
    assert desk.say(order("1", ("RING", 5), cancelled=gone(("RING", 5)))).status == "accepted"
    assert desk.left() + desk.left("channel/shop-us") == 10


def test_an_unknown_sku_is_placed_when_it_is_tried_again_after_its_name_was_learned(desk: Desk) -> None:
    desk.say(order("1", ("theirs-77", 1)))
    desk.adapters["shop-us"].told[-1] = desk.adapters["shop-us"].told[-1].__class__((), (order("1"),))
    letter = desk.inbox.letters()[0]["id"]
    assert desk.inbox.retry(letter, NOW).status == "accepted"
    assert desk.inbox.retry(letter, NOW).status == "exists"
    assert desk.letters() == [("shop-us", "settled", "accepted")]


def test_before_a_show_opens_everything_is_held_and_taken_once_it_is_open(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "empty.duckdb", opened=False)
    assert desk.say(order("1")).reason == "show_unknown"
    assert desk.say(OrderKnown("2")).reason == "show_unknown"
    assert desk.say(cancelled("1")).status == "ignored"
    desk.room.handle(opening(), NOW)
    assert desk.inbox.retry_held(NOW) == 1
    assert ("shop-us", "2") in desk.room.world[SHOW].announced
    assert desk.room.world[SHOW].orders == {}
    desk.room.stop()


def test_after_a_show_closed_orders_are_held_for_a_person_to_decide(desk: Desk) -> None:
    desk.room.handle([c.CloseShow(id="close", show=SHOW)], NOW)
    outcome = desk.say(order("1"))
    assert (outcome.status, outcome.reason) == ("held", "show_closed")
    assert desk.inbox.retry_held(NOW + 3_600 * SECOND, only_due=True) == 0
    assert desk.letters() == [("shop-us", "held", "show_closed")]


def test_held_letters_survive_a_restart_and_are_tried_again(desk: Desk) -> None:
    desk.say(order("1", ("RING", 11)))
    desk.inbox.absorb("shop-us", order("2", ("RING", 12)), NOW)
    fresh = desk.again()
    assert [state for _, state, _ in fresh.letters()] == ["held", "held"]
    assert fresh.say(order("1", ("RING", 11))).letter == 1, "the same thing is the same letter after a restart"
    more = c.ReceiveGoods(id="more", show=SHOW, location="LA", sku="RING", quantity=20, pool="region/US")
    fresh.room.handle([more], NOW)
    assert fresh.inbox.retry_held(NOW) == 2
    desk.room = fresh.room


def test_a_held_letter_nobody_can_read_after_a_restart_waits_for_its_operator(desk: Desk) -> None:
    desk.say(order("1", ("RING", 11)))
    desk.adapters["shop-us"].told[-1] = Unreadable("Not any more.")
    fresh = desk.again()
    assert fresh.inbox.retry_held(NOW) == 0
    assert fresh.letters() == [("shop-us", "held", "not_enough_claims")]
    assert fresh.inbox.retry(1, NOW).status == "refused"
    desk.room = fresh.room


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_channel_without_a_storefront_is_unknown_and_leaves_no_letter(desk: Desk) -> None:
    with pytest.raises(ChannelUnknown, match="moon"):
        desk.inbox.deliver("moon", Delivery({}, b"", NOW))
    assert desk.letters() == []


def test_what_is_not_signed_is_refused_and_kept_without_its_signature(desk: Desk) -> None:
    headers = {"x-signature": "wrong", "authorization": "Bearer wrong", "x-topic": "orders"}
    with pytest.raises(NotAuthentic):
        desk.inbox.deliver("shop-us", Delivery(headers, b"0", NOW))
    assert desk.letters() == [("shop-us", "refused", "not_authentic")]
    row = desk.room.journal.letters.get(1)
    assert row
    assert row["headers"] == {"x-topic": "orders"}
    assert row["body"] == b"0"


def test_a_delivery_refused_under_an_old_secret_is_taken_under_the_new_one(desk: Desk) -> None:
    body = desk.adapters["shop-us"].tell(order("1"))
    with pytest.raises(NotAuthentic):
        desk.inbox.deliver("shop-us", Delivery({"x-signature": "tomorrow"}, body, NOW))
    (letter,) = (row["id"] for row in desk.inbox.letters())
    refused = desk.inbox.retry(letter, NOW)
    assert (refused.status, refused.reason) == ("refused", "not_authentic")
    desk.adapters["shop-us"].secrets = type(desk.adapters["shop-us"].secrets)(("tomorrow", KEY))
    assert desk.inbox.retry(letter, NOW).status == "accepted"
    assert desk.letters() == [("shop-us", "settled", "accepted")]


def test_after_a_restart_what_was_not_signed_must_be_sent_again(desk: Desk) -> None:
    with pytest.raises(NotAuthentic):
        desk.inbox.deliver("shop-us", Delivery({"x-signature": "wrong"}, b"0", NOW))
    desk.inbox.letters()
    fresh = desk.again()
    outcome = fresh.inbox.retry(1, NOW)
    assert outcome.status == "refused"
    assert "send it again" in outcome.sentence
    desk.room = fresh.room


def test_forged_deliveries_are_counted_out_and_cost_no_transaction_each(desk: Desk) -> None:
    before = desk.room.counters.batches
    for number in range(1_100):
        with pytest.raises(NotAuthentic):
            desk.inbox.deliver("shop-us", Delivery({"x-signature": "wrong"}, b"x" * 20_000, NOW + number))
        if number in (300, 1_050):
            desk.inbox.follow_up(NOW + number * SECOND)
    rows = desk.inbox.letters(limit=5_000)
    assert len(rows) == 1_000
    assert rows[0]["received_time"] == NOW + 1_099
    assert {row["body_bytes"] for row in rows} == {16_384}
    assert desk.room.counters.batches - before == 3
    with pytest.raises(NotAuthentic):
        desk.inbox.deliver("shop-eu", Delivery({"x-signature": "wrong"}, b"x", NOW))
    assert len(desk.inbox.letters(limit=5_000)) == 1_001, "each channel has its own thousand"


def test_an_authentic_delivery_nobody_can_read_is_kept_once_and_for_ever(desk: Desk) -> None:
    for _ in range(3):
        with pytest.raises(Unreadable):
            desk.inbox.deliver("shop-us", Delivery({"x-signature": KEY}, b"what", NOW))
    assert desk.letters() == [("shop-us", "refused", "unreadable")]
    assert desk.inbox.retry(1, NOW).sentence == "The body is no number; send one."
    assert desk.letters() == [("shop-us", "refused", "unreadable")]


def test_an_adapter_that_fails_is_no_reason_to_fall_silent(desk: Desk) -> None:
    with pytest.raises(Unreadable, match="KeyError"):
        desk.say(KeyError("buyer's secret"))
    with pytest.raises(Unreadable, match="KeyError"):
        desk.inbox.deliver("shop-us", Delivery({"x-crash": "yes"}, b"0", NOW))
    assert desk.letters() == [("shop-us", "refused", "unreadable"), ("shop-us", "refused", "not_authentic")]
    assert "buyer's secret" not in str(desk.inbox.letters())


IMPOSSIBLE = {
    "a quantity of nothing": order("1", ("RING", 0)),
    "less than nothing": order("1", ("RING", -3)),
    "too many": order("1", ("RING", 10**10)),
    "beyond 64 bits": order("1", ("RING", 10**30)),
    "half a character": order("1", buyer="\ud800"),
    "no id": order(""),
    "an id nobody can print": order("a\0b"),
    "a time before all times": order("1", at=-5),
    "a fraction": order("1", ("RING", 1.5)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_no_adapter_can_bring_in_what_nobody_else_could_send(what: str, desk: Desk) -> None:
    with pytest.raises(Unreadable):
        desk.say(IMPOSSIBLE[what])
    assert desk.types() == []
    assert [reason for _, _, reason in desk.letters()] == ["unreadable"]


def test_one_impossible_thing_in_a_delivery_stops_all_of_it_and_blocks_nothing(desk: Desk) -> None:
    desk.say(order("1", ("RING", 5)))
    with pytest.raises(Unreadable):
        desk.say(cancelled("1", ("RING", 1)), order(""))
    assert desk.say(cancelled("1", ("RING", 1))).status == "accepted"


def test_when_the_journal_fails_nothing_is_taken_and_nothing_remembered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise JournalProblem("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(desk.room.journal, "append", fails)
        with pytest.raises(Unavailable):
            desk.say(order("1"), ids=("a",))
        short = desk.inbox.take_in("shop-us", desk.delivery(order("2", ("RING", 11))))
        held = desk.inbox.settle(short, desk.room.handle(short.commands, NOW), NOW)
        desk.room.handle([], NOW)
        assert held.letter
        assert desk.room.journal.letters.waits(held.letter)
    assert desk.say(order("1"), ids=("a",)).status == "accepted"
    assert not desk.room.journal.letters.waits(held.letter)
    assert desk.letters() == [("shop-us", "held", "not_enough_claims")]


def test_no_secret_is_ever_in_a_row_an_answer_or_a_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = desk.adapters["shop-us"].tell(order("1", ("RING", 11)))
    headers = {
        "x-signature": KEY,
        "authorization": f"Bearer {TOKEN}",
        "cookie": TOKEN,
        "x-forwarded-for": f"10.0.0.1 {KEY}",
        KEY: "1",
    }
    outcome = desk.inbox.deliver("shop-us", Delivery(headers, body, NOW))
    said = [str(outcome)]
    for bad in (f"{KEY}x".encode(), b"x" + TOKEN.encode()):
        with pytest.raises(Unreadable) as refused:
            desk.inbox.deliver("shop-us", Delivery(headers, bad, NOW))
        with pytest.raises(NotAuthentic) as forged:
            desk.inbox.deliver("shop-us", Delivery(headers | {"x-signature": f"{KEY}{TOKEN}"}, bad, NOW))
        said += [str(refused.value), str(forged.value)]
    rows = desk.inbox.letters()
    said += [str(rows), *(str(desk.room.journal.letters.get(row["id"])) for row in rows), caplog.text]
    assert len(rows) == 5
    for text in said:
        assert KEY not in text
        assert TOKEN not in text


# --- letters and the rest -----------------------------------------------------------------------------------------


def test_letters_are_listed_newest_first_by_state_and_channel(desk: Desk) -> None:
    desk.say(order("1", ("RING", 11)))
    desk.say(cancelled("2"), channel="shop-eu")
    with pytest.raises(Unreadable):
        desk.inbox.deliver("shop-us", Delivery({"x-signature": KEY}, b"what", NOW))
    assert [row["id"] for row in desk.inbox.letters()] == [3, 2, 1]
    assert [row["id"] for row in desk.inbox.letters(state="held")] == [2, 1]
    assert [row["id"] for row in desk.inbox.letters(channel="shop-us", limit=1)] == [3]
    assert desk.room.journal.letters.count("held") == 2


def test_a_letter_that_is_not_there_cannot_be_tried_again(desk: Desk) -> None:
    with pytest.raises(LetterUnknown):
        desk.inbox.retry(99, NOW)


def test_the_commands_of_what_was_polled_are_those_of_what_was_delivered(desk: Desk) -> None:
    told = order("1", ("RING", 2), cancelled=gone(("RING", 1)), channel="stream-us")
    place, cancel = desk.inbox.commands_for(SHOW, "shop-us", told)
    assert isinstance(place, c.PlaceOrder)
    assert isinstance(cancel, c.CancelOrder)
    assert (place.channel, place.actor, cancel.id) == ("stream-us", "shop-us", "cancel/spring/stream-us/1/1")
    assert desk.inbox.commands_for(SHOW, "shop-us", LevelHeard("RING", 1)) == []
    assert desk.inbox.take_in("shop-us", desk.delivery(told)).commands == [place, cancel]


def test_the_ids_remembered_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.channels.inbox.SEEN_MAX", 3)
    for number in range(6):
        desk.say(Ignored("x"), ids=(str(number),))
    assert desk.say(Ignored("x"), ids=("5",)).status == "exists"
    assert desk.say(Ignored("x"), ids=("0",)).status == "ignored"


def test_a_process_serves_one_inbox(desk: Desk) -> None:
    serve_here(desk.inbox)
    assert serving() is desk.inbox
    serve_here(None)
    assert serving() is None
