"""`warroom review`: what a show was worth, what it lost and why, as files anybody can open.

    journal -> dashboard/review/report.py -> review -> review.html, review.xlsx, parquet/, next_plan.csv, review.json,
               evidence.json

The journal is audited first and only read. Files that are there already are written anew, others in the folder stay.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dashboard import cli_kit as kit
from dashboard.journal import verify as auditor
from dashboard.journal.store import Journal
from dashboard.review import evidence, figures, html, next_plan, report, tables, workbook
from dashboard.review.words import LANGUAGES

Row = dict[str, Any]
TOLD = ("oversold", "sold", "cancelled", "leftover", "lost")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--show", default=None, help="Name of the show; not needed where the file has only one.")
@click.option("--out", required=True, type=click.Path(file_okay=False), help="Folder to write into; made if missing.")
@click.option(
    "--language",
    type=click.Choice([*LANGUAGES, "both"]),
    default="both",
    help="Of report and workbook; both by default.",
)
@kit.as_json
def review(file: str, show: str | None, out: str, language: str, json_wanted: bool) -> None:
    """Review a show: report (HTML), workbook (XLSX), Parquet, next plan, evidence."""
    begun = time.perf_counter()
    folder = Path(out)
    with kit.progress() as progress:
        progress("verifying", 0, 0)
        audit = auditor.verify(file)  # first of all: it tells a damaged file in words
        journal = Journal(file, read_only=True)
        try:
            name = kit.span(journal, show).show
            folder.mkdir(parents=True, exist_ok=True)
            found = report.build(journal, name, progress, audit)
            progress("writing", 0, 0)
            kept = evidence.evidence(journal, audit)
            names = _written(found, kept, folder, LANGUAGES if language == "both" else (language,))
        finally:
            journal.close()
    body = {
        "show": name,
        "files": names,
        **{key: found["totals"][key] for key in TOLD},
        "oversold": found["proof"]["oversold"],
        "verified": found["proof"]["verified"],
        "hash": found["proof"]["head"]["hash"],
        "seconds": round(time.perf_counter() - begun, 3),
    }
    if json_wanted:
        kit.say(body)
    else:
        _print(found, body, folder)


def _written(found: Row, kept: Row, folder: Path, languages: tuple[str, ...]) -> list[str]:
    """Write every file of a review; returns their names in the folder."""
    files = dict(_files(found, kept, languages))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [*files, *(f"parquet/{name}" for name in tables.write(found, folder / "parquet"))]


def _files(found: Row, kept: Row, languages: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for language in languages:
        ending = "" if language == LANGUAGES[0] else f".{language}"
        yield f"review{ending}.html", html.page(found, language).encode()
        yield f"review{ending}.xlsx", workbook.book(found, language)
    yield "next_plan.csv", next_plan.as_csv(found["plan"]["lines"]).encode()
    yield "review.json", (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()
    yield "evidence.json", evidence.as_json(kept)


def _print(found: Row, body: Row, folder: Path) -> None:
    currency = found["show"]["currency"]
    total = found["totals"]
    table = Table(title=f"{found['show']['title']} ({body['show']})", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    of = f"{figures.share(total['sell_through'])} of {figures.units(total['allocated'])} offered"
    lines = [
        ("oversold", figures.units(body["oversold"]), "verified" if body["verified"] else "BREACHES, see the report"),
        ("sold", figures.units(total["sold"]), of),
        ("cancelled", figures.units(total["cancelled"]), ""),
        ("left over", figures.units(total["leftover"]), ""),
        ("missed", figures.units(total["lost"]), "estimated; the report says how"),
        ("revenue", figures.money(total["revenue_minor"], currency, "en"), f"{figures.units(total['orders'])} orders"),
        ("margin", figures.money(total["margin_minor"], currency, "en"), ""),
    ]
    for line in lines:
        table.add_row(*line)
    Console(highlight=False).print(table)
    click.echo(f"Hash of entry {found['proof']['head']['seq']:,}: {body['hash']}")
    click.echo(f"{len(body['files'])} files in {folder}, {body['seconds']} s. Look at {folder / body['files'][0]}")
