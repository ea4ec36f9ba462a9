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

from dashboard.channels.adapter import PushKind
from dashboard.channels.adapters import PLATFORMS
from dashboard.channels.sandbox.faults import PROFILES
from dashboard.decision.commands import Lane, Location, Sku

MINUTE = 60_000_000
DAY = 86_400_000_000

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Factor = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Audience = Annotated[float, msgspec.Meta(ge=0, le=1_000_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Crowd = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class ScenarioProblem(ValueError):
    """A scenario cannot be used; the message is one sentence for people."""


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; keys it does not know are refused."""


class Territory(Piece, frozen=True):
    """A sales region: destination countries with their weight in orders, and what sells there without help (`mix`)."""

    region: str
    countries: dict[str, Factor]
    mix: dict[str, Factor]
    name: str = ""
    time_zone: str = "UTC"


class Storefront(Piece, frozen=True):
    """A channel and its audience: `viewers` are points [minute, people], `orders_per_mille` per 1,000 of them a minute.

    `conversion` is what the audience does against that plan (1.35: a third more). `watched` channels report viewers;
    others are shops that people of the streams walk to. `crowd` is an exact number of shoppers instead, spread over the
    show as its viewers are and moved by nothing else. `push` is how the platform lets stock be written, if not in its
    usual way.
    """

    channel: str
    platform: str
    region: str
    viewers: tuple[tuple[float, Audience], ...]
    orders_per_mille: Factor = 0.0
    crowd: Crowd = 0
    name: str = ""
    language: str = "en"
    conversion: Factor = 1.0
    watched: bool = True
    plan_units: Count = 0
    push: PushKind | None = None


class Slot(Piece, frozen=True):
    """A slot of the rundown, from one minute to another."""

    start: float
    end: float
    sku: str
    title: str = ""


class Spike(Piece, frozen=True):
    """Something that multiplies demand for a while: who is meant (empty: everybody), when, by how much, and why."""

    start: float
    end: float
    factor: Factor
    cause: str
    region: str = ""
    channel: str = ""
    sku: str = ""


class Freight(Piece, frozen=True):
    """Goods on their way when the show starts: `departed` and `eta` in minutes after the start (before: negative)."""

    shipment: str
    from_location: str
    to_location: str
    departed: float
    eta: float
    units: dict[str, Count]
    mode: str = "air"


class Shoppers(Piece, frozen=True):
    """How people order: basket sizes with weights, and what moves them.

    Orders of a SKU are multiplied by `screen_lift` while it is on screen, `push_lift` under a host push, `coupon_lift`
    per ten percent of a coupon, and by (list price / price) to the power of `elasticity`. Of those who find a SKU sold
    out, `switch_share` take another; `cancel_share` of orders are cancelled.
    """

    baskets: dict[str, Factor]
    screen_lift: Factor = 1.0
    push_lift: Annotated[float, msgspec.Meta(ge=1, le=100)] = 1.0
    coupon_lift: Annotated[float, msgspec.Meta(ge=1, le=100)] = 1.0
    elasticity: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.0
    switch_share: Share = 0.0
    cancel_share: Share = 0.0
    cancel_minutes: float = 10.0


class Broadcaster(Piece, frozen=True):
    """The naive seller beside ours: every `sync_seconds` it sets each platform to what it has less `buffer` units."""

    sync_seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)]
    buffer: Count = 0


class Scenario(Piece, frozen=True):
    """A whole show before it starts; `name` is the file's name and `seed` the one it is told with by default."""

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
