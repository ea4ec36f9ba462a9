"""An export without people: nobody is named in it, everybody is the same within a show, and the books are untouched."""

import json
from hashlib import blake2b
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.decision import events as e
from dashboard.journal import tables, unnamed
from dashboard.journal.batch import Batch
from dashboard.journal.store import Journal, Observation
from dashboard.journal.unnamed import Keys, KeysProblem, pseudonym

NOON = 1_773_489_600_000_000
ANN, TOKEN, BUYER = "ann@example.com", "api:shop-robot", 'J. "Joe" Müller <joe@mail.example>'
PEOPLE = (ANN, TOKEN, BUYER, "cus_81", "ORD-7001", "ORD-7002", "ORD-7003", "call Joe", "Zoë", "because Joe rang")

Told = tuple[e.Event, str, str, str]


def placed(order: str, buyer: str) -> e.OrderPlaced:
    """An order of one ring on channel web."""
    moves = (
        e.Move("ring", "claims", "channel/web", "committed/web", 1),
        e.Move("ring", "goods", "la/available", "la/committed", 1),
    )
    lines = (e.SoldLine("ring", 1, 4900),)
    return e.OrderPlaced(channel="web", order=order, region="US", lines=lines, buyer=buyer, moves=moves)


def told(show: str) -> list[Told]:
    """(event, actor, source, id) of a show in which people are everywhere they can be."""
    web, operator = ("web", "/channels/web"), "/operator"
    goods = (e.Move("ring", "goods", "supplier", "la/available", 9), e.Move("ring", "claims", "issued", "flexible", 9))
    return [
        (e.ShowOpened(title="Night", starts_at=NOON, ends_at=NOON + 1, host="Mei"), "import", "/import/joe.csv", "open"),
        (e.GoodsReceived(location="la", sku="ring", quantity=9, pool="flexible", moves=goods), ANN, operator, f"{ANN}/1"),
        (e.OrderAnnounced(channel="web", order="ORD-7001"), *web, "announce/ORD-7001"),
        (placed("ORD-7001", BUYER), *web, "order/ORD-7001"),
        (placed("ORD-7002", BUYER), *web, "order/ORD-7002"),
        (placed("ORD-7003", "cus_81"), TOKEN, operator, "x1"),
        (e.NoteAdded(text="call Joe about ORD-7002"), ANN, operator, "n"),
        (e.LimitSet(sku="ring", region="US", units_per_order=2, reason="because Joe rang"), "Zoë", operator, "l"),
        (e.AutonomySet(rule="watch", level="auto", reason="Joe"), "operator", operator, "a"),
        (e.LinePublished(line="1", channel="web", language="en", kind="low", text="9 left"), ANN, operator, "p"),
        (e.ActionProposed(proposal="p", rule="watch", what="w", why=f"seen by {ANN}"), "rule:watch", "/rules/watch", "w"),
        (
            e.AlertRaised(alert="uncovered:web:ORD-7003", rule="uncovered", severity="critical", what="web sold ORD-7003"),
            "exchange", "/channels/web", "uncovered/web/ORD-7003",
        ),
        (e.OrderCancelled(channel="web", order="ORD-7002", region="US", lines=(), reason="late"), ANN, operator, "c"),
        (e.AlertRaised(alert="watch:US", rule="watch", severity="low", what="US"), "rule:watch", "/rules/watch", "w:US"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of two shows with the same people."""
    path = tmp_path_factory.mktemp("unnamed") / "two.duckdb"
    journal = Journal(path)
    batch, numbers = Batch(*journal.head()), count()
    for show in ("spring", "autumn"):
        for event, actor, source, id in told(show):
            batch.add(event, f"{show}/{id}", show, source, NOON, NOON + next(numbers), actor, "0f" * 8)
    journal.append(batch, [Observation("spring", NOON, 1, "viewers", "web", "", 80_000, "")])
    journal.close()
    return path


def chance(seed: int) -> Any:
    """Bytes that differ each time and are the same for the same seed."""
    numbers = count(seed)
    return lambda size: blake2b(str(next(numbers)).encode(), digest_size=size).digest()


def rows(directory: Path, table: str) -> list[dict[str, Any]]:
    """Every row of an exported table."""
    with duckdb.connect() as connection:
        found = connection.execute(f"select * from '{directory / table}.parquet'")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def out(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keys]:
    """The exported folder, and its keys."""
    directory = tmp_path_factory.mktemp("out")
    written, keys = unnamed.export(file, directory, None, chance(1))
    assert written == {"events": 2 * len(told("")), "moves": 2 * 8, "observations": 1}
    return directory, keys


def facts(directory: Path, kind: str, show: str = "spring") -> list[dict[str, Any]]:
    """What the events of a kind say."""
    found = [row for row in rows(directory, "events") if (row["type"], row["show_id"]) == (kind, show)]
    return [json.loads(row["data"]) for row in found]


def test_nobody_is_named_anywhere(out: tuple[Path, Keys]) -> None:
    text = json.dumps([rows(out[0], table) for table in tables.PUBLIC], default=str, ensure_ascii=False)
    written = text.replace("\\", "")
    assert not [name for name in PEOPLE if name.replace("\\", "") in written]
    assert "ring" in written
    assert "9 left" in written, "what was published stays"
    assert sorted(path.name for path in out[0].iterdir()) == [f"{table}.parquet" for table in tables.PUBLIC]


def test_a_buyer_is_the_same_within_a_show_and_nobody_known_in_the_next(out: tuple[Path, Keys]) -> None:
    spring, autumn = ([row["buyer"] for row in facts(out[0], "order_placed", show)] for show in ("spring", "autumn"))
    assert spring[0] == spring[1] != spring[2]
    assert autumn[0] == autumn[1] != autumn[2]
    assert not set(spring) & set(autumn)


def test_an_order_is_followed_from_its_announcement_to_its_end(out: tuple[Path, Keys]) -> None:
    first, second, third = (row["order"] for row in facts(out[0], "order_placed"))
    assert facts(out[0], "order_announced")[0]["order"] == first
    assert facts(out[0], "order_cancelled")[0]["order"] == second
    alert, other = facts(out[0], "alert_raised")
    assert (alert["alert"], alert["what"]) == (f"uncovered:web:{third}", f"web sold {third}, which no unit covers.")
    assert (other["alert"], other["what"]) == ("watch:US", "US")


def test_programs_keep_their_names_and_what_they_say_and_people_do_not(out: tuple[Path, Keys]) -> None:
    found = [row for row in rows(out[0], "events") if row["show_id"] == "spring"]
    actors = [row["actor"] for row in found]
    assert [actor for actor in actors if not actor.startswith("person-")] == [
        "import", "web", "web", "web", "operator", "rule:watch", "exchange", "rule:watch",
    ]  # fmt: skip
    assert len({actor for actor in actors if actor.startswith("person-")}) == 3
    assert facts(out[0], "note_added")[0]["text"] == ""
    assert [facts(out[0], kind)[0]["reason"] for kind in ("limit_set", "autonomy_set", "order_cancelled")] == [""] * 3
    assert facts(out[0], "action_proposed")[0]["why"] == f"seen by {actors[1]}"
    assert found[-1]["id"] == "spring/w:US"
    assert facts(out[0], "show_opened")[0]["host"] == "Mei"


def test_everything_else_is_what_it_was(file: Path, out: tuple[Path, Keys]) -> None:
    with duckdb.connect(str(file), read_only=True) as connection:
        before = connection.execute("select seq, show_id, type, event_time, recorded_time from events").fetchall()
        moves = connection.execute("select * from moves").fetchall()
    found = rows(out[0], "events")
    assert [
        (row["seq"], row["show_id"], row["type"], row["event_time"], row["recorded_time"]) for row in found
    ] == before
    assert [tuple(row.values()) for row in rows(out[0], "moves")] == moves
    said = [
        (row["seq"], line, *move[:5])
        for row in found
        for line, move in enumerate(json.loads(row["data"]).get("moves", ()))
    ]
    assert said == [(row[0], row[1], *row[3:]) for row in moves]
    assert rows(out[0], "observations")[0]["value"] == 80_000


def test_hashes_follow_each_other_but_confirm_no_guess(file: Path, out: tuple[Path, Keys]) -> None:
    found = rows(out[0], "events")
    assert all(after["prev_hash"] == before["hash"] for before, after in pairwise(found))
    with duckdb.connect(str(file), read_only=True) as connection:
        hashes = connection.execute("select hash from events order by seq").fetchall()
    assert not {row["hash"] for row in found} & {own for (own,) in hashes}
    keyed = blake2b(hashes[3][0].encode(), key=out[1].chain, person=b"chain", digest_size=32).hexdigest()
    assert found[3]["hash"] == keyed
    commands = {json.loads(row["data"]).get("command") for row in found if row["actor"] == "web"}
    assert commands
    assert "0f" * 8 not in commands


def test_who_holds_the_keys_finds_a_buyer_again(out: tuple[Path, Keys]) -> None:
    key = out[1].shows["spring"]
    assert facts(out[0], "order_placed")[0]["buyer"] == pseudonym(key, "buyer", BUYER)
    by_hand = blake2b(BUYER.encode(), key=key, person=b"buyer", digest_size=10).hexdigest()
    assert pseudonym(key, "buyer", BUYER) == f"buyer-{by_hand}"
    assert pseudonym(key, "buyer", "") == ""


def test_the_same_keys_give_the_same_rows_and_new_ones_others(
    file: Path, out: tuple[Path, Keys], tmp_path: Path
) -> None:
    unnamed.write_keys(tmp_path / "keys.json", out[1])
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    again = unnamed.read_keys(tmp_path / "keys.json")
    assert again == out[1]
    _, keys = unnamed.export(file, tmp_path / "again", again, chance(50))
    assert keys == again
    assert rows(tmp_path / "again", "events") == rows(out[0], "events")
    unnamed.export(file, tmp_path / "other", None, chance(50))
    assert facts(tmp_path / "other", "order_placed")[0]["buyer"] != facts(out[0], "order_placed")[0]["buyer"]


def test_keys_of_other_shows_are_kept_and_new_shows_get_new_ones(file: Path, tmp_path: Path) -> None:
    old = Keys(b"c" * 32, {"winter": b"w" * 32, "spring": b"s" * 32})
    _, keys = unnamed.export(file, tmp_path, old, chance(1))
    assert set(keys.shows) == {"winter", "spring", "autumn"}
    assert (keys.chain, keys.shows["winter"], keys.shows["spring"]) == (b"c" * 32, b"w" * 32, b"s" * 32)
    assert len(keys.shows["autumn"]) == 32


@pytest.mark.parametrize(
    "content", ["", "no keys", "[]", '{"chain": "00", "shows": {}}', '{"chain": 7}', '{"shows": {"a": "zz"}}', "\x00"]
)
def test_what_holds_no_keys_is_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(KeysProblem, match=r"^[^\n]+\.$"):
        unnamed.read_keys(tmp_path / "keys.json")
    assert unnamed.read_keys(tmp_path / "none.json") is None


def test_an_event_that_cannot_be_read_is_one_sentence_and_leaves_no_table(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.duckdb"
    path.write_bytes(file.read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute("""update events set data = '["no facts"]' where seq = 4""")
    with pytest.raises(unnamed.VerifyProblem, match="Event 4 "):
        unnamed.export(path, tmp_path / "out", None, chance(1))
    assert list((tmp_path / "out").iterdir()) == []
