"""A pretended Shopee's prices, limits and vouchers: what it answers to calls that write terms.

Written from the platform's side. A voucher's code gets the shop's prefix and is refused when it is longer than five
characters; it must begin in the future and last an hour; one that runs can only be ended, one that has not begun only
be deleted.
"""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from dashboard.channels.sandbox.in_force import Offer
from dashboard.channels.sandbox.platform import SECOND, Platform

Body = dict[str, Any]
Query = dict[str, str]
PREFIX = "ROOM"
HOUR_SECONDS = 3600


class Refused(Exception):
    """The call is answered with an error word."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error, self.message = error, message


PATHS = {
    ("POST", "/api/v2/product/update_price"),
    ("POST", "/api/v2/product/update_item"),
    ("GET", "/api/v2/voucher/get_voucher_list"),
    ("POST", "/api/v2/voucher/add_voucher"),
    ("POST", "/api/v2/voucher/update_voucher"),
    ("POST", "/api/v2/voucher/end_voucher"),
    ("POST", "/api/v2/voucher/delete_voucher"),
}


def answered(platform: Platform, path: str, query: Query, body: Body, now: int) -> Body:
    """What a call that reads or writes terms is answered; raises Refused."""
    at, what = platform.clock(now), path.rpartition("/")[2]
    if what == "get_voucher_list":
        return _list(platform, query, at)
    platform.terms.writes += 1
    if what == "update_price":
        return _price(platform, body)
    if what == "update_item":
        return _limit(platform, body)
    if what == "add_voucher":
        return _add(platform, body, at)
    return _change(platform, what, body, at)


def _price(platform: Platform, body: Body) -> Body:
    failed, done = [], []
    digits = get_currency_precision(platform.account.currency or "USD")
    for asked in body["price_list"]:
        sku = _find(platform, body["item_id"], asked["model_id"])
        if sku:
            platform.terms.prices[sku] = round(Decimal(str(asked["original_price"])).scaleb(digits))
            done.append({"model_id": asked["model_id"], "original_price": asked["original_price"]})
        else:
            failed.append({"model_id": asked["model_id"], "failed_reason": "The item or model does not exist."})
    return {"failure_list": failed, "success_list": done}


def _limit(platform: Platform, body: Body) -> Body:
    units = body["purchase_limit_info"]["max_purchase_limit"]["purchase_limit"]
    skus = _of_item(platform, body["item_id"])
    if not skus or units < 1:
        raise Refused("product.error_param", "Invalid item or purchase limit.")
    for sku in skus:
        platform.terms.limit(sku, units)
    return {"item_id": body["item_id"]}


def _list(platform: Platform, query: Query, at: int) -> Body:
    wanted = [offer for offer in platform.terms.offers.values() if _status(offer, at) == query["status"]]
    size = int(query["page_size"])
    start = (int(query["page_no"]) - 1) * size
    rows = [
        {"voucher_id": offer.number, "voucher_code": PREFIX + offer.code, "percentage": offer.percent}
        for offer in wanted[start : start + size]
    ]
    return {"more": len(wanted) > start + size, "voucher_list": rows}


def _status(offer: Offer, at: int) -> str:
    return "upcoming" if offer.since > at else "ongoing" if offer.holds(at) else "expired"


def _add(platform: Platform, body: Body, at: int) -> Body:
    code, since, until = body["voucher_code"], body["start_time"], body["end_time"]
    if len(code) > 5 or not code.isalnum() or (body["voucher_type"], body["reward_type"]) != (2, 2):
        raise Refused("voucher.error_param", "Invalid voucher code or type.")
    if since * SECOND <= at or until - since < HOUR_SECONDS:
        raise Refused("voucher.error_time", "Invalid start or end time.")
    before = platform.terms.find(code)
    if before is not None and _status(before, at) == "expired":
        del platform.terms.offers[before.number]
    skus = _skus(platform, body)
    made = platform.terms.offer(code, body["percentage"], skus, since * SECOND, until * SECOND) if skus else None
    if made is None:
        raise Refused("voucher.error_code_exist", "The voucher code exists.")
    return {"voucher_id": made.number}


def _change(platform: Platform, what: str, body: Body, at: int) -> Body:
    offer = platform.terms.offers.get(body["voucher_id"])
    if offer is None:
        raise Refused("voucher.error_not_found", "Voucher not found.")
    status = _status(offer, at)
    if what == "end_voucher" and status == "ongoing":
        offer.until = at
    elif what == "delete_voucher" and status == "upcoming":
        del platform.terms.offers[offer.number]
    elif what == "update_voucher" and status != "expired":
        offer.percent, offer.skus, offer.until = body["percentage"], _skus(platform, body), body["end_time"] * SECOND
    else:
        raise Refused("voucher.error_status", "The voucher's status does not allow it.")
    return {"voucher_id": offer.number}


def _skus(platform: Platform, body: Body) -> set[str]:
    return {sku for item in body["item_id_list"] for sku in _of_item(platform, item)}


def _of_item(platform: Platform, item: int) -> list[str]:
    return [sku for sku, listing in platform.account.listings.items() if int(listing["item_id"]) == item]


def _find(platform: Platform, item: int, model: int) -> str:
    listings = platform.account.listings
    return next((sku for sku in _of_item(platform, item) if int(listings[sku].get("model_id", "0")) == model), "")
