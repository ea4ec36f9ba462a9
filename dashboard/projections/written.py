"""Written: how a frame's times and a checkpoint's arrays are put down, and the arrays read back.

Times leave a frame as ISO 8601 UTC; arrays go into JSON as type, shape and bytes, so they come back to the last bit.
"""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

Row = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=8192)
def _written(at: int) -> str:
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def iso(at: int | None) -> str | None:
    """A time in microseconds as ISO 8601 UTC; None stays None."""
    return None if at is None else _written(at)


def array_out(value: object) -> object:
    """An array as its type, shape and bytes."""
    assert isinstance(value, np.ndarray)
    return [value.dtype.str, value.shape, value.tobytes()]


def array_in(kind: type, value: Any) -> object:
    """The array again, to be changed in place."""
    assert kind is np.ndarray
    return np.frombuffer(b64decode(value[2]), dtype=value[0]).reshape(value[1]).copy()


_TIMES: dict[str, tuple[str, ...]] = {
    "countdowns": ("sells_out_at",),
    "channels": ("last_order_at", "complete_until"),
    "shipments": ("departed_at", "eta"),
    "alerts": ("raised_at", "decide_by"),
    "proposals": ("proposed_at", "decide_by", "decided_at"),
    "limits": ("since",),
    "coupons": ("since", "expires"),
    "requests": ("since", "expires"),
    "loans": ("since", "returns_at"),
    "pushes": ("at",),
    "went": ("at",),
    "guests": ("starts_at", "ends_at"),
    "replenishments": ("need_by", "since"),
    "receipts": ("at",),
    "errands": ("since", "settled_at"),
    "bundles": ("since", "expires"),
    "reallocations": ("at",),
    "audit": ("at",),
    "lines": ("shown_since", "said_at"),
    "do_not_say": ("at",),
}


def write_times(frame: Row) -> None:
    """Turn every time of the frame into ISO 8601 text."""
    for key in ("at", "starts_at", "ends_at"):
        frame[key] = iso(frame[key])
    frame["curves"]["start"] = frame["starts_at"]
    for name, keys in _TIMES.items():
        for row in frame[name]:
            for key in keys:
                if row[key] is not None:
                    row[key] = iso(row[key])
    for line in frame["lines"]:
        for key in ("eta", "expires"):
            if key in line["fact"]:
                line["fact"][key] = iso(line["fact"][key])
    if frame["allocation"]:
        frame["allocation"]["at"] = iso(frame["allocation"]["at"])
