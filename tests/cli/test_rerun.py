"""`warroom rerun`: the same hash, another one under a change, and one sentence for what cannot be tried."""

from pathlib import Path

import duckdb

from dashboard.settings import DATA
from tests.benchmarks import order_file
from tests.cli.command import refused, warroom

KEYS = {
    "show", "hash", "original_hash", "same", "sold", "lost", "cancelled", "oversold", "leftover", "refused", "orders",
    "revenue_minor", "margin_minor", "stock_out_minutes", "moves", "moved_units", "original", "control", "difference",
    "since", "assumption",
}  # fmt: skip
LAMPS_AWAY = '[[move]]\nat = "T+02:30"\nsku = "RING"\nfrom = "region/US"\nto = "flexible"\nunits = 1000000\n'


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_without_a_change_it_ends_at_the_very_same_hash(journal: Path) -> None:
    outcome = warroom("rerun", journal, "--json")
    body = outcome.json
    assert outcome.code == 0
    assert body.keys() >= KEYS
    assert body["hash"] == body["original_hash"] == warroom("verify", journal, "--json").json["head"]["hash"]
    assert (body["same"], body["differs_at"], body["control"]) == (True, None, None)
    assert body["sold"] == warroom("frame", journal, "--json").json["totals"]["units_sold"] == 5


def test_for_people_it_says_so_and_what_is_assumed(journal: Path) -> None:
    out = warroom("rerun", journal).out
    assert "The same hash, " in out
    assert "none took another SKU" in out


def test_an_imported_show_decided_again_ends_at_the_same_hash(tmp_path: Path) -> None:
    orders, db = tmp_path / "orders.csv", tmp_path / "orders.duckdb"
    order_file.write(orders, 300)
    warroom("import", orders, "--mapping", DATA / "mappings" / "online_retail.toml", "--db", db)
    body = warroom("rerun", db, "--json").json
    assert (body["same"], body["hash"]) == (True, body["original_hash"])


def test_an_order_changed_by_hand_is_found_and_named(journal: Path) -> None:
    with duckdb.connect(str(journal)) as connection:
        connection.execute('update events set data = replace(data::varchar, \'"order":"5"\', \'"order":"4"\')::json')
    outcome = warroom("rerun", journal)
    assert outcome.code == 1
    assert "NOT the same hash: decided otherwise from entry" in outcome.out


def test_a_change_is_compared_with_a_control(journal: Path, tmp_path: Path) -> None:
    change = write(tmp_path / "change.toml", LAMPS_AWAY)
    body = warroom("rerun", journal, "--change", change, "--json").json
    assert not body["same"]
    assert body["since"] is not None
    assert body["difference"]["sold"] == body["sold"] - body["control"]["sold"] == -3
    assert body["difference"]["lost"] == 3
    assert body["original"]["sold"] == 5
    assert "difference" in warroom("rerun", journal, "--change", change).out


def test_a_rerun_that_is_kept_is_a_journal_like_any_other(journal: Path, tmp_path: Path) -> None:
    change, kept = write(tmp_path / "change.toml", LAMPS_AWAY), tmp_path / "other.duckdb"
    body = warroom("rerun", journal, "--change", change, "--db", kept, "--json").json
    assert warroom("verify", kept, "--json").json["head"]["hash"] == body["hash"]
    assert warroom("frame", kept, "--json").json["totals"]["units_sold"] == body["sold"] == 2
    again = warroom("rerun", kept, "--json").json
    assert again["hash"] == body["hash"], "and can be decided again"
    assert "exists already; name a new file" in refused("rerun", journal, "--db", kept)


def test_what_cannot_be_tried_is_said_in_one_sentence(journal: Path, text: Path, tmp_path: Path) -> None:
    assert "no journal" in refused("rerun", text)
    assert "There is no journal at" in refused("rerun", tmp_path / "none.duckdb")
    assert "There is no show 'summer'" in refused("rerun", journal, "--show", "summer")
    assert "none.toml cannot be read" in refused("rerun", journal, "--change", tmp_path / "none.toml")
    bad = write(tmp_path / "bad.toml", '[rules]\nwatch = "on"\n')
    assert "rule watch is set to 'on'" in refused("rerun", journal, "--change", bad)
    later = write(tmp_path / "later.toml", "without = [9999]\n")
    assert "has no entry 9999 to leave out" in refused("rerun", journal, "--change", later)
