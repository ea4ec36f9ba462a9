"""The filter of the audit: what to look for, as widgets; what is left empty is not asked for.

Data flow: the choices of a show (types, SKUs, regions, channels) -> widgets -> what was typed, as plain values.
Invariants: nothing is interpreted here; every widget keeps its value over a tick.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.screens.words import Say, english

SKUS_MAX = 300
"""How many SKUs are offered; any other can be typed."""
Choices = Mapping[str, Sequence[str]]
"""types, skus, places (`region:US`, `channel:tiktok-us`)."""


def choices(frame: Mapping[str, Any], types: Sequence[str]) -> Choices:
    """Collect what can be chosen in a show."""
    places = [f"region:{row['region']}" for row in frame["regions"]]
    places += [f"channel:{row['channel']}" for row in frame["channels"]]
    return {"types": types, "skus": [row["sku"] for row in frame["skus"][:SKUS_MAX]], "places": places}


def draw(offered: Choices, say: Say = english) -> dict[str, Any]:
    """Draw the widgets and return what stands in them."""
    typed: dict[str, Any] = {}
    kinds, actor, source, sku, place = st.columns([3, 1.5, 1.5, 1.5, 1.5], gap="small")
    typed["types"] = kinds.multiselect(
        say("Entries of type"),
        offered["types"],
        key="sieve_types",
        placeholder=say("Any type"),
        format_func=lambda name: say(name.replace("_", " ")),
    )
    typed["actor"] = actor.text_input(say("Actor"), key="sieve_actor", placeholder="rule:")
    typed["source"] = source.text_input(say("Source"), key="sieve_source", placeholder="/operator")
    typed["sku"] = sku.selectbox(
        say("SKU"), ["", *offered["skus"]], key="sieve_sku", accept_new_options=True,
        format_func=lambda name: name or say("Any"),
    )  # fmt: skip
    typed["place"] = place.selectbox(
        say("Region or channel"), ["", *offered["places"]], key="sieve_place",
        format_func=lambda name: name.partition(":")[2] or say("Any"),
    )  # fmt: skip
    text, since, until, orders, listings = st.columns([3, 1.5, 1.5, 1.5, 1.5], gap="small", vertical_alignment="bottom")
    typed["text"] = text.text_input(say("Text, in the data or the reason"), key="sieve_text")
    typed["since"] = since.text_input(say("From time"), key="sieve_since", placeholder="T+20:00")
    typed["until"] = until.text_input(say("To time"), key="sieve_until", placeholder="20:45")
    typed["hide_orders"] = orders.toggle(say("Hide orders"), value=True, key="sieve_hide_orders")
    typed["hide_listings"] = listings.toggle(say("Hide listings"), key="sieve_hide_listings")
    return typed
