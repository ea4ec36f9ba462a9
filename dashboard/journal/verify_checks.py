"""What a sound journal is, as one table of SQL queries: each finds the rows that break one rule.

Used by `verify.py` alone and importing nothing, so that the auditor shares no code with the writer. Every query runs
with the audited file attached as `j` and yields (seq, show, sku, values...) for each breach; the sentence of its
`Check` is filled with those values by position. `SETUP` first builds narrow temporary tables (accounts, what each event
changed, lowest balances, the running sums of the invariants); chunked queries see the events from $first to $last only,
so the widest of them need the memory of one stretch. A query that finds nothing is a rule that holds.
"""

from dataclasses import dataclass

COLUMNS = {
    "meta": {"key": "VARCHAR", "value": "VARCHAR"},
    "head": {"seq": "BIGINT", "hash": "VARCHAR"},
    "events": {
        "seq": "BIGINT", "id": "VARCHAR", "show_id": "VARCHAR", "type": "VARCHAR", "source": "VARCHAR",
        "event_time": "TIMESTAMP", "recorded_time": "TIMESTAMP", "actor": "VARCHAR", "data": "JSON",
        "prev_hash": "VARCHAR", "hash": "VARCHAR",
    },
    "moves": {
        "seq": "BIGINT", "line": "INTEGER", "show_id": "VARCHAR", "sku": "VARCHAR", "book": "VARCHAR",
        "source_account": "VARCHAR", "target_account": "VARCHAR", "quantity": "BIGINT",
    },
}  # fmt: skip

KINDS = {
    "claims": (
        ("unsold", "flexible|(region|temporary|channel|cover)/.+"),
        ("committed", "committed/.+"),
        ("unlimited", "issued"),
        ("other", "shipped/.+|withdrawn"),
    ),
    "goods": (
        ("unlimited", "supplier"),
        ("other", "customer"),
        ("transit", "transit/.+"),
        ("available", ".+/available"),
        ("committed", ".+/committed"),
        ("other", ".+/unavailable"),
    ),
}
"""Every account there may be, per book, first match wins; what matches nothing is a breach."""


def _kind_cases() -> str:
    cases = [
        f"when book = '{book}' and regexp_full_match(account, '{pattern}', 's') then '{kind}'"
        for book, kinds in KINDS.items()
        for kind, pattern in kinds
    ]
    return "case " + " ".join(cases) + " end"


@dataclass(frozen=True)
class Check:
    """A query for (seq, show, sku, values...) of every breach, and the sentence told about each."""

    name: str
    sentence: str
    sql: str
    chunked: bool = False


MACROS = (
    """create temp macro canonical_bytes(actor, data, event_time, id, recorded_time, seq, show_id, source, type) as
       '{"actor":' || to_json(actor)::varchar || ',"data":' || data::varchar || ',"event_time":' || epoch_us(event_time)
       || ',"id":' || to_json(id)::varchar || ',"recorded_time":' || epoch_us(recorded_time) || ',"seq":' || seq
       || ',"show_id":' || to_json(show_id)::varchar || ',"source":' || to_json(source)::varchar
       || ',"type":' || to_json(type)::varchar || '}'""",
    # DuckDB writes the escape of a control character with upper-case hex digits, the journal with lower-case ones:
    # the few events that hold such a character are hashed in Python instead.
    """create temp macro unusual(actor, id, show_id, source, type) as
       regexp_matches(concat(actor, id, show_id, source, type), '[\\x00-\\x1f]')""",
    """create temp macro move_text(sku, book, source, target, quantity) as
       '[' || to_json(sku)::varchar || ',' || to_json(book)::varchar || ',' || to_json(source)::varchar
       || ',' || to_json(target)::varchar || ',' || quantity || ']'""",
    "create temp macro kind_of(book, account) as (" + _kind_cases() + ")",
)

EVENT_CHECKS = (
    Check(
        "sequence",
        "The event after seq {3} has seq {0}; numbers must rise by one from 1.",
        """select seq, show_id, null, before from
           (select seq, show_id, lag(seq, 1, 0) over (order by seq) as before from j.events)
           where seq is distinct from before + 1""",
    ),
    Check(
        "id",
        "The event id {3!r} is used {4} times, last at seq {0}.",
        "select max(seq), max(show_id), null, id, count(*) from j.events group by id having count(*) > 1",
    ),
    Check(
        "recorded_time",
        "Event {0} was recorded at {3}, before its show's last event at {4}.",
        """select seq, show_id, null, recorded_time, before from
           (select seq, show_id, recorded_time, lag(recorded_time) over (partition by show_id order by seq) as before
            from j.events)
           where recorded_time < before or recorded_time is null""",
    ),
    Check(
        "chain",
        "Event {0} follows hash {3}, but the event before it has hash {4}.",
        """select seq, show_id, null, prev_hash, before from
            (select seq, show_id, prev_hash, lag(hash, 1, repeat('0', 64)) over (order by seq) as before from j.events)
            where prev_hash is distinct from before""",
    ),
    Check(
        "hash",
        "The content of event {0} does not give its hash {3}.",
        """select seq, show_id, null, hash from j.events
           where sha256(prev_hash || canonical_bytes(actor, data, event_time, id, recorded_time, seq, show_id, source,
                                                     type)) is distinct from hash
             and unusual(actor, id, show_id, source, type) is distinct from true""",
    ),
    Check(
        "show_opened",
        "The first event of show {1!r} is {3}, at seq {0}; it must be show_opened, once.",
        """select coalesce(second, first), show_id, null, opening from (
             select show_id, min(seq) as first, arg_min(type, seq) as opening,
                    max(seq) filter (where type = 'show_opened') as last, count(*) filter (where type = 'show_opened')
                    as openings, case when openings > 1 then last end as second
             from j.events group by show_id) where opening <> 'show_opened' or openings <> 1""",
    ),
)

