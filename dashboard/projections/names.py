"""Names: where the SKUs, regions, channels and claims accounts of a show's world stand in the arrays of its forecasts.

    ShowOpened, Pulse -> Names -> numbers of SKUs, regions, channels, nodes

Events speak in names, arrays in numbers; every order asks, so answers are remembered. All of it follows from the
opening, so nothing of it is packed. A stream behind a shop sells what the shop lists.
"""

from dashboard.decision import events as e
from dashboard.decision.ledger import cover_of, exposure_of, region_pool
from dashboard.forecast import pulse as pulses
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.states import NEVER


class Names:
    """Where the names of a show's world stand in its arrays; worked out once, not packed."""

    def __init__(self, opened: e.ShowOpened, pulse: Pulse) -> None:
        self.pulse = pulse
        self.skus = {name: number for number, name in enumerate(pulse.skus)}
        self.regions = {name: number for number, name in enumerate(pulse.regions)}
        self.region_of = {channel.channel: self.regions[channel.region] for channel in opened.channels}
        self.accounts = {region_pool(name): number for name, number in self.regions.items()}
        self.listings: list[tuple[str, int, str]] = []
        """(channel, its region, its exposure) of those that list something of their own."""
        for channel in opened.channels:
            number = self.regions[channel.region]
            self.accounts[exposure_of(channel.channel)] = self.accounts[cover_of(channel.channel)] = number
            if not channel.behind:
                self.listings.append((channel.channel, number, exposure_of(channel.channel)))
        self.exposures = {exposure for _, _, exposure in self.listings}
        self.channels = {channel.channel: number for number, channel in enumerate(opened.channels)}
        self.shops = [self.channels[channel.behind or channel.channel] for channel in opened.channels]
        self.listings_of = [exposure_of(channel.behind or channel.channel) for channel in opened.channels]
        self.regions_of = [self.regions[channel.region] for channel in opened.channels]
        """Per channel: the number of its shop, that shop's exposure, the number of its region."""
        self.shares = _shares(opened, self)
        self.list_prices = [sku.price_minor for sku in opened.skus]
        self._of_account: dict[tuple[str, str], int] = {}
        self._of_region: dict[tuple[str, str], int] = {}

    def of_account(self, sku: str, account: str) -> int:
        """The node whose units lie on a claims account; NEVER where that is none."""
        found = self._of_account.get((sku, account))
        if found is None:
            region = self.accounts.get(account)
            found = NEVER if region is None else pulses.node(self.pulse, self.skus[sku], region)
            self._of_account[sku, account] = found
        return found

    def of_region(self, sku: str, region: str) -> int:
        """The node of a SKU in a region."""
        found = self._of_region.get((sku, region))
        if found is None:
            found = self._of_region[sku, region] = pulses.node(self.pulse, self.skus[sku], self.regions[region])
        return found


def _shares(opened: e.ShowOpened, names: Names) -> dict[tuple[int, int], dict[str, float]]:
    """Per node (SKU, region): the part of its plan that each channel is to sell; only where a plan says so."""
    found: dict[tuple[int, int], dict[str, float]] = {}
    behind = {channel.channel: channel.behind or channel.channel for channel in opened.channels}
    for line in opened.plan:
        if line.channel and line.units > 0 and line.sku in names.skus and line.region in names.regions:
            mine = found.setdefault((names.skus[line.sku], names.regions[line.region]), {})
            shop = behind.get(line.channel, line.channel)
            mine[shop] = mine.get(shop, 0.0) + line.units
    return found
