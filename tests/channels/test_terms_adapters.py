"""Terms in each platform's own words: what is asked, what the answers mean, and what only a person can do there.

One table of requests a platform; then the adapter and the pretended platform, which share no code, facing each other.
"""

import base64
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson
import pytest

from dashboard.channels.adapter import Adapter, Response, Unreadable
from dashboard.channels.adapters import PLATFORMS, capability_rows
from dashboard.channels.sandbox.platform import SECOND, Platform
from dashboard.channels.sandbox.speeches import SPEECHES
from dashboard.channels.term import NONE, ByHand, Term, TermKind, Wrote
from dashboard.decision.world import OrderLine
from tests.channels.loop_kit import NOW, storefront

HOUR = 3600 * SECOND
ENDS = NOW + 2 * HOUR
ROSE, JADE = "HALO-ROSE", "HALO-JADE"
EACH = ("shopify", "woocommerce", "tiktok_shop", "shopee", "amazon", "generic")
PRICE = Term("price", "x", 7, ROSE, 4_950, "USD")
LIMIT = Term("limit", "x", 8, ROSE, units_per_order=2)
COUPON = Term("coupon", "x", 9, code="SEA15", percent=15, expires=ENDS, skus=(ROSE,))


def shop(platform: str) -> tuple[Platform, Adapter]:
    """A pretended shop and its adapter."""
    return storefront(SPEECHES[platform], PLATFORMS[platform], platform)


def write(platform: Platform, adapter: Adapter, term: Term, now: int = NOW) -> Wrote:
    """Write a term with as many calls as it takes."""
    found = ""
    for _ in range(5):
        wrote = adapter.read_term(term, platform.call(adapter.write_term(term, now, found), now), found)
        if wrote.outcome != "found":
            return wrote
        found = wrote.found
    raise AssertionError("a writing takes a few calls")


def asked(adapter: Adapter, term: Term, found: str = "") -> tuple[str, str, Any]:
    """Method, path and body of a call."""
    request = adapter.write_term(term, NOW, found)
    assert request.lane == "stock"
    return request.method, urlsplit(request.path).path, orjson.loads(request.body) if request.body else None


# --- requests -------------------------------------------------------------------------------------------------


def test_shopify_sets_a_variants_price_and_looks_a_code_up_before_it_makes_a_discount() -> None:
    _, adapter = shop("shopify")
    ids = adapter.account.listings[ROSE]
    variant = f"gid://shopify/ProductVariant/{ids['variant_id']}"
    _, _, body = asked(adapter, PRICE)
    assert "productVariantsBulkUpdate" in body["query"]
    assert body["variables"] == {
        "product": f"gid://shopify/Product/{ids['product_id']}",
        "variants": [{"id": variant, "price": "49.50"}],
    }
    _, _, body = asked(adapter, COUPON)
    assert "codeDiscountNodeByCode" in body["query"]
    assert body["variables"] == {"code": "SEA15"}
    _, _, body = asked(adapter, COUPON, NONE)
    assert "discountCodeBasicCreate" in body["query"]
    discount = body["variables"]["discount"]
    assert (discount["code"], discount["endsAt"], discount["context"]) == (
        "SEA15",
        "2026-03-01T22:00:00Z",
        {"all": "ALL"},
    )
    assert discount["customerGets"]["value"] == {"percentage": 0.15}
    _, _, body = asked(adapter, COUPON, "77:111,222")
    assert "discountCodeBasicUpdate" in body["query"]
    assert body["variables"]["id"] == "gid://shopify/DiscountCodeNode/77"
    products = body["variables"]["discount"]["customerGets"]["items"]["products"]
    assert products["productVariantsToAdd"] == [variant]
    assert products["productVariantsToRemove"] == [f"gid://shopify/ProductVariant/{one}" for one in (111, 222)]
    _, _, body = asked(adapter, msgspec.structs.replace(COUPON, skus=()), "77:")
    assert "discountCodeDeactivate" in body["query"]


