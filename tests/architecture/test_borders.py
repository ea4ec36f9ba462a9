"""Who may import whom: the contracts of pyproject.toml, and three borders that only a list of names can draw."""

import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.house import PACKAGE, ROOT, imported, label, modules

PURE = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "copy",
    "dataclasses",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
}
"""The part of the standard library that neither waits, looks at a clock, rolls dice nor touches a file."""

DECISION_PARTS = sorted((PACKAGE / "decision").glob("*.py"))
VERIFIER_PARTS = sorted((PACKAGE / "journal").glob("verify*.py"))


def top(name: str) -> str:
    """The package a dotted name belongs to."""
    return name.partition(".")[0]


def test_the_import_contracts_hold(capfd: pytest.CaptureFixture[str]) -> None:
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert not failed, capfd.readouterr().out


@pytest.mark.parametrize("path", DECISION_PARTS, ids=label)
def test_the_decision_imports_only_what_is_pure(path: Path) -> None:
    foreign = {name for name in imported(path) if top(name) not in PURE | {"msgspec", "dashboard"}}
    assert not foreign, f"{label(path)} imports {sorted(foreign)}: time, chance and stores are arguments there"
    inside = {name for name in imported(path) if top(name) == "dashboard" and not name.startswith("dashboard.decision")}
    assert not inside, f"{label(path)} imports {sorted(inside)}"


@pytest.mark.parametrize("path", VERIFIER_PARTS, ids=label)
def test_the_verifier_imports_nothing_the_writer_could_be_wrong_in(path: Path) -> None:
    allowed = {path.stem for path in VERIFIER_PARTS}
    shared = {
        name
        for name in imported(path)
        if top(name) == "dashboard"
        and not {f"dashboard.journal.{part}" for part in allowed} & {name, name.rpartition(".")[0]}
    }
    assert not shared, f"{label(path)} shares code with the rest: {sorted(shared)}"
    foreign = {top(name) for name in imported(path)} - set(sys.stdlib_module_names) - {"dashboard", "duckdb"}
    assert not foreign, f"{label(path)} needs {sorted(foreign)}: an outside reader should need only DuckDB"


@pytest.mark.parametrize("path", modules(), ids=label)
def test_an_empty_package_file_stays_empty(path: Path) -> None:
    if path.name == "__init__.py":
        assert not imported(path), f"{label(path)} imports at package level, which drags that into every reader"
