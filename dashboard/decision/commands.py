"""What anybody may ask of the room: one small frozen record per command, named in the imperative.

Times are integers: microseconds since 1970-01-01 UTC. Money is integers in the currency's minor unit.
Ids are strings end to end. The records travel as JSON with the field `type` naming the command
(`{"type": "place_order", ...}`); unknown fields and wrong types are refused by the decoder.
"""

import msgspec

from dashboard.decision.command import (
    FLEXIBLE as FLEXIBLE,
    Command as Command,
)
from dashboard.decision.commands_guide import (
    AdoptForecast as AdoptForecast,
    RecordAllocation as RecordAllocation,
)
from dashboard.decision.commands_sale import (
    AnnounceOrder as AnnounceOrder,
    CancelOrder as CancelOrder,
    Expose as Expose,
    PlaceOrder as PlaceOrder,
    Recall as Recall,
    ReleaseCover as ReleaseCover,
    ReportErrand as ReportErrand,
    ReturnOrder as ReturnOrder,
    SetBundle as SetBundle,
    SetCoupon as SetCoupon,
    SetLimit as SetLimit,
    SetListingMode as SetListingMode,
    SetOnScreen as SetOnScreen,
    SetPrice as SetPrice,
    SetSplit as SetSplit,
    ShipOrder as ShipOrder,
    Withhold as Withhold,
)
from dashboard.decision.commands_stock import (
    AdjustGoods as AdjustGoods,
    ArriveShipment as ArriveShipment,
    ClosePool as ClosePool,
    FulfilRequest as FulfilRequest,
    IssueClaims as IssueClaims,
    LendUnits as LendUnits,
    OpenPool as OpenPool,
    QuarantineGoods as QuarantineGoods,
    Reallocate as Reallocate,
    ReceiveGoods as ReceiveGoods,
    ReleaseGoods as ReleaseGoods,
    RequestReplenishment as RequestReplenishment,
    ReturnLoan as ReturnLoan,
    SetSafety as SetSafety,
    StartShipment as StartShipment,
    Undo as Undo,
    WithdrawRequest as WithdrawRequest,
)
from dashboard.decision.commands_talk import (
    AcknowledgeAlert as AcknowledgeAlert,
    AddNote as AddNote,
    AnnounceGuest as AnnounceGuest,
    ApproveAction as ApproveAction,
    DismissAction as DismissAction,
    ProposeAction as ProposeAction,
    PublishLine as PublishLine,
    RaiseAlert as RaiseAlert,
    ReportLevel as ReportLevel,
    ResolveAlert as ResolveAlert,
    RetractLine as RetractLine,
    SayLine as SayLine,
    SetAutonomy as SetAutonomy,
    SetParameter as SetParameter,
    SetSpeech as SetSpeech,
    WithdrawAction as WithdrawAction,
)
from dashboard.decision.world import (
    Advice as Advice,
    Channel as Channel,
    Count as Count,
    Lane as Lane,
    Location as Location,
    Micros as Micros,
    Minor as Minor,
    Name as Name,
    OrderLine as OrderLine,
    PlanLine as PlanLine,
    Region as Region,
    Route as Route,
    Segment as Segment,
    Sku as Sku,
    Tuning as Tuning,
    UnitLine as UnitLine,
    Units as Units,
    UnitWorth as UnitWorth,
)


class OpenShow(Command, frozen=True, tag="open_show"):
    """Open a show with its world: what is sold, where it lies, who sells it, and the planned rundown.

    `draws` names where an order takes its claim from, in order of trial: `channel`, `region`, `flexible`. `host` is who
    presents it, `viewers_planned` how many are expected to watch on average, on all channels together (0: unknown).
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
    routes: tuple[Route, ...] = ()
    draws: tuple[str, ...] = ("channel", "region")
    sells_in_transit: bool = False
    origin: str = ""
    host: str = ""
    viewers_planned: Count = 0


class CloseShow(Command, frozen=True, tag="close_show"):
    """Close the show: no further orders; cancellations, returns and shipping go on."""


AnyCommand = (
    OpenShow | CloseShow
    | ReceiveGoods | AdjustGoods | QuarantineGoods | ReleaseGoods | StartShipment | ArriveShipment
    | IssueClaims | Reallocate | OpenPool | ClosePool | Undo
    | FulfilRequest | WithdrawRequest | LendUnits | ReturnLoan | RequestReplenishment | SetSafety
    | AnnounceOrder | PlaceOrder | CancelOrder | ShipOrder | ReturnOrder
    | Expose | Recall | Withhold | ReleaseCover | SetSplit | SetListingMode
    | SetLimit | SetPrice | SetCoupon | SetBundle | SetOnScreen | ReportErrand
    | RaiseAlert | AcknowledgeAlert | ResolveAlert
    | ProposeAction | ApproveAction | DismissAction | WithdrawAction | SetAutonomy | SetParameter | AnnounceGuest
    | PublishLine | RetractLine | SayLine | SetSpeech | ReportLevel | AddNote
    | AdoptForecast | RecordAllocation
)  # fmt: skip
"""Every command there is; `decode` reads one from JSON."""

decode = msgspec.json.Decoder(AnyCommand).decode
encode = msgspec.json.Encoder().encode
