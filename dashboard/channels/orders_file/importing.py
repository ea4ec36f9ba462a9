"""An order file becomes a show: the one entry point, `import_orders`.

    mapping -> read the whole file -> type the rows -> match cancels -> plan the show     nothing is submitted so far
    -> OpenShow -> opening stock -> orders and cancels in time order -> CloseShow -> ImportReport
                                    viewers seen meanwhile -> observe

Everything that can stop an import (ImportProblem) is found before the first command is submitted, with one exception
that commits nothing either: the room may refuse to open the show. Every row of the file is in the report, accepted
or under exactly one reason. This module reads no wall clock but to measure how long its phases took.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

from dashboard.channels.orders_file import beside, parts as grouping
from dashboard.channels.orders_file.audience import Audience
from dashboard.channels.orders_file.beside import SideTables
from dashboard.channels.orders_file.columns import collect
from dashboard.channels.orders_file.encoding import Progress
from dashboard.channels.orders_file.mapping import load
from dashboard.channels.orders_file.mapping_keys import Mapping
from dashboard.channels.orders_file.matching import Matches, match, order_times
from dashboard.channels.orders_file.parts import Agenda, Cancels, Parts
from dashboard.channels.orders_file.problem import ImportProblem, quoted
from dashboard.channels.orders_file.reading import open_source
from dashboard.channels.orders_file.rows import RowReader, Rows
from dashboard.channels.orders_file.sending import Answer, Observe, Sender, Submit
from dashboard.channels.orders_file.verdicts import Rejected
from dashboard.channels.orders_file.world import MINUTE, World, moment
from dashboard.decision.commands import Command

SUFFIXES = re.compile(r"(\.(csv|tsv|txt|gz|parquet|pq|xlsx|xlsm|xls|ods))+$", re.IGNORECASE)
SHOW_LENGTH_MAX = 60


class ImportReport(msgspec.Struct, kw_only=True):
    """What became of a file; `rows == accepted + sum(rejected.values())`, always."""

    show: str
    rows: int
    orders: int
    accepted: int
    rejected: dict[str, int]
    units: int
    """Units of the accepted order lines, before cancellations."""
    cancelled_units: int
    regions: int
    skus: int
    known_already: int = 0
    """Commands the journal had from an earlier import of the same file."""
    examples: dict[str, list[Rejected]] = {}
    notes: list[str] = []
    seconds: dict[str, float] = {}
    starts_at: int = 0
    ends_at: int = 0
    tables: dict[str, int] = {}
    """Rows of each table beside the orders that was read; of these none is ever left out."""

    def as_json(self) -> dict[str, object]:
        """The report as plain data for JSON."""
        return dict(msgspec.to_builtins(self))


class _Watch:
    """How long each phase took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


class _Prepared(msgspec.Struct):
    """All that is known before the first command is submitted."""

    mapping: Mapping
    rows: Rows
    matches: Matches
    plan: tuple[Parts, Cancels, Agenda]
    peaks: dict[tuple[int, int], int]
    side: SideTables


def _nobody(show: str, time: int, channel: str, viewers: int) -> None:
    """Let viewer readings go by."""


def import_orders(
    path: Path | str,
    mapping_path: Path | str,
    show: str | None,
    submit: Submit,
    progress: Progress,
    observe: Observe = _nobody,
) -> ImportReport:
    """Import an order file as a show; ImportProblem says what is wrong.

    `submit(commands, now)` is the room's; `observe(show, time, channel, viewers)` is told every viewer reading of the
    tables in time order, between the batches of orders, and none of those a journal has from an earlier import.
    """
    file, watch = Path(path), _Watch()
    ready = _prepare(file, Path(mapping_path), progress, watch)
    name = show_id(show or ready.mapping.show.id or SUFFIXES.sub("", file.name))
    rows, (parts, _, agenda) = ready.rows, ready.plan
    if not len(agenda.time):
        rows.notes.append("No order could be read: no show was opened and nothing was committed.")
        return _report(name, ready, watch, (0, 0, 0), regions=0)
    with watch.phase("plan"):
        world = World(rows, parts, ready.mapping, ready.side, file.name)
        starts_at, ends_at = _span(ready)
        opening = world.open_show(name, starts_at, ends_at)
    audience = Audience(ready.side.viewers, opening, bool(ready.mapping.channel.column))
    if audience.strangers:
        then = ", so that they were added up for all orders" if audience.added_up else ""
        names = quoted(sorted(audience.strangers))
        rows.notes.append(f"{ready.side.files['viewers'].name} names channels that took no order{then}: {names}.")
    sender = Sender(rows, ready.matches, ready.plan, world, name, audience, (_timed(submit, watch), observe))
    with watch.phase("send"):
        sender.open(opening)
        sender.receive(world.goods(name, starts_at, ready.peaks), starts_at)
        sender.send(progress)
        sender.close(ends_at)
    watch.seconds["build"] = watch.seconds.pop("send") - watch.seconds.get("decide", 0.0)
    report = _report(name, ready, watch, (sender.orders_taken(), starts_at, ends_at), len(opening.regions))
    report.known_already = sender.known_already
    return report


