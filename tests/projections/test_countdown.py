"""Countdowns: honest about what they do not know, never beyond the close, quick to see a spike, blind to the future."""

import math

import pytest

from dashboard.decision import events as e
from dashboard.projections import frame as frames
from tests.decision.shows import SHOW
from tests.decision.watched import HOUR, MINUTE, SECOND, START
from tests.projections.film import PATIENCE, Film
from tests.projections.nights import FilmedNight


@pytest.mark.parametrize("seed", [3, 4])
def test_a_forecast_never_uses_the_future(seed: int) -> None:
    """Cut the journal anywhere: what was forecast then, and the record of it, are the same."""
    night = FilmedNight(seed)
    said: list[tuple[int, int, object]] = []
    for _ in range(120):
        night.step()
        frame = night.frame()
        said.append((len(night.watched.journal), night.now, (frame["countdowns"], frame["record"])))
    for length, now, then in said[::13]:
        _, name, data, seq, at = night.watched.journal[0]
        opened = e.decode(name, data)
        assert isinstance(opened, e.ShowOpened)
        facts = frames.begin(SHOW, opened, seq, at, "operator")
        for _, name, data, seq, at in night.watched.journal[1:length]:
            frames.fold(facts, e.decode(name, data), seq, at, "operator")
        frame = frames.table(facts, now, {}, PATIENCE)
        assert (frame["countdowns"], frame["record"]) == then


def selling(film: Film, minutes: int, per_minute: int, name: str) -> None:
    """Sell lamps in the US, evenly, for some minutes."""
    for minute in range(minutes):
        for number in range(per_minute):
            film.now += MINUTE // per_minute - SECOND
            film.line(f"order {name}{minute}.{number} on tiktok-us: 1 lamp")


def test_a_steady_sale_counts_down_to_when_it_sells_out() -> None:
    film = Film()
    film.play("receive 200 lamp at LA into region/US")
    selling(film, 10, 6, "a")
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["state"], row["left"], row["allocated"], row["share_sold"]) == ("counting", 140, 200, 0.3)
    assert row["rate_per_minute"] == pytest.approx(6, rel=0.1)
    assert row["p50"] == pytest.approx(140 / 6, rel=0.25)
    assert row["p10"] < row["p50"]
    assert row["p90"] is None or row["p90"] > row["p50"]
    assert row["spark"][-10:] == [6] * 10 or sum(row["spark"]) == 60
    assert row["sells_out_at"] == film.frame()["countdowns"][0]["sells_out_at"]


def test_nothing_sold_is_unknown_nothing_left_is_out_nothing_given_is_not_shown() -> None:
    film = Film()
    film.play("receive 4 lamp at LA into region/US")
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["state"], row["p50"], row["p_sells_out"], row["urgency"]) == ("unknown", None, None, "grey")
    film.line("order A on tiktok-us: 4 lamp")
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["state"], row["left"], row["p50"], row["p_sells_out"]) == ("out", 0, None, 1.0)
    assert (row["share_sold"], row["urgency"]) == (1.0, "red")
    assert [row["region"] for row in film.frame()["countdowns"]] == ["US"]


def test_a_slow_sale_lasts_the_show_and_says_how_likely_a_sell_out_is() -> None:
    film = Film()
    film.play("receive 2000 lamp at LA into region/US")
    selling(film, 10, 6, "a")
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["state"], row["p50"], row["sells_out_at"]) == ("lasts", None, None)
    assert 0 <= row["p_sells_out"] < 0.2
    assert row["urgency"] == "green"


def test_no_time_beyond_the_close_is_shown_however_late_it_is() -> None:
    film = Film()
    film.play("receive 200 lamp at LA into region/US")
    selling(film, 10, 6, "a")
    ends_at = START + 2 * HOUR
    for at in range(film.now, ends_at + HOUR, 7 * MINUTE):
        row = film.row("countdowns", at, sku="lamp", region="US")
        for minutes in (row["p10"], row["p50"], row["p90"]):
            assert minutes is None or at + minutes * MINUTE <= ends_at + SECOND


