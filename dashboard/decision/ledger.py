"""The stock ledger: double-entry bookkeeping for units.

Two books. `claims` says who may sell a unit, `goods` says where it lies. A move takes a positive quantity from
one account and puts it on another, so each book sums to zero per SKU at every moment, and only the two accounts
through which units enter the world (`issued`, `supplier`) are ever negative. Orders move both books in one
event; that is why no channel can sell a unit twice and no unit can be sold that lies nowhere.

    claims:  issued -> flexible -> region/<R> -> channel/<C> -> committed/<C> -> shipped/<C>
                          \\-> temporary/<name>      \\-> cover/<C>        withdrawn (off sale)
    goods:   supplier -> <L>/available -> <L>/committed -> customer
                          \\-> <L>/unavailable      \\-> transit/<shipment> -> <other L>/available

Invariant for every SKU after every event: unsold claims + committed claims = goods available + goods committed
(+ goods in transit where the show sells them). The ledger itself only adds and subtracts; the deciders ask it
before they move anything.
"""

from collections.abc import Iterable, Sequence

from dashboard.decision.events import Move
from dashboard.decision.world import Channel, Lane, Region

CLAIMS = "claims"
GOODS = "goods"
ISSUED = "issued"
SUPPLIER = "supplier"
CUSTOMER = "customer"
WITHDRAWN = "withdrawn"
FLEXIBLE = "flexible"

Accounts = dict[str, int]


def region_pool(region: str) -> str:
    """Name the claims account of a region's pool."""
    return f"region/{region}"


def exposure_of(channel: str) -> str:
    """Name the claims account of what a channel may list."""
    return f"channel/{channel}"


def cover_of(channel: str) -> str:
    """Name the claims account of what is withheld for a channel's late orders."""
    return f"cover/{channel}"


def listings_of(channels: Sequence[Channel], regions: Sequence[Region]) -> dict[str, tuple[str, ...]]:
    """Region -> the claims accounts of what its channels list or withhold; a stream behind a shop has none."""
    return {
        region.region: tuple(
            account
            for channel in channels
            if channel.region == region.region and not channel.behind
            for account in (exposure_of(channel.channel), cover_of(channel.channel))
        )
        for region in regions
    }


def landed_minor(lanes: Sequence[Lane], region: str) -> int:
    """What the cheapest way of a unit to a region's buyers costs in minor units; 0 where no lane leads there."""
    return min((lane.landed_cost_minor for lane in lanes if lane.region == region), default=0)


def committed_by(channel: str) -> str:
    """Name the claims account of what a channel sold and nobody shipped yet."""
    return f"committed/{channel}"


def shipped_by(channel: str) -> str:
    """Name the claims account of what a channel sold and shipped."""
    return f"shipped/{channel}"


def available_at(location: str) -> str:
    """Name the goods account of sellable units in a building."""
    return f"{location}/available"


def committed_at(location: str) -> str:
    """Name the goods account of sold units waiting in a building."""
    return f"{location}/committed"


def unavailable_at(location: str) -> str:
    """Name the goods account of units off sale in a building."""
    return f"{location}/unavailable"


def in_transit(shipment: str) -> str:
    """Name the goods account of a shipment on its way."""
    return f"transit/{shipment}"


Book = dict[str, Accounts]


def book_moves(claims: Book, goods: Book, moves: Iterable[Move]) -> None:
    """Take each move's quantity off its source and put it on its target."""
    for move in moves:
        sku, source, target, quantity = move.sku, move.source, move.target, move.quantity
        book = claims if move.book == CLAIMS else goods
        accounts = book.get(sku)
        if accounts is None:
            accounts = book[sku] = {}
        accounts[source] = accounts.get(source, 0) - quantity
        accounts[target] = accounts.get(target, 0) + quantity


class Ledger:
    """Balances of both books: book[sku][account] -> units; absent means zero.

    `touched[sku][pool]` is the seq of the last event that moved a pool, for stale previews (moves between a channel's
    own accounts, all named c..., touch no pool and are not noted).
    """

    __slots__ = ("claims", "goods", "touched")

    def __init__(self) -> None:
        self.claims: Book = {}
        self.goods: Book = {}
        self.touched: dict[str, dict[str, int]] = {}

    def claim(self, sku: str, account: str) -> int:
        """Units of a SKU on a claims account."""
        accounts = self.claims.get(sku)
        return accounts.get(account, 0) if accounts else 0

    def good(self, sku: str, account: str) -> int:
        """Units of a SKU on a goods account."""
        accounts = self.goods.get(sku)
        return accounts.get(account, 0) if accounts else 0

    def apply(self, moves: Sequence[Move], seq: int = 0) -> None:
        """Book the moves of one event, and remember which pools it touched."""
        book_moves(self.claims, self.goods, moves)
        if seq:
            for move in moves:
                if move.book == CLAIMS and not (move.source[0] == "c" and move.target[0] == "c"):
                    seen = self.touched.get(move.sku)
                    if seen is None:
                        seen = self.touched[move.sku] = {}
                    seen[move.source] = seen[move.target] = seq

    def twin(self) -> "Ledger":
        """A copy to try moves on."""
        copied = Ledger()
        copied.claims = {sku: dict(accounts) for sku, accounts in self.claims.items()}
        copied.goods = {sku: dict(accounts) for sku, accounts in self.goods.items()}
        copied.touched = {sku: dict(pools) for sku, pools in self.touched.items()}
        return copied

    def touched_since(self, sku: str, account: str, seq: int) -> bool:
        """Tell whether a claims account moved after `seq`."""
        return self.touched.get(sku, {}).get(account, 0) > seq
