"""The allocator on screen, and shared listings: what is said before they are chosen and while they are."""

from typing import Any

import pytest

from dashboard import people, room as rooms
from dashboard.decision.roles import Person
from dashboard.screens import advised, answers, overlapping
from dashboard.screens.panels import allocator, term_forms, term_list
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom, frame_at
from tests.screens.test_pages import open_page, panels, press, sent

CHINESE = speaker("zh").templates()

FRAME = frame_at(2408)
SHARED: dict[str, Any] = {
    "listing_modes": [{"sku": "HALO-ROSE", "mode": "shared", "overlap_units": 120, "risk": 0.000025}]
}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> FakeRoom:
    fake = FakeRoom()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    monkeypatch.setattr(answers, "ASLEEP_SECONDS", 0.0)
    return fake


def said(page: Any) -> str:
    return " ".join(html.proto.body for html in page.get("html"))


def test_the_allocator_tells_bids_worth_advice_and_how_old_they_are() -> None:
    text = allocator.html(FRAME)
    for part in ("best expected margin", "21 s ago", "$28.30", "$14.50", "90 × Halo ring · rose", "Flexible pool → EU"):
        assert part in text
    assert "+$2,310" in text
    assert text.index("Halo ring") < text.index("Pulse band"), "the dearest next unit first"


def test_the_dearest_cell_is_the_bluest_and_what_nobody_said_is_a_dash_without_colour() -> None:
    text = allocator.html(FRAME)
    assert f'style="--tint: {allocator.TINT_MOST}%">$28.30' in text
    assert 'style="--tint: 0%">$0' in text
    few = FRAME["allocation"] | {"worth": FRAME["allocation"]["worth"][:1], "bids": []}
    assert "<td class=n>–</td>" in allocator.html(FRAME | {"allocation": few})


def test_an_allocator_that_is_silent_degraded_or_content_says_so() -> None:
    assert "has not spoken yet" in allocator.html(FRAME | {"allocation": None})
    simple = FRAME["allocation"] | {"method": "seller", "why": "there is no forecast", "worth": [], "advice": []}
    text = allocator.html(FRAME | {"allocation": simple})
    assert "rule: there is no forecast" in text
    assert "◆" in text
    assert "move nothing now" in text
    assert "<table" not in text


def test_hundreds_of_skus_send_a_small_table() -> None:
    worth = [{"sku": f"{n:04d}", "region": "EU", "minor": n} for n in range(500)]
    text = allocator.html(FRAME | {"allocation": FRAME["allocation"] | {"worth": worth}})
    assert text.count("<tr>") == allocator.SKUS_MAX + 1
    assert f"+{500 - allocator.SKUS_MAX} more" in text


def test_the_allocator_is_one_press_away_on_setup(room: FakeRoom) -> None:
    page = press(open_page("setup"), "Allocator")
    assert "$28.30" in panels(page)["allocator"]
    assert not [one for one in page.number_input if str(one.key).startswith("value_")]


def test_foreign_titles_and_reasons_are_escaped() -> None:
    skus = [row | {"title": "<b>x"} for row in FRAME["skus"]]
    why = FRAME["allocation"] | {"why": "<script>"}
    text = allocator.html(FRAME | SHARED | {"skus": skus, "allocation": why})
    assert "<b>x" not in text
    assert "<script>" not in text
    assert "<b>x" not in overlapping.html(FRAME | SHARED | {"skus": skus})


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.25, "1 in 4"),
        (0.0001, "1 in 10,000"),
        (0.0000237, "1 in 42,000"),
        (1e-9, "less than 1 in a million"),
        (0.0, "less than 1 in a million"),
    ],
)
def test_a_small_chance_reads_as_one_in_so_many(share: float, words: str) -> None:
    assert overlapping.odds(share) == words


def test_the_chance_grows_with_demand_and_lateness_and_shrinks_with_stock() -> None:
    def chance(left: int, late_ms: int, pace: float) -> float:
        rows = [
            row | {"left": left, "expected_per_minute": pace} for row in FRAME["countdowns"] if row["region"] == "US"
        ]
        channels = [row | {"sync_p95_ms": late_ms} for row in FRAME["channels"]]
        return overlapping.chance(FRAME | {"countdowns": rows, "channels": channels, "pools": []}, "HALO-ROSE")[0]

    assert chance(8, 1000, 20.0) > chance(8, 1000, 5.0) > 0
    assert chance(8, 20_000, 20.0) > chance(8, 1000, 20.0)
    assert chance(8, 1000, 20.0) > chance(80, 1000, 20.0)
    assert chance(8, 1000, 0.0) == 0
    assert overlapping.chance(FRAME | {"countdowns": [], "channels": []}, "HALO-ROSE") == (0.0, 4.0)


def test_the_risk_of_sharing_is_said_before_anybody_chooses_it(room: FakeRoom) -> None:
    page = open_page("setup")
    page.button_group(key="term_kind").set_value("listing").run()
    assert "nothing is sold twice" in said(page)
    page.selectbox(key="term_listing_mode").select("shared").run()
    told = said(page)
    assert "Two platforms may sell the same unit within the sync delay of about " in told
    assert "have to be cancelled by you" in told
    assert room.sent == []
    press(page, "Set")
    (command,) = sent(room, "set_listing_mode")
    assert (command["sku"], command["mode"]) == ("HALO-ROSE", "shared")


def test_a_host_cannot_choose_how_a_sku_is_listed(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people.People, "here", lambda self, headers: Person("hal", "host"))
    page = open_page("setup")
    assert "listing" not in page.button_group(key="term_kind").options if page.button_group else True
    monkeypatch.setattr(people.People, "here", lambda self, headers: Person("sam", "strategist"))
    page = open_page("setup")
    assert page.button_group(key="term_kind").set_value("listing").run()


def test_a_shared_sku_is_a_term_in_force_and_one_press_makes_it_proof_again(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "latest", lambda show: FRAME | SHARED)
    page = open_page("setup")
    (term,) = (one for one in term_list.in_force(FRAME | SHARED) if one.kind == "listings")
    assert term.text == "Halo ring · rose: shared, 120 units listed twice · 1 in 40,000 per delay"
    page.button(key=f"lift_{term.key()}").click().run()
    (command,) = sent(room, "set_listing_mode")
    assert (command["sku"], command["mode"]) == ("HALO-ROSE", "proof")


def test_channels_shows_what_is_listed_twice_now(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "shared" not in panels(open_page("channels"))["channel_table"]
    monkeypatch.setattr(room, "latest", lambda show: FRAME | SHARED)
    assert "120 units listed twice · 1 in 40,000 per delay" in panels(open_page("channels"))["channel_table"]
    still = {"listing_modes": [SHARED["listing_modes"][0] | {"overlap_units": 0, "risk": 0.0}]}
    assert "nothing is listed twice now" in overlapping.html(FRAME | still)


def test_what_is_chosen_from_a_list_is_said_in_both_languages() -> None:
    words = {*advised.METHODS.values(), *term_forms.MODES.values(), "listings", "Allocator"}
    assert not words - set(CHINESE)
    zh = speaker("zh")
    assert "分之一" in overlapping.html(FRAME | SHARED, zh)
    assert "同步延迟" in overlapping.warning(FRAME, "HALO-ROSE", zh)
    assert "下一件的价值" in allocator.html(FRAME, zh)
