"""Journals with host lines in every language and of every kind, written by hand, and hands that change them.

`evening` plays a show by a seed and writes down the lines as a naive prompter would: the number it finds in its own
counts, in the words of the phrase tables. `rewritten` changes the data of events and repairs the chain behind them, as
somebody would who holds the file.
"""

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from dashboard.speech import phrases
from tests.journal.test_verify import START_MICROS, Entry, claim, good, text, write

Row = dict[str, Any]
STEP = 1_000_003
HOUR = 3_600_000_000
TITLES = {"ring": "Smart ring 2", "lamp": "Desk lamp 20 W", "band": "Pulse band"}
REGIONS = {"US": "United States", "EU": "Europe 1", "SEA": "South-East Asia"}
LANGUAGES = ("en", "zh", "es", "de", "fr", "th", "ms", "id", "vi", "pt", "ja", "ko")
CHANNELS = {f"shop-{language}": list(REGIONS)[number % 3] for number, language in enumerate(LANGUAGES)}
PLACES = {"LAX": ("Los Angeles 3", "US"), "HAM": ("Hamburg", "EU"), "SIN": ("Singapore", "SEA")}
CURRENCIES = {"ring": "USD", "lamp": "EUR", "band": "JPY"}


def opened(show: str = "night") -> Entry:
    """A show with three SKUs, three regions and a channel for each of twelve languages."""
    return Entry(
        "show_opened",
        {
            "title": "Night", "starts_at": START_MICROS, "ends_at": START_MICROS + 10 * HOUR, "currency": "USD",
            "time_zone": "UTC",
            "skus": [{"sku": sku, "title": title, "price_minor": 490_000, "currency": CURRENCIES[sku]}
                     for sku, title in TITLES.items()],
            "regions": [{"region": code, "name": name, "time_zone": "UTC"} for code, name in REGIONS.items()],
            "locations": [{"location": code, "name": name, "time_zone": "UTC"} for code, (name, _) in PLACES.items()],
            "lanes": [{"location": code, "region": region} for code, (_, region) in PLACES.items()],
            "channels": [{"channel": channel, "platform": "web", "region": region, "language": channel[5:]}
                         for channel, region in CHANNELS.items()],
        },
        show=show,
    )  # fmt: skip