def test_woocommerce_sets_the_regular_price_and_deletes_coupons_for_good() -> None:
    platform, adapter = shop("woocommerce")
    for sku in (ROSE, JADE):
        ids = platform.account.listings[sku]
        method, path, body = asked(adapter, msgspec.structs.replace(PRICE, sku=sku))
        rest = f"/variations/{ids['variation_id']}" if "variation_id" in ids else ""
        assert (method, path) == ("PUT", f"/wp-json/wc/v3/products/{ids['product_id']}{rest}")
        assert body == {"regular_price": "49.50", "sale_price": ""}
    request = adapter.write_term(COUPON, NOW)
    assert (request.method, request.path.split("&")[0]) == ("GET", "/wp-json/wc/v3/coupons?code=SEA15")
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"token-of-the-test").decode()
    method, path, body = asked(adapter, COUPON, NONE)
    assert (method, path) == ("POST", "/wp-json/wc/v3/coupons")
    assert (body["code"], body["amount"], body["discount_type"]) == ("sea15", "15", "percent")
    assert body["date_expires_gmt"] == "2026-03-01T22:00:00"
    assert asked(adapter, COUPON, "31")[:2] == ("PUT", "/wp-json/wc/v3/coupons/31")
    ended = adapter.write_term(msgspec.structs.replace(COUPON, skus=()), NOW, "31")
    assert (ended.method, ended.path) == ("DELETE", "/wp-json/wc/v3/coupons/31?force=true")


def test_tiktok_shop_sets_a_skus_price_as_a_text_with_its_currency() -> None:
    platform, adapter = shop("tiktok_shop")
    ids = platform.account.listings[ROSE]
    assert asked(adapter, PRICE) == (
        "POST",
        f"/product/202309/products/{ids['product_id']}/prices/update",
        {"skus": [{"id": ids["sku_id"], "price": {"amount": "49.50", "currency": "USD"}}]},
    )


def test_shopee_sets_prices_and_limits_of_items_and_makes_vouchers_that_begin_in_a_minute() -> None:
    platform, adapter = shop("shopee")
    item = int(platform.account.listings[ROSE]["item_id"])
    price = {"item_id": item, "price_list": [{"model_id": 0, "original_price": 49.5}]}
    assert asked(adapter, PRICE) == ("POST", "/api/v2/product/update_price", price)
    limit = {"min_purchase_limit": 1, "max_purchase_limit": {"purchase_limit": 2}}
    assert asked(adapter, LIMIT) == (
        "POST",
        "/api/v2/product/update_item",
        {"item_id": item, "purchase_limit_info": limit},
    )
    assert "status=upcoming" in adapter.write_term(COUPON, NOW).path
    assert "status=ongoing" in adapter.write_term(COUPON, NOW, "ongoing").path
    _, path, body = asked(adapter, COUPON, NONE)
    assert path == "/api/v2/voucher/add_voucher"
    assert (body["voucher_code"], body["percentage"], body["item_id_list"]) == ("SEA15", 15, [item])
    assert (body["start_time"], body["end_time"]) == (NOW // SECOND + 60, ENDS // SECOND)
    ended = msgspec.structs.replace(COUPON, skus=())
    assert asked(adapter, ended, "ongoing:5")[1:] == ("/api/v2/voucher/end_voucher", {"voucher_id": 5})
    assert asked(adapter, ended, "upcoming:5")[1:] == ("/api/v2/voucher/delete_voucher", {"voucher_id": 5})


def test_amazon_merges_the_price_into_the_offer_and_replaces_or_deletes_the_most_units_of_an_order() -> None:
    _, adapter = shop("amazon")
    method, path, body = asked(adapter, PRICE)
    assert (method, path) == ("PATCH", "/listings/2021-08-01/items/A3SANDBOXSELLER/HALO-ROSE-AMZ")
    assert body == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/purchasable_offer",
                "value": [
                    {
                        "marketplace_id": "ATVPDKIKX0DER",
                        "currency": "USD",
                        "audience": "ALL",
                        "our_price": [{"schedule": [{"value_with_tax": 49.5}]}],
                    }
                ],
            }
        ],
    }
    (patch,) = asked(adapter, LIMIT)[2]["patches"]
    assert (patch["op"], patch["path"]) == ("replace", "/attributes/max_order_quantity")
    assert patch["value"] == [{"marketplace_id": "ATVPDKIKX0DER", "value": 2}]
    (patch,) = asked(adapter, msgspec.structs.replace(LIMIT, units_per_order=None))[2]["patches"]
    assert (patch["op"], patch["value"]) == ("delete", [{"marketplace_id": "ATVPDKIKX0DER"}])


