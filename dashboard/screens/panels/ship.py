"""Ship: send goods from one building to another, and take in what arrives, whole or in parts.

Data flow: frame + what is chosen -> `voyage.plan` -> `preview`; Ship -> `start_shipment`, Arrive -> `arrive_shipment`.
The list under the form says which arrival (`which`); without one it is a new shipment.
Invariants: a shipment that comes too late cannot be sent before somebody ticks "ship anyway" and says why; what arrives
and what is lost are never more than what is on the way; `final` closes a shipment, and what is missing then is lost.
"""

from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.screens import forms, voyage
from dashboard.screens.door import Submit
from dashboard.screens.marks import (
    Frame,
    clock,
    day,
    micros,
    moment,
    money,
    number,
    pool_name,
    safe,
    shape,
    span,
    titles,
)
from dashboard.screens.voyage import Wish
from dashboard.screens.words import Say, english

MODE = "ship"
CHOICES_MAX = 300


def under_way(frame: Frame) -> list[Frame]:
    """Return the shipments that have not all arrived, the next first."""
    return [row for row in frame["shipments"] if row["state"] != "arrived"]


def suggestion(frame: Frame) -> Wish:
    """Offer what a low location lacks most, from the fullest building that has it."""
    places = [row["location"] for row in frame["locations"]]
    target = next((row["location"] for row in frame["locations"] if row["state"] in ("low", "out")), places[0])
    urgent = [row["sku"] for row in frame["countdowns"]] or [row["sku"] for row in frame["skus"]]
    region = voyage.region_of(frame, target)
    urgent = [row["sku"] for row in frame["countdowns"] if row["region"] == region] or urgent
    others = [name for name in places if name != target]
    best = max(others, key=lambda name: voyage.available(frame, name, urgent[0]))
    return {"sku": urgent[0], "from_location": best, "to_location": target, "pool": "flexible"}


def form(look: forms.Look, submit: Submit, arrivals: bool, say: Say = english) -> None:
    """Draw the form; `arrivals`: whether this person may take goods in."""
    frame = look()
    if len(frame["locations"]) < 2 or not frame["skus"]:
        st.html(f'<div class="empty">{safe(say("There is one building: nothing to ship between"))}</div>')
        return
    row = next((one for one in under_way(frame) if one["shipment"] == forms.value(MODE, "which")), None)
    if row and arrivals:
        _arrival(frame, row, submit, say)
    else:
        _departure(look, submit, say)


def _departure(look: forms.Look, submit: Submit, say: Say) -> None:
    frame = look()
    names = titles(frame)
    skus, pools = list(names)[:CHOICES_MAX], list(dict.fromkeys(row["pool"] for row in frame["pools"]))
    places = {row["location"]: row["name"] or row["location"] for row in frame["locations"]}
    forms.begin(MODE, **suggestion(frame))
    for field, choices in (
        ("sku", skus),
        ("from_location", list(places)),
        ("to_location", list(places)),
        ("pool", pools),
    ):
        forms.keep_to(MODE, field, choices)
    left, right = st.columns([8, 5], gap="small")
    _select(left, "SKU", "sku", skus, names, say)
    _number(right, "Units", "units", say)
    left, right = st.columns(2, gap="small")
    _select(left, "From", "from_location", list(places), places, say)
    _select(right, "To", "to_location", list(places), places, say)
    _way(frame, pools, say)
    chosen = wish(frame)
    st.session_state.desk_wish = {"mode": "ship"} | chosen
    st.html('<div class="slot" data-slot="preview"></div>')
    _confirm(look, chosen, submit, say)


def _select(column: Any, label: str, field: str, choices: list[Any], named: dict[str, str], say: Say) -> None:
    column.selectbox(
        say(label), choices, key=forms.key(MODE, field), label_visibility="collapsed", persist_state="page",
        format_func=lambda name: named.get(name, name),
    )  # fmt: skip


def _number(column: Any, label: str, field: str, say: Say, least: int = 1, most: int | None = None) -> None:
    column.number_input(
        say(label), min_value=least, max_value=most, step=1, value=None, key=forms.key(MODE, field),
        placeholder=say(label), label_visibility="collapsed", persist_state="page",
    )  # fmt: skip


