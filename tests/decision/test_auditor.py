"""Every command in any order, against an auditor that counts units one by one.

Each step is one command of the whole vocabulary, asked as `Watched.ask` asks: twice, through JSON, with the auditor behind
it. Now and then the world is thrown away and folded again from the recorded bytes; at the end it has to be equal as well.
AUDITOR_EXAMPLES raises the number of examples of a hundred steps.
"""

import os
import random
from typing import Any

from hypothesis import note, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from dashboard.decision import commands as c
from dashboard.decision.refusals import Code
from tests.decision.anything import OFTEN, TAGS, WORLDS, Anything
from tests.decision.seen import Seen
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import HOUR, SECOND, START, Watched, snapshot

EXAMPLES = int(os.environ.get("AUDITOR_EXAMPLES", "450"))
STEPS_PER_EXAMPLE = 100
STEPS_MIN = 20_000
UNREACHED = {Code.ROLE_FORBIDS, Code.EXISTS_WITH_DIFFERENT_BODY, Code.JOURNAL_UNAVAILABLE, Code.WORLD_INCONSISTENT}
OTHER_SHOW = "day"
SHOWS = (SHOW, OTHER_SHOW, "dawn")
STOCK = (("lamp", "LA", "flexible"), ("ring", "HH", "region/EU"), ("lamp", "NJ", "region/US"))
STOCK_ON_THE_WAY = (("lamp", "HH", "region/US"), ("ring", "HH", "region/US"), ("lamp", "LA", "region/EU"))
"""SKU, location, pool: where goods are sold on the way, they lie where they do not serve those who may sell them."""
ASKED = (*TAGS, *OFTEN, *OFTEN)


class Anybody(RuleBasedStateMachine):
    """Anybody asks anything."""

    steps = 0
    accepted: dict[str, int] = {}
    refused: dict[str, int] = {}

    def __init__(self) -> None:
        super().__init__()
        self.watched = Watched()
        self.now = START
        self.asked = 0

    @initialize(night=st.integers(0, 2**24 - 1), world=st.sampled_from(WORLDS), other_world=st.sampled_from(WORLDS))
    def open_the_shows(self, night: int, world: dict[str, Any], other_world: dict[str, Any]) -> None:
        """There are two shows, one of them with something to sell."""
        self.night = night
        self.watched.ask(small_show(**world), self.now)
        self.watched.ask(small_show(**other_world, show=OTHER_SHOW), self.now)
        for sku, location, pool in STOCK_ON_THE_WAY if world.get("sells_in_transit") else STOCK:
            goods = c.ReceiveGoods(id=sku, show=SHOW, location=location, sku=sku, quantity=30, pool=pool)
            self.watched.ask(goods, self.now)

    @rule(seed=st.integers(0, 2**24 - 1))
    def step(self, seed: int) -> None:
        """Ask one command; night and seed choose which (hypothesis drops steps, it need not shrink what is in them)."""
        chance = random.Random(f"{self.night} {seed}")
        Anybody.steps += 1
        self.now += SECOND
        luck = chance.random()
        if luck < 0.03:
            self.now += chance.choice((1, 7, 25)) * HOUR
        if luck > 0.97:
            self.restart()
        self.ask(chance)

    def ask(self, chance: random.Random) -> None:
        """Ask anything."""
        watched = self.watched
        show = chance.choices(SHOWS, (90, 5, 5))[0]
        tag = chance.choice(ASKED)
        if tag == "close_show" and chance.random() < 0.8:
            tag = "place_order"
        seen = watched.seen.get(show) or Seen()
        self.asked += 1
        command = Anything(chance.choice, show, f"c{self.asked}", self.now, watched.seq, seen).make(tag)
        note(repr(command))
        before = watched.seq
        watched.ask(command, self.now)
        if watched.seq > before:
            Anybody.accepted[tag] = Anybody.accepted.get(tag, 0) + 1

    def restart(self) -> None:
        """Forget everything and read it again."""
        again = self.watched.refolded()
        assert snapshot(again) == snapshot(self.watched.world)
        self.watched.world = again

    def teardown(self) -> None:
        """Folding the recorded bytes from zero gives the state there is."""
        assert snapshot(self.watched.refolded()) == snapshot(self.watched.world)
        for code, times in self.watched.refusals.items():
            Anybody.refused[code] = Anybody.refused.get(code, 0) + times


def test_no_order_of_commands_breaks_the_books() -> None:
    run_state_machine_as_test(
        Anybody, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS_PER_EXAMPLE, deadline=None)
    )
    assert Anybody.steps >= STEPS_MIN
    never = set(TAGS) - set(Anybody.accepted) - {"issue_claims"}
    assert not never, f"never accepted: {never}"
    unseen = set(Code) - set(Anybody.refused) - UNREACHED
    assert not unseen, f"never refused with: {unseen}"
