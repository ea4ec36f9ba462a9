"""Whatever is posted to a storefront: no fault of the program, no unit moved, every refusal with its reason.

Real webhooks of every platform, as the sandbox's own side of it signs them, are bent at random and posted to the real
route in two ways: badly signed, which must be refused whatever the body says; and signed by the right key, as if the
platform itself had gone mad. Half of the channels belong to the open show, which sells none of what the bodies name,
the others to no show. WARROOM_FUZZ_BODIES sets how many.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette

from dashboard import server
from dashboard.channels.adapter import Adapter
from dashboard.channels.adapters import PLATFORMS
from dashboard.channels.inbox import Inbox
from dashboard.channels.sandbox.speeches import SPEECHES
from dashboard.channels.signatures import sign_standard
from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.channels import loop_kit
from tests.channels.mutations import mutations

BODIES = int(os.environ.get("WARROOM_FUZZ_BODIES", "3000"))
NOW = loop_kit.NOW
SECOND = 1_000_000
KEY, TOKEN = loop_kit.SECRETS.signing[0], loop_kit.SECRETS.token
TOGETHER = 64
NAMES = ("shopify", "tiktok_shop", "shopee", "amazon", "woocommerce", "generic")

Headers = dict[str, str]
Posted = tuple[str, Headers, bytes, bool]
"""Channel, headers, body, and whether the signature is right."""


def digest(*parts: bytes) -> bytes:
    return hmac.new(KEY.encode(), b"".join(parts), hashlib.sha256).digest()


def app_key(adapter: Adapter) -> bytes:
    return adapter.account.names.get("app_key", "").encode()


SIGN: dict[str, Callable[[Adapter, bytes, int], Headers]] = {
    "shopify": lambda one, body, at: {"x-shopify-hmac-sha256": base64.b64encode(digest(body)).decode()},
    "woocommerce": lambda one, body, at: {"x-wc-webhook-signature": base64.b64encode(digest(body)).decode()},
    "tiktok_shop": lambda one, body, at: {"authorization": digest(app_key(one), body).hex()},
    "shopee": lambda one, body, at: {"authorization": digest(one.account.callback_url.encode(), b"|", body).hex()},
    "amazon": lambda one, body, at: {"authorization": f"Bearer {KEY}"},
    "generic": lambda one, body, at: sign_standard(KEY, f"msg_{at}", NOW // SECOND, body),
}
"""How each platform signs, written down once more."""


class Storefront:
    """One platform: its adapter, and real webhooks of an order and its cancellation to bend."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        pretended, self.adapter = loop_kit.storefront(SPEECHES[platform], PLATFORMS[platform], platform)
        if platform == "shopee":
            account = self.adapter.account
            changed = {name: getattr(account, name) for name in account.__dataclass_fields__}
            self.adapter = type(self.adapter)(
                type(account)(**changed | {"callback_url": "https://war.example/channels/shopee"}), self.adapter.secrets
            )
        order = pretended.buy([c.OrderLine(loop_kit.SKUS[0], 2), c.OrderLine(loop_kit.SKUS[1], 1)], NOW, "US", "USD")
        assert order
        pretended.cancel(order, NOW, loop_kit.SKUS[0], 1)
        pretended.cancel(order, NOW)
        self.samples = [(dict(one.headers), one.body) for one in pretended.outbox]

    def signed(self, headers: Headers, body: bytes, number: int) -> Headers:
        """The headers of a delivery that is rightly signed."""
        return headers | SIGN[self.platform](self.adapter, body, number)

    def bent(self, chance: random.Random) -> tuple[Headers, bytes]:
        """A webhook that is not what it was."""
        headers, body = chance.choice(self.samples)
        kind = chance.randrange(10)
        if kind == 0:
            body = chance.randbytes(chance.randrange(300))
        elif kind < 3:
            body = torn(body, chance)
        elif kind < 9:
            body = next(mutations(body, 1, chance.randrange(2**32)))
        headers = {name: value for name, value in headers.items() if chance.random() > 0.05}
        if chance.random() < 0.3 and headers:
            headers[chance.choice(list(headers))] = strange(chance)
        return headers, body


def torn(body: bytes, chance: random.Random) -> bytes:
    """A body cut, doubled, wrapped or begun in another way."""
    start, end = sorted(chance.sample(range(len(body) + 1), 2))
    begun = chance.choice(
        (b'{"data":1,', b"{{", b"[", b'{"code":3,"type":1,', b"{\x00", b'{"id":' + b"9" * 5000 + b",")
    )
    wholes = (body[:start] + body[end:], body + body, b"[" * 2000 + body, body.replace(b"{", begun, 1), body.upper())
    return chance.choice(wholes)


def strange(chance: random.Random) -> str:
    """A header's value nobody expects."""
    known = ("", "0", "-1", "9" * 400, "\x00", "é", "v1,", "v1,AAAA", "Bearer ", "orders/create", "null", "{}", " ")
    return chance.choice((*known, chance.randbytes(chance.randrange(40)).decode("latin-1")))


def spoiled(headers: Headers, chance: random.Random) -> Headers:
    """Headers whose proof is gone or wrong."""
    proofs = [
        name
        for name in headers
        if any(word in name for word in ("hmac", "signature", "authorization", "api-key", "timestamp"))
    ]
    result = dict(headers)
    for name in proofs:
        kind = chance.randrange(5)
        if kind == 0:
            result.pop(name)
        elif kind == 1:
            result[name] = strange(chance)
        elif kind == 2:
            result[name] = headers[name][:-3]
        elif kind == 3:
            result[name] = base64.b64encode(chance.randbytes(32)).decode()
        else:
            result[name] = chance.randbytes(32).hex()
    return result


