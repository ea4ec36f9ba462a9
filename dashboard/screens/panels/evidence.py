"""Evidence on screen: the head of a chain that can be copied whole, and what the auditor said of a file.

Data flow: seq and hash -> the head, short, with the whole of it under the pointer and in the clipboard; a report of the
auditor, or why there is none -> one verdict in the viewer's language.
Invariants: green only where every rule holds; a file that cannot be read gets one sentence and nothing else; what a
file or its name says never becomes part of the page; which rule was broken is said in both languages, the auditor's
own sentence with its numbers stays as it is.
"""

from dashboard.screens.marks import Frame, number, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

SHORT = 8
"""Digits of a hash at either end that suffice to tell two apart at a glance."""
BREACHES_SHOWN = 5
PROBLEMS = {
    "missing": "There is no such file.",
    "no_duckdb": "This is not a DuckDB file, so it is no journal.",
    "no_journal": "This DuckDB file holds no journal.",
    "newer": "A newer program wrote this file: update this one.",
    "locked": "Another program has this file open: close it there, or verify a copy.",
    "forbidden": "This file may not be read.",
    "encrypted": "This file is encrypted; a journal is not.",
    "memory": "There is not enough memory or disk to verify this file here; verify it on your machine.",
    "damaged": "This file is damaged and cannot be read to its end.",
    "busy": "Another file is being checked; try again in a moment.",
    "broken": "The check ended without an answer: this file is damaged, or made to break its reader.",
    "slow": "This file takes too long to check here; verify it on your machine.",
    "large": "This file has {megabytes} MB; here it can have {limit}. Verify it on your machine: warroom verify FILE",
}
"""Kind of problem -> one sentence."""
RULES = {
    "sequence": "Entries are missing or twice",
    "id": "An id is used twice",
    "recorded_time": "Times of recording run backwards",
    "chain": "An entry does not follow the one before it",
    "hash": "An entry was changed after it was written",
    "show_opened": "A show does not begin with its opening, or opens twice",
    "head": "The head is not the last entry",
    "moves": "Moves differ from what their entries say",
    "quantity": "A move has no positive quantity",
    "accounts": "A move names an unknown account, or one account twice",
    "negative": "An account falls below zero",
    "sum_zero": "A book does not sum to zero",
    "claims_equal_goods": "Unsold claims and units available differ",
    "committed_equal": "Committed claims and committed goods differ",
    "orders": "An order took other claims than its lines say",
    "oversold": "Accepted units have no goods behind them",
    "claims": "A host line was not true, or does not say its fact",
}
"""The auditor's rules -> what their breach means."""


def html(head: Frame, say: Say = english) -> str:
    """Build the head of a chain (seq, hash): short to look at, whole to copy."""
    digest = str(head["hash"])
    short = digest if len(digest) <= 2 * SHORT + 1 else f"{digest[:SHORT]}…{digest[-SHORT:]}"
    return (
        f'<details class="chainhead"><summary><code title="{safe(digest)}">{safe(short)}</code> '
        f"<span>{safe(say('up to entry'))} {number(head['seq'])}</span></summary>"
        f'<code class="whole" aria-label="{safe(say("hash of the newest"))}">{safe(digest)}</code></details>'
    )


def verdict(told: Frame, name: str, say: Say = english) -> str:
    """Build what the auditor said of a file: its report, or `kind` (of PROBLEMS) with `problem` or values."""
    if "kind" in told:
        return _said("warning", name, [_problem(told, say)])
    mark = "green" if told["ok"] else "low"
    words = say("Chain and books hold, oversold 0") if told["ok"] else say("The journal does not hold")
    counted = [f"{number(told['events'])} {say('entries')}", f"{number(told['moves'])} {say('moves of stock')}"]
    if told.get("claims"):
        counted.append(f"{number(told['claims'])} {say('host lines')}")
    lines = [words, " · ".join([*counted, f"{say('oversold')} {number(told['oversold'])}"])]
    shown = told["breaches"][:BREACHES_SHOWN]
    lines += [
        f"{say(RULES.get(row['check'], 'The journal does not hold'))}: {sentence(row['sentence'], say)}"
        for row in shown
    ]
    if told["breach_count"] > len(shown):
        lines.append(f"+{number(told['breach_count'] - len(shown))} {say('more')}")
    return _said(mark, name, lines) + html(told["head"], say)


def _problem(told: Frame, say: Say) -> str:
    """Say why there is no report: in English with what is known of this file, else by its kind."""
    if told.get("problem") and say is english:
        return str(told["problem"])
    return say(PROBLEMS.get(told["kind"], PROBLEMS["damaged"])).format(**told.get("values", {}))


def _said(mark: str, name: str, lines: list[str]) -> str:
    rest = "".join(f"<span>{safe(line)}</span>" for line in lines)
    return f'<div class="standing {mark}" role="status">{shape(mark)}<div><b>{safe(name)}</b>{rest}</div></div>'
