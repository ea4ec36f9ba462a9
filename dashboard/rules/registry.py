"""The registry: which file is which rule.

A rule's file has its name: `dashboard/rules/<name>.py`. Whatever the table of rules (`decision/parameters.py`) names is
plugged in, in that table's order, so a new rule is a file and a line there. A name without a file is no rule: nothing
is decided for it, the show goes on, and a test fails.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from dashboard.decision.parameters import RULES
from dashboard.rules.conditions import Candidate

Row = dict[str, Any]
Candidates = Callable[[Row, Mapping[str, float]], Iterator[Candidate]]
AFTER_COOL_DOWN = "after cool-down"
AFTER_CLEARING = "after clearing"


class Loaded(msgspec.Struct, frozen=True):
    """A rule with its file: what it looks at, and when it may ask for the same again."""

    name: str
    candidates: Candidates
    again: str = AFTER_CLEARING


@cache
def load(name: str) -> Loaded | None:
    """The rule of a name; None where it has no file. A file that cannot be imported raises as imports do."""
    path = f"{__package__}.{name}"
    if importlib.util.find_spec(path) is None:
        return None
    module = importlib.import_module(path)
    return Loaded(name, module.candidates, module.AGAIN)


def plugged_in() -> list[Loaded]:
    """Every rule that has a file, in order of precedence."""
    return [loaded for rule in RULES if (loaded := load(rule.name)) is not None]
