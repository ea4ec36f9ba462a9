"""Simulated viewers: the same people write whatever the steps, about what they see, and their questions are understood."""

import json
from collections import Counter
from typing import Any

from dashboard.channels.sandbox.chatter import Chatter, phrases
from dashboard.channels.sandbox.scenario import find, load
from dashboard.settings import DATA
from dashboard.speech.questions import INTENTS, understand

SCENARIO = load(find("breezestyle", DATA / "scenarios"))
SECOND = 1_000_000
SKUS = [
    {"sku": sku.sku, "title": sku.title, "category": sku.category, "on_screen": number == 0}
    for number, sku in enumerate(SCENARIO.skus)
]
REGIONS = [{"region": one.region, "name": one.region, "countries": list(one.countries)} for one in SCENARIO.regions]


def frame(listed: int = 5) -> dict[str, Any]:
    exposures = {row["sku"]: listed for row in SKUS}
    return {"skus": SKUS, "channels": [{"channel": one.channel, "exposures": exposures} for one in SCENARIO.channels]}


def test_the_same_people_write_whatever_the_steps() -> None:
    start, chatter = SCENARIO.start(), Chatter(SCENARIO, 4)
    whole = chatter.between(start, start + 600 * SECOND, frame())
    parts = [
        one
        for second in range(0, 600, 7)
        for one in chatter.between(start + second * SECOND, start + min(600, second + 7) * SECOND, frame())
    ]
    assert parts == whole
    assert len(whole) > 40
    assert whole != Chatter(SCENARIO, 5).between(start, start + 600 * SECOND, frame())
    assert len({(channel, heard.comment) for channel, heard in whole}) == len(whole)


def test_who_meets_a_closed_listing_asks_when_it_is_back() -> None:
    start, chatter = SCENARIO.start(), Chatter(SCENARIO, 4)
    asked = [
        Counter(
            understand(heard.text, SKUS, REGIONS, "en").intent
            for _, heard in chatter.between(start, start + 1_500 * SECOND, frame(listed))
        )
        for listed in (5, 0)
    ]
    assert asked[0]["restock"] < asked[0]["stock"]
    assert asked[1]["restock"] > asked[1]["stock"]


def test_most_of_what_they_ask_is_understood() -> None:
    right = total = 0
    for language, wants in phrases().items():
        assert set(wants) == {*INTENTS, "chat"} - {"unknown"}
        for want, texts in wants.items():
            for text in texts:
                found = understand(text.format(title="Halo ring rose", country="Thailand"), SKUS, REGIONS, language)
                total += want != "chat"
                right += want != "chat" and found.intent == want
    assert right >= 0.9 * total, (right, total)


def test_nothing_that_is_written_can_break_a_line() -> None:
    assert all("\n" not in text for wants in phrases().values() for texts in wants.values() for text in texts)
    assert json.dumps(phrases())
