"""`warroom demo` and `warroom serve`: the app in one process, with a simulated show or with what is in a journal.

    demo:  scenario -> shoppers -> the clock's feed
    serve: config -> accounts, secrets -> adapters -> inbox (webhooks in), runner (calls out)
           config, secrets -> people: who may come in, and as what; purchasing: where notices go

Streamlit is loaded only when something is really served, for it takes a second that nobody else need wait.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import click

from dashboard import cli_kit as kit, cli_people, room as rooms, settings
from dashboard.channels.accounts import read_accounts, secrets_of
from dashboard.channels.adapter import Adapter
from dashboard.channels.adapters import make
from dashboard.channels.inbox import Inbox
from dashboard.channels.purchasing import Desk, read_purchasing
from dashboard.channels.sandbox.chatter import Chatter
from dashboard.channels.sandbox.play import STEP_SECONDS, Show
from dashboard.channels.wording import Reworder, read_wording, serve_here as reword_here
from dashboard.decision.parameters import ALL, RULES
from dashboard.journal.store import Journal
from dashboard.people import OPEN, People
from dashboard.projections import instant


@click.command()
@click.option("--scenario", "name", default="breezestyle", help="Which show; see data/scenarios.")
@click.option("--speed", type=click.FloatRange(min=0.1, max=600), default=None, help="Times faster than real time.")
@click.option("--start", default="T+00:00", help="Where to begin, such as T+12:00; what came before is played at once.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port to listen on.")
@click.option("--seed", type=int, default=None, help="Which shoppers come; the scenario's own by default.")
@kit.db_option
def demo(name: str, speed: float | None, start: str, port: int | None, seed: int | None, db: str | None) -> None:
    """Watch a believable show run by itself: app, shoppers and ledger in one process, no network."""
    scenario = kit.scenario(name)
    begin = instant.read(start, scenario.start(), scenario.time_zone)
    factor = speed if speed is not None else settings.number("demo_speed")
    if not 0.1 <= factor <= 600:
        raise click.UsageError(f"The speed is {factor}; it takes a number from 0.1 to 600.")
    path = db or kit.temporary()
    clock = _ShowClock(begin, factor)
    show_room = kit.stage(path, scenario, clock)
    show = Show(scenario, scenario.seed if seed is None else seed, show_room, "auto")
    show.chatter = Chatter(scenario, show.seed)
    show.open()
    feed = _Shoppers(show)
    feed(begin)
    clock.begin()
    what = f"{scenario.title}, {factor:g} times real time, journal {path}"
    _serve(show_room, feed, port, what, None, show.market.inbox if show.market else None)


class _Shoppers:
    """A simulated show as the clock's feed: played in small steps up to now, closed once at its end.

    A show of days that is more than one of its own steps behind catches up in those.
    """

    def __init__(self, show: Show) -> None:
        self.show = show
        self.closed = False

    def __call__(self, now: int) -> None:
        small, large = (round(seconds * 1_000_000) for seconds in (STEP_SECONDS, self.show.scenario.step_seconds))
        until = min(now, self.show.end)
        while self.show.at + small <= until:
            self.show.step(self.show.at + (large if self.show.at + large <= until else small))
        if now >= self.show.end and not self.closed:
            self.show.step(self.show.end)
            self.show.finish()
            self.closed = True


class _ShowClock:
    """Show time: begins where it is told to and runs a factor faster than the wall clock."""

    def __init__(self, start: int, factor: float) -> None:
        self.start = start
        self.factor = factor
        self.begun: float | None = None

    def begin(self) -> None:
        """Let time run from now on."""
        self.begun = time.monotonic()

    def __call__(self) -> int:
        if self.begun is None:
            return self.start
        return self.start + int((time.monotonic() - self.begun) * self.factor * 1_000_000)


@click.command()
@click.option(
    "--config",
    type=click.Path(dir_okay=False),
    default=None,
    help="TOML file: journal, host, port, secrets, "
    "[rules], [roles], [login], [purchasing], [host_links], [wording], [channels.NAME].",
)
@click.option("--db", type=click.Path(dir_okay=False), default=None, help="Journal file, when there is no config.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port to listen on.")
def serve(config: str | None, db: str | None, port: int | None) -> None:
    """Serve a journal: live where a show is open, replay for all; with [channels] also webhooks and stock pushes."""
    wanted = settings.read_config(config, {rule.name for rule in RULES} | {ALL}) if config else {}
    path = db or wanted.get("journal")
    if not path:
        raise click.UsageError('Name the journal: --db FILE, or journal = "FILE" in the config.')
    secrets = wanted.get("secrets") or str(settings.load(os.environ)["secrets_file"]) or None
    links = cli_people.read_links(wanted, config or "", secrets, os.environ, path)
    people = replace(cli_people.read_people(wanted, config or "", secrets, os.environ), links=links)
    adapters = _adapters(wanted, config or "", secrets, os.environ)
    wording = read_wording(wanted, config or "", os.environ)
    reword_here(Reworder(wording) if wording else None)
    show_room = rooms.Room(Journal(path), clock=kit.now, levels=wanted.get("rules", {}))
    inbox = Inbox(show_room, adapters) if adapters else None
    purchasing = read_purchasing(wanted, config or "", os.environ, secrets)
    desk = Desk(show_room, purchasing, Random()) if purchasing else None
    what = f"journal {path}" + (f", {len(adapters)} storefronts" if adapters else "")
    _serve(show_room, None, port or wanted.get("port"), what, wanted.get("host"), inbox, people, desk)


def _adapters(
    wanted: Mapping[str, Any], config: str, file: str | None, environment: Mapping[str, str]
) -> dict[str, Adapter]:
    """An adapter for each account of the config, with its secrets; raises SettingProblem."""
    accounts = read_accounts(wanted.get("channels", {}), config)
    return {channel: make(account, secrets_of(channel, environment, file)) for channel, account in accounts.items()}


def _serve(
    room: rooms.Room,
    feed: Callable[[int], None] | None,
    port: int | None,
    what: str,
    host: str | None,
    inbox: Inbox | None = None,
    people: People | None = None,
    desk: Desk | None = None,
) -> None:
    """Serve a room until Ctrl+C; storefronts that have an address are called as well, and so is purchasing."""
    import uvicorn

    from dashboard import server
    from dashboard.channels.runner import Runner

    address = host or str(settings.load()["host"])
    number = port or int(settings.number("port"))
    _demand_port(address, number)
    runner = None
    if desk or (inbox and any(adapter.account.base_url for adapter in inbox.adapters.values())):
        runner = Runner(room, inbox, inbox.adapters if inbox else {}, desk=desk)
        if inbox:
            inbox.listener = runner
    shown = "localhost" if address in ("127.0.0.1", "0.0.0.0") else address
    click.echo(f"Live war room: http://{shown}:{number}   ({what}; Ctrl+C ends it)")
    admitted = cli_people.listening(people or People(), address)
    if admitted.entry == OPEN:
        click.echo(cli_people.ONLOOKERS)
    app = server.build(room, feed, inbox, runner, admitted)
    uvicorn.run(app, host=address, port=number, log_level="warning", ws_per_message_deflate=False)


def _demand_port(address: str, number: int) -> None:
    """Refuse an address nobody can listen on, before uvicorn fails in words of its own."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        kit.fail(f"Nobody can listen on {address} port {number}: {why}; choose another with --port or WARROOM_PORT.")
