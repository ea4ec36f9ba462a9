"""One listing: a SKU on a channel, and how its counter is changed so that no fault of the network sells a unit twice.

The ledger holds a claim for the channel (exposure, and for `absolute` channels cover). The platform holds a counter,
and sells from it without asking. Between them lies a network that delays, loses and forgets. What must always hold:

    counter + sold there but unseen here + raises on their way   <=   exposure + cover

A listing in `shared` mode promises more than that, and what it promises beyond counts as its claim here (`sharing`).

Take before you give: a raise moves the claim first and pushes afterwards; a lowering pushes first and gives the claim
back only for what the platform confirms it took. Every answer falls into one of five kinds, and each has one meaning:

    applied     done: a raise ends; a lowering returns what was really taken
    mismatch    not done, the counter stands elsewhere (compare_and_set): pushed again from there
    throttled   not done, later
    refused     not done, never: the claim of a raise comes back
    no answer   done, not done, or yet to be done: nobody knows

What no answer means depends on how the counter is written. A `delta` carries a key and a `raise_only` total only grows,
so both are sent again until an answer comes. A `compare_and_set` or `absolute` push sent twice could act twice, so it
is never repeated: the listing is in doubt, no push leaves until the lost one can no longer arrive, and then it is
settled.

Settling tells stranded units from sold ones: read the counter, then list every order the platform took up to a moment
after that reading. What the claim then holds beyond the counter is listed nowhere and sold by nobody: it goes back.
What the counter holds beyond the claim was listed by somebody else's hand: it is drift, and taken down.

An `absolute` push overwrites what was sold while it travelled, so it sets the counter to the claim less its cover, and
cover is at least what can be sold between the last complete list of orders and the push's arrival. It is settled after
every push. A push that travels longer than that bound can list more than the claim: the excess is what was sold beyond
the cover in that time, it shows as orders the ledger must hold back, and it is counted.

Pure: no clock, no network, no ledger. What can fail is a platform that lies.
"""

from dataclasses import dataclass, field

from dashboard.channels.adapter import Push, Pushed, PushKind

REPEATABLE: tuple[PushKind, ...] = ("delta", "raise_only")
"""Kinds of push that may be sent again without an answer to the first."""


@dataclass(frozen=True)
class Outcome:
    """What an answer means: units whose claim goes back, and whether the same change is to be sent again."""

    give_back: int = 0
    again: bool = False


@dataclass
class Reading:
    """A counter being read (`level` None: asked for), and what reached the ledger since it was asked for."""

    asked_at: int
    level: int | None = None
    answered_at: int = 0
    sold: int = 0
    offered: int | None = None


@dataclass
class Change:
    """A change under way: `units` to add (positive) or to take; `backed` is False for what was never claimed.

    `to` is where an absolute push sets the counter, `at` when it began; `unsure` once an attempt had no answer.
    """

    units: int
    key: str
    backed: bool = True
    to: int = 0
    at: int = 0
    unsure: bool = False
    attempts: int = 0
    push: Push | None = None


