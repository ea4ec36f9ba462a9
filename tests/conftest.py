"""What every test gets: no way out to the network, no setting from outside, and repeatable random examples.

Hypothesis runs the same examples every time under the profile `house`, so a red build is red for everybody;
`HYPOTHESIS_PROFILE=explore` looks for new ones.
"""

import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "house", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", parent=settings.get_profile("house"), derandomize=False, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


class OutsideCallError(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(scope="session", autouse=True)
def no_outside_calls() -> Iterator[None]:
    """Refuse every connection that leaves this machine: the product must not need one."""
    connect = socket.socket.connect

    def connect_locally(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else str(address)
            if not host.startswith(LOCAL):
                raise OutsideCallError(f"a test tried to reach {host}; only this machine is allowed")
        connect(self, address)  # type: ignore[arg-type]

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect_locally)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drop the WARROOM_ settings of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("WARROOM_"):
            monkeypatch.delenv(name)


LATE_RINGS = ("benchmarks", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fast rings first: pure tests, then pages and routes, then benchmarks, then browsers."""
    rings = {item: next((ring for ring in LATE_RINGS if f"tests/{ring}/" in item.nodeid), "") for item in items}
    items.sort(key=lambda item: ("", *LATE_RINGS).index(rings[item]))
