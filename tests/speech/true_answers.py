"""A second, naive reading of what an answer to a viewer says and of whether the frame bears it out.

    text --phrase table read backwards--> phrase and its values --frame rows--> problems, one sentence each

It shares nothing with the code that drafts: it reads the wordings of `data/phrases` itself, turns each into a pattern
whose gaps take only what may stand there (a title of the show, a country's name, digits), and looks every value up in
the frame's tables. A text that no pattern takes, a value that the frame does not hold, another product or country than
the viewer named: each is a wrong fact. Babel writes amounts, names of countries and cities for both sides.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from dashboard.settings import DATA
from tests.speech.question_kit import Asked

Row = dict[str, Any]
FIGURE = r"\d[\d.,'\s\u202f\u00a0]*"
SAID = {"units": FIGURE, "limit": FIGURE, "percent": rf"%?\s?{FIGURE}%?", "days": r"\d.*?", "price": r"[^:]*?\d[^:]*?",
        "code": r"[A-Z]+\d+", "region": r".+?", "place": r".+?", "country": r".+?", "eta": r".+", "until": r".+",
        "titles": r".+"}  # fmt: skip

WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
COUNTRIES = frozenset({"US", "GB", "JP", "AU"})
"""Countries for which the files have a shorter name than Babel."""


@lru_cache(16)
def wordings(language: str) -> Row:
    """A language's own file of phrases."""
    return tomllib.loads((DATA / "phrases" / f"{language}.toml").read_text(encoding="utf-8"))


