"""Reads a Python file for what it says: the texts in its calls of `say`, where a person would find them.

`say("a")`, `say("a" if one else "b")`, `say(TABLE["key"])` with the table written in the call, and names: what a
function assigns, what a loop or a comprehension takes from rows that are written in the same function. What is further
away is named in `spoken.py`.
"""

import ast
import io
from collections.abc import Iterator, Mapping
from typing import Any

SAYING: Mapping[str, str] = {
    "say": "say",
    "means": "say",
    "message": "message",
    "_sheet": "message",
    "note": "say",
    "many": "many",
    "sense": "sense",
}
"""What is called -> the keyword it is: `means` says what a figure means, `message` a page without a frame,
`_sheet` a sheet of a workbook, `note` something small under a card."""
KEYWORDS: Mapping[str, Any] = {"say": (1,), "many": (1, 2), "sense": ((1, "c"), 2)}
"""The keywords and where their texts stand, in Babel's words."""

Names = Mapping[str, list[ast.expr]]
Phrase = tuple[int, str, Any, list[str]]
LOOPS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
DEEPEST = 4


def phrases(source: io.BufferedIOBase, *_: Any, options: Any = None) -> Iterator[Phrase]:
    """Read the phrases of a Python file for Babel: line, keyword, texts, no comments."""
    for scope in ast.parse(source.read()).body:
        yield from _spoken(scope, _assigned(scope))


def _spoken(node: ast.AST, names: Names) -> Iterator[Phrase]:
    if isinstance(node, LOOPS):
        inner: dict[str, list[ast.expr]] = {}
        for loop in node.generators:
            _bind(loop.target, _rows(loop.iter, names), inner)
        names = {**names, **inner}
    if isinstance(node, ast.Call) and node.args:
        yield from _call(node, names)
    for child in ast.iter_child_nodes(node):
        yield from _spoken(child, names)


def _call(node: ast.Call, names: Names) -> Iterator[Phrase]:
    keyword = SAYING.get(getattr(node.func, "id", getattr(node.func, "attr", "")), "")
    if keyword in ("say", "message"):
        for part in node.args[: 1 if keyword == "say" else 2]:
            yield from ((node.lineno, "say", text, []) for text in _texts(part, names))
    elif keyword and len(node.args) > 1:
        texts = [next(_texts(part, names), "") for part in node.args[:2]]
        if all(texts):
            yield node.lineno, keyword, tuple(texts), []


def _texts(node: ast.expr, names: Names, depth: int = DEEPEST) -> Iterator[str]:
    """The texts that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for part in _parts(node, names) if depth else ():
        yield from _texts(part, names, depth - 1)


def _parts(node: ast.expr, names: Names) -> list[ast.expr]:
    """The expressions one of which an expression comes to."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp | ast.Dict):
        return list(node.values)
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Name):
        return names.get(node.id, [])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return [node.func.value, *node.args[1:]]
    return []


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """What the names of a function may stand for: what is assigned to them, and what its loops give them."""
    names: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            _bind(node.targets[0], [node.value], names)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
            _bind(node.target, [node.value], names)
    for node in ast.walk(scope):
        if isinstance(node, ast.For):
            _bind(node.target, _rows(node.iter, names), names)
    return names


def _rows(node: ast.expr, names: Names) -> list[ast.expr]:
    """The rows that a loop goes through, as far as they are written down."""
    if isinstance(node, ast.Tuple | ast.List):
        return [part.value if isinstance(part, ast.Starred) else part for part in node.elts]
    if isinstance(node, LOOPS[:3]):
        return [node.elt]
    if isinstance(node, ast.Name):
        return [row for found in names.get(node.id, []) for row in _rows(found, {})]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enumerate":
        return [ast.Tuple([node, row]) for row in _rows(node.args[0], names)]
    return []


def _bind(target: ast.expr, values: list[ast.expr], names: dict[str, list[ast.expr]]) -> None:
    if isinstance(target, ast.Name):
        names.setdefault(target.id, []).extend(values)
    elif isinstance(target, ast.Tuple):
        branches = [one for value in values for one in (_parts(value, {}) or [value])]
        for branch in branches:
            if isinstance(branch, ast.Tuple) and len(branch.elts) == len(target.elts):
                for one, part in zip(target.elts, branch.elts, strict=True):
                    _bind(one, [part], names)
