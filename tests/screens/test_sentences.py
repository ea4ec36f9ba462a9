"""Sentences of rules, refusals and the journal are said in the viewer's language, with the same values in them."""

import random
import re
from pathlib import Path

import pytest

from dashboard.catalogues import FOLDER, catalogue, parsed
from dashboard.decision.parameters import PARAMETERS
from dashboard.decision.refusals import Code
from dashboard.screens import sentences
from dashboard.screens.panels import alerts, dead_letters, entries, rule_table
from dashboard.screens.sentence_templates import COUNTS, FIELD, Index, Shown, compiled, fields, joined
from dashboard.screens.sentences import Reading, actor, because, sentence
from dashboard.screens.words import english, speaker
from tests.screens import sentences_kit as kit
from tests.screens.sample_frame import frame_at

CHINESE = speaker("zh")
ENTRIES = catalogue("sentences", "zh").templates()
RECORDED = Path(__file__).with_name("sentences_recorded.txt")
NAMES = ("Nova lamp 2", "Halo · sand", "Kite, red", "US", "Cup and saucer")
SEEDS = 3


def test_every_sentence_that_the_code_makes_has_a_translation() -> None:
    known = ENTRIES.keys() | catalogue("screens", "zh").templates().keys()
    missing = [f"{where}: {text}" for text, where in kit.made().items() if kit.is_read(text) and text not in known]
    assert not missing, "say them in sentences.po"


def test_every_translation_belongs_to_a_sentence_that_the_code_still_makes() -> None:
    words = [str(one.id) for one in parsed(FOLDER / "zh_Hans" / "LC_MESSAGES" / "sentences.po") if one.auto_comments]
    made = kit.made()
    stale = [text for text in ENTRIES if text not in made and text not in words]
    assert not stale, "delete them, or say in a comment that older journals hold them"


def test_every_translation_shows_the_values_of_its_sentence_and_no_others() -> None:
    lost: list[tuple[str, str]] = []
    for msgid, msgstr in ENTRIES.items():
        shown = {part.place for part in compiled(msgid, msgstr).parts if isinstance(part, Shown)}
        names = enumerate(fields(msgid))
        lost += [(msgid, name) for place, name in names if place not in shown and "|" not in name]
    assert not lost


def test_a_word_that_a_translation_takes_from_its_sentence_has_a_translation_itself() -> None:
    known = {text.strip() for text in ENTRIES}
    words = [
        word.strip()
        for msgid, msgstr in ENTRIES.items()
        for part in compiled(msgid, msgstr).parts
        if isinstance(part, Shown) and "|" in fields(msgid)[part.place]
        for word in fields(msgid)[part.place].split("|")
    ]
    assert "Raise" in words
    assert not [word for word in words if re.search("[a-z]{2}", word) and word not in known]


def test_a_sentence_with_any_values_is_found_again_and_keeps_them() -> None:
    wrong: list[tuple[str, str, str]] = []
    index = sentences.index("zh")
    for template in index.templates():
        for seed in range(SEEDS):
            text = _filled(template.msgid, random.Random(f"{template.msgid}/{seed}"))
            match = template.fits(text)
            assert match, (template.msgid, text)
            said, expected = sentence(text, CHINESE), Reading(index).made(template, match).said
            if said != expected and not template.is_weak:
                wrong.append((text, said, expected))
    assert not wrong


def _filled(msgid: str, chance: random.Random) -> str:
    """A sentence as the code could make it."""
    return FIELD.sub(lambda hole: _value(hole[1], chance), msgid)


def _value(hole: str, chance: random.Random) -> str:
    """A value as the code writes it: a word of a few, a number in its form, a quoted word, else a name nobody knows."""
    name, _, form = hole.partition(":")
    if "|" in hole:
        return chance.choice(hole.split("|"))
    if form:
        number = chance.random() if form.endswith("%") else chance.randrange(1, 60) * 1.5
        return format(int(number) if form.endswith("d") else number, form)
    if name.rstrip("0123456789") in COUNTS:
        return str(chance.randrange(1, 5000))
    if name.startswith("written"):
        return chance.choice(("3.4%", "12.0 minutes", "7"))
    made_up = f"{chance.choice(NAMES)}-{chance.randrange(10, 99)}"
    return repr(made_up) if "!r" in name else made_up


def test_what_rules_said_on_recorded_shows_is_said_in_chinese_without_a_word_of_english() -> None:
    head, *recorded = RECORDED.read_text(encoding="utf-8").splitlines()
    names = sorted(head.removeprefix("# names: ").split(" | "), key=len, reverse=True)
    assert len(recorded) > 100
    assert not [text for text in recorded if _english(sentence(text, CHINESE), names)]


