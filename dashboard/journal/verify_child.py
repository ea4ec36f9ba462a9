"""A file that somebody hands over, audited by a process of its own that can do no harm to this one.

    file -> check: [child: limits on itself -> verify -> one line of JSON] -> report, or `problem` and `kind`

The file may be made to break its reader. So the child runs at low priority, with little memory, for a limited time, and
if it dies, that is an answer too. One file is checked at a time, for everybody: who comes meanwhile is told so.
Run as a program: `python -m ... FILE` prints a report as JSON.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dashboard.journal.verify_claims import verify_whole
from dashboard.journal.verify_opening import VerifyProblem

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 120
PRIORITY = 10
"""How far a check stands back behind the room, in steps of `nice`."""
MEMORY, SPILL = "512MB", "2GB"
ADDRESSES_MAX = 8 << 30
"""What a broken file may make the engine reserve beside its own limit, in bytes."""
OUT_OF_TIME = 24
"""The signal that ends a process which has used up its processor time (SIGXCPU)."""
BUSY = "Another file is being checked; try again in a moment."
BROKEN = "The check ended before it had an answer: {name} is damaged, or made to break its reader."
SLOW = "{name} could not be checked within {seconds} seconds; verify it on your machine: warroom verify FILE."

Row = dict[str, Any]
_door = threading.Lock()


def auditor(path: str) -> list[str]:
    """The command that verifies a file under limits and prints its report."""
    return [sys.executable, "-m", "dashboard.journal.verify_child", path]


def check(
    path: Path, name: str, command: Callable[[str], Sequence[str]] = auditor, seconds: float = SECONDS_MAX
) -> Row:
    """Verify a file in a child; `name` is what its owner calls it.

    Returns the auditor's report, or `problem` (a sentence) and `kind` (of a VerifyProblem, or busy, broken, slow).
    """
    path = path.resolve()
    if not _door.acquire(blocking=False):
        return {"problem": BUSY, "kind": "busy"}
    slow = {"problem": SLOW.format(name=name, seconds=round(seconds)), "kind": "slow"}
    try:
        done = subprocess.run(
            command(str(path)), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
        told = json.loads(done.stdout) if done.returncode != -OUT_OF_TIME else slow
    except subprocess.TimeoutExpired:
        told = slow
    except (ValueError, OSError):
        told = None
    finally:
        _door.release()
    if not isinstance(told, dict):
        return {"problem": BROKEN.format(name=name), "kind": "broken"}
    return {**told, "problem": told["problem"].replace(str(path), name)} if "problem" in told else told


def main(path: str) -> None:
    """Verify a file under limits and print the report, or `problem` and `kind`, as one JSON object."""
    _limit()
    try:
        told: Row = verify_whole(path, MEMORY, SPILL)
    except VerifyProblem as problem:
        told = {"problem": problem.sentence, "kind": problem.kind}
    sys.stdout.write(json.dumps(told) + "\n")


def _limit() -> None:
    """Take little of the machine; a system that knows no limits goes on without."""
    with suppress(OSError, AttributeError):
        os.nice(PRIORITY)
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_MAX, ADDRESSES_MAX))


if __name__ == "__main__":
    main(sys.argv[1])