class Evening:
    """A show in the making: its entries, and counts of its own."""

    def __init__(self, seed: int, show: str = "night") -> None:
        self.chance, self.show = random.Random(seed), show
        self.entries = [opened(show)]
        self.left: dict[tuple[str, str], int] = {}
        self.terms: dict[tuple[str, str, str], Any] = {}
        self.shipments: dict[str, tuple[str, str, int, int]] = {}
        self.standing: dict[str, str] = {}
        self.lines = 0

    def now(self) -> int:
        """When the next entry is recorded, microseconds."""
        return START_MICROS + (len(self.entries) + 1) * STEP

    def add(self, type: str, data: Row, *moves: tuple[str, str, str, str, int]) -> None:
        """One entry more."""
        self.entries.append(Entry(type, data, list(moves), self.show))

    def stock(self) -> None:
        """Units for every region, some of them listed on a channel and some held back."""
        for sku in TITLES:
            for place, (_, region) in PLACES.items():
                units = self.chance.choice((3, 40, 1_500, 12_345, 1_234_567))
                channel = self.chance.choice([name for name in CHANNELS if CHANNELS[name] == region])
                self.add(
                    "goods_received", {"sku": sku}, good("supplier", f"{place}/available", units, sku),
                    claim("issued", f"region/{region}", units, sku),
                )  # fmt: skip
                self.add("exposed", {"sku": sku}, claim(f"region/{region}", f"channel/{channel}", 2, sku))
                self.add("withheld", {"sku": sku}, claim(f"channel/{channel}", f"cover/{channel}", 1, sku))
                self.left[sku, region] = units

    def sell(self) -> None:
        """An order of one to three units, straight out of a region's pool, or what a region has left."""
        sku, (place, (_, region)) = self.chance.choice(list(TITLES)), self.chance.choice(list(PLACES.items()))
        units = min(self.chance.choice((1, 1, 2, 3)), self.left[sku, region] - 2)
        if units > 0:
            self.add("sold", {"sku": sku}, claim(f"region/{region}", "committed/x", units, sku),
                     good(f"{place}/available", f"{place}/committed", units, sku))  # fmt: skip
            self.left[sku, region] -= units

    def set_terms(self) -> None:
        """A limit, a price, a coupon, a bundle and a shipment, each about something at random."""
        sku, (place, (_, region)) = self.chance.choice(list(TITLES)), self.chance.choice(list(PLACES.items()))
        limit, minor, percent = self.chance.randint(1, 9), self.chance.randint(1, 9_999_999), self.chance.randint(5, 90)
        code, units = f"SAVE{self.chance.randint(1, 99)}", self.chance.choice((1, 2, 30, 4_000))
        self.terms["limit", sku, region] = limit
        self.add("limit_set", {"sku": sku, "region": region, "units_per_order": limit})
        self.terms["price", sku, region] = minor
        self.add("price_set", {"sku": sku, "price_minor": minor})
        for one in REGIONS:
            self.terms["price", sku, one] = minor
        self.terms["coupon", sku, region] = code, percent
        self.add("coupon_set", {"sku": sku, "region": region, "code": code, "percent": percent})
        skus = self.chance.sample(list(TITLES), 2)
        self.terms["bundle", skus[0], region] = f"set {percent}", skus, percent
        self.add("bundle_set", {"bundle": f"set {percent}", "region": region, "skus": skus, "percent": percent})
        name, eta = f"ship-{len(self.shipments)}", self.now() + self.chance.randint(2, 4_000) * HOUR // 17
        self.add("shipment_started", {"shipment": name, "from_location": "X", "to_location": place, "eta": eta,
                 "lines": [{"sku": sku, "quantity": units}]}, good("supplier", f"transit/{name}", units, sku))  # fmt: skip
        self.shipments[name] = place, sku, units, eta

    def show_line(self, kind: str, channel: str, sku: str, **more: Any) -> str:
        """Show a line, if there is something to say of that kind; returns its name."""
        region = CHANNELS[channel]
        found = self._fact(kind, sku, region)
        if found is None:
            return ""
        phrase, values, stated = found
        register = self.chance.choice(("calm", "lively"))
        told = {"title": TITLES[sku], "region": region, "region_name": REGIONS[region], **values}
        words = phrases.line(phrase, channel[5:], told, register)
        return self.publish(channel, kind, words, {"sku": sku, "region": region, **stated}, register, **more)

    def publish(self, channel: str, kind: str, words: str, fact: Row, register: str = "calm", **more: Any) -> str:
        """Show words with a fact as of the newest entry; returns the line's name."""
        self.lines += 1
        name = f"line-{self.lines}"
        fact = {**fact, "seq": len(self.entries), "expires": self.now() + 10_000_000}
        self.add("line_published", {"line": name, "channel": channel, "language": channel[5:], "kind": kind,
                 "text": words, "fact": fact, "register": register, **more})  # fmt: skip
        self.standing[name] = channel
        return name

    def _fact(self, kind: str, sku: str, region: str) -> tuple[str, Row, Row] | None:
        left, term = self.left[sku, region], self.terms.get((kind, sku, region))
        if kind in ("slow_region", "next_hero"):
            return kind, {}, {}
        if kind == "low_stock":
            limit = self.terms.get(("limit", sku, region))
            more = {"limit": limit} if limit else {}
            return ("low_stock_limit" if limit else kind), {"units": left, **more}, {"units_left": left, **more}
        if kind == "restock":
            return self._restock(sku, region)
        if term is None:
            return None
        if kind == "limit":
            return kind, {"limit": term}, {"limit": term}
        if kind == "price":
            told = {"price_minor": term, "currency": CURRENCIES[sku]}
            return kind, told, told
        if kind == "coupon":
            return kind, {"code": term[0], "percent": term[1]}, {"code": term[0], "percent": term[1]}
        titles = tuple(TITLES[one] for one in term[1])
        return kind, {"titles": titles, "percent": term[2]}, {"bundle": term[0], "skus": term[1], "percent": term[2]}

    def _restock(self, sku: str, region: str) -> tuple[str, Row, Row] | None:
        for name, (place, of, units, eta) in self.shipments.items():
            if of == sku and PLACES[place][1] == region and eta > self.now():
                hours = max(1, -(-(eta - self.now()) // HOUR))
                values = {"place": PLACES[place][0], "units": units, "hours": hours}
                return "restock", values, {"place": place, "shipment": name, "units_incoming": units, "eta": eta}
        return None


def evening(seed: int, rounds: int = 12, show: str = "night") -> Evening:
    """A random show with lines of every kind in every language; some replaced, retracted and said."""
    made = Evening(seed, show)
    made.stock()
    for _ in range(rounds):
        made.set_terms()
        for kind in ("low_stock", "restock", "limit", "price", "coupon", "bundle", "slow_region", "next_hero"):
            for channel in CHANNELS if rounds < 12 else made.chance.sample(list(CHANNELS), 2):
                old = next((name for name, on in made.standing.items() if on == channel), "")
                more = {"replaces": old} if old and made.chance.random() < 0.3 else {}
                line = made.show_line(kind, channel, made.chance.choice(list(TITLES)), **more)
                if line and more:
                    del made.standing[old]
                if line and made.chance.random() < 0.4:
                    made.add("line_said", {"line": line})
            made.sell()
        for line in made.chance.sample(list(made.standing), min(len(made.standing), 6)):
            del made.standing[line]
            made.add("line_retracted", {"line": line, "reason": "outranked"})
    return made


def journal(path: Path, made: Evening) -> Path:
    """The journal of an evening, as the program writes one."""
    write(path, made.entries)
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into meta values ('schema_version', '1')")
    return path


def rewritten(source: Path, path: Path, change: Callable[[list[Row]], None]) -> Path:
    """A journal like another in which the `data` (as objects) of events was changed, with a chain that holds."""
    with duckdb.connect(str(source), read_only=True) as connection:
        rows = connection.execute(
            "select seq, id, show_id, type, source, epoch_us(event_time), epoch_us(recorded_time), actor, data::varchar "
            "from events order by seq"
        ).fetchall()
    facts = [{"seq": row[0], "type": row[3], "data": json.loads(row[8])} for row in rows]
    change(facts)
    path.write_bytes(source.read_bytes())
    before, sealed = "0" * 64, []
    for row, fact in zip(rows, facts, strict=True):
        seq, ident, show, kind, origin, happened, recorded, actor, _ = row
        data = text(fact["data"])
        body = (
            f'{{"actor":{text(actor)},"data":{data},"event_time":{happened},"id":{text(ident)},'
            f'"recorded_time":{recorded},"seq":{seq},"show_id":{text(show)},"source":{text(origin)},'
            f'"type":{text(kind)}}}'
        )
        digest = hashlib.sha256((before + body).encode()).hexdigest()
        sealed.append((seq, ident, show, kind, origin, happened, recorded, actor, data, before, digest))
        before = digest
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from events")
        connection.execute("begin")
        connection.executemany(
            "insert into events values (?, ?, ?, ?, ?, make_timestamp(?), make_timestamp(?), ?, ?, ?, ?)", sealed
        )
        connection.execute("update head set hash = ?", [before])
        connection.execute("commit")
    return path
