"""Terms: what buyers get - limits, prices, coupons, bundles, what is on screen - and their errands.

    set_coupon -> margin of every shop of the region -> CouponSet -> errands (`errands`) -> ReportErrand

A discount never sells below what a unit costs: price less discount less the platform's fee must cover cost and the
cheapest way to the buyer. Where the cost is not known nothing is bounded. A price keeps to the SKU's own floor and
ceiling where it has them, and above cost while a coupon is on it.
"""

from dashboard.decision import commands as c, events as e, ledger as book
from dashboard.decision.commands import Micros
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Show
from dashboard.decision.talk import LIFECYCLES, not_in_state, unknown_term

Verdict = e.Event | Refusal
OUTCOMES = ("pushed", "by_hand", "done", "failed")


def deepest_percent(show: Show, sku: str, region: str, now: Micros, beside: int = 0) -> int:
    """The deepest discount that sells at no loss on any shop of a region, whole percent; 100 if cost is unknown.

    `beside` is the percent of another discount that the same buyer may use.
    """
    item = show.skus[sku]
    if not item.cost_minor:
        return 100
    landed = book.landed_minor(show.opened.lanes, region)
    deepest = 100
    for channel in show.opened.channels:
        if channel.region != region or channel.behind:
            continue
        price = show.prices.get((sku, channel.channel), show.prices.get((sku, ""), item.price_minor))
        if not price:
            continue
        deepest = min(deepest, deepest_at(price, item.cost_minor + landed, channel.fee_per_mille, beside))
    return max(0, deepest)


def deepest_at(price: int, needed: int, fee_per_mille: int, beside: int = 0) -> int:
    """The deepest discount, in whole percent, that leaves `needed` of a price after the fee; below 0: not even none."""
    kept = price * max(1, 1000 - fee_per_mille) * (100 - beside)
    return 100 - _whole(10_000_000 * needed, kept)


