"""What the auditor asks of one claim: are its names the show's, was its fact true, does its text say just that?

    Claim + Stage -> names, text: sentences
    Claim + Ledger -> facts: sentences, and when each part of the fact was not so any more

Each sentence is what a line's event does ("says units left 12; it was 11") without its end. Which numbers a kind of
claim has to name stands in `MUST`; any further number that its fact names is asked for in the text as well. An answer
to a viewer speaks the viewer's language, may be about any region, and names what it likes; its numbers are held to the
same ledger.
"""

from collections.abc import Iterator
from decimal import Decimal

from dashboard.journal.verify_claims_facts import NEVER, Ledger, Untrue, counted, fact_seq
from dashboard.journal.verify_claims_read import ANSWER, Claim, Stage, base
from dashboard.journal.verify_claims_text import (
    SHARE,
    Expected,
    amount,
    currency_problem,
    moment,
    problems,
    without,
)

SECOND = 1_000_000
HOUR = 3_600 * SECOND
BEFORE, BEHIND = 5 * SECOND, 2 * SECOND
"""A line's hours are as of its frame, which is made a moment before the line is recorded; they are cut to 0.001 h."""
MUST = {
    "low_stock": ("units_left",),
    "restock": ("units_incoming", "eta", "shipment"),
    "limit": ("limit",),
    "price": ("price_minor", "currency"),
    "coupon": ("percent", "code"),
    "bundle": ("percent", "skus"),
    "slow_region": (),
    "next_hero": (),
    ANSWER: (),
}
"""Every kind of claim, and what its fact has to name."""
LANGUAGES = ("en", "zh", "es", "de", "fr", "th", "ms", "id", "vi", "pt", "ja", "ko")
STAND_IN = "en"
"""What a channel is given whose language has no words here."""
MOMENTS = ("eta", "until")
_NOT_NUMBERS = ("seq", "expires", "price_minor", "percent", "limit", *MOMENTS)


def names(claim: Claim, stage: Stage) -> Iterator[str]:
    """What is wrong with the names a claim uses."""
    region = claim.word("region")
    if claim.kind not in MUST:
        yield f"shows a line of kind {claim.kind!r}, which there is not"
    if claim.channel not in stage.channels:
        yield f"shows a line on {claim.channel!r}, which is no channel of the show"
    elif claim.kind != ANSWER and stage.channels[claim.channel] != region:
        yield f"shows {claim.channel} a line about {region!r}, but it sells in {stage.channels[claim.channel]!r}"
    if region not in stage.regions and (region or claim.kind != ANSWER):
        yield f"is about region {region!r}, which the show does not have"
    for sku in claim.skus():
        if sku not in stage.titles:
            yield f"is about SKU {sku!r}, which the show does not have"
    if not claim.skus() and claim.kind != ANSWER:
        yield "is about no SKU"
    if not claim.text.strip():
        yield "shows an empty text"
    if not _speaks(claim, stage):
        yield f"speaks {claim.language!r}, which {claim.channel} does not"


def _speaks(claim: Claim, stage: Stage) -> bool:
    """Whether its channel spoke a claim's language at its seq or when it was shown; answers speak the viewer's."""
    if claim.kind == ANSWER:
        return base(claim.language) in LANGUAGES
    set_at = stage.spoken.get(claim.channel, [])
    spoken = {
        one if one in LANGUAGES else STAND_IN
        for upto in (fact_seq(claim), claim.seq)
        for one in next((languages for seq, languages in reversed(set_at) if seq <= upto), ())
    }
    return base(claim.language) in spoken


def facts(claim: Claim, stage: Stage, ledger: Ledger) -> Iterator[tuple[str, Untrue]]:
    """What was not as a claim's fact says (empty: it was), and when each part of it was not so any more."""
    fact, sku, region = claim.fact, claim.word("sku"), claim.word("region")
    lacking = [name for name in MUST.get(claim.kind, ()) if not fact.get(name)]
    if lacking:
        yield f"has a fact without {lacking[0]}", []
    if not -1 < fact_seq(claim) < claim.seq:
        yield f"has a fact as of event {fact.get('seq')!r}, which is none before it", []
        return
    yield from _left(claim, ledger)
    if claim.kind == "restock" or "units_incoming" in fact:
        yield _incoming(claim, stage, ledger)
    if fact.get("limit") is not None:
        term, untrue = ledger.term(claim, "limit", sku, region)
        yield (
            _unless((term.value if term else None) == fact["limit"], "limit", fact["limit"], term and term.value),
            untrue,
        )
    if "price_minor" in fact:
        price, untrue = ledger.price(claim, sku)
        yield _unless(price == fact["price_minor"], "price in minor units", fact["price_minor"], price), untrue
        paid = stage.currencies.get(sku, set())
        yield _unless(claim.word("currency") in paid, "currency", claim.word("currency"), " or ".join(paid)), []
    for name in ("days_min", "days_max"):
        if name in fact:
            days = stage.days.get(region, set())
            yield _unless(claim.whole(name) in days, name, fact[name], sorted(days)), []
    if "percent" in fact:
        yield _offer(claim, stage, ledger)