def _english(said: str, names: list[str]) -> list[str]:
    """The English words of a text, without names and codes."""
    for name in names:
        said = said.replace(name, "")
    return re.findall("[a-z]{3,}", re.sub(r"\S*[a-z]\S*[_:]\S*", "", said))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "US has 12 of 960 units left (1.3%, alert at 20%): gone in about 3 minutes at 4.0 per minute.",
            "US 剩余 12/960 件（1.3%，20% 时告警）：每分钟售出 4.0 件，约 3 分钟售罄。",
        ),
        ("Limit 2 per buyer in EU: Halo ring · rose", "EU 每位买家限购 2 件：Halo ring · rose"),
        (
            "Halo ring in EU: its pace is 3.00 per minute, needed >= 9.00 per minute.",
            "EU 的 Halo ring：销速为每分钟 3.00 件，需要 ≥ 每分钟 9.00 件。",
        ),
        (
            "Rules for US wait until TikTok US, Amazon US and YouTube have caught up.",
            "US 的规则等待 TikTok US、Amazon US、YouTube 的数据跟上。",
        ),
        (
            "What TikTok US sold in the last 31 s is not known (limit 30 s). Calls to it are paused: it failed too often.",
            "TikTok US 最近 31 秒的销量未知（上限 30 秒）。已暂停对其调用：失败次数过多。",
        ),
        (
            "proposal watch:US:7 approved (flexible_top_up acts by itself (auto))",
            "建议 watch:US:7 已批准（规则“弹性补给”自动执行）",
        ),
        ("200 x BB-1 from flexible to region/US (Anna asked)", "200 x BB-1，从弹性库存池调到 US 区域池（Anna asked）"),
        ("Pool flexible is closed", "Pool flexible is closed"),
    ],
)
def test_a_sentence_is_said_with_what_is_said_within_it(said: str, expected: str) -> None:
    assert sentence(said, CHINESE) == expected
    assert sentence(said, english) == said


def test_what_nobody_translated_stays_as_it_is_and_the_sentences_around_it_do_not() -> None:
    assert sentence("Nothing of the kind was ever said.", CHINESE) == "Nothing of the kind was ever said."
    said = sentence("Nobody wrote this one. Buyers may order as many as they like again.", CHINESE)
    assert said == "Nobody wrote this one. 买家可再次不限量购买。"
    assert sentence("", CHINESE) == ""


def test_a_translation_that_names_a_value_of_no_sentence_leaves_its_sentence_alone() -> None:
    index = Index({"{left} units left": "{right}", "{left} units gone": "{left} 件"}, {})
    assert [template.msgid for template in index.templates()] == ["{left} units gone"]
    with pytest.raises(ValueError, match="'right'"):
        compiled("{left} units left", "{right}")


def test_every_number_of_the_rules_has_a_name() -> None:
    assert not [one.name for one in PARAMETERS if one.name.replace("_", " ") not in ENTRIES]


def test_who_did_something_is_a_rule_a_part_of_the_program_or_a_person() -> None:
    assert [actor(name, CHINESE) for name in ("rule:slow_region", "prompter", "anna")] == ["滞销区域", "提词器", "anna"]
    assert [actor(name, english) for name in ("rule:slow_region", "anna")] == ["slow region", "anna"]


def test_names_and_reasons_of_people_stay_as_they_are() -> None:
    assert because("opening split", "sandbox", CHINESE) == "开播分配"
    assert because("opening split", "anna", CHINESE) == "opening split"
    said = sentence("guest Sold out announced with watch on tiktok-us, nothing now", CHINESE)
    assert said == "预告嘉宾 Sold out：watch，渠道 tiktok-us, nothing now"


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        ("剩余", "12", "剩余 12"),
        ("剩余 ", "十", "剩余十"),
        ("12", "件", "12 件"),
        ("（", "US", "（US"),
        ("EU", "，", "EU，"),
    ],
)
def test_han_and_latin_are_a_space_apart_and_han_and_han_are_not(left: str, right: str, whole: str) -> None:
    assert joined(left, right) == whole


def test_every_reason_of_a_refusal_has_a_name() -> None:
    assert not [code for code in Code if sentence(code, CHINESE) == code]


@pytest.mark.parametrize(
    "text",
    ["a (" * 300, "x in " * 200, "US has 1 of " * 80, ". A" * 300, "(" * 900, "' \x00\n'" * 100, "to cancel, " * 400],
)
def test_a_text_made_to_be_read_for_ever_is_read_in_few_tries(text: str) -> None:
    reading = Reading(sentences.index("zh"))
    assert reading.told(text) is None or reading.told(text)
    assert sentence(text, CHINESE)


def test_panels_show_sentences_in_the_language_of_who_looks() -> None:
    frame, low = frame_at(2400), "US has 12 of 960 units left (1.3%, alert at 20%): nothing sells now."
    alert = {"alert": "a", "rule": "watch", "what": low, "severity": "warning", "region": "US", "decide_by": None}
    assert "US 剩余 12/960 件" in alerts.alert(frame, alert, CHINESE)
    assert low in alerts.alert(frame, alert, english)
    assert "规则已关闭。" in rule_table.standing({"state": "off", "sentence": "It is switched off."}, False, CHINESE)
    letter = {"state": "held", "attempts": 0, "received_time": 0, "id": 1, "channel": "c", "reason": "sku_unknown"}
    assert "商品不存在" in dead_letters.html(letter | {"sentence": "It says nothing."}, CHINESE)
    told = {"outcome": "by_hand", "channel": "c", "push": True}
    assert entries.what(told, CHINESE) == "c · 结果 需手工操作 · 主推 是"
    assert entries.what({"text": low}, CHINESE) == low, "what was said to people is shown as it was said"
