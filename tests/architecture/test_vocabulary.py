"""The words of the decision reach their readers: every event is read or ignored by name, every refusal is provoked."""

import pytest

from dashboard.decision.events import TYPES
from dashboard.decision.refusals import Code
from tests.architecture.house import PACKAGE, ROOT

PROJECTIONS = [path for path in sorted((PACKAGE / "projections").glob("*.py")) if path.name != "__init__.py"]
DECISION_TESTS = sorted((ROOT / "tests" / "decision").rglob("*.py"))


@pytest.mark.skipif(not PROJECTIONS, reason="dashboard/projections is not part of this tree")
@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_event_is_read_by_a_projection_or_named_as_ignored(name: str) -> None:
    words = (f'"{name}"', TYPES[name].__name__)
    text = "\n".join(path.read_text(encoding="utf-8") for path in PROJECTIONS)
    assert any(word in text for word in words), (
        f"no projection knows {name}; read it, or name it where events are ignored"
    )


@pytest.mark.skipif(not DECISION_TESTS, reason="tests/decision is not part of this tree")
@pytest.mark.parametrize("code", sorted(Code))
def test_every_refusal_is_provoked_by_a_test(code: Code) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DECISION_TESTS)
    assert code.value in text or f"Code.{code.name}" in text, f"no test provokes {code.value}"
