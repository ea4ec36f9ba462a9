"""Commands about stock: goods in buildings and on the way, claims in pools, what is asked back and what is lent."""

from typing import Annotated

import msgspec

from dashboard.decision.command import FLEXIBLE, Command
from dashboard.decision.world import Count, Micros, Name, UnitLine, Units


class ReceiveGoods(Command, frozen=True, tag="receive_goods"):
    """Goods come in from the supplier, and the same number of claims is issued into `pool`."""

    location: Name
    sku: Name
    quantity: Units
    pool: Name = FLEXIBLE


class AdjustGoods(Command, frozen=True, tag="adjust_goods"):
    """A count found `change` units more (positive) or fewer (negative) than the book says."""

    location: Name
    sku: Name
    change: Annotated[int, msgspec.Meta(ge=-1_000_000_000, le=1_000_000_000)]
    pool: Name = FLEXIBLE


class QuarantineGoods(Command, frozen=True, tag="quarantine_goods"):
    """Take units off sale (damaged, recalled); their claims are withdrawn from `pool`."""

    location: Name
    sku: Name
    quantity: Units
    pool: Name = FLEXIBLE


class ReleaseGoods(Command, frozen=True, tag="release_goods"):
    """Put quarantined units back on sale; their claims return to `pool`."""

    location: Name
    sku: Name
    quantity: Units
    pool: Name = FLEXIBLE


class StartShipment(Command, frozen=True, tag="start_shipment"):
    """Send goods from one location to another; `pool` gives up their claims unless the show sells in transit."""

    shipment: Name
    from_location: Name
    to_location: Name
    lines: tuple[UnitLine, ...]
    eta: Micros
    mode: str = "air"
    pool: Name = FLEXIBLE
    arrive_pool: str = ""


class ArriveShipment(Command, frozen=True, tag="arrive_shipment"):
    """Some or all of a shipment arrives; `lost` units never will. `final` closes it, the rest counts as lost."""

    shipment: Name
    lines: tuple[UnitLine, ...] = ()
    lost: tuple[UnitLine, ...] = ()
    final: bool = False


class IssueClaims(Command, frozen=True, tag="issue_claims"):
    """Issue claims on goods that no claim covers yet (found stock, goods sold while in transit)."""

    sku: Name
    quantity: Units
    pool: Name = FLEXIBLE


class Reallocate(Command, frozen=True, tag="reallocate"):
    """Move claims between pools. `seen_seq` is the state the preview was computed on (None: no preview).

    `keeps` is what the preview promised the giving pool would keep at least; named, it stands for the whole preview, so
    that a pool which goes on selling is not refused for every sale. `recall` asks for units its channels list as well:
    what is free moves now, the rest when the platforms have given it back.
    """

    sku: Name
    from_pool: Name
    to_pool: Name
    quantity: Units
    seen_seq: int | None = None
    keeps: Count | None = None
    recall: bool = False


class OpenPool(Command, frozen=True, tag="open_pool"):
    """Open a temporary pool `temporary/<name>`, filled from another pool; `channels` may sell from it first."""

    name: Name
    sku: Name
    quantity: Units
    from_pool: Name = FLEXIBLE
    channels: tuple[str, ...] = ()


class ClosePool(Command, frozen=True, tag="close_pool"):
    """Close a temporary pool; what is left in it goes to `to_pool`."""

    name: Name
    to_pool: Name = FLEXIBLE


class Undo(Command, frozen=True, tag="undo"):
    """Take back what is unsold of a reallocation, `shown_units` or more in the preview; undoing an undo is a redo.

    With `recall` also what its channels list unsold, when the platforms have given it back.
    """

    seq: Annotated[int, msgspec.Meta(ge=1)]
    seen_seq: int | None = None
    shown_units: Units | None = None
    recall: bool = False


class FulfilRequest(Command, frozen=True, tag="fulfil_request"):
    """Move what is free by now of the units a request asks for; the clock says it, not a person."""

    request: Name


class WithdrawRequest(Command, frozen=True, tag="withdraw_request"):
    """Ask no longer for what has not come back yet."""

    request: Name


class LendUnits(Command, frozen=True, tag="lend_units"):
    """Lend claims of one region's pool to another's until `returns_at`; then what is unsold goes back by itself."""

    loan: Name
    sku: Name
    from_pool: Name
    to_pool: Name
    quantity: Units
    returns_at: Micros
    seen_seq: int | None = None
    keeps: Count | None = None
    recall: bool = False


class ReturnLoan(Command, frozen=True, tag="return_loan"):
    """Give back what is unsold of a loan: what is free now, what is listed when the platforms gave it back."""

    loan: Name


class RequestReplenishment(Command, frozen=True, tag="request_replenishment"):
    """Tell purchasing that `quantity` more are needed by a time; nothing is in stock before it is received."""

    replenishment: Name
    sku: Name
    quantity: Units
    need_by: Micros
    urgent: bool = False


class SetSafety(Command, frozen=True, tag="set_safety"):
    """Keep at least `units` of a SKU in a region when rules give away; None: as many as usual."""

    sku: Name
    region: Name
    units: Count | None
