"""Any command at all, in a small world where everything collides: few names, small stocks, quantities that just do not fit.

`pick` chooses one of several things; a state machine and a seeded random generator use the same maker, so both ask every
command there is, unknown names, stale previews and proposals of proposals included.
"""

import msgspec

from dashboard.decision import commands as c
from tests.decision.anything_parts import (
    CHANNELS,
    PLACES,
    QUANTITIES,
    SKUS,
    SPANS,
    UNKNOWN_EVERY,
    WORLDS as WORLDS,
)  # fmt: skip
from tests.decision.anything_said import Said
from tests.decision.shows import small_show
from tests.decision.watched import SECOND

TAGS = tuple(sorted(kind.__struct_config__.tag for kind in c.Command.__subclasses__()))
OFTEN = (
    "place_order", "place_order", "place_order", "receive_goods", "reallocate", "reallocate", "expose", "undo", "undo",
    "cancel_order", "ship_order", "return_order", "start_shipment", "arrive_shipment", "propose_action", "approve_action",
    "lend_units", "return_loan", "fulfil_request", "fulfil_request", "recall", "record_allocation", "set_parameter",
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
    "lend_units",
    "return_loan",
    "report_errand",
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
    "withdraw_action": ("proposal", "propose_action"),
    "fulfil_request": ("request", "reallocate"),
    "withdraw_request": ("request", "reallocate"),
    "return_loan": ("loan", "lend_units"),
    "report_errand": ("term", "set_limit"),
    "retract_line": ("line", "publish_line"),
    "say_line": ("line", "publish_line"),
}
"""Command -> what it is about, and the command that brings one."""


class Anything(Said):
    """Makes commands about a show."""

    def make(self, tag: str) -> c.Command:
        """One command of a kind; what needs a noun there is none of is mostly replaced by what brings it."""
        noun, first = NEEDS.get(tag, ("", ""))
        lists = {"move": self.seen.moved, "term": self.seen.terms}
        if noun and not (lists[noun] if noun in lists else self.seen.names[noun]) and self.pick(range(8)):
            tag = first
        found = getattr(self, tag)()
        assert isinstance(found, c.Command)
        return found

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
            keeps=self.pick((None, None, None, None, 0, 3, 12)),
            recall=self.pick((False, True)),
        )

    def fulfil_request(self) -> c.Command:
        return c.FulfilRequest(**self.base, request=self.old("request"))

    def withdraw_request(self) -> c.Command:
        return c.WithdrawRequest(**self.base, request=self.old("request"))

    def lend_units(self) -> c.Command:
        return c.LendUnits(
            **self.base,
            loan=self.pick((self.id, self.id, self.id, "A")),
            sku=self.one(SKUS),
            from_pool=self.pick(("region/US", "region/US", self.pool())),
            to_pool=self.pick(("region/EU", "region/EU", self.pool())),
            quantity=self.pick(QUANTITIES),
            returns_at=self.now + self.pick(SPANS[1:] * 3 + SPANS),
            seen_seq=self.looked(),
            keeps=self.pick((None, None, None, 0, 3)),
            recall=self.pick((False, True)),
        )

    def return_loan(self) -> c.Command:
        return c.ReturnLoan(**self.base, loan=self.old("loan"))

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
            **self.base,
            seq=self.pick((*self.seen.moved[-6:], *self.seen.moved[-2:], 1)),
            seen_seq=self.looked(),
            shown_units=self.pick((None, None, 1, 6)),
            recall=self.pick((False, True)),
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
            sold=self.pick((False, False, False, True)),
            viewers=self.pick((None, None, 0, 1200)),
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
        own = self.pick((True, True, True, False))
        return c.Expose(**self.listed(), from_pool="" if own else self.pool())

    def recall(self) -> c.Command:
        return c.Recall(**self.listed())

    def withhold(self) -> c.Command:
        return c.Withhold(**self.listed())

    def release_cover(self) -> c.Command:
        return c.ReleaseCover(**self.listed() | {"quantity": self.pick((1, 2))})

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
