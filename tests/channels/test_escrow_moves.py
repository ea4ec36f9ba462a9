"""Anything in any order: shoppers, cancellations, hands, moves between pools, restarts, and the auditor after each step.

The same auditor as in test_escrow.py stands on the platforms; hypothesis chooses what happens and shrinks what breaks.
ESCROW_EXAMPLES raises the number of examples.
"""

import os
from dataclasses import replace

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dashboard.channels.sandbox.platform import SandboxOrder
from dashboard.decision import commands as c
from dashboard.decision.world import OrderLine
from tests.channels.escrow_kit import CALM_SECONDS, SHOW, Play, Visit, audit_ledger, draw

EXAMPLES = int(os.environ.get("ESCROW_EXAMPLES", "40"))
STEPS = 30
WHICH = st.integers(0, 999)


class Anything(RuleBasedStateMachine):
    """One small show; the weather is drawn, what people do is hypothesis' choice."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[tuple[str, SandboxOrder]] = []
        self.asked = 0

    @initialize(seed=st.integers(0, 5_000))
    def open_the_show(self, seed: int) -> None:
        """A drawn world without its own shoppers and hands, and some units that no region has yet."""
        self.play = Play.of(replace(draw(seed, hands=False), visits=()))
        for region, sku in self.play.world.units:
            receipt = f"more/{region}/{sku}"
            self.ask(c.ReceiveGoods(id=receipt, show=SHOW, location=f"{region} house", sku=sku, quantity=20))

    def ask(self, command: c.Command) -> bool:
        """Tell whether the room took it."""
        return self.play.room.handle([command], self.play.market.wires.now)[0].status == "accepted"

    def somewhere(self, which: int) -> str:
        """One of the storefronts."""
        shops = self.play.world.shops
        return shops[which % len(shops)][0].channel

    def something(self, which: int) -> tuple[str, str]:
        """One of the regions and SKUs."""
        pairs = list(self.play.world.units)
        return pairs[which % len(pairs)]

    @rule(where=WHICH, what=WHICH, units=st.integers(1, 6), times=st.integers(1, 5))
    def people_buy(self, where: int, what: int, units: int, times: int) -> None:
        """Some orders at once."""
        channel, (_, sku) = self.somewhere(where), self.something(what)
        for _ in range(times):
            order = self.play.visit(Visit(0.0, channel, (OrderLine(sku, units, 1000),)))
            if order:
                self.orders.append((channel, order))

    @rule(which=WHICH, units=st.integers(0, 2))
    def somebody_cancels(self, which: int, units: int) -> None:
        """All of an order, or some units."""
        if self.orders:
            channel, order = self.orders[which % len(self.orders)]
            self.play.market.cancel(channel, order, order.lines[0].sku if units else "", units)

    @rule(where=WHICH, what=WHICH, units=st.integers(1, 4))
    def a_hand_lists_more(self, where: int, what: int, units: int) -> None:
        """Somebody types into a back office."""
        self.play.market.platforms[self.somewhere(where)].list_by_hand(self.something(what)[1], units)

    @rule(what=WHICH, units=st.integers(1, 15), into=st.booleans())
    def stock_moves_between_pools(self, what: int, units: int, into: bool) -> None:
        """An operator moves units into or out of a region; those the region lost are there no more."""
        self.asked += 1
        region, sku = self.something(what)
        pools = ("flexible", f"region/{region}") if into else (f"region/{region}", "flexible")
        move = c.Reallocate(
            id=f"move/{self.asked}", show=SHOW, sku=sku, from_pool=pools[0], to_pool=pools[1], quantity=units
        )
        if self.ask(move):
            self.play.world.units[region, sku] += units if into else -units

    @rule(tenths=st.integers(1, 200))
    def time_passes(self, tenths: int) -> None:
        """Up to twenty seconds."""
        self.play.run(tenths / 10)

    @rule()
    def our_process_restarts(self) -> None:
        """What is not in the room is forgotten."""
        self.play.restart()

    @invariant()
    def no_unit_is_for_sale_twice(self) -> None:
        """The auditor counts also where nothing travels."""
        self.play.audit()
        assert not self.play.breaches, self.play.breaches[:3]

    def teardown(self) -> None:
        """In the end the ledger knows what the platforms know, and what it cannot know calls somebody."""
        self.play.run(CALM_SECONDS)
        self.play.wind_down()
        missing = self.play.unknown()
        assert not self.play.breaches, self.play.breaches[:3]
        assert not self.play.invented()
        assert not self.play.stuck(), self.play.stuck()[:3]
        assert missing <= self.play.held()
        assert {f"uncovered:{channel}:{order}" for channel, order in missing} <= self.play.critical()
        assert not missing or self.play.by_hand() or self.play.allowed.total()
        audit_ledger(self.play.room)


def test_nothing_is_for_sale_twice_whatever_anybody_does() -> None:
    run_state_machine_as_test(Anything, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
