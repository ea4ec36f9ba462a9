"""What each channel sold and could sell: minutes stop at the sell-out, viewers stand for the time before them too."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from dashboard.decision import commands as c
from dashboard.projections import frame as frames, traded as trades
from dashboard.projections.past import fold_upto
from dashboard.projections.traded import ANY, ON_AIR, Traded
from tests.decision.watched import HOUR, MINUTE, START
from tests.projections.film import Film
from tests.projections.nights import FilmedNight
from tests.projections.seasons import opening, orders, play, room_at

CHANNELS = ["tiktok-us", "shopify-us", "amazon-eu"]
SKUS = ["lamp", "ring"]


def traded(film: Film, minute: float) -> Traded:
    """What was traded by so many minutes after the start; a note lets the bins pass."""
    film.now = START + int(minute * MINUTE)
    assert isinstance(film.ask("note so far"), tuple)
    return film.caught_up().forecasts.traded


def exposure(found: Traded, channel: str, sku: str) -> float:
    """Of one pair."""
    return float(found.exposure[CHANNELS.index(channel), SKUS.index(sku)])


def exactly(value: float) -> object:
    """So much, or a bin of ten seconds beside it."""
    return pytest.approx(value, abs=10 / 60)


def test_a_channel_that_lists_nothing_can_sell_what_its_region_has_until_it_is_sold_out() -> None:
    film = Film()
    film.play("receive 5 lamp at LA into region/US\nreceive 5 ring at HH into region/EU")
    film.now = START + 30 * MINUTE
    film.line("order A on tiktok-us: 5 lamp")
    found = traded(film, 60)
    for channel in ("tiktok-us", "shopify-us"):
        assert exposure(found, channel, "lamp") == exactly(30)
        assert exposure(found, channel, "ring") == 0
    assert exposure(found, "amazon-eu", "ring") == exactly(60)
    assert found.exposure[:, ANY].tolist() == [exactly(30), exactly(30), exactly(60)]
    assert found.exposure[:, ON_AIR].tolist() == [exactly(60)] * 3
    assert found.minutes == exactly(60)


def test_units_that_come_back_can_be_bought_again() -> None:
    film = Film()
    film.line("receive 5 lamp at LA into region/US")
    film.now = START + 20 * MINUTE
    film.line("order A on tiktok-us: 5 lamp")
    film.now = START + 40 * MINUTE
    film.line("cancel A of tiktok-us: 2 lamp")
    found = traded(film, 60)
    assert exposure(found, "tiktok-us", "lamp") == exactly(40)
    assert found.units == {"tiktok-us": {"lamp": 3}, "shopify-us": {}, "amazon-eu": {}}


def test_a_channel_that_lists_can_sell_what_it_lists_and_a_shared_sku_what_its_region_has() -> None:
    film = Film(draws=("channel", "region"))
    film.play("receive 9 lamp at LA into region/US\nreceive 9 ring at LA into region/US\nexpose 2 lamp on tiktok-us")
    film.now = START + 30 * MINUTE
    film.line("order A on tiktok-us: 2 lamp")
    found = traded(film, 60)
    assert exposure(found, "tiktok-us", "lamp") == exactly(30)
    assert exposure(found, "tiktok-us", "ring") == 0, "it lists none"
    assert exposure(found, "shopify-us", "lamp") == exactly(60), "it lists nothing at all"
    assert exposure(found, "shopify-us", "ring") == exactly(60)
    film.line("list lamp as shared")
    assert exposure(traded(film, 90), "tiktok-us", "lamp") == exactly(60)
    film.line("list lamp as proof")
    assert exposure(traded(film, 110), "tiktok-us", "lamp") == exactly(60)


def test_a_stream_sells_what_its_shop_lists() -> None:
    behind = tuple(c.Channel(name, "tiktok", "US", behind=shop) for name, shop in (("stream", "shop"), ("shop", "")))
    film = Film(channels=behind)
    film.play("receive 9 lamp at LA into region/US\nexpose 3 lamp on shop")
    film.now = START + 30 * MINUTE
    film.line("order A on stream: 3 lamp before 2000 viewers")
    found = traded(film, 60)
    assert found.units == {"stream": {"lamp": 3}, "shop": {}}
    assert found.exposure[:, 0].tolist() == [pytest.approx(2 * 30, abs=0.4), exactly(30)]


def test_the_first_viewers_stand_for_the_time_before_them_and_later_ones_from_then_on() -> None:
    film = Film()
    film.line("receive 99 lamp at LA into region/US")
    assert exposure(traded(film, 10), "tiktok-us", "lamp") == exactly(10)
    film.line("order A on tiktok-us: 1 lamp before 3000 viewers")
    assert exposure(traded(film, 20), "tiktok-us", "lamp") == pytest.approx(60, abs=0.6)
    film.line("order B on tiktok-us: 1 lamp before 500 viewers")
    film.line("order C on shopify-us: 1 lamp before 0 viewers")
    found = traded(film, 30)
    assert exposure(found, "tiktok-us", "lamp") == pytest.approx(65, abs=1.0)
    assert exposure(found, "shopify-us", "lamp") == exactly(30), "nobody is no count"
    assert found.viewers.tolist() == [500, 0, 0]


def test_orders_outside_the_planned_time_are_left_out() -> None:
    film = Film(starts_at=START + HOUR, ends_at=START + 2 * HOUR)
    film.play("receive 9 lamp at LA into region/US\norder early on tiktok-us: 1 lamp")
    film.now = START + HOUR
    film.line("order in on tiktok-us: 2 lamp")
    film.now = START + 2 * HOUR
    film.line("order late on tiktok-us: 4 lamp")
    found = traded(film, 180)
    assert found.units["tiktok-us"] == {"lamp": 2}
    assert exposure(found, "tiktok-us", "lamp") == exactly(60)


def test_what_sold_out_in_the_first_seconds_could_be_bought_in_them() -> None:
    film = Film()
    film.play("receive 5 lamp at LA into region/US\norder A on tiktok-us: 5 lamp")
    found = traded(film, 30)
    assert 0 < exposure(found, "tiktok-us", "lamp") <= 10 / 60
    assert exposure(found, "shopify-us", "lamp") == 0


def test_a_show_of_very_many_pairs_is_kept_per_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trades, "PAIRS_MAX", 5)
    film = Film()
    film.play("receive 5 lamp at LA into region/US\nreceive 2 ring at LA into region/US\nexpose 2 lamp on shopify-us")
    film.now = START + 30 * MINUTE
    film.play("order A on shopify-us: 2 lamp\norder B on tiktok-us: 3 lamp\ncancel B of tiktok-us: 1 lamp")
    found = traded(film, 60)
    assert found.exposure.shape == (3, 2)
    assert found.exposure[:, ANY].tolist() == [exactly(60), exactly(30), 0]
    assert found.units == {"tiktok-us": {"": 2}, "shopify-us": {"": 2}, "amazon-eu": {}}
    film.line("list ring as shared")
    assert traded(film, 90).exposure[:, ANY].tolist() == [exactly(90), exactly(60), 0]


@pytest.mark.parametrize("seed", [1, 2])
def test_written_down_half_way_and_taken_up_again_it_is_the_same_to_the_last_bit(seed: int) -> None:
    night, other = FilmedNight(seed), FilmedNight(seed)
    for _ in range(60):
        night.step()
        other.step()
    other.facts = frames.unpack(frames.packed(other.caught_up()))
    for _ in range(60):
        night.step()
        other.step()
    found, again = (film.caught_up().forecasts.traded for film in (night, other))
    assert _written(found) == _written(again)
    assert sum(map(sum, (units.values() for units in found.units.values()))) > 0
    assert np.all(found.exposure[:, :ANY] <= found.exposure[:, [ANY]])
    assert np.all(found.exposure[:, ANY] <= found.exposure[:, ON_AIR])


def test_live_and_replayed_it_is_the_same(tmp_path: Path) -> None:
    room = room_at(tmp_path / "season.duckdb")
    play(room, "monday", 0)
    room.handle([*opening("tuesday", 1), *orders("tuesday", 1)[:20]], None)
    for show in ("monday", "tuesday"):
        (span,) = (span for span in room.journal.spans() if span.show == show)
        again = fold_upto(room.journal, show, span.last_seq)
        assert again is not None
        live = room._facts[show].forecasts.traded
        assert _written(live) == _written(again.forecasts.traded)
        assert live.units["shop"]["RING"] > 10
    room.stop()


def _written(found: Traded) -> bytes:
    return msgspec.json.encode(found, enc_hook=lambda array: array.tolist())
