"""The whole app as a user starts it: one process under uvicorn with routes, clock and pages."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.benchmarks.processes import WARROOM, Server, free_port
from tests.server.show import NOW, opening, order
from tests.server.viewer import Viewer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """`warroom serve` on a journal with an open show."""
    folder = tmp_path_factory.mktemp("app")
    path = folder / "show.duckdb"
    room = Room(Journal(path), clock=lambda: NOW)
    room.handle(opening(), None)
    room.stop()
    port = free_port()
    command = [*WARROOM, "serve", "--db", str(path), "--port", str(port)]
    with Server(command, port, folder / "log") as server:
        yield server, path


def test_routes_pages_and_clock_live_in_one_process(served: tuple[Server, Path]) -> None:
    server, path = served
    with httpx.Client(base_url=server.url, timeout=30) as client:
        health = client.get("/healthz").json()
        assert (health["status"], health["writer"]) == ("ok", "alive")
        page = client.get("/")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert client.get("/_stcore/health").status_code == 200
        assert "warroom_journal_seq" in client.get("/metrics").text
        assert client.get("/world/countries.geojson").headers["content-type"] == "application/geo+json"
        answer = client.post(
            "/api/orders", content=orjson.dumps(order("1")) + b"\n" + orjson.dumps(order("2", sku="HAT"))
        )
        answers = [orjson.loads(line) for line in answer.content.splitlines()]
        assert [told["status"] for told in answers] == ["accepted", "refused"]
        frame = client.get("/api/frame", params={"seq": str(answers[0]["seq"])}).json()
        assert frame["totals"]["units_sold"] == 1
        assert client.post("/api/orders", content=b"x" * 10_000_000).status_code == 413
        assert client.post("/api/orders", content=b"\x1f\x8b", headers={"content-encoding": "gzip"}).status_code == 400
    with Viewer(server.url) as operator:
        page = operator.look()
        assert "operator · admin" in page.html
        assert any(label.startswith("Move") for label in page.buttons)
        proxied = operator.look(headers={"X-Forwarded-For": "192.0.2.7"})
        assert "onlooker · viewer" in proxied.html
        assert not any(label.startswith("Move") for label in proxied.buttons)
    with Viewer(server.url, f"a-name-that-leads-here.example:{server.port}") as stranger:
        assert "onlooker · viewer" in stranger.look().html
    server.process.send_signal(signal.SIGINT)
    server.process.wait(30)
    log = server.log.read_text()
    assert "Traceback" not in log
    assert log.startswith(f"Live war room: http://localhost:{server.port} ")
    report = verify(path)
    assert report["ok"], report["breaches"]
    assert report["oversold"] == 0
