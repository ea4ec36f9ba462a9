"""What became of every row: accepted, or rejected for exactly one reason.

The first reason given to a row stays; reasons are given in a fixed order (shape of the row, then identity, then goods,
time, quantity, price, then what the room answered), so the same row always gets the same reason, and the rows are
always exactly the accepted ones plus the rejected ones by reason.
"""

from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt

from dashboard.channels.orders_file.columns import Int64s, Mask

SAMPLES_PER_REASON = 5
Explain = Callable[[int], tuple[str, str]]
"""Row index -> the value that was wrong, and a sentence."""


class Rejected(msgspec.Struct, frozen=True):
    """One rejected row, as an example of its reason."""

    row: int
    value: str
    sentence: str


class Verdicts:
    """One reason code per row; 0 is accepted."""

    def __init__(self, number: Int64s) -> None:
        self.number = number
        self.code: npt.NDArray[np.uint16] = np.zeros(len(number), dtype=np.uint16)
        self.reasons: list[str] = [""]
        self.examples: dict[str, list[Rejected]] = {}
        self.elsewhere: dict[str, int] = {}

    def open(self) -> Mask:
        """Rows without a reason against them."""
        return np.asarray(self.code == 0)

    def reject(self, rows: Mask | Int64s, reason: str, explain: Explain) -> None:
        """Give the rows (a mask or indices) that have no reason yet this one."""
        indices = np.flatnonzero(rows) if rows.dtype == bool else rows
        indices = indices[self.code[indices] == 0]
        if not len(indices):
            return
        self.code[indices] = self._code(reason)
        kept = self.examples.setdefault(reason, [])
        for index in indices[: SAMPLES_PER_REASON - len(kept)].tolist():
            value, sentence = explain(index)
            kept.append(Rejected(int(self.number[index]), value[:200], sentence))

    def reject_elsewhere(self, count: int, reason: str, examples: list[Rejected]) -> None:
        """Count rows that never came into the table (wrong number of columns)."""
        if count:
            self.elsewhere[reason] = self.elsewhere.get(reason, 0) + count
            self.examples.setdefault(reason, []).extend(examples[:SAMPLES_PER_REASON])

    def _code(self, reason: str) -> int:
        if reason not in self.reasons:
            self.reasons.append(reason)
        return self.reasons.index(reason)

    def rows(self) -> int:
        """All rows of the file."""
        return len(self.code) + sum(self.elsewhere.values())

    def accepted(self) -> int:
        """Rows without a reason against them, counted."""
        return int((self.code == 0).sum())

    def rejected(self) -> dict[str, int]:
        """Rejected rows by reason, most first."""
        counts = np.bincount(self.code, minlength=len(self.reasons)).tolist()
        by_reason = dict(self.elsewhere)
        for reason, count in zip(self.reasons[1:], counts[1:], strict=True):
            if count:
                by_reason[reason] = by_reason.get(reason, 0) + count
        return dict(sorted(by_reason.items(), key=lambda item: (-item[1], item[0])))
