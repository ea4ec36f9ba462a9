"""The door: one ASGI process with the routes, the clock and the pages.

    GET  /healthz      is the writer alive, does the clock tick
    GET  /metrics      Prometheus text
    GET  /api/frame    one frame as JSON (?show=&at=&seq=)
    POST /api/orders   orders as NDJSON, one answer a line
    POST /api/commands what an operator may ask, one answer a line: see commands_api.py
    POST /channels/... what platforms tell, and what of it could not be taken: see inbound.py
    GET  /prefer       in which language and by whose clock somebody reads: see preferences.py
    GET  /world/...    the map's shapes, served from this machine
    GET  /vendor/...   the chart library's script, from the installed package

The clock thread ticks: it lets the feed (a demo's shoppers, if any) act, then asks the room for the frame that
everybody sees. Requests never decide anything; they hand commands to the room and wait for its answers. Bad input is
answered with a sentence and a 4xx status; nothing here answers 500 for something a caller sent. Who may ask is told by
gate.py; /healthz and /metrics are for the inner network and ask nobody, and so is the frame where nobody signs in.
"""

import gc
import importlib
import sys
import threading
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
import streamlit as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from streamlit import config as streamlit_config

from dashboard import commands_api, inbound, preferences, settings
from dashboard.channels import orders_api
from dashboard.channels.inbox import Inbox, serve_here
from dashboard.channels.runner import Runner
from dashboard.channels.runner_metrics import RunnerMetrics
from dashboard.channels.sandbox import stress_runs
from dashboard.channels.terms_out import by_hand
from dashboard.commands_api import body_of, problem as _problem
from dashboard.decision.commands import ReportErrand
from dashboard.decision.state import Show
from dashboard.gate import Shut, caller
from dashboard.host_links import beside as links_beside
from dashboard.journal import verification
from dashboard.people import LOGIN, People, serve_here as admit_here
from dashboard.projections import instant
from dashboard.review import runs as review_runs
from dashboard.room import FrameProblem, Room, run_here
from dashboard.speech import phrases, questions

ROOT = Path(__file__).resolve().parent.parent
TICK_LATE_SECONDS = 15.0
SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter from one that waits: the writer takes turns with the event loop, and with
Python's 5 milliseconds an order would wait for every step of its transaction."""
PLOTLY = str(resources.files("plotly").joinpath("package_data", "plotly.min.js"))
"""Plotly's script as the installed package carries it: the curves are drawn with it, and no other machine is asked."""

Feed = Callable[[int], None]
"""Something that acts as time passes, such as a demo's shoppers; called with the room's time before each tick."""


