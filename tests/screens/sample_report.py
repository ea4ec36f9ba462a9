"""A believable report of a stress test, as `warroom stress --json --samples` prints it, and tests as the server tells them."""

from typing import Any

Row = dict[str, Any]


def report(**changed: Any) -> Row:
    """Return a report in which nothing went wrong but what is changed."""
    unsold = [2832 - 11 * step for step in range(241)]
    return {
        "faults": "all", "seed": 1, "orders": 1668, "units": 2832, "sold": 2647, "cancelled": 130, "oversold": 0,
        "refused": 268, "listed_by_hand": 2, "withheld": 412.5, "leftover": 185, "exposure_events": 172, "uncovered": 0,
        "lag_ms": {"p50": 96.0, "p95": 279.4, "p99": 1672.5}, "within_limits": True, "accounted": True, "ok": True,
        "calls": {
            "tiktok-us": {"most_in_a_minute": 56, "limit": 120, "fetches_most": 86, "fetches_limit": 600},
            "amazon-us": {"most_in_a_minute": 6, "limit": 120, "fetches_most": 5, "fetches_limit": 30},
        },
        "samples": [[2.5 * (step + 1), left, round(left * 0.8), left - round(left * 0.8)] for step, left in enumerate(unsold)],
    } | changed  # fmt: skip


def told(state: str = "done", **changed: Any) -> Row:
    """Return how a test stands."""
    naive = [
        {"buffer": 0, "sold": 2850, "oversold": 31, "leftover": 13, "refused": 215},
        {"buffer": 72, "sold": 2512, "oversold": 0, "leftover": 320, "refused": 424},
    ]
    return {
        "id": "a1", "state": state, "doing": "beside", "share": 0.43, "faults": "all", "orders": 2000, "seed": 1,
        "report": report(), "beside": naive, "problem": "",
    } | changed  # fmt: skip
