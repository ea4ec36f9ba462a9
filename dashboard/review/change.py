"""A change: what a rerun does otherwise, read from a TOML file or from text somebody typed.

    at = "T+10:00"                 rules, their numbers and the rest hold from then on; the start by default
    without = [1234]               leave out what the command behind this entry of the journal did
    rules_again = true             rules decide anew instead of what they did; so they do wherever one is set
    [rules]                        flexible_top_up = "auto", or all = "off"
    [parameters]                   top_up_units = 300
    [[move]]                       at = "T+10:00"   sku = "HALO"   from = "flexible"   to = "region/US"   units = 200
    [[opening]]                    sku = "HALO"   pool = "region/US"   units = 500

An opening names what pools hold of a SKU before anything is listed; pools it does not name keep their units, but for
the flexible pool, which holds the rest. Moments are written as everywhere: T+mm:ss, the studio's clock, ISO 8601.
Invariants: what is read here names only rules, numbers, SKUs and pools that the show has, so a rerun never meets a
name it does not know. What can fail is every word of it: a `ChangeProblem` says which, and what would be right.
"""

import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.decision.ledger import FLEXIBLE, region_pool
from dashboard.decision.parameters import ALL, PARAMETERS, RULES
from dashboard.projections import instant

LEVELS = ("off", "suggest", "auto")
KEYS = ("at", "without", "rules_again", "rules", "parameters", "move", "opening")
MOVE_KEYS = ("at", "sku", "from", "to", "units")
OPENING_KEYS = ("sku", "pool", "units")
SIZE_MAX = 200_000
UNITS_MAX = 1_000_000_000


class ChangeProblem(ValueError):
    """A change cannot be read; the sentence says what is wrong and what would be right."""


class ManualMove(msgspec.Struct, frozen=True):
    """Units a person moves between pools at a time (microseconds)."""

    at: int
    sku: str
    from_pool: str
    to_pool: str
    units: int


class OpeningLine(msgspec.Struct, frozen=True):
    """What a pool holds of a SKU before anything is listed."""

    sku: str
    pool: str
    units: int


class Change(msgspec.Struct, frozen=True):
    """What a rerun does otherwise; an empty one does nothing otherwise."""

    at: int | None = None
    levels: dict[str, str] = {}
    parameters: dict[str, float] = {}
    without: tuple[int, ...] = ()
    moves: tuple[ManualMove, ...] = ()
    opening: tuple[OpeningLine, ...] = ()
    rules_again: bool = False

    def __bool__(self) -> bool:
        """Whether anything is done otherwise."""
        return bool(self.levels or self.parameters or self.without or self.moves or self.opening or self.rules_again)


