"""Sections of a report that go into detail: channels, SKUs, interventions, missed orders, the next plan."""

from collections.abc import Callable
from typing import Any

from dashboard.review import figures, words
from dashboard.review.charts import bullet, losses, swatch
from dashboard.review.html_view import Row, Shown, View, named, shown
from dashboard.review.markup import Safe, element, join
from dashboard.review.words import CAUSES

POOLS_MAX = 8
INTERVENTIONS_MAX = 200


def channels(view: View) -> Safe:
    """Orders, units and conversion of each channel, beside its plan."""
    say, rows = view.say, view.review["channels"]
    most = max((max(row["units"], row["plan_units"] or 0) for row in rows), default=1)
    conversion = "orders_per_thousand_viewer_minutes"
    columns = [
        Shown(say("Channel"), lambda row: named(row["name"], view.region(row)), False, say("Total")),
        Shown(say("units, plan as a stroke"), lambda row: Safe(bullet(row["units"], row["plan_units"], most)), False),
        view.count(say("Units"), "units", rows),
        view.count(say("Plan"), "plan_units", rows),
        Shown(say("Against plan"), lambda row: _against(row["plan_ratio"])),
        view.count(say("Orders"), "orders", rows),
        view.count(say("Viewer-minutes"), "viewer_minutes", rows, sums=False),
        Shown(say("Orders per 1,000 viewer-minutes"), lambda row: figures.decimal(row[conversion], 2)),
        view.amount(say("Revenue"), "revenue_minor", rows),
    ]
    means = view.means(
        "Units are net of cancellations. A viewer-minute is one person watching for one minute; "
        "channels that report no viewers have no conversion."
    )
    return join([means, view.table(rows, columns, "units")])


def _against(ratio: float | None) -> Safe:
    if ratio is None:
        return Safe(figures.NONE)
    shape, tone = ("▲", "good") if ratio >= 1.005 else ("▼", "warn") if ratio < 0.995 else ("●", "dim")
    return element("span", element("i", shape, kind="mark"), figures.above(ratio), kind=tone)


def skus(view: View) -> Safe:
    """What each SKU sold, earned, had left and missed."""
    say, rows = view.say, view.review["skus"]
    columns = [
        Shown(say("SKU"), lambda row: named(row["title"], row["sku"]), False, say("Total")),
        Shown(say("Tier"), lambda row: view.code("tier", row["tier"]), False),
        view.count(say("Offered"), "allocated", rows),
        view.count(say("Sold"), "sold", rows),
        *view.results(rows),
    ]
    means = view.means("Sold out counts the minutes a region that had some had none left, added up over regions.")
    return join([means, view.table(rows, columns, "sold")])


# --- interventions -----------------------------------------------------------------------------------------------


def interventions(view: View) -> Safe:
    """What was done about the stock, by whom, and what it changed."""
    say, rows = view.say, view.review["interventions"]
    if not rows:
        return element("p", say("Nobody moved stock or changed terms during the show."), kind="empty")
    places = {row["seq"]: place for place, row in enumerate(rows, 1)}
    marks = dict(zip(sorted({row["note"] for row in rows if row["note"]}), "abcdefgh", strict=False))

    def changed(heading: str, key: str, written: Callable[[Any], str]) -> Shown:
        return Shown(heading, lambda row: written(row["effect"][key]) if row["effect"] else figures.NONE)

    columns = [
        Shown(say("No."), lambda row: element("span", places[row["seq"]], kind="number"), False),
        Shown(say("When"), lambda row: _when(view, row), False),
        Shown(say("What"), lambda row: _what(view, row, marks.get(row["note"], "")), False),
        Shown(say("Pace before → after, units/min"), _pace),
        changed(say("Sold"), "sold", figures.more),
        changed(say("Missed"), "lost", figures.more),
        changed(say("Revenue"), "revenue_minor", lambda minor: view.money(minor, signed=True)),
        changed(say("Margin"), "margin_minor", lambda minor: view.money(minor, signed=True)),
        changed(say("Sold out, min"), "stock_out_minutes", lambda minutes: figures.more(minutes, 1)),
    ]
    listed, more = rows, ""
    if len(rows) > INTERVENTIONS_MAX:
        measured = sum(row["effect"] is not None for row in rows)
        others = [row["seq"] for row in rows if row["effect"] is None][: max(0, INTERVENTIONS_MAX - measured)]
        kept = set(others)
        listed = [row for row in rows if row["effect"] is not None or row["seq"] in kept]
        sentence = say("{count} more, none of them measured, are in the workbook.")
        more = element("p", sentence.format(count=figures.units(len(rows) - len(listed))), kind="dim")
    means = view.means(
        "What an intervention changed is the show with it less the show without it: every order is decided again, with "
        "the same missed orders, only this one thing left out. Effects of several do not add up."
    )
    notes = [
        element("p", element("sup", mark), " ", view.code("note", note), kind="dim") for note, mark in marks.items()
    ]
    return join([means, shown(listed, columns), more, *notes])


def _when(view: View, row: Row) -> Safe:
    clock = figures.clock(row["at"], view.review["show"]["time_zone"])
    return named(element("span", figures.show_time(row["t_plus_seconds"]), kind="nowrap"), clock)


