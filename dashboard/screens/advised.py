"""What the allocator says of a move: how many units, what the next one is worth at either end, and how it found out.

Data flow: the frame's `allocation` (None until the allocator has spoken) + a wish -> plain values for the desk.
Worth is money in minor units of the show's currency.
Invariants: an advice is never more than its pool has by now; where the allocator said nothing, nothing is made up.
"""

from typing import Any

from dashboard.screens.marks import Frame, money
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

Wish = dict[str, Any]

METHODS = {"lp": "best expected margin", "proportional": "in proportion to what lacks", "seller": "the seller's rule"}
"""How the allocator found its numbers, in words."""
DEGRADED = ("proportional", "seller")


def advice(frame: Frame, wish: Wish) -> Frame | None:
    """Return what the allocator advises for this SKU between these pools, if it does."""
    rows = (frame.get("allocation") or {}).get("advice", ())
    wanted = (wish.get("sku"), wish.get("from_pool"), wish.get("to_pool"))
    return next((row for row in rows if (row["sku"], row["from_pool"], row["to_pool"]) == wanted), None)


def bid(frame: Frame, sku: str) -> int | None:
    """Return what a flexible unit of a SKU is worth at least elsewhere or later; None where nobody said."""
    rows = (frame.get("allocation") or {}).get("bids", ())
    return next((int(row["bid_minor"]) for row in rows if row["sku"] == sku), None)


def next_unit(frame: Frame, sku: str, pool: str) -> int | None:
    """Return what the next unit of a SKU is worth in the region of a pool; of the flexible pool it is its bid."""
    if pool == "flexible":
        return bid(frame, sku)
    rows = (frame.get("allocation") or {}).get("worth", ())
    return next((int(row["minor"]) for row in rows if row["sku"] == sku and f"region/{row['region']}" == pool), None)


def is_degraded(frame: Frame) -> bool:
    """Tell whether the allocator had to do with something simpler."""
    said = frame.get("allocation")
    return said is not None and said["method"] in DEGRADED


def how(frame: Frame, say: Say = english) -> str:
    """Say how the allocator found its numbers, and what kept it from a better way."""
    said = frame.get("allocation")
    if not said:
        return ""
    words = say(METHODS.get(said["method"], said["method"]))
    return f"{words}: {sentence(said['why'], say)}" if said["why"] else words


def amount(minor: int | None, currency: str, say: Say = english) -> str:
    """Write what a unit is worth, a dash where nobody said."""
    return "–" if minor is None else money(minor, currency, say)
