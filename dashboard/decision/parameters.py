"""Every number and level the rules go by, in one table: name, default, unit, what it does.

Rules receive them as a plain mapping (`defaults()`, or what the set-up page made of it) and know no other numbers. A
rule not named in anybody's levels has the level of its row here: `suggest`, since nothing moves stock or money unasked.
"""

from dataclasses import dataclass

ALL = "all"
"""The name that sets the level of every rule at once; a level set for one rule outranks it."""


@dataclass(frozen=True)
class Parameter:
    """One number of a rule; `unit` is what it counts, `rule` whose it is ("": all), `least` to `most` allowed."""

    name: str
    default: float
    unit: str
    help: str
    rule: str = ""
    least: float = 0.0
    most: float = 1_000_000.0


@dataclass(frozen=True)
class Rule:
    """A rule, its level unless somebody sets another, and what it does in a sentence."""

    name: str
    level: str
    help: str


RULES: tuple[Rule, ...] = (
    Rule("flexible_top_up", "suggest", "Gives a region units of the flexible pool when it is nearly sold out."),
    Rule(
        "purchase_limit", "suggest", "Limits units per order while a SKU spikes, and lifts the limit when it is calm."
    ),
    Rule("slow_region", "suggest", "Pushes and discounts what a region is going to be left with."),
    Rule("watch", "suggest", "Raises an alert when a region runs low."),
    Rule("late_feed", "suggest", "Raises an alert while a channel's feed is late and its lines and rules wait."),
    Rule("drift", "suggest", "Tells when a platform lists what it was not given, and proposes to back it."),
)
"""In order of precedence: the first rule that wants a unit gets it."""

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("cool_down_minutes", 10, "minutes", "A rule stays silent about the same thing after it was settled."),
    Parameter("dismissed_minutes", 60, "minutes", "A rule stays silent about the same thing after a person said no."),
    Parameter("prompt_minutes_max", 15, "minutes", "A proposal waits for an answer at most this long."),
    Parameter("watch_left_share", 0.20, "share", "An alert is raised when a region has this much left, or less."),
    Parameter("watch_clear_share", 0.25, "share", "The alert is resolved when the region has this much left again."),
    Parameter("top_up_sold_share", 0.85, "share", "A region, or a SKU in it, is topped up when so much is sold."),
    Parameter("top_up_units", 200, "units", "How much one top-up moves."),
    Parameter("top_up_units_min", 10, "units", "Less than this is not worth a move."),
    Parameter("top_up_floor_units", 10, "units", "So many units of each SKU always stay in the flexible pool."),
    Parameter("top_up_sku_share", 0.5, "share", "One hot SKU gets at most this much of what the pool may give of it."),
    Parameter("top_up_near_share", 0.50, "share", "With so much of its region sold, a hot SKU waits for the region."),
    Parameter("top_up_wait_share", 0.97, "share", "But no longer than until so much of the SKU itself is sold."),
    Parameter("limit_rate_factor", 3, "times", "A SKU spikes when it sells so many times faster than before."),
    Parameter("limit_calm_factor", 1.5, "times", "It is calm again at so many times the rate before, or less."),
    Parameter("limit_units", 2, "units", "The purchase limit that is set."),
    Parameter("limit_surprise", 6, "deviations", "And sells so far above what chance makes of the rate before."),
    Parameter("limit_history_minutes", 15, "minutes", "A show younger than this has no rate to compare with."),
    Parameter("slow_leftover_share", 0.25, "share", "A region is slow when more than this is projected to be left."),
    Parameter("slow_show_share", 0.5, "share", "Before so much of the show has passed nothing is called slow."),
    Parameter("slow_skus_max", 3, "SKUs", "At most so many SKUs of a slow region get a coupon."),
    Parameter("coupon_percent", 15, "percent", "Depth of a coupon, unless the margin allows only less."),
    Parameter("coupon_percent_min", 5, "percent", "A shallower coupon is not worth its trouble."),
    Parameter("coupon_margin_share", 0.15, "share", "Margin over cost that a discounted price must keep."),
    Parameter("drift_units", 5, "units", "A platform that lists so many units too many or too few is told of."),
    Parameter("drift_clear_units", 2, "units", "The alert is resolved when it is off by this much, or less."),
    Parameter("drift_stands_seconds", 10, "seconds", "A drift stands this long before more than an alert follows."),
    Parameter("coupon_sell_out_minutes", 45, "minutes", "No coupon on what sells out within this time anyway."),
)


def defaults() -> dict[str, float]:
    """Every parameter at its default."""
    return {parameter.name: parameter.default for parameter in PARAMETERS}
