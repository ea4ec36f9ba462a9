"""The one writer: many callers, one transaction; answers only for what is on disk; nobody stops it for the others."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import msgspec
import pytest

from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Answer, Code
from dashboard.decision.roles import OPERATOR
from dashboard.journal.batch import Batch
from dashboard.journal.store import Journal, JournalProblem, Observation
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.decision.shows import SHOW, small_show
from tests.decision.tape import Tape, command
from tests.decision.watched import SECOND, START, snapshot
from tests.room.random_show import Clock, Player, opened, order, stocked


class Moody(Journal):
    """A journal that fails when it is told to."""

    fails_to_append = False
    fails_to_read = False
    fails_to_keep = False
    appends = 0

    def append(self, batch: Batch, observations: Sequence[Observation] = ()) -> None:
        self.appends += 1
        if self.fails_to_append:
            raise JournalProblem(f"{self.path} cannot be written: the disk is full")
        super().append(batch, observations)

    def ids(self) -> Iterator[tuple[str, str, int]]:
        if self.fails_to_read:
            raise OSError("the disk is gone")
        return super().ids()

    def save_checkpoint(self, show: str, seq: int, recorded_time: int, version: int, state: bytes) -> None:
        if self.fails_to_keep:
            raise JournalProblem("no room for a checkpoint")
        super().save_checkpoint(show, seq, recorded_time, version, state)


@pytest.fixture
def journal(tmp_path: Path) -> Moody:
    return Moody(tmp_path / "night.duckdb")


@pytest.fixture
def room(journal: Moody) -> Iterator[Room]:
    room = Room(journal, Clock())
    room.handle(stocked(), START)
    yield room
    journal.fails_to_append = journal.fails_to_read = False
    room.stop()


def remembers_what_is_written(room: Room) -> bool:
    """The room knows what its journal tells, no more and no less; who is watching it was told beside it."""
    told: machine.World = {}
    for stored in room.journal.events():
        machine.apply(told, stored.show, e.decode(stored.type, stored.data), stored.seq, stored.recorded_time)
    return snapshot(told, "viewers") == snapshot(room.world, "viewers") and room.seq == room.journal.head()[0]


def statuses(answers: Sequence[Answer]) -> list[str]:
    return [answer.status for answer in answers]


def test_many_callers_share_a_transaction_and_each_gets_its_own_answers(room: Room, journal: Moody) -> None:
    before = journal.appends
    futures = [room.submit([order(f"{caller}.{number}", number) for number in (1, 2, 5_000)]) for caller in range(50)]
    room.start()
    for caller, future in enumerate(futures):
        answers = future.result(10)
        assert statuses(answers) == ["accepted", "accepted", "refused"]
        assert answers[0].seq == 4 + 2 * caller
        assert answers[2].would_work == 1_000 - 3 * (caller + 1)
    assert journal.appends == before + 1


def test_threads_never_sell_a_unit_twice(room: Room, tmp_path: Path) -> None:
    room.start()
    sold: list[int] = []

    def buy(buyer: int) -> None:
        for number in range(60):
            quantity = number % 5 + 1
            answer = room.submit([order(f"{buyer}.{number}", quantity)]).result(10)[0]
            if answer.status == "accepted":
                sold.append(quantity)

    threads = [threading.Thread(target=buy, args=(buyer,)) for buyer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sold) == 1_000
    assert room.frame(SHOW)["totals"]["units_sold"] == 1_000
    room.stop()
    report = verify(tmp_path / "night.duckdb")
    assert report["ok"]
    assert report["oversold"] == 0


def test_while_the_thread_runs_it_answers_whoever_calls_handle(room: Room) -> None:
    room.start()
    assert statuses(room.handle([order("A")], START + SECOND)) == ["accepted"]
    assert next(iter(room.journal.events(after=3))).recorded_time == START + SECOND
    assert room.handle([], START) == []


def test_an_answer_is_given_when_it_is_on_disk(room: Room, tmp_path: Path) -> None:
    room.start()
    seq = room.submit([order("A")]).result(10)[0].seq
    assert room.journal.head()[0] == seq


def test_a_refusal_is_answered_with_its_sentence_and_writes_no_event(room: Room, journal: Moody) -> None:
    before = journal.head()
    answer = room.handle([order("A", 1_001)], START)[0]
    assert (answer.status, answer.seq, answer.code, answer.would_work) == ("refused", None, "not_enough_claims", 1_000)
    assert answer.sentence == "1001 x lamp asked on tiktok-us, 1000 left there."
    assert journal.head() == before
    assert room.counters.refusals == {"not_enough_claims": 1}


def test_a_batch_larger_than_a_transaction_is_answered_in_order(
    journal: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_BATCH_COMMANDS_MAX", "10")
    room = Room(journal, Clock())
    answers = room.handle([*stocked(), *(order(f"o{number}") for number in range(42))], START)
    assert [answer.seq for answer in answers] == list(range(1, 46))
    assert journal.appends == 5
    assert remembers_what_is_written(room)
    room.stop()


def test_when_the_journal_fails_what_was_decided_is_forgotten_and_the_caller_told(room: Room, journal: Moody) -> None:
    journal.fails_to_append = True
    answers = room.handle([order("A", 400), order("B", 400), order("C", 400)], START)
    assert statuses(answers) == ["refused"] * 3
    assert {answer.code for answer in answers} == {Code.JOURNAL_UNAVAILABLE} == {"journal_unavailable"}
    assert "try again" in answers[0].sentence
    assert "the disk is full" in answers[0].sentence
    assert remembers_what_is_written(room)
    assert room.frame(SHOW, at=START)["totals"]["orders"] == 0
    journal.fails_to_append = False
    assert statuses(room.handle([order("C", 400), order("A", 400), order("B", 400)], START)) == [
        "accepted", "accepted", "refused",
    ]  # fmt: skip
    assert remembers_what_is_written(room)


def test_a_failure_in_a_long_batch_keeps_what_was_written_before_it(
    journal: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_BATCH_COMMANDS_MAX", "10")
    room = Room(journal, Clock())
    room.handle(stocked(), START)
    appended = journal.appends
    whole = Moody.append

    def fail_later(self: Moody, batch: Batch, observations: Sequence[Observation] = ()) -> None:
        self.fails_to_append = self.appends >= appended + 2
        whole(self, batch, observations)

    monkeypatch.setattr(Moody, "append", fail_later)
    answers = room.handle([order(f"o{number}") for number in range(45)], START)
    assert statuses(answers) == ["accepted"] * 20 + ["refused"] * 25
    assert remembers_what_is_written(room)
    assert room.seq == 23
    monkeypatch.undo()
    journal.fails_to_append = False
    retried = room.handle([order(f"o{number}") for number in range(45)], START)
    assert statuses(retried) == ["exists"] * 20 + ["accepted"] * 25
    room.stop()


def test_observations_of_a_failed_write_are_written_with_the_next(room: Room, journal: Moody) -> None:
    room.observe(SHOW, START + SECOND, "viewers", "tiktok-us", value=900)
    journal.fails_to_append = True
    room.handle([order("A")], START + 2 * SECOND)
    journal.fails_to_append = False
    assert room.frame(SHOW, at=START + 2 * SECOND)["totals"]["viewers"] == 900
    room.handle([order("A")], START + 3 * SECOND)
    assert journal.seen(SHOW, 9, START + 3 * SECOND)["viewers", "tiktok-us", ""][1] == 900


def test_a_journal_that_cannot_even_be_read_is_tried_again_at_the_next_question(room: Room, journal: Moody) -> None:
    room.start()
    journal.fails_to_append = journal.fails_to_read = True
    for name in ("A", "B"):
        answer = room.submit([order(name)]).result(10)[0]
        assert (answer.status, answer.code) == ("refused", "journal_unavailable")
    journal.fails_to_append = journal.fails_to_read = False
    assert statuses(room.submit([order("A")]).result(10)) == ["accepted"]
    assert room.alive()
    assert remembers_what_is_written(room)


def test_a_checkpoint_that_cannot_be_kept_costs_nobody_an_answer(
    journal: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_CHECKPOINT_MOVES", "2")
    journal.fails_to_keep = True
    room = Room(journal, Clock())
    answers = room.handle([*stocked(), *(order(f"o{number}") for number in range(200))], START)
    assert set(statuses(answers)) == {"accepted"}
    assert remembers_what_is_written(room)
    room.stop()


def test_a_broken_program_is_told_to_its_caller_and_leaves_no_trace(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = machine.decide

    def broken(world: machine.World, command: c.Command, now: int) -> machine.Decision:
        if command.id == "bug":
            raise ZeroDivisionError("a bug")
        return decide(world, command, now)

    monkeypatch.setattr(machine, "decide", broken)
    with pytest.raises(ZeroDivisionError):
        room.handle([order("A"), order("bug"), order("B")], START)
    assert remembers_what_is_written(room)
    assert room.seq == 3
    room.start()
    with pytest.raises(ZeroDivisionError):
        room.submit([order("A"), order("bug")]).result(10)
    assert statuses(room.submit([order("A")]).result(10)) == ["accepted"]
    assert remembers_what_is_written(room)


def test_a_caller_who_gave_up_stops_nobody(room: Room) -> None:
    gone = room.submit([order("A")])
    assert gone.cancel()
    stays = room.submit([order("B")])
    room.start()
    assert statuses(stays.result(10)) == ["accepted"]
    assert statuses(room.submit([order("A")]).result(10)) == ["accepted"]
    assert room.alive()


def test_a_request_that_is_cancelled_while_it_waits_stops_nobody(room: Room) -> None:
    room.start()

    async def impatient() -> None:
        for number in range(50):
            waiting = asyncio.wrap_future(room.submit([order(f"o{number}")]))
            await asyncio.sleep(0)
            waiting.cancel()

    with ThreadPoolExecutor(1) as elsewhere:  # a loop may be running in this thread: a browser's
        elsewhere.submit(asyncio.run, impatient()).result()
    assert statuses(room.submit([order("last")]).result(10)) == ["accepted"]
    assert remembers_what_is_written(room)


def test_what_waits_at_the_stop_is_answered_and_what_comes_later_is_refused(journal: Moody) -> None:
    room = Room(journal, Clock())
    waiting = [room.submit(stocked()), *(room.submit([order(f"o{number}")]) for number in range(20))]
    room.start()
    room.stop()
    assert {status for future in waiting for status in statuses(future.result(1))} == {"accepted"}
    late: Future[list[Answer]] = room.submit([order("late"), order("later")])
    assert [answer.code for answer in late.result(1)] == ["journal_unavailable"] * 2


def test_a_room_that_never_ran_refuses_what_waits_when_it_stops(journal: Moody) -> None:
    room = Room(journal, Clock())
    waiting = room.submit(stocked())
    room.stop()
    assert {answer.code for answer in waiting.result(1)} == {"journal_unavailable"}


def test_rows_nobody_can_read_are_refused_by_themselves(room: Room) -> None:
    room.start()
    good = msgspec.to_builtins(order("A"))
    rows = [
        good,
        {"type": "place_order"},
        {"type": "sell_everything", "id": "x", "show": SHOW},
        {},
        good | {"id": "n1", "order": "n1", "lines": [{"sku": "lamp", "quantity": -3}]},
        good | {"id": "n2", "order": "n2", "lines": [{"sku": "lamp", "quantity": 1.5}]},
        good | {"id": "n3", "order": "n3", "lines": [{"sku": "lamp", "quantity": "1"}]},
        good | {"id": "n4", "order": "n4", "discount": 3},
        good | {"id": "n5", "order": "half \ud800 a character"},
        good | {"id": "n6", "order": {1, 2}},
        good | {"id": "n7", "order": "n7", "event_time": 2**62},
        good | {"id": "", "order": "n8"},
        good | {"id": "B", "order": "B"},
    ]
    answers = room.submit_json(rows, OPERATOR)
    assert [answer["status"] for answer in answers] == ["accepted", *["refused"] * 11, "accepted"]
    assert {answer["code"] for answer in answers[1:12]} == {"malformed"}
    assert all("\n" not in answer["sentence"] and answer["sentence"] for answer in answers[1:12])
    assert "-3" in answers[4]["sentence"] or ">= 1" in answers[4]["sentence"]
    assert remembers_what_is_written(room)
    assert room.submit_json([], OPERATOR) == []


def test_every_command_can_be_handed_in_as_a_plain_row(room: Room) -> None:
    """A screen sends rows; a proposal holds rows of its own."""
    room.start()
    inner = msgspec.to_builtins(
        c.Reallocate(id="i", show=SHOW, sku="lamp", from_pool="region/US", to_pool="region/EU", quantity=5)
    )
    propose = {"type": "propose_action", "id": "p", "show": SHOW, "proposal": "P", "rule": "r", "what": "w", "why": "y"}
    rows = [
        propose | {"commands": [inner | {"type": "reallocate"}]},
        {"type": "approve_action", "id": "q", "show": SHOW, "proposal": "P"},
    ]
    assert [answer["status"] for answer in room.submit_json(rows, OPERATOR)] == ["accepted", "accepted"]
    moved = json.loads(list(room.journal.events())[-1].data)["moves"]
    assert moved == [["lamp", "claims", "region/US", "region/EU", 5]]


@pytest.mark.parametrize(
    "command",
    [
        c.AddNote(id="n", show=SHOW, text="half \ud800 a character"),
        order("n", country="\udfff"),
        c.SetCoupon(id="n", show=SHOW, sku="lamp", region="US", code="\ud83d", percent=10),
    ],
)
def test_text_that_is_no_unicode_is_refused(room: Room, command: c.Command) -> None:
    answers = room.handle([order("A"), command, order("B")], START)
    assert statuses(answers) == ["accepted", "refused", "accepted"]
    assert answers[1].code == "malformed"


NAMES = [
    'it\'s "so"',
    "戒指 💍",
    "two words",
    "\\back",
    "tab\tand\nnewline",
    "nul \x00",
    "bell \x07 \x1f",
    "\u2028 \x7f \x85",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_with_anything_in_them_pass_the_audit(tmp_path: Path, name: str) -> None:
    """Pools, orders, shipments and reasons may be called anything; the auditor reads them as they were written."""
    room = opened(tmp_path / "night.duckdb")
    sku = name if name.isprintable() else "lamp"
    world = small_show(skus=(c.Sku(sku, name),), reason=name)
    commands: list[c.Command] = [
        world,
        c.ReceiveGoods(id="1", show=SHOW, location="LA", sku=sku, quantity=10, pool="region/US", reason=name),
        c.OpenPool(id="2", show=SHOW, name=name, sku=sku, quantity=4, from_pool="region/US", channels=("tiktok-us",)),
        c.PlaceOrder(id="3", show=SHOW, channel="tiktok-us", order=name, lines=(c.OrderLine(sku, 5),), buyer=name),
        c.StartShipment(
            id="4", show=SHOW, shipment=name, from_location="LA", to_location="NJ", pool="region/US",
            lines=(c.UnitLine(sku, 2),), eta=START + SECOND * 9,
        ),
        c.CancelOrder(id="5", show=SHOW, channel="tiktok-us", order=name, lines=(c.UnitLine(sku, 1),)),
        c.ArriveShipment(id="6", show=SHOW, shipment=name, lines=(c.UnitLine(sku, 2),)),
    ]  # fmt: skip
    assert {(answer.status, answer.sentence) for answer in room.handle(commands, START)} == {("accepted", "")}
    frame = room.frame(SHOW, at=START + SECOND)
    assert frame["skus"][0]["sold"] == 4
    room.stop()
    report = verify(tmp_path / "night.duckdb")
    assert report["breaches"] == []
    again = opened(tmp_path / "night.duckdb")
    assert again.frame(SHOW, at=START + SECOND) == frame
    again.stop()


def test_the_room_answers_as_the_decision_does(tmp_path: Path) -> None:
    """What a tape plays on the bare decision, the room plays with a journal behind it."""
    tape = Tape()
    room = opened(tmp_path / "night.duckdb")
    room.handle([small_show()], tape.now)
    lines = ["receive 9 lamp at LA into region/US", "order A on tiktok-us: 3 lamp", "order B on tiktok-us: 7 lamp"]
    for number, line in enumerate(lines):
        asked = command(line, f"c{number}", tape.now, {})
        tape.watched.ask(asked, tape.now)
        room.handle([asked], tape.now)
    assert snapshot(room.world) == snapshot(tape.watched.world)
    room.stop()


def test_ticks_let_the_rules_act_and_the_journal_holds(tmp_path: Path) -> None:
    clock = Clock()
    room = Room(Journal(tmp_path / "night.duckdb"), clock, levels={"all": "auto"})
    player = Player(room, 11)
    for _ in range(60):
        player.step()
        clock.now = player.now
        room.tick(SHOW, player.now)
        assert room.latest(SHOW)["totals"]["oversold"] == 0
    assert remembers_what_is_written(room)
    room.stop()
    assert verify(tmp_path / "night.duckdb")["ok"]


def test_a_journal_whose_events_do_not_fit_is_a_sentence_and_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "show.duckdb"
    room = opened(path)
    room.handle([*stocked(), order("A")], START)
    room.stop()
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update events set data = replace(data::varchar, 'tiktok-us', 'tiktok-xx')::json where type = 'order_placed'"
        )
    with pytest.raises(JournalProblem, match=r"an event does not fit what came before it .*; warroom verify says"):
        opened(path)
