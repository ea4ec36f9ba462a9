"""The audit: one sentence an event, newest first; and the transfers with what an undo would return."""

import pytest

from dashboard.decision import commands as c, events as e, machine, pools
from dashboard.decision.refusals import Refusal
from dashboard.projections.audit import TAIL, TRANSFERS_SHOWN, describe
from tests.decision.anything import WORLDS
from tests.projections.film import Film
from tests.projections.nights import FilmedNight

SENTENCES = [
    ("receive 40 lamp at LA", "40 x lamp received at LA into flexible"),
    ("count of lamp at LA is off by -2", "count of lamp at LA corrected by -2"),
    ("quarantine 3 lamp at LA", "3 x lamp off sale at LA"),
    ("release 1 lamp at LA", "1 x lamp back on sale at LA"),
    ("move 20 lamp from flexible to region/US", "20 x lamp from flexible to region/US"),
    ("undo 6", "20 of 20 x lamp went back to flexible (undoes 6)"),
    ("move 20 lamp from flexible to region/US", "20 x lamp from flexible to region/US"),
    ("expose 5 lamp on tiktok-us", "5 x lamp listed on tiktok-us"),
    ("recall 2 lamp from tiktok-us", "2 x lamp taken back from tiktok-us"),
    ("withhold 2 lamp for tiktok-us", "2 x lamp withheld for tiktok-us"),
    ("uncover 1 lamp of tiktok-us", "1 x lamp released from the cover of tiktok-us"),
    ("open pool guest with 4 lamp", "pool temporary/guest opened with 4 x lamp"),
    ("close pool guest", "pool temporary/guest closed, rest to flexible"),
    ("send S from LA to NJ: 4 lamp", "shipment S: 4 units LA to NJ"),
    ("S arrives with 3 lamp, lost 1 lamp", "shipment S: 3 arrived, 1 lost"),
    ("limit lamp in US to 2", "limit on lamp in US: 2 per order"),
    ("limit lamp in US to none", "limit on lamp in US lifted"),
    ("price of lamp is 3900 on tiktok-us", "price of lamp set to 3900 minor units on tiktok-us"),
    ("coupon GO for 15 % on lamp in US", "coupon GO on lamp in US: 15 %"),
    ("on screen ring (push)", "on screen: ring (push)"),
    ("on screen nothing", "on screen: nothing"),
    ("alert A", "runs low"),
    ("acknowledge A", "alert A acknowledged"),
    ("resolve A", "alert A resolved"),
    ("propose P: note yes", "watch proposes: something"),
    ("dismiss P", "dismissed"),
    ("rule watch is on auto", "rule watch set to auto"),
    ("say L on tiktok-us\ntell L", "host line L said"),
    ("tiktok-us reports 7 lamp", "tiktok-us reports 7 x lamp listed"),
    ("t = price of lamp is 4500 on tiktok-us", "price of lamp set to 4500 minor units on tiktok-us"),
    ("errand of t on tiktok-us is by_hand", "on tiktok-us: by hand"),
    ("bundle B of lamp+ring for 10 % in US", "bundle B in US: lamp + ring, 10 %"),
    ("weigh lamp on tiktok-us by 150 %", "tiktok-us weighed 150 % for lamp"),
    ("safety of lamp in US is 5", "safety stock of lamp in US: 5"),
    ("safety of lamp in US is none", "safety stock of lamp in US: as usual"),
    ("replenish N with 5 lamp (urgent)", "purchasing asked for 5 x lamp at once"),
    ("parameter top_up_units is 120", "top_up_units set to 120"),
    ("parameter top_up_units is none", "top_up_units set to its default"),
    ("guest star with lamp on tiktok-us", "guest star announced with lamp on tiktok-us"),
    ("propose Q: note yes", "watch proposes: something"),
    ("the cause of Q is gone", "cause of Q is gone"),
    ("lend 3 lamp from region/US to region/EU as L", "3 x lamp lent by region/US to region/EU"),
    ("give back L", "3 x lamp of loan L went back to region/US"),
    ("r = move 18 lamp from region/US to region/EU (recall)", "asked back from region/US for region/EU"),
    ("ask no longer for r", "ended"),
    ("list lamp as shared", "lamp listed as shared"),
    ("forecast by sixth_show", "forecast tuned by sixth_show, 0 shows"),
    ("allocate by seller because it took 12 ms", "allocation by seller: it took 12 ms"),
    ("speak de+en on tiktok-us", "tiktok-us speaks de, en, calm"),
    ("note 小李: all well", "小李: all well"),
    ("close the show", "show closed"),
]


