"""Every number and level the rules go by, in one table: name, default, unit, what it does.

Rules receive them as a plain mapping (`defaults()`, or what the set-up page made of it) and know no other numbers. A
rule not named in anybody's levels has the level of its row here: `suggest`, since nothing moves stock or money unasked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    Rule("surprise_guest", "suggest", "Opens a pool for an announced guest, and closes it when the guest has gone."),
    Rule("batch_split", "suggest", "Splits goods that came into the flexible pool over the regions that buy them."),
    Rule("regional_share", "suggest", "Moves units from regions that will be left with them to where demand went."),
    Rule("time_zone_lending", "suggest", "Lends units of a sleeping region to one awake, back before its morning."),
    Rule("restock_bonded", "suggest", "Ships to a forward location that will run out, if it arrives in time."),
    Rule(
        "purchase_limit", "suggest", "Limits units per order while a SKU spikes, and lifts the limit when it is calm."
    ),
    Rule("slow_region", "suggest", "Pushes and discounts what a region is going to be left with."),
    Rule("clearance_bundle", "suggest", "Bundles what would stay with the best seller, near the close."),
    Rule("price_nudge", "suggest", "Moves a price a little, inside floor and ceiling, when the pace is off."),
    Rule("switch_hero", "suggest", "Shows another SKU when the one on screen is nearly gone, or tells to delist it."),
    Rule("channel_rebalance", "suggest", "Weighs a channel that sells far off its share when units are listed."),
    Rule("dynamic_safety", "suggest", "Lowers a region's safety stock while it sells hot, raises it while cold."),
    Rule("replenish", "suggest", "Asks purchasing for more when little is left anywhere and little is coming."),
    Rule("watch", "suggest", "Raises an alert when a region runs low."),
    Rule("overstock", "suggest", "Tells late in the show that a region holds far more than its safety stock."),
    Rule("late_feed", "suggest", "Raises an alert while a channel's feed is late and its lines and rules wait."),
    Rule("drift", "suggest", "Tells when a platform lists what it was not given, and proposes to back it."),
)
"""In order of precedence: the first rule that wants a unit gets it."""

RANGES: Mapping[str, tuple[float, float]] = {
    "share": (0, 1),
    "percent": (0, 100),
    "times": (0, 100),
    "minutes": (0, 10_080),
    "hours": (0, 2_400),
    "hour": (0, 24),
    "SKUs": (1, 100),
}
"""Unit -> least and most that a number of it takes, where it does not say otherwise."""
ANYTHING = (0.0, 1_000_000.0)


def _of(rule: str, *numbers: Parameter) -> tuple[Parameter, ...]:
    """The numbers of a rule, each with the range of its unit unless it has one of its own."""
    found: list[Parameter] = []
    for number in numbers:
        given = number.least, number.most
        least, most = RANGES.get(number.unit, ANYTHING) if given == ANYTHING else given
        found.append(replace(number, rule=rule, least=least, most=most))
    return tuple(found)


PARAMETERS: tuple[Parameter, ...] = (
    *_of(
        "",
        Parameter("cool_down_minutes", 10, "minutes", "A rule stays silent about the same thing after it was settled."),
        Parameter(
            "dismissed_minutes", 60, "minutes", "A rule stays silent about the same thing after a person said no."
        ),
        Parameter(
            "prompts_per_ten_minutes",
            12,
            "prompts",
            "So many calls in ten minutes; a third is kept for costly ones.",
            least=1,
            most=1000,
        ),
        Parameter(
            "prompt_costly_minor", 100_000, "minor units", "Losing so much is told in any case, beyond that quietly."
        ),
        Parameter(
            "push_minutes",
            5,
            "minutes",
            "A pushed SKU has the stage so long: no rule shows or pushes another.",
            least=0,
            most=120,
        ),
        Parameter(
            "prompt_minutes_max", 15, "minutes", "A proposal waits for an answer at most this long.", least=1, most=1440
        ),
        Parameter("safety_share", 0.1, "share", "So much of its allocation a region keeps when rules give away."),
        Parameter("top_up_floor_units", 10, "units", "So many units of each SKU always stay in the flexible pool."),
        Parameter("coupon_sell_out_minutes", 45, "minutes", "No coupon on what sells out within this time anyway."),
    ),
    *_of(
        "flexible_top_up",
        Parameter("top_up_sold_share", 0.85, "share", "A region, or a SKU in it, is topped up when so much is sold."),
        Parameter("top_up_clear_share", 0.8, "share", "With less than this sold the wish to top up is void."),
        Parameter("top_up_units", 200, "units", "How much one top-up moves."),
        Parameter("top_up_units_min", 10, "units", "Less than this is not worth a move."),
        Parameter(
            "top_up_sku_share", 0.5, "share", "One hot SKU gets at most this much of what the pool may give of it."
        ),
        Parameter(
            "top_up_near_share", 0.5, "share", "With so much of its region sold, a hot SKU waits for the region."
        ),
        Parameter("top_up_wait_share", 0.97, "share", "But no longer than until so much of the SKU itself is sold."),
        Parameter(
            "top_up_ahead_minutes", 240, "minutes", "A top-up covers what will lack in so many minutes.", least=1
        ),
        Parameter(
            "top_up_by_allocator", 0, "yes or no", "1: move what the allocator would give, if it says so.", most=1
        ),
    ),
    *_of(
        "surprise_guest",
        Parameter("guest_ahead_minutes", 10, "minutes", "A guest's pool is opened so long before the guest comes."),
        Parameter(
            "guest_pace_minutes",
            10,
            "minutes",
            "The pace of a guest's channels is read from so many minutes.",
            least=1,
            most=240,
        ),
        Parameter("guest_factor", 2, "times", "With a guest the channels sell so many times as fast."),
        Parameter("guest_units_min", 10, "units", "A pool of fewer units is not worth opening."),
    ),
    *_of(
        "batch_split",
        Parameter("batch_minutes", 60, "minutes", "Goods that came in so lately are a batch to split."),
        Parameter("batch_units_min", 50, "units", "Fewer are no batch."),
        Parameter("batch_sold_units", 50, "units", "With fewer sold nobody knows who buys."),
        Parameter("batch_flexible_share", 0.2, "share", "So much of a batch stays in the flexible pool."),
    ),
    *_of(
        "regional_share",
        Parameter("regional_ahead_share", 0.1, "share", "So much more of demand than of unsold units moves units."),
        Parameter("regional_share_max", 0.45, "share", "No region gets more than this part of all units."),
        Parameter(
            "regional_window_minutes",
            20,
            "minutes",
            "Demand is what sold in the last so many minutes.",
            least=2,
            most=240,
        ),
        Parameter("regional_minutes", 180, "minutes", "A show younger than this has no lasting shift of demand."),
        Parameter(
            "regional_busy_factor", 3, "times", "But an audience so many times as busy as usual is a sign of it."
        ),
        Parameter("regional_busy_minutes", 30, "minutes", "With that sign a show this old is old enough."),
        Parameter("regional_sold_units", 50, "units", "Fewer units sold in the window tell nothing."),
        Parameter("regional_surprise", 3, "deviations", "Less than this ahead of its share is luck."),
        Parameter("regional_units_min", 20, "units", "Fewer units are not worth a move between regions."),
        Parameter("regional_skus_max", 10, "SKUs", "At most so many SKUs move at once."),
    ),
    *_of(
        "time_zone_lending",
        Parameter("night_from_hour", 0, "hour", "A region sleeps from this hour of its clock."),
        Parameter("night_to_hour", 6, "hour", "Its morning is at this hour."),
        Parameter("day_from_hour", 7, "hour", "A region is awake from this hour of its clock."),
        Parameter("day_to_hour", 23, "hour", "Until this hour."),
        Parameter("lend_share", 0.3, "share", "A sleeping region lends at most this part of what it has."),
        Parameter("lend_early_minutes", 30, "minutes", "Loans are back so long before the lender's morning."),
        Parameter(
            "lend_minutes_min", 60, "minutes", "A loan for less time is not worth its trouble.", least=1, most=1440
        ),
        Parameter("lend_units_min", 10, "units", "Nor is one of fewer units."),
        Parameter("lend_lack_share", 0.6, "share", "So likely must it be that the units lack where it is day."),
        Parameter("lend_idle_share", 0.8, "share", "And so likely that they are idle where it is night."),
    ),
    *_of(
        "restock_bonded",
        Parameter(
            "restock_left_share", 0.3, "share", "A forward location is low with this much of a SKU left, or less."
        ),
        Parameter("restock_units_min", 10, "units", "A shipment of fewer is not worth its way."),
        Parameter("restock_hours_max", 72, "hours", "Buyers of goods in transit are asked to wait at most so long."),
    ),
    *_of(
        "purchase_limit",
        Parameter(
            "limit_rate_factor",
            3,
            "times",
            "A SKU spikes when it sells so many times faster than before.",
            least=1,
            most=100,
        ),
        Parameter("limit_calm_factor", 1.5, "times", "It is calm again at so many times the rate before, or less."),
        Parameter("limit_units", 2, "units", "The purchase limit that is set.", least=1, most=1000),
        Parameter("limit_surprise", 6, "deviations", "And sells so far above what chance makes of the rate before."),
        Parameter("limit_sell_out_share", 0.5, "share", "What is less likely to sell out needs no limit."),
        Parameter("limit_history_minutes", 15, "minutes", "A show younger than this has no rate to compare with."),
    ),
    *_of(
        "slow_region",
        Parameter(
            "slow_leftover_share", 0.25, "share", "A region is slow when more than this is projected to be left."
        ),
        Parameter("slow_clear_share", 0.2, "share", "At this much left, or less, a region is no longer slow."),
        Parameter("slow_show_share", 0.5, "share", "Before so much of the show has passed nothing is called slow."),
        Parameter("slow_skus_max", 3, "SKUs", "At most so many SKUs of a slow region get a coupon."),
        Parameter(
            "coupon_percent", 15, "percent", "Depth of a coupon, unless the margin allows only less.", least=1, most=90
        ),
        Parameter("coupon_percent_min", 5, "percent", "A shallower coupon is not worth its trouble.", least=1, most=90),
        Parameter("coupon_margin_share", 0.15, "share", "Margin over cost that a discounted price must keep."),
    ),
    *_of(
        "clearance_bundle",
        Parameter("clearance_minutes", 120, "minutes", "The last so many minutes of a show clear."),
        Parameter("clearance_show_share", 0.25, "share", "But never more than this part of it."),
        Parameter("clearance_leftover_share", 0.3, "share", "A SKU is slow when more than this would stay."),
        Parameter("clearance_clear_share", 0.15, "share", "It is no longer slow when this much would, or less."),
        Parameter("clearance_units_min", 10, "units", "Fewer units that stay are not worth a bundle."),
        Parameter(
            "clearance_percent",
            20,
            "percent",
            "Discount of a bundle, unless the margins allow only less.",
            least=1,
            most=90,
        ),
        Parameter("clearance_percent_min", 5, "percent", "A smaller discount sells no bundle.", least=1, most=90),
    ),
    *_of(
        "price_nudge",
        Parameter(
            "nudge_fast_factor",
            1.5,
            "times",
            "A price rises when so many times what is left is wanted by the close.",
            least=1,
            most=100,
        ),
        Parameter(
            "nudge_slow_factor",
            0.6,
            "times",
            "A price falls when only this part of it is wanted, or less.",
            least=0,
            most=1,
        ),
        Parameter("nudge_history_minutes", 20, "minutes", "A show younger than this has no pace to price by."),
        Parameter("nudge_units_min", 15, "units", "Fewer units sold lately tell nothing."),
        Parameter("nudge_sure_share", 0.9, "share", "So sure must a sell-out be, or that there is none."),
        Parameter("price_nudge_percent", 2, "percent", "A nudge moves a price by so much.", least=0.5, most=5),
    ),
    *_of(
        "switch_hero",
        Parameter("switch_left_share", 0.1, "share", "What is on screen makes room with this much left, or less."),
        Parameter("switch_clear_share", 0.15, "share", "With so much left again a SKU may be shown; less is no hero."),
        Parameter("switch_buyers_share", 0.5, "share", "And when the regions nearly out bought so much of it."),
        Parameter("switch_ahead_minutes", 2, "minutes", "The next SKU of the rundown is looked at so long before."),
    ),
    *_of(
        "channel_rebalance",
        Parameter(
            "rebalance_factor",
            2.5,
            "times",
            "A channel is off when it sells so many times its share, or a part.",
            least=1,
            most=100,
        ),
        Parameter(
            "rebalance_calm_factor",
            1.5,
            "times",
            "Within this of its share it is weighed as it sells again.",
            least=1,
            most=100,
        ),
        Parameter(
            "rebalance_minutes",
            10,
            "minutes",
            "The pace of channels is read from the last so many minutes.",
            least=1,
            most=240,
        ),
        Parameter("rebalance_units_min", 30, "units", "Fewer units sold or expected in them tell nothing."),
        Parameter("rebalance_surprise", 3, "deviations", "Less than this off its share is luck."),
        Parameter(
            "rebalance_percent_max",
            200,
            "percent",
            "No channel is weighed more than this, nor less than 1/this.",
            least=100,
            most=1000,
        ),
        Parameter("rebalance_skus_max", 5, "SKUs", "A channel is weighed for so many leading SKUs of its region."),
    ),
    *_of(
        "dynamic_safety",
        Parameter(
            "safety_hot_factor",
            2,
            "times",
            "A region is hot when it sells so many times what was planned.",
            least=1,
            most=100,
        ),
        Parameter(
            "safety_cold_factor", 0.5, "times", "It is cold when it sells this part of it, or less.", least=0, most=1
        ),
        Parameter(
            "safety_calm_factor",
            1.25,
            "times",
            "Within this of the plan the safety stock is as usual.",
            least=1,
            most=100,
        ),
        Parameter("safety_hot_share", 0.5, "share", "What is hot keeps so much of the usual safety stock."),
        Parameter("safety_cold_share", 1.5, "share", "What is cold keeps so much of it.", least=1, most=10),
        Parameter(
            "safety_pace_minutes",
            15,
            "minutes",
            "Hot and cold are read from the last so many minutes.",
            least=1,
            most=240,
        ),
        Parameter("safety_units_min", 40, "units", "Fewer units sold or planned in them tell nothing."),
        Parameter("safety_restock_minutes", 30, "minutes", "A region has to hold out so long until units can come."),
        Parameter("safety_hot_sure", 0.8, "share", "What is hot holds out with this certainty."),
        Parameter("safety_cold_sure", 0.975, "share", "What is cold with this one."),
        Parameter("safety_skus_max", 10, "SKUs", "The safety stock of so many leading SKUs of a region is set."),
    ),
    *_of(
        "replenish",
        Parameter("replenish_left_share", 0.3, "share", "Purchasing is asked when less than this is left and coming."),
        Parameter("replenish_clear_share", 0.4, "share", "It may be asked again after so much was left again."),
        Parameter("replenish_sold_units", 20, "units", "Fewer units sold tell nothing about the demand."),
        Parameter("replenish_units_min", 10, "units", "Fewer units are not worth an order."),
        Parameter("replenish_lead_days", 7, "days", "New goods take so long to come.", least=1, most=365),
        Parameter(
            "replenish_tail_share", 0.01, "share", "After the close a SKU sells at this part of the show's pace."
        ),
    ),
    *_of(
        "watch",
        Parameter("watch_left_share", 0.2, "share", "An alert is raised when a region has this much left, or less."),
        Parameter(
            "watch_clear_share", 0.25, "share", "The alert is resolved when the region has this much left again."
        ),
    ),
    *_of(
        "overstock",
        Parameter(
            "overstock_safety_share",
            1.5,
            "share",
            "Overstock is more than so much of the safety stock left.",
            least=1,
            most=10,
        ),
        Parameter(
            "overstock_clear_share", 1.2, "share", "The alert is resolved at this much, or less.", least=0, most=10
        ),
        Parameter("overstock_show_share", 0.8, "share", "Before so much of the show has passed nothing is overstock."),
    ),
    *_of(
        "drift",
        Parameter("drift_units", 5, "units", "A platform that lists so many units too many or too few is told of."),
        Parameter("drift_clear_units", 2, "units", "The alert is resolved when it is off by this much, or less."),
        Parameter("drift_stands_seconds", 10, "seconds", "A drift stands this long before more than an alert follows."),
    ),
)


def defaults() -> dict[str, float]:
    """Every parameter at its default."""
    return {parameter.name: parameter.default for parameter in PARAMETERS}
