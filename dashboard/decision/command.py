"""What every command carries; the commands themselves stand in `commands_*`, `commands` lists them all.

Every command carries the id its caller minted, so a retry can be recognised, and the actor who asked.
"""

import msgspec

from dashboard.decision.world import Micros, Name

FLEXIBLE = "flexible"


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every command carries: caller's id, show, actor, where it came from, when it happened, why."""

    id: Name
    show: Name
    actor: str = "operator"
    source: str = "/operator"
    event_time: Micros | None = None
    reason: str = ""
