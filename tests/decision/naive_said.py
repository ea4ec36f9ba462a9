"""The auditor's own idea of what was said: terms that have to be carried somewhere, guests, notices to purchasing.

Every term owes an errand to each shop it holds on, a screen to each stream; an errand goes from open to pushed, to done,
or by hand to done, and a failed one begins anew.
"""

from typing import Any

from tests.decision.naive_moves import Mover, demand

STREAMS = ("tiktok", "youtube", "instagram", "shopee")
NEXT = {"open": "pushed by_hand done failed", "failed": "pushed by_hand done failed", "by_hand": "done"}


class Listener(Mover):
    """What an auditor knows of terms and of names that are used once."""

    def __init__(self) -> None:
        super().__init__()
        self.owed: dict[tuple[int, str], str] = {}
        """(seq of the term, channel) -> how far its errand is."""
        self.used: set[tuple[str, str]] = set()

    def owe(self, seq: int, region: str | None = None, channel: str = "", streams: bool = False) -> None:
        """Note the errands of a term."""
        for row in self.opened.get("channels", []):
            if streams:
                meant = row["platform"] in STREAMS
            else:
                meant = not row.get("behind") and region in (None, row["region"]) and channel in ("", row["channel"])
            if meant:
                self.owed[seq, row["channel"]] = "open"

    def once(self, kind: str, name: str) -> None:
        """A name is used once."""
        demand((kind, name) not in self.used, f"{kind} {name} twice")
        self.used.add((kind, name))

    def coupon_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """The shops of the region are told."""
        self.owe(seq, data["region"])

    def bundle_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """The shops of the region are told; a SKU is in it once."""
        demand(len(set(data["skus"])) == len(data["skus"]), f"{data['skus']} in one bundle")
        self.owe(seq, data["region"])

    def price_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """One shop is told, or all."""
        self.owe(seq, channel=data.get("channel", ""))

    def on_screen_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """The streams pin it; nothing on screen needs no pin."""
        if data["sku"]:
            self.owe(seq, streams=True)

    def replenishment_requested(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Purchasing is told, once by a name, in time."""
        self.once("replenishment", data["replenishment"])
        demand(data["need_by"] > at, "a replenishment for yesterday")
        self.owed[seq, "purchasing"] = "open"

    def guest_announced(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """A guest comes once, and leaves later."""
        self.once("guest", data["guest"])
        demand(data["ends_at"] > at and data["ends_at"] > data["starts_at"], "a guest who left before coming")

    def errand_reported(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Only what is owed is told, and only what can follow."""
        key = data["term"], data["channel"]
        demand(key in self.owed, f"nobody owes {key}")
        demand(data["outcome"] in NEXT.get(self.owed[key], "").split(), f"{self.owed[key]} became {data['outcome']}")
        self.owed[key] = data["outcome"]
