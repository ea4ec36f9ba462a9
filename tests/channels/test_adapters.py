"""The registry: every platform has an adapter and a speech, and the table for people says what they can do."""

from typing import get_args

import pytest

from dashboard.channels.adapter import Account, PushKind, Secrets
from dashboard.channels.adapters import PLATFORMS, capability_rows, make, pushes_of
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.speeches import SPEECHES
from dashboard.channels.shopify import Shopify
from dashboard.channels.tiktok_shop import TikTokShop
from dashboard.decision.world import OrderLine
from tests.channels.loop_kit import NOW, delivered

each_platform = pytest.mark.parametrize("platform", PLATFORMS)


def test_adapters_and_speeches_have_the_same_names() -> None:
    assert set(PLATFORMS) == set(SPEECHES)


@pytest.mark.parametrize(
    ("platform", "adapter"),
    [("youtube", Shopify), ("instagram", Shopify), ("tiktok", TikTokShop), ("tiktok_shop", TikTokShop)],
)
def test_streams_sell_through_the_shop_behind_them(platform: str, adapter: type) -> None:
    assert PLATFORMS[platform] is adapter


@each_platform
def test_an_account_gets_its_adapter_and_hears_its_own_speech(platform: str) -> None:
    speech, channel = SPEECHES[platform], f"{platform}-us"
    account = Account(
        channel,
        platform,
        PLATFORMS[platform].capability,
        "https://shop.example.com",
        f"https://war.example.com/channels/{channel}",
        currency="USD",
        names=speech.names(channel),
        listings={"ROSE": speech.listing(channel, "ROSE")},
    )
    secrets = Secrets(("whsec_bmV3ZXN0", "older"), "token")
    adapter, pretended = make(account, secrets), Platform(account, secrets, speech)
    pretended.stock["ROSE"] = 3
    assert pretended.buy([OrderLine("ROSE", 1)], NOW, "US")
    delivery = delivered(pretended.outbox.popleft())
    adapter.check(delivery)
    assert len(adapter.read(delivery).heard) == 1


@each_platform
def test_the_usual_way_to_write_stock_is_the_first_of_the_possible_ones(platform: str) -> None:
    assert pushes_of(platform)[0] == PLATFORMS[platform].capability.push
    assert set(pushes_of(platform)) <= set(get_args(PushKind))


def test_the_table_has_a_row_for_every_platform_and_a_word_in_every_needed_place() -> None:
    rows = capability_rows()
    assert [row["platform"] for row in rows] == list(PLATFORMS)
    for row in rows:
        assert all(value != "" for key, value in row.items() if key != "also"), row
        assert all(isinstance(value, str | int) for value in row.values())


def test_amazon_stays_within_the_rate_of_its_orders_call() -> None:
    amazon = PLATFORMS["amazon"].capability
    assert (amazon.push, amazon.orders_per_fetch, amazon.fetches_per_minute) == ("absolute", 1, 30)
