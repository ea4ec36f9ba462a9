"""Text columns -> typed columns, and a reason for every row that is no usable order line.

    collect(source) -> Coded columns -> shape, identity, goods, time, quantity, price, destination -> Rows

Each distinct text is parsed once and its result spread over the rows by code, so a file costs what its variety costs,
not its length. The order of the steps is the order of the reasons: a row that is wrong in two ways gets the first.
Quantities leave here positive; whether a row takes units back is `is_cancel`.
"""

import datetime
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from babel.numbers import get_currency_precision, list_currencies

from dashboard.channels.orders_file import amounts
from dashboard.channels.orders_file.amounts import MISSING, Marks
from dashboard.channels.orders_file.columns import Coded, Codes, Collected, Int64s, Mask, duplicates, joined
from dashboard.channels.orders_file.countries import folded
from dashboard.channels.orders_file.csv_blocks import Source
from dashboard.channels.orders_file.destinations import Destination, Resolver, slug
from dashboard.channels.orders_file.mapping import zone_of
from dashboard.channels.orders_file.mapping_keys import CancelKeys, Columns, Mapping
from dashboard.channels.orders_file.problem import quoted
from dashboard.channels.orders_file.times import TimeReader
from dashboard.channels.orders_file.verdicts import Explain, Rejected, Verdicts

ID_LENGTH_MAX = 150


class Rows(msgspec.Struct):
    """The file, typed; arrays have one entry a row, codes point into the lists."""

    verdicts: Verdicts
    order: Coded
    sku: Coded
    time: Int64s
    quantity: Int64s
    price: Int64s
    currency: Codes
    currencies: list[str]
    destination: Codes
    destinations: list[Destination]
    channel: Codes
    channels: list[str]
    customer: Codes
    """-1 where the row names no customer."""
    customers: pa.Array
    is_cancel: Mask
    same_row: Mask
    """Cancel rows that are also the order they cancel (a status column)."""
    cancels: Coded | None
    """The order a cancel row names in a column of its own."""
    title: Coded | None
    category: Coded | None
    tier: Coded | None
    times: TimeReader
    notes: list[str]
    cancel_time: Int64s


