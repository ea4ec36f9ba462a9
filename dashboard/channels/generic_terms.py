"""Terms in our own protocol: one more call of a shop that speaks it.

    POST /terms   CloudEvents 1.0 in structured mode, signed as every call (`generic.py`)

The type is `terms.price`, `terms.limit`, `terms.coupon`, `terms.bundle` or `terms.on_screen`; `id` is the same for
every repetition. Data:

    price      {"seq", "sku", "price_minor", "currency"}
    limit      {"seq", "sku", "units_per_order" (null: none)}
    coupon     {"seq", "code", "percent", "skus" (empty: the code is ended), "expires" (ISO 8601, null: never)}
    bundle     {"seq", "bundle", "percent" (0: ended), "skus", "expires"}
    on_screen  {"seq", "sku"}

Terms are levels. A term with a smaller `seq` than the shop has taken for the same SKU, code or bundle comes late: it
changes nothing and is answered 200 all the same. 429 with `retry-after`: later. Any other 4xx: refused, `{"sentence"}`
says why.
"""

from abc import abstractmethod
from urllib.parse import quote

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import Adapter, Lane, Request, Response, Unreadable
from dashboard.channels.fields import SHOWN_MAX, decode, iso, word
from dashboard.channels.term import Term, Wrote


class GenericTerms(Adapter):
    """The part of our own protocol that writes terms."""

    @abstractmethod
    def _request(self, method: str, path: str, lane: Lane, now: int, key: str, body: bytes = b"") -> Request:
        """Make a signed call."""

    @abstractmethod
    def _their_sku(self, sku: str) -> str:
        """The shop's word for a SKU."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write any term; raises ByHand for a price in another currency than the shop's."""
        key = f"term-{term.seq}-{term.kind}-{quote(term.code or term.sku, safe='')[:100]}"
        event = {
            "specversion": "1.0",
            "id": key,
            "source": f"/war-room/{quote(self.account.channel, safe='')}",
            "type": f"terms.{term.kind}",
            "time": iso(now, 6),
            "datacontenttype": "application/json",
            "data": {"seq": term.seq, **self._data(term)},
        }
        return self._request("POST", "/terms", "stock", now, key, msgspec.json.encode(event))

    def _data(self, term: Term) -> dict[str, object]:
        sku, skus = self._their_sku(term.sku), [self._their_sku(one) for one in term.skus]
        expires = None if term.expires is None else iso(term.expires, 6)
        if term.kind == "price":
            self.price_of(term)
            return {"sku": sku, "price_minor": term.price_minor, "currency": self.account.currency or term.currency}
        if term.kind == "limit":
            return {"sku": sku, "units_per_order": term.units_per_order}
        if term.kind == "on_screen":
            return {"sku": sku}
        name = "code" if term.kind == "coupon" else "bundle"
        return {name: term.code, "percent": term.percent, "skus": skus, "expires": expires}

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Say what became of a call; its body says nothing more."""
        return answers.not_written("The shop", response, _complaint(response)) or Wrote("pushed")


def _complaint(response: Response) -> str:
    if response.status < 300:
        return ""
    try:
        return word(decode(response.body).get("sentence"), "sentence", most=10_000)[:SHOWN_MAX]
    except Unreadable:
        return ""
