"""Clearance bundle: near the close, what a region would be left with is sold together with its best seller, for less.

Reads the countdowns, prices, lanes, fees and the terms in force. Only the last part of a show clears: the last two
hours, of a short show its last quarter. Per region the SKU with the most units projected to stay is looked at, and the
best seller that is neither about to sell out nor under other terms; one bundle runs in a region at a time. The discount
goes as deep as set, but on no shop of the region below cost, landed cost and fee of either SKU; a shallow one is not
worth its trouble. Said once about a SKU, until hardly any of it would stay.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from dashboard.decision.terms import deepest_at
from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import fastest, leftover, pace, that_stay
from dashboard.rules.readings import (
    countdowns,
    hold,
    landed,
    margin,
    micros,
    minutes_left,
    money,
    prices,
    show_minutes,
    skus,
    table,
    told,
    with_terms,
)

Row = dict[str, Any]
AGAIN = "after clearing"
RULE = "clearance_bundle"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """The slowest SKU of every region that nothing is offered for, and the ones offered before."""
    minutes = minutes_left(frame)
    window = min(numbers["clearance_minutes"], numbers["clearance_show_share"] * show_minutes(frame))
    if minutes > 2 * window:
        return
    terms, offered = with_terms(frame), {(row["sku"], row["region"]) for row in told(frame, RULE)}
    running = {row["region"] for row in table(frame, "bundles")}
    for name, row in _looked_at(frame, terms, offered):
        stays = leftover(row)
        best = _best_seller(fastest(frame)[name], numbers, row, terms)
        percent = _percent(frame, numbers, name, [row["sku"], best["sku"]]) if best else None
        conditions = (
            Condition("The time to the close", minutes, "<=", window, "minutes"),
            _slow(row, stays, numbers),
            Condition(
                f"What would stay of {row['title']} in {name}", round(stays), ">=", numbers["clearance_units_min"]
            ),
            Condition(f"Bundles in force in {name}", float(name in running), "<=", 0, ""),
            Condition(
                f"The discount that margins in {name} allow", percent, ">=", numbers["clearance_percent_min"], "percent"
            ),
        )
        wanted = None
        if best and percent is not None and hold(conditions):
            wanted = _row(frame, numbers, row, best, round(stays), percent)
        clear = stays <= numbers["clearance_clear_share"] * row["allocated"]
        yield Candidate(name, conditions, wanted, sku=row["sku"], clear=clear)


def _looked_at(frame: Row, terms: Set[tuple[str, str]], offered: Set[tuple[str, str]]) -> Iterator[tuple[str, Row]]:
    """Regions with what was offered there before, and with what will stay most of that nothing is offered for."""
    for sku, region in sorted(offered):
        yield from ((region, row) for row in countdowns(frame).of(sku, region) if row["left"])
    for region, rows in that_stay(frame).items():
        free = (row for row in rows if (row["sku"], region) not in terms and (row["sku"], region) not in offered)
        slowest = next(free, None)
        if slowest is not None and leftover(slowest) > 0:
            yield region, slowest


def _slow(row: Row, stays: float, numbers: Mapping[str, float]) -> Condition:
    share = stays / max(1, row["allocated"])
    return Condition(
        f"The part of {row['title']} in {row['region']} that would stay",
        share,
        ">",
        numbers["clearance_leftover_share"],
        "share",
    )


def _best_seller(
    rows: Sequence[Row], numbers: Mapping[str, float], slow: Row, terms: Set[tuple[str, str]]
) -> Row | None:
    """The fastest other SKU of the region that is not about to sell out and has no terms of its own."""
    for row in rows:
        soon = row["p50"] is not None and row["p50"] <= numbers["coupon_sell_out_minutes"]
        if pace(row) > pace(slow) and not soon and (row["sku"], row["region"]) not in terms:
            return row
    return None


def _percent(frame: Row, numbers: Mapping[str, float], region: str, pair: list[str]) -> int:
    """The discount as set, or the deepest at which both SKUs still earn cost, way and fee on every shop."""
    items, way = skus(frame), landed(frame).get(region, 0)
    deepest = int(numbers["clearance_percent"])
    for channel in frame["channels"]:
        if channel["region"] != region or channel.get("behind"):
            continue
        for name in pair:
            price = prices(frame).get((name, channel["channel"]), items[name]["price_minor"])
            needed, fee = items[name]["cost_minor"] + way, channel.get("fee_per_mille") or 0
            deepest = min(deepest, deepest_at(price, needed, fee) if price else 0)
    return deepest


def _row(frame: Row, numbers: Mapping[str, float], slow: Row, best: Row, stays: int, percent: int) -> Row:
    name, minutes = slow["region"], minutes_left(frame)
    earned = margin(skus(frame)[slow["sku"]], landed(frame).get(name, 0))
    return {
        "kind": "action",
        "sku": slow["sku"],
        "region": name,
        "what": f"Bundle {slow['title']} with {best['title']} in {name}, -{percent} %",
        "why": f"{stays} of {slow['allocated']} {slow['title']} would stay in {name} at the close "
        f"({stays / slow['allocated']:.1%}, trigger {numbers['clearance_leftover_share']:.0%}), {minutes:.0f} minutes "
        f"away; {best['title']} sells {pace(best):.1f} per minute there and {best['left']} are left.",
        "effect": f"Up to {min(stays, best['left'])} more sold; both still earn cost, way and fees at -{percent} %. "
        f"Without it {money(frame, stays * earned)} of margin stay on the shelf.",
        "helps_minutes": minutes / 2,
        "cost_minor": stays * earned,
        "commands": [
            {
                "type": "set_bundle",
                "bundle": f"{slow['sku'][:90]}+{best['sku'][:90]}",
                "region": name,
                "skus": [best["sku"], slow["sku"]],
                "percent": percent,
                "expires": micros(frame["ends_at"]),
            }
        ],
    }
