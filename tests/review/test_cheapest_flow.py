"""The cheapest flow: as good as the best of all flows of a small network, and nothing sent that does not pay."""

from itertools import product

from hypothesis import given, strategies as st

from dashboard.review.cheapest_flow import Network

Arcs = list[tuple[int, int, int, int]]
"""Tail, head, room, price; from node 0 to node 4."""
NODES = 5


def told(arcs: Arcs) -> tuple[int, list[int]]:
    """Units that arrive, and units on every arc."""
    net = Network()
    for _ in range(NODES):
        net.node()
    numbers = [net.arc(*arc) for arc in arcs]
    arrived = net.fill(0, NODES - 1)
    return arrived, [net.sent(number) for number in numbers]


def worth(arcs: Arcs, sent: tuple[int, ...]) -> int | None:
    """What a flow is worth; None where a node in between keeps or makes units."""
    for node in range(1, NODES - 1):
        come = sum(units for (_, head, _, _), units in zip(arcs, sent, strict=True) if head == node)
        if come != sum(units for (tail, _, _, _), units in zip(arcs, sent, strict=True) if tail == node):
            return None
    return -sum(units * price for (_, _, _, price), units in zip(arcs, sent, strict=True))


def test_what_is_worth_more_goes_first_and_gives_way_to_more() -> None:
    arcs = [(0, 1, 1, 0), (0, 2, 1, 0), (1, 3, 1, -5), (1, 2, 1, 0), (2, 3, 1, -4), (3, 4, 2, 0)]
    assert told(arcs) == (2, [1, 1, 1, 0, 1, 2])
    assert told([(0, 1, 3, 0), (1, 2, 2, -7), (1, 3, 1, -1), (2, 4, 3, 0), (3, 4, 3, 0)]) == (3, [3, 2, 1, 2, 1])


def test_what_does_not_pay_stays() -> None:
    assert told([(0, 1, 3, 2), (1, 4, 3, -2)]) == (0, [0, 0])
    assert told([(0, 1, 3, 2), (1, 4, 3, -3)]) == (3, [3, 3])


LINKS = [(tail, head) for tail in range(NODES) for head in range(tail + 1, NODES)]


@given(st.lists(st.tuples(st.sampled_from(LINKS), st.integers(0, 2), st.integers(-3, 2)), min_size=1, max_size=7))
def test_no_other_flow_is_worth_more(links: list[tuple[tuple[int, int], int, int]]) -> None:
    arcs = [(tail, head, room, price) for (tail, head), room, price in links]
    _, sent = told(arcs)
    mine = worth(arcs, tuple(sent))
    every = (worth(arcs, flow) for flow in product(*(range(room + 1) for _, _, room, _ in arcs)))
    assert mine == max(value for value in every if value is not None)
