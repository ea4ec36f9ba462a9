"""Terms in force: limits, coupons, prices, bundles, safety stocks, weights, shared listings, what is on screen.

Data flow: the tables of a frame -> one row per term: what it is, and the command that would lift it -> text and button.
Invariants: what a lift sends is one command, with an id that stays with its term; a price has no lift, for what it was
before is not known here; it is set anew.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from dashboard.screens import overlapping
from dashboard.screens.answers import asleep
from dashboard.screens.marks import Frame, clock, money, number, safe, shape, titles
from dashboard.screens.words import Say, english


class Term(NamedTuple):
    """A term in force: its kind, what it says, the command that ends it ("": none does) and that command's fields."""

    kind: str
    text: str
    command: str = ""
    fields: tuple[tuple[str, Any], ...] = ()

    def key(self) -> str:
        """Return what tells this term from the others."""
        return f"{self.command}:{':'.join(str(value) for _, value in self.fields)}"


def _until(row: Frame, frame: Frame, say: Say) -> str:
    return f", {say('until')} {clock(row['expires'], frame['time_zone'])}" if row["expires"] else ""


def _limits(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "limit",
            f"{names.get(row['sku'], row['sku'])}, {row['region']}: {row['units_per_order']} {say('per order')}",
            "set_limit",
            (("sku", row["sku"]), ("region", row["region"]), ("units_per_order", None)),
        )
        for row in frame.get("limits", ())
    ]


def _coupons(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "coupon",
            f"{row['code']} −{row['percent']}%: {names.get(row['sku'], row['sku'])}, {row['region']}"
            f"{_until(row, frame, say)}",
            "set_coupon",
            (("sku", row["sku"]), ("region", row["region"]), ("code", row["code"]), ("percent", 0)),
        )
        for row in frame.get("coupons", ())
    ]


def _prices(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "price",
            f"{names.get(row['sku'], row['sku'])}, {row['channel'] or say('all channels')}: "
            f"{money(row['price_minor'], frame['currency'], say)}",
        )
        for row in frame.get("prices", ())
    ]


def _bundles(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "bundle",
            f"{' + '.join(names.get(sku, sku) for sku in row['skus'])}, {row['region']}: −{row['percent']}%"
            f"{_until(row, frame, say)}",
            "set_bundle",
            (("bundle", row["bundle"]), ("region", row["region"]), ("skus", tuple(row["skus"])), ("percent", 0)),
        )
        for row in frame.get("bundles", ())
    ]


def _safety(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "safety",
            f"{names.get(row['sku'], row['sku'])}, {row['region']}: {number(row['units'])} {say('units')}",
            "set_safety",
            (("sku", row["sku"]), ("region", row["region"]), ("units", None)),
        )
        for row in frame.get("safety", ())
    ]


def _splits(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "split",
            f"{names.get(row['sku'], row['sku'])}, {row['channel']}: {row['percent']}%",
            "set_split",
            (("channel", row["channel"]), ("sku", row["sku"]), ("percent", 100)),
        )
        for row in frame.get("splits", ())
    ]


def _listings(frame: Frame, names: dict[str, str], say: Say) -> list[Term]:
    return [
        Term(
            "listings",
            f"{names.get(row['sku'], row['sku'])}: {say('shared')}, {overlapping.told(row, say)}",
            "set_listing_mode",
            (("sku", row["sku"]), ("mode", "proof")),
        )
        for row in frame.get("listing_modes", ())
    ]


def in_force(frame: Frame, say: Say = english) -> list[Term]:
    """Return every term in force, what is on screen first."""
    names = titles(frame)
    shown = [
        Term("on screen", names[row["sku"]], "set_on_screen", (("sku", ""),))
        for row in frame["skus"]
        if row.get("on_screen")
    ]
    found = [make(frame, names, say) for make in (_limits, _coupons, _prices, _bundles, _safety, _splits, _listings)]
    return shown + [term for rows in found for term in rows]


def text(term: Term, say: Say = english) -> str:
    """Build the line of a term."""
    return f'<div class="term"><em>{safe(say(term.kind))}</em><b>{safe(term.text)}</b></div>'


def draw(frame: Frame, lift: Callable[[Term], None], may_lift: Callable[[str], bool], say: Say = english) -> None:
    """Draw the terms in force, each with a lift for who may ask it."""
    rows = in_force(frame, say)
    if not rows:
        st.html(f'<div class="empty">{shape("green")}{safe(say("No terms in force"))}</div>')
    for position, term in enumerate(rows):
        with st.container(
            key=f"term_{position}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.html(text(term, say), width="stretch")
            if term.command and may_lift(term.command):
                st.button(
                    say("Lift"),
                    key=f"lift_{term.key()}",
                    disabled=asleep(f"term_{position}", term.key()),
                    on_click=lift,
                    args=(term,),
                    wrap=False,
                )
