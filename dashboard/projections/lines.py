"""Host lines: what the host could say now, in the words of the channel's languages, each bound to a fact of the ledger.

    sayable facts of the channel's region -> those that do not rest -> the best of every kind, a handful -> words

What a region has left may all be listed on other channels; then a channel has none of it to sell and does not offer it.

A line is computed from the frame's own numbers at its seq, so it cannot outlive its fact: when the fact changes, the
next frame has another line or none. A channel whose feed is late has none, since what is left may be untrue by now;
this and every other line that is true but may not be said is listed as withheld, with the reason. `line` is the name
under which the journal has these very words (`speech.prompter` writes them there before anybody sees the frame), or the
one it is going to have. `expires` says how long a read-out may be trusted without looking again.

The handful is chosen by worth: first the best line of each kind, then the second best. A line that stands is worth a
little more, so that lines do not take turns every second, and less the longer it was offered without being said.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from dashboard.decision.events import ShowOpened
from dashboard.decision.ledger import Book, region_pool
from dashboard.decision.world import Channel
from dashboard.projections import sayable
from dashboard.projections.sayable import Fact, Look
from dashboard.projections.spoken import Speech, Spoken, Standing, about_of, has_passed, rests, slot_of
from dashboard.projections.stock import Books
from dashboard.speech import phrases

Row = dict[str, Any]
LINES_PER_CHANNEL = 4
WITHHELD_PER_CHANNEL = 4
TRUST_SECONDS = 10
STANDING_WORTH = 2.0
TIRED_LEAST, TIRED_SECONDS = 0.25, 300.0
"""After so long on the screen without being said a line is worth half, and so on, but never less than a quarter."""
COMING = ("restock", "next_hero")
"""Kinds that speak of what is going to be there."""
SECOND = 1_000_000


def tables(opened: ShowOpened, frame: Row, spoken: Spoken, books: Books, at: int) -> tuple[list[Row], list[Row]]:
    """The lines of every channel at an instant, the best first, and what is withheld; both empty outside the show."""
    if frame["status"] != "open" or not opened.starts_at <= at <= opened.ends_at:
        return [], []
    look = sayable.look_at(opened, frame, at, _reach(opened, frame, books.goods))
    found = sayable.facts(look)
    late = {row["channel"]: row["reason"] for row in frame["withheld"]}
    shown: list[Row] = []
    withheld: list[Row] = []
    for channel in opened.channels:
        reason = late.get(channel.channel)
        if reason is not None:
            withheld.append(_withheld(channel, "", "", "late_feed", reason))
            continue
        here = (fact for fact in found.get(channel.region, ()) if fact.channel in ("", channel.channel))
        mine = [_listed(fact, channel, books.claims) for fact in here]
        held = sorted((fact for fact in mine if fact.code), key=_order)[:WITHHELD_PER_CHANNEL]
        withheld += [_withheld(channel, fact.kind, fact.sku, fact.code, fact.reason) for fact in held]
        said = [fact for fact in mine if not fact.code and not _rests(spoken, channel.channel, fact, at)]
        for fact in _handful(spoken, channel.channel, said, at):
            try:
                shown += _in_words(look, channel, spoken, fact)
            except phrases.PhraseProblem as problem:
                withheld.append(_withheld(channel, fact.kind, fact.sku, "no_words", str(problem)))
    return shown, withheld


def how(opened_channel: Channel, spoken: Spoken) -> Speech:
    """The languages and the tone of a channel: as set, else its own language, calm."""
    return spoken.speech.get(opened_channel.channel) or Speech((opened_channel.language,), "calm")


def _listed(fact: Fact, channel: Channel, claims: Book) -> Fact:
    """The fact, withheld where the channel has no unit of it to sell: none listed, and none in its region's pool."""
    seller, accounts = channel.behind or channel.channel, claims.get(fact.sku, {})
    can_sell = (f"channel/{seller}", f"cover/{seller}", region_pool(fact.region))
    if fact.code or fact.kind in COMING or any(accounts.get(account, 0) > 0 for account in can_sell):
        return fact
    reason = f"What {fact.region} has left of {fact.values['title']} is all listed on other channels."
    return fact._replace(code="not_listed", reason=reason)


