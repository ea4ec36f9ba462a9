"""Twelve languages say every phrase, in both registers, with exactly their numbers and nobody else's words."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dashboard.speech.phrase_shapes import ANSWERS, LANGUAGES, LINES, REGIONS, REGISTERS, UNSAID_AT_ZERO, Shape
from dashboard.speech.phrases import PhraseProblem, answer, check, line, place_name, spoken
from tests.speech.phrase_kit import ENGLISH, MOMENTS, OWN_LETTERS, PRESSING, figures

COUNTS = (0, 1, 2, 3, 5, 11, 21, 101, 1_000_000, 1_234_567)
EVIL = (
    "{units} “Brume” %s %(x)d 100 % {{title}} \u202bعربى 42\u202c 🧴👩\u200d🔬 'O\"Neil' <b>&amp;</b> \\n {0} $5 "
    + "长ไทยー" * 40
)[:200]
VALUES: dict[str, Any] = {
    "title": "Ж", "titles": ("Ж", "Ф", "Ю"), "region": "US", "region_name": "United States", "place": "Singapore",
    "country": "DE", "units": 7, "limit": 2, "percent": 15, "code": "ЩЩ", "price_minor": 1_234_599, "currency": "EUR",
    "hours": 36, "eta": 1_795_536_300_000_000, "until": 1_795_536_300_000_000, "zone": "America/Los_Angeles",
    "days_min": 3, "days_max": 9,
}  # fmt: skip
NUMBERS = {"percent": Decimal(15), "price": Decimal("12345.99"), "hours": Decimal(36), "limit": Decimal(2)}


def said(phrase: str, register: str, language: str, values: dict[str, Any]) -> str:
    """A line where there is a register, else an answer."""
    return line(phrase, language, values, register) if register else answer(phrase, language, values)


def every() -> Iterator[tuple[str, str, Shape]]:
    """Every wording there must be: phrase, register ("" for answers), what it needs."""
    for phrase, shape in LINES.items():
        yield from ((phrase, register, shape) for register in REGISTERS)
    yield from ((phrase, "", shape) for phrase, shape in ANSWERS.items())


def counted(shape: Shape, count: int) -> dict[str, Any]:
    """The values with a count in the place that decides between singular and plural."""
    name = shape.counts
    return VALUES | ({"days_min": count, "days_max": count} if name == "days" else {name: count} if name else {})


def meant(shape: Shape, count: int) -> list[Decimal]:
    """The figures a text must say, no more and no fewer, beside titles, codes and clocks."""
    if shape.zero and count == 0:
        return []
    wanted = [Decimal(count)] if shape.counts else []
    return sorted(wanted + [NUMBERS[name] for name in shape.needs if name in NUMBERS and name != shape.counts])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_says_exactly_its_numbers_in_the_languages_own_writing(language: str) -> None:
    for phrase, register, shape in every():
        for count in COUNTS if shape.counts else (7,):
            text = said(phrase, register, language, counted(shape, count))
            rest = text.replace(MOMENTS[language], "")
            silent = UNSAID_AT_ZERO if shape.zero and count == 0 else frozenset()
            assert (rest != text) == bool({"eta", "until"} & {*shape.needs} - silent), (phrase, text)
            assert figures(rest, language) == meant(shape, count), (phrase, register, count, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_passes_unchanged_whatever_signs_it_holds(language: str) -> None:
    titles = (EVIL, "100% {place}", "%d {")
    for phrase, register, shape in every():
        for title in (EVIL, "{title}", "{units} {region} %s", "X"):
            text = said(phrase, register, language, VALUES | {"title": title, "titles": titles})
            assert text.count(title) == (1 if "title" in shape.needs else text.count(title)), (phrase, text)
            parts = titles if "titles" in shape.needs else (title,) if "title" in shape.needs else ()
            for part in parts:
                assert part in text, (phrase, text)
                text = text.replace(part, "", 1)
            assert "{" not in text, (phrase, text)
            assert "}" not in text, (phrase, text)


@settings(max_examples=60, deadline=None)
@given(title=st.text(min_size=1), language=st.sampled_from(LANGUAGES), units=st.integers(0, 10**24))
def test_any_title_and_any_number_pass_exactly(title: str, language: str, units: int) -> None:
    """The words around a title do not depend on it, and no digit of a number is lost."""
    values = VALUES | {"units": units}
    text = line("low_stock", language, values | {"title": title})
    before, after = line("low_stock", language, values | {"title": "\x00"}).split("\x00")
    assert text == before + title + after
    assert figures(before + after, language) == ([Decimal(units)] if units else [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_wording_has_double_spaces_or_space_at_an_end(language: str) -> None:
    for phrase, register, shape in every():
        for count in COUNTS if shape.counts else (7,):
            text = said(phrase, register, language, counted(shape, count))
            assert text == text.strip(), (phrase, text)
            assert "  " not in text, (phrase, text)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_no_english_is_left_in_another_language(language: str) -> None:
    for phrase, register, shape in every():
        for count in (0, 1, 7):
            text = said(phrase, register, language, counted(shape, count))
            assert text != said(phrase, register, "en", counted(shape, count))
            assert not ENGLISH.search(text), (phrase, text)
            if language in OWN_LETTERS:
                assert not any("a" <= letter.lower() <= "z" for letter in text), (phrase, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_wording_presses_beyond_its_number(language: str) -> None:
    for phrase, register, shape in every():
        for count in (0, 1, 7):
            text = said(phrase, register, language, counted(shape, count)).lower()
            assert not [word for word in PRESSING[language] if word in text], (phrase, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lively_register_says_it_otherwise_than_the_calm_one(language: str) -> None:
    for phrase in LINES:
        assert line(phrase, language, VALUES, "lively") != line(phrase, language, VALUES, "calm"), phrase


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("en", 1, "Ж: 1 piece left (US)."),
        ("en", 0, "Ж is sold out (US)."),
        ("en", 21, "Ж: 21 pieces left (US)."),
        ("de", 1, "Ж (USA): noch 1 Stück da."),
        ("es", 1, "Ж (Estados Unidos): queda 1 unidad."),
        ("es", 2, "Ж (Estados Unidos): quedan 2 unidades."),
        ("es", 1_000_000, "Ж (Estados Unidos): quedan 1.000.000 de unidades."),
        ("fr", 1, "Ж (États-Unis) : il reste 1 unité."),
        ("fr", 2_000_000, "Ж (États-Unis) : il reste 2\u202f000\u202f000 d’unités."),
        ("pt", 1, "Ж (Estados Unidos): resta 1 unidade."),
        ("zh", 1_234_567, "Ж，美国还剩 1,234,567 件。"),
        ("ja", 1, "Жは残り1点です（アメリカ）。"),
        ("ko", 0, "Ж: 품절되었습니다 (미국)."),
        ("th", 5, "Ж เหลือ 5 ชิ้น (สหรัฐฯ)"),
        ("vi", 1_234, "Ж: còn 1.234 sản phẩm (Mỹ)."),
    ],
)  # fmt: skip
def test_a_count_takes_the_languages_singular_plural_or_none(language: str, count: int, text: str) -> None:
    assert line("low_stock", language, VALUES | {"units": count}) == text


@pytest.mark.parametrize(
    ("language", "least", "most", "text"),
    [
        ("en", 1, 1, "Germany: Ж takes about 1 day to arrive."),
        ("en", 7, 10, "Germany: Ж takes about 7 to 10 days to arrive."),
        ("zh", 7, 10, "德国：Ж大约 7 到 10 天送达。"),
        ("ja", 7, 10, "ドイツ：Жのお届けまで約7～10日です。"),
        ("ko", 7, 10, "독일: Ж, 배송까지 약 7~10일 걸립니다."),
        ("th", 7, 10, "เยอรมนี: จัดส่ง Ж ใช้เวลาประมาณ 7 ถึง 10 วัน"),
        ("vi", 3, 3, "Đức: Ж giao trong khoảng 3 ngày."),
    ],
)
def test_days_are_a_number_or_a_range(language: str, least: int, most: int, text: str) -> None:
    assert answer("delivery", language, VALUES | {"days_min": least, "days_max": most}) == text


@pytest.mark.parametrize(
    ("minor", "currency", "language", "amount"),
    [
        (1990, "USD", "en", "$19.90"),
        (1990, "USD", "zh", "US$19.90"),
        (1990, "JPY", "ja", "￥1,990"),
        (5, "EUR", "de", "0,05\u00a0€"),
        (129_900, "THB", "th", "฿1,299.00"),
        (19_900, "KRW", "ko", "₩19,900"),
        (9_999_999_999_999_999, "USD", "en", "$99,999,999,999,999.99"),
    ],
)
def test_a_price_is_exact_in_its_currencys_decimals(minor: int, currency: str, language: str, amount: str) -> None:
    assert amount in answer("price", language, VALUES | {"price_minor": minor, "currency": currency})


def test_an_instant_is_told_on_the_zones_clock_on_the_day_it_has_there() -> None:
    late = VALUES | {"zone": "Asia/Tokyo"}
    assert "Wed, Nov 25, 1:05\u202fAM (Tokyo time)" in answer("restock_eta", "en", late)
    assert "11月25日周三 01:05（东京时间）" in answer("restock_eta", "zh", late)
    assert "(UTC time)" in answer("restock_eta", "en", VALUES | {"zone": ""})


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-TW", "zh"), ("zh_Hans_CN", "zh"), ("pt_BR", "pt"), ("in", "id"), ("EN-gb", "en"), ("yue", "zh"),
        ("th", "th"), ("sw", "en"), ("", "en"), ("../en", "en"), (" ja ", "ja"), ("ms-MY", "ms"),
    ],
)  # fmt: skip
def test_a_language_tag_finds_the_nearest_language_with_a_table(tag: str, language: str) -> None:
    assert spoken(tag) == language
    assert line("price", tag, VALUES) == line("price", language, VALUES)


@pytest.mark.parametrize(
    ("code", "language", "fallback", "name"),
    [
        ("US", "zh", "United States", "美国"),
        ("sea", "th", "South-East Asia", "เอเชียตะวันออกเฉียงใต้"),
        ("MY", "ko", "Malaysia", "말레이시아"),
        ("MY", "vi", "MY", "Malaysia"),
        ("DE", "ja", "", "ドイツ"),
        ("Germany", "zh", "Germany", "德国"),
        ("CA", "zh", "California", "California"),
        ("CA", "zh", "Canada", "加拿大"),
        ("CA", "zh", "カナダ", "加拿大"),
        ("R3", "zh", "Nordics", "Nordics"),
        ("Los Angeles", "zh", "Los Angeles", "洛杉矶"),
        ("Los Angeles", "de", "Los Angeles", "Los Angeles"),
        ("Dock 7", "ja", "Dock 7", "Dock 7"),
    ],
)
def test_a_place_has_the_languages_name_or_the_shows_own(code: str, language: str, fallback: str, name: str) -> None:
    assert place_name(code, language, fallback) == name


def test_every_language_names_every_well_known_region_itself() -> None:
    for language, table in check().items():
        for code in REGIONS:
            assert place_name(code, language, code) == table.regions[code]
            assert place_name(code, language, code) != code or code in ("US", "UK"), (language, code)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": None}, "The value 'title' is missing; the phrase says it"),
        ({"title": ""}, "The value 'title' is missing; the phrase says it"),
        ({"units": 1.5}, "The value 'units' is 1.5; write a whole number from 0 on."),
        ({"units": True}, "The value 'units' is True; write a whole number from 0 on."),
        ({"units": -1}, "The value 'units' is -1; write a whole number from 0 on."),
        ({"eta": 1 << 80}, "The value 'eta' cannot be told in the zone 'America/Los_Angeles'; write an IANA name"),
        ({"zone": "Mars/Base"}, "The value 'eta' cannot be told in the zone 'Mars/Base'; write an IANA name."),
    ],
)
def test_a_value_that_cannot_be_said_is_refused_by_name(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PhraseProblem) as problem:
        answer("restock_eta", "en", VALUES | values)
    assert sentence in str(problem.value)


def test_days_the_wrong_way_round_a_lone_title_and_unknown_phrases_are_refused() -> None:
    refused: list[tuple[Callable[[], str], str]] = [
        (
            lambda: answer("delivery", "en", VALUES | {"days_min": 9, "days_max": 2}),
            "'days_min' is 9, above 'days_max' 2",
        ),
        (lambda: answer("variants", "en", VALUES | {"titles": "Mist"}), "The value 'titles' is 'Mist'; write several"),
        (lambda: answer("weather", "en", VALUES), "No answer is called 'weather': write one of stock_some"),
        (lambda: line("weather", "en", VALUES), "No line 'weather' is said 'calm': write one of low_stock"),
        (lambda: line("price", "en", VALUES, "loud"), "No line 'price' is said 'loud'"),
    ]
    for attempt, sentence in refused:
        with pytest.raises(PhraseProblem) as problem:
            attempt()
        assert sentence in str(problem.value)


def test_a_thousand_lines_take_less_than_fifty_milliseconds() -> None:
    """CPU time of the best of five, so that a busy machine proves nothing."""
    taken = []
    for turn in range(5):
        started = time.process_time()
        for count in range(1_000):
            language = LANGUAGES[count % len(LANGUAGES)]
            line("low_stock_limit", language, VALUES | {"units": 1_000 * turn + count})
        taken.append(time.process_time() - started)
    assert min(taken) < 0.05, taken
