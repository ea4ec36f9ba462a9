"""Every way to be refused, one row each, and what is answered when two rules are broken at once."""

import pytest

from dashboard.decision import commands as c
from dashboard.decision.refusals import Code, Refusal
from tests.decision.shows import small_show
from tests.decision.tape import Tape
from tests.decision.watched import START, Watched

ANSWERED_BY_THE_ROOM = {Code.ROLE_FORBIDS, Code.EXISTS_WITH_DIFFERENT_BODY, Code.JOURNAL_UNAVAILABLE}
"""Who asks, ids and the store are no business of the decision; test_roles.py and tests/room provoke these."""
ANSWERED_WITHOUT_A_TAPE = {Code.SHOW_UNKNOWN, Code.SHOW_EXISTS, Code.WORLD_INCONSISTENT}

STOCKED = """
    receive 10 lamp at LA into region/US
    receive 5 ring at HH
"""

REFUSALS = {
    Code.MALFORMED: 'propose P: {"type":"sell_everything","id":"x","show":"night"} -> malformed',
    Code.SHOW_CLOSED: """
        close the show
        order A on tiktok-us: 1 lamp -> show_closed
    """,
    Code.CHANNEL_UNKNOWN: "order A on youtube-us: 1 lamp -> channel_unknown",
    Code.REGION_UNKNOWN: "limit lamp in MARS to 2 -> region_unknown",
    Code.LOCATION_UNKNOWN: "receive 1 lamp at MARS -> location_unknown",
    Code.SKU_UNKNOWN: "order A on tiktok-us: 1 sofa -> sku_unknown",
    Code.POOL_UNKNOWN: "move 1 lamp from region/US to region/MARS -> pool_unknown",
    Code.POOL_EXISTS: """
        open pool guest with 1 ring
        open pool guest with 1 ring -> pool_exists
    """,
    Code.ORDER_EXISTS: """
        order A on tiktok-us: 1 lamp
        cancel A of tiktok-us
        order A on tiktok-us: 1 lamp -> order_exists
    """,
    Code.ORDER_UNKNOWN: "cancel A of tiktok-us -> order_unknown",
    Code.SHIPMENT_EXISTS: """
        send S from HH to LA: 1 ring
        send S from HH to LA: 1 ring -> shipment_exists
    """,
    Code.SHIPMENT_UNKNOWN: "S arrives with 1 lamp -> shipment_unknown",
    Code.REQUEST_UNKNOWN: "fulfil R -> request_unknown",
    Code.LOAN_EXISTS: """
        lend 1 lamp from region/US to region/EU as L
        lend 1 lamp from region/US to region/EU as L -> loan_exists
    """,
    Code.LOAN_UNKNOWN: "give back L -> loan_unknown",
    Code.REPLENISHMENT_EXISTS: """
        replenish N with 5 lamp
        replenish N with 5 lamp (urgent) -> replenishment_exists
    """,
    Code.GUEST_EXISTS: """
        guest star with lamp on tiktok-us
        guest star with ring on amazon-eu -> guest_exists
    """,
    Code.TERM_UNKNOWN: """
        t = limit lamp in US to 2
        errand of t on amazon-eu is done -> term_unknown
    """,
    Code.ALERT_EXISTS: """
        alert A
        alert A -> alert_exists
    """,
    Code.ALERT_UNKNOWN: "resolve A -> alert_unknown",
    Code.PROPOSAL_EXISTS: """
        propose P: note do it
        propose P: note do it -> proposal_exists
    """,
    Code.PROPOSAL_UNKNOWN: "approve P -> proposal_unknown",
    Code.LINE_EXISTS: """
        say L on tiktok-us
        say L on tiktok-us -> line_exists
    """,
    Code.LINE_UNKNOWN: "retract L -> line_unknown",
    Code.LEVEL_UNKNOWN: "rule watch is on autopilot -> level_unknown",
    Code.OUTCOME_UNKNOWN: """
        t = limit lamp in US to 2
        errand of t on tiktok-us is forgotten -> outcome_unknown
    """,
    Code.CHOICE_UNKNOWN: "list lamp as mixed -> choice_unknown",
    Code.RULE_UNKNOWN: "rule nobody is on auto -> rule_unknown",
    Code.PARAMETER_UNKNOWN: "parameter top_up_unit is 3 -> parameter_unknown",
    Code.OUT_OF_RANGE: "parameter coupon_percent is 91 -> out_of_range 90",
    Code.NOT_IN_THAT_STATE: """
        alert A
        acknowledge A
        acknowledge A -> not_in_that_state
    """,
    Code.NOTHING_TO_DO: "order A on tiktok-us: nothing -> nothing_to_do",
    Code.TOO_LATE: "send S from HH to LA: 1 ring due -1h -> too_late",
    Code.NOT_UNDOABLE: "undo 1 -> not_undoable",
    Code.STALE_PREVIEW: """
        order A on tiktok-us: 1 lamp
        move 9 lamp from region/US to region/EU seen 3 -> stale_preview 9
    """,
    Code.BELOW_MARGIN: "coupon GO for 52 % on lamp in US -> below_margin 51",
    Code.OVER_LIMIT: """
        limit lamp in US to 2
        order A on tiktok-us: 3 lamp -> over_limit 2
    """,
    Code.TOO_MANY: """
        order A on tiktok-us: 2 lamp
        ship A of tiktok-us: 3 lamp -> too_many 2
    """,
    Code.NOT_ENOUGH_CLAIMS: "order A on tiktok-us: 11 lamp -> not_enough_claims 10",
    Code.BELOW_BID: """
        receive 5 lamp at LA
        allocate with bids lamp=2501
        order A on tiktok-us: 11 lamp -> below_bid 10
    """,
    Code.NOT_ENOUGH_GOODS: "quarantine 1 ring at LA -> not_enough_goods 0",
    Code.NO_LOCATION_SERVES: """
        move 2 ring from flexible to region/US
        order A on tiktok-us: 1 ring -> no_location_serves 0
    """,
}

