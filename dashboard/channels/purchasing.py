"""Purchasing: a replenishment that was asked for is posted to whoever buys, as a signed notice.

    [purchasing] url of the serve config, secret from the environment -> read_purchasing -> Purchasing
    open errand of a replenishment -> Desk.wake -> call ... Desk.answered -> pushed | failed

A notice is a CloudEvents 1.0 object signed by Standard Webhooks, of type `replenishment.requested`; its `webhook-id` is
the same however often it is sent, so whoever receives it takes a repetition for the same notice:

    {"show", "replenishment", "sku", "title", "quantity", "need_by" (ISO 8601), "urgent", "reason"}

Any 2xx takes it. Without an answer, and while the other side fails or takes no more, it is sent again after pauses that
grow; any other 4xx is a refusal. After some hours of failures the errand has failed and somebody has to call them. One
notice at a time is on its way. Nothing here knows a network or a clock; without a config every notice is by hand.
"""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from dashboard.channels import answers
from dashboard.channels.accounts import secrets_of
from dashboard.channels.adapter import NotAuthentic, Request, Response, Secrets
from dashboard.channels.connection import Call
from dashboard.channels.fields import SECOND, iso
from dashboard.channels.handover import Room
from dashboard.channels.pacing import retry_at
from dashboard.channels.signatures import sign_standard, variable_of
from dashboard.channels.terms_out import report
from dashboard.decision import events as e
from dashboard.decision.errands import PURCHASING
from dashboard.decision.state import Show
from dashboard.settings import SettingProblem

LOOK = SECOND
TRIES_MAX = 500
"""With pauses of up to 15 seconds that is about two hours."""
KEYS = ("url",)


class Purchasing(msgspec.Struct, frozen=True):
    """Where notices go, and what signs them."""

    base_url: str
    path: str
    secrets: Secrets


def read_purchasing(
    wanted: Mapping[str, Any], where: str, environment: Mapping[str, str], file: str | Path | None = None
) -> Purchasing | None:
    """Read `[purchasing]` of a serve config, None without one; raises SettingProblem naming file and key."""
    table = wanted.get(PURCHASING)
    if table is None:
        return None
    place = f"{where}: [{PURCHASING}]"
    for key in table:
        if key not in KEYS:
            raise SettingProblem(f"{place} has no key {key!r}; it takes url.")
    url = table.get("url")
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise SettingProblem(
            f"{place} url is {str(url)[:40]!r}; it takes an address such as https://buy.example.com/in."
        )
    secrets = secrets_of(PURCHASING, environment, file)
    if not secrets.signing:
        raise SettingProblem(f"{place} has no secret to sign with; set {variable_of(PURCHASING)}.")
    try:
        sign_standard(secrets.signing[0], "notice", 0, b"")
    except NotAuthentic as problem:
        raise SettingProblem(f"{variable_of(PURCHASING)} is no secret: {problem}") from None
    query = f"?{parts.query}" if parts.query else ""
    return Purchasing(f"{parts.scheme}://{parts.netloc}", f"{parts.path or '/'}{query}", secrets)


class Desk:
    """Carries the notices of every open show, or of one, one at a time and the oldest first."""

    def __init__(self, room: Room, purchasing: Purchasing, chance: Random, show: str = "") -> None:
        self.room, self.purchasing, self.chance, self.show = room, purchasing, chance, show
        self._calls = self._tries = self._due = 0
        self._out: Call | None = None

    def wake(self, now: int) -> list[Call]:
        """The call to make now, if one is due."""
        if self._out is not None or now < self._due:
            return []
        self._due = now + LOOK
        for name, show in self.room.world.items():
            seq = _first(show) if show.state == "open" and self.show in ("", name) else None
            if seq is not None:
                self._calls += 1
                request = self._notice(name, show, seq, now)
                self._out = Call(self._calls, PURCHASING, "term", request, now, (name, str(seq)))
                return [self._out]
        return []

    def answered(self, call: Call, response: Response | None, now: int) -> None:
        """A notice was taken, refused, or nobody can tell; None when the call was given up."""
        self._out = None
        undone = answers.not_written("Purchasing", response) if response is not None else None
        self._tries += 1
        if response is not None and undone is None:
            self._report(call, "pushed", "", now)
        elif undone is not None and undone.outcome == "refused":
            self._report(call, "failed", undone.sentence, now)
        elif self._tries >= TRIES_MAX:
            self._report(call, "failed", "Purchasing does not answer; call them.", now)
        else:
            wait = undone.retry_after_seconds if undone is not None else None
            self._due = retry_at(now, self._tries, self.chance) if wait is None else now + int(wait * SECOND)

    def _report(self, call: Call, outcome: str, note: str, now: int) -> None:
        self._tries, self._due = 0, now
        name, seq = call.about[0], int(call.about[1])
        show = self.room.world.get(name)
        if show is not None and show.errands.get((seq, PURCHASING)) == "open":
            self.room.handle([report(name, seq, PURCHASING, outcome, note)], now)

    def _notice(self, name: str, show: Show, seq: int, now: int) -> Request:
        event = show.terms[seq].event
        assert isinstance(event, e.ReplenishmentRequested)
        identity = f"replenishment-{quote(name, safe='')[:80]}-{seq}"
        data = {
            "show": name,
            "replenishment": event.replenishment,
            "sku": event.sku,
            "title": show.skus[event.sku].title,
            "quantity": event.quantity,
            "need_by": iso(event.need_by, 0),
            "urgent": event.urgent,
            "reason": event.reason,
        }
        body = msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": identity,
                "source": "/war-room",
                "type": "replenishment.requested",
                "time": iso(now, 3),
                "datacontenttype": "application/json",
                "data": data,
            }
        )
        headers = sign_standard(self.purchasing.secrets.signing[0], identity, now // SECOND, body)
        headers["content-type"] = "application/cloudevents+json"
        return Request("POST", self.purchasing.path, headers, body)


def _first(show: Show) -> int | None:
    """The oldest replenishment of a show that purchasing has not been told of."""
    found = (
        seq
        for (seq, channel), state in show.errands.items()
        if channel == PURCHASING and state == "open" and seq in show.terms
    )
    return min(found, default=None)
