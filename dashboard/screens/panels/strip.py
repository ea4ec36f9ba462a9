"""Top strip: is the show live, what time is it everywhere, how much is sold, is anything oversold, how old is the
data.

Data flow: frame -> one HTML string. The identity (on hand = available + committed + unavailable) is printed with
its numbers, `incoming` stays outside of it.
The data is as old as that of the worst channel whose feed reports.
Invariants: oversold is green only at zero; every number stands beside its word.
"""

from dashboard.screens.marks import MARKS, Frame, age, city, clock, money, number, safe, show_time, zone
from dashboard.screens.words import Say, english

CLOCKS_MAX = 3
BADGES = {"open": ("LIVE", "red"), "announced": ("ANNOUNCED", "blue"), "closed": ("CLOSED", "grey")}


def html(frame: Frame, say: Say = english, replay: bool = False) -> str:
    """Build the strip."""
    return "".join(
        (
            _badge(frame, say, replay),
            _title(frame, say),
            _time(frame, say),
            _numbers(frame, say),
            _identity(frame, say),
            _now(frame, say),
        )
    )


def telling_feed(frame: Frame) -> Frame | None:
    """Return the channel that says how old the data is where no feed reports: the one heard last.

    A silent channel has no buyers for a while; that alone makes no data old, and its own dot says so.
    """
    heard: list[Frame] = [row for row in frame["channels"] if row["age_seconds"] is not None]
    return min(heard, key=lambda row: row["age_seconds"], default=None)


def _badge(frame: Frame, say: Say, replay: bool) -> str:
    word, tone = ("REPLAY", "blue") if replay else BADGES[frame["status"]]
    return f'<div class="badge {tone}"><i aria-hidden="true"></i>{safe(say(word))}</div>'


def _title(frame: Frame, say: Say) -> str:
    platforms = len({row["platform"] for row in frame["channels"]})
    viewers = frame["totals"]["viewers"]
    parts = [f"{platforms} {say.many('platform', 'platforms', platforms)}"] if platforms else []
    if viewers is not None:
        parts.append(f"{number(viewers)} {say('watching')}")
    return _fact(safe(frame["title"] or frame["show"]), safe(" · ".join(parts) or frame["origin"]), "title")


def _time(frame: Frame, say: Say) -> str:
    zones = [frame["time_zone"], frame.get("studio_zone"), *(row["time_zone"] for row in frame["regions"])]
    names = dict.fromkeys(name for name in zones if name)
    offsets: dict[str, str] = {}
    for name in names:
        offsets.setdefault(clock(frame["at"], name), zone(name).key)
    clocks = [f"UTC {clock(frame['at'])}"]
    clocks += [f"{city(name, say)} {time}" for time, name in offsets.items() if name != "UTC"][:CLOCKS_MAX]
    return _fact(show_time(frame["t_plus_seconds"]), safe(" · ".join(clocks)), "clock")


def _numbers(frame: Frame, say: Say) -> str:
    totals, oversold = frame["totals"], frame["totals"]["oversold"]
    sold = _fact(number(totals["units_sold"]), f"{say('sold of')} {number(totals['allocated'])}")
    revenue = _fact(safe(money(totals["revenue_minor"], frame["currency"], say)), safe(say("revenue")))
    mark = '<i class="mark green">●</i>' if oversold == 0 else '<i class="mark red">▼</i>'
    none = _fact(
        f"{number(oversold)}<small> {mark}</small>", safe(say("oversold")), "green" if oversold == 0 else "red"
    )
    return sold + revenue + none + _data_age(frame, say)


def _data_age(frame: Frame, say: Say) -> str:
    reporting = [row for row in frame["channels"] if row["data_age_seconds"] is not None]
    feed = max(reporting, key=lambda row: row["data_age_seconds"]) if reporting else telling_feed(frame)
    if feed is None or frame["status"] == "closed":
        return _fact(safe(say("no feed")), safe(say("data age")), "grey")
    mark = MARKS.get(feed["state"], MARKS["grey"])
    name = "" if feed["state"] == "fresh" else f" · {feed['name'] or feed['channel']}"
    seconds = frame["totals"]["data_age_seconds"] if reporting else feed["age_seconds"]
    value = f'{age(seconds, say)}<small> <i class="mark {mark.tone}">{mark.shape}</i></small>'
    return _fact(value, safe(say("data age") + name), mark.tone)


def _identity(frame: Frame, say: Say) -> str:
    own = frame["identity"]
    line = (
        f"= <b class='green'>{number(own['available'])}</b> {say('available')} + "
        f"<b class='yellow'>{number(own['committed'])}</b> {say('committed')} + "
        f"{number(own['unavailable'])} {say('unavailable')} · "
        f"<b class='blue'>{number(own['incoming'])}</b> {say('incoming')}"
    )
    return _fact(f"{number(own['on_hand'])} <small>{say('on hand')}</small>", line, "identity")


def _now(frame: Frame, say: Say) -> str:
    rows = {row["state"]: row for row in reversed(frame["rundown"])}
    now, following = rows.get("now"), rows.get("next")
    shown = next((row["title"] or row["sku"] for row in frame["skus"] if row["on_screen"]), "")
    current = shown or (now["title"] if now else "")
    if not current and not following:
        return ""
    upcoming = f"{say('next')} {following['title']} · {show_time(following['start_seconds'])}" if following else ""
    return _fact(safe(current or "–"), safe(upcoming or say("on screen")), "now")


def _fact(value: str, words: str, kind: str = "") -> str:
    """Pair a value with the words under it; both are HTML already."""
    return f'<div class="fact {kind}"><b>{value}</b><span>{words}</span></div>'