def _what(view: View, row: Row, mark: str) -> Safe:
    """Its kind, what exactly, who did it; a mark points to a note below the table."""
    kind = join([element("b", view.code("kind", row["kind"])), element("sup", mark) if mark else ""])
    by = words.rule(row["rule"], view.say) if row["rule"] else words.code(words.ACTORS, row["actor"], view.say)
    exactly = view.deed(row) or view.sku(row)
    return join([kind, " · ", by, element("small", exactly) if exactly else ""])


def _pace(row: Row) -> str:
    if row["pace_before"] is None or row["pace_after"] is None:
        return figures.NONE
    return f"{figures.decimal(row['pace_before'])} → {figures.decimal(row['pace_after'])}"


# --- missed orders -----------------------------------------------------------------------------------------------


def lost(view: View) -> Safe:
    """What nobody could buy, by region and SKU, and why; the assumption of the estimate beside it."""
    say, told = view.say, view.review["lost"]
    means = view.means(
        "Units that buyers wanted and found sold out or limited. Every missed unit has exactly one cause."
    )
    assumed = element("p", element("b", say("Estimate.")), " ", say(told["assumption"]), kind="assumption")
    if not told["units"]:
        return join([means, assumed, element("p", say("Nothing was missed."), kind="empty")])
    keys = [
        element("li", Safe(swatch(cause)), say(words_of.name), element("span", say(words_of.means), kind="dim"))
        for cause, words_of in CAUSES.items()
    ]
    parts: list[object] = [means, assumed, element("ul", *keys, kind="key")]
    for title, rows, names, key in (
        (say("By region"), told["by_region"], view.regions, "region"),
        (say("By SKU"), told["by_sku"], view.titles, "sku"),
        (say("By channel"), told["by_channel"], view.channels, "channel"),
    ):
        parts += [element("h3", title), Safe(losses(rows, names, key, say))]
    return join([*parts, element("h3", say("In detail")), _lost_rows(view)])


def _lost_rows(view: View) -> Safe:
    say, whole = view.say, view.review["lost"]["rows"]
    rows = sorted((row for row in whole if row["units"]), key=lambda row: -row["units"])

    def because(cause: str) -> Shown:
        total = sum(row["causes"].get(cause, 0) for row in whole)
        heading = say(CAUSES[cause].name)
        return Shown(heading, lambda row: figures.units(row["causes"].get(cause, 0)), True, figures.units(total))

    columns = [
        Shown(say("Region"), view.region, False, say("Total")),
        Shown(say("Channel"), view.channel, False),
        Shown(say("SKU"), view.sku, False),
        *map(because, CAUSES),
        view.count(say("Missed"), "units", whole),
    ]
    return view.table(rows, columns, "units")


# --- the next plan -----------------------------------------------------------------------------------------------


def plan(view: View) -> Safe:
    """What to plan next time, and how to split it at the opening."""
    say, rows = view.say, view.review["plan"]["lines"]
    if not rows:
        nothing = say("There is nothing to plan from: nothing was sold and nothing was missed.")
        return element("p", nothing, kind="empty")
    columns = [
        Shown(say("SKU"), lambda row: named(view.sku(row), row["sku"]), False, say("Total")),
        Shown(say("Region"), view.region, False),
        view.count(say("Plan next time"), "units", rows),
        view.count(say("Sold"), "sold", rows),
        view.count(say("Missed"), "lost", rows),
        view.count(say("Planned this time"), "planned", rows),
        Shown(say("Reason"), lambda row: view.code("why", row["why"]), False),
    ]
    means = view.means(
        "A proposal from what was sold and what was missed; next_plan.csv holds the same lines, ready to be loaded."
    )
    return join([means, view.table(rows, columns, "units"), element("h3", say("Opening split")), _opening(view)])


def _opening(view: View) -> Safe:
    """A row a SKU, a column a pool."""
    say, lines = view.say, view.review["plan"]["opening"]
    pools = sorted({line["pool"] for line in lines}, key=lambda pool: (pool == "flexible", pool))
    units = {(line["sku"], line["pool"]): line["units"] for line in lines}
    goods = list(dict.fromkeys(line["sku"] for line in lines))
    rows: list[Row] = [{"sku": sku, **{pool: units.get((sku, pool), 0) for pool in pools}} for sku in goods]
    for row in rows:
        row["whole"] = sum(row[pool] for pool in pools)
    names = {pool: view.regions.get(pool.removeprefix("region/"), words.pool(pool, say)) for pool in pools}
    if len(pools) > POOLS_MAX:
        return _opening_of_many(view, names, rows)
    columns = [
        Shown(say("SKU"), view.sku, False, say("Total")),
        *(view.count(name, pool, rows) for pool, name in names.items()),
        view.count(say("Total"), "whole", rows),
    ]
    return view.table(rows, columns, "whole")


def _opening_of_many(view: View, names: dict[str, str], rows: list[Row]) -> Safe:
    """A row a pool over all SKUs, where there are too many pools to stand beside each other."""
    say = view.say
    pools: list[Row] = [{"name": name, "units": sum(row[pool] for row in rows)} for pool, name in names.items()]
    columns = [
        Shown(say("Pool"), lambda row: row["name"], False, say("Total")),
        view.count(say("Units"), "units", pools),
    ]
    return view.table(pools, columns, "units")
