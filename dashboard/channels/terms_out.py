"""Terms on their way out: takes up a show's open errands, writes them on the platforms, says what became of each.

    open errand -> Term (what the ledger says now) -> Adapter.write_term -> call ... answer -> pushed | failed
                   no connection, no such call on the platform            -> by_hand, with the reason

What is written is always the level in force when the call is made, so a term that was replaced is never written after
the newer one, and its errand is left alone. A call without an answer may still arrive late: what is pushed on its level
meanwhile is pushed once more when it can no longer, and only then reported. A coupon that replaces another code ends
the other code first. One call at a time goes to a channel, in calls of stock's half of the limit that is not kept for
what is urgent; one that has waited for a while is urgent too, since a purchase limit matters most in a rush.

What can fail: a platform that is out or takes no more calls (the errand waits, however long), one that refuses (failed,
with its sentence), one that fails again and again on one term alone (failed). After a restart every open errand is
taken up again, and what is pushed then counts once calls of the process before can no longer arrive. Nothing here knows
a network or a clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random

from dashboard.channels.adapter import Adapter, Request, Response, Throttled, Unreadable
from dashboard.channels.connection import Call, Connection
from dashboard.channels.handover import Room
from dashboard.channels.pacing import SECOND, retry_at
from dashboard.channels.term import ByHand, Term, Wrote
from dashboard.decision import commands as c, events as e
from dashboard.decision.errands import PURCHASING, Standing
from dashboard.decision.state import Show

LOOK = SECOND // 4
PATIENCE = 3 * SECOND
"""A term that has waited so long is as urgent as stock."""
LIFETIME = 30 * SECOND
"""A call without an answer can still arrive for so long."""
FAILURES_MAX = 8
"""So many answers that nobody can use, from a platform that is otherwise well, and the errand has failed."""
OWN_PRICE = "The channel has a price of its own, which stays."
EXPIRED = "It expired before the platform took it."
Key = tuple[int, str]


@dataclass
class Errand:
    """One term on its way to one channel; `codes` are the coupon codes still to write, one empty for other terms."""

    seq: int
    channel: str
    since: int
    codes: list[str]
    found: str = ""
    due: int = 0
    tries: int = 0
    failures: int = 0
    sent: Term | None = None


class TermsOut:
    """The terms of one show; until `settled_at`, calls of an earlier process may still arrive.

    `posted` is set when somebody else sends its notices to purchasing.
    """

    def __init__(
        self, show: str, room: Room, connections: Mapping[str, Connection], chance: Random, settled_at: int = 0
    ) -> None:
        self.show, self.room, self.connections, self.chance = show, room, connections, chance
        self.settled_at = settled_at
        self.posted = False
        self._errands: dict[Key, Errand] = {}
        self._out: dict[str, Errand] = {}
        """Channel -> the errand whose call is on its way."""
        self._doubts: dict[tuple[str, str, str], list[tuple[Term, int]]] = {}
        """Level -> terms whose calls were not answered, and until when each may still arrive."""
        self._known = 0
        self._look_at = 0

    def wake(self, now: int) -> list[tuple[Connection, Request, tuple[str, ...]]]:
        """The calls to make now: to whom, which, and the seq they are about."""
        if now < self._look_at:
            return []
        self._look_at = now + LOOK
        show = self.room.world[self.show]
        if len(show.errands) != self._known:
            self._take_up(show, now)
        calls: list[tuple[Connection, Request, tuple[str, ...]]] = []
        for key, errand in list(self._errands.items()):
            if errand.seq not in show.terms or show.errands[key] != "open":
                del self._errands[key]
            elif errand.due <= now and errand.channel not in self._out:
                self._send(calls, show, errand, now)
        return calls

    def _take_up(self, show: Show, now: int) -> None:
        """Find errands that are new; those nobody can carry are by hand at once."""
        self._known = len(show.errands)
        reports = by_hand(self.show, show, self.connections, self.posted)
        if reports:
            self.room.handle(reports, now)
        for (seq, channel), state in show.errands.items():
            if state == "open" and seq in show.terms and channel in self.connections:
                standing = show.terms[seq]
                codes = [*standing.ended, standing.event.code] if isinstance(standing.event, e.CouponSet) else [""]
                self._errands.setdefault((seq, channel), Errand(seq, channel, now, codes))

    def _send(
        self, calls: list[tuple[Connection, Request, tuple[str, ...]]], show: Show, errand: Errand, now: int
    ) -> None:
        connection = self.connections[errand.channel]
        try:
            term = term_of(show, errand.seq, errand.channel, errand.codes[0], now)
            if isinstance(term, str):
                self._report(errand, "done" if term == OWN_PRICE else "failed", term, now)
                return
            if term.kind not in connection.capability.terms:
                raise ByHand(_too(show.terms[errand.seq]))
            request = connection.adapter.write_term(term, now, errand.found)
        except (ByHand, Unreadable) as problem:
            self._report(errand, "by_hand", str(problem), now)
            return
        if not connection.may_call(request.lane, now, urgent=now - errand.since >= PATIENCE):
            return
        errand.sent, self._out[errand.channel] = term, errand
        calls.append((connection, request, (str(errand.seq),)))

    # --- answers ----------------------------------------------------------------------------------------------

    def answered(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        """A call came back; None when it was given up."""
        errand = self._out.pop(call.channel)
        self._look_at = now
        term, errand.sent = errand.sent, None
        assert term is not None
        if response is None:
            self._doubts.setdefault(term.level(), []).append((term, call.sent_at + LIFETIME))
            self._again(errand, now)
            return
        wrote = _read(connection.adapter, term, response, errand.found)
        if wrote.outcome == "throttled":
            connection.throttled("term", wrote.retry_after_seconds, now, self.chance)
            self._again(errand, now)
            return
        if wrote.outcome != "unknown":
            connection.taken("term")
        if wrote.outcome == "found":
            errand.found = wrote.found
        elif wrote.outcome == "pushed":
            self._pushed(errand, term, now)
        elif wrote.outcome == "refused":
            self._report(errand, "failed", wrote.sentence, now)
        else:
            errand.failures += not connection.breaker.is_open()
            if errand.failures < FAILURES_MAX:
                self._again(errand, now)
            else:
                self._report(errand, "failed", wrote.sentence or "Nobody can read what the platform answers.", now)

    def _again(self, errand: Errand, now: int) -> None:
        """Begin the writing anew, a little later each time."""
        errand.found, errand.due = "", retry_at(now, errand.tries, self.chance)
        errand.tries += 1

    def _pushed(self, errand: Errand, term: Term, now: int) -> None:
        errand.found, errand.tries = "", 0
        doubts = self._doubts.pop(term.level(), ())
        others = [until for other, until in doubts if not other.is_same(term)]
        errand.due = max(self.settled_at, *others, now)
        if errand.due > now:  # an older call may still overwrite this one
            return
        errand.codes.pop(0)
        if not errand.codes:
            self._report(errand, "pushed", "", now)

    def _report(self, errand: Errand, outcome: str, note: str, now: int) -> None:
        """Tell the room what became of an errand; what was replaced or ticked off meanwhile is left alone."""
        key = errand.seq, errand.channel
        show = self.room.world[self.show]
        if self._errands.pop(key, None) is not None and errand.seq in show.terms and show.errands[key] == "open":
            self.room.handle([report(self.show, errand.seq, errand.channel, outcome, note)], now)


def _read(adapter: Adapter, term: Term, response: Response, found: str) -> Wrote:
    try:
        return adapter.read_term(term, response, found)
    except Throttled as problem:
        return Wrote("throttled", retry_after_seconds=problem.retry_after_seconds, sentence=str(problem))
    except Unreadable as problem:
        return Wrote("unknown", sentence=str(problem))


def term_of(show: Show, seq: int, channel: str, code: str, now: int) -> Term | str:
    """What a channel shall hold of a term, as the ledger has it now; a sentence where there is nothing to write.

    Raises ByHand for a coupon code that stands for several discounts.
    """
    event = show.terms[seq].event
    if isinstance(event, e.CouponSet):
        return _coupon(show, seq, event, channel, code, now)
    if isinstance(event, e.LimitSet):
        units = show.limits.get((event.sku, event.region))
        return Term("limit", channel, seq, event.sku, units_per_order=units)
    if isinstance(event, e.PriceSet):
        if not event.channel and (event.sku, channel) in show.prices:
            return OWN_PRICE
        return Term("price", channel, seq, event.sku, event.price_minor, show.opened.currency)
    if isinstance(event, e.BundleSet):
        if event.percent and event.expires is not None and event.expires <= now:
            return EXPIRED
        return Term(
            "bundle",
            channel,
            seq,
            code=event.bundle,
            percent=event.percent,
            expires=event.expires,
            skus=event.skus,
        )
    return Term("on_screen", channel, seq, event.sku)


def _coupon(show: Show, seq: int, event: e.CouponSet, channel: str, code: str, now: int) -> Term | str:
    """A code as it shall stand: on every SKU of the region that it is offered on."""
    if code == event.code and event.percent and event.expires is not None and event.expires <= now:
        return EXPIRED
    offers = {
        sku: offer
        for (sku, region), offer in show.coupons.items()
        if region == event.region and offer.code == code and (offer.expires is None or offer.expires > now)
    }
    percents = {offer.percent for offer in offers.values()}
    if len(percents) > 1:
        raise ByHand(f"The code {code[:40]} stands for several discounts; a platform takes one for a code.")
    ends = [offer.expires for offer in offers.values() if offer.expires is not None]
    return Term(
        "coupon",
        channel,
        seq,
        code=code,
        percent=max(percents, default=0),
        expires=max(ends) if offers and len(ends) == len(offers) else None,
        skus=tuple(sorted(offers)),
    )


def _too(standing: Standing) -> str:
    """What has to be done with a term besides: codes that it replaced end."""
    return f"End the code {' and '.join(standing.ended)} too." if standing.ended else ""


def by_hand(name: str, show: Show, connected: Collection[str] = (), posted: bool = False) -> list[c.ReportErrand]:
    """Say of every open errand that nobody can carry that it is done by hand.

    Those are the errands of channels that are not `connected`, and notices to purchasing unless they are `posted`.
    """
    return [
        report(name, seq, channel, "by_hand", _too(show.terms[seq]))
        for (seq, channel), state in show.errands.items()
        if state == "open" and seq in show.terms and not (posted if channel == PURCHASING else channel in connected)
    ]


def report(name: str, seq: int, channel: str, outcome: str, note: str = "") -> c.ReportErrand:
    """The command that says what became of an errand; the same words are the same command."""
    return c.ReportErrand(
        id=f"errand/{name}/{seq}/{channel}/{outcome}",
        show=name,
        actor="exchange",
        source=f"/channels/{channel}",
        term=seq,
        channel=channel,
        outcome=outcome,
        note=note,
    )
