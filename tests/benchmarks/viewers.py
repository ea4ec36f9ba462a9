"""`viewers`: how long a tick of the live page takes when 1, 20 and 50 people watch the demo at one tick a second.

The demo runs as a user starts it, in a process of its own; the viewers are the load client in another, so that on two
cores the page has about one. The yardstick is the single viewer of the same run: what crowding adds.
"""

import json
import subprocess
import sys
from typing import Any

from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.processes import ROOT, WARROOM, Server, free_port

P95_MS_MAX = 500.0
CROWDS = (1, 20, 50)
CROWDS_QUICK = (2,)


def watched(server: Server, viewers: int, seconds: float) -> dict[str, Any]:
    """What the load client measured; raises when any viewer met an error."""
    client = [sys.executable, "tests/benchmarks/load_client.py", "--url", server.url, "--path", "/"]
    client += ["--viewers", str(viewers), "--seconds", str(seconds)]
    done = subprocess.run(client, cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{viewers} viewers: {done.stdout} {done.stderr[-2000:]}")
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def measure(bench: Bench) -> list[Result]:
    """Watch the demo with growing crowds."""
    folder = bench.new_folder("viewers")
    port = free_port()
    start = "T+00:30" if bench.quick else "T+10:00"
    command = [*WARROOM, "demo", "--port", str(port), "--start", start, "--db", str(folder / "demo.duckdb")]
    crowds = CROWDS_QUICK if bench.quick else CROWDS
    seconds = 1.0 if bench.quick else 20.0
    with Server(command, port, folder / "log") as server:
        if not bench.quick:
            watched(server, 1, 5.0)
        runs: dict[int, dict[str, Any]] = {}
        for viewers in crowds:
            bench.say(f"viewers: {viewers} for {seconds:g} seconds")
            runs[viewers] = watched(server, viewers, seconds)
    alone = Yardstick(f"p95 of the smallest crowd, {crowds[0]}", runs[crowds[0]]["p95_ms"])
    full = runs[crowds[-1]]
    goal = Goal("figure", most=P95_MS_MAX)
    results = [
        result(f"viewers, {viewers}, p95", run["p95_ms"], "ms", alone, goal if run is full else None)
        for viewers, run in runs.items()
    ]
    bytes_alone = Yardstick(f"the same with {crowds[0]}", runs[crowds[0]]["bytes_per_tick"])
    results.append(result(f"viewers, {crowds[-1]}, a tick", full["bytes_per_tick"], "bytes", bytes_alone))
    ticks = crowds[-1] * seconds
    results.append(
        result(f"viewers, {crowds[-1]}, ticks missed", full["missed"], "ticks", Yardstick("ticks due", ticks))
    )
    return results
