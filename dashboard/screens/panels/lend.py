"""Lend: give one region's units to another until a time, when what is unsold goes back by itself.

Data flow: frame + what is chosen -> `whatif` -> `preview`; Lend -> one `lend_units` command.
Invariants: the loan goes back at the lender's next morning unless somebody says another time, at the latest when the
show ends where that comes first; as with a move, the command carries what its preview promised.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from dashboard.screens import both_ends, forms, whatif
from dashboard.screens.door import Submit
from dashboard.screens.marks import Frame, city, clock, micros, moment, number, pool_name, safe, span, titles, zone
from dashboard.screens.whatif import Wish
from dashboard.screens.words import Say, english

MODE = "lend"
MORNING = time(6, 0)
SKUS_MAX = 300


def clock_of(frame: Frame, pool: str) -> str:
    """Return the time zone of a region's pool; the show's where the region is unknown."""
    name = pool.partition("/")[2]
    return next((str(row["time_zone"]) for row in frame["regions"] if row["region"] == name), str(frame["time_zone"]))


def next_time(frame: Frame, pool: str, at: time) -> datetime:
    """Return when a region's clock shows a time next."""
    now = moment(frame["at"]).astimezone(zone(clock_of(frame, pool)))
    found = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return found if found > now else found + timedelta(days=1)


def usual_time(frame: Frame, pool: str) -> time:
    """Return the time a loan goes back unless somebody says another, on the lender's clock: its morning or the end."""
    morning, ends = next_time(frame, pool, MORNING), moment(frame["ends_at"])
    if moment(frame["at"]) < ends < morning:
        return ends.astimezone(zone(clock_of(frame, pool))).time().replace(second=0, microsecond=0)
    return MORNING


def suggestion(frame: Frame) -> Wish:
    """Offer the most urgent row another region can help, from the one with most to spare."""
    for row in frame["countdowns"]:
        here = f"region/{row['region']}"
        others = [one for one in frame["countdowns"] if one["sku"] == row["sku"] and one["region"] != row["region"]]
        if row["state"] in ("counting", "out") and others:
            best = max(others, key=lambda one: one["leftover"])
            return {"sku": row["sku"], "from_pool": f"region/{best['region']}", "to_pool": here}
    pools = [f"region/{row['region']}" for row in frame["regions"]]
    return {"sku": frame["skus"][0]["sku"], "from_pool": pools[0], "to_pool": pools[1]}


def wish() -> Wish:
    """Read what is chosen."""
    return {field: forms.value(MODE, field) for field in ("sku", "from_pool", "to_pool", "units", "until")}


def form(look: forms.Look, submit: Submit, say: Say = english) -> None:
    """Draw the form."""
    frame = look()
    pools = [f"region/{row['region']}" for row in frame["regions"]]
    names = titles(frame)
    if len(pools) < 2 or not names:
        st.html(f'<div class="empty">{safe(say("There is one region: nobody to lend to"))}</div>')
        return
    forms.begin(MODE, **suggestion(frame))
    skus = list(names)[:SKUS_MAX]
    for field, choices in (("sku", skus), ("from_pool", pools), ("to_pool", pools)):
        forms.keep_to(MODE, field, choices)
    left, right = st.columns([8, 5], gap="small")
    _select(left, "SKU", "sku", skus, lambda sku: names.get(sku, sku), say)
    right.number_input(
        say("Units"), min_value=1, step=1, value=None, key=forms.key(MODE, "units"), placeholder=say("Units"),
        label_visibility="collapsed", persist_state="page",
    )  # fmt: skip
    left, middle, right = st.columns([4, 4, 5], gap="small")
    _select(left, "From", "from_pool", pools, lambda pool: pool_name(pool, say), say)
    _select(middle, "To", "to_pool", pools, lambda pool: pool_name(pool, say), say)
    if st.session_state.get("lend_until_of") != forms.value(MODE, "from_pool"):
        st.session_state.lend_until_of = forms.value(MODE, "from_pool")
        forms.put(MODE, "until", usual_time(frame, forms.value(MODE, "from_pool")))
    right.time_input(
        say("Until"), key=forms.key(MODE, "until"), step=timedelta(minutes=15), label_visibility="collapsed",
        help=say("When it goes back, on the lender's own clock."),
    )  # fmt: skip
    chosen = wish()
    st.session_state.desk_wish = {"mode": "lend"} | chosen
    st.html('<div class="slot" data-slot="preview"></div>')
    _confirm(look, submit, chosen, say)


def _select(column: Any, label: str, field: str, choices: list[str], named: Callable[[str], str], say: Say) -> None:
    column.selectbox(
        say(label), choices, key=forms.key(MODE, field), format_func=named, label_visibility="collapsed",
        persist_state="page",
    )  # fmt: skip


def _confirm(look: forms.Look, submit: Submit, chosen: Wish, say: Say) -> None:
    why, act = st.columns([8, 5], gap="small")
    why.text_input(
        say("Reason"), key=forms.key(MODE, "reason"), placeholder=say("Reason"), label_visibility="collapsed"
    )
    act.button(
        f"{say('Lend')} {number(chosen['units']) if chosen['units'] else ''}".strip(), type="primary", width="stretch",
        key=f"lend_go_{forms.turn(MODE)}", on_click=lend, args=(look, submit, forms.command_id(MODE), say),
        disabled=not chosen["units"] or chosen["from_pool"] == chosen["to_pool"] or chosen["until"] is None,
    )  # fmt: skip
    st.html(forms.said(say=say))


def lend(look: forms.Look, submit: Submit, drawn: str, say: Say = english) -> None:
    """Send the loan once."""
    frame, chosen = look(), wish()
    fields = {name: chosen[name] for name in ("sku", "from_pool", "to_pool")} | whatif.promise(frame, chosen)
    fields |= {
        "loan": f"L-{drawn[:6]}",
        "quantity": int(chosen["units"]),
        "returns_at": micros(next_time(frame, chosen["from_pool"], chosen["until"]).isoformat()),
        "reason": forms.value(MODE, "reason") or "",
    }
    told = (
        f"{say('Lent')} {number(chosen['units'])} · {pool_name(chosen['from_pool'])} → {pool_name(chosen['to_pool'])}"
    )
    again = say("The numbers above are new: press again to confirm.")
    forms.send(submit, frame["show"], MODE, drawn, [("lend_units", fields)], told, again)


def preview(frame: Frame, chosen: Wish, say: Say = english) -> str:
    """Build the what-if: both ends before and after, and when what is unsold goes back."""
    if not chosen.get("sku"):
        return ""
    cards = both_ends.cards(whatif.ends(frame, chosen), whatif.close(frame), frame["currency"], say)
    notes = "".join(f"<span>{safe(note)}</span>" for note in _notes(frame, chosen, say) if note)
    return f'{cards}<div class="notes">{notes}</div>'


def _notes(frame: Frame, chosen: Wish, say: Say) -> list[str]:
    """Say when the units go back, and how many can be lent at once."""
    if chosen["until"] is None:
        return []
    back, zone_name = next_time(frame, chosen["from_pool"], chosen["until"]), clock_of(frame, chosen["from_pool"])
    hours = span((back - moment(frame["at"])).total_seconds() / 60, say)
    here = clock(back.isoformat(), frame["time_zone"])
    when = f"{clock(back.isoformat(), zone_name)} {city(zone_name, say)}, {here} {say('here')}, {say('in')} {hours}"
    return [f"{say('what is unsold goes back at')} {when}", both_ends.given_back(whatif.parts(frame, chosen), say)]
