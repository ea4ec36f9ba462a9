"""The arbiter: asks every rule what it wants, and turns what may be into commands.

    frame, its rows sorted out once for all (`readings.Seen`)
          -> rules, in order of precedence -> candidates that fire
          -> latches         said already?                                        `latches`
          -> transfers       ping-pong, donor floor, a late region?               `transfers`
          -> contradictions  against what is in force or accepted before it?      `contradictions`
          -> prompt budget   call somebody, only list it, or wait?                `prompts`
          -> commands        ProposeAction (+ ApproveAction), RaiseAlert, ResolveAlert, WithdrawAction

It remembers nothing: what was said lately is in the frame itself, so a restart or a replay decides the same. What
holds a row back is said as a sentence (`explanations`), and a row held back leaves no trace: it is wanted again with
the next frame.

A rule that raises stops nobody else: its error is told once, as an alert about the rule, what it said before stays as
it is, and when it works again the alert is resolved. And no rule takes over a frame: of what it wants done anew the
costliest rows go first, so many at a time (`FRESH_MAX`), and the rest with the next frames.

Rules are suspended for a region of which a channel is late (`frame["suspended"]`): they see the frame without that
region, so they neither move its stock nor keep any for it, and the other regions get what they would get anyway. Only
what was said is still taken back there, and rules about the feeds themselves go on. Nothing is remembered for it: with
the feed the region is back in the next frame.

A rule's level comes from the show (`frame["autonomy"]`), else from the room, else from the table of rules; a level for
`all` stands behind those for single rules. `off` is silent, and takes back what was said once its cause has gone;
`suggest` proposes, `auto` proposes and approves. Numbers come from the caller, else from the show
(`frame["parameters"]`), else from the table. Pure: no clock, no chance.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from dashboard.decision.commands import Command
from dashboard.decision.parameters import ALL, RULES, defaults
from dashboard.rules import speech
from dashboard.rules.conditions import Candidate, wanted
from dashboard.rules.contradictions import Standing
from dashboard.rules.latches import About, Latches, about
from dashboard.rules.prompts import Budget, is_prompt
from dashboard.rules.readings import Seen
from dashboard.rules.registry import AFTER_CLEARING, Loaded, load, plugged_in
from dashboard.rules.transfers import Transfers

Row = dict[str, Any]
Levels = Mapping[str, str]
Numbers = Mapping[str, float]
DEFAULTS = defaults()
ABOUT_FEEDS = ("late_feed",)
"""Rules that speak of the feeds and therefore of suspended regions as well."""
TABLES_BY_REGION = ("regions", "countdowns", "channels", "pools")
FRESH_MAX = 40
"""So many rows a rule may bring up in one frame; more than anybody reads, and few enough for a tick."""
FAILED = "failed"
"""Stands for the channel in what a failing rule is told about: no channel of a show has to do with it."""


class Wanted(msgspec.Struct):
    """A row that a rule wants, and why it has to wait (`held`, empty: it may go)."""

    key: About
    row: Row
    level: str
    again: str
    held: str = ""
    quiet: bool = False


class Gone(msgspec.Struct, frozen=True):
    """An alert to resolve or a proposal to withdraw, since its cause has gone."""

    key: About
    kind: str
    name: str


def decide(frame: Row, levels: Levels | None = None, parameters: Numbers | None = None) -> list[Command]:
    """The commands the rules give on this frame, in order; none before the start or after the close."""
    if frame["status"] != "open":
        return []
    frame, numbers = Seen(frame), numbers_of(frame, parameters)
    latches = Latches(frame, numbers)
    commands: list[Command] = []
    for step in weigh(frame, levels or {}, numbers, latches):
        if isinstance(step, Gone):
            commands.append(speech.settle(frame, step.key, step.kind, step.name))
        elif not step.held:
            commands += _said(frame, step, latches, numbers)
    return commands


def weigh(frame: Row, levels: Levels, numbers: Numbers, latches: Latches) -> list[Wanted | Gone]:
    """What every rule wants and takes back, in order of precedence; rows that have to wait say why."""
    steps: list[Wanted | Gone] = []
    known = without_suspended(frame)
    for rule in plugged_in():
        level, said = level_of(rule.name, frame["autonomy"], levels), latches.said(rule.name)
        if level == "off" and not said:
            continue
        try:
            looked = look(rule, frame, known, numbers)
            dark = _looked_in_the_dark(rule, frame, known, numbers, said)
        except Exception as problem:  # noqa: BLE001 - one rule's mistake must not silence the others
            steps += [_failure(rule.name, problem)] if level != "off" else []
            continue
        if said:
            gone = _cleared(rule.name, said, [*looked, *dark])
            steps += [Gone(key, *what) for key in gone for what in latches.gone(key, rule.again)]
        if level != "off":
            steps += [Wanted(about(rule.name, row), row, level, rule.again) for row in wanted(looked)]
    _judge(frame, [step for step in steps if isinstance(step, Wanted)], numbers, latches)
    return steps


def propose(rule: str, frame: Row, numbers: Numbers) -> list[Row]:
    """The rows a rule wants on a frame, if nothing held it back; KeyError where no file is the rule's."""
    loaded = load(rule)
    if loaded is None:
        raise KeyError(rule)
    return wanted(loaded.candidates(frame, numbers))


