"""Which native speech each platform of the sandbox has, under the same names as the adapters."""

from collections.abc import Mapping

from dashboard.channels.sandbox.platform import Speech
from dashboard.channels.sandbox.speech_amazon import AmazonSpeech
from dashboard.channels.sandbox.speech_generic import GenericSpeech
from dashboard.channels.sandbox.speech_shopee import ShopeeSpeech
from dashboard.channels.sandbox.speech_shopify import ShopifySpeech
from dashboard.channels.sandbox.speech_tiktok_shop import TikTokShopSpeech
from dashboard.channels.sandbox.speech_woocommerce import WooCommerceSpeech

_SHOPIFY = ShopifySpeech()
_TIKTOK_SHOP = TikTokShopSpeech()

SPEECHES: Mapping[str, Speech] = {
    "shopify": _SHOPIFY,
    "tiktok_shop": _TIKTOK_SHOP,
    "tiktok": _TIKTOK_SHOP,
    "shopee": ShopeeSpeech(),
    "amazon": AmazonSpeech(),
    "woocommerce": WooCommerceSpeech(),
    "generic": GenericSpeech(),
    "youtube": _SHOPIFY,
    "instagram": _SHOPIFY,
}
"""Platform -> what it sends and how it answers."""
