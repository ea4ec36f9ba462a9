"""Reads the sentences that the code makes: every f-string, constant and sum of them, as a template with named values.

    f"{row['left']} of {units} left{_for(left)}."  ->  "{left} of {units} left{for}."
    'has' if one else 'have'                       ->  "{has|have}"

A value is named after the last name of its expression, a format of the code stays behind the name, `x or "none"` is
named `x_or`, the second value of a name gets a 2. A constant that holds names in braces is a template itself.
"""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "dashboard"
SCOPE = (
    "decision/*.py", "rules/*.py", "allocation/solving.py", "allocation/program.py", "forecast/lessons.py", "room.py",
    "people.py", "projections/audit.py", "projections/curves.py", "projections/feeds.py", "projections/instant.py", "projections/lines.py", "projections/sayable.py",
    "projections/past.py", "projections/terms.py", "channels/[!aorpsw]*.py", "channels/woo*.py", "channels/a[!c]*.py", "channels/pacing.py",
    "channels/purchasing.py", "channels/runner.py", "channels/rebalance.py", "channels/sandbox/stress_runs.py", "channels/sh*.py",
    "channels/signatures.py", "review/asked.py", "review/interventions.py", "review/next_plan.py", "review/opening.py", "review/report.py", "review/change.py", "review/evidence.py", "review/original.py",
    "review/rerun.py", "review/run.py", "review/runs.py", "journal/audit.py", "journal/copies.py", "journal/store.py", "journal/writer.py",
    "journal/verify.py", "journal/verify_check*.py", "journal/verify_child.py", "journal/verify_evidence.py",
    "journal/verify_opening.py",
    "screens/changing.py", "screens/door.py", "screens/letterbox.py", "screens/replay_place.py",
)  # fmt: skip
"""The modules whose sentences reach a screen."""
CODE = re.compile(
    r"<[a-z/]|\n|://|\\[ds(]|^ ?(?:and|attach|contains|flexible|insert|order|pragma|seq|set|show_id|type|update|when|with|"
    r"event_time|secret)\b.*[(|=?']|^(?:case|create|insert into|detach|mutation|query|select) |^\{SELECT|"
    r"userErrors|64 zeros before the first|^[A-Z0-9]{10,} |^(?:Bearer|Basic) \{"
)
"""Statements of SQL and GraphQL, patterns, headers: texts for machines."""
UNSEEN = frozenset(
    (
        "after cool-down", "after clearing", "LiveWarRoom/0.1 (Language=Python)", "not a valid duckdb", "already closed", "pragma disable_optimizer",
        "reset threads", "list[Asked[Ask, Reply]]", "item_list price", "stress progress",
        "review progress", "order by seq desc limit ?", "not a valid duckdb database", "permission denied",
        "newer version", "newer duckdb", "could not set", "another process", "already attached", "unique file handle",
        "different configuration", "no space left", "live-war-room {version}", "warroom evidence", "as recorded",
        "buyers replaced", "{moment} UTC", "storefronts come with an inbox", "set enable_external_access = false",
        "set lock_configuration = true", "and", "in {place}",
        "{ok|FAILED}: {verdict}, oversold {oversold}", "{variable_of} is no secret: {problem}",
        "{place} has no key {key!r}; it takes url.", "{place} has no secret to sign with; set {variable_of}.",
    )
)  # fmt: skip
"""Texts with words in them that nobody reads on a screen: codes, what is looked for in errors, keys of files."""
UNNAMED = ("len", "sum", "round", "abs", "int", "str", "max", "min", "sorted", "ceil", "repr")
METHODS = (
    "replace", "strip", "rstrip", "removeprefix", "removesuffix", "lower", "upper", "capitalize", "partition",
    "isoformat", "format", "title", "items", "keys", "values",
)  # fmt: skip


@lru_cache(maxsize=4)
def made(scope: tuple[str, ...] = SCOPE) -> dict[str, str]:
    """Return template -> where it is made first, of every text in some modules."""
    found: dict[str, str] = {}
    for pattern in scope:
        for path in sorted(PACKAGE.glob(pattern)):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for line, template in _texts(tree, _docstrings(tree)):
                found.setdefault(template, f"{path.relative_to(PACKAGE)}:{line}")
    return found


