"""Any command at all, in a small world where everything collides: few names, small stocks, quantities that just do not fit.

`pick` chooses one of several things; a state machine and a seeded random generator use the same maker, so both ask every
command there is, unknown names, stale previews and proposals of proposals included.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from dashboard.decision import commands as c
from tests.decision.seen import Seen
from tests.decision.shows import small_show
from tests.decision.watched import HOUR, MINUTE, SECOND

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
)
TAGS = tuple(sorted(kind.__struct_config__.tag for kind in c.Command.__subclasses__()))
OFTEN = (
    "place_order", "place_order", "place_order", "receive_goods", "reallocate", "reallocate", "expose", "undo", "undo",
    "cancel_order", "ship_order", "return_order", "start_shipment", "arrive_shipment", "propose_action", "approve_action",
)  # fmt: skip
PROPOSABLE = (
    "reallocate",
    "reallocate",
    "undo",
    "expose",
    "open_pool",
    "start_shipment",
    "set_limit",
    "set_coupon",
    "place_order",
)


NEEDS = {
    "undo": ("move", "reallocate"),
    "cancel_order": ("order", "place_order"),
    "ship_order": ("order", "place_order"),
    "return_order": ("order", "place_order"),
    "arrive_shipment": ("shipment", "start_shipment"),
    "acknowledge_alert": ("alert", "raise_alert"),
    "resolve_alert": ("alert", "raise_alert"),
    "approve_action": ("proposal", "propose_action"),
    "dismiss_action": ("proposal", "propose_action"),
    "retract_line": ("line", "publish_line"),
}
"""Command -> what it is about, and the command that brings one."""


class Anything:
    """Makes commands about a show of which `seen` is known, after event `seq`."""

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

    def make(self, tag: str) -> c.Command:
        """One command of a kind; what needs a noun there is none of is mostly replaced by what brings it."""
        noun, first = NEEDS.get(tag, ("", ""))
        if noun and not (self.seen.moved if noun == "move" else self.seen.names[noun]) and self.pick(range(8)):
            tag = first
        found = getattr(self, tag)()
        assert isinstance(found, c.Command)
        return found

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

    def open_show(self) -> c.Command:
        return small_show(**(self.base | self.pick(WORLDS)))

    def close_show(self) -> c.Command:
        return c.CloseShow(**self.base)

    def receive_goods(self) -> c.Command:
        return c.ReceiveGoods(**self.stock())

    def adjust_goods(self) -> c.Command:
        stock = self.stock()
        change = stock.pop("quantity") * self.pick((-1, -1, 0, 1))
        return c.AdjustGoods(**stock, change=change)

    def quarantine_goods(self) -> c.Command:
        return c.QuarantineGoods(**self.stock())

    def release_goods(self) -> c.Command:
        return c.ReleaseGoods(**self.stock())

    def start_shipment(self) -> c.Command:
        return c.StartShipment(
            **self.base,
            shipment=self.pick((self.id, self.id, self.id, "A")),
            from_location=self.one(("HH", *PLACES)),
            to_location=self.one(PLACES),
            lines=self.lines(1) + self.lines(1),
            eta=self.now + self.pick(SPANS[1:] * 3 + SPANS),
            mode=self.pick(("air", "sea")),
            pool=self.pool(),
            arrive_pool=self.pick(("", "", "region/US", "region/EU")),
        )

    def arrive_shipment(self) -> c.Command:
        shipment = self.old("shipment")
        return c.ArriveShipment(
            **self.base,
            shipment=shipment,
            lines=self.lines(1, shipment) or self.lines(1, shipment),
            lost=self.lines(1, shipment) if self.pick((False, False, True)) else (),
            final=self.pick((False, True)),
        )

    def issue_claims(self) -> c.Command:
        stock = self.stock()
        del stock["location"]
        return c.IssueClaims(**stock)

    def reallocate(self) -> c.Command:
        return c.Reallocate(
            **self.base,
            sku=self.one(SKUS),
            from_pool=self.pool(),
            to_pool=self.pool(),
            quantity=self.pick(QUANTITIES),
            seen_seq=self.looked(),
        )

    def open_pool(self) -> c.Command:
        return c.OpenPool(
            **self.base,
            name=self.pick(("guest", "star")),
            sku=self.one(SKUS),
            quantity=self.pick(QUANTITIES),
            from_pool=self.pool(),
            channels=tuple(self.one(CHANNELS) for _ in range(self.pick(range(3)))),
        )

    def close_pool(self) -> c.Command:
        return c.ClosePool(**self.base, name=self.pick([*self.seen.pools] or ["guest"]), to_pool=self.pool())

    def undo(self) -> c.Command:
        return c.Undo(
            **self.base, seq=self.pick((*self.seen.moved[-6:], *self.seen.moved[-2:], 1)), seen_seq=self.looked()
        )

    def announce_order(self) -> c.Command:
        known = self.pick(range(4))
        about = self.order() if not known else {"channel": self.one(CHANNELS), "order": self.id}
        return c.AnnounceOrder(**self.base | about)

    def place_order(self) -> c.Command:
        lines = tuple(
            c.OrderLine(self.one(SKUS), self.pick(QUANTITIES), self.pick((None, 0, 100, 4900)))
            for _ in range(self.pick((0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3)))
        )
        again = (
            self.order() if not self.pick(range(UNKNOWN_EVERY)) else {"channel": self.one(CHANNELS), "order": self.id}
        )
        return c.PlaceOrder(
            **self.base | again,
            lines=lines,
            country=self.pick(("US", "DE", "")),
            currency=self.pick(("USD", "")),
            event_time=self.pick((None, self.now - SECOND)),
        )

    def cancel_order(self) -> c.Command:
        order = self.order()
        return c.CancelOrder(**order, lines=self.lines(1, order["order"]))

    def ship_order(self) -> c.Command:
        order = self.order()
        return c.ShipOrder(**order, lines=self.lines(1, order["order"]))

    def return_order(self) -> c.Command:
        order = self.order()
        return c.ReturnOrder(
            **order,
            location=self.one(PLACES),
            lines=self.lines(1, order["order"]),
            resellable=self.pick((False, True)),
        )

    def expose(self) -> c.Command:
        return c.Expose(**self.listed())

    def recall(self) -> c.Command:
        return c.Recall(**self.listed())

    def withhold(self) -> c.Command:
        return c.Withhold(**self.listed())

    def release_cover(self) -> c.Command:
        return c.ReleaseCover(**self.listed() | {"quantity": self.pick((1, 2))})

    def set_limit(self) -> c.Command:
        return c.SetLimit(
            **self.base, sku=self.one(SKUS), region=self.one(REGIONS), units_per_order=self.pick((None, None, 1, 2, 6))
        )

    def set_price(self) -> c.Command:
        return c.SetPrice(
            **self.base, sku=self.one(SKUS), price_minor=self.pick((0, 99, 4900)), channel=self.pick(("", *CHANNELS))
        )

    def set_coupon(self) -> c.Command:
        return c.SetCoupon(
            **self.base,
            sku=self.one(SKUS),
            region=self.one(REGIONS),
            code="GO",
            percent=self.pick((0, 10)),
            expires=self.pick((None, *(self.now + span for span in SPANS))),
        )

    def set_on_screen(self) -> c.Command:
        return c.SetOnScreen(**self.base, sku=self.pick(("", *SKUS)), push=self.pick((False, True)))

    def raise_alert(self) -> c.Command:
        return c.RaiseAlert(
            **self.base,
            alert=self.pick(NAMES),
            rule="watch",
            severity=self.pick(("info", "warning", "critical")),
            what="runs low",
            sku=self.pick(("", "lamp")),
            region=self.pick(("", "US")),
            decide_by=self.pick((None, self.now + 5 * MINUTE)),
        )

    def acknowledge_alert(self) -> c.Command:
        return c.AcknowledgeAlert(**self.base, alert=self.old("alert"))

    def resolve_alert(self) -> c.Command:
        return c.ResolveAlert(**self.base, alert=self.old("alert"))

    def propose_action(self) -> c.Command:
        inner = [self.make(self.pick(PROPOSABLE)) for _ in range(self.pick((0, 1, 1, 2, 3)))]
        raws = [msgspec.Raw(c.encode(command)) for command in inner]
        if not self.pick(range(UNKNOWN_EVERY)):
            raws.append(msgspec.Raw(b'{"type":"nonsense"}'))
        return c.ProposeAction(
            **self.base,
            proposal=self.pick((self.id, self.id, self.id, "A")),
            rule="watch",
            what="something",
            why="a reason",
            commands=tuple(raws),
            decide_by=self.pick((None, None, *(self.now + span for span in SPANS))),
        )

    def approve_action(self) -> c.Command:
        return c.ApproveAction(**self.base, proposal=self.old("proposal"))

    def dismiss_action(self) -> c.Command:
        return c.DismissAction(**self.base, proposal=self.old("proposal"))

    def set_autonomy(self) -> c.Command:
        return c.SetAutonomy(**self.base, rule="watch", level=self.pick(("off", "suggest", "auto", "full")))

    def publish_line(self) -> c.Command:
        return c.PublishLine(
            **self.base,
            line=self.pick(NAMES),
            channel=self.one(CHANNELS),
            language="zh",
            kind="low_stock",
            text="只剩 3 件",
            fact={"sku": "lamp", "units_left": 3, "eta": None},
        )

    def retract_line(self) -> c.Command:
        return c.RetractLine(**self.base, line=self.old("line"))

    def report_level(self) -> c.Command:
        return c.ReportLevel(
            **self.base, channel=self.one(CHANNELS), sku=self.one(SKUS), level=self.pick((0, *QUANTITIES))
        )

    def add_note(self) -> c.Command:
        return c.AddNote(**self.base, text=self.pick((" ", 'Zoë said: "定了" 🎉\n— done', "a plain remark")))
