"""Host lines: shown with their fact, struck through when they stop being true, forgotten after a while."""

from dashboard.screens.panels import host_lines
from dashboard.screens.words import speaker
from tests.screens.sample_frame import frame_at

FRAME = frame_at(2402) | {"withheld": []}
LATE = frame_at(2402)
LINES = FRAME["lines"]


def test_a_line_that_vanished_stays_struck_through_for_ten_seconds() -> None:
    seen = host_lines.remembered({}, LINES, 100.0)
    after = host_lines.remembered(seen, LINES[1:], 101.0)
    assert 'class="line grey gone"' in host_lines.html(FRAME, after)
    later = host_lines.remembered(after, LINES[1:], 110.9)
    assert "gone" in host_lines.html(FRAME, later)
    assert "gone" not in host_lines.html(FRAME, host_lines.remembered(later, LINES[1:], 111.1))


def test_a_line_whose_number_changed_is_the_same_line() -> None:
    changed = [LINES[0] | {"text": "The rose Halo ring: 46 left for Europe."}, *LINES[1:]]
    after = host_lines.remembered(host_lines.remembered({}, LINES, 1.0), changed, 2.0)
    assert not [entry for entry in after.values() if entry["gone"] is not None]


def test_a_line_that_comes_back_is_no_longer_struck_through() -> None:
    gone = host_lines.remembered(host_lines.remembered({}, LINES, 1.0), [], 2.0)
    back = host_lines.remembered(gone, LINES, 3.0)
    assert all(entry["gone"] is None for entry in back.values())


def test_a_line_shows_the_fact_behind_it() -> None:
    text = host_lines.html(FRAME, host_lines.remembered({}, LINES[:1], 0.0))
    left = LINES[0]["fact"]["units_left"]
    assert f"{left} left in EU at 20:40:02" in text
    assert "until 20:41:32" in text
    assert "TikTok EU" in text


def test_the_same_words_for_several_channels_are_shown_once() -> None:
    twice = [LINES[0], LINES[0] | {"channel": "amazon-eu"}]
    text = host_lines.html(FRAME, host_lines.remembered({}, twice, 0.0))
    assert text.count("<q ") == 1
    assert "TikTok EU, Amazon EU" in text


def test_choosing_an_audience_shows_only_its_lines() -> None:
    memory = host_lines.remembered({}, LINES, 0.0)
    assert "EU · de" in host_lines.choices(FRAME)
    text = host_lines.html(FRAME, memory, "EU · de")
    assert text.count("<q ") == 1
    assert 'lang="de"' in text


def test_nothing_to_say_is_said() -> None:
    assert "nothing is short" in host_lines.html(FRAME, {})
    assert "nothing is short" in host_lines.html(FRAME, host_lines.remembered({}, LINES, 0.0), "AU · en")


def test_a_late_channel_stands_in_place_of_its_lines_with_what_is_not_known() -> None:
    text = host_lines.html(LATE, host_lines.remembered({}, LINES, 0.0))
    assert text.index("Shopee MY: lines withheld") < text.index("<q ")
    assert "What Shopee MY sold in the last 42 s is not known" in text
    assert "nothing is short" not in host_lines.html(LATE, {})
    assert "话术暂停" in host_lines.html(LATE, {}, say=speaker("zh"))
    many = LATE | {"withheld": LATE["withheld"] * 5}
    text = host_lines.html(many, {})
    assert text.count("lines withheld") == host_lines.WITHHELD_MAX
    assert "+3 withheld" in text


def test_an_audience_is_told_only_of_the_late_channels_it_listens_to() -> None:
    memory = host_lines.remembered({}, LINES, 0.0)
    assert "lines withheld" in host_lines.html(LATE, memory, "SEA · ms")
    assert "lines withheld" not in host_lines.html(LATE, memory, "SEA · th")


def test_a_line_that_went_with_its_feed_is_not_called_untrue() -> None:
    line = LINES[0] | {"channel": "shopee-my"}
    memory = host_lines.remembered(host_lines.remembered({}, [line], 0.0), [], 1.0)
    assert "retracted · withheld" in host_lines.html(LATE, memory)
    assert "retracted · no longer true" in host_lines.html(FRAME, memory)


def test_a_line_from_outside_cannot_become_html() -> None:
    evil = LINES[0] | {"text": "<b onclick=x>now</b>", "language": '"><script>'}
    withheld = [LATE["withheld"][0] | {"reason": "<script>alert(1)</script>"}]
    assert "<script" not in host_lines.html(LATE | {"withheld": withheld}, {})
    text = host_lines.html(FRAME, host_lines.remembered({}, [evil], 0.0))
    assert "<script" not in text
    assert "<b onclick" not in text
