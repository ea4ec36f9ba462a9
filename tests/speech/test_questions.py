"""Viewers' questions as chats write them: understood well enough, and never answered with a wrong fact."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import pytest

from dashboard.speech import phrases
from dashboard.speech.answers import draft
from dashboard.speech.questions import INTENTS
from tests.speech.question_kit import MOODS, Asked, Row, asked, report, share, shown, understood
from tests.speech.true_answers import problems, read_back

FLOOR = 0.9
OPPOSITES = {
    "stock_some": "stock_none",
    "ships_yes": "ships_no",
    "ships_no": "ships_yes",
    "limit_some": "limit_none",
    "coupon_some": "coupon_none",
    "coupon_open": "coupon_none",
    "restock_eta": "restock_unknown",
}
"""Phrases and what would be said if it were not so."""


@lru_cache(4096)
def drafted(question: Asked, mood: str = "plain") -> Row:
    return draft(shown(question.show, mood), question.channel, understood(question))


def test_the_questions_are_many_in_many_languages_and_of_every_intent() -> None:
    languages = Counter(question.language for question in asked())
    assert all(languages[language] >= 15 for language in phrases.LANGUAGES)
    assert {"nl", "it", "pl", "ru", "ar", "tr"} <= set(languages)
    intents = Counter(question.intent for question in asked())
    assert set(intents) == set(INTENTS)
    assert 0.1 <= intents["unknown"] / len(asked()) <= 0.2
    assert sum(bool(question.accept) for question in asked()) < 0.06 * len(asked())


def test_no_question_is_kept_twice_and_each_names_what_its_show_has() -> None:
    assert len({question.text for question in asked()}) == len(asked())
    for question in asked():
        products = {row["sku"] for row in shown(question.show)["skus"]}
        assert question.sku in products | {""}, question
        assert {question.intent, *question.accept} <= set(INTENTS), question


def test_nine_in_ten_questions_are_understood() -> None:
    table = report(asked())
    sys.stdout.write(table)
    assert share(asked()) >= FLOOR, table


@pytest.mark.parametrize("mood", MOODS)
def test_no_answer_says_a_fact_that_the_frame_does_not_hold(mood: str) -> None:
    wrong = {}
    for question in asked():
        answer = drafted(question, mood)
        found = problems(shown(question.show, mood), question, answer)
        if found:
            wrong[question.text] = (answer["text"], *found)
    assert not wrong, "\n".join(f"{text}: {each}" for text, each in wrong.items())


def test_no_answer_is_wrong_on_a_stream_of_another_language_and_region() -> None:
    wrong = {}
    for place, question in enumerate(asked()):
        channels = [row["channel"] for row in shown(question.show)["channels"]]
        elsewhere = question._replace(where=channels[place % len(channels)])
        answer = drafted(elsewhere, "terms")
        found = problems(shown(question.show, "terms"), elsewhere, answer)
        if found:
            wrong[elsewhere] = (answer["text"], *found)
    assert not wrong, "\n".join(f"{asked.where}: {asked.text}: {each}" for asked, each in wrong.items())


def test_an_answer_is_in_the_language_that_was_understood_or_in_english() -> None:
    for question in asked():
        assert drafted(question)["language"] == phrases.spoken(understood(question).language), question


def test_what_is_no_question_gets_no_fact() -> None:
    for question in asked():
        answer = drafted(question)
        if understood(question).intent == "unknown":
            assert not answer["known"], question
            assert answer["why"], question
            assert not re.search(r"\d", answer["text"]), question


def test_the_reader_finds_any_number_that_was_changed() -> None:
    """Each figure of each answer, one more than it is: a reader that missed one would prove nothing above."""
    missed, tried = [], 0
    for question in asked():
        for mood in MOODS[:2]:
            frame, answer = shown(question.show, mood), drafted(question, mood)
            if problems(frame, question, answer):
                continue
            for match in re.finditer(r"\d+", bare(answer["text"], frame)):
                tried += 1
                more = str(int(match.group()) + 1).zfill(len(match.group()))
                text = answer["text"][: match.start()] + more + answer["text"][match.end() :]
                if not problems(frame, question, answer | {"text": text}):
                    missed.append(f"{question.text}: {text}")
    assert not missed, "\n".join(missed)
    assert tried > 100


def test_the_reader_finds_another_product_and_the_opposite_of_what_is_so() -> None:
    missed, tried = [], Counter[str]()
    for question in asked():
        for mood in MOODS[:2]:
            frame, answer = shown(question.show, mood), drafted(question, mood)
            for phrase, text in lies(frame, answer):
                tried[phrase] += 1
                if not problems(frame, question, answer | {"text": text}):
                    missed.append(f"{question.text}: {text}")
    assert not missed, "\n".join(missed)
    assert set(tried) >= {"title", *OPPOSITES}


def lies(frame: Row, answer: Row) -> Iterator[tuple[str, str]]:
    """False texts in an answer's place: of another product, and the opposite of what it says."""
    phrase, said = read_back(answer["text"], answer["language"], frame)
    if "title" in said:
        other = next(row["title"] for row in frame["skus"] if row["title"] != said["title"])
        yield "title", answer["text"].replace(said["title"], other)
    if phrase in OPPOSITES and (phrase != "stock_some" or "units" in said):
        named = {"title": said["title"], "country": said.get("country"), "region_name": said.get("region")}
        yield phrase, phrases.answer(OPPOSITES[phrase], answer["language"], answer["fact"] | named)


def bare(text: str, frame: Row) -> str:
    """A text with its products' titles blanked, so that their own figures stay."""
    for row in frame["skus"]:
        text = text.replace(row["title"], "-" * len(row["title"]))
    return text


def test_the_reader_refuses_words_that_are_none_of_ours() -> None:
    frame = shown("breezestyle")
    assert read_back("Hurry, only 3 left!", "en", frame) == ("", {})
    question = Asked("?", "en", "stock", (), "", "", "breezestyle", "en")
    answer = {"text": "Hurry, only 3 left!", "language": "en", "fact": {}}
    assert problems(frame, question, answer) == ["no phrase of en reads 'Hurry, only 3 left!'"]
