"""What shops' JSON is made of, in our words: signatures, ids, units, money and times, each with what can be wrong.

    header, raw body, keys -> check_base64_hmac           "12.50", "USD" -> minor -> 1250
    bytes -> decode_as(Record)                            "2020-03-27T13:01:19-04:00" -> moment -> microseconds

A body is decoded once, into a record that names the fields we use; what does not fit it is an `Unreadable` that names
the field and what was found instead of it, never its value. Ids come as numbers or texts and leave as texts, exact
beyond 2^53; money is read as exact decimals and rounded once, to the currency's own minor unit; a time without an
offset is read in the zone its caller names. Everything here is a function of its arguments.
"""

import base64
import hmac
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from email.utils import parsedate_to_datetime
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec
from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Account, Delivery, NotAuthentic, Pushed, Response, Secrets, Unreadable
from dashboard.decision.world import UnitLine

Id = int | str
Record = TypeVar("Record")
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Level = Annotated[int, msgspec.Meta(ge=-1_000_000_000, le=1_000_000_000)]
"""A counter; an oversold one stands below zero."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENT_MAX = 250_000_000_000_000_000
MINOR_MAX = 10**15
ID_LENGTH_MAX = 200
WAIT_SECONDS_MAX = 3600.0
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_AT = re.compile(r"(?P<what>.*) - at `(?:key in )?\$\.?(?P<field>.*)`", re.DOTALL)


def check_base64_hmac(account: Account, secrets: Secrets, delivery: Delivery, header: str) -> None:
    """Raise NotAuthentic unless a header holds the base64 HMAC-SHA256 of the raw body by one of our keys."""
    keys = [key for key in secrets.signing if key]
    if not keys:
        variable = re.sub(r"[^A-Z0-9]", "_", account.channel.upper())
        raise NotAuthentic(f"No signing secret is set for {account.channel}; set WARROOM_SECRET_{variable}.")
    given = delivery.headers.get(header, "").strip().encode("utf-8", "replace")
    if not given:
        raise NotAuthentic(f"The header {header} is missing; the platform signs every delivery.")
    genuine = False
    for key in keys:
        digest = hmac.digest(key.encode("utf-8", "surrogatepass"), delivery.body, "sha256")
        # Every key is tried, so that the time taken does not tell which one fits.
        genuine |= hmac.compare_digest(base64.b64encode(digest), given)
    if not genuine:
        raise NotAuthentic(f"The signature in {header} does not fit the body; compare the secret with the platform's.")


def decode_as(kind: type[Record]) -> Callable[[bytes], Record]:
    """A decoder of one record from JSON, which raises Unreadable whatever the bytes are."""
    decode = msgspec.json.Decoder(kind).decode

    def read(raw: bytes) -> Record:
        try:
            return decode(raw)
        except UnicodeDecodeError:
            raise Unreadable("The body is not UTF-8 text; send JSON in UTF-8.") from None
        except RecursionError:
            raise Unreadable("The body is nested too deeply; an order is a few levels deep.") from None
        except (msgspec.DecodeError, ValueError, OverflowError) as problem:
            raise Unreadable(_plain(problem)) from None

    return read


def _plain(problem: Exception) -> str:
    """A decoder's complaint as one sentence about a field; only names we gave ourselves stand in it."""
    match = _AT.fullmatch(str(problem))
    if match:
        what = match["what"].replace("`", "")
        return f"{_short(match['field']) or 'The body'}: {what[:1].lower()}{what[1:]}."
    if isinstance(problem, msgspec.ValidationError):
        return f"{str(problem).replace('`', '')}."
    return "The body is not well-formed JSON; it may have been cut off."


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def shown(text: str) -> str:
    """A value as a sentence may show it: at most 40 characters, none of them a control character."""
    return ascii(text[:38])[:40]


def identity(value: Id | None, name: str) -> str:
    """An id as text, empty if there is none; raises Unreadable for one that nobody could have given out."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    if len(text) > ID_LENGTH_MAX:
        raise Unreadable(f"{name} is {len(text)} characters long; an id has at most {ID_LENGTH_MAX}.")
    if _UNSPEAKABLE.search(text):
        raise Unreadable(f"{name} holds a control character; an id is plain text.")
    return text.strip()


def number_id(value: Id | None, name: str) -> str:
    """An id that is a positive whole number on this platform, as text; raises Unreadable for anything else."""
    text = identity(value, name)
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise Unreadable(f"{name} is {shown(text)}; it should be a positive whole number.")
    return text


@lru_cache(maxsize=512)
def _digits(currency: str) -> int:
    return get_currency_precision(currency)


def currency_code(value: str | None, default: str) -> str:
    """An ISO 4217 code in capitals, the account's own if the body names none; raises Unreadable."""
    if not value:
        return default
    if not _CURRENCY.fullmatch(value):
        raise Unreadable(f"currency is {shown(value)}; it should be three capital letters like USD.")
    return value


