"""A wrong phrase file is refused with one sentence: which file, which key, and what would be right."""

from pathlib import Path

import pytest

from dashboard.settings import DATA
from dashboard.speech.phrase_shapes import LANGUAGES
from dashboard.speech.phrase_tables import PhraseProblem, read
from dashboard.speech.phrases import check

GOOD = {language: (DATA / "phrases" / f"{language}.toml").read_text(encoding="utf-8") for language in ("en", "zh")}
COUPON = 'calm = "{region}: {percent} off {title} with code {code}."'
LIMIT = 'one = "{title}: {limit} piece per person ({region})."'
PRICE = GOOD["en"][GOOD["en"].index("[line.price]") : GOOD["en"].index("[line.coupon]")]
ONE_LEFT = 'one = "{title}: {units} piece left ({region})."\n'
SOLD_OUT = 'zero = "{title} is sold out ({region})."\n'

DEFECTS = {
    "no TOML": ("language = ", "language ", "cannot be read as TOML in UTF-8: "),
    "another language's name": ('language = "en"', 'language = "de"', "language: says 'de'; write 'en', as the file is"),
    "no name": ('name = "English"\n', "", "lacks 'name'; English needs language, name, range, moment, region, line"),
    "an empty name": ('name = "English"', 'name = ""', "name: is ''; write a text."),
    "a number for a name": ('name = "English"', "name = 7", "name: is 7; write a text."),
    "no range": ('range = "{low} to {high}"\n', "", "lacks 'range'; English needs"),
    "half a range": ("{low} to {high}", "up to {high}", "range: does not say {low}; it must hold {low}, {high}."),
    "a moment of nowhere": ("({city} time)", "", "moment: has a double space, a line break or space at an end; write"),
    "a moment without a city": (" ({city} time)", "", "moment: does not say {city}; it must hold {date}, {time}, {city}"),
    "a joint of one": ("[region]", 'and = "{first}"\n[region]', "and: does not say {last}; it must hold {first}, {last}."),
    "a heading nobody reads": ("[region]", 'voice = "x"\n[region]', "has 'voice', which nothing reads; English needs"),
    "a region too few": ('SEA = "Southeast Asia"\n', "", "region: lacks 'SEA'; English needs US, EU, SEA, AU, UK, GB, JP"),
    "a region without a name": ('JP = "Japan"', 'JP = ""', "region.JP: is ''; write a text."),
    "a region of numbers": ('JP = "Japan"', "JP = 81", "region.JP: is 81; write a text."),
    "a place without a name": ("[region]", '[place]\nRome = " "\n[region]', "place.Rome: is ' '; write a text."),
    "no such phrase": ("[line.price]", "[line.prize]", "line: lacks 'price'; English needs low_stock, low_stock_limit"),
    "a phrase too many": ("[line.price]", '[line.hurry]\ncalm = "x"\n[line.price]', "line: has 'hurry', which nothing"),
    "an answer too few": ('price = "{title} costs {price}."\n', "", "answer: lacks 'price'; English needs stock_some"),
    "an answer too many": ("[answer]", '[answer]\nweather = "x"', "answer: has 'weather', which nothing reads"),
    "no calm register": (COUPON, "", "line.coupon: lacks 'calm'; English needs calm, lively here."),
    "a third register": (COUPON, COUPON + '\nloud = "x"', "line.coupon: has 'loud', which nothing reads; English needs"),
    "a phrase that is a text": (PRICE, '[line]\nprice = "x"\n', "line.price: is 'x'; write a table with calm, lively."),
    "no singular": (ONE_LEFT, "", "line.low_stock.calm: lacks 'one'; English needs one, other, zero here."),
    "no sold out": (SOLD_OUT, "", "line.low_stock.calm: lacks 'zero'; English needs one, other, zero here."),
    "a plural of another language": (ONE_LEFT, ONE_LEFT + 'few = "{title}"\n', "line.low_stock.calm: has 'few', which"),
    "a plural where nothing counts": (
        COUPON, 'calm.one = "x"\ncalm.other = "x"', "line.coupon.calm: has 'one', which nothing reads; English needs other",
    ),
    "one text where one differs": (
        "[line.limit.calm]\n" + LIMIT, "[line.limit.calm]", "line.limit.calm: lacks 'one'; English needs one, other here",
    ),
    "a placeholder nobody knows": ("{percent} off {title} with", "{percents} off {title} with",
        "line.coupon.calm: {percents} is no placeholder of ours; it may hold {title}, {region}, {percent}, {code}."),
    "another phrase's placeholder": (COUPON, COUPON.replace("{percent}", "{units}"),
        "line.coupon.calm: {units} is not a value of this phrase; it may hold {title}, {region}, {percent}, {code}."),
    "a value unsaid": (COUPON, COUPON.replace(" with code {code}", ""),
        "line.coupon.calm: does not say {code}; it must hold {title}, {region}, {percent}, {code}."),
    "a singular that hides its number": (LIMIT, LIMIT.replace("{limit}", "a"),
        "line.limit.calm.one: does not say {limit}; it must hold {title}, {region}, {limit}."),
    "a value said twice": (COUPON, COUPON.replace("code {code}", "code {code}, {code}"),
        "line.coupon.calm: says {code} twice; write it once."),
    "a brace left open": (COUPON, COUPON.replace("off", "{off"),
        "line.coupon.calm: has a brace that closes no placeholder; write {name} or no brace."),
    "a placeholder in capitals": (COUPON, COUPON.replace("{code}", "{CODE}"), "line.coupon.calm: does not say {code}"),
    "a figure of its own": (COUPON, COUPON.replace("off", "off for 24 hours,"),
        "line.coupon.calm: has a figure of its own; numbers come from placeholders only."),
    "an Arabic figure of its own": (COUPON, COUPON.replace("off", "off ٣"), "line.coupon.calm: has a figure of its own"),
    "a double space": (COUPON, COUPON.replace("off", "off "), "line.coupon.calm: has a double space, a line break or"),
    "a space at the end": (COUPON, COUPON.replace('."', '. "'), "line.coupon.calm: has a double space, a line break or"),
    "a line break": (COUPON, COUPON.replace("off", "\\noff"), "line.coupon.calm: has a double space, a line break or"),
    "a list for a text": (COUPON, 'calm = ["x"]', "line.coupon.calm: is ['x']; write a text."),
    "a number for an answer": ('unknown = "We do not have that answer at hand."', "unknown = 5", "answer.unknown: is 5;"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_refused_by_file_and_key_with_what_would_be_right(defect: str, tmp_path: Path) -> None:
    old, new, sentence = DEFECTS[defect]
    assert old in GOOD["en"], f"the shipped file no longer has {old!r}"
    path = tmp_path / "en.toml"
    path.write_text(GOOD["en"].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PhraseProblem) as problem:
        read(path)
    assert str(problem.value).startswith("data/phrases/en.toml: " + sentence)
    assert "\n" not in str(problem.value)


def test_a_language_that_counts_in_one_form_has_no_singular(tmp_path: Path) -> None:
    path = tmp_path / "zh.toml"
    right = 'other = "{title}，{region}还剩 {units} 件。"'
    path.write_text(
        GOOD["zh"].replace(right, right + '\none = "{title}，{region}还剩 {units} 件。"', 1), encoding="utf-8"
    )
    with pytest.raises(PhraseProblem, match=r"zh.toml: line.low_stock.calm: has 'one', which nothing reads; Chinese"):
        read(path)


def test_a_table_where_a_text_stands_alone_and_a_text_where_a_table_must_stand_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "en.toml"
    head = GOOD["en"].split("[line.low_stock.calm]")[0]
    path.write_text("line = 'x'\nanswer = {}\n" + head, encoding="utf-8")
    with pytest.raises(PhraseProblem, match=r"line: is 'x'; write a table with low_stock"):
        read(path)
    path.write_text("region = 'x'\nline = {}\nanswer = {}\n" + head.split("[region]")[0], encoding="utf-8")
    with pytest.raises(PhraseProblem, match=r"region: is 'x'; write a table of names"):
        read(path)


def test_a_file_that_is_missing_not_utf8_or_no_language_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhraseProblem, match=r"^data/phrases/en.toml: is missing; every language needs its file"):
        check(tmp_path)
    (tmp_path / "en.toml").write_bytes(b'language = "\xff"')
    with pytest.raises(PhraseProblem, match=r"^data/phrases/en.toml: cannot be read as TOML in UTF-8"):
        check(tmp_path)
    with pytest.raises(
        PhraseProblem, match=r"^data/phrases/tlh.toml: no language of ours is called so; write one of en"
    ):
        read(tmp_path / "tlh.toml")


def test_all_twelve_languages_are_there_and_no_other_file() -> None:
    assert list(check()) == list(LANGUAGES)
    assert sorted(path.stem for path in (DATA / "phrases").glob("*.toml")) == sorted(LANGUAGES)


def test_languages_are_called_as_their_speakers_call_them() -> None:
    names = [table.name for table in check().values()]
    assert len(set(names)) == len(LANGUAGES)
    assert {"English", "简体中文", "日本語", "한국어", "ไทย", "Tiếng Việt", "Deutsch", "Français"} <= set(names)
