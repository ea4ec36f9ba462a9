"""Host lines: shown with their fact, struck through when they stop being true, forgotten after a while."""

from dashboard.screens.panels import host_lines
from tests.screens.sample_frame import frame_at

FRAME = frame_at(2402)
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


def test_a_line_from_outside_cannot_become_html() -> None:
    evil = LINES[0] | {"text": "<b onclick=x>now</b>", "language": '"><script>'}
    text = host_lines.html(FRAME, host_lines.remembered({}, [evil], 0.0))
    assert "<script" not in text
    assert "<b onclick" not in text
