"""The small show that most tests play in: two regions, three buildings, three channels, two SKUs."""

from typing import Any

from dashboard.decision import commands as c
from tests.decision.watched import HOUR, START

SHOW = "night"


def small_show(**changes: Any) -> c.OpenShow:
    """Los Angeles (forward) and New Jersey (central) serve the US, Hamburg serves the EU; `hands` per location."""
    hands = changes.pop("hands", {})
    places = (
        c.Location("LA", "Los Angeles", "forward", 33.9, -118.2, "US", "America/Los_Angeles", hands.get("LA")),
        c.Location("NJ", "Newark", "central", 40.7, -74.2, "US", "America/New_York", hands.get("NJ")),
        c.Location("HH", "Hamburg", "central", 53.5, 10.0, "DE", "Europe/Berlin", hands.get("HH")),
    )
    fields: dict[str, Any] = {
        "id": "open",
        "show": SHOW,
        "title": "A small night",
        "starts_at": START,
        "ends_at": START + 2 * HOUR,
        "skus": (
            c.Sku("lamp", "Desk lamp", "campaign", 4900, 2100),
            c.Sku("ring", "Smart ring", "evergreen", 19900, 8000),
        ),
        "locations": places,
        "regions": (
            c.Region("US", "United States", ("US", "CA"), "America/New_York"),
            c.Region("EU", "Europe", ("DE", "FR"), "Europe/Berlin"),
        ),
        "lanes": (c.Lane("LA", "US", 500, 2.0), c.Lane("NJ", "US", 300, 3.0), c.Lane("HH", "EU", 400, 2.0)),
        "channels": (
            c.Channel("tiktok-us", "tiktok", "US", "en", "TikTok US"),
            c.Channel("shopify-us", "shopify", "US", "en"),
            c.Channel("amazon-eu", "amazon", "EU", "zh"),
        ),
    }
    return c.OpenShow(**(fields | changes))
