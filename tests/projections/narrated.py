"""A show with its prompter and without a store: commands are decided, folded and narrated tick by tick.

    ask(command) -> decide, apply, fold        tick() -> frame, prompter's commands -> what a host sees now

`true` judges a visible line by what the deciders remember, not by any projection.
"""

import random
import re
from typing import Any

from dashboard import prompter
from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Refusal
from dashboard.projections import frame as frames
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import MINUTE, SECOND, START
from tests.projections.film import PATIENCE

Row = dict[str, Any]
SPEAKING = (
    c.Channel("tiktok-us", "tiktok", "US", "en"),
    c.Channel("shopify-us", "shopify", "US", "zh"),
    c.Channel("amazon-eu", "amazon", "EU", "de"),
)


class Narrated:
    """One small show that speaks."""

    def __init__(self, **world: Any) -> None:
        self.world: machine.World = {}
        self.now, self.seq = START, 0
        self.log: list[tuple[int, e.Event]] = []
        self.seen: frames.Seen = {}
        self.facts: frames.Facts | None = None
        self.ask(small_show(channels=SPEAKING, **world))

    @property
    def show(self) -> Any:
        """What the deciders remember of it."""
        return self.world[SHOW]

    def ask(self, command: c.Command) -> bool:
        """Let a command happen, if it may."""
        verdict = machine.decide(self.world, command, self.now)
        if isinstance(verdict, Refusal):
            return False
        for event in verdict:
            self.seq += 1
            machine.apply(self.world, SHOW, event, self.seq, self.now)
            if self.facts is None:
                assert isinstance(event, e.ShowOpened)
                self.facts = frames.begin(SHOW, event, self.seq, self.now, "operator")
            else:
                frames.fold(self.facts, event, self.seq, self.now, "operator")
            self.log.append((self.now, event))
        return True

    def frame(self) -> Row:
        """The frame now."""
        assert self.facts is not None
        return frames.table(self.facts, self.now, self.seen, PATIENCE)

    def tick(self) -> Row:
        """The frame a host sees: its lines are in the log."""
        frame = self.frame()
        assert self.facts is not None
        for command in prompter.due(frame, self.facts.spoken):
            assert self.ask(command), command
        return frame

    def standing(self) -> dict[str, str]:
        """Line -> text of the lines that the log says are shown."""
        lines: dict[str, str] = {}
        for _, event in self.log:
            if isinstance(event, e.LinePublished):
                lines.pop(event.replaces, None)
                lines[event.line] = event.text
            elif isinstance(event, e.LineRetracted):
                del lines[event.line]
        return lines


def left(show: Any, sku: str, region: str) -> int:
    """Unsold claims of a region: its pool, what its channels list and what is withheld for them."""
    claims = show.ledger.claims.get(sku, {})
    names = [channel.channel for channel in show.channels.values() if channel.region == region]
    accounts = [f"region/{region}", *(f"{kind}/{name}" for kind in ("channel", "cover") for name in names)]
    return sum(claims.get(account, 0) for account in accounts)


def numbers(text: str, *known: str) -> list[int]:
    """The numbers of a text, without those of names and codes."""
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, " ") if name else text
    return [int(re.sub(r"[.,\s]", "", found)) for found in re.findall(r"\d+(?:[.,\s]\d{3})*", text)]


