"""Teaching: when a show opens, what the journal's closed shows taught is adopted by it.

    OpenShow accepted -> closed shows' folded facts -> lessons -> AdoptForecast, decided right behind it

The adoption is an event of the new show, in the same write as its opening, so its forecasts follow from its own journal
however other shows are kept later. A show is taught only by those that closed before it starts: a history that is
imported out of order is still graded strictly forward. The same journal gives the same lesson; the command's id is the
show's, so it happens once.
"""

from collections.abc import Iterable

from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer
from dashboard.forecast import lessons
from dashboard.projections.frame import Facts

ACTOR = "forecast"
SOURCE = "/forecast"


def adoption(command: c.Command, answer: Answer, shows: Iterable[Facts]) -> c.AdoptForecast | None:
    """What a show that has just opened is to be forecast by; None for all else, and where nothing was taught."""
    if type(command) is not c.OpenShow or answer.status != "accepted":
        return None
    closed = [facts for facts in shows if _teaches(facts, command.starts_at)]
    closed.sort(key=lambda facts: (facts.forecasts.record.at, facts.show), reverse=True)
    own = [facts for facts in closed if facts.opened.host == command.host][: lessons.SHOWS_MAX]
    others = [facts for facts in closed if facts.opened.host != command.host][: lessons.FILLED_UP_TO]
    learned = [
        lessons.learn(facts.show, facts.opened.host, facts.forecasts.pulse, facts.forecasts.record)
        for facts in own + others
    ]
    tuning = lessons.tuning(learned, command.host, lessons.defaults()) if learned else None
    if tuning is None:
        return None
    return c.AdoptForecast(
        id=f"forecast/{command.show}/adopted", show=command.show, actor=ACTOR, source=SOURCE, tuning=tuning
    )


def _teaches(facts: Facts, before: int) -> bool:
    record = facts.forecasts.record
    return facts.status == "closed" and record.at <= before and record.graded.shape[1] > 0
