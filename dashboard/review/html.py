"""The report as one page: a cover with the proof, and a section for every part of a review.

    review (one plain dict) -> sections -> one HTML file

The file is whole: no script, no font, no picture and no rule is fetched, and a policy inside it forbids that to any
browser. It reads on a screen and prints on A4. Everything foreign is escaped by `markup`; every figure says in a line
what it means; what is estimated says so, with its assumption.
"""

from collections.abc import Callable

from dashboard.review import figures, html_details, html_evidence
from dashboard.review.charts import curves, stock
from dashboard.review.html_short import in_short
from dashboard.review.html_view import Row, Shown, View
from dashboard.review.look import STYLE
from dashboard.review.markup import Safe, element, escape, join

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
DAYS_FROM_MINUTES = 20_000
TICK = Safe(
    '<svg viewBox="0 0 44 44" aria-hidden="true">'
    '<path d="M22 2l17 6v13c0 10-7 18-17 21C12 39 5 31 5 21V8z" fill="#1f8f6b"/>'
    '<path d="M13.5 22.5l6 6 11-12.5" fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/></svg>'
)
CROSS = Safe(
    '<svg viewBox="0 0 44 44" aria-hidden="true"><path d="M22 3l20 37H2z" fill="#d64545"/>'
    '<path d="M22 15v12M22 32v3" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>'
)


def page(review: Row, language: str = "en") -> str:
    """The report of a review in a language of `words.LANGUAGES`: the text of one HTML file."""
    view = View.of(review, language)
    say = view.say
    sections: list[tuple[str, str, Callable[[View], Safe]]] = [
        ("regions", say("Regions"), _regions),
        ("channels", say("Channels against plan"), html_details.channels),
        ("curves", say("The show as it went"), _curves),
        ("skus", say("SKUs"), html_details.skus),
        ("interventions", say("Interventions"), html_details.interventions),
        ("lost", say("Missed orders"), html_details.lost),
        ("countdown", say("Countdown"), html_evidence.countdown),
        ("plan", say("Next plan"), html_details.plan),
        ("evidence", say("Evidence"), html_evidence.evidence),
    ]
    links = element("nav", *(element("a", title, href=f"#{name}") for name, title, _ in sections))
    parts = [element("section", element("h2", title), make(view), id=name) for name, title, make in sections]
    foot = element("footer", say("Made from the journal alone; the same journal gives the same report."))
    title = escape(f"{review['show']['title']} · {say('Show review')}")
    locale = "zh-CN" if language == "zh" else "en"
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{title}</title><style>{STYLE}</style>"
    )
    body = join([_cover(view), links, element("main", _cards(view), in_short(view), *parts), foot])
    return f'<!doctype html>\n<html lang="{locale}"><head>{head}</head><body>{body}</body></html>\n'


def _cover(view: View) -> Safe:
    show, say = view.review["show"], view.say
    zone = show["time_zone"]
    days = dict.fromkeys(figures.day(show[name], zone, view.language) for name in ("starts_at", "ends_at"))
    span = f"{figures.clock(show['starts_at'], zone)}–{figures.clock(show['ends_at'], zone)} ({zone})"
    utc = f"{figures.clock(show['starts_at'], 'UTC')}–{figures.clock(show['ends_at'], 'UTC')} UTC"
    facts = [
        (say("Date"), " – ".join(days)),
        (say("Time"), f"{span} · {utc}"),
        (say("Host"), show["host"]),
        (say("Sold on"), _sold_on(view)),
        (say("State"), view.code("status", show["status"])),
    ]
    rows = [part for name, told in facts if told for part in (element("dt", name), element("dd", told))]
    left = element(
        "div", element("p", say("Show review"), kind="eyebrow"), element("h1", show["title"]), element("dl", *rows)
    )
    return element("header", left, _proof(view), kind="cover")


def _sold_on(view: View) -> str:
    told = view.say("{channels} channels in {regions} regions, {skus} SKUs")
    review = view.review
    return told.format(channels=len(review["channels"]), regions=len(review["regions"]), skus=len(review["skus"]))


