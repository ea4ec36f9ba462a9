"""What the auditor of claims reads out of a journal: the stage, the terms, the lines and what became of each.

    events (a dozen types, in order) -> a Stage a show + a Claim a line shown + breaches of the order of things

A claim is a line that was shown. It stands until another replaces it, until it is retracted (the code says why) or
until its show closes, and it may have been said; an answer to a viewer is a claim that never stands. A journal may say
anything: what has not the shape of a line is a breach or reads as empty, never an exception. Nothing is shared with
whoever wrote the journal.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

TYPES = (
    "show_opened", "show_closed", "line_published", "line_retracted", "line_said", "speech_set", "limit_set",
    "coupon_set", "price_set", "bundle_set", "shipment_started",
)  # fmt: skip
READ = f"""
    select seq, show_id, type, epoch_us(recorded_time), data::varchar, hash from j.events
    where type in ({", ".join(repr(name) for name in TYPES)}) order by seq"""  # noqa: S608 - our own names
"""The query whose rows `follow` takes; the names are our own."""
REPLACED, CLOSED, ANSWERED = "replaced", "show_closed", "answered"
ANSWER = "answer"
"""The kind of claims that stand no longer than it takes to say them."""
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS_MAX = 10_000

Row = dict[str, Any]
Told = Callable[[str, int, str, str], None]
"""Takes a breach: check, seq, show, sentence."""


class Term(NamedTuple):
    """A term as of an event: limit, price, (code, percent) or (SKUs, percent); None or percent 0: no more."""

    seq: int
    at: int
    value: Any
    expires: int | None = None


class Shipment(NamedTuple):
    """Goods sent to a place, and when they are to arrive."""

    seq: int
    shipment: str
    place: str
    eta: int


@dataclass
class Stage:
    """A show's names and terms; terms by what they are about, each list in order."""

    titles: dict[str, str] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)
    currencies: dict[str, set[str]] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    spoken: dict[str, list[tuple[int, frozenset[str]]]] = field(default_factory=dict)
    serves: dict[str, set[str]] = field(default_factory=dict)
    days: dict[str, set[int]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    zones: tuple[str, ...] = ()
    terms: dict[tuple[str, ...], list[Term]] = field(default_factory=dict)
    shipments: list[Shipment] = field(default_factory=list)
    lines: dict[str, "Claim"] = field(default_factory=dict)
    closed_at: int | None = None


@dataclass
class Claim:
    """A line that was shown; times in microseconds since 1970 UTC, None: not yet."""

    seq: int
    show: str
    line: str
    channel: str
    language: str
    kind: str
    register: str
    text: str
    fact: Row
    shown_at: int
    hash: str
    ended_at: int | None = None
    ended: str = ""
    said_at: int | None = None
    times_said: int = 0

    def whole(self, name: str) -> int | None:
        """A whole number of the fact, None where it has none of that name."""
        told = self.fact.get(name)
        return told if type(told) is int else None

    def moment(self, name: str) -> int | None:
        """A moment of the fact, microseconds since 1970 UTC: a number, or ISO 8601 in an answer."""
        told = self.fact.get(name)
        if not isinstance(told, str):
            return self.whole(name)
        try:
            at = datetime.fromisoformat(told)
        except ValueError:
            return None
        return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _1970) // timedelta(microseconds=1)

    def word(self, name: str) -> str:
        """A text of the fact, empty where it has none of that name."""
        return _text(self.fact.get(name))

    def skus(self) -> tuple[str, ...]:
        """The SKUs it is about: its own, and those of a bundle."""
        told = self.fact.get("skus")
        named = [sku for sku in told if isinstance(sku, str)] if isinstance(told, list) else []
        return tuple(dict.fromkeys(sku for sku in (self.word("sku"), *named) if sku))


def follow(rows: Iterable[tuple[int, str, str, int, str, str]], tell: Told) -> tuple[dict[str, Stage], list[Claim]]:
    """Read the events of `READ`; returns the stage of every show and all claims in order."""
    stages: dict[str, Stage] = {}
    claims: list[Claim] = []
    for seq, show, kind, at, text, digest in rows:
        data = _object(text)
        stage = stages.setdefault(show, Stage())
        if kind == "show_opened":
            _opened(stage, data)
        elif kind == "show_closed":
            _closed(stage, at)
        elif kind == "line_published":
            claims.append(_shown(stage, seq, show, at, data, digest, tell))
        elif kind in ("line_retracted", "line_said"):
            _told_of(stage, kind, seq, show, at, data, tell)
        else:
            _term(stage, kind, seq, at, data)
    return stages, claims


def base(language: str) -> str:
    """The language itself, of a tag that may name a script or a country as well."""
    return language.replace("_", "-").split("-")[0].lower()