TWO_BROKEN_RULES = [
    (Code.SHOW_CLOSED, Code.CHANNEL_UNKNOWN, "close the show\norder A on nowhere: 1 lamp -> show_closed"),
    (Code.MALFORMED, Code.PROPOSAL_EXISTS, 'propose P: note x\npropose P: {"type":"nonsense"} -> malformed'),
    (Code.CHANNEL_UNKNOWN, Code.SKU_UNKNOWN, "order A on nowhere: 1 sofa -> channel_unknown"),
    (Code.CHANNEL_UNKNOWN, Code.LOCATION_UNKNOWN, "return A of nowhere to MARS -> channel_unknown"),
    (Code.CHANNEL_UNKNOWN, Code.POOL_EXISTS, "open pool g with 1 ring\nopen pool g with 1 ring for x -> channel_unknown"),
    (Code.CHANNEL_UNKNOWN, Code.LINE_EXISTS, "say L on tiktok-us\nsay L on nowhere -> channel_unknown"),
    (Code.REGION_UNKNOWN, Code.SKU_UNKNOWN, "limit sofa in MARS to 2 -> region_unknown"),
    (Code.REGION_UNKNOWN, Code.TOO_LATE, "coupon X for 10 % on lamp in MARS until -1h -> region_unknown"),
    (Code.LOCATION_UNKNOWN, Code.SKU_UNKNOWN, "receive 1 sofa at MARS -> location_unknown"),
    (Code.LOCATION_UNKNOWN, Code.ORDER_UNKNOWN, "return A of tiktok-us to MARS -> location_unknown"),
    (Code.SKU_UNKNOWN, Code.POOL_UNKNOWN, "receive 1 sofa at LA into region/MARS -> sku_unknown"),
    (Code.SKU_UNKNOWN, Code.POOL_UNKNOWN, "send S from HH to LA: 1 ring, 1 sofa out of region/MARS -> sku_unknown"),
    (Code.SKU_UNKNOWN, Code.ORDER_EXISTS, "order A on tiktok-us: 1 lamp\norder A on tiktok-us: 1 sofa -> sku_unknown"),
    (Code.POOL_UNKNOWN, Code.NOTHING_TO_DO, "move 1 lamp from region/MARS to region/MARS -> pool_unknown"),
    (Code.POOL_UNKNOWN, Code.SHIPMENT_EXISTS,
     "send S from HH to LA: 1 ring\nsend S from HH to LA: 1 ring into region/MARS -> pool_unknown"),
    (Code.POOL_EXISTS, Code.NOT_ENOUGH_CLAIMS, "open pool g with 1 ring\nopen pool g with 99 ring -> pool_exists"),
    (Code.ORDER_EXISTS, Code.NOTHING_TO_DO, "order A on tiktok-us: 1 lamp\norder A on tiktok-us: nothing -> order_exists"),
    (Code.ORDER_EXISTS, Code.NOT_ENOUGH_CLAIMS,
     "order A on tiktok-us: 1 lamp\norder A on tiktok-us: 99 lamp -> order_exists"),
    (Code.SHIPMENT_EXISTS, Code.NOT_ENOUGH_CLAIMS,
     "send S from HH to LA: 1 ring\nsend S from HH to LA: 99 ring -> shipment_exists"),
    (Code.CHANNEL_UNKNOWN, Code.SKU_UNKNOWN, "guest G with sofa on nowhere -> channel_unknown"),
    (Code.REGION_UNKNOWN, Code.SKU_UNKNOWN, "bundle B of lamp+sofa for 5 % in MARS -> region_unknown"),
    (Code.SKU_UNKNOWN, Code.POOL_UNKNOWN, "lend 1 sofa from flexible to region/US as L -> sku_unknown"),
    (Code.POOL_UNKNOWN, Code.LOAN_EXISTS,
     "lend 1 lamp from region/US to region/EU as L\nlend 1 lamp from flexible to region/EU as L -> pool_unknown"),
    (Code.LOAN_EXISTS, Code.NOTHING_TO_DO,
     "lend 1 lamp from region/US to region/EU as L\nlend 1 lamp from region/US to region/US as L -> loan_exists"),
    (Code.LOAN_EXISTS, Code.TOO_LATE,
     "lend 1 lamp from region/US to region/EU as L\n"
     "lend 1 lamp from region/US to region/EU as L until -1h -> loan_exists"),
    (Code.REPLENISHMENT_EXISTS, Code.TOO_LATE,
     "replenish N with 5 lamp\nreplenish N with 5 lamp by -1h -> replenishment_exists"),
    (Code.GUEST_EXISTS, Code.TOO_LATE,
     "guest G with lamp on tiktok-us\nguest G with lamp on tiktok-us until -1h -> guest_exists"),
    (Code.TERM_UNKNOWN, Code.OUTCOME_UNKNOWN, "errand of 1 on tiktok-us is forgotten -> term_unknown"),
    (Code.LEVEL_UNKNOWN, Code.RULE_UNKNOWN, "rule nobody is on autopilot -> level_unknown"),
    (Code.OUTCOME_UNKNOWN, Code.NOT_IN_THAT_STATE,
     "t = limit lamp in US to 2\nerrand of t on tiktok-us is done\n"
     "errand of t on tiktok-us is forgotten -> outcome_unknown"),
    (Code.NOTHING_TO_DO, Code.TOO_LATE, "bundle B of lamp+lamp for 5 % in US until -1h -> nothing_to_do"),
    (Code.TOO_LATE, Code.STALE_PREVIEW,
     "lend 1 lamp from region/US to region/EU as L until -1h seen 0 -> too_late"),
    (Code.TOO_LATE, Code.BELOW_MARGIN, "coupon GO for 90 % on lamp in US until -1h -> too_late"),
    (Code.STALE_PREVIEW, Code.NOT_ENOUGH_CLAIMS,
     "lend 99 lamp from region/US to region/EU as L keeping 3 -> stale_preview 7"),
    (Code.SHIPMENT_EXISTS, Code.TOO_LATE,
     "send S from HH to LA: 1 ring\nsend S from HH to LA: 1 ring due -1h -> shipment_exists"),
    (Code.NOT_IN_THAT_STATE, Code.TOO_LATE,
     "propose P by +1m: note x\ndismiss P\nlater 1h\napprove P -> not_in_that_state"),
    (Code.NOT_IN_THAT_STATE, Code.TOO_MANY,
     "send S from HH to LA: 1 ring\nS arrives with 1 ring\nS arrives with 1 ring -> not_in_that_state"),
    (Code.NOTHING_TO_DO, Code.TOO_LATE, "send S from HH to HH: 1 ring due -1h -> nothing_to_do"),
    (Code.NOTHING_TO_DO, Code.STALE_PREVIEW, "move 1 lamp from region/US to region/US seen 0 -> nothing_to_do"),
    (Code.TOO_LATE, Code.NOT_ENOUGH_CLAIMS, "send S from HH to LA: 99 ring due -1h -> too_late"),
    (Code.NOT_UNDOABLE, Code.STALE_PREVIEW,
     "t = move 1 ring from flexible to region/EU\nexpose 1 ring on amazon-eu\nundo t seen t -> not_undoable"),
    (Code.STALE_PREVIEW, Code.NOT_ENOUGH_CLAIMS, "move 99 lamp from region/US to region/EU seen 0 -> stale_preview 10"),
    (Code.OVER_LIMIT, Code.NOT_ENOUGH_CLAIMS, "limit lamp in US to 2\norder A on tiktok-us: 99 lamp -> over_limit 2"),
    (Code.NOT_ENOUGH_CLAIMS, Code.NOT_ENOUGH_GOODS, "quarantine 99 ring at LA -> not_enough_claims 5"),
    (Code.NOT_ENOUGH_CLAIMS, Code.NO_LOCATION_SERVES, "order A on tiktok-us: 1 ring -> not_enough_claims 0"),
]  # fmt: skip


