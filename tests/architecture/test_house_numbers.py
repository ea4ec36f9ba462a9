"""The house numbers: how long, how documented and how finished a file of the product is."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, functions, label, modules, tree

LINES_MAX = 400
FUNCTION_LINES_MAX = 70
FUNCTION_LINES_USUAL = 25
USUAL_SHARE = 0.9
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|\b(coming soon|not implemented)\b", re.IGNORECASE)
FORBIDDEN_NAMES = {"utils.py", "util.py", "helpers.py", "misc.py", "map.py"}

each_module = pytest.mark.parametrize("path", modules(), ids=label)


@each_module
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path)), f"{label(path)} starts without a docstring"


@each_module
def test_a_public_function_or_class_has_a_sentence(path: Path) -> None:
    definitions = [
        node
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    silent = [f"{label(path)}:{node.lineno} {node.name}" for node in definitions if not ast.get_docstring(node)]
    assert not silent, f"without a docstring: {silent}"


@each_module
def test_a_file_stays_readable_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LINES_MAX, f"{label(path)} has {lines} lines, the ceiling is {LINES_MAX}"


@each_module
def test_a_function_stays_under_the_ratchet(path: Path) -> None:
    long = [
        f"{label(path)}:{node.lineno} {node.name} has {length} lines"
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long, f"over {FUNCTION_LINES_MAX} lines: {long}"


@each_module
def test_nothing_is_left_over(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    left = [f"{label(path)}:{number} {line.strip()}" for number, line in enumerate(lines, 1) if LEFTOVERS.search(line)]
    assert not left, f"unfinished: {left}"


def test_most_functions_are_short() -> None:
    lengths = [(node.end_lineno or node.lineno) - node.lineno + 1 for path in modules() for node in functions(path)]
    share = sum(length <= FUNCTION_LINES_USUAL for length in lengths) / len(lengths)
    assert share >= USUAL_SHARE, f"only {share:.0%} of the functions have at most {FUNCTION_LINES_USUAL} lines"


def test_no_file_or_folder_has_a_name_that_says_nothing_or_trips_streamlit() -> None:
    bad = [label(path) for path in modules() if path.name in FORBIDDEN_NAMES]
    bad += [label(path) for path in PACKAGE.rglob("pages") if path.is_dir()]
    assert not bad, f"rename: {bad}"
