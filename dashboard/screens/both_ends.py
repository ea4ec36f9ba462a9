"""How a move of claims is told: a card for each end, and what platforms have to give back first.

Data flow: numbers of `whatif` -> HTML of the cards, plain sentences. Shared by the modes of the desk that move claims.
"""

from typing import Any

from dashboard.screens.marks import chance as odds, minutes_left, money, number, pool_name, safe
from dashboard.screens.words import Say, english

NAMED_MAX = 2


def cards(both: dict[str, dict[str, Any]], close: float, currency: str, say: Say = english) -> str:
    """Build the two ends side by side; `close`: minutes until the show ends."""
    return f'<div class="ends">{"".join(card(end, close, currency, say) for end in both.values())}</div>'


def card(end: dict[str, Any], close: float, currency: str, say: Say = english) -> str:
    """Build one end: units, countdown and chance to sell out before and after, and what one more unit is worth."""
    short = end["after"] < 0
    units = (
        f'{number(end["before"])} → <b class="{"red" if short else ""}">{number(end["after"])}</b> {safe(say("left"))}'
    )
    tone = ' class="yellow"' if end["after"] <= 0 < end["before"] else ""
    chance = ""
    if end["minutes_before"] is None:
        lasts = say("keeps") + f" {number(max(0, end['after']))}" if end["pool"] == "flexible" else say("no countdown")
    else:
        lasts = f"{_lasts(end['minutes_before'], close, say)} → {_lasts(end['minutes_after'], close, say)}"
        chances = f"{odds(end['chance_before'])} → {odds(end['chance_after'])}"
        chance = f"<i>{safe(say('sells out'))} {safe(chances)}</i>"
    name = safe(pool_name(end["pool"], say))
    return (
        f'<div class="end"><span><u>{name}</u>{chance}</span><div><u>{units}</u>{_next(end, currency, say)}</div>'
        f"<em{tone}>{safe(lasts)}</em></div>"
    )


def _next(end: dict[str, Any], currency: str, say: Say) -> str:
    """Draw what the next unit is worth at this end, where the allocator has said it."""
    if end["next_minor"] is None:
        return ""
    shared = end["pool"] == "flexible"
    hint = say("A flexible unit is sold for its bid or more.") if shared else say("What the next unit is worth here.")
    word = say("bid") if shared else say("next")
    return f'<i title="{safe(hint)}">{safe(word)} {safe(money(end["next_minor"], currency, say))}</i>'


def _lasts(minutes: float, close: float, say: Say) -> str:
    return say("lasts the show") if minutes >= close else minutes_left(minutes, say)


def given_back(parts: dict[str, Any], say: Say = english) -> str:
    """Say how many units move now and how many when their channels have given them back; empty where all move now."""
    if not parts["later"]:
        return ""
    names = f" {say('and')} ".join(parts["channels"][:NAMED_MAX]) or say("its channels")
    more = f" +{len(parts['channels']) - NAMED_MAX}" if len(parts["channels"]) > NAMED_MAX else ""
    return (
        f"{number(parts['now'])} {say('move now')}, {number(parts['later'])} {say('when given back by')} {names}{more} "
        f"({say('about')} {parts['seconds']} {say('s')})"
    )
