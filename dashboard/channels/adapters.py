"""Which adapter speaks for which platform, and the table of what each of them can do.

    platform's name in an account -> PLATFORMS -> make -> Adapter

A stream on YouTube or Instagram has no orders of its own: they arrive through the shop behind it, a Shopify one. What
the README and the Setup page show of the platforms is rendered from here, so that it is written down once.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dashboard.channels.adapter import Account, Adapter, PushKind, Secrets
from dashboard.channels.amazon import Amazon
from dashboard.channels.generic import Generic
from dashboard.channels.shopee import Shopee
from dashboard.channels.shopify import Shopify
from dashboard.channels.tiktok_shop import TikTokShop
from dashboard.channels.woocommerce import WooCommerce

PLATFORMS: Mapping[str, type[Adapter]] = {
    "shopify": Shopify,
    "tiktok_shop": TikTokShop,
    "tiktok": TikTokShop,
    "shopee": Shopee,
    "amazon": Amazon,
    "woocommerce": WooCommerce,
    "generic": Generic,
    "youtube": Shopify,
    "instagram": Shopify,
}
"""Platform -> who speaks for it."""


class _Words(NamedTuple):
    """What cannot be read off an adapter: how stock may be written (the usual way first), and how bodies are proven."""

    pushes: tuple[PushKind, ...]
    signature: str
    replays: str


_SHOPIFY = _Words(
    ("compare_and_set", "delta"), "X-Shopify-Hmac-Sha256: base64 HMAC-SHA256 of the body", "by delivery id"
)
_TIKTOK = _Words(
    ("absolute", "raise_only"), "Authorization: hex HMAC-SHA256 of app_key and the body", "by notification id"
)
_WORDS: Mapping[str, _Words] = {
    "shopify": _SHOPIFY,
    "tiktok_shop": _TIKTOK,
    "tiktok": _TIKTOK,
    "shopee": _Words(
        ("absolute", "raise_only"), "Authorization: hex HMAC-SHA256 of callback_url, | and the body", "by what it says"
    ),
    "amazon": _Words(
        ("absolute",),
        "a forwarder's secret: Authorization: Bearer, X-Api-Key or Standard Webhooks",
        "by notification id",
    ),
    "woocommerce": _Words(("absolute",), "X-WC-Webhook-Signature: base64 HMAC-SHA256 of the body", "by delivery id"),
    "generic": _Words(
        ("delta", "compare_and_set", "absolute", "raise_only"), "Standard Webhooks", "by webhook-id and signed time"
    ),
    "youtube": _SHOPIFY,
    "instagram": _SHOPIFY,
}


def make(account: Account, secrets: Secrets) -> Adapter:
    """The adapter of an account; raises KeyError for a platform that is not in PLATFORMS."""
    return PLATFORMS[account.platform](account, secrets)


def pushes_of(platform: str) -> tuple[PushKind, ...]:
    """The ways a platform's stock may be written, the usual one first."""
    return _WORDS[platform].pushes


def capability_rows() -> list[dict[str, str | int]]:
    """One row a platform for people: how stock is written, how often, what else is, how a delivery proves itself."""
    rows: list[dict[str, str | int]] = []
    for platform, adapter in PLATFORMS.items():
        capability, words = adapter.capability, _WORDS[platform]
        rows.append(
            {
                "platform": platform,
                "adapter": adapter.__name__,
                "push": capability.push,
                "also": ", ".join(kind for kind in words.pushes if kind != capability.push),
                "calls_per_minute": capability.calls_per_minute,
                "fetches_per_minute": capability.fetches_per_minute,
                "orders_per_fetch": capability.orders_per_fetch,
                "writable": ", ".join(["stock", *(kind.replace("_", " ") for kind in capability.terms)]),
                "restocks_on_cancel": "yes" if capability.restocks_on_cancel else "no",
                "signature": words.signature,
                "duplicates": words.replays,
            }
        )
    return rows
