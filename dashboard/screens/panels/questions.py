"""Questions: one card for each thing viewers want to know, with the answer as it is true now and the fact behind it.

Data flow: question, count, newest words, drafted answer -> HTML; the buttons beside it are drawn by whoever places it.
Invariants: what people wrote is escaped and cut; who wrote it is not known here; an answer that is not known says why
in plain words, and a card shows the sequence number and the time until which its fact may be read out.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.screens.marks import Frame, clock, number, safe, shape
from dashboard.screens.words import Say, english

WORDS_MAX = 120
INTENT_WORDS = {
    "stock": "how many are left",
    "ships_to": "does it ship there",
    "delivery_time": "how long it takes",
    "price": "what it costs",
    "limit": "how many may I buy",
    "restock": "when it is back",
    "coupon": "is there a coupon",
    "variant": "which versions there are",
    "unknown": "not understood",
}
WHY_WORDS = {
    "unknown_intent": "What is asked was not understood; answer it in your own words.",
    "unknown_product": "Which product is meant is not clear.",
    "unknown_channel": "This channel sells in no region of the show.",
    "unknown_place": "This place belongs to no region of the show.",
    "show_closed": "The show is over.",
    "late_feed": "The channel's data is late: no number is sure now.",
    "not_deliverable": "No location with units delivers there.",
    "shared_stock": "These units are shared with other channels: their number is not sure here.",
    "no_price": "No price is known.",
    "no_lane": "No way to deliver there is known.",
    "no_restock": "No restock is on its way.",
    "failed": "No answer could be drafted; the log says why.",
}
FACT_WORDS = {
    "units_left": "left",
    "units_incoming": "incoming",
    "limit": "limit",
    "percent": "percent",
    "days_min": "days at least",
    "days_max": "days at most",
}


def card(frame: Frame, asked: Frame, draft: Mapping[str, Any], say: Say = english) -> str:
    """Build one question: how often it was asked, what it is about, the newest words, and what backs the answer.

    `asked` holds channel, text, language, intent, sku, place and count.
    """
    about = [say(INTENT_WORDS.get(str(asked["intent"]), str(asked["intent"])))]
    about += [title(frame, asked["sku"]), asked["place"]] if asked["intent"] != "unknown" else []
    count = f"<b>{number(asked['count'])} {safe(say('ask'))}</b>" if asked["count"] > 1 else ""
    head = " · ".join(safe(part) for part in about if part)
    words = asked["text"] if len(asked["text"]) <= WORDS_MAX else f"{asked['text'][: WORDS_MAX - 1]}…"
    where = " · ".join(filter(None, (asked["channel"], asked["language"])))
    mark = shape("green" if draft["known"] else "warning" if asked["intent"] != "unknown" else "grey")
    return (
        f'<div class="asked">{mark}<div><p>{count} {head} <i>{safe(where)}</i></p>'
        f"<q>{safe(words)}</q>{_backing(draft, frame['time_zone'], say)}</div></div>"
    )


def title(frame: Frame, sku: str) -> str:
    """What a SKU is called, empty for none."""
    return next((str(row["title"] or sku) for row in frame["skus"] if row["sku"] == sku), sku)


def _backing(draft: Mapping[str, Any], time_zone: str, say: Say) -> str:
    """Say why there is no answer, or which fact stands behind it and until when."""
    if not draft["known"]:
        return f'<em class="bad">{safe(say(WHY_WORDS.get(draft["why"], draft["why"])))}</em>'
    fact = draft["fact"]
    parts = [f"{say(FACT_WORDS[name])} {number(fact[name])}" for name in FACT_WORDS if isinstance(fact.get(name), int)]
    parts += [str(fact[name]) for name in ("sku", "region", "code") if fact.get(name)]
    parts.append(f"#{fact['seq']}")
    until = str(fact.get("expires") or "")
    if len(until) > len("2026-03-14T"):
        parts.append(f"{say('true until')} {clock(until, time_zone, seconds=True)}")
    return f"<em>{safe(' · '.join(parts))}</em>"


def note(text: str, tone: str = "", say: Say = english) -> str:
    """Say something small under a card."""
    return f'<div class="ask_note {tone}">{safe(say(text))}</div>'
