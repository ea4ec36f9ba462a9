"""The frame as a whole: every table, times as text, the same bytes from facts that were written down and taken up again."""

import random
import re
from typing import Any

import orjson
import pytest

from dashboard.decision import commands as c, events as e
from dashboard.decision.refusals import Refusal
from dashboard.projections import frame as frames
from tests.decision.anything import OFTEN, TAGS, WORLDS, Anything
from tests.decision.shows import SHOW
from tests.decision.watched import HOUR, MINUTE, SECOND, START
from tests.projections.film import PATIENCE, Film
from tests.projections.nights import FilmedNight

KEYS = {
    "show", "title", "status", "at", "seq", "t_plus_seconds", "starts_at", "ends_at", "time_zone", "currency", "origin",
    "totals", "identity", "locations", "regions", "skus", "stock", "pools", "channels", "countdowns", "lines", "curves",
    "shipments", "alerts", "proposals", "limits", "coupons", "demand", "reallocations", "autonomy", "rundown", "audit",
    "withheld", "suspended", "parameters", "requests", "loans", "guests", "replenishments", "receipts", "errands", "bundles",
    "safety", "splits", "prices", "lanes", "routes",
}  # fmt: skip
ROWS: dict[str, set[str]] = {
    "stock": {"location", "sku", "available", "committed", "unavailable", "in_transit"},
    "pools": {"pool", "region", "sku", "allocated", "left", "free"},
    "countdowns": {"sku", "region", "p10", "p50", "p90", "state"},
    "lines": {"channel", "region", "language", "kind", "text", "fact"},
    "channels": {"channel", "exposure", "cover", "orders", "units_sold", "revenue_minor", "last_order_at", "age_seconds", "state",
                 "sync_p50_ms", "sync_p95_ms", "data_age_seconds", "pending", "pending_age_seconds", "breaker", "drift", "behind",
                 "fee_per_mille", "exposures", "interactions", "interactions_usual"},
    "shipments": {"shipment", "from_location", "to_location", "mode", "eta", "progress", "state", "path", "position"},
    "alerts": {"alert", "rule", "severity", "what", "sku", "region", "raised_at", "decide_by", "state", "owner", "cost_minor",
               "quiet"},
    "proposals": {"proposal", "rule", "what", "why", "effect", "sku", "region", "proposed_at", "decide_by", "state", "cost_minor",
                  "quiet", "cleared"},
    "reallocations": {"seq", "sku", "from_pool", "to_pool", "quantity", "undoable", "undoable_now", "at", "actor", "reason",
                      "undoes", "request"},
    "requests": {"request", "sku", "from_pool", "to_pool", "quantity", "moved", "missing", "since", "expires", "undoes", "loan"},
    "loans": {"loan", "sku", "from_pool", "to_pool", "quantity", "returned", "unsold", "state", "since", "returns_at"},
    "guests": {"guest", "sku", "channels", "starts_at", "ends_at", "units", "pool", "closed"},
    "replenishments": {"replenishment", "sku", "quantity", "need_by", "urgent", "since"},
    "receipts": {"seq", "location", "sku", "quantity", "pool", "at"},
    "errands": {"term", "channel", "kind", "sku", "region", "what", "since", "state", "note", "by", "platform", "name"},
    "bundles": {"bundle", "region", "skus", "percent", "since", "expires"},
    "skus": {"sku", "price_minor", "cost_minor", "floor_minor", "ceiling_minor"},
    "audit": {"seq", "at", "actor", "type", "what"},
}  # fmt: skip
ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


def played(seed: int, steps: int) -> Film:
    """A random show."""
    chance = random.Random(seed)
    film = Film(**chance.choice(WORLDS), rundown=(c.Segment(0, 3600, "lamp"), c.Segment(3600, 7200, "ring")))
    film.play("receive 40 lamp at LA into region/US\nreceive 40 ring at HH into region/EU\nreceive 20 lamp at NJ")
    tags = [tag for tag in (*TAGS, *OFTEN) if tag not in ("close_show", "open_show")]
    for number in range(steps):
        film.now += chance.choice((1, 2, 30)) * SECOND
        seen = film.watched.seen[SHOW]
        asked = Anything(chance.choice, SHOW, f"r{number}", film.now, film.watched.seq, seen).make(chance.choice(tags))
        assert isinstance(film.watched.ask(asked, film.now), tuple | Refusal)
    return film


