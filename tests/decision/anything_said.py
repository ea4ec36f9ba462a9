"""Any command that moves no stock: terms and what becomes of them, alerts, levels, guests, lines."""

from dashboard.decision import commands as c
from tests.decision.anything_parts import CHANNELS, NAMES, POOLS, QUANTITIES, REGIONS, SKUS, SPANS, Parts
from tests.decision.watched import MINUTE


class Said(Parts):
    """Makes commands that move no stock."""

    def set_limit(self) -> c.Command:
        return c.SetLimit(
            **self.base, sku=self.one(SKUS), region=self.one(REGIONS), units_per_order=self.pick((None, None, 1, 2, 6))
        )

    def set_price(self) -> c.Command:
        return c.SetPrice(
            **self.base, sku=self.one(SKUS), price_minor=self.pick((0, 99, 4900)), channel=self.pick(("", *CHANNELS))
        )

    def set_coupon(self) -> c.Command:
        return c.SetCoupon(
            **self.base,
            sku=self.one(SKUS),
            region=self.one(REGIONS),
            code="GO",
            percent=self.pick((0, 10, 10, 10, 10, 60)),
            expires=self.pick((None, *(self.now + span for span in SPANS))),
        )

    def set_on_screen(self) -> c.Command:
        return c.SetOnScreen(**self.base, sku=self.pick(("", *SKUS)), push=self.pick((False, True)))

    def set_bundle(self) -> c.Command:
        return c.SetBundle(
            **self.base,
            bundle=self.pick(NAMES),
            region=self.one(REGIONS),
            skus=(self.one(SKUS), self.one(SKUS)),
            percent=self.pick((0, 10, 10, 10, 10, 60)),
            expires=self.pick((None, *(self.now + span for span in SPANS))),
        )

    def set_split(self) -> c.Command:
        return c.SetSplit(**self.base, channel=self.one(CHANNELS), sku=self.one(SKUS), percent=self.pick((0, 100, 150)))

    def set_listing_mode(self) -> c.Command:
        mode = self.pick(("proof", "shared", "shared", "shared", "both"))
        return c.SetListingMode(**self.base, sku=self.one(SKUS), mode=mode)

    def adopt_forecast(self) -> c.Command:
        lower, upper = self.pick(((0.1, 0.9), (0.05, 0.97), (0.9, 0.1), (-0.1, 0.9)))
        return c.AdoptForecast(
            **self.base,
            tuning=c.Tuning(
                self.pick(NAMES),
                shows=self.pick((0, 3, 20)),
                trust=self.pick((0.0, 0.7, 1.0, 1.1)),
                states={self.pick(("test", "campaign")): (1.0,) * self.pick((1, 8, 8, 17))},
                spread={self.pick(("test", "campaign", "luxury")): 0.3},
                levels={"test/0-10": (lower, upper)},
            ),
        )

    def record_allocation(self) -> c.Command:
        return c.RecordAllocation(
            **self.base,
            method=self.pick(("lp", "lp", "lp", "proportional", "guess")),
            bids={self.one(SKUS): self.pick((0, 1, 2450, 2500, 2501, 12_000, -1)) for _ in range(self.pick((0, 1, 2)))},
            worth=tuple(c.UnitWorth(self.one(SKUS), self.one(REGIONS), self.pick((0, 900))) for _ in range(2)),
            advice=tuple(
                c.Advice(self.one(SKUS), self.one(POOLS), self.one(POOLS), self.pick(QUANTITIES), 40)
                for _ in range(self.pick((0, 0, 1)))
            ),
            why=self.pick(("", "it took too long")),
        )

    def report_errand(self) -> c.Command:
        channel = self.pick((*CHANNELS, "purchasing"))
        return c.ReportErrand(
            **self.base,
            term=self.pick((*self.seen.terms[-3:], 1)),
            channel=channel,
            outcome=self.pick(("pushed", "by_hand", "done", "failed", "nonsense", "nonsense", "rubbish")),
            note=self.pick(("", "the platform said no")),
        )

    def raise_alert(self) -> c.Command:
        return c.RaiseAlert(
            **self.base,
            alert=self.pick(NAMES),
            rule="watch",
            severity=self.pick(("info", "warning", "critical")),
            what="runs low",
            sku=self.pick(("", "lamp")),
            region=self.pick(("", "US")),
            decide_by=self.pick((None, self.now + 5 * MINUTE)),
        )

    def acknowledge_alert(self) -> c.Command:
        return c.AcknowledgeAlert(**self.base, alert=self.old("alert"))

    def resolve_alert(self) -> c.Command:
        return c.ResolveAlert(**self.base, alert=self.old("alert"))

    def approve_action(self) -> c.Command:
        return c.ApproveAction(**self.base, proposal=self.old("proposal"))

    def dismiss_action(self) -> c.Command:
        return c.DismissAction(**self.base, proposal=self.old("proposal"))

    def withdraw_action(self) -> c.Command:
        return c.WithdrawAction(**self.base, proposal=self.old("proposal"))

    def set_autonomy(self) -> c.Command:
        return c.SetAutonomy(
            **self.base,
            rule=self.pick(("all", "watch", "watch", "weather")),
            level=self.pick(("off", "suggest", "auto", "full")),
        )

    def set_parameter(self) -> c.Command:
        return c.SetParameter(
            **self.base,
            parameter=self.one(("watch_left_share", "top_up_units")),
            value=self.pick((None, 0.25, 0.5, 1.0, -1.0, 1e9)),
        )

    def announce_guest(self) -> c.Command:
        return c.AnnounceGuest(
            **self.base,
            guest=self.pick((self.id, self.id, "A")),
            sku=self.one(SKUS),
            channels=tuple(self.one(CHANNELS) for _ in range(self.pick((1, 2)))),
            starts_at=self.now + self.pick(SPANS[:2]),
            ends_at=self.now + self.pick(SPANS[2:] * 2 + SPANS),
            units=self.pick((None, 6)),
        )

    def publish_line(self) -> c.Command:
        return c.PublishLine(
            **self.base,
            line=self.pick(NAMES),
            channel=self.one(CHANNELS),
            language="zh",
            kind="low_stock",
            text="只剩 3 件",
            fact={"sku": "lamp", "units_left": 3, "eta": None, "skus": ("lamp", "fan")},
            replaces=self.old("line") if self.pick((False, False, True)) else "",
            register=self.pick(("calm", "lively")),
        )

    def say_line(self) -> c.Command:
        return c.SayLine(**self.base, line=self.old("line"))

    def set_speech(self) -> c.Command:
        return c.SetSpeech(
            **self.base,
            channel=self.one(CHANNELS),
            languages=self.pick((("zh",), ("de", "en"), ("th", "th"))),
            register=self.pick(("calm", "lively")),
        )

    def retract_line(self) -> c.Command:
        return c.RetractLine(**self.base, line=self.old("line"))

    def report_level(self) -> c.Command:
        return c.ReportLevel(
            **self.base, channel=self.one(CHANNELS), sku=self.one(SKUS), level=self.pick((0, *QUANTITIES))
        )

    def add_note(self) -> c.Command:
        return c.AddNote(**self.base, text=self.pick((" ", 'Zoë said: "定了" 🎉\n— done', "a plain remark")))

    def request_replenishment(self) -> c.Command:
        return c.RequestReplenishment(
            **self.base,
            replenishment=self.pick((self.id, "A", "A")),
            sku=self.one(SKUS),
            quantity=self.pick(QUANTITIES),
            need_by=self.now + self.pick(SPANS[1:] * 2 + SPANS),
            urgent=self.pick((False, True)),
        )

    def set_safety(self) -> c.Command:
        return c.SetSafety(**self.base, sku=self.one(SKUS), region=self.one(REGIONS), units=self.pick((None, 0, 5)))
