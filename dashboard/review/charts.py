"""Drawings of a report: small SVG pictures as text, drawn by hand so that a report needs no script and no network.

    rows of a review -> coordinates -> SVG

Every drawing carries a title that says in words what it shows, colour never speaks alone (dashes, hatches, shapes and
words beside it), and text is escaped. Sizes are in the units of the drawing's own view box; the page scales it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboard.review import figures
from dashboard.review.markup import escape
from dashboard.review.words import CAUSES, Say

Row = dict[str, Any]
WIDTH, HEIGHT = 960.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 96.0, 52.0, 48.0
LANES = 3
LANE_HEIGHT = 15.0
NUMBERED_MAX = 60
REGIONS_MAX = 6
BARS_MAX = 16
LABEL_GAP = 13.0
PATTERNS = (
    '<pattern id="{0}1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V6" stroke="#fff" stroke-width="2.4" stroke-opacity=".55"/></pattern>'
    '<pattern id="{0}2" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<circle cx="2.5" cy="2.5" r="1.1" fill="#fff" fill-opacity=".75"/></pattern>'
    '<pattern id="{0}3" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 3H6" stroke="#fff" stroke-width="1.8" stroke-opacity=".55"/></pattern>'
)
"""Hatches laid over the colours of causes: strokes, dots, lines."""
HATCH = {"late_transfer": 1, "opening_split": 2, "rule": 3}


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _svg(width: float, height: float, title: str, inside: Iterable[str]) -> str:
    return (
        f'<svg class="drawing" viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(inside)}</svg>"
    )


def _text(x: float, y: float, words: object, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<path class="{kind}" d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"/>'


def _path(points: Sequence[tuple[float, float]], kind: str) -> str:
    return f'<path class="{kind}" d="M{"L".join(f"{_n(x)} {_n(y)}" for x, y in points)}"/>' if points else ""


def _box(x: float, y: float, width: float, height: float, kind: str, fill: str = "") -> str:
    paint = f' fill="{fill}"' if fill else ""
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(max(0.0, width))}" height="{_n(height)}"{paint}/>'


def ticks(most: float, wanted: int = 5) -> list[float]:
    """Round numbers from zero to at least `most`, about as many as wanted."""
    if most <= 0:
        return [0.0, 1.0]
    step = 10.0 ** len(str(int(most)))
    for divisor in (1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 400, 500, 1000):
        if most / (step / divisor) >= wanted - 1 or step / divisor <= 1:
            step /= divisor
            break
    found = [0.0]
    while found[-1] < most:
        found.append(found[-1] + step)
    return found


# --- the show as it went -----------------------------------------------------------------------------------------


def curves(review: Row, say: Say) -> str:
    """Units sold over the show, in all and by region, the plan dashed, the rundown below, interventions numbered."""
    told = review["curves"]
    minutes: list[float] = told["minutes"]
    plan_minutes: list[float] = told["plan_minutes"]
    last = max([1.0, *minutes[-1:], *plan_minutes[-1:]])
    marks = ticks(max([1, *told["total"], *told["plan"]]))

    def place(minute: float, units: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * minute / last
        return x, TOP + (HEIGHT - TOP - BOTTOM) * (1 - units / marks[-1])

    parts = [_units_axis(marks, place), _minutes_axis(last, place)]
    parts.append(_rundown(review, last, place))
    ends: list[tuple[float, str, str]] = []
    regions = sorted(told["by_region"].items(), key=lambda row: -max([0, *row[1]]))
    for number, (region, units) in enumerate(regions[:REGIONS_MAX]):
        points = [place(0, 0), *(place(*point) for point in zip(minutes, units, strict=True))]
        parts.append(_path(points, f"curve part dash{number % 4}"))
        ends.append((points[-1][1], region, "dim"))
    if told["plan"]:
        points = [place(0, 0), *(place(*point) for point in zip(plan_minutes, told["plan"], strict=True))]
        parts.append(_path(points, "curve plan"))
        ends.append((points[-1][1], f"{say('plan')} {figures.units(told['plan'][-1])}", "plan"))
    points = [place(0, 0), *(place(*point) for point in zip(minutes, told["total"], strict=True))]
    parts.append(_path(points, "curve total"))
    ends.append((points[-1][1], f"{say('sold')} {figures.units(told['total'][-1])}", "strong"))
    parts += _labels(WIDTH - RIGHT + 8, ends)
    parts += _numbers(review["interventions"], last, place)
    return _svg(WIDTH, HEIGHT, say("Units sold over the show against the plan, with every intervention"), parts)


def _units_axis(marks: Sequence[float], place: Any) -> str:
    parts = []
    for mark in marks:
        y = place(0, mark)[1]
        parts += [_line(LEFT, y, WIDTH - RIGHT, y, "grid"), _text(LEFT - 8, y + 4, figures.units(mark), "tick", "end")]
    return "".join(parts)


def _minutes_axis(last: float, place: Any) -> str:
    step = next(step for step in (5, 10, 15, 30, 60, 180, 360, 720, 1440, 10080, 10**9) if last / step <= 11)
    parts, minute = [], 0.0
    while minute <= last:
        x, y = place(minute, 0)
        parts += [_line(x, y, x, y + 4, "grid"), _text(x, y + 36, figures.show_time(60 * minute), "tick", "middle")]
        minute += step
    return "".join(parts)


def _rundown(review: Row, last: float, place: Any) -> str:
    parts = []
    base = place(0, 0)[1] + 6
    for number, segment in enumerate(review["rundown"]):
        start, end = (place(min(last, segment[name] / 60), 0)[0] for name in ("start_seconds", "end_seconds"))
        parts.append(_box(start, base, end - start - 1, 15, f"segment tint{number % 2}"))
        if end - start >= 30:
            parts.append(
                _text(start + 4, base + 11, _short(str(segment["title"]), (end - start - 6) * 12 / 10.5), "small")
            )
    return "".join(parts)


def _labels(x: float, ends: list[tuple[float, str, str]]) -> list[str]:
    """Names at the ends of curves, kept apart from each other."""
    parts, above = [], -LABEL_GAP
    for y, words, kind in sorted(ends):
        y = max(y, above + LABEL_GAP)
        parts.append(_text(x, y + 4, words, f"label {kind}"))
        above = y
    return parts


def _numbers(interventions: Sequence[Row], last: float, place: Any) -> list[str]:
    """A hairline and a number for every intervention; of very many only for those measured, a tick for the rest."""
    parts: list[str] = []
    free = [-100.0] * LANES
    many = len(interventions) > NUMBERED_MAX
    for number, row in enumerate(interventions, 1):
        x, base = place(min(last, max(0.0, row["t_plus_seconds"] / 60)), 0)
        if many and row["effect"] is None:
            parts.insert(0, _line(x, base - 6, x, base, "hair"))
            continue
        half = 7.2 if number < 100 else 10.0
        lane = next((lane for lane in range(LANES) if free[lane] <= x - half - 1), None)
        top = TOP - 4
        if lane is not None:
            free[lane] = x + half + 1
            top = TOP - 6 - LANE_HEIGHT * lane
            corner = f'x="{_n(x - half)}" y="{_n(top - 14.2)}"'
            parts.append(f'<rect class="badge" {corner} width="{_n(2 * half)}" height="14.4" rx="7.2"/>')
            parts.append(_text(x, top - 3.4, number, "badge", "middle"))
        parts.insert(0, _line(x, top, x, base, "hair"))
    return parts


# --- what was lost -----------------------------------------------------------------------------------------------


def losses(rows: Sequence[Row], names: Mapping[str, str], key: str, say: Say) -> str:
    """Units nobody could buy, a bar a row, cut by cause; names beside, the number at the end."""
    rows = _largest([row for row in rows if row["units"]], key, say)
    most = max((row["units"] for row in rows), default=0)
    width, left, bar, step = WIDTH, 170.0, 20.0, 32.0
    room = width - left - 90
    prefix = f"h{key}"
    parts = [f"<defs>{PATTERNS.format(prefix)}</defs>"]
    for place, row in enumerate(rows):
        x, y = left, place * step + 4
        parts.append(_text(left - 10, y + 15, _short(names.get(row[key], row[key]), left - 14), "name", "end"))
        for cause in CAUSES:
            units = row["causes"].get(cause, 0)
            length = room * units / most
            if units:
                parts.append(_box(x, y, length, bar, f"cause {cause}"))
                if cause in HATCH:
                    parts.append(_box(x, y, length, bar, "hatch", f"url(#{prefix}{HATCH[cause]})"))
                if length >= 30:
                    parts.append(_plate(x + length / 2, y + 14.5, figures.units(units)))
            x += length
        parts.append(_text(x + 8, y + 15, figures.units(row["units"]), "strong"))
    return _svg(width, max(1, len(rows)) * step, say("Units that could not be bought, by cause"), parts)


def _largest(rows: list[Row], key: str, say: Say) -> list[Row]:
    """The rows as they come; of very many the largest, and all others as one."""
    if len(rows) <= BARS_MAX:
        return rows
    rows = sorted(rows, key=lambda row: -row["units"])
    others = rows[BARS_MAX - 1 :]
    causes = {cause: sum(row["causes"].get(cause, 0) for row in others) for cause in CAUSES}
    name = say("{count} others").format(count=figures.units(len(others)))
    return [*rows[: BARS_MAX - 1], {key: name, "units": sum(row["units"] for row in others), "causes": causes}]


def _plate(x: float, y: float, words: str) -> str:
    wide = 7.0 * len(words) + 6
    return _box(x - wide / 2, y - 11, wide, 14, "plate") + _text(x, y, words, "inside", "middle")


def swatch(cause: str) -> str:
    """The colour and hatch of a cause, for the words beside it."""
    hatch = ""
    if cause in HATCH:
        name = f"k{cause}"
        hatch = f"<defs>{PATTERNS.format(name)}</defs>" + _box(0, 0, 16, 12, "hatch", f"url(#{name}{HATCH[cause]})")
    plain = _box(0, 0, 16, 12, f"cause {cause}")
    return f'<svg class="swatch" viewBox="0 0 16 12" aria-hidden="true">{plain}{hatch}</svg>'


def _short(words: str, room: float) -> str:
    """As much of a text as has room, at twelve units high."""
    if _wide(words) <= room:
        return words
    while words and _wide(words) + _wide("…") > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def _wide(words: str) -> float:
    return sum(
        12.4 if ord(letter) > 0x2E80 else 9.2 if letter.isupper() or letter in "…MW@%" else 6.9 for letter in words
    )


# --- bars in tables ----------------------------------------------------------------------------------------------


def bullet(units: int, plan: int | None, most: int) -> str:
    """Units as a bar with the plan as a stroke across it."""
    width = 150.0
    scale = width / max(1, most)
    good = plan is None or units >= plan
    parts = [_box(0, 4, width, 8, "track"), _box(0, 4, units * scale, 8, "enough" if good else "short")]
    if plan is not None:
        parts.append(_box(plan * scale - 1.2, 0, 2.4, 16, "plan"))
    return f'<svg class="bar" viewBox="0 0 {_n(width + 2)} 16" aria-hidden="true">{"".join(parts)}</svg>'


def stock(sold: int, left: int, lost: int, most: int) -> str:
    """What was sold and what was left as one bar, and behind its end, dashed, what could not be bought."""
    width = 190.0
    scale = width / max(1, most)
    parts = [
        _box(0, 3, sold * scale, 10, "enough"),
        _box(sold * scale, 3, left * scale, 10, "rest"),
        _box((sold + left) * scale + 1, 3.5, lost * scale - 1, 9, "missed") if lost else "",
    ]
    return f'<svg class="bar wide" viewBox="0 0 {_n(width + 2)} 16" aria-hidden="true">{"".join(parts)}</svg>'


# --- the countdown -----------------------------------------------------------------------------------------------


def calibration(rows: Sequence[Row], say: Say) -> str:
    """Observed shares over the levels told; on the diagonal they are the same."""
    left, top, side = 60.0, 8.0, 270.0

    def place(level: float, observed: float) -> tuple[float, float]:
        return left + side * level, top + side * (1 - observed)

    parts = []
    for mark in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x, y = place(mark, mark)
        parts += [_line(left, y, left + side, y, "grid"), _line(x, top, x, top + side, "grid")]
        parts += [_text(left - 7, y + 4, figures.share(mark, 0), "tick", "end")]
        parts += [_text(x, top + side + 16, figures.share(mark, 0), "tick", "middle")]
    parts.append(_line(*place(0, 0), *place(1, 1), "curve plan"))
    points = [place(row["level"], row["observed"]) for row in rows]
    parts.append(_path([place(0, 0), *points, place(1, 1)], "curve total"))
    parts += [f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="4"/>' for x, y in points]
    parts.append(_text(left + side / 2, top + side + 36, say("chance told"), "tick", "middle"))
    parts.append(
        f'<text class="tick" text-anchor="middle" transform="translate(16 {_n(top + side / 2)}) rotate(-90)">'
        f"{escape(say('came true'))}</text>"
    )
    title = say("How often the countdown came true at each chance it told")
    return _svg(left + side + 24, top + side + 44, title, parts)
