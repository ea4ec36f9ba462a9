"""Reruns: the same bytes where nothing changed, the same bytes up to a change, and plain consequences after it."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.review.asked import Ask, asks
from dashboard.review.change import Change, ChangeProblem, ManualMove, OpeningLine
from dashboard.review.lost import Missed
from dashboard.review.recorder import Recorder
from dashboard.review.rerun import rerun, transfers
from tests.decision.shows import SHOW
from tests.decision.watched import START
from tests.review.rerun_kit import MINUTE, Evening, played
from tests.room.random_show import OTHER_SHOW


def bytes_of(journal: Journal, before: int | None = None) -> list[tuple[Any, ...]]:
    """The rows of a journal, those recorded before a time."""
    rows = journal.reader().execute("select * from events order by seq").fetchall()
    moves = journal.reader().execute("select * from moves order by seq, line").fetchall()
    early = {row[0] for row in journal.reader().execute(
        "select seq from events where epoch_us(recorded_time) < ?", [before if before is not None else 1 << 60]
    ).fetchall()}  # fmt: skip
    return [row for row in rows if row[0] in early] + [row for row in moves if row[0] in early]


def lamps_in_two_regions(us: int = 10, eu: int = 10, flexible: int = 0) -> Evening:
    evening = Evening()
    evening.stock("lamp", US=us, EU=eu)
    if flexible:
        evening.stock("lamp", flexible=flexible)
    return evening


@pytest.mark.parametrize("seed", range(3))
def test_a_random_journal_decided_again_ends_at_the_same_hash(seed: int) -> None:
    journal = played(seed)
    everything = list(asks(journal.events()))
    for show in (SHOW, OTHER_SHOW):
        if show in {span.show for span in journal.spans()}:
            outcome = rerun(everything, show)
            assert (outcome.seq, outcome.hash) == journal.head()
            assert outcome.differs_at is None


@pytest.mark.parametrize("seed", range(3))
def test_up_to_a_change_at_any_moment_every_event_is_the_same(seed: int) -> None:
    journal = played(100 + seed)
    everything = list(asks(journal.events()))
    mine = [ask for ask in everything if ask.stored[0].show == SHOW]
    chance = random.Random(seed)
    for _ in range(4):
        at = chance.choice(mine).stored[0].recorded_time + chance.choice((0, 1, 500_000))
        moves = (ManualMove(at, "lamp", "region/US", "region/EU", chance.randint(1, 50)),)
        change = chance.choice(
            (
                Change(moves=moves),
                Change(at=at, levels={"all": "off"}),
                Change(at=at, parameters={"watch_left_share": 0.3}),
            )
        )
        kept = Journal(":memory:")
        outcome = rerun(everything, SHOW, change, into=Recorder(SHOW, kept, folds=change.rules_again))
        assert outcome.since == at
        assert bytes_of(kept, before=at) == bytes_of(journal, before=at)


def test_a_journal_changed_by_hand_is_said_to_differ_from_that_entry_on() -> None:
    evening = lamps_in_two_regions()
    evening.order(5, "tiktok-us")
    everything = list(evening.asks())
    forged = everything[-1]
    everything[-1] = forged._replace(events=(msgspec.structs.replace(forged.events[0], reason="it was otherwise"),))
    assert rerun(everything, SHOW).differs_at == forged.stored[0].seq


def test_without_a_transfer_what_it_served_is_turned_away() -> None:
    evening = lamps_in_two_regions(us=2, eu=10)
    moved = evening.say(5, c.Reallocate, sku="lamp", from_pool="region/EU", to_pool="region/US", quantity=3)
    for minute in range(6, 11):
        evening.order(minute, "tiktok-us")
    everything = evening.asks()
    without = rerun(everything, SHOW, Change(without=(moved,))).tally
    assert (without["sold"], without["refused"], without["leftover"]) == (2, 3, 10)
    assert without["regions"]["US"]["lost"] == 3
    assert (
        without["regions"]["US"]["stock_out_minutes"]
        > rerun(everything, SHOW).tally["regions"]["US"]["stock_out_minutes"]
    )


def test_a_transfer_by_hand_serves_orders_that_were_missed() -> None:
    evening = lamps_in_two_regions(us=1, flexible=4)
    evening.order(1, "tiktok-us")
    missed = [Missed(START + minute * MINUTE, "tiktok-us", "US", "lamp", 1, "sold_out") for minute in (10, 20, 30)]
    move = ManualMove(START + 15 * MINUTE, "lamp", "flexible", "region/US", 4)
    evening.say(60, c.AddNote, text="an hour in")
    changed = rerun(evening.asks(), SHOW, Change(moves=(move,)), missed).tally
    control = rerun(evening.asks(), SHOW, None, missed, since=move.at).tally
    assert (changed["sold"], changed["lost"]) == (3, 0), "the first was missed before the units came"
    assert (control["sold"], control["lost"]) == (1, 2)
    assert rerun(evening.asks(), SHOW, None, missed).tally["sold"] == 1, "without a change nobody new is asked"


def test_listings_follow_orders_that_are_known_to_have_come() -> None:
    evening = lamps_in_two_regions(us=4, eu=4)
    listed = evening.say(1, c.Expose, channel="tiktok-us", sku="lamp", quantity=3)
    evening.say(1, c.Expose, channel="shopify-us", sku="lamp", quantity=1)
    for minute in (2, 3, 4):
        evening.order(minute, "tiktok-us", sold=True)
    changed = rerun(evening.asks(), SHOW, Change(without=(listed,))).tally
    assert changed["sold"] == 3, "what the region has is listed where it is known to sell"


def test_an_approval_is_carried_out_as_far_as_it_can() -> None:
    evening = lamps_in_two_regions(us=2, eu=6)
    first = evening.say(1, c.Reallocate, sku="lamp", from_pool="region/US", to_pool="region/EU", quantity=2)
    evening.say(2, c.Reallocate, sku="lamp", from_pool="region/EU", to_pool="region/US", quantity=8)
    changed = rerun(evening.asks(), SHOW, Change(without=(first,))).tally
    assert changed["moved_units"] == 6, "six are there without the first move"


def test_a_persons_approval_goes_to_what_the_rules_propose_about_the_same_now() -> None:
    evening = lamps_in_two_regions(us=40, flexible=40)
    evening.say(-1, c.SetAutonomy, rule="flexible_top_up", level="suggest")
    for number in range(9):
        evening.order(6 * number, "tiktok-us", quantity=4)
    evening.room.tick(SHOW, START + 49 * MINUTE)
    proposals = evening.room.frame(SHOW)["proposals"]
    proposal = next(row["proposal"] for row in proposals if row["rule"] == "flexible_top_up")
    evening.say(50, c.ApproveAction, proposal=proposal)
    evening.say(60, c.AddNote, text="later")
    everything = evening.asks()
    again = rerun(everything, SHOW, Change(rules_again=True))
    assert again.tally["moves"] == rerun(everything, SHOW).tally["moves"] == 1
    assert again.first_new is not None, "the rules looked at other moments, so their proposal has another name"


def test_an_undo_names_its_move_where_it_stands_now() -> None:
    evening = lamps_in_two_regions(us=5, eu=5)
    extra = evening.say(1, c.AddNote, text="nothing moved")
    moved = evening.say(2, c.Reallocate, sku="lamp", from_pool="region/US", to_pool="region/EU", quantity=3)
    evening.say(3, c.Undo, seq=moved)
    changed = rerun(evening.asks(), SHOW, Change(without=(extra,))).tally
    assert (changed["moves"], changed["regions"]["US"]["left"]) == (2, 5)


def test_another_opening_holds_before_anything_is_listed() -> None:
    evening = lamps_in_two_regions(us=8, eu=2)
    for minute in range(1, 5):
        evening.order(minute, "tiktok-us")
    change = Change(opening=(OpeningLine("lamp", "region/US", 3), OpeningLine("lamp", "region/EU", 7)))
    tally = rerun(evening.asks(), SHOW, change).tally
    assert (tally["sold"], tally["refused"], tally["regions"]["EU"]["left"]) == (3, 1, 7)


def test_an_opening_that_gives_more_than_there_is_says_so() -> None:
    evening = lamps_in_two_regions(us=8, eu=2)
    evening.order(1, "tiktok-us")
    change = Change(opening=(OpeningLine("lamp", "region/US", 30),))
    with pytest.raises(ChangeProblem, match="30 x lamp to pools that can have 8"):
        rerun(evening.asks(), SHOW, change)


def test_pools_pass_units_on_until_each_has_its_share() -> None:
    lines = [
        OpeningLine("lamp", "region/US", 1),
        OpeningLine("lamp", "region/EU", 9),
        OpeningLine("lamp", "region/SEA", 5),
    ]
    assert transfers({"region/US": 10, "region/EU": 4, "flexible": 2}, lines) == [
        ("region/US", "region/EU", 5),
        ("region/US", "region/SEA", 4),
        ("flexible", "region/SEA", 1),
    ]


def test_an_entry_that_is_not_there_cannot_be_left_out() -> None:
    evening = lamps_in_two_regions()
    with pytest.raises(ChangeProblem, match="no entry 999 to leave out"):
        rerun(evening.asks(), SHOW, Change(without=(999,)))


def test_a_changed_run_that_is_kept_is_a_journal_that_verifies(tmp_path: Any) -> None:
    evening = lamps_in_two_regions(us=3, eu=9)
    for minute in range(1, 8):
        evening.order(minute, "amazon-eu", sold=True)
    evening.room.observe(SHOW, START + MINUTE, "viewers", "amazon-eu", value=70)
    evening.room.handle([], START + 9 * MINUTE)
    path = tmp_path / "other.duckdb"
    kept = Journal(path)
    move = ManualMove(START + 2 * MINUTE, "lamp", "region/EU", "region/US", 4)
    outcome = rerun(
        evening.asks(),
        SHOW,
        Change(moves=(move,)),
        observed=list(evening.journal.observed(SHOW)),
        into=Recorder(SHOW, kept),
    )
    assert kept.head() == (outcome.seq, outcome.hash)
    assert kept.seen(SHOW, outcome.seq)["viewers", "amazon-eu", ""][1] == 70
    kept.close()
    report = verify(path)
    assert (report["ok"], report["oversold"]) == (True, 0)


def test_other_shows_of_the_journal_stay_as_they_are() -> None:
    journal = played(7)
    everything: list[Ask] = list(asks(journal.events()))
    others = [ask for ask in everything if ask.stored[0].show == OTHER_SHOW]
    if not others:
        pytest.skip("this seed plays one show only")
    kept = Journal(":memory:")
    at = others[len(others) // 2].stored[0].recorded_time
    rerun(
        everything,
        SHOW,
        Change(moves=(ManualMove(at, "lamp", "region/US", "region/EU", 1),)),
        into=Recorder(SHOW, kept),
    )
    query = "select id, type, data from events where show_id = ? order by seq"
    assert (
        kept.reader().execute(query, [OTHER_SHOW]).fetchall()
        == journal.reader().execute(query, [OTHER_SHOW]).fetchall()
    )


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_changed_the_books_hold_and_the_run_can_be_decided_again(seed: int, tmp_path: Path) -> None:
    journal = played(seed)
    everything = list(asks(journal.events()))
    mine = [ask for ask in everything if ask.stored[0].show == SHOW]
    chance = random.Random(seed)
    at = chance.choice(mine).stored[0].recorded_time
    pools = ["region/US", "region/EU", "flexible"]
    changes = (
        Change(moves=(ManualMove(at, "lamp", *chance.sample(pools, 2), 30),)),  # type: ignore[misc]
        Change(at=at, levels={"all": "auto"}, rules_again=True),
        Change(without=tuple(chance.choice(mine[3:]).stored[0].seq for _ in range(3))),
        Change(opening=(OpeningLine("lamp", "region/US", chance.randint(0, 20)),)),
    )
    missed = [Missed(at + n * MINUTE, "amazon-eu", "EU", "lamp", 1 + n % 3, "sold_out") for n in range(20)]
    for number, change in enumerate(changes):
        path = tmp_path / f"{number}.duckdb"
        kept = Journal(path)
        recorder = Recorder(SHOW, kept, folds=change.rules_again)
        outcome = rerun(everything, SHOW, change, missed, observed=list(journal.observed(SHOW)), into=recorder)
        assert rerun(list(asks(kept.events())), SHOW).hash == outcome.hash
        kept.close()
        report = verify(path)
        assert report["ok"], report["breaches"]
        assert report["oversold"] == outcome.tally["oversold"]