def numbers_of(frame: Row, parameters: Numbers | None = None) -> dict[str, float]:
    """Every number of the rules: the caller's, else the show's, else the default."""
    return {**DEFAULTS, **frame.get("parameters", {}), **(parameters or {})}


def level_of(rule: str, shown: Levels, levels: Levels) -> str:
    """The level of a rule: the show's own word, else the room's, else the table's."""
    for source in (shown, levels):
        for name in (rule, ALL):
            if name in source:
                return source[name]
    return next(row.level for row in RULES if row.name == rule)


def without_suspended(frame: Row) -> Row:
    """The frame without the regions whose rules wait; the very frame where none does."""
    waiting = {row["region"] for row in frame["suspended"]}
    if not waiting:
        return frame
    return Seen(
        frame | {name: [row for row in frame[name] if row["region"] not in waiting] for name in TABLES_BY_REGION}
    )


def look(rule: Loaded, frame: Row, known: Row, numbers: Numbers) -> list[Candidate]:
    """What a rule looks at: the whole frame if it is about feeds, else what is known of it."""
    return list(rule.candidates(frame if rule.name in ABOUT_FEEDS else known, numbers))


def _looked_in_the_dark(
    rule: Loaded, frame: Row, known: Row, numbers: Numbers, said: Iterable[About]
) -> list[Candidate]:
    """What a rule would look at in regions that wait, where it spoke before: a cause may go there too."""
    waiting = {row["region"] for row in frame["suspended"]}
    if known is frame or rule.name in ABOUT_FEEDS or not any(key[1] in waiting for key in said):
        return []
    return [one for one in rule.candidates(frame, numbers) if one.region in waiting]


def _failure(rule: str, problem: Exception) -> Wanted:
    """What is told of a rule that raised: its name and the error, for whoever looks after the rules."""
    what = f"The rule {rule} fails and is left out: {type(problem).__name__}: {str(problem)[:200]}"
    row = {"kind": "alert", "region": "", "severity": "warning", "what": what, "channel": FAILED, "helps_minutes": None}
    return Wanted(about(rule, row), row, "suggest", AFTER_CLEARING)


def _cleared(rule: str, said: Iterable[About], seen: Iterable[Candidate]) -> list[About]:
    """What the rule spoke of and finds gone, or finds no more."""
    still: set[About] = set()
    gone: set[About] = set()
    for one in seen:
        (gone if one.has_gone() else still).add((rule, one.region, one.sku, one.channel))
    return sorted(key for key in said if key in gone or key not in still)


def _judge(frame: Row, rows: list[Wanted], numbers: Numbers, latches: Latches) -> None:
    """Hold back what has to wait, and say why."""
    if not rows:
        return
    said: set[tuple[str, About]] = set()
    transfers, standing = Transfers(frame, numbers), Standing(frame, numbers)
    for one in rows:
        one.held = latches.holds(one.key, one.row, one.again)
    _a_few_at_a_time([one for one in rows if not one.held])
    for one in rows:
        if not one.held and (one.row["kind"], one.key) in said:
            one.held = "it says the same in this very frame"
        if not one.held and one.row["kind"] == "action":
            one.held = standing.refuses(one.key[0], one.row["commands"]) or transfers.refuses(one.row["commands"])
        if not one.held:
            said.add((one.row["kind"], one.key))
    _within_budget(Budget(frame, numbers), [one for one in rows if not one.held and is_prompt(one.row, one.level)])


def _a_few_at_a_time(fresh: list[Wanted]) -> None:
    """Hold back what a rule wants done beyond the costliest rows; alerts have a budget of their own."""
    fresh = [one for one in fresh if one.row["kind"] == "action"]
    for rule, count in Counter(one.key[0] for one in fresh).items():
        if count > FRESH_MAX:
            rows = [one for one in fresh if one.key[0] == rule]
            for one in sorted(rows, key=lambda one: -one.row.get("cost_minor", 0))[FRESH_MAX:]:
                one.held = f"{count} at once are too many: the {FRESH_MAX} costliest come first"


def _within_budget(budget: Budget, prompts: list[Wanted]) -> None:
    for one in sorted(prompts, key=lambda one: budget.rank(one.row)):
        becomes = budget.spend(one.row)
        one.quiet = becomes == "quiet"
        if becomes == "later":
            one.held = "people were called often enough in the last ten minutes, and it costs little"


def _said(frame: Row, one: Wanted, latches: Latches, numbers: Numbers) -> Iterator[Command]:
    """The commands of a row that may go; a graver alert takes the place of a milder one."""
    if one.row["kind"] == "action":
        yield from speech.propose(frame, one.key, one.row, one.level, one.quiet, numbers)
        return
    yield speech.raise_alert(frame, one.key, one.row, one.quiet)
    for name in latches.milder(one.key, one.row["severity"]):
        yield speech.settle(frame, one.key, "resolve_alert", name)