def country_code(value: str | None, name: str) -> str:
    """A two-letter country in capitals, empty if there is none; raises Unreadable."""
    if not value:
        return ""
    if not _COUNTRY.fullmatch(value):
        raise Unreadable(f"{name} is {shown(value)}; it should be two letters like US.")
    return value.upper()


def minor(amount: Decimal, currency: str, name: str) -> int:
    """A price in minor units of its currency, rounded half to even; raises Unreadable below zero and beyond 10^15."""
    digits = _digits(currency)
    if not amount.is_finite() or amount < 0:
        raise Unreadable(f"{name} is no price; it should be zero or more.")
    if amount.adjusted() + digits >= 15:
        raise Unreadable(f"{name} is more than {MINOR_MAX} minor units; no unit costs that much.")
    if amount.adjusted() < -20:
        return 0
    return int(amount.scaleb(digits).quantize(Decimal(1), ROUND_HALF_EVEN))


def unit_price(price: Decimal | None, discounts: Iterable[Decimal], quantity: int, currency: str) -> int | None:
    """The price of one unit after its line's discounts, in minor units, None if no price is told; raises Unreadable."""
    if price is None or not quantity:
        return None
    full = minor(price, currency, "price") * quantity
    off = sum(minor(amount, currency, "the discount's amount") for amount in discounts)
    return max(0, round(Fraction(full - off, quantity)))


def moment(text: str | None, zone: tzinfo, name: str) -> int | None:
    """An ISO time as microseconds since 1970 UTC, None if there is none; raises Unreadable.

    A time without an offset is read in `zone`; one that its clocks showed twice is read as the first.
    """
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=zone)
        micros = (parsed - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} is {shown(text)}; it should be a time like 2026-11-22T20:10:00+00:00.") from None
    if not 0 <= micros <= MOMENT_MAX:
        raise Unreadable(f"{name} is {shown(text)}; it should lie between 1970 and 9892.")
    return micros


def written(micros: int) -> str:
    """A moment as platforms want it in queries: whole seconds, UTC, no offset."""
    return (EPOCH + timedelta(seconds=micros // 1_000_000)).strftime("%Y-%m-%dT%H:%M:%S")


def answered_at(response: Response) -> int | None:
    """The platform's clock when it answered, from its `date` header; None if it does not say."""
    try:
        parsed = parsedate_to_datetime(response.headers.get("date", ""))
        return (parsed.replace(tzinfo=parsed.tzinfo or UTC) - EPOCH) // MICROSECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def wait_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the platform asks us to wait, from `retry-after` in seconds; None if it does not say."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(seconds, WAIT_SECONDS_MAX) if math.isfinite(seconds) and seconds >= 0 else None


def not_done(channel: str, response: Response) -> Pushed | None:
    """What an HTTP status alone says of a push; None when the body has to say it."""
    status = response.status
    if 200 <= status < 300:
        return None
    if status == 429:
        return Pushed(
            "throttled", retry_after_seconds=wait_seconds(response.headers), sentence=status_sentence(channel, status)
        )
    outcome = status >= 500 or status in (408, 409)
    return Pushed("unknown" if outcome else "refused", sentence=status_sentence(channel, status))


def status_sentence(channel: str, status: int) -> str:
    """One sentence on an answer that is no success."""
    advice = {
        401: "it does not know the token; set it anew",
        403: "the token may not do this; give it the right to",
        404: "it does not know what was asked for; compare the listings",
        429: "the rate limit is reached; ask again later",
    }.get(status, "it failed; ask again later" if status >= 500 else "it refused the call")
    return f"{channel} answered {status}: {advice}."


def together(units: Iterable[tuple[str, int]]) -> tuple[UnitLine, ...]:
    """Units by SKU, one line a SKU in order of appearance; SKUs with none are left out."""
    sums: dict[str, int] = {}
    for sku, quantity in units:
        if quantity:
            sums[sku] = sums.get(sku, 0) + quantity
    return tuple(UnitLine(sku, quantity) for sku, quantity in sums.items())
