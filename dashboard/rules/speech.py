"""Speech: a rule's row becomes the commands that propose, carry out, tell, resolve or withdraw.

Ids are made from the rule, what the row is about and the frame's seq: one frame gives the same commands however often
it is asked. What can fail is a rule naming a command that does not exist, which the decoder refuses loudly.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dashboard.decision.commands import (
    ApproveAction,
    Command,
    ProposeAction,
    RaiseAlert,
    ResolveAlert,
    WithdrawAction,
    decode,
)
from dashboard.rules.latches import About, written
from dashboard.rules.readings import MINUTE, micros

Row = dict[str, Any]


def settle(frame: Row, key: About, kind: str, name: str) -> Command:
    """Say that the cause of an alert or of a proposal is gone."""
    common = _common(frame, key)
    if kind == "resolve_alert":
        return ResolveAlert(id=f"{_named(frame, key)}:resolve:{name}", alert=name, **common)
    return WithdrawAction(id=f"{_named(frame, key)}:withdraw:{name}", proposal=name, **common)


def raise_alert(frame: Row, key: About, row: Row, quiet: bool) -> Command:
    """Raise the alert of a row."""
    name = _named(frame, key)
    return RaiseAlert(
        id=f"{name}:alert",
        alert=name,
        rule=key[0],
        severity=row["severity"],
        what=row["what"],
        sku=row.get("sku", ""),
        region=row["region"],
        decide_by=_decide_by(frame, row["helps_minutes"], None),
        cost_minor=row.get("cost_minor", 0),
        quiet=quiet,
        **_common(frame, key),
    )


def propose(
    frame: Row, key: About, row: Row, level: str, quiet: bool, numbers: Mapping[str, float]
) -> Iterator[Command]:
    """Propose the action of a row, and carry it out where the rule acts by itself."""
    name, common, rule = _named(frame, key), _common(frame, key), key[0]
    yield ProposeAction(
        id=f"{name}:propose",
        proposal=name,
        rule=rule,
        what=row["what"],
        why=row["why"],
        effect=row["effect"],
        commands=tuple(_raw(wanted, f"{name}:{number}", common) for number, wanted in enumerate(row["commands"], 1)),
        sku=row.get("sku", ""),
        region=row["region"],
        decide_by=_decide_by(frame, row["helps_minutes"], numbers["prompt_minutes_max"]),
        cost_minor=row.get("cost_minor", 0),
        quiet=quiet,
        **common,
    )
    if level == "auto":
        yield ApproveAction(id=f"{name}:approve", proposal=name, reason=f"{rule} acts by itself (auto)", **common)


def _named(frame: Row, key: About) -> str:
    return f"{written(key)}:{frame['seq']}"


def _common(frame: Row, key: About) -> Row:
    return {"show": frame["show"], "actor": f"rule:{key[0]}", "source": f"/rules/{key[0]}"}


def _raw(wanted: Row, id: str, common: Row) -> msgspec.Raw:
    """One command of a proposal as bytes, read back once so that no rule can propose what nobody understands."""
    raw = msgspec.json.encode({**wanted, "id": id, **common})
    decode(raw)
    return msgspec.Raw(raw)


def _decide_by(frame: Row, helps_minutes: float | None, minutes_max: float | None) -> int | None:
    """The last moment acting helps: when the rule says so, at most some minutes ahead, never after the close."""
    minutes = [value for value in (helps_minutes, minutes_max) if value is not None]
    if not minutes:
        return None
    return min(micros(frame["at"]) + round(min(minutes) * MINUTE), micros(frame["ends_at"]))