def test_every_event_is_told_in_one_sentence_newest_first() -> None:
    film = Film()
    for lines, sentence in SENTENCES:
        film.play(lines)
        newest = film.frame()["audit"][0]
        assert sentence in newest["what"]
        assert newest["seq"] == film.watched.seq
        assert newest["actor"] == "operator"


def test_orders_are_not_listed_and_cancelled_ones_are() -> None:
    film = Film()
    film.play("receive 9 lamp at LA into region/US\norder A on tiktok-us: 3 lamp\nship A of tiktok-us: 1 lamp")
    assert film.frame()["audit"][0]["type"] == "goods_received"
    film.line("cancel A of tiktok-us")
    assert film.frame()["audit"][0]["what"] == "order A of tiktok-us: 2 units cancelled"


def test_lines_shown_and_retracted_are_not_listed_since_they_have_a_log_of_their_own() -> None:
    film = Film()
    film.play("note before\nsay L on tiktok-us\nsay M on tiktok-us instead of L\nretract M")
    assert film.frame()["audit"][0]["what"] == "before"


def test_a_reason_stands_behind_the_sentence() -> None:
    film = Film()
    film.watched.ask(c.AddNote(id="n", show="night", text="moved", reason="EU is slow"), film.now)
    assert film.frame()["audit"][0]["what"] == "moved (EU is slow)"


def test_every_kind_of_event_has_a_sentence() -> None:
    """Also one that nobody wrote a sentence for: its name in plain words."""
    assert describe(e.ShowClosed()) == "show closed"
    assert describe(e.ActionApproved(proposal="P")) == "proposal P approved"


def test_of_what_the_allocator_found_only_the_newest_stands_in_the_tail() -> None:
    film = Film()
    for minute in range(TAIL):
        film.play(f"allocate with bids lamp={minute}\nnote {minute}\nlater 1m")
    film.play("allocate by proportional")
    told = [row["what"] for row in film.frame()["audit"]]
    assert told[:3] == ["allocation by proportional", "29", "28"]
    assert len([what for what in told if what.startswith("allocation")]) == 1


def test_the_tail_is_short_and_its_order_is_that_of_the_events() -> None:
    film = Film()
    for number in range(100):
        film.line(f"note remark {number}")
    rows = film.frame()["audit"]
    assert [row["what"] for row in rows] == [f"remark {number}" for number in range(99, 99 - TAIL, -1)]


def test_the_latest_transfers_are_shown_with_what_can_go_back() -> None:
    film = Film()
    film.play(
        """
        receive 200 lamp at LA
        t = move 100 lamp from flexible to region/US
        order A on tiktok-us: 60 lamp
        """
    )
    row = film.frame()["reallocations"][0]
    assert (row["quantity"], row["undoable"], row["undoes"], row["from_pool"]) == (100, 40, None, "flexible")
    film.line("undo t")
    back, there = film.frame()["reallocations"]
    assert (back["quantity"], back["undoable"], back["undoes"]) == (40, 40, there["seq"])
    assert there["undoable"] == 0
    assert "returned" not in row


