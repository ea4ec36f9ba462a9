"""What a rule may move: nothing back within the cool-down, nothing below a floor, nothing in the dark."""

from random import Random

import pytest

from dashboard.decision import commands as c
from dashboard.decision.parameters import defaults
from dashboard.rules.arbiter import decide
from dashboard.rules.transfers import Transfers
from tests.rules.frames import Row, at, calm, iso, late, micros, sku_row
from tests.rules.pretend import action, pretend

NUMBERS = defaults()


def move(from_pool: str, to_pool: str, units: int = 5, sku: str = "RING") -> Row:
    return {"type": "reallocate", "sku": sku, "from_pool": from_pool, "to_pool": to_pool, "quantity": units}


def lend(from_pool: str, to_pool: str, units: int = 5) -> Row:
    return move(from_pool, to_pool, units) | {"type": "lend_units", "loan": "l", "returns_at": micros(100)}


def moved(from_pool: str, to_pool: str, minute: float, sku: str = "RING") -> Row:
    """A frame at minute 30 in which units went from one pool to another at a minute, whoever moved them."""
    way = {"sku": sku, "from_pool": from_pool, "to_pool": to_pool}
    return calm() | {"went": [way | {"at": iso(minute)}], "reallocations": [way | {"seq": 9, "undoable": 5}]}


def lent(minute: float) -> Row:
    """A frame at minute 30 in which the EU lent to the US at a minute."""
    way = {"sku": "RING", "from_pool": "region/EU", "to_pool": "region/US"}
    return calm() | {"went": [way | {"at": iso(minute)}], "loans": [way | {"loan": "l", "unsold": 5}]}


EU, US, FLEXIBLE = "region/EU", "region/US", "flexible"


@pytest.mark.parametrize(
    ("frame", "command", "held"),
    [
        (moved(FLEXIBLE, US, 25), move(US, FLEXIBLE), True),
        (moved(FLEXIBLE, US, 20.1), move(US, FLEXIBLE), True),
        (moved(FLEXIBLE, US, 20), move(US, FLEXIBLE), False),
        (moved(FLEXIBLE, US, 25), move(FLEXIBLE, US), False),
        (moved(FLEXIBLE, US, 25), move(US, EU), False),
        (moved(FLEXIBLE, US, 25, "BAND"), move(US, FLEXIBLE), False),
        (moved(US, EU, 25), lend(EU, US), True),
        (moved(US, FLEXIBLE, 25), move(FLEXIBLE, US), True),
        (moved(FLEXIBLE, US, 25), {"type": "undo", "seq": 9}, True),
        (moved(FLEXIBLE, US, 15), {"type": "undo", "seq": 9}, False),
        (lent(25), move(US, EU), True),
        (lent(25), {"type": "return_loan", "loan": "l"}, True),
        (lent(15), {"type": "return_loan", "loan": "l"}, False),
        (
            moved("temporary/ann", FLEXIBLE, 25),
            {"type": "open_pool", "name": "ann", "sku": "RING", "quantity": 5},
            True,
        ),
    ],
)
def test_nothing_goes_back_by_a_rule_within_the_cool_down(frame: Row, command: Row, held: bool) -> None:
    said = Transfers(frame, NUMBERS).refuses([command])
    assert bool(said) is held
    if held:
        assert "nothing goes back within 10 minutes" in said
    assert Transfers(frame, NUMBERS | {"cool_down_minutes": 4}).refuses([command]) == ""


def test_what_two_rules_want_in_one_frame_does_not_go_to_and_fro() -> None:
    transfers = Transfers(calm(), NUMBERS)
    assert transfers.refuses([move(FLEXIBLE, US)]) == ""
    assert "RING went from flexible to region/US 0.0 minutes ago" in transfers.refuses([move(US, FLEXIBLE)])


