"""A batch of events on its way into the journal: stamped, chained and laid out in columns.

Every event is encoded once. Its canonical bytes are chained with SHA-256 to the event before it, and the same
bytes go into the `data` column, so what is hashed is what is stored. Columns become Arrow tables because DuckDB
takes 1,000 rows from Arrow in under two milliseconds and 720 from single inserts. `data` travels as Arrow's JSON
type: DuckDB then stores it without parsing it again, which halves the insert.
"""

from hashlib import sha256
from operator import attrgetter

import msgspec
import pyarrow as pa

from dashboard.decision.events import NAMES, Event, Move

NO_HASH = "0" * 64


class _Canonical(msgspec.Struct):
    """What the hash covers, in alphabetical order; see schema.sql."""

    actor: str
    data: msgspec.Raw
    event_time: int
    id: str
    recorded_time: int
    seq: int
    show_id: str
    source: str
    type: str


MOMENT = pa.timestamp("us")
EVENTS = pa.schema(
    {
        "seq": pa.int64(),
        "id": pa.string(),
        "show_id": pa.string(),
        "type": pa.string(),
        "source": pa.string(),
        "event_time": MOMENT,
        "recorded_time": MOMENT,
        "actor": pa.string(),
        "data": pa.json_(),
        "prev_hash": pa.string(),
        "hash": pa.string(),
    }
)
MOVES = pa.schema(
    {
        "seq": pa.int64(),
        "line": pa.int32(),
        "show_id": pa.string(),
        "sku": pa.string(),
        "book": pa.string(),
        "source_account": pa.string(),
        "target_account": pa.string(),
        "quantity": pa.int64(),
    }
)
DATA = EVENTS.get_field_index("data")
_WRITTEN_AS = {MOMENT: pa.int64(), pa.json_(): pa.string()}
_EVENTS_WRITTEN = [_WRITTEN_AS.get(kind, kind) for kind in EVENTS.types]
_MOMENTS = [number for number, kind in enumerate(EVENTS.types) if kind == MOMENT]
_COLUMNS_OF_A_MOVE = attrgetter("sku", "book", "source", "target", "quantity")
_encode = msgspec.json.Encoder().encode


class Batch:
    """Events to append after `seq`/`head_hash`; `add` stamps one, the tables are handed to the store."""

    def __init__(self, seq: int, head_hash: str) -> None:
        self.expected_seq = seq
        self.seq = seq
        self.hash = head_hash
        self._rows: list[tuple[int, str, str, str, str, int, int, str, bytes, str, str]] = []
        self._moves: list[Move] = []
        self._move_counts: list[tuple[int, int, str]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(
        self,
        event: Event,
        id: str,
        show: str,
        source: str,
        event_time: int,
        recorded_time: int,
        actor: str,
        digest: str,
    ) -> int:
        """Stamp an event and return its seq; `digest` (of the command) only for a command's first event."""
        self.seq = seq = self.seq + 1
        name = NAMES[type(event)]
        data = _encode(event)
        if digest:
            data = b'{"command":"%b"%b%b' % (digest.encode(), b"" if data == b"{}" else b",", data[1:])
        canonical = _Canonical(actor, msgspec.Raw(data), event_time, id, recorded_time, seq, show, source, name)
        previous = self.hash
        self.hash = new = sha256(previous.encode() + _encode(canonical)).hexdigest()
        self._rows.append((seq, id, show, name, source, event_time, recorded_time, actor, data, previous, new))
        moves = event.moves
        if moves:
            self._move_counts.append((seq, len(moves), show))
            self._moves.extend(moves)
        return seq

    def events_table(self) -> pa.RecordBatch:
        """The batch's rows of `events`."""
        columns = list(zip(*self._rows, strict=True))
        arrays = [pa.array(values, kind) for values, kind in zip(columns, _EVENTS_WRITTEN, strict=True)]
        for number in _MOMENTS:
            arrays[number] = arrays[number].view(MOMENT)
        arrays[DATA] = pa.ExtensionArray.from_storage(pa.json_(), arrays[DATA])
        return pa.RecordBatch.from_arrays(arrays, schema=EVENTS)

    def moves_table(self) -> pa.RecordBatch | None:
        """The batch's rows of `moves`, or None when nothing moved."""
        if not self._moves:
            return None
        seqs: list[int] = []
        lines: list[int] = []
        shows: list[str] = []
        for seq, count, show in self._move_counts:
            seqs += [seq] * count
            lines += range(count)
            shows += [show] * count
        sku, book, source, target, quantity = zip(*map(_COLUMNS_OF_A_MOVE, self._moves), strict=True)
        columns = (seqs, lines, shows, sku, book, source, target, quantity)
        arrays = [pa.array(values, kind) for values, kind in zip(columns, MOVES.types, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=MOVES)
