"""The time axis: which marks stand on it, from the journal or from a frame; the keys it acts upon; its words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import room as rooms
from dashboard.decision import events as e
from dashboard.journal.audit import Entries
from dashboard.journal.store import Journal
from dashboard.screens import keys, replay_marks, timeline
from dashboard.screens.replay_time import Span, span_of
from dashboard.screens.words import speaker
from tests.journal.entries_kit import NOON, SECOND, fill, ordered, received
from tests.screens.sample_frame import SHOW, FakeRoom, frame_at

CHINESE = speaker("zh").templates()

SCRIPT = timeline.script()
SPAN = Span(NOON, 7200 * SECOND, "Asia/Shanghai", False)
DEEDS: list[e.Event] = [
    e.ShowOpened(title="Night", starts_at=NOON, ends_at=NOON + 7200 * SECOND),
    received("HALO-ROSE"),
    e.Reallocated(sku="HALO-ROSE", from_pool="flexible", to_pool="region/US", quantity=200),
    e.Undone(undoes=3, sku="HALO-ROSE", from_pool="region/US", to_pool="flexible", quantity=40, asked=50),
    e.UnitsLent(loan="l", sku="HALO-ROSE", from_pool="region/US", to_pool="region/EU", quantity=9, returns_at=NOON),
    e.LoanReturned(loan="l", sku="HALO-ROSE", from_pool="region/EU", to_pool="region/US", quantity=9),
    e.LimitSet(sku="HALO-ROSE", region="EU", units_per_order=2),
    e.LimitSet(sku="HALO-ROSE", region="EU", units_per_order=None),
    e.CouponSet(sku="HALO-ROSE", region="SEA", code="SEA15", percent=15),
    e.BundleSet(bundle="b", region="SEA", skus=("HALO-ROSE", "TEMPO-CLIP"), percent=0),
    e.PriceSet(sku="HALO-ROSE", price_minor=4500, channel="tiktok-us"),
    e.PoolOpened(pool="temporary/guest", sku="HALO-ROSE", quantity=50, from_pool="flexible"),
    e.PoolClosed(pool="temporary/guest", to_pool="flexible"),
    e.ShipmentStarted(
        shipment="S1", from_location="SZX", to_location="LAX", lines=(), eta=NOON, mode="air", arrive_pool="flexible"
    ),
    e.ShipmentArrived(shipment="S1"),
    e.AlertRaised(alert="a", rule="watch", severity="critical", what="US is <sold> out."),
    ordered("o1"),
]
SAID = [
    ("move", "200 units Flexible pool → US · Halo ring · rose"), ("move", "taken back: 40 units US → Flexible pool · Halo ring · rose"),
    ("move", "units lent: 9 units US → EU · Halo ring · rose"), ("move", "loan returned: 9 units EU → US · Halo ring · rose"),
    ("term", "limit 2 EU · Halo ring · rose"), ("term", "limit lifted EU · Halo ring · rose"), ("term", "coupon −15% SEA · Halo ring · rose"),
    ("term", "bundle ended SEA"), ("term", "new price tiktok-us · Halo ring · rose"), ("pool", "pool opened guest (guest) +50 · Halo ring · rose"),
    ("pool", "pool closed guest (guest)"), ("goods", "leaves: S1"), ("goods", "arrives: S1"), ("alert", "US is <sold> out."),
]  # fmt: skip


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    found = Journal(tmp_path / "night.duckdb")
    fake = FakeRoom()
    fake.journal = found
    monkeypatch.setattr(rooms, "running", lambda: fake)
    yield found
    found.close()


def test_every_intervention_and_alert_of_the_journal_is_a_mark_at_its_own_moment(journal: Journal) -> None:
    fill(journal, [(deed, "operator", "/operator") for deed in DEEDS], SHOW)
    found = replay_marks.marks(SHOW, frame_at(2408), SPAN, [])
    assert [(row["kind"], row["text"]) for row in found] == SAID
    assert [row["t"] for row in found] == [float(n) for n in range(3, 17)]
    assert (found[-1]["tone"], found[-1]["shape"]) == ("red", "▲")
    assert [row["word"] for row in replay_marks.legend(found)] == ["moves", "terms", "pools", "goods", "alerts"]
    assert {*replay_marks.KINDS} == {e.NAMES[type(deed)] for deed in DEEDS[2:-1]}


def test_a_growing_axis_reads_only_what_came_since(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(deed, "operator", "/operator") for deed in DEEDS]
    fill(journal, entries[:8], SHOW)
    kept: list[dict[str, Any]] = []
    assert len(replay_marks.marks(SHOW, frame_at(2408), SPAN, kept)) == 6
    fill(journal, entries[8:], SHOW)
    asked: list[int] = []
    page = Entries.page
    monkeypatch.setattr(
        Entries,
        "page",
        lambda self, *args, after=0, **more: asked.append(after) or page(self, *args, after=after, **more),
    )
    assert [row["text"] for row in replay_marks.marks(SHOW, frame_at(2408), SPAN, kept)] == [text for _, text in SAID]
    assert asked == [8]


def test_in_chinese_no_word_of_a_mark_is_english(journal: Journal) -> None:
    fill(journal, [(deed, "operator", "/operator") for deed in DEEDS], SHOW)
    words = " ".join(row["text"] for row in replay_marks.marks(SHOW, frame_at(2408), SPAN, [], speaker("zh"))[:-1])
    names = r"Halo ring · rose|US|EU|SEA|S1|guest|tiktok-us|[\d\W]"
    assert not re.findall(r"[A-Za-z]+", re.sub(names, " ", words))


def test_where_no_journal_can_be_read_the_frame_tells_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRoom()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    head = frame_at(2408)
    found = replay_marks.marks(SHOW, head, span_of(head), [])
    assert [(row["t"], row["text"]) for row in found if row["kind"] != "alert"] == [
        (900.0, "+200 US"), (1350.0, "coupon SEA"), (2400.0, "limit 2 EU"),
    ]  # fmt: skip
    assert [row["tone"] for row in found if row["kind"] == "alert"]


def test_what_happened_before_the_start_is_no_mark() -> None:
    early = frame_at(2408) | {"alerts": [{"raised_at": frame_at(-60)["at"], "what": "early", "severity": "info"}]}
    assert "early" not in {row["text"] for row in replay_marks.of_frame(early, span_of(early))}


def test_beside_stand_the_marks_that_only_the_run_has() -> None:
    head = frame_at(2408)
    run = frame_at(2408)
    run["curves"]["annotations"] = [
        *head["curves"]["annotations"][1:],
        {"minute": 20.0, "what": "+90 EU", "kind": "reallocated", "seq": 7},
    ]
    found = replay_marks.of_run(run, head, span_of(head))
    assert [(row["t"], row["text"], row["beside"]) for row in found] == [(1200.0, "+90 EU", True)]


def test_the_rundown_becomes_slots() -> None:
    slots = replay_marks.segments(frame_at(2408))
    assert slots
    assert all(slot["from"] < slot["to"] and slot["title"] for slot in slots)


class Numbered:
    """Entries of a show among those of others: page by page, as the journal gives them."""

    def __init__(self, own: list[int]) -> None:
        self.own, self.asked = own, 0

    def page(self, wish: object, before: int, after: int, limit: int) -> list[dict[str, Any]]:
        """The newest between two seqs."""
        self.asked += 1
        return [{"seq": seq} for seq in reversed(self.own) if after < seq < before][:limit]


@pytest.mark.parametrize(
    ("own", "after", "following"),
    [([1, 2, 3], 1, 2), ([1, 900_000], 1, 900_000), ([1], 1, None), ([*range(1, 40), *range(600_000, 700_000)], 39, 600_000)],
)  # fmt: skip
def test_the_next_entry_is_found_however_far_it_lies_between_those_of_other_shows(
    own: list[int], after: int, following: int | None
) -> None:
    entries: Any = Numbered(own)
    assert replay_marks.next_entry(entries, SHOW, after, 1_000_000) == following
    assert entries.asked < 60


def test_an_entry_of_the_journal_follows_the_one_before(journal: Journal) -> None:
    fill(journal, show=SHOW)
    entries = Entries(journal)
    assert [replay_marks.next_entry(entries, SHOW, seq, 10) for seq in (0, 4, 9, 10)] == [1, 5, 10, None]


def test_the_script_knows_every_act_of_the_keyboard_and_says_nothing_untranslated() -> None:
    acts = re.findall(r"^  (\w+)[,:]", SCRIPT.partition("const ACTS = {")[2].partition("};")[0], re.MULTILINE)
    assert {one.act for one in keys.REPLAY} <= set(acts)
    assert set(re.findall(r'say\("([^"]+)"\)', SCRIPT)) | {"Play", "Pause"} <= set(timeline.WORDS)
    told = {*timeline.WORDS, *(one.help for one in keys.REPLAY), *(look.word for look in replay_marks.LOOKS.values())}
    assert not told - set(CHINESE)


def test_keys_of_live_and_of_replay_come_in_one_shape() -> None:
    assert keys.told().keys() == keys.replay().keys()
    assert keys.replay()["acts"][" "] == "play"
    assert keys.replay()["press"] == {}
    assert keys.told()["acts"] == {}
