"""Who may ask what: five roles, each of which may ask all that the one before it may.

    viewer        looks on and asks nothing
    host          speaks to the audience: the SKU on screen, host lines, notes, owning an alert
    strategist    decides who may sell: moves, pools, proposals, limits, prices, coupons, shipments to send
    coordinator   handles goods and orders: receiving, counting, shipping, cancelling, safety stock
    admin         everything: shows, rules and their parameters, and speaking for a platform by hand

`LOWEST` is the one table: a command's tag, and the lowest role that may ask it. What is not in it takes an admin, so
a command that somebody forgot here is closed rather than open. `ACTS` is the same for what is no command.

A role is a person's. Rules, platforms, clock and import are no people and are not asked for one: what an approved
proposal carries out is the rule's, and approving it is what its approver must be allowed to do.
"""

from collections.abc import Mapping

import msgspec

from dashboard.decision.refusals import Code, Refusal

VIEWER, HOST, STRATEGIST, COORDINATOR, ADMIN = ROLES = ("viewer", "host", "strategist", "coordinator", "admin")
"""The roles, the lowest first."""

LOWEST: Mapping[str, str] = {
    # the audience
    "set_on_screen": HOST,
    "publish_line": HOST,
    "retract_line": HOST,
    "say_line": HOST,
    "set_speech": HOST,
    "add_note": HOST,
    "acknowledge_alert": HOST,
    # who may sell it
    "reallocate": STRATEGIST,
    "undo": STRATEGIST,
    "open_pool": STRATEGIST,
    "close_pool": STRATEGIST,
    "lend_units": STRATEGIST,
    "return_loan": STRATEGIST,
    "fulfil_request": STRATEGIST,
    "withdraw_request": STRATEGIST,
    "set_split": STRATEGIST,
    "set_listing_mode": STRATEGIST,
    "announce_guest": STRATEGIST,
    # how it is sold
    "set_limit": STRATEGIST,
    "set_price": STRATEGIST,
    "set_coupon": STRATEGIST,
    "set_bundle": STRATEGIST,
    # what is waiting for a decision
    "approve_action": STRATEGIST,
    "dismiss_action": STRATEGIST,
    "withdraw_action": STRATEGIST,
    "raise_alert": STRATEGIST,
    "resolve_alert": STRATEGIST,
    "report_errand": STRATEGIST,
    # where it is
    "start_shipment": STRATEGIST,
    "request_replenishment": STRATEGIST,
    "arrive_shipment": COORDINATOR,
    "receive_goods": COORDINATOR,
    "adjust_goods": COORDINATOR,
    "quarantine_goods": COORDINATOR,
    "release_goods": COORDINATOR,
    "issue_claims": COORDINATOR,
    "set_safety": COORDINATOR,
    # orders that exist
    "ship_order": COORDINATOR,
    "return_order": COORDINATOR,
    "cancel_order": COORDINATOR,
    "place_order": COORDINATOR,
    # shows and rules
    "open_show": ADMIN,
    "close_show": ADMIN,
    "propose_action": ADMIN,
    "set_autonomy": ADMIN,
    "set_parameter": ADMIN,
    # what is reckoned
    "adopt_forecast": ADMIN,
    "record_allocation": ADMIN,
    # what platforms say
    "announce_order": ADMIN,
    "report_level": ADMIN,
    "expose": ADMIN,
    "recall": ADMIN,
    "withhold": ADMIN,
    "release_cover": ADMIN,
}
"""Command tag -> the lowest role that may ask it."""

ACTS: Mapping[str, str] = {
    "read_letters": VIEWER,  # what platforms told and could not be taken, without its bodies
    "verify_journal": STRATEGIST,  # the independent check, which copies the journal
    "read_buyers": COORDINATOR,  # who bought, and downloads of the audit that say it
    "retry_letter": STRATEGIST,  # one of these once more
    "build_review": STRATEGIST,  # the review of a show that goes on; that of a closed one is begun by whoever looks
    "run_again": COORDINATOR,  # a show decided anew under a change, which takes a processor for minutes
    "run_stress": ADMIN,  # a test that takes a processor for a minute
}
"""What a person may do that is no command -> the lowest role that may."""


class Person(msgspec.Struct, frozen=True):
    """Somebody who asks: the name the audit will show, and a role."""

    actor: str
    role: str


OPERATOR = Person("operator", ADMIN)
"""The one person of a war room on a machine of one's own."""
ONLOOKER = Person("onlooker", VIEWER)
"""Somebody nobody knows, where looking is free."""


def lowest(what: str) -> str:
    """Return the lowest role that may ask a command, or do an act."""
    return LOWEST.get(what) or ACTS.get(what, ADMIN)


def may(person: Person, what: str) -> bool:
    """Tell whether somebody may ask a command (its tag) or do an act; an unknown role may nothing."""
    return person.role in ROLES[ROLES.index(lowest(what)) :]


def forbidden(person: Person, what: str) -> Refusal | None:
    """Refuse what somebody may not ask, naming the role that may."""
    if may(person, what):
        return None
    above = " or above" if lowest(what) != ADMIN else ""
    return Refusal(
        Code.ROLE_FORBIDS, f"The role {person.role} may not ask for {what}; that takes {lowest(what)}{above}."
    )
