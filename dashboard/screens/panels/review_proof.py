"""What a show came to, in one look: the proof that nothing was oversold, and the figures everybody asks for first.

Data flow: a review (None before it is built) -> the strip's facts, the proof, the figures with the plan beside -> HTML.
Invariants: it reads as good only where nothing is oversold, the check held and the books balance; a show that still
runs is said to be so; what was lost is called an estimate; a difference to the plan carries a shape and a word.
"""

from dashboard.screens.marks import (
    Frame,
    clock,
    date,
    lasted,
    money,
    number,
    percent,
    safe,
    seconds_between,
    shape,
    show_time,
)
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

NEAR = 0.05
"""So near the plan reads as planned."""
VERDICTS = {
    "green": "Nothing was oversold",
    "low": "Units were sold that were not there",
    "warning": "Nothing was oversold, but the record does not hold",
    "info": "Nothing was oversold, not verified yet",
}


def strip(show: Frame, review: Frame | None, say: Say = english) -> str:
    """Build the facts of the strip: which show, whether it is over, and the head of its record."""
    over = show["status"] == "closed"
    begun = f"{clock(show['starts_at'], show['time_zone'])}–{clock(show['ends_at'], show['time_zone'])}"
    days = [date(show[name], show["time_zone"], say) for name in ("starts_at", "ends_at")]
    facts = [
        f'<div class="badge {"grey" if over else "red"}"><i></i>{safe(say("CLOSED") if over else say("SO FAR"))}</div>',
        f'<div class="fact title"><b>{safe(say("Review"))}</b><span>{safe(show["title"] or show["show"])}</span></div>',
        f'<div class="fact"><b>{safe(" – ".join(dict.fromkeys(days)))}</b><span>{safe(begun)}</span></div>',
    ]
    if review:
        head = review["proof"]["head"]
        facts.append(
            f'<div class="fact"><b>{number(head["seq"])}</b><span>{safe(say("entries in the journal"))}</span></div>'
            f'<div class="fact hash"><b><code title="{safe(head["hash"])}">{safe(head["hash"])}</code></b>'
            f"<span>{safe(say('hash of the newest'))}</span></div>"
        )
    return "".join(facts)


def state(proof: Frame) -> str:
    """Return how the proof stands, as the name of a mark."""
    if proof["oversold"]:
        return "low"
    if proof["verified"] is False or not balanced(proof["identity"]):
        return "warning"
    return "green" if proof["verified"] else "info"


def balanced(identity: Frame) -> bool:
    """Tell whether all goods on hand are available, committed or set aside."""
    return bool(identity["on_hand"] == identity["available"] + identity["committed"] + identity["unavailable"])


def html(review: Frame, say: Say = english) -> str:
    """Build the proof."""
    proof, mark = review["proof"], state(review["proof"])
    words = f"{number(proof['oversold'])} · {say(VERDICTS[mark])}" if mark == "low" else say(VERDICTS[mark])
    lines = [_verified(proof, say), _identity(proof["identity"], say), _so_far(review["show"], say)]
    told = "".join(f"<p>{shape(look)}<span>{safe(text)}</span></p>" for look, text in lines if text)
    found = [sentence(text, say) for text in proof["breaches"][:3]]
    breaches = "".join(f"<p>{shape('low')}<span>{safe(text)}</span></p>" for text in found)
    return (
        f'<div class="proof"><div class="verdict {mark}" role="status">{shape(mark)}<b>{safe(words)}</b></div>'
        f"{told}{breaches}<dl>"
        f"<dt>{safe(say('head of the chain'))}</dt><dd><code>{safe(proof['head']['hash'])}</code></dd>"
        f"<dt>{safe(say('check it yourself'))}</dt><dd><code>warroom verify FILE</code></dd></dl></div>"
    )


def _verified(proof: Frame, say: Say) -> tuple[str, str]:
    if proof["verified"] is None:
        return "info", say("The chain was not recomputed for this review.")
    if not proof["verified"]:
        return "low", say("{count} breaches in chain or books.").format(count=number(proof["breach_count"]))
    return "green", say("Recomputed from nothing: {events} entries, {moves} moves; chain and books hold.").format(
        events=number(proof["events"]), moves=number(proof["moves"])
    )


def _identity(identity: Frame, say: Say) -> tuple[str, str]:
    names = ("available", "committed", "unavailable")
    parts = " + ".join(f"{number(identity[name])} {say(name)}" for name in names)
    text = f"{number(identity['on_hand'])} {say('on hand')} = {parts}"
    return "green" if balanced(identity) else "low", text


def _so_far(show: Frame, say: Say) -> tuple[str, str]:
    if show["status"] == "closed":
        return "", ""
    told = show_time(int(seconds_between(show["starts_at"], show["last_at"])))
    return "warning", say("The show goes on: all of this is as of {time}.").format(time=told)


def sums(review: Frame, say: Say = english) -> str:
    """Build the big figures, each with the plan or its share beside it."""
    total, currency = review["totals"], review["show"]["currency"]
    plan = sum(row["plan_units"] or 0 for row in review["channels"])
    sell_through = say("{share} of {units} for sale").format(
        share=percent(total["sell_through"]), units=number(total["allocated"])
    )
    lost = say("estimate; {share} of what was asked for").format(share=percent(total["lost_share"]))
    margin = total["margin_minor"] / total["revenue_minor"] if total["revenue_minor"] else None
    cards = [
        ("sold", number(total["sold"]), sell_through),
        (
            "against the plan",
            _against(total["sold"], plan),
            f"{say('plan')} {number(plan)}" if plan else say("no plan"),
        ),
        ("cancelled", number(total["cancelled"]), f"{number(total['orders'])} {say('orders')}"),
        ("unsold", number(total["leftover"]), say("when the show ended")),
        ("lost", number(total["lost_units"]), lost),
        ("revenue", safe(money(total["revenue_minor"], currency, say)), _others(total["revenue"], currency, say)),
        ("margin", safe(money(total["margin_minor"], currency, say)), f"{percent(margin)} {say('of revenue')}"),
        ("sold out for", lasted(total["stock_out_minutes"], say), say("all SKUs and regions together")),
    ]
    return "".join(
        f'<div class="sum"><span>{safe(say(name))}</span><b>{value}</b><small>{safe(note)}</small></div>'
        for name, value, note in cards
    )


def _against(units: int, plan: int) -> str:
    """Write how far something is from its plan, with its shape; markup."""
    if not plan:
        return "–"
    ratio = units / plan - 1
    look = "green" if ratio >= -NEAR else "low"
    return f"{shape(look)}{'+' if ratio >= 0 else '−'}{abs(ratio):.0%}"


def _others(revenue: Frame, currency: str, say: Say) -> str:
    others = [money(minor, name, say) for name, minor in sorted(revenue.items()) if name != currency and minor]
    return f"+ {' + '.join(others)}" if others else say("less cancellations")