def _whole(amount: int, divisor: int) -> int:
    """Divide and round up, without fractions: bounds are held to the minor unit."""
    return -(-amount // divisor)


def _coupon_in_force(show: Show, sku: str, region: str, now: Micros) -> int:
    offer = show.coupons.get((sku, region))
    return offer.percent if offer and (offer.expires is None or offer.expires > now) else 0


def _bundle_in_force(show: Show, sku: str, region: str, now: Micros) -> int:
    """The deepest bundle in force that holds a SKU in a region."""
    standing = (one.event for one in show.terms.values())
    return max(
        (
            told.percent
            for told in standing
            if isinstance(told, e.BundleSet) and told.region == region and sku in told.skus
            if told.expires is None or told.expires > now
        ),
        default=0,
    )


def _too_deep(show: Show, sku: str, region: str, percent: int, now: Micros, beside: int) -> Refusal | None:
    deepest = deepest_percent(show, sku, region, now, beside)
    if percent <= deepest:
        return None
    other = f" beside the {beside} % there is" if beside else ""
    sentence = (
        f"{percent} % off {sku} in {region}{other} would sell below cost, landed cost and fees; "
        f"{deepest} % is the deepest."
    )
    return Refusal(Code.BELOW_MARGIN, sentence, deepest)


def limit(show: Show, command: c.SetLimit, now: Micros) -> Verdict:
    """Set or lift a purchase limit."""
    refusal = unknown_term(show, command.sku, command.region)
    if refusal:
        return refusal
    if show.limits.get((command.sku, command.region)) == command.units_per_order:
        return Refusal(Code.NOTHING_TO_DO, f"The limit on {command.sku} in {command.region} is that already.")
    return e.LimitSet(
        sku=command.sku, region=command.region, units_per_order=command.units_per_order, reason=command.reason
    )


def price(show: Show, command: c.SetPrice, now: Micros) -> Verdict:
    """Set a price."""
    refusal = unknown_term(show, command.sku, channel=command.channel)
    if refusal:
        return refusal
    least, most = price_bounds(show, command.sku, command.channel, now)
    if command.price_minor < least or (most and command.price_minor > most):
        bound = least if command.price_minor < least else most
        side = "floor" if command.price_minor < least else "ceiling"
        sentence = f"{command.price_minor} minor units for {command.sku} is beyond its {side}, {bound}."
        code = Code.BELOW_MARGIN if side == "floor" else Code.OUT_OF_RANGE
        return Refusal(code, sentence, None if 0 < most < least else bound)
    return e.PriceSet(sku=command.sku, price_minor=command.price_minor, channel=command.channel, reason=command.reason)


def price_bounds(show: Show, sku: str, channel: str, now: Micros) -> tuple[int, int]:
    """Floor and ceiling of a price in minor units (ceiling 0: none); a coupon in force lifts the floor to cost."""
    item = show.skus[sku]
    least = item.floor_minor
    for (coupon_sku, region), offer in show.coupons.items():
        meant = not channel or show.channels[channel].region == region
        if coupon_sku == sku and meant and (offer.expires is None or offer.expires > now):
            least = max(least, _whole(item.cost_minor * 100, 100 - offer.percent))
    return least, item.ceiling_minor


def coupon(show: Show, command: c.SetCoupon, now: Micros) -> Verdict:
    """Offer or withdraw a coupon."""
    refusal = unknown_term(show, command.sku, command.region)
    if refusal:
        return refusal
    if command.expires is not None and command.expires <= now:
        return Refusal(Code.TOO_LATE, f"Coupon {command.code} would expire before it starts.")
    refusal = None
    if command.percent:
        beside = _bundle_in_force(show, command.sku, command.region, now)
        refusal = _too_deep(show, command.sku, command.region, command.percent, now, beside)
    return refusal or e.CouponSet(
        sku=command.sku,
        region=command.region,
        code=command.code,
        percent=command.percent,
        expires=command.expires,
        reason=command.reason,
    )


def bundle(show: Show, command: c.SetBundle, now: Micros) -> Verdict:
    """Offer or end a bundle."""
    for sku in command.skus:
        refusal = unknown_term(show, sku, command.region)
        if refusal:
            return refusal
    if len(set(command.skus)) < len(command.skus):
        return Refusal(Code.NOTHING_TO_DO, f"Bundle {command.bundle} names a SKU twice; it takes different ones.")
    if command.expires is not None and command.expires <= now:
        return Refusal(Code.TOO_LATE, f"Bundle {command.bundle} would expire before it starts.")
    for sku in command.skus if command.percent else ():
        beside = _coupon_in_force(show, sku, command.region, now)
        refusal = _too_deep(show, sku, command.region, command.percent, now, beside)
        if refusal:
            return refusal
    return e.BundleSet(
        bundle=command.bundle,
        region=command.region,
        skus=command.skus,
        percent=command.percent,
        expires=command.expires,
        reason=command.reason,
    )


def split(show: Show, command: c.SetSplit, now: Micros) -> Verdict:
    """Weigh a channel's expected sales."""
    refusal = unknown_term(show, command.sku, channel=command.channel)
    if refusal:
        return refusal
    if show.splits.get((command.channel, command.sku), 100) == command.percent:
        return Refusal(
            Code.NOTHING_TO_DO, f"{command.channel} is weighed {command.percent} % for {command.sku} already."
        )
    return e.SplitSet(channel=command.channel, sku=command.sku, percent=command.percent, reason=command.reason)


def on_screen(show: Show, command: c.SetOnScreen, now: Micros) -> Verdict:
    """Note what is on screen."""
    return unknown_term(show, command.sku) or e.OnScreenSet(sku=command.sku, push=command.push, reason=command.reason)


def safety(show: Show, command: c.SetSafety, now: Micros) -> Verdict:
    """Set a safety stock."""
    refusal = unknown_term(show, command.sku, command.region)
    if refusal:
        return refusal
    if show.safety.get((command.sku, command.region)) == command.units:
        return Refusal(Code.NOTHING_TO_DO, f"The safety stock of {command.sku} in {command.region} is that already.")
    return e.SafetySet(sku=command.sku, region=command.region, units=command.units, reason=command.reason)


def replenish(show: Show, command: c.RequestReplenishment, now: Micros) -> Verdict:
    """Ask purchasing for more."""
    refusal = unknown_term(show, command.sku)
    if refusal:
        return refusal
    if command.replenishment in show.replenishments:
        sentence = f"Replenishment {command.replenishment} was asked for already; a new one needs its own name."
        return Refusal(Code.REPLENISHMENT_EXISTS, sentence)
    if command.need_by <= now:
        return Refusal(Code.TOO_LATE, f"Replenishment {command.replenishment} would be needed before now.")
    return e.ReplenishmentRequested(
        replenishment=command.replenishment,
        sku=command.sku,
        quantity=command.quantity,
        need_by=command.need_by,
        urgent=command.urgent,
        reason=command.reason,
    )


def errand(show: Show, command: c.ReportErrand, now: Micros) -> Verdict:
    """Note what became of terms on a channel."""
    state = show.errands.get((command.term, command.channel))
    if state is None:
        known = [channel for term, channel in show.errands if term == command.term]
        return Refusal(
            Code.TERM_UNKNOWN,
            f"Event {command.term} set no terms on {command.channel}; it did on {', '.join(known) or 'no channel'}.",
        )
    if command.outcome not in OUTCOMES:
        sentence = f"Outcome {command.outcome[:40]!r} is not one of {', '.join(OUTCOMES)}."
        return Refusal(Code.OUTCOME_UNKNOWN, sentence)
    refusal = not_in_state(f"errand {command.term} on {command.channel}", "errand", state, command)
    possible = LIFECYCLES["errand"][state].get("report_errand", ())
    if not refusal and command.outcome not in possible:
        sentence = f"Errand {command.term} on {command.channel} is {state}; it can become {', '.join(possible)}."
        refusal = Refusal(Code.NOT_IN_THAT_STATE, sentence)
    return refusal or e.ErrandReported(
        term=command.term,
        channel=command.channel,
        outcome=command.outcome,
        note=command.note[:200],
        reason=command.reason,
    )
