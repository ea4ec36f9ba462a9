"""The auditor of claims behind `warroom verify FILE --claims`: was every line shown true, and does it say just that?

    journal -> lines shown, terms, shipments (`verify_claims_read`) + balances (`verify_claims_facts`)
            -> every claim against its fact, every fact against the ledger (`verify_claims_checks`)
            -> breaches, and how long claims outlived their facts
    an exported log (`verify_claims_log`) -> row by row against the journal

From the journal alone, and sharing nothing with its writer. What is asked of each claim:

* order: shown once; replaced or retracted while it stood; nothing is shown in a closed show;
* names: SKU, region, channel and language are the show's, the text is not empty and names what it is about;
* fact: it was true at its seq, which lies before the line itself: units left of the region, goods under way with their
  arrival, the limit, price, coupon or bundle in force, and at least one unit left of all that is not under way;
* text: every number in it is its fact's, written as its language writes numbers, and every number of the fact is in it.

A line outlives its fact until the next tick finds out. How long is measured from the event after which it was untrue
until it was taken back, or true again, in recorded time; a limit on that is the caller's.
"""

import os
from dataclasses import dataclass, field
from math import ceil
from typing import Any, TypedDict

from dashboard.journal.verify import verify
from dashboard.journal.verify_claims_checks import facts, names, text
from dashboard.journal.verify_claims_facts import Ledger, Untrue, longest
from dashboard.journal.verify_claims_log import Log, differences, read
from dashboard.journal.verify_claims_read import ANSWER, READ, Claim, Stage, follow
from dashboard.journal.verify_opening import SPILL_MAX, opened

BREACHES_SPELLED_OUT_MAX = 20
SECOND = 1_000_000


class Breach(TypedDict):
    """One thing that is wrong with a claim, and where; `row` and `column` of an exported log, None of the journal."""

    check: str
    seq: int | None
    show: str | None
    row: int | None
    column: str | None
    sentence: str


class StoodFalse(TypedDict):
    """Claims that outlived their fact: how many, how long (show time as recorded), and the longest one's seq."""

    claims: int
    p95_seconds: float
    max_seconds: float
    longest_seq: int | None


class ClaimsReport(TypedDict):
    """What was found; `breaches` holds the first twenty of `breach_count`; `log_rows` is None without a log."""

    ok: bool
    claims: int
    said: int
    standing: int
    kinds: dict[str, int]
    stood_false: StoodFalse
    log_rows: int | None
    breach_count: int
    breaches: list[Breach]


@dataclass
class _Findings:
    count: int = 0
    breaches: list[Breach] = field(default_factory=list)

    def tell(
        self, check: str, seq: int | None, show: str | None, sentence: str, row: int | None = None, column: str = ""
    ) -> None:
        """Note one breach; one of the journal is told as what its event does."""
        self.count += 1
        if len(self.breaches) < BREACHES_SPELLED_OUT_MAX:
            said = sentence if check == "log" else f"Event {seq} {sentence}"
            self.breaches.append(
                {"check": check, "seq": seq, "show": show, "row": row, "column": column or None, "sentence": said}
            )


def verify_claims(
    path: str | os.PathLike[str],
    log: str | os.PathLike[str] | None = None,
    seconds_max: float | None = None,
    memory_limit: str = "1GB",
    spill_limit: str = SPILL_MAX,
) -> ClaimsReport:
    """Audit the claims of a journal, and a log of them if one is given.

    A claim that stood longer than `seconds_max` after its fact had become false is a breach. Raises VerifyProblem where
    the journal, and LogProblem where the log cannot be read.
    """
    told = read(log) if log is not None else None
    findings = _Findings()
    with opened(path, memory_limit, spill_limit) as connection:
        stages, claims = follow(connection.execute(READ).fetchall(), findings.tell)
        ledger = Ledger(connection, stages, claims)
        ends = connection.execute(
            "select show_id, epoch_us(max(recorded_time)) from j.events group by show_id"
        ).fetchall()
    last = {show: int(at) for show, at in ends}
    stood: list[tuple[float, int]] = []
    for claim in claims:
        seconds = _check(claim, stages[claim.show], ledger, last[claim.show], findings)
        if seconds > 0:
            stood.append((seconds, claim.seq))
            if seconds_max is not None and seconds > seconds_max:
                sentence = (
                    f"shows what stood {seconds:,.3f} s after its fact had become false; {seconds_max:g} is allowed."
                )
                findings.tell("outlived", claim.seq, claim.show, sentence)
    if told is not None:
        for found in differences(told, claims):
            findings.tell("log", found.seq, found.show, found.sentence, found.row, found.column)
    return _report(claims, stood, told, findings)


