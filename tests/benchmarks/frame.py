"""`frame`: what one frame costs, at the head and after a jump, with few orders and with a hundred times as many.

Two rooms with the same world (12 SKUs, 3 regions, 9 channels, two hours) hold 10,000 and 1,000,000 orders. Frames at
the head are taken from both in turns: the larger may cost at most half as much again, so the cost does not grow with
the orders. Jumps go to random events of the larger one, as the slider of the replay page does.
"""

import random
import statistics
import time

import orjson

from dashboard.room import Room
from tests.benchmarks import worlds
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, in_turns, result

HEAD_MS_MAX = 50.0
GROWTH_MAX = 1.5


def head_ms(room: Room) -> float:
    """Milliseconds for the frame at the head."""
    begun = time.perf_counter()
    room.frame(worlds.SHOW)
    return (time.perf_counter() - begun) * 1000


def written_ms(room: Room) -> float:
    """Milliseconds to write that frame as JSON, which every answer of /api/frame costs anyway."""
    frame = room.frame(worlds.SHOW)
    begun = time.perf_counter()
    orjson.dumps(frame)
    return (time.perf_counter() - begun) * 1000


def jump_ms(room: Room, seq: int) -> float:
    """Milliseconds for the frame right after an event of the past."""
    begun = time.perf_counter()
    frame = room.frame(worlds.SHOW, seq=seq)
    spent = (time.perf_counter() - begun) * 1000
    assert frame["seq"] == seq
    return spent


def measure(bench: Bench) -> list[Result]:
    """Frames at the head of a small and a large room in turns, then jumps in the large one."""
    few, many = bench.size(10_000, 500), bench.size(1_000_000, 5_000)
    small, large = bench.room(few), bench.room(many)
    bench.say("frame: at the head, then jumps")
    for _ in range(bench.size(5, 1)):
        head_ms(small), head_ms(large)
    contestants = {
        "small": lambda: head_ms(small),
        "large": lambda: head_ms(large),
        "written": lambda: written_ms(large),
    }
    heads = in_turns(bench.size(60, 5), contestants)
    chance = random.Random(1)
    jumps = sorted(jump_ms(large, chance.randrange(40, large.seq)) for _ in range(bench.size(100, 5)))
    at_head = Yardstick("the frame at the head", heads["large"])
    return [
        result(
            f"frame, {many:,} orders",
            heads["large"],
            "ms",
            Yardstick(f"the frame with {few:,} orders", heads["small"]),
            Goal("ratio", most=GROWTH_MAX),
        ),
        result(
            "frame, at the head",
            heads["large"],
            "ms",
            Yardstick("writing it as JSON", heads["written"]),
            Goal("figure", most=HEAD_MS_MAX),
        ),
        result("frame, jump p50", statistics.median(jumps), "ms", at_head),
        result("frame, jump p95", jumps[round(0.95 * (len(jumps) - 1))], "ms", at_head),
    ]