def test_once_the_show_is_over_nothing_counts_down() -> None:
    film = Film()
    film.play("receive 100 lamp at LA into region/US")
    selling(film, 10, 6, "a")
    assert film.row("countdowns", sku="lamp", region="US")["state"] == "counting"
    film.line("close the show")
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["state"], row["p10"], row["p50"], row["p90"]) == ("lasts", None, None, None)


def test_a_spike_is_seen_within_a_minute() -> None:
    film = Film()
    film.play("receive 900 lamp at LA into region/US")
    selling(film, 20, 2, "calm")
    calm = film.row("countdowns", sku="lamp", region="US")
    selling(film, 1, 30, "spike")
    hot = film.row("countdowns", sku="lamp", region="US")
    assert hot["baseline_per_minute"] == pytest.approx(2, abs=0.5)
    assert hot["rate_per_minute"] >= 3 * hot["baseline_per_minute"]
    assert hot["expected_per_minute"] >= 2 * calm["expected_per_minute"]
    assert hot["wanted_mean"] > 1.2 * calm["wanted_mean"]


def test_when_sales_stop_the_countdown_slows_down() -> None:
    film = Film()
    film.play("receive 100 lamp at LA into region/US")
    selling(film, 10, 6, "a")
    rates_per_minute = [
        film.row("countdowns", film.now + minutes * MINUTE, sku="lamp", region="US")["rate_per_minute"]
        for minutes in range(0, 40, 2)
    ]
    assert rates_per_minute == sorted(rates_per_minute, reverse=True)
    assert rates_per_minute[-1] < 0.1
    later = film.row("countdowns", film.now + 40 * MINUTE, sku="lamp", region="US")
    assert (later["state"], later["p50"]) == ("lasts", None)
    assert later["p_sells_out"] < 0.5


def test_the_most_urgent_countdown_comes_first() -> None:
    film = Film()
    film.play(
        """
        receive 300 lamp at LA into region/US
        receive 40 lamp at HH into region/EU
        receive 10 ring at HH into region/EU
        receive 10 ring at LA into region/US
        """
    )
    for minute in range(8):
        film.now += 50 * SECOND
        film.play(
            f"""
            order a{minute} on tiktok-us: 3 lamp
            order b{minute} on amazon-eu: 3 lamp
            """
        )
    film.line("order c on amazon-eu: 10 ring")
    rows = film.frame()["countdowns"]
    assert [(row["sku"], row["region"], row["state"]) for row in rows] == [
        ("lamp", "EU", "counting"),
        ("lamp", "US", "counting"),
        ("ring", "EU", "out"),
        ("ring", "US", "lasts"),
    ]
    assert [row["title"] for row in rows] == ["Desk lamp", "Desk lamp", "Smart ring", "Smart ring"]


def test_moved_claims_raise_the_allocation_and_sold_ones_do_not_lower_it() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA
        move 40 lamp from flexible to region/US
        expose 10 lamp on tiktok-us
        withhold 5 lamp for shopify-us
        order A on tiktok-us: 12 lamp
        """
    )
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["left"], row["allocated"], row["share_sold"]) == (28, 40, 0.3)
    film.line("move 20 lamp from flexible to region/US")
    row = film.row("countdowns", sku="lamp", region="US")
    assert (row["left"], row["allocated"]) == (48, 60)


def test_a_show_of_weeks_has_a_rate_too() -> None:
    film = Film(ends_at=START + 30 * 24 * HOUR)
    film.play("receive 5000 lamp at LA into region/US")
    for hour in range(48):
        film.now += HOUR
        film.line(f"order h{hour} on tiktok-us: 30 lamp")
    row = film.row("countdowns", sku="lamp", region="US")
    assert row["rate_per_minute"] == pytest.approx(0.5, rel=0.3)
    assert math.isclose(row["left"], 5000 - 48 * 30)
