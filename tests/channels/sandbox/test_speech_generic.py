"""A pretended shop of our own protocol against the adapter: events, cancellations, all four ways to write a counter."""

import msgspec
import pytest

from dashboard.channels.adapter import CancelHeard, Levels, OrderHeard, Push, Pushed, PushKind, Secrets, Unreadable
from dashboard.channels.generic import Generic
from dashboard.channels.sandbox.platform import MINUTE, Platform
from dashboard.channels.sandbox.speech_generic import GenericSpeech
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.loop_kit import NOW, SECRETS, SKUS, heard, storefront

ROSE, JADE, _INK = SKUS


def facing(push: PushKind = "delta", **limits: int) -> tuple[Platform, Generic]:
    platform, adapter = storefront(GenericSpeech(), Generic, "generic", push, **limits)
    assert isinstance(adapter, Generic)
    return platform, adapter


def pushed(platform: Platform, adapter: Generic, push: Push) -> Pushed:
    return adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))


def test_an_order_is_bought_heard_and_fetched_alike() -> None:
    platform, adapter = facing()
    bought = platform.buy([OrderLine(ROSE, 2, 1999), OrderLine(JADE, 1)], NOW + 7, "DE", "EUR")
    assert bought is not None
    told = heard(platform, adapter)
    assert told.ids == ("generic-us-1", "/shops/generic-us#generic-us-1")
    (order,) = told.heard
    assert order == OrderHeard(bought.order, bought.lines, NOW + 7, NOW + 7, "DE", "EUR", "buyer-0")
    assert adapter.read_orders(platform.call(adapter.fetch_orders([bought.order, "none"], NOW), NOW)) == (order,)


def test_cancellations_are_told_in_all_so_far_and_whole() -> None:
    platform, adapter = facing()
    order = platform.buy([OrderLine(ROSE, 2), OrderLine(JADE, 1)], NOW)
    assert order is not None
    platform.cancel(order, NOW + 1, ROSE, 1)
    platform.cancel(order, NOW + 2, JADE, 1)
    platform.cancel(order, NOW + 3)
    heard(platform, adapter)
    gone = [heard(platform, adapter).heard[0] for _ in range(3)]
    assert gone == [
        CancelHeard(order.order, (UnitLine(ROSE, 1),), NOW + 1),
        CancelHeard(order.order, (UnitLine(ROSE, 1), UnitLine(JADE, 1)), NOW + 2),
        CancelHeard(order.order, (), NOW + 3),
    ]
    (fetched,) = adapter.read_orders(platform.call(adapter.fetch_orders([order.order], NOW), NOW))
    assert fetched.cancelled == (UnitLine(ROSE, 2), UnitLine(JADE, 1))


def test_a_long_list_is_told_page_by_page() -> None:
    platform, adapter = facing()
    platform.stock[ROSE] = 1_000
    for number in range(120):
        platform.buy([OrderLine(ROSE, 1)], NOW + number)
    page, found, pages = "", [], 0
    while pages == 0 or page:
        answer = adapter.read_page(platform.call(adapter.list_orders(NOW + 3, page, NOW + MINUTE), NOW + MINUTE))
        found += [order.order for order in answer.heard]
        page, pages = answer.next_page, pages + 1
        assert answer.at == NOW + MINUTE
    assert (pages, len(set(found))) == (3, 117)


def test_a_delta_is_done_once_however_often_it_is_sent_and_never_below_zero() -> None:
    platform, adapter = facing()
    add, take = Push(ROSE, "delta", 5, "key-1"), Push(ROSE, "delta", -40, "key-2")
    assert pushed(platform, adapter, add) == pushed(platform, adapter, add) == Pushed("applied", 5, 15)
    assert pushed(platform, adapter, take) == pushed(platform, adapter, take) == Pushed("applied", -15, 0)


def test_compare_and_set_tells_where_the_counter_stands() -> None:
    platform, adapter = facing("compare_and_set")
    assert pushed(platform, adapter, Push(ROSE, "compare_and_set", 4, "k", 10)) == Pushed("applied", -6, 4)
    missed = pushed(platform, adapter, Push(ROSE, "compare_and_set", 8, "k", 10))
    assert (missed.outcome, missed.level) == ("mismatch", 4)


def test_absolute_sets_and_raise_only_never_shrinks() -> None:
    platform, adapter = facing("absolute")
    assert pushed(platform, adapter, Push(ROSE, "absolute", 3, "k")) == Pushed("applied", -7, 3)
    assert pushed(platform, adapter, Push(ROSE, "raise_only", 6, "k")) == Pushed("applied", 6, 9)
    assert pushed(platform, adapter, Push(ROSE, "raise_only", 6, "k")) == Pushed("applied", 0, 9)
    assert pushed(platform, adapter, Push(ROSE, "raise_only", 2, "k")) == Pushed("applied", 0, 9)
    levels = adapter.read_levels(platform.call(adapter.ask_levels([ROSE, "NOT-SOLD"], NOW), NOW))
    assert levels == Levels({ROSE: 9}, {ROSE: 6})


@pytest.mark.parametrize("push", [Push("NOT-SOLD", "delta", 1, "k"), Push(ROSE, "absolute", -1, "k")])
def test_an_unknown_sku_and_an_impossible_quantity_are_refused(push: Push) -> None:
    platform, adapter = facing()
    refused = pushed(platform, adapter, push)
    assert refused.outcome == "refused"
    assert refused.sentence
    assert platform.level(ROSE) == 10


@pytest.mark.parametrize(
    "secrets", [Secrets(SECRETS.signing, "another-token"), Secrets(("another",), SECRETS.token), Secrets(("another",))]
)
def test_a_wrong_token_or_signature_opens_nothing(secrets: Secrets) -> None:
    platform, adapter = facing()
    stranger = Generic(adapter.account, secrets)
    assert pushed(platform, stranger, Push(ROSE, "delta", 1, "k")).outcome == "refused"
    with pytest.raises(Unreadable, match="401"):
        stranger.read_levels(platform.call(stranger.ask_levels([ROSE], NOW), NOW))


def test_the_previous_secret_still_opens() -> None:
    platform, adapter = facing()
    older = Generic(adapter.account, Secrets(SECRETS.signing[1:], SECRETS.token))
    assert pushed(platform, older, Push(ROSE, "delta", 1, "k")).outcome == "applied"


def test_an_old_call_or_one_sent_to_another_path_is_refused() -> None:
    platform, adapter = facing()
    request = adapter.ask_levels([ROSE], NOW)
    assert platform.call(request, NOW + 6 * MINUTE).status == 401
    assert platform.call(msgspec.structs.replace(request, path="/levels?skus=other"), NOW).status == 401
    bent = adapter.push(Push(ROSE, "delta", 1, "k"), NOW)
    assert platform.call(msgspec.structs.replace(bent, body=bent.body.replace(b"1", b"9")), NOW).status == 401


def test_over_the_rate_limit_nothing_is_done() -> None:
    platform, adapter = facing(calls_per_minute=1)
    assert pushed(platform, adapter, Push(ROSE, "delta", 1, "k1")).outcome == "applied"
    late = pushed(platform, adapter, Push(ROSE, "delta", 1, "k2"))
    assert (late.outcome, late.retry_after_seconds) == ("throttled", 60.0)
    assert platform.level(ROSE) == 11
