"""A scenario: everything a simulated show needs to know, read from one TOML file in `data/scenarios/`.

    TOML text -> load -> Scenario (frozen records, checked for sense) -> opening_commands -> the room

The file tells the world (SKUs, locations, regions, lanes, channels), the opening stock and how claims on it are split,
and how people behave: viewers over time, how many of them order, what lifts or crushes that and why (spikes), and how
shoppers react to limits, coupons, pushes and sold-out shelves. It never tells what a rule does or when. `naive` is the
broadcasting seller it is compared with, if it is.

A file that cannot be used is a `ScenarioProblem` with one sentence naming the file, the key and, for a misspelt key or
name, the nearest valid one. Times are minutes after the start; `starts_at` is the studio's wall clock in `time_zone`.
"""

import difflib
import tomllib
import types
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from dashboard.channels.adapters import PLATFORMS
from dashboard.channels.sandbox.faults import PROFILES
from dashboard.channels.sandbox.parts import (
    Batch as Batch,
    Broadcaster as Broadcaster,
    Count,
    Customs as Customs,
    Freight as Freight,
    Piece,
    Purchasing as Purchasing,
    Share,
    Shoppers as Shoppers,
    Slot as Slot,
    Spike as Spike,
    Storefront as Storefront,
    Territory as Territory,
    Visitor as Visitor,
)
from dashboard.decision.commands import Lane, Location, Route, Sku
from dashboard.decision.parameters import PARAMETERS, RULES

MINUTE = 60_000_000
DAY = 86_400_000_000


class ScenarioProblem(ValueError):
    """A scenario cannot be used; the message is one sentence for people."""


class Scenario(Piece, frozen=True):
    """A whole show before it starts; `name` is the file's name and `seed` the one it is told with by default.

    `levels` and `parameters` are the seller's own for the rules. A show of days is played in longer steps
    (`step_seconds`), and its platforms' orders are listed less often.
    """

    title: str
    starts_at: str
    minutes: Annotated[float, msgspec.Meta(gt=0, le=14_400)]
    skus: tuple[Sku, ...]
    locations: tuple[Location, ...]
    regions: tuple[Territory, ...]
    lanes: tuple[Lane, ...]
    channels: tuple[Storefront, ...]
    stock: dict[str, dict[str, Count]]
    entitlement: dict[str, dict[str, Count]]
    shoppers: Shoppers
    name: str = ""
    time_zone: str = "UTC"
    currency: str = "USD"
    seed: int = 1
    flexible_share: Share = 0.2
    exposed_share: Share = 0.5
    opened_days_before: Annotated[float, msgspec.Meta(gt=0, le=60)] = 1.0
    sells_in_transit: bool = False
    faults: str = "none"
    rundown: tuple[Slot, ...] = ()
    spikes: tuple[Spike, ...] = ()
    shipments: tuple[Freight, ...] = ()
    naive: Broadcaster | None = None
    routes: tuple[Route, ...] = ()
    batches: tuple[Batch, ...] = ()
    guests: tuple[Visitor, ...] = ()
    customs: Customs | None = None
    purchasing: Purchasing | None = None
    levels: dict[str, str] = {}
    parameters: dict[str, float] = {}
    step_seconds: Annotated[float, msgspec.Meta(ge=1, le=600)] = 5.0
    lists_per_minute: Annotated[float, msgspec.Meta(gt=0, le=60)] | None = None

    def start(self) -> int:
        """The start in microseconds since 1970 UTC."""
        local = datetime.fromisoformat(self.starts_at).replace(tzinfo=ZoneInfo(self.time_zone))
        return int(local.timestamp()) * 1_000_000

    def at(self, minute: float) -> int:
        """A minute after the start in microseconds since 1970 UTC."""
        return self.start() + round(minute * MINUTE)

    def end(self) -> int:
        """The planned close in microseconds since 1970 UTC."""
        return self.at(self.minutes)

    def slot(self, minute: float) -> Slot | None:
        """The slot of the rundown at a minute."""
        return next((slot for slot in self.rundown if slot.start <= minute < slot.end), None)


