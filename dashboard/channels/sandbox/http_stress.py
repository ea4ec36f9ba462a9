"""The stress test over real HTTP: a war room in a process of its own, pretended platforms in this one.

    Trial -> config, secrets -> Served (child: warroom serve) <- webhooks, calls -> HttpSandbox <- Crowd

The room under test is the one people run: its server, writer, journal, exchange and HTTP client, started from a config
as an operator writes it. Shoppers come in real time on this side, and see what the platforms list. Who makes the
journal before and reads it afterwards is the caller; nothing here looks into it.
"""

import heapq
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

import httpx

from dashboard.channels.sandbox.faults import SECOND, Weather
from dashboard.channels.sandbox.http import HttpSandbox
from dashboard.channels.sandbox.market import platform_of
from dashboard.channels.sandbox.platform import Platform, SandboxOrder
from dashboard.channels.sandbox.stress import SAMPLES, StressProblem, Tally, Trial, Visit, crowd, hands, stranded_units

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS_MAX = 60.0
KNOW_SECONDS_MAX = 60.0
"""How long the room may take to know every order; a lost webhook is found by the platform's next list on top."""
KEPT_SECONDS_MAX = 10.0
STEP_SECONDS = 0.005

Progress = Callable[[float], None]


def platforms_of(trial: Trial, listed: Mapping[str, Mapping[str, int]]) -> dict[str, Platform]:
    """A pretended platform for every storefront of a trial; `listed` units by channel and SKU are up for sale."""
    platforms = {}
    for stall in trial.stalls:
        channel = stall.shop.channel
        weather = Weather(trial.profile, Random(f"{trial.seed}/{channel}"))
        platform = platforms[channel] = platform_of(stall.shop, trial.skus, "USD", weather)
        platform.stock.update(listed[channel])
        if platform.account.capability.push == "raise_only":
            platform.offered.update(listed[channel])
    return platforms


def config_of(journal: Path, secrets: Path, port: int, platforms: Mapping[str, Platform], sandbox_url: str) -> str:
    """The config of the room under test, as TOML."""
    lines = [f"journal = {_text(journal)}", f"secrets = {_text(secrets)}", 'host = "127.0.0.1"', f"port = {port}"]
    for channel, platform in platforms.items():
        account, capability = platform.account, platform.account.capability
        lines += [
            "",
            f"[channels.{_text(channel)}]",
            f"platform = {_text(account.platform)}",
            f"base_url = {_text(f'{sandbox_url}/{channel}')}",
            f"callback_url = {_text(account.callback_url)}",
            f"currency = {_text(account.currency)}",
            f"push = {_text(capability.push)}",
            f"calls_per_minute = {capability.calls_per_minute}",
            f"fetches_per_minute = {capability.fetches_per_minute}",
            f"restocks_on_cancel = {'true' if capability.restocks_on_cancel else 'false'}",
            f"names = {_table(account.names)}",
            *(f"listings.{_text(sku)} = {_table(ids)}" for sku, ids in account.listings.items()),
        ]
    return "\n".join(lines) + "\n"


def secrets_of(platforms: Mapping[str, Platform]) -> str:
    """The secrets file of the room under test, as TOML."""
    return "\n".join(
        f"[{_text(channel)}]\nsecret = {_text(one.secrets.signing[0])}\ntoken = {_text(one.secrets.token)}\n"
        for channel, one in platforms.items()
    )


def _text(value: object) -> str:
    return json.dumps(str(value))


def _table(words: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_text(name)} = {_text(value)}" for name, value in words.items()) + " }"


