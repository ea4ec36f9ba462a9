"""A claim log in four formats is held to the journal: a change of any cell, and any row more or less, is named."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from dashboard.journal import claims, verify_claims_log as logs
from dashboard.journal.store import Journal
from dashboard.journal.verify_claims import verify_claims
from dashboard.journal.verify_claims_log import LogProblem, read
from dashboard.review import claim_log
from tests.journal.claims_kit import Row, evening, journal

FORMATS = ("csv", "xlsx", "json", "parquet")


@pytest.fixture(autouse=True)
def spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every breach in words."""
    monkeypatch.setattr("dashboard.journal.verify_claims.BREACHES_SPELLED_OUT_MAX", 1 << 30)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """A journal of two shows, and its log; one text begins like a formula, another holds what no workbook can."""
    made, other = evening(3, rounds=1), evening(4, rounds=1, show="day")
    fact = {"sku": "ring", "region": "US"}
    for text in (
        "=Smart ring 2",
        "\r\n+1 Smart ring 2\r",
        '@"Smart ring 2", \n\x01',
        "\tSmart ring 2 ⁊ 戒指 \U0001f48d",
    ):
        made.publish("shop-en", "next_hero", text, fact)
    answer = {**fact, "units_incoming": 5, "eta": "2026-03-17T05:36:00.000000Z", "expires": "2026-03-14T12:00:00+01:00"}
    made.publish("shop-en", "answer", "5 more, no idea when", answer)
    made.entries[-1].data["fact"]["expires"] = answer["expires"]
    made.add("line_said", {"line": f"line-{made.lines}"})
    for entry in other.entries:
        if entry.type == "line_published" and "bundle" not in entry.data["fact"]:
            entry.data["fact"]["seq"] += len(made.entries)
    made.entries += other.entries
    file = journal(tmp_path_factory.mktemp("log") / "night.duckdb", made)
    opened = Journal(file, read_only=True)
    rows = claims.read(opened)
    opened.close()
    return file, rows


def written(rows: list[Row], path: Path) -> Path:
    claim_log.write(rows, path, {"show": "night"})
    return path


def told(file: Path, log: Path) -> list[Any]:
    return [(row["row"], row["column"]) for row in verify_claims(file, log)["breaches"] if row["check"] == "log"]


def test_both_lists_of_columns_are_the_same() -> None:
    assert list(claims.COLUMNS.items()) == list(logs.COLUMNS.items())


@pytest.mark.parametrize("ending", FORMATS)
def test_a_log_as_it_was_written_agrees_in_any_order(
    night: tuple[Path, list[Row]], tmp_path: Path, ending: str
) -> None:
    file, rows = night
    assert len(rows) > 60
    shuffled = random.Random(1).sample(rows, len(rows))
    assert told(file, written(rows, tmp_path / f"a.{ending}")) == []
    assert told(file, written(shuffled, tmp_path / f"b.{ending}")) == []
    report = verify_claims(file, tmp_path / f"a.{ending}")
    assert report["log_rows"] == len(rows)


def test_a_log_of_one_show_is_held_to_that_show(night: tuple[Path, list[Row]], tmp_path: Path) -> None:
    file, rows = night
    mine = [row for row in rows if row["show"] == "day"]
    assert 0 < len(mine) < len(rows)
    assert told(file, written(mine, tmp_path / "day.csv")) == []
    assert len(told(file, written([], tmp_path / "none.csv"))) == len(rows)


def changed(row: Row, name: str, chance: random.Random) -> Row:
    """A row with another value in a column, of its kind."""
    value, kind = row[name], claims.COLUMNS[name]
    if kind == claims.TEXT:
        other = value[:-1] + ("x" if not value.endswith("x") else "y") if value else "x"
    elif kind == claims.MOMENT:
        other = (value or 1_773_489_600_000_000) + chance.choice((2_000, -60_000_000, 3_600_000_000))
    else:
        other = (value or 0) + chance.choice((1, -1, 10))
    return row | {name: other}


