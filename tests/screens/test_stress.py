"""The Stress page and its panels: one click, how far it is, the verdict in one line, figures, a picture, a comparison."""

import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import room as rooms
from dashboard.channels.sandbox import stress_runs
from dashboard.channels.sandbox.faults import PROFILES
from dashboard.channels.sandbox.stress_runs import StressRuns, Wish
from dashboard.screens.faults import FAULTS
from dashboard.screens.panels import exposure_picture, stress_verdict
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom
from tests.screens.sample_report import report, told
from tests.screens.test_pages import open_page, panels, press

CHINESE = speaker("zh").templates()

CHINESE_SAY = speaker("zh")

VERDICTS = [
    (report(), "green", "Nothing was oversold"),
    (report(oversold=1, ok=False), "low", "1 unit was sold twice"),
    (report(oversold=3, ok=False, within_limits=False), "low", "3 units were sold twice"),
    (report(ok=False, within_limits=False), "warning", "Nothing was oversold, but a platform was called too often"),
    (report(ok=False, accounted=False), "warning", "Nothing was oversold, but an order never reached the ledger"),
    (report(ok=False, verify="seq 3"), "warning", "Nothing was oversold, but the journal does not hold"),
]


@pytest.mark.parametrize(("found", "state", "words"), VERDICTS, ids=[words for *_, words in VERDICTS])
def test_only_a_test_that_held_reads_as_good_and_an_oversell_is_said_first(
    found: dict[str, Any], state: str, words: str
) -> None:
    assert stress_verdict.verdict(found) == (state, words)


def test_the_verdict_is_one_line_with_shape_word_and_numbers() -> None:
    html = stress_verdict.html(told())
    assert "●" in html
    assert "1,668 orders, 2,647 of 2,832 units sold, sync p95 279 ms" in html
    assert "▼" in stress_verdict.html(told(report=report(oversold=3, ok=False)))
    assert "1,668 笔订单，售出 2,647 / 2,832 件" in stress_verdict.html(told(), CHINESE_SAY)


def test_before_during_and_after_a_failure_the_line_says_where_things_stand() -> None:
    assert "Not tested yet" in stress_verdict.html(None)
    running = stress_verdict.html(told("running", doing="ours", report={}, beside=[]))
    assert "Testing 43%" in running
    assert 'aria-valuenow="43"' in running
    assert "Killed &lt;b&gt;" in stress_verdict.html(told("failed", report={}, problem="Killed <b>"))


def test_while_the_naive_seller_plays_the_verdict_is_there_already() -> None:
    html = stress_verdict.html(told("running", beside=[]))
    assert "Nothing was oversold" in html
    assert "Playing it again with the naive seller" in html
    assert "naive seller: playing" in stress_verdict.beside(told("running", beside=[]))


def test_the_figures_name_every_number_of_the_report() -> None:
    html = stress_verdict.figures(report())
    for text in ("2,647", "412", "268", "185", "172", "p50 96 ms · p95 279 ms · p99 1.7 s"):
        assert text in html
    for name, _ in stress_verdict.FIGURES:
        assert stress_verdict.NAMES.get(name, name) in html


def test_a_call_beyond_the_limit_carries_its_word() -> None:
    assert "above the limit" not in stress_verdict.calls(report())
    over = {"own": {"most_in_a_minute": 121, "limit": 120, "fetches_most": 1, "fetches_limit": 30}}
    assert "above the limit" in stress_verdict.calls(report(calls=over))


def test_the_naive_seller_stands_beside_ours_without_and_with_its_best_buffer() -> None:
    html = stress_verdict.beside(told())
    assert "this room" in html
    assert "naive, buffer 0" in html
    assert "naive, buffer 72 (best)" in html
    assert html.count("▼") == 1, "only the seller that oversold is marked"


