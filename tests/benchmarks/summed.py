"""A frame's units, counted again: sums over the table `moves`, in SQL, by somebody who never saw how frames are folded.

    moves, up to a seq -> per account -> stock, pools, exposure, sold                 unlike(...) -> where a frame differs

Only two things are read off events: which region a channel sells in (the opening tells) and where a shipment goes. No
code of the projections or the deciders is used here, only the names of the accounts, which are a public interface.
"""

from collections.abc import Iterator
from typing import Any

import duckdb

Row = dict[str, Any]
Counted = dict[tuple[str, ...], int]

_SIDES = """
with mine as (select * from moves where show_id = $show and seq <= $seq),
sides as (
    select book, sku, target_account as account, sum(quantity) as units from mine group by all
    union all
    select book, sku, source_account, -sum(quantity) from mine group by all
),
balances as (
    select book, sku, account, sum(units)::bigint as units from sides group by all having sum(units) <> 0
),
opened as (select data from events where show_id = $show and type = 'show_opened'),
channels as (
    select json_extract_string(one, '$.channel') as channel, json_extract_string(one, '$.region') as region
    from (select unnest(json_extract(data, '$.channels[*]')) as one from opened)
),
claims as (select * from balances where book = 'claims'),
of_region as (
    select 'region/' || json_extract_string(one, '$.region') as account, json_extract_string(one, '$.region') as region,
           'left' as state
    from (select unnest(json_extract(data, '$.regions[*]')) as one from opened)
    union all
    select kind || '/' || channel, region, case when kind in ('channel', 'cover') then 'left' else 'sold' end
    from channels, (values ('channel'), ('cover'), ('committed'), ('shipped')) as kinds (kind)
)
"""
_STOCK = """,
bound as (
    select 'transit/' || json_extract_string(data, '$.shipment') as account,
           json_extract_string(data, '$.to_location') as location
    from events where show_id = $show and type = 'shipment_started' and seq <= $seq
)
select coalesce(location, split_part(account, '/', 1)), sku,
       case when location is null then split_part(account, '/', 2) else 'in_transit' end as state, sum(units)::bigint
from balances left join bound using (account) where book = 'goods' and account like '%/%' group by all
"""
_REGIONS = """
select region, sku, coalesce(sum(units) filter (state = 'left'), 0)::bigint,
       coalesce(sum(units) filter (state = 'sold'), 0)::bigint
from claims join of_region using (account) group by all
"""
_POOLS = """
select account, sku, units from claims where account = 'flexible' or account like 'temporary/%'
"""
_HANDED = """
select sku, sum(case when source_account = 'flexible' then quantity else -quantity end)::bigint
from moves join events using (seq)
where moves.show_id = $show and seq <= $seq and book = 'claims'
  and recorded_time >= (select make_timestamp((data->>'$.starts_at')::bigint) from opened)
  and (source_account = 'flexible' and regexp_matches(target_account, '^(region|temporary)/')
       or target_account = 'flexible' and regexp_matches(source_account, '^(region|temporary)/'))
group by sku
"""
_LISTED = (
    "select account, sum(units)::bigint from claims where account like 'channel/%' or account like 'cover/%' group by 1"
)
_TRADED = """
select channel,
       sum(quantity) filter (target_account = 'committed/' || channel)::bigint,
       coalesce(sum(quantity) filter (
           source_account = 'committed/' || channel and not starts_with(target_account, 'shipped/')), 0)::bigint,
       coalesce(sum(quantity) filter (target_account = 'shipped/' || channel), 0)::bigint
from mine, channels
where book = 'claims' and (target_account in ('committed/' || channel, 'shipped/' || channel)
                           or source_account = 'committed/' || channel)
group by all
"""


class Counting:
    """Counts a show's units up to a seq, on a connection to its journal."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, show: str) -> None:
        self.connection, self.show = connection, show

    def _rows(self, query: str, seq: int) -> list[tuple[Any, ...]]:
        return self.connection.execute(_SIDES + query, {"show": self.show, "seq": seq}).fetchall()

    def unlike(self, frame: Row) -> list[str]:
        """Where a frame's numbers are not the sums of the moves up to its seq; empty where they all are."""
        seq = frame["seq"]
        pairs = {
            "stock": (_shown_stock(frame), {row[:3]: row[3] for row in self._rows(_STOCK, seq)}),
            "pools": (_shown_pools(frame), self._pools(seq)),
            "listed": (_shown_listed(frame), {(row[0],): row[1] for row in self._rows(_LISTED, seq)}),
            "traded": (_shown_traded(frame), self._traded(seq)),
        }
        return [
            f"{name} {'/'.join(key)}: {shown.get(key, 0)} shown, {summed.get(key, 0)} summed at seq {seq}"
            for name, (shown, summed) in pairs.items()
            for key in sorted(shown.keys() | summed.keys())
            if shown.get(key, 0) != summed.get(key, 0)
        ]

    def _pools(self, seq: int) -> Counted:
        found: Counted = {}
        for region, sku, left, sold in self._rows(_REGIONS, seq):
            found[f"region/{region}", sku, "left"], found[f"region/{region}", sku, "allocated"] = left, left + sold
            found["sold", sku] = found.get(("sold", sku), 0) + sold
        for pool, sku, units in self._rows(_POOLS, seq):
            found[pool, sku, "left"] = found[pool, sku, "allocated"] = units
        for sku, handed in self._rows(", none as (select 1)" + _HANDED, seq):
            found["flexible", sku, "allocated"] = found.get(("flexible", sku, "left"), 0) + max(0, handed)
        return found

    def _traded(self, seq: int) -> Counted:
        found: Counted = {}
        for channel, placed, cancelled, shipped in self._rows(_TRADED, seq):
            found["channel", channel] = placed - cancelled
            for name, units in (("units_sold", placed - cancelled), ("cancelled", cancelled), ("shipped", shipped)):
                found["all", name] = found.get(("all", name), 0) + units
        return found


def _shown_stock(frame: Row) -> Counted:
    states = ("available", "committed", "unavailable", "in_transit")
    return {(row["location"], row["sku"], state): row[state] for row in frame["stock"] for state in states}


def _shown_pools(frame: Row) -> Counted:
    found: Counted = {
        (row["pool"], row["sku"], name): row[name] for row in frame["pools"] for name in ("left", "allocated")
    }
    return found | {("sold", row["sku"]): row["sold"] for row in frame["skus"]}


def _shown_listed(frame: Row) -> Counted:
    accounts = (("channel", "exposure"), ("cover", "cover"))
    return {(f"{kind}/{row['channel']}",): row[name] for row in frame["channels"] for kind, name in accounts}


def _shown_traded(frame: Row) -> Counted:
    totals = frame["totals"]
    names = {"units_sold": "units_sold", "cancelled": "units_cancelled", "shipped": "units_shipped"}
    found: Counted = {("channel", row["channel"]): row["units_sold"] for row in frame["channels"]}
    return found | {("all", name): totals[key] for name, key in names.items()}


def seqs(connection: duckdb.DuckDBPyConnection, show: str) -> tuple[int, int]:
    """A show's first and last seq."""
    row = connection.execute("select min(seq), max(seq) from events where show_id = ?", [show]).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def every(frames: Iterator[Row], counting: Counting) -> tuple[int, list[str]]:
    """How many frames were counted again, and everything that differs in them."""
    found = [counting.unlike(frame) for frame in frames]
    return len(found), [one for differences in found for one in differences]
