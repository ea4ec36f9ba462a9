"""Losses: every missed unit has one cause, no unsold unit saves two, and none that could have saved one is left unused."""

import random
from typing import Any

import pytest

from dashboard.review.losses import CAUSES, split
from dashboard.review.lost import Missed
from tests.decision.shows import SHOW
from tests.review.causes_kit import REGION_OF, WIDE, Told, missed
from tests.review.naive_losses import Naive


def causes(told: Told, *orders: Missed) -> dict[str, int]:
    """The causes of all rows together that are not 0."""
    rows = split(told.asks, SHOW, orders)
    for row in rows:
        assert sum(row["causes"].values()) == row["units"]
        assert tuple(row["causes"]) == CAUSES
    assert sum(row["units"] for row in rows) == sum(order.units for order in orders)
    sums = {cause: sum(row["causes"][cause] for row in rows) for cause in CAUSES}
    return {cause: units for cause, units in sums.items() if units}


def stocked(text: str = "", **world: Any) -> Told:
    """Ten lamps in Newark, of which both regions draw, in the flexible pool."""
    told = Told(**{"lanes": WIDE} | world)
    told.play("receive 10 lamp at NJ\n" + text)
    return told


def test_a_show_without_losses_has_no_rows() -> None:
    assert split(stocked().asks, SHOW, ()) == []


def test_a_show_that_nobody_opened_is_told() -> None:
    with pytest.raises(ValueError, match="There is no show 'day' in this journal"):
        split(stocked().asks, "day", ())


def test_what_our_terms_turned_away_needs_no_unit_to_explain_it() -> None:
    told = stocked()
    assert causes(told, missed(5, "tiktok-us", 3, "limit"), missed(6, "amazon-eu", 2, "refused")) == {"rule": 5}


def test_what_lies_unsold_on_another_channel_of_the_region_was_locked() -> None:
    told = stocked(
        "move 6 lamp from flexible to region/US\nexpose 4 lamp on shopify-us\nwithhold 1 lamp for shopify-us"
    )
    told.told(50, "close the show")
    assert causes(told, missed(10, "tiktok-us", 6)) == {"exposure_lock": 6}
    assert causes(told, missed(10, "tiktok-us", 8)) == {"exposure_lock": 6, "late_transfer": 2}


def test_what_was_sold_later_cannot_have_saved_anybody() -> None:
    told = stocked("move 10 lamp from flexible to region/US\nexpose 10 lamp on shopify-us")
    told.told(20, "order A on shopify-us: 8 lamp")
    assert causes(told, missed(10, "tiktok-us", 5)) == {"exposure_lock": 2, "stock": 3}


def test_what_came_back_by_a_cancellation_saves_only_who_came_after_it() -> None:
    told = stocked("move 10 lamp from flexible to region/US\norder A on shopify-us: 10 lamp")
    told.told(20, "cancel A of shopify-us: 4 lamp")
    assert causes(told, missed(10, "tiktok-us", 5)) == {"stock": 5}
    assert causes(told, missed(30, "tiktok-us", 5)) == {"exposure_lock": 4, "stock": 1}


def test_what_lay_in_the_flexible_pool_was_sent_too_late_or_never() -> None:
    told = stocked()
    told.told(20, "move 6 lamp from flexible to region/US")
    assert causes(told, missed(10, "tiktok-us", 12)) == {"late_transfer": 10, "stock": 2}
    assert causes(told, missed(30, "tiktok-us", 12)) == {"exposure_lock": 6, "late_transfer": 4, "stock": 2}


def test_what_comes_from_another_region_comes_late_and_what_stays_there_was_split_wrongly() -> None:
    told = stocked("move 10 lamp from flexible to region/EU")
    told.told(20, "lend 4 lamp from region/EU to region/US as L until +10h")
    assert causes(told, missed(10, "tiktok-us", 12)) == {"late_transfer": 4, "opening_split": 6, "stock": 2}


def test_what_goes_away_and_is_given_back_was_split_wrongly() -> None:
    told = stocked("move 10 lamp from flexible to region/US")
    told.told(20, "lend 4 lamp from region/US to region/EU as L until +15m")
    told.told(36, "give back L")
    assert causes(told, missed(40, "amazon-eu", 5)) == {"opening_split": 5}
    assert causes(told, missed(25, "amazon-eu", 5)) == {"exposure_lock": 4, "opening_split": 1}
    assert causes(told, missed(25, "tiktok-us", 11)) == {"exposure_lock": 6, "late_transfer": 4, "stock": 1}


def test_goods_that_no_lane_leads_to_a_buyer_are_no_stock_for_them() -> None:
    told = Told()
    told.play("receive 10 lamp at HH into region/EU")
    assert causes(told, missed(10, "tiktok-us", 5)) == {"stock": 5}
    assert causes(told, missed(10, "amazon-eu", 5)) == {"exposure_lock": 5}


def test_goods_that_serve_two_regions_serve_one_buyer_each() -> None:
    told = stocked()
    orders = missed(10, "tiktok-us", 7), missed(11, "amazon-eu", 7)
    assert causes(told, *orders) == {"late_transfer": 10, "stock": 4}


def test_a_shipment_that_arrives_after_the_order_or_after_the_close_came_too_late() -> None:
    told = Told()
    told.play("receive 10 lamp at HH\nsend S from HH to NJ: 6 lamp\nsend T from HH to LA: 4 lamp")
    told.told(30, "S arrives with 6 lamp")
    told.told(60, "close the show")
    told.told(90, "T arrives with 4 lamp")
    assert causes(told, missed(10, "tiktok-us", 12)) == {"late_transfer": 10, "stock": 2}
    assert causes(told, missed(40, "amazon-eu", 12)) == {"stock": 12}


