"""Transfer desk: move claims between pools, seeing both ends before it is done.

Data flow: frame + what is chosen -> `effects` (numbers before and after on both ends) -> `preview`, HTML that
ticks; the form itself lives outside of the tick, so half-typed input survives. Move -> one `reallocate` command ->
the room's answer.
Invariants: the command id is minted when the form is drawn and renewed only after an accepted answer, so a double
click moves once; `seen_seq` is the state the shown numbers came from; a refusal is shown in the room's words and
nothing is lost.
"""

import math
import time
from itertools import islice
from typing import Any

import streamlit as st

from dashboard.screens.door import Submit, ask, done, mint, refusal
from dashboard.screens.marks import (
    Frame,
    clock,
    minutes_left,
    money,
    number,
    pool_name,
    safe,
    seconds_between,
    shape,
    titles,
)
from dashboard.screens.words import Say, english

SKUS_MAX = 300
POOLS_MAX = 60
SAID_SECONDS = 12.0

Wish = dict[str, Any]
"""What is chosen at the desk: sku, from_pool, to_pool, units (None while empty)."""


def suggestion(frame: Frame) -> Wish:
    """Choose what to offer first: the most urgent row a pool can help, with the units that last until the close."""
    flexible = {row["sku"]: row["left"] for row in frame["pools"] if row["pool"] == "flexible"}
    for row in islice(frame["countdowns"], SKUS_MAX):
        spare = flexible.get(row["sku"], 0)
        if row["state"] in ("counting", "out") and spare > 0 and row["rate_per_minute"]:
            missing = math.ceil(row["rate_per_minute"] * _minutes_to_close(frame) - row["left"])
            return {
                "sku": row["sku"],
                "from_pool": "flexible",
                "to_pool": f"region/{row['region']}",
                "units": max(1, min(spare, missing)),
            }
    pools = list(dict.fromkeys(row["pool"] for row in frame["pools"]))
    skus = [row["sku"] for row in frame["skus"][:1]]
    if not skus or len(pools) < 2:
        return {}
    return {"sku": skus[0], "from_pool": pools[0], "to_pool": pools[1], "units": None}


def effects(frame: Frame, wish: Wish) -> dict[str, Any]:
    """Compute both ends of a move: units and minutes before and after, and the margin it would win."""
    left = {row["pool"]: row["left"] for row in frame["pools"] if row["sku"] == wish["sku"]}
    units = wish["units"] or 0
    ends = {}
    for name, sign in (("from_pool", -1), ("to_pool", 1)):
        pool = wish[name]
        row = _countdown(frame, wish["sku"], pool)
        rate = row["rate_per_minute"] if row and row["state"] in ("counting", "lasts") else None
        before, after = left.get(pool, 0), left.get(pool, 0) + sign * units
        ends[name] = {
            "pool": pool,
            "before": before,
            "after": after,
            "minutes_before": _minutes(before, rate),
            "minutes_after": _minutes(after, rate),
            "rate": rate,
        }
    return ends | {"margin_minor": _margin(frame, wish, ends["to_pool"]), "close": _minutes_to_close(frame)}


def preview(frame: Frame, wish: Wish, say: Say = english) -> str:
    """Build the what-if: what each end has and how long it lasts, before and after."""
    if not wish:
        return ""
    both = effects(frame, wish)
    cards = "".join(_end(both[name], both["close"], say) for name in ("from_pool", "to_pool"))
    margin = both["margin_minor"]
    worth = (
        f'<div class="worth">+{safe(money(margin, frame["currency"]))} {safe(say("margin"))}</div>'
        if margin > 0
        else ""
    )
    return f'<div class="ends">{cards}</div>{worth}'


def form(frame: Frame, submit: Submit, say: Say = english) -> None:
    """Draw the form; everything in it keeps its place while the rest of the page ticks."""
    state = st.session_state
    if "desk_id" not in state:
        _fresh(frame, suggestion(frame))
    pools = list(dict.fromkeys(row["pool"] for row in frame["pools"]))[:POOLS_MAX]
    names = titles(frame)
    skus = list(
        dict.fromkeys([*(row["sku"] for row in islice(frame["countdowns"], SKUS_MAX)), *islice(names, SKUS_MAX)])
    )
    if len(pools) < 2 or not skus:
        st.html(f'<div class="empty">{safe(say("nothing allocated"))}</div>')
        return
    st.selectbox(
        say("SKU"), skus, key="desk_sku", format_func=lambda sku: names.get(sku, sku), label_visibility="collapsed"
    )
    left, middle, right = st.columns([5, 5, 3], gap="small")
    left.selectbox(
        say("From"), pools, key="desk_from", format_func=lambda pool: pool_name(pool, say), label_visibility="collapsed"
    )
    middle.selectbox(
        say("To"), pools, key="desk_to", format_func=lambda pool: pool_name(pool, say), label_visibility="collapsed"
    )
    right.number_input(
        say("Units"),
        min_value=1,
        step=1,
        value=None,
        key=f"desk_units_{state.desk_turn}",
        placeholder=say("Units"),
        label_visibility="collapsed",
    )
    state.desk_wish = wish(state)
    st.html('<div class="slot" data-slot="preview"></div>')
    why, act = st.columns([8, 5], gap="small")
    why.text_input(
        say("Reason"), key=f"desk_reason_{state.desk_turn}", placeholder=say("Reason"), label_visibility="collapsed"
    )
    ready = bool(state.desk_wish["units"]) and state.desk_wish["from_pool"] != state.desk_wish["to_pool"]
    act.button(
        f"{say('Move')} {number(state.desk_wish['units']) if state.desk_wish['units'] else ''}".strip(),
        type="primary",
        key=f"desk_move_{state.desk_turn}",
        disabled=not ready,
        width="stretch",
        on_click=move,
        args=(frame["show"], submit, state.desk_id),
    )
    st.html(said(state))


