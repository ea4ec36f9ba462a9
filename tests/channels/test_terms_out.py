"""Errands carried to pretended platforms: pushed where there is a call, by hand where there is none, retried until sure."""

import pytest

from dashboard.channels.adapter import Request
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile
from dashboard.channels.sandbox.market import Shop
from dashboard.channels.term import Term, Wrote
from dashboard.channels.terms_out import EXPIRED, FAILURES_MAX, OWN_PRICE, by_hand
from dashboard.decision import commands as c, events as e
from dashboard.decision.world import OrderLine
from tests.channels.escrow_kit import SHOW, START, Play, Visit, small, steady

SHOPEE, AMAZON = Shop("sea", "shopee", "absolute"), Shop("am", "amazon", "absolute")
TIKTOK, SHOPIFY, OWN = Shop("tik", "tiktok_shop", "absolute"), Shop("spf", "shopify"), Shop("own", "generic", "delta")
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def decide(play: Play, command: c.Command) -> int:
    """Somebody sets terms now; their seq."""
    (answer,) = play.room.handle([command], play.market.wires.now)
    assert answer.status == "accepted", answer.sentence
    assert answer.seq is not None
    return answer.seq


def limit(play: Play, units: int | None = 2, name: str = "limit") -> int:
    return decide(play, c.SetLimit(id=name, show=SHOW, sku="lamp", region="US", units_per_order=units))


def price(play: Play, minor: int, channel: str = "", name: str = "price") -> int:
    return decide(
        play, c.SetPrice(id=f"{name}{minor}{channel}", show=SHOW, sku="lamp", price_minor=minor, channel=channel)
    )


def coupon(play: Play, code: str = "US15", percent: int = 15, sku: str = "lamp", until: int | None = 4 * HOUR) -> int:
    ends = None if until is None else play.market.wires.now + until
    name = f"coupon/{code}/{percent}/{sku}/{play.market.wires.now}"
    return decide(play, c.SetCoupon(id=name, show=SHOW, sku=sku, region="US", code=code, percent=percent, expires=ends))


def errands(play: Play, seq: int) -> dict[str, str]:
    """Channel -> what became of a term on it."""
    return {channel: state for (term, channel), state in play.room.world[SHOW].errands.items() if term == seq}


def reports(play: Play) -> list[e.ErrandReported]:
    return [event for _, _, event in play.room.events if isinstance(event, e.ErrandReported)]


def terms(play: Play, channel: str):  # type: ignore[no-untyped-def]
    return play.market.platforms[channel].terms


def test_a_limit_is_pushed_where_the_platform_takes_it_and_by_hand_where_it_does_not() -> None:
    play = small(SHOPEE, AMAZON, TIKTOK, OWN, units=100)
    play.run(1)
    seq = limit(play)
    play.run(3)
    assert errands(play, seq) == {"sea": "pushed", "am": "pushed", "own": "pushed", "tik": "by_hand"}
    assert [terms(play, channel).limits for channel in ("sea", "am", "own", "tik")] == [{"lamp": 2}] * 3 + [{}]
    assert play.visit(Visit(0.0, "sea", (OrderLine("lamp", 3, 1000),))) is None, "the shop itself says no"
    assert {one.outcome for one in reports(play)} == {"pushed", "by_hand"}
    assert len(reports(play)) == 4, "each is said once"


