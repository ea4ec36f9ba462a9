"""Settings: every default can be read, the environment wins, and what cannot be read is refused in one sentence."""

from pathlib import Path

import pytest

from dashboard import settings
from dashboard.settings import SETTINGS, SettingProblem

RULES = ("watch", "slow_region", "all")


def config(folder: Path, text: str | bytes) -> str:
    """A config file with some text."""
    path = folder / "war room.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_without_an_environment_every_setting_has_its_default() -> None:
    assert settings.load({}) == {setting.name: setting.default for setting in SETTINGS}


def test_every_setting_is_named_once_and_says_what_it_does() -> None:
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.help.endswith("."), setting.name
        assert setting.name == setting.name.lower()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("PORT", "9000", 9000), ("TICK_SECONDS", "0.5", 0.5), ("TICK_SECONDS", "2", 2.0), ("HOST", "0.0.0.0", "0.0.0.0")],
)
def test_the_environment_wins(name: str, text: str, value: object) -> None:
    assert settings.load({f"WARROOM_{name}": text})[name.lower()] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "abc"),
        ("PORT", ""),
        ("PORT", "80.5"),
        ("PORT", "-1"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "9" * 5000),
        ("TICK_SECONDS", "fast"),
        ("TICK_SECONDS", "0"),
        ("TICK_SECONDS", "-1"),
        ("TICK_SECONDS", "nan"),
        ("TICK_SECONDS", "inf"),
        ("HOST", ""),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_variable_value_and_what_would_be_right(
    name: str, text: str
) -> None:
    with pytest.raises(SettingProblem) as problem:
        settings.load({f"WARROOM_{name}": text})
    sentence = str(problem.value)
    assert f"WARROOM_{name}" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 250


def test_a_number_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARROOM_TICK_SECONDS", "0.25")
    assert settings.number("tick_seconds") == 0.25


def test_a_config_file_names_journal_host_port_and_rules(tmp_path: Path) -> None:
    path = config(tmp_path, 'journal = "a.duckdb"\nhost = "0.0.0.0"\nport = 9000\n[rules]\nwatch = "auto"\n')
    assert settings.read_config(path, RULES) == {
        "journal": "a.duckdb",
        "host": "0.0.0.0",
        "port": 9000,
        "rules": {"watch": "auto"},
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("journal = ", "is no TOML"),
        (b"\xff\xfe", "is no TOML"),
        ('jurnal = "a"', "did you mean 'journal'?"),
        (
            "colour = 1",
            "it takes journal, host, port, secrets, rules, channels, login, roles, purchasing, host_links, wording.",
        ),
        ("port = 'eighty'", "port is 'eighty'; it takes a"),
        ("port = true", "port is True; it takes a"),
        ("port = 0", "port is 0"),
        ("port = 70000", "port is 70000"),
        ("journal = 7", "journal is 7; it takes a"),
        ("rules = 'auto'", "rules is 'auto'; it takes a"),
        ('[rules]\nwatch = "always"', "watch is 'always'; it takes off, suggest or auto."),
        ("[rules]\nwach = 'auto'", "has no rule 'wach'; did you mean 'watch'?"),
        ("[rules]\nqqq = 'auto'", "has no rule 'qqq'; it takes all, slow_region, watch."),
        ("[rules]\nwatch = 1", "watch is 1; it takes off, suggest or auto."),
    ],
)
def test_a_config_file_that_cannot_be_used_is_refused_with_file_and_key(
    text: str | bytes, words: str, tmp_path: Path
) -> None:
    path = config(tmp_path, text)
    with pytest.raises(SettingProblem) as problem:
        settings.read_config(path, RULES)
    sentence = str(problem.value)
    assert words in sentence
    assert path in sentence
    assert "\n" not in sentence


def test_a_config_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingProblem, match="There is no config file"):
        settings.read_config(str(tmp_path / "none.toml"), RULES)


def test_a_folder_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(SettingProblem, match="is a folder"):
        settings.read_config(str(tmp_path), RULES)
