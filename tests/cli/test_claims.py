"""`warroom claims` and `warroom verify --claims`: what hosts said, written down and checked."""

import json
from pathlib import Path

import duckdb
import pytest

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.cli.command import refused, warroom
from tests.server.show import NOW

FACT: dict[str, str | int] = {"sku": "RING", "region": "US", "seq": 8, "expires": NOW}


def spoken(path: Path, text: str = "Next: RING.", **fact: str | int) -> Path:
    """A journal in which the host was shown a line, said it, and it was taken back."""
    room = Room(Journal(path), clock=lambda: NOW)
    titles = json.loads(next(room.journal.events()).data)["skus"]
    text = text.replace("RING", titles[0]["title"] or titles[0]["sku"])
    commands: list[c.Command] = [
        c.PublishLine(id="line:a", show="spring", line="a", channel="shop-us", language="en", kind="next_hero",
                      text=text, fact={**FACT, **fact}, actor="prompter", source="/prompter"),
        c.SayLine(id="said", show="spring", line="a", actor="joe@mail.example"),
        c.RetractLine(id="line:a:gone", show="spring", line="a", reason="outranked", actor="prompter", source="/prompter"),
    ]  # fmt: skip
    for answer in room.handle(commands, NOW):
        assert answer.status == "accepted", answer.sentence
    room.stop()
    return path


def test_the_claim_log_is_printed_and_written(journal: Path, tmp_path: Path) -> None:
    out = warroom("claims", spoken(journal)).out
    assert out.startswith("spring: 1 claims, 1 said, 0 standing")
    assert "(outranked, said)" in out
    told = warroom("claims", journal, "--json").json
    assert (told["claims"], told["said"], told["log"][0]["line"]) == (1, 1, "a")
    for ending in ("csv", "xlsx"):
        log = tmp_path / f"log.{ending}"
        body = warroom("claims", journal, "--show", "spring", "--out", log, "--json").json
        assert (body["out"], "log" in body) == (str(log), False)
        outcome = warroom("verify", journal, "--claims", "--claims-log", log)
        assert outcome.code == 0, outcome.out
        assert "claims: log: 1 rows" in outcome.out
    assert "log.csv: 1 rows" in warroom("claims", journal, "--out", tmp_path / "log.csv").out


def test_claims_are_checked_only_when_asked(journal: Path) -> None:
    assert "claims" not in warroom("verify", journal, "--json").json
    assert warroom("verify", journal, "--claims").out.startswith("claims: 0 claims, 0 said, 0 standing\n")
    told = warroom("verify", spoken(journal), "--claims", "--json").json
    assert (told["ok"], told["claims"]["ok"], told["claims"]["claims"]) == (True, True, 1)


def test_an_untrue_line_fails_with_exit_code_1(journal: Path) -> None:
    outcome = warroom("verify", spoken(journal, "Next: RING, 9 left."), "--claims")
    assert outcome.code == 1
    assert "claims: text: Event 9 says 9, which is no number of its fact." in outcome.out.splitlines()
    assert warroom("verify", journal).code == 0, "its books hold"
    told = warroom("verify", journal, "--claims", "--json")
    assert (told.code, told.json["ok"], told.json["claims"]["breach_count"]) == (1, False, 1)


def test_a_line_event_that_was_changed_is_found_by_its_hash(journal: Path) -> None:
    spoken(journal)
    with duckdb.connect(str(journal)) as connection:
        connection.execute(
            "update events set data = replace(data::varchar, 'next_hero', 'slow_region')::json where seq = 9"
        )
    outcome = warroom("verify", journal, "--claims")
    assert outcome.code == 1
    assert "The content of event 9 does not give its hash" in outcome.out


def test_a_log_that_was_changed_fails_with_exit_code_1(journal: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    warroom("claims", spoken(journal), "--out", log)
    log.write_bytes(log.read_bytes().replace(b"Next:", b"Only:"))
    outcome = warroom("verify", journal, "--claims-log", log)
    assert outcome.code == 1
    assert "claims: log: Row 2, column text: 'Only: " in outcome.out


def test_a_line_may_stand_untrue_only_so_long(journal: Path) -> None:
    assert warroom("verify", spoken(journal), "--claims-seconds-max", "0").code == 0
    assert "Invalid value" in refused("verify", journal, "--claims-seconds-max", "-1")


def test_what_cannot_be_written_or_read_is_refused(journal: Path, text: Path, tmp_path: Path) -> None:
    assert "use .csv, .xlsx, .json, .parquet" in refused("claims", journal, "--out", tmp_path / "log.pdf")
    assert "There is no show 'autumn'" in refused("claims", journal, "--show", "autumn")
    refused("claims", journal, "--out", text / "log.csv")
    assert "There is no file" in refused("verify", journal, "--claims-log", tmp_path / "none.csv")
    assert "no column seq" in refused("verify", journal, "--claims-log", _copy(text, tmp_path / "notes.csv"))
    refused("claims", text)


def _copy(source: Path, path: Path) -> Path:
    path.write_bytes(source.read_bytes())
    return path


@pytest.mark.parametrize("more", [(), ("--without-buyers",)])
def test_an_export_has_the_claims_beside_its_tables(journal: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    report = warroom("export", spoken(journal), "--out", tmp_path / "out", *more, "--json").json
    assert report["rows"]["claims"] == 1
    with duckdb.connect() as connection:
        query = f"select line, text, ended, times_said, units_left, event_hash from '{tmp_path}/out/claims.parquet'"
        line, words, ended, times_said, units, digest = connection.execute(query).fetchall()[0]
        everything = str(connection.execute(f"select * from '{tmp_path}/out/events.parquet' where seq > 8").fetchall())
    assert (line, words.startswith("Next: "), ended, times_said, units) == ("a", True, "outranked", 1, None)
    assert digest in everything
    assert ("joe@mail.example" in everything) is not bool(more)
    if not more:
        assert warroom("verify", journal, "--claims-log", tmp_path / "out" / "claims.parquet").code == 0
