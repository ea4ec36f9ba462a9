"""Host lines: what the host could say now, each bound to a fact of the ledger.

A line is computed from the frame's own numbers at its seq, so it cannot outlive its fact: when the fact changes,
the next frame has another line or none; and a channel whose feed is late has none, since its facts may be untrue by
now. Numbers are the ledger's, never rounded. A region's line goes to each of
its channels in the language of the stream; a language without a phrase table gets English. At most three lines a
channel, the most valuable first. `expires` says how long a read-out may be trusted without looking again.
"""

import tomllib
from functools import lru_cache
from typing import Any

from dashboard.decision.events import ShowOpened
from dashboard.settings import DATA

Row = dict[str, Any]
LINES_PER_CHANNEL = 3
LOW_SHARE = 0.2
TRUST_SECONDS = 10
SECOND = 1_000_000
_RANK = ("limit", "low_stock", "restock", "coupon", "slow_region", "next_hero")


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, dict[str, str]]]:
    """All phrase tables by language."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted((DATA / "phrases").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        tables[table["language"]] = table
    return tables


def rows(opened: ShowOpened, frame: Row, seq: int, at: int) -> list[Row]:
    """The lines of every channel at an instant; `frame` holds the tables already computed."""
    if frame["status"] != "open" or not opened.starts_at <= at <= opened.ends_at:
        return []
    facts: dict[str, list[Row]] = {}
    for fact in _facts(opened, frame, at):
        facts.setdefault(fact["region"], []).append(fact)
    result: list[Row] = []
    late = {row["channel"] for row in frame["channels"] if row["state"] == "late"}
    for channel in opened.channels:
        if channel.channel in late:
            continue
        for fact in facts.get(channel.region, [])[:LINES_PER_CHANNEL]:
            result.append(_line(opened, channel.channel, channel.region, channel.language, fact, seq))
    return result


def _facts(opened: ShowOpened, frame: Row, at: int) -> list[Row]:
    """What is worth saying per region, most valuable first."""
    titles = {sku.sku: sku.title or sku.sku for sku in opened.skus}
    limits = {(row["sku"], row["region"]): row["units_per_order"] for row in frame["limits"]}
    left = {(row["sku"], row["region"]): row for row in frame["countdowns"]}
    soon = at + TRUST_SECONDS * SECOND
    facts: list[Row] = []
    for (sku, region), row in left.items():
        limit = limits.get((sku, region))
        low = 0 < row["left"] <= LOW_SHARE * row["allocated"] and row["state"] == "counting"
        if low:
            kind = "low_stock_limit" if limit else "low_stock_one" if row["left"] == 1 else "low_stock"
            facts.append(_fact("low_stock", kind, sku, region, titles[sku], row["left"], soon, limit=limit))
        elif limit and row["left"] > 0:
            facts.append(_fact("limit", "limit", sku, region, titles[sku], row["left"], soon, limit=limit))
    facts += _restocks(opened, frame, titles)
    for offer in frame["coupons"]:
        row = left.get((offer["sku"], offer["region"]))
        if row and row["left"] > 0:
            fact = _fact("coupon", "coupon", row["sku"], row["region"], titles[row["sku"]], row["left"], soon)
            facts.append(
                fact | {"code": offer["code"], "percent": offer["percent"], "expires": offer["expires"] or soon}
            )
    facts += _pushes(opened, frame, titles, left, at, soon)
    facts.sort(key=lambda fact: (_RANK.index(fact["kind"]), fact["units"], fact["sku"]))
    return facts


def _fact(
    kind: str, phrase: str, sku: str, region: str, title: str, units: int, expires: int, limit: int | None = None
) -> Row:
    return {
        "kind": kind, "phrase": phrase, "sku": sku, "region": region, "title": title, "units": units,
        "expires": expires, "limit": limit,
    }  # fmt: skip


def _restocks(opened: ShowOpened, frame: Row, titles: dict[str, str]) -> list[Row]:
    serves: dict[str, set[str]] = {}
    for lane in opened.lanes:
        serves.setdefault(lane.location, set()).add(lane.region)
    kinds = {place.location: place.kind for place in opened.locations}
    facts: list[Row] = []
    for shipment in frame["shipments"]:
        if shipment["state"] != "in_transit" or kinds[shipment["to_location"]] != "forward":
            continue
        most = max(shipment["on_the_way"], key=lambda line: line["quantity"])
        sku = most["sku"]
        for region in sorted(serves.get(shipment["to_location"], ())):
            fact = _fact("restock", "restock", sku, region, titles[sku], most["quantity"], shipment["eta"])
            hours = int(-(-shipment["hours_left"] // 1))
            facts.append(fact | {"eta": shipment["eta"], "place": shipment["to_name"], "hours": max(1, hours)})
    return facts


def _pushes(
    opened: ShowOpened, frame: Row, titles: dict[str, str], left: dict[tuple[str, str], Row], at: int, soon: int
) -> list[Row]:
    """The SKU to push in a region that will be left with stock, and the next one of the rundown."""
    facts: list[Row] = []
    half = (opened.starts_at + opened.ends_at) // 2
    next_sku = next((segment["sku"] for segment in frame["rundown"] if segment["state"] == "next"), "")
    for region in frame["regions"]:
        mine = [row for (_, name), row in left.items() if name == region["region"] and row["left"] > 0]
        if at >= half and (region["projected_leftover"] or 0) > 0.25 * region["allocated"] and mine:
            most = max(mine, key=lambda row: (row["left"], row["sku"]))
            facts.append(_fact("slow_region", "slow_region", most["sku"], region["region"], titles[most["sku"]],
                               most["left"], soon))  # fmt: skip
        following = left.get((next_sku, region["region"]))
        if following and following["left"] > 0:
            facts.append(_fact("next_hero", "next_hero", next_sku, region["region"], titles[next_sku],
                               following["left"], soon))  # fmt: skip
    return facts


def _line(opened: ShowOpened, channel: str, region: str, language: str, fact: Row, seq: int) -> Row:
    tables = phrases()
    spoken = language if language in tables else "en"
    table = tables[spoken]
    names = {each.region: each.name or each.region for each in opened.regions}
    values = {key: value for key, value in fact.items() if key not in ("region", "kind")}
    text = table["line"][fact["phrase"]].format(region=table["region"].get(region, names[region]), **values)
    stated: Row = {"sku": fact["sku"], "region": region}
    if "eta" in fact:
        stated |= {"units_incoming": fact["units"], "eta": fact["eta"]}
    else:
        stated["units_left"] = fact["units"]
    for key in ("limit", "code", "percent"):
        if fact.get(key) is not None:
            stated[key] = fact[key]
    stated |= {"seq": seq, "expires": fact["expires"]}
    return {
        "channel": channel, "region": region, "language": spoken, "kind": fact["kind"], "text": text, "fact": stated,
    }  # fmt: skip