def find(name: str, folder: Path) -> Path:
    """The file of a scenario named on the command line: a path, or the name of a file in `folder`."""
    given = Path(name)
    if given.suffix == ".toml" and given.exists():
        return given
    path = folder / f"{name}.toml"
    if not path.exists():
        known = sorted(file.stem for file in folder.glob("*.toml"))
        raise ScenarioProblem(f"There is no scenario {name!r}{_nearest(name, known)}; known are {', '.join(known)}.")
    return path


def load(path: Path) -> Scenario:
    """Read and check a scenario file; raises ScenarioProblem."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ScenarioProblem(f"{path} cannot be read as text: {problem}.") from problem
    return parse(text, path.stem)


def parse(text: str, name: str) -> Scenario:
    """Read and check a scenario from TOML text; `name` is used in sentences and for the show."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ScenarioProblem(f"Scenario {name} is not valid TOML: {problem}.") from problem
    _refuse_unknown_keys(raw, Scenario, name, "")
    try:
        scenario = msgspec.convert({"name": name, **raw}, Scenario)
    except msgspec.ValidationError as problem:
        raise ScenarioProblem(f"Scenario {name}: {_reworded(str(problem))}.") from problem
    for complaint in _complaints(scenario):
        raise ScenarioProblem(f"Scenario {name}: {complaint}.")
    return scenario


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f", did you mean {close[0]!r}" if close else ""


def _refuse_unknown_keys(value: object, kind: object, name: str, where: str) -> None:
    """Walk file and records side by side and name the first key no record has, with the nearest one that exists."""
    if isinstance(kind, types.UnionType):
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple and isinstance(value, list):
        for number, item in enumerate(value):
            _refuse_unknown_keys(item, get_args(kind)[0], name, f"{where}[{number}]")
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, Mapping)):
        return
    hints: dict[str, Any] = get_type_hints(kind)
    for key, inner in value.items():
        here = f"{where}.{key}" if where else key
        if key not in kind.__struct_fields__:
            raise ScenarioProblem(f"Scenario {name}: there is no key {here!r}{_nearest(key, kind.__struct_fields__)}.")
        _refuse_unknown_keys(inner, hints[key], name, here)


def _reworded(message: str) -> str:
    what, _, where = message.partition(" - at ")
    key = where.strip("`").removeprefix("$").removeprefix(".")
    return f"{key}: {what[0].lower()}{what[1:]}" if key else f"{what[0].lower()}{what[1:]}"


def _complaints(scenario: Scenario) -> Iterable[str]:
    if scenario.faults not in PROFILES:
        yield f"faults {scenario.faults!r} is no profile{_nearest(scenario.faults, PROFILES)}"
    for channel in scenario.channels:
        if channel.platform not in PLATFORMS:
            yield f"channels.platform {channel.platform!r} is none we speak{_nearest(channel.platform, PLATFORMS)}"
    yield from _clock_complaints(scenario)
    yield from _name_complaints(scenario)
    yield from _stock_complaints(scenario)
    yield from _people_complaints(scenario)


def _clock_complaints(scenario: Scenario) -> Iterable[str]:
    try:
        scenario.start()
    except (ValueError, KeyError, OSError):  # KeyError: no such zone
        yield (
            f"starts_at {scenario.starts_at!r} in time_zone {scenario.time_zone!r} is no moment; "
            "write 2026-03-14T20:00:00 and an IANA zone such as Asia/Shanghai"
        )
    zones = [place.time_zone for place in scenario.locations] + [region.time_zone for region in scenario.regions]
    for zone in set(zones) - available_timezones():
        yield f"time_zone {zone!r} is no IANA zone{_nearest(zone, available_timezones())}"
    spans = [("rundown", span) for span in scenario.rundown] + [("spikes", span) for span in scenario.spikes]
    for key, span in spans:
        if span.end <= span.start:
            yield f"{key}: a span must end after it starts, not run from minute {span.start:g} to {span.end:g}"
    for guest in scenario.guests:
        if not 0 <= guest.announced <= guest.start < guest.end:
            yield f"guests: {guest.guest} must be announced in the show, before coming, and come before leaving"
    for freight in scenario.shipments:
        if freight.eta <= freight.departed or freight.departed * MINUTE <= -scenario.opened_days_before * DAY:
            yield f"shipments: {freight.shipment} must depart after the show is opened and arrive after it departs"
        if freight.departed > 0:
            yield f"shipments: {freight.shipment} departs during the show; only goods already on their way go here"


