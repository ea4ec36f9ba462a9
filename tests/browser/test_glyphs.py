"""Chinese, Japanese, Korean and Thai lines are drawn with their own glyphs in a real browser.

Every sign that any wording of a language holds is drawn in a cell of its own, under the Host page's style and the
language's `lang`. A sign without a glyph is drawn as a box, the same for all such signs: so a cell must not look like
the box of signs that no font knows, and no two cells may look alike.
"""

import unicodedata
from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from dashboard.speech.phrase_shapes import ANSWERS, LINES, REGISTERS
from dashboard.speech.phrases import answer, check, line
from tests.browser.conftest import ROOT

SIDE, COLUMNS = 40, 24
LANGUAGES = ("zh", "ja", "ko", "th")
UNKNOWN = ("\u0378", "\U000e1234", "\U0010fffd")
"""No font has a glyph for these: unassigned, unassigned, private."""
OTHERWISE = "直骨今角画"
"""Signs that Chinese and Japanese write differently at the same code point."""
STYLE = (ROOT / "dashboard" / "screens" / "host.css").read_text(encoding="utf-8")
CELLS = (
    f".host .sheet {{ display: grid; grid-template-columns: repeat({COLUMNS}, {SIDE}px); background: #fff; }}"
    f".host .sheet q {{ width: {SIDE}px; height: {SIDE}px; overflow: hidden; text-align: center; color: #000;"
    f" font-size: 22px; line-height: {SIDE}px; }} body {{ margin: 0; }} .host {{ display: block !important; padding: 0 !important; }}"
)
VALUES: dict[str, Any] = {
    "title": " ", "titles": (" ", " ", " "), "region": "SEA", "place": "Los Angeles", "country": "DE", "units": 7,
    "limit": 2, "percent": 15, "code": " ", "price_minor": 1990, "currency": "USD", "hours": 36, "days_min": 3,
    "days_max": 9, "eta": 1_795_536_300_000_000, "until": 1_795_536_300_000_000, "zone": "Asia/Bangkok",
}  # fmt: skip

Picture = Any


def wordings(language: str) -> list[str]:
    """Everything a language says, for some and for none."""
    every = [VALUES, VALUES | {"units": 0}]
    lines = [line(phrase, language, values, tone) for phrase in LINES for tone in REGISTERS for values in every]
    answers = [answer(phrase, language, values) for phrase in ANSWERS for values in every]
    return lines + answers + list(check()[language].regions.values()) + list(check()[language].places.values())


def signs(language: str) -> list[str]:
    """The signs of all wordings, each once; what is written above or below a letter stays with it."""
    found: dict[str, None] = {}
    for text in wordings(language):
        cluster = ""
        for letter in text:
            if cluster and not unicodedata.category(letter).startswith("M"):
                found[cluster] = None
                cluster = ""
            cluster += letter
        found[cluster] = None
    return [sign for sign in found if not sign.isspace() and sign.isprintable()]