def test_a_transfer_out_of_a_pool_that_closed_cannot_go_back_until_it_opens_again() -> None:
    film = Film()
    film.play(
        """
        receive 10 lamp at LA
        open pool guest with 4 lamp
        move 4 lamp from temporary/guest to region/US
        """
    )
    assert film.frame()["reallocations"][0]["undoable"] == 4
    film.line("close pool guest")
    assert film.frame()["reallocations"][0]["undoable"] == 0
    film.line("open pool guest with 1 lamp")
    assert film.frame()["reallocations"][0]["undoable"] == 4


@pytest.mark.parametrize("world", [{}, WORLDS[2]])
def test_what_the_frame_says_can_go_back_is_what_the_decision_says(world: dict[str, object]) -> None:
    """Through chains of undos, sales between them, and units moved on."""
    film = Film(**world)
    film.play(
        "receive 300 lamp at LA\nmove 50 lamp from flexible to region/US\nmove 30 lamp from flexible to region/US"
    )
    for number in range(120):
        seqs = list(film.show.reallocations)[-5:]
        film.now += 1
        asked = [
            f"undo {seqs[number % len(seqs)]}",
            f"order o{number} on tiktok-us: {number % 4 + 1} lamp",
            f"move {number % 7 + 1} lamp from flexible to region/US",
            f"move {number % 3 + 1} lamp from region/US to region/EU",
            f"undo {seqs[-1]}",
        ][number * 7 % 5]
        verdict = film.ask(asked)
        assert isinstance(verdict, tuple | Refusal)
        for row in film.frame()["reallocations"]:
            assert row["undoable_now"] == pools.undoable(film.show, row["seq"])
            assert row["undoable"] == pools.undoable(film.show, row["seq"], recall=True)
    assert len(film.frame()["reallocations"]) == TRANSFERS_SHOWN


@pytest.mark.parametrize("seed", range(6))
def test_what_the_frame_says_can_go_back_the_decision_gives_back(seed: int) -> None:
    """With requests, loans and listings between: the row, the function that decides, and the answer agree."""
    night = FilmedNight(seed)
    listed = 0
    for _ in range(100):
        night.step()
        frame = night.frame()
        listed += sum(row["undoable"] > row["undoable_now"] for row in frame["reallocations"])
        for row in frame["reallocations"]:
            at_once, in_all = (pools.undoable(night.show, row["seq"], recall) for recall in (False, True))
            assert (row["undoable"], row["undoable_now"]) == (in_all, min(in_all, at_once))
            own = sum(one["missing"] for one in frame["requests"] if one["undoes"] == row["seq"])
            if row["undoable"] and not own:
                asked = c.Undo(id="u", show="night", seq=row["seq"], shown_units=row["undoable"], recall=True)
                answer = machine.decide(night.watched.world, asked, night.now)
                assert not isinstance(answer, Refusal), answer
                went = [event for event in answer if isinstance(event, e.Undone)]
                waits = [event for event in answer if isinstance(event, e.UnitsRequested)]
                assert sum(event.quantity for event in went) == row["undoable_now"]
                assert sum(event.quantity for event in (*went, *waits)) == row["undoable"]
    assert listed > 10


def test_what_comes_for_one_request_is_one_row() -> None:
    film = Film()
    film.play(
        """
        receive 20 lamp at HH into region/US
        expose 15 lamp on tiktok-us
        t = move 12 lamp from region/US to region/EU (recall)
        recall 3 lamp from tiktok-us
        fulfil t
        """
    )
    (row,) = film.frame()["reallocations"]
    assert (row["quantity"], row["undoable"], row["undoable_now"]) == (8, 8, 8)
    film.play("expose 6 lamp on amazon-eu\norder A on amazon-eu: 1 lamp")
    (row,) = film.frame()["reallocations"]
    assert (row["quantity"], row["undoable"], row["undoable_now"]) == (8, 7, 2)
    film.line("move 3 lamp from region/EU to region/US (recall)")
    assert film.frame()["reallocations"][-1]["undoable"] == 4
