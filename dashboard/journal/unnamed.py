"""The public tables without the people in them: who may not know who bought still sees everything that was sold.

    journal file -> batches of rows -> names replaced with the show's key -> events, moves, observations as Parquet

Who or what is a person, and becomes a pseudonym:
* buyers, and order numbers, which lead whoever has the platform's books or a buyer's mail to the buyer; so the ids of
  whatever came through a channel, an import or a person, and of alerts about one order, which are made of them;
* whoever acts: an actor stays only if it is a program of ours or the channel itself.
And what a person typed (reasons, notes, alerts and proposals of their own) is left out. Guests and hosts stay, who are
on stage under these names, as do published lines, pools, SKUs and countries; and when something happened stays, so
whoever holds a platform's own list of orders can still compare times.

A pseudonym is a hash with a key of its own for every show: the same buyer is the same within a show, is nobody known in
the next one, and cannot be found by hashing ids one knows. A hash without a key of what was replaced would be such a
way, so the hashes of the chain and of commands are hashed with a key as well: each still follows the one before it, and
only who has the keys and the journal can compute them. Keys are 32 bytes, made by chance, and never lie beside the
tables; with the same keys the same journal gives the same rows.
What can fail: no journal (`VerifyProblem`), keys that cannot be read or folders that cannot be written (`KeysProblem`).
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from dashboard.journal import tables
from dashboard.journal.audit import ORDERS
from dashboard.journal.batch import EVENTS
from dashboard.journal.verify_opening import VerifyProblem as VerifyProblem, opened

KEY_BYTES = 32
PERSON = "operator"
"""The name of everybody at this machine, which names nobody."""
HOW = (
    "buyer-, order-, person- and id- are followed by the hex digits of BLAKE2b of what stood there, with the show's "
    "key, the word before the dash as personalisation, and a digest of 10 bytes. What people typed is left out; names "
    "on stage, pools, SKUs, countries and times stay."
)
HOW_OF_THE_CHAIN = (
    "prev_hash and hash are keyed hashes of the journal's: each follows the one before it, and none can be computed "
    "from these rows; the head here is the journal's own."
)
_PROGRAMS = re.compile(r"rule:[a-z_]+|allocator|clock|exchange|forecast|import|prompter|sandbox|stress")
_INSIDE = re.compile(r"/(rules/[a-z_]+|allocator|clock|forecast|prompter|sandbox)")
"""Sources whose ids and texts are made by rules and programs, of nothing that names anybody."""
_TYPED = ("reason", "text", "what", "why", "effect", "note")
_SPOKEN = ("line_published", "text")
_CHAIN = "chain"
_ABOUT_AN_ORDER = "uncovered"
_CHANGED = ("seq", "show_id", "type", "source", "id", "actor", "data", "prev_hash", "hash")
_WRITTEN = ("id", "source", "actor", "data", "prev_hash", "hash")


class KeysProblem(Exception):
    """The keys of an export cannot be used; the sentence says why."""


class Keys(NamedTuple):
    """The key of the chain, and one for every show."""

    chain: bytes
    shows: Mapping[str, bytes]


def read_keys(path: Path) -> Keys | None:
    """Read keys written earlier, None if there are none yet; raises KeysProblem."""
    try:
        told = json.loads(path.read_text())
        keys = Keys(bytes.fromhex(told[_CHAIN]), {show: bytes.fromhex(key) for show, key in told["shows"].items()})
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise KeysProblem(f"The keys {path} cannot be read: {problem.strerror or problem}.") from problem
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise KeysProblem(f"{path} holds no keys of an export; name the file of --keys, or a new one.") from problem
    if {len(key) for key in (keys.chain, *keys.shows.values())} != {KEY_BYTES}:
        raise KeysProblem(f"{path} holds a key that has not {KEY_BYTES} bytes; name the file of --keys, or a new one.")
    return keys


def write_keys(path: Path, keys: Keys) -> None:
    """Write keys into a file that only its owner may read; raises KeysProblem."""
    told = {_CHAIN: keys.chain.hex(), "shows": {show: key.hex() for show, key in keys.shows.items()}}
    beside = path.with_name(path.name + ".new")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - a mode
            file.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        beside.replace(path)
    except OSError as problem:
        raise KeysProblem(f"The keys {path} cannot be written: {problem.strerror or problem}.") from problem


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """What stands for a value: its kind (buyer, order, person, id) and 20 hex digits; nothing stays nothing."""
    return f"{kind}-{_finish(_hasher(key, kind, 10), value)}" if value else ""


def export(
    path: str | os.PathLike[str], directory: Path, keys: Keys | None, chance: Callable[[int], bytes]
) -> tuple[dict[str, int], Keys]:
    """Write the public tables of a journal without its people; returns rows per table, and the keys with new ones.

    Raises VerifyProblem, OSError. A table that is not whole does not get its name.
    """
    with opened(path) as connection:
        known = dict(keys.shows) if keys else {}
        shows = [row[0] for row in connection.execute("select distinct show_id from j.events order by 1").fetchall()]
        made = {show: chance(KEY_BYTES) for show in shows if show not in known}
        used = Keys(keys.chain if keys else chance(KEY_BYTES), known | made)
        people = connection.execute("select distinct show_id, actor, source from j.events").fetchall()
        replacing = _Replacing(used, people)
        return tables.write(connection, directory, "j.", replacing.batch), used


class _Show:
    """What a show's people become; hashers are begun once for each kind."""

    def __init__(self, key: bytes, people: Iterable[str]) -> None:
        self._begun = {kind: _hasher(key, kind, 10) for kind in ("buyer", "order", "person", "id")}
        self.command = _hasher(key, "command", 8)
        names = sorted((name for name in people if "@" in name or ":" in name), key=len, reverse=True)
        self.written = [(_inside_json(name), self.name("person", name)) for name in names]

    def name(self, kind: str, value: str) -> str:
        """The pseudonym of a value; see `pseudonym`."""
        return f"{kind}-{_finish(self._begun[kind], value)}" if value else ""

    def without_people(self, text: str) -> str:
        """A text in which nobody's address or token stands any more."""
        for written, stands in self.written:
            if written in text:
                text = text.replace(written, stands)
        return text


