"""Late binding: a channel's own units, its region's, and the flexible ones, if the sale is worth it there."""

import random

from dashboard.decision import commands as c
from dashboard.decision.refusals import Code, Refusal
from tests.decision.tape import Tape, tape

WIDE = ("channel", "region", "flexible")
NIGHTS = 12
ORDERS = 60


@tape(draws=WIDE)
def test_a_flexible_unit_is_sold_for_its_bid_and_not_for_less() -> None:
    """
    receive 10 lamp at LA                     # 4900 less 2100 less the cheapest way, 300, earns 2500
    receive 10 lamp at HH                     # in Europe the way is 400, a lamp earns 2400
    order A on tiktok-us: 1 lamp              -> 1 flexible > committed/tiktok-us, 1 LA/available > LA/committed
    allocate with bids lamp=2500
    order B on tiktok-us: 1 lamp              -> 1 flexible > committed/tiktok-us, 1 LA/available > LA/committed
    order C on amazon-eu: 1 lamp              -> below_bid 0
    order C on amazon-eu: 1 lamp@5000         -> 1 flexible > committed/amazon-eu, 1 HH/available > HH/committed
    order D on tiktok-us: 1 lamp@4899         -> below_bid 0
    price of lamp is 4800 on tiktok-us
    order E on tiktok-us: 1 lamp              -> below_bid 0
    order E on tiktok-us: 1 lamp@4900, 1 lamp@4899 -> below_bid 0
    order F on tiktok-us: 1 lamp@1 (sold)     -> 1 flexible > committed/tiktok-us, 1 LA/available > LA/committed
    allocate by seller
    order G on tiktok-us: 1 lamp@1            -> 1 flexible > committed/tiktok-us, 1 LA/available > LA/committed
    """


@tape(draws=WIDE)
def test_a_bid_keeps_nobody_from_what_is_the_regions_own() -> None:
    """
    receive 6 lamp at LA
    move 3 lamp from flexible to region/US
    expose 1 lamp on tiktok-us
    allocate with bids lamp=9000
    order A on tiktok-us: 4 lamp -> below_bid 3
    order A on tiktok-us: 7 lamp -> not_enough_claims 3
    order A on tiktok-us: 3 lamp -> 1 channel/tiktok-us > committed/tiktok-us, 2 region/US > committed/tiktok-us,
        3 LA/available > LA/committed
    """


@tape(draws=("flexible", "region"))
def test_what_the_flexible_pool_keeps_is_drawn_from_the_next_pool() -> None:
    """
    receive 6 lamp at LA
    move 3 lamp from flexible to region/US
    allocate with bids lamp=9000
    order A on tiktok-us: 2 lamp -> 2 region/US > committed/tiktok-us, 2 LA/available > LA/committed
    allocate with bids lamp=0, ring=9000
    order B on tiktok-us: 2 lamp -> 2 flexible > committed/tiktok-us, 2 LA/available > LA/committed
    """


@tape(draws=WIDE, channels=(c.Channel("tiktok-us", "tiktok", "US", fee_per_mille=60),))
def test_the_platforms_fee_is_no_earning() -> None:
    """
    receive 6 lamp at LA
    allocate with bids lamp=2207
    order A on tiktok-us: 1 lamp -> below_bid 0
    allocate with bids lamp=2206
    order A on tiktok-us: 1 lamp -> 1 flexible > committed/tiktok-us, 1 LA/available > LA/committed
    """


@tape(draws=WIDE)
def test_a_price_in_another_currency_is_judged_by_the_shows_own() -> None:
    """
    receive 6 lamp at HH
    allocate with bids lamp=2400
    order A on amazon-eu: 1 lamp@4500 in USD -> below_bid 0
    order A on amazon-eu: 1 lamp@4500 in EUR -> 1 flexible > committed/amazon-eu, 1 HH/available > HH/committed
    price of lamp is 4800
    order B on amazon-eu: 1 lamp@9999 in EUR -> below_bid 0
    """


def test_the_refusal_names_what_the_sale_earns_and_what_was_bid() -> None:
    tape = Tape(draws=WIDE)
    tape.play("receive 6 lamp at LA\nallocate with bids lamp=2600")
    refused = tape.ask("order A on tiktok-us: 2 lamp")
    assert refused == Refusal(
        Code.BELOW_BID,
        "2 x lamp asked on tiktok-us, 0 left there: one earns 2500 minor units, "
        "a unit of the flexible pool is worth 2600 elsewhere or later.",
        0,
    )


