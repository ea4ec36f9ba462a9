"""Shared listings: in words what they may cost, before they are chosen and while they are.

    rows of a SKU + how late the news of its channels is -> chance that a delay sells a unit twice -> "1 in 40,000"

The chance is that of the gate (`allocation.overlap`), which lets listings overlap only while it is small. Before a SKU
is shared it is worked out here from the frame; afterwards the exchange tells it (`listing_modes`).
"""

from dashboard.allocation.overlap import RISK_MAX, risk
from dashboard.screens.marks import Frame, number, safe, shape, titles
from dashboard.screens.words import Say, english

DELAY_FIRST_SECONDS = 1.0
"""How late news is taken to be where no order has told yet."""
ROUND_SECONDS = 3.0
"""What lowering the other listings takes besides: a change under way, its own way there, and its rest after a push."""
RATE_SHAPE = 3.0
"""How well a rate is known: a host may push within the next second."""
LEAST = 1e-6


def delay_seconds(frame: Frame, region: str) -> float:
    """Return how long an order of one channel stays unknown to the listings of the others in a region."""
    known = [row["sync_p95_ms"] for row in frame["channels"] if row["region"] == region and row["sync_p95_ms"]]
    return ROUND_SECONDS + (max(known) / 1000 if known else DELAY_FIRST_SECONDS)


def chance(frame: Frame, sku: str) -> tuple[float, float]:
    """Return the chance that a delay sells more of a SKU than there is where it is worst, and the delay's seconds."""
    found = [(0.0, DELAY_FIRST_SECONDS + ROUND_SECONDS)]
    for row in frame["countdowns"]:
        sellers = [one for one in frame["channels"] if one["region"] == row["region"] and not one["behind"]]
        if row["sku"] != sku or row["left"] <= 0 or not sellers:
            continue
        weights = [one["units_sold"] + 1 for one in sellers]
        rates = [row["expected_per_minute"] / 60 * weight / sum(weights) for weight in weights]
        seconds = delay_seconds(frame, row["region"])
        found.append((risk(int(row["left"]), rates, seconds, row["lot"], RATE_SHAPE), seconds))
    return max(found)


def odds(share: float, say: Say = english) -> str:
    """Write a small chance as people read it: 1 in so many."""
    if share < LEAST:
        return say("less than 1 in a million")
    digits = max(0, len(str(int(1 / share))) - 2)
    return say("1 in {many}").format(many=number(round(1 / share, -digits)))


def warning(frame: Frame, sku: str, say: Say = english) -> str:
    """Say what sharing the listings of a SKU may cost."""
    now, seconds = chance(frame, sku)
    sentence = say(
        "Two platforms may sell the same unit within the sync delay of about {seconds} s: chance now {now} each time;"
        " they stop to overlap at {limit}. Orders nobody can cover are alarmed and have to be cancelled by you."
    )
    return sentence.format(now=odds(now, say), seconds=f"{seconds:.0f}", limit=odds(RISK_MAX, say))


def html(frame: Frame, say: Say = english) -> str:
    """Build the line of every SKU that is shared now: units listed beyond what there is, and the chance."""
    rows, names = frame.get("listing_modes") or [], titles(frame) if frame.get("skus") else {}
    if not rows:
        return ""
    words = "".join(
        f"<span>{shape('warning' if row['overlap_units'] else 'grey')}<b>{safe(names.get(row['sku'], row['sku']))}</b> "
        f"{safe(told(row, say))}</span>"
        for row in rows
    )
    return f'<div class="shared"><em>{safe(say("shared listings"))}</em>{words}</div>'


def told(row: Frame, say: Say = english) -> str:
    """Say how much of a shared SKU is listed twice now, and the chance that a delay sells a unit twice."""
    if not row["overlap_units"]:
        return say("nothing is listed twice now")
    likely = say("{odds} per delay").format(odds=odds(row["risk"], say))
    return f"{number(row['overlap_units'])} {say('units listed twice')} · {likely}"
