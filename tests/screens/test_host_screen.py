"""The host's screen as HTML: the best line of one channel and language, what comes after, what not to say any more."""

from typing import Any

import pytest

from dashboard.screens.panels import host_cards, host_screen
from dashboard.screens.panels.host_screen import Noted, View
from dashboard.screens.words import speaker
from tests.screens.sample_frame import frame_at

FRAME = frame_at(2402)
EU = View("tiktok-eu", "en", taps=True)
TH = View("shopee-th", "th", taps=True)
DELETED = ("<s ", "</s>")


def section(html: str, name: str) -> str:
    """One part of the screen; empty where it is not drawn."""
    return html.partition(f'class="{name}')[2].partition("</section>")[0]


def test_the_best_line_of_the_channel_stands_first_in_its_own_language() -> None:
    html = host_screen.html(FRAME, TH)
    assert 'lang="th">ลด 15 % สำหรับสายรัด Pulse' in section(html, "h-now")
    assert "สายรัด Pulse ลด 15 %" in section(html, "h-then")
    assert "Halo" not in section(html, "h-now") + section(html, "h-then")


def test_each_language_of_a_channel_has_its_own_lines() -> None:
    assert "Los Angeles is being restocked" in host_screen.html(FRAME, View("tiktok-us", "en"))
    chinese = host_screen.html(FRAME, View("tiktok-us", "zh"))
    assert 'lang="zh">接下来介绍' in chinese
    assert "Los Angeles" not in chinese


def test_the_button_means_the_line_that_is_shown_and_knows_what_it_is_about() -> None:
    line = host_screen.lines(FRAME, EU)[0]
    bar = host_screen.bar(FRAME, EU, None)
    assert f'data-say="{line["line"]}"' in bar
    assert 'data-seat="low_stock|HALO-ROSE|EU"' in bar
    fewer = FRAME | {"lines": [line | {"line": "later", "fact": line["fact"] | {"units_left": 1}}]}
    assert 'data-say="later" data-seat="low_stock|HALO-ROSE|EU"' in host_screen.bar(fewer, EU, None)


def test_without_taps_there_is_no_button_at_all() -> None:
    looking = TH._replace(taps=False)
    assert "<button" not in host_screen.html(FRAME, looking) + host_screen.bar(FRAME, looking, None)
    mirrored = TH._replace(prompter=True)
    assert "<button" not in host_screen.html(FRAME, mirrored) + host_screen.bar(FRAME, mirrored, None)
    assert 'class="host prompter"' in host_screen.html(FRAME, mirrored)


def test_what_became_of_a_tap_is_said_at_the_thumb() -> None:
    bar = host_screen.bar(FRAME, EU, Noted("41 left <now>", "en"))
    assert "✓ Noted" in bar
    assert '<q lang="en">41 left &lt;now&gt;</q>' in bar
    refused = host_screen.bar(FRAME, EU, Noted("41 left", "en", "There is no line 7."))
    assert "Not noted: There is no line 7." in refused
    assert "✓" not in refused


def test_a_line_that_was_said_says_when() -> None:
    line = host_screen.lines(FRAME, EU)[0] | {"said_at": FRAME["at"]}
    assert "✓ said 20:40:02" in host_screen.html(FRAME | {"lines": [line]}, EU)


def test_what_was_said_and_has_changed_stands_first_among_what_not_to_say() -> None:
    unsaid = section(host_screen.html(FRAME, EU), "h-not")
    assert unsaid.index("41 left for Europe") < unsaid.index("12 left for Europe")
    assert "you said this · now 36" in unsaid
    assert "sold out" in unsaid
    assert all(unsaid.count(mark) == 2 for mark in DELETED)
    assert "เหลือ 3 ชิ้น" not in unsaid


@pytest.mark.parametrize(
    ("code", "now", "why"),
    [
        ("sold_out", None, "sold out"),
        ("changed", 1_036, "now 1,036"),
        ("changed", None, "another number now"),
        ("ended", None, "ended"),
        ("arrived", None, "arrived"),
        ("late_feed", None, "its data is late"),
        ("unknown_eta", None, "nobody knows when it arrives"),
        ("not_deliverable", None, "not deliverable there"),
        ("something_new", None, "something_new"),
    ],
)
def test_every_reason_not_to_say_a_line_has_words(code: str, now: int | None, why: str) -> None:
    row = FRAME["do_not_say"][0] | {"code": code, "now": now}
    assert f"{why}</b>" in section(host_screen.html(FRAME | {"do_not_say": [row]}, EU), "h-not")


