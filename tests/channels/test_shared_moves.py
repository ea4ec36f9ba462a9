"""Anything in any order while listings overlap, part and overlap again: nothing is forgotten, invented or left up.

The same people and the same auditor of the ledger as in test_escrow_moves.py; units may be sold twice here, and each
order that no unit covers has called somebody. ESCROW_EXAMPLES raises the number of examples.
"""

import os

from hypothesis import settings, strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from dashboard.decision import commands as c
from tests.channels.escrow_kit import CALM_SECONDS, SHOW, audit_ledger
from tests.channels.shared_kit import sharing
from tests.channels.test_escrow_moves import STEPS, WHICH, Anything

EXAMPLES = int(os.environ.get("ESCROW_EXAMPLES", "40")) // 5


class AnythingShared(Anything):
    """One small show whose SKUs are switched between proof and shared."""

    @rule(what=WHICH, shared=st.booleans())
    def somebody_switches_how_it_is_listed(self, what: int, shared: bool) -> None:
        """From proof to shared or back; nothing changes where it is so already."""
        self.asked += 1
        sku = self.something(what)[1]
        mode = "shared" if shared else "proof"
        self.ask(c.SetListingMode(id=f"mode/{self.asked}", show=SHOW, sku=sku, mode=mode))

    @invariant()
    def no_unit_is_for_sale_twice(self) -> None:
        """Here they may be; what overlaps is counted and never below nothing."""
        self.play.audit()
        assert all(units > 0 for units in sharing(self.play).units.values())

    def teardown(self) -> None:
        """In the end the ledger knows what the platforms know, and what it cannot know calls somebody."""
        self.play.run(CALM_SECONDS)
        self.play.wind_down()
        missing = self.play.unknown()
        assert not self.play.invented()
        assert not self.play.stuck(), self.play.stuck()[:3]
        assert missing <= self.play.held()
        assert {f"uncovered:{channel}:{order}" for channel, order in missing} <= self.play.critical()
        audit_ledger(self.play.room)


def test_nothing_is_forgotten_whatever_anybody_does_while_listings_overlap() -> None:
    run_state_machine_as_test(AnythingShared, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
