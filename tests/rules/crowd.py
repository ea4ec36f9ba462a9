"""Frames by the thousand, every number at random, and a judge of what the rules say on them.

The generator makes small shows in which anything may be the case at once: spikes, sell-outs, leftovers, limits, offers,
loans, pushes, moves of a minute ago, goods that came in, guests, late feeds. The judge knows nothing of the arbiter: it
reads the frame and the commands, and names each pair that works against each other.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from dashboard.decision import commands as c
from tests.rules.frames import REGIONS, SKUS, Row, alert, balanced, calm, drifted, iso, late, micros

PACES = (0.0, 0.2, 2.0, 9.0)
ZONES = ("Europe/Berlin", "Pacific/Honolulu", "America/New_York")
RECENT, LONG_AGO = 4.0, 25.0
PUSH_MINUTES, COOL_DOWN_MINUTES, SELL_OUT_MINUTES, FLOOR, SAFETY_SHARE = 5.0, 10.0, 45.0, 10, 0.10
CURVE = [float(minute) for minute in range(1, 121)]


def frames(seed: int, count: int) -> Iterator[Row]:
    """So many frames, the same for the same seed."""
    chance, still = Random(seed), calm()
    for _ in range(count):
        yield _frame(chance, still)


def _frame(chance: Random, still: Row) -> Row:
    minute = chance.uniform(0, 119)
    frame = still | {
        "at": iso(minute),
        "t_plus_seconds": int(minute * 60),
        "limits": [],
        "coupons": [],
        "withheld": [],
        "suspended": [],
    }
    frame["countdowns"] = [_countdown(chance, row) for row in still["countdowns"]]
    frame["skus"] = [
        row | {"floor_minor": 4000, "ceiling_minor": 6000, "left": chance.randrange(300)} for row in still["skus"]
    ]
    frame["channels"] = [row | {"drift": []} for row in still["channels"]]
    frame["pools"] = [row | {"left": chance.randrange(300)} for row in still["pools"][: len(SKUS)]]
    balanced(frame)
    for region in frame["regions"]:
        region |= {"projected_leftover": chance.randrange(150), "time_zone": chance.choice(ZONES)}
    for change in CHANGES:
        if chance.random() < 0.2:
            change(frame, chance, minute)
    return late(frame, chance.choice(REGIONS)) if chance.random() < 0.1 else frame


def _countdown(chance: Random, row: Row) -> Row:
    pace, left = chance.choice(PACES), chance.choice((0, 3, 12, 40, 70, 95))
    return row | {
        "left": left, "share_sold": 1 - left / 100, "rate_per_minute": pace,
        "baseline_per_minute": chance.choice((0.0, 0.5, 2.0)), "p50": chance.choice((None, 5.0, 80.0)),
        "spark": [1] * 17 + [round(pace)] * 3,
    }  # fmt: skip


def _some(chance: Random) -> tuple[str, str]:
    return chance.choice(SKUS), chance.choice(REGIONS)


def _ago(chance: Random, minute: float) -> str:
    return iso(minute - chance.choice((RECENT, LONG_AGO)))


def _limit(frame: Row, chance: Random, minute: float) -> None:
    sku, region = _some(chance)
    frame["limits"] = [{"sku": sku, "region": region, "units_per_order": 2, "since": iso(0)}]
    frame["proposals"] = [_approved("purchase_limit", sku, region, minute)]


def _approved(rule: str, sku: str, region: str, minute: float) -> Row:
    return {
        "proposal": f"{rule}:{region}:{sku}:7", "rule": rule, "sku": sku, "region": region, "state": "approved",
        "proposed_at": iso(minute - LONG_AGO), "decided_at": iso(minute - LONG_AGO), "decided_by": f"rule:{rule}",
        "decide_by": None, "cleared": False, "quiet": False, "cost_minor": 0,
    }  # fmt: skip


def _waiting(frame: Row, chance: Random, minute: float) -> None:
    sku, region = _some(chance)
    command = {"type": "set_limit", "sku": sku, "region": region, "units_per_order": 2}
    waits = _approved("purchase_limit", sku, region, minute) | {
        "state": "open",
        "decided_at": None,
        "commands": [command],
    }
    frame["proposals"] = [waits, *frame["proposals"]]


def _coupon(frame: Row, chance: Random, minute: float) -> None:
    sku, region = _some(chance)
    frame["coupons"] = [{"sku": sku, "region": region, "percent": 10, "code": "X", "since": iso(0), "expires": None}]


def _bundle(frame: Row, chance: Random, minute: float) -> None:
    frame["bundles"] = [{"bundle": "both", "region": chance.choice(REGIONS), "skus": list(SKUS), "percent": 10}]


def _push(frame: Row, chance: Random, minute: float) -> None:
    frame["pushes"] = [{"sku": chance.choice(SKUS), "at": _ago(chance, minute)}]


def _way(chance: Random) -> tuple[str, str]:
    one, other = chance.sample(("flexible", "region/US", "region/EU"), 2)
    return one, other


def _move(frame: Row, chance: Random, minute: float) -> None:
    one, other = _way(chance)
    sku, at = chance.choice(SKUS), _ago(chance, minute)
    frame["went"] = [{"sku": sku, "from_pool": one, "to_pool": other, "at": at}]


def _loan(frame: Row, chance: Random, minute: float) -> None:
    one, other = chance.sample(("region/US", "region/EU"), 2)
    sku, since = chance.choice(SKUS), _ago(chance, minute)
    way = {"sku": sku, "from_pool": one, "to_pool": other}
    frame["loans"] = [
        way | {"loan": "l", "quantity": 9, "unsold": 9, "returned": 0, "since": since, "returns_at": iso(minute + 20),
               "state": chance.choice(("lent", "returned"))}
    ]  # fmt: skip
    frame["went"] = [way | {"at": since}]


def _request(frame: Row, chance: Random, minute: float) -> None:
    one, other = _way(chance)
    frame["requests"] = [
        {"request": "r", "sku": chance.choice(SKUS), "from_pool": one, "to_pool": other, "quantity": 9, "moved": 0,
         "missing": 9, "since": iso(minute), "expires": iso(minute + 10), "by": "mia", "undoes": None, "loan": ""}
    ]  # fmt: skip


def _receipt(frame: Row, chance: Random, minute: float) -> None:
    frame["receipts"] = [
        {"seq": 3, "location": "LA", "sku": chance.choice(SKUS), "quantity": 90, "pool": "flexible", "at": iso(minute)}
    ]


def _guest(frame: Row, chance: Random, minute: float) -> None:
    frame["guests"] = [
        {"guest": "ann", "sku": chance.choice(SKUS), "channels": ["tiktok-us"], "starts_at": iso(minute + 5),
         "ends_at": iso(minute + 30), "units": chance.choice((20, 90)), "pool": "", "closed": False}
    ]  # fmt: skip


def _curves(frame: Row, chance: Random, minute: float) -> None:
    length = max(1, int(minute))
    frame["channels"] += [frame["channels"][0] | {"channel": "shopify-us", "name": "Shopify US", "drift": []}]
    by_region = {
        region: [step * pace for step in range(length)] for region in REGIONS for pace in [chance.choice((0.1, 4.0))]
    }
    frame["curves"] = {
        "minutes": CURVE[:length], "by_region": by_region, "by_sku": {}, "plan": [], "plan_minutes": [],
        "by_channel": {row["channel"]: [step * pace for step in range(length)] for row in frame["channels"] for pace in [chance.choice((0.1, 4.0))]},
    }  # fmt: skip
    for row in frame["channels"]:
        row |= {"interactions": chance.choice((1, 90)), "interactions_usual": 10, "exposure": 30, "plan_units": 100}
    frame["parameters"] = {"regional_minutes": 20}


def _goods(frame: Row, chance: Random, minute: float) -> None:
    frame["locations"] = [
        {"location": "LA", "name": "Los Angeles", "kind": "forward", "country": "US", "time_zone": "UTC"},
        {
            "location": "BER",
            "name": "Berlin",
            "kind": chance.choice(("bonded", "forward")),
            "country": "DE",
            "time_zone": "UTC",
        },
    ]
    frame["lanes"] = [
        {"location": place, "region": region, "landed_cost_minor": 10, "days": 2.0}
        for place, region in (("LA", "US"), ("BER", "EU"), ("LA", "EU"))
    ]
    frame["routes"] = [
        {"from_location": one, "to_location": other, "mode": "air", "hours": 0.5, "cost_minor": 1}
        for one, other in (("LA", "BER"), ("BER", "LA"))
    ]
    frame["stock"] = [
        {"location": place, "sku": sku, "available": chance.choice((5, 200)), "committed": 50, "unavailable": 0,
         "in_transit": 0}
        for place in ("LA", "BER") for sku in SKUS
    ]  # fmt: skip


def _drift(frame: Row, chance: Random, minute: float) -> None:
    region = chance.choice(REGIONS)
    drifted(frame, region, "RING", chance.randrange(-9, 30))
    frame["alerts"] = [
        alert(f"drift:{region}:RING:tiktok-{region.lower()}:7", "drift", "RING", region, "open", minute - 1)
    ]


def _screen(frame: Row, chance: Random, minute: float) -> None:
    frame["skus"][0]["on_screen"] = True


CHANGES: tuple[Callable[[Row, Random, float], None], ...] = (
    _limit, _waiting, _coupon, _bundle, _push, _move, _loan, _request, _receipt, _guest, _curves, _curves, _goods, _goods, _drift,
    _screen,
)  # fmt: skip


# --- the judge -------------------------------------------------------------------------------------------------------


class Judge:
    """What a frame and the commands given on it do, and which of it works against other."""

    def __init__(self, frame: Row, commands: list[c.Command]) -> None:
        self.frame, self.now = frame, micros(frame["t_plus_seconds"] / 60)
        regions = {row["channel"]: row["region"] for row in frame["channels"]}
        price = {row["sku"]: row["price_minor"] for row in frame["skus"]}
        self.offers, self.limits, self.dearer = set[Any](), set[Any](), set[Any]()
        self.pushed, self.shown, self.shipped = set[str](), set[str](), set[Any]()
        self.moves, self.lent = list[tuple[str, str, str, int]](), set[Any]()
        for command in commands:
            if isinstance(command, c.SetCoupon) and command.percent:
                self.offers.add((command.sku, command.region))
            elif isinstance(command, c.SetBundle) and command.percent:
                self.offers |= {(sku, command.region) for sku in command.skus}
            elif isinstance(command, c.SetLimit) and command.units_per_order is not None:
                self.limits.add((command.sku, command.region))
            elif isinstance(command, c.SetPrice) and command.price_minor > price[command.sku]:
                self.dearer |= {(command.sku, regions[command.channel])}
            elif isinstance(command, c.SetOnScreen):
                (self.pushed if command.push else self.shown).add(command.sku)
            elif isinstance(command, c.StartShipment):
                self.shipped |= {(line.sku, f"region/{AT[command.from_location]}") for line in command.lines}
            elif isinstance(command, c.Reallocate | c.LendUnits):
                self.moves.append((command.sku, command.from_pool, command.to_pool, command.quantity))
                if isinstance(command, c.LendUnits):
                    self.lent.add((command.sku, command.from_pool))
            elif isinstance(command, c.OpenPool):
                self.moves.append((command.sku, command.from_pool, f"temporary/{command.name}", command.quantity))

    def _lately(self, moment: str | None, minutes: float) -> bool:
        return moment is not None and moment > iso((self.now - micros(0)) / 60e6 - minutes)

    def contradictions(self) -> list[str]:
        """The names of what is wrong, none for a frame and commands that agree."""
        frame = self.frame
        running = {(row["sku"], row["region"]) for row in frame["coupons"]}
        running |= {(sku, row["region"]) for row in frame["bundles"] for sku in row["skus"]}
        limited = self.limits | {(row["sku"], row["region"]) for row in frame["limits"]}
        limited |= {(row["sku"], row["region"]) for row in frame["proposals"] if row["state"] == "open"}
        soon = {
            (r["sku"], r["region"])
            for r in frame["countdowns"]
            if not r["left"] or (r["p50"] or 99) <= SELL_OUT_MINUTES
        }
        into = {(sku, to_pool) for sku, _, to_pool, _ in self.moves}
        outof = {(sku, pool) for sku, pool, _, _ in self.moves if pool != "flexible"}
        awaited = {(row["sku"], row["to_pool"]) for row in frame["requests"]}
        lending = {(row["sku"], row["from_pool"]) for row in frame["loans"] if row["state"] != "returned"}
        offered = {(sku, f"region/{region}") for sku, region in self.offers}
        stage = self.pushed | {row["sku"] for row in frame["pushes"] if self._lately(row["at"], PUSH_MINUTES)}
        wrong = {
            "offer on what is limited": self.offers & limited,
            "offer on what sells out": self.offers & soon,
            "offer on what is topped up": offered & (into | awaited),
            "limit on what is offered": self.limits & (running | self.offers),
            "dearer with an offer": self.dearer & (running | self.offers),
            "dearer while pushed": {sku for sku, _ in self.dearer} & stage,
            "another push": stage if self.pushed and len(stage) > 1 else set(),
            "another SKU shown": self.shown - stage if stage else set(),
            "into what lends": into & (lending | self.lent),
            "into and out of": into & outof,
            "out of what waits for units": outof & awaited,
            "shipped away from what is topped up": self.shipped & (into | awaited),
        }
        return [name for name, found in wrong.items() if found] + self._moved_back() + self._below_floor()

    def _moved_back(self) -> list[str]:
        """Units that went one way lately and come back."""
        frame, went = self.frame, set[tuple[str, str, str]]()
        for row in frame["went"]:
            if self._lately(row["at"], COOL_DOWN_MINUTES):
                went.add((row["sku"], row["to_pool"], row["from_pool"]))
        ways = {move[:3] for move in self.moves}
        back = (ways & went) | {way for way in ways if (way[0], way[2], way[1]) in ways}
        return ["moved back"] if back else []

    def _below_floor(self) -> list[str]:
        """Pools that give more than they may, and regions nobody knows enough of."""
        left = {(row["pool"], row["sku"]): row for row in self.frame["pools"]}
        given = Counter[tuple[str, str]]()
        dark = {f"region/{row['region']}" for row in self.frame["suspended"]}
        for sku, pool, _, units in self.moves:
            given[pool, sku] += units
        wrong = ["moved in the dark"] if any({one, to} & dark for _, one, to, _ in self.moves) else []
        for key, units in given.items():
            row = left[key]
            floor = FLOOR if key[0] == "flexible" else round(SAFETY_SHARE * row["allocated"])
            if row["left"] - units < floor:
                wrong.append("below the floor")
        return wrong


AT = {"LA": "US", "BER": "EU"}