@pytest.mark.parametrize("code", REFUSALS)
def test_a_broken_rule_is_answered_with_its_code(code: Code) -> None:
    tape = Tape(draws=("channel", "region", "flexible") if code == Code.BELOW_BID else ("channel", "region"))
    tape.play(STOCKED)
    tape.play(REFUSALS[code])
    assert tape.watched.refusals == {code: 1}


@pytest.mark.parametrize(("answered", "also_broken", "lines"), TWO_BROKEN_RULES)
def test_of_two_broken_rules_the_more_basic_one_is_answered(answered: Code, also_broken: Code, lines: str) -> None:
    order = list(Code)
    assert order.index(answered) < order.index(also_broken)
    tape = Tape()
    tape.play(STOCKED)
    tape.play(lines)
    assert answered in lines.splitlines()[-1]
    assert tape.watched.refusals == {answered: 1}


def test_every_code_has_its_row() -> None:
    assert set(REFUSALS) | ANSWERED_BY_THE_ROOM | ANSWERED_WITHOUT_A_TAPE == set(Code)


def test_a_show_must_be_open_before_it_can_be_asked() -> None:
    refused = Watched().ask(c.AddNote(id="a", show="night", text="hello"), START)
    assert isinstance(refused, Refusal)
    assert refused.code == Code.SHOW_UNKNOWN
    assert "night" in refused.sentence


