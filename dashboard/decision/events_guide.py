"""Events of those who reckon: what the forecast is tuned to, and what the allocator found units to be worth."""

from dashboard.decision.event import Event
from dashboard.decision.world import Advice, Tuning, UnitWorth


class ForecastAdopted(Event, frozen=True):
    """The show is forecast by what earlier ones taught."""

    tuning: Tuning


class AllocationRecorded(Event, frozen=True):
    """The allocator found what units are worth; flexible ones are kept for sales that earn their SKU's bid."""

    method: str
    bids: dict[str, int] = {}
    worth: tuple[UnitWorth, ...] = ()
    advice: tuple[Advice, ...] = ()
    why: str = ""
