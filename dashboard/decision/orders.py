"""Orders: the hot path, and what becomes of an order afterwards.

An order binds late. Each SKU draws its claim from the channel's exposure and cover (those of the shop behind it, if
it has one), then from a temporary pool opened for the channel, then from what the show allows (`draws`: the region's
pool, the flexible pool if the sale is worth it there): `drawing`. The goods come from the location that serves the
region best and still has hands today; when no hands are left anywhere the order is still taken and says so
(`over_capacity`): stock without hands is late, not gone. All lines are served or none.
"""

from collections.abc import Iterable

from dashboard.decision import commands as c, events as e, ledger as book
from dashboard.decision.commands import Micros
from dashboard.decision.drawing import draw, priced
from dashboard.decision.events import Move
from dashboard.decision.holdings import Holding, Order, take
from dashboard.decision.ledger import CLAIMS, GOODS
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.serving import free_at
from dashboard.decision.state import DAY, Selling, Show

Verdict = e.Event | Refusal
WORTH_MAX = 10**15
"""Minor units one order may be worth: sums over many orders must fit the 64 bits that readers of frames count with."""


def announce(show: Show, command: c.AnnounceOrder, now: Micros) -> Verdict:
    """Note an order whose lines are pending."""
    if command.channel not in show.channels:
        return _unknown_channel(show, command.channel)
    key = command.channel, command.order
    if key in show.orders or key in show.announced:
        return Refusal(Code.ORDER_EXISTS, f"Order {command.order} of {command.channel} is known already.")
    return e.OrderAnnounced(channel=command.channel, order=command.order, reason=command.reason)


def place(show: Show, command: c.PlaceOrder, now: Micros) -> Verdict:
    """Accept an order whole, or say which line cannot be served and how many units could."""
    selling = show.selling.get(command.channel)
    if selling is None:
        return _unknown_channel(show, command.channel)
    lines = command.lines
    for line in lines:
        if line.sku not in show.skus:
            return unknown_sku(show, line.sku)
    if (command.channel, command.order) in show.orders:
        sentence = f"Order {command.order} of {command.channel} was placed already; a new order needs its own number."
        return Refusal(Code.ORDER_EXISTS, sentence)
    if not lines:
        return Refusal(Code.NOTHING_TO_DO, f"Order {command.order} has no lines; give at least one SKU and quantity.")
    wanted = {lines[0].sku: lines[0].quantity} if len(lines) == 1 else _by_sku(lines)
    sold = priced(show, command, selling)
    over = (_over_limit(show, selling, wanted) if show.limits and not command.sold else None) or _over_worth(
        command.order, sold
    )
    if over:
        return over
    claims: list[Move] = []
    for sku, quantity in wanted.items():
        refusal = draw(show, command, selling, sku, quantity, sold, claims)
        if refusal:
            return refusal
    goods: list[Move] = []
    promised: dict[str, int] = {}
    presold, over_capacity = 0, False
    for sku, quantity in wanted.items():
        served = _pick(show, selling, sku, quantity, now, goods, promised)
        if isinstance(served, Refusal):
            return served
        presold += served[0]
        over_capacity = over_capacity or served[1]
    return e.OrderPlaced(
        channel=command.channel,
        order=command.order,
        region=selling.region,
        lines=sold,
        country=command.country,
        currency=command.currency,
        buyer=command.buyer,
        presold=presold,
        over_capacity=over_capacity,
        on_screen=show.on_screen,
        viewers=show.viewers.get(command.channel) if command.viewers is None else command.viewers,
        pushed=show.pushed,
        sold=command.sold,
        moves=(*claims, *goods),
        reason=command.reason,
    )