def wish(state: Any) -> Wish:
    """Read what is chosen at the desk."""
    return {
        "sku": state.desk_sku,
        "from_pool": state.desk_from,
        "to_pool": state.desk_to,
        "units": state.get(f"desk_units_{state.desk_turn}"),
    }


def move(show: str, submit: Submit, command_id: str) -> None:
    """Send the move once; the second press of the same drawn button finds its id already used and does nothing."""
    state = st.session_state
    if command_id != state.desk_id:
        return
    chosen = wish(state)
    answer = ask(
        submit,
        "reallocate",
        show,
        command_id,
        sku=chosen["sku"],
        from_pool=chosen["from_pool"],
        to_pool=chosen["to_pool"],
        quantity=int(chosen["units"]),
        seen_seq=state.get("desk_seen_seq"),
        reason=state.get(f"desk_reason_{state.desk_turn}") or "",
    )
    if not done(answer):
        say_at_desk(refusal(answer), good=False)
        return
    where = f"{pool_name(chosen['from_pool'])} → {pool_name(chosen['to_pool'])}"
    say_at_desk(f"Moved {number(chosen['units'])} · {where} · entry {answer['seq']}", good=True)
    state.desk_id, state.desk_turn = mint(), state.desk_turn + 1


def say_at_desk(sentence: str, good: bool) -> None:
    """Keep a sentence for the desk to show for a while."""
    st.session_state.desk_said = {"sentence": sentence, "good": good, "at": time.monotonic()}


def said(state: Any) -> str:
    """Build the desk's last sentence, empty once it is old."""
    last = state.get("desk_said")
    if not last or time.monotonic() - last["at"] > SAID_SECONDS:
        return '<div class="said"></div>'
    look, mark = ("good", "available") if last["good"] else ("bad", "low")
    return f'<div class="said {look}" role="status">{shape(mark)}{safe(last["sentence"])}</div>'


def _fresh(frame: Frame, first: Wish) -> None:
    state = st.session_state
    state.desk_id, state.desk_turn = mint(), 0
    if first:
        state.desk_sku, state.desk_from, state.desk_to = first["sku"], first["from_pool"], first["to_pool"]
        state.desk_units_0 = first["units"]


def _countdown(frame: Frame, sku: str, pool: str) -> Frame | None:
    region = pool.partition("/")[2] if pool.startswith("region/") else None
    return next((row for row in frame["countdowns"] if row["sku"] == sku and row["region"] == region), None)


def _minutes(units: int, rate: float | None) -> float | None:
    return None if not rate else max(0, units) / rate


def _minutes_to_close(frame: Frame) -> float:
    return max(0.0, seconds_between(frame["at"], frame["ends_at"]) / 60)


def _margin(frame: Frame, wish: Wish, end: dict[str, Any]) -> int:
    if not end["rate"] or not wish["units"]:
        return 0
    sku = next((row for row in frame["skus"] if row["sku"] == wish["sku"]), None)
    extra = min(wish["units"], max(0, math.floor(end["rate"] * _minutes_to_close(frame)) - end["before"]))
    return extra * (sku["price_minor"] - sku["cost_minor"]) if sku else 0


def _end(end: dict[str, Any], close: float, say: Say) -> str:
    short = end["after"] < 0
    units = (
        f'{number(end["before"])} → <b class="{"red" if short else ""}">{number(end["after"])}</b> {safe(say("left"))}'
    )
    tone = ' class="yellow"' if end["after"] <= 0 < end["before"] else ""
    if end["rate"] is None:
        lasts = say("keeps") + f" {number(max(0, end['after']))}" if end["pool"] == "flexible" else say("no countdown")
    else:
        lasts = f"{_lasts(end['minutes_before'], close, say)} → {_lasts(end['minutes_after'], close, say)}"
    return f'<div class="end"><span>{safe(pool_name(end["pool"], say))}</span>{units}<em{tone}>{safe(lasts)}</em></div>'


def _lasts(minutes: float, close: float, say: Say) -> str:
    return say("lasts the show") if minutes >= close else minutes_left(minutes)


def time_of(frame: Frame, row: Frame) -> str:
    """Write when a move was made, on the studio's clock."""
    return clock(row["at"], frame["time_zone"])
