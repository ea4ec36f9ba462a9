"""`warroom claims`: what hosts were shown and said, each line with the fact that backed it, as a file to keep.

    journal -> journal/claims.py (rows) -> review/claim_log.py (CSV, XLSX, JSON, Parquet) and a few lines for people

The journal is only read. Whether each line was true is another question, asked by code that shares nothing with this:
`warroom verify FILE --claims --claims-log LOG`.
"""

from pathlib import Path
from typing import Any

import click

from dashboard import cli_kit as kit
from dashboard.journal import claims as log
from dashboard.journal.store import Journal
from dashboard.review import claim_log

Row = dict[str, Any]
SHOWN = 12
"""How many lines people see; a file holds them all."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--show", default=None, help="Name of the show; not needed where the file has only one.")
@click.option("--out", type=click.Path(dir_okay=False), help="File to write: .csv, .xlsx, .json or .parquet.")
@kit.as_json
def claims(file: str, show: str | None, out: str | None, json_wanted: bool) -> None:
    """Write the claim log of a show: every line shown, while it stood, whether it was said, and its fact."""
    journal = Journal(file, read_only=True)
    try:
        name = kit.span(journal, show).show
        rows = log.read(journal, name)
        seq, digest = journal.head()
    finally:
        journal.close()
    body = {"show": name, **log.summary(rows), "head": {"seq": seq, "hash": digest}, "out": out}
    if out:
        claim_log.write(rows, Path(out), {"show": name, "head": body["head"]})
    if json_wanted:
        kit.say(body if out else {**body, "log": [claim_log.plain(row) for row in rows]})
    else:
        _print(body, rows, file)


def _print(body: Row, rows: list[Row], file: str) -> None:
    said = f"{body['claims']:,} claims, {body['said']:,} said, {body['standing']:,} standing"
    click.echo(f"{body['show']}: {said}")
    for row in rows[-SHOWN:]:
        shown = claim_log.iso(row["shown_at"])[:19].replace("T", " ")
        ended = (row["ended"] or "stands") + (", said" if row["times_said"] else "")
        click.echo(f"{shown}  {row['channel']} {row['language']}  {row['kind']:<11}  {row['text']}  ({ended})")
    if rows:
        click.echo("kinds: " + _counts(body["kinds"]))
        click.echo("ended: " + (_counts(body["ended"]) or "none"))
    if body["out"]:
        click.echo(f"{body['out']}: {body['claims']:,} rows. warroom verify {file} --claims --claims-log {body['out']}")


def _counts(counts: dict[str, int]) -> str:
    return "  ".join(f"{name} {count:,}" for name, count in counts.items())