def _way(frame: Frame, pools: list[str], say: Say) -> None:
    """Draw the way, its hours (typed where the show names no route) and the pool that gives the claims."""
    offered = _offered(frame)
    forms.keep_to(MODE, "way", list(offered))
    row = offered[forms.value(MODE, "way")]
    last = f"{forms.value(MODE, 'from_location')} {forms.value(MODE, 'to_location')} {forms.value(MODE, 'way')}"
    if st.session_state.get("ship_way_last") != last:
        st.session_state.ship_way_last = last
        forms.put(MODE, "hours", float(row["hours"]))
    left, middle, right = st.columns([6, 3, 5], gap="small")
    _select(left, "By", "way", list(offered), {name: _way_name(one, frame, say) for name, one in offered.items()}, say)
    middle.number_input(
        say("Hours"), min_value=0.1, step=1.0, format="%.1f", icon=":material/schedule:",
        key=forms.key(MODE, "hours"), disabled=row["known"],
        label_visibility="collapsed",
    )  # fmt: skip
    _select(right, "Claims from", "pool", pools, {pool: pool_name(pool, say) for pool in pools}, say)


def _offered(frame: Frame) -> dict[str, Frame]:
    rows = voyage.ways(frame, forms.value(MODE, "from_location"), forms.value(MODE, "to_location"))
    return {f"{row['mode']} {n if row['known'] else ''}".strip(): row for n, row in enumerate(rows, 1)}


def _way_name(row: Frame, frame: Frame, say: Say) -> str:
    if not row["known"]:
        return say(row["mode"])
    hours = say("{count} h").format(count=f"{row['hours']:g}")
    return f"{say(row['mode'])} {hours}, {money(row['cost_minor'], frame['currency'], say)}"


def wish(frame: Frame) -> Wish:
    """Read what is chosen."""
    found = {
        field: forms.value(MODE, field) for field in ("sku", "from_location", "to_location", "units", "hours", "pool")
    }
    row = _offered(frame).get(forms.value(MODE, "way")) or {"mode": "air", "cost_minor": 0}
    return found | {"way": row["mode"], "cost_minor": row["cost_minor"]}


def _confirm(look: forms.Look, chosen: Wish, submit: Submit, say: Say) -> None:
    """Draw reason and button; a shipment that comes too late needs its tick and its reason first."""
    late = bool(voyage.plan(look(), chosen)["veto"])
    *ticks, why, act = st.columns([5, 4, 5] if late else [8, 5], gap="small", vertical_alignment="center")
    for tick in ticks:
        hint = say("For a reason that you write beside it.")
        tick.checkbox(say("Ship anyway"), key=forms.key(MODE, "anyway"), help=hint)
    why.text_input(
        say("Reason"), key=forms.key(MODE, "reason"), placeholder=say("Reason"), label_visibility="collapsed"
    )
    act.button(
        f"{say('Ship')} {number(chosen['units']) if chosen['units'] else ''}".strip(), type="primary", width="stretch",
        key=f"ship_go_{forms.turn(MODE)}", on_click=ship, args=(look, submit, forms.command_id(MODE), say),
        disabled=not (chosen["units"] and chosen["from_location"] != chosen["to_location"] and (not late or willed())),
    )  # fmt: skip
    st.html(forms.said(say=say))


def willed() -> bool:
    """Say whether somebody wants a late shipment all the same, and says why."""
    return bool(forms.value(MODE, "anyway") and forms.value(MODE, "reason"))


def ship(look: forms.Look, submit: Submit, drawn: str, say: Say = english) -> None:
    """Send the shipment once; one that has become too late since the form was drawn waits for a tick."""
    frame = look()
    chosen = wish(frame)
    veto = voyage.plan(frame, chosen, say)["veto"]
    if veto and not willed():
        forms.tell(veto, good=False)
        return
    fields = {
        "shipment": f"S-{drawn[:6]}",
        "from_location": chosen["from_location"],
        "to_location": chosen["to_location"],
        "lines": [{"sku": chosen["sku"], "quantity": int(chosen["units"])}],
        "eta": micros(frame["at"]) + round(chosen["hours"] * 3600) * 1_000_000,
        "mode": chosen["way"],
        "pool": chosen["pool"],
        "reason": forms.value(MODE, "reason") or "",
    }
    told = f"{say('Shipped')} {number(chosen['units'])} → {voyage.place(frame, chosen['to_location'])['name']}"
    forms.send(submit, frame["show"], MODE, drawn, [("start_shipment", fields)], told)


