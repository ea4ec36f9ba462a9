"""`warroom rerun`: the same orders under other decisions.

    journal, CHANGE.toml -> dashboard/review/tried.py -> original, control, changed

Without a change it is a check: the decisions of the journal are made again, and must give the very same hash (exit 1
where they do not, naming the entry).
"""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dashboard import cli_kit as kit
from dashboard.journal.store import Journal
from dashboard.review import figures
from dashboard.review.change import Change, read_file
from dashboard.review.opening import opened_of
from dashboard.review.tried import tried

Row = dict[str, Any]
LINES = (
    ("sold", "units sold"),
    ("lost", "units missed"),
    ("cancelled", "units cancelled"),
    ("oversold", "oversold"),
    ("leftover", "units left"),
    ("revenue_minor", "revenue"),
    ("margin_minor", "margin"),
    ("stock_out_minutes", "minutes sold out"),
    ("moves", "moves between pools"),
    ("moved_units", "units moved"),
)
OF_REGIONS = ("sold", "lost", "left", "margin_minor", "stock_out_minutes")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--show", default=None, help="Name of the show; not needed where the file has only one.")
@click.option("--change", type=click.Path(dir_okay=False), help="TOML file saying what is done otherwise.")
@click.option("--db", type=click.Path(dir_okay=False), help="Keep the rerun as a journal of its own in this new file.")
@kit.as_json
def rerun(file: str, show: str | None, change: str | None, db: str | None, json_wanted: bool) -> None:
    """Decide a show's orders again, as they were or under a change; exit 1 if, unchanged, the hash differs."""
    if db and Path(db).exists():
        kit.fail(f"{db} exists already; name a new file with --db.")
    journal = Journal(file, read_only=True)
    into = None
    try:
        name = kit.span(journal, show).show
        asked = Change() if change is None else read_file(change, opened_of(journal, name))
        into = Journal(db) if db else None
        with kit.progress() as progress:
            body = tried(journal, name, asked, into, progress)
    finally:
        journal.close()
        if into:
            into.close()
    if db:
        body["db"] = db
    if json_wanted:
        kit.say(body)
    else:
        _print(body)
    if not asked and not body["same"]:
        raise SystemExit(1)


def _print(body: Row) -> None:
    control, console = body["control"], Console(highlight=False)
    table = Table(title=f"{body['show']}: the same orders again", title_justify="left")
    table.add_column("")
    for name in ("as it was", "control", "changed", "difference") if control else ("as it was",):
        table.add_column(name, justify="right")
    for key, words in LINES:
        columns = (body["original"], control, body, body["difference"]) if control else (body["original"],)
        table.add_row(words, *(_figure(key, row, body) for row in columns))
    console.print(table)
    if control:
        _print_regions(body, console)
        click.echo(f"Changed from {body['since']} on; up to there every entry is the same.")
        click.echo("Control is the same rerun without the change: the difference is changed less control.")
    elif body["same"]:
        click.echo(f"The same hash, {body['seq']:,} entries: {body['hash']}")
    else:
        click.echo(f"NOT the same hash: decided otherwise from entry {body['differs_at']} on.")
    click.echo(body["assumption"])


def _print_regions(body: Row, console: Console) -> None:
    table = Table(title="difference by region", title_justify="left")
    table.add_column("")
    for key in OF_REGIONS:
        table.add_column(dict(LINES).get(key, "units left"), justify="right")
    for region, row in body["difference"]["regions"].items():
        table.add_row(region, *(_signed(key, row, body["currency"]) for key in OF_REGIONS))
    console.print(table)


def _figure(key: str, row: Row, body: Row) -> str:
    if row is body["difference"]:
        return _signed(key, row, body["currency"])
    return figures.money(row[key], body["currency"], "en") if key.endswith("_minor") else f"{row[key]:,}"


def _signed(key: str, row: Row, currency: str) -> str:
    if key.endswith("_minor"):
        return figures.money(row[key], currency, "en", signed=True)
    return figures.more(row[key], 1 if key.endswith("_minutes") else 0)
