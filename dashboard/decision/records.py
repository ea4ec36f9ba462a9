"""What a show remembers of single things: shipments, moves, requests, loans, coupons, proposals, sellers."""

import msgspec

from dashboard.decision.world import Micros


class Shipment(msgspec.Struct):
    """Goods on the way: what left, what is still out."""

    from_location: str
    to_location: str
    arrive_pool: str
    out: dict[str, int]
    eta: Micros = 0
    state: str = "in_transit"


class Reallocation(msgspec.Struct):
    """A move between pools that may be undone: `returned` units went back already."""

    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    returned: int = 0
    undoes: int | None = None


class Request(msgspec.Struct):
    """Units that channels list and that were asked back: what they are for, what came, until when it is waited for."""

    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    expires: Micros
    undoes: int | None = None
    loan: str = ""
    moved: int = 0

    def missing(self) -> int:
        """Units that have not come back yet."""
        return self.quantity - self.moved


class Loan(msgspec.Struct):
    """Claims one region lent another until a time."""

    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    returns_at: Micros
    returned: int = 0
    state: str = "lent"


class Coupon(msgspec.Struct, frozen=True):
    """A coupon as it was offered."""

    code: str
    percent: int
    expires: Micros | None


class Proposal(msgspec.Struct):
    """A proposed action waiting for a yes."""

    commands: tuple[msgspec.Raw, ...]
    decide_by: Micros | None
    state: str = "open"


class Selling(msgspec.Struct, frozen=True):
    """How a channel sells: its region, the accounts it draws from in order (exposure, cover first), where sales go.

    `holds` are the accounts in which its region has units left: the pool, and what its channels list or withhold. Of a
    price `fee_per_mille` stays with the platform, and the cheapest way to a buyer costs `landed_minor`.
    """

    region: str
    exposure: str
    committed: str
    sources: tuple[str, ...]
    holds: tuple[str, ...]
    fee_per_mille: int
    landed_minor: int