def is_read(template: str) -> bool:
    """Tell whether people read a text: it has words, and is no code."""
    bare = re.sub(r"\{[^{}]*\}", "\0", template)
    if template.strip() in UNSEEN or CODE.search(template) or re.fullmatch(r"[\w/:.\0-]*", bare):
        return False
    return bool(re.search(r"[A-Za-z]{2,}[,.;:)]* |[ (][A-Za-z]{2,}|\0 [A-Za-z]+|^[A-Za-z ]+\0", bare))


def _docstrings(tree: ast.AST) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for one in body if isinstance(body, list) else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                found.add(id(one.value))
    return found


def _texts(node: ast.AST, docstrings: set[int]) -> Iterator[tuple[int, str]]:
    if id(node) in docstrings:
        return
    if isinstance(node, ast.expr) and _is_text(node):
        yield node.lineno, _template(node)
        for inner in _inner(node):
            yield from _texts(inner, docstrings)
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, docstrings)


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _inner(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions within a text, which may make texts of their own."""
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.FormattedValue) and not _choices(value.value):
                yield from _inner(value.value) if isinstance(value.value, ast.JoinedStr) else (value.value,)
    elif isinstance(node, ast.BinOp):
        for side in (node.left, node.right):
            yield from _inner(side) if _is_text(side) else (side,)


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    used: dict[str, int] = {}
    return "".join(_piece(part, used) for part in _parts(node))


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The pieces of a text, one behind another."""
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield from _parts(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (*_parts(node.left), *_parts(node.right))
    elif isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.JoinedStr):
        yield from _parts(node.value)
    else:
        yield node


def _piece(part: ast.expr, used: dict[str, int]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value, form = part, ""
    if isinstance(part, ast.FormattedValue):
        value = part.value
        form = "!r" if part.conversion == ord("r") else ""
        if isinstance(part.format_spec, ast.JoinedStr):
            form += ":" + "".join(str(one.value) for one in part.format_spec.values if isinstance(one, ast.Constant))
    choices = _choices(value)
    if choices:
        return "{" + "|".join(choices) + "}"
    name = _name(value) or "value"
    used[name] = used.get(name, 0) + 1
    return "{" + name + (str(used[name]) if used[name] > 1 else "") + form + "}"


def _choices(node: ast.expr) -> tuple[str, ...]:
    """The words that an expression chooses from, if it chooses between words alone."""
    if not isinstance(node, ast.IfExp):
        return ()
    found: list[str] = []
    for side in (node.body, node.orelse):
        if isinstance(side, ast.Constant) and isinstance(side.value, str):
            found.append(side.value)
        else:
            inner = _choices(side)
            if not inner:
                return ()
            found += inner
    return tuple(found)


def _name(node: ast.expr) -> str:
    """Name a value after the last name in its expression."""
    if isinstance(node, ast.Name | ast.Attribute):
        return (node.id if isinstance(node, ast.Name) else node.attr).strip("_")
    if isinstance(node, ast.Subscript):
        key = node.slice
        is_word = isinstance(key, ast.Constant) and isinstance(key.value, str)
        return re.sub(r"\W+", "_", key.value).strip("_") if is_word else _name(node.value)  # type: ignore[attr-defined]
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.IfExp):
        return _chosen(node)
    if isinstance(node, ast.BoolOp):
        return f"{_name(node.values[0])}_or"
    if isinstance(node, ast.BinOp):
        return _name(node.right if isinstance(node.left, ast.Constant) else node.left)
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        return _name(node.generators[0].iter)
    value = getattr(node, "operand", None) or (node.value if isinstance(node, ast.Starred) else None)
    return _name(value) if isinstance(value, ast.expr) else ""


def _called(node: ast.Call) -> str:
    called = node.func
    if isinstance(called, ast.Attribute):
        if called.attr == "join":
            return _name(node.args[0]) if node.args else ""
        if called.attr == "get":
            key = node.args[0]
            return str(key.value) if isinstance(key, ast.Constant) else _name(called.value)
        return _name(called.value) if called.attr in METHODS else called.attr.strip("_")
    if isinstance(called, ast.Name) and called.id in UNNAMED and node.args:
        return _name(node.args[0])
    return _name(called)


def _chosen(node: ast.IfExp) -> str:
    is_body, is_else = (isinstance(side, ast.Constant | ast.JoinedStr) for side in (node.body, node.orelse))
    name = _name(node.orelse if is_body else node.body) if not (is_body and is_else) else "part"
    return f"{name}_or" if is_body != is_else else name
