"""Pretended shops and damaged bodies for the tests of the shop adapters."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Iterator, Mapping
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


STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e30, float("nan"), float("-inf"), 2**53 + 1, 2**63, 10**40, "", "0", "-1", "1e30", "NaN",
    "a\x00b", "\ud800", "é中文", "x" * 5000, "9" * 400, "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-12:00", [], {},
    [[[[]]]], {"a": {"b": [1]}}, [None],
)  # fmt: skip


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


def damages(body: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Bodies as they may arrive when nobody is careful: strange values anywhere, lost keys, cut and flipped bytes."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 5 == 0:
            start, end = sorted(chance.sample(range(len(body) + 1), 2))
            yield body[:start] + body[end:]
        elif number % 5 == 1:
            flipped = bytearray(body)
            for _ in range(chance.randint(1, 4)):
                flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            yield bytes(flipped)
        else:
            told = json.loads(body)
            places = list(_places(told))
            for _ in range(chance.randint(1, 3)):
                place, key = chance.choice(places)
                if isinstance(place, dict) and chance.random() < 0.2:
                    place.pop(key, None)
                elif isinstance(place, dict) or key < len(place):
                    place[key] = chance.choice(STRANGE)
            yield json.dumps(told).encode()


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document that holds a value."""
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inside:
        yield told, key
        yield from _places(value)
