"""The rules: what each is for, its level, how it stands now and why; the numbers it goes by; who changed what last.

Data flow: explanations of the rules on a frame (plain rows: rule, level, state, sentence) -> one text per rule that
ticks; parameters of the table and of the show -> one text per number. The controls are `screens/setup.py`'s.
Invariants: a state is shape and word; a number that is not at its default is marked, by shape and by word.
"""

from collections.abc import Iterable

from dashboard.decision.parameters import PARAMETERS, RULES, Parameter, Rule
from dashboard.screens.marks import Frame, clock, safe, shape
from dashboard.screens.sentences import actor, sentence
from dashboard.screens.words import Say, english

LEVELS = ("off", "suggest", "auto")
STATES = {"fired": "available", "held back": "warning", "waiting": "grey", "off": "grey"}
"""How a rule stands -> the shape it carries."""
CHANGES_MAX = 3
CHANGES = {
    "autonomy_set", "parameter_set", "limit_set", "coupon_set", "price_set", "bundle_set", "safety_set", "split_set",
    "on_screen_set", "listing_mode_set",
}  # fmt: skip
"""Entries that change what this page shows."""


def title(rule: str, say: Say = english) -> str:
    """Name a rule for people; "" stands for what all rules go by."""
    return say(rule.replace("_", " ").capitalize()) if rule else say("All rules")


def numbers_of(rule: str) -> list[Parameter]:
    """Return the numbers of a rule, in the order of the table; of "" those that all rules go by."""
    return [one for one in PARAMETERS if one.rule == rule]


def named(rule: str) -> Rule | None:
    """Return a rule of the table by its name."""
    return next((one for one in RULES if one.name == rule), None)


def standing(row: Frame, own: bool, say: Say = english) -> str:
    """Build how a rule stands: shape and word of its state, and the sentence that says why."""
    state = row["state"]
    where = " · ".join(part for part in (row.get("region"), row.get("sku"), row.get("channel")) if part)
    why = sentence(row["sentence"], say)
    mine = f"<small>{safe(say('level of its own'))}</small>" if own else ""
    return (
        f'<div class="stands {"off" if state == "off" else ""}">{shape(STATES.get(state, "grey"))}'
        f"<b>{safe(say(state))}</b> <span>{safe(why)}{f' <small>{safe(where)}</small>' if where else ''}"
        f"</span>{mine}</div>"
    )


def value_of(one: Parameter, frame: Frame) -> float:
    """Return a number as it is in force: the show's own, else the default."""
    return float(frame.get("parameters", {}).get(one.name, one.default))


def changed(one: Parameter, frame: Frame) -> bool:
    """Tell whether a number is not at its default."""
    return value_of(one, frame) != one.default


def number_text(one: Parameter, frame: Frame, say: Say = english) -> str:
    """Build what stands beside a number: its name, help, unit, default and range, and that it was changed."""
    mark = f'<em class="yellow">{shape("warning")}{safe(say("changed"))}</em>' if changed(one, frame) else ""
    words = (
        say(one.unit),
        f"{say('default')} {one.default:,.10g}",
        f"{one.least:,.10g}–{one.most:,.10g}",
    )
    return (
        f'<div class="number"><b>{safe(sentence(one.name.replace("_", " "), say))}</b>{mark}'
        f"<span>{safe(sentence(one.help, say))}</span>"
        f"<small>{safe(' · '.join(words))}</small></div>"
    )


def changes(frame: Frame, say: Say = english) -> str:
    """Build who changed what last, the newest first."""
    rows = [row for row in frame["audit"] if row["type"] in CHANGES][:CHANGES_MAX]
    if not rows:
        return f'<div class="dim">{safe(say("Nothing was changed yet"))}</div>'
    return "".join(_change(row, frame, say) for row in rows)


def _change(row: Frame, frame: Frame, say: Say) -> str:
    at = clock(row["at"], frame["time_zone"])
    what = sentence(row["what"], say)
    return (
        f'<div class="change"><time>{at}</time> <b>{safe(what)}</b> <span>{safe(actor(row["actor"], say))}</span></div>'
    )


def summary(rows: Iterable[Frame], frame: Frame, say: Say = english) -> str:
    """Build the facts of the strip: the show, and how many rules stand at which level."""
    levels = [row["level"] for row in rows]
    counts = "".join(
        f'<div class="fact"><b>{levels.count(level)}</b><span>{safe(say(level))}</span></div>' for level in LEVELS
    )
    off = sum(value_of(one, frame) != one.default for one in PARAMETERS)
    return (
        f'<div class="fact title"><b>{safe(say("Setup"))}</b><span>{safe(frame["title"] or frame["show"])}</span></div>'
        f'{counts}<div class="fact {"yellow" if off else ""}"><b>{off}</b>'
        f"<span>{safe(say('numbers changed'))}</span></div>"
    )
