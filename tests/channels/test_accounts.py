"""Accounts and secrets: what an operator writes is read or refused by its key, and no secret is ever shown."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dashboard.channels.accounts import read_accounts, secrets_of
from dashboard.channels.adapter import Account, Secrets
from dashboard.channels.adapters import PLATFORMS
from dashboard.settings import SettingProblem

CONFIG = """
[channels.shopify-us]
platform = "shopify"
base_url = "https://halo.myshopify.com/"
callback_url = "https://war.example.com/channels/shopify-us"
time_zone = "America/New_York"
currency = "USD"
push = "delta"
calls_per_minute = 60
fetches_per_minute = 30
restocks_on_cancel = false

[channels.shopify-us.names]
location_id = 9007199254740993

[channels.shopify-us.listings.HALO-ROSE]
sku = "ROSE-1"
inventory_item_id = "4711"

[channels.shopify-us.sources]
youtube = "youtube-us"
auth_token_page = "instagram-us"

[channels.tiktok-us]
platform = "tiktok"
"""


def read(text: str) -> dict[str, Account]:
    return read_accounts(tomllib.loads(text)["channels"], "war.toml")


def test_an_account_is_read_with_everything_it_may_say() -> None:
    accounts = read(CONFIG)
    assert list(accounts) == ["shopify-us", "tiktok-us"]
    shop = accounts["shopify-us"]
    assert shop.base_url == "https://halo.myshopify.com"
    assert (shop.time_zone, shop.currency, shop.platform) == ("America/New_York", "USD", "shopify")
    assert shop.names == {"location_id": "9007199254740993"}
    assert shop.listings == {"HALO-ROSE": {"sku": "ROSE-1", "inventory_item_id": "4711"}}
    assert shop.sources["youtube"] == "youtube-us"
    narrowed = shop.capability
    assert (narrowed.push, narrowed.calls_per_minute, narrowed.fetches_per_minute) == ("delta", 60, 30)
    assert not narrowed.restocks_on_cancel
    assert narrowed.orders_per_fetch == PLATFORMS["shopify"].capability.orders_per_fetch


def test_an_account_without_more_has_what_its_platform_usually_has() -> None:
    account = read(CONFIG)["tiktok-us"]
    assert account == Account("tiktok-us", "tiktok", PLATFORMS["tiktok"].capability)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "names no platform"),
        ({"platfrom": "shopify"}, "has no key 'platfrom'; did you mean 'platform'?"),
        ({"platform": "shopfy"}, "platform is 'shopfy'; .* did you mean 'shopify'"),
        ({"platform": 5}, "platform is 5; it takes one of shopify"),
        ({"platform": "shopify", "base_url": "halo.myshopify.com"}, "base_url .* an address"),
        ({"platform": "shopify", "base_url": "ftp://halo"}, "base_url .* an address"),
        ({"platform": "shopify", "callback_url": 1}, "callback_url is 1; it takes an address"),
        ({"platform": "shopify", "time_zone": "New York"}, "time_zone .* America/New_York"),
        ({"platform": "shopify", "time_zone": "../../etc/passwd"}, "time_zone"),
        ({"platform": "shopify", "time_zone": ""}, "time_zone"),
        ({"platform": "shopify", "currency": "usd"}, "currency .* USD"),
        ({"platform": "shopify", "push": "absolut"}, "push is 'absolut'; .* did you mean 'absolute'"),
        ({"platform": "amazon", "push": "delta"}, "push is 'delta'; on amazon it takes absolute"),
        ({"platform": "shopify", "calls_per_minute": 0}, "calls_per_minute is 0; it takes a whole number"),
        ({"platform": "shopify", "calls_per_minute": True}, "calls_per_minute is True"),
        ({"platform": "shopify", "fetches_per_minute": 1.5}, "fetches_per_minute is 1.5"),
        ({"platform": "shopify", "restocks_on_cancel": "no"}, "restocks_on_cancel .* true or false"),
        ({"platform": "shopify", "names": []}, "names is a list; it takes a table"),
        ({"platform": "shopify", "names": {"location_id": 1.5}}, r"\[channels.c-us.names\] location_id is 1.5"),
        ({"platform": "shopify", "names": {"location_id": ""}}, "location_id"),
        ({"platform": "shopify", "listings": {"ROSE": "4711"}}, r"\[channels.c-us.listings.ROSE\] is '4711'"),
        ({"platform": "shopify", "listings": {"ROSE": {"sku": []}}}, "sku is a list"),
        ({"platform": "shopify", "sources": {"web": True}}, "web is True"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingProblem, match=sentence) as problem:
        read_accounts({"c-us": row}, "war.toml")
    assert str(problem.value).startswith("war.toml: [channels.c-us")
    assert str(problem.value)[-1] in ".?"


def test_a_channel_is_a_table() -> None:
    with pytest.raises(SettingProblem, match="takes a table such as"):
        read_accounts({"platform": "shopify"}, "war.toml")


def test_two_channels_may_not_share_the_names_of_their_secrets() -> None:
    with pytest.raises(SettingProblem, match="would share"):
        read_accounts({"a-b": {"platform": "shopify"}, "a_b": {"platform": "shopify"}}, "war.toml")


@pytest.mark.parametrize(
    "key", ["secret", "token", "password", "app_secret", "partner_key", "api_key", "Access-Token", "consumer_key"]
)
@pytest.mark.parametrize("inside", ["", "names", "listings"])
def test_a_secret_in_the_config_is_refused_and_not_shown(key: str, inside: str) -> None:
    holder = {key: "hunter2"}
    rows: dict[str, dict[str, Any]] = {
        "": holder,
        "names": {"names": holder},
        "listings": {"listings": {"ROSE": holder}},
    }
    with pytest.raises(SettingProblem, match="secrets come only from environment or secrets file") as problem:
        read_accounts({"tiktok-us": {"platform": "tiktok", **rows[inside]}}, "war.toml")
    assert "hunter2" not in str(problem.value)
    assert "WARROOM_SECRET_TIKTOK_US" in str(problem.value)


def test_an_app_key_is_a_name_and_no_secret() -> None:
    table = {"t": {"platform": "tiktok", "names": {"app_key": "6abc", "partner_id": 12}}}
    assert read_accounts(table, "war.toml")["t"].names == {"app_key": "6abc", "partner_id": "12"}


# --- secrets --------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text('["tiktok.us"]\nsecret = "from-file"\nprevious_secret = "old-file"\ntoken = "token-file"\n')
    path.chmod(0o600)
    return path


def test_secrets_come_from_the_environment_newest_first() -> None:
    environment = {
        "WARROOM_SECRET_TIKTOK_US": "new\n",
        "WARROOM_PREVIOUS_SECRET_TIKTOK_US": "old",
        "WARROOM_TOKEN_TIKTOK_US": "token",
        "WARROOM_SECRET_TIKTOK_EU": "another",
    }
    assert secrets_of("tiktok-us", environment) == Secrets(("new", "old"), "token")
    assert secrets_of("shopify-us", environment) == Secrets()


def test_the_file_fills_what_the_environment_leaves_out(file: Path) -> None:
    assert secrets_of("tiktok.us", {}, file) == Secrets(("from-file", "old-file"), "token-file")
    mixed = secrets_of("tiktok.us", {"WARROOM_SECRET_TIKTOK_US": "new"}, str(file))
    assert mixed == Secrets(("new", "old-file"), "token-file")
    assert secrets_of("elsewhere", {}, file) == Secrets()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_others_can_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SettingProblem, match="chmod 600") as problem:
        secrets_of("tiktok.us", {}, file)
    assert "from-file" not in str(problem.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[shop]\nsecret = hunter2\n", r"is no TOML \(line 2\)"),
        ("hunter2", "is no TOML"),
        ("\udcff", "is no TOML"),
        ('shop = "hunter2"', r"shop is no table; write \[shop\]"),
        ('[shop]\nsecrt = "hunter2"', "has no key 'secrt'; did you mean 'secret'"),
        ("[shop]\nsecret = 22222", "secret is no text; write it in quotes"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_without_showing_it(file: Path, text: str, sentence: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingProblem, match=sentence) as problem:
        secrets_of("shop", {}, file)
    assert "hunter2" not in str(problem.value)
    assert "22222" not in str(problem.value)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SettingProblem, match="cannot be read"):
            secrets_of("shop", {}, path)


def test_secrets_are_never_written_out() -> None:
    assert "hunter2" not in repr(
        secrets_of("shop", {"WARROOM_SECRET_SHOP": "hunter2", "WARROOM_TOKEN_SHOP": "hunter2"})
    )
