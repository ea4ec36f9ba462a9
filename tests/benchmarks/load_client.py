"""Many viewers at once, without browsers: what a tick costs when N people watch one page.

Each viewer opens the websocket a browser would open and speaks the same protocol buffers: it asks for the page (a
`rerun_script` without fragment), learns from `auto_rerun` messages which fragments tick and how often, and from then on
asks for each fragment when its interval is over, as the browser's timer does. A tick ends with the message
FINISHED_FRAGMENT_RUN_SUCCESSFULLY. Viewers' timers are spread evenly over one interval.

Latency runs from the moment the timer fires to the end of the tick, so a late answer is never flattered by a late
question; a timer that fires while the answer before is still missing is counted as `missed` and not asked again, as the
server would fold it into the one that waits. Bytes are those of the messages after decompression. Messages the server
marks as cacheable are kept and named in the next question, so that it may answer with their hash only.

It runs as a process of its own: `python tests/benchmarks/load_client.py --viewers 50 --seconds 30` prints one JSON
object and ends with 1 when anything went wrong (an exception on the page, a broken connection, no answer in time).
"""

import argparse
import asyncio
import json
import math
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

ANSWER_SECONDS_MAX = 30.0
LOADS_AT_ONCE = 4
FULL_RUN_ENDED = ForwardMsg.FINISHED_SUCCESSFULLY
TICK_ENDED = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
RUN_RESTARTED = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class PageError(Exception):
    """The page answered with something a viewer should never see."""


@dataclass
class Totals:
    """What all viewers together measured."""

    latencies_ms: list[float] = field(default_factory=list)
    loads_ms: list[float] = field(default_factory=list)
    tick_bytes: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass
