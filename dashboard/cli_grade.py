"""`warroom grade`: how well a show's countdown kept its word.

    journal -> the show folded to its head -> the countdown's own record (dashboard/forecast/record.py)

The same figures as on screen: the record is part of the folded facts. An open show is graded by what is due.
"""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dashboard import cli_kit as kit, room as rooms
from dashboard.forecast import record
from dashboard.journal.store import Journal

Row = dict[str, Any]


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--show", default=None, help="Name of the show; not needed where the file has only one.")
@kit.as_json
def grade(file: str, show: str | None, json_wanted: bool) -> None:
    """Grade the sell-out countdown of a show: did the 80 % band hold, how far off was the median."""
    journal = Journal(file, read_only=True)
    try:
        span = kit.span(journal, show)
        facts = rooms.fold_upto(journal, span.show, span.last_seq)
    finally:
        journal.close()
    assert facts is not None
    body = {"show": span.show, "status": facts.status, **record.summary(facts.forecasts.record)}
    if json_wanted:
        kit.say(body)
    else:
        _print(body)


def _print(body: Row) -> None:
    if not body["forecasts"]:
        waiting = f"; {body['pending']:,} are not due yet" if body["pending"] else ""
        click.echo(f"{body['show']}: no forecast to grade{waiting}.")
        return
    table = Table(title=f"{body['show']}: {body['forecasts']:,} forecasts graded", title_justify="left")
    for name, side in (("", "left"), ("forecasts", "right"), ("80 % band held", "right"), ("median error", "right")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    rows = [("all", body)]
    rows += [(_sells_out(row["horizon"]), row) for row in body["by_horizon"]]
    rows += [(row["tier"], row) for row in body["by_tier"]]
    for name, row in rows:
        table.add_row(
            name, f"{row['forecasts']:,}", _percent(row["coverage_80"]), _minutes(row["median_abs_error_minutes"])
        )
    Console(highlight=False).print(table)
    for line in _remarks(body):
        click.echo(line)


def _remarks(body: Row) -> list[str]:
    lines = []
    if body["warned_share"] is not None:
        false = body["false_alarm_share"]
        told = "" if false is None else f"; {_percent(false)} of its alarms were false"
        lines.append(
            f'"P10 within 5 min" warned of {_percent(body["warned_share"])} of {body["sell_outs"]:,} sell-outs '
            f"two minutes ahead or more{told}."
        )
    if body["pinball_minutes"] is not None:
        lines.append(f"Pinball loss {body['pinball_minutes']} min, over all; median errors are of what sold out.")
    if body["pending"] or body["interrupted"]:
        lines.append(
            f"{body['pending']:,} not due yet, {body['interrupted']:,} dropped: their units were moved elsewhere."
        )
    lines.append(f"Tuned by {body['tuning']}." if body["tuning_shows"] else "Not tuned by earlier shows.")
    return lines


def _sells_out(horizon: str) -> str:
    return "lasts the show" if horizon == "lasts" else f"in {horizon} min"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _minutes(minutes: float | None) -> str:
    return "-" if minutes is None else f"{minutes:.1f} min"
