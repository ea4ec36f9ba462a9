"""Tapes: a test whose docstring is the test. One command a line, what comes of it behind the arrow.

    @tape()
    def test_an_order_takes_its_claim_and_its_goods():
        '''
        receive 100 lamp at LA
        move 60 lamp from flexible to region/US
        order A on tiktok-us: 3 lamp      -> 3 region/US > committed/tiktok-us, 3 LA/available > LA/committed
        order A on tiktok-us: 1 lamp      -> order_exists
        '''

A line without an arrow must be accepted. Behind the arrow stand, separated by commas: moves (all of them, in order; the
SKU may be left out), fields of the events (`presold=2`), `nothing moves`, or a refusal's code with the number that would
work. `name = command` remembers the seq for `undo name` and `seen name`, and its request for
`fulfil name`; `later 2h` moves the clock, which otherwise
advances by a second a line. PHRASES is the whole language; times in it are relative to the clock (`+36h`).
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from dashboard.decision import commands as c, events as e
from dashboard.decision.refusals import Code, Refusal
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import HOUR, MINUTE, SECOND, START, Watched

PHRASES: list[tuple[str, type[c.Command]]] = [
    ("close the show", c.CloseShow),
    ("receive <quantity> <sku> at <location>[ into <pool>]", c.ReceiveGoods),
    ("count of <sku> at <location> is off by <change>[ in <pool>]", c.AdjustGoods),
    ("quarantine <quantity> <sku> at <location>[ out of <pool>]", c.QuarantineGoods),
    ("release <quantity> <sku> at <location>[ into <pool>]", c.ReleaseGoods),
    (
        "send <shipment> from <from_location> to <to_location>: <lines>"
        "[ by <mode>][ out of <pool>][ into <arrive_pool>][ due <eta>]",
        c.StartShipment,
    ),
    ("<shipment> arrives[ with <lines>][, lost <lost>]{final}", c.ArriveShipment),
    ("issue <quantity> <sku>[ into <pool>]", c.IssueClaims),
    ("move <quantity> <sku> from <from_pool> to <to_pool>[ seen <seen_seq>][ keeping <keeps>]{recall}", c.Reallocate),
    ("open pool <name> with <quantity> <sku>[ from <from_pool>][ for <channels>]", c.OpenPool),
    ("close pool <name>[ to <to_pool>]", c.ClosePool),
    ("undo <seq>[ seen <seen_seq>][ shown <shown_units>]{recall}", c.Undo),
    ("fulfil <request>", c.FulfilRequest),
    ("ask no longer for <request>", c.WithdrawRequest),
    (
        "lend <quantity> <sku> from <from_pool> to <to_pool> as <loan>[ until <returns_at>]"
        "[ seen <seen_seq>][ keeping <keeps>]{recall}",
        c.LendUnits,
    ),
    ("give back <loan>", c.ReturnLoan),
    ("replenish <replenishment> with <quantity> <sku>[ by <need_by>]{urgent}", c.RequestReplenishment),
    ("safety of <sku> in <region> is <units>", c.SetSafety),
    ("<channel> announces order <order>", c.AnnounceOrder),
    (
        "order <order> on <channel>: <lines>[ to <country>][ before <viewers> viewers][ in <currency>]{sold}",
        c.PlaceOrder,
    ),
    ("cancel <order> of <channel>[: <lines>]{restocked}", c.CancelOrder),
    ("ship <order> of <channel>[: <lines>]", c.ShipOrder),
    ("return <order> of <channel> to <location>[: <lines>]{resellable}", c.ReturnOrder),
    ("expose <quantity> <sku> on <channel>[ from <from_pool>]", c.Expose),
    ("recall <quantity> <sku> from <channel>", c.Recall),
    ("withhold <quantity> <sku> for <channel>", c.Withhold),
    ("uncover <quantity> <sku> of <channel>", c.ReleaseCover),
    ("limit <sku> in <region> to <units_per_order>", c.SetLimit),
    ("price of <sku> is <price_minor>[ on <channel>]", c.SetPrice),
    ("coupon <code> for <percent> % on <sku> in <region>[ until <expires>]", c.SetCoupon),
    ("on screen <sku>{push}", c.SetOnScreen),
    ("bundle <bundle> of <skus> for <percent> % in <region>[ until <expires>]", c.SetBundle),
    ("weigh <sku> on <channel> by <percent> %", c.SetSplit),
    ("list <sku> as <mode>", c.SetListingMode),
    ("forecast by <tuning>", c.AdoptForecast),
    (
        "allocate[ by <method>][ with bids <bids>][ worth <worth>][ advising <advice>][ because <why>]",
        c.RecordAllocation,
    ),
    ("errand of <term> on <channel> is <outcome>", c.ReportErrand),
    ("alert <alert>[ by <decide_by>]", c.RaiseAlert),
    ("acknowledge <alert>", c.AcknowledgeAlert),
    ("resolve <alert>", c.ResolveAlert),
    ("propose <proposal>[ by <decide_by>]: <commands>", c.ProposeAction),
    ("approve <proposal>", c.ApproveAction),
    ("dismiss <proposal>", c.DismissAction),
    ("the cause of <proposal> is gone", c.WithdrawAction),
    ("rule <rule> is on <level>", c.SetAutonomy),
    ("parameter <parameter> is <value>", c.SetParameter),
    ("guest <guest> with <sku> on <channels>[ from <starts_at>][ until <ends_at>]", c.AnnounceGuest),
    ("say <line> on <channel>[ instead of <replaces>]", c.PublishLine),
    ("retract <line>", c.RetractLine),
    ("tell <line>", c.SayLine),
    ("speak <languages> on <channel>", c.SetSpeech),
    ("<channel> reports <level> <sku>", c.ReportLevel),
    ("note <text>", c.AddNote),
]
UNSAID: dict[type[c.Command], dict[str, Any]] = {
    c.StartShipment: {"eta": "+36h"},
    c.LendUnits: {"returns_at": "+1h"},
    c.RequestReplenishment: {"need_by": "+36h"},
    c.AnnounceGuest: {"starts_at": "+10m", "ends_at": "+20m"},
    c.RecordAllocation: {"method": "lp"},
    c.RaiseAlert: {"rule": "watch", "severity": "warning", "what": "runs low"},
    c.ProposeAction: {"rule": "watch", "what": "something", "why": "a reason"},
    c.PublishLine: {"language": "en", "kind": "low_stock", "text": "Only a few left."},
}
"""What a command needs and a tape does not care about."""

Seqs = dict[Any, int]
"""Line's name -> seq of its first transfer or last event; (name, "request") -> its number, which its request is called by."""

