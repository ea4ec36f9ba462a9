"""Random shows with their prompter, written down: the auditor agrees with every line, the log with the journal."""

import random
from pathlib import Path

import msgspec

from dashboard.decision import events as e
from dashboard.journal import claims
from dashboard.journal.batch import Batch
from dashboard.journal.store import Journal
from dashboard.journal.verify_claims import verify_claims
from dashboard.review import claim_log
from tests.decision.watched import SECOND
from tests.projections.narrated import Narrated, anything
from tests.projections.test_told_lines import stocked

SHOWS, TICKS = 30, 6
TICK_SECONDS_MAX = 30


def played(seed: int) -> Narrated:
    """A random show, told tick by tick, with prices, coupons, shipments, languages; some of its lines are said."""
    chance, tale = random.Random(f"written {seed}"), stocked()
    for tick in range(TICKS):
        tale.now += chance.choice((1, 5, TICK_SECONDS_MAX)) * SECOND
        for number in range(chance.choice((1, 3, 6))):
            tale.ask(anything(chance, tale, 100 * tick + number))
        tale.tick()
    return tale


def written(path: Path, shows: int) -> Path:
    """One journal of many shows; a fact's seq counts from the beginning of the journal."""
    journal = Journal(path)
    for seed in range(shows):
        batch, before = Batch(*journal.head()), journal.head()[0]
        for number, (at, event) in enumerate(played(seed).log, 1):
            if isinstance(event, e.LinePublished):
                event = msgspec.structs.replace(event, fact=event.fact | {"seq": before + int(str(event.fact["seq"]))})
            batch.add(event, f"{seed}/{number}", f"night-{seed}", "/hand", at, at, "hand", f"{seed:08x}{number:08x}")
        journal.append(batch)
    journal.close()
    return path


def test_the_auditor_agrees_with_every_line_of_random_shows(tmp_path: Path) -> None:
    file = written(tmp_path / "nights.duckdb", SHOWS)
    report = verify_claims(file, seconds_max=TICK_SECONDS_MAX)
    assert report["breaches"] == []
    assert report["claims"] > 3 * SHOWS
    assert report["said"] > 0
    assert {"low_stock", "limit", "price", "coupon", "restock"} <= set(report["kinds"])
    opened = Journal(file, read_only=True)
    claim_log.write(claims.read(opened), tmp_path / "log.parquet", {})
    opened.close()
    assert verify_claims(file, tmp_path / "log.parquet")["ok"]
