"""Who may ask what: the whole policy once more as people would write it down, against every command there is."""

import pytest

from dashboard.decision import commands as c, roles
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.roles import ACTS, LOWEST, ROLES, Person, forbidden, may
from tests.decision.samples import KINDS, sample

POLICY = {
    "viewer": "",
    "host": "set_on_screen publish_line retract_line say_line set_speech add_note acknowledge_alert",
    "strategist": """
        reallocate undo open_pool close_pool lend_units return_loan fulfil_request withdraw_request set_split
        announce_guest set_limit set_price set_coupon set_bundle approve_action dismiss_action withdraw_action
        raise_alert resolve_alert report_errand start_shipment request_replenishment set_listing_mode
    """,
    "coordinator": """
        receive_goods adjust_goods quarantine_goods release_goods issue_claims arrive_shipment set_safety
        ship_order return_order cancel_order place_order
    """,
    "admin": """
        open_show close_show propose_action set_autonomy set_parameter
        announce_order report_level expose recall withhold release_cover adopt_forecast record_allocation
    """,
}
"""Role -> what it may ask beside what the roles before it may."""


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    assert set(LOWEST) == set(KINDS)


@pytest.mark.parametrize("tag", sorted(KINDS))
def test_a_command_is_open_to_the_roles_of_the_policy_and_closed_to_all_others(tag: str) -> None:
    allowed: set[str] = set()
    for role in ROLES:
        allowed |= set(POLICY[role].split())
        person = Person("ann", role)
        assert may(person, tag) == (tag in allowed)
        assert (forbidden(person, tag) is None) == (tag in allowed)
    assert tag in allowed


@pytest.mark.parametrize("tag", sorted(KINDS))
def test_the_smallest_command_of_every_kind_can_be_read(tag: str) -> None:
    """Otherwise the tests of who may ask it would test the decoder."""
    assert isinstance(c.decode(c.encode(sample(tag))), KINDS[tag])


def test_a_refusal_names_the_role_the_command_and_the_lowest_role_that_may() -> None:
    assert forbidden(Person("ann", "viewer"), "reallocate") == Refusal(
        Code.ROLE_FORBIDS, "The role viewer may not ask for reallocate; that takes strategist or above."
    )
    refused = forbidden(Person("ann", "coordinator"), "set_parameter")
    assert refused
    assert refused.sentence == "The role coordinator may not ask for set_parameter; that takes admin."


def test_what_is_in_no_table_takes_an_admin_and_an_unknown_role_may_nothing() -> None:
    assert [role for role in ROLES if may(Person("ann", role), "invent_units")] == ["admin"]
    assert not any(may(Person("ann", "owner"), what) for what in (*LOWEST, *ACTS))
    assert not any(may(Person("ann", ""), what) for what in (*LOWEST, *ACTS))


@pytest.mark.parametrize(("act", "lowest"), [
    ("read_letters", "viewer"), ("retry_letter", "strategist"), ("build_review", "strategist"), ("run_again", "coordinator"),
    ("run_stress", "admin"),
])  # fmt: skip
def test_acts_that_are_no_commands_have_a_lowest_role_too(act: str, lowest: str) -> None:
    assert roles.lowest(act) == lowest
    assert not set(ACTS) & set(LOWEST)