@pytest.mark.parametrize(
    ("pool", "left", "safety", "units", "held"),
    [
        (FLEXIBLE, 150, None, 140, ""),
        (FLEXIBLE, 150, None, 141, "flexible has 150 x RING and keeps 10; 141 asked"),
        (EU, 60, None, 50, ""),
        (EU, 60, None, 51, "region/EU has 60 x RING and keeps 10; 51 asked"),
        (EU, 60, 40, 20, ""),
        (EU, 60, 40, 21, "region/EU has 60 x RING and keeps 40; 21 asked"),
        (EU, 60, 0, 60, ""),
    ],
)
def test_a_giving_pool_keeps_its_floor(pool: str, left: int, safety: int | None, units: int, held: str) -> None:
    frame = calm()
    sku_row(frame, "RING", "EU", left=60)
    if safety is not None:
        frame["safety"] = [{"sku": "RING", "region": "EU", "units": safety}]
    assert Transfers(frame, NUMBERS).refuses([move(pool, US, units)]) == held
    half = [move(pool, US, units // 2), move(pool, "region/SEA", units - units // 2)]
    assert Transfers(frame, NUMBERS).refuses(half) == held, "a row is weighed as a whole"


def test_rules_of_one_frame_share_what_is_above_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        "flexible_top_up": [action(move(FLEXIBLE, US, 100), region="US")],
        "batch_split": [action(move(FLEXIBLE, EU, 60))],
        "regional_share": [action(move(FLEXIBLE, EU, 40))],
    }
    pretend(monkeypatch, rows)
    fired = [command.rule for command in decide(calm(), {"all": "auto"}) if isinstance(command, c.ProposeAction)]
    assert fired == ["flexible_top_up", "regional_share"]


def test_giving_back_knows_no_floor() -> None:
    frame = moved(EU, US, 5)
    sku_row(frame, "RING", "US", left=4)
    assert Transfers(frame, NUMBERS).refuses([{"type": "undo", "seq": 9}]) == ""
    frame["pools"].append(
        {"pool": "temporary/ann", "region": None, "sku": "RING", "allocated": 9, "left": 9, "free": 9}
    )
    assert Transfers(frame, NUMBERS).refuses([{"type": "close_pool", "name": "ann"}]) == ""


@pytest.mark.parametrize("command", [move(EU, US), move(US, EU), lend(US, EU), move(FLEXIBLE, US)])
def test_a_region_whose_feed_is_late_neither_gives_nor_gets(command: Row) -> None:
    said = Transfers(late(calm(), "US"), NUMBERS).refuses([command])
    assert said == "feeds of US are late: nobody knows what it has"


def test_in_a_show_that_plays_on_no_unit_comes_back_within_the_cool_down() -> None:
    """An hour of moves at random by people, and of what the rules make of each frame; each move is carried out."""
    chance, pools = Random(11), (FLEXIBLE, US, EU)
    history: list[tuple[float, str, str, str]] = []
    by_rules = 0
    for step in range(240):
        minute = 20 + step / 4
        frame = at(calm(), minute)
        for sku in ("RING", "BAND"):
            for region in ("US", "EU"):
                sku_row(frame, sku, region, left=chance.choice((4, 12, 60)), rate_per_minute=chance.choice((0.1, 4.0)))
        frame["went"] = [
            {"at": iso(then), "sku": sku, "from_pool": one, "to_pool": other} for then, sku, one, other in history
        ]
        for command in decide(frame, {"all": "auto"}):
            for raw in command.commands if isinstance(command, c.ProposeAction) else ():
                inner = c.decode(raw)
                if isinstance(inner, c.Reallocate):
                    by_rules += 1
                    back = [then for then, *way in history if way == [inner.sku, inner.to_pool, inner.from_pool]]
                    assert not back or minute - max(back) >= 10
                    history.append((minute, inner.sku, inner.from_pool, inner.to_pool))
        if chance.random() < 0.1:
            one, other = chance.sample(pools, 2)
            history.append((minute, chance.choice(("RING", "BAND")), one, other))
    assert by_rules > 20