class _Replacing:
    """Turns batches of events into ones without people, in order."""

    def __init__(self, keys: Keys, people: Iterable[tuple[str, str, str]]) -> None:
        acting: dict[str, list[str]] = {}
        for show, actor, source in people:
            if not _is_program(actor, source) and actor != PERSON:
                acting.setdefault(show, []).append(actor)
        self._shows = {show: _Show(key, set(acting.get(show, ()))) for show, key in keys.shows.items()}
        self._chain = _hasher(keys.chain, "chain", 32)
        self._last = ("", "")

    def batch(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """A batch without people; every other column as it was."""
        told = [column.to_pylist() for column in (rows.column(name) for name in _CHANGED)]
        changed = list(zip(*(self._told(*row) for row in zip(*told, strict=True)), strict=True))
        for name, values in zip(_WRITTEN, changed, strict=True):
            place = EVENTS.get_field_index(name)
            rows = rows.set_column(place, EVENTS.field(name), _array(values, EVENTS.field(name).type))
        return rows

    def _told(self, seq: int, *row: str) -> tuple[str, ...]:
        try:
            return self._row(*row)
        except (msgspec.MsgspecError, TypeError, AttributeError, ValueError, KeyError, RecursionError) as problem:
            raise VerifyProblem(f"Event {seq} says nothing that can be read ({str(problem)[:90]}).") from problem

    def _row(
        self, show: str, kind: str, source: str, id: str, actor: str, data: str, before: str, after: str
    ) -> tuple[str, ...]:
        names, is_program = self._shows[show], _is_program(actor, source)
        if not (is_program and kind not in ORDERS and _INSIDE.fullmatch(source)):
            id, data = names.name("id", id), _data(names, kind, data, not is_program)
        shown = actor if is_program or actor == PERSON else names.name("person", actor)
        return (
            id,
            names.without_people(source),
            shown,
            names.without_people(data),
            self._link(before),
            self._link(after),
        )

    def _link(self, told: str) -> str:
        """A hash of the chain, hashed with the key of the chain; each is met twice."""
        if self._last[0] != told:
            self._last = told, _finish(self._chain, told)
        return self._last[1]


def _is_program(actor: str, source: str) -> bool:
    return "@" not in actor and bool(_PROGRAMS.fullmatch(actor) or source == f"/channels/{actor}")


def _data(names: _Show, kind: str, data: str, typed: bool) -> str:
    """What an event says, without buyer, order and, where a person asked for it, what they typed."""
    facts = msgspec.json.decode(data)
    if facts.get("command"):
        facts["command"] = _finish(names.command, facts["command"])
    if facts.get("buyer"):
        facts["buyer"] = names.name("buyer", facts["buyer"])
    if kind in ORDERS:
        facts["order"] = names.name("order", facts["order"])
    if str(facts.get("alert", "")).startswith(_ABOUT_AN_ORDER):
        _, channel, order = (*facts["alert"].split(":", 2), "", "")[:3]
        facts["alert"] = f"{_ABOUT_AN_ORDER}:{channel}:{names.name('order', order)}"
        if "what" in facts:
            facts["what"] = f"{channel} sold {names.name('order', order)}, which no unit covers."
    if typed:
        facts |= {name: "" for name in _TYPED if facts.get(name) and (kind, name) != _SPOKEN}
        facts |= {"commands": []} if facts.get("commands") else {}
    return msgspec.json.encode(facts).decode()


def _array(values: Sequence[str], kind: pa.DataType) -> pa.Array:
    texts = pa.array(values, pa.string())
    return texts if kind == pa.string() else pa.ExtensionArray.from_storage(kind, texts)


def _inside_json(text: str) -> str:
    """A text the way it stands within the texts of an event's data."""
    return msgspec.json.encode(text).decode()[1:-1]


def _hasher(key: bytes, kind: str, size: int) -> Any:
    return blake2b(key=key, person=kind.encode(), digest_size=size)


def _finish(begun: Any, value: str) -> str:
    """The hex digest of a value under a hasher that was begun."""
    hasher = begun.copy()
    hasher.update(value.encode("utf-8", "surrogatepass"))
    return str(hasher.hexdigest())
