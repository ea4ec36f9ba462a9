"""What the fault profiles of a stress test do, in one line each; `all` is first because it is what to test with."""

FAULTS = {
    "all": "Everything at once",
    "none": "A good network",
    "slow": "Every message is slow, some straggle",
    "loss": "Webhooks, calls and answers get lost",
    "duplicates": "Webhooks arrive twice",
    "reordering": "Webhooks overtake each other by seconds",
    "outage": "Every platform is out of reach for a while",
    "throttle": "Platforms refuse calls for a while (429)",
    "skew": "The platforms' clocks are wrong",
    "cancels": "Shoppers cancel",
    "hands": "Somebody lists units by hand on a platform",
}
"""Fault profile -> what it does."""
