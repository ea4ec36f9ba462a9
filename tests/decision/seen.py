"""What happened in a show so far, as far as it can be asked about again."""

from typing import Any

BRINGS = {
    "order_placed": "order",
    "shipment_started": "shipment",
    "action_proposed": "proposal",
    "alert_raised": "alert",
    "line_published": "line",
    "units_lent": "loan",
}
TERMS = ("limit_set", "coupon_set", "bundle_set", "price_set", "on_screen_set", "replenishment_requested")


class Seen:
    """Names, lines and seqs of one show."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {noun: [] for noun in (*BRINGS.values(), "request")}
        self.lines: dict[str, list[tuple[str, int]]] = {}
        """Order or shipment -> (SKU, units) of its lines."""
        self.channels: dict[str, str] = {}
        """Order -> its channel."""
        self.missing: dict[str, int] = {}
        """Open request -> units that have not come."""
        self.moved: list[int] = []
        self.terms: list[int] = []
        self.pools: list[str] = []

    def take(self, seq: int, type: str, data: dict[str, Any]) -> None:
        """Note what an event brings."""
        self.wait(type, data)
        noun = BRINGS.get(type)
        if noun:
            name = data[noun]
            self.names[noun].append(name)
            self.lines[name] = [(line["sku"], line["quantity"]) for line in data.get("lines", ())]
            self.channels[name] = data.get("channel", "")
        elif type in ("reallocated", "undone"):
            self.moved.append(seq)
        elif type in TERMS:
            self.terms.append(seq)
        elif type == "pool_opened":
            self.pools.append(data["pool"].removeprefix("temporary/"))
        elif type == "pool_closed":
            self.pools.remove(data["pool"].removeprefix("temporary/"))

    def wait(self, type: str, data: dict[str, Any]) -> None:
        """Follow requests until they are served or ended."""
        request = data.get("request", "")
        if type == "units_requested":
            self.missing[request] = data["quantity"]
        elif request in self.missing:
            self.missing[request] -= data.get("quantity", self.missing[request])
            if not self.missing[request]:
                del self.missing[request]
        self.names["request"] = list(self.missing)
