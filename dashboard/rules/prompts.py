"""The prompt budget: however much happens, people are called only so often, and never miss what costs most.

A prompt is a proposal that waits for a person, or an alert graver than information. In any ten minutes so many are
raised; the critical and the costliest first, and cheap ones leave a part for them. What is costly beyond the budget is
raised without calling (quiet: it stands in the list, which is sorted by cost). What is cheap beyond it is not raised at
all: nothing was said, so nothing holds it back, and it comes when the budget allows. Counted from the frame; pure.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.rules.readings import MINUTE, micros

Row = dict[str, Any]
WINDOW_MINUTES = 10
RESERVED = 3
"""One in so many prompts is kept for costly ones."""
GRAVE = ("warning", "critical")


def is_prompt(row: Row, level: str) -> bool:
    """Whether a rule's row calls somebody."""
    return bool(level == "suggest" if row["kind"] == "action" else row["severity"] in GRAVE)


class Budget:
    """What may still be raised in the ten minutes that end with the frame."""

    def __init__(self, frame: Row, numbers: Mapping[str, float]) -> None:
        self._costly_minor = numbers["prompt_costly_minor"]
        most = int(numbers["prompts_per_ten_minutes"])
        since = micros(frame["at"]) - WINDOW_MINUTES * MINUTE
        raised = [row for row in frame["alerts"] if row["severity"] in GRAVE and micros(row["raised_at"]) > since]
        raised += [row for row in frame["proposals"] if not _by_itself(row) and micros(row["proposed_at"]) > since]
        raised = [row for row in raised if not row["quiet"]]
        cheap = sum(not self.is_costly(row) for row in raised)
        self._left = max(0, most - len(raised))
        self._left_for_cheap = max(0, most - most // RESERVED - cheap)

    def is_costly(self, row: Row) -> bool:
        """Whether not calling somebody about it would cost too much."""
        return row.get("severity") == "critical" or row.get("cost_minor", 0) >= self._costly_minor

    def rank(self, row: Row) -> tuple[bool, int]:
        """Sorts rows by who is called for first: the critical ones, then by cost."""
        return row.get("severity") != "critical", -row.get("cost_minor", 0)

    def spend(self, row: Row) -> str:
        """`loud`, `quiet` or `later`: what may become of a prompt; to be asked in the order of `rank`."""
        costly = self.is_costly(row)
        if self._left and (costly or self._left_for_cheap):
            self._left -= 1
            self._left_for_cheap -= not costly
            return "loud"
        return "quiet" if costly else "later"


def _by_itself(proposal: Row) -> bool:
    """Whether a rule carried its proposal out, so that nobody was asked."""
    return proposal["state"] == "approved" and str(proposal["decided_by"]).startswith("rule:")
