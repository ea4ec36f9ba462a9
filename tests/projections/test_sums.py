"""The units of any frame are sums over the table `moves`, counted in SQL by somebody who never saw the folds."""

import random
from pathlib import Path

import duckdb

from dashboard.journal.store import Journal
from dashboard.projections.past import Past
from dashboard.room import Room, past_frame, patience
from tests.benchmarks import busy, summed, worlds

ORDERS = 3_000
JUMPS = 40


def test_frames_at_random_seqs_are_sums_over_the_moves(tmp_path: Path) -> None:
    path = tmp_path / "show.duckdb"
    room = Room(Journal(path), clock=lambda: worlds.ENDS_AT)
    accepted = busy.fill(room, ORDERS, every=6)
    assert accepted > 400
    room.stop()
    journal = Journal(path, read_only=True)
    connection = duckdb.connect(str(path), read_only=True)
    first, last = summed.seqs(connection, worlds.SHOW)
    jumps = random.Random(6).sample(range(first, last + 1), JUMPS)
    past = Past(journal, patience())
    counting = summed.Counting(connection, worlds.SHOW)
    counted, unlike = summed.every((past.frame(worlds.SHOW, seq, None) for seq in jumps), counting)
    assert (counted, unlike) == (JUMPS, [])
    changed = past_frame(journal, worlds.SHOW, last, None, patience())
    for table, names in (("stock", ("unavailable", "in_transit")), ("channels", ("exposure", "cover"))):
        assert all(any(row[name] for row in changed[table]) for name in names), "the show had everything in it"
    changed["stock"][0]["available"] += 1
    changed["pools"][0]["left"] -= 1
    changed["channels"][0]["exposure"] += 1
    changed["skus"][0]["sold"] += 1
    assert len(counting.unlike(changed)) == 4, "what is not the sum of the moves is noticed"
    connection.close()
    journal.close()
