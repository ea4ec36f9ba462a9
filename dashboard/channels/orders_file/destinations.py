"""From destination texts and channel texts to the show's regions and channels.

Every distinct text is resolved once: through the mapping's aliases, as a country in any spelling, or as a region of
its own. `destination.regions` of the mapping gathers countries (and own names) into larger regions. Region and channel
ids hold no slash, because the ledger's account names use it.
"""

from typing import NamedTuple

from dashboard.channels.orders_file.countries import NO_NAME, code_of, country_of, folded
from dashboard.channels.orders_file.mapping_keys import DestinationKeys
from dashboard.channels.orders_file.problem import ImportProblem

UNSPECIFIED = "Unspecified"


class Destination(NamedTuple):
    """Where an order goes: the region that sells it and the country (ISO code, or the name in the file)."""

    region: str
    country: str


class Resolver:
    """Resolves destination texts by one mapping; remembers which names it could not place."""

    def __init__(self, keys: DestinationKeys, file: str) -> None:
        self.aliases = {folded(name): meant for name, meant in keys.aliases.items()}
        self.grouped: dict[str, str] = {}
        for region, members in keys.regions.items():
            _check_id(region, file)
            for member in members:
                self.grouped[country_of(member) or folded(member)] = region
        self.default = keys.default
        self.own: dict[str, str] = {}
        self.unplaced: dict[str, None] = {}

    def resolve(self, text: str) -> Destination:
        """The destination a text means; an empty one means the default."""
        name = text.strip()
        if name.casefold() in NO_NAME and folded(name) not in self.aliases:
            name = self.default or name or UNSPECIFIED
        meant = self.aliases.get(folded(name))
        country = country_of(name) if meant is None else code_of(meant)
        if country:
            return Destination(self.grouped.get(country, country), country)
        if meant is None and name != self.default and name.casefold() not in NO_NAME:
            self.unplaced.setdefault(name)
        own = self._own(meant if meant is not None else name)
        return Destination(self.grouped.get(folded(own), own), own)

    def _own(self, name: str) -> str:
        """The id of a region that is no country; spellings that differ only in case and accents share one."""
        shown = UNSPECIFIED if name.casefold() in NO_NAME else name
        clean = " ".join(shown.replace("/", "-").split())[:100]
        return self.own.setdefault(folded(clean), f"{clean}." if clean == "transit" else clean)


def _check_id(region: str, file: str) -> None:
    if not region or "/" in region or region == "transit":
        raise ImportProblem(f"{file}: region {region!r} cannot be used: no slash, not empty, not 'transit'.")


def slug(text: str) -> str:
    """A text as the readable part of a channel id: small letters and digits, joined by hyphens."""
    kept = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return "-".join(kept.split())[:80] or "shop"