def test_our_own_protocol_posts_an_event_whose_id_is_the_same_each_time() -> None:
    _, adapter = shop("generic")
    first, second = adapter.write_term(LIMIT, NOW), adapter.write_term(LIMIT, NOW + SECOND)
    event = orjson.loads(first.body)
    assert (first.path, event["type"]) == ("/terms", "terms.limit")
    assert event["data"] == {"seq": 8, "sku": "generic-us/HALO-ROSE", "units_per_order": 2}
    assert event["id"] == orjson.loads(second.body)["id"] == first.headers["webhook-id"]


# --- both sides -----------------------------------------------------------------------------------------------

WRITABLE = [(platform, kind) for platform in EACH for kind in PLATFORMS[platform].capability.terms]


@pytest.mark.parametrize("platform", [platform for platform, kind in WRITABLE if kind == "price"])
def test_a_price_that_was_pushed_is_what_the_shop_sells_at(platform: str) -> None:
    pretended, adapter = shop(platform)
    assert write(pretended, adapter, PRICE) == Wrote("pushed")
    assert write(pretended, adapter, PRICE) == Wrote("pushed"), "a repetition changes nothing"
    order = pretended.buy([OrderLine(ROSE, 1, 9_900), OrderLine(JADE, 1, 9_900)], NOW)
    assert order is not None
    assert [line.price_minor for line in order.lines] == [4_950, 9_900]


@pytest.mark.parametrize("platform", [platform for platform, kind in WRITABLE if kind == "limit"])
def test_a_limit_that_was_pushed_binds_the_shops_buyers(platform: str) -> None:
    pretended, adapter = shop(platform)
    assert write(pretended, adapter, LIMIT) == Wrote("pushed")
    assert pretended.buy([OrderLine(ROSE, 3, 100)], NOW) is None
    assert pretended.buy([OrderLine(ROSE, 2, 100)], NOW)
    lifted = msgspec.structs.replace(LIMIT, units_per_order=None)
    if platform == "shopee":
        with pytest.raises(ByHand, match="lifts a limit"):
            adapter.write_term(lifted, NOW)
    else:
        assert write(pretended, adapter, lifted) == Wrote("pushed")
        assert pretended.buy([OrderLine(ROSE, 3, 100)], NOW)


@pytest.mark.parametrize("platform", [platform for platform, kind in WRITABLE if kind == "coupon"])
def test_a_coupon_is_made_changed_and_ended_and_a_lost_answer_makes_no_second_one(platform: str) -> None:
    pretended, adapter = shop(platform)
    assert write(pretended, adapter, COUPON) == Wrote("pushed")
    assert write(pretended, adapter, COUPON) == Wrote("pushed")
    (offer,) = pretended.terms.offers.values()
    assert (offer.code.upper(), offer.percent, offer.skus, offer.until) == ("SEA15", 15, {ROSE}, ENDS)
    wider = msgspec.structs.replace(COUPON, skus=(JADE, ROSE), percent=20)
    assert write(pretended, adapter, wider) == Wrote("pushed")
    (offer,) = pretended.terms.offers.values()
    assert (offer.percent, offer.skus) == (20, {ROSE, JADE})
    later = NOW + 2 * 60 * SECOND
    narrower = msgspec.structs.replace(COUPON, skus=(JADE,))
    assert write(pretended, adapter, narrower, later) == Wrote("pushed")
    assert (pretended.terms.percent(ROSE, later), pretended.terms.percent(JADE, later)) == (0, 15)
    ended = msgspec.structs.replace(COUPON, skus=(), percent=0)
    assert write(pretended, adapter, ended, later) == Wrote("pushed")
    assert pretended.terms.percent(JADE, later + SECOND) == 0
    assert write(pretended, adapter, ended, later + SECOND) == Wrote("pushed"), "what has ended stays so"


