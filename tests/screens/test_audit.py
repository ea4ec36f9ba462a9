"""The Audit page and its panels: any entry in one line, one entry whole, the filter, how the chain stands, downloads."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import room as rooms
from dashboard.decision import events as e
from dashboard.journal import verification
from dashboard.journal.audit import Entries
from dashboard.journal.store import Journal
from dashboard.journal.verification import Verification
from dashboard.screens import archive
from dashboard.screens.panels import chain, entries
from dashboard.screens.words import speaker
from tests.journal.entries_kit import ENTRIES, NASTY, NOON, SECOND, fill, journal_at
from tests.screens.sample_frame import SHOW, FakeRoom, frame_at
from tests.screens.test_pages import open_page, panels, press

CHINESE = speaker("zh").templates()

CHINESE_SAY = speaker("zh")
STARTS = {"starts_at": "2026-03-14T12:00:00+00:00", "time_zone": "Asia/Shanghai"}

SAID: list[tuple[dict[str, Any], str]] = [
    ({"moves": [["ring", "claims", "flexible", "region/US", 1200]]}, "1,200 × ring: flexible → region/US"),
    (
        {"order": "o1", "channel": "web", "moves": [["r", "claims", "channel/web", "committed/web", 2], ["r", "goods", "LA/a", "LA/c", 2]]},
        "o1 · 2 × r: channel/web → committed/web",
    ),
    ({"moves": [["r", "goods", "LA/available", "LA/unavailable", 1]]}, "1 × r: LA/available → LA/unavailable"),
    ({"moves": [["r", "claims", "a", "b", n] for n in range(1, 6)]}, "1 × r: a → b, 2 × r: a → b, +3"),
    ({"sku": "ring", "region": "EU", "units_per_order": 2, "reason": "spike"}, "ring · EU · units per order 2"),
    ({"sku": "ring", "region": "EU", "units_per_order": None}, "ring · EU · units per order –"),
    ({"command": "0f", "rule": "watch", "level": "auto"}, "rule watch · level auto"),
    ({"sku": "ring", "push": True}, "ring · push yes"),
    ({"text": "Ship today", "channel": "web", "language": "en"}, "Ship today"),
    ({"title": "Night", "starts_at": 5, "skus": [{}]}, "Night"),
    ({}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "words"), SAID, ids=[words or "nothing" for _, words in SAID])
def test_what_happened_is_read_off_any_entry(facts: dict[str, Any], words: str) -> None:
    assert entries.what(facts) == words


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    found = Journal(tmp_path_factory.mktemp("audit") / "night.duckdb")
    fill(found, show=SHOW)
    yield found
    found.close()


def row(journal: Journal, seq: int) -> dict[str, Any]:
    found = Entries(journal).one(SHOW, seq)
    assert found is not None
    return found


def test_an_entry_tells_when_who_what_and_why_and_opens_to_all_of_it(journal: Journal) -> None:
    html = entries.html([row(journal, 4)], STARTS, "?show=s&seq=")
    for text in (
        "20:00:04",
        "T+00:04",
        "reallocated",
        "rule:flexible_top_up",
        "200 × ring: flexible → region/US",
        "US 85 % sold",
    ):
        assert text in html
    for text in (
        "&quot;to_pool&quot;: &quot;region/US&quot;",
        row(journal, 3)["hash"],
        row(journal, 4)["hash"],
        '"?show=s&amp;seq=4"',
    ):
        assert text in html
    assert "2026-03-14T12:00:04.000 UTC" in html
    assert "调拨额度" in entries.html([row(journal, 4)], STARTS, "?", say=CHINESE_SAY)


def test_what_an_entry_holds_never_becomes_part_of_the_page(journal: Journal) -> None:
    evil = "<script>alert(1)</script>"
    found = row(journal, 9) | {"actor": evil, "source": evil, "id": evil, "type": evil}
    found["facts"] = {"text": evil, "reason": evil, evil: evil, "moves": [[evil, evil, evil, evil, 1]]}
    html = entries.html([found], STARTS, f'?"{evil}', found)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 10


def test_a_very_long_entry_is_cut_and_says_so(journal: Journal) -> None:
    found = row(journal, 9) | {"facts": {"text": "x" * 20_000, "moves": [["r", "claims", "a", "b", 1]] * 100}}
    html = entries.html([found], STARTS, "?")
    assert len(html) < 15_000
    assert "characters; a download holds them all" in html
    assert "+60 more" in html


def test_an_entry_recorded_later_than_it_happened_says_how_much(journal: Journal) -> None:
    found = row(journal, 4)
    assert "(+" not in entries.html([found], STARTS, "?")
    late = found | {"recorded_time": found["event_time"] + 90 * SECOND}
    assert "(+90.0 s)" in entries.html([late], STARTS, "?")


def told(state: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "doing": "checking", "started_at": NOON, "ended_at": NOON + SECOND, "seq": 10, "hash": "ab",
            "events": 10, "oversold": 0, "breach_count": 0, "breaches": [], "problem": ""} | more  # fmt: skip


STANDINGS: list[tuple[dict[str, Any] | None, str, list[str]]] = [
    (None, "grey", ["Not checked since this server started"]),
    (told("running", doing="copying"), "info", ["▶", "Checking the journal", "copying it as of this moment"]),
    (told("running"), "info", ["recomputing hashes and balances"]),
    (told("ok", claims=1354), "green", ["1,354 host lines, each true when it was shown"]),
    (told("ok"), "green", ["●", "Chain and books hold, oversold 0", "up to entry 10 · 20:00:01 · 1,224 since"]),
    (
        told("breach", breach_count=3, breaches=["The content of event 4 is <b>."], oversold=2),
        "low",
        ["▼", "The journal does not hold", "The content of event 4 is &lt;b&gt;. (+2 more)", "oversold 2"],
    ),
    (told("failed", problem="No disk."), "warning", ["◆", "The check failed", "No disk."]),
]


@pytest.mark.parametrize(("found", "tone", "words"), STANDINGS, ids=[row[2][-1] for row in STANDINGS])
def test_the_chain_says_how_it_stands(found: dict[str, Any] | None, tone: str, words: list[str]) -> None:
    html = chain.html(found, (1234, "cd"), "Asia/Shanghai")
    assert f'class="standing {tone}"' in html
    assert not [word for word in words if word not in html]
    assert ("green" in html) == (tone == "green")


def test_the_strip_carries_the_whole_hash() -> None:
    digest = "0123456789abcdef" * 4
    assert chain.summary("Night", (1234, digest)).count(digest) == 2
    assert "1,234" in chain.summary("Night", (1234, digest))


def test_every_word_of_the_panels_has_a_chinese_one() -> None:
    words = [chain.NEVER, *chain.DOING.values(), *(said for _, said in chain.OUTCOMES.values())]
    words += ["No.", "Time", "T+", "Entry", "Actor", "What", "Reason", "Id", "Source", "Happened", "Recorded"]
    words += ["Hash before", "Hash", "SKU", "book", "From", "To", *(name.replace("_", " ") for name in e.TYPES)]
    assert not [word for word in words if word not in CHINESE]


FRAME = frame_at(600.0)
START = int(archive.moment(FRAME["starts_at"]).timestamp()) * SECOND
READ: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"actor": "  rule: ", "types": ["note_added"]}, {"actor": "rule:", "types": ("note_added",)}),
    ({"since": "T+20:00", "until": "T+20:30"}, {"since": START + 1200 * SECOND, "until": START + 1231 * SECOND - 1}),
    ({"until": "20:45"}, {"until": START + (45 * 60 + 60) * SECOND - 1}),
    ({"place": "channel:tiktok-us"}, {"channels": ("tiktok-us",)}),
    ({"place": "region:SEA"}, {"region": "SEA", "channels": tuple(c["channel"] for c in FRAME["channels"] if c["region"] == "SEA")}),
    ({"hide_orders": False, "hide_listings": True}, {"hide_orders": False, "hide_listings": True}),
    ({"sku": None, "text": NASTY}, {"text": NASTY}),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "wish"), READ)
def test_a_filter_is_read_as_typed(typed: dict[str, Any], wish: dict[str, Any]) -> None:
    assert archive.wish(SHOW, FRAME, typed) == archive.Wish(show=SHOW, **wish)


def test_a_moment_nobody_can_read_is_a_sentence() -> None:
    with pytest.raises(archive.InstantProblem, match="is no moment"):
        archive.wish(SHOW, FRAME, {"since": "noon"})


class AuditedRoom(FakeRoom):
    """The sample room with a journal."""

    def __init__(self, journal: Journal, **more: Any) -> None:
        super().__init__(**more)
        self.journal = journal


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, journal: Journal) -> AuditedRoom:
    found = AuditedRoom(journal)
    monkeypatch.setattr(rooms, "running", lambda: found)
    return found


def ledger(page: AppTest) -> str:
    return str(
        next(
            html.proto.body for html in page.get("html") if "ledger" in html.proto.body or "No entry" in html.proto.body
        )
    )


def shown(page: AppTest) -> list[int]:
    return [int(part.partition("<")[0]) for part in ledger(page).split("<summary><b>")[1:]]


def test_the_page_shows_decisions_newest_first_and_orders_when_asked(room: AuditedRoom) -> None:
    page = open_page("audit")
    assert shown(page) == [10, 9, 8, 5, 4, 3, 2, 1]
    assert room.journal.head()[1] in panels(page)["strip"]
    assert "Not checked since" in panels(page)["chain"]
    page.toggle(key="sieve_hide_orders").set_value(False).run()
    assert shown(page) == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    page.toggle(key="sieve_hide_listings").set_value(True).run()
    assert 5 not in shown(page)


def test_filters_narrow_the_list_and_a_strange_moment_is_said(room: AuditedRoom) -> None:
    page = open_page("audit")
    page.text_input(key="sieve_actor").input("rule:").run()
    assert shown(page) == [5, 4]
    page.text_input(key="sieve_text").input("; drop table events; --").run()
    assert "No entry matches" in ledger(page)
    page.text_input(key="sieve_actor").input("").run()
    assert shown(page) == [9]
    page.text_input(key="sieve_since").input("soon").run()
    assert shown(page) == [9]
    assert any("is no moment" in html.proto.body for html in page.get("html"))
    page.text_input(key="sieve_text").input("").run()
    page.multiselect(key="sieve_types").select("order_placed").run()
    assert shown(page) == [7, 6]


def test_an_address_names_an_entry_which_stands_first_and_open(room: AuditedRoom) -> None:
    page = open_page("audit", show=SHOW, seq="6")
    assert shown(page) == [6, 5, 4, 3, 2, 1]
    assert "<details open class=chosen>" in ledger(page)
    press(page, "Newest")
    assert shown(page) == [10, 9, 8, 5, 4, 3, 2, 1]
    assert "seq" not in page.query_params
    gone = open_page("audit", seq="999")
    assert any("This show has no entry 999" in html.proto.body for html in gone.get("html"))
    for strange in ("x", "-1", "1; drop", "9" * 40):
        page = open_page("audit", seq=strange)
        assert any("no whole number" in html.proto.body for html in page.get("html"))
        assert len(shown(page)) == 8


def test_pages_are_turned_by_seq(room: AuditedRoom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room.journal = Journal(tmp_path / "long.duckdb")
    fill(room.journal, [(e.NoteAdded(text=f"note {n}"), "operator", "/operator") for n in range(100)], SHOW)
    page = open_page("audit")
    assert shown(page) == list(range(100, 60, -1))
    press(page, "Older")
    fill(room.journal, [(e.NoteAdded(text="meanwhile"), "operator", "/operator")], SHOW)
    press(page, "Older")
    assert shown(page) == list(range(20, 0, -1))
    assert next(button for button in page.button if button.label == "Older").disabled
    press(page, "Newer")
    assert shown(page) == list(range(60, 20, -1))
    page.text_input(key="sieve_text").input("note").run()
    assert shown(page)[0] == 100, "a new filter begins at its newest entry"
    room.journal.close()


def test_what_came_since_the_list_was_drawn_is_counted_beside_it(room: AuditedRoom) -> None:
    from dashboard.screens import audit

    counted: list[dict[str, str]] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(audit.canvas, "fill", lambda told, charts, live: counted.append(told))
        for top in (10, 8):
            audit._tick(Entries(room.journal), archive.Wish(SHOW), top, "Night", "UTC")
    assert counted[0]["newer"] == ""
    assert "2 newer" in counted[1]["newer"]


def test_a_download_holds_what_the_filter_shows(room: AuditedRoom) -> None:
    from dashboard.screens import audit

    page = open_page("audit")
    assert [button.proto.label for button in page.get("download_button")][-2:] == ["CSV", "NDJSON"]
    about, *rows = audit._content(Entries(room.journal), archive.Wish(SHOW, actor="rule"), "ndjson").splitlines()
    assert json.loads(about)["audit"]["head_hash"] == room.journal.head()[1]
    assert [json.loads(line)["seq"] for line in rows] == [5, 4]
    assert audit._content(Entries(room.journal), archive.Wish(SHOW), "csv").startswith(b"# {")


def test_verify_now_runs_the_auditor_once_and_tells_everybody(
    room: AuditedRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {
        "ok": True,
        "head": {"seq": 10, "hash": "ab"},
        "events": 10,
        "oversold": 0,
        "breach_count": 0,
        "breaches": [],
    }
    command = [sys.executable, "-c", f"print({json.dumps(json.dumps(report))})"]
    checks = Verification(room.journal, room.clock, lambda path: command)
    monkeypatch.setattr(verification, "running", lambda: checks)
    page = press(open_page("audit"), "Verify now")
    checks.wait(30)
    page.run()
    assert "Chain and books hold, oversold 0" in panels(page)["chain"]
    assert "up to entry 10" in panels(open_page("audit"))["chain"]
    assert "哈希链与账目无误" in panels(open_page("audit", lang="zh"))["chain"]


def test_without_a_room_or_a_show_the_page_says_so(monkeypatch: pytest.MonkeyPatch, journal: Journal) -> None:
    monkeypatch.setattr(rooms, "running", lambda: AuditedRoom(journal, shows=False))
    assert any("No show yet" in html.proto.body for html in open_page("audit").get("html"))
    monkeypatch.setattr(rooms, "running", lambda: None)
    assert any("No room here" in html.proto.body for html in open_page("audit").get("html"))


def test_the_sample_journal_is_what_the_tests_count_on(tmp_path: Path) -> None:
    journal = journal_at(tmp_path)
    assert journal.head()[0] == len(ENTRIES) == 10
    journal.close()
