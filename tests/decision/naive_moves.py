"""The auditor's own idea of moves between pools: what can still go back, what is asked back, what is lent.

Written from what the journal promises, not from how the decision reckons: a transfer and what later comes for its request
are one; an undo returns exactly what is unsold of it, free or (when it asks) listed; a request never gets more than it
asked for; a loan comes back as far as it is unsold, and never more of it than was lent.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any


class Breach(AssertionError):
    """The books do not hold."""


def demand(true: bool, sentence: str) -> None:
    """Say what is broken."""
    if not true:
        raise Breach(sentence)


@dataclass
class Wish:
    """Units asked back: for whom, and how many have not come."""

    about: tuple[str, str, str]
    """SKU, from, to."""
    missing: int
    undoes: int | None
    loan: str


@dataclass
class Debt:
    """A loan: SKU, lender, borrower, units given and given back."""

    about: tuple[str, str, str]
    given: int = 0
    back: int = 0
    closed: bool = False


class Mover:
    """What an auditor knows of transfers, requests and loans."""

    def __init__(self) -> None:
        self.opened: dict[str, Any] = {}
        self.drawers: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        """(book, SKU, account) -> the serial numbers of the units in it."""
        self.outstanding: dict[int, int] = {}
        """seq of a transfer -> units of it that have not gone back."""
        self.undoes: dict[int, int] = {}
        self.wishes: dict[str, Wish] = {}
        self.begun: dict[str, int] = {}
        """Request -> seq of the transfer that what comes for it is part of."""
        self.debts: dict[str, Debt] = {}

    def free(self, sku: str, pool: str) -> int:
        """Units that lie in a pool."""
        return len(self.drawers.get(("claims", sku, pool), ()))

    def unsold(self, sku: str, pool: str) -> int:
        """Units of a pool nobody bought: free, listed by its region's shops or kept for their late orders."""
        shops = [row["channel"] for row in self.opened["channels"] if f"region/{row['region']}" == pool]
        return self.free(sku, pool) + sum(
            self.free(sku, f"{kind}/{shop}") for shop in shops for kind in ("channel", "cover")
        )

    def waited_for(self, sku: str, pool: str) -> int:
        """Units of a pool that requests wait for."""
        return sum(wish.missing for wish in self.wishes.values() if wish.about[:2] == (sku, pool))

    def left(self, seq: int) -> list[int]:
        """What bounds an undo of a transfer: it, what the undo it undid had undone, and so on."""
        chain = self.chain(seq)
        return [self.outstanding[step] for step in chain[::2]]

    def chain(self, seq: int) -> list[int]:
        """A transfer, what it undid, what that undid."""
        chain = [seq]
        while chain[-1] in self.undoes:
            chain.append(self.undoes[chain[-1]])
        return chain

    def comes(self, data: dict[str, Any]) -> Wish | None:
        """The open request that units come for, if they do; it waits for so many fewer."""
        wish = self.wishes.get(data.get("request", ""))
        if wish is None:
            return None
        demand(wish.about == (data["sku"], data["from_pool"], data["to_pool"]), "units go where nobody asked them to")
        wish.missing -= data["quantity"]
        demand(wish.missing >= 0, f"{data['quantity']} came for {data['request']}, more than it asked for")
        if not wish.missing:
            del self.wishes[data["request"]]
        return wish

    def transfer(self, seq: int, data: dict[str, Any]) -> None:
        """All of it can still go back, as one with what came before for its request."""
        request = data.get("request", "")
        first = self.begun.setdefault(request, seq) if request else seq
        self.outstanding[first] = self.outstanding.get(first, 0) + data["quantity"]
        if first == seq and "undoes" in data:
            self.undoes[seq] = data["undoes"]

    def reallocated(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """What moves is what it says."""
        demand(data["quantity"] == sum(move[4] for move in moves), "a transfer that moves other units than it says")
        self.comes(data)
        self.transfer(seq, data)

    def undone(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Exactly what lies in the pool and has not gone back goes back; one undo further up, it is there again."""
        sku, pool, quantity, undone = data["sku"], data["from_pool"], data["quantity"], data["undoes"]
        demand(quantity == sum(move[4] for move in moves), "an undo that moves other units than it says")
        at_once = min(quantity + self.free(sku, pool), *self.left(undone))
        wish = self.comes(data)
        if wish:
            could = {min(at_once, wish.missing + quantity)}
        else:
            had = max(0, quantity + self.unsold(sku, pool) - self.waited_for(sku, pool))
            could = {at_once, min(at_once, had)}
        demand(quantity in could, f"{quantity} went back, {could} could")
        self.transfer(seq, data)
        chain = self.chain(undone)
        for step in chain[::2]:
            self.outstanding[step] -= quantity
        for step in chain[1::2]:
            self.outstanding[step] += quantity

    def units_requested(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Nothing is asked back twice, and no more than there is: for an undo or a loan, all of it."""
        name, about, units = data["request"], (data["sku"], data["from_pool"], data["to_pool"]), data["quantity"]
        sku, pool, _ = about
        demand(name not in self.wishes and units > 0 and data["expires"] > at, f"{name} asks for {units} again")
        there = self.unsold(sku, pool) - self.waited_for(sku, pool)
        undoes, loan = data.get("undoes"), data.get("loan", "")
        debt = self.debts.get(loan)
        if undoes is not None:
            could = min(there, *self.left(undoes))
            demand(units == could, f"{units} are asked back to undo {undoes}, {could} could be")
            twice = [other for other in self.wishes.values() if other.undoes == undoes]
            demand(not twice, f"what {undoes} moved is asked back twice")
        elif debt and pool == debt.about[2]:
            could = min(debt.given - debt.back, self.unsold(sku, pool))
            demand(units == could, f"{units} of loan {loan} are asked back, {could} could be")
        else:
            demand(units <= there, f"{units} are asked back where {there} can be had")
        self.wishes[name] = Wish(about, units, undoes, loan)

    def request_ended(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """What is missing is what never came."""
        wish = self.wishes.pop(data["request"])
        demand(wish.missing == data["missing"], f"{wish.missing} are missing, not {data['missing']}")

    def units_lent(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """A loan has its own name; more comes for it only by its request."""
        wish = self.comes(data)
        loan, about = data["loan"], (data["sku"], data["from_pool"], data["to_pool"])
        demand((loan in self.debts) == bool(wish), f"loan {loan} was given twice")
        debt = self.debts.setdefault(loan, Debt(about))
        demand(not debt.closed and debt.about == about, f"loan {loan} is another")
        debt.given += data["quantity"]

    def loan_returned(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Of a loan goes back what is unsold and free; it is closed when no more of it is unsold."""
        debt, quantity = self.debts[data["loan"]], data["quantity"]
        sku, lender, borrower = debt.about
        demand((data["from_pool"], data["to_pool"]) == (borrower, lender), "a loan goes back to somebody else")
        free, unsold = quantity + self.free(sku, borrower), quantity + self.unsold(sku, borrower)
        due = min(debt.given - debt.back, unsold)
        wish = self.comes(data)
        if wish:
            due = wish.missing + quantity
        demand(quantity == min(due, free), f"{quantity} went back, {min(due, free)} could")
        demand(
            data.get("closed", False) == (quantity == due), f"{due - quantity} to come, closed: {data.get('closed')}"
        )
        debt.back += quantity
        debt.closed = quantity == due
        demand(debt.back <= debt.given, f"{debt.back} of {debt.given} lent came back")
