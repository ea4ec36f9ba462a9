"""`warroom review`: every file, in the languages asked for, and one sentence for whatever cannot be reviewed."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

from dashboard.journal.verify import verify
from dashboard.review import tables
from tests.cli.command import refused, warroom
from tests.review import small_evening

SAME = ["next_plan.csv", "review.json", "evidence.json", *(f"parquet/{name}.parquet" for name in tables.FIELDS)]
ENGLISH, CHINESE = ["review.html", "review.xlsx"], ["review.zh.html", "review.zh.xlsx"]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with the small evening."""
    return small_evening.play(tmp_path_factory.mktemp("review") / "evening.duckdb")


@pytest.fixture(scope="module")
def reviewed(evening: Path) -> tuple[Path, Any]:
    """The folder of its review, and what the command said as JSON."""
    folder = evening.parent / "deep" / "out"
    outcome = warroom("review", evening, "--show", "evening", "--out", folder, "--json")
    assert outcome.code == 0, outcome
    return folder, outcome.json


def test_every_file_is_written_and_named(reviewed: tuple[Path, Any]) -> None:
    folder, body = reviewed
    assert sorted(body["files"]) == sorted([*ENGLISH, *CHINESE, *SAME])
    assert all((folder / name).stat().st_size > 10 for name in body["files"])
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written == set(body["files"])


def test_json_tells_the_figures_and_the_hash(evening: Path, reviewed: tuple[Path, Any]) -> None:
    _, body = reviewed
    audit = verify(evening)
    assert {key: body[key] for key in ("oversold", "sold", "cancelled", "leftover")} == {
        "oversold": 0, "sold": 35, "cancelled": 4, "leftover": 41,
    }  # fmt: skip
    assert body["hash"] == audit["head"]["hash"]
    assert body["lost"] >= 0
    assert body["seconds"] > 0
    assert body["verified"] is True


def test_the_files_agree_with_each_other(reviewed: tuple[Path, Any]) -> None:
    folder, body = reviewed
    told = json.loads((folder / "review.json").read_text(encoding="utf-8"))
    assert told["totals"]["sold"] == body["sold"]
    assert body["hash"] in (folder / "review.html").read_text(encoding="utf-8")
    assert "超卖 0" in (folder / "review.zh.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(folder / "review.xlsx")
    assert [line[0].value for line in book["SKUs"].iter_rows(5, 6)] == ["RING", "LAMP"]
    assert parquet.read_table(folder / "parquet" / "regions.parquet").column("sold").to_pylist() == [32, 3]
    plan = list(csv.DictReader(io.StringIO((folder / "next_plan.csv").read_text(encoding="utf-8"))))
    assert [{**line, "units": int(line["units"])} for line in plan] == [
        {key: line[key] for key in ("sku", "region", "units")} for line in told["plan"]["lines"]
    ]
    evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    assert evidence["head"]["hash"] == body["hash"]
    assert evidence["verified"]["ok"] is True


def test_one_language_is_enough(evening: Path, tmp_path: Path) -> None:
    body = warroom("review", evening, "--out", tmp_path, "--language", "zh", "--json").json
    assert sorted(body["files"]) == sorted([*CHINESE, *SAME])


def test_for_people_it_is_a_short_table_and_the_hash(evening: Path, tmp_path: Path) -> None:
    outcome = warroom("review", evening, "--out", tmp_path, "--language", "en")
    assert outcome.code == 0
    for words in ("oversold", "verified", "35", "46.1% of 76 offered", "estimated", "Hash of entry", str(tmp_path)):
        assert words in outcome.out, words
    assert {path.name for path in tmp_path.iterdir()} == {"parquet", *ENGLISH, *SAME[:3]}


def test_what_cannot_be_reviewed_is_refused_in_one_sentence(
    evening: Path, text: Path, other: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert "There is no show 'morning'" in refused("review", evening, "--show", "morning", "--out", out)
    refused("review", tmp_path / "none.duckdb", "--out", out)
    refused("review", text, "--out", out)
    refused("review", other, "--out", out)
    assert "--out" in refused("review", evening)
    refused("review", evening, "--out", text)
    refused("review", evening, "--out", text / "below")
    refused("review", evening, "--out", out, "--language", "fr")
    assert not out.exists()


@pytest.mark.parametrize("part", [0.3, 0.6])
def test_a_damaged_journal_is_refused_in_one_sentence(evening: Path, tmp_path: Path, part: float) -> None:
    whole = evening.read_bytes()
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(whole[: int(part * len(whole))])
    refused("review", cut, "--out", tmp_path / "out")
    torn = tmp_path / "torn.duckdb"
    middle = int(part * len(whole))
    torn.write_bytes(whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :])
    outcome = warroom("review", torn, "--out", tmp_path / "out")
    assert outcome.code in (0, 2), outcome
    assert outcome.code == 0 or outcome.err.count("\n") == 1


def test_a_tampered_journal_is_reviewed_and_says_so(tampered: Path, tmp_path: Path) -> None:
    outcome = warroom("review", tampered, "--out", tmp_path, "--json")
    assert outcome.code == 0
    assert outcome.json["verified"] is False
    assert "breaches" in (tmp_path / "review.html").read_text(encoding="utf-8")