def test_a_show_opens_once() -> None:
    tape = Tape()
    refused = tape.watched.ask(small_show(id="again"), START)
    assert isinstance(refused, Refusal)
    assert refused.code == Code.SHOW_EXISTS


BROKEN_WORLDS = [
    ("The show must end after it starts.", {"ends_at": START}),
    ("SKU", {"skus": (c.Sku("lamp"), c.Sku("lamp"))}),
    ("location", {"locations": (c.Location("LA"), c.Location("LA"))}),
    ("region", {"regions": (c.Region("US"), c.Region("US"), c.Region("EU"))}),
    ("channel", {"channels": (c.Channel("web", "shopify", "US"), c.Channel("web", "shopify", "US"))}),
    ("'L/A'", {"locations": (c.Location("L/A"),), "lanes": ()}),
    ("'transit'", {"locations": (c.Location("transit"),), "lanes": ()}),
    ("'U/S'", {"regions": (c.Region("U/S"),), "lanes": (), "channels": ()}),
    ("'we/b'", {"channels": (c.Channel("we/b", "shopify", "US"),)}),
    (r"'la\x07mp'", {"skus": (c.Sku("la\x07mp"),)}),
    ("'shed'", {"locations": (c.Location("LA", kind="shed"),), "lanes": ()}),
    ("'luxury'", {"skus": (c.Sku("lamp", tier="luxury"),)}),
    ("'elsewhere'", {"draws": ("channel", "elsewhere")}),
    ("Lane MARS -> US", {"lanes": (c.Lane("MARS", "US"),)}),
    ("Lane LA -> MARS", {"lanes": (c.Lane("LA", "MARS"),)}),
    ("sells in MARS", {"channels": (c.Channel("web", "shopify", "MARS"),)}),
    ("'sofa'", {"rundown": (c.Segment(0, 60, "sofa"),)}),
    ("'sofa'", {"plan": (c.PlanLine("sofa", "US", 10),)}),
]


@pytest.mark.parametrize(("named", "change"), BROKEN_WORLDS)
def test_a_world_that_does_not_fit_together_is_refused_by_name(named: str, change: dict[str, object]) -> None:
    refused = Watched().ask(small_show(**change), START)
    assert isinstance(refused, Refusal)
    assert refused.code == Code.WORLD_INCONSISTENT
    assert named in refused.sentence


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    tape = Tape()
    refused = tape.ask("order A on tiktok: 1 lamp")
    assert isinstance(refused, Refusal)
    assert "'tiktok'" in refused.sentence
    assert "amazon-eu, shopify-us, tiktok-us" in refused.sentence
