"""The Review page and its panels: the proof, what was sold, lost and changed, what to plan, and the show run again."""

import csv
import io
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dashboard import room as rooms
from dashboard.decision.parameters import PARAMETERS
from dashboard.decision.roles import Person
from dashboard.people import People
from dashboard.review import next_plan, runs as review_runs
from dashboard.review.change import ChangeProblem
from dashboard.review.words import CAUSES, KINDS, NOTES, TIERS, WHYS
from dashboard.screens import changing
from dashboard.screens.panels import (
    review_channels,
    review_countdown,
    review_interventions,
    review_lost,
    review_places,
    review_plan,
    review_proof,
    review_tried,
    review_whatif,
)
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom
from tests.screens.sample_review import SHOW, FakeRuns, outcome, review, unchanged
from tests.screens.test_pages import open_page, panels, press

CHINESE = speaker("zh").templates()

Row = dict[str, Any]
CHINESE_SAY = speaker("zh")


def to_replay(row: Row) -> str:
    return f"./replay?seq={row['seq']}&x=<"


# --- the proof and the figures --------------------------------------------------------------------------------------

BROKEN = {"on_hand": 3001, "available": 50, "committed": 2950, "unavailable": 0, "incoming": 0}
PROOFS = [
    ({}, "green", "Nothing was oversold"),
    ({"oversold": 3}, "low", "3 · Units were sold that were not there"),
    ({"verified": False, "breach_count": 2, "breaches": ["Event 4 <x>."]}, "warning", "but the record does not hold"),
    ({"identity": BROKEN}, "warning", "but the record does not hold"),
    ({"verified": None}, "info", "not verified yet"),
]


@pytest.mark.parametrize(("changed", "mark", "words"), PROOFS)
def test_only_a_proof_that_holds_reads_as_good(changed: Row, mark: str, words: str) -> None:
    proof = review()["proof"] | changed
    assert review_proof.state(proof) == mark
    html = review_proof.html(review(proof=proof))
    assert words in html
    assert f'class="verdict {mark}"' in html
    assert "<x>" not in html


def test_the_proof_names_hash_entries_moves_and_the_identity() -> None:
    html = review_proof.html(review())
    for text in (review()["proof"]["head"]["hash"], "3,750 entries, 9,214 moves", "warroom verify FILE"):
        assert text in html
    assert "3,000 on hand = 50 available + 2,950 committed + 0 unavailable" in html
    assert "从零重算：3,750 条记录" in review_proof.html(review(), CHINESE_SAY)


def test_a_show_that_goes_on_is_said_to_be_so() -> None:
    show = review()["show"] | {"status": "open", "last_at": "2026-03-14T12:40:08.000000Z"}
    assert "The show goes on: all of this is as of T+40:08." in review_proof.html(review(show=show))
    assert "SO FAR" in review_proof.strip(show, None)
    assert "CLOSED" in review_proof.strip(review()["show"], review())
    longer = review()["show"] | {"ends_at": "2026-03-16T23:00:00.000000Z"}
    assert "Mar 14, 2026 – Mar 17, 2026" in review_proof.strip(longer, None), "by the calendar of the studio"


def test_the_figures_stand_beside_the_plan() -> None:
    html = review_proof.sums(review())
    for text in ("2,950", "98% of 3,000 for sale", "+3%", "plan 2,865", "341", "estimate; 10% of what was asked for",
                 "$148,767", "$96,145", "65% of revenue", "554 min"):  # fmt: skip
        assert text in html
    behind = [row | {"plan_units": 400, "plan_ratio": 0.8} for row in review()["channels"]]
    assert "▼</i>−18%" in review_proof.sums(review(channels=behind))
    assert "no plan" in review_proof.sums(review(channels=[]))


def test_other_currencies_are_told_beside_the_shows_own() -> None:
    totals = review()["totals"] | {"revenue": {"USD": 1, "EUR": 250000}}
    assert "+ €2,500" in review_proof.sums(review(totals=totals))


def test_regions_and_skus_add_up() -> None:
    html = review_places.html(review())
    sums = re.findall(r"<tfoot>.*?</tfoot>", html)
    assert len(sums) == 2
    for line in sums:
        assert "$148,767" in line
        assert ">2,950<" in line
        assert ">341<" in line


