"""Both languages are complete: what the code says in English, it can say in Chinese, and the catalogues hold no more."""

import gettext
import re
import string
from pathlib import Path

import pytest

from dashboard.catalogues import FOLDER, FOLDERS, Catalogue, parsed
from dashboard.screens.panels import (
    audit,
    board,
    channel_table,
    channels,
    curves,
    host_lines,
    review_channels,
    review_countdown,
    review_lost,
    review_places,
    review_plan,
    review_proof,
    strip,
    world,
)
from dashboard.screens.words import speaker
from tests.architecture import messages
from tests.architecture.spoken import TABLES
from tests.screens.sample_frame import frame_at
from tests.screens.sample_review import review

DOMAINS = sorted(TABLES)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_phrase_that_is_spoken_has_a_translation_and_the_catalogue_has_no_other(domain: str) -> None:
    fresh = messages.template(domain)
    spoken = {(one.id, one.context) for one in fresh if one.id}
    assert len(spoken) > 200
    for name in FOLDERS.values():
        kept = parsed(FOLDER / name / "LC_MESSAGES" / f"{domain}.po")
        known = {(one.id, one.context) for one in kept if one.id}
        assert not sorted(map(str, spoken - known)), "spoken and in no catalogue: run `make messages` and translate"
        assert not sorted(map(str, known - spoken)), "in the catalogue and spoken nowhere: run `make messages`"
        assert not [one.id for one in kept if one.id and not messages.filled(one)], "without a translation, or fuzzy"
        assert not kept.obsolete
    template = parsed(FOLDER / f"{domain}.pot")
    assert {(one.id, one.context) for one in template if one.id} == spoken, "stale: run `make messages`"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/LC_MESSAGES/*.po")), ids=lambda path: path.stem)
def test_a_translation_has_the_gaps_of_its_phrase(path: Path) -> None:
    for one in parsed(path):
        if one.id and one.string:
            texts = one.id if isinstance(one.id, tuple | list) else (one.id,)
            wanted = {gap for text in texts for gap in gaps(text)}
            for form in one.string if isinstance(one.string, tuple | list) else (one.string,):
                assert set(gaps(form)) <= wanted, one.id
                left_out = {gap for gap in wanted - set(gaps(form)) if "|" not in gap}
                assert not left_out or isinstance(one.id, tuple | list), one.id


def gaps(text: str) -> list[str]:
    """The names in braces, `{has|have}` being a choice of English; a text whose braces are no gaps has none."""
    try:
        return [name for _, name, _, _ in string.Formatter().parse(text) if name]
    except ValueError:
        return []


class Listening(gettext.NullTranslations):
    """Chinese that remembers what it has no words for."""

    def __init__(self) -> None:
        super().__init__()
        self.chinese, self.lacks = speaker("zh"), set[str]()

    def gettext(self, message: str) -> str:
        said = self.chinese(message)
        if said == message and re.search("[A-Za-z]{2}", message):
            self.lacks.add(message)
        return said


def test_the_panels_of_a_show_ask_for_no_word_that_the_catalogue_lacks() -> None:
    """What is said of codes in a frame is seen only when it is said: a sample show and its review, drawn in Chinese."""
    words = Listening()
    say = Catalogue("zh", words, {})
    for second in (60, 2408, 9000):
        frame = frame_at(second)
        for draw in (strip.html, world.head, channels.html, board.html, audit.html, host_lines.html):
            draw(frame, say=say)
        world.spec(frame, (847, 360), say)
        curves.chart(curves.figure(frame, say), say)
        for row in frame["channels"]:
            row["state"] = "silent"
        channel_table.html(frame["channels"], {}, False, say)
    for panel in (review_channels, review_countdown, review_lost, review_places, review_plan, review_proof):
        panel.html(review(), say)
    assert words.lacks <= {review()["lost"]["assumption"]}


def test_an_unknown_phrase_stays_english_and_an_unknown_language_is_english() -> None:
    assert speaker("zh")("A phrase nobody wrote") == "A phrase nobody wrote"
    assert speaker("zh")("lasts") == "够卖"
    assert speaker("fr")("lasts") == "lasts"
    assert speaker("zh")("Opening split") == "开播分配", "the Review page says what the reports say"


def test_the_reader_of_the_code_finds_what_a_function_may_say() -> None:
    """Conditions, tables in place, loops over rows, what is assigned; not what comes from elsewhere.

    Its own words are in the text below, where no panel is.
    """
    found = messages.spoken_in(
        """
def panel(say, frame, more):
    say("one" if frame else "two")
    say({"a": "three"}.get(frame, "four"))
    word = "five"
    say(word).format(x=1)
    rows = (("six", 1), ("seven", 2))
    for name, value in rows:
        say(name)
    [say(text) for text, _ in (("eight", 0),)]
    for place, (head, tail) in enumerate(rows):
        say(head)
    view.say("nine") + say(more) + print("ten") + say(f"eleven {more}")
    say.many("{count} day", "{count} days", 3)
    say.sense("verb", "left")
    stage.message("Head", "Text", "code")
"""
    )
    assert [one for one in found if isinstance(one, str)] == [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "six", "seven", "nine", "Head", "Text",
    ]  # fmt: skip
    assert ("{count} day", "{count} days") in found
    assert ("verb", "left") in found
