"""Host lines on Live: the one worth most first, with its fact, and what stopped being true struck through."""

from typing import Any

from dashboard.screens.panels import host_lines
from dashboard.screens.words import speaker
from tests.screens.sample_frame import frame_at

SAMPLE = frame_at(2402)
LATE = SAMPLE | {"do_not_say": []}
FRAME = LATE | {"lines_withheld": []}
LINES = FRAME["lines"]


def with_lines(*lines: dict[str, Any]) -> dict[str, Any]:
    return FRAME | {"lines": list(lines)}


def test_the_line_worth_most_stands_first_whatever_its_channel() -> None:
    text = host_lines.html(with_lines(LINES[0], LINES[2] | {"value_minor": 9_000}))
    assert text.index(LINES[2]["text"]) < text.index(LINES[0]["text"])


def test_a_line_that_was_said_says_when() -> None:
    assert "✓ said 20:40:02" in host_lines.html(with_lines(LINES[0] | {"said_at": FRAME["at"]}))
    assert "✓" not in host_lines.html(with_lines(LINES[0]))


def test_what_stopped_being_true_is_struck_through_with_the_reason() -> None:
    text = host_lines.html(SAMPLE | {"lines_withheld": []})
    assert text.count('class="line grey gone"') == len(SAMPLE["do_not_say"])
    assert "✓ said</b> · Do not say · now 36" in text
    assert "Do not say · sold out" in text
    corrected, line, other = (text.index(part) for part in ("now 36", LINES[0]["text"], "sold out"))
    assert corrected < line < other, "what was said and is not true any more is corrected first"


def test_of_what_stopped_being_true_only_the_latest_are_shown() -> None:
    many = [SAMPLE["do_not_say"][0] | {"text": f"line {number}"} for number in range(9)]
    assert host_lines.html(FRAME | {"do_not_say": many}).count("gone") == host_lines.STRUCK_MAX


def test_a_line_shows_the_fact_behind_it() -> None:
    text = host_lines.html(with_lines(LINES[0]))
    left = LINES[0]["fact"]["units_left"]
    assert f"{left} left in EU at 20:40:02" in text
    assert "until 20:41:32" in text
    assert "TikTok EU" in text


def test_the_same_words_for_several_channels_are_shown_once() -> None:
    text = host_lines.html(with_lines(LINES[0], LINES[0] | {"channel": "amazon-eu"}))
    assert text.count("<q ") == 1
    assert "TikTok EU, Amazon EU" in text


def test_choosing_an_audience_shows_only_its_lines() -> None:
    assert {"EU · de", "US · zh"} <= set(host_lines.choices(FRAME))
    text = host_lines.html(FRAME, "EU · de")
    assert text.count("<q ") == 1
    assert 'lang="de"' in text
    struck = host_lines.html(SAMPLE | {"lines": []}, "SEA · th")
    assert "เหลือ 3 ชิ้น" in struck
    assert "Europe" not in struck


def test_nothing_to_say_is_said() -> None:
    assert "nothing is short" in host_lines.html(with_lines())
    assert "nothing is short" in host_lines.html(FRAME, "AU · en")


def test_more_lines_than_fit_are_counted() -> None:
    many = [LINES[0] | {"text": f"line {number}"} for number in range(host_lines.LINES_MAX + 4)]
    assert "+4 more" in host_lines.html(with_lines(*many))


def test_a_late_channel_stands_in_place_of_its_lines_with_what_is_not_known() -> None:
    text = host_lines.html(LATE)
    assert text.index("Shopee MY: lines withheld") < text.index("<q ")
    assert "What Shopee MY sold in the last 42 s is not known" in text
    assert "nothing is short" not in host_lines.html(LATE | {"lines": []})
    assert "话术暂停" in host_lines.html(LATE, say=speaker("zh"))
    many = [LATE["lines_withheld"][0] | {"reason": f"reason {number}"} for number in range(5)]
    text = host_lines.html(LATE | {"lines_withheld": many})
    assert text.count("lines withheld") == host_lines.WITHHELD_MAX
    assert "+3 withheld" in text


def test_a_withheld_line_says_what_it_was_about_and_is_said_once() -> None:
    row = LATE["lines_withheld"][1]
    text = host_lines.html(FRAME | {"lines_withheld": [row, row | {"channel": "amazon-eu"}]})
    assert "TikTok EU, Amazon EU: restock withheld" in text
    assert text.index("<q ") < text.index("restock withheld"), "what can be said comes first"
    assert text.count("Shipment S-9 to Hamburg has no arrival time.") == 1


def test_an_audience_is_told_only_of_the_late_channels_it_listens_to() -> None:
    assert "lines withheld" in host_lines.html(LATE, "SEA · ms")
    assert "lines withheld" not in host_lines.html(LATE, "SEA · th")


def test_a_line_from_outside_cannot_become_html() -> None:
    evil = LINES[0] | {"text": "<b onclick=x>now</b>", "language": '"><script>', "kind": "<i>"}
    gone = SAMPLE["do_not_say"][0] | {"text": "<b onclick=x>now</b>", "code": "<script>"}
    withheld = [LATE["lines_withheld"][0] | {"reason": "<script>alert(1)</script>"}]
    text = host_lines.html(with_lines(evil) | {"lines_withheld": withheld, "do_not_say": [gone]})
    assert "<script" not in text
    assert "<b onclick" not in text
