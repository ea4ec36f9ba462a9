"""The arbiter: asks every rule what it wants, and turns what may be into commands.

    frame -> rules, in order of precedence -> rows -> held back? -> ProposeAction (+ ApproveAction), RaiseAlert, ...

It remembers nothing: what was fired lately is in the frame itself (proposals, alerts, limits, coupons), so a restart
or a replay decides the same. A rule fires on crossing, not on level: an open proposal, or one settled within the
cool-down, holds the same rule back on the same SKU and region, and longer when a person said no; an alert is held back
until the one before it is resolved. Ids are made from the rule, what it is about and the frame's seq: one frame gives
the same commands however often it is asked; what stands before the seq says what an alert or a proposal is about.

Rules are suspended for a region of which a channel is late (`frame["suspended"]`): they see the frame without that
region, so they neither move its stock nor keep any for it, and the other regions get what they would get anyway. Only
alerts are still resolved there, and rules about the feeds themselves go on. Nothing is remembered for it: with the feed
the region is back in the next frame.

A rule's level comes from the show (`frame["autonomy"]`), else from the room, else from the table of rules; a level for
`all` stands behind those for single rules. `off` is silent, `suggest` proposes, `auto` proposes and approves. Pure: no
clock, no chance; what can fail is a rule naming a command that does not exist, which the decoder refuses loudly.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from dashboard.decision.commands import (
    ApproveAction,
    Command,
    ProposeAction,
    RaiseAlert,
    ResolveAlert,
    decode,
)
from dashboard.decision.parameters import ALL, RULES, defaults
from dashboard.rules import drift, flexible_top_up, late_feed, purchase_limit, slow_region, watch

Row = dict[str, Any]
Propose = Callable[[Row, Mapping[str, float]], list[Row]]
MINUTE = 60_000_000

PROPOSE: Mapping[str, Propose] = {
    "drift": drift.propose,
    "flexible_top_up": flexible_top_up.propose,
    "late_feed": late_feed.propose,
    "purchase_limit": purchase_limit.propose,
    "slow_region": slow_region.propose,
    "watch": watch.propose,
}
ABOUT_FEEDS = ("late_feed",)
"""Rules that speak of the feeds and therefore of suspended regions as well."""


def decide(
    frame: Row, levels: Mapping[str, str] | None = None, parameters: Mapping[str, float] | None = None
) -> list[Command]:
    """The commands the rules give on this frame, in order; none before the start or after the close."""
    if frame["status"] != "open":
        return []
    numbers = {**defaults(), **(parameters or {})}
    commands: list[Command] = []
    known = _without_suspended(frame)
    for rule in RULES:
        level = level_of(rule.name, frame["autonomy"], levels or {})
        if level == "off":
            continue
        for row in _wanted(rule.name, frame, known, numbers):
            if not _held_back(frame, rule.name, row, numbers):
                commands += _commands(frame, rule.name, row, level, numbers)
    return commands


def level_of(rule: str, shown: Mapping[str, str], levels: Mapping[str, str]) -> str:
    """The level of a rule: the show's own word, else the room's, else the table's."""
    for source in (shown, levels):
        for name in (rule, ALL):
            if name in source:
                return source[name]
    return next(row.level for row in RULES if row.name == rule)


def _without_suspended(frame: Row) -> Row:
    """The frame without the regions whose rules wait; the very frame where none does."""
    waiting = {row["region"] for row in frame["suspended"]}
    if not waiting:
        return frame
    tables = ("regions", "countdowns", "channels")
    return frame | {name: [row for row in frame[name] if row["region"] not in waiting] for name in tables}


def _wanted(rule: str, frame: Row, known: Row, parameters: Mapping[str, float]) -> list[Row]:
    """What a rule wants: anything where its regions are known, and to resolve where they are not."""
    propose = PROPOSE[rule]
    if rule in ABOUT_FEEDS or known is frame:
        return propose(frame, parameters)
    waiting = {row["region"] for row in frame["suspended"]}
    resolved = [row for row in propose(frame, parameters) if row["kind"] == "resolve" and row["region"] in waiting]
    return resolved + propose(known, parameters)


