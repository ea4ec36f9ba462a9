"""The report as a page: whole, escaped, in two languages, and of every section something to see."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dashboard.decision.parameters import RULES
from dashboard.review import charts, deeds, figures, html, lost, next_plan, words
from dashboard.review.interventions import DEMAND_SIDE, KINDS, NOT_MEASURED, TOO_SMALL
from dashboard.review.losses import CAUSES
from tests.architecture.house import PACKAGE
from tests.screens.sample_review import review

Row = dict[str, Any]
SECTIONS = ["regions", "channels", "curves", "skus", "interventions", "lost", "countdown", "plan", "evidence"]
EVIL = "<img src=x onerror=alert(1)>\"'&"


class Page(HTMLParser):
    """A page taken apart: its tags with attributes, its text, and whether every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self._hidden = 0
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "path", "rect", "circle"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.text += data + " "

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_page_is_whole_and_asks_for_nothing(language: str) -> None:
    text = html.page(review(), language)
    page = Page(text)
    assert "http" not in text.replace("http-equiv", "")
    assert "url(http" not in text
    assert "@import" not in text
    assert not page.named("script") + page.named("img") + page.named("iframe") + page.named("object")
    for tag, attributes in page.tags:
        for name in ("src", "href", "srcset", "action", "data", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in page.named("meta"))
    assert len(text.encode()) < 1_000_000
    assert page.named("html") == [{"lang": "zh-CN" if language == "zh" else "en"}]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_section_is_there_and_every_link_finds_it(language: str) -> None:
    page = Page(html.page(review(), language))
    assert [section.get("id") for section in page.named("section")] == SECTIONS
    assert [link["href"] for link in page.named("a")] == [f"#{name}" for name in SECTIONS]
    assert len(page.named("svg")) > 20


def test_the_cover_proves_and_says_how_to_check() -> None:
    text = Page(html.page(review())).text
    for told in ("Oversold 0", "warroom verify FILE", review()["proof"]["head"]["hash"], "Verified: 3,750 entries"):
        assert told in text, told
    assert "Saturday, March 14, 2026" in text
    assert "20:00–22:30 (Asia/Shanghai)" in text


def test_the_figures_are_those_of_the_review() -> None:
    text = Page(html.page(review())).text
    for told in (
        "2,950",
        "98.3% of 3,000 units offered",
        "$148,766.80",
        "+35%",
        "341",
        "80,214",
        "T+15:05",
        "−$236.00",
    ):
        assert told in text, told
    assert "US$148,766.80" in Page(html.page(review(), "zh")).text


def test_the_assumption_of_missed_demand_is_printed() -> None:
    told = review()
    assert told["lost"]["assumption"] in Page(html.page(told)).text.replace("&#x27;", "'")
    told["lost"]["assumption"] = lost.ASSUMPTION
    assert words.speaker("zh").say(lost.ASSUMPTION) in Page(html.page(told, "zh")).text


def test_names_from_outside_stay_text() -> None:
    told = review()
    told["show"]["title"] = told["show"]["host"] = EVIL
    told["show"]["show"] = EVIL
    for table, name in (("regions", "name"), ("channels", "name"), ("skus", "title"), ("rundown", "title")):
        told[table][0][name] = EVIL
    told["interventions"][0].update(what=EVIL, actor=EVIL, rule="", note=EVIL, kind=EVIL)
    told["plan"]["lines"][0]["why"] = EVIL
    told["lost"]["assumption"] = EVIL
    told["proof"]["breaches"] = [EVIL]
    told["curves"]["by_region"] = {EVIL: told["curves"]["total"]}
    for language in words.LANGUAGES:
        page = Page(html.page(told, language))
        assert not page.named("img")
        assert page.text.count("onerror") >= 10


def test_what_is_wrong_is_told_and_not_hidden() -> None:
    told = review()
    told["proof"].update(oversold=2, verified=False, breach_count=7, breaches=["Entry 5 was changed."])
    text = Page(html.page(told)).text
    assert "Oversold 2" in text
    assert "7 breaches" in text
    assert "Entry 5 was changed." in text
    told["proof"].update(verified=None)
    assert "was not verified" in Page(html.page(told)).text


