"""Proofs that a delivery came from who it says, and of our own calls: HMACs over several keys, Standard Webhooks.

    headers + raw bytes + every key we hold -> nothing (it is authentic) or NotAuthentic with one sentence
    a call + the newest key                 -> its signature, or Unreadable where there is none

Every key is tried and every comparison takes the same time, so neither the newest nor the previous key can be told
from the time an answer takes, nor how much of a signature was right. A rotation needs nothing else: the new key is
put first, the old one stays until the platform has changed over.

Standard Webhooks sign `id.seconds.body` with HMAC-SHA256. `webhook-signature` holds one or more `v1,<base64>` parted
by spaces; a secret is `whsec_<base64 of the key>` or plain text. The signed time makes replays useless: a delivery is
taken within five minutes of it, either way. No sentence here repeats a secret or a signature.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable
from typing import Literal

from dashboard.channels.adapter import Delivery, NotAuthentic, Secrets, Unreadable

SECOND = 1_000_000
WINDOW = 5 * 60 * SECOND
"""How far the time a delivery was signed at may lie from ours, either way."""
SIGNATURES_MAX = 16
"""More signatures than this in one header are not looked at."""
_ID = re.compile(r"[!-~]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def variable_of(channel: str, kind: str = "SECRET") -> str:
    """The environment variable that holds one of a channel's secrets: kind SECRET, PREVIOUS_SECRET or TOKEN."""
    return f"WARROOM_{kind}_{re.sub(r'[^A-Z0-9]', '_', channel.upper())}"


def bytes_of(text: str) -> bytes:
    """A secret or a header as the bytes it was, whatever it holds: what the environment had that is no UTF-8 too."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _no_key(channel: str) -> str:
    return f"No signing secret is set for {channel}; set {variable_of(channel)}."


def keys_of(channel: str, secrets: Secrets) -> tuple[bytes, ...]:
    """The signing keys as bytes, newest first; raises NotAuthentic when there is none."""
    keys = tuple(bytes_of(secret) for secret in secrets.signing if secret)
    if not keys:
        raise NotAuthentic(_no_key(channel))
    return keys


def newest_secret(channel: str, secrets: Secrets) -> str:
    """The secret our own calls are signed with; raises Unreadable when there is none."""
    secret = next((secret for secret in secrets.signing if secret), "")
    if not secret:
        raise Unreadable(_no_key(channel))
    return secret


def equals_any(given: bytes, expected: Iterable[bytes]) -> bool:
    """Tell whether the given bytes equal any of the expected, in the same time whichever it is."""
    found = 0
    for one in expected:
        found |= hmac.compare_digest(given, one)
    return bool(found)


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """The 32 bytes of HMAC-SHA256."""
    return hmac.digest(key, message, "sha256")


def check_hmac(
    channel: str,
    secrets: Secrets,
    delivery: Delivery,
    header: str,
    message: bytes,
    written: Literal["hex", "base64"] = "base64",
) -> None:
    """Raise NotAuthentic unless a header holds HMAC-SHA256 of the message under a key we hold, written as told."""
    keys = keys_of(channel, secrets)
    given = delivery.headers.get(header, "").strip()
    if not given:
        raise NotAuthentic(f"The header {header} is missing; the platform signs every delivery.")
    digests = [hmac_sha256(key, message) for key in keys]
    if written == "hex":
        fits = equals_any(bytes_of(given.lower()), [digest.hex().encode() for digest in digests])
    else:
        fits = equals_any(bytes_of(given), map(base64.b64encode, digests))
    if not fits:
        raise NotAuthentic(f"The signature in {header} does not fit the body under any secret of {channel}.")


def check_secret_header(channel: str, secrets: Secrets, given: str) -> None:
    """Raise NotAuthentic unless `given` is one of the secrets themselves."""
    keys = keys_of(channel, secrets)
    if not equals_any(bytes_of(given), keys):
        raise NotAuthentic(f"The secret header is none of the secrets of {channel}.")


def standard_key(secret: str) -> bytes:
    """The key a Standard Webhooks secret stands for; raises NotAuthentic when `whsec_` is not followed by base64."""
    if not secret.startswith("whsec_"):
        return bytes_of(secret)
    try:
        key = base64.b64decode(secret[6:], validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise NotAuthentic("A secret begins with whsec_, what follows must be base64.")
    return key


def _standard_keys(channel: str, secrets: Secrets) -> list[bytes]:
    """Every key that can be read; a broken previous secret does not lock the newest one out."""
    keys_of(channel, secrets)
    keys, problems = [], []
    for secret in filter(None, secrets.signing):
        try:
            keys.append(standard_key(secret))
        except NotAuthentic as problem:
            problems.append(problem)
    if not keys:
        raise problems[0]
    return keys


def sign_standard(secret: str, identity: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery signed at a time in whole seconds since 1970."""
    digest = hmac_sha256(standard_key(secret), f"{identity}.{seconds}.".encode() + body)
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def check_standard(channel: str, secrets: Secrets, delivery: Delivery) -> None:
    """Raise NotAuthentic unless a key we hold signed the delivery by Standard Webhooks within the window."""
    identity, stamp, given = (
        delivery.headers.get(f"webhook-{name}", "").strip() for name in ("id", "timestamp", "signature")
    )
    keys = _standard_keys(channel, secrets)
    if not _ID.fullmatch(identity):
        raise NotAuthentic("The header webhook-id is missing or no id; it takes 1 to 200 visible ASCII characters.")
    if not _SECONDS.fullmatch(stamp):
        raise NotAuthentic("The header webhook-timestamp is missing or no time; it takes whole seconds since 1970.")
    signatures = [bytes_of(one[3:]) for one in given.split() if one.startswith("v1,")]
    if not signatures:
        raise NotAuthentic("The header webhook-signature is missing or holds no v1 signature; it takes v1,<base64>.")
    message = f"{identity}.{stamp}.".encode() + delivery.body
    expected = [base64.b64encode(hmac_sha256(key, message)) for key in keys]
    fits = [equals_any(one, expected) for one in signatures[:SIGNATURES_MAX]]
    if not any(fits):
        raise NotAuthentic(f"The signature does not fit the delivery under any secret of {channel}.")
    if abs(delivery.at - int(stamp) * SECOND) > WINDOW:
        raise NotAuthentic("The delivery was signed more than 5 minutes from now; sign it again when it is sent again.")
