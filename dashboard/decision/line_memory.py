"""What a show remembers of its host lines: which were shown, and what became of each.

A show may show hundreds of thousands: what has ended is forgotten when enough newer ones have ended, standing ones are
kept whatever their age.
"""

from dashboard.decision import events as e

ENDED_KEPT = 2_000
STANDING = ("shown", "said")

Lines = dict[str, str]
"""Line -> its state, in the order in which they were shown."""


def follow(lines: Lines, event: e.LinePublished | e.LineRetracted | e.LineSaid) -> None:
    """Remember what happened to a line."""
    if isinstance(event, e.LinePublished):
        if event.replaces:
            lines[event.replaces] = "replaced"
        lines[event.line] = "shown"
        _forget(lines)
    elif isinstance(event, e.LineRetracted):
        lines[event.line] = "retracted"
    elif lines.get(event.line) == "shown":
        lines[event.line] = "said"


def _forget(lines: Lines) -> None:
    """Drop the oldest ended lines once there are twice as many as are kept."""
    if len(lines) <= 2 * ENDED_KEPT:
        return
    ended = [line for line, state in lines.items() if state not in STANDING]
    for line in ended[:-ENDED_KEPT]:
        del lines[line]
