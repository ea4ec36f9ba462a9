"""Exposure over time against the truth: units unsold, units the platforms list, units that nobody lists.

Data flow: the samples of a report, `[seconds, unsold, listed, withheld]` -> a plain Plotly dict -> the page's canvas.
Invariants: where more is listed than is unsold, an oversell has become possible, and that is drawn as red ground with
its word; each line carries its name and its last number at its end, never closer than `LABEL_GAP` to the next.
"""

from collections.abc import Sequence
from typing import Any

from dashboard.screens.marks import BLUE, DIM, RED, TEXT, YELLOW, Frame, number, safe
from dashboard.screens.words import Say, english

GRID = "#1a232d"
LABEL_GAP = 0.075
"""Between the labels, as a share of the height."""
TICKS_MAX = 9
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
"""Seconds between two ticks."""

Figure = dict[str, Any]
LINES = (
    ("unsold (truth)", 1, TEXT, "solid"),
    ("listed", 2, BLUE, "solid"),
    ("nobody lists", 3, YELLOW, "dash"),
)
"""What is drawn: name, place in a sample, colour, stroke."""


def chart(report: Frame, say: Say = english) -> Figure:
    """Draw the samples; without any, the sentence to show instead."""
    samples: Sequence[Sequence[float]] = report.get("samples") or ()
    if not samples:
        return {"empty": say("The picture comes with the verdict")}
    minutes = [sample[0] / 60 for sample in samples]
    top = max(1.0, *(value for sample in samples for value in sample[1:])) * 1.05
    traces = [_trace(say(name), minutes, [sample[place] for sample in samples], colour, dash)
              for name, place, colour, dash in LINES]  # fmt: skip
    traces[0] |= {"fill": "tozeroy", "fillcolor": "rgba(230,237,243,0.06)"}
    beyond = [(minute, sample) for minute, sample in zip(minutes, samples, strict=True) if sample[2] > sample[1]]
    written = {
        "annotations": _labels(samples[-1], top, say) + _warning(beyond, say),
        "shapes": _grounds(minutes, samples),
    }
    revision = f"{report['faults']}/{report['seed']}/{report['orders']}"
    return {"data": traces, "layout": _layout(minutes[-1], top, revision, say) | written}


def _trace(name: str, minutes: Sequence[float], values: Sequence[float], colour: str, dash: str) -> Figure:
    return {
        "type": "scatter", "mode": "lines", "x": list(minutes), "y": list(values), "name": name,
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": "%{fullData.name} %{y:,.0f}<extra></extra>",
    }  # fmt: skip


def _layout(end: float, top: float, revision: str, say: Say) -> Figure:
    step = next((step for step in STEPS if 60 * end / step <= TICKS_MAX), STEPS[-1])
    ticks = range(step, int(60 * end) + 1, step)
    return {
        "uirevision": revision,
        "margin": {"l": 44, "r": 124, "t": 18, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x",
        "hoverlabel": {"bgcolor": GRID, "bordercolor": DIM, "font": {"color": TEXT, "size": 12}},
        "font": {"family": "inherit", "size": 12, "color": DIM},
        "xaxis": {
            "range": [0, end], "tickvals": [tick / 60 for tick in ticks],
            "ticktext": [_length(tick, step, say) for tick in ticks],
            "showgrid": False, "zeroline": False, "tickangle": 0,
        },
        "yaxis": {"range": [0, top], "gridcolor": GRID, "zeroline": False, "nticks": 6, "tickformat": ",d"},
    }  # fmt: skip


def _length(seconds: int, step: int, say: Say) -> str:
    return f"{seconds} {say('s')}" if step < 60 else f"{seconds // 60} {say('min')}"


def _labels(last: Sequence[float], top: float, say: Say) -> list[Figure]:
    """Write each line's name and last number at its end, from the lowest up, apart from each other."""
    placed: list[Figure] = []
    floor = 0.02
    lines = sorted(LINES, key=lambda line: last[line[1]])
    for left, (name, place, colour, _) in zip(range(len(lines) - 1, -1, -1), lines, strict=True):
        height = min(max(last[place] / top, floor), 1.0 - left * LABEL_GAP)
        floor = height + LABEL_GAP
        text = f"<b>{safe(say(name))}</b> {number(last[place])}"
        placed.append(
            {
                "text": text, "showarrow": False, "xref": "paper", "x": 1.0, "yref": "paper", "y": height,
                "xanchor": "left", "yanchor": "middle", "xshift": 6, "font": {"color": colour, "size": 12},
            }
        )  # fmt: skip
    return placed


def _grounds(minutes: Sequence[float], samples: Sequence[Sequence[float]]) -> list[Figure]:
    """Lay red ground under every stretch in which more was listed than was unsold."""
    found: list[Figure] = []
    for before, minute, sample in zip([0.0, *minutes], minutes, samples, strict=False):
        if sample[2] <= sample[1]:
            continue
        if found and found[-1]["x1"] == before:
            found[-1]["x1"] = minute
            continue
        found.append({"type": "rect", "xref": "x", "yref": "paper", "x0": before, "x1": minute, "y0": 0, "y1": 1,
                      "fillcolor": RED, "opacity": 0.25, "line": {"width": 0}})  # fmt: skip
    return found


def _warning(beyond: Sequence[tuple[float, Sequence[float]]], say: Say) -> list[Figure]:
    if not beyond:
        return []
    return [{"text": f"▼ {safe(say('more listed than there is'))}", "showarrow": False, "xref": "x", "x": beyond[0][0],
             "yref": "paper", "y": 1.0, "yanchor": "bottom", "xanchor": "left",
             "font": {"color": RED, "size": 12}}]  # fmt: skip
