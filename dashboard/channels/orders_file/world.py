"""The show an order file becomes: its SKUs, places, regions, channels and opening stock.

    Rows + Parts + Mapping -> OpenShow, then ReceiveGoods per SKU and region (or per SKU and location of a stock file)

One location serves every region unless the mapping says otherwise. With opening stock `needed` (times a factor), a
region's goods lie in its home location and its claims in its own pool, so that what the file's orders took is exactly
what is there. With a stock file, goods lie where the file says; the claims on them go to a region's pool where their
location serves that region alone, and to the flexible pool, of which every region draws, where it serves several. A
location that serves one region beside others that serve several is a forward one unless the mapping says otherwise:
its goods are sent first, so that what others can reach too is left for them.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from dashboard.channels.orders_file import parts as grouping
from dashboard.channels.orders_file.beside import SideTables
from dashboard.channels.orders_file.countries import country_of, english_name, is_country, language_of, zone_name
from dashboard.channels.orders_file.destinations import Resolver, slug
from dashboard.channels.orders_file.mapping_keys import LocationKeys, Mapping
from dashboard.channels.orders_file.parts import Parts
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.channels.orders_file.rows import Rows
from dashboard.channels.orders_file.tables import Moment
from dashboard.channels.orders_file.time_formats import EPOCH, MICROSECOND
from dashboard.channels.orders_file.typical import modes, most_frequent, tiers
from dashboard.decision import commands as c

MINUTE = 60_000_000
SECOND = 1_000_000
UNITS_MAX = 1_000_000_000
ID_LENGTH_MAX = 200
KIND_RANK = {"forward": 0, "border": 1, "bonded": 2, "central": 3, "origin": 4}


class World:
    """Builds the opening commands of one imported show."""

    def __init__(self, rows: Rows, parts: Parts, mapping: Mapping, side: SideTables, file: str) -> None:
        self.rows, self.parts, self.mapping, self.side, self.file = rows, parts, mapping, side, file
        self.from_file = "stock" in side.files
        self.countries: dict[str, set[str]] = {}
        for place in rows.destinations:
            self.countries.setdefault(place.region, set()).add(place.country)
        self.places = self._places()
        self.regions = list(dict.fromkeys((*grouping.regions_of(rows), *(line.region for line in side.plan))))
        self.regions.extend(self._waiting_regions())

    def _places(self) -> list[LocationKeys]:
        """The mapping's locations and those only the stock file names."""
        places = list(self.mapping.location)
        known = {place.id for place in places}
        if self.side.stock and self.mapping.location == (LocationKeys(),):
            places, known = [], set()
        for line in self.side.stock:
            if line.location not in known:
                known.add(line.location)
                places.append(LocationKeys(id=line.location))
        return places

    def _waiting_regions(self) -> list[str]:
        """Regions nobody ordered from, for whose sake alone a location of the stock file is there."""
        stocked = {line.location for line in self.side.stock}
        idle = [place for place in self.places if place.id in stocked and not self._served(place)]
        resolver = Resolver(self.mapping.destination, self.file)
        firsts = [place.serves[0] for place in idle]
        known = self.mapping.destination.regions
        return list(dict.fromkeys(name if name in known else resolver.resolve(name).region for name in firsts))

    def open_show(self, show: str, starts_at: int, ends_at: int) -> c.OpenShow:
        """The command that opens the show with its whole world."""
        keys = self.mapping
        return c.OpenShow(
            id=command_id(show, "open"),
            show=show,
            actor="import",
            source=f"/import/{self.file}",
            event_time=starts_at,
            title=keys.show.title or show,
            starts_at=starts_at,
            ends_at=ends_at,
            currency=self.currency(),
            time_zone=self._studio_zone(),
            skus=self._skus(),
            locations=tuple(_location(place, self._kind(place)) for place in self.places),
            regions=tuple(self._region(region) for region in self.regions),
            lanes=tuple(self._lanes()),
            channels=tuple(self._channels()),
            rundown=tuple(self._segments(starts_at, ends_at)),
            plan=tuple(c.PlanLine(sku=one.sku, region=one.region, units=one.units) for one in self.side.plan),
            draws=("channel", "region", "flexible") if self.from_file else ("channel", "region"),
            origin=f"import:{self.file}",
            host=keys.show.host,
            viewers_planned=keys.show.viewers_planned,
        )

    def goods(self, show: str, starts_at: int, peaks: dict[tuple[int, int], int]) -> Iterator[c.ReceiveGoods]:
        """The opening stock, SKU by SKU."""
        for name, (place, sku, units, pool) in self._opening(peaks):
            for piece, start in enumerate(range(0, units, UNITS_MAX)):
                yield c.ReceiveGoods(
                    id=command_id(show, "stock", name, *([str(piece + 1)] if piece else [])),
                    show=show,
                    actor="import",
                    source=f"/import/{self.file}",
                    event_time=starts_at,
                    location=place,
                    sku=sku,
                    quantity=min(UNITS_MAX, units - start),
                    pool=pool,
                    reason="opening stock",
                )

    def _opening(self, peaks: dict[tuple[int, int], int]) -> Iterator[tuple[str, tuple[str, str, int, str]]]:
        if self.from_file:
            pools = {place.id: self._pool(place) for place in self.places}
            for line in self.side.stock:
                yield f"{line.location}/{line.sku}", (line.location, line.sku, line.quantity, pools[line.location])
            return
        skus, factor = self.rows.sku.texts(), self.mapping.stock.factor
        homes = {region: self._home(region) for region in self.regions}
        for (sku, code), units in peaks.items():
            region = self.regions[code]
            scaled = units if factor == 1.0 else int(units * factor + 1e-9)
            if scaled:
                yield f"{region}/{skus[sku]}", (homes[region], skus[sku], scaled, f"region/{region}")

    def currency(self) -> str:
        """The show's currency: the mapping's, else the one most lines are in."""
        if self.mapping.price.currency or len(self.rows.currencies) == 1:
            return self.mapping.price.currency or self.rows.currencies[0]
        counts = np.bincount(self.rows.currency[self.parts.lines], minlength=len(self.rows.currencies))
        return self.rows.currencies[int(counts.argmax())]

    def _studio_zone(self) -> str:
        zone = self.mapping.show.time_zone or self.mapping.time.zone
        return zone if "/" in zone else "UTC"

    def _skus(self) -> tuple[c.Sku, ...]:
        """Every SKU that is sold, stocked, planned or shown, with its most frequent title and price."""
        rows, lines, currency = self.rows, self.parts.lines, self.currency()
        codes = np.unique(rows.sku.codes[lines])
        titles = most_frequent(rows.sku.codes[lines], rows.title, lines)
        categories = most_frequent(rows.sku.codes[lines], rows.category, lines)
        in_currency = np.array([name == currency for name in rows.currencies])[rows.currency[lines]]
        priced = lines[(rows.price[lines] > 0) & in_currency]
        prices = modes(rows.sku.codes[priced], rows.price[priced])
        texts = rows.sku.texts()
        tier_of = tiers(rows, lines, self.mapping)
        skus = {
            texts[code]: c.Sku(
                sku=texts[code],
                title=titles.get(code, ""),
                tier=tier_of(texts[code]),
                price_minor=prices.get(code, 0),
                currency=currency,
                category=categories.get(code, ""),
            )
            for code in codes.tolist()
        }
        stocked, shown, planned = self.side.stock, self.side.rundown, self.side.plan
        for sku in (*(one.sku for one in stocked), *(one.sku for one in shown), *(one.sku for one in planned)):
            skus.setdefault(sku, c.Sku(sku=sku, tier=tier_of(sku), currency=currency))
        return tuple(skus[sku] for sku in sorted(skus))

    def _region(self, region: str) -> c.Region:
        known = [country for country in sorted(self.countries.get(region, {region})) if is_country(country)]
        name = english_name(region) if is_country(region) else region
        zone = zone_name(known[0]) if known else "UTC"
        return c.Region(region=region, name=name, countries=tuple(known), time_zone=zone)

    def _serves(self, place: LocationKeys, region: str) -> bool:
        """Whether a location serves a region: named by id or by one of its countries, or serving all."""
        meant = self.countries.get(region, set()) | {region}
        return not place.serves or any((country_of(one) or one) in meant for one in place.serves)

    def _served(self, place: LocationKeys) -> list[str]:
        return [region for region in self.regions if self._serves(place, region)]

    def _pool(self, place: LocationKeys) -> str:
        """Who may sell what lies in a location: its region, or every region where it serves several."""
        served = self._served(place)
        return f"region/{served[0]}" if len(served) == 1 else c.FLEXIBLE

    def _kind(self, place: LocationKeys) -> str:
        wide = any(len(self._served(other)) > 1 for other in self.places)
        return place.kind or ("forward" if self.from_file and wide and len(self._served(place)) == 1 else "central")

    def _ranked(self, region: str) -> list[LocationKeys]:
        """Locations that serve a region, the one orders are served from first."""
        serving = [place for place in self.places if self._serves(place, region)] or self.places[:1]
        key = [
            (not place.serves, KIND_RANK[self._kind(place)], place.landed_cost_minor, place.days) for place in serving
        ]
        return [serving[index] for index in sorted(range(len(serving)), key=lambda index: key[index])]

    def _home(self, region: str) -> str:
        return self._ranked(region)[0].id

    def _lanes(self) -> Iterator[c.Lane]:
        for region in self.regions:
            ranked = self._ranked(region)
            for place in ranked if self.from_file else ranked[:1]:
                yield c.Lane(
                    location=place.id, region=region, landed_cost_minor=place.landed_cost_minor, days=place.days
                )

    def channel_id(self, channel: int, region: str) -> str:
        """The id of a channel's storefront in one region."""
        return f"{self.rows.channels[channel]}-{slug(region)}"

    def _channels(self) -> Iterator[c.Channel]:
        """One channel per name and region that took an order, or is counted in the viewers or the plan."""
        rows, first = self.rows, self.parts.first_rows()
        regions = grouping.region_codes(rows)[rows.destination[first]]
        pairs = np.unique(regions * len(rows.channels) + rows.channel[first]).tolist()
        keys = self.mapping.channel
        for pair in pairs:
            region, name = self.regions[pair // len(rows.channels)], rows.channels[pair % len(rows.channels)]
            country = region if is_country(region) else next(iter(self._region(region).countries), "")
            yield c.Channel(
                channel=f"{name}-{slug(region)}",
                platform=keys.platform or name,
                region=region,
                language=keys.language or language_of(country),
                name=f"{keys.name if not keys.column else name} {region}",
            )

    def _segments(self, starts_at: int, ends_at: int) -> Iterator[c.Segment]:
        """Slots in seconds after the start; one without an end lasts until the next begins, or the close."""

        def seconds(moment: Moment) -> int:
            return moment[0] // SECOND if moment[1] else (moment[0] - starts_at) // SECOND

        begins = sorted({seconds(slot.start) for slot in self.side.rundown})
        for slot in self.side.rundown:
            start = seconds(slot.start)
            later = (other for other in begins if other > start)
            end = seconds(slot.end) if slot.end else next(later, (ends_at - starts_at) // SECOND)
            if end <= start:
                file = self.side.files["rundown"].name
                raise ImportProblem(f"{file}, row {slot.row}: the slot of {slot.sku} ends before it starts.")
            yield c.Segment(start_seconds=start, end_seconds=end, sku=slot.sku)


def command_id(show: str, *parts: str) -> str:
    """The id of a command of an import: the same for the same file and show, printable, at most 200 characters."""
    name = "/".join(("import", show, *parts))
    if len(name) <= ID_LENGTH_MAX and name.isprintable():
        return name
    return f"import/{show[:100]}/{hashlib.sha256(name.encode()).hexdigest()}"


def _location(place: LocationKeys, kind: str) -> c.Location:
    country = country_of(place.country) or place.country
    return c.Location(
        location=place.id,
        name=place.name or place.id,
        kind=kind,
        latitude=place.latitude,
        longitude=place.longitude,
        country=country,
        time_zone=place.time_zone or (zone_name(country) if country else "UTC"),
        handling_per_day=place.handling_per_day,
    )


def moment(text: str, file: str) -> int:
    """A show's declared start or end as microseconds; without an offset it is UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ImportProblem(f"{file}: show time {text!r} is not ISO 8601, such as 2026-03-14T20:00:00Z.") from None
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND
