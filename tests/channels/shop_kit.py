"""Pretended shops for the tests of the shop adapters."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from dashboard.channels.adapter import Account, Adapter, Capability, Delivery, PushKind, Secrets
from dashboard.channels.sandbox.platform import Platform, Speech, Webhook

WEBHOOKS = Path(__file__).resolve().parents[1] / "data" / "webhooks"
NOW = 1_795_378_200_000_000
SECOND = 1_000_000
KEY = "newest key"
TOKEN = "ck_x:cs_y"
SKUS = ("HALO-ROSE", "HALO-GOLD", "LAMP")


def sample(name: str) -> bytes:
    """A body as it came from a platform."""
    return (WEBHOOKS / name).read_bytes()


def changed(body: bytes, **fields: Any) -> bytes:
    """The body with some of its fields replaced; `...` takes one out."""
    told = orjson.loads(body)
    for name, value in fields.items():
        if value is ...:
            told.pop(name, None)
        else:
            told[name] = value
    return orjson.dumps(told)


def signature(body: bytes, key: str = KEY) -> str:
    """The base64 HMAC-SHA256 of a body."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def delivery(body: bytes, headers: Mapping[str, str]) -> Delivery:
    """A delivery with these headers."""
    return Delivery(dict(headers), body, NOW)


def delivered(webhook: Webhook) -> Delivery:
    """A webhook of a pretended platform as it reaches us."""
    return Delivery(webhook.headers, webhook.body, NOW)


def shop(speech: Speech, kind: type[Adapter], push: PushKind, **account: Any) -> tuple[Platform, Adapter]:
    """A pretended shop with ten units of each SKU, and the adapter that speaks with it."""
    channel = account.pop("channel", "shop-us")
    listings = {sku: speech.listing(channel, sku) for sku in SKUS}
    capability = account.pop("capability", Capability(push))
    told = Account(channel, "shop", capability, names=speech.names(channel), listings=listings, **account)
    secrets = Secrets((KEY, "key of last week"), TOKEN)
    platform = Platform(told, secrets, speech)
    for sku in SKUS:
        platform.list_by_hand(sku, 10)
    return platform, kind(told, secrets)
