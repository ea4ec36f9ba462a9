"""The prompter: writes into the journal what is about to be shown to hosts, and what is no longer.

    frame["lines"] against the lines that stand -> PublishLine (new, or instead of another), RetractLine
                                                -> answers -> the frame with the lines that are in the journal

It runs before a frame is handed out, so nobody sees a line that the journal does not have. A line whose number changed
is replaced, at the same tick at which its number was found to be untrue; one that is no longer offered is retracted,
with the reason as a code: what became untrue is told apart from what was merely said already or made room for another.
It remembers nothing itself: what stands is folded from the journal, so a restart or a replay goes on from there. What
can fail is the journal: then the frame is handed out without the lines it could not write.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboard.decision.commands import Command, PublishLine, RetractLine
from dashboard.decision.refusals import Answer
from dashboard.projections.spoken import Spoken, Standing, rests, slot_of
from dashboard.rules.readings import micros

Row = dict[str, Any]
ACTOR, SOURCE = "prompter", "/prompter"
TIMES = ("eta", "expires")


def due(frame: Row, spoken: Spoken) -> list[Command]:
    """What has to be written before a frame is shown."""
    show, wanted = frame["show"], {_slot(line): line for line in frame["lines"]}
    commands: list[Command] = [
        RetractLine(
            id=f"line:{stands.line}:gone", show=show, line=stands.line, actor=ACTOR, source=SOURCE,
            reason=_why(frame, spoken, stands),
        )
        for slot, stands in spoken.standing.items()
        if slot not in wanted
    ]  # fmt: skip
    for slot, line in wanted.items():
        stands = spoken.standing.get(slot)
        if stands is None or stands.line != line["line"]:
            commands.append(_publish(show, line, stands.line if stands else ""))
    return commands


def shown(frame: Row, commands: Sequence[Command], answers: Iterable[Answer]) -> Row:
    """The frame with those of its lines that are in the journal."""
    refused = {
        command.line
        for command, answer in zip(commands, answers, strict=True)
        if isinstance(command, PublishLine) and answer.status not in ("accepted", "exists")
    }
    return frame | {"lines": [line for line in frame["lines"] if line["line"] not in refused]} if refused else frame


def _slot(line: Row) -> str:
    return slot_of(line["channel"], line["language"], line["kind"], line["fact"]["sku"], line["fact"]["region"])


def _publish(show: str, line: Row, replaces: str) -> PublishLine:
    stated = {name: _stated(name, value) for name, value in line["fact"].items()}
    return PublishLine(
        id=f"line:{line['line']}",
        show=show,
        line=line["line"],
        channel=line["channel"],
        language=line["language"],
        kind=line["kind"],
        text=line["text"],
        fact=stated,
        replaces=replaces,
        register=line["register"],
        actor=ACTOR,
        source=SOURCE,
    )


def _stated(name: str, value: Any) -> Any:
    """A part of a fact as the journal has it: times in microseconds, lists unchangeable."""
    if name in TIMES:
        return micros(value)
    return tuple(value) if isinstance(value, list) else value


def _why(frame: Row, spoken: Spoken, stands: Standing) -> str:
    """Why a line is no longer offered, as a code; `spoken.UNTRUE` are those that mean it is not true any more."""
    channel, kind, sku, region = stands.channel, stands.kind, stands.sku, stands.region
    if any(row["channel"] == channel for row in frame["withheld"]):
        return "late_feed"
    for row in frame["lines_withheld"]:
        if (row["channel"], row["kind"], row["sku"]) == (channel, kind, sku):
            return str(row["code"])
    here = next((row for row in frame["countdowns"] if (row["sku"], row["region"]) == (sku, region)), None)
    if kind != "restock" and (here is None or here["left"] <= 0):
        return "sold_out"
    units = stands.fact.get("units_left")
    if units is not None and here and here["left"] != units:
        return "changed"
    if not _holds(frame, stands):
        return "arrived" if kind == "restock" else "ended"
    if rests(spoken, stands.about(), units, micros(frame["at"])):
        return "said"
    if not any(row["channel"] == channel and row["language"] == stands.language for row in frame["lines"]):
        return "not_spoken"
    return "outranked"


def _holds(frame: Row, stands: Standing) -> bool:
    """Whether the terms, goods or plans a line speaks of are still there as it says."""
    fact, sku, region = stands.fact, stands.sku, stands.region
    tables: Mapping[str, bool] = {
        "limit": any(_is(row, sku, region) and row["units_per_order"] == fact.get("limit") for row in frame["limits"]),
        "coupon": any(_is(row, sku, region) and row["code"] == fact.get("code") for row in frame["coupons"]),
        "bundle": any(row["bundle"] == fact.get("bundle") for row in frame["bundles"]),
        "price": any(row["price_minor"] == fact.get("price_minor") for row in frame["prices"] if row["sku"] == sku),
        "restock": any(
            row["shipment"] == fact.get("shipment") and row["state"] == "in_transit" for row in frame["shipments"]
        ),
        "next_hero": any(row["sku"] == sku and row["state"] == "next" for row in frame["rundown"]),
    }
    return tables.get(stands.kind, True)


def _is(row: Row, sku: str, region: str) -> bool:
    return bool(row["sku"] == sku and row["region"] == region)