@pytest.mark.parametrize("ending", FORMATS)
def test_a_change_of_any_column_is_named_by_row_and_column(
    night: tuple[Path, list[Row]], tmp_path: Path, ending: str
) -> None:
    file, rows = night
    chance, expected = random.Random(2), set[tuple[int, str]]()
    places = chance.sample(range(len(rows)), len(claims.COLUMNS))
    forged = list(rows)
    for place, name in zip(places, claims.COLUMNS, strict=True):
        forged[place] = changed(rows[place], name, chance) if name not in ("fact", "skus") else rows[place]
        if name in ("fact", "skus"):
            forged[place] = rows[place] | {name: '["x"]' if name == "skus" else '{"sku":"x"}'}
        expected.add((place + 2, name))
    found = told(file, written(forged, tmp_path / f"a.{ending}"))
    assert expected <= set(found)
    assert {(row, column) for row, column in found if row} == expected


@pytest.mark.parametrize("ending", FORMATS)
def test_rows_that_are_missing_made_up_or_twice_are_named(
    night: tuple[Path, list[Row]], tmp_path: Path, ending: str
) -> None:
    file, rows = night
    made_up = rows[5] | {"seq": 999_999, "event_hash": "0" * 64}
    report = verify_claims(file, written([*rows[:3], *rows[4:], made_up, rows[0]], tmp_path / f"a.{ending}"))
    assert [row["sentence"] for row in report["breaches"] if row["check"] == "log"] == [
        f"Row {len(rows) + 1}: the journal has no claim with seq '999999'.",
        f"Row {len(rows) + 2} is about event {rows[0]['seq']}, as is row 2.",
        f"The log lacks the claim of event {rows[3]['seq']}, line {rows[3]['line']!r}.",
    ]


def test_a_column_that_was_taken_out_is_missed(night: tuple[Path, list[Row]], tmp_path: Path) -> None:
    file, rows = night
    path = written(rows, tmp_path / "a.csv")
    path.write_bytes(path.read_bytes().replace(b"shown_at", b"shown at", 1))
    assert told(file, path) == [(None, "shown_at")]


def test_a_word_changed_in_the_bytes_of_a_file_is_found(night: tuple[Path, list[Row]], tmp_path: Path) -> None:
    file, rows = night
    for ending, old, new in (("csv", b"Desk lamp", b"Deck lamp"), ("json", b"next_hero", b"next_here")):
        path = written(rows, tmp_path / f"a.{ending}")
        path.write_bytes(path.read_bytes().replace(old, new, 1))
        assert len(told(file, path)) == 1


def test_what_is_no_log_is_one_sentence(tmp_path: Path) -> None:
    files: dict[str, bytes] = {
        "log.txt": b"", "none.csv": b"", "empty.csv": b"", "broken.json": b"{", "list.json": b'{"claims": 3}',
        "broken.xlsx": b"PK", "broken.parquet": b"PAR1", "bytes.csv": b"\xff\xfe", "other.csv": b"a,b\n1,2\n",
        "wide.csv": b"seq,line\n1,2,3\n", "quote.csv": b'seq\n"1', "deep.json": b"[" * 100_000,
        "nul.csv": b"seq\n\x00",
    }  # fmt: skip
    for name, content in files.items():
        if name != "none.csv":
            (tmp_path / name).write_bytes(content)
        if name == "nul.csv":
            assert len(read(tmp_path / name).rows) == 1
            continue
        with pytest.raises(LogProblem) as caught:
            read(tmp_path / name)
        sentence = str(caught.value)
        assert name in sentence, sentence
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence


def test_cells_of_any_kind_are_compared_and_never_raise(night: tuple[Path, list[Row]], tmp_path: Path) -> None:
    file, rows = night
    chance = random.Random(5)
    odd: list[Any] = [None, True, -1, 1.5, "x", [], {}, 10**30]
    plain = [claim_log.plain(row) for row in rows]
    for row in plain:
        row[chance.choice(list(row))] = chance.choice(odd)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"claims": plain}))
    assert verify_claims(file, path)["breach_count"] > len(rows) / 2
