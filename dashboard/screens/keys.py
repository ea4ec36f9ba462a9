"""The keyboard of Live: one letter, the buttons it presses, and what the help overlay says of it.

Data flow: `KEYS` -> `told`, plain rows for `canvas.js`, which presses the first enabled button whose key starts with
`button`; with a selection (J, K), the one inside the selected row. Any panel joins by naming its button that way.
Invariants: keys are told only to who has buttons to press; nothing happens while somebody types, nor with Ctrl, Alt or
Meta; holding a key down presses once (all of that is kept by the script).
"""

from typing import Any, NamedTuple

from dashboard.screens.words import Say, english


class Key(NamedTuple):
    """A letter, the start of the Streamlit keys of the buttons it presses, and what it does."""

    letter: str
    button: str
    help: str


KEYS = (
    Key("a", "approve_", "Approve the proposal at the top, or the selected one"),
    Key("d", "dismiss_", "Dismiss it"),
    Key("u", "undo_", "Undo the newest move"),
)
"""Letters that press a button."""
ROWS = ("proposal_", "alert_")
"""The start of the keys of what J and K walk through."""
OTHERS = (
    ("J / K", "Select the next or the one before"),
    ("Enter", "Press the main button of what is selected"),
    ("?", "Show this list"),
    ("Esc", "Close it, or select nothing"),
)


def told(say: Say = english) -> dict[str, Any]:
    """Return what the script needs: which letters press what, which rows are walked, and the words of the overlay."""
    letters = [(key.letter.upper(), say(key.help)) for key in KEYS]
    return {
        "press": {key.letter: key.button for key in KEYS},
        "rows": list(ROWS),
        "title": say("Keyboard"),
        "help": [*letters, *((name, say(text)) for name, text in OTHERS)],
    }
