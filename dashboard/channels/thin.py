"""Reading what thin platforms write: a webhook that names an order, answers that wrap everything in an envelope.

    raw bytes -> typed record (msgspec) -> ids as text, seconds as microseconds, amounts as minor units

TikTok Shop and Shopee write the same kinds of words: ids far above 2^53, as numbers or as text; whole seconds; prices
as text or as numbers with a decimal point; hex HMAC-SHA256 in the `authorization` header. What is not such a word is
Unreadable, and the sentence names the field. Nothing here knows a platform, a clock or the network.
"""

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TypeVar

import msgspec
from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Account, NotAuthentic, Response, Secrets, Unreadable, platform_time

T = TypeVar("T")
Word = str | int
"""An id, a time or a number, which platforms write either way."""
SECOND = 1_000_000
UNITS_MAX = 1_000_000_000
_MINOR_MAX = 10**15
_SECONDS_MAX = 250_000_000_000
_SECONDS_WAIT_MAX = 86_400.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_hex(account: Account, secrets: Secrets, given: str, message: bytes) -> None:
    """Raise NotAuthentic unless `given` is the hex HMAC-SHA256 of the message under one of the signing keys."""
    keys = [key for key in secrets.signing if key]
    if not keys:
        variable = "WARROOM_SECRET_" + account.channel.upper().replace("-", "_")
        raise NotAuthentic(f"No signing secret is set for {account.channel}; set {variable}.")
    if not given:
        raise NotAuthentic("The authorization header is missing; it carries the signature of the body.")
    claimed = given.strip().lower().encode("utf-8", "replace")
    matches = 0
    for key in keys:
        # Every key is tried whatever the first one says, so that time tells nothing about which one is in use.
        matches += hmac.compare_digest(_hex(key, message).encode(), claimed)
    if not matches:
        raise NotAuthentic(f"The authorization header does not sign this body for {account.channel}.")


def sign(account: Account, secrets: Secrets, message: bytes) -> str:
    """The hex HMAC-SHA256 of a call under the newest signing key; raises Unreadable when there is none."""
    return _hex(newest_key(account, secrets), message)


def newest_key(account: Account, secrets: Secrets) -> str:
    """The newest signing key; raises Unreadable when there is none."""
    key = next((key for key in secrets.signing if key), "")
    if not key:
        raise Unreadable(f"No signing secret is set for {account.channel}; calls to it cannot be signed.")
    return key


def _hex(key: str, message: bytes) -> str:
    return hmac.digest(key.encode("utf-8", "surrogateescape"), message, "sha256").hex()


def named(account: Account, name: str) -> str:
    """One of the account's own ids; raises Unreadable when it is not set."""
    value = account.names.get(name, "")
    if not value:
        raise Unreadable(f"{account.channel} has no {name}; add it under [channels.{account.channel}.names].")
    return value


def sold_by(account: Account, shop: str) -> str | None:
    """The other channel a shop's orders count for, empty if it is the account's own shop, None if it is nobody's."""
    own = account.names.get("shop_id", "")
    if not shop or not own or shop == own:
        return ""
    return account.sources.get(shop)


def decoded(decode: Callable[[bytes | msgspec.Raw], T], raw: bytes | msgspec.Raw, what: str) -> T:
    """A typed record of JSON; raises Unreadable for whatever else the bytes are."""
    try:
        return decode(raw)
    except msgspec.ValidationError as problem:
        raise Unreadable(f"The {what} is not as documented: {problem}.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"The {what} is no JSON that can be read; it must be one object in UTF-8.") from None


def identifier(value: Word, field: str) -> str:
    """An id as text: up to 100 letters, digits and `_.:-`; raises Unreadable."""
    text = value if isinstance(value, str) else str(value)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{field} is no id; it must be letters and digits, at most 100 of them.")
    return text


def plain(value: str) -> str:
    """A word somebody typed, such as a seller's code, without blanks around it; empty when it cannot be kept."""
    text = value.strip()
    return text if len(text) <= 200 and text.isprintable() else ""


def whole(value: Word, field: str, least: int = 0, most: int = UNITS_MAX) -> int:
    """A whole number within bounds, written as a number or as text; raises Unreadable."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= 20):
            raise Unreadable(f"{field} is no whole number; it must be one between {least} and {most}.")
        value = int(value)
    if not least <= value <= most:
        raise Unreadable(f"{field} is out of range; it must be between {least} and {most}.")
    return value


def micros(value: Word | None, field: str) -> int | None:
    """Whole seconds since 1970 UTC as microseconds; absent, null and 0 mean the platform does not say (None)."""
    if value is None or value in {"", 0}:
        return None
    return whole(value, field, 0, _SECONDS_MAX) * SECOND or None


def minor(amount: Decimal | None, currency: str, field: str) -> int | None:
    """An amount in currency units as minor units of that currency; None when either is not told; raises Unreadable."""
    if amount is None or not _CURRENCY.fullmatch(currency):
        return None
    if not amount.is_finite() or not 0 <= amount <= _MINOR_MAX:
        raise Unreadable(f"{field} is no price; it must be an amount of {currency} that is not below zero.")
    exact = amount.scaleb(_digits(currency)).quantize(Decimal(1), ROUND_HALF_EVEN)
    if exact > _MINOR_MAX:
        raise Unreadable(f"{field} is larger than any price can be.")
    return int(exact)


@lru_cache(maxsize=256)
def _digits(currency: str) -> int:
    return get_currency_precision(currency)


def answered(channel: str, response: Response) -> None:
    """Raise Unreadable when the platform had no time for the call, or failed over it."""
    if response.status == 429:
        raise Unreadable(f"{channel} is over its rate limit; ask again later.")
    if response.status >= 500:
        raise Unreadable(f"{channel} answered {response.status}; ask again later.")


def stamped(response: Response) -> int | None:
    """The platform's clock when it answered, in microseconds; None if it does not say or says nonsense."""
    text = platform_time(response)
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    seconds = int((at - _EPOCH).total_seconds())
    return seconds * SECOND if seconds > 0 else None


def retry_after(response: Response) -> float | None:
    """Seconds the platform asks us to wait, None if it does not say."""
    text = response.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _SECONDS_WAIT_MAX else None