class Served:
    """A war room as a child of this process: up when entered, ended when left."""

    def __init__(self, folder: Path, journal: Path, sandbox: HttpSandbox) -> None:
        self.folder = folder
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        secrets, config = folder / "secrets.toml", folder / "room.toml"
        secrets.touch(mode=0o600)
        secrets.write_text(secrets_of(sandbox.platforms), encoding="utf-8")
        config.write_text(config_of(journal, secrets, port, sandbox.platforms, sandbox.url), encoding="utf-8")
        self._command = [sys.executable, "-m", "dashboard.cli", "serve", "--config", str(config)]
        self._client = httpx.Client(base_url=self.url, timeout=10.0, trust_env=False)

    def __enter__(self) -> "Served":
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with (self.folder / "room.log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + START_SECONDS_MAX
        try:
            while not self._is_up():
                if self._process.poll() is not None or time.monotonic() > until:
                    raise StressProblem(f"The room under test did not start: {self._last_words()}")
                time.sleep(0.1)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def knows(self, show: str) -> tuple[int, int, int]:
        """What the room knows of a show: orders and units sold, and how many deliveries it keeps for later."""
        frame: dict[str, Any] = self._client.get("/api/frame", params={"show": show}).json()
        held = self._client.get("/api/dead-letters", params={"state": "held"}).json()["letters"]
        return frame["totals"]["orders"], frame["totals"]["units_sold"], len(held)

    def problem(self) -> str:
        """What the room says is wrong with its calls, empty if nothing is."""
        return str(self._client.get("/healthz").json()["channels_problem"])

    def _is_up(self) -> bool:
        try:
            return self._client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def _last_words(self) -> str:
        words = (self.folder / "room.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return words[-1] if words else "it said nothing."


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Rehearsal:
    """A trial played over HTTP: what the platforms know of it, and whether the room came to know all of it."""

    platforms: Mapping[str, Platform]
    tally: Tally
    accounted: bool
    unsold: int
    problem: str
    """What the room said was wrong with its calls at the end."""


def rehearse(trial: Trial, journal: Path, listed: Mapping[str, Mapping[str, int]], units: Mapping[str, int],
             clock: Callable[[], int], progress: Progress) -> Rehearsal:  # fmt: skip
    """Serve a journal with a trial's open show, play the trial against it in real time; raises StressProblem.

    `listed` is what the ledger has handed out, by channel and SKU; `units` what there is, by SKU.
    """
    platforms = platforms_of(trial, listed)
    with HttpSandbox(platforms, trial.profile, trial.seed, clock) as sandbox:
        with Served(journal.parent, journal, sandbox) as room:
            sandbox.room_url = room.url
            people = Crowd(trial, sandbox, units)
            people.play(progress)
            unsold = sum(units.values()) - sum(sandbox.sold(sku) for sku in units)
            accounted = _wait_until_known(room, sandbox, trial)
            problem = room.problem()
        return Rehearsal(platforms, people.tally, accounted, unsold, problem)


def _wait_until_known(room: Served, sandbox: HttpSandbox, trial: Trial) -> bool:
    """Wait until every order is in the ledger, or kept because no unit covers it; tells whether it came to that.

    What is kept may still get its units, so that it is waited for a little longer.
    """
    rarest = min(platform.account.capability.lists_per_minute for platform in sandbox.platforms.values())
    seconds = KNOW_SECONDS_MAX + (60 / rarest if trial.profile.webhooks_lost else 0.0)
    until = time.monotonic() + seconds
    kept_since: float | None = None
    while time.monotonic() < until:
        orders, units, held = room.knows(trial.show)
        if units == sum(sandbox.sold(sku) for sku in trial.skus) and not held:
            return True
        if held and orders + held >= sum(len(platform.orders) for platform in sandbox.platforms.values()):
            kept_since = kept_since or time.monotonic()
            if time.monotonic() - kept_since >= KEPT_SECONDS_MAX:
                return True
        else:
            kept_since = None
        time.sleep(0.5)
    return False


class Crowd:
    """Everybody who comes to a trial's platforms, in real time."""

    def __init__(self, trial: Trial, sandbox: HttpSandbox, units: Mapping[str, int]) -> None:
        self.trial, self.sandbox, self.units = trial, sandbox, units
        self.tally = Tally()
        self._count = count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        for visit in crowd(trial):
            self._at(visit.at, lambda visit=visit: self._visit(visit))  # type: ignore[misc]
        for at, *listing in hands(trial):
            self._at(at, lambda listing=listing: sandbox.list_by_hand(*listing))  # type: ignore[misc]
        for number in range(SAMPLES):
            at = trial.seconds * (number + 1) / SAMPLES
            self._at(at, lambda at=at: self._sample(at))  # type: ignore[misc]

    def play(self, progress: Progress) -> None:
        """Let everybody come; returns when the show is over."""
        seconds = self.trial.seconds
        self.sandbox.begin(self.sandbox.clock() + int(seconds * SECOND))
        begun, told = time.monotonic(), -1.0
        while self._agenda and self._agenda[0][0] <= seconds:
            passed = time.monotonic() - begun
            while self._agenda and self._agenda[0][0] <= passed:
                heapq.heappop(self._agenda)[2]()
            if passed - told >= 0.25:
                told = passed
                progress(min(1.0, passed / seconds))
            time.sleep(STEP_SECONDS)

    def _at(self, at: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._count), act))

    def _visit(self, visit: Visit) -> None:
        order = self.sandbox.buy(visit.channel, visit.lines)
        if order is None:
            self.tally.turned_away += 1
            self.tally.stranded += stranded_units(self.trial, self.sandbox.platforms, visit)
        elif visit.cancels_after is not None:
            self._at(visit.at + visit.cancels_after, lambda: self._cancel(visit.channel, order))

    def _cancel(self, channel: str, order: SandboxOrder) -> None:
        units = sum(line.quantity for line in order.lines)
        self.tally.cancelled += units if self.sandbox.cancel(channel, order) else 0

    def _sample(self, at: float) -> None:
        unsold = sum(units - self.sandbox.sold(sku) for sku, units in self.units.items())
        listed = sum(self.sandbox.listed(sku) for sku in self.units)
        self.tally.samples.append((round(at, 3), unsold, listed, max(0, unsold - listed)))
