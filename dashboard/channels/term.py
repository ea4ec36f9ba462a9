"""Terms of sale as a platform shall hold them: a price, a purchase limit, a coupon, a bundle, what is on screen.

    the ledger's terms -> Term -> Adapter.write_term -> Request ... Response -> Adapter.read_term -> Wrote

A term is a level, never a change: writing it twice is writing it once, so that a call without an answer is simply made
again. Some platforms have to be asked first what they hold (is there a coupon of this code already?): such a writing
takes several calls, and what one of them found is handed to the next (`Wrote.found`). A writing that breaks off begins
anew with nothing found. What a platform's API cannot say is `ByHand`, with one sentence for whoever does it there.
"""

from typing import Literal

import msgspec

TermKind = Literal["price", "limit", "coupon", "bundle", "on_screen"]
NONE = "none"
"""What a look-up found when there is nothing yet."""


class ByHand(Exception):
    """The platform's API cannot write this; the message is one sentence saying why."""


class Term(msgspec.Struct, frozen=True):
    """What shall hold on one channel from now on; `seq` grows with every change anybody decides.

    price: `sku` costs `price_minor`. limit: at most `units_per_order` of `sku` in an order, None lifts it. coupon: the
    buyers who type `code` get `skus` for `percent` less until `expires`; without SKUs the code is ended. bundle: `skus`
    together for `percent` less, 0 ends it; `code` is its name. on_screen: `sku` is pinned.
    """

    kind: TermKind
    channel: str
    seq: int
    sku: str = ""
    price_minor: int = 0
    currency: str = ""
    units_per_order: int | None = None
    code: str = ""
    percent: int = 0
    expires: int | None = None
    skus: tuple[str, ...] = ()

    def level(self) -> tuple[str, str, str]:
        """What it is a level of: two terms of one level overwrite each other on the platform."""
        return self.channel, self.kind, self.code or self.sku

    def is_same(self, other: "Term") -> bool:
        """Tell whether both say the same, whenever they were decided."""
        return msgspec.structs.replace(self, seq=0) == msgspec.structs.replace(other, seq=0)


class Wrote(msgspec.Struct, frozen=True):
    """What became of a call that writes a term.

    `pushed`: it holds on the platform. `found`: a look-up is answered, the next call takes what it `found`.
    `throttled`, `refused`: not done. `unknown`: nobody can tell, the writing begins anew.
    """

    outcome: Literal["pushed", "found", "throttled", "refused", "unknown"]
    found: str = ""
    retry_after_seconds: float | None = None
    sentence: str = ""
