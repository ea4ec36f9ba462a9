"""Drawing: which claims an order takes, and when the flexible pool keeps its units for somebody else.

    exposure, cover -> temporary pools of the channel -> what the show draws from: the region's pool, the flexible pool

A unit of the flexible pool can still go to any region, so it has a price: the bid, what the allocator found it to be
worth elsewhere or later. A sale gets it if it earns as much: price less cost, fee and the cheapest way to the buyer. An
order with several lines of one SKU is judged by its cheapest. Where nobody bid, or bid 0, the first to come is served;
and a platform that has sold a unit already is never told no for its price.
"""

from collections.abc import Mapping

from dashboard.decision import commands as c, events as e
from dashboard.decision.events import Move
from dashboard.decision.ledger import CLAIMS, FLEXIBLE
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Selling, Show

NOTHING: Mapping[str, int] = {}
OWN_SOURCES = 2
"""Of the accounts a channel draws from, the first two are its own: exposure and cover."""


def priced(show: Show, command: c.PlaceOrder, selling: Selling) -> tuple[e.SoldLine, ...]:
    """The order's lines at the price they were sold for, the buyer's or the show's, and what the region had left."""
    holds, claims = selling.holds, show.ledger.claims
    result: list[e.SoldLine] = []
    for line in command.lines:
        sku = line.sku
        price = line.price_minor
        if price is None:
            price = _listed_price(show, sku, command.channel)
        accounts = claims.get(sku, NOTHING)
        before = 0
        for account in holds:
            if account in accounts:
                before += accounts[account]
        result.append(e.SoldLine(sku, line.quantity, price, before))
    return tuple(result)


def _listed_price(show: Show, sku: str, channel: str) -> int:
    """The price of a SKU on a channel: the channel's own, else the show's."""
    price = show.prices.get((sku, channel))
    return show.prices.get((sku, ""), show.skus[sku].price_minor) if price is None else price


def draw(
    show: Show,
    command: c.PlaceOrder,
    selling: Selling,
    sku: str,
    quantity: int,
    sold: tuple[e.SoldLine, ...],
    moves: list[Move],
) -> Refusal | None:
    """Draw claims for one SKU of an order, or refuse with what is left for this channel."""
    accounts = show.ledger.claims.get(sku, NOTHING)
    sources = selling.sources
    if show.guests:
        guests = (pool for pool, channels in show.guests.items() if command.channel in channels)
        sources = (*sources[:OWN_SOURCES], *guests, *sources[OWN_SOURCES:])
    missing, kept, bids = quantity, 0, show.bids
    for source in sources:
        units = accounts.get(source, 0)
        if bids and source == FLEXIBLE and _worth_more(show, command, selling, sku, sold):
            kept = units
            continue
        if units >= missing:
            moves.append(Move(sku, CLAIMS, source, selling.committed, missing))
            return None
        if units > 0:
            moves.append(Move(sku, CLAIMS, source, selling.committed, units))
            missing -= units
    left = quantity - missing
    asked = f"{quantity} x {sku} asked on {command.channel}, {left} left there"
    if kept < missing:
        return Refusal(Code.NOT_ENOUGH_CLAIMS, f"{asked}.", left)
    earns, bid = earned(show, command, selling, sku, sold), show.bids[sku]
    sentence = f"{asked}: one earns {earns} minor units, a unit of the flexible pool is worth {bid} elsewhere or later."
    return Refusal(Code.BELOW_BID, sentence, left)


def _worth_more(show: Show, command: c.PlaceOrder, selling: Selling, sku: str, sold: tuple[e.SoldLine, ...]) -> bool:
    """Tell whether a flexible unit is worth more elsewhere than this order earns, and may still go there."""
    bid = show.bids.get(sku, 0)
    return bid > 0 and not command.sold and earned(show, command, selling, sku, sold) < bid


def earned(show: Show, command: c.PlaceOrder, selling: Selling, sku: str, sold: tuple[e.SoldLine, ...]) -> int:
    """What a unit of an order's cheapest line of a SKU earns, in minor units: price less cost, fee and cheapest way.

    A price in another currency than the show's says nothing here: then the show's own price stands for it.
    """
    if command.currency in ("", show.opened.currency):
        price = min(line.price_minor for line in sold if line.sku == sku)
    else:
        price = _listed_price(show, sku, command.channel)
    return price * (1000 - selling.fee_per_mille) // 1000 - show.skus[sku].cost_minor - selling.landed_minor
