"""Commands of those who reckon: what the forecast is tuned to, and what the allocator found units to be worth."""

from dashboard.decision.command import Command
from dashboard.decision.world import Advice, Name, Tuning, UnitWorth


class AdoptForecast(Command, frozen=True, tag="adopt_forecast"):
    """Forecast this show by what earlier ones taught; the newest tuning counts."""

    tuning: Tuning


class RecordAllocation(Command, frozen=True, tag="record_allocation"):
    """Note what the allocator found; from now on it holds in place of what it found before.

    `method` is lp, proportional or seller, and `why` says what kept it from a better one. `bids` say, by SKU and in
    minor units, what a flexible unit is worth at least elsewhere or later: none is sold for less. `worth` is the value
    of the next unit of a SKU in a region, `advice` what would better lie elsewhere.
    """

    method: Name
    bids: dict[str, int] = {}
    worth: tuple[UnitWorth, ...] = ()
    advice: tuple[Advice, ...] = ()
    why: str = ""