def test_of_very_many_skus_those_are_listed_that_sold_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_places, "ROWS_MAX", 3)
    html = review_places.html(review())
    assert "+2 more, in the exports" in html
    assert "Halo ring · rose" in html
    assert "Tempo clip" not in html


# --- channels, lost demand, interventions, countdown, plan -------------------------------------------------------------


def test_youtube_stands_a_third_above_its_plan_and_first() -> None:
    html = review_channels.html(review())
    first = html.index("YouTube")
    assert first < html.index("TikTok US")
    assert "▲</i><b>+35%</b> above plan" in html[first : html.index("Shopee TH")]
    assert "▼</i><b>−9%</b> below plan" in html
    assert "●</i><b>+1%</b> as planned" in html
    assert "每千观看分钟订单" in review_channels.html(review(), CHINESE_SAY)


def test_a_channel_without_plan_or_viewers_says_so() -> None:
    row = review()["channels"][0] | {"plan_units": None, "plan_ratio": None, "name": "<b>"}
    html = review_channels.html(review(channels=[row | {"orders_per_thousand_viewer_minutes": None}]))
    assert "no plan" in html
    assert "&lt;b&gt;" in html
    assert "<td class=n>–</td>" in html
    assert "No channel sold anything" in review_channels.html(review(channels=[]))


def test_lost_units_are_split_over_causes_that_add_up_and_the_assumption_is_said() -> None:
    found = review()
    html = review_lost.html(found)
    assert "Estimated." in html
    assert "nobody is taken to have come back later" in html
    for cause in CAUSES.values():
        assert cause.name in html
    foot = re.findall(r"<tfoot>.*?</tfoot>", html)[0]
    *parts, whole = [int(text.replace(",", "")) for text in re.findall(r">([\d,]+)<", foot)]
    assert sum(parts) == whole == found["lost"]["units"] == 341
    bars = html.split("<hr>")[0]
    assert sum(int(text) for text in re.findall(r"<strong>(\d+)</strong>", bars)) == 341


def test_a_cause_nobody_knows_is_shown_by_its_name_and_no_loss_is_a_sentence() -> None:
    lost = review()["lost"]
    for row in [*lost["by_region"], *lost["by_sku"], *lost["rows"]]:
        row["causes"]["weather"] = row["causes"].pop("rule")
    assert "weather <b>10</b>" in review_lost.html(review(lost=lost))
    assert "Nobody was turned away" in review_lost.html(review(lost=lost | {"units": 0}))


def test_an_intervention_leads_to_replay_and_says_what_it_changed_or_why_not() -> None:
    html = review_interventions.html(review(), to_replay)
    assert html.count("<tr>") == 2 + len(review()["interventions"])
    assert 'href="./replay?seq=1148&amp;x=&lt;"' in html
    assert "T+15:05" in html
    assert '<td class="n green">+38</td>' in html
    assert '<td class="n red">−$236</td>' in html
    assert '<td class="n green">−21 min</td>' in html
    assert html.count(NOTES["demand_side"]) == 2
    assert "ann@example.com · Slow region" in html
    assert "Flexible top up" in html


def test_an_unknown_note_is_shown_and_nobody_intervening_is_a_sentence() -> None:
    row = review()["interventions"][-1] | {"note": "moon", "rule": "", "actor": "ann", "pace_before": None}
    html = review_interventions.html(review(interventions=[row]), to_replay)
    assert "moon" in html
    assert "<td>ann</td>" in html
    assert "not measured" in review_interventions.html(review(interventions=[row | {"note": ""}]), to_replay)
    both = review()["interventions"][0] | {"note": "demand_side"}
    assert f"<small>{NOTES['demand_side']}</small>" in review_interventions.html(
        review(interventions=[both]), to_replay
    )
    assert "Nobody intervened" in review_interventions.html(review(interventions=[]), to_replay)


def test_only_so_many_interventions_are_listed_under_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_interventions, "ROWS_MAX", 3)
    html = review_interventions.html(review(), to_replay)
    assert "+4 earlier ones, in the exports" in html
    assert "<td class=dim>5</td>" in html
    assert "<td class=dim>4</td>" not in html


