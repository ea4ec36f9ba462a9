"""Seeded damage to a JSON body: what a webhook may turn into when nobody is careful."""

import json
import random
from collections.abc import Iterator
from typing import Any

STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    1e30,
    float("nan"),
    float("inf"),
    2**63,
    10**40,
    "",
    "0",
    "-1",
    "1e30",
    "a\x00b",
    "é中文",
    "\ud800",
    "x" * 5000,
    [],
    {},
    [[[[]]]],
    {"a": {"b": [1]}},
)


def mutations(sample: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Damaged bodies: strange values, missing and doubled keys, cut, flipped and foreign bytes; the same for a seed."""
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


def _change(told: dict[str, Any], chance: random.Random) -> None:
    place: Any = told
    while True:
        key = chance.choice(list(place))
        if isinstance(place[key], dict) and place[key] and chance.random() < 0.7:
            place = place[key]
            continue
        break
    if chance.random() < 0.2 and len(place) > 1:
        del place[key]
    elif chance.random() < 0.3:
        value = place[key]
        place[key] = str(value) if isinstance(value, int) else int(value) if str(value).isdigit() else [value]
    else:
        place[key] = chance.choice(STRANGE)
