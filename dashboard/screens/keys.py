"""The keyboard of Live and of Replay: one key, what it presses or does, and what the help overlay says of it.

Data flow: `KEYS` -> `told`, plain rows for `canvas.js`, which presses the first enabled button whose key starts with
`button`; with a selection (J, K), the one inside the selected row. Any panel joins by naming its button that way.
`REPLAY` -> `replay`: keys that the time axis acts upon by itself (`timeline_clock.js`).
Invariants: keys are told only to who has buttons to press; nothing happens while somebody types, nor with Ctrl, Alt or
Meta; holding a key down presses once, except where it scrubs (all of that is kept by the script).
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


class Act(NamedTuple):
    """What the time axis does on some keys, what they are called, and what it is."""

    act: str
    keys: tuple[str, ...]
    name: str
    help: str


REPLAY = (
    Act("play", (" ",), "Space", "Play or pause"),
    Act("back", ("arrowleft",), "←", "One step back"),
    Act("ahead", ("arrowright",), "→", "One step ahead"),
    Act("before", ("shift+arrowleft",), "Shift ←", "The mark before"),
    Act("next", ("shift+arrowright",), "Shift →", "The next mark"),
    Act("entry_back", (",",), ",", "The entry before"),
    Act("entry_ahead", (".",), ".", "The next entry"),
    Act("faster", ("+", "="), "+", "Faster"),
    Act("slower", ("-",), "−", "Slower"),
    Act("home", ("home",), "Home", "The start of the show"),
    Act("end", ("end",), "End", "Its end, or now"),
)
"""What the keyboard does in Replay."""


def told(say: Say = english) -> dict[str, Any]:
    """Return what the script needs: which letters press what, which rows are walked, and the words of the overlay."""
    letters = [(key.letter.upper(), say(key.help)) for key in KEYS]
    return {
        "press": {key.letter: key.button for key in KEYS},
        "rows": list(ROWS),
        "title": say("Keyboard"),
        "help": [*letters, *((name, say(text)) for name, text in OTHERS)],
        "acts": {},
    }


def replay(say: Say = english) -> dict[str, Any]:
    """Return the same for Replay: nothing is pressed and no row is walked, the time axis acts."""
    lines = [(one.name, say(one.help)) for one in REPLAY]
    return {
        "press": {},
        "rows": [],
        "title": say("Keyboard"),
        "help": [*lines, *((name, say(text)) for name, text in OTHERS[2:])],
        "acts": {key: one.act for one in REPLAY for key in one.keys},
    }
