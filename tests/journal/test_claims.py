"""The claim log: what was shown, while it stood, how it ended, when it was said."""

from pathlib import Path

import pytest

from dashboard.journal import claims
from dashboard.journal.claims import Told
from dashboard.journal.store import Journal, JournalProblem
from tests.journal.claims_kit import evening, journal

SECOND = 1_000_000


def shown(seq: int, line: str, **more: str) -> Told:
    extra = "".join(f',"{name}":"{value}"' for name, value in more.items() if name != "kind")
    kind = more.get("kind", "low_stock")
    data = f'{{"line":"{line}","channel":"web","language":"en","kind":"{kind}","text":"Ring: {seq} left"{extra},"fact":{{"sku":"ring","region":"US","units_left":{seq},"seq":{seq - 1}}}}}'
    return Told(seq, "night", "line_published", seq * SECOND, data, f"hash-{seq}")


def about(seq: int, kind: str, line: str, **more: str) -> Told:
    extra = "".join(f',"{name}":"{value}"' for name, value in more.items())
    return Told(seq, "night", kind, seq * SECOND, f'{{"line":"{line}"{extra}}}', f"hash-{seq}")


def test_a_line_stands_until_it_is_replaced_retracted_or_the_show_closes() -> None:
    rows = claims.fold([
        shown(2, "a"), shown(3, "b", replaces="a"), about(5, "line_said", "b"), about(6, "line_said", "b"),
        about(7, "line_retracted", "b", reason="sold_out"), shown(8, "c"), shown(9, "d", kind="answer"),
        Told(10, "night", "show_closed", 10 * SECOND, "{}", "hash-10"), about(11, "line_said", "c"),
    ])  # fmt: skip
    told = [(row["line"], row["ended"], row["seconds_shown"], row["said_at"], row["times_said"]) for row in rows]
    assert told == [
        ("a", "replaced", 1.0, None, 0),
        ("b", "sold_out", 4.0, 5 * SECOND, 2),
        ("c", "show_closed", 2.0, 11 * SECOND, 1),
        ("d", "answered", 0.0, None, 0),
    ]
    assert (rows[0]["units_left"], rows[0]["fact_seq"], rows[0]["event_hash"]) == (2, 1, "hash-2")
    found = claims.summary(rows)
    assert (found["claims"], found["said"], found["standing"]) == (4, 2, 0)
    assert found["ended"] == {"answered": 1, "replaced": 1, "show_closed": 1, "sold_out": 1}
    assert found["seconds_shown_median"] == 2.0
    assert [row["line"] for row in claims.newest_first(rows, "web", "en", 2)] == ["d", "c"]
    assert claims.newest_first(rows, "other") == []


def test_what_is_no_line_is_one_sentence() -> None:
    for data in ("{", "[]", "{}", '{"line":"a"}'):
        with pytest.raises(JournalProblem, match="Event 3 says nothing that can be read"):
            claims.fold([Told(3, "night", "line_published", 1, data, "")])


def test_a_show_has_its_own_log(tmp_path: Path) -> None:
    made = evening(1, rounds=1)
    made.entries += evening(2, rounds=1, show="day").entries
    opened = Journal(journal(tmp_path / "j.duckdb", made), read_only=True)
    try:
        every, night = claims.read(opened), claims.read(opened, "night")
    finally:
        opened.close()
    assert [row["seq"] for row in every] == sorted(row["seq"] for row in every)
    assert night == [row for row in every if row["show"] == "night"]
    assert 0 < len(night) < len(every)
