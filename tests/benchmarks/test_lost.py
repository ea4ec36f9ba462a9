"""On simulated truth the estimate is much less biased than any naive one, and what is lost is accounted for."""

import numpy as np

from tests.benchmarks import lost
from tests.benchmarks.lost_play import played
from tests.simulated.draw import draw
from tests.simulated.show import VARIANTS
from tests.simulated.streams import TUNE

SEEDS = TUNE[:8]


def test_told_what_was_on_screen_the_bias_is_at_most_half_of_the_best_naive_one() -> None:
    found = lost.score("base", True, SEEDS)
    assert 0.2 <= found.sold_out <= 0.6
    assert abs(found.bias(0)) <= 0.5 * abs(found.bias(found.best_naive()))
    assert found.error(0, (1, 2, 3)) <= 0.5 * min(found.error(row, (1, 2, 3)) for row in (1, 2, 3))
    lost.table([found])


def test_with_nobody_telling_the_bias_is_still_at_most_half_of_the_best_naive_one() -> None:
    found = lost.score("base", False, SEEDS)
    assert abs(found.bias(0)) <= 0.5 * abs(found.bias(found.best_naive()))
    assert found.error(0, (1, 2, 3)) <= 0.7 * min(found.error(row, (1, 2, 3)) for row in (1, 2, 3))


def test_what_was_wanted_was_sold_or_lost() -> None:
    show = draw(SEEDS[0], VARIANTS["scarce"])
    night = played(show)
    sold = sum(line.quantity for ask in night.asks for event in ask.events for line in getattr(event, "lines", ()))
    assert sold + night.lost.sum() == show.order_units.sum()
    assert np.all(night.lost >= 0)