WIDE = {
    "commands": ".+",
    "text": ".+?",
    "lines": r"(?:nothing|\d+ \S+?(?:, \d+ \S+?)*)",
    "lost": r"\d+ \S+?(?:, \d+ \S+?)*",
    "bids": ".+?",
    "worth": ".+?",
    "advice": ".+?",
    "tuning": ".+",
    "why": ".+",
}
SHORTHAND: dict[str, Callable[[str], Any]] = {
    "bids": lambda text: {sku: int(minor) for sku, minor in map(_halves, text.split(", "))},
    "worth": lambda text: [
        {"sku": sku, "region": region, "minor": int(minor)}
        for (sku, region), minor in ((at.split("@"), minor) for at, minor in map(_halves, text.split(", ")))
    ],
    "advice": lambda text: [_advice(*one.split(" ")) for one in text.split(", ")],
    "tuning": lambda text: msgspec.json.decode(text) if text.startswith("{") else {"name": text},
}
"""How a tape writes what is no single word: `lamp=900, ring=40`, `lamp@US=900`, `3 lamp flexible region/US 40`."""
TIMES = ("eta", "decide_by", "expires", "returns_at", "need_by", "starts_at", "ends_at")
NONE = ("units_per_order", "units", "value")
"""What can be `none`."""
UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": 24 * HOUR}


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    text = re.sub(r"\[(.*?)\]", r"(?:\1)?", phrase)
    text = re.sub(r"\{(\w+)\}", r"(?P<\1_flag> \\(\1\\))?", text)
    return re.compile(re.sub(r"(?<!P)<(\w+)>", lambda found: f"(?P<{found[1]}>{WIDE.get(found[1], '[^ ,]+?')})", text))


def span(text: str) -> int:
    """Microseconds of `36h`, `+36h`, `-5m`."""
    return int(text[:-1]) * UNITS[text[-1]]


def command(text: str, id: str, now: int, seqs: Seqs, show: str = SHOW) -> c.Command:
    """Read one phrase as a command."""
    for phrase, kind in PHRASES:
        found = _pattern(phrase).fullmatch(text)
        if found:
            fields = {key: value for key, value in found.groupdict().items() if value is not None}
            fields = UNSAID.get(kind, {}) | fields
            fields = {key.removesuffix("_flag"): _value(key, value, now, seqs) for key, value in fields.items()}
            if kind is c.ProposeAction:
                fields["commands"] = [_raw(one, now, seqs, show) for one in fields["commands"].split(" + ")]
            body = {"type": kind.__struct_config__.tag, "id": id, "show": show, **fields}
            return _decoder(kind).decode(msgspec.json.encode(body))
    raise AssertionError(f"no phrase reads like {text!r}")


@cache
def _decoder(kind: type[c.Command]) -> msgspec.json.Decoder[c.Command]:
    return msgspec.json.Decoder(kind, strict=False)


def _raw(text: str, now: int, seqs: Seqs, show: str) -> msgspec.Raw:
    """A phrase inside a proposal; `{...}` is taken as it stands, for commands nobody can read."""
    return msgspec.Raw(text.encode() if text.startswith("{") else c.encode(command(text, "inner", now, seqs, show)))


