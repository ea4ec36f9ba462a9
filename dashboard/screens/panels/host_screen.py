"""The host's screen of one channel in one language: what to say now, what comes next, and what not to say any more.

Data flow: the frame's lines, retracted lines, withheld lines and rundown + a `View` -> `html`, one string for a slot,
and `bar`, the strip at the thumb with the button that notes that the line was said.
Invariants: only lines of the view's channel and language; the first is the best and the one that the button means,
which carries the line's own id, so what was pressed is what was shown; a line that was said and changed since stands
first among those not to say. Every text of a show is escaped and says its language, so that its own glyphs are drawn.
"""

from typing import NamedTuple

from dashboard.screens.host_languages import language_name
from dashboard.screens.host_words import kind, why
from dashboard.screens.marks import Frame, age, clock, minutes_left, safe, shape, titles
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

LINES_MAX, UNSAID_MAX, WITHHELD_MAX = 3, 4, 2


class View(NamedTuple):
    """Whose screen it is: channel, language, whether taps are taken, a mirrored one, and where its links lead.

    `chips` are its languages with an address each, `back` leads to all channels (empty: nowhere), `links` elsewhere.
    """

    channel: str
    language: str
    taps: bool = False
    prompter: bool = False
    chips: tuple[tuple[str, str], ...] = ()
    back: str = ""
    links: tuple[tuple[str, str], ...] = ()


class Noted(NamedTuple):
    """What became of the last tap: the line's text, and why it was not noted (empty: it was)."""

    text: str
    language: str
    problem: str = ""


def lines(frame: Frame, view: View) -> list[Frame]:
    """Return the lines of a channel in a language, the best first."""
    return [row for row in frame["lines"] if (row["channel"], row["language"]) == (view.channel, view.language)]


def html(frame: Frame, view: View, say: Say = english) -> str:
    """Build the screen; a channel that the frame does not have is the caller's to answer."""
    row = next(row for row in frame["channels"] if row["channel"] == view.channel)
    found = lines(frame, view)[:LINES_MAX]
    parts = [_head(row, view, say), _rundown(frame, say), _now(frame, found, view, say)]
    side = _unsaid(frame, view, say) + _then(found[1:], view, say) + _withheld(frame, view, say)
    links = "".join(f'<a href="{safe(href)}" target="_self">{safe(word)}</a>' for word, href in view.links)
    parts.append(f'<aside class="h-side">{side}<nav class="h-links">{links}</nav></aside>')
    looks = "host prompter" if view.prompter else "host taps" if view.taps else "host"
    return f'<div class="{looks}"><p class="h-old" role="alert"></p>{"".join(parts)}</div>'


def bar(frame: Frame, view: View, noted: Noted | None, say: Say = english) -> str:
    """Build the strip at the bottom: what became of the last tap, and the button of the first line."""
    if not view.taps or view.prompter:
        return ""
    first = next(iter(lines(frame, view)), None)
    button = f'<button type="button" class="h-say" disabled>{safe(say("Nothing to say now"))}</button>'
    if first:
        button = _button(first, "h-say", say("Said it"))
    return f'<div class="h-bar">{_noted(noted, say)}{button}</div>'


def _noted(noted: Noted | None, say: Say) -> str:
    if noted is None:
        return '<p class="h-noted" role="status"></p>'
    quoted = f'<q lang="{safe(noted.language)}">{safe(noted.text)}</q>'
    if noted.problem:
        problem = f"{shape('low')}{safe(say('Not noted'))}: {safe(sentence(noted.problem, say))}"
        return f'<p class="h-noted bad" role="status">{problem}</p>'
    return f'<p class="h-noted good" role="status"><b>✓ {safe(say("Noted"))}</b> {quoted}</p>'


def _button(line: Frame, look: str, word: str) -> str:
    """A button that means one line; `data-seat` is what the line is about, whatever its number is now."""
    about = "|".join((line["kind"], line["fact"]["sku"], line["fact"]["region"]))
    return (
        f'<button type="button" class="{look}" data-say="{safe(line["line"])}" data-seat="{safe(about)}">'
        f"{safe(word)}</button>"
    )


def _head(row: Frame, view: View, say: Say) -> str:
    chips = "".join(
        f'<a class="chip-of" href="{safe(href)}" target="_self"{" aria-current=true" if tag == view.language else ""}>'
        f'<span lang="{safe(tag)}">{safe(language_name(tag))}</span></a>'
        for tag, href in view.chips
    )
    back = f'<a class="h-back" href="{safe(view.back)}" target="_self" aria-label="{safe(say("All channels"))}">‹</a>'
    late = row["state"] == "late"
    seconds = row["data_age_seconds"]
    told = f"{say('data age')} {age(seconds, say)}" if seconds is not None else say("no feed")
    mark = shape("late" if late else "grey" if seconds is None else "fresh")
    name = f"<b>{safe(row['name'] or row['channel'])}</b><em>{safe(row['region'])}</em>"
    return (
        f'<header class="h-head">{back if view.back else ""}{name}'
        f'<span class="h-age{" late" if late else ""}">{mark}{safe(told)}</span>'
        f'<nav class="h-chips">{chips}</nav></header>'
    )


