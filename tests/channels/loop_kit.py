"""A pretended storefront and its adapter facing each other, and bodies bent at random."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from dashboard.channels.adapter import Account, Adapter, Delivery, PushKind, Read, Secrets, Unreadable
from dashboard.channels.sandbox.platform import Platform, Speech, Webhook

NOW = 1_772_395_200_000_000
"""2026-03-01T20:00:00Z."""
SECRETS = Secrets(("whsec_bmV3ZXN0LWtleQ==", "whsec_b2xkZXItb25l"), "token-of-the-test")
SKUS = ("HALO-ROSE", "HALO-JADE", "HALO-INK")
WILD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e30, 2**53 + 1, 10**300, "", " ", "\x00", "a\nb", "9" * 400, "12", "1e5", [], {}, [1], [{}],
    {"a": []}, "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "1969-01-01T00:00:00Z", "０１２", 0.5, -0.0,
)  # fmt: skip


def storefront(
    speech: Speech, adapter: type[Adapter], platform: str, push: PushKind | None = None, **limits: int
) -> tuple[Platform, Adapter]:
    """A storefront listing three SKUs, ten units each, and the adapter of its account."""
    capability = msgspec.structs.replace(adapter.capability, **limits, **({"push": push} if push else {}))
    channel = f"{platform}-us"
    account = Account(
        channel,
        platform,
        capability,
        "https://shop.example.com",
        currency="USD",
        names=speech.names(channel),
        listings={sku: speech.listing(channel, sku) for sku in SKUS},
    )
    pretended = Platform(account, SECRETS, speech)
    for sku in SKUS:
        pretended.stock[sku] = 10
    return pretended, adapter(account, SECRETS)


def delivered(webhook: Webhook, at: int = NOW) -> Delivery:
    """A webhook as it arrives."""
    return Delivery(dict(webhook.headers), webhook.body, at)


def heard(platform: Platform, adapter: Adapter, at: int = NOW) -> Read:
    """The oldest webhook of the outbox, checked and read."""
    delivery = delivered(platform.outbox.popleft(), at)
    adapter.check(delivery)
    return adapter.read(delivery)


def complaint(call: Callable[[], object]) -> str:
    """The sentence of an Unreadable, empty when all went well; anything else raised is passed on."""
    try:
        call()
    except Unreadable as problem:
        return str(problem)
    return ""


def mutations(sample: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Bodies near a good one: values, keys and bytes replaced at random."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 4 == 3:
            raw = bytearray(sample)
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(len(raw))
                raw[place : place + chance.randint(0, 3)] = bytes(
                    chance.randrange(256) for _ in range(chance.randint(0, 3))
                )
            yield bytes(raw)
            continue
        body = json.loads(sample)
        for _ in range(chance.randint(1, 3)):
            holder, key = chance.choice([*_places(body), ({}, "")])
            if isinstance(holder, dict) and chance.random() < 0.2:
                holder.pop(key, None)
            elif isinstance(holder, dict) and chance.random() < 0.1:
                holder[f"{key}x"] = holder.pop(key, None)
            else:
                holder[key] = copy.deepcopy(chance.choice(WILD))
        yield json.dumps(body).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in list(pairs):
        yield value, key
        yield from _places(inside)