MOVE_CHECKS = (
    Check(
        "moves",
        "Event {0} line {3} says {4}, the table moves says {5}.",
        """with told as (
              select seq, show_id, unnest(json_extract(data, '$.moves[*]'))::varchar as content,
                     generate_subscripts(json_extract(data, '$.moves[*]'), 1) - 1 as line
              from j.events where seq between $first and $last),
            kept as (
              select seq, show_id, sku, line,
                     move_text(sku, book, source_account, target_account, quantity) as content
              from j.moves where seq between $first and $last)
            select seq, coalesce(kept.show_id, told.show_id), sku, line, coalesce(told.content, 'nothing'),
                   coalesce(kept.content, 'nothing')
            from told full join kept using (seq, line)
            where told.content is distinct from kept.content or told.show_id is distinct from kept.show_id""",
        chunked=True,
    ),
    Check(
        "moves",
        "Line {3} of event {0} stands {4} times in the table moves.",
        """select seq, any_value(show_id), any_value(sku), line, count(*) from j.moves
           where seq between $first and $last group by seq, line having count(*) > 1""",
        chunked=True,
    ),
    Check(
        "moves",
        "The table moves has a line for event {0}, which does not exist.",
        "select distinct seq, show_id, sku from j.moves where seq < 1 or seq is null or seq > "
        "(select coalesce(max(seq), 0) from j.events)",
    ),
    Check(
        "quantity",
        "Line {3} of event {0} moves {4} units; a move is of at least one.",
        "select seq, show_id, sku, line, quantity from j.moves where (quantity > 0) is not true",
    ),
    Check(
        "accounts",
        "Line {3} of event {0} moves from {4!r} to itself.",
        "select seq, show_id, sku, line, source_account from j.moves where source_account = target_account",
    ),
    Check(
        "accounts",
        "Event {0} uses account {4!r} of book {3!r}, which this ledger does not have.",
        "select first_seq, show_id, sku, book, account from accounts where kind is null",
    ),
)

BALANCE_CHECKS = (
    Check(
        "negative",
        "After event {0} account {4} of book {3} holds {5} {2}; it fell to {6} at its lowest.",
        """select first_seq, show_id, sku, book, account, at_first, lowest from lowest where lowest < 0""",
    ),
    Check(
        "sum_zero",
        "Book {3} of {2} sums to {4} at the end; it must be zero.",
        """select null, show_id, sku, book, sum(delta)::hugeint from deltas join accounts using (account_id)
           group by show_id, sku, book having sum(delta) <> 0""",
    ),
    Check(
        "claims_equal_goods",
        "After event {0} unsold claims on {2} and units available differ by {3}; they must be equal.",
        """select min(seq), show_id, sku, arg_min(unsold_gap, seq) from running
           where not in_transit_sold and unsold_gap <> 0 group by show_id, sku""",
    ),
    Check(
        "committed_equal",
        "After event {0} committed claims on {2} and committed goods differ by {3}; they must be equal.",
        """select min(seq), show_id, sku, arg_min(promised_gap, seq) from running
           where not in_transit_sold and promised_gap <> 0 group by show_id, sku""",
    ),
    Check(
        "claims_equal_goods",
        "After event {0} claims on {2}, unsold and committed, differ by {3} from the units here and in transit.",
        """select min(seq), show_id, sku, arg_min(unsold_gap + promised_gap - transit, seq) from running
           where in_transit_sold and unsold_gap + promised_gap <> transit group by show_id, sku""",
    ),
    Check(
        "committed_equal",
        "After event {0} {3} units of {2} are sold ahead of arrival, with {4} in transit.",
        """select min(seq), show_id, sku, arg_min(promised_gap, seq), arg_min(transit, seq) from running
           where in_transit_sold and promised_gap not between 0 and transit group by show_id, sku""",
    ),
)

