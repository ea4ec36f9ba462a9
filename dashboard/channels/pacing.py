"""How often a platform may be called: a window of a minute, pauses after failures, and a breaker when it is gone.

    Window   room(now, urgent) -> count(now)
    Breaker  may_call(now) -> called() ... succeeded() | failed(now, why)
    Rest     is_over(now)  ... refused(now, seconds, chance) | taken(), when the platform is well but takes no more

No library is used because none takes the time and the chance as arguments: the same seed must give the same calls. The
window is a little longer than a minute and a little smaller than the limit, since the platform counts arrivals, not
departures. Half of it is kept for what is urgent. After some failures in a row the breaker opens: nothing is sent for a
while, then one call is tried; each further failure doubles the pause.
"""

from collections import deque
from random import Random

SECOND = 1_000_000
WINDOW = 63 * SECOND
WINDOW_SHARE = 0.95
"""Of a limit, how much is used at most."""
CALM_SHARE = 0.5
"""Of a limit, how much is used for what is not urgent."""
EVEN = 1.1
"""Calls that are spread evenly keep so many times the distance that the limit asks for."""
FAILURES_MAX = 5
PAUSE_SECONDS = 2.0
PAUSE_SECONDS_MAX = 60.0
RETRY_SECONDS = 0.4
RETRY_SECONDS_MAX = 15.0


class Window:
    """Calls of the last minute against a limit."""

    def __init__(self, calls_per_minute: int) -> None:
        self.most = max(1, int(calls_per_minute * WINDOW_SHARE))
        self._sent: deque[int] = deque()

    def room(self, now: int, urgent: bool = True) -> bool:
        """Tell whether one more call may leave."""
        while self._sent and self._sent[0] <= now - WINDOW:
            self._sent.popleft()
        return len(self._sent) < (self.most if urgent else max(1, int(self.most * CALM_SHARE)))

    def left(self, now: int) -> int:
        """How many calls more may leave now."""
        return self.most - len(self._sent) if self.room(now) else 0

    def due(self, now: int) -> int:
        """When the next of many calls should leave so that the limit lasts: at once while half of it is unused."""
        if not self._sent or self.room(now, urgent=False):
            return now
        return self._sent[-1] + int(WINDOW / self.most * EVEN)

    def count(self, now: int) -> None:
        """A call leaves."""
        self._sent.append(now)


class Bucket:
    """Calls that may come in a burst but not often: tokens that fill up slowly."""

    def __init__(self, per_second: float, burst: int, now: int) -> None:
        self.per_second, self.burst = per_second, burst
        self._tokens = float(burst)
        self._at = now

    def tokens(self, now: int) -> float:
        """How many calls could leave at once."""
        self._tokens = min(self.burst, self._tokens + max(0, now - self._at) / SECOND * self.per_second)
        self._at = max(self._at, now)
        return self._tokens

    def take(self, now: int) -> None:
        """A call leaves."""
        self._tokens = self.tokens(now) - 1


class Breaker:
    """Whether a platform is worth calling at all."""

    def __init__(self) -> None:
        self.failures = 0
        self.open_until = 0
        self.probing = False
        self.why = ""

    def is_open(self) -> bool:
        """Tell whether calls fail for now."""
        return self.failures >= FAILURES_MAX

    def may_call(self, now: int) -> bool:
        """Tell whether a call may leave: always while closed, one at a time after a pause while open."""
        return not self.is_open() or (now >= self.open_until and not self.probing)

    def called(self) -> None:
        """A call leaves; while open it is the probe."""
        self.probing = self.is_open()

    def succeeded(self) -> None:
        """The platform answered sensibly."""
        self.failures, self.probing, self.why = 0, False, ""

    def failed(self, now: int, why: str) -> None:
        """The platform did not answer, or answered with a server error.

        A call that left before the breaker opened says nothing new: only a probe that fails makes the pause longer.
        """
        if self.is_open() and not self.probing:
            return
        self.failures += 1
        self.probing, self.why = False, why
        if self.is_open():
            doublings = min(8, self.failures - FAILURES_MAX)
            self.open_until = now + int(min(PAUSE_SECONDS_MAX, PAUSE_SECONDS * 2**doublings) * SECOND)


class Rest:
    """A pause a platform asked for, or a growing one where it names none; it says nothing bad about the platform."""

    def __init__(self) -> None:
        self.until = 0
        self._refusals = 0

    def is_over(self, now: int) -> bool:
        """Tell whether calls may leave."""
        return now >= self.until

    def refused(self, now: int, seconds: float | None, chance: Random) -> None:
        """A call was one too many; several that were out together count as one."""
        if seconds:
            self.until = max(self.until, now + int(seconds * SECOND))
        elif self.is_over(now):
            self.until = retry_at(now, self._refusals, chance)
            self._refusals += 1

    def taken(self) -> None:
        """The platform took a call."""
        self._refusals = 0


def retry_at(now: int, attempts: int, chance: Random) -> int:
    """When to try again after some attempts: doubling pauses, each cut by up to half so that retries do not march."""
    pause = min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** min(attempts, 10))
    return now + int(pause * chance.uniform(0.5, 1.0) * SECOND)