def sheet(page: Page, language: str, shown: list[str]) -> list[Picture]:
    """Draw each sign in its own cell and return their pictures, as dark on white."""
    cells = "".join(f"<q>{escape(sign)}</q>" for sign in shown)
    body = f'<div class="host"><div class="sheet" lang="{language}">{cells}</div></div>'
    page.set_content(f"<!doctype html><html><style>{STYLE}{CELLS}</style><body>{body}</body></html>")
    page.evaluate("document.fonts.ready")
    drawn = page.locator(".sheet").screenshot()
    whole = 255 - np.asarray(Image.open(BytesIO(drawn)).convert("L"), dtype=int)
    places = [(number // COLUMNS * SIDE, number % COLUMNS * SIDE) for number in range(len(shown))]
    return [whole[top : top + SIDE, left : left + SIDE] for top, left in places]


def alike(one: Picture, other: Picture) -> bool:
    """Whether two cells show the same picture, but for a breath of grey at the edges."""
    return bool(np.abs(one - other).max() < 48)


def drawn_with(page: Page, language: str, shown: list[str]) -> set[str]:
    """The font families that signs are really drawn with."""
    page.set_content(f'<style>{STYLE}</style><div class="host"><q lang="{language}">{escape("".join(shown))}</q></div>')
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": 1})["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "q"})["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"] for font in used}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page."""
    context = browser.new_context(viewport={"width": SIDE * COLUMNS + 60, "height": 1000}, offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sign_of_every_wording_has_a_glyph_of_its_own(page: Page, language: str) -> None:
    shown = signs(language)
    assert len(shown) > 80, f"{language}: too few signs to prove anything: {shown}"
    *pictures, box, second, third = sheet(page, language, [*shown, *UNKNOWN])
    assert box.max() > 100, "a sign without a glyph is drawn as nothing here, which proves nothing"
    assert alike(box, second) or alike(box, third), "signs without a glyph are drawn otherwise than as one box here"
    missing = [
        s for s, drawn in zip(shown, pictures, strict=True) if any(alike(drawn, b) for b in (box, second, third))
    ]
    if missing == shown:
        pytest.skip(
            f"no font with {language} glyphs is installed; Debian's fonts-noto-cjk and fonts-noto-core have them"
        )
    assert not missing, f"{language}: drawn as a box: {''.join(missing)}"
    blank = [sign for sign, drawn in zip(shown, pictures, strict=True) if drawn.max() < 100]
    assert not blank, f"{language}: drawn as nothing: {blank}"
    seen: dict[bytes, str] = {}
    for sign, drawn in zip(shown, pictures, strict=True):
        other = seen.setdefault(drawn.tobytes(), sign)
        assert other == sign, f"{language}: {sign} and {other} are drawn alike"


def test_a_sign_without_a_glyph_would_be_noticed(page: Page) -> None:
    lamp, missing, box = sheet(page, "zh", ["灯", UNKNOWN[1], UNKNOWN[0]])
    assert alike(missing, box)
    assert not alike(lamp, box)


def test_chinese_and_japanese_write_the_same_sign_each_in_its_own_form(page: Page) -> None:
    chinese = sheet(page, "zh", list(OTHERWISE))
    japanese = sheet(page, "ja", list(OTHERWISE))
    fonts = {language: drawn_with(page, language, list(OTHERWISE)) for language in ("zh", "ja")}
    if fonts["zh"] == fonts["ja"]:
        pytest.skip(f"only one of both has a font here: {fonts}; Debian's fonts-noto-cjk has both")
    same = [sign for sign, one, other in zip(OTHERWISE, chinese, japanese, strict=True) if alike(one, other)]
    assert not same, f"drawn alike in Chinese and Japanese: {same} with {fonts}"


def test_thai_marks_stand_above_and_below_their_letter_and_take_no_room(page: Page) -> None:
    marked = [sign for sign in signs("th") if len(sign) > 1]
    assert len(marked) > 20
    cells = "".join(f"<div><q>{escape(sign)}</q><q>{escape(sign[0])}</q></div>" for sign in marked)
    body = f'<div class="host"><div class="sheet" lang="th">{cells}</div></div>'
    page.set_content(f"<!doctype html><html><style>{STYLE} q {{ font-size: 60px }}</style><body>{body}</body></html>")
    widths = page.evaluate(
        "[...document.querySelectorAll('.sheet div')].map(e => [...e.children].map(q => q.getBoundingClientRect().width))"
    )
    wide = [sign for sign, (whole, letter) in zip(marked, widths, strict=True) if abs(whole - letter) > 1]
    assert not wide, f"marks beside their letter: {wide}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_drawn_with_one_font_of_its_own(page: Page, language: str) -> None:
    """Signs taken from several fonts look like a ransom note."""
    fonts = drawn_with(page, language, [sign for sign in signs(language) if not sign.isascii()])
    ours = {"zh": "SC", "ja": "JP", "ko": "KR", "th": "Thai"}[language]
    if not any(name.startswith("Noto Sans") for name in fonts):
        pytest.skip(f"the fonts of this machine are others than Noto: {sorted(fonts)}")
    assert all(name.endswith(ours) for name in fonts), f"{language} is drawn with {sorted(fonts)}"
