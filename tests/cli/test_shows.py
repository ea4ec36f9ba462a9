"""`warroom rehearse`, `scenarios`, `demo`, `serve`: what they print, and how they refuse to start."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.processes import ROOT, WARROOM
from tests.cli.command import Outcome, refused, warroom


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The scenario BreezeStyle played once."""
    path = tmp_path_factory.mktemp("rehearse") / "show.duckdb"
    return path, warroom("rehearse", "breezestyle", "--db", path, "--json")


def test_a_rehearsal_prints_one_object_with_every_key_that_outside_tools_read(played: tuple[Path, Outcome]) -> None:
    path, outcome = played
    assert outcome.code == 0
    body = outcome.json
    assert {"sold", "cancelled", "oversold", "leftover", "refused", "beats"} <= body.keys()
    assert body["oversold"] == 0
    assert body["beats"]
    for beat in body["beats"]:
        assert {"at", "rule", "what"} <= beat.keys()
    report = warroom("verify", path, "--json").json
    assert (report["ok"], report["oversold"]) == (True, 0)
    totals = warroom("frame", path, "--json").json["totals"]
    assert totals["units_sold"] == body["sold"]


def test_decided_again_the_rehearsal_ends_at_the_same_hash(played: tuple[Path, Outcome]) -> None:
    body = warroom("rerun", played[0], "--json").json
    assert (body["same"], body["hash"]) == (True, body["original_hash"])
    assert body["sold"] == played[1].json["sold"]


def test_its_review_says_how_far_youtube_sold_above_its_plan(played: tuple[Path, Outcome], tmp_path: Path) -> None:
    outcome = warroom("review", played[0], "--out", tmp_path, "--language", "en", "--json")
    assert (outcome.json["oversold"], outcome.json["verified"]) == (0, True)
    review = json.loads((tmp_path / "review.json").read_text())
    ratios = {row["channel"]: row["plan_ratio"] for row in review["channels"]}
    assert 1.30 <= ratios["youtube-us"] <= 1.40
    top_ups = [row for row in review["interventions"] if row["rule"] == "flexible_top_up"]
    assert all(row["effect"]["sold"] > 0 for row in top_ups), "each made up for what its region lacked"
    assert review["lost"]["units"] == sum(sum(row["causes"].values()) for row in review["lost"]["rows"])


def test_a_naive_seller_is_played_beside_ours_where_a_scenario_has_one(tmp_path: Path) -> None:
    body = warroom("rehearse", "stock_illusion", "--db", tmp_path / "show.duckdb", "--json").json
    keys = ("sold", "cancelled", "oversold", "leftover")
    assert [body[key] for key in keys] == [1000, 0, 0, 0]
    assert [body["naive"][key] for key in keys] == [1800, 0, 800, 0]
    assert {"refused", "lost", "orders", "orders_unserved", "oversold_share", "sync_seconds"} <= body["naive"].keys()
    report = warroom("verify", tmp_path / "show.duckdb", "--json").json
    assert (report["ok"], report["oversold"]) == (True, 0)


def test_for_people_both_sellers_stand_one_above_the_other() -> None:
    ours, naive = warroom("rehearse", "stock_illusion", "--seed", "2").out.splitlines()[-2:]
    assert ours.startswith("ours   sold 1,000  cancelled 0  oversold 0  leftover 0 ")
    assert naive.startswith("naive  sold 1,800  cancelled 0  oversold 800  leftover 0 ")
    assert naive.endswith("(one number for every platform, every 900 s)")


def test_a_rehearsal_without_a_naive_seller_says_nothing_of_one(played: tuple[Path, Outcome]) -> None:
    assert "naive" not in played[1].json


