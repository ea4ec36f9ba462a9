"""Guest: units set apart for somebody who comes on some channels for a while, and takes nothing from the main pools.

Data flow: name, SKU, channels, units, minutes -> `announce_guest` and `open_pool`, in this order.
Invariants: the guest is announced once, also where the pool was refused and is asked again; the pool takes what the
flexible pool has free, never what a region lists.
"""

from datetime import timedelta

import streamlit as st

from dashboard.screens import forms, whatif
from dashboard.screens.door import Submit
from dashboard.screens.marks import Frame, clock, micros, moment, number, safe, titles
from dashboard.screens.whatif import Wish
from dashboard.screens.words import Say, english

MODE = "guest"
MINUTES = 30
SKUS_MAX = 300
FLEXIBLE = "flexible"


def sellers(frame: Frame) -> dict[str, str]:
    """Return the channels that list for themselves: channel -> name."""
    return {row["channel"]: row["name"] for row in frame["channels"] if not row["behind"]}


def wish() -> Wish:
    """Read what is chosen."""
    return {field: forms.value(MODE, field) for field in ("name", "sku", "channels", "units", "minutes")}


def form(look: forms.Look, submit: Submit, say: Say = english) -> None:
    """Draw the form."""
    frame = look()
    names, shops = titles(frame), sellers(frame)
    if not names or not shops:
        st.html(f'<div class="empty">{safe(say("No channel sells here"))}</div>')
        return
    skus = list(names)[:SKUS_MAX]
    forms.begin(MODE, sku=skus[0], minutes=MINUTES)
    forms.keep_to(MODE, "sku", skus)
    left, right = st.columns([8, 5], gap="small")
    left.text_input(
        say("Name of the guest"), key=forms.key(MODE, "name"), placeholder=say("Name of the guest"),
        label_visibility="collapsed", persist_state="page",
    )  # fmt: skip
    right.number_input(
        say("Minutes"), min_value=1, step=5, key=forms.key(MODE, "minutes"), format="%d", icon=":material/schedule:",
        label_visibility="collapsed", persist_state="page", help=say("How long the guest stays."),
    )  # fmt: skip
    left, right = st.columns([8, 5], gap="small")
    left.selectbox(
        say("SKU"), skus, key=forms.key(MODE, "sku"), format_func=lambda sku: names.get(sku, sku),
        label_visibility="collapsed", persist_state="page",
    )  # fmt: skip
    right.number_input(
        say("Units"), min_value=1, step=1, value=None, key=forms.key(MODE, "units"), placeholder=say("Units"),
        label_visibility="collapsed", persist_state="page",
    )  # fmt: skip
    st.multiselect(
        say("Channels"), list(shops), key=forms.key(MODE, "channels"), format_func=lambda name: shops.get(name, name),
        placeholder=say("Channels"), label_visibility="collapsed", persist_state="page",
    )  # fmt: skip
    chosen = wish()
    st.session_state.desk_wish = {"mode": "guest"} | chosen
    st.html('<div class="slot" data-slot="preview"></div>')
    _confirm(look, submit, chosen, say)


def _confirm(look: forms.Look, submit: Submit, chosen: Wish, say: Say) -> None:
    why, act = st.columns([8, 5], gap="small")
    why.text_input(
        say("Reason"), key=forms.key(MODE, "reason"), placeholder=say("Reason"), label_visibility="collapsed"
    )
    act.button(
        f"{say('Set apart')} {number(chosen['units']) if chosen['units'] else ''}".strip(), type="primary",
        width="stretch", key=f"guest_go_{forms.turn(MODE)}", on_click=set_apart,
        args=(look, submit, forms.command_id(MODE), say),
        disabled=not (chosen["units"] and (chosen["name"] or "").strip() and chosen["channels"] and chosen["minutes"]),
    )  # fmt: skip
    st.html(forms.said(say=say))


def set_apart(look: forms.Look, submit: Submit, drawn: str, say: Say = english) -> None:
    """Announce the guest, unless that is done, and open the pool."""
    frame, chosen = look(), wish()
    name, now, why = chosen["name"].strip(), micros(frame["at"]), forms.value(MODE, "reason") or ""
    units, channels = int(chosen["units"]), list(chosen["channels"])
    guest = {"guest": name, "sku": chosen["sku"], "channels": channels, "units": units, "reason": why}
    guest |= {"starts_at": now, "ends_at": now + int(chosen["minutes"]) * 60_000_000}
    pool = {"name": name, "sku": chosen["sku"], "quantity": units, "from_pool": FLEXIBLE, "channels": channels}
    known = any(row["guest"] == name for row in frame.get("guests", ()))
    rows: list[forms.Asked] = [] if known else [("announce_guest", guest)]
    told = f"{say('Set apart')} {number(units)} · {name}"
    forms.send(submit, frame["show"], MODE, drawn, [*rows, ("open_pool", pool | {"reason": why})], told)


def preview(frame: Frame, chosen: Wish, say: Say = english) -> str:
    """Build the what-if: what the flexible pool keeps, and until when the guest sells."""
    if not chosen.get("sku"):
        return ""
    before = whatif.pool_row(frame, chosen["sku"], FLEXIBLE)["free"]
    after = before - (chosen["units"] or 0)
    shops = sellers(frame)
    where = ", ".join(shops.get(name, name) for name in chosen["channels"] or ())
    until = clock((moment(frame["at"]) + timedelta(minutes=chosen["minutes"] or 0)).isoformat(), frame["time_zone"])
    units = f"{number(chosen['units'] or 0)} {say('units')} · {say('about until')} {until}"
    return (
        f'<div class="ends"><div class="end"><span>{safe(say("Flexible pool"))}</span>{number(before)} → '
        f'<b class="{"red" if after < 0 else ""}">{number(after)}</b> {safe(say("left"))}</div>'
        f'<div class="end"><span>{safe(chosen["name"] or say("guest"))}</span>{safe(units)}</div></div>'
        f'<div class="notes"><span>{safe(where or say("choose the channels that sell it"))}</span></div>'
    )