def _left(claim: Claim, ledger: Ledger) -> Iterator[tuple[str, Untrue]]:
    told = claim.fact.get("units_left")
    for sku in counted(claim):
        units, untrue = ledger.left(claim, sku)
        if told is not None:
            right = type(told) is int and told == units and (told > 0 or claim.kind == ANSWER)
            yield _unless(right, f"units left of {sku}", told, units), untrue
        elif units <= 0:
            yield f"offers {sku}, of which {units} were left in {claim.word('region')}", []
        else:
            yield "", untrue


def _incoming(claim: Claim, stage: Stage, ledger: Ledger) -> tuple[str, Untrue]:
    """Whether goods were under way to a place that serves the region, that many, with that arrival."""
    sku, told = claim.word("sku"), claim.fact.get("units_incoming")
    sent = [one for one in stage.shipments if one.seq <= fact_seq(claim) and one.eta == claim.moment("eta")]
    shipment, place = claim.word("shipment"), claim.word("place")
    sent = [one for one in sent if shipment in ("", one.shipment)]
    sent = [one for one in sent if place in ("", one.place, stage.places.get(one.place))]
    sent = [one for one in sent if claim.word("region") in ("", *stage.serves.get(one.place, ()))]
    found = [ledger.incoming(claim, sku, one) for one in sent]
    for units, untrue in found:
        if units == told and units > 0:
            return "", untrue
    there = ", ".join(str(held.value) for held in found) or "none"
    return f"says {told!r} units of {sku} come at {claim.fact.get('eta')!r} with {shipment!r}; it was {there}", []


def _offer(claim: Claim, stage: Stage, ledger: Ledger) -> tuple[str, Untrue]:
    """Whether the coupon or bundle of a claim was in force, and when it was not any more."""
    sku, region, told = claim.word("sku"), claim.word("region"), claim.fact["percent"]
    if "skus" in claim.fact:
        wanted: object = (frozenset(claim.skus()), told)
        keys = [key for key in stage.terms if key[:2] == ("bundle", region)]
        keys = [key for key in keys if claim.word("bundle") in ("", key[2])]
    else:
        wanted, keys = (claim.word("code"), told), [("coupon", sku, region)]
    for key in keys:
        term, untrue = ledger.term(claim, *key)
        ended = term is not None and term.expires is not None and term.expires < claim.shown_at - BEFORE
        until_then = "until" not in claim.fact or (term is not None and term.expires == claim.moment("until"))
        if term is not None and term.value == wanted and told and not ended and until_then:
            return "", untrue
    what = "bundle" if "skus" in claim.fact else f"coupon {claim.word('code')!r}"
    return f"offers {told!r} % with a {what} that was not in force in {region}", []


def _unless(right: bool, what: str, told: object, found: object) -> str:
    return "" if right else f"says {what} {told!r}; it was {found!r}"


def text(claim: Claim, stage: Stage) -> Iterator[str]:
    """What a claim's text says that its fact does not, or leaves out."""
    language, fact = base(claim.language), claim.fact
    expected = list(_expected(claim))
    known = [*claim.skus(), *(stage.titles.get(sku, "") for sku in claim.skus()), claim.word("code")]
    known += [claim.word("region"), stage.regions.get(claim.word("region"), "")]
    known += [claim.word("place"), stage.places.get(claim.word("place"), ""), claim.word("bundle")]
    dates = [
        moment(at, zone)
        for name in MOMENTS
        if claim.kind == ANSWER and (at := claim.moment(name)) is not None and abs(at) < NEVER
        for zone in stage.zones
    ]
    if claim.kind == ANSWER:
        known += [*stage.titles.values(), *stage.places.values()]
    yield from problems(claim.text, language, known, expected, dates)
    titles = claim.skus() if claim.kind != ANSWER else ()
    for sku in fact["skus"] if claim.kind == "bundle" and isinstance(fact.get("skus"), list) else titles:
        title = stage.titles.get(sku, "") if isinstance(sku, str) else ""
        if title and title not in claim.text:
            yield f"does not name {title!r}"
    if claim.word("code") and claim.word("code") not in claim.text:
        yield f"does not say its code {claim.word('code')!r}"
    if claim.word("currency") and "price_minor" in fact:
        wrong = currency_problem(without(claim.text, known), claim.word("currency"))
        if wrong:
            yield wrong


def _expected(claim: Claim) -> Iterator[Expected]:
    """The numbers that a claim's text is to say."""
    answer = claim.kind == ANSWER
    for name in sorted(claim.fact.keys() - set(_NOT_NUMBERS)):
        told = claim.whole(name)
        if told is not None and not (name == "days_max" and told == claim.whole("days_min")):
            yield Expected(name.replace("_", " "), (Decimal(told),), must=not (answer and told == 0))
    limit, percent, price = claim.whole("limit"), claim.whole("percent"), claim.whole("price_minor")
    if limit is not None:
        yield Expected("limit", (Decimal(limit),))
    if percent is not None:
        yield Expected("percent", (Decimal(percent),), SHARE)
    if price is not None:
        yield Expected("price", (amount(price, claim.word("currency")),))
    eta = claim.whole("eta")
    if eta is not None and not answer:
        hours = (max(1, -((at - eta) // HOUR)) for at in (claim.shown_at - BEFORE, claim.shown_at + BEHIND))
        yield Expected("hours", tuple(Decimal(one) for one in dict.fromkeys(hours)))
