"""What rules have to remember of the last hour: which way units went, and what the host pushed."""

from dashboard.projections.audit import HOUR, WAYS_KEPT
from tests.projections.film import Film

Way = tuple[str, str, str]


def ways(film: Film, **when: int) -> list[Way]:
    """SKU, from and to of the frame's ways, the newest last."""
    return [(row["sku"], row["from_pool"], row["to_pool"]) for row in film.frame(**when)["went"]]


def test_a_way_is_remembered_whoever_took_it_and_only_once() -> None:
    film = Film()
    film.play(
        """
        receive 90 lamp at LA
        t = move 20 lamp from flexible to region/US
        lend 5 lamp from region/US to region/EU as L until +30m
        move 10 lamp from flexible to region/US
        undo t
        give back L
        """
    )
    assert ways(film) == [
        ("lamp", "region/US", "region/EU"), ("lamp", "flexible", "region/US"), ("lamp", "region/US", "flexible"),
        ("lamp", "region/EU", "region/US"),
    ]  # fmt: skip


def test_what_is_only_asked_for_has_not_gone_yet() -> None:
    film = Film()
    film.play("receive 20 lamp at LA into region/US\nexpose 20 lamp on tiktok-us")
    film.line("t = move 12 lamp from region/US to region/EU (recall)")
    assert ways(film) == []
    film.play("recall 3 lamp from tiktok-us\nfulfil t")
    assert ways(film) == [("lamp", "region/US", "region/EU")]


def test_a_way_is_forgotten_after_an_hour_and_few_are_kept() -> None:
    film = Film()
    film.play("receive 90 lamp at LA\nmove 20 lamp from flexible to region/US")
    assert len(ways(film)) == 1
    assert ways(film, at=film.caught_up().at + HOUR - 1) != []
    assert ways(film, at=film.caught_up().at + HOUR) == []
    assert WAYS_KEPT == 1000


def test_pushes_of_the_host_are_in_the_frame() -> None:
    film = Film()
    film.play("on screen ring (push)\non screen lamp")
    assert [row["sku"] for row in film.frame()["pushes"]] == ["ring"]