class Viewer:
    """One open page: its connection, its timers and what its browser would keep."""

    socket: ClientConnection
    page_name: str
    query: str
    page_hash: str = ""
    run: int = 0
    message_age_max: int = 2
    timers: dict[str, float] = field(default_factory=dict)
    kept: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Hash of a cacheable message -> the fragment it belongs to, the run it was last used in."""

    async def ask(self, fragment: str = "") -> int:
        """Ask for the page or one fragment of it, wait for the end of the run, return the bytes received."""
        question = BackMsg()
        state = question.rerun_script
        state.query_string = self.query
        state.page_name = "" if self.page_hash else self.page_name
        state.page_script_hash = self.page_hash
        state.fragment_id = fragment
        state.is_auto_rerun = bool(fragment)
        state.cached_message_hashes.extend(self.kept)
        state.widget_states.SetInParent()
        await self.socket.send(question.SerializeToString())
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            return await self._answer(TICK_ENDED if fragment else FULL_RUN_ENDED)

    async def _answer(self, end: int) -> int:
        """Read messages until the run is over."""
        received = 0
        self.run += 1
        while True:
            data = await self.socket.recv(decode=False)
            received += len(data)
            message = ForwardMsg.FromString(data)
            self._take(message)
            if message.WhichOneof("type") != "script_finished":
                continue
            if message.script_finished == end:
                self._forget(everything=end == FULL_RUN_ENDED)
                return received
            if message.script_finished != RUN_RESTARTED:
                raise PageError(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))

    def _take(self, message: ForwardMsg) -> None:
        """Do with one message what a browser does with it, as far as it changes the next question."""
        match message.WhichOneof("type"):
            case "new_session":
                self.page_hash = message.new_session.page_script_hash
                self.message_age_max = message.new_session.config.max_cached_message_age
                if not message.metadata.run.fragment_ids:
                    self.timers.clear()
            case "navigation":
                self.page_hash = message.navigation.page_script_hash
            case "auto_rerun":
                self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self.timers.pop(fragment, None)
            case "page_not_found":
                raise PageError(f"no page {self.page_name!r}")
            case "ref_hash":
                if message.ref_hash not in self.kept:
                    raise PageError("the server refers to a message that was never kept")
                self.kept[message.ref_hash] = (self.kept[message.ref_hash][0], self.run)
            case "delta":
                self._take_delta(message)

    def _take_delta(self, message: ForwardMsg) -> None:
        """Keep what is cacheable; an exception on the page is an error here."""
        delta = message.delta
        if delta.WhichOneof("type") == "new_element" and delta.new_element.WhichOneof("type") == "exception":
            raise PageError(f"the page shows an exception {delta.new_element.exception.type or '(the log says which)'}")
        if message.metadata.cacheable:
            self.kept[message.hash] = (delta.fragment_id, self.run)

    def _forget(self, *, everything: bool) -> None:
        """Drop kept messages that were not used for some runs of what they belong to."""
        oldest = self.run - self.message_age_max
        self.kept = {
            digest: (fragment, run)
            for digest, (fragment, run) in self.kept.items()
            if run >= oldest or not (everything or fragment in self.timers)
        }


async def watch(viewer: Viewer, phase: float, seconds: float, totals: Totals) -> None:
    """Tick for some seconds, as the timers of the page say; `phase` (0 to 1) shifts them within their interval."""
    start = time.perf_counter()
    due = {fragment: start + interval * phase for fragment, interval in viewer.timers.items()}
    while due:
        fragment = min(due, key=due.__getitem__)
        fired = due[fragment]
        if fired >= start + seconds:
            return
        await asyncio.sleep(max(0.0, fired - time.perf_counter()))
        received = await viewer.ask(fragment)
        ended = time.perf_counter()
        totals.latencies_ms.append((ended - fired) * 1000)
        totals.tick_bytes += received
        interval = viewer.timers.get(fragment, math.inf)
        beats = max(1, math.ceil((ended - fired) / interval))
        totals.missed += beats - 1
        due[fragment] = fired + beats * interval
        due = {name: due.get(name, ended + wait) for name, wait in viewer.timers.items()}


async def one_viewer(
    number: int, options: argparse.Namespace, gate: asyncio.Semaphore, loaded: asyncio.Barrier, totals: Totals
) -> None:
    """Open the page, wait until everybody has, then watch; what goes wrong is counted, not raised."""
    page = urlsplit(options.path)
    server = urlsplit(options.url)
    scheme = "wss" if server.scheme == "https" else "ws"
    address = f"{scheme}://{server.netloc}{server.path.rstrip('/')}/_stcore/stream"
    waiting = True
    try:
        async with connect(address, subprotocols=["streamlit"], max_size=None, ping_interval=None) as socket:  # type: ignore[list-item]
            viewer = Viewer(socket, page.path.strip("/"), page.query)
            async with gate:
                asked = time.perf_counter()
                await viewer.ask()
                totals.loads_ms.append((time.perf_counter() - asked) * 1000)
            if not viewer.timers:
                raise PageError("nothing on this page ticks")
            waiting = False
            await loaded.wait()
            await watch(viewer, number / options.viewers, options.seconds, totals)
    except (PageError, OSError, WebSocketException, TimeoutError) as error:
        totals.errors.append(f"viewer {number}: {type(error).__name__}: {error}")
        if waiting:
            await loaded.wait()


def quantile(values: list[float], share: float) -> float | None:
    """The smallest value that at least `share` of all values do not exceed; None without values."""
    if not values:
        return None
    return round(sorted(values)[max(0, math.ceil(share * len(values)) - 1)], 1)


async def measure(options: argparse.Namespace) -> dict[str, object]:
    """Run all viewers and sum up."""
    totals = Totals()
    gate = asyncio.Semaphore(LOADS_AT_ONCE)
    loaded = asyncio.Barrier(options.viewers)
    await asyncio.gather(*(one_viewer(number, options, gate, loaded, totals) for number in range(options.viewers)))
    for error in totals.errors[:5]:
        print(error, file=sys.stderr)
    ticks = len(totals.latencies_ms)
    return {
        "viewers": options.viewers,
        "ticks": ticks,
        "p50_ms": quantile(totals.latencies_ms, 0.50),
        "p95_ms": quantile(totals.latencies_ms, 0.95),
        "p99_ms": quantile(totals.latencies_ms, 0.99),
        "bytes_per_tick": round(totals.tick_bytes / ticks) if ticks else None,
        "errors": len(totals.errors),
        "missed": totals.missed,
        "load_p95_ms": quantile(totals.loads_ms, 0.95),
        "seconds": options.seconds,
    }


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Open many viewers of a ticking Streamlit page and time the ticks.")
    parser.add_argument("--url", default="http://127.0.0.1:8501", help="where the server is")
    parser.add_argument(
        "--path", default="/", help="the page, with its query if it has one, as in '/replay?show=spring'"
    )
    parser.add_argument("--viewers", type=int, default=50, help="how many pages are open at once")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long they tick after all have loaded")
    options = parser.parse_args(arguments)
    if options.viewers < 1 or options.seconds <= 0:
        parser.error("--viewers must be at least 1 and --seconds more than 0")
    return options


def main() -> int:
    """Measure, print one JSON object, return the exit code."""
    result = asyncio.run(measure(options_of()))
    print(json.dumps(result))
    return 1 if result["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
