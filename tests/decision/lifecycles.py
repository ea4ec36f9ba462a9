"""Draws dashboard/decision/LIFECYCLES.md from the table in talk.py.

python -m tests.decision.lifecycles > dashboard/decision/LIFECYCLES.md
"""

import sys

from dashboard.decision.talk import LIFECYCLES

HEAD = """# Lifecycles

What each noun of a show can become, and by which command. Drawn from the table `LIFECYCLES` in `talk.py` by
`python -m tests.decision.lifecycles`; a test fails when this page is stale.
"""


def page() -> str:
    """The whole page: one state diagram a noun."""
    parts = [HEAD]
    for noun, states in LIFECYCLES.items():
        lines = [f"    [*] --> {next(iter(states))}"]
        for state, commands in states.items():
            lines += [f"    {state} --> {target}: {name}" for name, targets in commands.items() for target in targets]
            if not commands:
                lines.append(f"    {state} --> [*]")
        parts.append(f"\n## {noun.capitalize()}\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
