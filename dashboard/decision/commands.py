"""What anybody may ask of the room: one small frozen record per command, named in the imperative.

Every command carries the id its caller minted, so a retry can be recognised, and the actor who asked.
Times are integers: microseconds since 1970-01-01 UTC. Money is integers in the currency's minor unit.
Ids are strings end to end. The records travel as JSON with the field `type` naming the command
(`{"type": "place_order", ...}`); unknown fields and wrong types are refused by the decoder.
"""

from typing import Annotated

import msgspec

from dashboard.decision.world import (
    Channel as Channel,
    Lane as Lane,
    Location as Location,
    Micros as Micros,
    Minor as Minor,
    Name as Name,
    OrderLine as OrderLine,
    PlanLine as PlanLine,
    Region as Region,
    Segment as Segment,
    Sku as Sku,
    UnitLine as UnitLine,
    Units as Units,
)

FLEXIBLE = "flexible"


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every command carries: caller's id, show, actor, where it came from, when it happened, why."""

    id: Name
    show: Name
    actor: str = "operator"
    source: str = "/operator"
    event_time: Micros | None = None
    reason: str = ""


class OpenShow(Command, frozen=True, tag="open_show"):
    """Open a show with its world: what is sold, where it lies, who sells it, and the planned rundown.

    `draws` names where an order takes its claim from, in order of trial: `channel`, `region`, `flexible`.
    """

    title: str
    starts_at: Micros
    ends_at: Micros
    currency: str = "USD"
    time_zone: str = "UTC"
    skus: tuple[Sku, ...] = ()
    locations: tuple[Location, ...] = ()
    regions: tuple[Region, ...] = ()
    lanes: tuple[Lane, ...] = ()
    channels: tuple[Channel, ...] = ()
    rundown: tuple[Segment, ...] = ()
    plan: tuple[PlanLine, ...] = ()
    draws: tuple[str, ...] = ("channel", "region")
    sells_in_transit: bool = False
    origin: str = ""


class CloseShow(Command, frozen=True, tag="close_show"):
    """Close the show: no further orders; cancellations, returns and shipping go on."""


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
    """Move claims between pools. `seen_seq` is the state the preview was computed on (None: no preview)."""

    sku: Name
    from_pool: Name
    to_pool: Name
    quantity: Units
    seen_seq: int | None = None


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
    """Take back what is unsold of a reallocation, `shown_units` or more in the preview; undoing an undo is a redo."""

    seq: Annotated[int, msgspec.Meta(ge=1)]
    seen_seq: int | None = None
    shown_units: Units | None = None


class AnnounceOrder(Command, frozen=True, tag="announce_order"):
    """A platform says that an order exists; its lines are still to be fetched."""

    channel: Name
    order: Name


class PlaceOrder(Command, frozen=True, tag="place_order"):
    """A buyer ordered. All lines are served or none is; `sold` if the platform took it: no limit undoes that."""

    channel: Name
    order: Name
    lines: tuple[OrderLine, ...]
    country: str = ""
    currency: str = ""
    buyer: str = ""
    sold: bool = False


class CancelOrder(Command, frozen=True, tag="cancel_order"):
    """Cancel an order, or only `lines` of it; unshipped units return to where their claims came from.

    `restocked` tells what the platform did: True puts the units back on the channel's exposure (it lists them again by
    itself), False into the region's pool (it does not).
    """

    order: Name
    channel: Name
    lines: tuple[UnitLine, ...] = ()
    restocked: bool | None = None


class ShipOrder(Command, frozen=True, tag="ship_order"):
    """The order left the building, whole or only `lines` of it."""

    order: Name
    channel: Name
    lines: tuple[UnitLine, ...] = ()


class ReturnOrder(Command, frozen=True, tag="return_order"):
    """Shipped units came back to `location`; resellable ones go on sale in the region's pool."""

    order: Name
    channel: Name
    location: Name
    lines: tuple[UnitLine, ...] = ()
    resellable: bool = False


class Expose(Command, frozen=True, tag="expose"):
    """Hand units of the region's pool to a channel: it may list them."""

    channel: Name
    sku: Name
    quantity: Units


