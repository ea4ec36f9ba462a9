"""Forms for terms: limit, coupon, price, on screen, bundle, safety stock, channel weight, listing mode; one at a time.

Data flow: the kind chosen -> its fields -> `command_of` reads them into one command -> the room's answer. Beside a form
stands what the room would refuse: the deepest discount that sells at no loss, the floor and the ceiling of a price;
and what shared listings may cost.
Invariants: a form sends once: its button carries the id of the command it would send, and sleeps after an accepted one
until something in the form has changed; what was typed stays after a refusal.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from babel.numbers import get_currency_precision

from dashboard.decision.terms import deepest_at
from dashboard.screens import overlapping
from dashboard.screens.answers import named
from dashboard.screens.marks import Frame, micros, money, safe, shape, titles
from dashboard.screens.words import Say, english

MINUTE = 60_000_000
SKUS_MAX, BUNDLE_MAX = 300, 5
FORMS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "limit": ("limit", "set_limit", ("sku", "region", "units")),
    "coupon": ("coupon", "set_coupon", ("sku", "region", "code", "percent", "minutes")),
    "price": ("price", "set_price", ("sku", "channel", "price")),
    "screen": ("on screen", "set_on_screen", ("sku", "push")),
    "bundle": ("bundle", "set_bundle", ("bundle", "region", "skus", "percent", "minutes")),
    "safety": ("safety", "set_safety", ("sku", "region", "count")),
    "split": ("split", "set_split", ("channel_one", "sku", "weight")),
    "listing": ("listings", "set_listing_mode", ("sku", "mode")),
}
"""Kind -> its word, its command and its fields."""
NUMBERS = {
    "units": ("Units per order", 1, ""),
    "percent": ("Percent off", 1, ""),
    "minutes": ("Minutes", 1, "until the close"),
    "count": ("Units", 0, "as usual"),
    "weight": ("Percent of its usual share", 0, ""),
}
"""Field of a whole number -> label, least, and what it means empty."""
MODES = {"proof": "never more than there is", "shared": "shared: may overlap"}
"""How freely a SKU is listed; the first is what holds unless somebody has said otherwise."""
OPTIONAL = ("minutes", "count", "push")


def deepest_percent(frame: Frame, sku: str, region: str) -> int | None:
    """Return the deepest percent off that sells at no loss on any shop of a region; None where cost is unknown."""
    item = next((row for row in frame["skus"] if row["sku"] == sku), None)
    if item is None or not item["cost_minor"]:
        return None
    prices = {(row["sku"], row["channel"]): row["price_minor"] for row in frame.get("prices", ())}
    landed = min((row["landed_cost_minor"] for row in frame.get("lanes", ()) if row["region"] == region), default=0)
    found = [100]
    for row in frame["channels"]:
        price = prices.get((sku, row["channel"]), item["price_minor"])
        if row["region"] == region and not row["behind"] and price:
            found.append(deepest_at(price, item["cost_minor"] + landed, row.get("fee_per_mille", 0)))
    return max(0, min(found))


def note(kind: str, frame: Frame, typed: Mapping[str, Any], say: Say = english) -> str:
    """Say beforehand what the room would refuse."""
    item = next((row for row in frame["skus"] if row["sku"] == typed.get("sku")), None)
    if kind == "price" and item:
        bounds = [(say("floor"), item.get("floor_minor")), (say("ceiling"), item.get("ceiling_minor"))]
        parts = [f"{say('now')} {money(item['price_minor'], frame['currency'], say)}"]
        return " · ".join(parts + [f"{word} {money(minor, frame['currency'], say)}" for word, minor in bounds if minor])
    if kind == "listing" and item:
        if typed.get("mode") == "shared":
            return overlapping.warning(frame, item["sku"], say)
        return say("Listings never add up to more than there is: nothing is sold twice.")
    if kind in ("coupon", "bundle"):
        skus = typed.get("skus") or ([typed["sku"]] if typed.get("sku") else [])
        limits = [deepest_percent(frame, sku, typed.get("region") or "") for sku in skus]
        known = [one for one in limits if one is not None]
        return f"{say('margin allows at most')} {min(known)}%" if known else ""
    return ""


def command_of(kind: str, frame: Frame, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read what was typed into the fields of the command; None while something is missing."""
    if any(typed.get(name) in (None, "", []) for name in FORMS[kind][2] if name not in (*OPTIONAL, "channel")):
        return None
    if kind == "bundle" and not 2 <= len(typed["skus"]) <= BUNDLE_MAX:
        return None
    minutes = typed.get("minutes")
    expires = micros(frame["at"]) + int(minutes) * MINUTE if minutes else micros(frame["ends_at"])
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "limit": lambda: {"sku": typed["sku"], "region": typed["region"], "units_per_order": int(typed["units"])},
        "coupon": lambda: (
            {"code": typed["code"].strip(), "percent": int(typed["percent"]), "expires": expires}
            | {"sku": typed["sku"], "region": typed["region"]}
        ),
        "price": lambda: (
            {"sku": typed["sku"], "channel": typed["channel"] or ""}
            | {"price_minor": round(typed["price"] * 10 ** get_currency_precision(frame["currency"]))}
        ),
        "screen": lambda: {"sku": typed["sku"], "push": bool(typed.get("push"))},
        "bundle": lambda: (
            {"bundle": typed["bundle"].strip(), "region": typed["region"], "skus": list(typed["skus"])}
            | {"percent": int(typed["percent"]), "expires": expires}
        ),
        "safety": lambda: (
            {"sku": typed["sku"], "region": typed["region"]}
            | {"units": None if typed.get("count") is None else int(typed["count"])}
        ),
        "split": lambda: {"channel": typed["channel_one"], "sku": typed["sku"], "percent": int(typed["weight"])},
        "listing": lambda: {"sku": typed["sku"], "mode": typed["mode"]},
    }
    return made[kind]()


