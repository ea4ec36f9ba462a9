"""A scenario played on a room: opened, run step by step, closed, and told as a result with its beats.

    Show.open() -> Show.step(now) ... -> Show.finish() -> Show.result()

`play` runs a show to its end as fast as it goes; the demo calls the same `step` from a clock. One step lets happen what
happens since the last one: shoppers order on the platforms' own counters and their orders travel to the room as
webhooks (`Market`), the host turns to the next slot of the rundown, shipments arrive, viewers come and go; then the
room ticks, so that its rules see the frame. A beat is something a rule did, read off the frame afterwards: nothing here
knows which rules exist or when they fire.

The room is handed in and only has to do what `Room` says. A scenario whose opening the room refuses is a
`ScenarioProblem` with the room's own sentence.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from dashboard.channels.sandbox.back_office import BackOffice
from dashboard.channels.sandbox.backstage import Backstage
from dashboard.channels.sandbox.chatter import Chatter
from dashboard.channels.sandbox.demand import VIEWERS_SECONDS, Answered, Demand, shelf_of
from dashboard.channels.sandbox.faults import PROFILES, SECOND
from dashboard.channels.sandbox.market import Market, Shop, ShowRoom
from dashboard.channels.sandbox.opening import ACTOR, SOURCE, opening_commands
from dashboard.channels.sandbox.platform import SandboxOrder
from dashboard.channels.sandbox.scenario import Scenario, ScenarioProblem
from dashboard.channels.sandbox.wires import TICK
from dashboard.decision.commands import (
    CancelOrder,
    CloseShow,
    Command,
    PlaceOrder,
    SetAutonomy,
    SetOnScreen,
    SetParameter,
)
from dashboard.decision.refusals import Answer, Code

Row = dict[str, Any]
Rules = Literal["off", "suggest", "auto"]
EVERY_RULE = "all"
STEP_SECONDS = 5.0
LONG_STEP_SECONDS = 30.0
LONG_TICK = 1_000_000
"""A show played in long steps has quiet hours: its exchange looks around once a second."""
MINUTES_AS_HOURS = 1000
LOOKS_PER_LIST = 4
"""Where orders are listed seldom, a show of days, it looks around so often between two lists."""


class Room(ShowRoom, Protocol):
    """What a show needs of the room."""

    def tick(self, show: str, now: int) -> object:
        """Let the rules look at the frame."""

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> Row:
        """The frame of a show."""

    def latest(self, show: str) -> Row:
        """The frame of the last tick."""


class Show:
    """One scenario on one room; `at` is how far it has been played. `ticks` False leaves ticking to somebody else."""

    def __init__(self, scenario: Scenario, seed: int, room: Room, rules: Rules = "auto", show: str = "") -> None:
        self.ticks = True
        self.scenario = scenario
        self.seed = seed
        self.room = room
        self.rules = rules
        self.show = show or scenario.name
        self.demand = Demand(scenario, seed, self.show)
        self.backstage = Backstage(scenario, self.show)
        self.at = self.start = scenario.start()
        self.end = scenario.end()
        self.beats: list[Row] = []
        self.on_beat: Callable[[Row], None] | None = None
        self.market: Market | None = None
        self.back_office: BackOffice | None = None
        self.chatter: Chatter | None = None
        """Who writes comments; only where somebody looks."""
        self._bought: dict[str, SandboxOrder] = {}
        self._told: set[str] = set()
        self._zone = ZoneInfo(scenario.time_zone)

    def open(self) -> None:
        """Put the show into the room as it stands when the first viewer arrives."""
        commands = opening_commands(self.scenario, self.show)
        for at, group in groupby(commands, key=lambda command: command.event_time):
            self._insist(list(group), at or self.start)
        self._insist(self._house_rules(), self.start)
        self._turn_to_slots(self.start, self.start + 1, self.start)
        lists = self.scenario.lists_per_minute
        shops = [Shop(one.channel, one.platform, one.push, lists_per_minute=lists) for one in self.scenario.channels]
        profile = PROFILES[self.scenario.faults]
        self.market = Market(self.show, self.room, shops, profile, self.seed, self.start, self.end, self._tick())
        self.back_office = BackOffice(self.market, self.seed, self.scenario.purchasing is not None)

    def step(self, now: int) -> None:
        """Play from where the show stands to `now`."""
        now = min(now, self.end)
        if now <= self.at:
            return
        frame = self.room.latest(self.show)
        self._sell(frame, now)
        self._turn_to_slots(self.at + 1, now + 1, now)
        self._backstage(frame, now)
        if self.back_office is not None:
            self.back_office.act(now)
        self._watch(now)
        self._write(frame, now)
        if self.ticks:
            self.room.tick(self.show, now)
        self._tell(self.room.latest(self.show))
        self.at = now

    def finish(self) -> Row:
        """Take the SKUs off the platforms, let the last orders arrive, close the show and return its result."""
        assert self.market is not None
        wires = self.market.wires
        if wires.tick > SECOND:  # from now on it looks around often, once it has looked at all
            wires.tick, wait = SECOND, wires.tick
            self.market.run(wires.now + wait)
        self.market.wind_down()
        self.at = self.market.wires.now
        self._tell(self.room.frame(self.show, at=self.at))
        self._insist([CloseShow(**self._common("close"))], self.at)
        return self.result()

    def result(self) -> Row:
        """What came of it so far, as plain numbers and beats."""
        frame = self.room.frame(self.show, at=self.at)
        totals = frame["totals"]
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "rules": self.rules,
            "sold": totals["units_sold"],
            "cancelled": totals["units_cancelled"],
            "oversold": totals["oversold"],
            "leftover": sum(pool["left"] for pool in frame["pools"]),
            "refused": self.demand.refused,
            "lost": sum(self.demand.lost.values()),
            "lost_by_reason": dict(self.demand.lost),
            "orders": totals["orders"],
            "revenue_minor": totals["revenue_minor"],
            "beats": list(self.beats),
        }

    # --- one step ---------------------------------------------------------------------------------------------

    def _sell(self, frame: Row, now: int) -> None:
        """Shoppers order on the platforms; who is turned away tries once more at the end of the step."""
        market = self.market
        assert market is not None
        listed = {(sku, name): one.level(sku) for name, one in market.platforms.items() for sku in market.skus}
        shelf = shelf_of(frame, listed)
        commands = self.demand.step(self.at, now, shelf)
        while commands:
            answers = [self._shop(market, command) for command in commands]
            commands = self.demand.settle(commands, answers, shelf)
        market.run(now)

    def _shop(self, market: Market, command: Command) -> Answered:
        """One order or cancellation on its platform, at its own moment."""
        market.run(command.event_time or self.at)
        if isinstance(command, CancelOrder):
            market.cancel(command.channel, self._bought[command.order])
            return Answer("accepted")
        assert isinstance(command, PlaceOrder)
        order = market.buy(command.channel, command.lines, command.country)
        if order is not None:
            self._bought[command.order] = order
            return Answer("accepted")
        out, platform = market.wires.is_out(command.channel), market.platforms[command.channel]
        level, sku = min((0 if out else platform.takes(line.sku), line.sku) for line in command.lines)
        sentence = f"{command.channel} lists {level} x {sku}."
        return Answer("refused", None, Code.NOT_ENOUGH_CLAIMS, sentence, level)

    def _tick(self) -> int:
        """How often the exchange looks around, in microseconds."""
        lists = self.scenario.lists_per_minute
        if self.scenario.step_seconds < LONG_STEP_SECONDS:
            return TICK
        return max(LONG_TICK, round(60 * SECOND / lists / LOOKS_PER_LIST)) if lists else LONG_TICK

    def _turn_to_slots(self, since: int, until: int, now: int) -> None:
        """The host turns to the SKU of each slot that begins between two instants."""
        for number, slot in enumerate(self.scenario.rundown):
            begins = self.scenario.at(slot.start)
            if since <= begins < until:
                turn = SetOnScreen(**self._common(f"slot:{number}", begins), sku=slot.sku)
                self.room.handle([turn], now)

    def _backstage(self, frame: Row, now: int) -> None:
        due = self.backstage.due(self.room.world[self.show], frame, self.at, now)
        if due:
            self.room.handle(due, now)

    def _watch(self, now: int) -> None:
        """Note viewers and what they write at every half minute passed since the last step."""
        period = VIEWERS_SECONDS * 1_000_000
        number = (now - self.start) // period
        if number != (self.at - self.start) // period or self.at == self.start:
            for channel, count in self.demand.viewers(now).items():
                self.room.observe(self.show, now, "viewers", channel=channel, value=count)
            for channel, (written, usual) in self.demand.interactions(now).items():
                self.room.observe(self.show, now, "interactions", channel=channel, value=written)
                self.room.observe(self.show, now, "interactions_usual", channel=channel, value=usual)

    def _write(self, frame: Row, now: int) -> None:
        """Let viewers write what they want to know."""
        if self.chatter is not None and self.market is not None:
            for channel, heard in self.chatter.between(self.at, now, frame):
                self.market.inbox.absorb(channel, heard, now)

    # --- beats ------------------------------------------------------------------------------------------------

    def _tell(self, frame: Row) -> None:
        """Find what rules did since the last look, oldest first."""
        spoken = [(row["proposed_at"], row["proposal"], row) for row in frame["proposals"]]
        spoken += [(row["raised_at"], row["alert"], row) for row in frame["alerts"]]
        for at, name, row in sorted(spoken, key=lambda entry: entry[:2]):
            if name not in self._told:
                self._told.add(name)
                beat = self._beat(at, row["rule"], row["what"])
                self.beats.append(beat)
                if self.on_beat:
                    self.on_beat(beat)

    def _beat(self, at: str, rule: str, what: str) -> Row:
        moment = datetime.fromisoformat(at)
        seconds = int((moment - datetime.fromtimestamp(self.start / 1e6, UTC)).total_seconds())
        studio = moment.astimezone(self._zone)
        return {
            "at": studio.strftime("%H:%M:%S"),
            "t_plus": _t_plus(seconds),
            "rule": rule,
            "what": what,
        }

    # --- commands ---------------------------------------------------------------------------------------------

    def _house_rules(self) -> list[Command]:
        """The level of all rules, and what this seller has set otherwise (levels only where rules act at all)."""
        commands: list[Command] = [SetAutonomy(**self._common("autonomy"), rule=EVERY_RULE, level=self.rules)]
        for rule, level in self.scenario.levels.items() if self.rules != "off" else ():
            commands.append(SetAutonomy(**self._common(f"autonomy:{rule}"), rule=rule, level=level))
        for name, value in self.scenario.parameters.items():
            commands.append(SetParameter(**self._common(f"parameter:{name}"), parameter=name, value=value))
        return commands

    def _common(self, what: str, event_time: int | None = None) -> dict[str, Any]:
        return {
            "id": f"{self.show}:{what}",
            "show": self.show,
            "actor": ACTOR,
            "source": SOURCE,
            "event_time": event_time,
        }

    def _insist(self, commands: Sequence[Command], now: int) -> None:
        for answer in self.room.handle(commands, now):
            if answer.status == "refused":
                raise ScenarioProblem(f"Scenario {self.scenario.name} cannot be played: {answer.sentence}")


def _t_plus(seconds: int) -> str:
    """The show's own clock as it can be typed again: minutes, or hours where minutes have four digits."""
    minutes, rest = divmod(seconds, 60)
    if minutes < MINUTES_AS_HOURS:
        return f"T+{minutes:02}:{rest:02}"
    return f"T+{minutes // 60}:{minutes % 60:02}:{rest:02}"


def play(
    scenario: Scenario,
    seed: int,
    room: Room,
    rules: Rules = "auto",
    step_seconds: float | None = None,
    on_beat: Callable[[Row], None] | None = None,
    on_step: Callable[[float], None] | None = None,
) -> Row:
    """Play a whole show at full speed; `on_step` hears the share done. Returns the result with every beat."""
    show = Show(scenario, seed, room, rules)
    show.on_beat = on_beat
    show.open()
    step = round((step_seconds or scenario.step_seconds) * 1_000_000)
    while show.at < show.end:
        show.step(show.at + step)
        if on_step:
            on_step((show.at - show.start) / (show.end - show.start))
    return show.finish()
