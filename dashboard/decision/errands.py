"""Errands: new terms have to reach the platforms, one errand for each channel they hold on.

    a term is set -> errands_of -> open -> pushed (a platform that lets us write it)
                                       \\-> by_hand -> done (somebody ticks it off)

A limit, coupon or bundle holds on the shops of its region; a price on one shop or all; what is on screen on the
streams, where somebody pins it; a replenishment is for purchasing. Streams that sell what a shop lists have no errands
of their own for terms: the shop's are theirs. Which platform can be written is the channels' business; here every
errand starts `open`, and what became of it is reported.
"""

from typing import NamedTuple

from dashboard.decision import events as e

PURCHASING = "purchasing"
STREAMS = ("tiktok", "youtube", "instagram", "shopee")
"""Platforms with a stream on which the SKU on screen is pinned."""

Term = e.LimitSet | e.CouponSet | e.BundleSet | e.PriceSet | e.OnScreenSet | e.ReplenishmentRequested
TERMS = (e.LimitSet, e.CouponSet, e.BundleSet, e.PriceSet, e.OnScreenSet, e.ReplenishmentRequested)


class Standing(NamedTuple):
    """A term nobody has replaced, and the codes of coupons it replaced: they end with it."""

    event: Term
    ended: tuple[str, ...] = ()


def errands_of(opened: e.ShowOpened, event: e.Event) -> tuple[str, ...]:
    """Name the channels that have to be told of an event; none for what sets no terms."""
    if not isinstance(event, TERMS):
        return ()
    if isinstance(event, e.ReplenishmentRequested):
        return (PURCHASING,)
    if isinstance(event, e.OnScreenSet):
        return tuple(one.channel for one in opened.channels if event.sku and one.platform in STREAMS)
    shops = (one for one in opened.channels if not one.behind)
    if isinstance(event, e.PriceSet):
        return tuple(one.channel for one in shops if event.channel in ("", one.channel))
    return tuple(one.channel for one in shops if one.region == event.region)


def key_of(event: Term) -> tuple[str, ...]:
    """What a term is about: a later one about the same makes the errands of the one before needless."""
    if isinstance(event, e.ReplenishmentRequested):
        return "replenishment", event.replenishment
    if isinstance(event, e.OnScreenSet):
        return ("on_screen",)
    if isinstance(event, e.PriceSet):
        return "price", event.sku, event.channel
    if isinstance(event, e.BundleSet):
        return "bundle", event.region, event.bundle
    return ("limit" if isinstance(event, e.LimitSet) else "coupon"), event.sku, event.region
