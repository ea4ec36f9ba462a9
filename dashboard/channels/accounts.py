"""Storefront accounts and their secrets, read from what an operator writes.

    [channels.<name>] of the serve config -> read_accounts -> Account per channel
    environment, secrets file             -> secrets_of    -> Secrets of one channel

The config holds nothing secret: it is shown, copied and kept under version control. Secrets come from the environment
(`WARROOM_SECRET_<CHANNEL>`, `WARROOM_PREVIOUS_SECRET_<CHANNEL>` while keys are rotated, `WARROOM_TOKEN_<CHANNEL>`; the
channel in capitals, everything that is no letter or digit an underscore) or from a TOML file only its owner can read,
one table a channel with `secret`, `previous_secret` and `token`. The environment goes before the file, value by value.
The same file holds `[auth]` and `[api_tokens]`, by which people and their programs come in: see cli_people.py.

Whatever cannot be read is refused with one sentence naming the file, the key and what would be right; a sentence about
secrets names the key and never the value. An account's capability is its platform's, narrowed by what is written here.
"""

import difflib
import os
import re
import stat
import tomllib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel.numbers import list_currencies

from dashboard.channels.adapter import Account, PushKind, Secrets
from dashboard.channels.adapters import PLATFORMS, pushes_of
from dashboard.channels.fields import SHOWN_MAX
from dashboard.channels.signatures import variable_of
from dashboard.settings import SettingProblem

SECRET_KEYS = ("secret", "previous_secret", "token")
RESERVED = ("auth", "api_tokens", "purchasing")
"""Tables of the secrets file that are no channel's."""
RATE_MAX = 100_000
_SECRET_LOOKING = re.compile(
    r"secret|token|passw|private|credential|(partner|consumer|signing|access|api)_?key", re.IGNORECASE
)
_LINE = re.compile(r"line \d+")

Check = Callable[[object], str]
"""Tells what a value must be, empty when it is."""


# --- accounts -------------------------------------------------------------------------------------------------


def read_accounts(table: Mapping[str, Any], where: str) -> dict[str, Account]:
    """Read the `[channels.<name>]` tables; `where` is the file's name; raises SettingProblem."""
    accounts: dict[str, Account] = {}
    variables: dict[str, str] = {}
    for channel, row in table.items():
        place = f"{where}: [channels.{channel}]"
        if not channel or not isinstance(row, dict):
            raise SettingProblem(f"{place} is {_shown(row)}; it takes a table such as [channels.shopify-us].")
        if channel in RESERVED:
            raise SettingProblem(f"{place} has a name that means something else in the secrets file; rename it.")
        other = variables.setdefault(variable_of(channel), channel)
        if other != channel:
            raise SettingProblem(
                f"{place} and [channels.{other}] would share their secrets' names; rename one of them."
            )
        accounts[channel] = _account(channel, row, place)
    return accounts


def _account(channel: str, row: Mapping[str, Any], place: str) -> Account:
    for key, value in row.items():
        _refuse_secret(channel, key, place)
        if key not in _KEYS:
            raise SettingProblem(f"{place} has no key {key!r}; {_hint(key, _KEYS)}")
        wanted = _KEYS[key](value)
        if wanted:
            raise SettingProblem(f"{place} {key} is {_shown(value)}; it takes {wanted}.")
    if "platform" not in row:
        raise SettingProblem(f"{place} names no platform; it takes one of {', '.join(PLATFORMS)}.")
    platform = row["platform"]
    allowed = pushes_of(platform)
    if row.get("push", allowed[0]) not in allowed:
        raise SettingProblem(f"{place} push is {row['push']!r}; on {platform} it takes {' or '.join(allowed)}.")
    limits = ("push", "calls_per_minute", "fetches_per_minute", "restocks_on_cancel")
    capability = PLATFORMS[platform].capability
    return Account(
        channel,
        platform,
        msgspec.structs.replace(capability, **{key: row[key] for key in limits if key in row}),
        row.get("base_url", "").rstrip("/"),
        row.get("callback_url", ""),
        row.get("time_zone", "UTC"),
        row.get("currency", ""),
        _words(channel, row.get("names", {}), f"{place[:-1]}.names]"),
        {
            sku: _words(channel, names, f"{place[:-1]}.listings.{sku}]")
            for sku, names in row.get("listings", {}).items()
        },
        _words(channel, row.get("sources", {}), f"{place[:-1]}.sources]"),
    )