def _value(key: str, text: str, now: int, seqs: Seqs) -> Any:
    if key.endswith("_flag"):
        return True
    if key in ("lines", "lost"):
        return [] if text == "nothing" else [_line(part) for part in text.split(", ")]
    if key in SHORTHAND:
        return SHORTHAND[key](text)
    if key in TIMES:
        return now + span(text)
    if key in ("seq", "seen_seq", "term"):
        return seqs.get(text, text)
    if key == "request":
        return f"c{seqs[text, 'request']}" if (text, "request") in seqs else text
    if key in ("channels", "skus", "languages"):
        return text.split("+")
    if key in NONE and text == "none":
        return None
    if key == "sku" and text == "nothing":
        return ""
    return text


def _halves(text: str) -> tuple[str, str]:
    """Both sides of an equals sign."""
    name, _, value = text.partition("=")
    return name, value


def _advice(quantity: str, sku: str, from_pool: str, to_pool: str, worth: str) -> dict[str, Any]:
    """One piece of advice."""
    row = {"sku": sku, "from_pool": from_pool, "to_pool": to_pool}
    return row | {"quantity": int(quantity), "worth_minor": int(worth)}


def _line(text: str) -> dict[str, Any]:
    quantity, sku = text.split(" ")
    sku, _, price = sku.partition("@")
    return {"sku": sku, "quantity": int(quantity)} | ({"price_minor": int(price)} if price else {})


class Tape:
    """Plays lines in one watched world."""

    def __init__(self, **world: Any) -> None:
        self.watched = Watched()
        self.now = START
        self.seqs: Seqs = {}
        self.number = 0
        opened = self.watched.ask(small_show(**world), self.now)
        assert not isinstance(opened, Refusal), opened

    @property
    def show(self) -> Any:
        """The show as the deciders see it."""
        return self.watched.world[SHOW]

    def play(self, text: str) -> None:
        """Play every line of a tape."""
        for line in _lines(text):
            try:
                self.line(line)
            except AssertionError as problem:
                raise AssertionError(f"{line.strip()}\n{problem}") from problem

    def line(self, line: str) -> None:
        """Play one line and compare."""
        asked, _, expected = (part.strip() for part in line.partition("->"))
        if asked.startswith("later "):
            self.now += span(asked.removeprefix("later "))
            return
        self.now += SECOND
        name, _, rest = asked.partition(" = ")
        if rest:
            asked = rest
        verdict = self.ask(asked)
        if not isinstance(verdict, Refusal):
            moved = [number for number, event in enumerate(verdict) if isinstance(event, e.Reallocated | e.Undone)]
            self.seqs[name] = self.watched.seq - len(verdict) + 1 + (moved or [len(verdict) - 1])[0]
            self.seqs[name, "request"] = self.number
        compare(verdict, expected)

    def ask(self, text: str) -> tuple[e.Event, ...] | Refusal:
        """Ask one phrase, now."""
        self.number += 1
        return self.watched.ask(command(text, f"c{self.number}", self.now, self.seqs), self.now)


def _lines(text: str) -> list[str]:
    """The lines of a tape; one that starts with its arrow goes on with the line before it."""
    lines: list[str] = []
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("->") or (lines and lines[-1].endswith(",")):
            lines[-1] = f"{lines[-1]} {line}"
        elif line:
            lines.append(line)
    return lines


def said(verdict: tuple[e.Event, ...]) -> list[tuple[str, str, str, int]]:
    """The moves of an answer."""
    return [(move.sku, move.source, move.target, move.quantity) for event in verdict for move in event.moves]


def _field(event: e.Event, field: str) -> Any:
    """A field of an event; `prices` are what its lines were sold for."""
    if field == "prices":
        return "+".join(str(line.price_minor) for line in event.lines)  # type: ignore[attr-defined]
    return getattr(event, field)


def compare(verdict: tuple[e.Event, ...] | Refusal, expected: str) -> None:
    """Hold an answer against what the tape says."""
    if isinstance(verdict, Refusal):
        code, _, number = expected.partition(" ")
        assert verdict.code == code, f"answered {verdict.code}: {verdict.sentence}"
        if number:
            assert str(verdict.would_work) == number, f"{verdict.would_work} would work: {verdict.sentence}"
            assert number in verdict.sentence or number in ("0", "None"), verdict.sentence
        return
    assert expected.split(" ")[0] not in list(Code), f"accepted with {said(verdict)}"
    moves: list[tuple[str, str, str, int]] = []
    for part in filter(None, expected.split(", ")):
        if " > " in part:
            source, target = part.split(" > ")
            quantity, *sku, account = source.split(" ")
            default = {move[0] for move in said(verdict)}
            moves.append((sku[0] if sku else min(default, default=""), account, target, int(quantity)))
        elif part == "nothing moves":
            assert not said(verdict), said(verdict)
        else:
            field, _, value = part.partition("=")
            found = [str(_field(event, field)) for event in verdict if hasattr(event, field) or field == "prices"]
            assert value in found, f"{field} is {found}"
    assert not moves or moves == said(verdict), f"moved {said(verdict)}"


def tape(**world: Any) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Make a test of a function whose docstring is a tape; `world` changes the small show."""

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        def test() -> None:
            Tape(**world).play(function.__doc__ or "")

        test.__name__, test.__doc__, test.__module__ = function.__name__, function.__doc__, function.__module__
        return test

    return decorate