def times(value: Any, key: str = "") -> list[Any]:
    """Everything in a frame that is called like a time."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in times(inner, name)]
    if isinstance(value, list):
        return [found for inner in value for found in times(inner, key)]
    named = key in ("at", "eta", "expires", "since", "decide_by", "need_by", "start") or key.endswith("_at")
    return [value] if named and value is not None else []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_frame_has_every_table_and_every_time_as_text(seed: int) -> None:
    frame = played(seed, 250).frame(viewers={"tiktok-us": 5})
    assert set(frame) >= KEYS
    for table, keys in ROWS.items():
        assert all(set(row) >= keys for row in frame[table]), table
    assert all(ISO.match(time) for time in times(frame))
    assert orjson.loads(orjson.dumps(frame)) == frame


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_facts_that_were_written_down_give_the_same_bytes(seed: int) -> None:
    film = played(seed, 250)
    facts = film.caught_up()
    for at in (film.now, film.now + 7 * MINUTE, film.now + HOUR):
        again = frames.unpack(frames.packed(facts))
        assert orjson.dumps(frames.table(again, at, {}, PATIENCE)) == orjson.dumps(
            frames.table(facts, at, {}, PATIENCE)
        )


def test_facts_taken_up_half_way_go_on_as_if_nothing_had_happened() -> None:
    film = played(7, 120)
    film.facts = frames.unpack(frames.packed(film.caught_up()))
    straight = played(7, 120)
    for number in range(60):
        for one in (film, straight):
            one.now += 20 * SECOND
            one.ask(f"order x{number} on tiktok-us: 1 lamp")
            one.ask(f"move {number % 5 + 1} lamp from flexible to region/US")
        assert orjson.dumps(film.frame()) == orjson.dumps(straight.frame())


NEW_ON_THE_TAPE = """
    receive 20 lamp at HH into region/US
    receive 5 ring at LA into region/US
    expose 15 lamp on tiktok-us
    t = move 8 lamp from region/US to region/EU (recall)
    recall 2 lamp from tiktok-us
    fulfil t
    ask no longer for t
    expose 4 lamp on amazon-eu
    u = undo t (recall)
    recall 3 lamp from amazon-eu
    fulfil u
    lend 1 lamp from region/US to region/EU as L
    give back L
    replenish N with 5 lamp by +1h (urgent)
    safety of lamp in US is 5
    guest star with lamp on tiktok-us
    open pool star with 1 lamp from region/US for tiktok-us
    expose 1 lamp on tiktok-us from temporary/star
    b = bundle B of lamp+ring for 10 % in US until +1h
    errand of b on tiktok-us is by_hand
    weigh lamp on tiktok-us by 150 %
    parameter top_up_units is 120
    propose watch:US:1: note yes
    the cause of watch:US:1 is gone