def posted(storefronts: list[Storefront], count: int, seed: int) -> Iterator[Posted]:
    """So many deliveries, half of them rightly signed; the same for a seed."""
    chance = random.Random(seed)
    for number in range(count):
        one = storefronts[number % len(storefronts)]
        channel = f"{one.platform}-{'us' if chance.random() < 0.5 else 'moon'}"
        headers, body = one.bent(chance)
        headers = {name: f"{value}-{number}" if name.endswith("-id") else value for name, value in headers.items()}
        if chance.random() < 0.5:
            yield channel, one.signed(headers, body, number), body, True
        else:
            yield channel, spoiled(one.signed(headers, body, number), chance), body, False


async def ask(app: Starlette, channel: str, headers: Headers, body: bytes) -> tuple[int, dict[str, Any]]:
    """One request to the app; an exception in it is raised here."""
    told: list[Any] = []
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/channels/{channel}",
        "raw_path": f"/channels/{channel}".encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    return told[0]["status"], orjson.loads(told[1]["body"])


async def ask_all(app: Starlette, deliveries: Iterator[Posted], check: Callable[[Posted, int, Any], None]) -> None:
    """Post them, some at a time."""
    while some := [one for _, one in zip(range(TOGETHER), deliveries, strict=False)]:
        answers = await asyncio.gather(*(ask(app, channel, headers, body) for channel, headers, body, _ in some))
        for one, (status, told) in zip(some, answers, strict=True):
            check(one, status, told)


def open_room(path: Path) -> Room:
    """A show with every `-us` channel that sells a ring, which no webhook here names."""
    room = Room(Journal(path), clock=lambda: NOW)
    channels = tuple(c.Channel(f"{name}-us", name, "US") for name in NAMES)
    opening = c.OpenShow(
        id="open",
        show="spring",
        title="Spring",
        starts_at=NOW - SECOND,
        ends_at=NOW + 3_600 * SECOND,
        skus=(c.Sku("RING"),),
        locations=(c.Location("LA"),),
        regions=(c.Region("US"),),
        lanes=(c.Lane("LA", "US"),),
        channels=channels,
    )
    goods = c.ReceiveGoods(id="goods", show="spring", location="LA", sku="RING", quantity=10, pool="region/US")
    assert {answer.status for answer in room.handle([opening, goods], NOW)} == {"accepted"}
    room.start()
    return room


def books(room: Room) -> str:
    """Every balance of the show."""
    ledger = room.world["spring"].ledger
    return repr((ledger.claims, ledger.goods))


@pytest.mark.timeout(120 + BODIES // 20)
def test_no_fuzzed_delivery_moves_a_unit_and_each_refusal_has_its_reason(tmp_path: Path) -> None:
    room = open_room(tmp_path / "show.duckdb")
    storefronts = [Storefront(name) for name in NAMES]
    adapters = {f"{one.platform}-{place}": one.adapter for one in storefronts for place in ("us", "moon")}
    inbox = Inbox(room, adapters)
    app = Starlette(routes=server.routes(room, server.Clock(room), inbox))
    before, stock, found, known = room.seq, books(room), Counter[str](), 0

    def check(one: Posted, status: int, told: dict[str, Any]) -> None:
        nonlocal known
        channel, _, _, signed = one
        allowed = {200, 202, 400} if signed else {401}
        assert status in allowed, (one, status, told)
        found[f"{'signed' if signed else 'forged'} {status} {told['status']} {told.get('reason', '')}".strip()] += 1
        assert "program that reads this platform failed" not in told.get("sentence", ""), (one, told)
        assert KEY not in str(told)
        assert TOKEN not in str(told)
        if told["status"] != "accepted":
            assert told["reason"], (one, told)
            assert told["reason"] in ("order_exists", "delivery_seen", "empty") or told["sentence"], (one, told)
            assert len(told.get("sentence", "")) < 400
        if "order" in told and told["status"] == "accepted":
            assert channel.endswith("-us")
            known += 1
        known += told.get("reason") == "cancelled" and status == 200

    deliveries = posted(storefronts, BODIES, seed=BODIES)
    with ThreadPoolExecutor(1) as elsewhere:  # a browser test of the same run keeps an event loop in this thread
        elsewhere.submit(asyncio.run, ask_all(app, deliveries, check)).result()
    print(*(f"{count:>7,} {what}" for what, count in sorted(found.items())), sep="\n")  # noqa: T201 - shown by -rP
    happened = [stored.type for stored in room.journal.events(after=before)]
    assert set(happened) <= {"order_announced", "order_cancelled"}, "an order is known without lines, or no longer"
    assert len(happened) <= known
    assert books(room) == stock, "not a unit moved"
    assert found.total() == BODIES
    assert sum(count for what, count in found.items() if what.startswith("forged")) > BODIES // 3
    letters = inbox.letters(limit=BODIES)
    assert {letter["state"] for letter in letters} <= {"refused", "held", "settled"}
    for letter in (*letters[:50], *letters[-50:]):
        whole = room.journal.letters.get(letter["id"])
        assert KEY not in str(whole)
        assert TOKEN not in str(whole)
    room.stop()
    report = verify(tmp_path / "show.duckdb")
    assert report["ok"], report["breaches"]