def test_a_show_without_anything_still_has_a_page() -> None:
    told = review(regions=[], channels=[], skus=[], interventions=[], rundown=[])
    told["lost"].update(units=0, rows=[], by_region=[], by_channel=[], by_sku=[])
    told["plan"] = {"lines": [], "opening": []}
    told["countdown"].update(forecasts=0, calibration=[])
    told["curves"].update(minutes=[0.0], total=[0], by_region={}, plan=[], plan_minutes=[], plan_total=None)
    told["totals"].update(dict.fromkeys(("sell_through", "lost_share", "viewers_peak")))
    for language in words.LANGUAGES:
        assert len(Page(html.page(told, language)).named("p")) >= 4


def test_many_missed_rows_are_cut_and_their_total_is_whole() -> None:
    told = review()
    told["lost"]["rows"] = told["lost"]["rows"] * 5
    text = Page(html.page(told)).text
    assert "5 smaller rows are in the workbook" in text
    assert f"{5 * told['lost']['units']:,}" in text


def test_a_show_of_very_many_skus_and_regions_stays_readable() -> None:
    told = review()
    many = range(3000)
    told["skus"] = [told["skus"][0] | {"sku": f"S{n}", "title": f"thing {n}", "sold": n} for n in many]
    told["lost"]["by_sku"] = [told["lost"]["by_sku"][0] | {"sku": f"S{n}"} for n in many]
    told["regions"] = [told["regions"][0] | {"region": f"R{n}", "name": f"land {n}", "sold": n} for n in range(70)]
    told["curves"]["by_region"] = {f"R{n}": told["curves"]["total"] for n in range(70)}
    told["plan"]["lines"] = [told["plan"]["lines"][0] | {"sku": f"S{n}"} for n in many]
    told["plan"]["opening"] = [{"sku": f"S{n}", "pool": f"region/R{n % 70}", "units": 1} for n in many]
    text = html.page(told)
    assert len(text) < 1_000_000
    page = Page(text)
    assert "thing 2999" in page.text
    assert "thing 2000" not in page.text
    assert "2,940 smaller rows" in page.text
    assert f"{sum(many):,}" in page.text
    assert "2,985 others" in page.text
    assert page.text.count("land 69") >= 1


def test_what_nobody_knows_is_not_made_up() -> None:
    told = review()
    told["totals"].update(margin_minor=told["totals"]["revenue_minor"], stock_out_minutes=86_219_793.0)
    text = Page(html.page(told)).text
    assert "no costs are known" in text
    assert "59,875 days" in text


def test_what_stands_out_is_said_in_short() -> None:
    text = Page(html.page(review())).text
    for told in (
        "YouTube did best against its plan: 325 units, +35%.",
        "Shopee MY stayed furthest below its plan: 328 units, −9%.",
        "Intervention 4 at T+44:55 added most: +84 units, +$4,116.00.",
        "Most was missed in Europe: about 199 units, 56% of them by this cause: Out of stock.",
        "The countdown&#x27;s 80% band held in 76% of 1,727 forecasts.".replace("&#x27;", "'"),
    ):
        assert told in text, told


def test_of_very_many_interventions_the_measured_ones_are_listed() -> None:
    told = review()
    plain = next(row for row in told["interventions"] if row["effect"] is None)
    last = next(row for row in told["interventions"] if row["effect"]) | {"seq": 9000, "what": "the last of all"}
    told["interventions"] = [plain | {"seq": seq} for seq in range(1000, 1300)] + [last]
    page = Page(html.page(told))
    assert "101 more, none of them measured" in page.text
    assert "the last of all" in page.text
    assert len([1 for attributes in page.named("rect") if attributes.get("class") == "badge"]) == 1


def test_a_show_of_days_names_its_first_and_last_day() -> None:
    told = review()
    told["show"]["ends_at"] = "2026-03-17T12:00:00.000000Z"
    assert "Saturday, March 14, 2026 – Tuesday, March 17, 2026" in Page(html.page(told)).text


def test_money_of_other_currencies_stands_beside() -> None:
    told = review()
    told["totals"]["revenue"] = {"USD": 14_876_680, "JPY": 5_000, "EUR": 0}
    assert "+ ¥5,000" in Page(html.page(told)).text


# --- words -------------------------------------------------------------------------------------------------------


