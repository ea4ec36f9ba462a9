"""Chatter: what simulated viewers write while they watch, so that somebody asks something in a demo.

    scenario + seed + what a viewer sees (the frame) -> CommentHeard of each watched channel -> inbox.absorb

Who meets a closed listing asks when it is back; the others ask about what is on screen, about shipping to where they
live, prices, limits, coupons; some only chat. They write as their stream speaks, a few in another language. Each ten
seconds of a channel are drawn from a seed of their own, so whatever the steps are, the same people write; the words
depend on what they see, as with shoppers. Nobody here buys anything.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any

from babel import Locale

from dashboard.channels.adapter import CommentHeard
from dashboard.channels.sandbox.scenario import Scenario
from dashboard.settings import DATA

Row = dict[str, Any]
SECOND = 1_000_000
STRETCH = 10 * SECOND
WRITE_SHARE = 0.15
"""How often somebody writes in ten seconds of a channel."""
ABROAD_SHARE, CHAT_SHARE = 0.12, 0.2
WANTS = (
    "stock",
    "stock",
    "stock",
    "ships_to",
    "ships_to",
    "price",
    "price",
    "delivery_time",
    "limit",
    "coupon",
    "variant",
)


class Chatter:
    """The viewers of one show who write."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.seed = seed
        self.start, self.end = scenario.start(), scenario.end()
        self._channels = {one.channel: (one.language, one.region) for one in scenario.channels if one.watched}
        self._countries = {one.region: tuple(one.countries) for one in scenario.regions}

    def between(self, since: int, until: int, frame: Mapping[str, Any]) -> list[tuple[str, CommentHeard]]:
        """What is written from one instant to before another, by people who see this frame, in order."""
        until = min(until, self.end)
        first, last = (since - self.start) // STRETCH, (until - 1 - self.start) // STRETCH
        found: list[tuple[str, CommentHeard]] = []
        for number in range(max(0, first), last + 1):
            for channel in self._channels:
                chance = Random(f"{self.seed}/chatter/{channel}/{number}")
                at = self.start + number * STRETCH + chance.randrange(STRETCH)
                if chance.random() < WRITE_SHARE and since <= at < until:
                    text = self._words(chance, channel, frame)
                    found.append((channel, CommentHeard(f"{channel}-{number}", text, at)))
        found.sort(key=lambda pair: (pair[1].at or 0, pair[0]))
        return found

    def _words(self, chance: Random, channel: str, frame: Mapping[str, Any]) -> str:
        language, region = self._channels[channel]
        spoken = (
            language if language in phrases() and chance.random() > ABROAD_SHARE else chance.choice(list(phrases()))
        )
        said, skus = phrases()[spoken], frame["skus"]
        row: Row = next((one for one in skus if one["on_screen"] and chance.random() < 0.7), chance.choice(skus))
        listed: Row = next((one["exposures"] for one in frame["channels"] if one["channel"] == channel), {})
        wanted = chance.choice(WANTS)
        if chance.random() < CHAT_SHARE:
            wanted = "chat"
        elif wanted == "stock" and not listed.get(row["sku"]):
            wanted = "restock"
        country = chance.choice(self._countries.get(region) or ("US",))
        place = Locale.parse(spoken).territories.get(country, country)
        title = row["title"] or row["sku"]
        return chance.choice(said[wanted]).format(title=title.replace(" ·", ""), country=place)


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, list[str]]]:
    """What is written, by language and want."""
    return tomllib.loads((DATA / "chatter.toml").read_text(encoding="utf-8"))