def untrue(show: Any, line: Row, now: int) -> str:
    """Why a visible line is false, by what the deciders remember; empty for a true one."""
    fact, kind = line["fact"], line["kind"]
    sku, region = fact["sku"], fact["region"]
    titles = [one.title or one.sku for one in show.skus.values()]
    said = numbers(line["text"], fact.get("code") or "", *titles)
    here = left(show, sku, region)
    if kind == "restock":
        shipment = show.shipments[fact["shipment"]]
        right = shipment.out.get(sku) == fact["units_incoming"] in said and shipment.eta >= now
        return "" if right else f"{shipment.out} is on its way"
    if here <= 0:
        return "nothing is left"
    if not any(
        show.ledger.goods.get(sku, {}).get(f"{place}/available", 0) > 0 for place in show.reach[region]
    ) and not any(sku in one.out for one in show.shipments.values() if one.state == "in_transit"):
        return "nothing can be sent"
    wanted: list[tuple[bool, str]] = [
        (fact.get("units_left", here) == here, f"{here} are left"),
        (kind != "low_stock" or fact["units_left"] in said or here == 1, "the number is not said"),
        ("limit" not in fact or show.limits.get((sku, region)) == fact["limit"], "another limit holds"),
        (kind != "coupon" or show.coupons[sku, region].code == fact["code"], "another coupon holds"),
        (kind != "coupon" or show.coupons[sku, region].percent == fact["percent"], "another percent holds"),
        (kind != "price" or _price(show, sku, line["channel"]) == fact["price_minor"], "another price holds"),
        (set(said) <= _numbers_of(fact), f"{said} are not the fact's numbers"),
    ]
    return next((why for right, why in wanted if not right), "")


def _price(show: Any, sku: str, channel: str) -> int:
    own = show.prices.get((sku, channel))
    return int(show.prices.get((sku, ""), show.skus[sku].price_minor) if own is None else own)


def _numbers_of(fact: Row) -> set[int]:
    told = {fact.get(name) for name in ("units_left", "limit", "percent")}
    price = fact.get("price_minor")
    if price is not None:
        told |= {price // 100, price % 100}
    if fact.get("units_left") == 1:
        told.add(1)
    return {number for number in told if isinstance(number, int)}


def anything(chance: random.Random, tale: Narrated, number: int) -> c.Command:
    """Something that may happen in a show: mostly a sale."""
    base: dict[str, Any] = {"id": f"c{number}", "show": SHOW, "actor": "operator"}
    sku, region = chance.choice(("lamp", "ring")), chance.choice(("US", "EU"))
    channel = chance.choice(("tiktok-us", "shopify-us") if region == "US" else ("amazon-eu",))
    luck = chance.random()
    if luck < 0.6:
        lines = (c.OrderLine(sku, chance.choice((1, 1, 2, 5))),)
        return c.PlaceOrder(**base, channel=channel, order=f"o{number}", lines=lines, country="US")
    if luck < 0.68:
        return c.SetLimit(**base, sku=sku, region=region, units_per_order=chance.choice((None, 2, 3)))
    if luck < 0.76:
        percent = chance.choice((0, 10, 15))
        code, expires = chance.choice(("GO7", "SAVE")), chance.choice((None, tale.now + MINUTE))
        return c.SetCoupon(**base, sku=sku, region=region, code=code, percent=percent, expires=expires)
    if luck < 0.82:
        return c.SetPrice(
            **base, sku=sku, channel=chance.choice(("", channel)), price_minor=chance.choice((3900, 5000))
        )
    if luck < 0.88:
        pools = [f"region/{region}", "flexible"]
        chance.shuffle(pools)
        return c.Reallocate(**base, sku=sku, from_pool=pools[0], to_pool=pools[1], quantity=chance.choice((1, 5)))
    if luck < 0.91:
        return c.CancelOrder(**base, channel=channel, order=f"o{chance.randrange(max(1, number))}")
    if luck < 0.95:
        eta = tale.now + chance.choice((20 * SECOND, 30 * MINUTE))
        lines_out = (c.UnitLine(sku, chance.choice((2, 6))),)
        places = ("HH", "LA") if chance.random() < 0.5 else ("LA", "HH")
        return c.StartShipment(**base, shipment=f"s{number}", from_location=places[0], to_location=places[1],
                               lines=lines_out, eta=eta, pool=f"region/{region}")  # fmt: skip
    if luck < 0.97 and tale.show.shipments:
        shipment = chance.choice(list(tale.show.shipments))
        return c.ArriveShipment(**base, shipment=shipment, lines=(c.UnitLine(sku, 1),), final=chance.random() < 0.3)
    standing = list(tale.standing())
    if standing:
        return c.SayLine(**base, line=chance.choice(standing))
    return c.SetSpeech(**base, channel=channel, languages=("en", "th"), register="lively")
