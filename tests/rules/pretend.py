"""Rules that want what a test says, in the place of the real ones."""

from collections.abc import Iterator, Mapping

import pytest

from dashboard.rules import arbiter
from dashboard.rules.conditions import Candidate
from dashboard.rules.registry import Loaded
from tests.rules.frames import Row


def pretend(monkeypatch: pytest.MonkeyPatch, wanted: Mapping[str, list[Row]]) -> None:
    """Let these rules want these rows, in this order; their names must be those of rules."""

    def rule(name: str, rows: list[Row]) -> Loaded:
        def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
            return (Candidate(row["region"], (), row, row.get("sku", "")) for row in rows)

        return Loaded(name, candidates)

    rules = [rule(name, rows) for name, rows in wanted.items()]
    monkeypatch.setattr(arbiter, "plugged_in", lambda: rules)


def action(*commands: Row, region: str = "EU", sku: str = "", cost_minor: int = 0) -> Row:
    """A row that wants these commands."""
    return {
        "kind": "action", "region": region, "sku": sku, "what": "Do it.", "why": "So.", "effect": "Well.",
        "helps_minutes": None, "cost_minor": cost_minor, "commands": list(commands),
    }  # fmt: skip


def telling(sku: str, severity: str = "warning", cost_minor: int = 0) -> Row:
    """A row that wants an alert about a SKU."""
    return {
        "kind": "alert", "region": "EU", "sku": sku, "what": f"{sku} is in need.", "severity": severity,
        "helps_minutes": None, "cost_minor": cost_minor,
    }  # fmt: skip
