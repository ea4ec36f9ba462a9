"""The clock as a channel: what falls due by itself becomes commands like anybody's.

    due(show, its name, now) -> requests to fulfil or to end, loans to return

The clock decides nothing: it asks, and the room says yes or no. Ids are made from what is due and how far it got, so
asking twice is asking once. What can fail: a platform that never gives units back; its request ends after its time, and
a loan that is due is asked for again until nothing of it is unsold.
"""

from dashboard.decision import commands as c
from dashboard.decision.records import Request
from dashboard.decision.state import Show

ACTOR = "clock"
SOURCE = "/clock"


def due(show: Show, name: str, now: int) -> list[c.Command]:
    """Everything that is due in a show at a time (microseconds), in the order it was promised."""
    if show.state != "open" or not (show.requests or show.loans):
        return []
    commands: list[c.Command] = []
    for request, asked in show.requests.items():
        if now >= asked.expires or _is_sold_out(show, asked):
            why = "expired" if now >= asked.expires else "nothing of it is unsold"
            id = f"clock/{name}/{request}/end"
            commands.append(
                c.WithdrawRequest(id=id, show=name, actor=ACTOR, source=SOURCE, reason=why, request=request)
            )
        elif show.ledger.claim(asked.sku, asked.from_pool):
            id = f"clock/{name}/{request}/{asked.moved}/{now}"
            commands.append(c.FulfilRequest(id=id, show=name, actor=ACTOR, source=SOURCE, request=request))
    for loan, lent in show.loans.items():
        if lent.state == "lent" and now >= lent.returns_at:
            commands.append(
                c.ReturnLoan(
                    id=f"clock/{name}/{loan}/return/{now}",
                    show=name,
                    actor=ACTOR,
                    source=SOURCE,
                    reason="the loan is due",
                    loan=loan,
                )
            )
    return commands


def _is_sold_out(show: Show, asked: Request) -> bool:
    return not show.ledger.claim(asked.sku, asked.from_pool) and not show.listed(asked.sku, asked.from_pool)