class RowReader:
    """Types the rows of one file by one mapping, step by step."""

    def __init__(self, source: Source, collected: Collected, mapping: Mapping, name: str) -> None:
        self.source, self.collected, self.mapping, self.name = source, collected, mapping, name
        self.count = len(collected.number)
        self.verdicts = Verdicts(collected.number)
        self.notes = list(source.notes)
        keys = mapping.time
        zone = zone_of(keys.zone, name) if keys.zone else datetime.UTC
        self.times = TimeReader(keys.format, zone, (keys.day_first, keys.language), name)

    def read(self) -> Rows:
        """All steps in order."""
        self._shape()
        order, sku = self._identity()
        self._goods(sku)
        time = self._time(self._coded(self.mapping.time.column, " "), self.verdicts.open())
        quantity, is_cancel, same_row = self._quantity(order)
        currency, currencies = self._currency()
        price = self._price(currency, currencies, quantity, is_cancel & ~same_row)
        destination, destinations = self._destination()
        channel, channels = self._channel()
        customer, customers = self._customer()
        cancel = self.mapping.cancel
        cancel_time = self._cancel_time(time, is_cancel, same_row)
        if self.mapping.cancel != CancelKeys() and not is_cancel.any():
            self.notes.append("No row is marked as a cancellation in the way [cancel] says.")
        if self.times.shown_twice:
            self.notes.append(f"Autumn clocks show {self.times.shown_twice} time(s) twice; the first was taken.")
        if not self.mapping.time.zone:
            self.notes.append("The mapping names no time zone: times without an offset were read as UTC.")
        return Rows(
            verdicts=self.verdicts, order=order, sku=sku, time=time, quantity=quantity, price=price,
            currency=currency, currencies=currencies, destination=destination, destinations=destinations,
            channel=channel, channels=channels, customer=customer, customers=customers,
            is_cancel=is_cancel, same_row=same_row, cancels=self._named(cancel.order), times=self.times,
            title=self._named(self.mapping.sku.title), category=self._named(self.mapping.sku.category),
            tier=self._named(self.mapping.sku.tier_column), notes=self.notes, cancel_time=cancel_time,
        )  # fmt: skip

    def _coded(self, columns: Columns, joiner: str = "-") -> Coded:
        if not columns:
            return Coded(np.zeros(self.count, dtype=np.int32), pa.array([""]))
        return joined([self.collected.columns[column] for column in columns], joiner)

    def _named(self, columns: Columns) -> Coded | None:
        return self._coded(columns).changed(_bare) if columns else None

    def _shape(self) -> None:
        source, verdicts = self.source, self.verdicts
        width = len(source.names)
        examples = [
            Rejected(row.row, row.text, f"The row has {row.columns} columns, the header has {width}.")
            for row in source.ragged
        ]
        verdicts.reject_elsewhere(len(source.ragged_rows), "wrong_column_count", examples)
        verdicts.reject(self.collected.is_header, "header_row", lambda row: ("", "The row repeats the header."))
        verdicts.reject(self.collected.is_empty, "empty_row", lambda row: ("", "The row is empty."))
        if self.mapping.file.duplicates == "keep" or self.mapping.quantity.one_row_is_one_unit:
            return
        later, earlier = duplicates(self.collected, verdicts.open())
        first = dict(zip(later.tolist(), earlier.tolist(), strict=True))
        order = self._coded(self.mapping.order.column)
        verdicts.reject(
            later,
            "duplicate_row",
            lambda row: (order.at(row), f"The row is an exact copy of row {verdicts.number[first[row]]}."),
        )

    def _identity(self) -> tuple[Coded, Coded]:
        order = self._coded(self.mapping.order.column).changed(_bare)
        change = {"upper": pc.utf8_upper, "lower": pc.utf8_lower}.get(self.mapping.sku.case, pc.utf8_trim_whitespace)
        sku = self._coded(self.mapping.sku.column).changed(lambda values: change(_bare(values)))
        for what, coded in (("order_id", order), ("sku", sku)):
            length = pc.utf8_length(coded.values).to_numpy(zero_copy_only=False)
            spoken = what.replace("_", " ")
            self._reject_codes(coded, length == 0, f"missing_{what}", f"The row has no {spoken}.")
            sentence = f"The {spoken} is longer than {ID_LENGTH_MAX} characters."
            self._reject_codes(coded, length > ID_LENGTH_MAX, f"{what}_too_long", sentence)
        return order, sku

    def _reject_codes(self, coded: Coded, bad: Mask, reason: str, sentence: str) -> None:
        if bad.any():
            self.verdicts.reject(bad[coded.codes], reason, lambda row: (coded.at(row), sentence))

    def _goods(self, sku: Coded) -> None:
        keys = self.mapping.goods
        case = keep_case(self.mapping)
        listed = {case(code.strip()) for code in keys.not_goods}
        patterns = [re.compile(pattern, re.IGNORECASE) for pattern in keys.not_goods_pattern]
        texts = sku.texts() if listed or patterns else []
        bad = np.array([text in listed or any(one.search(text) for one in patterns) for text in texts], dtype=bool)
        if len(bad):
            self._reject_codes(sku, bad, "not_goods", "The mapping says that this SKU is no goods.")
        for column, values in keys.not_goods_where.items():
            coded = self.collected.columns[column]
            meant = {folded(value) for value in values}
            bad = np.array([folded(text) in meant for text in coded.texts()], dtype=bool)
            self._reject_codes(coded, bad, "not_goods", f"The mapping says that rows with this {column} are no goods.")

    def _time(self, coded: Coded, rows: Mask) -> Int64s:
        """UTC microseconds of the rows; rows among `rows` whose text is no time are rejected."""
        texts = coded.texts()
        wall, is_utc = np.zeros(len(texts), dtype=np.int64), np.ones(len(texts), dtype=bool)
        bad = np.zeros(len(texts), dtype=np.int8)
        reasons = ("", "missing_time", "bad_time", "ambiguous_time")
        used = np.unique(coded.codes[rows])
        for place in used.tolist():
            reading = self.times.read(texts[place])
            if isinstance(reading, str):
                bad[place] = reasons.index(reading)
            else:
                wall[place], is_utc[place] = reading
        placed, never = self.times.place(wall, is_utc)
        bad[never] = 2
        for number, reason in enumerate(reasons[1:], 1):
            mask = rows & (bad == number)[coded.codes]
            self.verdicts.reject(mask, reason, _explained(coded, partial(self.times.explain, reason=reason)))
        return placed[coded.codes]

    def _cancel_time(self, time: Int64s, is_cancel: Mask, same_row: Mask) -> Int64s:
        """When a cancel row takes back: its own time column's, else the row's time; never before the row itself."""
        if not self.mapping.cancel.time:
            if same_row.any():
                self.notes.append("The file does not say when orders were cancelled: at their own time was assumed.")
            return time
        coded = self._coded(self.mapping.cancel.time, " ")
        said = np.array([text.strip().casefold() not in MISSING for text in coded.texts()], dtype=bool)[coded.codes]
        stated = is_cancel & said & self.verdicts.open()
        result = np.where(stated, self._time(coded, stated), time)
        return np.where(same_row, np.maximum(result, time), result)

    def _quantity(self, order: Coded) -> tuple[Int64s, Mask, Mask]:
        keys, verdicts = self.mapping.quantity, self.verdicts
        marked, by_status = self._marked(order)
        if keys.one_row_is_one_unit:
            return np.ones(self.count, dtype=np.int64), marked | by_status, self._same_row(marked, by_status)
        coded = self._coded(keys.column)
        marks, _ = amounts.marks_of(coded.texts(), keys.decimal, keys.thousands)
        if not marks.decimal:
            marks = self._price_marks()[0]
        values = self._parsed(
            coded,
            partial(amounts.quantity, marks=marks, maximum=keys.maximum),
            verdicts.open(),
            partial(_on_quantity, maximum=keys.maximum),
        )
        negative = values < 0
        if self.mapping.cancel.negative_quantity:
            marked = marked | negative
        wrong = negative & ~marked & ~by_status
        sentence = "The quantity is negative and the row is not marked as a cancellation."
        verdicts.reject(wrong, "negative_quantity", lambda row: (coded.at(row), sentence))
        return np.abs(values), marked | by_status, self._same_row(marked, by_status & ~negative)

    def _marked(self, order: Coded) -> tuple[Mask, Mask]:
        """Rows marked as cancels by their order id, and rows marked by a status or a cancel time."""
        keys = self.mapping.cancel
        nobody = np.zeros(self.count, dtype=bool)
        by_id = by_status = nobody
        if keys.order_prefix:
            marks = [pc.starts_with(order.values, prefix) for prefix in keys.order_prefix]
            by_id = np.logical_or.reduce([mark.to_numpy(zero_copy_only=False) for mark in marks])[order.codes]
        if keys.column:
            status, meant = self._coded(keys.column), {folded(value) for value in keys.values}
            by_status = np.array([folded(text) in meant for text in status.texts()], dtype=bool)[status.codes]
        elif keys.time:
            coded = self._coded(keys.time, " ")
            by_status = np.array([text.strip().casefold() not in MISSING for text in coded.texts()])[coded.codes]
        return by_id, by_status

    def _same_row(self, marked: Mask, by_status: Mask) -> Mask:
        ways, keys = self.mapping.cancel.find_by, self.mapping.cancel
        if ways:
            return (marked | by_status) if "same_row" in ways else np.zeros(self.count, dtype=bool)
        return by_status & ~marked if not keys.order else np.zeros(self.count, dtype=bool)

    def _parsed(
        self, coded: Coded, read: Callable[[str], int | str], rows: Mask, explain: Callable[..., str]
    ) -> Int64s:
        """Parse every distinct text of the rows still open; reject those rows whose text gives a reason."""
        texts = coded.texts()
        values = np.zeros(len(texts), dtype=np.int64)
        bad: dict[str, list[int]] = {}
        for place in np.unique(coded.codes[rows]).tolist():
            value = read(texts[place])
            if isinstance(value, str):
                bad.setdefault(value, []).append(place)
            else:
                values[place] = value
        for reason, places in bad.items():
            mask = rows & np.isin(coded.codes, places)
            self.verdicts.reject(mask, reason, _explained(coded, partial(explain, reason=reason)))
        return values[coded.codes]

    def _price_marks(self) -> tuple[Marks, str]:
        keys = self.mapping.price
        if not keys.column:
            return amounts.marks_of((), keys.decimal, keys.thousands)
        return amounts.marks_of(self._coded(keys.column).texts(), keys.decimal, keys.thousands)

    def _currency(self) -> tuple[Codes, list[str]]:
        """The currency of every row; the mapping's own where the row names none."""
        keys = self.mapping.price
        fixed = keys.currency or "USD"
        if not keys.currency_column:
            return np.zeros(self.count, dtype=np.int32), [fixed]
        coded = self._coded(keys.currency_column).changed(lambda values: pc.utf8_upper(pc.utf8_trim_whitespace(values)))
        texts = [text or keys.currency for text in coded.texts()]
        known = list_currencies()
        bad = np.array([text not in known for text in texts], dtype=bool)
        self._reject_codes(coded, bad, "bad_currency", "This is no ISO 4217 currency code.")
        return coded.codes, [text if text in known else fixed for text in texts]

    def _price(self, currency: Codes, currencies: list[str], quantity: Int64s, ignored: Mask) -> Int64s:
        """Price of one unit in minor units of the row's currency; 0 where the file names none."""
        keys = self.mapping.price
        if not keys.column:
            return np.zeros(self.count, dtype=np.int64)
        coded = self._coded(keys.column)
        marks, proof = self._price_marks()
        if proof:
            self.notes.append(f"The decimal mark of prices was taken to be a comma, because of {proof!r}.")
        prices = np.zeros(self.count, dtype=np.int64)
        for code, name in enumerate(currencies):
            rows = self.verdicts.open() & ~ignored & (currency == code)
            if rows.any():
                digits = get_currency_precision(name)
                read = partial(amounts.price_minor, marks=marks, digits=digits)
                prices = np.where(rows, self._parsed(coded, read, rows, _on_price), prices)
        if keys.is_line_total:
            prices = np.rint(prices / np.maximum(quantity, 1)).astype(np.int64)
        return prices

    def _destination(self) -> tuple[Codes, list[Destination]]:
        resolver = Resolver(self.mapping.destination, self.name)
        coded = self._coded(self.mapping.destination.column)
        used = np.unique(coded.codes[self.verdicts.open()])
        texts = coded.texts()
        found = {place: resolver.resolve(texts[place]) for place in used.tolist()}
        places = {one: code for code, one in enumerate(dict.fromkeys(found.values()))}
        codes = np.zeros(len(texts), dtype=np.int32)
        for place, destination in found.items():
            codes[place] = places[destination]
        if resolver.unplaced:
            self.notes.append(
                f"No country is known by these names; each is a region of its own: {quoted(resolver.unplaced, 20)}."
            )
        return codes[coded.codes], list(places) or [resolver.resolve("")]

    def _channel(self) -> tuple[Codes, list[str]]:
        keys = self.mapping.channel
        if not keys.column:
            return np.zeros(self.count, dtype=np.int32), [slug(keys.name)]
        coded = self._coded(keys.column)
        slugs = [slug(text) if text.strip() else slug(keys.name) for text in coded.texts()]
        places = {one: code for code, one in enumerate(dict.fromkeys(slugs))}
        codes = np.array([places[one] for one in slugs], dtype=np.int32)
        return codes[coded.codes], list(places) or [slug(keys.name)]

    def _customer(self) -> tuple[Codes, Any]:
        keys = self.mapping.customer
        if not keys.column:
            return np.full(self.count, -1, dtype=np.int32), pa.array([], pa.string())
        coded = self._coded(keys.column).changed(pc.utf8_trim_whitespace)
        lowered = pc.utf8_lower(coded.values)
        missing = pc.is_in(lowered, value_set=pa.array(sorted(MISSING))).to_numpy(zero_copy_only=False)
        return np.where(missing[coded.codes], np.int32(-1), coded.codes).astype(np.int32), coded.values


def _bare(values: pa.Array) -> pa.Array:
    """Codes without blanks around them and without the ="..." that keeps a spreadsheet from reading them as numbers."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r'^\s*="([^"]*)"\s*$', r"\1"))


def keep_case(mapping: Mapping) -> Callable[[str], str]:
    """The change of letter case a mapping wants for SKUs."""
    return {"upper": str.upper, "lower": str.lower}.get(mapping.sku.case, str.strip)


def _explained(coded: Coded, explain: Callable[[str], str]) -> Explain:
    return lambda row: (coded.at(row), explain(coded.at(row)))


def _on_quantity(text: str, reason: str, maximum: int) -> str:
    if reason == "missing_quantity":
        return "The row has no quantity."
    if reason == "zero_quantity":
        return "The quantity is zero."
    if reason == "quantity_too_large":
        return f"{text!r} is over the maximum of {maximum:,} units (quantity.maximum)."
    return f"{text!r} is no whole number of units; say decimal or thousands in [quantity] if it means one."


def _on_price(text: str, reason: str) -> str:
    if reason == "negative_price":
        return f"The price {text!r} is negative."
    return f"{text!r} is no price; say decimal and thousands in [price] if it means one."
