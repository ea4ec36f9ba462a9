"""What could not be taken: a letter for each, what it may say, and the held ones that are tried again.

    delivery -> without what proves its sender -> row of `dead_letters` -> the room's next transaction
    held     -> due -> tried again -> settled

A letter never holds a signature, a token, or a secret of ours, wherever in the delivery it stood. What did not prove
who sent it is kept only for a look: cut to 16 kB, the newest thousand a channel, and written a few times a minute
rather than once a request (`Unproven`). Its proof stays in memory as long as the program runs, so that a delivery
refused under yesterday's secret can be checked under today's; it never reaches the disk.

Held letters are tried again after 1, 2, 4 ... 30 seconds; those that wait for an order as soon as it is there.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import msgspec

from dashboard.channels.adapter import (
    Adapter,
    CancelHeard,
    Delivery,
    Heard,
    Ignored,
    LevelHeard,
    OrderHeard,
    OrderKnown,
    Secrets,
    Unreadable,
)

Row = dict[str, Any]
SECOND = 1_000_000
NOT_AUTHENTIC = "not_authentic"
UNREADABLE = "unreadable"
UNPROVEN_MAX = 1000
UNPROVEN_BYTES_MAX = 16_384
UNPROVEN_EVERY = 5 * SECOND
PAUSE_MAX = 30 * SECOND
SAME_MAX = 65_536
HEARD_HEADER = ":heard"
"""Marks a letter made from what was polled: its body is that record, and no header is called like this."""
_PROOFS = ("signature", "hmac", "sign", "authorization", "token", "secret", "cookie", "password", "api-key", "apikey")
_KINDS: Mapping[str, type[Heard]] = {
    kind.__name__: kind for kind in (OrderHeard, OrderKnown, CancelHeard, LevelHeard, Ignored)
}


class LetterBook(Protocol):
    """Where dead letters are kept."""

    @property
    def waiting(self) -> bool:
        """Whether anything waits to be written."""

    def add(self, row: Mapping[str, Any], bounded: bool = False) -> int:
        """Keep a letter with the next transaction and return its id."""

    def settle(self, id: int, state: str, reason: str, sentence: str, settled_time: int | None, attempts: int) -> None:
        """Note what became of one."""

    def rows(self, state: str = "", channel: str = "", limit: int = 200) -> list[dict[str, Any]]:
        """Letters, the newest first."""

    def held(self) -> list[dict[str, Any]]:
        """Held letters whole, the oldest first."""

    def get(self, id: int) -> dict[str, Any] | None:
        """One letter whole."""

    def waits(self, id: int) -> bool:
        """Tell whether a letter is not on disk yet."""


def proves(header: str) -> bool:
    """Tell whether a header may carry a signature, a token or a secret."""
    return any(word in header for word in _PROOFS)


def row_of(channel: str, delivery: Delivery, reason: str, sentence: str, state: str, secrets: Secrets) -> Row:
    """A letter of a delivery, without what proves its sender and without any secret of ours."""
    body = delivery.body if reason != NOT_AUTHENTIC else delivery.body[:UNPROVEN_BYTES_MAX]
    headers = {name: value for name, value in delivery.headers.items() if not proves(name)}
    for secret in (*secrets.signing, secrets.token):
        if secret:
            headers = {_without(name, secret): _without(value, secret) for name, value in headers.items()}
            body = body.replace(secret.encode("utf-8", "replace"), b"[secret]")
            sentence = _without(sentence, secret)
    return {
        "show_id": "",
        "channel": channel,
        "received_time": delivery.at,
        "reason": reason,
        "sentence": sentence,
        "headers": {name: value.encode("utf-8", "replace").decode() for name, value in headers.items()},
        "body": body,
        "state": state,
        "settled_time": None,
        "attempts": 0,
    }


def _without(text: str, secret: str) -> str:
    return text.replace(secret, "[secret]")


def polled(heard: Heard, now: int) -> Delivery:
    """A stand-in for the delivery of what was polled or fetched, so that it can be kept and read again."""
    return Delivery({HEARD_HEADER: type(heard).__name__}, msgspec.json.encode(heard), now)


def heard_of(delivery: Delivery) -> Heard | None:
    """What was polled, if the delivery stands in for that; raises Unreadable for a broken one."""
    kind = _KINDS.get(delivery.headers.get(HEARD_HEADER, ""))
    try:
        return msgspec.json.decode(delivery.body, type=kind) if kind else None
    except msgspec.MsgspecError:
        raise Unreadable("The letter holds nothing that can be read.") from None


def digest_of(channel: str, heard: Iterable[Heard]) -> bytes:
    """Tells one thing heard from another; when it was last changed does not matter."""
    told = [msgspec.structs.replace(one, updated_at=None) if isinstance(one, OrderHeard) else one for one in heard]
    named = [(type(one).__name__, one) for one in told]
    return hashlib.blake2b(msgspec.json.encode((channel, named)), digest_size=12).digest()


class Held:
    """A held letter in memory: what it tells, how often it was tried, when it is next; id 0 before it is kept."""

    def __init__(
        self, channel: str, delivery: Delivery, heard: Sequence[Heard], reason: str, now: int, id: int, tries: int = 0
    ) -> None:
        self.channel, self.delivery, self.reason, self.id, self.tries = channel, delivery, reason, id, tries
        self.orders = tuple(one.order for one in heard if isinstance(one, OrderHeard | OrderKnown | CancelHeard))
        self.digest = digest_of(channel, heard)
        self.due = now

    def again_later(self, now: int) -> None:
        """Wait twice as long as the last time."""
        self.due = now + min(PAUSE_MAX, SECOND << min(self.tries, 6))
        self.tries += 1


class DeadLetters:
    """Every letter of a room's channels: kept, found again, settled; held ones stay in memory, oldest first."""

    def __init__(self, book: LetterBook, adapters: Mapping[str, Adapter]) -> None:
        self.book = book
        self.adapters = adapters
        self.held: dict[int, Held] = {}
        self.proofs: dict[int, Delivery] = {}
        """The deliveries behind the newest unproven letters, signatures and all; never written."""
        self._same: dict[bytes, int] = {}
        self._unproven: dict[str, deque[tuple[Row, Delivery | None]]] = {}
        self._unproven_due = 0
        self._lock = threading.RLock()

    # --- keeping --------------------------------------------------------------------------------------------

    def unproven(self, channel: str, delivery: Delivery, sentence: str) -> None:
        """Keep what did not prove who sent it, until the next `write_unproven`."""
        row = self._row(channel, delivery, NOT_AUTHENTIC, sentence, "refused")
        size = len(delivery.body) + sum(map(len, delivery.headers.values()))
        with self._lock:
            waiting = self._unproven.setdefault(channel, deque(maxlen=UNPROVEN_MAX))
            waiting.append((row, delivery if size <= UNPROVEN_BYTES_MAX else None))

    def malformed(self, channel: str, delivery: Delivery, sentence: str) -> int:
        """Keep an authentic delivery nobody can read; the same body again is the same letter."""
        digest = hashlib.blake2b(channel.encode() + delivery.body, digest_size=12).digest()
        with self._lock:
            known = self._same.get(digest)
            if known is None:
                known = self._same[digest] = self.book.add(
                    self._row(channel, delivery, UNREADABLE, sentence, "refused")
                )
            return known

    def hold(self, held: Held, show: str, sentence: str) -> int:
        """Keep what the ledger cannot take now, or go on keeping it; the same thing heard again is the same letter."""
        with self._lock:
            if held.id == 0:
                same = self.held.get(self._same.get(held.digest, 0))
                if same:
                    return same.id
                row = self._row(held.channel, held.delivery, held.reason, sentence, "held")
                held.id = self.book.add(row | {"show_id": show})
            else:
                before = self.held.get(held.id)
                held.tries = before.tries if before else 0
                held.again_later(held.due)
                if before is None or before.reason != held.reason:
                    self.book.settle(held.id, "held", held.reason, sentence, None, held.tries)
            self._remember(held)
            return held.id

    def _remember(self, held: Held) -> None:
        self.held[held.id] = held
        self._same[held.digest] = held.id
        if len(self._same) > SAME_MAX:
            del self._same[next(iter(self._same))]

    def settle(self, id: int, reason: str, sentence: str, now: int) -> None:
        """Note that nothing is left to do about a letter."""
        with self._lock:
            held = self.held.pop(id, None)
            if held:
                self._same.pop(held.digest, None)
            self.book.settle(id, "settled", reason, sentence, now, held.tries + 1 if held else 1)

    def still_refused(self, row: Mapping[str, Any], reason: str, sentence: str) -> None:
        """Note that a letter was tried again in vain."""
        self.book.settle(row["id"], row["state"], reason, sentence, None, row["attempts"] + 1)

    def write_unproven(self, now: int, at_once: bool = False) -> None:
        """Hand over what did not prove itself to be written, not more often than every few seconds."""
        with self._lock:
            if not self._unproven or (now < self._unproven_due and not at_once):
                return
            self._unproven_due = now + UNPROVEN_EVERY
            taken, self._unproven = self._unproven, {}
            for row, delivery in sorted(chain(*taken.values()), key=lambda one: int(one[0]["received_time"])):
                id = self.book.add(row, bounded=True)
                if delivery:
                    self.proofs[id] = delivery
            while len(self.proofs) > UNPROVEN_MAX:
                del self.proofs[next(iter(self.proofs))]

    def _row(self, channel: str, delivery: Delivery, reason: str, sentence: str, state: str) -> Row:
        adapter = self.adapters.get(channel)
        return row_of(channel, delivery, reason, sentence, state, adapter.secrets if adapter else Secrets())

    # --- finding --------------------------------------------------------------------------------------------

    def load(self, read: Callable[[str, Delivery], Sequence[Heard]]) -> None:
        """Take up the held letters of a journal; one that nobody can read now is kept all the same."""
        for row in self.book.held():
            delivery = delivery_of(row)
            try:
                heard = read(row["channel"], delivery)
            except Unreadable:
                heard = ()
            self._remember(Held(row["channel"], delivery, tuple(heard), row["reason"], 0, row["id"], row["attempts"]))

    def of_order(self, channel: str, order: str) -> list[Held]:
        """The held letters that tell of an order of a channel."""
        with self._lock:
            return [held for held in self.held.values() if held.channel == channel and order in held.orders]

    def all_held(self) -> list[Held]:
        """Every held letter, the oldest first."""
        with self._lock:
            return sorted(self.held.values(), key=lambda held: held.id)

    def get(self, id: int) -> Row | None:
        """One letter whole, as known now."""
        return self.book.get(id)

    def told(self, state: str, channel: str, limit: int) -> list[Row]:
        """Letters as screens and callers see them, the newest first."""
        rows = self.book.rows(state, channel, limit)
        return [{"body_bytes": row["body"]} | {name: row[name] for name in row if name != "body"} for row in rows]


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    """The delivery a letter was made of, without its proof."""
    return Delivery(row["headers"], bytes(row["body"]), row["received_time"])
