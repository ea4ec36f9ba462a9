"""How the screens speak: the catalogue `screens` in the viewer's language, English where it has no words.

Data flow: an English phrase of a panel -> `Say` -> the phrase in the viewer's language. A new phrase is written where
it is said; `make messages` carries it into `data/locales`, where its translation is written beside it.
Invariants: every phrase that the code speaks has a Chinese one (a test reads the code and compares); an unknown phrase
stays English rather than failing. Names from the show (titles, host lines, reasons) are never translated here.
"""

from dashboard.catalogues import Catalogue, catalogue

Say = Catalogue
"""Says an English phrase in one language, and knows that language's conventions."""

english = catalogue("screens", "en")
"""Says a phrase as it is written."""


def speaker(language: str) -> Say:
    """Return how to say things in a language of `catalogues.LANGUAGES`; another one is answered in English."""
    return catalogue("screens", language)