def preview(frame: Frame, chosen: Wish, say: Say = english) -> str:
    """Build the what-if: what each building has before and after, when it arrives, what a unit costs there."""
    if not chosen.get("sku"):
        return ""
    planned, units, cards = voyage.plan(frame, chosen, say), chosen["units"] or 0, []
    for field, sends in (("from_location", True), ("to_location", False)):
        here, there = voyage.available(frame, chosen[field], chosen["sku"]), voyage.place(frame, chosen[field])
        after = f' → <b class="{"red" if here < units else ""}">{number(here - units)}</b>' if sends else ""
        under = say("leaves now") if sends else _arrives(frame, planned["eta"], there, say)
        cards.append(
            f'<div class="end"><span>{safe(there["name"])}</span>{number(here)}{after} {safe(say("available"))}'
            f"<em>{safe(under)}</em></div>"
        )
    notes = [f"<span>{safe(_cost(frame, planned, chosen, say))}</span>"]
    for tone, mark, text in (("red", "low", planned["veto"]), ("yellow", "late", planned["warning"])):
        notes += [f'<span class="{tone} wide">{shape(mark)}{safe(text)}</span>'] if text else []
    return f'<div class="ends">{"".join(cards)}</div><div class="notes">{"".join(notes)}</div>'


def _arrives(frame: Frame, eta: str, there: Frame, say: Say) -> str:
    """Write an arrival on the studio's clock and on the place's own."""
    far = moment(eta) - moment(frame["at"]) > timedelta(hours=20)
    own = f"{clock(eta, there['time_zone'])} {say('there')}"
    here = day(eta, frame["time_zone"], say) if far else clock(eta, frame["time_zone"])
    return f"{here} · {own}"


def _cost(frame: Frame, planned: Frame, chosen: Wish, say: Say) -> str:
    hours = f"{say('in')} {span(60 * (chosen['hours'] or 0), say)}"
    if planned["landed_minor"] is None:
        return f"{say('arrives')} {hours}"
    landed = money(planned["landed_minor"], frame["currency"], say)
    buyers = f"{planned['region']} {planned['days']:g} {say('d')}"
    return f"{say('arrives')} {hours} · {landed} {say('landed')} · {say('then to buyers in')} {buyers}"


def _named(row: Frame, say: Say) -> str:
    return f"{say('Arrival of')} {row['shipment']} · {number(row['units_on_the_way'])} → {row['to_name']}"


def _arrival(frame: Frame, row: Frame, submit: Submit, say: Say) -> None:
    """Draw the form of an arrival: per SKU what arrived and what is lost, and whether that was all."""
    names, out = titles(frame), {line["sku"]: line["quantity"] for line in row["on_the_way"]}
    forms.keep_to(MODE, "line", list(out))
    named = {sku: f"{names.get(sku, sku)} · {n} {say('on the way')}" for sku, n in out.items()}
    left, right = st.columns([8, 5], gap="small")
    _select(left, "SKU", "line", list(out), named, say)
    right.button(say("New shipment"), key="ship_new", width="stretch", on_click=forms.put, args=(MODE, "which", ""))
    st.html(f'<div class="notes"><span>{safe(_named(row, say))}</span></div>')
    most = out[forms.value(MODE, "line")]
    left, middle, right = st.columns([4, 4, 5], gap="small", vertical_alignment="center")
    _number(left, "Arrived", "arrived", say, 0, most)
    _number(middle, "Lost", "lost", say, 0, most)
    right.checkbox(
        say("That was all"), key=forms.key(MODE, "final"), help=say("Closes the shipment: what is missing is lost.")
    )
    st.session_state.desk_wish = {}
    arrived, lost = forms.value(MODE, "arrived") or 0, forms.value(MODE, "lost") or 0
    why, act = st.columns([8, 5], gap="small")
    why.text_input(
        say("Reason"), key=forms.key(MODE, "reason"), placeholder=say("Reason"), label_visibility="collapsed"
    )
    act.button(
        f"{say('Take in')} {number(arrived)}", type="primary", width="stretch", key=f"ship_arrive_{forms.turn(MODE)}",
        disabled=not (arrived or lost or forms.value(MODE, "final")) or arrived + lost > most,
        on_click=arrive, args=(frame, row["shipment"], submit, forms.command_id(MODE), say),
    )  # fmt: skip
    st.html(forms.said(say=say))


def arrive(frame: Frame, shipment: str, submit: Submit, drawn: str, say: Say = english) -> None:
    """Take in what arrived, once."""
    sku = forms.value(MODE, "line")
    count = {field: int(forms.value(MODE, field) or 0) for field in ("arrived", "lost")}
    lines = {name: [{"sku": sku, "quantity": units}] if units else [] for name, units in count.items()}
    fields = {
        "shipment": shipment,
        "lines": lines["arrived"],
        "lost": lines["lost"],
        "final": bool(forms.value(MODE, "final")),
        "reason": forms.value(MODE, "reason") or "",
    }
    told = f"{say('Taken in')} {number(count['arrived'])} · {shipment}"
    forms.send(submit, frame["show"], MODE, drawn, [("arrive_shipment", fields)], told)
