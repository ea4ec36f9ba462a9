"""Who may come in, read from what an operator writes.

    [roles], [login] of the serve config      -> which e-mail address has which role
    [auth] of the secrets file                -> sign-in, in the words of Streamlit's own documentation
    [api_tokens] of the secrets file, environment -> what programs show instead
    [host_links] of the config, its key of the secrets file or environment -> what a host's phone shows instead
    the address that is listened on           -> without [auth]: this machine's operator, or onlookers only

`[auth]` switches signing in on; nothing else does, and roles without it are refused, for they would protect nothing.
Whatever cannot be read is refused with one sentence naming file and key, never a secret.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.channels.accounts import secret_tables
from dashboard.decision.roles import ROLES
from dashboard.host_links import DAYS, KEY_LETTERS_MIN, HostLinks, beside
from dashboard.people import LOCAL, LOGIN, NONE, OPEN, People, Token, is_loopback
from dashboard.settings import SettingProblem

SHARED = ("redirect_uri", "cookie_secret")
OF_A_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
COOKIE_LETTERS_MIN, TOKEN_LETTERS_MIN = 32, 20
VARIABLE = "WARROOM_API_TOKEN_"
LINK_KEY, LINK_DAYS_MAX = "WARROOM_HOST_LINK_KEY", 366
ONLOOKERS = (
    "Nobody can sign in and this address is open to others, so everybody is a viewer who sees no controls; "
    "listen on 127.0.0.1, or set up [auth] in the secrets file."
)
_MAIL = re.compile(r"(\*|[^@\s*]+)@[^@\s*]+")
_TOKEN_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")


def read_people(wanted: Mapping[str, Any], config: str, secrets: str | None, environment: Mapping[str, str]) -> People:
    """The people of a config and a secrets file (None: there is none); raises SettingProblem."""
    tables = secret_tables(Path(secrets)) if secrets else {}
    auth = _table(tables, "auth", str(secrets))
    for name in ("roles", "login"):
        if name in wanted and not auth:
            raise SettingProblem(
                f"{config}: [{name}] means nothing while nobody can sign in; write [auth] into the secrets file."
            )
    return People(
        LOGIN if auth else LOCAL,
        _roles(wanted.get("roles", {}), config),
        _role(wanted.get("roles", {}).get("default", "viewer"), f"{config}: [roles] default", (*ROLES, NONE)),
        _trust(wanted.get("login", {}), config),
        _tokens(_table(tables, "api_tokens", str(secrets)), str(secrets), environment),
        auth,
        _providers(auth, str(secrets)),
    )


def listening(people: People, address: str) -> People:
    """The people of an address: where nobody can sign in, only this machine's own address has an operator."""
    if people.entry == LOGIN:
        return people
    return replace(people, entry=LOCAL if is_loopback(address) else OPEN)


def read_links(
    wanted: Mapping[str, Any], config: str, secrets: str | None, environment: Mapping[str, str], journal: str
) -> HostLinks:
    """The host links of a config, with a key beside the journal unless one is given; raises SettingProblem."""
    table, place = wanted.get("host_links", {}), f"{config}: [host_links]"
    for key in table:
        if key not in ("days", "public_url"):
            raise SettingProblem(f"{place} has no key {key[:40]!r}; it takes days and public_url.")
    days, url = table.get("days", DAYS), table.get("public_url", "")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= LINK_DAYS_MAX:
        raise SettingProblem(f"{place} days is {_shown(days)}; it takes a whole number from 0 to {LINK_DAYS_MAX}.")
    if not isinstance(url, str) or (url and not re.fullmatch(r"https?://[^\s/?#{}]+/?", url)):
        raise SettingProblem(f"{place} public_url is {_shown(url)}; write an address such as https://war.example.com.")
    told = _table(secret_tables(Path(secrets)), "host_links", secrets) if secrets else {}
    given = environment.get(LINK_KEY, "").strip() or told.get("key", "")
    where = LINK_KEY if environment.get(LINK_KEY, "").strip() else f"{secrets}: [host_links] key"
    if not isinstance(given, str) or (given and (len(given) < KEY_LETTERS_MIN or not given.isascii())):
        raise SettingProblem(f"{where} takes at least {KEY_LETTERS_MIN} letters and digits, at random.")
    return beside(journal, given.encode(), days, url)


