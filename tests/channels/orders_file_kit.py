"""What the tests of the order-file import share: a room that only keeps books, and one call from text to report."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from dashboard.channels.orders_file.importing import ImportReport, import_orders
from dashboard.decision import commands as c

DATA = Path(__file__).resolve().parents[1] / "data"
MAPPINGS = Path(__file__).resolve().parents[2] / "data" / "mappings"

COLUMNS = "order,time,sku,quantity,price,country,customer,status"
PLAIN = """
order = "order"
time = { column = "time", zone = "UTC" }
sku = "sku"
quantity = "quantity"
price = { column = "price", currency = "EUR" }
destination = "country"
customer = "customer"
"""


class Answer(msgspec.Struct):
    """An answer as the room gives it."""

    status: str
    code: str = ""
    sentence: str = ""
    seq: int | None = None
    would_work: int | None = None


@dataclass
class FakeRoom:
    """Remembers commands by id, keeps units per (pool, SKU), refuses an order it has no units for."""

    commands: list[c.Command] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    region_of: dict[str, str] = field(default_factory=dict)
    draws: tuple[str, ...] = ()
    orders: dict[tuple[str, str], list[tuple[str, str, int]]] = field(default_factory=dict)
    nows: list[int] = field(default_factory=list)

    def submit(self, commands: Sequence[c.Command], now: int) -> list[Answer]:
        assert not self.nows or now >= self.nows[-1], "the clock of an import never goes back"
        assert all(command.event_time is not None and command.event_time <= now for command in commands)
        self.nows.append(now)
        return [self._answer(command) for command in commands]

    def _answer(self, command: c.Command) -> Answer:
        body = c.encode(command)
        assert c.decode(body) == command, "what is submitted survives the journey as JSON"
        if command.id in self.bodies:
            return Answer("exists" if self.bodies[command.id] == body else "exists_with_different_body")
        answer = self._decide(command)
        if answer.status == "accepted":
            self.bodies[command.id] = body
            self.commands.append(command)
        return answer

    def _decide(self, command: c.Command) -> Answer:
        if isinstance(command, c.OpenShow):
            self.region_of = {channel.channel: channel.region for channel in command.channels}
            self.draws = command.draws
        if isinstance(command, c.ReceiveGoods):
            key = (command.pool, command.sku)
            self.units[key] = self.units.get(key, 0) + command.quantity
        if isinstance(command, c.PlaceOrder):
            return self._place(command)
        if isinstance(command, c.CancelOrder):
            return self._cancel(command)
        return Answer("accepted")

    def _place(self, command: c.PlaceOrder) -> Answer:
        pools = [f"region/{self.region_of[command.channel]}", *(["flexible"] if "flexible" in self.draws else [])]
        drawn: list[tuple[str, str, int]] = []
        wanted: dict[str, int] = {}
        for line in command.lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
        for sku, quantity in wanted.items():
            for pool in pools:
                part = min(quantity, self.units.get((pool, sku), 0))
                drawn.append((pool, sku, part))
                quantity -= part
            if quantity:
                return Answer("refused", "not_enough_claims", f"{quantity} x {sku} are missing.")
        for pool, sku, part in drawn:
            self.units[pool, sku] = self.units.get((pool, sku), 0) - part
        self.orders[command.channel, command.order] = drawn
        return Answer("accepted")

    def _cancel(self, command: c.CancelOrder) -> Answer:
        held = self.orders.get((command.channel, command.order))
        if held is None:
            return Answer("refused", "order_unknown", f"No order {command.order}.")
        for line in command.lines:
            left = line.quantity
            for place, (pool, sku, units) in enumerate(held):
                part = min(left, units) if sku == line.sku else 0
                held[place] = (pool, sku, units - part)
                self.units[pool, sku] = self.units.get((pool, sku), 0) + part
                left -= part
            assert left == 0, "never more units cancelled than ordered"
        return Answer("accepted")

    def of(self, kind: type[Any]) -> list[Any]:
        """The commands of one kind, in the order they were taken."""
        return [command for command in self.commands if isinstance(command, kind)]


def run(
    folder: Path,
    content: str | bytes,
    mapping: str = PLAIN,
    *,
    name: str = "orders.csv",
    room: FakeRoom | None = None,
    show: str | None = None,
) -> tuple[ImportReport, FakeRoom]:
    """Write an order file and its mapping into `folder` and import them; checks what every report must keep."""
    file, toml = folder / name, folder / "map.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    toml.write_text(mapping, encoding="utf-8")
    return run_files(file, toml, room=room, show=show)


def run_files(
    file: Path, mapping: Path, *, room: FakeRoom | None = None, show: str | None = None
) -> tuple[ImportReport, FakeRoom]:
    """Import a file that is there already."""
    room = room or FakeRoom()
    report = import_orders(file, mapping, show, room.submit, lambda phase, done, total: None)
    assert report.rows == report.accepted + sum(report.rejected.values())
    assert set(report.examples) >= set(report.rejected)
    assert json.loads(json.dumps(report.as_json()))["rows"] == report.rows
    return report, room


def lines(*rows: str, header: str = COLUMNS) -> str:
    """A CSV of rows that may leave out trailing columns."""
    width = header.count(",") + 1
    return "\n".join([header, *(row + "," * (width - len(next(csv.reader([row])))) for row in rows)]) + "\n"