class Clock:
    """Ticks: feed, held letters, frames of running shows, then sleep; a slow tick is followed by the next at once."""

    def __init__(self, room: Room, feed: Feed | None = None, inbox: Inbox | None = None) -> None:
        self.room = room
        self.feed = feed
        self.inbox = inbox
        self.period_seconds = settings.number("tick_seconds")
        self.last_tick = time.monotonic()
        self.registry = CollectorRegistry()
        self.tick_seconds = Histogram(
            "warroom_tick_seconds",
            "How long one tick took, seconds.",
            registry=self.registry,
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
        )
        self.registry.register(_RoomMetrics(room))
        self.problem = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """Stop ticking and wait for the last tick to end."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                with self.tick_seconds.time():
                    self._tick()
                self.problem = ""
            except Exception as problem:  # noqa: BLE001 - the clock outlives a failing tick and says so in /healthz
                self.problem = f"{type(problem).__name__}: {problem}"
            self.last_tick = time.monotonic()
            self._stop.wait(max(0.0, self.period_seconds - (self.last_tick - begun)))

    def _tick(self) -> None:
        now = self.room.clock()
        if self.feed:
            self.feed(now)
        if self.inbox:
            self.inbox.follow_up(now)
        for show in self.room.shows():
            if self.room.moves_on(show["show"]):
                self.room.tick(show["show"], now)


class _RoomMetrics(Collector):
    """The room's counters as Prometheus metrics, read when asked for."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def collect(self) -> list[Metric]:
        """Every counter and gauge of the room."""
        counters = self.room.counters
        commands = CounterMetricFamily("warroom_commands", "Commands by answer.", labels=["status"])
        for status, count in sorted(counters.commands.items()):
            commands.add_metric([status], count)
        refusals = CounterMetricFamily("warroom_refusals", "Refused commands by broken rule.", labels=["code"])
        for code, count in sorted(counters.refusals.items()):
            refusals.add_metric([code], count)
        return [
            commands,
            refusals,
            CounterMetricFamily("warroom_events", "Events written since the start.", value=counters.events),
            CounterMetricFamily("warroom_batches", "Journal transactions since the start.", value=counters.batches),
            GaugeMetricFamily("warroom_journal_seq", "Seq of the last event.", value=self.room.seq),
        ]


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def routes(
    room: Room, clock: Clock, inbox: Inbox | None = None, runner: Runner | None = None, people: People | None = None
) -> list[Route]:
    """Every route beside the pages; without `people`, for whoever sits at this machine."""
    admitted = people or People()

    async def healthz(request: Request) -> Response:
        age = time.monotonic() - clock.last_tick
        writer = room.alive()
        ok = writer and age < TICK_LATE_SECONDS and not clock.problem
        body = {
            "status": "ok" if ok else "failing",
            "writer": "alive" if writer else "stopped",
            "journal_seq": room.seq,
            "tick_age_seconds": round(age, 3),
            "tick_problem": clock.problem,
            "channels": "failing" if runner and (runner.problem or not runner.alive()) else "ok",
            "channels_problem": runner.problem if runner else "",
        }
        return _json(body, 200 if ok else 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(clock.registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def frame(request: Request) -> Response:
        if admitted.entry == LOGIN:
            try:
                caller(request.headers, admitted)
            except Shut as shut:
                return _problem(str(shut), shut.status, shut.headers)
        return await run_in_threadpool(_frame, room, dict(request.query_params))

    async def orders(request: Request) -> Response:
        try:
            caller(request.headers, admitted, "place_order")
            raw = await body_of(request, int(settings.number("bulk_body_bytes_max")))
        except Shut as shut:
            return _problem(str(shut), shut.status, shut.headers)
        except orders_api.BodyProblem as problem:
            return _problem(str(problem), problem.status)
        return await run_in_threadpool(_orders, room, raw, request.headers.get("content-encoding", ""))

    async def world(request: Request) -> Response:
        name = request.path_params["name"]
        shapes = {path.name: path for path in (settings.DATA / "world").glob("*json")}
        if name not in shapes:
            return _problem(f"There is no shape file {name[:80]!r}.", 404)
        return FileResponse(shapes[name], media_type="application/geo+json", headers={"cache-control": "max-age=86400"})

    async def plotly(request: Request) -> Response:
        return FileResponse(PLOTLY, media_type="text/javascript", headers={"cache-control": "max-age=86400"})

    return [
        Route("/healthz", healthz),
        Route("/metrics", metrics),
        Route("/api/frame", frame),
        Route("/api/orders", orders, methods=["POST"]),
        Route("/world/{name}", world),
        Route("/vendor/plotly.min.js", plotly),
        *preferences.routes(),
        *commands_api.routes(room, admitted),
        *inbound.routes(room, inbox, admitted),
    ]


def _orders(room: Room, raw: bytes, encoding: str) -> Response:
    try:
        body = orders_api.body(raw, encoding, int(settings.number("bulk_body_bytes_max")))
        show = next((row["show"] for row in room.shows() if row["status"] == "open"), None)
        commands, numbers, refused = orders_api.read(body, show, int(settings.number("bulk_lines_max")))
    except orders_api.BodyProblem as problem:
        return _problem(str(problem), problem.status)
    try:
        decided = room.submit(commands).result(settings.number("answer_seconds_max")) if commands else []
    except TimeoutError:
        return _problem("The room did not answer in time; send the same orders again, none is taken twice.", 503)
    return Response(orders_api.answers(commands, numbers, refused, decided), media_type="application/x-ndjson")


def _frame(room: Room, query: dict[str, str]) -> Response:
    shows = {row["show"]: row for row in room.shows()}
    if not shows:
        return _problem("No show has opened in this journal yet.", 404)
    show = query.get("show") or next(iter(shows))
    if show not in shows:
        return _problem(f"There is no show {show[:80]!r}; this journal has {', '.join(shows)}.", 404)
    try:
        at, seq = _moment(query, shows[show])
        frame = room.latest(show) if at is None and seq is None and room.has_ticked(show) else room.frame(show, at, seq)
    except FrameProblem as problem:
        return _problem(str(problem), 404)
    except ValueError as problem:
        return _problem(str(problem), 400)
    return _json(frame)


def _moment(query: dict[str, str], show: dict[str, Any]) -> tuple[int | None, int | None]:
    """The instant a query asks for, as (time, seq); raises ValueError with a sentence."""
    at, seq = query.get("at"), query.get("seq")
    if at and seq:
        raise ValueError("Give at or seq, not both.")
    if seq:
        if not (seq.isascii() and seq.isdigit() and len(seq) <= 18):
            raise ValueError(f"seq is {seq[:80]!r}; it takes a whole number.")
        return None, int(seq)
    if at:
        starts_at = instant.read(show["starts_at"], 0, "UTC")
        return instant.read(at, starts_at, show["time_zone"]), None
    return None, None


def build(
    room: Room,
    feed: Feed | None = None,
    inbox: Inbox | None = None,
    runner: Runner | None = None,
    people: People | None = None,
) -> st.App:
    """The ASGI app of a room: routes, clock and pages; starts the room when served, stops it afterwards."""
    admitted = people or People()
    admitted = replace(admitted, links=admitted.links or links_beside(room.journal.path))
    phrases.check()  # a wrong wording is told now, not when it is to be said
    questions.understand("", (), ())  # reads the tables of words, so that no first viewer waits for them
    _configure_streamlit()
    sys.setswitchinterval(SWITCH_SECONDS)
    clock = Clock(room, feed or _by_hand(room, runner), inbox)
    if inbox:
        clock.registry.register(RunnerMetrics(runner, inbox))

    @asynccontextmanager
    async def lifespan(app: st.App) -> AsyncIterator[None]:
        run_here(room)
        serve_here(inbox)
        admit_here(admitted)
        beside = ExitStack()
        beside.enter_context(_beside(room))
        room.start()
        clock.start()
        if runner:
            runner.start()
        importlib.import_module("pandas")  # Arrow does at the first write, and half a second is long for an order
        gc.collect()
        gc.freeze()  # what is loaded now stays: later collections need not look at it
        try:
            yield
        finally:
            if runner:
                runner.stop()
            clock.stop()
            beside.close()
            if inbox:
                inbox.letters(limit=1)  # what did not prove itself is on disk, too, before the journal closes
            room.stop()
            run_here(None)
            serve_here(None)
            admit_here(None)

    return st.App(
        ROOT / "dashboard" / "app.py",
        lifespan=lifespan,
        routes=routes(room, clock, inbox, runner, admitted),
        secrets={"auth": dict(admitted.auth)} if admitted.auth else None,
    )


@contextmanager
def _beside(room: Room) -> Iterator[None]:
    """What runs beside the room, in processes and threads of its own: stress tests, checks of the chain, reviews."""
    tests = stress_runs.StressRuns()
    stress_runs.run_here(tests)
    checks = verification.Verification(room.journal, room.clock)
    verification.run_here(checks)
    reviews = review_runs.Runs(room.journal, room.clock)
    review_runs.run_here(reviews)
    try:
        yield
    finally:
        tests.stop()
        stress_runs.run_here(None)
        checks.stop()
        verification.run_here(None)
        reviews.stop()
        review_runs.run_here(None)


def _by_hand(room: Room, runner: Runner | None) -> Feed:
    """What nobody can carry to a platform is to be done by hand: said of every open show as time passes."""
    connected = frozenset(runner.adapters) if runner else frozenset()
    posted = runner is not None and runner.desk is not None

    def due(show: Show, name: str, now: int) -> list[ReportErrand]:
        return by_hand(name, show, connected, posted)

    def act(now: int) -> None:
        for row in room.shows():
            if row["status"] == "open":
                room.follow_up(row["show"], now, due)

    return act


def _configure_streamlit() -> None:
    """Apply the checkout's measured settings wherever the program was started from."""
    table = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    for section, options in table.items():
        for name, value in options.items():
            if not isinstance(value, dict):
                streamlit_config.set_option(f"{section}.{name}", value)
