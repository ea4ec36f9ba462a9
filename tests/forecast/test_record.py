"""The countdown's own record: what is kept, when it is graded, and that a right forecaster reads 80 % whatever happens."""

import base64
from typing import Any

import msgspec
import numpy as np
import pytest

from dashboard.forecast import record as records
from dashboard.forecast.counts import Floats
from dashboard.forecast.record import Record
from dashboard.forecast.selling_out import RAW_LEVELS, Forecast
from tests.forecast.guessing import BIN, MINUTE, Guess, naive_coverage

INF = float("inf")
CLOSE = 20
"""Minutes the shows of these tests last."""


def written(value: object) -> Any:
    assert isinstance(value, np.ndarray)
    return [value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode()]


def read(kind: type, told: Any) -> Any:
    assert kind is np.ndarray
    return np.frombuffer(base64.b64decode(told[2]), told[0]).reshape(told[1]).copy()


pack = msgspec.json.Encoder(enc_hook=written).encode
unpack = msgspec.json.Decoder(Record, dec_hook=read).decode


def forecast(p10: float, p50: float, p90: float, chance: float) -> tuple[Forecast, Floats]:
    """What is said of the one node of a show: straight between the three quantiles."""
    one = [np.array([value]) for value in (p10, p50, p90, chance)]
    flat = np.zeros(1)
    raw = np.interp(RAW_LEVELS, [0.0, 0.1, 0.5, 0.9, 1.0], [0.0, p10, min(p50, 1e6), min(p90, 1e6), 1e6])[:, None]
    raw[np.array(RAW_LEVELS) > chance] = INF
    said = Forecast(
        one[0], one[1], one[2], one[3], flat, flat, flat, flat,
        np.array([3 if p50 == INF else 0]), flat, np.array([0.1]), np.array([0.9]),
    )  # fmt: skip
    return said, raw


class OneNode:
    """A show of twenty minutes with one node, told bin by bin what it has left and sold."""

    def __init__(self, left: float = 10) -> None:
        self.record = records.begin("one", 0, CLOSE * MINUTE)
        self.left, self.sold = left, 0.0
        records.settle(self.record, 0, np.array([left]), np.zeros(1))

    def say(self, minute: float, p10: float, p50: float, p90: float, chance: float = 0.99) -> None:
        said, raw = forecast(p10, p50, p90, chance)
        counted = np.array([self.left]), np.array([self.sold])
        records.keep(self.record, int(minute * MINUTE), np.array([0]), np.array([0]), said, raw, *counted)

    def at(self, minute: float, sold: float = 0, moved: float = 0) -> dict[str, Any]:
        """The record once so many more units were sold and others came (negative: were taken) by a minute."""
        self.sold += sold
        self.left += moved - sold
        records.settle(self.record, int(minute * MINUTE), np.array([self.left]), np.array([self.sold]))
        return records.summary(self.record)

    def close(self, minute: float) -> dict[str, Any]:
        records.finish(self.record, int(minute * MINUTE), np.array([self.left]), np.array([self.sold]))
        return records.summary(self.record)


# --- a right forecaster reads 80 % -------------------------------------------------------------------------------

SHARES = {"hardly any": (40, 0.5), "four tenths": (10, 0.5), "nearly all": (3, 1.5)}


@pytest.mark.parametrize("stock_and_rate", SHARES.values(), ids=SHARES)
def test_a_right_forecaster_reads_80_percent_whatever_share_sells_out(stock_and_rate: tuple[float, float]) -> None:
    inside = count = 0.0
    histogram = np.zeros(20)
    for seed in range(2):
        guess = Guess(stock=stock_and_rate[0], rate=stock_and_rate[1], seed=seed)
        record = guess.run()
        found = records.summary(record)
        inside += found["coverage_80"] * found["forecasts"]
        count += found["forecasts"]
        histogram += records.pits(record).sum(axis=(0, 1)).reshape(20, -1).sum(axis=1)
        assert found["pending"] == found["interrupted"] == 0
    assert inside / count == pytest.approx(0.8, abs=0.015)
    assert histogram == pytest.approx(histogram.mean(), rel=0.25)