"""


def test_live_and_replay_give_the_same_bytes_for_every_event_and_at_every_seq() -> None:
    """Live: the writer's own books, folded as it happens; replay: the journal's bytes from zero, or a checkpoint on."""
    live = Film()
    frames.share_books(live.facts, live.show.ledger.claims, live.show.ledger.goods)
    kept = frames.unpack(frames.packed(live.facts))
    for line in NEW_ON_THE_TAPE.strip().splitlines():
        live.line(line)
        now = orjson.dumps(live.frame())
        again = Film()
        again.watched.journal, again.now = live.watched.journal, live.now
        assert orjson.dumps(again.frame()) == now, line
        for _, name, data, seq, at in live.watched.journal[kept.seq :]:
            frames.fold(kept, e.decode(name, data), seq, at, "operator")
        kept = frames.unpack(frames.packed(kept))
        assert orjson.dumps(frames.table(kept, live.now, {}, PATIENCE)) == now, line
    happened = {name for _, name, _, _, _ in live.watched.journal}
    assert {name for name in e.TYPES if name.split("_")[0] in ("units", "loan", "request", "safety", "guest", "bundle", "split",
            "errand", "parameter", "replenishment")} <= happened  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_night_of_requests_and_loans_is_the_same_live_and_replayed(seed: int) -> None:
    night = FilmedNight(seed)
    frames.share_books(night.caught_up(), night.show.ledger.claims, night.show.ledger.goods)
    for _ in range(100):
        night.step()
    again = Film(lanes=night.show.opened.lanes)
    again.watched.journal, again.now = night.watched.journal, night.now
    assert orjson.dumps(again.frame()) == orjson.dumps(night.frame())


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_terms_of_a_frame_are_those_the_decision_goes_by(seed: int) -> None:
    film = played(seed, 250)
    frame, show = film.frame(), film.show
    told = {(row["term"], row["channel"]): row["state"] for row in frame["errands"]}
    assert told
    assert told.items() <= show.errands.items()
    owed = {
        key for key, state in show.errands.items() if state in ("open", "by_hand", "failed") and key[0] in show.terms
    }
    assert owed <= set(told), "what still has to be done is in the frame"
    assert {(row["sku"], row["region"]): row["units_per_order"] for row in frame["limits"]} == show.limits
    assert {(row["sku"], row["region"]): row["units"] for row in frame["safety"]} == show.safety
    assert {(row["sku"], row["channel"]): row["price_minor"] for row in frame["prices"]} == show.prices
    weighed = {key: percent for key, percent in show.splits.items() if percent != 100}
    assert {(row["channel"], row["sku"]): row["percent"] for row in frame["splits"]} == weighed
    for row in frame["coupons"]:
        assert show.coupons[row["sku"], row["region"]].percent == row["percent"]
    assert frame["autonomy"] == dict(sorted(show.autonomy.items()))
    assert {row["guest"] for row in frame["guests"]} <= show.announced_guests
    assert {row["replenishment"] for row in frame["replenishments"]} <= show.replenishments


def test_looking_changes_nothing() -> None:
    film = played(8, 200)
    before = frames.packed(film.caught_up())
    first = orjson.dumps(film.frame())
    film.frame(film.now + HOUR)
    assert frames.packed(film.facts) == before
    assert orjson.dumps(film.frame()) == first


def test_a_show_is_announced_then_open_then_closed() -> None:
    film = Film(starts_at=START + HOUR, ends_at=START + 2 * HOUR)
    assert [film.frame(START + at)["status"] for at in (SECOND, HOUR - 1, HOUR, 3 * HOUR)] == [
        "announced", "announced", "open", "open",
    ]  # fmt: skip
    assert film.frame(START + 30 * MINUTE)["t_plus_seconds"] == -1800
    film.play("later 90m\nclose the show")
    assert film.frame()["status"] == "closed"


def test_the_rundown_tells_past_now_next_and_later() -> None:
    segments = tuple(c.Segment(minute * 60, minute * 60 + 600, "lamp", f"part {minute}") for minute in (0, 10, 20, 40))
    film = Film(rundown=segments)

    def states(minutes: float) -> list[str]:
        return [row["state"] for row in film.frame(START + int(minutes * MINUTE))["rundown"]]

    assert states(1) == ["now", "next", "later", "later"]
    assert states(10) == ["past", "now", "next", "later"]
    assert states(35) == ["past", "past", "past", "next"]
    assert states(55) == ["past"] * 4


def test_money_is_counted_per_currency_and_net_of_what_was_cancelled() -> None:
    film = Film()
    film.play(
        "receive 90 lamp at LA into region/US\norder A on tiktok-us: 3 lamp@1000\norder B on tiktok-us: 1 lamp@500"
    )
    euro = c.PlaceOrder(
        id="e",
        show=SHOW,
        channel="tiktok-us",
        order="E",
        lines=(c.OrderLine("lamp", 2, 700),),
        currency="EUR",
        country="DE",
    )
    assert isinstance(film.watched.ask(euro, film.now), tuple)
    film.line("cancel A of tiktok-us: 1 lamp")
    totals = film.frame()["totals"]
    assert totals["revenue_minor"] == 2500
    assert totals["revenue"] == [{"currency": "EUR", "minor": 1400}, {"currency": "USD", "minor": 2500}]
    assert (totals["orders"], totals["units_sold"], totals["units_cancelled"]) == (3, 5, 1)
    assert film.frame()["demand"] == [{"country": "DE", "units": 2}]


def test_demand_is_listed_by_country_the_most_first() -> None:
    film = Film()
    film.play(
        """
        receive 90 lamp at LA into region/US
        order A on tiktok-us: 3 lamp to US
        order B on tiktok-us: 5 lamp to CA
        order C on tiktok-us: 1 lamp to MX
        order D on tiktok-us: 2 lamp to US
        cancel B of tiktok-us: 1 lamp
        """
    )
    assert [(row["country"], row["units"]) for row in film.frame()["demand"]] == [("US", 5), ("CA", 4), ("MX", 1)]


def test_a_channel_is_fresh_while_it_sells_and_silent_when_it_does_not() -> None:
    film = Film()
    film.play("receive 90 lamp at LA into region/US\norder A on tiktok-us: 3 lamp")
    row = film.row("channels", film.now + 90 * SECOND, channel="tiktok-us")
    assert (row["state"], row["age_seconds"], row["orders"], row["units_sold"]) == ("fresh", 90.0, 1, 3)
    later = film.row("channels", film.now + int(PATIENCE.silent_seconds + 1) * SECOND, channel="tiktok-us")
    assert later["state"] == "silent"
    never = film.row("channels", channel="amazon-eu")
    assert (never["state"], never["age_seconds"], never["last_order_at"]) == ("silent", None, None)


def test_viewers_are_those_given_and_none_when_nobody_counted() -> None:
    film = Film()
    assert film.frame()["totals"]["viewers"] is None
    frame = film.frame(viewers={"tiktok-us": 30, "amazon-eu": 12})
    assert frame["totals"]["viewers"] == 42
    assert [row["viewers"] for row in frame["channels"]] == [30, None, 12]


def test_sold_ahead_of_arrival_is_not_oversold() -> None:
    film = Film(sells_in_transit=True)
    film.play("receive 9 lamp at HH into region/US\nsend committed from HH to LA: 9 lamp\norder A on tiktok-us: 9 lamp")
    assert film.frame()["totals"]["oversold"] == 0
    film.line("committed arrives with 9 lamp")
    assert film.frame()["totals"]["oversold"] == 0