def test_a_rehearsal_is_not_mixed_with_an_earlier_one(played: tuple[Path, Outcome]) -> None:
    path, _ = played
    head = warroom("verify", path, "--json").json["head"]
    for command in ("rehearse", "breezestyle"), ("demo",):
        assert "holds a show 'breezestyle' already" in refused(*command, "--db", path)
    assert warroom("verify", path, "--json").json["head"] == head


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rehearse",), "Missing argument 'NAME'"),
        (("rehearse", "breezstyle"), "did you mean 'breezestyle'"),
        (("rehearse", "../x"), "There is no scenario '../x'"),
        (("rehearse", "breezestyle", "--rules", "sometimes"), "'sometimes' is not one of"),
        (("rehearse", "breezestyle", "--seed", "x"), "'--seed'"),
        (("rehearse", "breezestyle", "--db", "/nowhere/a.duckdb"), "/nowhere/a.duckdb"),
        (("demo", "--scenario", "nothing"), "There is no scenario 'nothing'"),
        (("demo", "--start", "soon"), "'soon' is no moment"),
        (("demo", "--speed", "0"), "'--speed'"),
        (("demo", "--speed", "nan"), "The speed is nan"),
        (("demo", "--port", "70000"), "'--port'"),
        (("serve",), "Name the journal"),
        (("serve", "--db", "/nowhere/a.duckdb"), "/nowhere/a.duckdb"),
        (("serve", "--config", "/nowhere/a.toml"), "There is no config file /nowhere/a.toml."),
        (("serve", "--port", "0"), "'--port'"),
        (("bench", "nothing", "--quick"), "No such option"),
        (("verify", "--loud", "x"), "No such option"),
        (("nothing",), "No such command 'nothing'"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_a_wrong_use_is_refused_in_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(*arguments)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("journal = ", "is no TOML"),
        ('jurnal = "a.duckdb"', "did you mean 'journal'?"),
        ('journal = "a.duckdb"\nport = "x"', "port is 'x'"),
        ('journal = "a.duckdb"\nport = 70000', "port is 70000"),
        ('journal = "a.duckdb"\n[rules]\nwach = "auto"', "did you mean 'watch'?"),
        ('journal = "a.duckdb"\n[rules]\nwatch = "always"', "it takes off, suggest or auto."),
        ("port = 9000", "Name the journal"),
        ('journal = "a.duckdb"\nsecrets = 7', "secrets is 7; it takes a text"),
        ('journal = "a.duckdb"\nchannels = "shop"', "channels is 'shop'; it takes a table"),
        ('journal = "a.duckdb"\n[channels.shop]\nplatform = "shopfy"', "did you mean 'shopify'"),
        (
            'journal = "a.duckdb"\n[channels.shop]\nplatform = "shopify"\ntoken = "x"',
            "secrets come only from environment",
        ),
        ('journal = "a.duckdb"\nsecrets = "/nowhere/s.toml"\n[channels.shop]\nplatform = "shopify"', "/nowhere/s.toml"),
        ('journal = "/nowhere/a.duckdb"', "/nowhere/a.duckdb"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused_in_one_sentence(text: str, words: str, tmp_path: Path) -> None:
    config = tmp_path / "room.toml"
    config.write_text(text)
    assert words in refused("serve", "--config", config)
    assert not (tmp_path / "a.duckdb").exists()


def test_a_text_file_is_not_served(text: Path) -> None:
    assert "notes.txt" in refused("serve", "--db", text)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_a_port_that_is_taken_is_refused(taken_port: int, journal: Path) -> None:
    sentence = refused("serve", "--db", journal, "--port", taken_port)
    assert f"127.0.0.1 port {taken_port}: address already in use" in sentence


def test_an_address_that_is_not_ours_is_refused(journal: Path, tmp_path: Path) -> None:
    config = tmp_path / "room.toml"
    config.write_text(f'journal = "{journal}"\nhost = "192.0.2.1"\n')
    assert "Nobody can listen on 192.0.2.1" in refused("serve", "--config", config)


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "abc"), ("PORT", "70000"), ("TICK_SECONDS", "-1"), ("BATCH_COMMANDS_MAX", "0")]
)
def test_a_setting_that_cannot_be_read_is_refused_by_name(name: str, value: str, journal: Path) -> None:
    assert f"WARROOM_{name} is '{value}'" in refused("serve", "--db", journal, **{f"WARROOM_{name}": value})


def test_scenarios_are_listed() -> None:
    listed = warroom("scenarios", "--json").json["scenarios"]
    assert "breezestyle" in {row["name"] for row in listed}
    assert all(row["title"] for row in listed)
    assert warroom("scenarios").out.count("\n") == len(listed)


@pytest.mark.parametrize(
    "command", ["", "demo", "serve", "rehearse", "import", "frame", "verify", "export", "bench", "stress"]
)
def test_help_is_there_for_everything(command: str) -> None:
    outcome = warroom(*command.split(), "--help")
    assert outcome.code == 0
    assert outcome.out.startswith("Usage: warroom")


def test_without_a_command_the_help_is_shown() -> None:
    outcome = warroom()
    assert outcome.code == 2
    assert "Usage: warroom" in outcome.err


def test_the_real_process_ends_with_the_same_code_and_words(text: Path) -> None:
    done = subprocess.run(
        [*WARROOM, "verify", str(text), "--json"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == f'{{"error": "{text} is not a DuckDB file, so it is no journal."}}\n'
    assert done.stderr == f"{text} is not a DuckDB file, so it is no journal.\n"