def test_a_running_shows_record_is_as_unbiased_as_a_closed_ones() -> None:
    inside = count = 0.0
    for seed in range(3):
        found = records.summary(Guess(stock=6, rate=1.5, seed=seed).run(upto=13))
        assert found["pending"] > 0
        inside += found["coverage_80"] * found["forecasts"]
        count += found["forecasts"]
    assert count > 800
    assert inside / count == pytest.approx(0.8, abs=0.02)


def test_the_naive_check_reads_more_on_the_same_bands() -> None:
    assert naive_coverage(Guess(seed=5)) > 0.88


def test_a_forecaster_that_is_too_sure_is_found_out() -> None:
    found = records.summary(Guess(rate=0.8, shape=1, sure=30, seed=2).run())
    assert found["coverage_80"] < 0.75


# --- what is graded, and when ------------------------------------------------------------------------------------


def test_a_forecast_waits_for_its_p90_even_when_it_came_true_before() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    assert show.at(5, sold=10)["forecasts"] == 0
    assert show.at(8.9)["pending"] == 1
    found = show.at(9)
    assert found["forecasts"] == 1
    assert found["coverage_80"] == 1.0
    assert found["median_abs_error_minutes"] == pytest.approx(1.0, abs=0.5)


def test_a_sell_out_after_the_p90_is_outside_and_its_error_is_learned_later() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    assert show.at(9)["coverage_80"] == 0.0
    assert show.at(9)["median_abs_error_minutes"] is None
    show.at(11.9)
    found = show.at(12, sold=10)
    assert found["forecasts"] == 1
    assert found["median_abs_error_minutes"] == pytest.approx(6.0, abs=0.1)


def test_a_band_that_reaches_past_the_close_is_graded_at_the_close() -> None:
    show = OneNode()
    show.say(1, 3, 5, INF, chance=0.8)
    assert show.at(10, sold=10)["forecasts"] == 0
    found = show.at(CLOSE)
    assert found["forecasts"] == 1
    assert found["coverage_80"] == 1.0
    assert show.record.finished


def test_a_restock_does_not_change_when_a_forecast_comes_true() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    show.at(2, moved=100)
    show.at(4.9)
    show.at(5, sold=10)
    found = show.at(9)
    assert found["coverage_80"] == 1.0
    assert found["interrupted"] == 0


def test_a_forecast_is_dropped_when_units_moved_away_hide_how_it_would_have_ended() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    assert show.at(2, moved=-4)["interrupted"] == 0
    found = show.at(5, sold=6)
    assert found["interrupted"] == 1
    assert found["pending"] == found["forecasts"] == 0


def test_units_moved_away_and_never_missed_change_nothing() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    show.at(2, moved=-4)
    assert show.at(9, sold=3)["coverage_80"] == 0.0


def test_a_cancelled_order_puts_a_sell_out_off() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    show.at(3, sold=9)
    show.at(4, sold=-3)
    show.at(6, sold=1)
    show.at(7.9)
    show.at(8, sold=3)
    assert show.at(9)["median_abs_error_minutes"] == pytest.approx(2.0, abs=0.2)


def test_a_show_that_closes_early_grades_everything_by_how_far_it_got() -> None:
    inside = count = 0.0
    for seed in range(2):
        guess = Guess(seed=seed)
        record = guess.run(upto=9)
        records.finish(record, 9 * MINUTE, guess.left, guess.sold)
        found = records.summary(record)
        inside += found["coverage_80"] * found["forecasts"]
        count += found["forecasts"]
        assert found["pending"] == 0
    assert inside / count == pytest.approx(0.8, abs=0.02)


def test_after_the_close_nothing_is_kept_or_changed() -> None:
    show = OneNode()
    show.say(1, 3, 5, 8)
    found = show.close(3)
    assert not records.wants(show.record, 4 * MINUTE)
    show.say(4, 1, 2, 3)
    assert show.at(19, sold=10) == found


def test_an_empty_record_says_so() -> None:
    found = records.summary(records.begin("empty", 0, MINUTE))
    assert found["forecasts"] == 0
    assert found["coverage_80"] is None
    assert found["by_horizon"] == found["by_tier"] == []
    assert found["warned_share"] is None
    assert found["false_alarm_share"] is None


