"""Every tunable of the program: name, default, unit and what it does, declared once.

A value comes from the environment (`WARROOM_<NAME>` in capitals), else the default. The command line and the
README's table are rendered from this list, so an option is written down in one place only. A value that cannot be
read is refused with a sentence naming the variable, the value and what would be right.
"""

import difflib
import math
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
"""Where world shapes, scenarios, phrases and mappings lie."""

PORT_MAX = 65535
_KINDS: Mapping[type, str] = {str: "a text", int: "a whole number", float: "a number", dict: "a table"}


class SettingProblem(ValueError):
    """A setting cannot be read; the message is one sentence for people."""


@dataclass(frozen=True)
class Setting:
    """One tunable: `unit` is what the number counts ("" for words); numbers lie above 0 and at most at `most`."""

    name: str
    default: int | float | str
    unit: str
    help: str
    most: float = math.inf


SETTINGS: tuple[Setting, ...] = (
    Setting("host", "127.0.0.1", "", "Address the server listens on; only this machine by default."),
    Setting("port", 8501, "", "Port the server listens on.", most=PORT_MAX),
    Setting("secrets_file", "", "", "TOML file with what is secret, which only its owner can read."),
    Setting("tick_seconds", 1.0, "seconds", "How often a new frame is computed for everybody."),
    Setting("batch_commands_max", 4096, "commands", "How many commands one journal transaction takes at most."),
    Setting("checkpoint_moves", 4000, "moves", "Folded state is kept every so many moves, so that jumps stay short."),
    Setting("bulk_body_bytes_max", 8_000_000, "bytes", "Largest body POST /api/orders takes."),
    Setting("bulk_lines_max", 50_000, "lines", "Most lines POST /api/orders takes at once."),
    Setting("webhook_body_bytes_max", 1_000_000, "bytes", "Largest body POST /channels/{channel} takes."),
    Setting("demo_speed", 10.0, "times", "How much faster than real time the demo show runs."),
    Setting("late_after_seconds", 300.0, "seconds", "A channel without an order for so long is shown as silent."),
    Setting("feed_late_after_seconds", 15.0, "seconds", "Data of a channel older than this withhold lines and rules."),
    Setting("answer_seconds_max", 30.0, "seconds", "How long a request waits for the writer before it gives up."),
)


def load(environment: Mapping[str, str] | None = None) -> dict[str, int | float | str]:
    """Read all settings; raises SettingProblem when one cannot be read."""
    given = os.environ if environment is None else environment
    return {setting.name: _read(setting, given.get(f"WARROOM_{setting.name.upper()}")) for setting in SETTINGS}


def _read(setting: Setting, value: str | None) -> int | float | str:
    if value is None or value == setting.default:
        return setting.default
    variable = f"WARROOM_{setting.name.upper()}"
    shown = repr(value if len(value) <= 40 else f"{value[:40]}...")
    kind = type(setting.default)
    try:
        read = kind(value)
    except ValueError:
        read = ""
    if read == "":
        wanted = _KINDS[kind]
        unit = f" of {setting.unit}" if setting.unit else ""
        raise SettingProblem(f"{variable} is {shown}; it takes {wanted}{unit}, such as {setting.default}.")
    if not isinstance(read, str) and not (0 < read <= setting.most and read < math.inf):
        bound = "above 0" if setting.most == math.inf or read <= 0 else f"at most {setting.most:g}"
        raise SettingProblem(f"{variable} is {shown}; it must be {bound}, such as {setting.default}.")
    return read


def number(name: str) -> float:
    """One numeric setting as it stands now."""
    value = load()[name]
    assert not isinstance(value, str)
    return value


def read_config(path: str, rules: Collection[str]) -> dict[str, Any]:
    """Read the file of `warroom serve`; raises SettingProblem naming the file and the key or rule that does not fit."""
    allowed: dict[str, type] = {
        "journal": str,
        "host": str,
        "port": int,
        "secrets": str,
        "rules": dict,
        "channels": dict,
        "login": dict,
        "roles": dict,
        "purchasing": dict,
        "host_links": dict,
        "wording": dict,
    }
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingProblem(f"There is no config file {path}.") from None
    except IsADirectoryError:
        raise SettingProblem(f"{path} is a folder; name a TOML file in it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingProblem(f"{path} is no TOML: {problem}.") from None
    for key, value in table.items():
        if key not in allowed:
            raise SettingProblem(f"{path}: unknown key {key!r}; {_hint(key, allowed)}")
        if not isinstance(value, allowed[key]) or isinstance(value, bool):
            raise SettingProblem(f"{path}: {key} is {value!r}; it takes {_KINDS[allowed[key]]}.")
    if not 0 < table.get("port", 1) <= PORT_MAX:
        raise SettingProblem(f"{path}: port is {table['port']}; it takes a number from 1 to {PORT_MAX}.")
    for rule, level in table.get("rules", {}).items():
        if rule not in rules:
            raise SettingProblem(f"{path}: [rules] has no rule {rule!r}; {_hint(rule, sorted(rules))}")
        if level not in ("off", "suggest", "auto"):
            raise SettingProblem(f"{path}: [rules] {rule} is {level!r}; it takes off, suggest or auto.")
    return table


def _hint(word: str, known: Collection[str]) -> str:
    """The nearest known word, or all of them."""
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}."
