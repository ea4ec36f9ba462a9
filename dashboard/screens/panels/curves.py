"""Consumption curves: units sold in total against the plan, and per channel, with every intervention marked.

Data flow: the frame's `curves` -> `figure`, what to draw and where labels stand (tested without a browser) -> `chart`,
a plain Plotly dict -> the page's canvas, which updates the chart in place.
Invariants: at most `POINTS_MAX` points a line and `LINES_MAX` lines, whatever the show holds; labels of one plot
keep `LABEL_GAP` apart, so they never overlap; label positions are in per cent of their plot, counted from the top; a
late channel's line is dotted and its label marked.
Streamlit's own Plotly element throws its chart away and rebuilds it on every change, which flickers once a second and
loses the viewer's zoom; `Plotly.react` with a constant `uirevision` keeps both.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from dashboard.screens.marks import DIM, LINE_COLOURS, MARKS, TEXT, Frame, number, safe, show_time, titles
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

POINTS_MAX = 200
LINES_MAX = 8
LABEL_GAP = 11.5
NOTE_WIDTH_PER_CHARACTER = 2.6
NOTE_GAP = 2.0
TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080, 20160, 43200, 86400)

DOMAINS = {"total": (0.68, 1.0), "split": (0.0, 0.63)}
"""Where the two plots stand, as shares of the height."""
LEVEL = "#1a232d"

MOVED = re.compile(r"^\+(\d+) (.+)$")

Figure = dict[str, Any]


def figure(frame: Frame, say: Say = english) -> Figure:
    """Turn a frame's curves into two plots (total and split) on one time axis, all in per cent."""
    curves = frame["curves"]
    minutes, total = curves["minutes"], curves["total"]
    if not minutes or not any(total):
        return {}
    keep = sampled(len(minutes))
    end = max(minutes[-1], 1.0)
    plan = planned(curves)
    split = _split(frame)
    return {
        "show": frame["show"],
        "end": end,
        "minutes": [minutes[i] for i in keep],
        "ticks": _ticks(end, say),
        "notes": notes(_said(merged(curves["annotations"]), say), end),
        "total": _total(total, plan, keep, say),
        "split": _lines(split, keep),
    }


def chart(drawn: Figure, say: Say = english) -> Figure:
    """Write the figure as a Plotly chart; without an order, as the sentence to show instead."""
    if not drawn:
        return {"empty": say("No order yet")}
    shapes = [
        {"type": "line", "xref": "x", "yref": "paper", "x0": n["minute"], "x1": n["minute"], "y0": 0, "y1": 1,
         "line": {"color": DIM, "width": 1, "dash": "dot"}}
        for n in drawn["notes"]
    ]  # fmt: skip
    written = [
        _text(n["text"], TEXT, xref="x", x=n["minute"], y=1.0, yanchor="bottom") for n in drawn["notes"] if n["text"]
    ]
    traces: list[Figure] = []
    axes: Figure = {}
    for axis, name in (("y", "total"), ("y2", "split")):
        low, high = DOMAINS[name]
        for line in drawn[name]["lines"]:
            traces.append(_trace(line, drawn["minutes"], axis))
            mark = f"{MARKS['late'].shape} " if line["late"] else ""
            label = f"{mark}<b>{safe(line['name'])}</b> {_short(line['last'])}"
            height = high - (high - low) * line["label_y"] / 100
            written.append(_text(label, line["colour"], xref="paper", x=1.0, y=height, yanchor="middle", xshift=6))
        axes[f"yaxis{axis[1:]}"] = {
            "domain": [low, high], "range": [0, drawn[name]["top"]], "fixedrange": True, "showticklabels": False,
            "gridcolor": LEVEL, "zeroline": False, "nticks": 5,
        }  # fmt: skip
    return {"data": traces, "layout": _layout(drawn) | axes | {"shapes": shapes, "annotations": written}}


