"""The weather does what its profile says, the same for the same seed."""

from dataclasses import fields
from random import Random
from statistics import median

import pytest

from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile, Weather, without_hands

MANY = 4_000


def weather(seed: int = 1, **profile: float) -> Weather:
    """A weather of one profile."""
    return Weather(Profile("test", **profile), Random(seed))  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_weather() -> None:
    first, again, other = (Weather(PROFILES["all"], Random(seed)) for seed in (1, 1, 2))
    drawn = [[one.webhook_lags() for _ in range(200)] for one in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_lags_lie_around_their_median_and_take_time() -> None:
    one = weather(lag_seconds=0.2, lag_spread=0.5)
    lags = [one.lag() for _ in range(MANY)]
    assert abs(median(lags) / SECOND - 0.2) < 0.02
    assert min(lags) >= 1000
    assert max(lags) > 2 * median(lags), "networks have long tails"


@pytest.mark.parametrize(
    ("fault", "copies"), [({}, 1.0), ({"webhooks_lost": 0.2}, 0.8), ({"webhooks_doubled": 0.3}, 1.3)]
)
def test_so_many_webhooks_arrive(fault: dict[str, float], copies: float) -> None:
    one = weather(**fault)
    assert abs(sum(len(one.webhook_lags()) for _ in range(MANY)) / MANY - copies) < 0.03


def test_stragglers_are_overtaken() -> None:
    one = weather(straggling=0.2, straggling_seconds=10.0)
    late = sum(one.webhook_lags()[0] > SECOND for _ in range(MANY)) / MANY
    assert 0.15 < late < 0.2


def test_a_double_comes_after_its_first() -> None:
    one = weather(webhooks_doubled=1.0)
    assert all(first < second for first, second in (one.webhook_lags() for _ in range(100)))


def test_spells_lie_within_the_show_and_last_as_long_as_told() -> None:
    one = weather(outage_seconds=20.0)
    for begin, end in one.spells(50, 0, 300 * SECOND):
        assert 0 <= begin < end <= 300 * SECOND
        assert end - begin == 20 * SECOND
    assert one.spells(0, 0, SECOND) == []
    assert len(one.spells(1, 0, SECOND)) == 1, "a show shorter than its outage"


def test_clocks_are_off_by_no_more_than_told() -> None:
    one = weather(skew_seconds=90.0)
    assert max(abs(one.skew()) for _ in range(MANY)) <= 90 * SECOND
    assert weather().skew() == 0


def test_every_profile_is_found_by_its_name_and_all_has_every_fault() -> None:
    assert all(name == profile.name for name, profile in PROFILES.items())
    default = Profile("none")
    for field in fields(Profile):
        if field.name not in ("name", "lag_seconds", "lag_spread"):
            assert getattr(PROFILES["all"], field.name) > getattr(default, field.name), field.name


def test_without_hands_the_rest_of_the_weather_stays() -> None:
    calm = without_hands(PROFILES["all"])
    assert (calm.hands, calm.hand_units) == (0, 0)
    assert calm.webhooks_lost == PROFILES["all"].webhooks_lost
