"""What a platform's HTTP answer says before its body is read: when, too many calls, failed, refused.

    status, headers -> answered_at | wait_seconds | not_done (a push) | not_written (a term) | refuse (a reading)

A 429 asks for patience and is told apart from failures (`Throttled`): it says that the platform is well. A server error
after a push leaves open what became of it; 408 and 409 do as well. Some platforms say "too many calls" in the body of a
success; their adapters use the same words (`too_many`, `throttled`).
"""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

from dashboard.channels.adapter import Pushed, Response, Throttled, Unreadable
from dashboard.channels.fields import EPOCH, MICROSECOND
from dashboard.channels.term import Wrote

WAIT_SECONDS_MAX = 3600.0
"""A platform is asked again after so long, whatever it says."""


def answered_at(response: Response) -> int | None:
    """The platform's clock when it answered, in microseconds, from its `date` header; None if it does not say."""
    text = response.headers.get("date")
    if not text:
        return None
    try:
        parsed = parsedate_to_datetime(text)
        micros = (parsed.replace(tzinfo=parsed.tzinfo or UTC) - EPOCH) // MICROSECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return micros if micros > 0 else None


def wait_seconds(response: Response) -> float | None:
    """How long the platform asks us to wait, from `retry-after` in seconds; None if it does not say."""
    try:
        return bounded(float(response.headers.get("retry-after", "")))
    except ValueError:
        return None


def bounded(seconds: float) -> float | None:
    """A pause as we keep it: an hour at most; None for what is no pause."""
    return min(seconds, WAIT_SECONDS_MAX) if math.isfinite(seconds) and seconds >= 0 else None


def sentence(who: str, status: int, why: str = "") -> str:
    """One sentence on an answer that is no success; `why` is what its body says."""
    advice = {
        401: "it does not know the token; set it anew",
        403: "the token may not do this; give it the right to",
        404: "it does not know what was asked for; compare the listings",
    }.get(status, "it failed; ask again later" if status >= 500 else "it refused the call")
    return f"{who} answered {status}: {why.rstrip('.') or advice}."


def _later(who: str, seconds: float | None) -> str:
    when = "later" if seconds is None else f"in {seconds:.1f} seconds"
    return f"{who} takes no more calls for now; ask again {when}."


def too_many(who: str, seconds: float | None) -> Throttled:
    """What a reading raises when the platform takes no more calls for now."""
    return Throttled(_later(who, seconds), seconds)


def throttled(who: str, seconds: float | None) -> Pushed:
    """What became of a push when the platform takes no more calls for now."""
    return Pushed("throttled", retry_after_seconds=seconds, sentence=_later(who, seconds))


def tells_nothing(response: Response) -> bool:
    """Tell whether the status is all there is to know: too many calls, or a platform that failed."""
    return response.status == 429 or response.status >= 500


def not_done(who: str, response: Response, why: str = "") -> Pushed | None:
    """What an HTTP status alone says of a push; None when the body has to say it."""
    status = response.status
    if 200 <= status < 300:
        return None
    if status == 429:
        return throttled(who, wait_seconds(response))
    unknown = status >= 500 or status in (408, 409)
    return Pushed("unknown" if unknown else "refused", sentence=sentence(who, status, why))


def not_written(who: str, response: Response, why: str = "") -> Wrote | None:
    """What an HTTP status alone says of the writing of a term; None when the body has to say it."""
    undone = not_done(who, response, why)
    return None if undone is None else unwritten(undone)


def unwritten(undone: Pushed) -> Wrote:
    """What became of a term, said as of a push that was not done."""
    outcome = undone.outcome
    if outcome == "applied" or outcome == "mismatch":
        return Wrote("unknown", sentence=undone.sentence)
    return Wrote(outcome, "", undone.retry_after_seconds, undone.sentence)


def refuse(who: str, response: Response, why: str = "") -> None:
    """Raise Throttled or Unreadable when a reading did not succeed."""
    if response.status == 429:
        raise too_many(who, wait_seconds(response))
    if not 200 <= response.status < 300:
        raise Unreadable(sentence(who, response.status, why))
