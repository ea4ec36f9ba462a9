"""A small open show behind the real routes, for every test of the door."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import server
from dashboard.room import Room
from tests.server.show import Client, open_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room with the show `spring`, its writer running."""
    found = open_room(tmp_path / "show.duckdb")
    yield found
    if found.alive():
        found.stop()


@pytest.fixture
def clock(room: Room) -> server.Clock:
    """A clock that does not run."""
    return server.Clock(room)


@pytest.fixture
def client(room: Room, clock: server.Clock) -> Client:
    """Asks the routes of the room."""
    return Client(room, clock)
