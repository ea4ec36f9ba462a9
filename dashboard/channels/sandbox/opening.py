"""From a scenario to the commands that open its show: the world, the goods, the split of claims over pools.

Each command carries the moment it belongs to in `event_time`, in rising order, so that goods already on their way left
days ago: whoever hands them to the room groups them by that time. Units are split by largest remainder, so a region
holds exactly its share however its SKUs round, and nothing is lost between pools.
"""

from collections.abc import Iterator, Mapping

import msgspec

from dashboard import settings
from dashboard.channels.sandbox.scenario import DAY, MINUTE, Freight, Scenario, Territory
from dashboard.decision.commands import (
    FLEXIBLE,
    AdoptForecast,
    Channel,
    Command,
    Expose,
    OpenShow,
    PlanLine,
    Reallocate,
    ReceiveGoods,
    Region,
    Segment,
    StartShipment,
    UnitLine,
)
from dashboard.decision.world import Tuning

ACTOR = "sandbox"
SOURCE = "/sandbox"
SPLIT_MINUTES_BEFORE = 60


def opening_commands(scenario: Scenario, show: str) -> list[Command]:
    """Everything that happens before the first viewer arrives, in order of `event_time`."""
    commands: list[Command] = [_open(scenario, show), *_taught(scenario, show)]
    commands += _goods(scenario, show)
    for freight in sorted(scenario.shipments, key=lambda freight: freight.departed):
        commands += _freight(scenario, show, freight)
    commands += _claims(scenario, show)
    commands.sort(key=lambda command: command.event_time or 0)
    return commands


def split(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Split units by weight; the largest remainders get the last units, ties go by order."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()} if whole else dict.fromkeys(weights, 0.0)
    parts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(parts, key=lambda name: parts[name] - exact[name])
    for name in by_remainder[: total - sum(parts.values())] if whole else []:
        parts[name] += 1
    return parts


def _open(scenario: Scenario, show: str) -> OpenShow:
    mixes = {region.region: region.mix for region in scenario.regions}
    return OpenShow(
        id=f"{show}:open",
        show=show,
        actor=ACTOR,
        source=SOURCE,
        event_time=_opened_at(scenario),
        title=scenario.title,
        starts_at=scenario.start(),
        ends_at=scenario.end(),
        currency=scenario.currency,
        time_zone=scenario.time_zone,
        skus=scenario.skus,
        locations=scenario.locations,
        regions=tuple(_region(region) for region in scenario.regions),
        lanes=scenario.lanes,
        channels=tuple(
            Channel(
                channel.channel,
                channel.platform,
                channel.region,
                channel.language,
                channel.name,
                fee_per_mille=channel.fee_per_mille,
            )
            for channel in scenario.channels
        ),
        rundown=tuple(
            Segment(round(slot.start * 60), round(slot.end * 60), slot.sku, slot.title) for slot in scenario.rundown
        ),
        plan=tuple(
            PlanLine(sku, channel.region, units, channel.channel)
            for channel in scenario.channels
            for sku, units in split(channel.plan_units, mixes[channel.region]).items()
            if units
        ),
        routes=scenario.routes,
        sells_in_transit=scenario.sells_in_transit,
        origin=f"scenario:{scenario.name}",
    )


def _taught(scenario: Scenario, show: str) -> Iterator[Command]:
    """What earlier evenings of the same scenario taught, where there were any (data/forecast)."""
    path = settings.DATA / "forecast" / f"{scenario.name}.json"
    if path.is_file():
        yield AdoptForecast(
            id=f"{show}:taught",
            show=show,
            actor=ACTOR,
            source=SOURCE,
            event_time=_opened_at(scenario),
            tuning=msgspec.json.decode(path.read_bytes(), type=Tuning),
        )


def _region(region: Territory) -> Region:
    return Region(region.region, region.name, tuple(region.countries), region.time_zone)


def _opened_at(scenario: Scenario) -> int:
    return scenario.start() - round(scenario.opened_days_before * DAY)


def _goods(scenario: Scenario, show: str) -> Iterator[Command]:
    for location, units_of in scenario.stock.items():
        for sku, units in units_of.items():
            if units:
                yield _receipt(scenario, show, location, sku, units, "stock")


def _receipt(scenario: Scenario, show: str, location: str, sku: str, units: int, why: str) -> ReceiveGoods:
    return ReceiveGoods(
        id=f"{show}:{why}:{location}:{sku}",
        show=show,
        actor=ACTOR,
        source=SOURCE,
        event_time=_opened_at(scenario),
        location=location,
        sku=sku,
        quantity=units,
    )


def _freight(scenario: Scenario, show: str, freight: Freight) -> Iterator[Command]:
    """Goods of a shipment come in where they start, beside the stock to be split, and leave at once."""
    lines = tuple(UnitLine(sku, units) for sku, units in freight.units.items() if units)
    for line in lines:
        yield _receipt(scenario, show, freight.from_location, line.sku, line.quantity, freight.shipment)
    yield StartShipment(
        id=f"{show}:start:{freight.shipment}",
        show=show,
        actor=ACTOR,
        source=SOURCE,
        event_time=scenario.at(freight.departed),
        shipment=freight.shipment,
        from_location=freight.from_location,
        to_location=freight.to_location,
        lines=lines,
        eta=scenario.at(freight.eta),
        mode=freight.mode,
    )


def _claims(scenario: Scenario, show: str) -> Iterator[Command]:
    at = scenario.start() - SPLIT_MINUTES_BEFORE * MINUTE
    for region, units_of in scenario.entitlement.items():
        given = round(sum(units_of.values()) * (1 - scenario.flexible_share))
        for sku, units in split(given, units_of).items():
            if units:
                yield Reallocate(
                    id=f"{show}:split:{region}:{sku}",
                    show=show,
                    actor=ACTOR,
                    source=SOURCE,
                    event_time=at,
                    reason="opening split",
                    sku=sku,
                    from_pool=FLEXIBLE,
                    to_pool=f"region/{region}",
                    quantity=units,
                )
                yield from _listings(scenario, show, region, sku, units, at)


def _listings(scenario: Scenario, show: str, region: str, sku: str, units: int, at: int) -> Iterator[Command]:
    """List part of a region's units on its channels, by the units each is planned to sell."""
    weights = {channel.channel: channel.plan_units for channel in scenario.channels if channel.region == region}
    for channel, listed in split(round(units * scenario.exposed_share), weights).items():
        if listed:
            yield Expose(
                id=f"{show}:list:{channel}:{sku}",
                show=show,
                actor=ACTOR,
                source=SOURCE,
                event_time=at,
                reason="opening listing",
                channel=channel,
                sku=sku,
                quantity=listed,
            )
