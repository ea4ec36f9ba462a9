"""Anybody hands over a file and is told in one sentence, or one verdict, how it stands; nothing in it can act here."""

import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import room as rooms
from dashboard.journal import verify_child
from dashboard.journal.store import Journal
from dashboard.journal.verify_checks import BALANCE_CHECKS, EVENT_CHECKS, MOVE_CHECKS, ORDER_CHECKS
from dashboard.journal.verify_opening import KINDS
from dashboard.review import evidence as evidences
from dashboard.screens import verify_file
from dashboard.screens.panels import chain, evidence
from dashboard.screens.words import speaker
from tests.journal.entries_kit import ENTRIES, fill
from tests.screens.sample_frame import SHOW
from tests.screens.test_audit import AuditedRoom
from tests.screens.test_pages import open_page

CHINESE = speaker("zh").templates()

CHINESE_SAY = speaker("zh")
SECRET = "nobody may read this"
REPORT = {"ok": True, "oversold": 0, "events": 1234, "moves": 9, "shows": 1, "head": {"seq": 1234, "hash": "ab" * 32},
          "breach_count": 0, "breaches": []}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound journal, closed."""
    path = tmp_path_factory.mktemp("sound") / "night.duckdb"
    journal = Journal(path)
    fill(journal, show=SHOW)
    journal.close()
    return path


def changed(path: Path, place: Path, *statements: str) -> Path:
    """A copy of a journal that somebody has changed."""
    copy = Path(shutil.copy(path, place / "changed.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    return copy


def checked(path: Path) -> dict[str, Any]:
    """What the child says of a file, checked in this process to save the time of starting it."""
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(told):
        patched.setattr(verify_child, "_limit", lambda: None)
        verify_child.main(str(path))
    found: dict[str, Any] = json.loads(told.getvalue())
    return found


# --- the child ----------------------------------------------------------------------------------------------


def test_a_sound_file_is_reported_by_a_process_of_its_own(sound: Path) -> None:
    told = verify_child.check(sound, "night")
    assert (told["ok"], told["oversold"], told["events"], told["head"]["seq"]) == (True, 0, len(ENTRIES), len(ENTRIES))
    missing = verify_child.check(sound.parent / "none", "mine.db")
    assert missing == {"problem": "There is no file mine.db.", "kind": "missing"}


def kinds(sound: Path, place: Path) -> Iterator[tuple[Path, str]]:
    """Files of every kind that are no journal, and what is wrong with each."""
    for name, content in {
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(5000),
        "table": b"seq,id\n1,a\n",
        "parquet": b"PAR1" + bytes(500) + b"PAR1",
        "empty": b"",
        "zeros": bytes(1 << 20),
    }.items():
        (place / name).write_bytes(content)
        yield place / name, "no_duckdb"
    with sqlite3.connect(place / "lite") as connection:
        connection.execute("create table events (seq integer)")
    connection.close()
    yield place / "lite", "no_duckdb"
    whole = sound.read_bytes()
    for size in (5_000, 13_000, len(whole) // 2, len(whole) - 1):
        (place / f"cut{size}").write_bytes(whole[:size])
        yield place / f"cut{size}", "damaged"
    duckdb.connect(str(place / "other")).execute("create table head (seq bigint)").close()
    yield place / "other", "no_journal"
    (place / "newer").mkdir()
    yield changed(sound, place / "newer", "update meta set value = '2'"), "newer"


def test_what_is_no_journal_is_told_by_its_kind_in_one_sentence(sound: Path, tmp_path: Path) -> None:
    for path, kind in kinds(sound, tmp_path):
        told = checked(path)
        assert set(told) == {"problem", "kind"}, path
        assert told["kind"] == kind, told
        assert re.fullmatch(r"[^\n]{10,400}[.]", told["problem"]), told


def test_what_would_act_when_it_is_read_is_not_read(sound: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    reading = f"(select content from read_text('{secret}'))"
    columns = "seq, line, show_id, sku, book, source_account, target_account, quantity"
    view = changed(sound, tmp_path, "alter table moves rename to kept",
                   f"create view moves as select {columns.replace('sku', reading + ' as sku')} from kept")  # fmt: skip
    assert checked(view)["problem"].endswith("moves is a view there, not a table.")
    computed = changed(sound, tmp_path, "create table more (a varchar, b varchar generated always as (upper(a)))")
    assert "more.b is computed, not stored" in checked(computed)["problem"]
    names = ("sha256(x)", "epoch_us(x)", "to_json(x)", "max(x)", "count()", "duckdb_columns() as table")
    macros = [f"create macro {name.removesuffix(' as table')} as {'table ' if name.endswith('table') else ''}"
              f"{reading if not name.endswith('table') else reading[1:-1]}" for name in names]  # fmt: skip
    told = checked(changed(sound, tmp_path, *macros))
    assert told["ok"], "macros are out of sight"
    assert SECRET not in json.dumps(told)
    beside = changed(sound, tmp_path, f"create view harmless as select * from read_text('{secret}')")
    assert SECRET not in json.dumps(checked(beside))


def test_a_child_that_dies_hangs_or_babbles_is_an_answer_too(sound: Path) -> None:
    def says(program: str) -> dict[str, Any]:
        return verify_child.check(sound, "mine", lambda path: [sys.executable, "-c", program], seconds=0.5)

    assert says("import os; os.abort()")["kind"] == "broken"
    assert says("print('[1]')")["kind"] == "broken"
    assert says("import time; time.sleep(60)")["kind"] == "slow"
    assert says("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")["kind"] == "slow"
    assert verify_child.check(sound, "mine", lambda path: ["/no/such/program"])["kind"] == "broken"


def test_one_file_is_checked_at_a_time(sound: Path) -> None:
    with verify_child._door:
        assert verify_child.check(sound, "mine") == {"problem": verify_child.BUSY, "kind": "busy"}


def test_the_child_takes_little_of_the_machine() -> None:
    program = "from dashboard.journal import verify_child as v; import os, resource as r; v._limit(); print(" \
              "os.nice(0), r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_CORE)[0], r.getrlimit(r.RLIMIT_AS)[0])"  # fmt: skip
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert [int(word) for word in said] == [
        min(19, verify_child.PRIORITY), verify_child.SECONDS_MAX, 0, verify_child.ADDRESSES_MAX,
    ]  # fmt: skip


# --- the panel ----------------------------------------------------------------------------------------------


def test_the_verdict_says_what_holds_and_what_does_not_in_both_languages() -> None:
    good = evidence.verdict(REPORT, "night.db")
    for text in ('class="standing green"', "night.db", "Chain and books hold, oversold 0", "1,234 entries", "ab" * 32):
        assert text in good
    assert "哈希链与账目无误" in evidence.verdict(REPORT, "night.db", CHINESE_SAY)
    breach = {"check": "hash", "seq": 4, "show": "x", "sku": None, "sentence": "The content of event 4 is <b>."}
    bad = REPORT | {"ok": False, "oversold": 3, "breach_count": 9, "breaches": [breach] * 9}
    html = evidence.verdict(bad, "<script>")
    for text in ('class="standing low"', "oversold 3", "The content of event 4 is &lt;b&gt;.", "+4 more"):
        assert text in html
    assert "<script" not in html
    assert "记录写入后被改动: The content of event 4" in evidence.verdict(bad, "x", CHINESE_SAY)


def test_a_problem_is_one_sentence_and_nothing_else() -> None:
    told = {"kind": "damaged", "problem": "mine.db is damaged and cannot be read to its end (Corrupt)."}
    html = evidence.verdict(told, "mine.db")
    assert html.count("<span>") == 1
    assert told["problem"] in html
    assert html.count("<code") == 0
    assert "此文件已损坏" in evidence.verdict(told, "mine.db", CHINESE_SAY)
    large = {"kind": "large", "values": {"megabytes": "31.4", "limit": 30}}
    assert "This file has 31.4 MB; here it can have 30. Verify it on your machine: warroom verify FILE" in (
        evidence.verdict(large, "mine.db")
    )
    assert "31.4 MB" in evidence.verdict(large, "mine.db", CHINESE_SAY)


def test_every_problem_and_every_rule_has_words_in_both_languages() -> None:
    assert {*KINDS, "busy", "broken", "slow", "large"} == set(evidence.PROBLEMS)
    checks = {check.name for check in (*EVENT_CHECKS, *MOVE_CHECKS, *BALANCE_CHECKS, *ORDER_CHECKS)}
    assert checks | {"head", "oversold", "claims"} == set(evidence.RULES)
    said = [*evidence.PROBLEMS.values(), *evidence.RULES.values()]
    assert not [text for text in said if text not in CHINESE]


def test_the_head_is_short_to_look_at_and_whole_to_copy() -> None:
    digest = "0123456789abcdef" * 4
    html = evidence.html({"seq": 1234, "hash": digest})
    assert ">01234567…89abcdef<" in html
    assert html.count(digest) == 2
    assert "1,234" in html


# --- the pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, sound: Path) -> Iterator[AuditedRoom]:
    journal = Journal(sound)
    found = AuditedRoom(journal)
    monkeypatch.setattr(rooms, "running", lambda: found)
    yield found
    journal.close()


def verdicts(page: AppTest) -> list[str]:
    return [html.proto.body for html in page.get("html") if 'class="standing' in html.proto.body]


def test_an_upload_is_checked_once_and_told(room: AuditedRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[bytes, str]] = []

    def check(path: Path, name: str) -> dict[str, Any]:
        asked.append((path.read_bytes(), name))
        return REPORT

    monkeypatch.setattr(verify_child, "check", check)
    page = open_page("audit")
    page.file_uploader(key="verify_upload").set_value(("night.db", b"a journal", "")).run()
    assert not page.exception
    assert "Chain and books hold" in verdicts(page)[0]
    page.run()
    assert asked == [(b"a journal", "night.db")]
    page.file_uploader(key="verify_upload").set_value(None).run()
    assert verdicts(page) == []


def test_what_is_too_large_is_not_looked_at(room: AuditedRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_file, "MEGABYTE", 10)
    monkeypatch.setattr(verify_child, "check", pytest.fail)
    page = open_page("audit", lang="zh")
    page.file_uploader(key="verify_upload").set_value(("night.db", bytes(314), "")).run()
    assert "文件大小为 31.4 MB，此处上限为 30 MB" in verdicts(page)[0]


def test_the_evidence_that_is_taken_away_has_the_head_that_is_shown(room: AuditedRoom) -> None:
    page = open_page("audit")
    assert "Evidence of this journal (JSON)" in [button.proto.label for button in page.get("download_button")]
    row = json.loads(verify_file.taken())
    seq, digest = room.journal.head()
    assert row["head"] == {"seq": seq, "hash": digest}
    assert digest in chain.summary("Night", (seq, digest))
    assert digest in evidence.html(row["head"])
    assert row["verified"] is None
    told = {"state": "ok", "seq": 10, "hash": digest, "oversold": 0, "breach_count": 0}
    assert verify_file._checked(told) == {"ok": True, "head": row["head"], "oversold": 0, "breach_count": 0}
    assert verify_file._checked(told | {"state": "running"}) is None
    assert evidences.as_json(evidences.evidence(room.journal)) == verify_file.taken()
