"""Stock: goods in and out of buildings, claims in and out of pools.

Every decision here keeps the two books in step: units that come on sale bring their claims with them, units that
go off sale take claims with them, and moving a claim between pools touches no goods. A transfer previewed by a
person is refused when the pool it takes from has moved since (`stale_preview`), with the number that holds now.
"""

from dashboard.decision import commands as c, events as e, ledger as book
from dashboard.decision.commands import Micros, UnitLine
from dashboard.decision.events import Move
from dashboard.decision.ledger import CLAIMS, GOODS
from dashboard.decision.orders import unknown, unknown_location, unknown_sku
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Shipment, Show
from dashboard.decision.talk import not_in_state

Verdict = e.Event | Refusal


def unknown_names(show: Show, location: str | None, sku: str | None, *pools: str) -> Refusal | None:
    """Refuse the first name the show does not know."""
    if location is not None and location not in show.locations:
        return unknown_location(show, location)
    if sku is not None and sku not in show.skus:
        return unknown_sku(show, sku)
    for pool in pools:
        if not show.pool_exists(pool):
            known = [book.FLEXIBLE, *map(book.region_pool, show.regions), *show.guests]
            return Refusal(Code.POOL_UNKNOWN, unknown("pool", pool, known))
    return None


def short_of_claims(show: Show, sku: str, pool: str, quantity: int) -> Refusal | None:
    """Refuse when a pool holds fewer units of a SKU than asked."""
    left = show.ledger.claim(sku, pool)
    if left >= quantity:
        return None
    return Refusal(Code.NOT_ENOUGH_CLAIMS, f"{quantity} x {sku} asked of pool {pool}, which has {left}.", left)


def _short_of_goods(show: Show, sku: str, account: str, quantity: int) -> Refusal | None:
    left = show.ledger.good(sku, account)
    if left >= quantity:
        return None
    return Refusal(Code.NOT_ENOUGH_GOODS, f"{quantity} x {sku} asked of {account}, which has {left}.", left)


def receive(show: Show, command: c.ReceiveGoods, now: Micros) -> Verdict:
    """Goods come in; as many claims are issued into the pool."""
    refusal = unknown_names(show, command.location, command.sku, command.pool)
    if refusal:
        return refusal
    moves = (
        Move(command.sku, CLAIMS, book.ISSUED, command.pool, command.quantity),
        Move(command.sku, GOODS, book.SUPPLIER, book.available_at(command.location), command.quantity),
    )
    return e.GoodsReceived(
        location=command.location,
        sku=command.sku,
        quantity=command.quantity,
        pool=command.pool,
        moves=moves,
        reason=command.reason,
    )


def adjust(show: Show, command: c.AdjustGoods, now: Micros) -> Verdict:
    """Correct the book to a count; found units come on sale, missing ones take claims of the pool with them."""
    refusal = unknown_names(show, command.location, command.sku, command.pool)
    if refusal:
        return refusal
    sku, change, available = command.sku, command.change, book.available_at(command.location)
    if not change:
        return Refusal(Code.NOTHING_TO_DO, "The count agrees with the book: a change of 0 needs no correction.")
    if change < 0:
        refusal = short_of_claims(show, sku, command.pool, -change) or _short_of_goods(show, sku, available, -change)
        if refusal:
            return refusal
        moves = (
            Move(sku, CLAIMS, command.pool, book.ISSUED, -change),
            Move(sku, GOODS, available, book.SUPPLIER, -change),
        )
    else:
        moves = (
            Move(sku, CLAIMS, book.ISSUED, command.pool, change),
            Move(sku, GOODS, book.SUPPLIER, available, change),
        )
    return e.GoodsAdjusted(
        location=command.location, sku=sku, change=change, pool=command.pool, moves=moves, reason=command.reason
    )


def quarantine(show: Show, command: c.QuarantineGoods, now: Micros) -> Verdict:
    """Take units off sale with their claims."""
    sku, quantity, available = command.sku, command.quantity, book.available_at(command.location)
    refusal = (
        unknown_names(show, command.location, sku, command.pool)
        or short_of_claims(show, sku, command.pool, quantity)
        or _short_of_goods(show, sku, available, quantity)
    )
    if refusal:
        return refusal
    moves = (
        Move(sku, CLAIMS, command.pool, book.WITHDRAWN, quantity),
        Move(sku, GOODS, available, book.unavailable_at(command.location), quantity),
    )
    return e.GoodsQuarantined(
        location=command.location, sku=sku, quantity=quantity, pool=command.pool, moves=moves, reason=command.reason
    )


