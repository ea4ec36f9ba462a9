"""A pretended Shopify's discounts and prices: what its GraphQL answers to calls that write terms.

Written from the shop's side, told by the root field a query asks for. A code exists once; a discount that holds on no
variant, or whose times are wrong, is refused with a user error, as the real one does.
"""

import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from dashboard.channels.sandbox.in_force import Offer
from dashboard.channels.sandbox.platform import Platform

Json = dict[str, Any]
FIELDS = ("productVariantsBulkUpdate", "codeDiscountNodeByCode", "discountCode")
MICROS = 1_000_000


def is_meant(query: str) -> bool:
    """Tell whether a query reads or writes terms."""
    return any(field in query for field in FIELDS)


def answered(platform: Platform, query: str, given: Json, now: int) -> Json:
    """The data of an answer, by the names the query gives to its fields."""
    if "codeDiscountNodeByCode" in query:
        offer = platform.terms.find(given["code"])
        return {"found": None if offer is None else _node(platform, offer)}
    platform.terms.writes += 1
    if "productVariantsBulkUpdate" in query:
        return {"done": _price(platform, given)}
    if "discountCodeDeactivate" in query:
        offer = _numbered(platform, given["id"])
        if offer is not None:
            offer.until = platform.clock(now)
        return {"done": _done("" if offer else "INVALID", "Discount does not exist.")}
    if "discountCodeBasicUpdate" in query:
        return {"done": _update(platform, _numbered(platform, given["id"]), given["discount"])}
    return {"done": _create(platform, given["discount"])}


def _done(code: str, message: str) -> Json:
    return {"userErrors": [{"code": code, "field": ["basicCodeDiscount"], "message": message}] if code else []}


def _price(platform: Platform, given: Json) -> Json:
    for variant in given["variants"]:
        sku = _sku(platform, variant["id"])
        if not sku or platform.account.listings[sku]["product_id"] != _number(given["product"]):
            return _done("PRODUCT_VARIANT_DOES_NOT_EXIST", "Product variant does not exist")
        digits = get_currency_precision(platform.account.currency or "USD")
        platform.terms.prices[sku] = int(Decimal(variant["price"]).scaleb(digits))
    return _done("", "")


def _create(platform: Platform, given: Json) -> Json:
    skus, since, until, percent = _told(platform, set(), given)
    if not skus or given.get("context") != {"all": "ALL"} or not 0 < percent <= 100:
        return _done("INVALID", "Items or context are invalid")
    made = platform.terms.offer(given["code"], percent, skus, since, until)
    return _done("" if made else "TAKEN", "Code must be unique. Please try a different code.")


def _update(platform: Platform, offer: Offer | None, given: Json) -> Json:
    if offer is None:
        return _done("INVALID", "Discount does not exist.")
    offer.skus, offer.since, offer.until, offer.percent = _told(platform, set(offer.skus), given)
    return _done("", "")


def _told(platform: Platform, held: set[str], given: Json) -> tuple[set[str], int, int | None, int]:
    products = given["customerGets"]["items"]["products"]
    gone = {_sku(platform, gid) for gid in products.get("productVariantsToRemove", [])}
    come = {_sku(platform, gid) for gid in products.get("productVariantsToAdd", [])}
    ends = given.get("endsAt")
    percent = round(given["customerGets"]["value"]["percentage"] * 100)
    return (held - gone) | (come - {""}), _micros(given["startsAt"]), _micros(ends) if ends else None, percent


def _micros(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp()) * MICROS


def _node(platform: Platform, offer: Offer) -> Json:
    nodes = [
        {"id": f"gid://shopify/ProductVariant/{platform.account.listings[sku]['variant_id']}"}
        for sku in sorted(offer.skus)
    ]
    gets = {"items": {"productVariants": {"nodes": nodes}}}
    return {"id": f"gid://shopify/DiscountCodeNode/{offer.number}", "codeDiscount": {"customerGets": gets}}


def _numbered(platform: Platform, gid: str) -> Offer | None:
    return platform.terms.offers.get(int(_number(gid)))


def _number(gid: str) -> str:
    return gid.rsplit("/", 1)[-1]


def _sku(platform: Platform, gid: str) -> str:
    listings = platform.account.listings
    return next((sku for sku, ids in listings.items() if ids.get("variant_id") == _number(gid)), "")
