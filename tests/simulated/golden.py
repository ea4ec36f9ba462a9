"""Frozen shows: twenty by hash, two small ones whole. `python -m tests.simulated.golden` writes them anew.

Only whole numbers are hashed (orders, stock, what is on screen): the last bit of a float may differ from machine to
machine. The two small shows are kept whole, so that a trace remains should the generator ever change.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.simulated.draw import draw
from tests.simulated.show import VARIANTS, SimulatedShow, Size
from tests.simulated.streams import GOLDEN

FOLDER = Path(__file__).parent
INDEX = FOLDER / "golden.json"
SMALL = Size(skus=6, regions=2, channels=2, minutes=30)
WHOLE = (("base", GOLDEN[0]), ("spikes", GOLDEN[1]))


def named() -> list[tuple[str, int]]:
    """Every frozen show: its variant and its seed, each variant in turn."""
    return [(list(VARIANTS)[place % len(VARIANTS)], seed) for place, seed in enumerate(GOLDEN)]


def summary(show: SimulatedShow) -> dict[str, Any]:
    """The hash of the whole-number arrays, and figures that tell a person what changed."""
    digest = hashlib.sha256()
    for name, values in show.arrays().items():
        if values.dtype.kind in "ib":
            digest.update(name.encode() + np.ascontiguousarray(values).astype("<i8").tobytes())
    return {
        "sha256": digest.hexdigest(),
        "orders": len(show.order_at),
        "units": int(show.order_units.sum()),
        "stock": int(show.firm.sum() + show.flexible.sum()),
        "planned": round(float(show.plan.sum()), 3),
        "rate": round(float(show.rate.sum() * show.size.bin_minutes), 3),
        "viewers": int(show.viewers.mean()),
    }


def trace_path(variant: str) -> Path:
    """Where a small show lies."""
    return FOLDER / f"trace_{variant}.npz"


def write() -> None:
    """Freeze what the generator makes today."""
    found = [{"variant": name, "seed": seed, **summary(draw(seed, VARIANTS[name]))} for name, seed in named()]
    INDEX.write_text(json.dumps({"size": asdict(Size()), "shows": found}, indent=1) + "\n", encoding="utf-8")
    for name, seed in WHOLE:
        small = draw(seed, VARIANTS[name], SMALL)
        kept: dict[str, Any] = {one: values for one, values in small.arrays().items() if one != "rate"}
        np.savez_compressed(trace_path(name), **kept)


if __name__ == "__main__":
    write()
