"""The inbound door: every platform's deliveries, checked, read, asked of the room, and accounted for.

    delivery -> take_in (check, read, who knows it) -> commands -> [room] -> answers -> settle -> outcome

Whatever comes in ends in exactly one way:

    accepted   the ledger took it
    exists     it was told before: the delivery's own id was seen, or the ledger knows the order
    ignored    it asks nothing of us; what the audience writes asks nothing of the ledger (`comments.py`)
    held       authentic, but the ledger cannot take it now: a dead letter, tried again by itself
    refused    a dead letter, and an exception: NotAuthentic, Unreadable

The ledger is the guard against telling twice; the ids remembered here only spare it work. An order the platform sold
and the ledger has no claim for is held, never dropped: that is what an oversell looks like from here. So is a
cancellation that overtook its order. An order cancelled before a unit was found for it never needed one: both are
settled without a trace in the ledger.

`take_in` and `settle` neither wait nor write, so a server may call them on its event loop: letters wait in the journal
for the room's next transaction, and whoever answers for one makes that happen first (`room.submit([])`). Two partial
cancellations of one order never travel at once, since each is a difference to what the ledger has: the second is held
for a moment. What can fail: the journal (`Unavailable`, nothing is taken, send again), and an adapter's program, which
is told as `Unreadable`. Every method may be called from any thread.
"""

import threading
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Literal

import msgspec

from dashboard.channels.adapter import (
    Adapter,
    Aside,
    CancelHeard,
    CommentHeard,
    Delivery,
    Heard,
    Ignored,
    NotAuthentic,
    OrderHeard,
    Unreadable,
)
from dashboard.channels.comments import Comments
from dashboard.channels.dead_letters import (
    NOT_AUTHENTIC,
    UNREADABLE,
    DeadLetters,
    Held,
    delivery_of,
    heard_of,
    polled,
)
from dashboard.channels.heard import Desk, check, commands_for, home, is_cancelled, read, selling, without_chat
from dashboard.channels.taken import (
    ChannelUnknown as ChannelUnknown,
    LetterUnknown as LetterUnknown,
    Listener as Listener,
    Outcome as Outcome,
    Part,
    Taken as Taken,
    Unavailable as Unavailable,
)
from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer, Code

SEEN_MAX = 65_536
"""How many delivery ids are remembered."""
BUSY = "order_busy"
UNKNOWN = Code.ORDER_UNKNOWN


