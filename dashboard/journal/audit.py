"""Looking things up in the journal: who did what, when and why, the newest first, however long the journal is.

    Wish (what to look for) -> clauses of one fixed table + bound values -> entries before a seq -> page, CSV, NDJSON

Invariants: no text from outside becomes SQL; a value that looks like SQL, a pattern or JSON is looked for as it stands.
Pages go by seq (`before`), never by counting rows, so the thousandth page costs what the first does and a page does not
shift while the show goes on. SKU, region and channels are found by the way an event's data writes them, which holds its
moves as well. Readers use cursors of their own and hold up no writer.
What can fail: the journal cannot be read (closed, damaged); that is a `JournalProblem` with one sentence.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import msgspec

from dashboard.journal.store import Journal, JournalProblem

Row = dict[str, Any]
ORDERS = ("order_announced", "order_placed", "order_cancelled", "order_shipped", "order_returned")
"""What buyers do: a show has millions of these, and people look for decisions."""
LISTINGS = ("exposed", "recalled", "withheld", "cover_released", "level_reported")
"""What goes to and fro between pools and channels while they sell."""
PAGE_ROWS_MAX = 500
DOWNLOAD_ROWS_MAX = 50_000
DOWNLOADS = ("csv", "ndjson")
COLUMNS = (
    "seq",
    "id",
    "show_id",
    "type",
    "source",
    "event_time",
    "recorded_time",
    "actor",
    "data",
    "prev_hash",
    "hash",
)
_SELECT = (
    "select seq, id, show_id, type, source, epoch_us(event_time), epoch_us(recorded_time), actor, data::varchar, "
    "prev_hash, hash from events where "
)
_NEWEST_FIRST = " order by seq desc limit ?"
_FETCHED = 2048
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


class Wish(NamedTuple):
    """What to look for; what is empty or None is not asked for.

    `types` are names of events; actor, source and text are contained somewhere, in any case of letters; times are
    microseconds since 1970 UTC, both included; what is hidden gives way to types that are asked for by name.
    """

    show: str = ""
    types: tuple[str, ...] = ()
    actor: str = ""
    source: str = ""
    since: int | None = None
    until: int | None = None
    text: str = ""
    sku: str = ""
    region: str = ""
    channels: tuple[str, ...] = ()
    hide_orders: bool = True
    hide_listings: bool = False


class Download(NamedTuple):
    """A file of entries: its content in UTF-8, how many entries, and whether older ones were left out."""

    content: bytes
    rows: int
    cut: bool


class Entries:
    """The entries of a journal, to be looked through; safe to use from any thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def page(self, wish: Wish, before: int | None = None, after: int = 0, limit: int = 40) -> list[Row]:
        """Entries that match, the newest first: older than `before` (None: from the head), newer than `after`."""
        return [_read(row) for row in self._rows(wish, before, after, min(limit, PAGE_ROWS_MAX))]

    def newer(self, wish: Wish, after: int, most: int) -> int:
        """How many entries that match came after a seq; stops counting at `most`."""
        where, values = _clauses(wish, None, after)
        query = f"select count(*) from (select seq from events where {where} limit ?)"  # noqa: S608 - our own clauses
        return int(next(self._found(query, [*values, most]))[0])

    def one(self, show: str, seq: int) -> Row | None:
        """One entry of a show, whatever it is."""
        found = self._found(_SELECT + "show_id = ? and seq = ?", [show, seq])
        return next((_read(_row(values)) for values in found), None)

    def download(self, wish: Wish, kind: str, limit: int = DOWNLOAD_ROWS_MAX) -> Download:
        """The newest entries that match as a file of a kind (csv, ndjson); its first line says of what."""
        seq, head_hash = self._journal.head()
        found = list(self._rows(wish, seq + 1, 0, limit + 1))
        rows, cut = found[:limit], len(found) > limit
        about = {
            "show": wish.show,
            "head_seq": seq,
            "head_hash": head_hash,
            "entries": len(rows),
            "cut": cut,
            "wish": {name: value for name, value in wish._asdict().items() if value not in ("", None, ())},
        }
        if cut:
            about["note"] = f"Only the newest {limit:,} entries that match are here; older ones were left out."
        text = _csv(about, rows) if kind == "csv" else _ndjson(about, rows)
        return Download(text.encode(), len(rows), cut)

    def _rows(self, wish: Wish, before: int | None, after: int, limit: int) -> Iterator[Row]:
        where, values = _clauses(wish, before, after)
        yield from map(_row, self._found(_SELECT + where + _NEWEST_FIRST, [*values, max(0, limit)]))

    def _found(self, query: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        try:
            cursor = self._journal.reader()
            cursor.execute(query, values)
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows
        except duckdb.Error as problem:
            said = str(problem).splitlines()[0]
            raise JournalProblem(f"{self._journal.path} cannot be looked through: {said}") from problem


def file_stem(show: str) -> str:
    """The beginning of a download's name: letters, digits and dashes whatever the show is called."""
    return "audit-" + ("".join(letter if letter.isalnum() else "-" for letter in show).strip("-")[:60] or "show")


def _clauses(wish: Wish, before: int | None, after: int) -> tuple[str, list[object]]:
    """The conditions of a wish, each with a place for every value, and the values in that order."""
    found: list[tuple[str, list[object]]] = [("show_id = ?", [wish.show]), ("seq > ?", [after])]
    if before is not None:
        found.append(("seq < ?", [before]))
    if wish.types:
        found.append((f"type in ({_places(wish.types)})", list(wish.types)))
    elif hidden := (*(ORDERS if wish.hide_orders else ()), *(LISTINGS if wish.hide_listings else ())):
        found.append((f"type not in ({_places(hidden)})", list(hidden)))
    if wish.since is not None:
        found.append(("event_time >= make_timestamp(?)", [wish.since]))
    if wish.until is not None:
        found.append(("event_time <= make_timestamp(?)", [wish.until]))
    for column, text in (("actor", wish.actor), ("source", wish.source)):
        if text:
            found.append((f"contains(lower({column}), lower(?))", [text]))
    for tokens in filter(None, (_sku(wish), _place(wish))):
        found.append((_any("contains(data::varchar, ?)", len(tokens)), list(tokens)))
    if wish.text:
        written = list(dict.fromkeys((wish.text, _json(wish.text)[1:-1])))
        found.append((_any("contains(lower(data::varchar), lower(?))", len(written)), list(written)))
    return " and ".join(clause for clause, _ in found), [value for _, values in found for value in values]


def _any(clause: str, times: int) -> str:
    return "(" + " or ".join([clause] * times) + ")"


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _sku(wish: Wish) -> list[str]:
    return [_json(wish.sku)] if wish.sku else []


def _place(wish: Wish) -> list[str]:
    """How the data of events speaks of a region and of channels: as a field, and as accounts of a move."""
    tokens = [f'"region":{_json(wish.region)}', _json(f"region/{wish.region}")] if wish.region else []
    for channel in wish.channels:
        tokens.append(f'"channel":{_json(channel)}')
        tokens += [_json(f"{account}/{channel}") for account in ("channel", "cover", "committed", "shipped")]
    return tokens


def _json(text: str) -> str:
    """A text the way the journal writes it."""
    return msgspec.json.encode(text).decode()


def _row(values: Sequence[Any]) -> Row:
    """A row as plain values; times in microseconds."""
    return dict(zip(COLUMNS, values, strict=True))


def _read(row: Row) -> Row:
    """A row with what its data says as `facts`."""
    return row | {"facts": json.loads(row["data"])}


def _iso(micros: int) -> str:
    return (_1970 + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _told(row: Row) -> Row:
    """A row for a file: times as ISO 8601 in UTC to the microsecond, `data` exactly as hashed."""
    told = {name: row[name] for name in COLUMNS}
    return told | {name: _iso(row[name]) for name in ("event_time", "recorded_time")}


def _ndjson(about: Row, rows: Sequence[Row]) -> str:
    lines = [{"audit": about}, *(_told(row) for row in rows)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _csv(about: Row, rows: Sequence[Row]) -> str:
    """Entries as a table under one line that begins with #; a cell no spreadsheet takes for a formula."""
    out = io.StringIO()
    out.write(f"# {json.dumps(about, ensure_ascii=False)}\n")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(value) for value in _told(row).values()])
    return out.getvalue()


def _cell(value: object) -> object:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
