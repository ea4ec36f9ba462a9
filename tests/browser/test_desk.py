"""Journeys at the transfer desk in a real browser, on a small room of their own: 300 rings in the flexible pool."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks.processes import WARROOM, Server, free_port
from tests.browser.conftest import PATIENCE, WarRoom

MINUTE = 60_000_000
SHOW = "desk"


def journal(path: Path) -> None:
    """Write a show that has run for ten minutes: rings in no region yet, so that what is moved is what is sold."""
    now = time.time_ns() // 1000
    world: dict[str, Any] = {
        "skus": (c.Sku("RING", price_minor=1999), c.Sku("LAMP", price_minor=4900)),
        "locations": (c.Location("LA", kind="forward", latitude=34, longitude=-118), c.Location("HAM", latitude=53.5)),
        "regions": (c.Region("US", countries=("US",)), c.Region("EU", countries=("DE", "FR"))),
        "lanes": (c.Lane("LA", "US"), c.Lane("HAM", "EU")),
        "channels": (c.Channel("shop-us", "shopify", "US"), c.Channel("shop-eu", "shopify", "EU")),
    }
    common: dict[str, Any] = {"show": SHOW, "event_time": now - 10 * MINUTE}
    times = {"starts_at": now - 10 * MINUTE, "ends_at": now + 120 * MINUTE}
    room = Room(Journal(path), clock=lambda: now)
    answers = room.handle(
        [
            c.OpenShow(id="open", title="Rings", **common, **times, **world),
            c.ReceiveGoods(id="rings", **common, location="LA", sku="RING", quantity=300),
            c.ReceiveGoods(id="us", **common, location="LA", sku="LAMP", quantity=50, pool="region/US"),
        ],
        None,
    )
    assert all(answer.status == "accepted" for answer in answers), answers
    room.journal.close()


@pytest.fixture(scope="module")
def desk_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarRoom]:
    """Serve that journal."""
    folder = tmp_path_factory.mktemp("desk")
    journal(folder / "show.duckdb")
    port = free_port()
    command = [*WARROOM, "serve", "--db", str(folder / "show.duckdb"), "--port", str(port)]
    with Server(command, port, folder / "log.txt") as served:
        yield WarRoom(served.url)


@pytest.fixture(scope="module")
def page(browser: Browser, desk_room: WarRoom) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    opened = context.new_page()
    opened.goto(desk_room.url)
    opened.wait_for_selector(".st-key-desk button[kind=primary]", timeout=PATIENCE)
    opened.wait_for_function("document.querySelector('[data-slot=preview]')?.childElementCount", timeout=PATIENCE)
    yield opened
    context.close()


def tell(room: WarRoom, route: str, *rows: dict[str, Any]) -> None:
    body = b"\n".join(json.dumps(row).encode() for row in rows)
    with urllib.request.urlopen(urllib.request.Request(f"{room.url}/api/{route}", data=body), timeout=20) as answer:
        told = [json.loads(line) for line in answer.read().splitlines()]
    assert all(row["status"] == "accepted" for row in told), told


def until(room: WarRoom, true: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while not true(frame := room.frame()):
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.1)
    return frame


def left(frame: dict[str, Any], pool: str) -> int:
    return sum(row["left"] for row in frame["pools"] if (row["sku"], row["pool"]) == ("RING", pool))


def units_of(page: Page) -> Locator:
    return page.locator(".st-key-desk").get_by_role("spinbutton", name="Units")


def type_units(page: Page, units: int) -> None:
    field = units_of(page)
    field.fill(str(units))
    field.press("Enter")


def test_a_double_click_moves_once(page: Page, desk_room: WarRoom) -> None:
    type_units(page, 100)
    page.get_by_role("button", name="Move 100").dblclick()
    page.wait_for_selector(".said.good")
    page.get_by_role("button", name="Undo 100 of 100").wait_for()
    frame = desk_room.frame()
    assert [row["quantity"] for row in frame["reallocations"]] == [100]
    assert (left(frame, "flexible"), left(frame, "region/US")) == (200, 100)


def test_undo_after_60_of_100_were_sold_returns_40(page: Page, desk_room: WarRoom) -> None:
    rows = [{"channel": "shop-us", "order_id": str(n), "sku": "RING", "quantity": 1} for n in range(60)]
    tell(desk_room, "orders", *rows)
    page.get_by_role("button", name="Undo 40 of 100").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    frame = until(desk_room, lambda frame: len(frame["reallocations"]) == 2)
    assert frame["reallocations"][0]["quantity"] == 40
    assert (left(frame, "flexible"), left(frame, "region/US")) == (240, 0)
    page.get_by_role("button", name="Redo 40 of 40").wait_for()


def proposal(name: str) -> dict[str, Any]:
    asked = {
        "type": "reallocate",
        "id": f"do-{name}",
        "show": SHOW,
        "sku": "RING",
        "from_pool": "flexible",
        "to_pool": "region/EU",
        "quantity": 5,
    }
    return {"type": "propose_action", "id": f"id-{name}", "show": SHOW, "proposal": name, "rule": "a person",
            "what": f"+5 EU ({name})", "why": "a test", "commands": [asked]}  # fmt: skip


def test_a_key_approves_and_never_while_somebody_types(page: Page, desk_room: WarRoom) -> None:
    tell(desk_room, "commands", proposal("P-1"), proposal("P-2"))
    page.locator("[class*=st-key-approve_1_] button:enabled").wait_for()
    reason = page.get_by_label("Reason", exact=True).first
    reason.click()
    page.keyboard.type("a day")
    assert reason.input_value() == "a day"
    page.locator(".st-key-board h2").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("?")
    page.locator("#war-room-help").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator("[data-chosen]").inner_text()
    states = {row["proposal"]: row["state"] for row in desk_room.frame()["proposals"]}
    assert states == {"P-1": "open", "P-2": "open"}
    page.keyboard.press("a")
    frame = until(desk_room, lambda frame: any(row["state"] == "approved" for row in frame["proposals"]))
    (approved,) = [row["proposal"] for row in frame["proposals"] if row["state"] == "approved"]
    assert f"({approved})" in chosen
    assert left(frame, "region/EU") == 5


def test_a_refusal_shows_its_sentence_and_changes_nothing(page: Page, desk_room: WarRoom) -> None:
    before = desk_room.frame()
    type_units(page, 5_000)
    page.get_by_role("button", name="Move 5,000").click()
    said = page.locator(".said.bad", has_text="5000 x RING")
    said.wait_for()
    assert "5000 x RING asked of pool flexible, which has 235." in said.inner_text()
    after = desk_room.frame()
    assert after["pools"] == before["pools"]
    assert len(after["reallocations"]) == len(before["reallocations"])
    assert units_of(page).input_value() == "5000"
    assert page.locator("[data-retained]").count() < 4
