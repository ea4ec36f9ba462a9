"""Terms: how deep a discount may go, what a price keeps to, and what becomes of a term on each channel."""

from typing import Any

import pytest

from dashboard.decision import commands as c, events as e, state
from dashboard.decision.errands import PURCHASING, errands_of
from dashboard.decision.parameters import PARAMETERS, RULES
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.terms import OUTCOMES, deepest_percent
from tests.decision.shows import small_show
from tests.decision.tape import Tape, tape
from tests.decision.watched import START


def shops(*fees: int, region: str = "US") -> tuple[c.Channel, ...]:
    """Shops of a region by their fees in thousandths, and a stream that sells what the first lists, for a high fee."""
    some = tuple(c.Channel(f"shop{number}", "shopify", region, fee_per_mille=fee) for number, fee in enumerate(fees))
    return (*some, c.Channel("stream", "tiktok", region, behind="shop0", fee_per_mille=900))


def sku(price: int, cost: int, floor: int = 0, ceiling: int = 0) -> tuple[c.Sku, ...]:
    """A lamp and a ring that never binds."""
    lamp = c.Sku("lamp", "Lamp", "campaign", price, cost, floor_minor=floor, ceiling_minor=ceiling)
    return lamp, c.Sku("ring", "Ring", "campaign", 10_000)


def lanes(*landed: int) -> tuple[c.Lane, ...]:
    """Ways to the US by what a unit costs."""
    return tuple(c.Lane(place, "US", minor) for place, minor in zip(("LA", "NJ", "HH"), landed, strict=False))


DEEPEST = [
    ("half the price is cost, nothing else", 1000, 500, (), (0,), 50),
    ("the way to the buyer counts", 1000, 500, (100,), (0,), 40),
    ("the cheapest way is enough", 1000, 500, (300, 100, 200), (0,), 40),
    ("a tenth goes to the platform", 1000, 450, (), (100,), 50),
    ("the dearest shop bounds them all", 1000, 450, (), (0, 100, 50), 50),
    ("a fee that does not come out even is rounded to the safe side", 1000, 500, (), (30,), 48),
    ("just no whole percent more", 1000, 501, (), (0,), 49),
    ("a bound that is exact in integers, not in fractions", 18760, 8442, (), (375,), 28),
    ("sold at cost: no discount", 1000, 1000, (), (0,), 0),
    ("sold below cost: no discount either", 1000, 1500, (), (0,), 0),
    ("a platform that keeps everything leaves nothing to give", 1000, 1, (), (1000,), 0),
    ("an unknown cost bounds nothing", 1000, 0, (900,), (500,), 100),
    ("a price of nothing bounds nothing", 0, 100, (), (0,), 100),
    ("a region that sells nowhere is not bound", 1000, 900, (), (), 100),
]


@pytest.mark.parametrize(
    ("why", "price", "cost", "landed", "fees", "deepest"), DEEPEST, ids=[row[0] for row in DEEPEST]
)
def test_a_discount_never_sells_below_cost_way_and_fee(
    why: str, price: int, cost: int, landed: tuple[int, ...], fees: tuple[int, ...], deepest: int
) -> None:
    channels = shops(*fees) if fees else ()
    show = Tape(skus=sku(price, cost), lanes=lanes(*landed), channels=channels)
    assert deepest_percent(show.show, "lamp", "US", START) == deepest
    if deepest < 90:
        show.line(f"coupon GO for {deepest + 1} % on lamp in US -> below_margin {deepest}")
        show.line(f"bundle B of ring+lamp for {deepest + 1} % in US -> below_margin {deepest}")
    show.line(f"coupon GO for {min(90, deepest)} % on lamp in US")
    show.line("coupon GO for 0 % on lamp in US")
    show.line(f"bundle B of ring+lamp for {min(90, deepest)} % in US")
    show.line("bundle B of ring+lamp for 0 % in US")


@tape(skus=sku(1000, 400), lanes=())
def test_a_coupon_and_a_bundle_together_sell_no_lower_than_one_alone_may() -> None:
    """
    coupon GO for 40 % on lamp in US          # 600 is left
    bundle B of ring+lamp for 34 % in US      -> below_margin 33
    bundle B of ring+lamp for 33 % in US      # 402 is left
    coupon GO for 41 % on lamp in US          -> below_margin 40
    coupon GO for 0 % on lamp in US
    bundle B of ring+lamp for 60 % in US
    coupon GO for 1 % on lamp in US           -> below_margin 0
    """