@dataclass
class Listing:
    """The state of one listing; `doubtful_until` is when a push without an answer can no longer arrive."""

    sku: str
    kind: PushKind
    level: int | None = None
    offered: int = 0
    change: Change | None = None
    doubtful_until: int | None = None
    unsettled: bool = False
    reading: Reading | None = field(default=None)

    def idle(self) -> bool:
        """Tell whether a change may begin; an absolute counter is settled first, or it would never be."""
        return self.change is None and self.doubtful_until is None and not (self.kind == "absolute" and self.unsettled)

    def may_settle(self, now: int) -> bool:
        """Tell whether the counter can be read for settling: nothing is under way and nothing can arrive late."""
        return self.change is None and (self.doubtful_until is None or now >= self.doubtful_until)

    def can_lower(self) -> bool:
        """Tell whether units can be taken off this listing at all."""
        return self.kind != "raise_only"

    # --- changing ---------------------------------------------------------------------------------------------

    def begin(self, units: int, key: str, to: int = 0, backed: bool = True, at: int = 0) -> None:
        """Begin to raise (the claim has moved already) or lower by some units, or to set an absolute counter `to`."""
        assert self.idle()
        assert units > 0 or self.can_lower()
        self.reading = None
        self.change = Change(units, key, backed, to, at)
        if self.kind == "raise_only":
            self.offered += units

    def retract(self) -> int:
        """Take back a raise that has not left, or that the platform said it had not done; returns its units."""
        change = self.change
        if change is None or change.units <= 0 or change.push is not None or change.unsure:
            return 0
        self.change = None
        if self.kind == "raise_only":
            self.offered -= change.units
        return change.units

    def is_held_down(self, ceiling: int) -> bool:
        """Tell whether a raise under way would be cut by the ceiling: news of orders would let it be higher."""
        change = self.change
        return self.kind == "absolute" and change is not None and change.units > 0 and change.to > ceiling

    def next_push(self, ceiling: int) -> Push | None:
        """The push to send now; None when the counter must be read first (compare_and_set).

        `ceiling` is the claim less its cover as the ledger has it now: an absolute counter is never set higher.
        """
        change = self.change
        assert change is not None
        if change.push is None:
            change.push = self._push(change, ceiling)
        return change.push

    def _push(self, change: Change, ceiling: int) -> Push | None:
        if self.kind == "delta":
            return Push(self.sku, "delta", change.units, change.key)
        if self.kind == "raise_only":
            return Push(self.sku, "raise_only", self.offered, change.key)
        if self.kind == "absolute":
            return Push(self.sku, "absolute", max(0, min(change.to, ceiling)), change.key)
        if self.level is None:
            return None
        return Push(self.sku, "compare_and_set", max(0, self.level + change.units), change.key, self.level)

    def answered(self, answer: Pushed, now: int, lifetime: int) -> Outcome:
        """Take in the answer to the push under way; `lifetime` is how long a push can still arrive (microseconds)."""
        change = self.change
        assert change is not None
        assert change.push is not None
        change.attempts += 1
        if answer.level is not None:
            self.level = answer.level
        if answer.outcome == "applied":
            return self._applied(change, change.push, answer)
        if answer.outcome == "mismatch":
            self.level = answer.level
            change.push = None
            return Outcome(again=True)
        if answer.outcome == "throttled":
            if self.kind == "absolute":
                change.push = None
            return Outcome(again=True)
        if answer.outcome == "unknown":
            change.unsure = True
            if self.kind in REPEATABLE:
                return Outcome(again=True)
            return self._doubt(now, lifetime)
        if change.unsure:
            return self._doubt(now, lifetime)
        return self._refused(change)

    def _applied(self, change: Change, push: Push, answer: Pushed) -> Outcome:
        self.change = None
        if self.kind == "absolute":
            self.unsettled = True
            self.level = push.quantity
            return Outcome()
        if change.units > 0 or not change.backed:
            return Outcome()
        if self.kind == "delta":
            taken = -answer.change if answer.change is not None else 0
            self.unsettled = self.unsettled or answer.change is None
        else:
            assert push.expected is not None
            taken = push.expected - push.quantity
        return Outcome(give_back=max(0, min(taken, -change.units)))

    def _refused(self, change: Change) -> Outcome:
        self.change = None
        if change.units <= 0:
            return Outcome()
        if self.kind == "raise_only":
            self.offered -= change.units
        return Outcome(give_back=change.units)

    def _doubt(self, now: int, lifetime: int) -> Outcome:
        self.change = None
        self.unsettled = True
        self.doubtful_until = now + lifetime
        return Outcome()

    # --- settling ---------------------------------------------------------------------------------------------

    def ask(self, now: int) -> None:
        """The counter is being asked for; what reaches the ledger from now on may or may not be in the answer.

        While a change is under way the answer only tells where the counter stands: nothing can be settled by it.
        """
        self.reading = Reading(now) if self.change is None else None

    def read(self, level: int, now: int, offered: int | None = None) -> None:
        """The counter was read; it can be settled once every order taken before is in the ledger."""
        self.level = level
        if offered is not None:
            self.offered = max(self.offered, offered)
        if self.reading:
            self.reading.level, self.reading.answered_at, self.reading.offered = level, now, offered

    def sold(self, units: int) -> None:
        """An order reached the ledger."""
        if self.level is not None:
            self.level = max(0, self.level - units)
        if self.reading:
            self.reading.sold += units

    def restocked(self) -> None:
        """A cancellation reached the ledger: whether the reading has its units is not known, so it is taken again."""
        self.reading = None

    def settle(self, claim: int, keep: int) -> tuple[int, int]:
        """Every order taken before the reading is in the ledger: returns (units to give back, units listed by hand).

        `claim` is exposure + cover now, `keep` what of it must stay as cover. Whether an order seen meanwhile was taken
        before or after the reading is not known, so each bound takes the careful view.
        """
        reading = self.reading
        assert self.change is None
        assert reading is not None
        assert reading.level is not None
        self.reading, self.doubtful_until, self.unsettled = None, None, False
        stranded = claim - keep - reading.level
        by_hand = reading.level - claim - reading.sold
        if self.kind == "raise_only":  # what never arrived is not offered: the next total must not bring it along
            self.offered = reading.offered if reading.offered is not None else max(0, self.offered - max(0, stranded))
        return max(0, stranded), max(0, by_hand)