def test_an_order_tells_what_its_region_had_left_wherever_it_lay() -> None:
    tape = Tape(draws=WIDE)
    tape.play(
        """
        receive 20 lamp at LA into region/US
        receive 9 lamp at LA
        expose 5 lamp on tiktok-us
        expose 4 lamp on shopify-us
        withhold 3 lamp for shopify-us
        """
    )
    placed = tape.ask("order A on tiktok-us: 2 lamp, 1 lamp")
    assert isinstance(placed, tuple)
    assert [line.before for line in placed[0].lines] == [20, 20]  # type: ignore[attr-defined]
    placed = tape.ask("order B on shopify-us: 1 lamp")
    assert isinstance(placed, tuple)
    assert [line.before for line in placed[0].lines] == [17]  # type: ignore[attr-defined]


@tape()
def test_an_order_tells_the_screen_and_the_viewers_it_was_sold_amid() -> None:
    """
    receive 20 lamp at LA into region/US
    order A on tiktok-us: 1 lamp                       -> pushed=False, viewers=None
    on screen lamp (push)
    order B on tiktok-us: 1 lamp before 1200 viewers   -> pushed=True, viewers=1200, on_screen=lamp
    order C on tiktok-us: 1 lamp                       -> pushed=True, viewers=1200
    order D on shopify-us: 1 lamp                      -> pushed=True, viewers=None
    on screen lamp
    order E on tiktok-us: 1 lamp before 0 viewers      -> pushed=False, viewers=0
    on screen nothing (push)
    order F on tiktok-us: 1 lamp                       -> pushed=False, viewers=0, on_screen=
    """


def test_an_order_over_three_sources_is_served_whole_or_not_at_all() -> None:
    """By chance: exposure, region and flexible pool are filled, lumps are ordered, and a sum says what has to happen."""
    served = refused = kept = mixed = 0
    for seed in range(NIGHTS):
        chance = random.Random(seed)
        tape = Tape(draws=WIDE)
        tape.play("receive 300 lamp at LA\nmove 100 lamp from flexible to region/US\nexpose 40 lamp on tiktok-us")
        for number in range(ORDERS):
            if chance.random() < 0.3:
                tape.ask(f"allocate with bids lamp={chance.choice((0, 2400, 2500, 2501))}")
            if chance.random() < 0.2:
                tape.ask(f"expose {chance.randint(1, 20)} lamp on tiktok-us")
            accounts = ("channel/tiktok-us", "region/US", "flexible")
            had = [tape.show.ledger.claim("lamp", account) for account in accounts]
            units, price = chance.choice((1, 2, 5, 40)), chance.choice((4500, 4900))
            sold = chance.random() < 0.2
            worth = sold or price - 2400 >= tape.show.bids.get("lamp", 0) or not tape.show.bids.get("lamp", 0)
            verdict = tape.ask(f"order o{number} on tiktok-us: {units} lamp@{price}{' (sold)' if sold else ''}")
            now = [tape.show.ledger.claim("lamp", account) for account in accounts]
            could = sum(had[:2]) + (had[2] if worth else 0)
            if units <= could:
                assert isinstance(verdict, tuple), verdict
                first, second = min(units, had[0]), min(max(0, units - had[0]), had[1])
                assert now == [had[0] - first, had[1] - second, had[2] - (units - first - second)]
                served, mixed = served + 1, mixed + all(a > b for a, b in zip(had, now, strict=True))
            else:
                assert isinstance(verdict, Refusal)
                assert now == had
                few = units > sum(had)
                assert verdict.code == (Code.NOT_ENOUGH_CLAIMS if few else Code.BELOW_BID)
                assert verdict.would_work == could
                refused, kept = refused + few, kept + (not few)
        assert sum(tape.show.ledger.claims["lamp"].values()) == 0
    assert min(served, refused, kept, mixed) >= 3, (served, refused, kept, mixed)


def test_nobody_needs_a_lane_to_have_a_bid() -> None:
    """A region without a lane costs nothing to reach, and serves nobody either."""
    tape = Tape(draws=WIDE, lanes=(c.Lane("LA", "US", 500),))
    tape.play("receive 6 lamp at HH\nallocate with bids lamp=2800")
    refused = tape.ask("order A on amazon-eu: 1 lamp")
    assert isinstance(refused, Refusal)
    assert refused.code == Code.NO_LOCATION_SERVES
