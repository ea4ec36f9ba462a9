"""What forecast and allocator may say, and what is answered to what cannot be right."""

from typing import Any

import pytest

from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Code, Refusal
from tests.decision.shows import SHOW, small_show
from tests.decision.tape import Tape, tape
from tests.decision.watched import START, Watched

NAN = float("nan")
WRONG_TUNINGS: list[tuple[dict[str, Any], Code, str]] = [
    ({"shows": -1}, Code.OUT_OF_RANGE, "-1 for the number of shows it was learned from; it takes 0 to 1000000000."),
    ({"trust": 1.2}, Code.OUT_OF_RANGE, "1.2 for the trust in the rundown; it takes 0 to 1."),
    ({"trust": -0.1}, Code.OUT_OF_RANGE, "-0.1 for the trust in the rundown; it takes 0 to 1."),
    ({"states": {"test": ()}}, Code.OUT_OF_RANGE, "0 for the number of states of test; it takes 1 to 16."),
    ({"states": {"test": (1.0,) * 17}}, Code.OUT_OF_RANGE, "17 for the number of states of test; it takes 1 to 16."),
    ({"states": {"test": (1.0, -2.0)}}, Code.OUT_OF_RANGE, "-2 for state 2 of test; it takes 0 to 1000000."),
    ({"states": {"luxury": (1.0,)}}, Code.CHOICE_UNKNOWN, "no tier; it takes one of evergreen, campaign, test."),
    ({"spread": {"test": -0.5}}, Code.OUT_OF_RANGE, "-0.5 for the spread of test; it takes 0 to 1000000."),
    ({"spread": {"": 0.5}}, Code.CHOICE_UNKNOWN, "'' is no tier; it takes one of evergreen, campaign, test."),
    ({"levels": {"test/0-10": (-0.1, 0.9)}}, Code.OUT_OF_RANGE, "-0.1 for a level of test/0-10; it takes 0 to 1."),
    ({"levels": {"test/0-10": (0.1, 1.1)}}, Code.OUT_OF_RANGE, "1.1 for a level of test/0-10; it takes 0 to 1."),
    ({"levels": {"test/0-10": (0.9, 0.1)}}, Code.OUT_OF_RANGE, "0.9 and 0.1; the first may not be above the second."),
    ({"levels": {"test": (0.1, 0.9)}}, Code.CHOICE_UNKNOWN, "'test' names no horizon."),
    ({"levels": {"0-10/test": (0.1, 0.9)}}, Code.CHOICE_UNKNOWN, "'0-10' is no tier"),
    ({"history": {"pinball": 1e300}}, Code.OUT_OF_RANGE, "1e+300 for pinball of the history"),
]
NO_NUMBERS: list[dict[str, Any]] = [
    {"trust": NAN},
    {"states": {"test": (1.0, float("inf"))}},
    {"levels": {"test/0-10": (NAN, 0.9)}},
    {"history": {"pinball": NAN}},
]
WRONG_ALLOCATIONS: list[tuple[str, Code, str]] = [
    ("allocate with bids sofa=1", Code.SKU_UNKNOWN, "no SKU 'sofa'; it knows lamp, ring."),
    ("allocate with bids lamp=-1", Code.OUT_OF_RANGE, "-1 for the bid for lamp; it takes 0 to 1000000000000000."),
    ("allocate with bids lamp=1000000000000001", Code.OUT_OF_RANGE, "it takes 0 to 1000000000000000."),
    ("allocate worth lamp@MARS=1", Code.REGION_UNKNOWN, "no region 'MARS'; it knows EU, US."),
    ("allocate worth sofa@US=1", Code.SKU_UNKNOWN, "no SKU 'sofa'"),
    ("allocate worth lamp@US=-5", Code.OUT_OF_RANGE, "-5 for the worth of lamp in US; it takes 0 to"),
    ("allocate advising 1 sofa flexible region/US 9", Code.SKU_UNKNOWN, "no SKU 'sofa'"),
    ("allocate advising 1 lamp flexible region/MARS 9", Code.POOL_UNKNOWN, "it knows flexible, region/EU, region/US."),
    ("allocate advising 0 lamp flexible region/US 9", Code.OUT_OF_RANGE, "0 for the units of lamp to leave flexible"),
    (
        "allocate advising 1 lamp flexible region/US -9",
        Code.OUT_OF_RANGE,
        "-9 for the worth of moving lamp to region/US",
    ),
    ("allocate advising 1 lamp flexible flexible 9", Code.NOTHING_TO_DO, "from flexible to itself"),
    ("allocate by guess", Code.CHOICE_UNKNOWN, "'guess' is no method; it takes one of lp, proportional, seller."),
]