def test_prices_and_coupons_reach_the_shops_and_codes_that_were_replaced_end() -> None:
    play = small(SHOPIFY, SHOPEE, OWN, skus=("lamp", "bowl"))
    play.run(1)
    cheaper, first = price(play, 900), coupon(play, "SUN15")
    play.run(3)
    assert set(errands(play, cheaper).values()) == set(errands(play, first).values()) == {"pushed"}
    assert terms(play, "spf").prices == terms(play, "own").prices == {"lamp": 900}
    other = coupon(play, "SUN15", sku="bowl")
    play.run(3)
    for channel in ("spf", "sea", "own"):
        (offer,) = terms(play, channel).offers.values()
        assert offer.skus == {"lamp", "bowl"}, "one code, two SKUs"
    play.run(60)
    better = coupon(play, "SUN25", 25)
    play.run(3)
    assert errands(play, better) == errands(play, other) == dict.fromkeys(("spf", "sea", "own"), "pushed")
    now = play.market.wires.now + 2 * MINUTE
    for channel in ("spf", "sea", "own"):
        held = {offer.code.upper(): offer.skus for offer in terms(play, channel).offers.values() if offer.holds(now)}
        assert held["SUN25"] == {"lamp"}
        assert "lamp" not in held.get("SUN15", set()), channel
        assert held["SUN15"] == {"bowl"}


def test_a_price_of_ones_own_stays_when_all_others_change() -> None:
    play = small(SHOPIFY, OWN)
    play.run(1)
    price(play, 700, "own")
    play.run(2)
    seq = price(play, 900)
    play.run(2)
    assert errands(play, seq) == {"spf": "pushed", "own": "done"}
    assert reports(play)[-1].note in (OWN_PRICE, "")
    assert (terms(play, "own").prices, terms(play, "spf").prices) == ({"lamp": 700}, {"lamp": 900})


@pytest.mark.parametrize("seed", range(3))
def test_calls_and_answers_that_are_lost_are_made_again_until_every_platform_holds_the_newest(seed: int) -> None:
    play = small(SHOPEE, AMAZON, OWN, profile=Profile("lossy", calls_lost=0.3, answers_lost=0.3))
    for _ in range(seed):
        play.market.wires._aside.chance.random()
    play.run(1)
    seqs = []
    for units in (5, 4, 3, 2):
        seqs.append(limit(play, units, f"limit{units}"))
        play.run(7)
    newest = seqs[-1]
    assert all(terms(play, channel).limits.get("lamp", 2) >= 2 for channel in ("sea", "am", "own"))
    play.run(120)
    assert errands(play, newest) == dict.fromkeys(("sea", "am", "own"), "pushed")
    assert [terms(play, channel).limits["lamp"] for channel in ("sea", "am", "own")] == [2, 2, 2]
    play.run(60)
    assert [terms(play, channel).limits["lamp"] for channel in ("sea", "am", "own")] == [2, 2, 2], "nothing comes late"


def test_a_term_that_was_replaced_is_never_pushed_after_the_newer_one_nor_reported() -> None:
    play = small(SHOPEE, AMAZON)
    sent: list[Term] = []
    for connection in play.market.exchange.connections.values():
        write = connection.adapter.write_term

        def noted(term: Term, now: int, found: str = "", write=write) -> Request:  # type: ignore[no-untyped-def]
            sent.append(term)
            return write(term, now, found)

        connection.adapter.write_term = noted  # type: ignore[method-assign]
        play.market.wires._gone[connection.channel] = [(START, START + 30 * SECOND)]
    play.run(1)
    old = limit(play, 5, "old")
    play.run(10)
    new = limit(play, 2, "new")
    play.run(120)
    assert errands(play, old) == dict.fromkeys(("sea", "am"), "open")
    assert errands(play, new) == dict.fromkeys(("sea", "am"), "pushed")
    first = next(place for place, term in enumerate(sent) if term.seq == new)
    assert {term.seq for term in sent[first:]} - {new} <= {old}
    for channel in ("sea", "am"):
        mine = [term.seq for term in sent if term.channel == channel]
        assert mine == sorted(mine)


