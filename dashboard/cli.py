"""The `warroom` command: every door to the program that is not a web page.

Commands print for people, or one JSON object with --json. Exit 0: done. Exit 1: a check failed. Exit 2: bad usage or
input, with one sentence saying what was wrong, where, and what would be right. Nobody ever sees a stack trace for
something they typed.
"""

import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dashboard import room as rooms, settings
from dashboard.channels.orders_file.importing import import_orders
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.channels.sandbox.play import STEP_SECONDS, Show, play
from dashboard.channels.sandbox.scenario import Scenario, ScenarioProblem, find, load
from dashboard.journal import verify as auditor
from dashboard.journal.store import Journal, JournalProblem
from dashboard.projections import instant
from dashboard.rules.parameters import ALL, RULES

PROBLEMS = (
    JournalProblem,
    ImportProblem,
    ScenarioProblem,
    auditor.VerifyProblem,
    rooms.FrameProblem,
    instant.InstantProblem,
    settings.SettingProblem,
)
console = Console(stderr=True, highlight=False)

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object instead of text for people.")
db_option = click.option("--db", type=click.Path(dir_okay=False), help="Journal file; a new temporary one by default.")


class _Doors(click.Group):
    """Turns every known problem, and every wrong use, into one sentence and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PROBLEMS as problem:
            _fail(str(problem))
        except click.UsageError as problem:
            where = problem.ctx.command_path if problem.ctx else ctx.command_path
            _fail(f"{problem.format_message().rstrip('.')}; see {where} --help.")
        except BrokenPipeError:
            raise  # whoever read our output has seen enough
        except OSError as problem:
            where = f" ({problem.filename})" if problem.filename else ""
            _fail(f"{problem.strerror or problem}{where}.")


def _fail(sentence: str) -> None:
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": sentence}))
    click.echo(sentence, err=True)
    raise SystemExit(2)


def _say(body: dict[str, Any]) -> None:
    click.echo(json.dumps(body, ensure_ascii=False))


@click.group(cls=_Doors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="live-war-room", prog_name="warroom")
def main() -> None:
    """See one stock on three continents while every platform sells it, and act in time."""
    gc.set_threshold(100_000, 50, 100)  # a ledger makes many small lasting objects: looking through them is lost time


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Long work on a terminal: one line per phase."""
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks: dict[str, Any] = {}

        def report(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(phase, total=total or None)
            progress.update(tasks[phase], completed=done, total=total or None)

        yield report


def _temporary() -> str:
    return str(Path(tempfile.mkdtemp(prefix="warroom-")) / "show.duckdb")


@main.command("import")
@click.argument("orders", type=click.Path(dir_okay=False))
@click.option("--mapping", required=True, type=click.Path(dir_okay=False), help="TOML file naming the file's columns.")
@click.option("--db", required=True, type=click.Path(dir_okay=False), help="Journal file to write the show into.")
@click.option("--show", default=None, help="Name of the show; the file's name by default.")
@as_json
def import_command(orders: str, mapping: str, db: str, show: str | None, json_wanted: bool) -> None:
    """Turn an order file into a show; every row is accounted for by reason."""
    fresh = not Path(db).exists()
    journal = Journal(db)
    room = rooms.Room(journal, clock=_now)
    begun = time.perf_counter()
    gc.disable()  # an import makes millions of objects and no cycles: collecting costs half its time and finds nothing
    try:
        with _progress() as progress:
            report = import_orders(orders, mapping, show, lambda commands, now: room.handle(commands, None), progress)
        for seen in report.viewers:
            room.observe(report.show, seen.time, "viewers", seen.channel, value=seen.viewers)
        room.handle([], None)
    except ImportProblem:
        room.stop()
        if fresh:
            Path(db).unlink(missing_ok=True)
        raise
    room.stop()
    body = report.as_json() | {"seconds_total": round(time.perf_counter() - begun, 3), "db": db}
    if json_wanted:
        _say(body)
    else:
        _print_import(body)


def _print_import(body: dict[str, Any]) -> None:
    table = Table(title=f"{body['show']}: {body['rows']:,} rows", title_justify="left", show_header=False)
    table.add_row("accepted", f"{body['accepted']:,}", f"{body['orders']:,} orders")
    for reason, count in sorted(body["rejected"].items(), key=lambda entry: -entry[1]):
        example: dict[str, Any] = next(iter(body["examples"].get(reason, [])), {})
        table.add_row(reason, f"{count:,}", f"row {example['row']}: {example['sentence']}" if example else "")
    Console(highlight=False).print(table)
    click.echo(f"{body['seconds_total']} s. Look at it: warroom serve --db {body['db']}")


def _now() -> int:
    return time.time_ns() // 1000


def _span(journal: Journal, show: str | None) -> Any:
    """The show meant by a name, or the only one."""
    spans = {span.show: span for span in journal.spans()}
    if show is None and len(spans) == 1:
        return next(iter(spans.values()))
    if show in spans:
        return spans[show]
    known = ", ".join(spans) or "none"
    asked = "Name a show with --show" if show is None else f"There is no show {show!r} in {journal.path}"
    raise rooms.FrameProblem(f"{asked}; it has {known}.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--show", default=None, help="Name of the show; not needed where the file has only one.")
@click.option("--at", default=None, help="A time: 2026-03-14T12:40:00Z, T+40:00 or 20:40:00 studio time.")
@click.option("--seq", type=click.IntRange(min=1), default=None, help="A seq: the frame right after that event.")
@click.option("--head", is_flag=True, help="The frame after the last event (the default).")
@as_json
def frame(file: str, show: str | None, at: str | None, seq: int | None, head: bool, json_wanted: bool) -> None:
    """Print one frame of a show as JSON."""
    if sum((at is not None, seq is not None, head)) > 1:
        raise click.UsageError("Give one of --at, --seq and --head.")
    journal = Journal(file, read_only=True)
    try:
        span = _span(journal, show)
        moment = None
        upto = span.last_seq if seq is None else seq
        if at is not None:
            opened = rooms.fold_upto(journal, span.show, span.first_seq)
            assert opened is not None
            moment = instant.read(at, opened.opened.starts_at, opened.opened.time_zone)
            upto = journal.seq_at(span.show, moment)
        found = rooms.past_frame(journal, span.show, upto, moment, rooms.patience())
    finally:
        journal.close()
    click.echo(json.dumps(found, ensure_ascii=False, indent=None if json_wanted else 1))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@as_json
def verify(file: str, json_wanted: bool) -> None:
    """Check a journal's books, hash chain and moves; exit 1 on any breach."""
    report = auditor.verify(file)
    if json_wanted:
        _say(dict(report))
    else:
        for line in auditor.lines(report, Path(file).name):
            click.echo(line)
    if not report["ok"]:
        raise SystemExit(1)


def _scenario(name: str) -> Scenario:
    return load(find(name, settings.DATA / "scenarios"))


def _stage(path: str, scenario: Scenario, clock: Callable[[], int]) -> rooms.Room:
    """A room for a scenario in a journal that has not seen it yet."""
    journal = Journal(path)
    if scenario.name in {span.show for span in journal.spans()}:
        journal.close()
        raise ScenarioProblem(f"{path} holds a show {scenario.name!r} already; name another file with --db.")
    return rooms.Room(journal, clock)


@main.command()
@click.argument("name")
@click.option("--rules", type=click.Choice(["off", "suggest", "auto"]), default="auto", help="Level of every rule.")
@click.option("--seed", type=int, default=None, help="Which shoppers come; the scenario's own by default.")
@db_option
@as_json
def rehearse(name: str, rules: str, seed: int | None, db: str | None, json_wanted: bool) -> None:
    """Play a scenario to its end at full speed and say how it went."""
    scenario = _scenario(name)
    path = db or _temporary()
    show_room = _stage(path, scenario, _now)
    with _progress() as progress:
        outcome = play(
            scenario,
            scenario.seed if seed is None else seed,
            show_room,
            rules,  # type: ignore[arg-type]
            on_step=lambda share: progress("playing", round(100 * share), 100),
        )
    show_room.stop()
    body = {**outcome, "db": path}
    if json_wanted:
        _say(body)
        return
    for beat in body["beats"]:
        click.echo(f"{beat['at']}  {beat['rule']:<18} {beat['what']}")
    click.echo(
        f"sold {body['sold']:,}  cancelled {body['cancelled']:,}  oversold {body['oversold']:,}  "
        f"leftover {body['leftover']:,}  refused {body['refused']:,}   ({path})"
    )


@main.command()
@click.option("--scenario", "name", default="breezestyle", help="Which show; see data/scenarios.")
@click.option("--speed", type=click.FloatRange(min=0.1, max=600), default=None, help="Times faster than real time.")
@click.option("--start", default="T+00:00", help="Where to begin, such as T+12:00; what came before is played at once.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port to listen on.")
@click.option("--seed", type=int, default=None, help="Which shoppers come; the scenario's own by default.")
@db_option
def demo(name: str, speed: float | None, start: str, port: int | None, seed: int | None, db: str | None) -> None:
    """Watch a believable show run by itself: app, shoppers and ledger in one process, no network."""
    scenario = _scenario(name)
    begin = instant.read(start, scenario.start(), scenario.time_zone)
    factor = speed if speed is not None else settings.number("demo_speed")
    if not 0.1 <= factor <= 600:
        raise click.UsageError(f"The speed is {factor}; it takes a number from 0.1 to 600.")
    path = db or _temporary()
    clock = _ShowClock(begin, factor)
    show_room = _stage(path, scenario, clock)
    show = Show(scenario, scenario.seed if seed is None else seed, show_room, "auto")
    show.open()
    feed = _Shoppers(show)
    feed(begin)
    clock.begin()
    _serve(show_room, feed, port, f"{scenario.title}, {factor:g} times real time, journal {path}", None)


class _Shoppers:
    """A simulated show as the clock's feed: played in small steps up to now, closed once at its end."""

    def __init__(self, show: Show) -> None:
        self.show = show
        self.closed = False

    def __call__(self, now: int) -> None:
        step = round(STEP_SECONDS * 1_000_000)
        while self.show.at + step <= min(now, self.show.end):
            self.show.step(self.show.at + step)
        if now >= self.show.end and not self.closed:
            self.show.step(self.show.end)
            self.show.finish()
            self.closed = True


class _ShowClock:
    """Show time: begins where it is told to and runs a factor faster than the wall clock."""

    def __init__(self, start: int, factor: float) -> None:
        self.start = start
        self.factor = factor
        self.begun: float | None = None

    def begin(self) -> None:
        """Let time run from now on."""
        self.begun = time.monotonic()

    def __call__(self) -> int:
        if self.begun is None:
            return self.start
        return self.start + int((time.monotonic() - self.begun) * self.factor * 1_000_000)


@main.command()
@click.option(
    "--config", type=click.Path(dir_okay=False), default=None, help="TOML file: journal, host, port, [rules]."
)
@click.option("--db", type=click.Path(dir_okay=False), default=None, help="Journal file, when there is no config.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port to listen on.")
def serve(config: str | None, db: str | None, port: int | None) -> None:
    """Serve a journal: live where a show is open, replay for all."""
    wanted = settings.read_config(config, {rule.name for rule in RULES} | {ALL}) if config else {}
    path = db or wanted.get("journal")
    if not path:
        raise click.UsageError('Name the journal: --db FILE, or journal = "FILE" in the config.')
    show_room = rooms.Room(Journal(path), clock=_now, levels=wanted.get("rules", {}))
    _serve(show_room, None, port or wanted.get("port"), f"journal {path}", wanted.get("host"))


def _serve(room: rooms.Room, feed: Callable[[int], None] | None, port: int | None, what: str, host: str | None) -> None:
    """Serve a room until Ctrl+C; Streamlit is loaded only here, for it takes a second that `frame` need not wait."""
    import uvicorn

    from dashboard import server

    address = host or str(settings.load()["host"])
    number = port or int(settings.number("port"))
    _demand_port(address, number)
    shown = "localhost" if address in ("127.0.0.1", "0.0.0.0") else address
    click.echo(f"Live war room: http://{shown}:{number}   ({what}; Ctrl+C ends it)")
    uvicorn.run(server.build(room, feed), host=address, port=number, log_level="warning", ws_per_message_deflate=False)


def _demand_port(address: str, number: int) -> None:
    """Refuse an address nobody can listen on, before uvicorn fails in words of its own."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        _fail(f"Nobody can listen on {address} port {number}: {why}; choose another with --port or WARROOM_PORT.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--out", required=True, type=click.Path(file_okay=False), help="Directory for the Parquet files.")
@as_json
def export(file: str, out: str, json_wanted: bool) -> None:
    """Write every public table of a journal as Parquet."""
    journal = Journal(file, read_only=True)
    written = journal.export(Path(out))
    journal.close()
    if json_wanted:
        _say({"out": out, "rows": written})
    else:
        for table, count in written.items():
            click.echo(f"{count:>12,}  {Path(out) / table}.parquet")


@main.command()
@click.argument("names_wanted", nargs=-1)
@as_json
def bench(names_wanted: tuple[str, ...], json_wanted: bool) -> None:
    """Measure the performance goals, each as a ratio against a yardstick in the same run."""
    root = settings.DATA.parent
    if not (root / "tests" / "benchmarks" / "run.py").is_file():
        _fail(f"There are no benchmarks at {root / 'tests' / 'benchmarks'}; run this from a checkout.")
    arguments = [sys.executable, "-m", "tests.benchmarks.run", *names_wanted, *(["--json"] if json_wanted else [])]
    raise SystemExit(subprocess.run(arguments, cwd=root, env=os.environ, check=False).returncode)


@main.command()
@as_json
def scenarios(json_wanted: bool) -> None:
    """List the scenarios that can be rehearsed or shown."""
    paths = sorted((settings.DATA / "scenarios").glob("*.toml"))
    found = [{"name": path.stem, "title": load(path).title} for path in paths]
    if json_wanted:
        _say({"scenarios": found})
    else:
        for row in found:
            click.echo(f"{row['name']:<16} {row['title']}")