def _words(channel: str, table: object, place: str) -> dict[str, str]:
    """A table of texts; ids may be written as whole numbers and become texts."""
    if not isinstance(table, dict):
        raise SettingProblem(f"{place} is {_shown(table)}; it takes a table of texts.")
    words = {}
    for key, value in table.items():
        if not place.endswith(".sources]"):
            _refuse_secret(channel, key, place)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise SettingProblem(f"{place} {key} is {_shown(value)}; it takes a text.")
        words[key] = str(value)
    return words


def _refuse_secret(channel: str, key: str, place: str) -> None:
    if _SECRET_LOOKING.search(key):
        name = variable_of(channel)
        raise SettingProblem(
            f"{place} holds {key!r}; secrets come only from environment or secrets file, such as {name}."
        )


def _one_of(words: Collection[str], value: object) -> str:
    """Nothing, or the nearest of the words."""
    if isinstance(value, str) and value in words:
        return ""
    near = difflib.get_close_matches(value, words, 1) if isinstance(value, str) else []
    return f"one of {', '.join(words)}" + (f"; did you mean {near[0]!r}" if near else "")


def _url(value: object) -> str:
    fits = isinstance(value, str) and re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value)
    return "" if fits else "an address such as https://shop.example.com"


def _rate(value: object) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= RATE_MAX
    return "" if fits else f"a whole number of calls from 1 to {RATE_MAX}"


def _zone(value: object) -> str:
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "a time zone such as America/New_York"
    return ""


def _currency(value: object) -> str:
    return "" if isinstance(value, str) and value in list_currencies() else "a currency such as USD"


def _truth(value: object) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _table(value: object) -> str:
    return "" if isinstance(value, dict) else "a table"


_KEYS: Mapping[str, Check] = {
    "platform": partial(_one_of, tuple(PLATFORMS)),
    "base_url": _url,
    "callback_url": _url,
    "time_zone": _zone,
    "currency": _currency,
    "push": partial(_one_of, get_args(PushKind)),
    "calls_per_minute": _rate,
    "fetches_per_minute": _rate,
    "restocks_on_cancel": _truth,
    "names": _table,
    "listings": _table,
    "sources": _table,
}
"""What an account takes, and what each of it must be."""


# --- secrets --------------------------------------------------------------------------------------------------


def secrets_of(channel: str, environment: Mapping[str, str], file: str | Path | None = None) -> Secrets:
    """The secrets of a channel, empty where none are set; raises SettingProblem about the file."""
    written = _written(Path(file), channel) if file else {}
    found = {
        key: environment.get(variable_of(channel, key.upper()), "").strip() or written.get(key, "").strip()
        for key in SECRET_KEYS
    }
    return Secrets(tuple(filter(None, (found["secret"], found["previous_secret"]))), found["token"])


def secret_tables(file: Path) -> dict[str, Any]:
    """Everything the secrets file says; raises SettingProblem without a word of its contents."""
    try:
        with file.open("rb") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise SettingProblem(f"{file} can be read by others than its owner; run chmod 600 {file}.")
            return tomllib.loads(opened.read().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        line = _LINE.search(str(problem)) if isinstance(problem, tomllib.TOMLDecodeError) else None
        raise SettingProblem(f"{file} is no TOML{f' ({line[0]})' if line else ''}.") from None
    except OSError as problem:
        raise SettingProblem(f"The secrets file {file} cannot be read: {problem.strerror}.") from None


def _written(file: Path, channel: str) -> dict[str, str]:
    """What the secrets file says of one channel; raises SettingProblem without a word of its contents."""
    table = secret_tables(file).get(channel, {})
    if not isinstance(table, dict):
        raise SettingProblem(f"{file}: {channel} is no table; write [{channel}] with {', '.join(SECRET_KEYS)}.")
    for key, value in table.items():
        if key not in SECRET_KEYS:
            raise SettingProblem(f"{file}: [{channel}] has no key {_shown(key)}; {_hint(key, SECRET_KEYS)}")
        if not isinstance(value, str):
            raise SettingProblem(f"{file}: [{channel}] {key} is no text; write it in quotes.")
    return table


def _hint(word: str, known: Collection[str]) -> str:
    """The nearest known word, or all of them."""
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}."


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, dict | list) else "a table" if isinstance(value, dict) else "a list"
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 3]}..."
