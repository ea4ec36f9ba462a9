"""Alerts, proposals, limits, coupons and levels as they stand at an instant: what is past expires by itself."""

from dashboard.decision import commands as c
from tests.decision.watched import HOUR, MINUTE
from tests.projections.film import Film


def test_an_alert_expires_when_acting_no_longer_helps_and_nobody_writes_that_down() -> None:
    film = Film()
    film.line("alert A by +10m")
    events = film.watched.seq
    assert film.row("alerts", film.now + 10 * MINUTE, alert="A")["state"] == "open"
    assert film.row("alerts", film.now + 10 * MINUTE + 1, alert="A")["state"] == "expired"
    assert film.watched.seq == events


def test_an_acknowledged_alert_has_an_owner_and_stays_until_it_is_resolved() -> None:
    film = Film()
    film.play("alert A by +10m\nacknowledge A")
    row = film.row("alerts", film.now + HOUR, alert="A")
    assert (row["state"], row["owner"]) == ("acknowledged", "operator")
    film.line("resolve A")
    assert film.row("alerts", alert="A")["state"] == "resolved"


def test_open_alerts_come_first_the_newest_before_the_older() -> None:
    film = Film()
    film.play("alert old\nalert settled\nalert new\nresolve settled")
    assert [row["alert"] for row in film.frame()["alerts"]] == ["new", "old", "settled"]
    assert film.frame()["alerts"][0]["decide_by"] is None


def test_a_proposal_is_open_until_somebody_decides_or_its_time_is_over() -> None:
    film = Film()
    film.play("propose P by +10m: note yes\npropose Q: note yes\npropose R: note yes\napprove Q\ndismiss R")
    assert film.row("proposals", film.now + 11 * MINUTE, proposal="P")["state"] == "expired"
    rows = {row["proposal"]: row for row in film.frame()["proposals"]}
    assert {name: row["state"] for name, row in rows.items()} == {"P": "open", "Q": "approved", "R": "dismissed"}
    assert (rows["Q"]["decided_by"], rows["P"]["decided_by"]) == ("operator", "")
    assert rows["Q"]["decided_at"] == "2026-03-14T20:00:04.000000Z"
    assert next(iter(rows)) == "P"


def test_limits_and_coupons_are_those_in_force() -> None:
    film = Film()
    film.play(
        """
        limit lamp in US to 2
        limit ring in EU to 3
        limit lamp in US to 4
        limit ring in EU to none
        coupon GO for 15 % on lamp in US until +10m
        coupon GO for 20 % on ring in US
        coupon GO for 0 % on ring in US
        """
    )
    frame = film.frame()
    assert [(row["sku"], row["region"], row["units_per_order"]) for row in frame["limits"]] == [("lamp", "US", 4)]
    assert [(row["sku"], row["code"], row["percent"]) for row in frame["coupons"]] == [("lamp", "GO", 15)]
    assert frame["coupons"][0]["since"] == "2026-03-14T20:00:05.000000Z"
    assert film.frame(film.now + 11 * MINUTE)["coupons"] == []


def test_the_price_and_the_sku_on_screen_are_shown_with_the_sku() -> None:
    film = Film()
    film.play("on screen ring\nprice of lamp is 3900\nprice of ring is 100 on tiktok-us")
    lamp, ring = film.frame()["skus"]
    assert (lamp["price_minor"], lamp["on_screen"]) == (3900, False)
    assert (ring["price_minor"], ring["on_screen"]) == (19900, True)
    film.line("on screen nothing")
    assert not any(row["on_screen"] for row in film.frame()["skus"])


def test_the_levels_of_the_rules_are_shown_by_name() -> None:
    film = Film()
    film.play("rule watch is on auto\nrule slow_region is on off\nrule watch is on suggest\nrule all is on auto")
    assert film.frame()["autonomy"] == {"all": "auto", "slow_region": "off", "watch": "suggest"}
    assert list(film.frame()["autonomy"]) == ["all", "slow_region", "watch"]


