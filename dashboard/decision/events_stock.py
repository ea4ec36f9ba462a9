"""Events about stock: goods in buildings and on the way, claims in pools, what was asked back and what was lent."""

from dashboard.decision.event import Event
from dashboard.decision.world import Micros, UnitLine


class GoodsReceived(Event, frozen=True):
    """Goods came in and claims on them were issued."""

    location: str
    sku: str
    quantity: int
    pool: str


class GoodsAdjusted(Event, frozen=True):
    """A count corrected the book by `change` units."""

    location: str
    sku: str
    change: int
    pool: str


class GoodsQuarantined(Event, frozen=True):
    """Units went off sale."""

    location: str
    sku: str
    quantity: int
    pool: str


class GoodsReleased(Event, frozen=True):
    """Quarantined units went back on sale."""

    location: str
    sku: str
    quantity: int
    pool: str


class ShipmentStarted(Event, frozen=True):
    """Goods left one location for another."""

    shipment: str
    from_location: str
    to_location: str
    lines: tuple[UnitLine, ...]
    eta: Micros
    mode: str
    arrive_pool: str


class ShipmentArrived(Event, frozen=True):
    """Some or all of a shipment arrived; `closed` when nothing of it is on the way any more."""

    shipment: str
    lines: tuple[UnitLine, ...] = ()
    lost: tuple[UnitLine, ...] = ()
    served: tuple[UnitLine, ...] = ()
    closed: bool = False


class ClaimsIssued(Event, frozen=True):
    """Claims were issued on goods that had none."""

    sku: str
    quantity: int
    pool: str


class Reallocated(Event, frozen=True):
    """Claims moved between pools, `request` naming the request they were asked back by, if any."""

    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    request: str = ""


class PoolOpened(Event, frozen=True):
    """A temporary pool opened."""

    pool: str
    sku: str
    quantity: int
    from_pool: str
    channels: tuple[str, ...] = ()


class PoolClosed(Event, frozen=True):
    """A temporary pool closed; its rest went to `to_pool`."""

    pool: str
    to_pool: str


class Undone(Event, frozen=True):
    """What was still unsold of a reallocation went back; it names the event it corrects."""

    undoes: int
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    asked: int
    request: str = ""


class UnitsRequested(Event, frozen=True):
    """Units that channels list were asked back, for a move, an undo (`undoes`) or a loan's return (`loan`)."""

    request: str
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    expires: Micros
    undoes: int | None = None
    loan: str = ""


class RequestEnded(Event, frozen=True):
    """A request was withdrawn or has expired; `missing` units never came back."""

    request: str
    missing: int


class UnitsLent(Event, frozen=True):
    """Claims were lent until a time."""

    loan: str
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    returns_at: Micros
    request: str = ""


class LoanReturned(Event, frozen=True):
    """Units of a loan went back; `closed` once no more can: the rest was sold."""

    loan: str
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    closed: bool = False
    request: str = ""


class ReplenishmentRequested(Event, frozen=True):
    """Purchasing was asked for more units."""

    replenishment: str
    sku: str
    quantity: int
    need_by: Micros
    urgent: bool = False


class SafetySet(Event, frozen=True):
    """A safety stock was set (None: as usual)."""

    sku: str
    region: str
    units: int | None
