"""Who may come in, as an operator writes it: read, or refused in one sentence that shows no secret."""

from pathlib import Path
from typing import Any

import pytest

from dashboard import cli_people
from dashboard.cli_people import listening, read_links, read_people
from dashboard.host_links import HostLinks
from dashboard.people import LOCAL, LOGIN, OPEN, People
from dashboard.settings import SettingProblem
from tests.benchmarks.processes import free_port
from tests.cli.command import refused, warroom

COOKIE = "c" * 32
AUTH = f"""
[auth]
redirect_uri = "https://war.example.com/oauth2callback"
cookie_secret = "{COOKIE}"
"""
ONE = """
client_id = "war-room"
client_secret = "hunter2"
server_metadata_url = "https://id.example.com/.well-known/openid-configuration"
"""
TOKEN = "0123456789-0123456789"
TOKENS = f'[api_tokens]\nerp = {{ token = "{TOKEN}", role = "coordinator" }}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A secrets file that only its owner can read."""
    path = tmp_path / "secrets.toml"
    path.write_text("")
    path.chmod(0o600)
    return path


def read(file: Path, text: str, wanted: dict[str, Any] | None = None, **environment: str) -> People:
    file.write_text(text)
    return read_people(wanted or {}, "war.toml", str(file), environment)


def test_without_anything_written_there_is_the_operator_of_this_machine(file: Path) -> None:
    assert read_people({}, "", None, {}) == People()
    assert read(file, '[shopify-us]\nsecret = "s"\n') == People()


def test_sign_in_roles_and_tokens_are_read(file: Path) -> None:
    roles = {"Ann@Example.com": "strategist", "*@agency.example": "host", "default": "none"}
    people = read(file, AUTH + ONE + TOKENS, {"roles": roles, "login": {"trust_unmarked_mail": True}})
    assert (people.entry, people.default, people.trust_unmarked_mail) == (LOGIN, "none", True)
    assert people.roles == {"ann@example.com": "strategist", "*@agency.example": "host"}
    assert people.providers == ("",)
    assert people.auth["client_id"] == "war-room"
    assert people.tokens["erp"].role == "coordinator"
    assert "hunter2" not in repr(people)
    assert TOKEN not in repr(people)


def test_several_providers_have_a_name_each(file: Path) -> None:
    assert read(file, f"{AUTH}[auth.okta]{ONE}[auth.entra]{ONE}").providers == ("okta", "entra")
    assert read(file, f"{AUTH}{ONE}[auth.okta]{ONE}").providers == ("", "okta")


