"""The transfer desk as a whole: one corner of Live, four modes, and what was clicked on the map.

    Move    who may sell units: between pools, at once          (panels.desk)
    Ship    where units are: between buildings, takes hours     (panels.ship)
    Lend    who may sell them until a time                      (panels.lend)
    Guest   units set apart for somebody who comes for a while  (panels.guest)

Data flow: the map or a list leaves a wish (`forms.want`) -> the page draws the desk again -> `form` fills the mode it
belongs to. The form does not tick; its `preview` and the lines `below` it do.
Invariants: a mode is offered to who may ask its commands; a click on the map only fills fields, it sends nothing.
"""

from typing import Any

import streamlit as st

from dashboard.screens import canvas, forms
from dashboard.screens.door import Submit, may, me
from dashboard.screens.geography import country_numbered
from dashboard.screens.marks import Frame
from dashboard.screens.panels import desk, guest, lend, moves, ship
from dashboard.screens.words import Say, english

MODES = (("move", "Move"), ("ship", "Ship"), ("lend", "Lend"), ("guest", "Guest"))
TAGS = {"move": "reallocate", "ship": "start_shipment", "lend": "lend_units", "guest": "open_pool"}
STATES = {"move": desk.MODE, "ship": ship.MODE, "lend": lend.MODE, "guest": guest.MODE}

Wish = dict[str, Any]
"""What is chosen, with its `mode`; empty while nothing is."""


def mode() -> str:
    """Return the mode of the desk."""
    return str(st.session_state.get("desk_mode") or "move")


def form(look: forms.Look, submit: Submit, say: Say = english) -> None:
    """Draw the desk: its modes, what is selected on the map, and the form of the mode."""
    take(forms.wanted())
    offered = {name: word for name, word in MODES if may(me(), TAGS[name])}
    left, right = st.columns([8, 5], gap="small", vertical_alignment="center")
    left.segmented_control(
        say("What to do"),
        list(offered),
        key="desk_mode",
        default=None if "desk_mode" in st.session_state else "move",
        required=True,
        format_func=lambda name: say(offered[name]),
        label_visibility="collapsed",
    )
    _chip(right, look(), say)
    if mode() == "ship":
        ship.form(look, submit, may(me(), "arrive_shipment"), say)
    else:
        {"lend": lend.form, "guest": guest.form}.get(mode(), desk.form)(look, submit, say)


def _chip(column: Any, frame: Frame, say: Say) -> None:
    """Show what is selected on the map, to be cleared by a press."""
    name = st.session_state.get("desk_selected")
    if name:
        column.button(
            f"{say('selected')}: {named(frame, name)} ✕",
            key="desk_clear",
            type="tertiary",
            on_click=clear,
            wrap=False,
            help=say("Clear the selection"),
        )


def clear() -> None:
    """Select nothing."""
    st.session_state.desk_selected = ""


def take(wanted: dict[str, Any]) -> None:
    """Fill the form with what the map or a list asked for."""
    if not wanted:
        return
    wanted.pop("called", None)
    chosen = wanted.pop("mode", mode())
    st.session_state.desk_mode = chosen
    st.session_state.desk_selected = wanted.pop("selected", "")
    for field, value in wanted.items():
        forms.put(STATES[chosen], field, value)


def clicked(frame: Frame, what: str) -> None:
    """Turn a click on the map into a wish: a region fills "to", a low building gets goods, another one sends them."""
    kind, _, name = what.partition("/")
    if kind in ("land", "country"):
        code = country_numbered(int(name)) if kind == "land" and name.isdigit() else name
        region = next((row["region"] for row in frame["regions"] if code in row["countries"]), "")
        if region:
            now = mode() if mode() in ("move", "lend") else "move"
            forms.want(mode=now, to_pool=f"region/{region}", selected=f"region/{region}")
    elif kind == "location":
        row = next((one for one in frame["locations"] if one["location"] == name), None)
        end = "to_location" if row and row["state"] in ("low", "out") else "from_location"
        forms.want(mode="ship", which="", selected=what, **{end: name})
    elif kind == "shipment":
        forms.want(mode="ship", which=name, selected=what)


def named(frame: Frame, selected: str) -> str:
    """Name what is selected for people."""
    kind, _, name = selected.partition("/")
    rows = {"region": frame["regions"], "location": frame["locations"]}.get(kind, [])
    return next((str(row["name"] or name) for row in rows if row[kind] == name), name)


def preview(frame: Frame, wish: Wish, say: Say = english) -> str:
    """Build the what-if of the mode, and remember what it promises."""
    build = {"ship": ship.preview, "lend": lend.preview, "guest": guest.preview}.get(wish.get("mode", ""), desk.preview)
    return build(frame, wish, say)


def shown(frame: Frame) -> None:
    """Remember what the numbers that are now on screen promise."""
    if mode() == "move":
        desk.promised(frame)


def called(frame: Frame) -> bool:
    """Tell, once, that something on the map or in a list was clicked that the desk has to be drawn anew for."""
    if frame["status"] == "closed":
        return False
    picked = canvas.picked()
    if picked:
        clicked(frame, picked)
    wanted = st.session_state.get("desk_wanted")
    if not wanted or wanted.get("called"):
        return False
    wanted["called"] = True
    return True


def below(frame: Frame, submit: Submit, say: Say = english) -> None:
    """Draw what was done and can be undone, under the form."""
    moves.draw(frame, submit, mode(), say)
