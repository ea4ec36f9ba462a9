"""Why the room said no: every refusal is a value, named after the rule that was broken.

The order of `Code` is the order of precedence: when two rules are broken, the earlier one is answered, so
the same bad command always gets the same answer. The sentence belongs to the refusal: what was wrong, the
value, and, where a number would have worked, that number (also in `would_work`). Exceptions are kept for
broken programs; nothing a caller sends raises one.
"""

from enum import StrEnum

import msgspec


class Code(StrEnum):
    """The rules a command can break, most basic first."""

    MALFORMED = "malformed"
    ROLE_FORBIDS = "role_forbids"
    EXISTS_WITH_DIFFERENT_BODY = "exists_with_different_body"
    SHOW_UNKNOWN = "show_unknown"
    SHOW_EXISTS = "show_exists"
    SHOW_CLOSED = "show_closed"
    WORLD_INCONSISTENT = "world_inconsistent"
    CHANNEL_UNKNOWN = "channel_unknown"
    REGION_UNKNOWN = "region_unknown"
    LOCATION_UNKNOWN = "location_unknown"
    SKU_UNKNOWN = "sku_unknown"
    POOL_UNKNOWN = "pool_unknown"
    POOL_EXISTS = "pool_exists"
    ORDER_EXISTS = "order_exists"
    ORDER_UNKNOWN = "order_unknown"
    SHIPMENT_EXISTS = "shipment_exists"
    SHIPMENT_UNKNOWN = "shipment_unknown"
    REQUEST_UNKNOWN = "request_unknown"
    LOAN_EXISTS = "loan_exists"
    LOAN_UNKNOWN = "loan_unknown"
    REPLENISHMENT_EXISTS = "replenishment_exists"
    GUEST_EXISTS = "guest_exists"
    TERM_UNKNOWN = "term_unknown"
    ALERT_EXISTS = "alert_exists"
    ALERT_UNKNOWN = "alert_unknown"
    PROPOSAL_EXISTS = "proposal_exists"
    PROPOSAL_UNKNOWN = "proposal_unknown"
    LINE_EXISTS = "line_exists"
    LINE_UNKNOWN = "line_unknown"
    LEVEL_UNKNOWN = "level_unknown"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CHOICE_UNKNOWN = "choice_unknown"
    RULE_UNKNOWN = "rule_unknown"
    PARAMETER_UNKNOWN = "parameter_unknown"
    OUT_OF_RANGE = "out_of_range"
    NOT_IN_THAT_STATE = "not_in_that_state"
    NOTHING_TO_DO = "nothing_to_do"
    TOO_LATE = "too_late"
    NOT_UNDOABLE = "not_undoable"
    STALE_PREVIEW = "stale_preview"
    BELOW_MARGIN = "below_margin"
    OVER_LIMIT = "over_limit"
    TOO_MANY = "too_many"
    NOT_ENOUGH_CLAIMS = "not_enough_claims"
    BELOW_BID = "below_bid"
    NOT_ENOUGH_GOODS = "not_enough_goods"
    NO_LOCATION_SERVES = "no_location_serves"
    JOURNAL_UNAVAILABLE = "journal_unavailable"


class Refusal(msgspec.Struct, frozen=True):
    """A no: the broken rule's code, one sentence for people, and the number that would have worked, if any."""

    code: Code
    sentence: str
    would_work: int | None = None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What became of a command: accepted, exists, exists_with_different_body or refused, and why."""

    status: str
    seq: int | None = None
    code: str = ""
    sentence: str = ""
    would_work: int | None = None