def test_the_countdown_is_drawn_against_the_truth_with_its_record() -> None:
    html = review_countdown.html(review())
    assert 'class="drawing"' in html
    assert html.count('class="dot"') == 9
    for text in ("80% band held 76% of 1,727 forecasts", "within 10 min", "3.3 min", "Campaign", "70%"):
        assert text in html
    few = review()["countdown"] | {"forecasts": 12}
    assert "too few forecasts graded" in review_countdown.html(review(countdown=few))
    assert "drawing" not in review_countdown.html(review(countdown=review()["countdown"] | {"calibration": []}))


def test_the_next_plan_is_on_the_screen_as_in_its_file() -> None:
    found = review()
    html, lines = review_plan.html(found), found["plan"]["lines"]
    assert f">{sum(line['units'] for line in lines):,}<" in html
    assert WHYS["sold_out"] in html
    rows = list(csv.DictReader(io.StringIO(next_plan.as_csv(found["plan"]["lines"]))))
    assert [{**row, "units": int(row["units"])} for row in rows] == [
        {name: line[name] for name in ("sku", "region", "units")} for line in lines
    ]
    assert "nothing to plan from" in review_plan.html(review(plan={"lines": [], "opening": []}))


# --- a run of the show again ----------------------------------------------------------------------------------------


def test_a_comparison_shows_original_control_changed_and_difference() -> None:
    html = review_tried.html(outcome(), "USD", "60 <more>", "./replay?run=a")
    for text in ("60 &lt;more&gt;", "The same up to entry 1,290", 'href="./replay?run=a"', "Side by side in Replay"):
        assert text in html
    assert '<td class="n green">+12</td>' in html
    assert '<td class="n green">−32 min</td>' in html
    assert '<td class="n">+60</td>' in html, "more units moved are neither good nor bad"
    assert "Assumed." in html
    assert html.count("difference by region") == 1


def test_an_unchanged_run_has_the_same_hash_or_names_the_entry_that_differs() -> None:
    html = review_tried.html(unchanged(), "USD")
    assert "The same hash as the show" in html
    assert "control" not in html
    other = unchanged() | {"hash": "ff", "same": False, "differs_at": 77}
    assert "This program decides entry 77 otherwise" in review_tried.html(other, "USD")
    same = outcome(first_new_seq=None)
    assert "Nothing came out differently" in review_tried.html(same, "USD")


def test_progress_says_what_is_done_and_a_failure_why() -> None:
    told = {"state": "running", "phase": "control", "share": 0.4, "title": "+60 EU", "problem": ""}
    assert "+60 EU: deciding it as it was, with the orders that were lost · 40%" in review_tried.progress(told)
    assert "waits for its turn" in review_tried.progress(told | {"state": "waiting"})
    assert "&lt;gone&gt;" in review_tried.progress(told | {"state": "failed", "problem": "<gone>"})
    assert review_tried.progress(told | {"state": "done"}) == review_tried.progress(None) == ""


NAMES = st.text("ab\"'\\\n[]=#ü", min_size=1, max_size=6)
CHANGES = st.fixed_dictionaries({}, optional={
    "at": NAMES, "without": st.lists(st.integers(1, 9)), "rules_again": st.booleans(),
    "rules": st.dictionaries(st.sampled_from(["all", "watch"]), st.sampled_from(["off", "auto"]), min_size=1),
    "parameters": st.dictionaries(st.sampled_from(["top_up_units"]), st.integers(0, 9), min_size=1),
    "move": st.lists(st.fixed_dictionaries({"at": NAMES, "sku": NAMES, "from": NAMES, "to": NAMES, "units": st.integers(1, 9)}), min_size=1),
    "opening": st.lists(st.fixed_dictionaries({"sku": NAMES, "pool": NAMES, "units": st.integers(0, 9)}), min_size=1),
})  # fmt: skip


@given(CHANGES)
def test_a_change_that_is_written_is_read_back_the_same(change: Row) -> None:
    assert changing.parsed(changing.written(change)) == change
    changing.title(change)