@pytest.mark.parametrize(("platform", "kind"), WRITABLE)
def test_terms_count_against_the_lane_of_stock_on_both_sides(platform: str, kind: TermKind) -> None:
    pretended, adapter = shop(platform)
    for found in ("", "ongoing", NONE, "5:") if kind == "coupon" else ("",):
        term = {"price": PRICE, "limit": LIMIT, "coupon": COUPON}.get(kind, Term(kind, "x", 1, ROSE))
        if platform != "shopee" or found != "5:":
            request = adapter.write_term(term, NOW, found)
            assert request.lane == pretended.speech.lane_of(request) == "stock"


def test_a_voucher_that_has_not_begun_is_deleted() -> None:
    pretended, adapter = shop("shopee")
    write(pretended, adapter, COUPON)
    assert write(pretended, adapter, msgspec.structs.replace(COUPON, skus=())) == Wrote("pushed")
    assert not pretended.terms.offers


def test_our_own_protocol_takes_bundles_and_pins_and_passes_over_what_comes_late() -> None:
    pretended, adapter = shop("generic")
    bundle = Term("bundle", "x", 5, code="duo", percent=10, skus=(JADE, ROSE))
    assert write(pretended, adapter, bundle) == Wrote("pushed")
    assert write(pretended, adapter, Term("on_screen", "x", 6, ROSE)) == Wrote("pushed")
    assert (pretended.terms.bundles, pretended.terms.pinned) == ({"duo": ((JADE, ROSE), 10)}, ROSE)
    late = msgspec.structs.replace(bundle, seq=4, percent=50)
    assert write(pretended, adapter, late) == Wrote("pushed")
    assert pretended.terms.bundles["duo"][1] == 10


# --- what only a person can do ----------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", EACH)
@pytest.mark.parametrize("kind", ["price", "limit", "coupon", "bundle", "on_screen"])
def test_a_platform_writes_exactly_what_its_capability_says(platform: str, kind: TermKind) -> None:
    _, adapter = shop(platform)
    term = {"price": PRICE, "limit": LIMIT, "coupon": COUPON}.get(kind, Term(kind, "x", 1, ROSE))
    if kind in adapter.capability.terms:
        assert adapter.write_term(term, NOW)
    else:
        with pytest.raises(ByHand):
            adapter.write_term(term, NOW)