def adopt(**tuning: Any) -> c.AdoptForecast:
    """A tuning named T."""
    return c.AdoptForecast(id="adopt", show=SHOW, tuning=c.Tuning("T", **tuning))


@pytest.mark.parametrize(("tuning", "code", "sentence"), WRONG_TUNINGS)
def test_a_tuning_that_cannot_be_right_is_refused_with_what_would_be(
    tuning: dict[str, Any], code: Code, sentence: str
) -> None:
    refused = Tape().watched.ask(adopt(**tuning), START)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert sentence in refused.sentence


@pytest.mark.parametrize("tuning", NO_NUMBERS)
def test_what_is_no_number_is_refused_too(tuning: dict[str, Any]) -> None:
    """JSON cannot say it, a program can."""
    refused = machine.decide(Tape().watched.world, adopt(**tuning), START)
    assert isinstance(refused, Refusal)
    assert refused.code == Code.OUT_OF_RANGE


@pytest.mark.parametrize("states", [1, 8, 16])
def test_the_newest_tuning_counts(states: int) -> None:
    tape = Tape()
    tape.play("forecast by defaults\nforecast by defaults -> nothing_to_do")
    tuning = adopt(
        shows=20,
        trust=0.6,
        states={"evergreen": (1.5,) * states},
        spread={"test": 0.7},
        levels={"campaign/lasts": (0.5, 0.5), "test/0-10": (0.0, 1.0)},
        history={"shows_skipped": -2.5},
    )
    verdict = tape.watched.ask(tuning, tape.now)
    assert verdict == (e.ForecastAdopted(tuning=tuning.tuning),)
    assert tape.show.tuning == tuning.tuning
    tape.play("close the show\nforecast by others -> show_closed")


@pytest.mark.parametrize(("asked", "code", "sentence"), WRONG_ALLOCATIONS)
def test_an_allocation_that_cannot_be_right_is_refused_with_what_would_be(
    asked: str, code: Code, sentence: str
) -> None:
    tape = Tape()
    refused = tape.ask(asked)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert sentence in refused.sentence
    assert tape.show.bids == {}


def test_an_allocation_is_told_whole_and_replaces_the_one_before() -> None:
    tape = Tape()
    verdict = tape.ask(
        "allocate by proportional with bids lamp=900, ring=0 worth lamp@US=950, ring@EU=0 "
        "advising 3 lamp flexible region/US 150 because the program took 12 ms"
    )
    assert verdict == (
        e.AllocationRecorded(
            method="proportional",
            bids={"lamp": 900, "ring": 0},
            worth=(c.UnitWorth("lamp", "US", 950), c.UnitWorth("ring", "EU", 0)),
            advice=(c.Advice("lamp", "flexible", "region/US", 3, 150),),
            why="the program took 12 ms",
        ),
    )
    assert tape.show.bids == {"lamp": 900, "ring": 0}
    tape.play("allocate")
    assert tape.show.bids == {}


@tape(draws=("channel", "region"))
def test_listings_overlap_only_where_somebody_said_so() -> None:
    """
    list lamp as proof    -> nothing_to_do
    list lamp as shared   -> nothing moves, mode=shared
    list lamp as shared   -> nothing_to_do
    list sofa as shared   -> sku_unknown
    list ring as mixed    -> choice_unknown
    list lamp as proof    -> nothing moves, mode=proof
    list lamp as proof    -> nothing_to_do
    """


@tape(draws=("channel",))
def test_listings_cannot_overlap_where_orders_draw_from_their_channel_alone() -> None:
    """
    list lamp as shared   -> not_in_that_state
    list lamp as proof    -> nothing_to_do
    """


@tape(draws=("channel", "flexible"))
def test_listings_may_overlap_over_the_flexible_pool_as_well() -> None:
    """
    list lamp as shared   -> mode=shared
    """


def test_a_show_tells_its_host_and_how_many_are_expected() -> None:
    world = Watched()
    opened = world.ask(small_show(host="Mia", viewers_planned=12_000), START)
    assert isinstance(opened, tuple)
    assert isinstance(opened[0], e.ShowOpened)
    assert (opened[0].host, opened[0].viewers_planned) == ("Mia", 12_000)
    plain = Watched().ask(small_show(), START)
    assert isinstance(plain, tuple)
    assert b"host" not in c.encode(plain[0])


def test_a_journal_from_before_says_that_nobody_knows() -> None:
    old = b'{"channel":"a","order":"A","region":"US","lines":[{"sku":"lamp","quantity":2,"price_minor":4900}]}'
    placed = e.decode("order_placed", old)
    assert isinstance(placed, e.OrderPlaced)
    assert (placed.lines[0].before, placed.viewers, placed.pushed, placed.sold) == (-1, None, False, False)
