"""The `warroom` command: every door to the program that is not a web page.

Commands print for people, or one JSON object with --json. Exit 0: done. Exit 1: a check failed. Exit 2: bad usage or
input, with one sentence saying what was wrong, where, and what would be right. Nobody ever sees a stack trace for
something they typed.
"""

import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_bytes
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from dashboard import (
    cli_claims,
    cli_grade,
    cli_kit as kit,
    cli_outlook,
    cli_rerun,
    cli_review,
    cli_serve,
    cli_stress,
    room as rooms,
    settings,
)
from dashboard.channels.orders_file.importing import import_orders
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.channels.sandbox.play import play
from dashboard.channels.sandbox.play_naive import play_naive
from dashboard.channels.sandbox.scenario import ScenarioProblem, load
from dashboard.channels.sandbox.stress import StressProblem
from dashboard.journal import unnamed, verify as auditor, verify_claims, verify_claims_log
from dashboard.journal.store import Journal, JournalProblem
from dashboard.projections import instant
from dashboard.review import claim_log, evidence as evidences
from dashboard.review.asked import AskProblem
from dashboard.review.change import ChangeProblem

PROBLEMS = (
    JournalProblem,
    ImportProblem,
    ScenarioProblem,
    StressProblem,
    auditor.VerifyProblem,
    verify_claims_log.LogProblem,
    claim_log.ClaimLogProblem,
    evidences.EvidenceProblem,
    unnamed.KeysProblem,
    rooms.FrameProblem,
    AskProblem,
    ChangeProblem,
    instant.InstantProblem,
    settings.SettingProblem,
)


