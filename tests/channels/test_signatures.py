"""Signatures: the published vectors fit, any key of a rotation fits, and nothing else does, however near it comes."""

import base64
import hashlib
import hmac
from collections.abc import Iterator

import pytest

from dashboard.channels.adapter import Delivery, NotAuthentic, Secrets
from dashboard.channels.signatures import (
    SECOND,
    SIGNATURES_MAX,
    check_hmac,
    check_secret_header,
    check_standard,
    equals_any,
    sign_standard,
    standard_key,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
IDENTITY = "msg_p5jXN8AQM9LWM0D4loKWxJek"
STAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": IDENTITY, "webhook-timestamp": str(STAMP), "webhook-signature": SIGNATURE}


def check(
    secrets: tuple[str, ...] = (SECRET,), body: bytes = BODY, at: int = STAMP * SECOND, **changed: str | None
) -> None:
    headers: dict[str, str] = dict(HEADERS)
    for name, value in changed.items():
        headers.pop(f"webhook-{name}")
        if value is not None:
            headers[f"webhook-{name}"] = value
    check_standard("shop-us", Secrets(secrets), Delivery(headers, body, at))


def test_the_published_vector_of_standard_webhooks_is_signed_and_read() -> None:
    assert sign_standard(SECRET, IDENTITY, STAMP, BODY) == HEADERS
    check()


def test_one_fitting_signature_among_several_is_enough() -> None:
    check(signature=f"v1,AAAA v2,nonsense {SIGNATURE} v1a,xyz")


@pytest.mark.parametrize("secrets", [(SECRET, "old"), ("new", SECRET), ("whsec_***", SECRET), ("", SECRET)])
def test_every_key_of_a_rotation_is_tried(secrets: tuple[str, ...]) -> None:
    check(secrets)


def test_a_plain_secret_is_its_own_key() -> None:
    headers = sign_standard("plain words", "id-1", 1000, b"body")
    digest = hmac.new(b"plain words", b"id-1.1000.body", hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"id": None}, "webhook-id"),
        ({"id": ""}, "webhook-id"),
        ({"id": "a b"}, "webhook-id"),
        ({"id": "x" * 201}, "webhook-id"),
        ({"id": "another"}, "does not fit"),
        ({"timestamp": None}, "webhook-timestamp"),
        ({"timestamp": "soon"}, "webhook-timestamp"),
        ({"timestamp": "-5"}, "webhook-timestamp"),
        ({"timestamp": "9" * 400}, "webhook-timestamp"),
        ({"timestamp": "１６１４２６５３３０"}, "webhook-timestamp"),
        ({"timestamp": str(STAMP + 1)}, "does not fit"),
        ({"signature": None}, "webhook-signature"),
        ({"signature": ""}, "webhook-signature"),
        ({"signature": SIGNATURE[3:]}, "webhook-signature"),
        ({"signature": SIGNATURE.replace("v1", "v2")}, "webhook-signature"),
        ({"signature": SIGNATURE[:-1]}, "does not fit"),
        ({"signature": SIGNATURE.replace("OE=", "OF=")}, "does not fit"),
        ({"signature": "v1,\udcff\u1234"}, "does not fit"),
        ({"signature": "v1,AA " * SIGNATURES_MAX + SIGNATURE}, "does not fit"),
    ],
)
def test_a_header_that_is_missing_or_bent_is_refused(changed: dict[str, str | None], word: str) -> None:
    with pytest.raises(NotAuthentic, match=word):
        check(**changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", range(len(BODY)))
def test_one_tampered_byte_is_refused(place: int) -> None:
    body = bytearray(BODY)
    body[place] ^= 1
    with pytest.raises(NotAuthentic, match="does not fit"):
        check(body=bytes(body))


@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (299, True), (-300, True), (301, False), (-301, False)])
def test_a_signed_body_counts_for_five_minutes_either_way(seconds: int, fits: bool) -> None:
    at = (STAMP + seconds) * SECOND
    if fits:
        check(at=at)
    else:
        with pytest.raises(NotAuthentic, match="5 minutes"):
            check(at=at)


def test_without_a_key_the_sentence_names_the_variable() -> None:
    with pytest.raises(NotAuthentic, match=r"^No signing secret is set for shop-us; set WARROOM_SECRET_SHOP_US\.$"):
        check(())


@pytest.mark.parametrize("secret", ["whsec_", "whsec_***", "whsec_é"])
def test_a_broken_secret_is_told_without_being_shown(secret: str) -> None:
    with pytest.raises(NotAuthentic, match="must be base64") as problem:
        check((secret,))
    assert "***" not in str(problem.value)
    with pytest.raises(NotAuthentic):
        standard_key(secret)


@pytest.mark.parametrize("written", ["hex", "base64"])
def test_a_plain_hmac_fits_under_either_key_and_no_other(written: str) -> None:
    digest = hmac.new(b"old", b"appbody", hashlib.sha256).digest()
    given = digest.hex().upper() if written == "hex" else base64.b64encode(digest).decode()

    def check_it(given: str, *keys: str) -> None:
        told = Delivery({"sign": given}, b"body", 0)
        check_hmac("c", Secrets(keys), told, "sign", b"app" + told.body, written)  # type: ignore[arg-type]

    check_it(given, "new", "old")
    for wrong in (given[:-2], given + "A", "é", "\ud800"):
        with pytest.raises(NotAuthentic, match="does not fit"):
            check_it(wrong, "new", "old")
    with pytest.raises(NotAuthentic, match="sign is missing"):
        check_it(" ", "new", "old")
    with pytest.raises(NotAuthentic, match="does not fit"):
        check_it(given, "new")
    with pytest.raises(NotAuthentic, match="No signing secret"):
        check_it(given, "")


def test_a_secret_header_is_compared_with_every_secret() -> None:
    check_secret_header("c", Secrets(("new", "old")), "old")
    for wrong in ("", "ol", "older", "OLD", "\ud800"):
        with pytest.raises(NotAuthentic, match="none of the secrets"):
            check_secret_header("c", Secrets(("new", "old")), wrong)


def test_equality_with_any_looks_at_all_of_them() -> None:
    looked: list[bytes] = []

    def expected() -> Iterator[bytes]:
        for one in (b"a", b"b", b"c"):
            looked.append(one)
            yield one

    assert equals_any(b"a", expected())
    assert looked == [b"a", b"b", b"c"]


def test_no_refusal_repeats_a_secret_or_a_signature() -> None:
    for changed in ({"signature": "v1,c2VjcmV0"}, {"timestamp": "secret-stamp"}, {"id": "\nsecret"}):
        with pytest.raises(NotAuthentic) as problem:
            check(**changed)  # type: ignore[arg-type]
        assert not any(word in str(problem.value) for word in (SECRET, "c2VjcmV0", "secret-stamp", SIGNATURE))
