"""`kill -9` under load: whatever was acknowledged is in the journal, and the journal holds.

A child process runs a room over a file while several threads order as fast as they are answered; it prints the id of every
accepted order after its answer came. The parent kills it at some moment, audits the file, opens it, and looks for
every printed id. The next run goes on with the same file, so each start is a recovery too. WARROOM_CRASH_RUNS sets how often.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.decision import commands as c
from dashboard.journal import store
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.decision.shows import SHOW, small_show

RUNS = int(os.environ.get("WARROOM_CRASH_RUNS", "6"))
ROOT = Path(__file__).resolve().parents[2]
BUYERS = 4
READY = "ready"


def sell_until_killed(path: str, wal_max: str, run: str) -> None:
    """The child: open the show if it is new, then order in threads and print what was accepted."""
    store.WAL_BEFORE_CHECKPOINT = wal_max
    room = Room(Journal(path), clock=lambda: time.time_ns() // 1_000)
    room.start()
    if not room.shows():
        opening: list[c.Command] = [small_show()]
        for place, region in (("LA", "US"), ("HH", "EU")):
            pool = f"region/{region}"
            opening.append(c.ReceiveGoods(id=place, show=SHOW, location=place, sku="lamp", quantity=10**9, pool=pool))
        assert {answer.status for answer in room.submit(opening).result()} == {"accepted"}
    os.write(1, f"{READY}\n".encode())
    for buyer in range(BUYERS):
        threading.Thread(target=_buy, args=(room, f"{run}.{buyer}"), daemon=True).start()
    while True:
        time.sleep(0.01)
        room.observe(SHOW, time.time_ns() // 1_000, "viewers", "tiktok-us", value=random.randrange(80_000))


def _buy(room: Room, buyer: str) -> None:
    number = 0
    while True:
        orders = []
        for _ in range(random.randrange(1, 40)):
            number += 1
            channel = ("tiktok-us", "amazon-eu")[number % 2]
            name = f"{buyer}.{number}"
            lines = (c.OrderLine("lamp", number % 3 + 1),)
            orders.append(c.PlaceOrder(id=name, show=SHOW, channel=channel, order=name, lines=lines))
        answers = room.submit(orders).result()
        accepted = [order.id for order, answer in zip(orders, answers, strict=True) if answer.status == "accepted"]
        os.write(1, (" ".join(accepted) + "\n").encode())


def killed_under_load(path: Path, run: int, chance: random.Random) -> list[str]:
    """Run the child, kill it, and return the ids it was told are safe."""
    wal_max = ("256MB", "256KB")[run % 2]
    command = [sys.executable, "-m", "tests.journal.test_crash", str(path), wal_max, f"r{run}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "WARROOM_CHECKPOINT_MOVES": "300"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline().decode().strip() == READY
        killer = threading.Timer(chance.uniform(0.02, 0.5), lambda: os.kill(child.pid, signal.SIGKILL))
        killer.start()
        printed = child.stdout.read().decode()
    assert child.returncode == -signal.SIGKILL
    return printed[: printed.rfind("\n") + 1].split()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


@pytest.mark.timeout(60 + RUNS * 20)
def test_no_acknowledged_order_is_lost_by_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "night.duckdb"
    chance = random.Random(9)
    acknowledged: set[str] = set()
    for run in range(RUNS):
        told = killed_under_load(path, run, chance)
        acknowledged.update(told)
        report = verify(path)
        assert report["ok"], report["breaches"]
        assert report["oversold"] == 0
        with opened(path) as journal:
            written = {id for id, _, _ in journal.ids()}
            assert journal.head() == (report["head"]["seq"], report["head"]["hash"])
        assert acknowledged <= written, f"lost in run {run}: {sorted(acknowledged - written)[:5]}"
    assert len(acknowledged) > 50 * RUNS, "the load was no load"


if __name__ == "__main__":
    sell_until_killed(*sys.argv[1:])
