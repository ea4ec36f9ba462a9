"""The lock files pin every library with hashes, cover what pyproject.toml asks for, and name no private place."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.house import ROOT, imported, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = (ROOT / "requirements.lock").read_text(encoding="utf-8")
TESTS = (ROOT / "tests" / "requirements.lock").read_text(encoding="utf-8")


def names(requirements: list[str]) -> set[str]:
    """The library names of requirement lines, in the spelling of the index."""
    return {re.split(r"[\[<>=!~; ]", line)[0].lower().replace("_", "-") for line in requirements}


def pinned(lock: str) -> set[str]:
    """The libraries a lock pins."""
    return names(re.findall(r"^[a-z0-9][^\\\n]*", lock, re.MULTILINE))


def test_every_runtime_library_is_locked() -> None:
    wanted = names(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["build"])
    assert not wanted - pinned(RUNTIME), "run `make lock`"


def test_every_library_of_the_tests_is_locked() -> None:
    assert not names(PROJECT["optional-dependencies"]["dev"]) - pinned(RUNTIME) - pinned(TESTS), "run `make lock`"


def test_every_imported_library_is_asked_for_by_name() -> None:
    tops = {name.partition(".")[0] for path in modules() for name in imported(path)}
    foreign = tops - set(sys.stdlib_module_names) - {"dashboard"}
    owners = packages_distributions()
    unasked = {top for top in foreign if not names(owners.get(top, [top])) & names(PROJECT["dependencies"])}
    assert not unasked, f"imported, and only there because something else needs them: {sorted(unasked)}"


def test_no_library_is_pinned_in_both_files() -> None:
    assert not pinned(RUNTIME) & pinned(TESTS)


@pytest.mark.parametrize("lock", [RUNTIME, TESTS], ids=["requirements.lock", "tests/requirements.lock"])
def test_a_lock_is_complete_and_says_nothing_about_the_machine_it_was_made_on(lock: str) -> None:
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert all(re.match(r"\S+==\S+", block) and "--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|file:|--index|--find-links|@ ", lock)
