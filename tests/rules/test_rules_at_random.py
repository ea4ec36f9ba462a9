"""Rules on frames full of everything at once: whatever the numbers, nothing breaks, and no bound is overstepped."""

from collections import Counter
from copy import deepcopy
from random import Random

import msgspec

from dashboard.decision import commands as c
from dashboard.decision.parameters import RULES
from dashboard.rules.arbiter import decide
from dashboard.rules.explanations import explain
from tests.rules.frames import Row, calm, iso, micros, sku_row
from tests.rules.frames_more import channel, cumulative, guest, route, with_curves, with_goods

FRAMES = 400


def busy(chance: Random) -> Row:
    """A frame with guests, batches, ways, splits, prices, bundles, loans, an audience and curves, all at random."""
    minute = chance.choice((0.0, 1.0, 31.0, 95.0, 119.9, chance.uniform(0, 119)))
    frame = with_goods(
        channel(calm(minute), "amazon-us", "US", exposure=20), *(chance.randrange(0, 101) for _ in "abc")
    )
    for row in frame["countdowns"]:
        pace, before = chance.choice((0.0, 0.3, 1.1, 9.0)), chance.choice((0.0, 0.3, 1.1))
        p50, state = chance.choice((None, 5.0, 60.0)), chance.choice(("lasts", "lasts", "unknown", "counting"))
        sku_row(frame, row["sku"], row["region"], left=chance.choice((0, 8, 60, 100)), rate_per_minute=pace,
                baseline_per_minute=before, p50=p50, state=state)  # fmt: skip
    for region in frame["regions"]:
        region |= {
            "projected_leftover": chance.choice((0, 20, 150)),
            "time_zone": chance.choice(("Pacific/Auckland", "UTC", "America/New_York")),
        }
    for sku in frame["skus"]:
        sku |= {"floor_minor": chance.choice((0, 4800)), "ceiling_minor": 5050, "on_screen": chance.random() < 0.3,
                "left": chance.randrange(0, 400), "sold": chance.randrange(0, 400)}  # fmt: skip
    for row in frame["channels"]:
        row |= {"fee_per_mille": chance.choice((0, 90, 1000)), "exposure": chance.choice((0, 30)),
                "interactions": chance.choice((None, 0, 400)), "interactions_usual": chance.choice((None, 0, 100))}  # fmt: skip
    for pool in frame["pools"]:
        pool["left"] = chance.choice((0, 9, 150)) if pool["pool"] == "flexible" else pool["left"]
    minutes = int(minute) + 1
    paces = {name: cumulative((minutes, chance.choice((0, 1, 6)))) for name in ("US", "EU", "tiktok_us", "amazon_us")}
    with_curves(frame, chance.choice((None, cumulative((120, 3)), [0] * 120)), **paces)
    frame["guests"] = [guest(minute + chance.choice((-20, 5, 30)), minute + 40, units=chance.choice((None, 60)),
                             pool=chance.choice(("", "temporary/Mia")))]  # fmt: skip
    frame["receipts"] = [{"sku": "RING", "quantity": 150, "pool": "flexible", "at": iso(minute - 1), "location": "SZ"}]
    frame["routes"] = [route(chance.choice((0.5, 36.0)))]
    return frame | {
        "sells_in_transit": chance.random() < 0.5,
        "bundles": chance.choice(([], [{"bundle": "b", "region": "EU", "skus": ["RING", "BAND"], "percent": 5}])),
        "safety": chance.choice(([], [{"sku": "RING", "region": "US", "units": 0}])),
        "splits": chance.choice(([], [{"channel": "tiktok-us", "sku": "RING", "percent": 70}])),
        "prices": chance.choice(([], [{"sku": "RING", "channel": "tiktok-us", "price_minor": 5040}])),
    }


def test_no_frame_breaks_a_rule_and_no_command_oversteps_a_bound() -> None:
    chance, fired = Random(7), Counter[str]()
    for _ in range(FRAMES):
        frame = busy(chance)
        before = deepcopy(frame)
        given: Counter[str] = Counter()
        for command in decide(frame, {"all": "auto"}):
            if isinstance(command, c.ProposeAction):
                fired[command.rule] += 1
                for raw in command.commands:
                    hold_to_its_bounds(frame, c.decode(raw), given)
            elif isinstance(command, c.RaiseAlert):
                fired[command.rule] += 1
        assert frame == before, "rules read"
        for pool in frame["pools"]:
            if pool["pool"] == "flexible":
                assert given[pool["sku"]] <= max(0, pool["left"] - 10)
    assert set(fired) >= {rule.name for rule in RULES} - {"late_feed", "drift", "purchase_limit"}


def hold_to_its_bounds(frame: Row, command: c.Command, given: Counter[str]) -> None:
    """What each kind of command may ask for at most."""
    if isinstance(command, c.SetPrice):
        sku = next(sku for sku in frame["skus"] if sku["sku"] == command.sku)
        assert sku["floor_minor"] <= command.price_minor <= sku["ceiling_minor"]
        assert sku["floor_minor"], "who has no floor is not nudged"
    elif isinstance(command, c.SetBundle):
        assert command.percent <= 20
        assert command.expires == micros(120)
    elif isinstance(command, c.SetSplit):
        assert 50 <= command.percent <= 200
    elif isinstance(command, c.OpenPool | c.Reallocate) and command.from_pool == "flexible":
        given[command.sku] += command.quantity
    elif isinstance(command, c.StartShipment):
        assert command.eta > micros(0)
        (line,) = command.lines
        there = {row["location"]: row["available"] for row in frame["stock"] if row["sku"] == line.sku}
        assert line.quantity <= there[command.from_location]
    elif isinstance(command, c.LendUnits):
        row = next(row for row in frame["pools"] if (row["pool"], row["sku"]) == (command.from_pool, command.sku))
        assert command.quantity <= 0.3 * row["left"]
        assert command.keeps is not None
        assert row["left"] - command.quantity >= command.keeps


def test_every_rule_explains_itself_on_any_frame_in_sentences() -> None:
    chance = Random(8)
    for _ in range(60):
        told = explain(busy(chance))
        assert [row["rule"] for row in told] == [rule.name for rule in RULES]
        assert all(row["sentence"][0].isupper() or row["sentence"][0] in "+1234567890" for row in told)
    assert msgspec.json.encode(told)
