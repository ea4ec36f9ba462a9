"""A pretended storefront and its adapter facing each other."""

from collections.abc import Callable

import msgspec

from dashboard.channels.adapter import Account, Adapter, Delivery, PushKind, Read, Secrets, Unreadable
from dashboard.channels.sandbox.platform import Platform, Speech, Webhook

NOW = 1_772_395_200_000_000
"""2026-03-01T20:00:00Z."""
SECRETS = Secrets(("whsec_bmV3ZXN0LWtleQ==", "whsec_b2xkZXItb25l"), "token-of-the-test")
SKUS = ("HALO-ROSE", "HALO-JADE", "HALO-INK")


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
