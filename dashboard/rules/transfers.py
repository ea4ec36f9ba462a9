"""Transfers: what a rule's commands move from where to where, and which of it may not move.

    no ping-pong        units of a SKU that went A -> B, by anybody, go B -> A by no rule within the cool-down
    donor floor         a pool keeps its floor: some units in the flexible pool, a region its safety stock
    late feeds          a region of which a channel is late neither gives nor gets: nobody knows what it has

What rows accepted earlier in the same frame move counts like what moved before. A row that asks too much is refused
rather than cut: its sentences say its units, and with the next frame its rule asks for what there is. A loan that
returns, an undo and a pool that closes give back what was never theirs: no floor stands for them. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dashboard.rules.readings import FLEXIBLE, MINUTE, by_pool, micros, table

Row = dict[str, Any]
REGION = "region/"


class Transfer(msgspec.Struct, frozen=True):
    """Units of a SKU that a command moves between pools; `gives_back` what had come before."""

    sku: str
    from_pool: str
    to_pool: str
    units: int
    gives_back: bool = False


def transfers_of(frame: Row, command: Row) -> Iterator[Transfer]:
    """What a command moves, as far as the frame tells."""
    kind = command["type"]
    if kind in ("reallocate", "lend_units"):
        yield Transfer(command["sku"], command["from_pool"], command["to_pool"], command["quantity"])
    elif kind == "open_pool":
        pool = f"temporary/{command['name']}"
        yield Transfer(command["sku"], command.get("from_pool", FLEXIBLE), pool, command["quantity"])
    elif kind == "close_pool":
        for row in frame["pools"]:
            if row["pool"] == f"temporary/{command['name']}":
                yield Transfer(row["sku"], row["pool"], command.get("to_pool", FLEXIBLE), row["left"], gives_back=True)
    elif kind == "undo":
        for row in table(frame, "reallocations"):
            if row["seq"] == command["seq"]:
                yield Transfer(row["sku"], row["to_pool"], row["from_pool"], row["undoable"], gives_back=True)
    elif kind == "return_loan":
        for row in table(frame, "loans"):
            if row["loan"] == command["loan"]:
                yield Transfer(row["sku"], row["to_pool"], row["from_pool"], row["unsold"], gives_back=True)


class Transfers:
    """What moved lately, and what may still be given in this frame."""

    def __init__(self, frame: Row, numbers: Mapping[str, float]) -> None:
        self._frame, self._numbers = frame, numbers
        self._went = _went(frame, numbers["cool_down_minutes"])
        self._safety = {(row["sku"], row["region"]): row["units"] for row in table(frame, "safety")}
        self._given: dict[tuple[str, str], int] = {}
        self._late = {f"{REGION}{row['region']}" for row in frame["suspended"]}

    def refuses(self, commands: list[Row]) -> str:
        """Why these commands may not move what they move; empty if they may, and then they count as moved."""
        moves = [move for command in commands for move in transfers_of(self._frame, command)]
        giving: dict[tuple[str, str], int] = {}
        for move in moves:
            key = move.from_pool, move.sku
            giving[key] = giving.get(key, 0) + (0 if move.gives_back else move.units)
        why = next(filter(None, map(self._against, moves)), "")
        why = why or next(filter(None, (self._short(key, units) for key, units in giving.items() if units)), "")
        if not why:
            self._take(moves, giving)
        return why

    def _take(self, moves: list[Transfer], giving: Mapping[tuple[str, str], int]) -> None:
        for key, units in giving.items():
            self._given[key] = self._given.get(key, 0) + units
        for move in moves:
            self._went[move.sku, move.from_pool, move.to_pool] = 0.0

    def _against(self, move: Transfer) -> str:
        for pool in (move.from_pool, move.to_pool):
            if pool in self._late:
                return f"feeds of {pool.removeprefix(REGION)} are late: nobody knows what it has"
        ago = self._went.get((move.sku, move.to_pool, move.from_pool))
        if ago is None:
            return ""
        return (
            f"{move.sku} went from {move.to_pool} to {move.from_pool} {ago:.1f} minutes ago, and nothing goes back "
            f"within {self._numbers['cool_down_minutes']:g} minutes"
        )

    def _short(self, key: tuple[str, str], units: int) -> str:
        pool, sku = key
        row = by_pool(self._frame).get(pool, {}).get(sku)
        floor = 0 if row is None else self._floor(row)
        if row is None or not floor:
            return ""
        left = row["left"] - self._given.get(key, 0)
        return f"{pool} has {left} x {sku} and keeps {floor}; {units} asked" if left - units < floor else ""

    def _floor(self, pool: Row) -> int:
        """Units that stay in a pool when rules give away."""
        if pool["pool"] == FLEXIBLE:
            return int(self._numbers["top_up_floor_units"])
        if not pool["pool"].startswith(REGION):
            return 0
        usual = round(self._numbers["safety_share"] * pool["allocated"])
        return int(self._safety.get((pool["sku"], pool["pool"].removeprefix(REGION)), usual))


def _went(frame: Row, cool_down_minutes: float) -> dict[tuple[str, str, str], float]:
    """SKU, from and to of what moved within the cool-down, and how many minutes ago."""
    now, went = micros(frame["at"]), dict[tuple[str, str, str], float]()
    for row in table(frame, "went"):
        ago = (now - micros(row["at"])) / MINUTE
        if ago < cool_down_minutes:
            went[row["sku"], row["from_pool"], row["to_pool"]] = ago
    return went
