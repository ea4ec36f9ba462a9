"""The report in a real browser that has no network: nothing is asked for, everything is seen, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.review import html, lost
from tests.screens.sample_review import review

SECTIONS = ("regions", "channels", "curves", "skus", "interventions", "lost", "countdown", "plan", "evidence")
WIDE, PAPER = {"width": 1366, "height": 900}, {"width": 700, "height": 990}


class Report:
    """One open report: the page, what it asked for and what it complained of."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.file = page, file
        self.asked: list[str] = []
        self.failed: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda problem: self.said.append(str(problem)))
        page.goto(file.as_uri())


@pytest.fixture(scope="module", params=["en", "zh"])
def report(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Report]:
    """The report of the sample, opened from its file without a network."""
    told = review()
    told["lost"]["assumption"] = lost.ASSUMPTION
    told["skus"][0]["title"] = "RETRO COFFEE MUGS ASSORTED, MWMWMW"
    told["skus"][1]["title"] = told["rundown"][1]["title"] = "非常非常非常非常长的商品名称一二三四五六七"
    file = tmp_path_factory.mktemp("report") / f"review.{request.param}.html"
    file.write_text(html.page(told, request.param), encoding="utf-8")
    context = browser.new_context(viewport=WIDE, offline=True)  # type: ignore[arg-type]
    yield Report(context.new_page(), file)
    context.close()


def test_only_the_file_itself_is_asked_for(report: Report) -> None:
    report.page.mouse.wheel(0, 20_000)
    report.page.wait_for_load_state("networkidle")
    assert report.asked == [report.file.as_uri()]
    assert (report.failed, report.said) == ([], [])


def test_every_section_is_seen_and_a_link_goes_there(report: Report) -> None:
    for name in SECTIONS:
        box = report.page.locator(f"section#{name}").bounding_box()
        assert box is not None
        assert box["height"] > 100, name
    report.page.locator("nav a[href='#lost']").click()
    assert report.page.evaluate("scrollY") > 500
    assert report.page.locator(".cover b").inner_text().endswith(" 0")


@pytest.mark.parametrize("media", ["screen", "print"])
def test_nothing_is_cut_off_or_outside(report: Report, media: str) -> None:
    report.page.emulate_media(media=media)  # type: ignore[arg-type]
    report.page.set_viewport_size(PAPER if media == "print" else WIDE)  # type: ignore[arg-type]
    wide = report.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    cut = report.page.evaluate(
        "[...document.querySelectorAll('.scroll, .card, td, th')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
    outside = """[...document.querySelectorAll('svg.drawing')].flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
        }).map(text => text.textContent);
    })"""
    assert report.page.evaluate(outside) == []


def test_chinese_signs_have_a_font(report: Report) -> None:
    """A sign without a glyph is drawn as the same box whatever it is."""
    drawn = """() => { const canvas = document.createElement('canvas').getContext('2d');
        canvas.font = '40px ' + getComputedStyle(document.body).fontFamily;
        return ['复', '盘', '销'].map(sign => { canvas.clearRect(0, 0, 60, 60); canvas.fillText(sign, 5, 45);
            return canvas.getImageData(0, 0, 60, 60).data.join(); }); }"""
    assert len(set(report.page.evaluate(drawn))) == 3


def test_it_prints_on_a_few_pages_of_a4(report: Report) -> None:
    printed = report.page.pdf(prefer_css_page_size=True, print_background=True)
    pages = printed.count(b"/Type /Page\n") or printed.count(b"/Type /Page") - printed.count(b"/Type /Pages")
    assert 3 <= pages <= 12
    assert b"594.9" in printed
