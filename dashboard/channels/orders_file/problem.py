"""The one way an import stops: a sentence saying what was wrong, where, and what would be right.

Rows that cannot be used never stop an import; they are rejected with a reason (see `verdicts`). An
`ImportProblem` is raised only for what makes the file or its mapping unreadable as a whole, and only before the
first command is submitted, so it never leaves half an import behind.
"""

import difflib
from collections.abc import Iterable

WORD_LENGTH_MAX = 40


class ImportProblem(Exception):
    """Why this file cannot be imported, in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """The known words most like `word`, nearest first; upper and lower case are alike."""
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(name.casefold(), name)
    return [by_fold[fold] for fold in difflib.get_close_matches(word.casefold(), by_fold, count, 0.5)]


def quoted(words: Iterable[str], most: int = 12) -> str:
    """Words in quotes, separated by commas, long ones cut, the tail counted instead of listed."""
    listed = list(words)
    some = ", ".join(
        repr(word if len(word) <= WORD_LENGTH_MAX else f"{word[:WORD_LENGTH_MAX]}...") for word in listed[:most]
    )
    return some + (f" and {len(listed) - most} more" if len(listed) > most else "")
