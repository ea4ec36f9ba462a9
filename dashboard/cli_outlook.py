"""`warroom outlook`: what each channel will probably sell in the next 72 hours on air, from the journal's closed shows.

    journal -> its newest closed shows, folded to their heads -> dashboard/projections/prospects.py -> rows

Nothing is written, and a show that runs teaches nothing. Each show is folded from its newest checkpoint on; what is
kept of it is what it sold and could sell.
"""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dashboard import cli_kit as kit, room as rooms
from dashboard.journal.store import Journal
from dashboard.projections.prospects import Past, channel_rows, is_watched, sku_rows

Row = dict[str, Any]
HOURS = 72
SHOWS_MAX = 40
SKUS_SHOWN = 200
"""To people; the object has all."""
FIGURES = (("expected", "expected"), ("P10", "p10"), ("P50", "p50"), ("P90", "p90"))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--hours", type=click.IntRange(1, 8760), default=None, help="Hours on air; 72 by default.")
@click.option("--minutes", type=click.IntRange(1, 525_600), default=None, help="Minutes on air, in place of --hours.")
@click.option("--viewers", type=click.IntRange(1, 100_000_000), default=None, help="Viewers of each channel on air.")
@click.option("--skus", is_flag=True, help="Also per SKU, as if it were on sale all that time.")
@kit.as_json
def outlook(
    file: str, hours: int | None, minutes: int | None, viewers: int | None, skus: bool, json_wanted: bool
) -> None:
    """Say what each channel will probably sell in the next 72 hours on air, from past shows."""
    if hours is not None and minutes is not None:
        raise click.UsageError("Give one of --hours and --minutes.")
    past = _past(file)
    if past and viewers is not None and not is_watched(past):
        kit.fail(f"No closed show of {file} tells how many watched, so --viewers measures nothing; leave it out.")
    on_air = minutes or 60 * (hours or HOURS)
    body: Row = {
        "shows": len(past),
        "minutes": on_air,
        "viewers": viewers,
        "channels": channel_rows(past, on_air, viewers),
        "skus": sku_rows(past, on_air, viewers) if skus else None,
    }
    body["notes"] = _notes(file, body)
    if json_wanted:
        kit.say(body)
    else:
        _print(body)


def _past(file: str) -> list[Past]:
    """What the newest closed shows traded, oldest first."""
    journal = Journal(file, read_only=True)
    found: list[tuple[int, Past]] = []
    try:
        spans = sorted(journal.spans(), key=lambda span: (span.last_time, span.last_seq), reverse=True)
        with kit.progress() as report:
            for number, span in enumerate(spans):
                if len(found) == SHOWS_MAX:
                    break
                report("reading", number, len(spans))
                facts = rooms.fold_upto(journal, span.show, span.last_seq)
                if facts is not None and facts.status == "closed":
                    found.append((facts.opened.starts_at, Past(facts.opened, facts.forecasts.traded)))
    finally:
        journal.close()
    return [past for _, past in sorted(found, key=lambda one: one[0])]


def _notes(file: str, body: Row) -> list[str]:
    if not body["shows"]:
        return [f"{file} holds no closed show to learn from."]
    if not body["channels"]:
        return [f"Nothing was sold in {_counted(body['shows'], 'show')}, so there is no outlook."]
    told = [row for row in body["channels"] if row["told"]]
    if not told:
        return ["No show tells how many watched: each minute counts as much as any other."]
    notes = [
        f"The viewers of {row['channel']} are told in {row['told']} of {_counted(row['of_shows'], 'show')}; "
        "in the others as many are assumed."
        for row in told
        if row["told"] < row["of_shows"]
    ]
    silent = ", ".join(row["channel"] for row in body["channels"] if not row["told"])
    return [*notes, f"Nobody tells the viewers of {silent}: as many are assumed as elsewhere."] if silent else notes


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _print(body: Row) -> None:
    if body["channels"]:
        whole, rest = divmod(body["minutes"], 60)
        length = _counted(body["minutes"], "minute") if rest else _counted(whole, "hour")
        title = f"The next {length} on air, from {_counted(body['shows'], 'show')}"
        _table(title, ("channel",), ("shows", "viewers"), body["channels"])
    if body["skus"]:
        _table("If on sale all that time", ("channel", "sku"), ("shows",), body["skus"][:SKUS_SHOWN])
        more = len(body["skus"]) - SKUS_SHOWN
        if more > 0:
            click.echo(f"And {_counted(more, 'row')} more, which --json has.")
    for note in body["notes"]:
        click.echo(note)


def _table(title: str, names: tuple[str, ...], counts: tuple[str, ...], rows: list[Row]) -> None:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, no_wrap=True)
    for name in (*counts, *(head for head, _ in FIGURES)):
        table.add_column(name, justify="right")
    for row in rows:
        cells = [_number(row[key]) for key in (*counts, *(key for _, key in FIGURES))]
        table.add_row(*(row[name] for name in names), *cells)
    Console(highlight=False).print(table)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}" if 0 < value < 10 and value % 1 else f"{value:,.0f}"