def verify_whole(
    path: str | os.PathLike[str], memory_limit: str = "1GB", spill_limit: str = SPILL_MAX
) -> dict[str, Any]:
    """Audit a journal and its claims in one report: that of `verify`, with `claims`, how many there are.

    A breach of a claim is one of check "claims". Raises VerifyProblem.
    """
    report = verify(path, memory_limit, spill_limit)
    said = verify_claims(path, memory_limit=memory_limit, spill_limit=spill_limit)
    more = [
        {"check": "claims", "seq": row["seq"], "show": row["show"], "sku": None, "sentence": row["sentence"]}
        for row in said["breaches"]
    ]
    return {
        **report,
        "ok": report["ok"] and said["ok"],
        "claims": said["claims"],
        "breach_count": report["breach_count"] + said["breach_count"],
        "breaches": [*report["breaches"], *more],
    }


def lines(report: ClaimsReport) -> list[str]:
    """Say a report in words, the verdict last."""
    false = report["stood_false"]
    said = [f"{report['claims']:,} claims, {report['said']:,} said, {report['standing']:,} standing"]
    if false["claims"]:
        said.append(
            f"{false['claims']:,} stood on after their fact had become false: 95 % of these for at most "
            f"{false['p95_seconds']:,.3f} s, the longest {false['max_seconds']:,.3f} s (event {false['longest_seq']})"
        )
    if report["log_rows"] is not None:
        said.append(f"log: {report['log_rows']:,} rows")
    said += [f"{breach['check']}: {breach['sentence']}" for breach in report["breaches"]]
    unsaid = report["breach_count"] - len(report["breaches"])
    if unsaid:
        said.append(f"... and {unsaid:,} more")
    verdict = "every claim was true and says so" if report["ok"] else f"{report['breach_count']:,} breaches"
    return [*said, f"{'ok' if report['ok'] else 'FAILED'}: {verdict}"]


def _report(claims: list[Claim], stood: list[tuple[float, int]], told: Log | None, findings: _Findings) -> ClaimsReport:
    stood.sort()
    kinds: dict[str, int] = {}
    for claim in claims:
        kinds[claim.kind] = kinds.get(claim.kind, 0) + 1
    return {
        "ok": findings.count == 0,
        "claims": len(claims),
        "said": sum(1 for claim in claims if claim.times_said),
        "standing": sum(1 for claim in claims if claim.ended_at is None),
        "kinds": dict(sorted(kinds.items())),
        "stood_false": {
            "claims": len(stood),
            "p95_seconds": stood[ceil(0.95 * len(stood)) - 1][0] if stood else 0.0,
            "max_seconds": stood[-1][0] if stood else 0.0,
            "longest_seq": stood[-1][1] if stood else None,
        },
        "log_rows": len(told.rows) if told is not None else None,
        "breach_count": findings.count,
        "breaches": findings.breaches,
    }


def _check(claim: Claim, stage: Stage, ledger: Ledger, last: int, findings: _Findings) -> float:
    """Check one claim; returns the seconds it stood while its fact was false, at a stretch."""
    found = [("names", sentence) for sentence in names(claim, stage)]
    untrue: Untrue = []
    for sentence, parts in facts(claim, stage, ledger):
        untrue += parts
        if sentence:
            found.append(("fact", sentence))
    found += [("text", sentence) for sentence in text(claim, stage)]
    for check, sentence in found:
        findings.tell(check, claim.seq, claim.show, f"{sentence}.")
    if claim.kind == ANSWER:
        return 0.0
    end = last if claim.ended_at is None else claim.ended_at
    return longest(untrue, claim.shown_at, end) / SECOND
