"""A change is read whole, or refused with one sentence that says what would be right."""

from pathlib import Path

import pytest

from dashboard.decision import events as e
from dashboard.review.change import Change, ChangeProblem, ManualMove, OpeningLine, read, read_file
from tests.decision.watched import MINUTE, START
from tests.review.rerun_kit import Evening

EVERYTHING = """
at = "T+10:00"
without = [7, 9]
rules_again = true

[rules]
flexible_top_up = "auto"
all = "off"

[parameters]
watch_left_share = 0.3

[[move]]
at = "20:15"
sku = "lamp"
from = "flexible"
to = "region/US"
units = 20

[[opening]]
sku = "ring"
pool = "region/EU"
units = 0
"""


@pytest.fixture(scope="module")
def opened() -> e.ShowOpened:
    event = next(iter(Evening().asks())).events[0]
    assert isinstance(event, e.ShowOpened)
    return event


def test_every_part_of_a_change_is_read(opened: e.ShowOpened) -> None:
    assert read(EVERYTHING, opened) == Change(
        at=START + 10 * MINUTE,
        levels={"flexible_top_up": "auto", "all": "off"},
        parameters={"watch_left_share": 0.3},
        without=(7, 9),
        moves=(ManualMove(START + 15 * MINUTE, "lamp", "flexible", "region/US", 20),),
        opening=(OpeningLine("ring", "region/EU", 0),),
        rules_again=True,
    )


def test_an_empty_change_changes_nothing(opened: e.ShowOpened) -> None:
    assert not read("", opened)
    assert not read('at = "T+10:00"', opened)


def test_levels_and_numbers_make_the_rules_decide_anew(opened: e.ShowOpened) -> None:
    assert read('[rules]\nwatch = "off"', opened).rules_again
    assert read("[parameters]\nwatch_left_share = 0.1", opened).rules_again
    assert not read("without = [3]", opened).rules_again


BAD = {
    "at =": "The change is no TOML",
    "until = 3": r"The change has 'until'; there is at, move, opening",
    "parameter = 3": "do you mean 'parameters'",
    'at = "soon"': "at: 'soon' is no moment; write",
    "at = 3": 'at is 3; write a moment as text, such as "T\\+10:00"',
    "rules = 3": "rules is 3; write it as a table",
    '[rules]\nwach = "off"': "do you mean 'watch'",
    '[rules]\nwatch = "on"': "rule watch is set to 'on'; it takes off, suggest, auto",
    "[parameters]\nwatch_left = 0.1": "do you mean 'watch_left_share'",
    '[parameters]\nwatch_left_share = "much"': "parameter watch_left_share is 'much'; it takes 0 to 1 share",
    "[parameters]\nwatch_left_share = 7": "is 7; it takes 0 to 1",
    "[parameters]\nwatch_left_share = true": "is True; it takes 0 to 1",
    "without = 3": "without is 3; it lists the seq",
    "without = [true]": "it lists the seq",
    "without = [-1]": "it lists the seq",
    "rules_again = 1": "rules_again is 1; write true or false",
    "move = 3": "move is a list of tables",
    '[[move]]\nsku = "lamp"': r"a \[\[move\]\] lacks at, from, to, units",
    "[[opening]]\nskus = 3": "do you mean 'sku'",
    '[[move]]\nat="T+1:00"\nsku="lmp"\nfrom="flexible"\nto="region/US"\nunits=1': "no SKU 'lmp'; do you mean 'lamp'",
    '[[move]]\nat="T+1:00"\nsku="lamp"\nfrom="US"\nto="region/US"\nunits=1': "no pool 'US'; ",
    '[[move]]\nat="T+1:00"\nsku="lamp"\nfrom="region/US"\nto="region/US"\nunits=1': "from region/US to itself",
    '[[move]]\nat="T+1:00"\nsku="lamp"\nfrom="flexible"\nto="region/US"\nunits=0': "it takes a whole number from 1 on",
    '[[move]]\nat="T+1:00"\nsku="lamp"\nfrom="flexible"\nto="region/US"\nunits=1.5': "is 1.5; it takes a whole",
    '[[opening]]\nsku="lamp"\npool="region/US"\nunits=-1': "is -1; it takes a whole number from 0 on",
    '[[opening]]\nsku="lamp"\npool="region/US"\nunits=1\n'
    '[[opening]]\nsku="lamp"\npool="region/US"\nunits=2': "names lamp in region/US twice",
}


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_read_is_said_in_a_sentence(opened: e.ShowOpened, text: str) -> None:
    with pytest.raises(ChangeProblem, match=BAD[text]):
        read(text, opened)


def test_files_that_are_none_are_said_by_name(opened: e.ShowOpened, tmp_path: Path) -> None:
    with pytest.raises(ChangeProblem, match=r"nothing.toml cannot be read: No such file"):
        read_file(tmp_path / "nothing.toml", opened)
    picture = tmp_path / "picture.toml"
    picture.write_bytes(b"\x89PNG\r\n\xff\xfe")
    with pytest.raises(ChangeProblem, match="is no UTF-8 text"):
        read_file(picture, opened)
    picture.write_bytes(b"#" * 300_000)
    with pytest.raises(ChangeProblem, match="300,000 bytes; a change is a TOML file of at most 200,000"):
        read_file(picture, opened)
    picture.write_text("\ufeffwithout = [3]", encoding="utf-8")
    assert read_file(picture, opened).without == (3,)