def _proof(view: View) -> Safe:
    proof, say = view.review["proof"], view.say
    fine = not proof["oversold"] and proof["verified"] is not False
    if proof["verified"]:
        told = say("Verified: {events} entries and {moves} moves hold.").format(
            events=figures.units(proof["events"]), moves=figures.units(proof["moves"])
        )
    elif proof["verified"] is None:
        told = say("The journal was not verified for this report.")
    else:
        told = say("{count} breaches: the books or the chain do not hold.").format(
            count=figures.units(proof["breach_count"])
        )
    verdict = element(
        "div",
        TICK if fine else CROSS,
        element("div", element("b", f"{say('Oversold')} {figures.units(proof['oversold'])}"), element("small", told)),
        kind="verdict",
    )
    return element(
        "aside",
        verdict,
        *(element("p", sentence, kind="bad") for sentence in proof["breaches"][:3]),
        element(
            "p",
            say("Head of the hash chain, entry {seq}").format(seq=figures.units(proof["head"]["seq"])),
            kind="label",
        ),
        element("span", proof["head"]["hash"], kind="hash"),
        element("p", say("Verify it yourself, with the journal file:"), kind="label"),
        element("code", "warroom verify FILE", kind="command"),
        kind="proof",
    )


def _cards(view: View) -> Safe:
    say, total = view.say, view.review["totals"]
    sold = say("{share} of {units} units offered").format(
        share=figures.share(total["sell_through"]), units=figures.units(total["allocated"])
    )
    cancelled = say("{units} units cancelled").format(units=figures.units(total["cancelled"]))
    missed = say("{share} of what was wanted").format(share=figures.share(total["lost_share"]))
    costs = say("price less goods, platform fee and the way to the buyer")
    if total["margin_minor"] == total["revenue_minor"] > 0:
        costs = say("no costs are known, so all of the revenue")
    cards = [
        (say("Sold"), figures.units(total["sold"]), sold),
        (say("Revenue"), view.about(total["revenue_minor"]), _other_money(view)),
        (say("Margin"), view.about(total["margin_minor"]), costs),
        (say("Orders"), figures.units(total["orders"]), cancelled),
        (say("Left over"), figures.units(total["leftover"]), say("units on sale at the end and not sold")),
        (say("Missed (estimate)"), figures.units(total["lost_units"]), missed),
        (say("Sold out"), _long(view, total["stock_out_minutes"]), say("over all SKUs and regions together")),
        (say("Viewers at the peak"), figures.units(total["viewers_peak"]), say("on all platforms at once")),
    ]
    return element("div", *(_card(*card) for card in cards), kind="cards")


def _long(view: View, minutes: float) -> str:
    if minutes < DAYS_FROM_MINUTES:
        return view.say("{minutes} min").format(minutes=figures.units(minutes))
    return view.say("{days} days").format(days=figures.units(minutes / 1440))


def _card(name: str, value: str, means: str) -> Safe:
    return element("div", element("span", name, kind="name"), element("b", value), element("small", means), kind="card")


def _other_money(view: View) -> str:
    own = view.review["show"]["currency"]
    others = {name: minor for name, minor in view.review["totals"]["revenue"].items() if name != own and minor}
    told = " + ".join(figures.money(minor, name, view.language) for name, minor in sorted(others.items()))
    return f"+ {told}" if told else view.say("paid for orders, less cancellations")


def _regions(view: View) -> Safe:
    say, rows = view.say, view.review["regions"]
    most = max((row["sold"] + row["left"] + row["lost"] for row in rows), default=1)
    columns = [
        Shown(say("Region"), lambda row: row["name"], False, say("Total")),
        Shown(say("sold · left · missed"), lambda row: Safe(stock(row["sold"], row["left"], row["lost"], most)), False),
        view.count(say("Offered"), "allocated", rows),
        view.count(say("Sold"), "sold", rows),
        Shown(say("Sold of offered"), lambda row: figures.share(row["sell_through"])),
        *view.results(rows),
    ]
    means = view.means(
        "Offered is what a region sold or had left at the end; units in the flexible pool belong to none. "
        "Missed, in dashes, is estimated and comes on top."
    )
    return join([means, view.table(rows, columns, "sold")])


def _curves(view: View) -> Safe:
    return join(
        [
            view.means(
                "Blue: units sold. Yellow, dashed: the plan, spread over the rundown below. Grey: regions. "
                "Numbers are interventions, as listed further down."
            ),
            Safe(curves(view.review, view.say)),
        ]
    )