def release(show: Show, command: c.ReleaseGoods, now: Micros) -> Verdict:
    """Put quarantined units back on sale with their claims."""
    sku, quantity, unavailable = command.sku, command.quantity, book.unavailable_at(command.location)
    refusal = (
        unknown_names(show, command.location, sku, command.pool)
        or short_of_claims(show, sku, book.WITHDRAWN, quantity)
        or _short_of_goods(show, sku, unavailable, quantity)
    )
    if refusal:
        return refusal
    moves = (
        Move(sku, CLAIMS, book.WITHDRAWN, command.pool, quantity),
        Move(sku, GOODS, unavailable, book.available_at(command.location), quantity),
    )
    return e.GoodsReleased(
        location=command.location, sku=sku, quantity=quantity, pool=command.pool, moves=moves, reason=command.reason
    )


def _sum(lines: tuple[UnitLine, ...]) -> dict[str, int]:
    total: dict[str, int] = {}
    for line in lines:
        total[line.sku] = total.get(line.sku, 0) + line.quantity
    return total


def start_shipment(show: Show, command: c.StartShipment, now: Micros) -> Verdict:
    """Send goods on their way; unless the show sells in transit their claims leave the pool until they arrive."""
    arrive_pool = command.arrive_pool or command.pool
    wanted = _sum(command.lines)
    refusal = (
        unknown_names(show, command.from_location, None)
        or unknown_names(show, command.to_location, None)
        or next(filter(None, (unknown_names(show, None, sku) for sku in wanted)), None)
        or unknown_names(show, None, None, command.pool, arrive_pool)
    )
    if refusal:
        return refusal
    if command.shipment in show.shipments:
        return Refusal(Code.SHIPMENT_EXISTS, f"Shipment {command.shipment} exists; a new one needs its own name.")
    if not wanted or command.from_location == command.to_location:
        return Refusal(Code.NOTHING_TO_DO, "A shipment needs units and two different locations.")
    if command.eta <= now:
        return Refusal(Code.TOO_LATE, "The arrival must lie after the departure.")
    moves: list[Move] = []
    for sku, quantity in wanted.items():
        available = book.available_at(command.from_location)
        short = None if show.opened.sells_in_transit else short_of_claims(show, sku, command.pool, quantity)
        short = short or _short_of_goods(show, sku, available, quantity)
        if short:
            return short
        if not show.opened.sells_in_transit:
            moves.append(Move(sku, CLAIMS, command.pool, book.WITHDRAWN, quantity))
        moves.append(Move(sku, GOODS, available, book.in_transit(command.shipment), quantity))
    return e.ShipmentStarted(
        shipment=command.shipment,
        from_location=command.from_location,
        to_location=command.to_location,
        lines=command.lines,
        eta=command.eta,
        mode=command.mode,
        arrive_pool=arrive_pool,
        moves=tuple(moves),
        reason=command.reason,
    )


def arrive_shipment(show: Show, command: c.ArriveShipment, now: Micros) -> Verdict:
    """Take in what arrived, write off what is lost; goods sold on the way go straight to their buyers."""
    shipment = show.shipments.get(command.shipment)
    if shipment is None:
        return Refusal(Code.SHIPMENT_UNKNOWN, unknown("shipment", command.shipment, show.shipments))
    refusal = not_in_state(f"shipment {command.shipment}", "shipment", shipment.state, command)
    if refusal:
        return refusal
    arrived, lost = _sum(command.lines), _sum(command.lost)
    for sku in {**arrived, **lost}:
        out = shipment.out.get(sku, 0)
        if arrived.get(sku, 0) + lost.get(sku, 0) > out:
            return Refusal(Code.TOO_MANY, f"Shipment {command.shipment} has {out} x {sku} on the way.", out)
    if command.final:
        for sku, out in shipment.out.items():
            rest = out - arrived.get(sku, 0) - lost.get(sku, 0)
            if rest:
                lost[sku] = lost.get(sku, 0) + rest
    if not arrived and not lost:
        return Refusal(Code.NOTHING_TO_DO, "Say which units arrived or were lost.")
    moves, served, refusal = _unload(show, command.shipment, shipment, arrived, lost)
    if refusal:
        return refusal
    closed = all(out == arrived.get(sku, 0) + lost.get(sku, 0) for sku, out in shipment.out.items())
    return e.ShipmentArrived(
        shipment=command.shipment,
        lines=tuple(UnitLine(sku, units) for sku, units in arrived.items()),
        lost=tuple(UnitLine(sku, units) for sku, units in lost.items()),
        served=tuple(served),
        closed=closed,
        moves=tuple(moves),
        reason=command.reason,
    )