def phrases() -> set[str]:
    """Every phrase that the modules of the review hand to a `say`, and those of their tables."""
    found: set[str] = set()
    for path in sorted((PACKAGE / "review").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("say", "means") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    for table in (words.KINDS, words.NOTES, words.WHYS, words.TIERS, words.STATUSES, words.ACTORS):
        found.update(table.values())
    return found | {text for cause in words.CAUSES.values() for text in cause} | set(deeds.PHRASES)


def test_every_phrase_has_a_chinese_one() -> None:
    missing = sorted(phrases() - set(words.speaker("zh").templates()))
    assert not missing, missing
    assert len(phrases()) > 100


def test_the_chinese_page_speaks_chinese() -> None:
    told = review()
    told["lost"]["assumption"] = lost.ASSUMPTION
    english = Page(html.page(told)).text
    chinese = Page(html.page(told, "zh")).text
    left = [phrase for phrase in phrases() if len(phrase) > 8 and "{" not in phrase and phrase in chinese]
    assert not left, left
    assert sum(phrase in english for phrase in phrases()) > 60


def test_every_code_of_a_review_has_words() -> None:
    assert set(words.CAUSES) == set(CAUSES)
    assert set(words.KINDS) == set(KINDS)
    assert set(words.NOTES) == {DEMAND_SIDE, NOT_MEASURED, TOO_SMALL}
    assert set(words.WHYS) == set(next_plan.WHYS)
    for rule in RULES:
        assert words.rule(rule.name, words.speaker("zh")) != words.rule(rule.name, words.speaker("en")), rule.name


# --- figures and drawings ----------------------------------------------------------------------------------------


def test_figures_are_written_with_their_signs_and_decimals() -> None:
    assert [figures.more(value) for value in (38, -4, 0, -0.2, None)] == ["+38", "−4", "0", "0", "–"]
    assert figures.money(-14_876_680, "JPY", "en") == "−¥14,876,680"
    assert figures.money(5, "USD", "en", signed=True) == "+$0.05"
    assert [figures.about(minor, "USD", "zh") for minor in (14_876_680, -250, 0)] == ["US$148,767", "−US$2", "US$0"]
    assert figures.money(0, "USD", "en", signed=True) == "$0.00"
    assert [figures.show_time(seconds) for seconds in (905, 9001, 94_200, -30)] == [
        "T+15:05", "T+150:01", "T+1 d 02:10", "T−00:30",
    ]  # fmt: skip
    assert [figures.above(ratio) for ratio in (1.354, 0.9385, 1.0, None)] == ["+35%", "−6%", "0%", "–"]


@pytest.mark.parametrize("most", [0, 1, 3, 7, 12, 99, 100, 341, 2950, 1_000_000])
def test_ticks_reach_the_most_and_are_few(most: int) -> None:
    ticks = charts.ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 12


def test_bars_of_causes_are_as_long_as_their_units() -> None:
    rows = review()["lost"]["by_region"]
    drawn = charts.losses(rows, {}, "region", words.speaker("en"))
    widths = [float(found) for found in re.findall(r'class="cause \w+" x="[\d.]+" y="4" width="([\d.]+)"', drawn)]
    units = [rows[0]["causes"][cause] for cause in words.CAUSES if rows[0]["causes"][cause]]
    most = max(row["units"] for row in rows)
    assert widths == pytest.approx([700 * one / most for one in units], abs=0.06)


def test_no_number_of_an_intervention_lies_on_another() -> None:
    told = review()
    told["interventions"] = [told["interventions"][0] | {"t_plus_seconds": 60 * minute} for minute in range(0, 150, 3)]
    drawn = charts.curves(told, words.speaker("en"))
    places = [tuple(map(float, found)) for found in re.findall(r'<rect class="badge" x="([\d.]+)" y="([\d.]+)"', drawn)]
    assert len(places) >= 40
    for number, (x, y) in enumerate(places):
        assert all((x - a) ** 2 + (y - b) ** 2 >= 14**2 for a, b in places[:number])


def test_a_drawing_names_itself(tmp_path: Path) -> None:
    drawn = charts.calibration(review()["countdown"]["calibration"], words.speaker("zh"))
    assert "<title>倒计时" in drawn
    assert 'role="img"' in drawn
