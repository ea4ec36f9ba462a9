"""Host lines: what the hosts should say now, each with the ledger fact that backs it, and what not to say any more.

Data flow: the frame's lines, what stopped being true lately, and what is withheld -> one HTML string.
Invariants: the line worth most stands first, whatever its channel; one that was said says when; the same words for
several channels are shown once. A line that stopped being true is struck through with the reason, so that everybody
sees what is not to be said. A late channel has no lines; in their place stands which it is and what is not known.
"""

from collections.abc import Callable, Sequence

from dashboard.screens.host_words import kind, why
from dashboard.screens.marks import Frame, city, clock, day, number, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

LINES_MAX, STRUCK_MAX, WITHHELD_MAX = 6, 3, 2


def choices(frame: Frame) -> list[str]:
    """Return the selectable audiences, `region · language`, of the channels of the show and its present lines."""
    spoken = {(row["region"], language) for row in frame["channels"] for language in row["languages"]}
    spoken |= {(row["region"], row["language"]) for row in frame["lines"]}
    return sorted(f"{region} · {language}" for region, language in spoken if region)


def html(frame: Frame, chosen: str = "", say: Say = english) -> str:
    """Build the list: late channels, what was said and is untrue now, the lines, what is withheld, what went unsaid."""
    regions = {row["channel"]: row["region"] for row in frame["channels"]}
    lines = sorted(_wanted(frame["lines"], regions, chosen), key=lambda line: -line["value_minor"])
    gone = _wanted(frame["do_not_say"], regions, chosen)
    waiting, held = _withheld(frame, chosen, say)
    groups = _merged(lines)
    cards = "".join(_card(frame, group, say) for group in groups[:LINES_MAX])
    rest = len(groups) - LINES_MAX
    more = f'<div class="more">+{rest} {safe(say("more"))}</div>' if rest > 0 else ""
    struck = _merged(gone)[:STRUCK_MAX]
    urgent = "".join(_struck(frame, group, regions, say) for group in struck if _was_said(group))
    others = "".join(_struck(frame, group, regions, say) for group in struck if not _was_said(group))
    if not cards and not waiting and not held:
        cards = f'<div class="empty">{safe(say("No line to say: nothing is short, late or slow"))}</div>'
    return waiting + urgent + cards + more + held + others


def fact(frame: Frame, line: Frame, say: Say = english) -> str:
    """Say the fact behind a line: the number, where, and the moment it was true."""
    own, zone = line["fact"], frame["time_zone"]
    at = clock(frame["at"], zone, seconds=True)
    if own.get("units_left") is not None:
        head = f"{number(own['units_left'])} {say('left in')} {own['region']} {say('at')} {at}"
    elif own.get("eta"):
        head = f"{own['region']} · {say('arrives')} {day(own['eta'], zone, say)} {city(zone, say)}"
    else:
        head = f"{own['region']} {say('at')} {at}"
    if own.get("expires"):
        head += f" · {say('until')} {clock(own['expires'], zone, seconds=True)}"
    return head


def _wanted(rows: Sequence[Frame], regions: dict[str, str], chosen: str) -> list[Frame]:
    """The rows that one audience hears, or all of them."""
    return [row for row in rows if not chosen or chosen == f"{regions[row['channel']]} · {row['language']}"]


def _merged(rows: Sequence[Frame]) -> list[list[Frame]]:
    """Rows with the same words in the same language, together, in the order of the first of them."""
    merged: dict[tuple[str, str], list[Frame]] = {}
    for row in rows:
        merged.setdefault((row["text"], row["language"]), []).append(row)
    return list(merged.values())


def _withheld(frame: Frame, chosen: str, say: Say) -> tuple[str, str]:
    """List the late channels, and apart what else is withheld, each reason once; for one audience what it hears."""
    heard = {
        row["channel"]
        for row in frame["channels"]
        if not chosen or chosen in {f"{row['region']} · {language}" for language in row["languages"]}
    }
    rows = [row for row in frame["lines_withheld"] if row["channel"] in heard]
    late = [row for row in rows if row["code"] == "late_feed"]
    return _reasons(frame, late, say), _reasons(frame, [row for row in rows if row not in late], say)


def _reasons(frame: Frame, rows: Sequence[Frame], say: Say) -> str:
    """One card a reason, with every channel it is about."""
    reasons: dict[str, list[Frame]] = {}
    for row in rows:
        reasons.setdefault(row["reason"], []).append(row)
    names = _names(frame)
    shown = "".join(
        f'<div class="line withheld"><b>{shape("late")}{safe(", ".join(names(row["channel"]) for row in same))}: '
        f"{safe(_what(same[0], say))}</b><span>{safe(sentence(reason, say))}</span></div>"
        for reason, same in list(reasons.items())[:WITHHELD_MAX]
    )
    rest = len(reasons) - WITHHELD_MAX
    return shown + (f'<div class="more">+{rest} {safe(say("withheld"))}</div>' if rest > 0 else "")


def _what(row: Frame, say: Say) -> str:
    return say("lines withheld") if row["code"] == "late_feed" else f"{kind(row, say)[1]} {say('withheld')}"


def _names(frame: Frame) -> Callable[[str], str]:
    names = {row["channel"]: row["name"] or row["channel"] for row in frame["channels"]}
    return lambda channel: names.get(channel, channel)


def _card(frame: Frame, group: Sequence[Frame], say: Say) -> str:
    line, names = group[0], _names(frame)
    where = ", ".join(dict.fromkeys(names(row["channel"]) for row in group))
    times = [row["said_at"] for row in group if row["said_at"]]
    said = f"<u>✓ {safe(say('said'))} {clock(max(times), frame['time_zone'], seconds=True)}</u> · " if times else ""
    under = f"<em>{safe(line['region'])} · {safe(line['language'])}</em> {said}{safe(fact(frame, line, say))}"
    return _box(line, kind(line, say)[0], f"{under} · {safe(where)}")


def _struck(frame: Frame, group: Sequence[Frame], regions: dict[str, str], say: Say) -> str:
    row, names = group[0], _names(frame)
    where = ", ".join(dict.fromkeys(names(each["channel"]) for each in group))
    under = f"{safe(say('Do not say'))} · {safe(why(row | {'said': False}, say))}"
    under = f"<b>✓ {safe(say('said'))}</b> · {under}" if _was_said(group) else under
    place = f"<em>{safe(regions[row['channel']])} · {safe(row['language'])}</em>"
    return _box(row, "grey gone", f"{place} {under} · {safe(where)}")


def _was_said(group: Sequence[Frame]) -> bool:
    return any(row["said"] for row in group)


def _box(row: Frame, looks: str, under: str) -> str:
    return (
        f'<div class="line {looks}"><q lang="{safe(row["language"])}">{safe(row["text"])}</q><span>{under}</span></div>'
    )