class _Doors(click.Group):
    """Turns every known problem, and every wrong use, into one sentence and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PROBLEMS as problem:
            kit.fail(str(problem))
        except click.UsageError as problem:
            where = problem.ctx.command_path if problem.ctx else ctx.command_path
            kit.fail(f"{problem.format_message().rstrip('.')}; see {where} --help.")
        except msgspec.MsgspecError as problem:  # whatever else is read this way is refused where it is read
            kit.fail(f"An event of the journal cannot be read ({problem}); warroom verify FILE says what was changed.")
        except BrokenPipeError:
            raise  # whoever read our output has seen enough
        except OSError as problem:
            where = f" ({problem.filename})" if problem.filename else ""
            kit.fail(f"{problem.strerror or problem}{where}.")


@click.group(cls=_Doors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="live-war-room", prog_name="warroom")
def main() -> None:
    """See one stock on three continents while every platform sells it, and act in time."""
    gc.set_threshold(100_000, 50, 100)  # a ledger makes many small lasting objects: looking through them is lost time


@main.command("import")
@click.argument("orders", type=click.Path(dir_okay=False))
@click.option("--mapping", required=True, type=click.Path(dir_okay=False), help="TOML file naming the file's columns.")
@click.option("--db", required=True, type=click.Path(dir_okay=False), help="Journal file to write the show into.")
@click.option("--show", default=None, help="Name of the show; the file's name by default.")
@kit.as_json
def import_command(orders: str, mapping: str, db: str, show: str | None, json_wanted: bool) -> None:
    """Turn an order file into a show; every row is accounted for by reason."""
    fresh = not Path(db).exists()
    journal = Journal(db)
    room = rooms.Room(journal, clock=kit.now)
    begun = time.perf_counter()
    gc.disable()  # an import makes millions of objects and no cycles: collecting costs half its time and finds nothing

    def watch(name: str, time: int, channel: str, viewers: int) -> None:
        room.observe(name, time, "viewers", channel, value=viewers)

    try:
        with kit.progress() as progress:
            report = import_orders(
                orders, mapping, show, lambda commands, now: room.handle(commands, None), progress, watch
            )
        room.handle([], None)
    except ImportProblem:
        room.stop()
        if fresh:
            Path(db).unlink(missing_ok=True)
        raise
    room.stop()
    body = report.as_json() | {"seconds_total": round(time.perf_counter() - begun, 3), "db": db}
    if json_wanted:
        kit.say(body)
    else:
        _print_import(body)


def _print_import(body: dict[str, Any]) -> None:
    table = Table(title=f"{body['show']}: {body['rows']:,} rows", title_justify="left", show_header=False)
    table.add_row("accepted", f"{body['accepted']:,}", f"{body['orders']:,} orders")
    for reason, count in sorted(body["rejected"].items(), key=lambda entry: -entry[1]):
        example: dict[str, Any] = next(iter(body["examples"].get(reason, [])), {})
        table.add_row(reason, f"{count:,}", f"row {example['row']}: {example['sentence']}" if example else "")
    for name, count in body["tables"].items():
        table.add_row(name, f"{count:,}", "rows beside the orders")
    Console(highlight=False).print(table)
    for note in body["notes"]:
        click.echo(note)
    click.echo(f"{body['seconds_total']} s. Look at it: warroom serve --db {body['db']}")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--show", default=None, help="Name of the show; not needed where the file has only one.")
@click.option("--at", default=None, help="A time: 2026-03-14T12:40:00Z, T+40:00 or 20:40:00 studio time.")
@click.option("--seq", type=click.IntRange(min=1), default=None, help="A seq: the frame right after that event.")
@click.option("--head", is_flag=True, help="The frame after the last event (the default).")
@kit.as_json
def frame(file: str, show: str | None, at: str | None, seq: int | None, head: bool, json_wanted: bool) -> None:
    """Print one frame of a show as JSON."""
    if sum((at is not None, seq is not None, head)) > 1:
        raise click.UsageError("Give one of --at, --seq and --head.")
    journal = Journal(file, read_only=True)
    try:
        span = kit.span(journal, show)
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
@click.option("--evidence", type=click.Path(dir_okay=False), help="The evidence.json of an earlier export.")
@click.option("--claims", is_flag=True, help="Check every host line as well: true at its seq, and saying just that.")
@click.option(
    "--claims-log", type=click.Path(dir_okay=False), help="A log of claims: every row is to be the journal's."
)
@click.option(
    "--claims-seconds-max", type=click.FloatRange(min=0), help="How long a line may stand once it is false; no limit."
)
@kit.as_json
def verify(
    file: str,
    evidence: str | None,
    claims: bool,
    claims_log: str | None,
    claims_seconds_max: float | None,
    json_wanted: bool,
) -> None:
    """Check a journal's books, chain and moves, its evidence, and what hosts were shown; exit 1 on any breach."""
    kept = evidences.read(evidence) if evidence else None
    asked = claims or claims_log is not None or claims_seconds_max is not None
    report = auditor.verify(file)
    compared = evidences.compare(file, kept) if kept else None
    said = verify_claims.verify_claims(file, claims_log, claims_seconds_max) if asked else None
    ok = report["ok"] and (compared is None or compared.ok) and (said is None or said["ok"])
    if json_wanted:
        more = {"evidence": compared._asdict()} if compared else {}
        kit.say({**report, "ok": ok, **more, **({"claims": said} if said else {})})
    else:
        if compared:
            click.echo(f"evidence: {compared.sentence}")
        for line in verify_claims.lines(said) if said else ():
            click.echo(f"claims: {line}")
        for line in auditor.lines(report, Path(file).name):
            click.echo(line)
    if not ok:
        raise SystemExit(1)


@main.command()
@click.argument("name")
@click.option("--rules", type=click.Choice(["off", "suggest", "auto"]), default="auto", help="Level of every rule.")
@click.option("--seed", type=int, default=None, help="Which shoppers come; the scenario's own by default.")
@kit.db_option
@kit.as_json
def rehearse(name: str, rules: str, seed: int | None, db: str | None, json_wanted: bool) -> None:
    """Play a scenario to its end at full speed and say how it went, and how a naive seller does if it has one."""
    scenario = kit.scenario(name)
    path = db or kit.temporary()
    show_room = kit.stage(path, scenario, kit.now)
    with kit.progress() as progress:
        outcome = play(
            scenario,
            scenario.seed if seed is None else seed,
            show_room,
            rules,  # type: ignore[arg-type]
            on_step=lambda share: progress("playing", round(100 * share), 100),
        )
        if scenario.naive:
            outcome["naive"] = play_naive(
                scenario,
                outcome["seed"],
                on_step=lambda share: progress("naive seller", round(100 * share), 100),
            )
    show_room.stop()
    body = {**outcome, "db": path}
    if json_wanted:
        kit.say(body)
    else:
        _print_rehearsal(body)