def _prepare(file: Path, mapping_path: Path, progress: Progress, watch: _Watch) -> _Prepared:
    """Read, type and plan everything; whatever stops the import stops it here."""
    mapping = load(mapping_path)
    with watch.phase("read"):
        source = open_source(file, mapping.file, mapping.columns(), progress)
        collected = collect(source, progress)
    if not len(collected.number) and not source.ragged_rows:
        raise ImportProblem(f"{file.name} has a header but no rows.")
    with watch.phase("parse"):
        rows = RowReader(source, collected, mapping, mapping_path.name).read()
        del collected
    with watch.phase("plan"):
        happened = order_times(rows)
        matches = match(rows, mapping, happened)
        parts = grouping.group_orders(rows, happened)
        cancels = grouping.group_cancels(rows, matches, parts)
        agenda = grouping.agenda(rows, matches, parts, cancels)
        plan = (parts, cancels, agenda)
        side = beside.read(rows, mapping, mapping_path.parent, file)
        peaks = {} if "stock" in side.files else grouping.needed(rows, matches, plan)
    return _Prepared(mapping, rows, matches, plan, peaks, side)


def _span(ready: _Prepared) -> tuple[int, int]:
    """When the show starts and ends: as the mapping says, else the minutes that hold all orders and slots."""
    keys, times = ready.mapping.show, ready.plan[2].time
    moments = [moment for slot in ready.side.rundown for moment in (slot.start, slot.end) if moment]
    slots = [moment for moment, elapsed in moments if not elapsed]
    first = min(int(times[0]), *slots) if slots else int(times[0])
    starts_at = moment(keys.starts_at, "mapping") if keys.starts_at else first // MINUTE * MINUTE
    last = max([int(times[-1]), *slots, *(starts_at + moment for moment, elapsed in moments if elapsed)])
    ends_at = moment(keys.ends_at, "mapping") if keys.ends_at else (last // MINUTE + 1) * MINUTE
    if starts_at > int(times[0]):
        raise ImportProblem("show.starts_at in the mapping is later than the first order of the file.")
    if ends_at < int(times[-1]) or ends_at <= starts_at:
        raise ImportProblem("show.ends_at in the mapping is earlier than the last order of the file.")
    return starts_at, ends_at


def show_id(text: str) -> str:
    """A show's id from a file name or a person's wish: no slash, no blanks, at most 60 characters."""
    name = re.sub(r"[\s/\\]+", "-", text.strip()).strip("-")[:SHOW_LENGTH_MAX]
    if not name:
        raise ImportProblem("The show needs a name: give one with --show.")
    return name


def _timed(submit: Submit, watch: _Watch) -> Submit:
    def timed(commands: Sequence[Command], now: int) -> Sequence[Answer]:
        with watch.phase("decide"):
            return submit(commands, now)

    return timed


def _report(show: str, ready: _Prepared, watch: _Watch, outcome: tuple[int, int, int], regions: int) -> ImportReport:
    rows, verdicts = ready.rows, ready.rows.verdicts
    taken = verdicts.open()
    ordered = taken & (~rows.is_cancel | rows.same_row)
    orders, starts_at, ends_at = outcome
    return ImportReport(
        show=show,
        rows=verdicts.rows(),
        orders=orders,
        accepted=verdicts.accepted(),
        rejected=verdicts.rejected(),
        units=int(rows.quantity[ordered].sum()),
        cancelled_units=int(rows.quantity[taken & rows.is_cancel].sum()),
        regions=regions,
        skus=len(np.unique(rows.sku.codes[ordered])),
        examples=verdicts.examples,
        notes=rows.notes,
        seconds={phase: round(seconds, 3) for phase, seconds in watch.seconds.items()},
        starts_at=starts_at,
        ends_at=ends_at,
        tables=ready.side.rows,
    )