def _table(tables: Mapping[str, Any], name: str, file: str) -> dict[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise SettingProblem(f"{file}: {name} is no table; write [{name}].")
    return table


def _roles(table: Mapping[str, Any], config: str) -> dict[str, str]:
    roles: dict[str, str] = {}
    for mail, role in table.items():
        if mail == "default":
            continue
        place = f"{config}: [roles] {mail[:80]!r}"
        if not _MAIL.fullmatch(mail) or not mail.isprintable():
            raise SettingProblem(f'{place} is no e-mail address; write "ann@example.com", "*@example.com" or default.')
        if mail.casefold() in roles:
            raise SettingProblem(f"{place} is written twice; keep one.")
        roles[mail.casefold()] = _role(role, place)
    return roles


def _role(role: object, place: str, known: Collection[str] = ROLES) -> str:
    if isinstance(role, str) and role in known:
        return role
    near = difflib.get_close_matches(role, known, 1) if isinstance(role, str) else []
    hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}."
    raise SettingProblem(f"{place} is {_shown(role)}; {hint}")


def _trust(table: Mapping[str, Any], config: str) -> bool:
    for key, value in table.items():
        if key != "trust_unmarked_mail":
            raise SettingProblem(f"{config}: [login] has no key {key[:40]!r}; it takes trust_unmarked_mail.")
        if not isinstance(value, bool):
            raise SettingProblem(f"{config}: [login] {key} is {_shown(value)}; it takes true or false.")
    return bool(table.get("trust_unmarked_mail", False))


def _providers(auth: Mapping[str, Any], file: str) -> tuple[str, ...]:
    """The names of whoever can sign people in, "" for the one without a name; raises SettingProblem."""
    if not auth:
        return ()
    for key in SHARED:
        _text(auth, key, f"{file}: [auth]")
    if not _plain(auth):
        raise SettingProblem(f"{file}: [auth] takes texts, numbers, true and false, lists and tables of these.")
    if not re.fullmatch(r"https?://[^\s/?#{}]+(/[^\s?#{}]*)?/oauth2callback", auth["redirect_uri"]):
        raise SettingProblem(
            f"{file}: [auth] redirect_uri takes this server's address with /oauth2callback, "
            "such as https://war.example.com/oauth2callback."
        )
    if len(auth["cookie_secret"]) < COOKIE_LETTERS_MIN:
        raise SettingProblem(f"{file}: [auth] cookie_secret takes at least {COOKIE_LETTERS_MIN} letters, at random.")
    named = [name for name, part in auth.items() if isinstance(part, dict) and name != "client_kwargs"]
    found = named if named and not any(key in auth for key in OF_A_PROVIDER) else ["", *named]
    for name in found:
        place = f"{file}: [auth{'.' if name else ''}{name}]"
        if "_" in name:
            raise SettingProblem(f"{place} has an underscore in its name, which Streamlit does not take; rename it.")
        part = auth[name] if name else auth
        for key in OF_A_PROVIDER:
            _text(part, key, place)
        if not re.match(r"https?://", part["server_metadata_url"]):
            raise SettingProblem(f"{place} server_metadata_url takes an address that begins with https://.")
    return tuple(found)


def _plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return all(map(_plain, value)) if isinstance(value, list) else isinstance(value, str | int | float)


def _text(table: Mapping[str, Any], key: str, place: str) -> None:
    if not isinstance(table.get(key), str) or not table[key].strip():
        raise SettingProblem(f"{place} {'has no' if key not in table else 'has an empty or odd'} {key}; write a text.")


def _tokens(table: Mapping[str, Any], file: str, environment: Mapping[str, str]) -> dict[str, Token]:
    tokens: dict[str, Token] = {}
    for name, row in table.items():
        place = f"{file}: [api_tokens.{name[:40]}]"
        if not isinstance(row, dict) or set(row) != {"token", "role"}:
            raise SettingProblem(f"{place} takes a token and a role, and nothing else.")
        tokens[name] = _token(name, row["token"], row["role"], place)
    for variable, value in environment.items():
        if variable.startswith(VARIABLE):
            name = variable.removeprefix(VARIABLE).lower()
            role, _, secret = value.strip().partition(":")
            tokens[name] = _token(name, secret, role, f"{variable} (ROLE:TOKEN)")
    if len({token.secret for token in tokens.values()}) < len(tokens):
        raise SettingProblem("Two names of [api_tokens] have the same token; give each program its own.")
    return tokens


def _token(name: str, secret: object, role: object, place: str) -> Token:
    if not _TOKEN_NAME.fullmatch(name):
        raise SettingProblem(f"{place} needs a name of small letters, digits, '-', '_' and '.'.")
    if role not in ROLES:
        raise SettingProblem(f"{place} has an unknown role; it takes {', '.join(ROLES)}.")
    if (
        not isinstance(secret, str)
        or len(secret) < TOKEN_LETTERS_MIN
        or not (secret.isascii() and secret.isprintable())
    ):
        raise SettingProblem(f"{place} needs a token of at least {TOKEN_LETTERS_MIN} letters and digits, at random.")
    return Token(secret, str(role))


def _shown(value: object) -> str:
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)[:40]