class Recall(Command, frozen=True, tag="recall"):
    """The platform confirmed it took units off its listing: they return to the region's pool."""

    channel: Name
    sku: Name
    quantity: Units


class Withhold(Command, frozen=True, tag="withhold"):
    """Move units of the region's pool into the cover of a channel whose orders arrive late."""

    channel: Name
    sku: Name
    quantity: Units


class ReleaseCover(Command, frozen=True, tag="release_cover"):
    """The feed caught up: cover returns to the region's pool."""

    channel: Name
    sku: Name
    quantity: Units


class SetLimit(Command, frozen=True, tag="set_limit"):
    """At most `units_per_order` of a SKU per order in a region; None lifts the limit."""

    sku: Name
    region: Name
    units_per_order: Units | None


class SetPrice(Command, frozen=True, tag="set_price"):
    """Set the price of a SKU on one channel, or on all (`channel` empty)."""

    sku: Name
    price_minor: Minor
    channel: str = ""


class SetCoupon(Command, frozen=True, tag="set_coupon"):
    """Offer a coupon on a SKU in a region until `expires`; `percent` 0 withdraws it."""

    sku: Name
    region: Name
    code: Name
    percent: Annotated[int, msgspec.Meta(ge=0, le=90)]
    expires: Micros | None = None


class SetOnScreen(Command, frozen=True, tag="set_on_screen"):
    """This SKU is on screen now (empty: none)."""

    sku: str
    push: bool = False


class RaiseAlert(Command, frozen=True, tag="raise_alert"):
    """Raise an alert; `decide_by` is the last moment acting still helps, after it the alert expires."""

    alert: Name
    rule: Name
    severity: str
    what: str
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None


class AcknowledgeAlert(Command, frozen=True, tag="acknowledge_alert"):
    """Somebody owns the alert: it stops calling."""

    alert: Name


class ResolveAlert(Command, frozen=True, tag="resolve_alert"):
    """The cause of the alert is gone."""

    alert: Name


class ProposeAction(Command, frozen=True, tag="propose_action"):
    """A rule proposes commands; nothing moves until somebody, or the rule's level `auto`, approves."""

    proposal: Name
    rule: Name
    what: str
    why: str
    effect: str = ""
    commands: tuple[msgspec.Raw, ...] = ()
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None


class ApproveAction(Command, frozen=True, tag="approve_action"):
    """Carry out a proposal: its commands are decided in one step, all of them or none."""

    proposal: Name


class DismissAction(Command, frozen=True, tag="dismiss_action"):
    """Do not carry out a proposal."""

    proposal: Name


class SetAutonomy(Command, frozen=True, tag="set_autonomy"):
    """Set a rule's level: off, suggest or auto."""

    rule: Name
    level: str


class PublishLine(Command, frozen=True, tag="publish_line"):
    """A host line was shown, bound to the fact that backs it."""

    line: Name
    channel: Name
    language: Name
    kind: Name
    text: str
    fact: dict[str, str | int | None] = {}


class RetractLine(Command, frozen=True, tag="retract_line"):
    """A shown line stopped being true."""

    line: Name


class ReportLevel(Command, frozen=True, tag="report_level"):
    """A platform says how many units of a SKU it lists; compared, never added to deltas."""

    channel: Name
    sku: Name
    level: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class AddNote(Command, frozen=True, tag="add_note"):
    """An operator's remark for the audit."""

    text: str


AnyCommand = (
    OpenShow | CloseShow
    | ReceiveGoods | AdjustGoods | QuarantineGoods | ReleaseGoods | StartShipment | ArriveShipment
    | IssueClaims | Reallocate | OpenPool | ClosePool | Undo
    | AnnounceOrder | PlaceOrder | CancelOrder | ShipOrder | ReturnOrder
    | Expose | Recall | Withhold | ReleaseCover
    | SetLimit | SetPrice | SetCoupon | SetOnScreen
    | RaiseAlert | AcknowledgeAlert | ResolveAlert
    | ProposeAction | ApproveAction | DismissAction | SetAutonomy
    | PublishLine | RetractLine | ReportLevel | AddNote
)  # fmt: skip
"""Every command there is; `decode` reads one from JSON."""

decode = msgspec.json.Decoder(AnyCommand).decode
encode = msgspec.json.Encoder().encode