def test_an_older_call_that_may_still_arrive_is_overwritten_before_anything_is_called_pushed() -> None:
    """The first call is neither answered nor lost: it lies on the wires for twenty seconds and arrives last."""
    play = small(OWN)
    play.run(1)
    wires, kept = play.market.wires, []
    send = wires._send
    wires._send = lambda call: kept.append(call) if call.purpose == "term" and not kept else send(call)  # type: ignore[method-assign]
    old = limit(play, 5, "old")
    play.run(0.6)
    assert len(kept) == 1
    new = limit(play, 2, "new")
    play.run(1)
    play.market.exchange.answered(kept[0], None, wires.now)
    play.run(3)
    assert terms(play, "own").limits == {"lamp": 2}
    assert errands(play, new) == {"own": "open"}
    terms(play, "own").seqs.clear()  # a platform that keeps no order of its own
    play.market.platforms["own"].call(kept[0].request, wires.now)
    assert terms(play, "own").limits == {"lamp": 5}
    play.run(60)
    assert terms(play, "own").limits == {"lamp": 2}
    assert (errands(play, old), errands(play, new)) == ({"own": "open"}, {"own": "pushed"})


def test_a_platform_that_is_out_gets_its_terms_when_it_is_back() -> None:
    play = small(SHOPEE, AMAZON)
    play.market.wires._gone["sea"] = [(START, START + 200 * SECOND)]
    play.run(1)
    seq = limit(play)
    play.run(100)
    assert errands(play, seq) == {"sea": "open", "am": "pushed"}
    play.run(200)
    assert errands(play, seq) == {"sea": "pushed", "am": "pushed"}


def test_a_platform_that_takes_no_more_calls_is_let_rest() -> None:
    play = small(OWN)
    play.market.wires._throttled["own"] = [(START, START + 20 * SECOND)]
    play.run(1)
    seq = limit(play)
    before = len(play.market.platforms["own"].calls["stock"])
    play.run(15)
    assert errands(play, seq) == {"own": "open"}
    assert play.room.observed.get(("breaker", "own", ""), (0, 0, ""))[1] == 0, "it is well, only busy"
    assert len(play.market.platforms["own"].calls["stock"]) - before < 10
    play.run(20)
    assert errands(play, seq) == {"own": "pushed"}


def test_terms_leave_the_calls_to_stock_and_go_all_the_same() -> None:
    play = small(
        Shop("own", "generic", "delta", calls_per_minute=40), units=400, listed=20, visits=steady("own", 0.4, 100, 2)
    )
    play.run(20)
    platform = play.market.platforms["own"]
    seqs = []
    for units in range(2, 22):
        seqs.append(price(play, 1000 + units, name=f"{units}/"))
        play.run(4)
    play.run(30)
    assert errands(play, seqs[-1]) == {"own": "pushed"}
    assert platform.calls_in_a_minute_max["stock"] <= 40
    assert platform.refused_calls == 0
    assert not play.breaches


def test_a_refusal_is_told_with_the_platforms_sentence_and_can_still_be_ticked_off() -> None:
    play = small(SHOPEE)
    play.run(1)
    del play.market.platforms["sea"].account.listings["lamp"]  # type: ignore[attr-defined]
    adapter = play.market.exchange.connections["sea"].adapter
    adapter.write_term = lambda term, now, found="": adapter._request(  # type: ignore[method-assign,attr-defined]
        "/api/v2/product/update_item", {}, {"item_id": 1, "purchase_limit_info": {"max_purchase_limit": {"purchase_limit": 2}}},
        "stock", now,
    )  # fmt: skip
    seq = limit(play)
    play.run(3)
    assert errands(play, seq) == {"sea": "failed"}
    assert "refused it" in reports(play)[-1].note
    decide(play, c.ReportErrand(id="tick", show=SHOW, term=seq, channel="sea", outcome="done"))
    play.run(10)
    assert errands(play, seq) == {"sea": "done"}


def test_answers_nobody_can_use_are_given_up_after_some_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    play = small(OWN)
    play.run(1)
    adapter = play.market.exchange.connections["own"].adapter
    tries: list[Term] = []
    monkeypatch.setattr(adapter, "read_term", lambda term, response, found="": tries.append(term) or Wrote("unknown"))
    seq = limit(play)
    play.run(300)
    assert errands(play, seq) == {"own": "failed"}
    assert len(tries) == FAILURES_MAX
    assert not play.breaches


