"""Latches: a rule fires on crossing, not on level, because what it said before holds it back.

    said about (rule, region, SKU, channel)           holds back until
    alert, open | acknowledged | expired              it is resolved; once more when the severity rises
    proposal, open                                    it is settled
    proposal, approved                                the cool-down is over; and cleared, if its rule says a thing once
    proposal, dismissed                               the longer silence is over, and cleared
    proposal, expired                                 cleared
    proposal, withdrawn                               not at all: its cause had gone

Everything is in the frame, so a restart or a replay finds the same latches. What an alert or a proposal is about stands
in its name before the seq it was made at. The cause has gone when a candidate says so, or when the rule no longer looks
at the thing: then alerts are resolved and proposals withdrawn. Approved proposals of a rule that may act again after
its cool-down stay as they are: nothing waits for their cause. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.readings import MINUTE, micros
from dashboard.rules.registry import AFTER_CLEARING

Row = dict[str, Any]
About = tuple[str, str, str, str]
"""Rule, region, SKU, channel; empty where the row is about no single one."""
SEVERITIES = ("info", "warning", "critical")


def about(rule: str, row: Row) -> About:
    """What a row of a rule is about."""
    return rule, row["region"], row.get("sku", ""), row.get("channel", "")


def written(key: About) -> str:
    """What something is about, as it stands in the names of alerts, proposals and commands."""
    return ":".join(part for part in key if part)


def _key(name: str, row: Row) -> About:
    """What an alert or a proposal of the frame is about; the channel stands only in its name."""
    rule, region, sku = row["rule"], row["region"], row["sku"]
    stem, known = name.rpartition(":")[0], written((rule, region, sku, ""))
    return rule, region, sku, stem[len(known) + 1 :] if stem.startswith(f"{known}:") else ""


class Latches:
    """What was said in the frame and not settled, by what it is about."""

    def __init__(self, frame: Row, numbers: Mapping[str, float]) -> None:
        self._now = micros(frame["at"])
        self._numbers = numbers
        self._alerts: dict[About, list[Row]] = {}
        self._proposals: dict[About, Row] = {}
        self._said: dict[str, set[About]] = {}
        for alert in frame["alerts"]:
            if alert["state"] != "resolved":
                self._alerts.setdefault(_key(alert["alert"], alert), []).append(alert)
        for proposal in frame["proposals"]:
            key = _key(proposal["proposal"], proposal)
            known = self._proposals.get(key)
            if known is None or proposal["proposed_at"] > known["proposed_at"]:
                self._proposals[key] = proposal
        for key in (*self._alerts, *(key for key, one in self._proposals.items() if not one["cleared"])):
            self._said.setdefault(key[0], set()).add(key)

    def said(self, rule: str) -> set[About]:
        """What the rule spoke of and whose cause may still go."""
        return self._said.get(rule, set())

    def gone(self, key: About, again: str) -> Iterator[tuple[str, str]]:
        """The commands that say its cause has gone: (type, alert or proposal)."""
        for alert in self._alerts.get(key, ()):
            yield "resolve_alert", alert["alert"]
        proposal = self._proposals.get(key)
        if proposal is None or proposal["cleared"]:
            return
        if proposal["state"] != "approved" or again == AFTER_CLEARING:
            yield "withdraw_action", proposal["proposal"]

    def milder(self, key: About, severity: str) -> list[str]:
        """The alerts about it that a graver one replaces."""
        rank = SEVERITIES.index(severity)
        return [row["alert"] for row in self._alerts.get(key, ()) if SEVERITIES.index(row["severity"]) < rank]

    def holds(self, key: About, row: Row, again: str) -> str:
        """Why the row may not be said again yet; empty if it may."""
        return self._told(key, row) if row["kind"] == "alert" else self._asked(key, again)

    def _told(self, key: About, row: Row) -> str:
        rank = SEVERITIES.index(row["severity"])
        for alert in self._alerts.get(key, ()):
            if SEVERITIES.index(alert["severity"]) >= rank:
                return f"its alert of {_clock(alert['raised_at'])} is {alert['state']} and not resolved"
        return ""

    def _asked(self, key: About, again: str) -> str:
        proposal = self._proposals.get(key)
        if proposal is None or proposal["state"] == "withdrawn":
            return ""
        state, when = proposal["state"], f"its proposal of {_clock(proposal['proposed_at'])}"
        if state == "open":
            return f"{when} waits for an answer"
        if state != "expired":
            silent = self._numbers["dismissed_minutes" if state == "dismissed" else "cool_down_minutes"]
            until = micros(proposal["decided_at"]) + round(silent * MINUTE)
            if self._now < until:
                return f"{when} was {state}; {silent:g} minutes of silence, {(until - self._now) / MINUTE:.1f} to go"
        waits = not proposal["cleared"] and (state != "approved" or again == AFTER_CLEARING)
        became = "expired" if state == "expired" else f"was {state}"
        return f"{when} {became}, and its cause has not gone since" if waits else ""


def _clock(moment: str) -> str:
    return f"{moment[11:19]} UTC"
