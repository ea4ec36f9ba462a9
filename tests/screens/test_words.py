"""Both languages are complete: what a panel says in English, it can say in Chinese."""

import re
from pathlib import Path

from dashboard.screens.words import CHINESE, speaker

SCREENS = Path(__file__).resolve().parents[2] / "dashboard" / "screens"
SAID = re.compile(r"""say\(\s*f?(["'])(.+?)\1\s*\)""")


def test_every_phrase_a_panel_speaks_has_a_chinese_one() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCREENS.rglob("*.py"))
    said = {found[1] for found in SAID.findall(text) if "{" not in found[1]}
    assert len(said) > 40
    assert not sorted(said - set(CHINESE))


def test_an_unknown_phrase_stays_english_and_an_unknown_language_is_english() -> None:
    assert speaker("zh")("A phrase nobody wrote") == "A phrase nobody wrote"
    assert speaker("zh")("lasts") == "够卖"
    assert speaker("fr")("lasts") == "lasts"