def test_the_record_names_the_tuning_its_forecasts_were_made_under() -> None:
    record = records.begin("one", 0, MINUTE)
    records.adopt(record, "20 shows of Mei", 20)
    found = records.summary(record)
    assert (found["tuning"], found["tuning_shows"]) == ("20 shows of Mei", 20)


# --- alarms ------------------------------------------------------------------------------------------------------


def test_a_sell_out_counts_as_warned_when_the_alarm_was_up_two_minutes_before() -> None:
    show = OneNode()
    show.say(4, 4.5, 9, 12)
    show.at(5.9)
    assert show.at(6, sold=10)["warned_share"] == 1.0


@pytest.mark.parametrize(("minute", "p10"), [(5, 1.0), (3, 5.5)], ids=["too late", "not an alarm"])
def test_a_sell_out_is_not_warned_of_by_less(minute: float, p10: float) -> None:
    show = OneNode()
    show.say(minute, p10, 9, 12)
    show.at(5.9)
    assert show.at(6, sold=10)["warned_share"] == 0.0


def test_an_alarm_is_false_when_the_stock_is_still_there_at_the_close() -> None:
    show = OneNode()
    show.say(4, 4.5, 9, 12)
    assert show.at(10)["false_alarm_share"] is None
    assert show.at(CLOSE)["false_alarm_share"] == 1.0


def test_stock_taken_away_is_neither_a_sell_out_nor_a_false_alarm() -> None:
    show = OneNode()
    show.say(4, 4.5, 9, 12)
    show.at(5, moved=-10)
    found = show.at(CLOSE)
    assert found["sell_outs"] == 0
    assert found["false_alarm_share"] is None


# --- size, time and truth ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("nodes", "minutes"), [(1, 60), (40, 120), (1500, 60), (60, 2880)])
def test_a_show_keeps_about_four_thousand_forecasts_at_most(nodes: int, minutes: int) -> None:
    record = records.begin("big", 0, minutes * MINUTE)
    said, raw = forecast(10.0, 20.0, 30.0, 0.95)
    everywhere = Forecast._make(np.repeat(column, nodes) for column in said)
    left, sold, looks = np.full(nodes, 9.0), np.zeros(nodes), 0
    numbers = np.arange(nodes)
    for minute in range(minutes):
        if records.wants(record, minute * MINUTE):
            looks += 1
            wide = np.repeat(raw, nodes, axis=1)
            records.keep(record, minute * MINUTE, numbers, numbers % 3, everywhere, wide, left, sold)
    kept = record.kept.shape[1]
    assert 0.8 * min(4000, nodes * looks) <= kept <= 4400
    assert looks >= min(minutes, 50)


def test_a_record_written_down_and_read_again_goes_on_the_same() -> None:
    whole, broken = Guess(nodes=60, seed=8), Guess(nodes=60, seed=8)

    def write_and_read(guess: Guess, at: int) -> None:
        if at % (3 * MINUTE) == 0:
            guess.record = unpack(pack(guess.record))

    assert pack(whole.run()) == pack(broken.run(every_bin=write_and_read))


def test_grading_never_uses_the_future() -> None:
    """Cut off anywhere, the record says what the whole show's record said at that moment."""
    said: list[dict[str, Any]] = []
    Guess(nodes=80, seed=9).run(every_bin=lambda guess, at: said.append(records.summary(guess.record)))
    for minute in (1, 7, 13, 19):
        cut = Guess(nodes=80, seed=9)
        seen: list[dict[str, Any]] = []

        def note(guess: Guess, at: int, seen: list[dict[str, Any]] = seen) -> None:
            seen.append(records.summary(guess.record))

        cut.run(upto=minute, every_bin=note)
        assert seen == said[: len(seen)]
        assert len(seen) == minute * MINUTE // BIN + 1


def test_what_an_earlier_sell_out_did_not_settle_later_sales_do_not_change() -> None:
    """Once graded, a forecast stays as it was graded: shares move by new forecasts only."""
    graded: dict[tuple[float, float], float] = {}

    def check(guess: Guess, at: int) -> None:
        rows = guess.record
        known = ~np.isnan(rows.row("inside"))
        for look, node, inside in np.stack([rows.row(name)[known] for name in ("look", "node", "inside")], axis=1):
            assert graded.setdefault((look, node), inside) == inside

    Guess(nodes=80, seed=10).run(every_bin=check)
    assert graded


