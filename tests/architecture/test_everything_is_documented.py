"""What outsiders use is written down: commands, options, routes, settings; and nothing is written that is not there."""

import importlib
import re
from types import ModuleType
from typing import Any

import click
import pytest

from tests.architecture.house import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = README + "".join(path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "help").glob("*.md")))


def module(name: str) -> ModuleType:
    """A module of the product; the test is skipped only where its file is truly absent."""
    if not (PACKAGE / f"{name}.py").exists():
        pytest.skip(f"dashboard/{name}.py is not part of this tree")
    return importlib.import_module(f"dashboard.{name}")


def commands() -> dict[str, click.Command]:
    """The sub-commands of `warroom`."""
    main: Any = module("cli").main
    return dict(main.commands)


def test_every_command_is_in_the_manual() -> None:
    missing = [name for name in commands() if f"warroom {name}" not in MANUAL]
    assert not missing, f"`warroom` commands without a word in README.md: {missing}"


def test_every_command_of_the_manual_exists() -> None:
    claimed = set(re.findall(r"^\| `warroom ([a-z]+)", README, re.MULTILINE))
    assert claimed, "README.md has no table of commands"
    assert claimed == set(commands())


def test_every_command_and_option_says_what_it_does() -> None:
    silent = [name for name, command in commands().items() if not command.help]
    silent += [
        f"{name} {option.opts[0]}"
        for name, command in commands().items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert not silent, f"without help: {silent}"


def test_every_route_is_in_the_manual() -> None:
    server = module("server")
    room = module("room").Room(importlib.import_module("dashboard.journal.store").Journal(":memory:"), clock=lambda: 0)
    paths = [route.path for route in server.routes(room, server.Clock(room))]
    room.stop()
    assert paths
    missing = [path for path in paths if path not in MANUAL]
    assert not missing, f"routes without a word in README.md: {missing}"


def test_every_setting_is_in_the_manual() -> None:
    module("settings")
    from tests.architecture.settings_table import BLOCK, render

    table = BLOCK.search(README)
    assert table, "README.md has lost the place of its table of settings"
    assert table.group() == render(), "run `make readme`"
