"""Answers: a viewer's question answered from the frame, in the viewer's language, with the fact that backs it.

    Question + frame -> which SKU and which region -> a fact of the frame -> phrase -> {text, fact, known, why}

The place asked about decides the region: the one that lists the country, else the channel's own. Every number of a
text is in its fact, with the seq it was true at and when to look again. What cannot be said for sure is not said:
`known` is False and `why` names the cause (`WHYS`), the text then says so or asks back. A late feed silences what
depends on units sold since; terms in force (prices, limits, coupons) hold all the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dashboard.speech import answer_facts as facts, phrases
from dashboard.speech.answer_facts import Frame
from dashboard.speech.phrase_shapes import REGIONS
from dashboard.speech.questions import Question

Row = dict[str, Any]
TRUST = 10_000_000
"""Microseconds a fact may be read out without looking again."""
TITLES_MAX = 5
VARIANTS_MAX = 12
WHYS = (
    "unknown_intent", "unknown_product", "unknown_channel", "unknown_place", "show_closed", "late_feed",
    "not_deliverable", "shared_stock", "no_price", "no_lane", "no_restock",
)  # fmt: skip
"""Why no answer is known: one of these codes, else empty."""


class Said(NamedTuple):
    """An answer before it is worded: phrase, values of the wording, what the fact claims, and why it is not known."""

    phrase: str
    values: Row
    stated: Row
    why: str = ""


class Asked(NamedTuple):
    """What an answer is about: one SKU for buyers of one region of a channel."""

    frame: Frame
    channel: str
    own: str
    region: Row
    sku: str
    title: str
    place: str
    language: str
    """The place as the wording calls it: the country's code, else the region's code or name."""

    def said(self, phrase: str, values: Row | None = None, stated: Row | None = None, why: str = "") -> Said:
        """An answer about this SKU here; what it claims goes into the wording too."""
        named = {"title": self.title, "region": self.region["region"], "region_name": self.region["name"]}
        return Said(phrase, named | {"country": self.place} | (stated or {}) | (values or {}), stated or {}, why)


def draft(frame: Row, channel: str, question: Question) -> Row:
    """The answer to a question on a channel: intent, language, text, fact, known, why."""
    row = facts.channel_row(frame, channel)
    own = row["region"] if row else ""
    region = question.region if question.country or question.region else own
    sku = "" if question.named and not question.sku else question.sku or facts.on_screen(frame)
    sku = sku or _of_one_family(frame, question)
    said = _said(frame, channel, own, question, sku, region)
    fact = {"sku": sku if said.phrase != "which_product" else "", "region": region, "country": question.country}
    expires = facts.micros(frame["at"]) + TRUST
    ends = [facts.micros(said.stated[key]) for key in ("until", "eta") if said.stated.get(key)]
    fact |= said.stated | {"seq": frame["seq"], "expires": facts.iso(min([expires, *ends]))}
    return {
        "intent": question.intent,
        "language": question.language,
        "text": phrases.answer(said.phrase, question.language, said.values),
        "fact": fact,
        "known": not said.why,
        "why": said.why,
    }


def _of_one_family(frame: Frame, question: Question) -> str:
    """Who asks for variants of several SKUs of one family asks for that family."""
    if question.intent != "variant" or not question.skus:
        return ""
    members = {row["sku"] for row in facts.family(frame, question.skus[0])}
    return question.skus[0] if members >= set(question.skus) else ""


def _said(frame: Row, channel: str, own: str, question: Question, sku: str, region: str) -> Said:
    """The answer, or why there is none."""
    if question.intent not in _ANSWERS:
        return Said("unknown", {}, {}, "unknown_intent")
    if not own:
        return Said("unknown", {}, {}, "unknown_channel")
    if frame["status"] == "closed":
        return Said("unknown", {}, {}, "show_closed")
    item = facts.sku_row(frame, sku)
    if item is None:
        return _which(frame, question)
    here = facts.region_row(frame, region)
    if here is None:
        return _nowhere(item["title"], question)
    place = question.country or (here["region"] if here["region"] in REGIONS else here["name"])
    asked = Asked(frame, channel, own, here, sku, item["title"], place, question.language)
    needs_feed = question.intent in ("stock", "variant", "delivery_time", "ships_to")
    if needs_feed and facts.is_late(frame, channel, own, here["region"]):
        return asked.said("unknown", why="late_feed")
    return _ANSWERS[question.intent](asked)


def _which(frame: Row, question: Question) -> Said:
    """Ask back: the candidates, else what the show has, if that is little."""
    rows = [row for row in frame["skus"] if row["sku"] in question.skus] or frame["skus"]
    rows = rows[:TITLES_MAX]
    if not rows or (not question.skus and len(frame["skus"]) > TITLES_MAX):
        return Said("unknown", {}, {}, "unknown_product")
    stated = {"skus": [row["sku"] for row in rows]}
    return Said("which_product", {"titles": tuple(row["title"] for row in rows)}, stated, "unknown_product")


def _nowhere(title: str, question: Question) -> Said:
    """A country in no region is one this show does not ship to; a continent may be partly served."""
    if question.country:
        return Said("ships_no", {"title": title, "country": question.country}, {})
    return Said("ships_unknown", {"country": question.region}, {}, "unknown_place")


def _stock(asked: Asked) -> Said:
    left = facts.left(asked.frame, asked.sku, asked.region["region"])
    if left is None:
        return asked.said("unknown", why="shared_stock")
    if left <= 0:
        return asked.said("stock_none", stated={"units_left": 0})
    if left > sum(facts.reachable(asked.frame, asked.sku, asked.region["region"]).values()):
        return asked.said("unknown", why="not_deliverable")
    return asked.said("stock_some", {"units": left}, {"units_left": left})


def _ships(asked: Asked) -> Said:
    region = asked.region["region"]
    if not facts.lanes(asked.frame, region):
        return asked.said("ships_no")
    if facts.left(asked.frame, asked.sku, region) == 0:
        return asked.said("stock_none", stated={"units_left": 0})
    if not facts.reachable(asked.frame, asked.sku, region):
        return asked.said("ships_unknown", why="not_deliverable")
    return asked.said("ships_yes")


def _delivery(asked: Asked) -> Said:
    region = asked.region["region"]
    if not facts.lanes(asked.frame, region):
        return asked.said("delivery_unknown", why="no_lane")
    if facts.left(asked.frame, asked.sku, region) == 0:
        return asked.said("stock_none", stated={"units_left": 0})
    days = facts.days(asked.frame, asked.sku, region)
    if days is None:
        return asked.said("delivery_unknown", why="not_deliverable")
    return asked.said("delivery", stated={"days_min": days[0], "days_max": days[1]})


def _price(asked: Asked) -> Said:
    found = facts.price(asked.frame, asked.sku, asked.channel)
    if found is None or asked.region["region"] != asked.own:
        return asked.said("price_unknown", why="no_price")
    stated: Row = {"price_minor": found[0], "currency": found[1]}
    offer = facts.coupon(asked.frame, asked.sku, asked.own)
    if offer is None:
        return asked.said("price", stated=stated)
    return asked.said("price_coupon", stated=stated | {"percent": offer["percent"], "code": offer["code"]})


def _limit(asked: Asked) -> Said:
    units = facts.limit(asked.frame, asked.sku, asked.region["region"])
    return asked.said("limit_none") if units is None else asked.said("limit_some", stated={"limit": units})


def _restock(asked: Asked) -> Said:
    coming = facts.restock(asked.frame, asked.sku, asked.region["region"])
    if coming is None:
        return asked.said("restock_unknown", why="no_restock")
    zone = {"eta": facts.micros(coming["eta"]), "zone": asked.region["time_zone"], "units": coming["units_incoming"]}
    return asked.said("restock_eta", zone, coming)


def _coupon(asked: Asked) -> Said:
    offer = facts.coupon(asked.frame, asked.sku, asked.region["region"])
    if offer is None:
        return asked.said("coupon_none")
    stated = {"percent": offer["percent"], "code": offer["code"]}
    if not offer["expires"]:
        return asked.said("coupon_open", stated=stated)
    until = {"until": facts.micros(offer["expires"]), "zone": asked.region["time_zone"]}
    return asked.said("coupon_some", until, stated | {"until": offer["expires"]})


def _variant(asked: Asked) -> Said:
    region = asked.region["region"]
    members = list(facts.family(asked.frame, asked.sku))
    if len(members) == 1:
        return asked.said("variant_unknown")
    if not facts.unsold(asked.frame, region) & {row["sku"] for row in members}:
        return asked.said("stock_none", stated={"units_left": 0})
    sellable = facts.sellable(asked.frame, region)
    there = [row for row in members if row["sku"] in sellable][:VARIANTS_MAX]
    if not there:
        return asked.said("unknown", why="not_deliverable")
    stated = {"skus": [row["sku"] for row in there]}
    return asked.said("variants", {"titles": tuple(row["title"] for row in there)}, stated)


_ANSWERS: Mapping[str, Callable[[Asked], Said]] = {
    "stock": _stock,
    "ships_to": _ships,
    "delivery_time": _delivery,
    "price": _price,
    "limit": _limit,
    "restock": _restock,
    "coupon": _coupon,
    "variant": _variant,
}
