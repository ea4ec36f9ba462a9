"""/healthz and /metrics: whether the room takes commands and the clock ticks, and what was done so far."""

import time
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard import server
from dashboard.decision import commands as c
from dashboard.room import Room
from tests.server.show import NOW, Client, order


def metrics(client: Client) -> dict[tuple[str, str], float]:
    """Every sample as (name, first label's value) -> value."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def until(condition: Callable[[], bool], seconds_max: float = 20.0) -> None:
    """Wait for something that another thread does."""
    give_up = time.monotonic() + seconds_max
    while not condition():
        assert time.monotonic() < give_up, "it never happened"
        time.sleep(0.01)


def test_a_room_that_takes_commands_is_well(client: Client, room: Room) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["writer"], body["journal_seq"]) == ("ok", "alive", room.seq)


def test_a_stopped_writer_is_a_failure(client: Client, room: Room) -> None:
    room.stop()
    answer = client.ask_any("GET", "/healthz")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["writer"]) == ("failing", "stopped")


def test_a_clock_that_stands_still_is_a_failure(client: Client, clock: server.Clock) -> None:
    clock.last_tick -= server.TICK_LATE_SECONDS
    answer = client.ask_any("GET", "/healthz")
    assert answer.status_code == 503
    assert answer.json()["tick_age_seconds"] >= server.TICK_LATE_SECONDS


def test_a_failing_tick_is_told_and_the_clock_goes_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARROOM_TICK_SECONDS", "0.01")
    times: list[int] = []

    def feed(now: int) -> None:
        times.append(now)
        if len(times) < 3:
            raise ValueError("the shoppers are confused")

    clock = server.Clock(room, feed)
    client = Client(room, clock)
    clock.start()
    until(lambda: clock.problem != "" or len(times) > 3)
    until(lambda: len(times) > 3 and clock.problem == "")
    assert client.get("/healthz").json()["tick_problem"] == ""
    assert set(times) == {NOW}
    clock.stop()
    clock.problem = "ValueError: the shoppers are confused"
    answer = client.ask_any("GET", "/healthz")
    assert answer.status_code == 503
    assert answer.json()["tick_problem"] == clock.problem


def test_the_clock_ticks_open_shows_for_everybody(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARROOM_TICK_SECONDS", "0.01")
    clock = server.Clock(room)
    assert not room.has_ticked("spring")
    clock.start()
    until(lambda: room.has_ticked("spring"))
    clock.stop()
    assert room.latest("spring")["t_plus_seconds"] == 2400
    assert metrics(Client(room, clock))["warroom_tick_seconds_count", ""] >= 1


def test_terms_that_nobody_carries_are_to_be_done_by_hand(room: Room) -> None:
    """A show whose storefronts are not connected: the clock says of every errand that a person does it."""
    limit = c.SetLimit(id="l", show="spring", sku="RING", region="US", units_per_order=2)
    assert room.handle([limit], NOW)[0].status == "accepted"
    assert {row["state"] for row in room.frame("spring")["errands"]} == {"open"}
    server._by_hand(room, None)(NOW)
    assert {row["state"] for row in room.frame("spring")["errands"]} == {"by_hand"}


def test_metrics_count_commands_by_answer_and_refusals_by_rule(client: Client, room: Room) -> None:
    before = metrics(client)
    client.post(order("1"), order("1"), order("1", quantity=2), order("2", sku="HAT"), order("3", quantity=-1))
    after = metrics(client)
    risen = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key)}
    assert risen == {
        ("warroom_commands_total", "accepted"): 1,
        ("warroom_commands_total", "exists"): 1,
        ("warroom_commands_total", "exists_with_different_body"): 1,
        ("warroom_commands_total", "refused"): 1,
        ("warroom_refusals_total", "exists_with_different_body"): 1,
        ("warroom_refusals_total", "sku_unknown"): 1,
        ("warroom_events_total", ""): 1,
        ("warroom_batches_total", ""): 1,
        ("warroom_journal_seq", ""): 1,
    }
    assert after["warroom_journal_seq", ""] == room.seq


def test_asking_for_health_and_metrics_writes_nothing(client: Client, room: Room) -> None:
    before = room.seq, room.counters.batches
    for _ in range(3):
        client.get("/healthz")
        client.get("/metrics")
    assert (room.seq, room.counters.batches) == before