@lru_cache(16)
def pieces(language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every wording of a language's answers as (phrase, plain text and names of gaps by turns); most plain text first."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for phrase, forms in wordings(language)["answer"].items():
        for wording in forms.values() if isinstance(forms, dict) else (forms,):
            found.append((phrase, tuple(re.split(r"\{(\w+)\}", wording))))
    return tuple(sorted(found, key=lambda each: (-len("".join(each[1][::2])), each[0])))


@lru_cache(1024)
def pattern(parts: tuple[str, ...], titles: tuple[str, ...]) -> re.Pattern[str]:
    """A wording as a pattern whose gaps take only what may stand in them."""
    gaps = SAID | {"title": "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))}
    written = [f"(?P<{part}>{gaps[part]})" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return re.compile("".join(written), re.DOTALL)


@lru_cache(4096)
def read_text(text: str, language: str, titles: tuple[str, ...]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The phrase a text was said by, and (gap, what stands in it) in order; ("", ()) for a text that is none of ours."""
    for phrase, parts in pieces(language):
        match = pattern(parts, titles).fullmatch(text) if all(plain in text for plain in parts[::2]) else None
        if match:
            return phrase, tuple((name, value.strip()) for name, value in match.groupdict().items())
    return "", ()


def read_back(text: str, language: str, frame: Row) -> tuple[str, dict[str, str]]:
    """The phrase a text was said by and what stands in its gaps; ("", {}) for a text that is none of ours."""
    phrase, said = read_text(text, language, tuple(row["title"] for row in frame["skus"]))
    return phrase, dict(said)


@lru_cache(16)
def territories(language: str) -> dict[str, str]:
    """Codes of countries by their names in a language."""
    return {called: code for code, called in Locale(language).territories.items() if len(code) == 2}


def problems(frame: Row, question: Asked, drafted: Row) -> list[str]:
    """What is wrong in a drafted answer, one sentence each; none when the frame bears out all it says."""
    phrase, said = read_back(drafted["text"], drafted["language"], frame)
    if not phrase:
        return [f"no phrase of {drafted['language']} reads {drafted['text']!r}"]
    return list(_Reader(frame, question, drafted, phrase, said).problems())


class _Reader:
    """One answer against one frame."""

    def __init__(self, frame: Row, question: Asked, drafted: Row, phrase: str, said: dict[str, str]) -> None:
        self.frame, self.question, self.drafted, self.phrase, self.said = frame, question, drafted, phrase, said
        self.fact: Row = drafted["fact"]
        self.locale = Locale.parse(drafted["language"])
        self.table = wordings(drafted["language"])
        self.sku = next((row["sku"] for row in frame["skus"] if row["title"] == said.get("title")), "")
        channel = next(row for row in frame["channels"] if row["channel"] == question.channel)
        self.home: str = channel["region"]

    def problems(self) -> Iterator[str]:
        """All that is wrong."""
        yield from self._about()
        yield from getattr(self, f"_{self.phrase}", lambda: ())()
        if self.fact.get("seq") != self.frame["seq"]:
            yield f"the fact is of seq {self.fact.get('seq')}, the frame of {self.frame['seq']}"
        if not str(self.fact.get("expires")) > self.frame["at"]:
            yield f"the fact expires {self.fact.get('expires')}, the frame is of {self.frame['at']}"
        if self.drafted["known"] and self.fact.get("country", "") not in ("", self.question.country):
            yield f"the fact is about {self.fact['country']}, asked about {self.question.country!r}"

    def _about(self) -> Iterator[str]:
        """The product and the place are those that were asked about, and the fact names them alike."""
        if self.sku and self.question.sku not in ("", self.sku):
            yield f"speaks of {self.sku}, asked about {self.question.sku}"
        if self.sku and self.fact.get("sku") != self.sku:
            yield f"says {self.sku}, its fact is about {self.fact.get('sku')!r}"
        country = self._country()
        if country and self.question.country not in ("", country):
            yield f"speaks of {country}, asked about {self.question.country}"
        if "country" in self.said and not country and self.question.country:
            yield f"names no country: {self.said['country']!r}, asked about {self.question.country}"
        if "country" in self.said and not self.question.country and self.home not in self._regions():
            yield f"names {self.said['country']!r}, asked in {self.home} about no country"
        if "region" in self.said and self.said["region"] not in self._region_names(self._region()):
            yield f"names the region {self.said['region']!r}, its fact is about {self._region()!r}"
        served = {row["region"] for row in self.frame["regions"] if self.question.country in row["countries"]}
        if "region" in self.said and self._region() not in {self.home, *served}:
            yield f"speaks of the region {self._region()}, asked in {self.home} about {self.question.country!r}"

    def _country(self) -> str:
        """The country a text names, by its full name or by what the language's file calls a region of that code."""
        name = self.said.get("country", "")
        codes = territories(self.locale.language) | {
            called: code for code, called in self.table["region"].items() if code in COUNTRIES
        }
        return str(codes.get(name, ""))

    def _regions(self) -> list[str]:
        """The regions that serve the place a text names: a country's, or the region itself."""
        country, name = self._country(), self.said.get("country", "")
        rows = self.frame["regions"]
        if country:
            return [row["region"] for row in rows if country in row["countries"]]
        return [row["region"] for row in rows if name in self._region_names(row["region"])]

    def _region(self) -> str:
        return str(self.fact.get("region") or self.home)

    def _region_names(self, region: str) -> set[str]:
        given = next(row["name"] for row in self.frame["regions"] if row["region"] == region)
        return {self.table["region"].get(region, given), given, str(self.locale.territories.get(region, given))}

    def _figure(self, name: str, true: int | None, *keys: str) -> Iterator[str]:
        """A number of the text, and of the fact under any of its keys, is the true one."""
        digits = re.sub(r"\D", "", self.said.get(name, ""))
        if name in self.said and (true is None or int(digits) != true):
            yield f"says {name} {digits}, true is {true}"
        for key in (name, *keys):
            if key in self.fact and self.fact[key] not in (None, true):
                yield f"its fact has {key} {self.fact[key]}, true is {true}"

    def _rows(self, table: str) -> list[Row]:
        region = self._region()
        return [row for row in self.frame[table] if row["sku"] == self.sku and row["region"] == region]

    def _left(self) -> int:
        return sum(row["left"] for row in self._rows("countdowns"))

    def _stock_some(self) -> Iterator[str]:
        yield from self._figure("units", self._left(), "units_left")
        if "units" not in self.said and self._left():
            yield f"says none is left, true is {self._left()}"

    _stock_none = _stock_some

    def _ships_yes(self) -> Iterator[str]:
        if not self._regions():
            yield f"ships to {self.said['country']}, which no region serves"

    def _ships_no(self) -> Iterator[str]:
        if self._regions():
            yield f"does not ship to {self.said['country']}, which a region serves"

    def _delivery(self) -> Iterator[str]:
        regions, named = self._regions(), self.said["country"]
        holds = {row["location"] for row in self.frame["stock"] if row["sku"] == self.sku and row["available"] > 0}
        days = [lane["days"] for lane in self.frame["lanes"] if lane["region"] in regions and lane["location"] in holds]
        said = [int(each) for each in re.findall(r"\d+", self.said["days"])]
        if not days or (said[0], said[-1]) != (min(days), max(days)):
            yield f"says {said} days to {named}, the lanes of what is there take {sorted(days)}"
        for key, true in (("days_min", min(days, default=None)), ("days_max", max(days, default=None))):
            if key in self.fact and self.fact[key] != true:
                yield f"its fact has {key} {self.fact[key]}, true is {true}"

    def _price(self) -> Iterator[str]:
        product = next(row for row in self.frame["skus"] if row["sku"] == self.sku)
        set_now = {row["channel"]: row["price_minor"] for row in self.frame["prices"] if row["sku"] == self.sku}
        minor = set_now.get(self.question.channel, set_now.get("", product["price_minor"]))
        amount = Decimal(minor).scaleb(-numbers.get_currency_precision(product["currency"]))
        written = numbers.format_currency(amount, product["currency"], locale=self.locale)
        if self.said["price"] != written:
            yield f"says the price is {self.said['price']}, true is {written}"
        if self.fact.get("price_minor") != minor or self.fact.get("currency") != product["currency"]:
            yield f"its fact has {self.fact.get('price_minor')} {self.fact.get('currency')}, true is {minor}"

    def _price_coupon(self) -> Iterator[str]:
        yield from self._price()
        yield from self._coupon()

    def _coupon(self) -> Iterator[str]:
        offers = self._rows("coupons")
        if not offers:
            yield "names a coupon, none is in force"
            return
        yield from self._figure("percent", offers[0]["percent"])
        if {self.said["code"], self.fact.get("code")} != {offers[0]["code"]}:
            yield f"names the code {self.said['code']!r}, true is {offers[0]['code']!r}"
        if "until" in self.said:
            yield from self._moment(self.said["until"], offers[0]["expires"], self._zones())

    _coupon_some = _coupon

    def _coupon_open(self) -> Iterator[str]:
        yield from self._coupon()
        if any(row["expires"] for row in self._rows("coupons")):
            yield "names no end of a coupon that has one"

    def _coupon_none(self) -> Iterator[str]:
        if self._rows("coupons"):
            yield "says there is no coupon, one is in force"

    def _limit_some(self) -> Iterator[str]:
        limits = self._rows("limits")
        yield from self._figure("limit", limits[0]["units_per_order"] if limits else None)

    def _limit_none(self) -> Iterator[str]:
        if self._rows("limits"):
            yield "says there is no limit, one is in force"

    def _arrivals(self) -> list[tuple[Row, int]]:
        """Shipments of the product on their way to where the region is served from, with the units of it."""
        serves = {lane["location"] for lane in self.frame["lanes"] if lane["region"] == self._region()}
        return [
            (shipment, line["quantity"])
            for shipment in self.frame["shipments"]
            for line in shipment["on_the_way"]
            if shipment["to_location"] in serves and line["sku"] == self.sku and shipment["state"] == "in_transit"
        ]

    def _restock_eta(self) -> Iterator[str]:
        coming = self._arrivals()
        if not coming:
            yield "says goods are on the way, none are"
            return
        first, units = min(coming, key=lambda each: str(each[0]["eta"]))
        yield from self._figure("units", units, "units_incoming")
        places = {row["location"]: row for row in self.frame["locations"]}
        own = self.locale.territories.get(territories("en").get(first["to_name"], ""), first["to_name"])
        if self.said["place"] != self.table.get("place", {}).get(first["to_name"], own):
            yield f"goods arrive at {self.said['place']!r}, true is {first['to_name']!r}"
        zones = [*self._zones(), places[first["to_location"]]["time_zone"]]
        yield from self._moment(self.said["eta"], first["eta"], zones)

    def _restock_unknown(self) -> Iterator[str]:
        if self._arrivals():
            yield "says no date is known, goods with a date are on the way"

    def _zones(self) -> list[str]:
        return [row["time_zone"] for row in self.frame["regions"] if row["region"] == self._region()]

    def _moment(self, said: str, true: str | None, zones: list[str]) -> Iterator[str]:
        """A day and a clock are those of the instant, on the clock of a named zone."""
        if true is None:
            yield f"says {said!r}, there is no such instant"
        elif not any(self._tells(said, datetime.fromisoformat(true), zone) for zone in zones):
            yield f"says {said!r}, true is {true}"

    def _tells(self, said: str, instant: datetime, zone: str) -> bool:
        local, clock = instant.astimezone(ZoneInfo(zone)), ZoneInfo(zone)
        city = dates.get_timezone_location(clock, locale=self.locale, return_city=True)
        weekdays = {dates.get_day_names(width, locale=self.locale)[local.weekday()] for width in WIDTHS}
        months = {dates.get_month_names(width, locale=self.locale)[local.month] for width in WIDTHS}
        weekday = next((name for name in sorted(weekdays, key=len, reverse=True) if name in said), None)
        if city not in said or weekday is None:
            return False
        figures = [int(each) for each in re.findall(r"\d+", said.replace(weekday, "", 1))]
        times = [[local.hour, local.minute]]
        periods = [self.locale.day_periods["format"].get(width, {}) for width in WIDTHS]
        half = "pm" if local.hour >= 12 else "am"
        if any(period[half].casefold() in said.casefold() for period in periods if half in period):
            times.append([local.hour % 12 or 12, local.minute])
        days = [[local.month, local.day], [local.day, local.month]]
        if any(name in said for name in months):
            days.append([local.day])
        return any(figures in ([*day, *time], [*time, *day]) for day in days for time in times)

    def _variants(self) -> Iterator[str]:
        titles = {row["title"]: row for row in self.frame["skus"]}
        rest = self.said["titles"]
        for title in sorted(titles, key=len, reverse=True):
            rest = rest.replace(title, "")
        if re.search(r"\d", rest):
            yield f"names no product of ours: {self.said['titles']!r}"

    _which_product = _variants

    def _variant_unknown(self) -> Iterator[str]:
        mine = next(row for row in self.frame["skus"] if row["sku"] == self.sku)
        if sum(row["category"] == mine["category"] for row in self.frame["skus"]) > 1:
            yield f"knows no other version of {self.sku}, the show has one"