def _about(rule: str, row: Row) -> str:
    """What a row is about, as it stands in the names of alerts, proposals and commands."""
    return ":".join(part for part in (rule, row["region"], row.get("sku", ""), row.get("channel", "")) if part)


def _same(rule: str, row: Row, name: str, told: Row) -> bool:
    """Whether an alert or a proposal of the frame is about what the row is about."""
    if (told["rule"], told["sku"], told["region"]) != (rule, row.get("sku", ""), row["region"]):
        return False
    return "channel" not in row or name.rpartition(":")[0] == _about(rule, row)


def _held_back(frame: Row, rule: str, row: Row, parameters: Mapping[str, float]) -> bool:
    """Whether the same thing is on the table already, or was settled a moment ago."""
    if row["kind"] == "alert":
        return any(
            alert["state"] != "resolved"
            for alert in frame["alerts"]
            if _same(rule, row, alert["alert"], alert) and alert["severity"] == row["severity"]
        )
    return row["kind"] == "action" and any(
        _still_counts(frame, proposal, parameters)
        for proposal in frame["proposals"]
        if _same(rule, row, proposal["proposal"], proposal)
    )


def _still_counts(frame: Row, proposal: Row, parameters: Mapping[str, float]) -> bool:
    state = proposal["state"]
    if state == "open":
        return True
    settled = proposal["decide_by"] if state == "expired" else proposal["decided_at"]
    silent = parameters["dismissed_minutes" if state == "dismissed" else "cool_down_minutes"]
    return _micros(frame["at"]) - _micros(settled) < silent * MINUTE


def _commands(frame: Row, rule: str, row: Row, level: str, parameters: Mapping[str, float]) -> Iterator[Command]:
    sku, region = row.get("sku", ""), row["region"]
    name = f"{_about(rule, row)}:{frame['seq']}"
    common = {"show": frame["show"], "actor": f"rule:{rule}", "source": f"/rules/{rule}"}
    if row["kind"] == "resolve":
        yield ResolveAlert(id=f"{name}:resolve:{row['alert']}", alert=row["alert"], **common)
        return
    if row["kind"] == "alert":
        yield RaiseAlert(
            id=f"{name}:alert",
            alert=name,
            rule=rule,
            severity=row["severity"],
            what=row["what"],
            sku=sku,
            region=region,
            decide_by=_decide_by(frame, row["helps_minutes"], None),
            **common,
        )
        return
    yield ProposeAction(
        id=f"{name}:propose",
        proposal=name,
        rule=rule,
        what=row["what"],
        why=row["why"],
        effect=row["effect"],
        commands=tuple(_raw(wanted, f"{name}:{number}", common) for number, wanted in enumerate(row["commands"], 1)),
        sku=sku,
        region=region,
        decide_by=_decide_by(frame, row["helps_minutes"], parameters["prompt_minutes_max"]),
        **common,
    )
    if level == "auto":
        yield ApproveAction(id=f"{name}:approve", proposal=name, reason=f"{rule} acts by itself (auto)", **common)


def _raw(wanted: Row, id: str, common: Mapping[str, str]) -> msgspec.Raw:
    """One command of a proposal as bytes, read back once so that no rule can propose what nobody understands."""
    raw = msgspec.json.encode({**wanted, "id": id, **common})
    decode(raw)
    return msgspec.Raw(raw)


def _decide_by(frame: Row, helps_minutes: float | None, minutes_max: float | None) -> int | None:
    """The last moment acting helps: when the rule says so, at most some minutes ahead, never after the close."""
    minutes = [value for value in (helps_minutes, minutes_max) if value is not None]
    if not minutes:
        return None
    return min(_micros(frame["at"]) + round(min(minutes) * MINUTE), _micros(frame["ends_at"]))


def _micros(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)