def _reach(opened: ShowOpened, frame: Row, goods: Book) -> Callable[[str, str], bool]:
    """Whether a unit can be sent to a region: it is available where that is served from, or sold on its way there."""
    serving: dict[str, list[str]] = {}
    for lane in opened.lanes:
        serving.setdefault(lane.region, []).append(lane.location)
    coming: dict[str, set[str]] = {}
    for shipment in frame["shipments"] if opened.sells_in_transit else ():
        for line in shipment["on_the_way"]:
            coming.setdefault(line["sku"], set()).add(shipment["to_location"])

    def reaches(sku: str, region: str) -> bool:
        accounts, way = goods.get(sku, {}), coming.get(sku, ())
        places = serving.get(region, ())
        return any(accounts.get(f"{place}/available", 0) > 0 or place in way for place in places)

    return reaches


def _rests(spoken: Spoken, channel: str, fact: Fact, at: int) -> bool:
    about = about_of(channel, fact.kind, fact.sku, fact.region)
    return has_passed(spoken, about, at) or rests(spoken, about, fact.stated.get("units_left"), at)


def _order(fact: Fact) -> tuple[int, str, str]:
    return -fact.worth, fact.kind, fact.sku


def _handful(spoken: Spoken, channel: str, facts: list[Fact], at: int) -> list[Fact]:
    """The best of every kind, then the second best, by what saying it now is worth."""
    standing = {
        (one.kind, one.sku, one.region): one for one in spoken.standing.values() if one.channel == channel
    }  # fmt: skip

    def worth(fact: Fact) -> float:
        stands = standing.get((fact.kind, fact.sku, fact.region))
        tired = max(TIRED_LEAST, 0.5 ** ((at - stands.shown_at) / SECOND / TIRED_SECONDS)) if stands else 1.0
        return fact.worth * tired * (STANDING_WORTH if stands else 1.0)

    ranked = sorted(facts, key=lambda fact: (-worth(fact), fact.kind, fact.sku))
    best: dict[tuple[str, str, str], Fact] = {}
    for fact in ranked:
        best.setdefault(_named(fact), fact)
    nth: dict[str, int] = {}
    turns: list[tuple[int, int, Fact]] = []
    for place, fact in enumerate(best.values()):
        nth[fact.kind] = nth.get(fact.kind, -1) + 1
        turns.append((nth[fact.kind], place, fact))
    return [fact for _, _, fact in sorted(turns, key=lambda turn: turn[:2])[:LINES_PER_CHANNEL]]


def _in_words(look: Look, channel: Channel, spoken: Spoken, fact: Fact) -> list[Row]:
    """A fact in each language of a channel; raises PhraseProblem where it cannot be worded, as with no currency."""
    speech = how(channel, spoken)
    region = next(region for region in look.opened.regions if region.region == fact.region)
    values = fact.values | {"region_name": region.name or region.region}
    languages = dict.fromkeys(phrases.spoken(tag) for tag in speech.languages)
    texts = {language: phrases.line(fact.phrase, language, values, speech.register) for language in languages}
    return [_line(look, channel, language, fact, text, spoken) for language, text in texts.items()]


def _line(look: Look, channel: Channel, language: str, fact: Fact, text: str, spoken: Spoken) -> Row:
    slot = slot_of(channel.channel, language, fact.kind, fact.sku, fact.region)
    stands, told = spoken.standing.get(slot), spoken.said.get(about_of(channel.channel, *_named(fact)))
    seq = look.frame["seq"]
    name = stands.line if stands and _says(stands, text, fact.stated) else _name(slot, text, seq)
    return {
        "channel": channel.channel,
        "region": fact.region,
        "language": language,
        "kind": fact.kind,
        "text": text,
        "fact": fact.stated | {"seq": seq, "expires": fact.expires or look.at + TRUST_SECONDS * SECOND},
        "line": name,
        "register": how(channel, spoken).register,
        "value_minor": fact.worth,
        "shown_since": stands.shown_at if stands else look.at,
        "said_at": told.at if told else None,
    }


def _says(stands: Standing, text: str, stated: Row) -> bool:
    """Tell whether a standing line says just this: the same words for the same fact, whenever it was first true."""
    return stands.text == text and all(_plain(stands.fact.get(name)) == _plain(value) for name, value in stated.items())


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _named(fact: Fact) -> tuple[str, str, str]:
    return fact.kind, fact.sku, fact.region


def _name(slot: str, text: str, seq: int) -> str:
    """A new line's name: where it became true, and what it says about what."""
    return f"{seq}-{blake2b((slot + text).encode(), digest_size=5).hexdigest()}"


def _withheld(channel: Channel, kind: str, sku: str, code: str, reason: str) -> Row:
    return {
        "channel": channel.channel, "region": channel.region, "kind": kind, "sku": sku, "code": code, "reason": reason,
    }  # fmt: skip
