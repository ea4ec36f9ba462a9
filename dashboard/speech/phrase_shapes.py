"""What every language must be able to say: the phrases, the values each speaks of, and what it counts.

One row a phrase. `needs` are the placeholders every wording must hold, no more and no fewer, so that a text says all
numbers of its fact and none beside it. `counts` names the placeholder that decides between singular and plural;
`zero` asks for a wording of exactly none, which names no count ("sold out"). The tables in `data/phrases` are read
against these rows.
"""

from typing import NamedTuple

LANGUAGES = ("en", "zh", "es", "de", "fr", "th", "ms", "id", "vi", "pt", "ja", "ko")
REGISTERS = ("calm", "lively")
REGIONS = ("US", "EU", "SEA", "AU", "UK", "GB", "JP")
"""Codes of sales regions that every language names itself; others are countries or keep the show's own name."""

PLACEHOLDERS = (
    "title", "titles", "region", "place", "country", "units", "limit", "percent", "code", "price", "hours", "eta",
    "until", "days",
)  # fmt: skip
UNSAID_AT_ZERO = frozenset({"units", "limit", "hours", "eta", "days"})
"""What a wording for exactly none leaves out: there is no count to say and nothing to wait for."""


class Shape(NamedTuple):
    """One phrase: the placeholders it must hold, the one it counts ("" none), and whether none has its own wording."""

    needs: tuple[str, ...]
    counts: str = ""
    zero: bool = False


LINES = {
    "low_stock": Shape(("title", "region", "units"), "units", zero=True),
    "low_stock_limit": Shape(("title", "region", "units", "limit"), "units", zero=True),
    "restock": Shape(("place", "title", "units", "hours"), "units", zero=True),
    "limit": Shape(("title", "region", "limit"), "limit"),
    "price": Shape(("title", "region", "price")),
    "coupon": Shape(("title", "region", "percent", "code")),
    "bundle": Shape(("titles", "region", "percent")),
    "slow_region": Shape(("title", "region")),
    "next_hero": Shape(("title", "region")),
}
"""What a host says."""

ANSWERS = {
    "stock_some": Shape(("title", "region", "units"), "units", zero=True),
    "stock_none": Shape(("title", "region")),
    "ships_yes": Shape(("title", "country")),
    "ships_no": Shape(("title", "country")),
    "ships_unknown": Shape(("country",)),
    "delivery": Shape(("title", "country", "days"), "days"),
    "delivery_unknown": Shape(("country",)),
    "price": Shape(("title", "price")),
    "price_coupon": Shape(("title", "price", "percent", "code")),
    "price_unknown": Shape(("title",)),
    "limit_some": Shape(("title", "limit"), "limit"),
    "limit_none": Shape(("title",)),
    "restock_eta": Shape(("title", "place", "units", "eta"), "units", zero=True),
    "restock_unknown": Shape(("title",)),
    "coupon_some": Shape(("title", "percent", "code", "until")),
    "coupon_open": Shape(("title", "percent", "code")),
    "coupon_none": Shape(("title",)),
    "variants": Shape(("titles",)),
    "variant_unknown": Shape(("title",)),
    "which_product": Shape(("titles",)),
    "unknown": Shape(()),
}
"""What is answered to a viewer."""
