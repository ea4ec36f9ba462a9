"""Conditions: what has to hold before a rule acts, each with its number, so that a rule can say why it did not.

    rule.candidates(frame, numbers) -> Candidate(region, sku, channel, conditions, row, clear)
        all conditions hold    -> the row is wanted
        has gone               -> the cause has gone: its alert is resolved, its proposal may be made again
        otherwise              -> the nearest failing condition is what it waits for

A candidate is something the rule looked at: a region, a SKU in it, a channel. What fires and what is explained come
from the same conditions, so they cannot disagree. The trigger and the clearing use different numbers (hysteresis), a
rule's own or a fifth off the trigger: in between nothing changes. Conditions are made by the ten thousand on every tick
of a show with many SKUs, hence the structs that cost little to make. Pure.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

Row = dict[str, Any]
SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda value, limit: value >= limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    "<": lambda value, limit: value < limit,
}
FORMATS = {"share": ".1%", "times": ".2f", "per minute": ".2f", "minutes": ".1f", "hours": ".1f", "deviations": ".1f"}
NEVER = 1e9
CLEAR_GAP = 0.2


class Condition(msgspec.Struct, frozen=True, gc=False):
    """`what` must be `sign` `limit`; `value` None: not known, which holds never. `unit` as in the parameters."""

    what: str
    value: float | None
    sign: str
    limit: float
    unit: str = "units"

    def holds(self) -> bool:
        """Whether it holds."""
        return self.value is not None and SIGNS[self.sign](self.value, self.limit)

    def gap(self) -> float:
        """How far it is from holding, relative to its limit; 0 where it holds."""
        if self.holds():
            return 0.0
        if self.value is None:
            return NEVER
        return abs(self.value - self.limit) / max(abs(self.limit), abs(self.value), 1e-9)

    def sentence(self) -> str:
        """Say the value and what would be needed."""
        if self.value is None:
            return f"{self.what} is not known"
        return f"{self.what} is {self._written(self.value)}, needed {self.sign} {self._written(self.limit)}"

    def _written(self, value: float) -> str:
        if self.unit == "share":
            return f"{value:.1%}"
        number = format(round(value, 2 if abs(value) >= 1 else 4), FORMATS.get(self.unit, ".10g"))
        return number if self.unit in ("", "units") else f"{number} {self.unit}"


class Candidate(msgspec.Struct, frozen=True):
    """Something a rule looked at. `row` is what it wants done if all conditions hold (None: it is only explained).

    `clear` says whether the cause has gone, by a second number of the rule's own; None: it has none, see `has_gone`.
    """

    region: str
    conditions: tuple[Condition, ...]
    row: Row | None = None
    sku: str = ""
    channel: str = ""
    clear: bool | None = None

    def fires(self) -> bool:
        """Whether the rule wants its row."""
        return self.row is not None and all(condition.holds() for condition in self.conditions)

    def has_gone(self) -> bool:
        """Whether the cause has gone: as the rule says, else when a condition fails by a fifth of its limit or more.

        What fires has not gone, whatever the second number was set to.
        """
        if self.clear is False or self.fires():
            return False
        return self.clear is True or any(one.value is not None and one.gap() >= CLEAR_GAP for one in self.conditions)

    def waits_for(self) -> Condition | None:
        """The condition that fails by most; None where all hold."""
        failing = [condition for condition in self.conditions if not condition.holds()]
        return max(failing, key=Condition.gap, default=None)

    def distance(self) -> tuple[int, float]:
        """How many conditions fail, and how far in all: the smaller, the nearer."""
        failing = [condition.gap() for condition in self.conditions if not condition.holds()]
        return len(failing), sum(failing)


def nearest(candidates: Iterable[Candidate]) -> Candidate | None:
    """The candidate nearest to firing of those that do not."""
    return min((one for one in candidates if not one.fires()), key=Candidate.distance, default=None)


def wanted(candidates: Iterable[Candidate]) -> list[Row]:
    """The rows of the candidates that fire, in their order."""
    return [one.row for one in candidates if one.row is not None and one.fires()]
