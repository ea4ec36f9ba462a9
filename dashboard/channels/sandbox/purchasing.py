"""A pretended purchasing desk: takes signed notices, each once, and says so.

Written from the other side of `channels/purchasing.py`: it checks the Standard Webhooks signature itself.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from dashboard.channels.adapter import Request, Response

WINDOW_SECONDS = 300


class PurchasingDesk:
    """Whoever buys; `notices` by id, as they were first told."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.notices: dict[str, dict[str, Any]] = {}
        self.refused = 0

    def answer(self, request: Request, now: int) -> Response:
        """Take a notice: 202 also for one that was taken before, 401 for what nobody signed."""
        name, stamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "0")
        text = f"{name}.{stamp}.".encode() + request.body
        key = base64.b64decode(self.secret[6:]) if self.secret.startswith("whsec_") else self.secret.encode()
        wanted = "v1," + base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
        late = abs(now // 1_000_000 - int(stamp)) > WINDOW_SECONDS
        if late or not hmac.compare_digest(wanted, request.headers.get("webhook-signature", "")):
            self.refused += 1
            return Response(401, {}, b"")
        event = json.loads(request.body)
        if event["type"] != "replenishment.requested" or event["data"]["quantity"] < 1:
            return Response(422, {}, b"")
        self.notices.setdefault(name, event["data"])
        return Response(202, {}, b"")
