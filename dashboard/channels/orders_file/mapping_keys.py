"""Every key a mapping file may have: its name, type and default, and the other names people give it.

A mapping is a handful of sections; each section is one record below. `data/mappings/README.md` explains every key
with examples, and a test fails when a key here is missing there. Keys typed `Columns` name one column, or several
that are joined (a date and a clock column); a whole section may be written as `sku = "StockCode"` when the column
is all there is to say. The synonym tables exist because a mapping is written by people who have never seen one.
"""

from typing import Annotated, Literal

import msgspec

Columns = Annotated[tuple[str, ...], msgspec.Meta(title="columns")]
"""Names of columns (or their numbers, counted from 1, as text), joined in this order."""

Texts = tuple[str, ...]
Tier = Literal["evergreen", "campaign", "test"]


NO_FILE = "none"
"""The file of a table that is not to be read."""

TABLES = {
    "rundown": ("start", "sku", "end"),
    "viewers": ("time", "channel", "viewers"),
    "plan": ("sku", "region", "units"),
    "stock": ("location", "sku", "quantity"),
}
"""The tables beside the orders with the keys of their columns, which are the columns' usual names too."""


class Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the mapping."""


class FileKeys(Keys, frozen=True):
    """How the bytes become a table."""

    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    header_row: int | None = None
    sheet: str | int = ""
    duplicates: Literal["reject", "keep"] = "reject"


class OrderKeys(Keys, frozen=True):
    """Which rows belong together."""

    column: Columns


class TimeKeys(Keys, frozen=True):
    """When a row happened."""

    column: Columns
    format: Texts = ()
    zone: str = ""
    day_first: bool | None = None
    language: str = "en"


class SkuKeys(Keys, frozen=True):
    """What was ordered."""

    column: Columns
    case: Literal["keep", "upper", "lower"] = "keep"
    title: Columns = ()
    tier: Tier = "campaign"
    tier_column: Columns = ()
    tiers: dict[str, Tier] = {}
    category: Columns = ()


class QuantityKeys(Keys, frozen=True):
    """How many units."""

    column: Columns = ()
    one_row_is_one_unit: bool = False
    maximum: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 1_000_000_000
    decimal: str = ""
    thousands: str = ""


class PriceKeys(Keys, frozen=True):
    """What one unit cost, and in which money."""

    column: Columns = ()
    currency: str = ""
    currency_column: Columns = ()
    decimal: str = ""
    thousands: str = ""
    is_line_total: bool = False


class DestinationKeys(Keys, frozen=True):
    """Where the goods go."""

    column: Columns = ()
    default: str = ""
    aliases: dict[str, str] = {}
    regions: dict[str, Texts] = {}


class CancelKeys(Keys, frozen=True):
    """Which rows take an order back, and how they name it."""

    order_prefix: Texts = ()
    column: Columns = ()
    values: Texts = ()
    negative_quantity: bool = False
    time: Columns = ()
    order: Columns = ()
    find_by: tuple[Literal["order_column", "order_id", "customer_and_sku", "same_row"], ...] = ()


class CustomerKeys(Keys, frozen=True):
    """Who ordered; only a keyed hash of it leaves this package."""

    column: Columns = ()
    key: str = ""


class GoodsKeys(Keys, frozen=True):
    """Rows that are no goods: postage, fees, vouchers."""

    not_goods: Texts = ()
    not_goods_pattern: Texts = ()
    not_goods_where: dict[str, Texts] = {}


class TableKeys(Keys, frozen=True):
    """A table beside the orders: its file and, if they differ, its column names."""

    file: str = ""
    start: str = "start"
    end: str = "end"
    time: str = "time"
    sku: str = "sku"
    channel: str = "channel"
    viewers: str = "viewers"
    location: str = "location"
    region: str = "region"
    units: str = "units"
    quantity: str = "quantity"


class StockKeys(TableKeys, frozen=True):
    """What lies in the warehouse when the show opens."""

    opening: Literal["", "needed", "file"] = ""
    """Nothing said: a stock file if one lies beside the orders, else what is needed."""
    factor: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 1.0


class ChannelKeys(Keys, frozen=True):
    """Who sold."""

    column: Columns = ()
    name: str = "shop"
    platform: str = ""
    language: str = ""


class LocationKeys(Keys, frozen=True):
    """A building the goods leave from."""

    id: str = "main"
    name: str = ""
    kind: Literal["", "central", "forward", "bonded", "border", "origin"] = ""
    country: str = ""
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] = 0.0
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] = 0.0
    time_zone: str = ""
    handling_per_day: int | None = None
    serves: Texts = ()
    landed_cost_minor: Annotated[int, msgspec.Meta(ge=0)] = 0
    days: float = 3.0


class ShowKeys(Keys, frozen=True):
    """The show the orders become."""

    id: str = ""
    title: str = ""
    time_zone: str = ""
    starts_at: str = ""
    ends_at: str = ""
    host: str = ""
    viewers_planned: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0


class Mapping(Keys, frozen=True):
    """A whole mapping file."""

    order: OrderKeys
    time: TimeKeys
    sku: SkuKeys
    file: FileKeys = FileKeys()
    quantity: QuantityKeys = QuantityKeys()
    price: PriceKeys = PriceKeys()
    destination: DestinationKeys = DestinationKeys()
    cancel: CancelKeys = CancelKeys()
    customer: CustomerKeys = CustomerKeys()
    goods: GoodsKeys = GoodsKeys()
    stock: StockKeys = StockKeys()
    channel: ChannelKeys = ChannelKeys()
    location: tuple[LocationKeys, ...] = (LocationKeys(),)
    show: ShowKeys = ShowKeys()
    rundown: TableKeys = TableKeys()
    viewers: TableKeys = TableKeys()
    plan: TableKeys = TableKeys()

    def columns(self) -> dict[str, str]:
        """Every column the mapping names, with the key that names it."""
        named: dict[str, str] = {}
        for section in ("order", "time", "sku", "quantity", "price", "destination", "cancel", "customer", "channel"):
            record = getattr(self, section)
            for field in msgspec.structs.fields(record):
                if field.type == Columns:
                    for column in getattr(record, field.name):
                        named.setdefault(column, f"{section}.{field.name}")
        for column in self.goods.not_goods_where:
            named.setdefault(column, "goods.not_goods_where")
        return named


SECTIONS: dict[str, type[Keys]] = {
    "file": FileKeys, "order": OrderKeys, "time": TimeKeys, "sku": SkuKeys, "quantity": QuantityKeys,
    "price": PriceKeys, "destination": DestinationKeys, "cancel": CancelKeys, "customer": CustomerKeys,
    "goods": GoodsKeys, "stock": StockKeys, "channel": ChannelKeys, "location": LocationKeys, "show": ShowKeys,
    "rundown": TableKeys, "viewers": TableKeys, "plan": TableKeys,
}  # fmt: skip

SECTION_SYNONYMS = {
    "orders": "order", "order_id": "order", "order_number": "order", "order_no": "order", "invoice": "order",
    "date": "time", "datetime": "time", "order_time": "time", "timestamp": "time", "when": "time",
    "item": "sku", "product": "sku", "article": "sku", "goods_code": "sku",
    "qty": "quantity", "units": "quantity", "pieces": "quantity",
    "unit_price": "price", "money": "price",
    "country": "destination", "region": "destination", "ship_to": "destination", "ship_country": "destination",
    "cancellation": "cancel", "cancellations": "cancel", "cancelled": "cancel", "canceled": "cancel",
    "buyer": "customer", "customer_id": "customer", "client": "customer",
    "non_goods": "goods", "not_goods": "goods", "no_goods": "goods",
    "opening_stock": "stock", "inventory": "stock",
    "platform": "channel", "channels": "channel", "storefront": "channel",
    "locations": "location", "warehouse": "location", "warehouses": "location",
    "csv": "file", "input": "file", "reading": "file", "excel": "file", "xlsx": "file",
}  # fmt: skip

KEY_SYNONYMS: dict[str, dict[str, str]] = {
    "": {"col": "column", "field": "column", "columns": "column", "path": "file", "header": "column"},
    "file": {"separator": "delimiter", "sep": "delimiter", "charset": "encoding", "header": "header_row",
             "worksheet": "sheet", "quotechar": "quote"},
    "order": {"id": "column", "order_id": "column", "order_column": "column"},
    "time": {"formats": "format", "timezone": "zone", "time_zone": "zone", "tz": "zone", "dayfirst": "day_first",
             "locale": "language", "date": "column"},
    "sku": {"sku_case": "case", "title_column": "title", "name": "title", "description": "title",
            "category_column": "category", "code": "column"},
    "quantity": {"one_unit_per_row": "one_row_is_one_unit", "one_row_one_unit": "one_row_is_one_unit",
                 "max": "maximum", "thousand": "thousands"},
    "price": {"thousand": "thousands", "line_total": "is_line_total", "total": "is_line_total",
              "decimal_comma": "decimal", "decimal_separator": "decimal", "thousands_separator": "thousands"},
    "destination": {"country": "column", "country_column": "column", "region": "column", "alias": "aliases",
                    "default_country": "default", "default_region": "default"},
    "cancel": {"prefix": "order_prefix", "order_id_prefix": "order_prefix", "status": "column",
               "status_column": "column", "status_values": "values", "value": "values", "negative": "negative_quantity",
               "time_column": "time", "order_column": "order", "names_order": "find_by", "match": "find_by"},
    "customer": {"id": "column", "customer_id": "column", "hash_key": "key"},
    "goods": {"skus": "not_goods", "list": "not_goods", "non_goods": "not_goods", "exclude": "not_goods",
              "patterns": "not_goods_pattern", "pattern": "not_goods_pattern", "regex": "not_goods_pattern",
              "not_goods_regex": "not_goods_pattern", "not_goods_patterns": "not_goods_pattern",
              "where": "not_goods_where"},
    "stock": {"kind": "opening", "mode": "opening", "opening_stock": "opening"},
    "channel": {"fixed": "name", "default": "name", "id": "name"},
    "location": {"location": "id", "lat": "latitude", "lon": "longitude", "lng": "longitude", "timezone": "time_zone",
                 "zone": "time_zone", "regions": "serves", "countries": "serves"},
    "show": {"show": "id", "name": "title", "zone": "time_zone", "timezone": "time_zone", "start": "starts_at",
             "end": "ends_at"},
}  # fmt: skip

FLAT_KEYS: dict[str, tuple[str, str]] = {
    "currency": ("price", "currency"), "currency_column": ("price", "currency_column"),
    "decimal": ("price", "decimal"), "thousands": ("price", "thousands"),
    "zone": ("time", "zone"), "time_zone": ("time", "zone"), "timezone": ("time", "zone"),
    "time_format": ("time", "format"), "date_format": ("time", "format"), "format": ("time", "format"),
    "formats": ("time", "format"), "day_first": ("time", "day_first"),
    "delimiter": ("file", "delimiter"), "separator": ("file", "delimiter"), "encoding": ("file", "encoding"),
    "sheet": ("file", "sheet"), "header_row": ("file", "header_row"), "duplicates": ("file", "duplicates"),
    "sku_case": ("sku", "case"), "title": ("sku", "title"), "description": ("sku", "title"),
    "one_row_is_one_unit": ("quantity", "one_row_is_one_unit"),
    "default_country": ("destination", "default"), "default_region": ("destination", "default"),
    "aliases": ("destination", "aliases"), "regions": ("destination", "regions"),
    "cancel_prefix": ("cancel", "order_prefix"), "not_goods_pattern": ("goods", "not_goods_pattern"),
    "opening": ("stock", "opening"), "factor": ("stock", "factor"), "show_id": ("show", "id"),
}  # fmt: skip
"""Keys written at the top of the file, without a section."""

BARE: dict[str, str] = {
    "order": "column", "time": "column", "sku": "column", "quantity": "column", "price": "column",
    "destination": "column", "customer": "column", "channel": "column", "cancel": "order_prefix",
    "goods": "not_goods", "show": "id", "rundown": "file", "viewers": "file", "plan": "file", "file": "encoding",
}  # fmt: skip
"""What `section = "text"` means."""
