"""The catalogues: gettext's rules of plural and sense, and what is missing stays English."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import catalogues
from dashboard.catalogues import BESIDE, LANGUAGES, LOCALES, CatalogueProblem, catalogue

SMALL = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "left"
msgstr "剩余"

msgctxt "direction"
msgid "left"
msgstr "向左"

msgid "{count} unit"
msgid_plural "{count} units"
msgstr[0] "{count} 件"

#, fuzzy
msgid "right"
msgstr "对"

msgid "empty"
msgstr ""
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "zh_Hans" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "small.po").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    catalogue.cache_clear()
    yield place
    catalogue.cache_clear()


def test_a_phrase_is_said_by_gettext_s_rules(folder: Path) -> None:
    chinese = catalogue("small", "zh")
    assert (chinese("left"), chinese.say("left"), chinese.sense("direction", "left")) == ("剩余", "剩余", "向左")
    assert chinese.sense("party", "left") == "left", "an unknown sense is English, not another sense"
    assert [chinese.many("{count} unit", "{count} units", count) for count in (1, 2)] == ["{count} 件", "{count} 件"]
    assert dict(chinese.templates()) == {"left": "剩余"}


def test_what_has_no_translation_stays_english(folder: Path) -> None:
    chinese = catalogue("small", "zh")
    assert [chinese(text) for text in ("right", "empty", "nobody wrote this", "")] == [
        "right", "empty", "nobody wrote this", "",
    ]  # fmt: skip
    for other in (catalogue("small", "en"), catalogue("small", "fr"), catalogue("none", "zh")):
        assert (other("left"), other.many("{count} unit", "{count} units", 2)) == ("left", "{count} units")
        assert dict(other.templates()) == {}
    assert (catalogue("small", "fr").language, catalogue("small", "fr").locale) == ("en", "en_US")


def test_a_domain_takes_words_of_the_one_beside_it_where_it_has_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "more.po").write_text(SMALL.replace("剩余", "余下").replace('"empty"', '"right now"'), encoding="utf-8")
    (folder / "big.po").write_text(SMALL.replace('"left"', '"big"').replace("剩余", "大"), encoding="utf-8")
    monkeypatch.setattr(catalogues, "BESIDE", {**BESIDE, "big": "more"})
    assert [catalogue("big", "zh")(text) for text in ("big", "left")] == ["大", "余下"]
    assert dict(catalogue("big", "zh").templates()) == {"big": "大", "left": "余下"}


@pytest.mark.parametrize("text", ["nobody wrote this", 'msgid "a"\nmsgstr[x] "b"', "\xff\xfe"])
def test_a_file_that_is_no_catalogue_is_named(text: str, folder: Path) -> None:
    (folder / "broken.po").write_bytes(text.encode("latin-1"))
    with pytest.raises(CatalogueProblem, match=r"broken\.po is no gettext catalogue: .*; an entry is a msgid line"):
        catalogue("broken", "zh")


def test_every_language_has_a_name_conventions_and_all_catalogues() -> None:
    assert set(LANGUAGES) == set(LOCALES)
    names = {path.name for path in catalogues.FOLDER.glob("*/LC_MESSAGES/*.po")}
    assert {"review.po", "screens.po", "sentences.po"} <= names
    for folder in catalogues.FOLDERS.values():
        assert {path.name for path in (catalogues.FOLDER / folder / "LC_MESSAGES").glob("*.po")} == names


def test_the_catalogues_are_read_in_less_than_a_second_and_once() -> None:
    catalogue.cache_clear()
    begun = time.process_time()
    read = [catalogue(domain, "zh") for domain in ("screens", "review", "sentences")]
    assert time.process_time() - begun < 1
    assert all(
        catalogue(domain, "zh") is one for domain, one in zip(("screens", "review", "sentences"), read, strict=True)
    )
