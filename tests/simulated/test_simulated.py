"""The simulator draws the shows that were frozen, its parts do what they say, and its seeds stay apart."""

import itertools
import json

import numpy as np
import pytest

from tests.simulated import golden
from tests.simulated.draw import draw
from tests.simulated.goods import lots, mean_lot
from tests.simulated.show import VARIANTS, Floats, SimulatedShow, Size, apportioned
from tests.simulated.streams import CALIBRATE, GOLDEN, LEARN, SCORE, TUNE, Streams, drift

FROZEN = json.loads(golden.INDEX.read_text(encoding="utf-8"))["shows"]


def shown_shares(show: SimulatedShow) -> tuple[float, float]:
    """The share of the time on which the planned SKU is shown, and on which anything is."""
    middles = show.size.middles()
    place = np.searchsorted(show.rundown.start, middles, side="right") - 1
    planned = np.where(place >= 0, show.rundown.sku[np.maximum(place, 0)], -1)
    return float((planned == show.on_screen).mean()), float((show.on_screen >= 0).mean())


@pytest.mark.parametrize("row", FROZEN, ids=lambda row: f"{row['variant']}-{row['seed']}")
def test_a_frozen_show_is_drawn_again(row: dict[str, object]) -> None:
    found = golden.summary(draw(int(str(row["seed"])), VARIANTS[str(row["variant"])]))
    assert {"variant": row["variant"], "seed": row["seed"], **found} == row


@pytest.mark.parametrize(("variant", "seed"), golden.WHOLE)
def test_a_small_show_kept_whole_is_drawn_again(variant: str, seed: int) -> None:
    drawn = draw(seed, VARIANTS[variant], golden.SMALL).arrays()
    with np.load(golden.trace_path(variant)) as kept:
        assert {*kept.files, "rate"} == set(drawn)
        for name in kept.files:
            np.testing.assert_allclose(drawn[name], kept[name], rtol=1e-9, err_msg=name)


def test_there_are_twenty_frozen_shows_of_every_variant() -> None:
    assert [(row["variant"], row["seed"]) for row in FROZEN] == golden.named()
    assert {row["variant"] for row in FROZEN} == set(VARIANTS)
    assert len(FROZEN) == 20


def test_no_seed_serves_two_purposes() -> None:
    for one, other in itertools.combinations((LEARN, TUNE, CALIBRATE, SCORE, GOLDEN), 2):
        assert not set(one) & set(other)
    assert len(SCORE) >= 200


def test_a_variant_changes_nothing_else_than_it_says() -> None:
    base, crash, scarce = (draw(TUNE[0], VARIANTS[name]) for name in ("base", "crash", "scarce"))
    assert np.array_equal(base.on_screen, crash.on_screen)
    assert np.array_equal(base.order_at, scarce.order_at)
    assert scarce.pools().sum() < 0.7 * base.pools().sum()
    assert crash.viewers[:, :, -30:].sum() < 0.5 * base.viewers[:, :, -30:].sum()
    assert np.allclose(draw(TUNE[0], VARIANTS["low"]).plan, 0.6 * base.plan)


def test_a_host_who_obeys_less_follows_the_rundown_less() -> None:
    followed = [
        np.mean([shown_shares(draw(seed, VARIANTS[name]))[0] for seed in TUNE[:6]]) for name in ("base", "half", "whim")
    ]
    assert followed[0] > 0.55
    assert followed[0] > followed[1] + 0.1
    assert followed[1] > followed[2] + 0.1


def test_orders_come_at_the_hidden_rate_and_most_nodes_are_sparse() -> None:
    shows = [draw(seed) for seed in LEARN[:12]]
    wanted, expected = (
        sum(float(show.order_units.sum()) for show in shows),
        sum(float(show.rate.sum()) * show.size.bin_minutes for show in shows),
    )
    assert wanted == pytest.approx(expected, rel=0.02)
    assert wanted == pytest.approx(sum(float(show.plan.sum()) for show in shows), rel=0.25)
    out = np.mean([(show.units().sum(axis=2) >= show.pools()).mean() for show in shows])
    assert 0.45 < out < 0.65
    sparse = []
    for show in shows:
        node = np.zeros(show.plan.shape)
        np.add.at(node, (show.order_sku, show.order_region, show.order_channel), show.order_units)
        sparse.append(np.median(node[show.tier == 2]))
    assert 1 <= np.mean(sparse) <= 2.5


def test_every_array_has_its_shape_and_every_order_its_place() -> None:
    size = Size(skus=5, regions=2, channels=3, minutes=20, bin_seconds=20)
    show = draw(TUNE[1], size=size)
    assert show.rate.shape == (5, 2, 3, size.bins)
    assert show.viewers.shape == (2, 3, size.bins)
    assert show.units().shape == (5, 2, size.bins)
    assert show.units().sum() == show.order_units.sum()
    assert np.all(np.diff(show.order_at) >= 0)
    assert show.order_at.max() < 20 * 60 * 1_000_000
    assert not show.pushed[show.on_screen < 0].any()
    assert show.names == [["r0-c0", "r0-c1", "r0-c2"], ["r1-c0", "r1-c1", "r1-c2"]]
    assert show.pools().sum() == show.firm.sum() + show.flexible.sum()


def test_lots_have_the_mean_they_are_reckoned_with() -> None:
    chance = Streams(1).named("lots")
    lumpy = np.repeat(np.array([0, 1]), 200_000)
    drawn = lots(chance, lumpy)
    means = [drawn[lumpy == kind].mean() for kind in (0, 1)]
    assert means == pytest.approx(list(mean_lot()), rel=0.02)


def test_a_drift_has_mean_one_and_forgets() -> None:
    wandered = drift(Streams(2).named("drift"), (400, 600), 0.3, 60.0)
    assert wandered.mean() == pytest.approx(1.0, abs=0.03)
    logs = np.log(wandered)

    def alike(lag: int) -> float:
        return float(np.corrcoef(logs[:, :-lag].ravel(), logs[:, lag:].ravel())[0, 1])

    assert alike(60) == pytest.approx(np.exp(-1), abs=0.05)
    assert alike(400) < 0.1


def test_apportioning_loses_no_unit_and_follows_the_weights() -> None:
    weights: Floats = np.array([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 0.0]]])
    split = apportioned(np.array([10, 4]), weights)
    assert split.tolist() == [[[1, 2], [3, 4]], [[2, 1], [1, 0]]]