def test_a_token_may_come_from_the_environment_which_goes_first(file: Path) -> None:
    given = {"WARROOM_API_TOKEN_ERP": f"viewer:{TOKEN}-new", "WARROOM_API_TOKEN_WALL": f"host:{TOKEN}-wall"}
    tokens = read(file, TOKENS, **given).tokens
    assert {name: token.role for name, token in tokens.items()} == {"erp": "viewer", "wall": "host"}
    assert tokens["erp"].secret == f"{TOKEN}-new"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('auth = "hunter2"', "auth is no table"),
        ('[auth]\ncookie_secret = "hunter2"', "has no redirect_uri"),
        (AUTH, "has no client_id"),
        (AUTH + ONE.replace('"hunter2"', '""'), "an empty or odd client_secret"),
        (AUTH + ONE.replace('"hunter2"', "22222"), "an empty or odd client_secret"),
        (AUTH + ONE.replace("https://id.", "id."), "server_metadata_url takes an address"),
        (AUTH.replace("/oauth2callback", "/") + ONE, "redirect_uri takes this server's address"),
        (AUTH.replace("https://war", "war") + ONE, "redirect_uri takes this server's address"),
        (AUTH.replace(COOKIE, "hunter2") + ONE, "at least 32 letters"),
        (AUTH.replace("war.example.com", "localhost:{port}") + ONE, "redirect_uri takes this server's address"),
        (AUTH + ONE + "since = 2026-03-14", "takes texts, numbers"),
        (f"{AUTH}[auth.my_okta]{ONE}", "underscore"),
        (f"{AUTH}[auth.okta]\nclient_id = 'x'", "[auth.okta] has no client_secret"),
        ('api_tokens = "hunter2"', "api_tokens is no table"),
        ('[api_tokens]\nerp = "hunter2"', "takes a token and a role"),
        (f'[api_tokens]\nerp = {{ token = "{TOKEN}", roll = "admin" }}', "takes a token and a role"),
        (TOKENS.replace("coordinator", "hunter2"), "unknown role; it takes viewer, host"),
        (TOKENS.replace(TOKEN, "hunter2"), "at least 20 letters"),
        (TOKENS.replace("erp =", '"the ERP" ='), "needs a name of small letters"),
        (TOKENS + TOKENS.partition("\n")[2].replace("erp", "wall"), "the same token"),
    ],
)
def test_secrets_that_make_no_sense_are_refused_without_showing_them(file: Path, text: str, words: str) -> None:
    with pytest.raises(SettingProblem) as problem:
        read(file, text)
    sentence = str(problem.value)
    assert words in sentence
    assert sentence[-1] in ".?"
    for secret in ("hunter2", "22222", TOKEN, COOKIE):
        assert secret not in sentence


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"roles": {"ann@example.com": "strategst"}}, "did you mean 'strategist'?"),
        ({"roles": {"ann@example.com": "none"}}, "it takes viewer, host, strategist, coordinator, admin."),
        ({"roles": {"ann@example.com": ["admin"]}}, "is a list; it takes"),
        ({"roles": {"ann": "admin"}}, "'ann' is no e-mail address"),
        ({"roles": {"*": "admin"}}, "'*' is no e-mail address"),
        ({"roles": {"*@*": "admin"}}, "'*@*' is no e-mail address"),
        ({"roles": {"a@b.c": "host", "A@b.c": "admin"}}, "'A@b.c' is written twice"),
        ({"roles": {"default": "boss"}}, "default is 'boss'; it takes viewer"),
        ({"login": {"trust": True}}, "has no key 'trust'; it takes trust_unmarked_mail"),
        ({"login": {"trust_unmarked_mail": "yes"}}, "it takes true or false"),
    ],
)
def test_roles_that_make_no_sense_are_refused_by_their_key(file: Path, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingProblem) as problem:
        read(file, AUTH + ONE, wanted)
    assert words in str(problem.value)
    assert str(problem.value).startswith("war.toml: [")


def test_a_bad_environment_is_refused_by_its_variable(file: Path) -> None:
    for value in ("admin", f"boss:{TOKEN}", "admin:short"):
        with pytest.raises(SettingProblem, match="WARROOM_API_TOKEN_ERP"):
            read(file, "", WARROOM_API_TOKEN_ERP=value)


def test_roles_without_sign_in_would_protect_nothing_and_are_refused(tmp_path: Path) -> None:
    config = tmp_path / "war.toml"
    config.write_text(f'journal = "{tmp_path / "a.duckdb"}"\n[roles]\n"ann@example.com" = "admin"\n')
    assert "[roles] means nothing while nobody can sign in" in refused("serve", "--config", config)
    assert not (tmp_path / "a.duckdb").exists()


def test_secrets_others_can_read_are_refused_and_so_is_a_channel_of_their_tables_names(
    tmp_path: Path, file: Path
) -> None:
    file.write_text(AUTH + ONE)
    file.chmod(0o644)
    config = tmp_path / "war.toml"
    config.write_text(f'journal = "a.duckdb"\nsecrets = "{file}"\n')
    assert "chmod 600" in refused("serve", "--config", config)
    for name in ("auth", "api_tokens"):
        config.write_text(f'journal = "a.duckdb"\n[channels.{name}]\nplatform = "shopify"\n')
        assert "means something else in the secrets file" in refused("serve", "--config", config)