def _unload(
    show: Show, name: str, shipment: Shipment, arrived: dict[str, int], lost: dict[str, int]
) -> tuple[list[Move], list[UnitLine], Refusal | None]:
    """Moves of an arrival: into the building, to waiting buyers, and lost units out of both books."""
    moves: list[Move] = []
    served: list[UnitLine] = []
    selling_in_transit = show.opened.sells_in_transit
    transit, place = book.in_transit(name), shipment.to_location
    pool = shipment.arrive_pool if show.pool_exists(shipment.arrive_pool) else book.FLEXIBLE
    for sku, units in arrived.items():
        moves.append(Move(sku, GOODS, transit, book.available_at(place), units))
        if not selling_in_transit:
            moves.append(Move(sku, CLAIMS, book.WITHDRAWN, pool, units))
        waiting = min(units, show.presold(sku))
        if waiting:
            moves.append(Move(sku, GOODS, book.available_at(place), book.committed_at(place), waiting))
            served.append(UnitLine(sku, waiting))
    for sku, units in lost.items():
        moves.append(Move(sku, GOODS, transit, book.SUPPLIER, units))
        if selling_in_transit:
            refusal = _promised(show, sku, arrived.get(sku, 0), units) or _write_off(show, sku, units, pool, moves)
            if refusal:
                return moves, served, refusal
        else:
            moves.append(Move(sku, CLAIMS, book.WITHDRAWN, book.ISSUED, units))
    return moves, served, None


def _promised(show: Show, sku: str, arrived: int, lost: int) -> Refusal | None:
    """Refuse to lose units that buyers wait for, beyond what arrives now and what is still on the way."""
    missing = max(0, show.presold(sku) - arrived) - (show.travelling(sku) - arrived - lost)
    if missing <= 0:
        return None
    sentence = f"{missing} x {sku} of the lost units are sold already, {lost - missing} are not: cancel orders first."
    return Refusal(Code.NOT_ENOUGH_CLAIMS, sentence, lost - missing)


def _write_off(show: Show, sku: str, units: int, first: str, moves: list[Move]) -> Refusal | None:
    """Take the claims of lost units out of the pools, the shipment's own first; sold ones must be cancelled first."""
    pools = [first, book.FLEXIBLE, *map(book.region_pool, show.regions), *show.guests]
    missing = units
    for pool in dict.fromkeys(pools):
        part = min(missing, show.ledger.claim(sku, pool))
        if part:
            moves.append(Move(sku, CLAIMS, pool, book.ISSUED, part))
            missing -= part
    if missing:
        sentence = (
            f"{units - missing} x {sku} of the lost units are free, {missing} sold or listed: recall those first."
        )
        return Refusal(Code.NOT_ENOUGH_CLAIMS, sentence, units - missing)
    return None


def issue(show: Show, command: c.IssueClaims, now: Micros) -> Verdict:
    """Issue claims on goods no claim covers."""
    refusal = unknown_names(show, None, command.sku, command.pool)
    if refusal:
        return refusal
    free = show.uncovered(command.sku)
    if command.quantity > free:
        sentence = f"{command.quantity} claims on {command.sku} asked, {free} of its units have none yet."
        return Refusal(Code.NOT_ENOUGH_GOODS, sentence, free)
    moves = (Move(command.sku, CLAIMS, book.ISSUED, command.pool, command.quantity),)
    return e.ClaimsIssued(
        sku=command.sku, quantity=command.quantity, pool=command.pool, moves=moves, reason=command.reason
    )
