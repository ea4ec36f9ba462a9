"""The chain of hashes: where it ends now, up to which entry it was checked, when, and with what outcome.

Data flow: head of the journal + how the newest check stands (plain values, None before the first) -> HTML.
Invariants: green only where a check has ended, every entry was what its hash says and nothing is oversold; what came
after the checked entry is counted and said; the whole hash is in the page, cut only by the style sheet.
"""

from datetime import UTC, datetime

from dashboard.screens.marks import Frame, clock, number, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

OUTCOMES = {
    "running": ("info", "Checking the journal"),
    "ok": ("green", "Chain and books hold, oversold 0"),
    "breach": ("low", "The journal does not hold"),
    "failed": ("warning", "The check failed"),
}
"""State of a check -> mark and words."""
NEVER = "Not checked since this server started"
DOING = {"copying": "copying it as of this moment", "checking": "recomputing hashes and balances"}


def summary(show: str, head: tuple[int, str], say: Say = english) -> str:
    """Build the facts of the strip: the show, the newest entry, its hash."""
    seq, digest = head
    return (
        f'<div class="fact title"><b>{safe(say("Audit"))}</b><span>{safe(show)}</span></div>'
        f'<div class="fact"><b>{number(seq)}</b><span>{safe(say("entries in the journal"))}</span></div>'
        f'<div class="fact hash"><b><code title="{safe(digest)}">{safe(digest)}</code></b>'
        f"<span>{safe(say('hash of the newest'))}</span></div>"
    )


def html(told: Frame | None, head: tuple[int, str], time_zone: str, say: Say = english) -> str:
    """Build the status of the chain."""
    if told is None:
        return _said("grey", say(NEVER), [say("Every entry carries the hash of the one before it.")])
    state = told["state"]
    mark, words = OUTCOMES[state]
    if state == "running":
        details = [say(DOING[told["doing"]])]
    elif state == "failed":
        details = [sentence(told["problem"], say)]
    else:
        details = [*_breaches(told, say), _reach(told, head, time_zone, say)]
        if told.get("claims") and state == "ok":
            details.append(f"{number(told['claims'])} {say('host lines, each true when it was shown')}")
    if told.get("oversold"):
        details.insert(0, f"{say('oversold')} {number(told['oversold'])}")
    return _said(mark, say(words), details)


def _breaches(told: Frame, say: Say) -> list[str]:
    if not told["breach_count"]:
        return []
    rest = told["breach_count"] - 1
    return [sentence(told["breaches"][0], say) + (f" (+{number(rest)} {say('more')})" if rest else "")]


def _reach(told: Frame, head: tuple[int, str], time_zone: str, say: Say) -> str:
    """Say up to which entry and when, and how many came since."""
    ended = datetime.fromtimestamp(told["ended_at"] / 1_000_000, UTC).isoformat()
    parts = [f"{say('up to entry')} {number(told['seq'])}", clock(ended, time_zone, seconds=True)]
    since = head[0] - told["seq"]
    return " · ".join([*parts, f"{number(since)} {say('since')}"] if since > 0 else parts)


def _said(mark: str, words: str, details: list[str]) -> str:
    rest = "".join(f'<span title="{safe(text)}">{safe(text)}</span>' for text in details)
    return f'<div class="standing {mark}" role="status">{shape(mark)}<div><b>{safe(words)}</b>{rest}</div></div>'
