"""Proofs that a delivery came from who it says: HMACs over several keys, secret headers, Standard Webhooks.

    headers + raw bytes + every key we hold -> nothing (it is authentic) or NotAuthentic with one sentence

Every key is tried and every comparison takes the same time, so neither the newest nor the previous key can be told
from the time an answer takes, nor how much of a signature was right. A rotation needs nothing else: the new key is
put first, the old one stays until the platform has changed over.

Standard Webhooks sign `id.seconds.body` with HMAC-SHA256. `webhook-signature` holds one or more `v1,<base64>` parted
by spaces; a secret is `whsec_<base64 of the key>` or plain text. The signed time makes replays useless: a delivery is
taken within five minutes of it, either way. No sentence here repeats a secret or a signature.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Literal

from dashboard.channels.adapter import Delivery, NotAuthentic, Secrets

SECOND = 1_000_000
WINDOW = 5 * 60 * SECOND
"""How far the time a delivery was signed at may lie from ours, either way."""
SIGNATURES_MAX = 16
"""More signatures than this in one header are not looked at."""
_ID = re.compile(r"[!-~]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def keys_of(channel: str, secrets: Secrets) -> tuple[bytes, ...]:
    """The signing keys as bytes, newest first; raises NotAuthentic when there is none."""
    keys = tuple(secret.encode() for secret in secrets.signing if secret)
    if not keys:
        variable = "WARROOM_SECRET_" + re.sub(r"[^A-Z0-9]", "_", channel.upper())
        raise NotAuthentic(f"No signing secret is set for {channel}; set {variable}.")
    return keys


def equals_any(given: bytes, expected: Iterable[bytes]) -> bool:
    """Tell whether the given bytes equal any of the expected, in the same time whichever it is."""
    found = 0
    for one in expected:
        found |= hmac.compare_digest(given, one)
    return bool(found)


def hmac_sha256(key: bytes, *parts: bytes) -> bytes:
    """The 32 bytes of HMAC-SHA256 over the parts, one after the other."""
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(part)
    return digest.digest()


def check_hmac(
    channel: str, secrets: Secrets, given: str, parts: Iterable[bytes], written: Literal["hex", "base64"] = "base64"
) -> None:
    """Raise NotAuthentic unless `given` is HMAC-SHA256 of the parts under a key we hold, written as told."""
    if not given:
        raise NotAuthentic(f"The delivery to {channel} carries no signature.")
    message = b"".join(parts)
    digests = [hmac_sha256(key, message) for key in keys_of(channel, secrets)]
    expected = [digest.hex().encode() if written == "hex" else base64.b64encode(digest) for digest in digests]
    said = given.strip().lower() if written == "hex" else given.strip()
    if not equals_any(said.encode("utf-8", "backslashreplace"), expected):
        raise NotAuthentic(f"The signature does not fit the body under any secret of {channel}.")


def check_secret_header(channel: str, secrets: Secrets, given: str) -> None:
    """Raise NotAuthentic unless `given` is one of the secrets themselves."""
    keys = keys_of(channel, secrets)
    if not equals_any(given.encode("utf-8", "backslashreplace"), keys):
        raise NotAuthentic(f"The secret header is none of the secrets of {channel}.")


def standard_key(secret: str) -> bytes:
    """The key a Standard Webhooks secret stands for; raises NotAuthentic when `whsec_` is not followed by base64."""
    if not secret.startswith("whsec_"):
        return secret.encode()
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
    digest = hmac_sha256(standard_key(secret), f"{identity}.{seconds}.".encode(), body)
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
    signatures = [one[3:].encode("utf-8", "backslashreplace") for one in given.split() if one.startswith("v1,")]
    if not signatures:
        raise NotAuthentic("The header webhook-signature is missing or holds no v1 signature; it takes v1,<base64>.")
    prefix = f"{identity}.{stamp}.".encode()
    expected = [base64.b64encode(hmac_sha256(key, prefix, delivery.body)) for key in keys]
    fits = [equals_any(one, expected) for one in signatures[:SIGNATURES_MAX]]
    if not any(fits):
        raise NotAuthentic(f"The signature does not fit the delivery under any secret of {channel}.")
    if abs(delivery.at - int(stamp) * SECOND) > WINDOW:
        raise NotAuthentic("The delivery was signed more than 5 minutes from now; sign it again when it is sent again.")
