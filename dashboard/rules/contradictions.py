"""Contradictions: two commands that work against each other; the one that stands first wins, the other is held back.

    an offer (coupon, bundle)       on what sells out anyway, is limited, is being topped up, or becomes dearer
    a limit                         on what an offer invites buyers to
    a dearer price                  on what has an offer or is being pushed
    a push                          beside a push of another SKU, of what becomes dearer or was taken off a channel
    showing or delisting otherwise  while another SKU is pushed
    a move or a loan into a region  that lends the same SKU out, gives it away, got an offer for it or ships it away
    a shipment                      away from a location whose region is being topped up with it

They are read off the commands themselves, not off the rules: each command leaves marks, and looks for those that clash
with its own. Marks are left by what is in force in the frame, by open proposals (somebody may approve them yet), and by
rows accepted earlier, in order of precedence. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dashboard.rules.readings import FLEXIBLE, MINUTE, countdowns, micros, prices, skus, table
from dashboard.rules.transfers import REGION, transfers_of

Row = dict[str, Any]
Mark = tuple[str, str, str]
"""What it is (offer, limit, into, ...), the SKU, and the region or pool ("": everywhere, ANY: anywhere)."""
ANY = "*"
IN_FORCE = "in force"


class Standing:
    """What stands in a frame, in force or accepted so far."""

    def __init__(self, frame: Row, numbers: Mapping[str, float]) -> None:
        self._frame, self._numbers = frame, numbers
        self._marks: dict[Mark, str] = {}
        self._pushes: dict[str, str] = {}
        self._soon: dict[tuple[str, str], float] | None = None
        self._places = {row["location"]: row["country"] for row in table(frame, "locations")}
        self._regions = {code: row["region"] for row in frame["regions"] for code in row.get("countries", ())}
        self._in_force()

    def refuses(self, rule: str, commands: list[Row]) -> str:
        """What these commands of a rule contradict; empty if nothing, and then they stand too."""
        marks, pushes = dict(self._marks), dict(self._pushes)
        for command in commands:
            why = next(self._clashes(command), "")
            if why:
                self._marks, self._pushes = marks, pushes
                return why
            self._stand(command, rule)
        return ""

    # --- what stands ------------------------------------------------------------------------------------------

    def _in_force(self) -> None:
        frame, marks = self._frame, self._marks
        for row in frame["limits"]:
            marks["limit", row["sku"], row["region"]] = IN_FORCE
        offers = [(row["sku"], row["region"]) for row in frame["coupons"]]
        offers += [(sku, row["region"]) for row in table(frame, "bundles") for sku in row["skus"]]
        for sku, region in offers:
            marks["offer", sku, region] = marks["offer", sku, ANY] = IN_FORCE
        for loan in table(frame, "loans"):
            if loan["state"] != "returned":
                marks["lent", loan["sku"], loan["from_pool"]] = IN_FORCE
        for asked in table(frame, "requests"):
            marks["into", asked["sku"], asked["to_pool"]] = IN_FORCE
        since = micros(frame["at"]) - self._numbers["push_minutes"] * MINUTE
        for push in table(frame, "pushes"):
            if micros(push["at"]) > since:
                self._pushes[push["sku"]] = IN_FORCE
        for proposal in frame["proposals"]:
            for command in proposal.get("commands", ()):
                self._stand(command, f"{proposal['rule']}, waiting for an answer")

    def _stand(self, command: Row, rule: str) -> None:
        """Leave the marks of a command that was accepted."""
        if command["type"] == "set_on_screen" and command.get("push"):
            self._pushes[command["sku"]] = rule
        for mark in self._marks_of(command):
            self._marks[mark] = rule

    def _marks_of(self, command: Row) -> Iterator[Mark]:
        kind, sku = command["type"], command.get("sku", "")
        if kind == "set_limit" and command["units_per_order"] is not None:
            yield "limit", sku, command["region"]
        elif kind in ("set_coupon", "set_bundle") and command["percent"]:
            for one in command.get("skus", (sku,)):
                yield from (("offer", one, place) for place in (command["region"], ANY))
                yield "offered", one, command["region"]
        elif kind == "set_price" and self._is_dearer(command):
            yield from (("dearer", sku, place) for place in (self._region_of_channel(command), ANY))
        elif kind == "set_on_screen" and not command.get("push"):
            yield "shown", sku, ""
        elif _is_delisting(command):
            yield "delisted", sku, ""
        elif kind == "start_shipment":
            yield from (("shipped", line["sku"], pool) for line, pool in self._leaving(command))
        for move in transfers_of(self._frame, command):
            yield "into", move.sku, move.to_pool
            yield "outof", move.sku, move.from_pool
        if kind == "lend_units":
            yield "lent", sku, command["from_pool"]

    # --- what clashes -----------------------------------------------------------------------------------------

    def _clashes(self, command: Row) -> Iterator[str]:
        """Every contradiction of a command, as a sentence's part."""
        kind, sku = command["type"], command.get("sku", "")
        if kind == "set_limit" and command["units_per_order"] is not None:
            yield from self._met("offer", sku, command["region"], "a coupon or bundle invites buyers of")
        elif kind in ("set_coupon", "set_bundle") and command["percent"]:
            for one in command.get("skus", (sku,)):
                yield from self._against_offer(one, command["region"])
        elif kind == "set_price" and self._is_dearer(command):
            yield from self._met("offer", sku, self._region_of_channel(command) or ANY, "there is an offer on")
            yield from self._pushed(sku)
        elif kind == "set_on_screen":
            yield from self._against_showing(sku, bool(command.get("push")))
        elif _is_delisting(command):
            yield from self._pushed(sku)
        elif kind == "start_shipment":
            for line, pool in self._leaving(command):
                yield from self._met("into", line["sku"], pool, "units are on their way of")
        yield from self._against_moves(command)

    def _met(self, what: str, sku: str, place: str, words: str) -> Iterator[str]:
        who = self._marks.get((what, sku, place))
        if who:
            where = f" in {place.removeprefix(REGION)}" if place and place != ANY else ""
            yield f"{words} {sku}{where} ({who})"

    def _pushed(self, sku: str) -> Iterator[str]:
        if sku in self._pushes:
            yield f"{sku} is being pushed ({self._pushes[sku]})"

    def _against_offer(self, sku: str, region: str) -> Iterator[str]:
        most = self._numbers["coupon_sell_out_minutes"]
        minutes = self._sells_out().get((sku, region))
        if minutes is not None and minutes <= most:
            yield f"{sku} sells out in {region} in {minutes:.1f} minutes anyway; no offer within {most:g}"
        yield from self._met("limit", sku, region, "there is a limit on")
        yield from self._met("into", sku, f"{REGION}{region}", "units are on their way of")
        yield from self._met("dearer", sku, region, "the price rises of")
        yield from self._met("dearer", sku, "", "the price rises of")

    def _against_showing(self, sku: str, is_push: bool) -> Iterator[str]:
        for other, who in self._pushes.items():
            if other != sku:
                yield f"{other} is being pushed ({who})"
        if is_push:
            yield from self._met("dearer", sku, ANY, "the price rises of")
            yield from self._met("delisted", sku, "", "a channel no longer lists")
            for (what, other, _), who in self._marks.items():
                if what == "shown" and other != sku:
                    yield f"{other or 'nothing'} goes on screen ({who})"

    def _against_moves(self, command: Row) -> Iterator[str]:
        for move in transfers_of(self._frame, command):
            sku, to_pool = move.sku, move.to_pool
            if not move.gives_back:
                yield from self._met("lent", sku, to_pool, "it lends out itself")
            if to_pool != FLEXIBLE:
                yield from self._met("outof", sku, to_pool, "units are given away of")
            if move.from_pool != FLEXIBLE:
                yield from self._met("into", sku, move.from_pool, "units are on their way of")
            yield from self._met("offered", sku, to_pool.removeprefix(REGION), "an offer is made on")
            yield from self._met("shipped", sku, to_pool, "a shipment takes away")

    # --- readings ---------------------------------------------------------------------------------------------

    def _sells_out(self) -> dict[tuple[str, str], float]:
        """Minutes until a SKU sells out in a region, where that is foreseen."""
        if self._soon is None:
            table_of = countdowns(self._frame)
            self._soon = {
                (row["sku"], row["region"]): 0.0 if row["left"] <= 0 else row["p50"]
                for row in table_of.where((table_of["left"] <= 0) | ~np.isnan(table_of["p50"]))
            }
        return self._soon

    def _is_dearer(self, command: Row) -> bool:
        sku = command["sku"]
        usual = skus(self._frame).get(sku, {}).get("price_minor", 0)
        now = prices(self._frame).get((sku, command.get("channel", "")), usual)
        return bool(command["price_minor"] > now)

    def _region_of_channel(self, command: Row) -> str:
        name = command.get("channel", "")
        return next((row["region"] for row in self._frame["channels"] if row["channel"] == name), "")

    def _leaving(self, command: Row) -> list[tuple[Row, str]]:
        """The lines of a shipment that leaves a region, and the region's pool."""
        region, to = (self._regions.get(self._places.get(command[end], "")) for end in ("from_location", "to_location"))
        return [(line, f"{REGION}{region}") for line in command["lines"]] if region and region != to else []


def _is_delisting(command: Row) -> bool:
    return command["type"] == "recall" or (command["type"] == "set_split" and not command["percent"])