def typed_in(kind: str) -> dict[str, Any]:
    """Read the fields of a form."""
    return {name: st.session_state.get(f"term_{kind}_{name}") for name in FORMS[kind][2]}


def draw(frame: Frame, press: Callable[[str, str], None], may_set: Callable[[str], bool], say: Say = english) -> None:
    """Draw the chosen form and its button, for who may set any of these terms."""
    kinds = [kind for kind, (_, command, _) in FORMS.items() if may_set(command)]
    if not kinds:
        return
    words = {kind: say(FORMS[kind][0]) for kind in kinds}
    kind = (
        st.segmented_control(
            say("Set a term"),
            kinds,
            default=kinds[0],
            key="term_kind",
            format_func=lambda name: words[name],
            label_visibility="collapsed",
        )
        or kinds[0]
    )
    with st.container(key="term_fields", horizontal=True, gap="small"):
        for name in FORMS[kind][2]:
            _field(kind, name, frame, say)
    typed = typed_in(kind)
    ready = command_of(kind, frame, typed)
    with st.container(key="term_act", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(_noted(kind, frame, typed, say), width="stretch")
        command_id = named(("term", kind))
        st.button(
            say("Set"),
            key=f"term_set_{command_id}",
            type="primary",
            disabled=ready is None or st.session_state.get("term_sent") == (kind, typed),
            on_click=press,
            args=(kind, command_id),
        )


def _noted(kind: str, frame: Frame, typed: Mapping[str, Any], say: Say) -> str:
    words = safe(note(kind, frame, typed, say))
    if typed.get("mode") == "shared":
        return f'<div class="said yellow">{shape("warning")}{words}</div>'
    return f'<div class="dim">{words or "&nbsp;"}</div>'


def _field(kind: str, name: str, frame: Frame, say: Say) -> None:
    key = f"term_{kind}_{name}"
    names = dict(list(titles(frame).items())[:SKUS_MAX])
    if name == "sku":
        st.selectbox(say("SKU"), list(names), key=key, format_func=lambda sku: names.get(sku, sku))
    elif name == "skus":
        st.multiselect(say("SKUs"), list(names), key=key, format_func=lambda sku: names.get(sku, sku))
    elif name == "region":
        st.selectbox(say("region"), [row["region"] for row in frame["regions"]], key=key)
    elif name in ("channel", "channel_one"):
        channels = {row["channel"]: row["name"] or row["channel"] for row in frame["channels"]}
        all_first = ["", *channels] if name == "channel" else list(channels)
        st.selectbox(
            say("channel"), all_first, key=key, format_func=lambda one: channels.get(one, one) or say("all channels")
        )
    elif name == "mode":
        st.selectbox(say("listings"), list(MODES), key=key, format_func=lambda mode: say(MODES[mode]))
    elif name == "push":
        st.checkbox(say("Push it"), key=key)
    elif name == "price":
        st.number_input(f"{say('price')}, {frame['currency']}", min_value=0.0, value=None, format="%.2f", key=key)
    elif name in NUMBERS:
        label, least, empty = NUMBERS[name]
        st.number_input(say(label), min_value=least, value=None, step=1, key=key, placeholder=say(empty))
    else:
        st.text_input(say("code") if name == "code" else say("name"), key=key)
