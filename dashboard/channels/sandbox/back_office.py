"""Back offices: what people type into platforms once they tick an errand off, and the desk that buys.

    errand ticked off -> the term typed into that platform's own back office -> its shoppers get it
    replenishment     -> signed notice -> the pretended purchasing desk takes it

Only in the sandbox: beside the real platforms somebody really does these things.
"""

from contextlib import suppress
from random import Random

from dashboard.channels.adapter import Secrets
from dashboard.channels.purchasing import Desk, Purchasing
from dashboard.channels.sandbox.market import Market
from dashboard.channels.sandbox.purchasing import PurchasingDesk
from dashboard.channels.term import ByHand, Term
from dashboard.channels.terms_out import term_of

PLACE, PATH = "https://purchasing.example", "/notices"


class BackOffice:
    """The people behind one market; `purchasing` when somebody there takes notices."""

    def __init__(self, market: Market, seed: int, purchasing: bool = False) -> None:
        self.market = market
        secret = f"{Random(f'{seed}/purchasing').getrandbits(128):032x}"
        self.purchasing = PurchasingDesk(secret)
        notices = Purchasing(PLACE, PATH, Secrets((secret,)))
        self._desk = Desk(market.room, notices, Random(f"{seed}/notices"), market.show) if purchasing else None
        market.exchange.terms.posted = purchasing
        self._typed: set[tuple[int, str]] = set()

    def act(self, now: int) -> None:
        """Type what was ticked off since the last time, and take a notice."""
        for call in self._desk.wake(now) if self._desk else ():
            assert self._desk is not None
            self._desk.answered(call, self.purchasing.answer(call.request, now), now)
        show = self.market.room.world[self.market.show]
        for key, state in show.errands.items():
            if state == "done" and key not in self._typed and key[0] in show.terms and key[1] in self.market.platforms:
                self._typed.add(key)
                self._type(*key, now)

    def _type(self, seq: int, channel: str, now: int) -> None:
        show, platform = self.market.room.world[self.market.show], self.market.platforms[channel]
        standing = show.terms[seq]
        for code in (*standing.ended, getattr(standing.event, "code", "")):
            with suppress(ByHand):
                term = term_of(show, seq, channel, code, now)
                if isinstance(term, Term):
                    platform.terms.do_by_hand(term, platform.clock(now))
