"""What is typical of a SKU among its rows: the most frequent title, category, price, tier.

    rows + mapping -> modes, most_frequent -> tiers(): SKU -> evergreen, campaign or test

A tier is what the mapping's table says of the SKU, else what most of its rows say in the mapping's column, else the
mapping's one tier for all. A word in that column that is no tier is told in the report and has no vote.
"""

from collections.abc import Callable

import numpy as np

from dashboard.channels.orders_file.columns import Coded, Codes, Int64s
from dashboard.channels.orders_file.mapping_keys import Mapping
from dashboard.channels.orders_file.problem import quoted
from dashboard.channels.orders_file.rows import Rows, keep_case

TIER_WORDS = {
    "evergreen": "evergreen", "campaign": "campaign", "test": "test",
    "常青款": "evergreen", "活动款": "campaign", "测试款": "test",
}  # fmt: skip


def modes(groups: Codes, values: Codes | Int64s) -> dict[int, int]:
    """The most frequent value of each group; of equally frequent ones the smallest."""
    if not len(groups):
        return {}
    distinct, codes = np.unique(values, return_inverse=True)
    pairs, counts = np.unique(groups.astype(np.int64) * len(distinct) + codes, return_counts=True)
    group, code = pairs // len(distinct), pairs % len(distinct)
    sort = np.lexsort((code, -counts, group))
    firsts = sort[np.r_[True, np.diff(group[sort]) != 0]]
    return dict(zip(group[firsts].tolist(), distinct[code[firsts]].tolist(), strict=True))


def most_frequent(groups: Codes, texts: Coded | None, lines: Int64s) -> dict[int, str]:
    """The most frequent non-empty text of each group."""
    if texts is None:
        return {}
    codes = texts.codes[lines]
    empty = np.array([not text for text in texts.texts()], dtype=bool)[codes]
    found = modes(groups[~empty], codes[~empty])
    values = texts.texts()
    return {group: values[code] for group, code in found.items()}


def tiers(rows: Rows, lines: Int64s, mapping: Mapping) -> Callable[[str], str]:
    """How to tell the tier of any SKU of the show; `lines` are the rows that have a vote."""
    keys, case = mapping.sku, keep_case(mapping)
    listed: dict[str, str] = {case(sku.strip()): tier for sku, tier in keys.tiers.items()}
    voted: dict[str, str] = {}
    if rows.tier is not None:
        known = rows.tier
        odd = {text for text in known.texts() if text and text.casefold() not in TIER_WORDS}
        if odd:
            words = quoted(TIER_WORDS, 3)
            rows.notes.append(f"In {keys.tier_column[0]!r} these words are no tier ({words}): {quoted(sorted(odd))}.")
        votes = np.array([text.casefold() in TIER_WORDS for text in known.texts()], dtype=bool)[known.codes[lines]]
        texts = rows.sku.texts()
        found = most_frequent(rows.sku.codes[lines[votes]], known, lines[votes])
        voted = {texts[code]: TIER_WORDS[text.casefold()] for code, text in found.items()}
    return lambda sku: listed.get(sku) or voted.get(sku) or keys.tier
