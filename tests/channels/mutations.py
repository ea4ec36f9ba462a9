"""Seeded damage to a JSON body: what a webhook may turn into when nobody is careful."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 0.5, 1.5, -0.0, 1e30, float("nan"), float("-inf"), 2**53 + 1, 2**63, 10**40, 10**300,
    "", " ", "0", "-1", "12", "1e5", "1e30", "NaN", "\x00", "a\x00b", "a\nb", "\ud800", "é中文", "０１２", "x" * 5000,
    "9" * 400, "1969-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-12:00", [], {}, [1], [None], [{}],
    [[[[]]]], {"a": {"b": [1]}},
)  # fmt: skip


def mutations(sample: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Damaged bodies: strange values, missing and renamed keys, cut, flipped and foreign bytes; the same for a seed."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.randrange(6)
        if kind < 3:
            told = json.loads(sample)
            for _ in range(chance.randint(1, 3)):
                _change(told, chance)
            yield json.dumps(told).encode()
        elif kind == 3:
            damaged = bytearray(sample)
            for _ in range(chance.randint(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            yield bytes(damaged)
        elif kind == 4:
            start, end = sorted(chance.sample(range(len(sample) + 1), 2))
            yield sample[:start] + sample[end:]
        else:
            yield sample.replace(b"{", chance.choice((b'{"data":1,', b"{{", b"[", b'{"code":3,"type":1,', b"{\x00")), 1)


def _change(told: Any, chance: random.Random) -> None:
    """Change one place of a document."""
    place, key = chance.choice([*_places(told), ({}, "")])
    luck = chance.random()
    if isinstance(place, dict) and luck < 0.2:
        place.pop(key, None)
    elif isinstance(place, dict) and luck < 0.3:
        place[f"{key}x"] = place.pop(key, None)
    elif luck < 0.5 and isinstance(place, dict) and key in place:
        value = place[key]
        place[key] = str(value) if isinstance(value, int) else int(value) if str(value).isdecimal() else [value]
    else:
        place[key] = copy.deepcopy(chance.choice(STRANGE))


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document that holds a value."""
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in list(inside):
        yield told, key
        yield from _places(value)
