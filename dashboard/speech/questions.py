"""Questions: what a viewer wants to know, of which product, and where.

    text -> language (question_language) -> words mended, places and colours marked (question_reading)
         -> intent (question_intents), product (question_products), place -> Question

Rules over the small tables of data/questions, no model: what no rule speaks for is `unknown`, and a product that fits
two titles alike is none. A pure function of its arguments that never fails, whatever the text; a question costs less
than a millisecond or two, since everything that depends on titles or languages alone is read once.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dashboard.speech import question_intents as intents, question_language as languages, question_products as products
from dashboard.speech.question_reading import Reading, read
from dashboard.speech.question_tables import INTENTS as INTENTS
from dashboard.speech.question_text import LENGTH_MAX

Row = Mapping[str, Any]
_TRIED = 3
_BARE_PLACE = 0.5
_FROM = re.compile(r" (?:from|aus|von|desde|de|depuis|dari|tu|da|do) @ .*@|(?:从|由|จาก)@.*@|@(?:から|에서).*@")
"""Words before a place that another one follows: "from China to Germany" asks about Germany."""


class Question(msgspec.Struct, frozen=True):
    """A viewer's question as it was understood."""

    text: str
    language: str
    """The language it is answered in."""
    intent: str
    sku: str = ""
    """The SKU that is meant for sure, else empty."""
    skus: tuple[str, ...] = ()
    """SKUs that may be meant, where it is not sure."""
    country: str = ""
    """ISO 3166 code of the place asked about, else empty."""
    region: str = ""
    """The show's region that place belongs to; where a continent was named, its region's code, in the show or not."""
    confidence: float = 0.0
    """0 to 1: how sure the intent is."""
    named: bool = False
    """Whether the question names a product; then what is on screen must not stand in for it."""


def understand(text: str, skus: Sequence[Row], regions: Sequence[Row], hint: str = "") -> Question:
    """What a text asks; `skus` and `regions` are rows of a frame, `hint` the language of the channel's stream."""
    text = text[:LENGTH_MAX]
    titles = products.titles_of(tuple((row["sku"], row["title"], row.get("category", "")) for row in skus))
    ranked = languages.ranked(text, titles.vocabulary, hint)
    reading, wanted = _best(text, ranked, titles.vocabulary)
    if wanted.intent == intents.UNKNOWN and intents.is_bare_place(reading, text):
        wanted = intents.Wanted("ships_to", _BARE_PLACE)
    on_screen = next((row["sku"] for row in skus if row.get("on_screen")), "")
    meant = products.meant(reading, titles, on_screen, wanted.intent == "variant")
    country, region = _where(reading, regions)
    return Question(
        text=text,
        language=languages.answered_in(ranked[0]),
        intent=wanted.intent,
        sku=meant.sku,
        skus=meant.skus,
        country=country,
        region=region,
        confidence=wanted.confidence,
        named=meant.named,
    )


def _best(text: str, ranked: Sequence[str], titles: frozenset[str]) -> tuple[Reading, intents.Wanted]:
    """Read in the likeliest language; where that says nothing, in the next ones."""
    first: tuple[Reading, intents.Wanted] | None = None
    for language in [one for one in ranked if one != languages.NOT_OURS][:_TRIED]:
        reading = read(text, language, titles)
        found = reading, intents.wanted(reading)
        if found[1].confidence:
            return found
        first = first or found
    assert first is not None
    return first


def _where(reading: Reading, regions: Sequence[Row]) -> tuple[str, str]:
    """The country asked about and its region: the first one named, unless goods or the viewer come from there."""
    by_country = {country: row["region"] for row in reversed(regions) for country in row["countries"]}
    places = reading.places[1:] if len(reading.places) > 1 and _FROM.search(reading.text) else reading.places
    for place in places:
        if not place.startswith("region:"):
            return place, by_country.get(place, "")
    return "", places[0].removeprefix("region:") if places else ""
