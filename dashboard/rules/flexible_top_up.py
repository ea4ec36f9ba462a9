"""Flexible top-up: a region that is nearly sold out gets units of the flexible pool before it is.

Reads the regions, the countdowns (share sold, and what the forecast says will lack per SKU and region), the flexible
pool and what the allocator advises. Two cases: a region as a whole has sold its share and gets the usual number of
units, spread over its SKUs by what each will lack until the close; or one SKU is far ahead of its region and gets what
it will lack itself. A SKU whose region is close behind waits for the region, so that one shortage does not become five
small moves, but it does not wait until it is sold out. What would last until the close gets nothing.

When to move is the seller's rule; how much is the usual number, or with `top_up_by_allocator` what the allocator would
give. Its number and the worth of the next unit are said either way, where they are known.

The donor floor stays: some units of each SKU are never given away. Rows come in the order of the regions' need, and
what one takes is gone for the next. What will lack is read off the middle of the forecast, not its mean: a unit given
to the few shows in which a region sells twice as much is a unit less for those who will probably want it. In a show of
days it covers the next hours (`top_up_ahead_minutes`); what is needed later is moved later.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import WHOLE_UNIT, probably_lacking
from dashboard.rules.readings import advised, countdowns, flexible, hold, margins, minutes_left, money, worth

Row = dict[str, Any]
Numbers = Mapping[str, float]
AGAIN = "after cool-down"
LACKS = "what it will lack and the flexible pool may give"


def candidates(frame: Row, numbers: Numbers) -> Iterator[Candidate]:
    """Each region, the one with the most sold first; where it waits, its SKUs that are not far from their trigger."""
    table = countdowns(frame)
    free, least = _free(frame, numbers), numbers["top_up_units_min"]
    far = min(numbers["top_up_clear_share"], numbers["top_up_sold_share"])
    regions = [region for region in frame["regions"] if region["allocated"]]
    for region in sorted(regions, key=lambda region: (-region["share_sold"], region["region"])):
        share, here = (
            region["share_sold"],
            table.within([region["region"]]) & (table["wanted_p50"] - table["left"] >= WHOLE_UNIT),
        )
        if share < far:
            sold = Condition("the share it has sold", share, ">=", numbers["top_up_sold_share"], "share")
            yield Candidate(region["region"], (sold,), clear=True)
        else:
            yield _for_region(frame, region, table.where(here), free, numbers)
        if share < numbers["top_up_sold_share"]:
            for row in table.where(here & (table["share_sold"] >= far)):
                if free.get(row["sku"], 0) >= least:
                    yield _for_sku(frame, row, region, free, numbers)


def _needs(frame: Row, row: Row, numbers: Numbers) -> float:
    return probably_lacking(row, numbers["top_up_ahead_minutes"], minutes_left(frame))


def _free(frame: Row, numbers: Numbers) -> dict[str, int]:
    """Units per SKU the flexible pool may give: what is above its floor."""
    floor = int(numbers["top_up_floor_units"])
    return {sku: max(0, left - floor) for sku, left in flexible(frame).items()}


def _for_region(frame: Row, region: Row, rows: Sequence[Row], free: dict[str, int], numbers: Numbers) -> Candidate:
    """The region as a whole: the usual number of units, spread by what each SKU lacks (`rows`), or what is advised."""
    name, share = region["region"], region["share_sold"]
    lacking = {row["sku"]: need for row in rows if (need := _needs(frame, row, numbers))}
    advice = _advice(frame, name, lacking, free)
    if advice and numbers["top_up_by_allocator"]:
        parts = {sku: part for sku, part in advice.items() if part}
    else:
        parts = _spread(min(int(numbers["top_up_units"]), sum(_most(lacking, free).values())), lacking, free)
    conditions = (
        Condition("the share it has sold", share, ">=", numbers["top_up_sold_share"], "share"),
        Condition(LACKS, sum(parts.values()), ">=", numbers["top_up_units_min"]),
    )
    row = None
    if hold(conditions):
        row = _row(frame, region, parts, rows, advice, numbers)
        for sku, part in parts.items():
            free[sku] -= part
    clear = share < numbers["top_up_clear_share"] or not lacking
    return Candidate(name, conditions, row, clear=clear)


def _for_sku(frame: Row, row: Row, region: Row, free: dict[str, int], numbers: Numbers) -> Candidate:
    """One SKU ahead of its region: what it will lack without draining the pool of it, or what is advised."""
    sku, name = row["sku"], row["region"]
    most = math.ceil(numbers["top_up_sku_share"] * free.get(sku, 0))
    units = min(int(numbers["top_up_units"]), math.ceil(_needs(frame, row, numbers)), most)
    advice = _advice(frame, name, (sku,), free)
    if advice and numbers["top_up_by_allocator"]:
        units = advice[sku]
    is_near = region["share_sold"] >= numbers["top_up_near_share"]
    trigger = numbers["top_up_wait_share" if is_near else "top_up_sold_share"]
    conditions = (
        Condition("the share it has sold", row["share_sold"], ">=", trigger, "share"),
        Condition(LACKS, units, ">=", numbers["top_up_units_min"]),
    )
    wanted = None
    if hold(conditions):
        wanted = _row(frame, row, {sku: units}, [row], advice, numbers) | {"sku": sku}
        free[sku] -= units
    clear = row["share_sold"] < numbers["top_up_clear_share"]
    return Candidate(name, conditions, wanted, sku, clear=clear)


def _advice(
    frame: Row, region: str, skus: Mapping[str, float] | Sequence[str], free: Mapping[str, int]
) -> dict[str, int]:
    """Units per SKU the allocator would give the region, as far as they are free; only what it has a number for."""
    told = advised(frame)
    return {sku: min(told[sku, region], free.get(sku, 0)) for sku in skus if (sku, region) in told} if told else {}


def _row(
    frame: Row, about: Row, parts: Mapping[str, int], rows: Sequence[Row], advice: Mapping[str, int], numbers: Numbers
) -> Row:
    """What is wanted for a region or a SKU in it (`about`), and why; `parts` and `advice` are units by SKU."""
    units, left, rate, name = sum(parts.values()), about["left"], about["rate_per_minute"], about["region"]
    titles, earned = {row["sku"]: row["title"] for row in rows}, margins(frame)
    where = f"{about['title']} in {name}" if "sku" in about else name
    moved = ", ".join(f"{part} {titles[sku]}" for sku, part in parts.items())
    return {
        "kind": "action",
        "region": name,
        "what": f"+{units} {name} from the flexible pool: {moved}",
        "why": f"{where} has {_why(about, numbers)}{_said(frame, name, parts, advice)}",
        "effect": f"{where} {left} -> {left + units} units{_for(left + units, rate)}.",
        "helps_minutes": left / rate if left and rate else None,
        "cost_minor": round(sum(part * earned.get(sku, 0) for sku, part in parts.items())),
        "commands": [_move(name, sku, part) for sku, part in parts.items()],
    }


def _why(row: Row, numbers: Numbers) -> str:
    """Say how much is sold, of a region or of a SKU in it, and how long the rest lasts."""
    left, rate = row["left"], row["rate_per_minute"]
    return (
        f"sold {row['share_sold']:.1%} of {row['allocated']} units (trigger {numbers['top_up_sold_share']:.0%}); "
        f"{left} left at {rate:.1f} per minute{_for(left, rate)}."
    )


def _said(frame: Row, region: str, parts: Mapping[str, int], advice: Mapping[str, int]) -> str:
    """What the allocator would give, and what the next unit is worth there; nothing where it said nothing."""
    values = [worth(frame)[sku, region] for sku in parts if (sku, region) in worth(frame)]
    next_unit = f"the next unit is worth up to {money(frame, max(values))} there" if values else ""
    if advice:
        return f" The allocator would give {sum(advice.values())}{'; ' + next_unit if next_unit else ''}."
    return f" To the allocator {next_unit}." if next_unit else ""


def _for(units: int, rate: float) -> str:
    return f", enough for {units / rate:.0f} minutes" if rate else ""


def _move(region: str, sku: str, units: int) -> Row:
    return {
        "type": "reallocate",
        "sku": sku,
        "from_pool": "flexible",
        "to_pool": f"region/{region}",
        "quantity": units,
    }


def _most(lacking: Mapping[str, float], free: Mapping[str, int]) -> dict[str, int]:
    """Units per SKU that will lack, as far as they are free."""
    return {sku: min(math.ceil(need), free.get(sku, 0)) for sku, need in lacking.items() if need > 0}


def _spread(units: int, lacking: Mapping[str, float], free: Mapping[str, int]) -> dict[str, int]:
    """Split units by what is lacking, never more than is free of a SKU nor more than it will lack."""
    most = _most(lacking, free)
    parts = dict.fromkeys(most, 0)
    left = min(units, sum(most.values()))
    while left:
        open_skus = [sku for sku in most if parts[sku] < most[sku]]
        whole = sum(lacking[sku] for sku in open_skus)
        for sku in sorted(open_skus, key=lambda sku: (-lacking[sku], sku)):
            part = min(left, most[sku] - parts[sku], max(1, int(left * lacking[sku] / whole)))
            parts[sku] += part
            left -= part
            whole -= lacking[sku]
            if not left or whole <= 0:
                break
    return {sku: part for sku, part in parts.items() if part}