@pytest.mark.parametrize(
    ("address", "entry"),
    [("127.0.0.1", LOCAL), ("localhost", LOCAL), ("::1", LOCAL), ("127.9.9.9", LOCAL), ("0.0.0.0", OPEN), ("::", OPEN),
     ("192.168.1.5", OPEN), ("war.example.com", OPEN), ("", OPEN)],
)  # fmt: skip
def test_only_an_address_of_this_machine_alone_has_an_operator(address: str, entry: str) -> None:
    assert listening(People(), address).entry == entry
    assert listening(People(LOGIN), address).entry == LOGIN


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[People]:
    """The people of every server that was built; none of them serves."""
    found: list[People] = []
    monkeypatch.setattr("dashboard.server.build", lambda room, feed, inbox, runner, people: found.append(people))
    monkeypatch.setattr("uvicorn.run", lambda app, **options: None)
    return found


@pytest.mark.parametrize("command", [("serve", "--db"), ("demo", "--db")])
def test_who_listens_for_others_without_sign_in_is_told_that_nobody_has_controls(
    command: tuple[str, ...], built: list[People], tmp_path: Path
) -> None:
    home = warroom(*command, tmp_path / "a.duckdb", "--port", free_port())
    assert home.code == 0
    assert len(home.out.splitlines()) == 1
    others = warroom(*command, tmp_path / "b.duckdb", "--port", free_port(), WARROOM_HOST="0.0.0.0")
    assert others.out.splitlines()[1] == cli_people.ONLOOKERS
    assert [people.entry for people in built] == [LOCAL, OPEN]


KEY = "0123456789abcdef0123456789abcdef"


def links(file: Path, table: dict[str, Any], text: str = "", **environment: str) -> HostLinks:
    file.write_text(text)
    return read_links({"host_links": table}, "war.toml", str(file), environment, "show.duckdb")


def test_host_links_have_a_key_beside_the_journal_unless_one_is_given(file: Path) -> None:
    assert read_links({}, "", None, {}, "show.duckdb") == HostLinks(Path("show.duckdb.host-key"))
    told = links(file, {"days": 1, "public_url": "https://war.example.com/"}, f'[host_links]\nkey = "{KEY}"\n')
    assert told == HostLinks(None, KEY.encode(), 1, "https://war.example.com/")
    assert (
        links(file, {}, f'[host_links]\nkey = "{KEY}"\n', WARROOM_HOST_LINK_KEY=KEY[::-1]).secret == KEY[::-1].encode()
    )
    assert KEY not in repr(told)


@pytest.mark.parametrize(
    ("table", "text", "environment", "sentence"),
    [
        ({"day": 1}, "", {}, "war.toml: [host_links] has no key 'day'; it takes days and public_url."),
        ({"days": -1}, "", {}, "days is -1; it takes a whole number from 0 to 366."),
        ({"days": True}, "", {}, "days is True; it takes a whole number"),
        ({"public_url": "war.example.com"}, "", {}, "write an address such as https://war.example.com."),
        ({"public_url": "https://a b"}, "", {}, "write an address such as"),
        ({"public_url": 1}, "", {}, "write an address such as"),
        ({}, '[host_links]\nkey = "short"\n', {}, "[host_links] key takes at least 32 letters and digits, at random."),
        ({}, "[host_links]\nkey = 7\n", {}, "[host_links] key takes at least 32 letters"),
        ({}, "host_links = 7\n", {}, "host_links is no table; write [host_links]."),
        ({}, "", {"WARROOM_HOST_LINK_KEY": "hunter2"}, "WARROOM_HOST_LINK_KEY takes at least 32 letters"),
    ],
)
def test_host_links_that_cannot_be_read_are_one_sentence_without_the_key(
    file: Path, table: dict[str, Any], text: str, environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingProblem) as found:
        links(file, table, text, **environment)
    assert sentence in str(found.value)
    assert "hunter2" not in str(found.value)
