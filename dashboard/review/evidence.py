"""Evidence: the few lines that somebody else keeps, so that nobody can rewrite what happened without being found out.

    journal -> evidence -> evidence.json, given away -> (later) a file + evidence.json -> agrees, or where it does not
    journal -> public tables, whole or without their people, the claim log and evidence.json beside them

A chain of hashes alone proves nothing to who holds no end of it: whoever can write the file can compute a new chain.
The head of the chain, kept by somebody else, is what makes it worth something. The same journal gives the same bytes.
What can fail: a file that is no evidence (`EvidenceProblem`), no journal (`VerifyProblem`); each is a sentence.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from dashboard.journal import unnamed, verify_evidence
from dashboard.journal.store import Journal
from dashboard.journal.verify_evidence import Anchor
from dashboard.review import claim_log

Row = dict[str, Any]
KIND, VERSION = "warroom evidence", 1
AS_RECORDED, WITHOUT_BUYERS = "as recorded", "buyers replaced"
HOW = (
    "The hash of an event is the hex SHA-256 over the hash of the event before it (64 zeros before the first) and the "
    'JSON object {"actor","data","event_time","id","recorded_time","seq","show_id","source","type"} with its keys in '
    "that order, no spaces, UTF-8, times as whole microseconds since 1970 UTC and data exactly as stored."
)
FILE_NAME = "evidence.json"
FILE_MAX = 5_000_000
"""Evidence of a thousand shows has less bytes than this."""
_HASH = re.compile(r"[0-9a-f]{64}")


class EvidenceProblem(Exception):
    """A file that should be evidence cannot be read as such; the sentence says why."""


class Comparison(NamedTuple):
    """Whether a file agrees with evidence taken earlier, and that in a sentence."""

    ok: bool
    sentence: str


def evidence(journal: Journal | str | os.PathLike[str], verified: Mapping[str, Any] | None = None) -> Row:
    """Take evidence of a journal as it stands; `verified` is the auditor's report of it, if there is one.

    Keys: kind, version, program, algorithm, how, data, head {seq, hash}, events, moves, schema_version, verified (None
    or {ok, oversold, breach_count, head}), shows [{show, first_seq, last_seq, opened_at, closed_at, last_at, events,
    moves, hash}]; a show's hash is that of its last event. Raises VerifyProblem for a file that cannot be read.
    """
    if isinstance(journal, Journal):
        found = verify_evidence.standing(journal.read)
    else:
        found = verify_evidence.standing_of(journal)
    told = None if verified is None else {name: verified[name] for name in ("ok", "oversold", "breach_count", "head")}
    return {
        "kind": KIND,
        "version": VERSION,
        "program": f"live-war-room {metadata.version('live-war-room')}",
        "algorithm": "SHA-256",
        "how": HOW,
        "data": AS_RECORDED,
        **found,
        "verified": told,
    }


def without_buyers(row: Row) -> Row:
    """Evidence to lie beside tables without their people: what could confirm a guess is left out, the head stays."""
    shows = [show | {"hash": None} for show in row["shows"]]
    return row | {"data": WITHOUT_BUYERS, "pseudonyms": unnamed.HOW, "chain": unnamed.HOW_OF_THE_CHAIN, "shows": shows}


def export(
    file: str | os.PathLike[str], out: Path, chance: Callable[[int], bytes] | None = None, keys: Path | None = None
) -> dict[str, int]:
    """Write a journal's public tables, its claims and its evidence into a folder; returns rows per table.

    With `chance` (so many bytes at random) people are replaced, with the keys of a file that is made if there is none.
    Raises JournalProblem, VerifyProblem, KeysProblem, OSError.
    """
    if chance is None:
        journal = Journal(os.fspath(file), read_only=True)
        try:
            written, row = journal.export(out), evidence(journal)
        finally:
            journal.close()
    else:
        if keys and keys.resolve().is_relative_to(out.resolve()):
            raise unnamed.KeysProblem(
                f"The keys {keys} would lie beside the tables they open; name a file outside {out}."
            )
        row = without_buyers(evidence(file))
        written, used = unnamed.export(file, out, unnamed.read_keys(keys) if keys else None, chance)
        if keys:
            unnamed.write_keys(keys, used)
    written["claims"] = claim_log.beside(out)
    (out / FILE_NAME).write_bytes(as_json(row))
    return written


def as_json(row: Row) -> bytes:
    """Evidence as a file: the same evidence gives the same bytes."""
    return (json.dumps(row, ensure_ascii=False, indent=1) + "\n").encode()


def read(path: str | os.PathLike[str]) -> Row:
    """Read evidence from a file; raises EvidenceProblem."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(FILE_MAX + 1)
    except OSError as problem:
        raise EvidenceProblem(f"{path} cannot be read: {problem.strerror or problem}.") from problem
    try:
        row = json.loads(content[:FILE_MAX])
    except (ValueError, RecursionError) as problem:
        raise EvidenceProblem(
            f"{path} is no evidence: it is not JSON; name the evidence.json of an export."
        ) from problem
    if not isinstance(row, dict) or row.get("kind") != KIND:
        raise EvidenceProblem(f"{path} is no evidence of a journal; name the evidence.json of an export.")
    if row.get("version") != VERSION:
        raise EvidenceProblem(
            f"{path} is evidence of version {str(row.get('version'))[:20]}, not {VERSION}: update warroom."
        )
    _anchors(row, str(path))
    return row


def compare(path: str | os.PathLike[str], row: Row) -> Comparison:
    """Compare a journal file with evidence taken earlier; raises VerifyProblem, EvidenceProblem."""
    anchors = _anchors(row, "The evidence")
    problem = verify_evidence.disagreement(path, anchors)
    if problem:
        return Comparison(False, problem)
    seq = row["head"]["seq"]
    return Comparison(
        True, f"Event {seq:,} has the hash that the evidence gives it: nothing up to it was changed since."
    )


def _anchors(row: Row, name: str) -> list[Anchor]:
    """The events whose hash the evidence knows; raises EvidenceProblem where it is not written as evidence is."""
    try:
        shows = [Anchor(show["last_seq"], show["hash"]) for show in row["shows"] if show["hash"] is not None]
        anchors = [Anchor(row["head"]["seq"], row["head"]["hash"]), *shows]
    except (KeyError, TypeError) as problem:
        raise EvidenceProblem(f"{name} lacks the seq or hash of its head or of a show.") from problem
    for anchor in anchors:
        if type(anchor.seq) is not int or not 0 <= anchor.seq < 1 << 62 or not _HASH.fullmatch(str(anchor.hash)):
            raise EvidenceProblem(f"{name} gives a seq or a hash that is none: {str(tuple(anchor))[:90]}.")
    return anchors
