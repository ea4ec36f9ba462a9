"""`jumps`: what the frame of any past second costs, with few orders and with a hundred times as many, and if it is true.

Two rooms hold busy shows of 10,000 and 1,000,000 orders (`busy`). Jumps go to random events and to random times of both
in turns, as the slider of the replay page does; then one plays the large show forward, half a second of it at a time.
Each is timed by the clock and by the processor: on a shared machine the first says how long somebody waited, the second
what it cost. At last, frames at random events of the large show are counted again over the table `moves` (`summed`).
"""

import gc
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from dashboard.journal.store import Journal
from dashboard.projections.past import Past
from dashboard.room import Room, patience
from tests.benchmarks import busy, summed, worlds
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result

JUMP_MS_MAX = 100.0
GROWTH_MAX = 1.5
PLAYED_STEP = 500_000
OTHERS_MAX = 10_000


class Cost(NamedTuple):
    """Milliseconds of one question, by the clock and by the processor."""

    wall: float
    cpu: float


def cost(ask: Callable[[], object]) -> Cost:
    """What a question costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    ask()
    return Cost((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def p95(costs: list[Cost]) -> Cost:
    """The 95th percentile of both."""
    last = round(0.95 * (len(costs) - 1))
    return Cost(sorted(one.wall for one in costs)[last], sorted(one.cpu for one in costs)[last])


def filled(bench: Bench, orders: int) -> tuple[Room, Path]:
    """A room over a busy show of so many orders."""
    bench.say(f"filling a busy room with {orders:,} orders")
    path = bench.new_folder("jumps") / "show.duckdb"
    room = Room(Journal(path), clock=lambda: worlds.ENDS_AT)
    busy.fill(room, orders, every=max(6, orders // OTHERS_MAX))
    return room, path


def jumps(chance: random.Random, room: Room) -> Iterator[tuple[str, Callable[[], object]]]:
    """A jump to a random event, and one to a random time."""
    seq, at = chance.randrange(40, room.seq), chance.randrange(worlds.STARTS_AT, worlds.ENDS_AT)
    yield "event", lambda: room.frame(worlds.SHOW, seq=seq)
    yield "time", lambda: room.frame(worlds.SHOW, at=at)


def counted_again(bench: Bench, path: Path) -> Result:
    """How many frames at random events are not the sums of the moves."""
    wanted = bench.size(200, 5)
    bench.say(f"jumps: {wanted} frames counted again in SQL")
    journal = Journal(path, read_only=True)
    with duckdb.connect(str(path), read_only=True) as connection:
        first, last = summed.seqs(connection, worlds.SHOW)
        seqs = random.Random(3).sample(range(first, last + 1), wanted)
        past = Past(journal, patience())
        counting = summed.Counting(connection, worlds.SHOW)
        unlike = [one for one in (counting.unlike(past.frame(worlds.SHOW, seq, None)) for seq in seqs) if one]
    journal.close()
    for differences in unlike[:3]:
        bench.say(differences[0])
    counted = Yardstick("frames counted again", float(wanted))
    return result("jumps, not the sums of moves", float(len(unlike)), "frames", counted, Goal("figure", most=0))


def measure(bench: Bench) -> list[Result]:
    """Jumps in a small and a large show in turns, then playing the large one, then the sums."""
    few, many = bench.size(10_000, 500), bench.size(1_000_000, 3_000)
    (small, _), (large, path) = filled(bench, few), filled(bench, many)
    gc.collect()
    gc.freeze()  # as the server does with what it has loaded: a collection would look through a million orders
    bench.say("jumps: to events and times, then playing")
    chance = random.Random(1)
    costs: dict[tuple[str, int], list[Cost]] = {}
    for _ in range(bench.size(200, 4)):
        for orders, room in ((few, small), (many, large)):
            for to, ask in jumps(chance, room):
                costs.setdefault((to, orders), []).append(cost(ask))
    middle = (worlds.STARTS_AT + worlds.ENDS_AT) // 2
    times = [middle + number * PLAYED_STEP for number in range(bench.size(400, 5))]
    played = p95([cost(lambda at=at: large.frame(worlds.SHOW, at=at)) for at in times])  # type: ignore[misc]
    head = p95([cost(lambda: large.frame(worlds.SHOW)) for _ in times])
    gc.unfreeze()
    for room in (small, large):
        room.stop()
    found: list[Result] = []
    for to in ("event", "time"):
        slow, quick = p95(costs[to, many]), p95(costs[to, few])
        less = f"the same with {few:,} orders"
        name = f"jumps, to any {to}"
        found += [
            result(f"{name}, p95", slow.wall, "ms", Yardstick(less, quick.wall), Goal("figure", most=JUMP_MS_MAX)),
            result(f"{name}, p95", slow.cpu, "ms of cpu", Yardstick(less, quick.cpu), Goal("ratio", most=GROWTH_MAX)),
        ]
    at_head = Yardstick("the frame at the head, p95", head.cpu)
    found.append(
        result("jumps, playing forward, p95", played.cpu, "ms of cpu", at_head, Goal("figure", most=JUMP_MS_MAX))
    )
    return [*found, counted_again(bench, path)]
