"""What the exports of a review say: the catalogue `review` in the reader's language.

An English phrase of a report or workbook -> `Say` -> the phrase in the reader's language. Every phrase has a Chinese
one (a test reads the modules and compares). Codes of a review (causes, kinds, reasons) are spoken through the tables
here; an unknown code is shown as it is. Names from the show (titles, people, host lines) are never translated.
"""

from typing import NamedTuple

from dashboard.catalogues import LANGUAGES as NAMES, Catalogue, catalogue

Say = Catalogue
LANGUAGES = tuple(NAMES)


class Cause(NamedTuple):
    """A cause of missed orders: its name, and what it means."""

    name: str
    means: str


CAUSES = {
    "opening_split": Cause("Opening split", "A unit that could have served it was another region's."),
    "late_transfer": Cause("Late transfer", "A unit waited in the flexible or a guest's pool, or came too late."),
    "exposure_lock": Cause("Exposure lock", "The region had a unit, but not listed where it was wanted."),
    "rule": Cause("Rule", "A purchase limit or another term of ours turned the buyer away."),
    "stock": Cause("Out of stock", "No unit was left that could have served this buyer."),
}
"""In the order in which reports stack them."""

KINDS = {
    "reallocated": "Units moved",
    "undone": "Move undone",
    "lent": "Units lent",
    "returned": "Loan returned",
    "pool": "Pool opened",
    "pool_closed": "Pool closed",
    "shipment": "Shipment",
    "limit": "Purchase limit",
    "limit_lifted": "Limit lifted",
    "price": "Price",
    "coupon": "Coupon",
    "coupon_ended": "Coupon ended",
    "bundle": "Bundle",
    "bundle_ended": "Bundle ended",
    "on_screen": "On screen",
    "push": "Host push",
    "listed": "Listing",
    "safety": "Safety stock",
    "replenishment": "Replenishment",
    "split": "Split of arrivals",
    "listing": "Listing mode",
    "autonomy": "Rule level",
    "parameter": "Rule number",
}
NOTES = {
    "demand_side": "What it made people want is not told: the recorded orders hold that already.",
    "not_measured": "Not rerun: it is no move of stock, or not among the largest.",
    "too_small": "Not rerun: it moved nothing.",
}
WHYS = {
    "sold_out": "More: some was missed",
    "sold_more": "More: it sold better than planned",
    "leftover": "Fewer: it was not wanted",
    "as_planned": "About as planned",
}
ACTORS = {"clock": "the clock", "exchange": "the exchange"}
TIERS = {"evergreen": "Evergreen", "campaign": "Campaign", "test": "Test"}
STATUSES = {"closed": "closed", "open": "still open", "announced": "announced"}


def speaker(language: str) -> Say:
    """How to say a phrase in a language of LANGUAGES."""
    return catalogue("review", language)


def code(table: dict[str, str], name: str, say: Say) -> str:
    """A code in words; as it is where nobody knows it."""
    return say(table[name]) if name in table else name


def rule(name: str, say: Say) -> str:
    """A rule by its name, as the screens write it."""
    return say(name.replace("_", " ").capitalize())


def horizon(name: str, say: Say) -> str:
    """A horizon of the countdown in words."""
    return say("lasts the show") if name == "lasts" else say("sells out in {span} min").format(span=name)


def pool(name: str, say: Say) -> str:
    """A pool in words: regions and guests by their names."""
    return say("Flexible pool") if name == "flexible" else name.rpartition("/")[2]
