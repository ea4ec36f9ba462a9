"""Spells: how much of each bin something could be sold, and when it could not."""

import numpy as np

from dashboard.review.spells import between, clipped, open_share

ROWS = [(1, -50, 15), (0, 0, 100), (1, 20, 30), (1, 35, 400), (2, 150, 200)]
"""(node, from, to) in no order; the show lasts from 0 to 100."""


def test_only_what_lies_in_the_show_counts_by_node_and_time() -> None:
    found = clipped(ROWS, 0, 100)
    assert found.node.tolist() == [0, 1, 1, 1]
    assert found.begun.tolist() == [0, 0, 20, 35]
    assert found.ended.tolist() == [100, 15, 30, 100]


def test_a_bin_is_open_by_the_share_of_its_time() -> None:
    found = open_share(clipped(ROWS, 0, 100), 0, 100, 30, 4, 3)
    assert found[0].tolist() == [1, 1, 1, 1], "the last bin is shorter"
    assert np.allclose(found[1], [25 / 30, 25 / 30, 1, 1])
    assert found[2].tolist() == [0, 0, 0, 0]


def test_gaps_are_what_lies_between() -> None:
    found = between(clipped(ROWS, 0, 100), 0, 100, np.array([0, 1, 2]))
    assert list(zip(found.node.tolist(), found.begun.tolist(), found.ended.tolist(), strict=True)) == [
        (1, 15, 20),
        (1, 30, 35),
        (2, 0, 100),
    ]