def test_the_picture_draws_truth_listed_and_what_nobody_lists() -> None:
    chart = exposure_picture.chart(report())
    assert [trace["name"] for trace in chart["data"]] == ["unsold (truth)", "listed", "nobody lists"]
    assert chart["data"][0]["y"][0] == 2832
    heights = sorted(note["y"] for note in chart["layout"]["annotations"])
    gaps = [after - before for before, after in pairwise(heights)]
    assert all(gap >= exposure_picture.LABEL_GAP - 1e-9 for gap in gaps)
    assert chart["layout"]["shapes"] == []
    assert exposure_picture.chart({}) == {"empty": "The picture comes with the verdict"}


def test_more_listed_than_there_is_lies_on_red_ground_with_its_word() -> None:
    samples = [[10, 9, 8, 1], [20, 5, 7, 0], [30, 4, 6, 0], [40, 3, 2, 1], [50, 2, 3, 0]]
    layout = exposure_picture.chart(report(samples=samples))["layout"]
    assert [(60 * ground["x0"], 60 * ground["x1"]) for ground in layout["shapes"]] == [(10, 30), (40, 50)]
    assert "more listed than there is" in layout["annotations"][-1]["text"]


def test_every_fault_profile_is_offered_with_a_line_in_both_languages() -> None:
    assert set(FAULTS) == set(PROFILES)
    words = [*FAULTS.values(), stress_verdict.DETAIL, *(why for _, why in stress_verdict.FIGURES)]
    words += [stress_verdict.NAMES.get(name, name) for name, _ in stress_verdict.FIGURES]
    words += [name for name, *_ in exposure_picture.LINES]
    assert not [word for word in words if word not in CHINESE]


def child(*lines: object) -> list[str]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return [sys.executable, "-c", f"import sys; sys.stdout.write({text!r})"]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[StressRuns]:
    found = StressRuns(lambda wish: child(report()), lambda wish, ours: child(*told()["beside"]))
    monkeypatch.setattr(stress_runs, "running", lambda: found)
    monkeypatch.setattr(rooms, "running", FakeRoom)
    yield found
    found.stop()


def verdict_of(page: AppTest) -> str:
    return str(panels(page)["verdict"])


def test_one_click_runs_the_test_and_a_reload_shows_it_again(runs: StressRuns) -> None:
    page = open_page("stress")
    assert "Not tested yet" in verdict_of(page)
    page.selectbox(key="stress_faults").select("slow")
    page.number_input(key="stress_orders").set_value(60)
    press(page, "Run")
    runs.wait(30)
    page.run()
    assert "Nothing was oversold" in verdict_of(page)
    found = runs.told()
    assert found is not None
    assert (found["faults"], found["orders"], found["seed"]) == ("slow", 60, 1)
    run = page.query_params["run"]
    again = open_page("stress", run=run[0] if isinstance(run, list) else run)
    assert panels(again)["beside"] == panels(page)["beside"]
    assert panels(again, "charts")["picture"]["data"]


def test_another_page_and_back_shows_the_newest_test(runs: StressRuns) -> None:
    runs.start("a1", Wish("none", 60, 1))
    runs.wait(30)
    assert "Nothing was oversold" in verdict_of(open_page("stress"))
    assert "没有超卖" in verdict_of(open_page("stress", lang="zh"))


def test_a_second_click_while_one_runs_is_refused_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = [sys.executable, "-c", "import time\nwhile True: time.sleep(1)"]
    found = StressRuns(lambda wish: endless)
    monkeypatch.setattr(stress_runs, "running", lambda: found)
    monkeypatch.setattr(rooms, "running", FakeRoom)
    try:
        page = press(open_page("stress"), "Run")
        assert "Testing 0%" in verdict_of(page)
        press(page, "Running")
        assert any("start yours when it has ended (0%)" in html.proto.body for html in page.get("html"))
    finally:
        found.stop()


def test_without_a_server_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stress_runs, "running", lambda: None)
    monkeypatch.setattr(rooms, "running", lambda: None)
    assert any("No room here" in html.proto.body for html in open_page("stress").get("html"))
