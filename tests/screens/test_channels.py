"""The Channels page and its panels: how every storefront is doing, and what it told that could not be taken."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard import room as rooms
from dashboard.channels import inbox as inboxes
from dashboard.channels.adapter import Account, Delivery, NotAuthentic, Secrets
from dashboard.channels.adapters import PLATFORMS, capability_rows, make
from dashboard.channels.inbox import Inbox
from dashboard.decision.roles import OPERATOR
from dashboard.screens import letterbox
from dashboard.screens.panels import channel_table, dead_letters
from dashboard.screens.words import speaker
from tests.channels.pure_room import PureRoom
from tests.screens.sample_frame import FakeRoom, frame_at
from tests.screens.test_pages import open_page, panels, press

CHINESE = speaker("zh").templates()

ABLE = {"shopee-my": {"platform": "shopee", "push": "raise_only", "calls_per_minute": 60, "connected": True}}
NOW = 1_773_489_600_000_000


def rows(**changed: Any) -> list[dict[str, Any]]:
    """Return the channels of the sample frame; `changed` is true of the first one."""
    found: list[dict[str, Any]] = frame_at(2408)["channels"]
    return [found[0] | changed, *found[1:]]


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def row_of(html: str, name: str) -> str:
    return next(row for row in re.findall(r"<tr.*?</tr>", html) if f">{name}" in row)


def test_late_channels_come_first_and_are_hatched_with_shape_and_word() -> None:
    html = channel_table.html(rows(), {})
    first = re.findall(r"<tr.*?</tr>", html)[1]
    assert 'class="stale"' in first
    assert "Shopee MY" in first
    assert "◆" in first
    assert "feed 42 s late" in first
    assert html.count('class="stale"') == 1


def test_what_is_wrong_stands_in_the_row_with_its_reason() -> None:
    drift = [{"sku": "HALO-ROSE", "units": -4}]
    row = row_of(
        channel_table.html(rows(drift_units=4, drift=drift, breaker=True, breaker_note="answers 503"), {}), "TikTok US"
    )
    assert "HALO-ROSE -4" in row
    assert "calls paused" in row
    assert "answers 503" in row


def test_what_is_not_known_is_a_dash_and_a_silent_feed_is_no_zero() -> None:
    row = row_of(channel_table.html(rows(sync_p50_ms=None, sync_p95_ms=None, state="silent"), {}), "TikTok US")
    assert row.count("<td class=n>–</td>") == 3
    assert "○" in row


def test_a_row_says_how_its_stock_is_written_and_how_often() -> None:
    html = channel_table.html(rows(), ABLE)
    assert "raise_only" in row_of(html, "Shopee MY")
    usual = channel_table.html(rows(), letterbox.abilities(rows()))
    assert "not connected" in row_of(usual, "Shopify")
    assert "compare_and_set" in row_of(usual, "Shopify")


def test_a_connected_storefront_outside_the_show_has_a_row_of_its_own() -> None:
    html = channel_table.html(rows(), ABLE | {"own": ABLE["shopee-my"] | {"platform": "generic"}})
    assert "not in this show" in row_of(html, "own")
    assert "No channel yet" in channel_table.html([], {})


def test_foreign_words_are_escaped() -> None:
    html = channel_table.html(rows(name="<script>", breaker=True, breaker_note="<b>"), {})
    assert "<script>" not in html
    assert "<b>" not in html


def test_hundreds_of_channels_send_a_small_table() -> None:
    html = channel_table.html(rows() * 40, {})
    assert html.count("<tr") == channel_table.ROWS_MAX + 1
    assert "+300 more" in html


def test_the_strip_counts_states_and_letters_and_names_the_slowest_feed() -> None:
    said = text(channel_table.summary(rows(), {"held": 2}))
    assert re.search(r"1 +◆ +late", said)
    assert re.search(r"2 +◆ +letters held", said)
    assert re.search(r"0 +○ +letters refused", said)
    assert "slowest p95 · Amazon US" in said


def test_every_platform_has_a_row_of_what_it_can_do() -> None:
    html = channel_table.platforms(capability_rows())
    assert html.count("<tr") == len(PLATFORMS) + 1
    words = [*channel_table.COLUMNS, *(word for _, word in channel_table.CAPABILITIES), *dead_letters.STATES[1:]]
    assert not [word for word in words if word not in CHINESE and word != "SKU"]


LETTER = {
    "id": 7, "channel": "own", "received_time": NOW, "reason": "order_unknown", "sentence": "No <order> A-77.",
    "state": "held", "attempts": 3,
}  # fmt: skip


def test_a_letter_says_what_when_and_how_often_it_was_tried() -> None:
    html = dead_letters.html(LETTER)
    assert "held · own · order_unknown" in html
    assert "No &lt;order&gt; A-77." in html
    assert "03-14 12:00:00 UTC · tried 3× · letter 7" in html
    assert "not tried again yet" in dead_letters.html(LETTER | {"attempts": 0})


@pytest.mark.parametrize(
    ("status", "tone"), [("accepted", "good"), ("exists", "good"), ("held", "bad"), ("refused", "bad")]
)
def test_the_outcome_of_a_retry_is_told_in_its_own_words(status: str, tone: str) -> None:
    html = dead_letters.outcome(7, {"status": status, "sentence": "So it is."})
    assert f'class="said {tone}"' in html
    assert f"letter 7: {status} · So it is." in html


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    account = Account("own", "generic", PLATFORMS["generic"].capability)
    found = Inbox(PureRoom(), {"own": make(account, Secrets(("whsec_c2VjcmV0",)))})
    monkeypatch.setattr(inboxes, "serving", lambda: found)
    monkeypatch.setattr(rooms, "running", FakeRoom)
    letterbox._kept.clear()
    yield found
    letterbox._kept.clear()


def test_the_page_shows_letters_and_one_click_tries_one_again(inbox: Inbox) -> None:
    with pytest.raises(NotAuthentic):
        inbox.take_in("own", Delivery({}, b"{}", NOW))
    inbox.dead.malformed("own", Delivery({}, b"[]", NOW), "It is no order.")
    page = open_page("channels")
    shown = " ".join(html.proto.body for html in page.get("html"))
    assert "It is no order." in shown
    assert "not_authentic" in shown
    assert "not in this show" in panels(page)["channel_table"]
    press(page, "Retry")
    assert any('class="said bad"' in html.proto.body for html in page.get("html"))
    assert sorted(row["attempts"] for row in inbox.dead.book.rows()) == [0, 1]


def test_a_settled_letter_has_no_button_and_states_can_be_chosen(inbox: Inbox) -> None:
    id = inbox.dead.malformed("own", Delivery({}, b"[]", NOW), "It is no order.")
    inbox.dead.settle(id, "exists", "It is known by now.", NOW)
    page = open_page("channels")
    assert not page.button
    page.selectbox(key="letter_state").select("held").run()
    assert any("No dead letter" in html.proto.body for html in page.get("html"))


def test_a_letter_that_is_gone_is_said_in_a_sentence(inbox: Inbox) -> None:
    assert letterbox.retry(99, NOW, OPERATOR) == {"status": "refused", "sentence": "There is no dead letter 99."}


def test_letters_are_read_once_a_second_for_all_viewers(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read = inbox.letters
    monkeypatch.setattr(inbox, "letters", lambda state="", **more: asked.append(state) or read(state))
    monkeypatch.setattr(letterbox.time, "monotonic", lambda: 5.0)
    for _ in range(3):
        letterbox.letters()
    assert asked == [""]
    monkeypatch.setattr(letterbox.time, "monotonic", lambda: 5.0 + letterbox.FRESH_SECONDS)
    letterbox.letters()
    assert asked == ["", ""]


def test_without_storefronts_the_page_shows_the_show_and_says_how_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "serving", lambda: None)
    monkeypatch.setattr(rooms, "running", FakeRoom)
    page = open_page("channels")
    assert "TikTok US" in panels(page)["channel_table"]
    assert any("[channels.&lt;name&gt;]" in html.proto.body for html in page.get("html"))
    assert letterbox.retry(1, NOW, OPERATOR)["status"] == "refused"


def test_chinese_and_no_show_stand_too(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "渠道" in panels(open_page("channels", lang="zh"))["strip"]
    monkeypatch.setattr(rooms, "running", lambda: FakeRoom(shows=False))
    page = open_page("channels")
    assert "not in this show" in panels(page)["channel_table"]
    assert any("No show yet" in html.proto.body for html in page.get("html"))


def test_without_a_room_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "running", lambda: None)
    assert any("No room here" in html.proto.body for html in open_page("channels").get("html"))
