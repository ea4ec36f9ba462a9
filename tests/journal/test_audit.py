"""Looking things up: every way of asking, the newest first, and nothing anybody types is more than a text to look for."""

import csv
import io
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from dashboard.decision import events as e
from dashboard.journal.audit import COLUMNS, LISTINGS, ORDERS, PAGE_ROWS_MAX, Entries, Wish, file_stem
from dashboard.journal.store import Journal, JournalProblem
from tests.journal.entries_kit import NASTY, NOON, RULE, SECOND, SHOW, fill, journal_at, ordered


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    found = journal_at(tmp_path_factory.mktemp("audit"))
    fill(found, [(e.NoteAdded(text="another show"), "operator", "/operator")], "day")
    yield found
    found.close()


@pytest.fixture
def entries(journal: Journal) -> Entries:
    return Entries(journal)


def seqs(entries: Entries, **wish: Any) -> list[int]:
    return [row["seq"] for row in entries.page(Wish(SHOW)._replace(**wish))]


ASKED: list[tuple[str, dict[str, Any], list[int]]] = [
    ("everything but orders, the newest first", {}, [10, 9, 8, 5, 4, 3, 2, 1]),
    ("neither orders nor listings", {"hide_listings": True}, [10, 9, 8, 4, 3, 2, 1]),
    ("orders without listings", {"hide_orders": False, "hide_listings": True}, [10, 9, 8, 7, 6, 4, 3, 2, 1]),
    ("orders too", {"hide_orders": False}, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
    ("a type asked for by name, though orders are hidden", {"types": ("order_placed",)}, [7, 6]),
    ("two types", {"types": ("note_added", "limit_set")}, [9, 8]),
    ("a type that never was", {"types": ("nothing",)}, []),
    ("part of an actor in any case", {"actor": "FLEXIBLE"}, [4]),
    ("every rule", {"actor": "rule:"}, [5, 4]),
    ("a source", {"source": "/Channels", "hide_orders": False}, [7, 6]),
    ("from a second on, itself included", {"since": NOON + 9 * SECOND}, [10, 9]),
    ("up to a second, itself included", {"until": NOON + 2 * SECOND}, [2, 1]),
    ("a text of the data", {"text": "o2", "hide_orders": False}, [7]),
    ("a text of the reason", {"text": "85 % SOLD"}, [4]),
    ("a text of another alphabet", {"text": "直播"}, [9]),
    ("a text with quotes and a line end", {"text": '"直播"\nloud'}, [9]),
    ("a SKU, in words and in moves", {"sku": "ring"}, [8, 5, 4, 2]),
    ("another SKU", {"sku": "band"}, [3]),
    ("part of a SKU is no SKU", {"sku": "rin"}, []),
    ("a region, as a field and as a pool", {"region": "US", "hide_orders": False}, [7, 6, 5, 4]),
    ("a channel", {"channels": ("web",), "hide_orders": False}, [7, 6, 5]),
    ("a region or one of its channels", {"region": "EU", "channels": ("web",)}, [8, 5]),
    ("all at once", {"sku": "ring", "actor": "rule", "region": "US", "text": "sold", "since": NOON}, [4]),
    ("no show", {"show": "nobody"}, []),
    ("another show", {"show": "day"}, [11]),
]


@pytest.mark.parametrize(("wish", "expected"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_what_is_asked_for_is_found(entries: Entries, wish: dict[str, Any], expected: list[int]) -> None:
    assert seqs(entries, **wish) == expected


TYPED = ["'", '"', "' or 1=1 --", "'; drop table events; --", "%", "_", "\\", "?", "$1", "{}", "\x00", "){", "🎉" * 500]


@pytest.mark.parametrize("typed", TYPED)
def test_whatever_is_typed_is_a_text_and_nothing_else(entries: Entries, typed: str) -> None:
    for field in ("actor", "source"):
        assert seqs(entries, **{field: typed}) == [
            row["seq"] for row in entries.page(Wish(SHOW)) if typed in row[field]
        ]
    for field in ("sku", "region", "show"):
        assert seqs(entries, **{field: typed}) == []
    assert seqs(entries, types=(typed,)) == seqs(entries, channels=(typed,)) == []
    plain = {entry["seq"] for entry in entries.page(Wish(SHOW)) if typed in entry["data"]}
    assert plain <= set(seqs(entries, text=typed)) <= plain | {9}
    assert entries.one(typed, 1) is None
    assert len(entries.page(Wish(SHOW, hide_orders=False))) == 10


def test_a_text_that_looks_like_sql_or_a_pattern_is_found_as_it_stands(entries: Entries) -> None:
    assert seqs(entries, text=NASTY) == [9]
    assert seqs(entries, text="%_ '") == [9]


def test_pages_follow_each_other_by_seq_and_stand_still_while_the_show_goes_on(entries: Entries) -> None:
    wish = Wish(SHOW, hide_orders=False)
    first = [row["seq"] for row in entries.page(wish, limit=4)]
    second = [row["seq"] for row in entries.page(wish, before=first[-1], limit=4)]
    assert (first, second) == ([10, 9, 8, 7], [6, 5, 4, 3])
    assert [row["seq"] for row in entries.page(wish, before=4, after=1)] == [3, 2]
    assert entries.page(wish, limit=-1) == []
    assert len(entries.page(wish, limit=10 * PAGE_ROWS_MAX)) == 10


def test_newer_entries_are_counted_up_to_a_bound(entries: Entries) -> None:
    assert [entries.newer(Wish(SHOW), after, 5) for after in (10, 8, 0)] == [0, 2, 5]


def test_an_entry_is_shown_whole(entries: Entries) -> None:
    row = entries.one(SHOW, 4)
    assert row is not None
    assert (row["actor"], row["type"], row["event_time"]) == (RULE, "reallocated", NOON + 4 * SECOND)
    assert row["facts"]["moves"] == [["ring", "claims", "flexible", "region/US", 200]]
    before = entries.one(SHOW, 3)
    assert before is not None
    assert row["prev_hash"] == before["hash"]
    assert entries.one("day", 4) is None


def test_ndjson_holds_what_the_hashes_were_made_of(entries: Entries, journal: Journal) -> None:
    file = entries.download(Wish(SHOW, text="o", hide_orders=False), "ndjson")
    about, *rows = map(json.loads, file.content.decode().splitlines())
    assert (about["audit"]["head_seq"], about["audit"]["head_hash"]) == journal.head()
    assert about["audit"]["wish"] == {"show": SHOW, "text": "o", "hide_orders": False, "hide_listings": False}
    assert (file.rows, file.cut, about["audit"]["cut"]) == (10, False, False)
    row = rows[1]
    assert list(row) == list(COLUMNS)
    assert row["event_time"] == "2026-03-14T12:00:09.000000Z"
    at = NOON + 9 * SECOND
    told = json.dumps({name: row[name] for name in ("actor",)}, ensure_ascii=False)[:-1]
    body = f'{told},"data":{row["data"]},"event_time":{at},"id":"c9","recorded_time":{at},"seq":9,"show_id":"night",'
    body = body.replace('{"actor": ', '{"actor":') + '"source":"/operator","type":"note_added"}'
    assert sha256((row["prev_hash"] + body).encode()).hexdigest() == row["hash"]


def test_csv_says_of_what_it_is_on_its_first_line_and_holds_no_formula(entries: Entries, journal: Journal) -> None:
    file = entries.download(Wish(SHOW), "csv")
    first, _, rest = file.content.decode().partition("\n")
    assert json.loads(first.removeprefix("# "))["head_hash"] == journal.head()[1]
    rows = list(csv.DictReader(io.StringIO(rest)))
    assert [int(row["seq"]) for row in rows] == [10, 9, 8, 5, 4, 3, 2, 1]
    assert rows[0]["actor"] == "'=cmd|calc"
    assert json.loads(rows[1]["data"])["text"] == NASTY


@pytest.mark.parametrize(("limit", "cut"), [(7, True), (8, False), (9, False)])
def test_a_download_that_leaves_something_out_says_so(entries: Entries, limit: int, cut: bool) -> None:
    file = entries.download(Wish(SHOW), "ndjson", limit)
    about = json.loads(file.content.decode().splitlines()[0])["audit"]
    assert (file.rows, file.cut) == (min(limit, 8), cut)
    assert ("note" in about) == cut
    assert not cut or about["note"] == "Only the newest 7 entries that match are here; older ones were left out."


@pytest.mark.parametrize(
    ("show", "stem"),
    [("breezestyle", "audit-breezestyle"), ("../../etc", "audit-etc"), ("", "audit-show"), ("双十一", "audit-双十一")],
)
def test_a_file_is_named_after_its_show_without_leaving_its_folder(show: str, stem: str) -> None:
    assert file_stem(show) == stem


def test_every_order_event_is_hidden_unless_asked_for() -> None:
    assert {name for name in e.TYPES if name.startswith("order_")} == set(ORDERS)
    assert set(LISTINGS) < set(e.TYPES)


def test_while_somebody_looks_the_writer_goes_on(tmp_path: Any) -> None:
    journal = journal_at(tmp_path)
    looking = Entries(journal)._rows(Wish(SHOW, hide_orders=False), None, 0, 10)
    assert next(looking)["seq"] == 10
    fill(journal, [(ordered("o3"), "web", "/channels/web")])
    assert [row["seq"] for row in looking][-1] == 1
    assert seqs(Entries(journal), types=("order_placed",)) == [11, 7, 6]
    journal.close()


def test_a_closed_journal_says_so_in_one_sentence(tmp_path: Any) -> None:
    journal = journal_at(tmp_path)
    journal.close()
    with pytest.raises(JournalProblem, match="cannot be looked through"):
        Entries(journal).page(Wish(SHOW))
