"""Move: change who may sell units, seeing both ends before it is done.

Data flow: frame + what is chosen -> `whatif` -> `preview`, HTML that ticks; the form itself lives outside of the tick,
so half-typed input survives. Move -> one `reallocate` command -> the room's answer.
Invariants: the command carries what its preview promised (`whatif.promise`), computed when the form was drawn and again
with every tick; a stale one is refused, the new numbers are on screen at once and one sentence asks to confirm again.
Quantity field and slider always say the same.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import streamlit as st

from dashboard.screens import advised, both_ends, forms, whatif
from dashboard.screens.door import Submit
from dashboard.screens.marks import Frame, money, number, pool_name, safe, shape, titles
from dashboard.screens.whatif import Wish
from dashboard.screens.words import Say, english

MODE = "desk"
SKUS_MAX = 300
POOLS_MAX = 60
NAMED_MAX = 2


def suggestion(frame: Frame) -> Wish:
    """Choose what to offer first: what the allocator advises, else the most urgent row the flexible pool can help."""
    for one in (frame.get("allocation") or {}).get("advice", ()):
        first = {"sku": one["sku"], "from_pool": one["from_pool"], "to_pool": one["to_pool"], "units": None}
        units = whatif.says(frame, first)
        if units:
            return first | {"units": units}
    flexible = {row["sku"]: row["left"] for row in frame["pools"] if row["pool"] == "flexible"}
    for row in islice(frame["countdowns"], SKUS_MAX):
        if row["state"] in ("counting", "out") and flexible.get(row["sku"], 0) > 0 and row["wanted_mean"] > 0:
            return {"sku": row["sku"], "from_pool": "flexible", "to_pool": f"region/{row['region']}", "units": None}
    pools = pools_of(frame)
    if not frame["skus"] or len(pools) < 2:
        return {}
    fullest = max(flexible, key=lambda sku: flexible[sku], default=frame["skus"][0]["sku"])
    giver = "flexible" if flexible else pools[0]
    taker = next(pool for pool in pools if pool != giver)
    return {"sku": fullest, "from_pool": giver, "to_pool": taker, "units": None}


def pools_of(frame: Frame) -> list[str]:
    """Return the pools that hold anything, once each."""
    return list(dict.fromkeys(row["pool"] for row in frame["pools"]))[:POOLS_MAX]


def skus_of(frame: Frame) -> list[str]:
    """Return the SKUs to choose from, the most urgent first."""
    names = titles(frame)
    return list(
        dict.fromkeys([*(row["sku"] for row in islice(frame["countdowns"], SKUS_MAX)), *islice(names, SKUS_MAX)])
    )


def wish() -> Wish:
    """Read what is chosen."""
    found = {field: forms.value(MODE, field) for field in ("sku", "from_pool", "to_pool", "units")}
    return found if found["sku"] and found["from_pool"] and found["to_pool"] else {}


def form(look: forms.Look, submit: Submit, say: Say = english) -> None:
    """Draw the form; everything in it keeps its place while the rest of the page ticks."""
    frame = look()
    pools, skus, names = pools_of(frame), skus_of(frame), titles(frame)
    if len(pools) < 2 or not skus:
        st.html(f'<div class="empty">{safe(say("nothing allocated"))}</div>')
        return
    first = suggestion(frame) if f"{MODE}_begun" not in st.session_state else {}
    st.session_state[f"{MODE}_begun"] = True
    forms.begin(MODE, **first)
    for field, choices in (("sku", skus), ("from_pool", pools), ("to_pool", pools)):
        forms.keep_to(MODE, field, choices)
    left, right = st.columns([8, 5], gap="small")
    _choice(left, say("SKU"), "sku", skus, lambda sku: names.get(sku, sku))
    most = _units(right, frame, say)
    left, right = st.columns(2, gap="small")
    for column, word, field in ((left, "From", "from_pool"), (right, "To", "to_pool")):
        _choice(column, say(word), field, pools, lambda pool: pool_name(pool, say))
    _amount(look, most, say)
    chosen = wish()
    st.session_state.desk_wish = {"mode": "move"} | chosen
    promised(frame)
    st.html('<div class="slot" data-slot="preview"></div>')
    _confirm(look, submit, chosen, say)


def _choice(column: Any, label: str, field: str, choices: Sequence[str], named: Callable[[str], str]) -> None:
    column.selectbox(
        label,
        choices,
        key=forms.key(MODE, field),
        format_func=named,
        label_visibility="collapsed",
        persist_state="page",
    )


def _units(column: Any, frame: Frame, say: Say) -> int:
    """Draw the number; return how many there could be."""
    column.number_input(
        say("Units"),
        min_value=1,
        step=1,
        value=None,
        key=forms.key(MODE, "units"),
        placeholder=say("Units"),
        label_visibility="collapsed",
        persist_state="page",
    )
    chosen = wish()
    return max(1, whatif.reach(frame, chosen["sku"], chosen["from_pool"]))


def _amount(look: forms.Look, most: int, say: Say) -> None:
    """Draw the slider, and beside it what the allocator advises once it has spoken; both fill the field above."""
    frame, chosen = look(), wish()
    says, most = whatif.says(frame, chosen), max(2, most)
    forms.put(MODE, "slide", min(most, forms.value(MODE, "units") or 0))
    left, right = st.columns([8, 5], gap="small", vertical_alignment="center")
    left.slider(say("How many"), 0, most, key=forms.key(MODE, "slide"), label_visibility="collapsed", on_change=_slid)
    if frame.get("allocation"):
        right.button(
            f"{say('Take')} {number(says)}" if says else say("Advises none"),
            key="desk_says",
            disabled=not says,
            width="stretch",
            wrap=False,
            on_click=_filled,
            args=(look,),
            help=say("What the allocator would move of this SKU between these pools now."),
        )


def _slid() -> None:
    forms.put(MODE, "units", forms.value(MODE, "slide") or None)


def _filled(look: forms.Look) -> None:
    forms.put(MODE, "units", whatif.says(look(), wish()) or None)


def _confirm(look: forms.Look, submit: Submit, chosen: Wish, say: Say) -> None:
    why, act = st.columns([8, 5], gap="small")
    why.text_input(
        say("Reason"), key=forms.key(MODE, "reason"), placeholder=say("Reason"), label_visibility="collapsed"
    )
    act.button(
        f"{say('Move')} {number(chosen['units']) if chosen['units'] else ''}".strip(),
        type="primary",
        key=forms.key(MODE, "move") + f"_{forms.turn(MODE)}",
        disabled=not chosen["units"] or chosen["from_pool"] == chosen["to_pool"],
        width="stretch",
        on_click=move,
        args=(look, submit, forms.command_id(MODE), say),
    )
    st.html(forms.said(say=say))


def promised(frame: Frame) -> None:
    """Remember what the numbers on screen promise: at drawing, and with every tick that shows new ones."""
    chosen = wish()
    st.session_state.desk_promise = {"wish": chosen} | (whatif.promise(frame, chosen) if chosen else {})


def move(look: forms.Look, submit: Submit, drawn: str, say: Say = english) -> None:
    """Send the move once, with what its preview promised."""
    chosen, told = wish(), dict(st.session_state.get("desk_promise") or {})
    if told.pop("wish", None) != chosen:
        told = whatif.promise(look(), chosen)
    fields = {name: chosen[name] for name in ("sku", "from_pool", "to_pool")}
    fields |= {"quantity": int(chosen["units"]), "reason": forms.value(MODE, "reason") or ""} | told
    where = f"{pool_name(chosen['from_pool'], say)} → {pool_name(chosen['to_pool'], say)}"
    sentence = f"{say('Moved')} {number(chosen['units'])} · {where}"
    frame = look()
    again = say("The numbers above are new: press again to confirm.")
    if not forms.send(submit, frame["show"], MODE, drawn, [("reallocate", fields)], sentence, again):
        promised(look())


def preview(frame: Frame, chosen: Wish, say: Say = english) -> str:
    """Build the what-if: what each end has and how long it lasts, before and after, and what the move is worth."""
    if not chosen.get("sku"):
        return ""
    both, close = whatif.ends(frame, chosen), whatif.close(frame)
    notes = "".join(f"<span>{note}</span>" for note in _notes(frame, chosen, both, say) if note)
    return f'{both_ends.cards(both, close, frame["currency"], say)}<div class="notes">{notes}</div>'


def _notes(frame: Frame, chosen: Wish, both: dict[str, dict[str, Any]], say: Say) -> list[str]:
    """Write the lines under the two ends, HTML: what it is worth, what it takes from others, how it goes."""
    if not chosen["units"]:
        return [_advised(frame, chosen, say)]
    served, currency = whatif.serving(frame, chosen), frame["currency"]
    won, lost = whatif.worth(frame, chosen, served), whatif.regret(frame, chosen)
    margin = f'<b class="green">+{safe(money(won, currency, say))} {safe(say("margin"))}</b>' if won else ""
    if lost["units"]:
        names = ", ".join(lost["regions"][:NAMED_MAX])
        takes = f"{names} {say('will lack')} {number(lost['units'])} (−{money(lost['minor'], currency, say)})"
    else:
        takes = say("nobody else lacks them") if won else ""
    first = " · ".join(
        part for part in (margin, f'<b class="yellow">{safe(takes)}</b>' if lost["units"] else safe(takes)) if part
    )
    return [first, _advised(frame, chosen, say), safe(_ways(served, chosen, currency, say)),
            safe(_given_back(frame, chosen, both, say))]  # fmt: skip


def _advised(frame: Frame, chosen: Wish, say: Say) -> str:
    """Write what the allocator advises where that is not what is typed, and what kept it from a better way."""
    said, units = advised.advice(frame, chosen), whatif.says(frame, chosen)
    told = ""
    if said and units and units != chosen["units"]:
        told = f"{say('advised')} {number(units)} (+{money(said['worth_minor'], frame['currency'], say)})"
    if not advised.is_degraded(frame):
        return safe(told)
    how = safe(advised.how(frame, say))
    return f'{safe(told)} <b class="yellow" title="{how}">{shape("warning")}{how}</b>'.strip()


def _ways(served: list[Frame], chosen: Wish, currency: str, say: Say) -> str:
    """Say from where the units would be sent, at what landed cost and within how many days."""
    parts = []
    for row in served[:NAMED_MAX]:
        units = f"{number(row['units'])} " if len(served) > 1 or row["units"] < chosen["units"] else ""
        landed = money(row["landed_cost_minor"], currency, say)
        parts.append(f"{units}{row['name']} {row['days']:g} {say('d')} {landed}")
    rest = chosen["units"] - sum(row["units"] for row in served)
    if chosen["to_pool"].startswith("region/") and served and rest > 0:
        parts.append(f"{number(rest)} {say('without goods')}")
    return f"{say('landed from')} {' · '.join(parts)}" if parts else ""


def _given_back(frame: Frame, chosen: Wish, both: dict[str, dict[str, Any]], say: Say) -> str:
    """Say what moves now and what platforms have to give back first, and what the giving region keeps at least."""
    if not chosen["from_pool"].startswith("region/"):
        return ""
    said = [text for text in [both_ends.given_back(whatif.parts(frame, chosen), say)] if text]
    slack = whatif.slack(both["from_pool"]["rate"])
    if slack:
        said.append(
            f"{say('keeps at least')} {number(whatif.keeps(frame, chosen))} ({slack} {say('may sell meanwhile')})"
        )
    return " · ".join(said)