def test_what_expired_on_the_way_is_not_pushed() -> None:
    play = small(SHOPIFY)
    play.market.wires._gone["spf"] = [(START, START + 100 * SECOND)]
    play.run(1)
    seq = coupon(play, until=30 * SECOND)
    play.run(200)
    assert errands(play, seq) == {"spf": "failed"}
    assert reports(play)[-1].note == EXPIRED
    assert not terms(play, "spf").offers


def test_one_code_for_two_discounts_is_for_a_person_and_so_is_a_code_that_does_not_fit() -> None:
    play = small(SHOPIFY, SHOPEE, skus=("lamp", "bowl"))
    play.run(1)
    coupon(play, "SUN", 10)
    play.run(2)
    seq = coupon(play, "SUN", 20, "bowl")
    play.run(2)
    assert errands(play, seq) == {"spf": "by_hand", "sea": "by_hand"}
    assert "several discounts" in reports(play)[-1].note
    long = coupon(play, "SUMMER20", 20, "bowl")
    play.run(2)
    assert errands(play, long) == {"spf": "pushed", "sea": "by_hand"}


def test_a_restart_takes_up_what_was_open() -> None:
    play = small(SHOPEE)
    play.market.wires._gone["sea"] = [(START, START + 20 * SECOND)]
    play.run(1)
    seq = limit(play)
    play.run(5)
    play.restart()
    play.run(100)
    assert errands(play, seq) == {"sea": "pushed"}


def test_a_call_of_the_process_before_is_overwritten_too() -> None:
    play = small(OWN)
    play.run(1)
    wires, kept = play.market.wires, []
    send = wires._send
    wires._send = lambda call: kept.append(call) if call.purpose == "term" and not kept else send(call)  # type: ignore[method-assign]
    limit(play, 5, "old")
    play.run(0.6)
    play.restart()
    new = limit(play, 2, "new")
    play.run(3)
    assert terms(play, "own").limits == {"lamp": 2}
    terms(play, "own").seqs.clear()
    play.market.platforms["own"].call(kept[0].request, wires.now)
    assert errands(play, new) == {"own": "open"}
    play.run(60)
    assert (terms(play, "own").limits, errands(play, new)) == ({"lamp": 2}, {"own": "pushed"})


def test_a_show_without_connections_says_that_everything_is_by_hand_once() -> None:
    play = small(SHOPEE, TIKTOK)
    old, new = limit(play, 3, "old"), limit(play, 2, "new")
    need = c.RequestReplenishment(
        id="more", show=SHOW, replenishment="r1", sku="lamp", quantity=50, need_by=START + HOUR, urgent=False
    )
    bought = decide(play, need)
    show = play.room.world[SHOW]
    play.room.handle(by_hand(SHOW, show, connected=("sea",), posted=True), START)
    assert errands(play, new) == {"sea": "open", "tik": "by_hand"}
    play.room.handle(by_hand(SHOW, show), START)
    assert errands(play, new) == {"sea": "by_hand", "tik": "by_hand"}
    assert errands(play, bought) == {"purchasing": "by_hand"}
    assert errands(play, old) == {"sea": "open", "tik": "open"}, "nobody needs to do what was replaced"
    assert not by_hand(SHOW, show)


def test_rough_weather_moves_no_unit_twice_while_terms_are_pushed() -> None:
    play = small(SHOPEE, AMAZON, OWN, profile=PROFILES["all"], visits=steady("own", 1.0, 200), units=200)
    for number in range(10):
        play.run(15)
        price(play, 1000 + number)
    play.run(200)
    assert not play.breaches
    newest = max(term for term, _ in play.room.world[SHOW].errands)
    assert errands(play, newest) == {"sea": "pushed", "am": "pushed", "own": "pushed"}
