"""Streamlit runs with the settings that were measured, under names that the installed version knows."""

import tomllib

import pytest
from streamlit import config

from tests.architecture.house import ROOT

PATH = ROOT / ".streamlit" / "config.toml"
SETTINGS = tomllib.loads(PATH.read_text(encoding="utf-8"))
NAMES = [f"{section}.{name}" for section, options in SETTINGS.items() for name in options]


@pytest.mark.parametrize(
    ("section", "name", "value", "why"),
    [
        ("runner", "postScriptGC", False, "a full collection after every run holds the interpreter for 60 ms"),
        ("server", "fileWatcherType", "none", "watching re-resolves every module on every run"),
        ("server", "headless", True, "the command prints the address itself"),
        ("server", "maxUploadSize", 30, "what is handed over is held in memory"),
        ("browser", "gatherUsageStats", False, "nothing leaves this machine"),
        ("client", "toolbarMode", "minimal", "viewers need no developer menu"),
        ("client", "showErrorDetails", "none", "a viewer needs no stack trace"),
    ],
)
def test_a_measured_setting_is_kept(section: str, name: str, value: object, why: str) -> None:
    assert SETTINGS[section][name] == value, why


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_known_to_the_installed_streamlit(name: str) -> None:
    config.get_config_options()
    assert name in config._config_options_template, f"{name} in {PATH.name} is not an option of this Streamlit"


def test_the_theme_fetches_nothing() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert "http://" not in text
    assert "https://" not in text