def test_numbers_that_were_set_are_shown_by_name_and_those_at_their_default_are_not() -> None:
    film = Film()
    film.play("parameter top_up_units is 120\nparameter coupon_percent is 20\nparameter top_up_units is none")
    assert film.frame()["parameters"] == {"coupon_percent": 20}
    film.line("parameter watch_left_share is 0.5")
    assert list(film.frame()["parameters"]) == ["coupon_percent", "watch_left_share"]


def states(film: Film, at: int | None = None) -> dict[str, tuple[str, bool]]:
    """Proposal -> its state, and whether its cause has gone."""
    return {row["proposal"]: (row["state"], row["cleared"]) for row in film.frame(at)["proposals"]}


def test_a_proposal_whose_cause_is_gone_is_withdrawn_and_a_settled_one_is_only_cleared() -> None:
    film = Film()
    film.play(
        """
        propose watch:US:1: note yes
        propose watch:EU:2: note yes
        propose watch:SEA:3: note yes
        propose watch:UK:4: note yes
        approve watch:EU:2
        dismiss watch:SEA:3
        the cause of watch:US:1 is gone
        the cause of watch:EU:2 is gone
        """
    )
    assert states(film) == {
        "watch:UK:4": ("open", False),
        "watch:SEA:3": ("dismissed", False),
        "watch:EU:2": ("approved", True),
        "watch:US:1": ("withdrawn", True),
    }
    row = film.row("proposals", proposal="watch:US:1")
    assert (row["decided_by"], row["decided_at"]) == ("operator", "2026-03-14T20:00:07.000000Z")
    film.line("the cause of watch:SEA:3 is gone")
    assert states(film)["watch:SEA:3"] == ("dismissed", True)


def test_the_newest_proposal_about_a_thing_is_kept_until_its_cause_is_gone() -> None:
    """Others go an hour after they were settled; the next proposal about anything sweeps them out."""
    film = Film()
    film.play(
        """
        propose watch:US:1: note yes
        dismiss watch:US:1
        propose watch:US:2: note yes
        dismiss watch:US:2
        propose watch:EU:3: note yes
        approve watch:EU:3
        the cause of watch:EU:3 is gone
        later 61m
        propose watch:UK:4: note yes
        """
    )
    assert states(film) == {"watch:UK:4": ("open", False), "watch:US:2": ("dismissed", False)}
    film.play("later 20h\npropose watch:UK:5: note yes")
    assert states(film)["watch:US:2"] == ("dismissed", False)
    film.play("the cause of watch:US:2 is gone\npropose watch:UK:6: note yes")
    assert "watch:US:2" not in states(film)


def test_a_proposal_nobody_answered_is_kept_as_expired_and_withdrawn_when_its_cause_is_gone() -> None:
    film = Film()
    film.play("propose watch:US:1 by +10m: note yes\nlater 3h\npropose watch:EU:2: note yes")
    assert states(film)["watch:US:1"] == ("expired", False)
    film.line("the cause of watch:US:1 is gone")
    assert states(film)["watch:US:1"] == ("withdrawn", True)


def test_an_expired_alert_is_kept_until_it_is_resolved_and_an_hour_longer() -> None:
    film = Film()
    film.play("alert watch:US:1 by +10m\nlater 30h\nalert watch:EU:2")
    assert film.row("alerts", alert="watch:US:1")["state"] == "expired"
    film.play("resolve watch:US:1\nlater 59m\nalert watch:EU:3")
    assert film.row("alerts", alert="watch:US:1")["state"] == "resolved"
    film.play("later 2m\nalert watch:EU:4")
    assert "watch:US:1" not in {row["alert"] for row in film.frame()["alerts"]}


def test_what_not_acting_costs_and_whom_it_calls_stands_in_both() -> None:
    film = Film()
    told = {"id": "a", "show": "night", "rule": "watch", "what": "low", "cost_minor": 1234, "quiet": True}
    film.watched.ask(c.RaiseAlert(alert="A", severity="info", **told), film.now)
    film.watched.ask(c.ProposeAction(proposal="P", why="so", **told), film.now)
    for table in ("alerts", "proposals"):
        row = film.row(table)
        assert (row["cost_minor"], row["quiet"]) == (1234, True)