def _shown(stage: Stage, seq: int, show: str, at: int, data: Row, digest: str, tell: Told) -> Claim:
    fact = data.get("fact")
    claim = Claim(
        seq, show, _text(data.get("line")), _text(data.get("channel")), _text(data.get("language")),
        _text(data.get("kind")), _text(data.get("register", "calm")), _text(data.get("text")),
        fact if isinstance(fact, dict) else {}, at, digest,
    )  # fmt: skip
    if claim.line in stage.lines or not claim.line:
        tell("order", seq, show, f"shows line {claim.line!r} a second time.")
    if stage.closed_at is not None:
        tell("order", seq, show, f"shows line {claim.line!r} after the show has closed.")
    replaced = _text(data.get("replaces"))
    if replaced:
        old = stage.lines.get(replaced)
        if old and (old.channel, base(old.language)) != (claim.channel, base(claim.language)):
            tell("order", seq, show, f"replaces line {replaced!r}, which another channel or language shows.")
        _end(old, replaced, at, REPLACED, seq, show, tell)
    if claim.kind == ANSWER:
        claim.ended_at, claim.ended = at, ANSWERED
    stage.lines[claim.line] = claim
    return claim


def _closed(stage: Stage, at: int) -> None:
    """A close ends whatever stands."""
    stage.closed_at = at
    for claim in stage.lines.values():
        if claim.ended_at is None:
            claim.ended_at, claim.ended = at, CLOSED


def _told_of(stage: Stage, kind: str, seq: int, show: str, at: int, data: Row, tell: Told) -> None:
    name = _text(data.get("line"))
    claim = stage.lines.get(name)
    if kind == "line_retracted":
        _end(claim, name, at, _text(data.get("reason")) or "retracted", seq, show, tell)
    elif claim is None:
        tell("order", seq, show, f"says line {name!r}, which was never shown.")
    else:
        claim.times_said += 1
        claim.said_at = at if claim.said_at is None else claim.said_at


def _end(claim: Claim | None, name: str, at: int, code: str, seq: int, show: str, tell: Told) -> None:
    how = "replaces" if code == REPLACED else "retracts"
    if claim is None:
        tell("order", seq, show, f"{how} line {name!r}, which was never shown.")
    elif claim.ended in (CLOSED, ANSWERED) and how == "retracts":
        return  # whoever clears up behind a close takes back nothing
    elif claim.ended_at is not None:
        tell("order", seq, show, f"{how} line {name!r}, which was {claim.ended} already.")
    else:
        claim.ended_at, claim.ended = at, code


def _term(stage: Stage, kind: str, seq: int, at: int, data: Row) -> None:
    sku, region, percent = _text(data.get("sku")), _text(data.get("region")), _whole(data.get("percent")) or 0
    expires = _whole(data.get("expires"))
    if kind == "speech_set":
        languages = data.get("languages")
        spoken = (
            frozenset(base(one) for one in languages if isinstance(one, str)) if isinstance(languages, list) else ()
        )
        stage.spoken.setdefault(_text(data.get("channel")), []).append((seq, frozenset(spoken)))
    elif kind == "shipment_started":
        place, eta = _text(data.get("to_location")), _whole(data.get("eta")) or 0
        stage.shipments.append(Shipment(seq, _text(data.get("shipment")), place, eta))
    elif kind == "limit_set":
        _put(stage, ("limit", sku, region), Term(seq, at, _whole(data.get("units_per_order"))))
    elif kind == "price_set":
        channel = _text(data.get("channel"))
        _put(stage, ("price", sku, channel), Term(seq, at, _whole(data.get("price_minor"))))
    elif kind == "coupon_set":
        _put(stage, ("coupon", sku, region), Term(seq, at, (_text(data.get("code")), percent), expires))
    else:
        told = data.get("skus")
        skus = frozenset(one for one in told if isinstance(one, str)) if isinstance(told, list) else frozenset()
        name = _text(data.get("bundle"))
        _put(stage, ("bundle", region, name), Term(seq, at, (skus, percent), expires))


def _put(stage: Stage, key: tuple[str, ...], term: Term) -> None:
    stage.terms.setdefault(key, []).append(term)


def _opened(stage: Stage, data: Row) -> None:
    currency = _text(data.get("currency", "USD"))
    for row in _rows(data, "skus"):
        sku = _text(row.get("sku"))
        stage.titles[sku] = _text(row.get("title")) or sku
        stage.prices[sku] = _whole(row.get("price_minor")) or 0
        stage.currencies[sku] = {currency, _text(row.get("currency", "USD"))}
    for row in _rows(data, "regions"):
        stage.regions[_text(row.get("region"))] = _text(row.get("name"))
    for row in _rows(data, "channels"):
        name = _text(row.get("channel"))
        stage.channels[name] = _text(row.get("region"))
        stage.spoken[name] = [(0, frozenset((base(_text(row.get("language", "en"))),)))]
    for row in _rows(data, "locations"):
        stage.places[_text(row.get("location"))] = _text(row.get("name"))
    for row in _rows(data, "lanes"):
        stage.serves.setdefault(_text(row.get("location")), set()).add(_text(row.get("region")))
        days = row.get("days", 3.0)
        if isinstance(days, int | float) and 0 <= days < _DAYS_MAX:
            stage.days.setdefault(_text(row.get("region")), set()).add(ceil(days))
    zones = [_text(data.get("time_zone", "UTC"))]
    zones += [_text(row.get("time_zone", "UTC")) for name in ("regions", "locations") for row in _rows(data, name)]
    stage.zones = tuple(dict.fromkeys(zones))


def _rows(data: Row, name: str) -> Iterator[Row]:
    told = data.get(name)
    return (row for row in told if isinstance(row, dict)) if isinstance(told, list) else iter(())


def _object(text: str) -> Row:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if type(value) is int else None