@pytest.mark.parametrize(
    ("platform", "term", "why"),
    [
        ("shopee", msgspec.structs.replace(COUPON, code="LATAM15"), "at most 5 letters"),
        ("shopee", msgspec.structs.replace(COUPON, expires=None), "needs an end"),
        ("shopee", msgspec.structs.replace(COUPON, expires=NOW + HOUR // 2), "an hour at least"),
        *((platform, msgspec.structs.replace(PRICE, currency="EUR"), "sells in USD") for platform in EACH),
    ],
)
def test_what_one_term_asks_too_much_of_a_platform_is_by_hand(platform: str, term: Term, why: str) -> None:
    _, adapter = shop(platform)
    with pytest.raises(ByHand, match=why):
        adapter.write_term(term, NOW)


def test_a_model_shares_its_items_limit_and_vouchers_so_shopee_writes_neither() -> None:
    pretended, adapter = shop("shopee")
    models = {sku: {**ids, "model_id": "5"} for sku, ids in pretended.account.listings.items()}
    adapter.account.listings.update(models)  # type: ignore[attr-defined]
    for term in (LIMIT, COUPON):
        with pytest.raises(ByHand, match="is a model of one"):
            adapter.write_term(term, NOW)
    assert asked(adapter, PRICE)[2]["price_list"][0]["model_id"] == 5


# --- answers --------------------------------------------------------------------------------------------------


def said(status: int, body: object = None, **headers: str) -> Response:
    """An answer."""
    return Response(status, headers, orjson.dumps(body))


THROTTLED = {
    "shopify": said(200, {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}),
    "woocommerce": said(429, {"code": "too_many_requests", "message": ""}),
    "tiktok_shop": said(200, {"code": 36009002, "message": "Too many requests."}),
    "shopee": said(200, {"error": "error_too_many_request", "message": ""}),
    "amazon": said(429, {"errors": [{"code": "QuotaExceeded"}]}),
    "generic": said(429, {}),
}
REFUSED = {
    "shopify": said(200, {"data": {"done": {"userErrors": [{"code": "INVALID", "message": "No such variant"}]}}}),
    "woocommerce": said(404, {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID."}),
    "tiktok_shop": said(200, {"code": 12052048, "message": "The SKU id not exist."}),
    "shopee": said(200, {"error": "", "response": {"failure_list": [{"model_id": 0}], "success_list": []}}),
    "amazon": said(200, {"status": "INVALID", "issues": [{"message": "No such attribute"}]}),
    "generic": said(422, {"sentence": "The terms cannot be read."}),
}


@pytest.mark.parametrize("platform", EACH)
def test_answers_are_told_apart_too_many_calls_refused_nobody_knows(platform: str) -> None:
    _, adapter = shop(platform)
    assert adapter.read_term(PRICE, THROTTLED[platform]).outcome == "throttled"
    refused = adapter.read_term(PRICE, REFUSED[platform])
    assert refused.outcome == "refused"
    assert refused.sentence.endswith(".")
    assert adapter.read_term(PRICE, said(503)).outcome == "unknown"
    assert adapter.read_term(PRICE, said(500, {"code": 1})).outcome == "unknown"


@pytest.mark.parametrize("platform", EACH)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"data": 3, "code": {}, "response": []}', b"\xff\xfe", b"[1]"]
)
def test_no_answer_raises_anything_but_that_it_cannot_be_read(platform: str, body: bytes) -> None:
    _, adapter = shop(platform)
    for term in (PRICE, LIMIT, COUPON):
        for status in (200, 400, 404, 500):
            for found in ("", "ongoing", NONE, "5:"):
                try:
                    wrote = adapter.read_term(term, Response(status, {}, body), found)
                except Unreadable:
                    continue
                assert len(wrote.sentence) < 200


def test_a_code_that_was_taken_meanwhile_is_looked_up_again() -> None:
    _, adapter = shop("shopify")
    taken = said(200, {"data": {"done": {"userErrors": [{"code": "TAKEN", "message": "Code must be unique"}]}}})
    assert adapter.read_term(COUPON, taken, NONE).outcome == "unknown"
    _, adapter = shop("woocommerce")
    taken = said(400, {"code": "woocommerce_rest_coupon_code_already_exists", "message": "exists"})
    assert adapter.read_term(COUPON, taken, NONE).outcome == "unknown"


def test_the_table_for_people_names_what_can_be_written() -> None:
    told = {str(row["platform"]): row["writable"] for row in capability_rows()}
    assert told["shopify"] == told["woocommerce"] == told["youtube"] == "stock, price, coupon"
    assert told["shopee"] == "stock, price, limit, coupon"
    assert told["amazon"] == "stock, price, limit"
    assert told["tiktok_shop"] == "stock, price"
    assert told["generic"] == "stock, price, limit, coupon, bundle, on screen"
