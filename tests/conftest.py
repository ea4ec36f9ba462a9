"""What every test gets: no way out to the network, no setting from outside, and repeatable random examples.

`make test` runs several processes beside each other. A file stays in one of them, so that what its tests share is made
once; tests that time things or drive Chromium stay together in one, and that one starts with them.

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


LATE_RINGS = ("tests/benchmarks/", "tests/browser/")
"""Folders whose tests time things or start Chromium: never two of them at once."""
LONG_FILES = (
    "tests/channels/sandbox/test_breezestyle.py",
    "tests/channels/sandbox/test_breezestyle_crowds.py",
    "tests/cli/test_shows.py",
    "tests/channels/sandbox/test_techwear.py",
    "tests/channels/test_escrow.py",
    "tests/channels/sandbox/test_apparel.py",
    "tests/room/test_frames.py",
    "tests/decision/test_auditor.py",
    "tests/journal/test_verify.py",
    "tests/channels/test_inbox.py",
    "tests/channels/sandbox/test_stock_illusion.py",
)
"""Files that take longest, longest first; a file that is missing here only ends later."""


def group(nodeid: str) -> str:
    """What stays in one process: a file, because of what its tests share, and all late rings together."""
    file = nodeid.partition("::")[0]
    return "late rings" if file.startswith(LATE_RINGS) else file


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one process run the fast rings first; in several start what takes longest, so that nobody waits for it last."""

    def ring(item: pytest.Item) -> int:
        return next((place for place, ring in enumerate(LATE_RINGS, 1) if item.nodeid.startswith(ring)), 0)

    def length(item: pytest.Item) -> int:
        long = ("late rings", *LONG_FILES)
        return long.index(group(item.nodeid)) if group(item.nodeid) in long else len(long)

    items.sort(key=ring)
    if hasattr(config, "workerinput"):
        items.sort(key=length)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hand out whole groups in the order of the collection; test ids stay as they are, to be pasted and run alone."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False
    return ByGroup(config, log)
