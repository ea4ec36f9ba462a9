"""How the screens speak: the catalogue `screens` in the viewer's language, English where it has no words.

Data flow: an English phrase of a panel -> `Say` -> the phrase in the viewer's language.
Invariants: every phrase a panel speaks has a Chinese one (a test reads the panels and compares); an unknown phrase
stays English rather than failing. Names from the show (titles, host lines, reasons) are never translated here.
"""

import gettext
from functools import lru_cache

from dashboard.catalogues import Catalogue, catalogue
from dashboard.screens.words_of_claims import CHINESE as OF_CLAIMS
from dashboard.screens.words_of_host import CHINESE as OF_HOST
from dashboard.screens.words_of_questions import CHINESE as OF_QUESTIONS

Say = Catalogue
"""Says an English phrase in one language, and knows that language's conventions."""

english = catalogue("screens", "en")
"""Says a phrase as it is written."""

# A table `words_of_<what>.py` beside the catalogue is added here until its phrases stand in screens.po.
CHINESE = {
    **catalogue("screens", "zh").templates(),
    **OF_CLAIMS,
    **OF_HOST,
    **OF_QUESTIONS,
}
"""English phrase -> Chinese phrase."""


class _Table(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return CHINESE.get(message, message)


@lru_cache(maxsize=8)
def speaker(language: str) -> Say:
    """Return how to say things in a language: `zh`, anything else is English."""
    return Catalogue("zh", _Table(), CHINESE) if language == "zh" else english
