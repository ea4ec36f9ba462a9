"""What a network does to messages, drawn from a seed: lag, loss, duplicates, disorder, outages, refusals, wrong clocks.

A profile says how bad it is; `Weather` draws from it. The same profile and seed give the same faults. Times are
microseconds; lags are log-normal around their median, since networks have long tails. `all` is everything at once.
"""

import math
from dataclasses import dataclass, replace
from random import Random

SECOND = 1_000_000


@dataclass(frozen=True)
class Profile:
    """How bad the network, the platforms and their people are; shares lie between 0 and 1.

    `lag_seconds` is the median of one way, `lag_spread` the sigma of its logarithm. `straggling` webhooks take up to
    `straggling_seconds` longer, which reorders them. Of calls, `calls_lost` never arrive and `answers_lost` act without
    an answer. `outages` per show last `outage_seconds`; `throttle_spells` are as long. `cancelling` shoppers cancel.
    """

    name: str
    lag_seconds: float = 0.04
    lag_spread: float = 0.35
    webhooks_lost: float = 0.0
    webhooks_doubled: float = 0.0
    straggling: float = 0.0
    straggling_seconds: float = 0.0
    calls_lost: float = 0.0
    answers_lost: float = 0.0
    outages: int = 0
    outage_seconds: float = 0.0
    throttle_spells: int = 0
    skew_seconds: float = 0.0
    cancelling: float = 0.0
    hands: int = 0
    hand_units: int = 0


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("none"),
        Profile("slow", lag_seconds=0.28, lag_spread=0.4, straggling=0.02, straggling_seconds=1.0),
        Profile("loss", webhooks_lost=0.05, calls_lost=0.03, answers_lost=0.03),
        Profile("duplicates", webhooks_doubled=0.15),
        Profile("reordering", straggling=0.15, straggling_seconds=8.0),
        Profile("outage", outages=1, outage_seconds=30.0),
        Profile("throttle", throttle_spells=2, outage_seconds=15.0),
        Profile("skew", skew_seconds=90.0),
        Profile("cancels", cancelling=0.08),
        Profile("hands", hands=2, hand_units=3),
        Profile(
            "all",
            lag_seconds=0.12,
            lag_spread=0.5,
            webhooks_lost=0.03,
            webhooks_doubled=0.1,
            straggling=0.08,
            straggling_seconds=6.0,
            calls_lost=0.02,
            answers_lost=0.02,
            outages=1,
            outage_seconds=20.0,
            throttle_spells=1,
            skew_seconds=90.0,
            cancelling=0.05,
            hands=1,
            hand_units=2,
        ),
    )
}
"""Fault profiles by name."""


def without_hands(profile: Profile) -> Profile:
    """The same weather with nobody typing units into a platform's back office."""
    return replace(profile, hands=0, hand_units=0)


class Weather:
    """Faults of one run, drawn one after the other."""

    def __init__(self, profile: Profile, chance: Random) -> None:
        self.profile = profile
        self.chance = chance

    def lag(self) -> int:
        """How long one message takes one way."""
        spread = self.profile.lag_spread
        return max(1000, int(self.profile.lag_seconds * math.exp(self.chance.gauss(0.0, spread)) * SECOND))

    def happens(self, share: float) -> bool:
        """Draw whether something with a probability happens."""
        return share > 0 and self.chance.random() < share

    def webhook_lags(self) -> list[int]:
        """When a webhook arrives: never, once or twice, as lags."""
        profile = self.profile
        if self.happens(profile.webhooks_lost):
            return []
        lags = [self.lag()]
        if self.happens(profile.straggling):
            lags[0] += int(self.chance.uniform(0, profile.straggling_seconds) * SECOND)
        if self.happens(profile.webhooks_doubled):
            lags.append(lags[0] + self.lag() + int(self.chance.uniform(0, 5) * SECOND))
        return lags

    def skew(self) -> int:
        """How far a platform's clock is off."""
        return int(self.chance.uniform(-1, 1) * self.profile.skew_seconds * SECOND)

    def spells(self, count: int, start: int, end: int) -> list[tuple[int, int]]:
        """Spells of an outage's length within a show, as (from, to)."""
        length = int(self.profile.outage_seconds * SECOND)
        starts = sorted(self.chance.randrange(start, max(start + 1, end - length)) for _ in range(count))
        return [(begin, begin + length) for begin in starts]