def test_nodes_that_come_later_are_taken_up() -> None:
    record = records.begin("more", 0, CLOSE * MINUTE)
    records.settle(record, 0, np.array([5.0]), np.zeros(1))
    records.settle(record, MINUTE, np.array([5.0, 7.0]), np.zeros(2))
    said, raw = forecast(1.0, 2.0, 3.0, 0.99)
    both = Forecast._make(np.repeat(column, 2) for column in said)
    wide = np.repeat(raw, 2, axis=1)
    records.keep(record, MINUTE, np.array([1]), np.array([0, 2]), both, wide, np.array([5.0, 7.0]), np.zeros(2))
    records.settle(record, 3 * MINUTE, np.array([5.0, 0.0]), np.array([0.0, 7.0]))
    records.settle(record, 5 * MINUTE, np.array([5.0, 0.0]), np.array([0.0, 7.0]))
    assert records.summary(record)["by_tier"] == [
        {"tier": "test", "forecasts": 1, "coverage_80": 1.0, "median_abs_error_minutes": pytest.approx(1, abs=1)}
    ]


# --- against a naive grader --------------------------------------------------------------------------------------

BINS = 6 * CLOSE


def graded_naively(
    said: list[tuple[int, int, int, int, float]], days: list[tuple[Floats, Floats]]
) -> tuple[int, int, int]:
    """Inside, graded and interrupted, by looking along the whole show for each forecast: (bin, node, p10, p90, target).

    P10 and P90 fall on the ends of bins, so which side a sale inside a bin is on is never in doubt.
    """
    inside = graded = interrupted = 0
    for made, node, p10, p90, target in said:
        for number in range(made + 1, len(days)):
            left, sold = days[number]
            if sold[node] >= target:
                inside += made + p10 < number <= made + p90
                graded += 1
                break
            if left[node] <= 0:
                late = number > made + p90
                graded += late
                interrupted += not late
                break
            if number == made + p90:
                graded += 1
                break
    return inside, graded, interrupted


@pytest.mark.parametrize("seed", range(12))
def test_grades_are_those_of_a_grader_who_looks_at_the_whole_show(seed: int) -> None:
    """Three nodes sell, get back, are sent and lose units at random; bands end before the close."""
    chance = np.random.default_rng(seed)
    left, sold = np.array([20.0, 40.0, 15.0]), np.zeros(3)
    record = records.begin("walk", 0, CLOSE * MINUTE)
    records.settle(record, 0, left, sold)
    days, said = [(left, sold)], []
    for number in range(1, BINS):
        sales = np.minimum(left, chance.poisson(0.4, 3) * (chance.random(3) < 0.5))
        back = (chance.random(3) < 0.03) * (sold > 0)
        moved = (chance.random(3) < 0.02) * chance.integers(-8, 9, 3)
        left, sold = np.maximum(0, left - sales + back + moved), sold + sales - back
        records.settle(record, number * BIN, left, sold)
        days.append((left, sold))
        if number % 5 == 0:
            nodes = np.flatnonzero(left > 0)
            p10, width = chance.integers(1, 20, 3), chance.integers(1, 30, 3)
            p90 = np.minimum(p10 + width, BINS - 1 - number)
            p10 = np.minimum(p10, p90)
            flat = np.zeros(3)
            p50 = (p10 + p90) / 12.0
            raw = np.linspace(0.5, 19.0, len(RAW_LEVELS))[:, None] + flat
            told = Forecast(
                p10 / 6, p50, p90 / 6, flat + 0.99, flat, flat, flat, flat, flat.astype(np.int64), flat,
                flat + 0.1, flat + 0.9,
            )  # fmt: skip
            records.keep(record, number * BIN, nodes, np.arange(3), told, raw, left, sold)
            said += [(number, int(n), int(p10[n]), int(p90[n]), float(left[n] + sold[n])) for n in nodes if p90[n] > 0]
    found = records.summary(record)
    inside, graded, interrupted = graded_naively(said, days)
    assert graded > 10
    assert (found["forecasts"], found["interrupted"]) == (graded, interrupted)
    assert round(found["coverage_80"] * found["forecasts"]) == inside
