"""What is said through tables: a phrase stands in one place and is spoken in another, where only its name is seen.

`TABLES` names the tables of a domain, `module:NAME`, and of tables of rows the field that is spoken; `HANDED` the
texts that a module hands to a function which says them; `REGISTRIES` what follows from names that the program knows:
the types of entries, rules, roles.
"""

from collections.abc import Callable, Iterable, Mapping

from dashboard.decision import events, parameters
from dashboard.review import words
from dashboard.screens.panels import entries
from dashboard.screens.words import english

Table = tuple[str, str]

TABLES: Mapping[str, tuple[Table, ...]] = {
    "screens": (
        ("dashboard.decision.parameters:PARAMETERS", "unit"),
        ("dashboard.decision.parameters:RULES", "help"),
        ("dashboard.decision.roles:ROLES", ""),
        ("dashboard.screens.advised:METHODS", ""),
        ("dashboard.screens.channels:UNCONNECTED", ""),
        ("dashboard.screens.decide:CHOICES", "0"),
        ("dashboard.screens.decide:TABS", "1"),
        ("dashboard.screens.deck:MODES", ""),
        ("dashboard.screens.graded:HORIZONS", ""),
        ("dashboard.screens.host:NO_LINK", ""),
        ("dashboard.screens.host_overview:FAR", ""),
        ("dashboard.screens.host_overview:HOW", ""),
        ("dashboard.screens.keys:KEYS", "help"),
        ("dashboard.screens.keys:OTHERS", "1"),
        ("dashboard.screens.keys:REPLAY", "help"),
        ("dashboard.screens.marks:MARKS", "word"),
        ("dashboard.screens.panels.alerts:SETTLED_WORDS", "1"),
        ("dashboard.screens.panels.chain:DOING", ""),
        ("dashboard.screens.panels.chain:NEVER", ""),
        ("dashboard.screens.panels.chain:OUTCOMES", "1"),
        ("dashboard.screens.panels.channel_table:CAPABILITIES", "1"),
        ("dashboard.screens.panels.channel_table:CODES", ""),
        ("dashboard.screens.panels.channel_table:COLUMNS", ""),
        ("dashboard.screens.panels.dead_letters:STATES", ""),
        ("dashboard.screens.panels.differences:HEADS", ""),
        ("dashboard.screens.panels.differences:TOTALS", "1"),
        ("dashboard.screens.panels.errands:LOOKS", "1"),
        ("dashboard.screens.panels.evidence:PROBLEMS", ""),
        ("dashboard.screens.panels.evidence:RULES", ""),
        ("dashboard.screens.panels.exposure_picture:LINES", "0"),
        ("dashboard.screens.panels.questions:FACT_WORDS", ""),
        ("dashboard.screens.panels.questions:INTENT_WORDS", ""),
        ("dashboard.screens.panels.questions:WHY_WORDS", ""),
        ("dashboard.screens.panels.review_channels:HEADS", ""),
        ("dashboard.screens.panels.review_channels:LOOKS", "2"),
        ("dashboard.screens.panels.review_interventions:EFFECT", ""),
        ("dashboard.screens.panels.review_interventions:HEADS", ""),
        ("dashboard.screens.panels.review_places:HEADS", ""),
        ("dashboard.screens.panels.review_plan:HEADS", ""),
        ("dashboard.screens.panels.review_proof:VERDICTS", ""),
        ("dashboard.screens.panels.review_tried:PHASES", ""),
        ("dashboard.screens.panels.review_tried:ROWS", "1"),
        ("dashboard.screens.panels.review_whatif:KINDS", ""),
        ("dashboard.screens.panels.review_whatif:LEVELS", ""),
        ("dashboard.screens.panels.rule_table:STATES", "keys"),
        ("dashboard.screens.panels.stress_verdict:DETAIL", ""),
        ("dashboard.screens.panels.stress_verdict:BESIDE", ""),
        ("dashboard.screens.panels.stress_verdict:FIGURES", "1"),
        ("dashboard.screens.panels.stress_verdict:NAMES", ""),
        ("dashboard.screens.panels.strip:BADGES", "0"),
        ("dashboard.screens.panels.term_forms:FORMS", "0"),
        ("dashboard.screens.panels.term_forms:MODES", ""),
        ("dashboard.screens.panels.term_forms:NUMBERS", "0,2"),
        ("dashboard.screens.replay_marks:LOOKS", "word"),
        ("dashboard.screens.review:FILES_MEAN", ""),
        ("dashboard.screens.review:PANELS", "1"),
        ("dashboard.screens.side_by_side:SLOTS", "1"),
        ("dashboard.screens.stage:LINKS", "1"),
        ("dashboard.screens.stage:STILL", "1"),
        ("dashboard.screens.stress:PANELS", "1"),
        ("dashboard.screens.timeline:WORDS", ""),
        ("dashboard.screens.transfer:MODES", "1"),
        ("dashboard.screens.faults:FAULTS", ""),
    ),
    "review": (
        ("dashboard.review.change:LEVELS", ""),
        ("dashboard.review.deeds:PHRASES", ""),
        ("dashboard.review.lost:ASSUMPTION", ""),
        ("dashboard.review.tables:FIELDS", "heading"),
        ("dashboard.review.words:ACTORS", ""),
        ("dashboard.review.words:CAUSES", ""),
        ("dashboard.review.words:KINDS", ""),
        ("dashboard.review.words:NOTES", ""),
        ("dashboard.review.words:STATUSES", ""),
        ("dashboard.review.words:TIERS", ""),
        ("dashboard.review.words:WHYS", ""),
        ("dashboard.review.workbook:SHEETS", "1,2"),
        ("dashboard.review.workbook:SUMMARY", "0,3"),
    ),
}
HANDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "screens": {
        "dashboard/screens/panels/dead_letters.py": ("accepted", "exists", "ignored"),
        "dashboard/screens/panels/review_whatif.py": ("Pool",),
        "dashboard/screens/setup.py": ("Allocator",),
        "dashboard/screens/panels/world.py": ("late", "low", "out"),
        "dashboard/screens/panels/ship.py": ("Arrived", "By", "Claims from", "Lost", "To"),
    },
    "review": {},
}


def _entries() -> list[str]:
    return [entries.kind(name, english) for name in events.TYPES]


def _rules() -> list[str]:
    return [words.rule(rule.name, words.speaker("en")) for rule in parameters.RULES]


REGISTRIES: Mapping[str, tuple[tuple[str, Callable[[], Iterable[str]]], ...]] = {
    "screens": (
        ("dashboard/decision/events.py", _entries),
        ("dashboard/screens/replay_time.py", lambda: ("1 min", "1 h", "1 d")),
    ),
    "review": (("dashboard/decision/parameters.py", _rules),),
}
