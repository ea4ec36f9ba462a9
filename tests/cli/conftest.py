"""Journals for the commands to read: a small show, a broken one, and a text file."""

from pathlib import Path

import duckdb
import pytest

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.server.show import NOW, STARTS_AT, opening

ORDERS = 5


def write(path: Path, *shows: str) -> Path:
    """A journal with some shows, each with five orders, one a minute from T+01:00."""
    room = Room(Journal(path), clock=lambda: NOW)
    for show in shows:
        orders = [
            c.PlaceOrder(
                id=f"{show}/{number}",
                show=show,
                event_time=STARTS_AT + number * 60_000_000,
                channel="shop-us",
                order=str(number),
                lines=(c.OrderLine("RING", 1),),
            )
            for number in range(1, ORDERS + 1)
        ]
        for answer in room.handle([*opening(show), *orders], None):
            assert answer.status == "accepted", answer.sentence
    room.stop()
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal with the show `spring`."""
    return write(tmp_path / "spring.duckdb", "spring")


@pytest.fixture
def tampered(journal: Path) -> Path:
    """A journal in which somebody gave an order one unit more."""
    with duckdb.connect(str(journal)) as connection:
        connection.execute("update moves set quantity = 2 where seq = 5 and line = 0")
    return journal


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A file that is no journal."""
    path = tmp_path / "notes.txt"
    path.write_text("Buy rings.\n")
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A DuckDB file that holds something else."""
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table rings (size integer)")
    return path