def _layout(drawn: Figure) -> Figure:
    ticks = drawn["ticks"]
    return {
        "uirevision": drawn["show"],
        "margin": {"l": 4, "r": 124, "t": 18, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x",
        "hoverlabel": {"bgcolor": LEVEL, "bordercolor": DIM, "font": {"color": TEXT, "size": 12}},
        "font": {"family": "inherit", "size": 12, "color": DIM},
        "xaxis": {
            "anchor": "y2", "range": [0, drawn["end"]], "tickvals": [tick["minute"] for tick in ticks],
            "ticktext": [tick["text"] for tick in ticks], "showgrid": False, "zeroline": False,
            "tickangle": 0,
        },
    }  # fmt: skip


def _trace(line: Figure, minutes: Sequence[float], axis: str) -> Figure:
    stroke = {"color": line["colour"]} | ({"width": 1.4, "dash": "dash"} if line["dashed"] else {})
    stroke |= {"dash": "dot"} if line["late"] else {}
    trace: Figure = {
        "type": "scatter", "mode": "lines", "x": [0, *minutes], "y": [0, *line["units"]], "yaxis": axis,
        "name": line["name"], "line": stroke,
        "hovertemplate": "%{fullData.name} %{y:,.0f}<extra></extra>",
    }  # fmt: skip
    return trace | {"fill": "tozeroy", "fillcolor": "rgba(230,237,243,0.06)"} if line["area"] else trace


def _text(text: str, colour: str, **where: Any) -> Figure:
    return {
        "text": text, "showarrow": False, "yref": "paper", "xanchor": "left",
        "font": {"color": colour, "size": 12}, **where,
    }  # fmt: skip


def sampled(count: int) -> list[int]:
    """Pick at most POINTS_MAX indices out of `count`, evenly, the last one always among them."""
    if count <= POINTS_MAX:
        return list(range(count))
    step = (count - 1) / (POINTS_MAX - 1)
    return [round(i * step) for i in range(POINTS_MAX)]


def planned(curves: Frame) -> list[float]:
    """Return the planned units at every minute of the curves; the plan may have a time axis of its own."""
    plan, minutes = curves["plan"], curves["minutes"]
    axis = curves.get("plan_minutes") or minutes
    if not plan or len(axis) != len(plan):
        return []
    result = []
    for minute in minutes:
        after = bisect_left(axis, minute)
        if after == len(axis):
            result.append(float(plan[-1]))
            continue
        low, start = (plan[after - 1], axis[after - 1]) if after else (0, 0.0)
        result.append(low + (plan[after] - low) * (minute - start) / ((axis[after] - start) or 1.0))
    return result


def merged(annotations: Sequence[Frame]) -> list[Frame]:
    """Add up moves of one moment to one place: five SKUs moved to the US together are one intervention."""
    result: dict[tuple[float, str], Frame] = {}
    for note in annotations:
        found = MOVED.match(note["what"])
        key = (note["minute"], found[2] if found else note["what"])
        known = result.get(key)
        if known and found:
            result[key] = known | {"units": known["units"] + int(found[1])}
        else:
            result[key] = note | {"units": int(found[1]) if found else 0, "to": found[2] if found else ""}
    return [note | {"what": f"+{note['units']} {note['to']}"} if note["units"] else note for note in result.values()]


def _said(annotations: Sequence[Frame], say: Say) -> list[Frame]:
    return [note | {"what": sentence(note["what"], say)} for note in annotations]


def spread(wanted: Sequence[float], gap: float, low: float = 0.0, high: float = 100.0) -> list[float]:
    """Move positions apart until each pair is at least `gap` away, staying as near as possible and inside low..high.

    Where they cannot all fit, the gap shrinks evenly.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    floor = low
    for rank, i in enumerate(order):
        placed[i] = max(wanted[i], floor)
        floor = placed[i] + gap
        placed[i] = min(placed[i], high - gap * (len(order) - 1 - rank))
    for before, after in zip(reversed(order[:-1]), reversed(order[1:]), strict=True):
        placed[before] = min(placed[before], placed[after] - gap)
    return placed


def notes(annotations: Sequence[Frame], end: float) -> list[dict[str, Any]]:
    """Place the marks of interventions; where texts would overlap the newest keeps its text, the older its line."""
    result: list[dict[str, Any]] = []
    free_until = 112.0
    for note in sorted((n for n in annotations if 0 <= n["minute"] <= end), key=lambda n: -n["minute"])[:40]:
        x = 100 * note["minute"] / end
        text = note["what"] if len(note["what"]) <= 18 else note["what"][:17] + "…"
        width = NOTE_WIDTH_PER_CHARACTER * len(text)
        fits = x + width + NOTE_GAP <= free_until
        result.append(
            {
                "minute": note["minute"],
                "x": x,
                "text": text if fits else "",
                "what": note["what"],
                "width": width if fits else 0.0,
            }
        )
        free_until = x if fits else free_until
    return result


def _split(frame: Frame) -> list[tuple[str, list[float], bool]]:
    """Choose what to split by: channels, or regions where there is only one channel; the largest first.

    Each line says whether what it draws is late.
    """
    curves = frame["curves"]
    late = {row["channel"] for row in frame["channels"] if row["state"] == "late"}
    named = {row["channel"]: row["name"] or row["channel"] for row in frame["channels"]}
    rows = curves["by_channel"]
    if len(rows) < 2 and len(curves["by_region"]) >= 2:
        named, rows = {row["region"]: row["name"] or row["region"] for row in frame["regions"]}, curves["by_region"]
        late = {row["region"] for row in frame["suspended"]}
    elif len(rows) < 2:
        named, rows = titles(frame), curves["by_sku"]
    largest = sorted(
        ((named.get(key, key), values, key in late) for key, values in rows.items() if values),
        key=lambda row: -row[1][-1],
    )
    return largest[:LINES_MAX]


def _total(total: Sequence[float], plan: Sequence[float], keep: Sequence[int], say: Say) -> dict[str, Any]:
    top = max(total[-1], plan[-1] if plan else 0, 1) * 1.12
    lines = [
        {
            "colour": TEXT,
            "units": [total[i] for i in keep],
            "dashed": False,
            "area": True,
            "late": False,
            "name": say("sold"),
            "last": total[-1],
        }
    ]
    if plan:
        lines.append(
            {
                "colour": DIM,
                "units": [plan[i] for i in keep],
                "dashed": True,
                "area": False,
                "late": False,
                "name": say("plan"),
                "last": plan[-1],
            }
        )
    return _labelled(lines, top, LABEL_GAP * 2)


def _lines(rows: Sequence[tuple[str, Sequence[float], bool]], keep: Sequence[int]) -> dict[str, Any]:
    top = max((values[-1] for _, values, _ in rows), default=1) * 1.08 or 1.0
    lines = [
        {
            "colour": LINE_COLOURS[n],
            "units": [values[i] for i in keep],
            "dashed": False,
            "area": False,
            "late": late,
            "name": name,
            "last": values[-1],
        }
        for n, (name, values, late) in enumerate(rows)
    ]
    return _labelled(lines, top, LABEL_GAP)


def _labelled(lines: list[dict[str, Any]], top: float, gap: float) -> dict[str, Any]:
    ends = [_down(line["units"][-1], top) for line in lines]
    for line, y in zip(lines, spread(ends, gap, 3.0, 97.0), strict=True):
        line["label_y"] = y
    return {"lines": lines, "top": top}


def _down(value: float, top: float) -> float:
    return 100 - 100 * max(0.0, min(1.0, value / top))


def _ticks(end: float, say: Say) -> list[dict[str, Any]]:
    step = next((step for step in TICKS if end / step <= 5.5), TICKS[-1] * math.ceil(end / TICKS[-1] / 5))
    count = int(end // step)
    return [{"minute": i * step, "text": _tick(i * step, say)} for i in range(count + 1)]


def _tick(minutes: int, say: Say) -> str:
    if not minutes:
        return "T"
    if minutes < 1440:
        return show_time(minutes * 60)
    return say("{count} d").format(count=f"{minutes / 1440:.{1 if minutes % 1440 else 0}f}")


def _short(units: float) -> str:
    return number(units) if units < 1_000_000 else f"{units / 1_000_000:.2f} M"