def _print_rehearsal(body: dict[str, Any]) -> None:
    for beat in body["beats"]:
        click.echo(f"{beat['at']}  {beat['rule']:<18} {beat['what']}")
    naive = body.get("naive")
    if not naive:
        click.echo(f"{_in_short(body)}   ({body['db']})")
        return
    every = f"{naive['sync_seconds']:,.0f} s" + (f", {naive['buffer']:,} held back" if naive["buffer"] else "")
    click.echo(f"ours   {_in_short(body)}   ({body['db']})")
    click.echo(f"naive  {_in_short(naive)}   (one number for every platform, every {every})")


def _in_short(row: dict[str, Any]) -> str:
    return "  ".join(f"{key} {row[key]:,}" for key in ("sold", "cancelled", "oversold", "leftover", "refused"))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--out", required=True, type=click.Path(file_okay=False), help="Directory for the Parquet files.")
@click.option("--without-buyers", is_flag=True, help="Replace buyers, order numbers and operators by pseudonyms.")
@click.option("--keys", type=click.Path(dir_okay=False), help="File of the pseudonyms' keys: kept, or made if missing.")
@kit.as_json
def export(file: str, out: str, without_buyers: bool, keys: str | None, json_wanted: bool) -> None:
    """Write every public table of a journal as Parquet, and its evidence: the end of its chain, to keep elsewhere."""
    if keys and not without_buyers:
        raise click.UsageError("Give --keys together with --without-buyers.")
    written = evidences.export(file, Path(out), token_bytes if without_buyers else None, Path(keys) if keys else None)
    proof = Path(out) / evidences.FILE_NAME
    if json_wanted:
        kit.say({"out": out, "rows": written, "evidence": str(proof)})
    else:
        for table, count in written.items():
            click.echo(f"{count:>12,}  {Path(out) / table}.parquet")
        click.echo(
            f"{'':>12}  {proof}: keep it elsewhere; later: warroom verify {file} --evidence {evidences.FILE_NAME}"
        )


@main.command()
@click.argument("names_wanted", nargs=-1)
@kit.as_json
def bench(names_wanted: tuple[str, ...], json_wanted: bool) -> None:
    """Measure the performance goals, each as a ratio against a yardstick in the same run."""
    root = settings.DATA.parent
    if not (root / "tests" / "benchmarks" / "run.py").is_file():
        kit.fail(f"There are no benchmarks at {root / 'tests' / 'benchmarks'}; run this from a checkout.")
    arguments = [sys.executable, "-m", "tests.benchmarks.run", *names_wanted, *(["--json"] if json_wanted else [])]
    raise SystemExit(subprocess.run(arguments, cwd=root, env=os.environ, check=False).returncode)


@main.command()
@kit.as_json
def scenarios(json_wanted: bool) -> None:
    """List the scenarios that can be rehearsed or shown."""
    paths = sorted((settings.DATA / "scenarios").glob("*.toml"))
    found = [{"name": path.stem, "title": load(path).title} for path in paths]
    if json_wanted:
        kit.say({"scenarios": found})
    else:
        for row in found:
            click.echo(f"{row['name']:<16} {row['title']}")


for _command in (
    cli_claims.claims, cli_grade.grade, cli_outlook.outlook, cli_rerun.rerun, cli_review.review, cli_serve.demo,
    cli_serve.serve, cli_stress.stress,
):  # fmt: skip
    main.add_command(_command)

if __name__ == "__main__":
    main(prog_name="warroom")
