"""Callers mint ids and may ask again: every answer is given once, whatever was lost on the way."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from dashboard.decision import commands as c
from dashboard.decision.refusals import Code
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.decision.shows import SHOW
from tests.decision.watched import SECOND, START
from tests.room.random_show import opened, order, stocked


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = opened(tmp_path / "night.duckdb")
    room.handle(stocked(), START)
    yield room
    room.stop()


def reopened(room: Room) -> Room:
    path = room.journal.path
    room.stop()
    return opened(path)


def test_a_retry_answers_exists_with_the_seq_of_the_first_answer(room: Room) -> None:
    first = room.handle([order("A", 2)], START)[0]
    assert (first.status, first.seq) == ("accepted", 4)
    assert room.handle([order("A", 2)], START + SECOND)[0] == msgspec.structs.replace(first, status="exists")
    assert room.seq == 4


def test_the_same_id_with_another_body_is_told_so(room: Room) -> None:
    room.handle([order("A", 2)], START)
    answer = room.handle([order("A", 3)], START)[0]
    assert answer.status == answer.code == Code.EXISTS_WITH_DIFFERENT_BODY == "exists_with_different_body"
    assert answer.seq == 4
    assert "A was used with another body" in answer.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "somebody"}, {"source": "/elsewhere"}, {"event_time": START}, {"reason": "because"}, {"country": "DE"},
        {"channel": "amazon-eu"}, {"lines": (c.OrderLine("lamp", 2, 4900),)}, {"show": "day"},
    ],
)  # fmt: skip
def test_every_field_belongs_to_the_body(room: Room, change: dict[str, object]) -> None:
    room.handle([order("A", 2)], START)
    changed = msgspec.structs.replace(order("A", 2), **change)
    assert room.handle([changed], START)[0].status == "exists_with_different_body"


def test_a_retry_in_the_same_batch_is_recognised(room: Room) -> None:
    answers = room.handle([order("A"), order("A"), order("A", 2)], START)
    assert [answer.status for answer in answers] == ["accepted", "exists", "exists_with_different_body"]
    assert room.frame(SHOW, at=START)["totals"]["units_sold"] == 1


def test_a_refused_command_may_be_sent_again_and_work_then(room: Room) -> None:
    too_many = order("A", 1_500)
    assert room.handle([too_many], START)[0].code == Code.NOT_ENOUGH_CLAIMS
    more = c.ReceiveGoods(id="more", show=SHOW, location="LA", sku="lamp", quantity=500, pool="region/US")
    assert [answer.status for answer in room.handle([more, too_many], START)] == ["accepted", "accepted"]


def test_a_retry_after_a_restart_answers_as_before(room: Room) -> None:
    first = room.handle([order("A", 2)], START)[0]
    again = reopened(room)
    assert again.handle([order("A", 2)], START)[0] == msgspec.structs.replace(first, status="exists")
    assert again.handle([order("A", 3)], START)[0].status == "exists_with_different_body"
    again.stop()


def approval(room: Room, name: str = "yes") -> c.ApproveAction:
    """A proposal of two transfers is on the table; this approves it."""
    inner = [
        c.Reallocate(id="i", show=SHOW, sku="lamp", from_pool="region/US", to_pool=pool, quantity=1)
        for pool in ("region/EU", "flexible")
    ]
    raws = tuple(msgspec.Raw(c.encode(command)) for command in inner)
    propose = c.ProposeAction(id="ask", show=SHOW, proposal="P", rule="r", what="w", why="y", commands=raws)
    assert room.handle([propose], START)[0].status == "accepted"
    return c.ApproveAction(id=name, show=SHOW, proposal="P")


def test_a_command_of_several_events_answers_the_same_seq_after_a_restart(room: Room) -> None:
    approve = approval(room)
    first = room.handle([approve], START)[0]
    assert room.frame(SHOW, seq=first.seq)["reallocations"][0]["quantity"] == 1
    assert room.handle([approve], START)[0] == msgspec.structs.replace(first, status="exists")
    again = reopened(room)
    assert again.handle([approve], START)[0] == msgspec.structs.replace(first, status="exists")
    again.stop()


def test_the_ids_of_further_events_are_taken_too(room: Room, tmp_path: Path) -> None:
    """Event ids stay unique, whoever comes first: the approval, or a command called like its second event."""
    assert room.handle([order("yes/2")], START)[0].status == "accepted"
    approve = approval(room)
    answer = room.handle([approve], START)[0]
    assert answer.status == "exists_with_different_body"
    assert "yes/2" in answer.sentence
    assert room.handle([msgspec.structs.replace(approve, id="sure")], START)[0].status == "accepted"
    assert room.handle([order("sure/3")], START)[0].status == "exists_with_different_body"
    again = reopened(room)
    assert again.handle([order("sure/2")], START)[0].status == "exists_with_different_body"
    again.stop()
    assert verify(tmp_path / "night.duckdb")["ok"]


def test_an_id_is_used_once_over_all_shows(room: Room) -> None:
    room.handle([order("A")], START)
    note = c.AddNote(id="A", show="day", text="hello")
    assert room.handle([note], START)[0].status == "exists_with_different_body"


@pytest.mark.parametrize("field", ["id", "show", "actor", "source"])
@pytest.mark.parametrize("character", ["\n", "\x00", "\x1f", "\u2028", "\ud800"])
def test_names_that_cannot_be_printed_are_refused(room: Room, field: str, character: str) -> None:
    note = msgspec.structs.replace(c.AddNote(id="n", show=SHOW, text="hello"), **{field: f"a{character}b"})
    answer = room.handle([note], START)[0]
    assert (answer.status, answer.code) == ("refused", "malformed")
    assert room.seq == 3