def _by_sku(lines: tuple[c.OrderLine, ...]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    return wanted


def _over_limit(show: Show, selling: Selling, wanted: dict[str, int]) -> Refusal | None:
    for sku, quantity in wanted.items():
        limit = show.limits.get((sku, selling.region))
        if limit is not None and quantity > limit:
            sentence = f"{quantity} x {sku} is over the limit of {limit} per order in {selling.region}."
            return Refusal(Code.OVER_LIMIT, sentence, limit)
    return None


def _over_worth(order: str, sold: tuple[e.SoldLine, ...]) -> Refusal | None:
    worth = 0
    for line in sold:
        worth += line.quantity * line.price_minor
    if worth <= WORTH_MAX:
        return None
    sentence = f"Order {order} would be worth {worth} minor units; the books count up to {WORTH_MAX}."
    return Refusal(Code.TOO_MANY, sentence)


_PASSES = ((True, True), (True, False), (False, True), (False, False))
"""What an order spares in its first tries: the goods that listings elsewhere count on, the hands of the buildings."""


def _pick(
    show: Show, selling: Selling, sku: str, quantity: int, now: Micros, moves: list[Move], promised: dict[str, int]
) -> tuple[int, bool] | Refusal:
    """Pick the goods for one SKU; returns (units sold from goods on the way, whether hands were exceeded).

    `promised` counts what this order asks of each location's hands, over all its SKUs.
    """
    accounts = show.ledger.goods.get(sku, {})
    serving = show.serving[selling.region]
    contested = show.contested.get(selling.region, ())
    if (
        serving
        and serving[0][0] not in contested
        and serving[0][3] is None
        and accounts.get(serving[0][1], 0) >= quantity
    ):
        moves.append(Move(sku, GOODS, serving[0][1], serving[0][2], quantity))
        return 0, False
    missing = quantity
    exceeded = False
    taken: dict[str, int] = {}
    for spare_others, respect_hands in _PASSES if contested else _PASSES[2:]:
        for location, available, committed, hands in serving:
            units = min(missing, accounts.get(available, 0) - taken.get(location, 0))
            if respect_hands and hands is not None:
                units = min(units, hands - show.handled.get((location, now // DAY), 0) - promised.get(location, 0))
            if spare_others and units > 0 and location in contested:
                units = min(units, free_at(show, sku, selling.region, quantity, location, taken))
            if units > 0:
                moves.append(Move(sku, GOODS, available, committed, units))
                exceeded = exceeded or not respect_hands
                missing -= units
                promised[location] = promised.get(location, 0) + units
                taken[location] = taken.get(location, 0) + units
            if not missing:
                return 0, exceeded
    if show.opened.sells_in_transit and show.travelling(sku) - show.presold(sku) >= missing:
        return missing, exceeded
    sentence = f"{quantity} x {sku} asked for {selling.region}; the locations that serve it hold {quantity - missing}."
    return Refusal(Code.NO_LOCATION_SERVES, sentence, quantity - missing)


def _find(show: Show, channel: str, order: str) -> Order | Refusal:
    if channel not in show.channels:
        return _unknown_channel(show, channel)
    found = show.orders.get((channel, order))
    if found is None:
        return Refusal(Code.ORDER_UNKNOWN, f"No order {order} of {channel} is known in this show.")
    return found


def _lines(
    asked: tuple[c.UnitLine, ...], holdings: tuple[Holding, ...], shipped: bool, verb: str
) -> tuple[c.UnitLine, ...] | Refusal:
    """The units a command speaks of: those it names, else all that are open (or shipped); refuses too many."""
    have: dict[str, int] = {}
    for holding in holdings:
        have[holding.sku] = have.get(holding.sku, 0) + (holding.shipped if shipped else holding.open)
    want: dict[str, int] = {}
    for line in asked:
        want[line.sku] = want.get(line.sku, 0) + line.quantity
    if not asked:
        want = {sku: units for sku, units in have.items() if units}
    if not want:
        return Refusal(Code.NOTHING_TO_DO, f"Nothing of this order is left to {verb}.", 0)
    for sku, units in want.items():
        if units > have.get(sku, 0):
            sentence = f"{units} x {sku} to {verb}, the order has {have.get(sku, 0)}."
            return Refusal(Code.TOO_MANY, sentence, have.get(sku, 0))
    return tuple(c.UnitLine(sku, units) for sku, units in want.items())


def cancel(show: Show, command: c.CancelOrder, now: Micros) -> Verdict:
    """Cancel unshipped units: the claim and the goods go back to where they came from."""
    order = _find(show, command.channel, command.order)
    if isinstance(order, Refusal):
        return _forget(show, command) or order
    lines = _lines(command.lines, order.held(), False, "cancel")
    if isinstance(lines, Refusal):
        return lines
    selling = show.selling[command.channel]
    moves: list[Move] = []
    worth = 0
    holdings = order.held()
    for line in lines:
        for holding, units in take(holdings, line.sku, line.quantity):
            home = _home(show, selling, holding.claim, command.restocked)
            moves.append(Move(line.sku, CLAIMS, selling.committed, home, units))
            worth += units * holding.price_minor
            if holding.location:
                place = holding.location
                moves.append(Move(line.sku, GOODS, book.committed_at(place), book.available_at(place), units))
    open_units = sum(holding.open for holding in order.held())
    return e.OrderCancelled(
        channel=command.channel,
        order=command.order,
        region=selling.region,
        lines=lines,
        revenue_minor=worth,
        country=order.country,
        currency=order.currency,
        whole=open_units == sum(line.quantity for line in lines),
        moves=tuple(moves),
        reason=command.reason,
    )


def _forget(show: Show, command: c.CancelOrder) -> e.Event | None:
    """End the wait for the lines of an order that was announced and never placed: it needed no unit."""
    if command.lines or (command.channel, command.order) not in show.announced:
        return None
    region = show.selling[command.channel].region
    return e.OrderCancelled(command.channel, command.order, region, (), whole=True, reason=command.reason)


def _home(show: Show, selling: Selling, claim: str, restocked: bool | None) -> str:
    """Where cancelled units go: as the platform says, else where they came from, unless that pool has closed since."""
    if restocked is not None:
        return selling.exposure if restocked else book.region_pool(selling.region)
    if claim.startswith("temporary/") and claim not in show.guests:
        return book.region_pool(selling.region)
    return claim


def ship(show: Show, command: c.ShipOrder, now: Micros) -> Verdict:
    """Ship committed units that lie in a building."""
    order = _find(show, command.channel, command.order)
    if isinstance(order, Refusal):
        return order
    lying = tuple(holding for holding in order.held() if holding.location)
    lines = _lines(command.lines, lying, False, "ship")
    if isinstance(lines, Refusal):
        return lines
    selling = show.selling[command.channel]
    moves: list[Move] = []
    for line in lines:
        moves.append(Move(line.sku, CLAIMS, selling.committed, book.shipped_by(command.channel), line.quantity))
        for holding, units in take(lying, line.sku, line.quantity):
            moves.append(Move(line.sku, GOODS, book.committed_at(holding.location), book.CUSTOMER, units))
    return e.OrderShipped(
        channel=command.channel,
        order=command.order,
        region=selling.region,
        lines=lines,
        moves=tuple(moves),
        reason=command.reason,
    )


def come_back(show: Show, command: c.ReturnOrder, now: Micros) -> Verdict:
    """Take shipped units back: resellable ones go on sale in the region's pool, others off sale."""
    if command.channel in show.channels and command.location not in show.locations:
        return unknown_location(show, command.location)
    order = _find(show, command.channel, command.order)
    if isinstance(order, Refusal):
        return order
    lines = _lines(command.lines, order.held(), True, "return")
    if isinstance(lines, Refusal):
        return lines
    selling = show.selling[command.channel]
    claim = book.region_pool(selling.region) if command.resellable else book.WITHDRAWN
    good = book.available_at(command.location) if command.resellable else book.unavailable_at(command.location)
    moves: list[Move] = []
    for line in lines:
        moves.append(Move(line.sku, CLAIMS, book.shipped_by(command.channel), claim, line.quantity))
        moves.append(Move(line.sku, GOODS, book.CUSTOMER, good, line.quantity))
    return e.OrderReturned(
        channel=command.channel,
        order=command.order,
        region=selling.region,
        location=command.location,
        lines=lines,
        resellable=command.resellable,
        moves=tuple(moves),
        reason=command.reason,
    )


def _unknown_channel(show: Show, channel: str) -> Refusal:
    return Refusal(Code.CHANNEL_UNKNOWN, unknown("channel", channel, show.channels))


def unknown_sku(show: Show, sku: str) -> Refusal:
    """Refuse a SKU the show does not sell."""
    return Refusal(Code.SKU_UNKNOWN, unknown("SKU", sku, show.skus))


def unknown_location(show: Show, location: str) -> Refusal:
    """Refuse a location the show does not have."""
    return Refusal(Code.LOCATION_UNKNOWN, unknown("location", location, show.locations))


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, and which the show knows."""
    names = sorted(known)
    some = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"The show knows no {kind} {name!r}; it knows {some or 'none'}."