@pytest.mark.parametrize("price", range(100, 5000, 617))
@pytest.mark.parametrize("fee", [0, 29, 65, 150, 333])
def test_the_deepest_discount_leaves_the_cost_and_a_percent_more_does_not(price: int, fee: int) -> None:
    for cost in range(1, price, max(1, price // 13)):
        show = Tape(skus=sku(price, cost), lanes=(), channels=shops(fee)).show
        deepest = deepest_percent(show, "lamp", "US", START)
        assert deepest == 0 or price * (100 - deepest) * (1000 - fee) >= cost * 100_000
        assert price * (99 - deepest) * (1000 - fee) < cost * 100_000


def test_the_price_in_force_on_each_shop_bounds_the_discount() -> None:
    """The show's price, what was set for all channels, and what was set for one, which outranks it."""
    show = Tape(skus=sku(1000, 500), lanes=(), channels=shops(0, 0))
    show.play(
        """
        coupon GO for 51 % on lamp in US      -> below_margin 50
        price of lamp is 2000
        coupon GO for 76 % on lamp in US      -> below_margin 75
        price of lamp is 1250 on shop1
        coupon GO for 61 % on lamp in US      -> below_margin 60
        price of lamp is 600 on stream        # sells what shop0 lists: its price is shop0's business
        coupon GO for 60 % on lamp in US
        coupon GO for 90 % on lamp in EU      # nobody sells there
        """
    )


@tape(skus=sku(1000, 400, floor=600, ceiling=1500))
def test_a_price_keeps_to_floor_and_ceiling() -> None:
    """
    price of lamp is 599                      -> below_margin 600
    price of lamp is 600
    price of lamp is 1501                     -> out_of_range 1500
    price of lamp is 1500
    price of lamp is 1501 on tiktok-us        -> out_of_range 1500
    price of ring is 1
    price of ring is 1000000
    """


@tape(skus=sku(1000, 400), lanes=())
def test_while_a_coupon_is_on_a_price_stays_above_cost_after_it() -> None:
    """
    price of lamp is 100                      # below cost: a decision of the host's own
    price of lamp is 1000
    coupon GO for 50 % on lamp in US until +10m
    price of lamp is 799                      -> below_margin 800
    price of lamp is 799 on tiktok-us         -> below_margin 800
    price of lamp is 799 on amazon-eu         # no coupon there
    price of lamp is 800
    coupon GO for 0 % on lamp in US
    price of lamp is 100
    price of lamp is 1000
    coupon GO for 33 % on lamp in US until +10m
    price of lamp is 597                      -> below_margin 598
    price of lamp is 598
    later 10m
    price of lamp is 100                      # the coupon has run out
    """


def test_where_floor_and_ceiling_cross_no_number_is_said_to_work() -> None:
    show = Tape(skus=sku(1000, 400, ceiling=1000), lanes=())
    show.line("price of lamp is 1000")
    show.line("coupon GO for 60 % on lamp in US")
    show.line("price of lamp is 1000 on tiktok-us")
    changed = Tape(skus=sku(2000, 400, ceiling=700), lanes=())
    changed.line("coupon GO for 60 % on lamp in US")
    for price in (700, 999, 1000, 1500):
        refused = changed.ask(f"price of lamp is {price}")
        assert isinstance(refused, Refusal)
        assert refused.would_work is None


@tape()
def test_a_bundle_takes_different_skus_of_a_region() -> None:
    """
    bundle B of lamp+ring for 10 % in US                 -> percent=10
    bundle B of lamp+lamp for 10 % in US                 -> nothing_to_do
    bundle B of lamp+sofa for 10 % in US                 -> sku_unknown
    bundle B of lamp+ring for 10 % in MARS               -> region_unknown
    bundle B of lamp+ring for 10 % in US until -1s       -> too_late
    bundle B of lamp+ring for 0 % in US                  -> percent=0
    """


@tape()
def test_safety_stocks_and_weights_are_set_once() -> None:
    """
    safety of lamp in US is none       -> nothing_to_do
    safety of lamp in US is 5          -> units=5
    safety of lamp in US is 5          -> nothing_to_do
    safety of lamp in US is 0          -> units=0
    safety of lamp in US is none       -> units=None
    safety of lamp in MARS is 5        -> region_unknown
    weigh lamp on tiktok-us by 100 %   -> nothing_to_do
    weigh lamp on tiktok-us by 150 %   -> percent=150
    weigh lamp on tiktok-us by 150 %   -> nothing_to_do
    weigh lamp on tiktok-us by 100 %   -> percent=100
    weigh lamp on nowhere by 50 %      -> channel_unknown
    """


@tape()
def test_a_replenishment_has_its_own_name_and_a_time_to_come() -> None:
    """
    replenish N with 50 lamp by -1s              -> too_late
    replenish N with 50 sofa                     -> sku_unknown
    replenish N with 50 lamp by +36h (urgent)    -> quantity=50, urgent=True, nothing moves
    replenish N with 50 lamp                     -> replenishment_exists
    replenish M with 50 lamp                     -> urgent=False
    order A on tiktok-us: 1 lamp                 -> not_enough_claims 0
    """


@tape()
def test_a_guest_comes_once_on_channels_there_are_and_leaves_after_coming() -> None:
    """
    guest star with lamp on nowhere                             -> channel_unknown
    guest star with sofa on tiktok-us                           -> sku_unknown
    guest star with lamp on tiktok-us from +10m until +10m      -> too_late
    guest star with lamp on tiktok-us from -2h until -1h        -> too_late
    guest star with lamp on tiktok-us+amazon-eu                 -> nothing moves
    guest star with lamp on tiktok-us                           -> guest_exists
    guest late with lamp on tiktok-us from -1h until +1h        -> guest=late
    """


ERRANDS: list[tuple[e.Event, tuple[str, ...]]] = [
    (e.LimitSet(sku="lamp", region="US", units_per_order=2), ("tiktok-us", "shopify-us")),
    (e.LimitSet(sku="lamp", region="EU", units_per_order=None), ("amazon-eu",)),
    (e.CouponSet(sku="lamp", region="US", code="GO", percent=0), ("tiktok-us", "shopify-us")),
    (e.BundleSet(bundle="B", region="EU", skus=("lamp", "ring"), percent=5), ("amazon-eu",)),
    (e.PriceSet(sku="lamp", price_minor=1), ("tiktok-us", "shopify-us", "amazon-eu")),
    (e.PriceSet(sku="lamp", price_minor=1, channel="amazon-eu"), ("amazon-eu",)),
    (e.PriceSet(sku="lamp", price_minor=1, channel="live-us"), ()),
    (e.OnScreenSet(sku="lamp"), ("tiktok-us", "live-us")),
    (e.OnScreenSet(sku=""), ()),
    (e.ReplenishmentRequested(replenishment="N", sku="lamp", quantity=1, need_by=1), (PURCHASING,)),
    (e.SafetySet(sku="lamp", region="US", units=1), ()),
    (e.SplitSet(channel="tiktok-us", sku="lamp", percent=50), ()),
    (e.NoteAdded(text="nothing to carry"), ()),
]


@pytest.mark.parametrize(("event", "channels"), ERRANDS, ids=lambda value: type(value).__name__)
def test_terms_go_to_the_shops_they_hold_on_and_the_screen_to_the_streams(
    event: e.Event, channels: tuple[str, ...]
) -> None:
    """`live-us` sells what tiktok-us lists: it has the screen, and no terms of its own."""
    world: Any = small_show()
    behind = c.Channel("live-us", "youtube", "US", behind="tiktok-us")
    tape = Tape(channels=(*world.channels, behind))
    assert errands_of(tape.show.opened, event) == channels


@tape()
def test_every_kind_of_term_can_be_ticked_off_where_it_goes() -> None:
    """
    t = limit lamp in US to 2
    errand of t on shopify-us is done         -> outcome=done
    errand of t on amazon-eu is done          -> term_unknown
    t = price of lamp is 4000 on amazon-eu
    errand of t on amazon-eu is pushed        -> outcome=pushed
    t = coupon GO for 10 % on lamp in EU
    errand of t on amazon-eu is failed        -> outcome=failed
    t = bundle B of lamp+ring for 10 % in EU
    errand of t on amazon-eu is by_hand       -> outcome=by_hand
    t = on screen lamp
    errand of t on tiktok-us is done
    errand of t on shopify-us is done         -> term_unknown
    t = replenish N with 5 lamp
    errand of t on purchasing is by_hand
    errand of t on purchasing is done
    t = safety of lamp in US is 5
    errand of t on tiktok-us is done          -> term_unknown
    errand of 999 on tiktok-us is done        -> term_unknown
    close the show
    """


LIFE = {
    "open": ("pushed", "by_hand", "done", "failed"),
    "failed": ("pushed", "by_hand", "done", "failed"),
    "by_hand": ("done",),
    "pushed": (),
    "done": (),
}


@pytest.mark.parametrize("state", LIFE)
@pytest.mark.parametrize("outcome", [*OUTCOMES, "open", "nonsense"])
def test_an_errand_becomes_only_what_its_lifecycle_says(state: str, outcome: str) -> None:
    tape = Tape()
    tape.line("t = limit lamp in US to 2")
    if state != "open":
        tape.line(f"errand of t on tiktok-us is {state}")
    expected = "" if outcome in LIFE[state] else " -> outcome_unknown"
    if outcome in OUTCOMES and outcome not in LIFE[state]:
        expected = " -> not_in_that_state"
    tape.line(f"errand of t on tiktok-us is {outcome}{expected}")
    assert tape.show.errands[tape.seqs["t"], "shopify-us"] == "open"


def test_a_proposal_brings_its_errands_when_it_is_approved() -> None:
    tape = Tape()
    tape.play("propose P: limit lamp in US to 2 + on screen lamp\napprove P")
    assert sorted(tape.show.errands) == [
        (tape.watched.seq - 1, "shopify-us"),
        (tape.watched.seq - 1, "tiktok-us"),
        (tape.watched.seq, "tiktok-us"),
    ]


@pytest.mark.parametrize("one", PARAMETERS, ids=lambda one: one.name)
def test_a_parameter_takes_its_range_and_nothing_beyond(one: Any) -> None:
    assert one.least <= one.default <= one.most, "a default is a value it takes"
    tape = Tape()
    for value in (one.least, one.most, one.default, None):
        set_to = c.SetParameter(id="a", show="night", parameter=one.name, value=value)
        assert not isinstance(tape.watched.ask(set_to, START), Refusal)
    for value, bound in ((one.least - 0.5, one.least), (one.most + 0.5, one.most), (float(2**60), one.most)):
        refused = tape.watched.ask(c.SetParameter(id="a", show="night", parameter=one.name, value=value), START)
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.would_work) == (Code.OUT_OF_RANGE, int(bound) if bound == int(bound) else None)
        assert f"{bound:.10g}" in refused.sentence


NEAR = [
    ("top_up_unit", "top_up_units"),
    ("cupon_percent", "coupon_percent"),
    ("cooldown_minutes", "cool_down_minutes"),
    ("something else entirely", "Setup"),
]


@pytest.mark.parametrize(("typed", "meant"), NEAR)
def test_an_unknown_parameter_is_answered_with_those_called_alike(typed: str, meant: str) -> None:
    refused = Tape().watched.ask(c.SetParameter(id="a", show="night", parameter=typed, value=1.0), START)
    assert isinstance(refused, Refusal)
    assert meant in refused.sentence


def test_a_level_is_for_a_rule_there_is_or_for_all() -> None:
    tape = Tape()
    for rule in ("all", *(rule.name for rule in RULES)):
        tape.line(f"rule {rule} is on auto")
    refused = tape.ask("rule watc is on auto")
    assert isinstance(refused, Refusal)
    assert refused.code == Code.RULE_UNKNOWN
    assert "watch" in refused.sentence


def test_an_order_never_asks_who_has_to_be_told_of_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders are all but everything that happens: remembering one looks at no errand."""
    asked: list[str] = []

    def watched(opened: e.ShowOpened, event: e.Event) -> tuple[str, ...]:
        asked.append(type(event).__name__)
        return errands_of(opened, event)

    monkeypatch.setattr(state, "errands_of", watched)
    Tape().play(
        """
        receive 9 lamp at LA into region/US
        expose 5 lamp on tiktok-us
        order A on tiktok-us: 2 lamp
        ship A of tiktok-us
        limit lamp in US to 2
        bundle B of lamp+ring for 10 % in US
        """
    )
    assert asked == ["LimitSet", "BundleSet"]