ORDER_CHECKS = (
    Check(
        "orders",
        "Order event {0} was accepted for {3} of {2}, but took {4} claims.",
        """select seq, show_id, sku, ordered, claimed from order_gaps""",
    ),
)

SETUP = (
    """create temp table accounts as
       select row_number() over () as account_id, show_id, sku, book, account, min(seq) as first_seq,
              kind_of(book, account) as kind
       from (select seq, show_id, sku, book, source_account as account from j.moves
             union all select seq, show_id, sku, book, target_account from j.moves)
       group by show_id, sku, book, account""",
    """create temp table deltas as
       select seq, account_id, sum(delta)::hugeint as delta from (
         select seq, show_id, sku, book, source_account as account, -quantity::hugeint as delta from j.moves
         union all select seq, show_id, sku, book, target_account, quantity from j.moves)
       join accounts using (show_id, sku, book, account) group by seq, account_id""",
    # An account that nothing ever leaves cannot fall below zero: half of the rows need no running balance.
    """create temp table lowest as
       select account_id, show_id, sku, book, account, kind, lowest, first_seq_below as first_seq, at_first from (
         select account_id, min(balance) as lowest, min(seq) filter (where balance < 0) as first_seq_below,
                arg_min(balance, seq) filter (where balance < 0) as at_first
         from (select account_id, seq, sum(delta) over
                 (partition by account_id order by seq rows unbounded preceding) as balance
               from deltas semi join (select account_id from deltas group by account_id having min(delta) < 0) as given
               using (account_id))
         group by account_id)
       join accounts using (account_id) where kind is distinct from 'unlimited'""",
    """create temp table flags as
       select show_id, coalesce(bool_or(try_cast(data ->> 'sells_in_transit' as boolean)), false) as in_transit_sold
       from j.events where type = 'show_opened' group by show_id""",
    """create temp table items as
       select row_number() over () as item, show_id, sku, coalesce(in_transit_sold, false) as in_transit_sold
       from (select distinct show_id, sku from accounts) left join flags using (show_id)""",
    # Only events that change a difference between claims and goods can break their equality: usually none.
    """create temp table steps as
       select item, seq,
              coalesce(sum(case when kind = 'unsold' then delta when kind = 'available' then -delta end), 0)
                as unsold_gap,
              coalesce(sum(case when book = 'claims' then delta else -delta end) filter (where kind = 'committed'), 0)
                as promised_gap,
              coalesce(sum(delta) filter (where kind = 'transit'), 0) as transit
       from deltas join (select account_id, book, kind, item from accounts join items using (show_id, sku))
       using (account_id) group by item, seq having unsold_gap <> 0 or promised_gap <> 0 or transit <> 0""",
    """create temp table running as
       select show_id, sku, in_transit_sold, seq, unsold_gap, promised_gap, transit from (
         select item, seq, sum(unsold_gap) over w as unsold_gap, sum(promised_gap) over w as promised_gap,
                sum(transit) over w as transit
         from steps window w as (partition by item order by seq rows unbounded preceding))
       join items using (item)""",
    """create temp table order_gaps (seq bigint, show_id varchar, sku varchar, ordered hugeint, claimed hugeint)""",
)

ORDER_GAPS = """
    insert into order_gaps
    with orders as (select seq, show_id, data ->> 'channel' as channel, json_extract(data, '$.lines[*]') as lines
                    from j.events where type = 'order_placed' and seq between $first and $last),
    told as (select seq, any_value(show_id) as show_id, sku, sum(quantity) as ordered from (
               select seq, show_id, line ->> 'sku' as sku, try_cast(line ->> 'quantity' as bigint) as quantity
               from (select seq, show_id, unnest(lines) as line from orders)) group by seq, sku),
    taken as (select seq, any_value(orders.show_id) as show_id, sku,
                     coalesce(sum(quantity) filter (where target_account = 'committed/' || channel), 0) as claimed,
                     count(*) filter (where target_account is distinct from 'committed/' || channel) as astray
              from orders join j.moves using (seq) where book = 'claims' group by seq, sku)
    select seq, coalesce(told.show_id, taken.show_id), sku, coalesce(ordered, 0), coalesce(claimed, 0)
    from told full join taken using (seq, sku)
    where ordered is distinct from claimed or coalesce(astray, 0) > 0
    union all
    select seq, show_id, null, 0, 0 from orders where len(lines) = 0"""

# An accepted unit has no unit of goods behind it if its order took no claim, if more claims are committed than goods
# are (or will be, where goods in transit are sold), or if a place gave goods it did not have.
OVERSOLD = """
    select coalesce((select sum(greatest(ordered - claimed, 0)) from order_gaps), 0)
         + coalesce((select sum(worst) from (
               select max(greatest(promised_gap - case when in_transit_sold then transit else 0 end, 0)) as worst
               from running group by show_id, sku)), 0)
         + coalesce((select sum(-lowest) from lowest where lowest < 0 and book = 'goods'), 0)"""
