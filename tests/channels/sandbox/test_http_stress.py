"""The stress test over HTTP: what the room under test is configured with, and a short one from end to end."""

import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from dashboard.channels.accounts import read_accounts, secrets_of
from dashboard.channels.sandbox import http_stress
from dashboard.channels.sandbox.http import HttpSandbox
from dashboard.channels.sandbox.http_stress import Served, StressProblem, config_of, platforms_of
from dashboard.channels.sandbox.stress import STALLS, Trial
from tests.benchmarks.processes import ROOT, WARROOM

NOTHING = {stall.shop.channel: {} for stall in STALLS}


def test_the_config_and_the_secrets_say_exactly_what_the_platforms_are(tmp_path: Path) -> None:
    platforms = platforms_of(Trial(), NOTHING)
    secrets = tmp_path / "secrets.toml"
    secrets.touch(mode=0o600)
    secrets.write_text(http_stress.secrets_of(platforms))
    text = config_of(tmp_path / "j.duckdb", secrets, 8501, platforms, "http://127.0.0.1:9000")
    accounts = read_accounts(tomllib.loads(text)["channels"], "room.toml")
    assert accounts.keys() == platforms.keys()
    for channel, platform in platforms.items():
        assert accounts[channel].base_url == f"http://127.0.0.1:9000/{channel}"
        for name in ("platform", "capability", "callback_url", "currency", "names", "listings"):
            assert getattr(accounts[channel], name) == getattr(platform.account, name), (channel, name)
        assert secrets_of(channel, {}, secrets) == platform.secrets
        assert platform.secrets.token not in text


def test_a_room_that_does_not_start_is_told_in_its_own_words(tmp_path: Path) -> None:
    journal = tmp_path / "notes.duckdb"
    journal.write_text("Buy rings.\n")
    sandbox = HttpSandbox(platforms_of(Trial(), NOTHING), Trial().profile, 1, lambda: 0)
    with (
        pytest.raises(StressProblem, match=r"did not start: .*is not a DuckDB file"),
        Served(tmp_path, journal, sandbox),
    ):
        pass


def test_a_short_show_over_real_http_oversells_nothing_and_every_order_is_known() -> None:
    done = subprocess.run(
        [*WARROOM, "stress", "--orders", "60", "--rate", "30", "--json", "--samples"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["mode"], found["oversold"], found["verify"], found["accounted"]) == ("over HTTP", 0, "ok", True)
    assert found["orders"] + found["refused"] == 60
    assert found["sold"] + found["leftover"] == found["units"]
    assert 0 < found["lag_ms"]["p50"] <= found["lag_ms"]["p95"] <= found["lag_ms"]["p99"]
    assert found["samples"][-1][0] == 2.0
