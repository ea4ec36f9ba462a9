"""Prospects: what each channel, and each SKU on it, will probably sell in time on air to come, read off closed shows.

    traded of closed shows -> units and exposure per channel (and SKU) -> forecast.outlook -> rows

A channel is measured as a whole: its units, over the exposure while it could sell anything. It shrinks to what all
channels of the journal do, as a SKU shrinks to its tier. The row of a SKU holds if the SKU is on sale all that time,
so rows of SKUs do not add up to their channel's. Exposure ahead is time on air times viewers, by default as many as
the channel had on average.

Where a show does not tell a channel's viewers, those of its other shows are assumed; where none tells, those of the
other channels; where nobody ever tells anything, a minute is a minute. Pure; a journal in which nothing was sold has no
rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.decision import events as e
from dashboard.forecast.outlook import Series, outlook
from dashboard.projections.traded import ANY, ON_AIR, THOUSAND, Traded

Row = dict[str, Any]
History = dict[Series, list[tuple[float, float]]]
WHOLE = "whole"
"""The tier that whole channels are measured as."""


class Past(NamedTuple):
    """One closed show."""

    opened: e.ShowOpened
    traded: Traded


class Audience(NamedTuple):
    """Mean viewers of a channel on air, in thousands; the shows it was in, and those that told its viewers."""

    thousands: float
    shows: int
    told: int


def audiences(past: Sequence[Past]) -> dict[str, Audience]:
    """How many watch each channel; of a channel nobody told of, as many as watch the others, or a thousand."""
    counts: dict[str, list[tuple[float, float]]] = {}
    for _, traded in past:
        for number, channel in enumerate(traded.units):
            told = traded.viewers[number] > 0 and traded.minutes > 0
            seen = (float(traded.exposure[number, ON_AIR]), traded.minutes) if told else (0.0, 0.0)
            counts.setdefault(channel, []).append(seen)
    usual = _mean([seen for shows in counts.values() for seen in shows], 1.0)
    return {
        channel: Audience(_mean(shows, usual), len(shows), sum(minutes > 0 for _, minutes in shows))
        for channel, shows in counts.items()
    }


def _mean(seen: Sequence[tuple[float, float]], usual: float) -> float:
    whole, minutes = map(sum, zip(*seen, strict=True)) if seen else (0.0, 0.0)
    return whole / minutes if minutes > 0 else usual


def channel_rows(past: Sequence[Past], minutes: float, viewers: int | None) -> list[Row]:
    """What each channel sells in minutes on air before so many viewers (None: its usual); the most first.

    `told` of a row counts the shows that told the channel's viewers; where none did, `viewers` is None if not given.
    """
    watched = audiences(past)
    history: History = {}
    for _, traded in past:
        exposure = _filled(traded, watched)[:, ANY]
        for number, (channel, units) in enumerate(traded.units.items()):
            seen = max(0.0, float(sum(units.values()))), float(exposure[number])
            history.setdefault((channel, WHOLE, ""), []).append(seen)
    rows = []
    for row in _rows(history, watched, minutes, viewers):
        mean, shows, told = watched[row["channel"]]
        usual = round(mean * THOUSAND) if told else None
        keys = {"channel": row["channel"], "of_shows": shows, "told": told, "viewers": viewers or usual}
        rows.append(keys | {key: value for key, value in row.items() if key not in ("channel", "sku", "tier")})
    return rows


def is_watched(past: Sequence[Past]) -> bool:
    """Whether any show tells the viewers of any channel."""
    return any(audience.told for audience in audiences(past).values())


def sku_rows(past: Sequence[Past], minutes: float, viewers: int | None) -> list[Row]:
    """The same per channel and SKU, of the tier that it had last; `past` is oldest first.

    Shows too big to be kept by SKU say nothing.
    """
    watched = audiences(past)
    tiers = {sku.sku: sku.tier for opened, _ in past for sku in opened.skus}
    history: History = {}
    for opened, traded in past:
        if traded.by_sku:
            exposure = _filled(traded, watched)
            for number, (channel, units) in enumerate(traded.units.items()):
                for place in np.flatnonzero(exposure[number, :ANY]):
                    sku = opened.skus[place].sku
                    seen = max(0.0, float(units.get(sku, 0))), float(exposure[number, place])
                    history.setdefault((channel, tiers[sku], sku), []).append(seen)
    return _rows(history, watched, minutes, viewers)


def _filled(traded: Traded, watched: Mapping[str, Audience]) -> Any:
    """The exposure, of channels in minutes times the viewers that are assumed."""
    assumed = [1.0 if traded.viewers[place] > 0 else watched[name].thousands for place, name in enumerate(traded.units)]
    return traded.exposure * np.array(assumed)[:, None]


def _rows(history: History, watched: Mapping[str, Audience], minutes: float, viewers: int | None) -> list[Row]:
    planned = {
        series: minutes * (watched[series[0]].thousands if viewers is None else viewers / THOUSAND)
        for series, shows in history.items()
        if any(exposure > 0 for _, exposure in shows)
    }
    found = [
        {
            "channel": row["channel"],
            "sku": row["sku"],
            "tier": row["tier"],
            "shows": row["shows"],
            "exposure": round(row["exposure"], 1),
            "expected": round(row["mean"], 1),
            **{level: int(row[level]) for level in ("p10", "p50", "p90")},
            "own_share": round(row["own_share"], 3),
        }
        for row in outlook(history, planned)
    ]
    return sorted(found, key=lambda row: (-row["expected"], row["channel"], row["sku"]))
