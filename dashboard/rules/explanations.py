"""Explanations: for each rule, whether it fired, and if not, how near it is or what holds it back - with the numbers.

    off         its level is off
    fired       it raised, proposed or did something on this very frame
    held back   its conditions hold, but something else comes first: what was said before, a contradiction, the budget
    waiting     the nearest thing it looks at fails a condition: this one, with its value and what is needed

Read off the same candidates and the same judgement that `decide` uses, so it cannot tell another story. Meant for a
page and for tests; a tick never asks.
"""

from typing import Any

from dashboard.decision.parameters import RULES
from dashboard.rules.arbiter import (
    Gone,
    Levels,
    Numbers,
    Wanted,
    level_of,
    look,
    numbers_of,
    weigh,
    without_suspended,
)
from dashboard.rules.conditions import Candidate, nearest
from dashboard.rules.latches import Latches
from dashboard.rules.readings import Seen
from dashboard.rules.registry import load

Row = dict[str, Any]


def explain(frame: Row, levels: Levels | None = None, parameters: Numbers | None = None) -> list[Row]:
    """One row per rule, in order of precedence: rule, level, state, region, sku, channel, sentence, condition.

    `condition` is what fails, as a row of its own (what, value, sign, limit, unit), or None where none does.
    """
    frame, numbers = Seen(frame), numbers_of(frame, parameters)
    told: dict[str, list[Wanted]] = {}
    if frame["status"] == "open":
        for step in weigh(frame, levels or {}, numbers, Latches(frame, numbers)):
            if not isinstance(step, Gone):
                told.setdefault(step.key[0], []).append(step)
    return [
        {"rule": rule.name, "level": level} | _one(frame, rule.name, level, told.get(rule.name, []), numbers)
        for rule in RULES
        for level in [level_of(rule.name, frame["autonomy"], levels or {})]
    ]


def _one(frame: Row, rule: str, level: str, told: list[Wanted], numbers: Numbers) -> Row:
    """State and sentence of one rule."""
    loaded = load(rule)
    if level == "off" or loaded is None:
        return _row("off", "It is switched off." if loaded else "It has no file: it is not plugged in.")
    if frame["status"] != "open":
        return _row("waiting", f"The show is {frame['status']}, not open.")
    for one in told:
        if not one.held:
            return _row("fired", one.row["what"], *one.key[1:])
    if told:
        one = told[0]
        return _row("held back", f"{_capital(one.held)}. Held back: {one.row['what']}", *one.key[1:])
    near = nearest(look(loaded, frame, without_suspended(frame), numbers))
    return _waiting(frame, near) if near else _row("waiting", "There is nothing in this show that it looks at now.")


def _waiting(frame: Row, near: Candidate) -> Row:
    failing, where = near.waits_for(), (near.region, near.sku, near.channel)
    if failing is None:
        return _row("waiting", "Its conditions hold, but there is nothing left that it could do.", *where)
    condition = {name: getattr(failing, name) for name in failing.__struct_fields__}
    return _row("waiting", _capital(f"{_place(frame, near, failing.what)}{failing.sentence()}."), *where) | {
        "condition": condition
    }


def _place(frame: Row, near: Candidate, said: str) -> str:
    """What it looked at, as the beginning of a sentence, unless the sentence names it."""
    title = next((row["title"] for row in frame["skus"] if row["sku"] == near.sku), near.sku)
    channel = next((row["name"] for row in frame["channels"] if row["channel"] == near.channel), near.channel)
    where = f"{title} in {near.region}" if title and near.region else title or near.region
    parts = [part for part in (where, channel) if part]
    is_named = any(name and name in said for name in (title, near.region, channel))
    return "" if is_named or not parts else f"{', '.join(parts)}: "


def _row(state: str, sentence: str, region: str = "", sku: str = "", channel: str = "") -> Row:
    return {
        "state": state,
        "region": region,
        "sku": sku,
        "channel": channel,
        "sentence": sentence,
        "condition": None,
    }


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