def _rundown(frame: Frame, say: Say) -> str:
    """The SKU on screen, and the segment that follows with the time until then."""
    names = titles(frame)
    shown = next((row["sku"] for row in frame["skus"] if row["on_screen"]), "")
    now = next((row for row in frame["rundown"] if row["state"] == "now"), None)
    following = next((row for row in frame["rundown"] if row["state"] == "next"), None)
    title = now["title"] if now and (not shown or now["sku"] == shown) else names.get(shown, "–")
    after = f'<div class="h-next"><span>{safe(say("next"))}</span><b>{safe(say("the last one"))}</b></div>'
    if frame["status"] == "closed":
        after = ""
    elif following:
        rest = minutes_left(max(0, following["start_seconds"] - frame["t_plus_seconds"]) / 60, say)
        after = (
            f'<div class="h-next"><span>{safe(say("next"))} · {safe(say("in"))} <time>{rest}</time></span>'
            f"<b>{safe(following['title'] or names.get(following['sku'], following['sku']))}</b></div>"
        )
    return f'<div class="h-run"><div><span>{safe(say("on screen"))}</span><b>{safe(title)}</b></div>{after}</div>'


def _now(frame: Frame, found: list[Frame], view: View, say: Say) -> str:
    if not found:
        head, text = _silence(frame, view, say)
        box = f'<div class="h-box"><p>{safe(text)}</p></div>'
        return f'<section class="h-now quiet"><h2>{safe(head)}</h2>{box}</section>'
    first = found[0]
    tone, name = kind(first, say)
    return (
        f'<section class="h-now {tone}" aria-live="polite"><h2>{safe(say("Say now"))}<i>{safe(name)}</i>'
        f'{_said(first, frame, say)}</h2><div class="h-box"><q lang="{safe(first["language"])}">'
        f"{safe(first['text'])}</q></div></section>"
    )


def _silence(frame: Frame, view: View, say: Say) -> tuple[str, str]:
    """What stands where the line would, while there is none."""
    if frame["status"] == "closed":
        return say("The show is over"), say("Nothing is said any more.")
    if frame["status"] != "open" or frame["t_plus_seconds"] < 0:
        return say("Starts in"), minutes_left(max(0, -frame["t_plus_seconds"]) / 60, say)
    if any(row["channel"] == view.channel and row["code"] == "late_feed" for row in frame["lines_withheld"]):
        return say("Lines withheld"), say("The data is late: read no numbers until it has caught up.")
    return say("Nothing to say now"), say(
        "No number is worth saying at this moment. Keep talking about what is on screen."
    )


def _said(line: Frame, frame: Frame, say: Say) -> str:
    at = line.get("said_at")
    return f"<u>✓ {safe(say('said'))} {clock(at, frame['time_zone'], seconds=True)}</u>" if at else ""


def _then(rest: list[Frame], view: View, say: Say) -> str:
    if not rest:
        return ""
    cards = "".join(
        f'<li class="{kind(line, say)[0]}"><q lang="{safe(line["language"])}">{safe(line["text"])}</q>'
        + (_button(line, "h-also", say("Said")) if view.taps and not view.prompter else "")
        + "</li>"
        for line in rest
    )
    return f'<section class="h-then"><h2>{safe(say("Then"))}</h2><ul>{cards}</ul></section>'


def _unsaid(frame: Frame, view: View, say: Say) -> str:
    mine = [row for row in frame["do_not_say"] if (row["channel"], row["language"]) == (view.channel, view.language)]
    mine.sort(key=lambda row: not row["said"])
    if not mine:
        return ""
    cards = "".join(
        f'<li class="{"told" if row["said"] else ""}"><s lang="{safe(row["language"])}">{safe(row["text"])}</s>'
        f"<b>{shape('low')}{safe(why(row, say))}</b></li>"
        for row in mine[:UNSAID_MAX]
    )
    return f'<section class="h-not"><h2>{safe(say("Do not say"))}</h2><ul>{cards}</ul></section>'


def _withheld(frame: Frame, view: View, say: Say) -> str:
    rows = [row for row in frame["lines_withheld"] if row["channel"] == view.channel]
    if not rows:
        return ""
    names = titles(frame)
    cards = "".join(
        f"<li><b>{shape('late')}{safe(names.get(row['sku'], '') or kind(row, say)[1])}</b> "
        f"{safe(sentence(row['reason'], say))}</li>"
        for row in rows[:WITHHELD_MAX]
    )
    rest = len(rows) - WITHHELD_MAX
    more = f'<li class="more">+{rest} {safe(say("withheld"))}</li>' if rest > 0 else ""
    return f'<section class="h-held"><h2>{safe(say("Withheld"))}</h2><ul>{cards}{more}</ul></section>'
