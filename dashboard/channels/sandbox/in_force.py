"""The terms a pretended platform sells by: its own prices, purchase limits, coupons and bundles.

    native calls -> price, limit, offer, ... -> what the next shopper gets
    somebody does it by hand in its back office -> `do_by_hand` -> the same

Only what was written here holds here: the ledger's limits bind no shopper of the platform until somebody, or a call,
has set them on it. Coupons are found by number or by code, whatever its letters' case, and hold from one time to
another of the platform's own clock.
"""

from dataclasses import dataclass, field

from dashboard.channels.term import Term


@dataclass
class Offer:
    """One coupon: times on the platform's clock, `until` None: for ever."""

    number: int
    code: str
    percent: int
    skus: set[str]
    since: int
    until: int | None = None

    def holds(self, at: int) -> bool:
        """Tell whether buyers get it at a time of the platform's clock."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass
class InForce:
    """Every term of one platform; prices in minor units, limits in units of an order."""

    prices: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    offers: dict[int, Offer] = field(default_factory=dict)
    bundles: dict[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    """Name -> (SKUs, percent)."""
    pinned: str = ""
    seqs: dict[str, int] = field(default_factory=dict)
    """What our own protocol has taken last of each level."""
    writes: int = 0
    """Calls that changed or repeated a term."""
    _offers: int = 0

    def limit(self, sku: str, units: int | None) -> None:
        """Set a limit, or lift it (None)."""
        self.limits.pop(sku, None)
        if units is not None:
            self.limits[sku] = units

    def offer(self, code: str, percent: int, skus: set[str], since: int, until: int | None) -> Offer | None:
        """Make a coupon; None when its code is there already."""
        if self.find(code) is not None:
            return None
        self._offers += 1
        made = Offer(5_000_000 + self._offers, code, percent, skus, since, until)
        self.offers[made.number] = made
        return made

    def find(self, code: str) -> Offer | None:
        """The coupon of a code."""
        return next((offer for offer in self.offers.values() if offer.code.upper() == code.upper()), None)

    def percent(self, sku: str, at: int) -> int:
        """What a buyer who knows every code saves on a SKU at a time of the platform's clock."""
        offers = (offer.percent for offer in self.offers.values() if sku in offer.skus and offer.holds(at))
        return max(offers, default=0)

    def price(self, sku: str, told: int | None, at: int) -> int | None:
        """What one unit is sold at: by the platform's own price where it has one, else as the shopper was told."""
        if sku not in self.prices:
            return told
        return round(self.prices[sku] * (100 - self.percent(sku, at)) / 100)

    def allows(self, sku: str, units: int) -> bool:
        """Tell whether an order may hold so many units."""
        return units <= self.limits.get(sku, units)

    def do_by_hand(self, term: Term, at: int) -> None:
        """Somebody types a term into the platform's own back office, at a time of its clock."""
        if term.kind == "price":
            self.prices[term.sku] = term.price_minor
        elif term.kind == "limit":
            self.limit(term.sku, term.units_per_order)
        elif term.kind == "on_screen":
            self.pinned = term.sku
        elif term.kind == "bundle":
            self.bundles[term.code] = term.skus, term.percent
        else:
            before = self.find(term.code)
            if before is not None:
                del self.offers[before.number]
            if term.skus:
                self.offer(term.code, term.percent, set(term.skus), at, term.expires)
