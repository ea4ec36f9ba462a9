"""What every `warroom` command shares: options, progress, one JSON object or one sentence, a room for a scenario.

    cli.py, cli_grade.py, cli_outlook.py, cli_serve.py, cli_stress.py -> here -> room, journal, scenarios

Nothing here is a command. What goes wrong is told by `fail` in one sentence and exit code 2.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dashboard import room as rooms, settings
from dashboard.channels.sandbox.scenario import Scenario, ScenarioProblem, find, load
from dashboard.journal.store import Journal

console = Console(stderr=True, highlight=False)

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object instead of text for people.")
db_option = click.option("--db", type=click.Path(dir_okay=False), help="Journal file; a new temporary one by default.")


def fail(sentence: str) -> NoReturn:
    """End with exit code 2 and one sentence, which is also an object where JSON was asked for."""
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": sentence}))
    click.echo(sentence, err=True)
    raise SystemExit(2)


def say(body: dict[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(body, ensure_ascii=False))


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Long work on a terminal: one line per phase."""
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        tasks: dict[str, Any] = {}

        def report(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = shown.add_task(phase, total=total or None)
            shown.update(tasks[phase], completed=done, total=total or None)

        yield report


def temporary() -> str:
    """The path of a journal that nobody has yet."""
    return str(Path(tempfile.mkdtemp(prefix="warroom-")) / "show.duckdb")


def now() -> int:
    """The time: microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def scenario(name: str) -> Scenario:
    """A scenario by name; raises ScenarioProblem."""
    return load(find(name, settings.DATA / "scenarios"))


def stage(path: str, played: Scenario, clock: Callable[[], int]) -> rooms.Room:
    """A room for a scenario in a journal that has not seen it yet."""
    journal = Journal(path)
    if played.name in {span.show for span in journal.spans()}:
        journal.close()
        raise ScenarioProblem(f"{path} holds a show {played.name!r} already; name another file with --db.")
    return rooms.Room(journal, clock)


def span(journal: Journal, show: str | None) -> Any:
    """The show meant by a name, or the only one; raises FrameProblem."""
    spans = {span.show: span for span in journal.spans()}
    if show is None and len(spans) == 1:
        return next(iter(spans.values()))
    if show in spans:
        return spans[show]
    known = ", ".join(spans) or "none"
    asked = "Name a show with --show" if show is None else f"There is no show {show!r} in {journal.path}"
    raise rooms.FrameProblem(f"{asked}; it has {known}.")