def test_helpers_add_to_what_stands_there() -> None:
    change = changing.parsed("without = [7]\n")
    for kind, typed in (
        ("without", {"seq": 5}),
        ("move", {"at": "T+10:00", "sku": "A", "from": "flexible", "to": "region/EU", "units": 60}),
        ("opening", {"sku": "A", "pool": "region/EU", "units": 10}),
        ("opening", {"sku": "A", "pool": "region/EU", "units": 20}),
        ("rules", {"rule": "watch", "level": "off", "since": ""}),
        ("parameters", {"parameter": "top_up_units", "value": 40, "since": " T+05:00 "}),
        ("again", {"since": None}),
    ):
        change = changing.with_one_more(change, kind, typed)
    assert change["without"] == [5, 7]
    assert [row["units"] for row in change["opening"]] == [20]
    assert (change["rules"], change["parameters"], change["rules_again"]) == (
        {"watch": "off"},
        {"top_up_units": 40},
        True,
    )
    assert change["at"] == "T+05:00"
    assert changing.title(change) == "− #5, − #7 (+4)"
    assert changing.title({"without": [1148]}, review()) == "− +41 US"
    with pytest.raises(changing.NoToml, match="no TOML"):
        changing.parsed("without = [")


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> FakeRuns:
    found = FakeRuns(review())
    monkeypatch.setattr(review_runs, "running", lambda: found)
    monkeypatch.setattr(rooms, "running", lambda: FakeRoom(second=7300))
    return found


def test_the_page_shows_every_panel_and_the_downloads(runs: FakeRuns) -> None:
    page = open_page("review")
    found = panels(page)
    assert "Nothing was oversold" in found["proof"]
    assert "+35%" in found["converted"]
    assert 'href="./replay?show=breezestyle&amp;at=T%2B15:05"' in found["acts"]
    assert (
        "Built from the journal up to its newest entry" in found["standing"]
        or "entries came since" in found["standing"]
    )
    assert all("failed" not in html for html in found.values())
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels[:5] == ["Save", "HTML", "XLSX", "Parquet", "Next plan (CSV)"]
    assert not runs.asked


def test_the_page_speaks_chinese(runs: FakeRuns) -> None:
    found = panels(open_page("review", lang="zh"))
    assert "没有超卖" in found["proof"]
    assert "lang=zh" in found["acts"]


