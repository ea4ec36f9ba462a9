"""`warroom verify`: the auditor's verdict as exit code, and whether a journal agrees with evidence kept elsewhere."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.cli.command import refused, warroom
from tests.cli.conftest import ORDERS, write


def kept(journal: Path, place: Path) -> Path:
    """The evidence of a journal, as an export leaves it."""
    assert warroom("export", journal, "--out", place / "exported").code == 0
    return place / "exported" / "evidence.json"


def test_a_sound_journal_is_ok(journal: Path) -> None:
    outcome = warroom("verify", journal)
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "ok: every invariant holds, oversold 0"
    report = warroom("verify", journal, "--json").json
    assert (report["ok"], report["oversold"], report["events"]) == (True, 0, 3 + ORDERS)


def test_a_tampered_journal_fails_with_exit_code_1(tampered: Path) -> None:
    outcome = warroom("verify", tampered)
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1].startswith("FAILED: ")
    assert "Event 5 line 0 says" in outcome.out
    as_json = warroom("verify", tampered, "--json")
    assert as_json.code == 1
    assert as_json.json["ok"] is False
    assert as_json.json["breach_count"] >= 1


def test_what_cannot_be_audited_is_refused_with_exit_code_2(text: Path, other: Path, tmp_path: Path) -> None:
    assert "is not a DuckDB file" in refused("verify", text)
    assert "has no table" in refused("verify", other)
    assert "There is no file" in refused("verify", tmp_path / "none.duckdb")
    empty = tmp_path / "empty.duckdb"
    empty.touch()
    refused("verify", empty)
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(other.read_bytes()[:5000])
    refused("verify", cut)


@pytest.mark.parametrize("command", ["verify", "frame", "export"])
def test_a_journal_is_needed(command: str) -> None:
    assert "Missing argument 'FILE'" in refused(command, *(("--out", "x") if command == "export" else ()))


def test_evidence_taken_earlier_is_still_in_a_journal_that_went_on(journal: Path, tmp_path: Path) -> None:
    evidence = kept(journal, tmp_path)
    write(journal, "autumn")
    outcome = warroom("verify", journal, "--evidence", evidence)
    assert outcome.code == 0
    assert outcome.out.startswith(
        "evidence: Event 8 has the hash that the evidence gives it: nothing up to it was changed"
    )
    told = warroom("verify", journal, "--evidence", evidence, "--json").json
    assert (told["ok"], told["evidence"]["ok"]) == (True, True)


def test_a_journal_that_was_rewritten_as_a_whole_is_found_out_by_evidence(journal: Path, tmp_path: Path) -> None:
    evidence = kept(journal, tmp_path)
    (tmp_path / "other").mkdir()
    forged = write(tmp_path / "other" / "spring.duckdb", "autumn", "spring")
    assert warroom("verify", forged).code == 0, "a chain of its own, which holds"
    outcome = warroom("verify", forged, "--evidence", evidence)
    assert outcome.code == 1
    assert "something from event 1 to 8 was changed since, or it is another journal" in outcome.out
    told = warroom("verify", forged, "--evidence", evidence, "--json")
    assert (told.code, told.json["ok"], told.json["evidence"]["ok"]) == (1, False, False)


def test_a_journal_that_was_cut_is_found_out_by_evidence(journal: Path, tmp_path: Path) -> None:
    cut = Path(shutil.copy(journal, tmp_path / "cut.duckdb"))
    evidence = kept(write(journal, "autumn"), tmp_path)
    outcome = warroom("verify", cut, "--evidence", evidence)
    assert outcome.code == 1
    assert "The evidence knows event 16, which is not in the file: it ends at event 8" in outcome.out


def test_what_is_no_evidence_is_refused(journal: Path, text: Path, tmp_path: Path) -> None:
    assert "is not JSON" in refused("verify", journal, "--evidence", text)
    assert "cannot be read" in refused("verify", journal, "--evidence", tmp_path / "none.json")
    row = json.loads(kept(journal, tmp_path).read_text())
    for change, sentence in [
        ({"kind": "other"}, "no evidence of a journal"),
        ({"version": 2}, "version 2"),
        ({"head": {"seq": 8}}, "lacks the seq or hash"),
        ({"head": {"seq": "8; drop table", "hash": "0" * 64}}, "gives a seq or a hash that is none"),
        ({"head": {"seq": 8, "hash": "' or 1"}}, "gives a seq or a hash that is none"),
        ({"shows": 7}, "lacks the seq or hash"),
    ]:
        text.write_text(json.dumps(row | change))
        assert sentence in refused("verify", journal, "--evidence", text)
    text.write_text("[" * 100_000)
    refused("verify", journal, "--evidence", text)


@pytest.mark.parametrize(
    "change",
    [
        """data = replace(data::varchar, '"region"', '"rogion"')""",
        """data = replace(data::varchar, 'RING', 'RANG')""",
        "type = 'order_plaxed'",
    ],
)
def test_an_event_that_somebody_changed_is_one_sentence_for_who_folds_it(journal: Path, change: str) -> None:
    with duckdb.connect(str(journal)) as connection:
        connection.execute(f"alter table events alter data type varchar; update events set {change} where seq = 5")
        connection.execute("alter table events alter data type json; delete from checkpoints")
    for command in ("frame", "grade"):
        assert "Event 5 of 'spring' does not fit" in refused(command, journal)
    assert warroom("verify", journal).code in (1, 2)
