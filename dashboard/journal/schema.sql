-- The journal: every event once, every move of a unit once, in order, never edited.
-- `events` and `moves` are a public interface; `checkpoints` can be dropped and is rebuilt.
-- All times are UTC. hash = hex SHA-256 over prev_hash (64 hex characters, 64 zeros before the first event)
-- followed by the canonical bytes: the JSON object {"actor","data","event_time","id","recorded_time","seq",
-- "show_id","source","type"} with keys in that order, no spaces, UTF-8, times as integer microseconds since
-- 1970, and `data` exactly as stored.  data.moves repeats the rows of `moves`, so the hash covers them too.
create table if not exists meta (key varchar primary key, value varchar not null);

create table if not exists head (seq bigint not null, hash varchar not null);

create table if not exists events (
    seq           bigint    not null,
    id            varchar   not null,
    show_id       varchar   not null,
    type          varchar   not null,
    source        varchar   not null,
    event_time    timestamp not null,
    recorded_time timestamp not null,
    actor         varchar   not null,
    data          json      not null,
    prev_hash     varchar   not null,
    hash          varchar   not null
);

create table if not exists moves (
    seq            bigint  not null,
    line           integer not null,
    show_id        varchar not null,
    sku            varchar not null,
    book           varchar not null,
    source_account varchar not null,
    target_account varchar not null,
    quantity       bigint  not null
);

-- What was seen but decides nothing: heartbeats, viewer counts, refused orders.
create table if not exists observations (
    show_id   varchar   not null,
    time      timestamp not null,
    after_seq bigint    not null,
    kind      varchar   not null,
    channel   varchar   not null,
    sku       varchar   not null,
    value     bigint    not null,
    note      varchar   not null
);

-- The folded state after `seq`, so that a frame costs the same after ten orders or ten million. It is compressed by
-- who writes it; compressed once more, column by column, one state could not be read without thousands of others.
create table if not exists checkpoints (
    show_id       varchar   not null,
    seq           bigint    not null,
    recorded_time timestamp not null,
    version       integer   not null,
    state         blob      not null using compression uncompressed
);

-- Deliveries that could not be taken: kept whole, without what proves who sent them, until somebody settles them.
-- state: refused (nothing can be done with it as it is), held (waits for stock, an order or a show), settled.
create table if not exists dead_letters (
    id            bigint    not null,
    show_id       varchar   not null,
    channel       varchar   not null,
    received_time timestamp not null,
    reason        varchar   not null,
    sentence      varchar   not null,
    headers       json      not null,
    body          blob      not null,
    state         varchar   not null,
    settled_time  timestamp,
    attempts      integer   not null
);