def test_the_review_of_a_closed_show_begins_by_itself_and_that_of_a_running_one_when_asked(
    runs: FakeRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.built = None
    page = open_page("review")
    assert len(runs.asked) == 1
    assert "recomputing the chain" in panels(page)["standing"] or "waits for its turn" in panels(page)["standing"]
    runs.asked.clear()
    monkeypatch.setattr(rooms, "running", FakeRoom)
    page = open_page("review")
    assert not runs.asked
    assert "This show goes on" in panels(page)["standing"]
    press(page, "Build the review")
    assert len(runs.asked) == 1


def test_a_review_that_could_not_be_built_says_why(runs: FakeRuns) -> None:
    runs.built, runs.standing = None, "failed"
    assert "The journal is gone &lt;b&gt;." in panels(open_page("review"))["standing"]
    assert not runs.asked, "it is not tried again by itself"


def test_what_is_put_together_is_run_as_the_text_that_is_seen(runs: FakeRuns) -> None:
    page = open_page("review")
    page.number_input(key="whatif_units").set_value(60)
    page.text_input(key="whatif_at").set_value("T+20:00")
    press(page, "Add")
    text = page.text_area(key="whatif_text").value
    assert tomllib.loads(str(text))["move"] == [
        {"at": "T+20:00", "sku": "HALO-ROSE", "from": "flexible", "to": "region/US", "units": 60}
    ]
    press(page, "Run it again")
    (started,) = runs.started
    assert started["change"] == text
    assert started["title"] == "60 × HALO-ROSE → US T+20:00"
    press(page, "Run it again")
    assert runs.started[1]["run"] != started["run"], "once more is another run"
    press(page, "Clear")
    assert page.text_area(key="whatif_text").value == changing.EXAMPLE


@pytest.mark.parametrize("kind", review_whatif.KINDS)
def test_every_helper_adds_something_that_can_be_read(runs: FakeRuns, kind: str) -> None:
    page = open_page("review")
    page.session_state["whatif_kind"] = kind
    page.run()
    press(page, "Add")
    assert changing.parsed(str(page.text_area(key="whatif_text").value))
    assert not page.exception


def test_a_change_that_does_not_fit_and_a_text_that_is_no_toml_are_sentences(runs: FakeRuns) -> None:
    page = open_page("review")
    page.text_area(key="whatif_text").set_value("without = [").run()
    press(page, "Run it again")
    assert any("This is no TOML" in html.proto.body for html in page.get("html"))
    press(page, "Add")
    page.text_area(key="whatif_text").set_value("mov = 1").run()
    runs.refuses = ChangeProblem("The change has 'mov'; do you mean 'move'?")
    press(page, "Run it again")
    assert any("do you mean &#x27;move&#x27;" in html.proto.body for html in page.get("html"))
    assert not runs.started


def test_a_finished_run_is_compared_and_leads_to_replay_side_by_side(runs: FakeRuns) -> None:
    runs.ended = [{"run": name, "title": title, "change": "", "outcome": outcome(), "sold": 1, "lost": 1, "hash": "a"}
                  for name, title in (("b2", "The second"), ("a1", "The first"))]  # fmt: skip
    page = open_page("review")
    assert "The second" in panels(page)["tried"]
    assert 'href="./replay?show=breezestyle&amp;at=T%2B20:00&amp;run=b2"' in panels(page)["tried"]
    page.selectbox(key="review_run").select("a1").run()
    assert "The first" in panels(page)["tried"]
    assert "The first" in panels(open_page("review", run="a1"))["tried"]


def test_another_show_of_the_journal_can_be_chosen(runs: FakeRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = FakeRoom(second=7300).shows()
    both = [row, row | {"show": "another", "title": "Another evening"}]
    monkeypatch.setattr(FakeRoom, "shows", lambda self: both)
    page = open_page("review")
    page.selectbox(key="review_show").select("another").run()
    assert not page.exception
    assert page.query_params["show"] in ("another", ["another"])
    assert "Another evening" in panels(page)["strip"]


def test_a_run_of_the_show_as_it_was_is_not_set_beside_it(runs: FakeRuns) -> None:
    runs.ended = [
        {"run": "a1", "title": "as it was", "change": "", "outcome": unchanged(), "sold": 1, "lost": 1, "hash": "a"}
    ]
    tried = panels(open_page("review"))["tried"]
    assert "The same hash as the show" in tried
    assert "replay" not in tried


def test_who_may_not_run_it_again_sees_what_others_ran(runs: FakeRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(People, "here", lambda self, headers: Person("vi", "viewer"))
    page = open_page("review")
    assert "No other decision has been tried yet" in panels(page)["tried"]
    assert not page.text_area


def test_without_a_server_or_a_show_the_page_says_so(runs: FakeRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "running", lambda: FakeRoom(shows=False))
    assert any("No show yet" in html.proto.body for html in open_page("review").get("html"))
    monkeypatch.setattr(review_runs, "running", lambda: None)
    assert any("No room here" in html.proto.body for html in open_page("review").get("html"))


def test_every_word_of_the_tables_has_a_chinese_one() -> None:
    tables = [KINDS, NOTES, WHYS, TIERS, review_tried.PHASES, review_proof.VERDICTS, review_whatif.KINDS]
    words = [word for table in tables for word in table.values()]
    words += [*review_channels.HEADS, *review_interventions.HEADS, *review_interventions.EFFECT, *review_places.HEADS]
    words += [*review_plan.HEADS, *(word for _, word, _ in review_tried.ROWS), *review_whatif.LEVELS]
    words += [word for *_, word in review_channels.LOOKS.values()] + [
        "From",
        "To",
        "Pool",
        "plan",
        "available",
        "committed",
    ]
    words += [part for cause in CAUSES.values() for part in cause]
    assert not sorted({word for word in words if word not in CHINESE})
    assert len(PARAMETERS) > 5
    assert SHOW
