"""Once: what is built from a frame is built once for all viewers of that tick, not once per viewer."""

from collections.abc import Callable
from typing import Any, TypeVar

from dashboard.screens.marks import Frame

Value = TypeVar("Value")

_kept: dict[tuple[Any, ...], tuple[Frame, Any]] = {}


def once(frame: Frame, name: tuple[Any, ...], build: Callable[[], Value]) -> Value:
    """Build something from a frame once for all viewers: the frame itself is the key, and only the last one is kept.

    A frame is one object for all viewers of a time zone, so what is built for one zone does not push out another's.
    """
    name = (*name, frame.get("time_zone"))
    kept = _kept.get(name)
    if kept is not None and kept[0] is frame:
        return kept[1]  # type: ignore[no-any-return]
    value = build()
    if len(_kept) > 256:
        _kept.clear()
    _kept[name] = (frame, value)
    return value
