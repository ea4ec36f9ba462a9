"""Under the desk: what was moved and can still come back, what was asked back, what is lent, sent or set apart.

Data flow: the frame's requests, loans, shipments, guests and reallocations -> one line each, with the one thing that
can be done about it. What belongs to the mode of the desk stands first.
Invariants: undo takes back only what is still unsold, says beforehand how much of it is free now and how much is
listed, and asks the platforms for the latter; redo is the undo of an undo. A second press finds the id already used.
Each button's key says what it does, so the keyboard finds it (`screens.keys`): `undo_` only for moves of this show.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from dashboard.screens import forms
from dashboard.screens.door import Submit, ask, done, mint, refusal
from dashboard.screens.marks import Frame, clock, number, pool_name, safe, span, titles
from dashboard.screens.sentences import actor, because
from dashboard.screens.words import Say, english

MOVES_MAX = 5
OTHERS_MAX = 6

Group = dict[str, Any]
"""Moves of one moment between the same two pools: what one decision did, over all SKUs."""


class Line(NamedTuple):
    """One line: its text, and its button: label, key, what a press does (None: it cannot be pressed), tooltip."""

    html: str
    label: str
    key: str
    press: Callable[[], None] | None
    help: str | None = None


def groups(frame: Frame) -> list[Group]:
    """Gather the newest moves: a rule that tops up a region moves several SKUs at once, and that is one line here."""
    result: dict[tuple[str, ...], Group] = {}
    for row in frame["reallocations"]:
        key = (row["at"], row["actor"], row["from_pool"], row["to_pool"], str(row["undoes"] is not None))
        group = result.setdefault(key, {"rows": [], "quantity": 0, "undoable": 0, "undoable_now": 0})
        group["rows"].append(row)
        group["quantity"] += row["quantity"]
        group["undoable"] += max(0, row["undoable"])
        group["undoable_now"] += max(0, row.get("undoable_now", row["undoable"]))
    return list(result.values())[:MOVES_MAX]


def line(frame: Frame, group: Group, say: Say = english) -> str:
    """Build the text of one group of moves, with how much of it can return and in which way."""
    row, names = group["rows"][0], titles(frame)
    what = names.get(row["sku"], row["sku"]) if len(group["rows"]) == 1 else f"{len(group['rows'])} {say('SKUs')}"
    back = f"{say('taken back')} · " if row["undoes"] else ""
    who = actor(row["actor"], say)
    why = f" · {because(row['reason'], row['actor'], say)}" if row["reason"] else ""
    title = f"{back}{number(group['quantity'])} · {_way(row, say)}"
    parts = [window(group, say), what, clock(row["at"], frame["time_zone"]), who + why]
    return _text(title, " · ".join(part for part in parts if part), group["undoable"] / group["quantity"])


def window(group: Group, say: Say = english) -> str:
    """Say how much can return: "40 of 100 can return: 15 now, 25 listed"."""
    units, now = group["undoable"], group["undoable_now"]
    if units <= 0:
        return ""
    how = f": {number(now)} {say('now')}, {number(units - now)} {say('listed')}" if now < units else ""
    return f"{number(units)} {say('of')} {number(group['quantity'])} {say('can return')}{how}"


def label(group: Group, say: Say = english) -> str:
    """Say how much an undo would bring back."""
    redo = bool(group["rows"][0]["undoes"])
    if group["undoable"] <= 0:
        return say("taken back") if redo else say("all sold")
    word = say("Redo") if redo else say("Undo")
    return f"{word} {number(group['undoable'])} {say('of')} {number(group['quantity'])}"


def _way(row: Frame, say: Say) -> str:
    return f"{pool_name(row['from_pool'], say)} → {pool_name(row['to_pool'], say)}"


def _text(title: str, under: str, share: float | None = None) -> str:
    bar = "" if share is None else f'<i class="window"><i style="width:{100 * min(1.0, share):.0f}%"></i></i>'
    return f'<div class="move"><b>{safe(title)}</b><span>{safe(under)}</span>{bar}</div>'


def lines(frame: Frame, submit: Submit, mode: str = "move", say: Say = english) -> list[Line]:
    """Return the lines to draw, what belongs to the mode first."""
    kinds = {"ship": _shipments, "lend": _loans, "guest": _guests}
    own = kinds[mode](frame, submit, say) if mode in kinds else []
    others = _requests(frame, submit, say)
    if mode == "move":
        others = [*others, *_loans(frame, submit, say)]
    return [*own[:OTHERS_MAX], *others[:OTHERS_MAX], *_moves(frame, submit, say)]


def _moves(frame: Frame, submit: Submit, say: Say) -> list[Line]:
    found = []
    for group in groups(frame):
        rows = group["rows"]
        wanted = tuple((row["seq"], _id(f"undo {row['seq']}"), row["undoable"]) for row in rows if row["undoable"] > 0)
        by_key = "redo" if rows[0]["undoes"] else "undo" if rows[0]["at"] >= frame["starts_at"] else "recall"
        press = _press(undo, frame["show"], submit, wanted) if wanted else None
        found.append(Line(line(frame, group, say), label(group, say), f"{by_key}_{rows[0]['seq']}", press))
    return found


def _requests(frame: Frame, submit: Submit, say: Say) -> list[Line]:
    """What platforms were asked to give back, and how far it has come."""
    found = []
    for row in frame.get("requests", ()):
        title = f"{number(row['quantity'])} {say('asked back')} · {_way(row, say)}"
        under = (
            f"{number(row['moved'])} {say('came')}, {number(row['missing'])} {say('missing')}, {say('waiting until')} "
            f"{clock(row['expires'], frame['time_zone'])} · {titles(frame).get(row['sku'], row['sku'])}"
        )
        press = _press(once, frame["show"], submit, "withdraw_request", "request", row["request"])
        text = _text(title, under, row["moved"] / row["quantity"])
        found.append(
            Line(text, say("Withdraw"), f"withdraw_{row['request']}", press, say("Ask no longer for what is missing."))
        )
    return found


def _loans(frame: Frame, submit: Submit, say: Say) -> list[Line]:
    """What is lent, and what of it is unsold."""
    found = []
    for row in frame.get("loans", ()):
        if row["state"] == "returned":
            continue
        zone = next(
            (one["time_zone"] for one in frame["regions"] if f"region/{one['region']}" == row["from_pool"]), "UTC"
        )
        title = f"{number(row['quantity'])} {say('lent')} · {_way(row, say)}"
        until = clock(row["returns_at"], frame["time_zone"])
        until += f" ({clock(row['returns_at'], zone)} {pool_name(row['from_pool'], say)})"
        state = say("on its way back") if row["state"] == "returning" else f"{say('waiting until')} {until}"
        under = f"{number(row['unsold'])} {say('unsold')}, {state} · {titles(frame).get(row['sku'], row['sku'])}"
        press = (
            _press(once, frame["show"], submit, "return_loan", "loan", row["loan"]) if row["state"] == "lent" else None
        )
        found.append(Line(_text(title, under), say("Return now"), f"return_{row['loan']}", press))
    return found


def _shipments(frame: Frame, submit: Submit, say: Say) -> list[Line]:
    """What is on its way; its button fills the form."""
    found = []
    for row in frame["shipments"]:
        if row["state"] == "arrived":
            continue
        title = f"{number(row.get('units_on_the_way', row['units']))} · {row['from_name']} → {row['to_name']}"
        left = f"{span(60 * row['hours_left'], say)} {say('left')}" if row["state"] != "late" else say("late")
        under = f"{row['shipment']} · {say(row['mode'])} · {left} · {number(row['units_arrived'])} {say('arrived')}"
        press = _press(forms.want, mode="ship", which=row["shipment"])
        found.append(Line(_text(title, under, row["progress"]), say("Take in"), f"arrival_{row['shipment']}", press))
    return found


def _guests(frame: Frame, submit: Submit, say: Say) -> list[Line]:
    """Guests who have a pool, and the temporary pools of nobody announced."""
    known = {row["pool"]: row for row in frame.get("guests", ()) if row["pool"] and not row["closed"]}
    held: dict[str, int] = {}
    for row in frame["pools"]:
        if row["pool"].startswith("temporary/"):
            held[row["pool"]] = held.get(row["pool"], 0) + row["left"]
    found = []
    for pool in dict.fromkeys([*known, *held]):
        name, guest = pool.partition("/")[2], known.get(pool)
        until = f" · {say('until')} {clock(guest['ends_at'], frame['time_zone'])}" if guest else ""
        press = _press(once, frame["show"], submit, "close_pool", "name", name)
        under = f"{number(held.get(pool, 0))} {say('not listed')}{until}"
        found.append(
            Line(
                _text(name, under), say("Close"), f"close_{name}", press, say("What is left goes to the flexible pool.")
            )
        )
    return found


def _press(act: Callable[..., None], *args: Any, **named: Any) -> Callable[[], None]:
    return lambda: act(*args, **named)


def draw(frame: Frame, submit: Submit, mode: str = "move", say: Say = english) -> None:
    """Draw the lines with their buttons."""
    found = lines(frame, submit, mode, say)
    first = next((row.key for row in found if row.key.startswith("undo_") and row.press), "")
    if not found:
        st.html(f'<div class="move"><span>{safe(say("No move yet"))}</span></div>')
    for position, row in enumerate(found):
        with st.container(
            horizontal=True, wrap=False, vertical_alignment="center", gap="small", key=f"move_{position}"
        ):
            st.html(row.html, width="stretch")
            st.button(
                row.label,
                key=row.key,
                disabled=row.press is None,
                on_click=row.press,
                wrap=False,
                help=row.help,
                shortcut="u" if row.key == first else None,
            )
    if forms.said("moves", say) != EMPTY:
        st.html(forms.said("moves", say))


EMPTY = '<div class="said"></div>'


def once(show: str, submit: Submit, kind: str, field: str, name: str) -> None:
    """Send one command about one thing; its id is renewed only where the room refused nothing."""
    key = f"{kind} {name}"
    answer = ask(submit, kind, show, _id(key), **{field: name})
    _answered(key, answer)


def undo(show: str, submit: Submit, wanted: Sequence[tuple[int, str, int]]) -> None:
    """Take back what is still unsold of each move, what is listed too; an id is renewed only when it was accepted."""
    for seq, command_id, units in wanted:
        answer = ask(submit, "undo", show, command_id, seq=seq, shown_units=units, recall=True)
        _answered(f"undo {seq}", answer)


def _answered(key: str, answer: Frame) -> None:
    if answer["status"] == "accepted":
        st.session_state.line_ids[key] = mint()
    if not done(answer):
        forms.tell(refusal(answer), good=False, where="moves")


def _id(key: str) -> str:
    return str(st.session_state.setdefault("line_ids", {}).setdefault(key, mint()))