class Inbox:
    """Every storefront's inbound door to one room."""

    def __init__(self, room: Desk, adapters: Mapping[str, Adapter], listener: Listener | None = None) -> None:
        self.room = room
        self.adapters = adapters
        self.listener = listener
        self.comments = Comments()
        self._lock = threading.RLock()
        self._seen: dict[tuple[str, str], None] = {}
        self._cancelling: set[tuple[str, str, str]] = set()
        self.dead = DeadLetters(room.journal.letters, adapters)
        self.dead.load(self._reread)

    # --- a delivery -----------------------------------------------------------------------------------------

    def take_in(self, channel: str, delivery: Delivery) -> Taken:
        """Check and read a delivery; raises ChannelUnknown, NotAuthentic or Unreadable, the last two leave a letter."""
        adapter = self.adapters.get(channel)
        if adapter is None:
            raise ChannelUnknown(f"No storefront is set up as {channel[:80]!r}.")
        self._check(channel, adapter, delivery)
        try:
            told = read(adapter, delivery)
            if any((channel, id) in self._seen for id in told.ids):
                return Taken(channel, delivery.at, delivery, seen=True)
            return self._taken(channel, told.heard, delivery.at, delivery, told.ids, 0)
        except Unreadable as problem:
            if not adapter.is_chat(delivery):
                self.dead.malformed(channel, delivery, str(problem))
            raise

    def settle(self, taken: Taken, answers: Sequence[Answer], now: int) -> Outcome:
        """Account for a delivery with the room's answers; raises Unavailable when the room could not write them."""
        self.let_go(taken)
        if taken.seen:
            return Outcome("exists", "delivery_seen", "This delivery was taken before.")
        for answer in answers:
            if answer.code == Code.JOURNAL_UNAVAILABLE:
                raise Unavailable(answer.sentence)
        outcomes = [self._outcome(taken, part, answers[part.first : part.last], now) for part in taken.parts]
        outcome = min(outcomes, key=_weight) if outcomes else Outcome("ignored", "empty", "It says nothing.")
        outcome = self._file(taken, outcome, now)
        if any(isinstance(part.heard, CommentHeard) for part in taken.parts):
            return outcome  # no deal: nobody listens, and its id would push out those of orders
        if outcome.status != "held":
            self._remember(taken)
        if self.listener:
            for part, found in zip(taken.parts, outcomes, strict=True):
                said = () if found.status == "ignored" else answers[part.first : part.last]
                self.listener.heard(taken.channel, part.heard, said, taken.at)
        return outcome

    def _remember(self, taken: Taken) -> None:
        with self._lock:
            for id in taken.ids:
                self._seen[taken.channel, id] = None
            while len(self._seen) > SEEN_MAX:
                del self._seen[next(iter(self._seen))]

    def let_go(self, taken: Taken) -> None:
        """Give up a delivery that will not be settled, such as one whose caller has gone."""
        with self._lock:
            self._cancelling.difference_update(taken.cancelling)
            taken.cancelling = []

    def deliver(self, channel: str, delivery: Delivery) -> Outcome:
        """Take in a delivery, ask the room and settle, all at the delivery's own time; letters are on disk then."""
        return self._through(self.take_in(channel, delivery), delivery.at)

    def absorb(self, channel: str, heard: Heard, now: int) -> Outcome:
        """Take in what was polled or fetched rather than delivered; raises Unreadable, which leaves a letter."""
        try:
            taken = self._taken(channel, (heard,), now, None, (), 0)
        except Unreadable as problem:
            self.dead.malformed(channel, polled(heard, now), str(problem))
            raise
        return self._through(taken, now)

    def absorb_all(self, channel: str, told: Sequence[Heard], now: int) -> list[Outcome]:
        """Take in a page of what was polled or fetched in one go; what nobody can read leaves a letter."""
        taken: list[Taken] = []
        for heard in told:
            try:
                taken.append(self._taken(channel, (heard,), now, None, (), 0))
            except Unreadable as problem:
                self.dead.malformed(channel, polled(heard, now), str(problem))
        outcomes = self._ask_and_settle(taken, now)
        self._write_letters(now)
        return outcomes

    def _ask_and_settle(self, taken: Sequence[Taken], now: int) -> list[Outcome]:
        """Ask the room once for many; raises Unavailable."""
        try:
            commands = [command for one in taken for command in one.commands]
            answers = iter(self.room.handle(commands, now) if commands else ())
            return [self.settle(one, list(islice(answers, len(one.commands))), now) for one in taken]
        finally:
            for one in taken:
                self.let_go(one)

    def commands_for(self, show: str, channel: str, heard: Heard) -> list[c.Command]:
        """What to ask of a show about something a channel told; raises Unreadable for what nobody could ask."""
        if isinstance(heard, Aside):
            return []
        seller, _ = selling(self.room.world[show], channel, heard)
        return commands_for(self.room, show, seller, channel, heard, self._restocks(channel))

    def _through(self, taken: Taken, now: int) -> Outcome:
        try:
            answers = self.room.handle(taken.commands, now) if taken.commands else []
            outcome = self.settle(taken, answers, now)
        finally:
            self.let_go(taken)
        self._write_letters(now)
        return outcome

    def _write_letters(self, now: int | None) -> None:
        if self.room.journal.letters.waiting:
            self.room.handle([], now)

    def _check(self, channel: str, adapter: Adapter, delivery: Delivery) -> None:
        """Raise NotAuthentic, or Unreadable for an adapter that failed; either leaves a bounded letter."""
        try:
            check(adapter, delivery)
        except (NotAuthentic, Unreadable) as problem:
            self.dead.unproven(channel, without_chat(adapter, delivery), str(problem))
            raise

    def _reread(self, channel: str, delivery: Delivery) -> tuple[Heard, ...]:
        """Read again what was kept; raises Unreadable."""
        heard = heard_of(delivery)
        if heard is not None:
            return (heard,)
        if channel not in self.adapters:
            raise Unreadable(f"No storefront is set up as {channel[:80]!r}.")
        return read(self.adapters[channel], delivery).heard

    def _taken(
        self,
        channel: str,
        told: Sequence[Heard],
        at: int,
        delivery: Delivery | None,
        ids: tuple[str, ...],
        letter: int,
    ) -> Taken:
        """What was heard, as commands; `letter` is the dead letter that is tried again, if it is one."""
        taken = Taken(channel, at, delivery, ids, letter=letter)
        try:
            for heard in told:
                self._take_part(taken, heard)
        except Unreadable:
            self.let_go(taken)
            raise
        return taken

    def _take_part(self, taken: Taken, heard: Heard) -> None:
        found = home(self.room, taken.channel, heard)
        wanted: list[c.Command] = []
        if found.show:
            restocked = self._restocks(taken.channel)
            wanted = commands_for(self.room, found.show, found.channel, taken.channel, heard, restocked)
        busy = self._is_busy(taken, wanted)
        first = len(taken.commands)
        taken.commands += [] if busy else wanted
        taken.parts.append(Part(heard, found, first, len(taken.commands), busy))

    def _restocks(self, channel: str) -> bool | None:
        """Whether a channel's platform lists cancelled units again by itself; None: nobody knows."""
        adapter = self.adapters.get(channel)
        return adapter.account.capability.restocks_on_cancel if adapter else None

    def _is_busy(self, taken: Taken, wanted: Sequence[c.Command]) -> bool:
        """Tell whether a partial cancellation of the same order is on its way; else this one is from now on."""
        keys = [(one.show, one.channel, one.order) for one in wanted if isinstance(one, c.CancelOrder) and one.lines]
        if not keys:
            return False
        with self._lock:
            if not self._cancelling.isdisjoint(keys):
                return True
            self._cancelling.update(keys)
            taken.cancelling += keys
        return False

    # --- what became of it ----------------------------------------------------------------------------------

    def _outcome(self, taken: Taken, part: Part, answers: Sequence[Answer], now: int) -> Outcome:
        """What became of one thing heard."""
        heard = part.heard
        if isinstance(heard, Ignored):
            return Outcome("ignored", "not_needed", heard.why)
        if isinstance(heard, CommentHeard):
            return self.comments.take(taken.channel, heard, now)
        if isinstance(heard, Aside):
            return Outcome("accepted", "level")
        order = heard.order
        if part.busy:
            return Outcome("held", BUSY, f"Another cancellation of {order} is being written; this one follows.", order)
        wanted = taken.commands[part.first : part.last]
        refused = (answer for answer in answers if answer.status == "refused" and answer.code != Code.ORDER_EXISTS)
        refusal = next(refused, None)
        if not part.home.show:
            refusal = Answer("refused", None, part.home.code, part.home.sentence)
        if refusal is None:
            if isinstance(heard, OrderHeard) and wanted[:1] and wanted[0].id.endswith("/announced"):
                return Outcome("ignored", "cancelled", f"Order {order} was cancelled before it took a unit.", order)
            accepted = any(answer.status == "accepted" for answer in answers)
            return Outcome("accepted" if accepted else "exists", "" if accepted else "order_exists", "", order)
        if refusal.code == Code.NOTHING_TO_DO:
            status: Literal["exists", "ignored"] = "exists" if isinstance(heard, CancelHeard) else "ignored"
            return Outcome(status, refusal.code, refusal.sentence, order)
        if self._never_needed(taken, part, refusal, now):
            return Outcome("ignored", "cancelled", f"Order {order} was cancelled before it took a unit.", order)
        return Outcome("held", refusal.code, refusal.sentence, order)

    def _never_needed(self, taken: Taken, part: Part, refusal: Answer, now: int) -> bool:
        """Tell whether an order that has no unit is cancelled whole; then what is held of it is settled as well."""
        heard = part.heard
        if isinstance(heard, Aside) or not is_cancelled(heard):
            return False
        placing = part.first < part.last and isinstance(taken.commands[part.first], c.PlaceOrder)
        if part.home.show and not placing and refusal.code != UNKNOWN:
            return False
        held = [one for one in self.dead.of_order(taken.channel, heard.order) if one.id != taken.letter]
        if isinstance(heard, CancelHeard) and not any(one.reason != UNKNOWN for one in held):
            return False
        for one in held:
            self.dead.settle(one.id, "cancelled", "It was cancelled before it took a unit.", now)
        return True

    def _file(self, taken: Taken, outcome: Outcome, now: int) -> Outcome:
        """Keep, go on keeping, or settle the letter of an outcome."""
        if outcome.status != "held":
            if taken.letter:
                self.dead.settle(taken.letter, outcome.reason or outcome.status, outcome.sentence, now)
            return outcome
        heard = [part.heard for part in taken.parts]
        delivery = taken.delivery or polled(heard[0], taken.at)
        show = next((part.home.show for part in taken.parts if part.home.show), "")
        held = Held(taken.channel, delivery, heard, outcome.reason, now, taken.letter)
        return msgspec.structs.replace(outcome, letter=self.dead.hold(held, show, outcome.sentence))

    # --- letters --------------------------------------------------------------------------------------------

    def letters(self, state: str = "", channel: str = "", limit: int = 200) -> list[dict[str, Any]]:
        """Dead letters as plain rows, the newest first, without their bodies; of one state and channel if given."""
        self.dead.write_unproven(0, at_once=True)
        self._write_letters(None)
        return self.dead.told(state, channel, limit)

    def retry(self, letter: int, now: int) -> Outcome:
        """Try one letter again, its signature under today's secrets if that was wrong; raises LetterUnknown."""
        row = self.dead.get(letter)
        if row is None:
            raise LetterUnknown(f"There is no dead letter {letter}.")
        if row["state"] == "settled":
            return Outcome("exists", "settled", "This letter is settled already.", letter=letter)
        try:
            delivery = self._proven(row) if row["reason"] == NOT_AUTHENTIC else delivery_of(row)
            taken = self._taken(row["channel"], self._reread(row["channel"], delivery), now, delivery, (), letter)
        except (NotAuthentic, Unreadable) as problem:
            reason = NOT_AUTHENTIC if isinstance(problem, NotAuthentic) else UNREADABLE
            self.dead.still_refused(row, reason, str(problem))
            self._write_letters(now)
            return Outcome("refused", reason, str(problem), letter=letter)
        return self._through(taken, now)

    def _proven(self, row: Mapping[str, Any]) -> Delivery:
        """The delivery of a letter that did not prove itself, checked again; raises NotAuthentic or Unreadable."""
        delivery = self.dead.proofs.get(row["id"])
        adapter = self.adapters.get(row["channel"])
        if delivery is None or adapter is None:
            raise NotAuthentic("Its signature is not kept any more; have the platform send it again.")
        check(adapter, delivery)
        return delivery

    def retry_held(self, now: int, only_due: bool = False) -> int:
        """Try held letters again, the oldest first, in one go; returns how many are settled by that."""
        tried: list[Taken] = []
        for one in self.dead.all_held() if self.dead.held else ():
            if only_due and not self._is_due(one, now):
                continue
            try:
                told = self._reread(one.channel, one.delivery)
                tried.append(self._taken(one.channel, told, now, one.delivery, (), one.id))
            except Unreadable:
                one.again_later(now)
        if not tried:
            return 0
        try:
            outcomes = self._ask_and_settle(tried, now)
        except Unavailable:
            return 0
        self._write_letters(now)
        return sum(outcome.status != "held" for outcome in outcomes)

    def _is_due(self, held: Held, now: int) -> bool:
        """Tell whether a letter's pause is over, or the order it waits for is there."""
        if held.reason != UNKNOWN:
            return held.due <= now
        shows = [show for show in list(self.room.world.values()) if held.channel in show.channels]
        return any((name, order) in show.orders for show in shows for name in show.channels for order in held.orders)

    def follow_up(self, now: int) -> None:
        """Do what is due every second or so: try held letters again, write down what did not prove itself."""
        self.dead.write_unproven(now)
        self._write_letters(now)
        self.retry_held(now, only_due=True)


def _weight(outcome: Outcome) -> int:
    return ("held", "accepted", "exists", "ignored").index(outcome.status)


_serving: list[Inbox] = []


def serve_here(inbox: Inbox | None) -> None:
    """Make an inbox the one this process serves (None: none any more)."""
    _serving[:] = [inbox] if inbox else []


def serving() -> Inbox | None:
    """The inbox this process serves, if any."""
    return _serving[0] if _serving else None
