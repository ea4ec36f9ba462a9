"""Words about host lines that several panels say: what kind of a line it is, and why one is not to be said any more."""

from dashboard.screens.marks import Frame, number
from dashboard.screens.words import Say


def kind(line: Frame, say: Say) -> tuple[str, str]:
    """Return the tone and the name of a line's kind."""
    names = {
        "low_stock": ("red", say("low stock")),
        "restock": ("blue", say("restock")),
        "limit": ("yellow", say("limit")),
        "price": ("green", say("price")),
        "coupon": ("green", say("coupon")),
        "bundle": ("green", say("bundle")),
        "slow_region": ("green", say("present it")),
        "next_hero": ("blue", say("next product")),
    }
    return names.get(line["kind"], ("blue", str(line["kind"])))


def why(row: Frame, say: Say) -> str:
    """Say why a line is not to be said any more; first of all, whether it was."""
    now = f"{say('now')} {number(row['now'])}" if row.get("now") is not None else say("another number now")
    reasons = {
        "sold_out": say("sold out"),
        "changed": now,
        "ended": say("ended"),
        "arrived": say("arrived"),
        "late_feed": say("its data is late"),
        "unknown_eta": say("nobody knows when it arrives"),
        "not_deliverable": say("not deliverable there"),
        "not_listed": say("nothing of it listed here"),
    }
    said = reasons.get(str(row["code"]), str(row["code"]))
    return f"{say('you said this')} · {said}" if row["said"] else said
