"""The screens' door to the connected storefronts: what each can do, what could not be taken, and one more try of it.

Data flow: `inbox.serving()` -> plain rows, read at most once a second for all viewers; a letter's id -> `retry` -> what
became of it. Invariants: nothing here decides anything; a letter's body stays behind the door; who may not try a letter
again is refused here, whatever was drawn.
What can fail: no storefront is connected in this process; then there are no letters, and every channel is shown with
what its platform usually lets one do.
"""

import time
from collections.abc import Sequence

from dashboard.channels import inbox as inboxes
from dashboard.channels.adapter import Capability
from dashboard.channels.adapters import PLATFORMS, capability_rows as capability_rows
from dashboard.decision.roles import Person, forbidden
from dashboard.screens.marks import Frame

FRESH_SECONDS = 0.9
LETTERS_MAX = 200

_kept: dict[tuple[int, str], tuple[float, list[Frame]]] = {}


def connected() -> bool:
    """Tell whether this process serves any storefront."""
    return inboxes.serving() is not None


def letters(state: str = "") -> list[Frame]:
    """Return the newest letters of a state (all: empty), the newest first."""
    inbox = inboxes.serving()
    if inbox is None:
        return []
    key, now = (id(inbox), state), time.monotonic()
    kept = _kept.get(key)
    if kept is None or now >= kept[0]:
        kept = _kept[key] = (now + FRESH_SECONDS, inbox.letters(state, limit=LETTERS_MAX))
    return kept[1]


def waiting() -> dict[str, int]:
    """Count the letters of each state among the newest."""
    counts: dict[str, int] = {}
    for row in letters():
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    inbox = inboxes.serving()
    return counts | ({"held": len(inbox.dead.held)} if inbox else {})


def retry(letter: int, now: int, person: Person) -> Frame:
    """Try a letter again at a time (microseconds) and return what became of it: status, sentence."""
    inbox, refusal = inboxes.serving(), forbidden(person, "retry_letter")
    if refusal:
        return {"status": "refused", "sentence": refusal.sentence}
    if inbox is None:
        return {"status": "refused", "sentence": "No storefront is connected here."}
    try:
        outcome = inbox.retry(letter, now)
    except (inboxes.LetterUnknown, inboxes.Unavailable) as problem:
        return {"status": "refused", "sentence": str(problem)}
    finally:
        _kept.clear()
    return {"status": outcome.status, "sentence": outcome.sentence}


def abilities(rows: Sequence[Frame]) -> dict[str, Frame]:
    """Return what every channel can do, connected ones first: platform, push, calls_per_minute, connected."""
    inbox = inboxes.serving()
    found = {
        channel: _ability(adapter.account.platform, adapter.account.capability, True)
        for channel, adapter in (inbox.adapters if inbox else {}).items()
    }
    for row in rows:
        usual = PLATFORMS.get(row["platform"])
        if usual and row["channel"] not in found:
            found[row["channel"]] = _ability(row["platform"], usual.capability, False)
    return found


def _ability(platform: str, capability: Capability, connected: bool) -> Frame:
    return {
        "platform": platform,
        "push": capability.push,
        "calls_per_minute": capability.calls_per_minute,
        "connected": connected,
    }
