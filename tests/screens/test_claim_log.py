"""The claim log on the Audit page: what was shown, how long, why no longer; filtered, turned and taken away."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import room as rooms
from dashboard.decision import events as e
from dashboard.journal import claims
from dashboard.journal.store import Journal
from dashboard.screens import archive
from dashboard.screens.panels import claim_log
from tests.journal.entries_kit import NOON, SECOND, fill
from tests.screens.sample_frame import SHOW
from tests.screens.test_audit import AuditedRoom
from tests.screens.test_pages import open_page, press

SHOWN = {"starts_at": "2026-03-14T12:00:00+00:00", "time_zone": "Asia/Shanghai"}
FACT: dict[str, str | int | tuple[str, ...] | None] = {
    "sku": "ring", "region": "US", "units_left": 5, "seq": 2, "expires": NOON + 60 * SECOND,
}  # fmt: skip
EVIL = "<script>alert(1)</script>"


def line(name: str, channel: str = "tiktok-us", text: str = "", **more: Any) -> tuple[e.Event, str, str]:
    told = {"language": "en", "kind": "low_stock", "fact": FACT} | more
    return e.LinePublished(line=name, channel=channel, text=text or f"Ring: {name}", **told), "prompter", "/prompter"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    found = Journal(tmp_path_factory.mktemp("claims") / "night.duckdb")
    opened = (e.ShowOpened(title="Night", starts_at=NOON, ends_at=NOON + 3600 * SECOND), "operator", "/operator")
    entries = [
        opened, line("first"), line("second", replaces="first"), (e.LineSaid(line="second"), "joe", "/host"),
        line("evil", "shopee-th", EVIL, language="th", kind=EVIL),
        (e.LineRetracted(line="second", reason="sold_out"), "prompter", "/prompter"),
        *(line(f"many-{number}", "amazon-eu", kind="coupon", fact={"sku": "band", "region": "EU"}) for number in range(50)),
    ]  # fmt: skip
    fill(found, entries, SHOW)
    yield found
    found.close()


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, journal: Journal) -> AuditedRoom:
    found = AuditedRoom(journal)
    monkeypatch.setattr(rooms, "running", lambda: found)
    return found


def body(page: AppTest) -> str:
    found = (html.proto.body for html in page.get("html"))
    return str(next(text for text in found if "ledger claims" in text or "No line was" in text))


def shown(page: AppTest) -> list[int]:
    return [int(part.partition("<")[0]) for part in body(page).split("<summary><b>")[1:]]


def test_a_line_tells_where_what_how_long_and_whether_it_was_said(journal: Journal) -> None:
    rows = claims.read(journal, SHOW)
    html = claim_log.html(rows[1:2], SHOWN, "?seq=")
    for text in ("20:00:03", "T+00:03", "low stock", "tiktok-us · en", "Ring: second", "said</", "3.0 s · sold out"):
        assert text.replace("said</", "said") in html
    for text in ("&quot;units_left&quot;: 5", "2026-03-14T12:01:00.000", '"?seq=3"', '"?seq=2"', rows[1]["event_hash"]):
        assert text in html
    assert "1.0 s · another line instead" in claim_log.html(rows[:1], SHOWN, "?")
    assert "still shown" in claim_log.html(rows[-1:], SHOWN, "?")
    assert claim_log.why("some_new_code") == "some_new_code"


def test_what_a_line_says_never_becomes_part_of_the_page(journal: Journal) -> None:
    (row,) = [row for row in claims.read(journal, SHOW) if row["line"] == "evil"]
    row |= {"channel": EVIL, "line": EVIL, "ended": EVIL, "ended_at": NOON, "seconds_shown": 1.0, "register": EVIL,
            "event_hash": EVIL, "fact": json.dumps({EVIL: EVIL})}  # fmt: skip
    html = claim_log.html([row], SHOWN, f'?"{EVIL}')
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 8


def test_the_page_has_the_log_and_the_way_there_and_back(room: AuditedRoom) -> None:
    page = press(open_page("audit"), "Claim log")
    assert page.query_params["view"] in ("claims", ["claims"])
    assert shown(page) == list(range(56, 16, -1))
    press(page, "Older")
    assert shown(page) == [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 5, 3, 2]
    assert next(button for button in page.button if button.label == "Older").disabled
    press(page, "Newer")
    assert shown(page)[0] == 56
    press(page, "Entries")
    assert "view" not in page.query_params
    assert not [html for html in page.get("html") if "ledger claims" in html.proto.body]


def test_the_filter_of_the_page_narrows_the_log(room: AuditedRoom) -> None:
    page = open_page("audit", view="claims")
    press(page, "Older")
    page.text_input(key="sieve_text").input("SECOND").run()
    assert shown(page) == [3], "a new filter begins at its newest line"
    page.text_input(key="sieve_text").input("").run()
    page.selectbox(key="sieve_place").set_value("channel:shopee-th").run()
    assert shown(page) == [5]
    page.selectbox(key="sieve_place").set_value("region:SEA").run()
    assert "No line was shown that matches" in body(page)
    page.selectbox(key="sieve_place").set_value("").run()
    page.text_input(key="sieve_until").input("T+00:03").run()
    assert shown(page) == [3, 2]


def test_a_download_holds_the_lines_that_match_in_the_order_they_were_shown(room: AuditedRoom, tmp_path: Path) -> None:
    page = open_page("audit", view="claims")
    assert [button.proto.label for button in page.get("download_button")][-2:] == ["CSV", "XLSX"]
    found = archive.claims(archive.Wish(SHOW, sku="ring"))
    told = list(csv.DictReader(io.StringIO(archive.claim_file(found, SHOW, "csv").decode(), newline="")))
    assert [row["seq"] for row in told] == ["2", "3", "5"]
    assert archive.claim_file(found, SHOW, "xlsx").startswith(b"PK")


def test_the_log_is_read_in_chinese(room: AuditedRoom) -> None:
    page = open_page("audit", view="claims", lang="zh")
    assert "仍在显示" in body(page)
    assert any(button.label == "记录" for button in page.button)