def read_file(path: str | Path, opened: e.ShowOpened) -> Change:
    """Read a change from a file; raises ChangeProblem."""
    try:
        raw = Path(path).read_bytes()
    except OSError as problem:
        raise ChangeProblem(f"{path} cannot be read: {problem.strerror}.") from None
    if len(raw) > SIZE_MAX:
        raise ChangeProblem(f"{path} has {len(raw):,} bytes; a change is a TOML file of at most {SIZE_MAX:,}.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ChangeProblem(f"{path} is no UTF-8 text; a change is a TOML file.") from None
    return read(text, opened, str(path))


def read(text: str, opened: e.ShowOpened, name: str = "The change") -> Change:
    """Read a change from TOML text, for the show it is tried on; raises ChangeProblem."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ChangeProblem(f"{name} is no TOML: {problem}.") from None
    _demand_known(name, table, KEYS)
    reading = _Reading(name, opened)
    return Change(
        at=reading.moment("at", table["at"]) if "at" in table else None,
        levels=reading.levels(table.get("rules", {})),
        parameters=reading.parameters(table.get("parameters", {})),
        without=reading.seqs(table.get("without", [])),
        moves=tuple(reading.move(row) for row in reading.rows("move", table.get("move", []), MOVE_KEYS)),
        opening=reading.opening(reading.rows("opening", table.get("opening", []), OPENING_KEYS)),
        rules_again=reading.flag("rules_again", table.get("rules_again", False))
        or bool(table.get("rules") or table.get("parameters")),
    )


def _demand_known(name: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            raise ChangeProblem(f"{name} has {key!r}; {_meant(key, known)}")


def _meant(word: str, known: Collection[str]) -> str:
    """Which known word was probably meant, or all of them."""
    near = difflib.get_close_matches(word, known, 1)
    some = ", ".join(sorted(known)[:12]) + (" ..." if len(known) > 12 else "")
    return f"do you mean {near[0]!r}?" if near else f"there is {some}."


class _Reading:
    """The words of a change, each looked up in the show."""

    def __init__(self, name: str, opened: e.ShowOpened) -> None:
        self.name, self.opened = name, opened
        self.skus = [sku.sku for sku in opened.skus]
        self.pools = [FLEXIBLE, *(region_pool(region.region) for region in opened.regions)]

    def problem(self, what: str) -> ChangeProblem:
        return ChangeProblem(f"{self.name}: {what}")

    def moment(self, key: str, value: object) -> int:
        if not isinstance(value, str):
            raise self.problem(f'{key} is {value!r}; write a moment as text, such as "T+10:00".')
        try:
            return instant.read(value, self.opened.starts_at, self.opened.time_zone)
        except instant.InstantProblem as problem:
            raise self.problem(f"{key}: {problem}") from None

    def flag(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.problem(f"{key} is {value!r}; write true or false.")
        return value

    def rows(self, key: str, value: object, keys: Collection[str]) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.problem(f"{key} is a list of tables; write [[{key}]] above each.")
        for row in value:
            _demand_known(f"{self.name}: a [[{key}]]", row, keys)
            missing = [name for name in keys if name not in row]
            if missing:
                raise self.problem(f"a [[{key}]] lacks {', '.join(missing)}.")
        return value

    def levels(self, value: object) -> dict[str, str]:
        names = [ALL, *(rule.name for rule in RULES)]
        for rule, level in self._table("rules", value, names).items():
            if level not in LEVELS:
                raise self.problem(f"rule {rule} is set to {level!r}; it takes {', '.join(LEVELS)}.")
        return dict(value)  # type: ignore[call-overload,no-any-return]

    def parameters(self, value: object) -> dict[str, float]:
        known = {parameter.name: parameter for parameter in PARAMETERS}
        for name, number in self._table("parameters", value, known).items():
            parameter = known[name]
            is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
            if not is_number or not parameter.least <= number <= parameter.most:
                allowed = f"{parameter.least:g} to {parameter.most:g} {parameter.unit}"
                raise self.problem(f"parameter {name} is {number!r}; it takes {allowed}.")
        return {name: float(number) for name, number in value.items()}  # type: ignore[attr-defined]

    def _table(self, key: str, value: object, known: Collection[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.problem(f"{key} is {value!r}; write it as a table, [{key}].")
        _demand_known(f"{self.name}: [{key}]", value, known)
        return value

    def seqs(self, value: object) -> tuple[int, ...]:
        whole = isinstance(value, list) and all(type(seq) is int and seq > 0 for seq in value)
        if not whole:
            raise self.problem(f"without is {value!r}; it lists the seq of each entry to leave out, as in [1234].")
        assert isinstance(value, list)
        return tuple(value)

    def units(self, key: str, value: object, least: int) -> int:
        if type(value) is not int or not least <= value <= UNITS_MAX:
            raise self.problem(f"units of a [[{key}]] is {value!r}; it takes a whole number from {least} on.")
        return value

    def _known(self, what: str, value: object, known: Collection[str]) -> str:
        if not isinstance(value, str) or value not in known:
            raise self.problem(f"the show has no {what} {value!r}; {_meant(str(value), known)}")
        return value

    def move(self, row: Mapping[str, Any]) -> ManualMove:
        source, target = self._known("pool", row["from"], self.pools), self._known("pool", row["to"], self.pools)
        if source == target:
            raise self.problem(f"a [[move]] goes from {source} to itself; name two pools.")
        sku = self._known("SKU", row["sku"], self.skus)
        return ManualMove(self.moment("at", row["at"]), sku, source, target, self.units("move", row["units"], 1))

    def opening(self, rows: Iterable[Mapping[str, Any]]) -> tuple[OpeningLine, ...]:
        lines = tuple(
            OpeningLine(
                self._known("SKU", row["sku"], self.skus),
                self._known("pool", row["pool"], self.pools),
                self.units("opening", row["units"], 0),
            )
            for row in rows
        )
        named = [(line.sku, line.pool) for line in lines]
        twice = next((pair for pair in named if named.count(pair) > 1), None)
        if twice:
            raise self.problem(f"the opening names {twice[0]} in {twice[1]} twice; give its units once.")
        return lines