def test_withheld_lines_say_why() -> None:
    held = section(host_screen.html(FRAME, EU), "h-held")
    assert "Tempo clip" in held
    assert "Shipment S-9 to Hamburg has no arrival time." in held
    assert "Shopee" not in held


def test_a_channel_whose_data_is_late_shows_no_number_and_says_so() -> None:
    html = host_screen.html(FRAME, View("shopee-my", "ms"))
    assert "Lines withheld" in html
    assert "read no numbers" in html
    assert 'class="h-age late"' in html
    assert "data age 42 s" in html


def test_what_is_on_screen_and_what_comes_next_is_counted_down() -> None:
    html = host_screen.html(FRAME, EU)
    assert "<b>Halo ring</b>" in html
    assert "<time>19:58</time>" in html
    assert "<b>Pulse band sand</b>" in html
    last = FRAME | {"rundown": FRAME["rundown"][:2]}
    assert "the last one" in host_screen.html(last, EU)


def test_where_the_rundown_names_another_the_sku_on_screen_counts() -> None:
    skus = [row | {"on_screen": row["sku"] == "TEMPO-CLIP"} for row in FRAME["skus"]]
    assert "on screen</span><b>Tempo clip</b>" in host_screen.html(FRAME | {"skus": skus}, EU)


@pytest.mark.parametrize(
    ("second", "words"), [(-90, ("Starts in", "01:30")), (7300, ("The show is over",)), (2402, ("Nothing to say now",))]
)
def test_while_there_is_nothing_to_say_that_is_said(second: float, words: tuple[str, ...]) -> None:
    frame = frame_at(second) | {"lines": []}
    html = host_screen.html(frame, EU)
    assert all(word in html for word in words)
    assert "disabled" in host_screen.bar(frame, EU, None)


def test_names_and_lines_from_outside_cannot_become_html() -> None:
    evil = "<b onclick=x>\"'"
    row = host_screen.lines(FRAME, EU)[0] | {"text": evil, "line": '"><script>', "kind": evil}
    unsaid = [FRAME["do_not_say"][0] | {"text": evil, "code": evil}]
    channels = [each | {"name": evil, "region": evil} for each in FRAME["channels"]]
    frame = FRAME | {"lines": [row, row], "do_not_say": unsaid, "channels": channels}
    html = host_screen.html(frame, EU) + host_screen.bar(frame, EU, Noted(evil, evil, evil))
    html += host_cards.card(frame, channels[1], evil) + host_cards.link('http://x/"><script>', evil)
    assert "<b onclick" not in html
    assert "<script" not in html


def test_the_screen_speaks_the_viewers_language_around_the_lines() -> None:
    html = host_screen.html(FRAME, EU, speaker("zh")) + host_screen.bar(FRAME, EU, None, speaker("zh"))
    assert all(word in html for word in ("现在说", "不要再说", "说完了", "你刚说过 · 现在 36"))
    assert "The rose Halo ring" in html


def test_a_card_shows_a_channels_languages_and_its_line() -> None:
    rows: dict[str, Any] = {row["channel"]: row for row in FRAME["channels"]}
    card = host_cards.card(FRAME, rows["tiktok-us"], "./host?channel=tiktok-us")
    assert "English · 中文" in card
    assert "Los Angeles is being restocked" in card
    assert "lines withheld" in host_cards.card(FRAME, rows["shopee-my"], "")
    assert "Nothing to say now" in host_cards.card(FRAME, rows["shopify-us"], "")


def test_a_picture_of_a_link_needs_no_other_machine_and_holds_the_whole_address() -> None:
    address = "https://war.example.com/host?show=spring&channel=tiktok-us&link=20507." + "A" * 43
    html = host_cards.link(address, "2026-03-21")
    assert 'src="data:image/svg+xml' in html
    assert address.replace("&", "&amp;") in html
    assert "holds until 2026-03-21" in html
    assert host_cards.picture(address) != host_cards.picture(address + "B")
    assert host_cards.day(86_400_000_000) == "1970-01-02"
