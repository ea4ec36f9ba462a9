"""The host of a simulated show: the planned rundown, what really comes on screen, the state of the talk, the pushes.

The talk is semi-Markov: pitch, demonstration, closing and chat each last a lognormal time and lead to the next by a
table of chances; closing is when the host pushes. Slots run over or short, start late, swap with their neighbour, drop
out or come back; a host who ignores the rundown shows what sells instead.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from tests.simulated.show import Flags, Floats, Ints, Size, Slots, Variant
from tests.simulated.streams import Streams

PITCH, DEMO, CLOSE, CHAT = range(4)
STATE_SECONDS = (55.0, 75.0, 38.0, 24.0)
STATE_SPREAD = (0.5, 0.6, 0.4, 0.7)
STATE_BUYING = np.array([0.95, 0.7, 1.25, 0.5])
NEXT_STATE = np.array([[0.0, 0.6, 0.3, 0.1], [0.35, 0.0, 0.45, 0.2], [0.4, 0.25, 0.0, 0.35], [0.7, 0.2, 0.1, 0.0]])
SLOT_WEIGHT = np.array([1.3, 1.0, 0.75])
OPENING, ENDING = 0.02, 0.985
RISE_SECONDS, TIRE_SECONDS, PLATEAU = 18.0, np.array([200.0, 160.0, 110.0]), np.array([0.5, 0.42, 0.35])
LINGER, LINGER_SECONDS = 0.3, 95.0
UNSEEN, SEEN = np.array([0.02, 0.01, 0.008]), np.array([0.035, 0.022, 0.016])


@dataclass(frozen=True)
class Hosting:
    """What the host does; `interest` [sku, bin] is what it makes people buy, pushes included."""

    rundown: Slots
    on_screen: Ints
    pushed: Flags
    interest: Floats
    expected: Floats  # [sku] the sum of the interest along the rundown, without pushes


def hosting(streams: Streams, size: Size, variant: Variant, tier: Ints, worth: Floats) -> Hosting:
    """Draw the rundown and what the host makes of it; `worth` [sku] is what the plan hopes to take with each."""
    rundown = planned(streams.named("rundown"), size, tier, worth)
    actual = followed(streams.named("host"), size, variant, rundown, worth)
    middles = size.middles()
    on_screen = screen(actual, middles)
    states = talk(streams.named("talk"), middles)
    pushed = (states == CLOSE) & (on_screen >= 0)
    shown = interest(actual, tier, middles)
    facing = np.where(np.arange(size.skus)[:, None] == on_screen[None, :], STATE_BUYING[states][None, :], 1.0)
    pushes = push_effect(streams.named("push"), size, on_screen, pushed)
    expected = interest(rundown, tier, middles).sum(axis=1)
    return Hosting(rundown, on_screen, pushed, shown * facing * pushes, expected)


def planned(chance: np.random.Generator, size: Size, tier: Ints, worth: Floats) -> Slots:
    """A slot for every SKU and a second one, later, for those the plan hopes most of."""
    firsts = chance.permutation(size.skus)
    again = np.argsort(-worth, kind="stable")[: size.skus // 4]
    position = np.concatenate([np.arange(size.skus), chance.uniform(size.skus * 0.4, size.skus, len(again))])
    sku = np.concatenate([firsts, again])[np.argsort(position, kind="stable")]
    length = np.exp(chance.normal(0, 0.3, len(sku))) * SLOT_WEIGHT[tier[sku]]
    total = size.minutes * 60.0
    ends = total * (OPENING + (ENDING - OPENING) * np.cumsum(length) / length.sum())
    starts = np.concatenate([[total * OPENING], ends[:-1]])
    return Slots(np.round(starts), np.round(ends), sku.astype(np.int64))


def followed(chance: np.random.Generator, size: Size, variant: Variant, rundown: Slots, worth: Floats) -> Slots:
    """What really comes on: late, stretched, swapped, dropped, repeated, or something else altogether."""
    appeal = np.sqrt(worth) / np.sqrt(worth).sum()
    order = list(range(len(rundown.sku)))
    for place in range(len(order) - 1):
        if chance.random() < 0.06:
            order[place], order[place + 1] = order[place + 1], order[place]
    slots: list[tuple[float, float, int]] = []
    total = size.minutes * 60.0
    now = float(rundown.start[0] + chance.lognormal(3.4, 0.8))
    for place in order:
        late = now - rundown.start[place]
        length = (rundown.end[place] - rundown.start[place]) * chance.lognormal(-0.03, 0.25)
        length *= np.clip(1 - late / 900, 0.5, 1.3)
        whim = chance.random() >= variant.obeys
        sku = int(chance.choice(size.skus, p=appeal)) if whim else int(rundown.sku[place])
        if chance.random() >= 0.03:
            slots.append((now, now + length, sku))
            now += length + chance.lognormal(2.6, 0.6)
        if slots and chance.random() < 0.07:
            encore = slots[int(chance.integers(len(slots)))][2]
            slots.append((now, now + 0.4 * length, encore))
            now += 0.4 * length
    while now < total:
        length = 180 * chance.lognormal(0, 0.3)
        slots.append((now, now + length, int(chance.choice(size.skus, p=appeal))))
        now += length + chance.lognormal(2.6, 0.6)
    start, end, sku_shown = (np.array(column) for column in zip(*slots, strict=True))
    return Slots(np.minimum(start, total), np.minimum(end, total), sku_shown.astype(np.int64))


def screen(slots: Slots, middles: Floats) -> Ints:
    """The SKU on screen in each bin, -1 for none."""
    place = np.searchsorted(slots.start, middles, side="right") - 1
    inside = (place >= 0) & (middles < slots.end[np.maximum(place, 0)])
    found: Ints = np.where(inside, slots.sku[np.maximum(place, 0)], -1)
    return found


def interest(slots: Slots, tier: Ints, middles: Floats) -> Floats:
    """What each slot makes people buy [sku, bin]: it rises, tires to a plateau and lingers; a little is always there."""
    found = np.repeat(UNSEEN[tier][:, None], len(middles), axis=1)
    first = np.full(len(tier), np.inf)
    np.minimum.at(first, slots.sku, slots.start)
    found = np.where(middles[None, :] >= first[:, None], SEEN[tier][:, None], found)
    for start, end, sku in zip(slots.start, slots.end, slots.sku, strict=True):
        begin, stop = np.searchsorted(middles, [start, end])
        age = middles[begin:stop] - start
        tired = PLATEAU[tier[sku]] + (1 - PLATEAU[tier[sku]]) * np.exp(-age / TIRE_SECONDS[tier[sku]])
        level = (1 - np.exp(-age / RISE_SECONDS)) * tired
        found[sku, begin:stop] += level
        if stop > begin:
            found[sku, stop:] += LINGER * level[-1] * np.exp(-(middles[stop:] - end) / LINGER_SECONDS)
    return found


def talk(chance: np.random.Generator, middles: Floats) -> Ints:
    """The state of the talk in each bin."""
    states, ends, now, state = [], [], 0.0, CHAT
    reach = np.cumsum(NEXT_STATE, axis=1)
    while now <= middles[-1]:
        now += STATE_SECONDS[state] * float(np.exp(chance.normal(0, STATE_SPREAD[state])))
        states.append(state)
        ends.append(now)
        state = int(np.searchsorted(reach[state], chance.random(), side="right"))
    found: Ints = np.array(states)[np.searchsorted(np.array(ends), middles, side="right")]
    return found


def push_effect(chance: np.random.Generator, size: Size, on_screen: Ints, pushed: Flags) -> Floats:
    """The factor [sku, bin] of pushes: each builds up for most of a minute and fades over three."""
    begun = pushed & ~np.concatenate([[False], pushed[:-1]]) | (pushed & (on_screen != np.roll(on_screen, 1)))
    strength = 2.0 * np.exp(chance.normal(0, 0.5, size.bins))
    impulses = np.zeros((size.skus, size.bins))
    where = np.flatnonzero(begun)
    impulses[on_screen[where], where] = strength[where]
    found: Floats = 1 + lfilter(gamma_shape(size.bin_seconds, 25.0, 30), [1.0], impulses, axis=1)
    return found


def gamma_shape(bin_seconds: int, scale_seconds: float, bins: int) -> Floats:
    """A bump that builds up and decays (the density of a Gamma with shape 3), one at its peak."""
    age = (np.arange(bins) + 0.5) * bin_seconds / scale_seconds
    bump = age**2 * np.exp(-age)
    found: Floats = bump / bump.max()
    return found
