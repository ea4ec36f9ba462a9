"""Audience: the viewers table, spread over the show's channels, and how many watched a channel at any time.

    readings under any name -> the channels meant -> readings by channel, in time order -> at(), until()

A name may be a channel's id, a platform or a stream that sells in several regions, a region, or nothing (everybody). A
reading for several channels is divided among them, by the units planned for their regions where every one of them has
a plan, else evenly, so that the channels' viewers add up to the reading: nobody is counted twice. The division stays
the same all through the show and knows nothing of its orders. A name that no channel has stays as it is, counting for
the show and for no order; but where orders name no channel and no name of the table is one, all orders were sold amid
all viewers: the newest readings of all names are added up for everybody. What an order is sold amid is the newest
reading of its channel by then, never a later one.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from dashboard.channels.orders_file.destinations import slug
from dashboard.channels.orders_file.tables import Reading
from dashboard.decision import commands as c

EVERYBODY = ("", "all", "total")


class Viewers(NamedTuple):
    """How many watched a channel at a time (microseconds UTC)."""

    time: int
    channel: str
    viewers: int


class Audience:
    """Viewers of every channel of a show over time; `named` tells whether its orders name channels."""

    def __init__(self, readings: list[Reading], opened: c.OpenShow, named: bool = True) -> None:
        self.strangers: dict[str, int] = {}
        """Names that no channel has, with their newest reading."""
        meant, parts = _meant(opened), _parts(opened)
        self.added_up = not named and not any(_name(one) in meant for one in readings)
        self.readings: list[Viewers] = []
        for reading in sorted(readings, key=lambda one: _placed(one, opened)):
            time, viewers = _placed(reading, opened), reading.viewers
            channels = meant.get(_name(reading), [])
            if not channels:
                self.strangers[reading.channel] = viewers
                if not self.added_up:
                    self.readings.append(Viewers(time, reading.channel, viewers))
                    continue
                channels, viewers = meant[""], sum(self.strangers.values())
            shares = divided(viewers, [parts[channel] for channel in channels])
            self.readings.extend(Viewers(time, *one) for one in zip(channels, shares, strict=True))
        self.series: dict[str, tuple[list[int], list[int]]] = {}
        for one in self.readings:
            times, counts = self.series.setdefault(one.channel, ([], []))
            times.append(one.time)
            counts.append(one.viewers)
        self._next = 0

    def at(self, channel: str, time: int) -> int | None:
        """The newest reading of a channel at or before a time, or None."""
        times, viewers = self.series.get(channel, ((), ()))
        place = bisect_right(times, time)
        return viewers[place - 1] if place else None

    def until(self, time: int) -> Iterator[Viewers]:
        """Readings up to a time that were not handed out yet, in time order."""
        while self._next < len(self.readings) and self.readings[self._next].time <= time:
            yield self.readings[self._next]
            self._next += 1


def divided(units: int, parts: list[float]) -> list[int]:
    """Whole units divided by parts, largest remainder first; they add up to the units."""
    whole = sum(parts)
    exact = [units * part / whole for part in parts]
    shares = [int(share) for share in exact]
    by_rest = sorted(range(len(parts)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_rest[: units - sum(shares)]:
        shares[place] += 1
    return shares


def _name(reading: Reading) -> str:
    return "" if reading.channel.casefold() in EVERYBODY else slug(reading.channel)


def _placed(reading: Reading, opened: c.OpenShow) -> int:
    time, elapsed = reading.time
    return max(0, time + opened.starts_at) if elapsed else time


def _meant(opened: c.OpenShow) -> dict[str, list[str]]:
    """What a viewers table may call channels -> the channels it means; '' means all of them."""
    regions = {region.region: slug(region.name or region.region) for region in opened.regions}
    found: dict[str, list[str]] = {"": [channel.channel for channel in opened.channels]}
    for channel in opened.channels:
        stem, platform = channel.channel.removesuffix(f"-{slug(channel.region)}"), slug(channel.platform)
        region = regions[channel.region]
        names = {stem, platform, f"{stem}-{region}", f"{platform}-{region}", region, slug(channel.region)}
        for name in names:
            found.setdefault(name, []).append(channel.channel)
    return found | {channel.channel: [channel.channel] for channel in opened.channels}


def _parts(opened: c.OpenShow) -> dict[str, float]:
    """Channel -> its part of what is counted for several: its region's planned units over the region's channels."""
    planned: dict[str, int] = {}
    for line in opened.plan:
        planned[line.region] = planned.get(line.region, 0) + line.units
    selling = [channel.region for channel in opened.channels]
    if not all(planned.get(region) for region in selling):
        return {channel.channel: 1.0 for channel in opened.channels}
    return {one.channel: planned[one.region] / selling.count(one.region) for one in opened.channels}
