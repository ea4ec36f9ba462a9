"""What an intervention did, in the reader's language: told from its parts, since its own sentence is English.

    parts of an intervention (event types with their fields) -> one phrase per kind and place, its goods listed

Parts that say the same of several SKUs become one phrase. A kind that nobody can phrase leaves the whole to the
sentence the review brings.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.review import figures, words
from dashboard.review.words import Say

Row = dict[str, Any]
MOVED = "{source} → {target}: {goods}"
LEVELS = {"off": "off", "suggest": "suggest", "auto": "auto"}


class Names(NamedTuple):
    """How SKUs, regions and channels are called, and how money is written."""

    say: Say
    skus: Mapping[str, str]
    regions: Mapping[str, str]
    channels: Mapping[str, str]
    money: Callable[[int], str]

    def sku(self, part: Row) -> str:
        """The title of a part's SKU."""
        sku = str(part.get("sku", ""))
        return self.skus.get(sku, sku) if sku else self.say("all SKUs")

    def pool(self, name: str) -> str:
        """The name of a pool."""
        return self.regions.get(name.removeprefix("region/"), words.pool(name, self.say))

    def units(self, part: Row) -> "Goods":
        """Units of a part and of what."""
        return int(part["quantity"]), self.sku(part)


Goods = str | tuple[int, str]
"""A name, or units of it."""
Told = tuple[str, Row, Sequence[Goods]]
"""A phrase with gaps, what fills them, and the goods."""


def told(row: Row, names: Names) -> str:
    """What an intervention did; its own sentence where its parts cannot be phrased."""
    phrases: dict[tuple[str, str], tuple[str, Row, list[Goods]]] = {}
    for part in row.get("parts", ()):
        teller = _TELLERS.get(part["type"])
        if teller is None:
            return str(row["what"])
        phrase, gaps, goods = teller(part, names)
        if any(not isinstance(one, tuple) or one[0] for one in goods) or not goods:
            key = (phrase, repr(sorted(gaps.items())))
            phrases.setdefault(key, (phrase, gaps, []))[2].extend(goods)
    if not phrases:
        return str(row["what"])
    return names.say("; ").join(
        names.say(phrase).format(**gaps, goods=_listed(goods, names)) for phrase, gaps, goods in phrases.values()
    )


def _listed(goods: Sequence[Goods], names: Names) -> str:
    """Goods one after the other; units of the same are one sum."""
    sums: dict[str, int | None] = {}
    for one in goods:
        units, name = one if isinstance(one, tuple) else (None, one)
        sums[name] = units if units is None else (sums.get(name) or 0) + units
    texts = [name if units is None else f"{figures.units(units)} {name}" for name, units in sums.items()]
    return names.say(", ").join(texts)


def _moved(part: Row, names: Names) -> Told:
    return MOVED, {"source": names.pool(part["from_pool"]), "target": names.pool(part["to_pool"])}, [names.units(part)]


def _asked(part: Row, names: Names) -> Told:
    gaps = {"source": names.pool(part["from_pool"]), "target": names.pool(part["to_pool"])}
    return "asked back from {source} for {target}: {goods}", gaps, [names.units(part)]


def _pool(part: Row, names: Names) -> Told:
    return MOVED, {"source": names.pool(part["from_pool"]), "target": names.pool(part["pool"])}, [names.units(part)]


def _closed(part: Row, names: Names) -> Told:
    return MOVED, {"source": names.pool(part["pool"]), "target": names.pool(part["to_pool"])}, [names.say("the rest")]


def _shipment(part: Row, names: Names) -> Told:
    goods = [names.units(line) for line in part["lines"]]
    return MOVED, {"source": part["from_location"], "target": part["to_location"]}, goods


def _limit(part: Row, names: Names) -> Told:
    region, units = names.regions.get(part["region"], part["region"]), part.get("units_per_order")
    if units is None:
        return "no limit in {region} any more: {goods}", {"region": region}, [names.sku(part)]
    return "at most {units} per order in {region}: {goods}", {"region": region, "units": units}, [names.sku(part)]


def _coupon(part: Row, names: Names) -> Told:
    region = names.regions.get(part["region"], part["region"])
    if not part["percent"]:
        return "coupon in {region} over: {goods}", {"region": region}, [names.sku(part)]
    gaps = {"region": region, "percent": part["percent"]}
    return "coupon of {percent}% in {region}: {goods}", gaps, [names.sku(part)]


