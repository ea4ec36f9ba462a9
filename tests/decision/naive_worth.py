"""The auditor's own idea of what an order is sold amid, and of what a flexible unit may be sold for.

A flexible unit goes to a buyer only when the channel and its region have none left, and only for what was bid or more,
reckoned here in fractions from the show as it was opened; unless the platform had sold the unit already.
"""

from fractions import Fraction
from typing import Any

from tests.decision.naive_moves import demand
from tests.decision.naive_said import Listener


class Appraiser(Listener):
    """What an auditor knows of bids, prices and the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.bids: dict[str, int] = {}
        self.prices: dict[tuple[str, str], int] = {}
        self.screen = ("", False)
        """What is on screen, and whether it is being pushed."""
        self.modes: dict[str, str] = {}

    def price_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """From now on it is sold for that where nobody names another price."""
        super().price_set(seq, at, data, moves)
        self.prices[data["sku"], data.get("channel", "")] = data["price_minor"]

    def on_screen_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Nothing on screen cannot be pushed."""
        super().on_screen_set(seq, at, data, moves)
        self.screen = data["sku"], bool(data["sku"]) and data.get("push", False)

    def allocation_recorded(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """What was bid before holds no more."""
        self.bids = data.get("bids", {})
        demand(all(bid >= 0 for bid in self.bids.values()), "a bid below nothing")

    def listing_mode_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """It was another one before."""
        demand(self.modes.get(data["sku"], "proof") != data["mode"], f"{data['sku']} is {data['mode']} twice")
        self.modes[data["sku"]] = data["mode"]

    def forecast_adopted(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """Bands are bands."""
        for lower, upper in data["tuning"].get("levels", {}).values():
            demand(0 <= lower <= upper <= 1, f"a band from {lower} to {upper}")

    def appraise(self, data: dict[str, Any], moves: list[Any]) -> None:
        """Hold an order against the screen, what its region had, and the bids."""
        demand((data.get("on_screen", ""), data.get("pushed", False)) == self.screen, f"on screen is {self.screen}")
        row = next(one for one in self.opened["channels"] if one["channel"] == data["channel"])
        drawn = [(sku, source, quantity) for sku, book, source, _, quantity in moves if book == "claims"]
        for line in data["lines"]:
            pool = f"region/{row['region']}"
            had = self.unsold(line["sku"], pool) + sum(
                quantity
                for sku, source, quantity in drawn
                if sku == line["sku"] and (source == pool or source.startswith(("channel/", "cover/")))
            )
            demand(line["before"] == had, f"{row['region']} had {had} {line['sku']}, not {line['before']}")
        for sku, source, _ in drawn:
            if source == "flexible":
                self.appraise_flexible(sku, row, data)

    def appraise_flexible(self, sku: str, row: dict[str, Any], data: dict[str, Any]) -> None:
        """What comes before it has none left, and the sale earns the bid."""
        draws, shop = self.opened["draws"], row.get("behind") or row["channel"]
        demand("flexible" in draws, "a flexible unit where none may be sold")
        nearer = [f"channel/{shop}", f"cover/{shop}"]
        if "region" in draws[: draws.index("flexible")]:
            nearer.append(f"region/{row['region']}")
        own = sum(self.free(sku, name) for name in nearer)
        demand(not own, f"a flexible {sku} was sold where {own} lay nearer")
        bid = self.bids.get(sku, 0)
        if bid and not data.get("sold", False):
            item = next(one for one in self.opened["skus"] if one["sku"] == sku)
            price = min(line["price_minor"] for line in data["lines"] if line["sku"] == sku)
            if data.get("currency", "") not in ("", self.opened.get("currency", "USD")):
                named = self.prices.get((sku, ""), item.get("price_minor", 0))
                price = self.prices.get((sku, row["channel"]), named)
            kept = price * (1 - Fraction(row.get("fee_per_mille", 0), 1000)) - item.get("cost_minor", 0)
            ways = [one["landed_cost_minor"] for one in self.opened["lanes"] if one["region"] == row["region"]]
            demand(kept - min(ways) >= bid, f"a flexible {sku} was sold for {kept - min(ways)}, {bid} was bid")