def test_units_off_sale_save_nobody() -> None:
    told = stocked()
    told.play("quarantine 7 lamp at NJ")
    assert causes(told, missed(10, "tiktok-us", 5)) == {"late_transfer": 3, "stock": 2}


def test_units_sold_on_their_way_are_no_longer_there() -> None:
    told = Told(lanes=WIDE, sells_in_transit=True)
    told.play("receive 10 lamp at HH into region/US\nsend S from HH to NJ: 10 lamp\norder A on tiktok-us: 7 lamp")
    assert causes(told, missed(10, "tiktok-us", 5)) == {"exposure_lock": 3, "stock": 2}


def test_the_pool_of_a_guest_counts_like_the_flexible_one() -> None:
    told = stocked("open pool mia with 10 lamp for shopify-us")
    told.told(40, "close pool mia to region/EU")
    assert causes(told, missed(10, "tiktok-us", 4)) == {"late_transfer": 4}
    assert causes(told, missed(50, "tiktok-us", 4)) == {"opening_split": 4}


def test_what_a_region_had_unlisted_is_its_own_lock_even_if_others_could_have_had_it() -> None:
    """Europe could be served by what is still on its way to Hamburg, so that Newark's units were free for America."""
    told = Told(lanes=WIDE)
    told.play("receive 2 lamp at NJ into region/EU\nreceive 2 lamp at LA\nsend S from LA to HH: 2 lamp")
    told.told(90, "close the show")
    europe, america = missed(10, "amazon-eu", 2), missed(9, "tiktok-us", 2)
    assert causes(told, america) == {"opening_split": 2}
    assert causes(told, america, europe) == {"exposure_lock": 2, "stock": 2}
    assert causes(told, america, europe, europe) == {"exposure_lock": 2, "late_transfer": 2, "stock": 2}


def test_as_few_as_possible_are_called_lost_for_want_of_stock() -> None:
    """The unit in Hamburg serves Europe alone, so Newark's is left for America though Europe was first to miss one."""
    told = Told(lanes=WIDE)
    told.play("receive 1 lamp at NJ\nreceive 1 lamp at HH into region/US")
    assert causes(told, missed(5, "amazon-eu"), missed(6, "tiktok-us")) == {"exposure_lock": 1, "late_transfer": 1}


def test_a_lopsided_opening_shows_in_its_rows() -> None:
    """Europe starts with nearly all, what is flexible is sent an hour late."""
    told = Told(lanes=WIDE)
    told.play("receive 100 lamp at NJ\nmove 80 lamp from flexible to region/EU\nmove 5 lamp from flexible to region/US")
    told.told(5, "order A on tiktok-us: 5 lamp")
    told.told(6, "order B on amazon-eu: 30 lamp")
    told.told(60, "move 15 lamp from flexible to region/US")
    told.told(70, "order C on tiktok-us: 2 lamp")
    told.told(119, "close the show")
    rows = split(told.asks, SHOW, [missed(minute, "tiktok-us", 2) for minute in range(10, 60)])
    assert rows == [
        {
            "region": "US", "sku": "lamp", "channel": "tiktok-us", "units": 100,
            "causes": {"exposure_lock": 0, "late_transfer": 13, "opening_split": 50, "rule": 0, "stock": 37},
        }
    ]  # fmt: skip


PHRASES = (
    "receive 1 lamp at {place} into {pool}",
    "lend {n} lamp from {pool} to {other} as {id}",
    "move {n} lamp from {pool} to {other}",
    "move {n} lamp from {pool} to {other}",
    "expose {n} lamp on {channel}",
    *["order {id} on {channel}: {n} lamp"] * 6,
    "cancel {order}: 1 lamp",
    "cancel {order}: 1 lamp",
    "send {id} from {place} to {building}: {n} lamp out of {pool} into {other}",
    "{shipment} arrives with 1 lamp",
    "open pool {id} with {n} lamp from {pool}",
    "close pool {guest} to {pool}",
    "quarantine 1 lamp at {place} out of {pool}",
)


def night(chance: random.Random) -> Told:
    """A small night of commands by chance; refused ones leave no trace."""
    told = Told(lanes=WIDE, draws=("channel", "region"))
    told.play("receive 3 lamp at NJ\nreceive 2 lamp at NJ into region/EU\nmove 1 lamp from flexible to region/US")
    pools = ("flexible", "region/US", "region/EU")
    for number in range(chance.randint(6, 18)):
        told.to(2 * number + 1)
        names = {
            "order": [f"{order} of {channel}" for channel, order in told.show.orders],
            "shipment": [*told.show.shipments, "X"],
            "guest": [*(pool.removeprefix("temporary/") for pool in told.show.guests), "X"],
            "channel": list(REGION_OF),
            "pool": pools,
            "other": pools,
            "place": ("NJ", "NJ", "HH", "LA"),
            "building": ("NJ", "HH", "LA"),
        }
        words = {name: chance.choice(known or ("A of tiktok-us",)) for name, known in names.items()}
        told.ask(chance.choice(PHRASES).format(n=chance.randint(1, 3), id=number, **words))
    return told


def orders_of(chance: random.Random) -> list[Missed]:
    """Up to three missed units of the night."""
    channels = chance.choices(list(REGION_OF), k=chance.randint(1, 3))
    return [missed(chance.randint(0, 36), channel) for channel in channels]


@pytest.mark.parametrize("start", range(0, 250, 50))
def test_no_other_way_saves_more_by_the_cheapest_remedies(start: int) -> None:
    for number in range(start, start + 50):
        chance = random.Random(number)
        told, orders = night(chance), orders_of(chance)
        naive = {cause: units for cause, units in Naive(told.asks, "lamp").causes(orders).items() if units}
        assert causes(told, *orders) == naive, number
