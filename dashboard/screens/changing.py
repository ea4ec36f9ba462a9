"""A change as it is put together on a page: always the TOML that it is, one text with helpers that add to it.

Data flow: text -> `parsed` -> one more thing -> `written` -> text, which is what is run, saved and read by the command
line. Invariants: nothing is kept beside the text, so what is seen is what is run; what `written` writes is read back
the same. What can fail: somebody's text is no TOML; then nothing is added and a sentence says so.
"""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from dashboard.screens.marks import Frame

Change = dict[str, Any]
PLAIN = ("at", "without", "rules_again")
TABLES = ("rules", "parameters")
LISTS = ("move", "opening")
SHOWN = 40
"""Characters of what somebody did, in the name of a run."""
EXAMPLE = """# nothing is changed yet: the show is decided again as it was
"""


class NoToml(ValueError):
    """The text is no TOML; the sentence says where."""


def parsed(text: str) -> Change:
    """Read the text; raises NoToml."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise NoToml(f"This is no TOML: {problem}.") from None


def written(change: Change) -> str:
    """Write a change as TOML: what holds for the whole run first, then tables, then lists."""
    lines = [f"{name} = {_value(change[name])}" for name in PLAIN if name in change]
    for name in TABLES:
        if change.get(name):
            lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in change[name].items())]
    for name in LISTS:
        for row in change.get(name, ()):
            lines += ["", f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in row.items())]
    return "\n".join(lines).strip("\n") + "\n" if lines else EXAMPLE


def with_one_more(change: Change, kind: str, typed: Mapping[str, Any]) -> Change:
    """Add what the helpers hold: leave out an entry, a move, a line of the opening, a level, a number, rules anew."""
    more = {name: dict(value) if isinstance(value, dict) else value for name, value in change.items()}
    if kind == "without":
        more["without"] = sorted({*change.get("without", ()), int(typed["seq"])})
    elif kind == "move":
        row = {
            "at": typed["at"],
            "sku": typed["sku"],
            "from": typed["from"],
            "to": typed["to"],
            "units": int(typed["units"]),
        }
        more["move"] = [*change.get("move", ()), row]
    elif kind == "opening":
        line = {"sku": typed["sku"], "pool": typed["pool"], "units": int(typed["units"])}
        others = [
            row for row in change.get("opening", ()) if (row.get("sku"), row.get("pool")) != (line["sku"], line["pool"])
        ]
        more["opening"] = [*others, line]
    elif kind == "rules":
        more["rules"] = {**change.get("rules", {}), str(typed["rule"]): str(typed["level"])}
    elif kind == "parameters":
        more["parameters"] = {**change.get("parameters", {}), str(typed["parameter"]): typed["value"]}
    elif kind == "again":
        more["rules_again"] = True
    if kind in ("rules", "parameters", "again") and str(typed.get("since") or "").strip():
        more["at"] = str(typed["since"]).strip()
    return more


def title(change: Change, review: Frame | None = None) -> str:
    """Name a change in a few words, for the list of runs."""
    told = {row["seq"]: row["what"][:SHOWN] for row in review["interventions"]} if review else {}
    parts = [f"− {told.get(seq, f'#{seq}')}" for seq in change.get("without", ())]
    parts += [
        f"{row.get('units')} × {row.get('sku')} → {_short(row.get('to'))} {row.get('at')}"
        for row in change.get("move", ())
    ]
    parts += [f"{row.get('sku')} {_short(row.get('pool'))} {row.get('units')}" for row in change.get("opening", ())]
    parts += [f"{name} = {value}" for table in TABLES for name, value in dict(change.get(table, {})).items()]
    if change.get("rules_again") and not change.get("rules"):
        parts.append("rules_again")
    first = ", ".join(parts[:2])
    return f"{first} (+{len(parts) - 2})" if len(parts) > 2 else first


def _short(pool: object) -> str:
    return str(pool).removeprefix("region/")


def _value(value: object) -> str:
    """Write a value; JSON's texts, whole numbers and lists are TOML's as well."""
    return json.dumps(value, ensure_ascii=False)
