"""The parts of any command: names, units, lines and times, few enough that everything collides."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dashboard.decision import commands as c
from tests.decision.seen import Seen
from tests.decision.watched import HOUR, MINUTE

Choice = TypeVar("Choice")
Pick = Callable[[Sequence[Choice]], Choice]

UNKNOWN_EVERY = 40
"""One name in so many is one nobody knows."""
SKUS = ("lamp", "lamp", "ring")
PLACES = ("LA", "LA", "NJ", "HH")
REGIONS = ("US", "EU")
CHANNELS = ("tiktok-us", "tiktok-us", "shopify-us", "amazon-eu")
POOLS = ("flexible", "flexible", "region/US", "region/US", "region/EU")
QUANTITIES = (1, 1, 1, 2, 2, 3, 4, 6, 15)
NAMES = ("A", "B", "C", "D")
SPANS = (-MINUTE, 5 * MINUTE, HOUR, 30 * HOUR)
WORLDS: tuple[dict[str, Any], ...] = (
    {},
    {"hands": {"LA": 5, "NJ": 2}},
    {"sells_in_transit": True, "draws": ("channel", "region", "flexible")},
    {"sells_in_transit": True, "hands": {"LA": 3}},
    {"draws": ("channel", "region", "flexible")},
    {"draws": ("channel",)},
)


class Parts:
    """Picks the parts of commands about a show of which `seen` is known, after event `seq`."""

    def __init__(self, pick: Pick[Any], show: str, id: str, now: int, seq: int, seen: Seen) -> None:
        self.pick, self.show, self.now, self.seq, self.seen = pick, show, now, seq, seen
        self.id = id
        self.base = {"id": id, "show": show, "reason": "so it is" if seq % 3 == 0 else ""}

    def one(self, names: Sequence[str]) -> str:
        """A name, seldom one nobody knows."""
        return "nobody" if not self.pick(range(UNKNOWN_EVERY)) else self.pick(names)

    def pool(self) -> str:
        """A pool, mostly an open one."""
        return self.one((*POOLS, *(f"temporary/{name}" for name in self.seen.pools)))

    def old(self, noun: str) -> str:
        """A name that was used, the latest more often."""
        names = self.seen.names[noun][-5:]
        return self.one(names) if names else "nobody"

    def lines(self, most: int, name: str = "") -> tuple[c.UnitLine, ...]:
        """Up to some lines of units, mostly of what an order or a shipment holds."""
        held = self.seen.lines.get(name) if self.pick(range(8)) else None
        some = range(self.pick(range(most + 1)))
        if not held:
            return tuple(c.UnitLine(self.one(SKUS), self.pick(QUANTITIES)) for _ in some)
        chosen = [self.pick(held) for _ in some]
        return tuple(c.UnitLine(sku, self.pick((1, (units + 1) // 2, units))) for sku, units in chosen)

    def stock(self) -> dict[str, Any]:
        """Units somewhere, and the pool their claims are in."""
        return self.base | {
            "location": self.one(PLACES), "sku": self.one(SKUS), "quantity": self.pick(QUANTITIES), "pool": self.pool(),
        }  # fmt: skip

    def listed(self) -> dict[str, Any]:
        """Units of a channel."""
        return self.base | {"channel": self.one(CHANNELS), "sku": self.one(SKUS), "quantity": self.pick(QUANTITIES)}

    def order(self) -> dict[str, Any]:
        """An order that was placed."""
        order = self.old("order")
        return self.base | {"channel": self.seen.channels.get(order, "tiktok-us"), "order": order}

    def looked(self) -> int | None:
        """The state a preview was computed on, if there was one."""
        return self.pick((None, None, None, self.seq, max(0, self.seq - 4)))
