"""The report in short: a few sentences about what stands out, each with its figures.

Each sentence is said only where it is true and its figures are known: which channels were furthest from their plans,
which intervention added most, where most was missed and why, whether the countdown kept its word.
"""

from collections.abc import Callable

from dashboard.review import figures
from dashboard.review.html_view import Row, View
from dashboard.review.markup import Safe, element
from dashboard.review.words import CAUSES

WORTH_TELLING = 0.05
"""A channel closer to its plan than that is as planned."""


def in_short(view: View) -> Safe:
    """The sentences as a list; nothing where nothing stands out."""
    tellers: tuple[Callable[[View], str], ...] = (_above_plan, _below_plan, _added_most, _missed_most, _countdown)
    told = [sentence for teller in tellers if (sentence := teller(view))]
    return element("ul", *(element("li", sentence) for sentence in told), kind="short") if told else Safe("")


def _above_plan(view: View) -> str:
    rows = [row for row in view.review["channels"] if (row["plan_ratio"] or 0) >= 1 + WORTH_TELLING]
    if not rows:
        return ""
    best = max(rows, key=lambda row: row["plan_ratio"])
    return _against(view, best, view.say("{channel} did best against its plan: {units} units, {above}."))


def _below_plan(view: View) -> str:
    rows = [row for row in view.review["channels"] if row["plan_units"] and row["plan_ratio"] <= 1 - WORTH_TELLING]
    if not rows:
        return ""
    worst = min(rows, key=lambda row: row["plan_ratio"])
    return _against(view, worst, view.say("{channel} stayed furthest below its plan: {units} units, {above}."))


def _against(view: View, row: Row, sentence: str) -> str:
    above = figures.above(row["plan_ratio"])
    return sentence.format(channel=row["name"], units=figures.units(row["units"]), above=above)


def _added_most(view: View) -> str:
    measured = [(place, row) for place, row in enumerate(view.review["interventions"], 1) if row["effect"]]
    if not measured:
        return ""
    place, row = max(measured, key=lambda one: (one[1]["effect"]["sold"], -one[0]))
    sold = row["effect"]["sold"]
    if sold <= 0:
        return ""
    return view.say("Intervention {number} at {time} added most: {units} units, {money}.").format(
        number=place,
        time=figures.show_time(row["t_plus_seconds"]),
        units=figures.more(sold),
        money=view.money(row["effect"]["revenue_minor"], signed=True),
    )


def _missed_most(view: View) -> str:
    rows = view.review["lost"]["by_region"]
    worst = max(rows, default=None, key=lambda row: row["units"])
    if worst is None or not worst["units"]:
        return ""
    cause, units = max(worst["causes"].items(), key=lambda one: one[1])
    name = view.say(CAUSES[cause].name) if cause in CAUSES else cause
    return view.say("Most was missed in {region}: about {units} units, {part} of them by this cause: {cause}.").format(
        region=view.region(worst),
        units=figures.units(worst["units"]),
        part=figures.share(units / worst["units"], 0),
        cause=name,
    )


def _countdown(view: View) -> str:
    record = view.review["countdown"]
    if record["coverage_80"] is None:
        return ""
    return view.say("The countdown's 80% band held in {share} of {count} forecasts.").format(
        share=figures.share(record["coverage_80"], 0), count=figures.units(record["forecasts"])
    )