def _bundle(part: Row, names: Names) -> Told:
    region = names.regions.get(part["region"], part["region"])
    goods = [" + ".join(names.skus.get(sku, sku) for sku in part["skus"])]
    if not part["percent"]:
        return "bundle in {region} over: {goods}", {"region": region}, goods
    return "bundle with {percent}% off in {region}: {goods}", {"region": region, "percent": part["percent"]}, goods


def _price(part: Row, names: Names) -> Told:
    goods = [f"{names.sku(part)} {names.money(part['price_minor'])}"]
    if part.get("channel"):
        return "price on {channel}: {goods}", {"channel": _channel(part, names)}, goods
    return "price: {goods}", {}, goods


def _on_screen(part: Row, names: Names) -> Told:
    if not part.get("sku"):
        return "nothing on screen", {}, []
    return ("host push: {goods}" if part.get("push") else "on screen: {goods}"), {}, [names.sku(part)]


def _safety(part: Row, names: Names) -> Told:
    region, units = names.regions.get(part["region"], part["region"]), part.get("units")
    if units is None:
        return "safety stock of {region} as usual: {goods}", {"region": region}, [names.sku(part)]
    return "safety stock of {region}: {goods}", {"region": region}, [(units, names.sku(part))]


def _replenishment(part: Row, names: Names) -> Told:
    return "purchasing is asked for {goods}", {}, [names.units(part)]


def _split(part: Row, names: Names) -> Told:
    gaps = {"channel": _channel(part, names), "percent": part["percent"]}
    return "{channel} weighed {percent}%: {goods}", gaps, [names.sku(part)]


def _mode(part: Row, names: Names) -> Told:
    return "listed as {mode}: {goods}", {"mode": part["mode"]}, [names.sku(part)]


def _autonomy(part: Row, names: Names) -> Told:
    level = words.code(LEVELS, part["level"], names.say)
    return "{rule}: {level}", {"rule": words.rule(part["rule"], names.say), "level": level}, []


def _parameter(part: Row, names: Names) -> Told:
    value = names.say("as usual") if part.get("value") is None else f"{part['value']:g}"
    return "{name} = {value}", {"name": part["parameter"], "value": value}, []


def _listing(phrase: str) -> Callable[[Row, Names], Told]:
    return lambda part, names: (phrase, {"channel": _channel(part, names)}, [names.units(part)])


def _channel(part: Row, names: Names) -> str:
    return names.channels.get(part["channel"], str(part["channel"]))


LISTINGS = {
    "exposed": "listed on {channel}: {goods}",
    "recalled": "taken back from {channel}: {goods}",
    "withheld": "withheld for {channel}: {goods}",
    "cover_released": "free again for {channel}: {goods}",
}
_TELLERS: dict[str, Callable[[Row, Names], Told]] = {
    **dict.fromkeys(("reallocated", "undone", "units_lent", "loan_returned"), _moved),
    "units_requested": _asked,
    "pool_opened": _pool,
    "pool_closed": _closed,
    "shipment_started": _shipment,
    "limit_set": _limit,
    "price_set": _price,
    "coupon_set": _coupon,
    "bundle_set": _bundle,
    "on_screen_set": _on_screen,
    "safety_set": _safety,
    "replenishment_requested": _replenishment,
    "split_set": _split,
    "listing_mode_set": _mode,
    "autonomy_set": _autonomy,
    "parameter_set": _parameter,
    **{kind: _listing(phrase) for kind, phrase in LISTINGS.items()},
}
PHRASES = (
    MOVED, *LISTINGS.values(), "; ", ", ", "all SKUs", "the rest", "as usual", "nothing on screen", "price: {goods}",
    "asked back from {source} for {target}: {goods}", "no limit in {region} any more: {goods}",
    "at most {units} per order in {region}: {goods}", "coupon in {region} over: {goods}",
    "coupon of {percent}% in {region}: {goods}", "bundle in {region} over: {goods}",
    "bundle with {percent}% off in {region}: {goods}", "price on {channel}: {goods}", "host push: {goods}",
    "on screen: {goods}", "safety stock of {region} as usual: {goods}", "safety stock of {region}: {goods}",
    "purchasing is asked for {goods}", "{channel} weighed {percent}%: {goods}", "listed as {mode}: {goods}",
    "{rule}: {level}", "{name} = {value}", *LEVELS.values(),
)  # fmt: skip
"""Every phrase told here, for whoever translates."""