def _name_complaints(scenario: Scenario) -> Iterable[str]:
    skus = [sku.sku for sku in scenario.skus]
    regions = [region.region for region in scenario.regions]
    places = [place.location for place in scenario.locations]
    channels = [channel.channel for channel in scenario.channels]
    uses: list[tuple[str, Iterable[str], list[str]]] = [
        ("regions.mix", [sku for region in scenario.regions for sku in region.mix], skus),
        ("rundown.sku", [slot.sku for slot in scenario.rundown], skus),
        ("spikes.sku", [spike.sku for spike in scenario.spikes if spike.sku], skus),
        ("spikes.region", [spike.region for spike in scenario.spikes if spike.region], regions),
        ("spikes.channel", [spike.channel for spike in scenario.spikes if spike.channel], channels),
        ("channels.region", [channel.region for channel in scenario.channels], regions),
        ("lanes.region", [lane.region for lane in scenario.lanes], regions),
        ("lanes.location", [lane.location for lane in scenario.lanes], places),
        ("entitlement", scenario.entitlement, regions),
        ("entitlement", [sku for units in scenario.entitlement.values() for sku in units], skus),
        ("stock", scenario.stock, places),
        ("stock", [sku for units in scenario.stock.values() for sku in units], skus),
        ("shipments.units", [sku for freight in scenario.shipments for sku in freight.units], skus),
        ("shipments.from_location", [freight.from_location for freight in scenario.shipments], places),
        ("shipments.to_location", [freight.to_location for freight in scenario.shipments], places),
        ("routes", [end for one in scenario.routes for end in (one.from_location, one.to_location)], places),
        ("batches.location", [batch.location for batch in scenario.batches], places),
        ("batches.units", [sku for batch in scenario.batches for sku in batch.units], skus),
        ("guests.sku", [guest.sku for guest in scenario.guests], skus),
        ("guests.channels", [name for guest in scenario.guests for name in guest.channels], channels),
        ("purchasing.location", [scenario.purchasing.location] if scenario.purchasing else [], places),
        ("levels", scenario.levels, [rule.name for rule in RULES]),
        ("parameters", scenario.parameters, [one.name for one in PARAMETERS]),
    ]
    for key, used, known in uses:
        for name in used:
            if name not in known:
                yield f"{key} names {name!r}, which is not defined{_nearest(name, known)}"


def _stock_complaints(scenario: Scenario) -> Iterable[str]:
    for sku in (sku.sku for sku in scenario.skus):
        lying = sum(units.get(sku, 0) for units in scenario.stock.values())
        claimed = sum(units.get(sku, 0) for units in scenario.entitlement.values())
        if lying != claimed:
            yield f"stock holds {lying} x {sku}, the entitlements add up to {claimed}; they must be equal"


def _people_complaints(scenario: Scenario) -> Iterable[str]:
    for size, weight in scenario.shoppers.baskets.items():
        if not size.isdigit() or not 1 <= int(size) <= 1000 or weight < 0:
            yield f"shoppers.baskets.{size} must be a number of units with a weight, like 2 = 0.2"
    if not sum(scenario.shoppers.baskets.values()) > 0:
        yield "shoppers.baskets needs at least one size with a weight above 0"
    for region in scenario.regions:
        if not sum(region.mix.values()) > 0 or not sum(region.countries.values()) > 0:
            yield f"regions: {region.region} needs weights above 0 in mix and countries"
    for channel in scenario.channels:
        minutes = [point[0] for point in channel.viewers]
        if not minutes or minutes != sorted(set(minutes)):
            yield f"channels.viewers of {channel.channel} needs points [minute, viewers] with rising minutes"
        elif not channel.crowd and not channel.orders_per_mille:
            yield f"channels: {channel.channel} needs orders_per_mille, or a crowd"
        elif channel.crowd and (channel.orders_per_mille or channel.conversion != 1.0):
            yield f"channels: {channel.channel} has a crowd; leave out orders_per_mille and conversion"
        elif channel.crowd and (minutes[0] >= scenario.minutes or not any(people for _, people in channel.viewers)):
            yield f"channels: {channel.channel} has a crowd and no viewers that could be it"
