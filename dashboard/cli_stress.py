"""`warroom stress`: nothing is oversold, proven on this machine before the show.

    over HTTP (the default): journal -> child `warroom serve` <-> pretended platforms here -> journal verified, read
    --in-process:            a room and the platforms on virtual wires, as fast as it goes

Both compare what the platforms sold with the units there were. `--listing both` plays the same crowd and weather with
proof and with shared listings and puts the two side by side. Over HTTP the delay of an order is what the journal
says: the time it was recorded less the time the platform sold it, by a clock both share. Exit 1 when a unit was
oversold (or, where listings are shared, sold twice and not alarmed), a limit broken, an order lost, or the journal does
not hold.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dashboard import cli_kit as kit, room as rooms
from dashboard.channels.sandbox.faults import PROFILES
from dashboard.channels.sandbox.stress import Rush, Tally, Trial, open_show, report
from dashboard.decision import events as e, ledger as book
from dashboard.journal import verify as auditor
from dashboard.journal.store import Journal

RATE = 200.0
SECONDS_MIN_IN_PROCESS = 60.0
OUTAGE_SHARE_MAX = 0.2
"""Of a show, how long a platform may be gone at most: a short test is not one long outage."""
EXPOSURE_EVENTS = (e.Exposed, e.Recalled, e.Withheld, e.CoverReleased)

LISTINGS = ("proof", "shared", "both")
SIDE_BY_SIDE = (
    ("units sold", "sold"),
    ("value, minor units", "value_minor"),
    ("oversold", "oversold"),
    ("left over", "leftover"),
    ("shoppers refused", "refused"),
    ("stranded units", "stranded"),
    ("withheld on average", "withheld"),
)

Row = dict[str, Any]
Progress = Callable[[float], None]


@click.command()
@click.option("--orders", type=click.IntRange(1, 1_000_000), default=2000, help="How many people come to buy.")
@click.option("--rate", type=click.FloatRange(min=0.1, max=5000), default=None, help="Orders a second; 200 by default.")
@click.option("--faults", default="none", help=f"What goes wrong: {', '.join(PROFILES)}.")
@click.option("--seed", type=int, default=1, help="Which people come, and which faults.")
@click.option(
    "--listing", type=click.Choice(LISTINGS), default="proof", help="How SKUs are listed; both: side by side."
)
@click.option("--in-process", is_flag=True, help="On virtual wires instead of real HTTP: faster, and always the same.")
@click.option("--samples", is_flag=True, help="With --json: also what was listed over time.")
@click.option("--progress-json", is_flag=True, help="Tell the progress as JSON lines on the standard error.")
@kit.as_json
def stress(
    orders: int, rate: float | None, faults: str, seed: int, listing: str, in_process: bool, json_wanted: bool,
    **shown: bool,
) -> None:  # fmt: skip
    """Sell a show on pretended platforms of every kind while things go wrong; exit 1 if anything is oversold."""
    if faults not in PROFILES:
        raise click.UsageError(f"There are no faults {faults[:40]!r}; it takes one of {', '.join(PROFILES)}.")
    least = SECONDS_MIN_IN_PROCESS if in_process and rate is None else 0.0
    seconds = max(least, orders / (rate or RATE))
    profile = PROFILES[faults]
    profile = replace(profile, outage_seconds=min(profile.outage_seconds, OUTAGE_SHARE_MAX * seconds))
    trial = Trial(orders, seconds, profile, seed)
    modes = LISTINGS[:2] if listing == "both" else (listing,)
    play = _in_process if in_process else _over_http
    with _progress(shown["progress_json"]) as progress:
        found = [
            _played(play, replace(trial, listing=mode), _stretch(progress, number, len(modes)))
            for number, mode in enumerate(modes)
        ]
    _tell(found, json_wanted, shown["samples"])
    if not all(one["ok"] for one in found):
        raise SystemExit(1)


def _played(play: Callable[[Trial, Path, Progress], Row], trial: Trial, progress: Progress) -> Row:
    """What a trial came to, with the auditor's word on its journal."""
    with tempfile.TemporaryDirectory(prefix="warroom-stress-") as folder:
        journal = Path(folder) / "stress.duckdb"
        found = play(trial, journal, progress)
        audit = auditor.verify(journal)
    found["verify"] = "ok" if audit["ok"] else audit["breaches"][0]["sentence"]
    found["ok"] = found["ok"] and audit["ok"]
    return found


def _stretch(progress: Progress, number: int, of: int) -> Progress:
    """The progress of one of several trials, as a part of the whole."""
    return lambda share: progress((number + share) / of)


@contextmanager
def _progress(as_lines: bool) -> Iterator[Progress]:
    if as_lines:
        yield lambda share: click.echo(json.dumps({"done": round(share, 3), "share": round(share, 3)}), err=True)
        return
    with kit.progress() as progress:
        yield lambda share: progress("selling", round(100 * share), 100)


def _in_process(trial: Trial, path: Path, progress: Progress) -> Row:
    room = rooms.Room(Journal(path), kit.now)
    try:
        return {"mode": "in process", **Rush(trial, room, kit.now()).play(progress)}
    finally:
        room.stop()


def _over_http(trial: Trial, path: Path, progress: Progress) -> Row:
    from dashboard.channels.sandbox.http_stress import rehearse

    room = rooms.Room(Journal(path), kit.now)
    open_show(room, trial, kit.now())
    ledger = room.world[trial.show].ledger
    units = {sku: room.world[trial.show].unsold(sku) for sku in trial.skus}
    listed = {
        stall.shop.channel: {sku: ledger.claim(sku, book.exposure_of(stall.shop.channel)) for sku in trial.skus}
        for stall in trial.stalls
    }
    room.stop()
    played = rehearse(trial, path, listed, units, kit.now, progress)
    sold_at = {
        (channel, order.order): order.created_at - platform.skew
        for channel, platform in played.platforms.items()
        for order in platform.orders.values()
    }
    ours = _read(path, trial.show, sold_at, played.tally)
    ours |= {"leftover": played.unsold, "accounted": played.accounted, "problem": played.problem}
    return {"mode": "over HTTP", **report(trial, played.platforms, units, played.tally, ours)}


def _read(path: Path, show: str, sold_at: dict[tuple[str, str], int], tally: Tally) -> Row:
    """What the journal says: how long each order took (into the tally), exposure events, orders no unit covered."""
    journal = Journal(path, read_only=True)
    exposure = uncovered = 0
    try:
        for stored in journal.events(show):
            event = e.decode(stored.type, stored.data)
            if isinstance(event, e.OrderPlaced):
                tally.lags.append(stored.recorded_time - sold_at[event.channel, event.order])
            exposure += isinstance(event, EXPOSURE_EVENTS)
            uncovered += isinstance(event, e.AlertRaised) and event.rule == "uncovered"
    finally:
        journal.close()
    return {"exposure_events": exposure, "uncovered": uncovered}


def _tell(found: list[Row], json_wanted: bool, samples: bool) -> None:
    """Print what came of it: of two modes the first one's figures, with the other beside them."""
    if json_wanted:
        first, *others = ({key: value for key, value in one.items() if samples or key != "samples"} for one in found)
        kit.say(first | {other["listing"]: other for other in others})
        return
    for one in found:
        _tell_one(one)
    if len(found) > 1:
        _tell_beside(*found)


def _tell_beside(one: Row, other: Row) -> None:
    """Both modes side by side, a figure a line."""
    click.echo(f"{'':<22}{one['listing']:>14}{other['listing']:>14}")
    for words, key in SIDE_BY_SIDE:
        click.echo(f"{words:<22}{one[key]:>14,}{other[key]:>14,}")


def _tell_one(found: Row) -> None:
    lag, calls = found["lag_ms"], found["calls"]
    how = "over HTTP" if found["mode"] == "over HTTP" else "on virtual wires"
    listing = "" if found["listing"] == "proof" else f", {found['listing']} listings"
    click.echo(f"{found['orders']:,} orders {how}, faults {found['faults']}, seed {found['seed']}{listing}")
    click.echo(f"  sold {found['sold']:,} of {found['units']:,} units, cancelled {found['cancelled']:,}")
    click.echo(f"  oversold {found['oversold']:,}, refused {found['refused']:,} shoppers, left {found['leftover']:,}")
    if found["uncovered"]:
        click.echo(f"  kept {found['uncovered']:,} orders until the ledger had units for them; each raised an alarm")
    if found["stranded"]:
        click.echo(f"  stranded {found['stranded']:,} units: people asked for them where they were not listed")
    click.echo(f"  withheld {found['withheld']:,} units on average: unsold, and listed nowhere")
    click.echo(f"  platform to ledger: p50 {lag['p50']:,} ms, p95 {lag['p95']:,} ms, p99 {lag['p99']:,} ms")
    for channel, one in calls.items():
        click.echo(
            f"  {channel:<16} most calls in a minute: stock {one['most_in_a_minute']} of {one['limit']}, "
            f"orders {one['fetches_most']} of {one['fetches_limit']}"
        )
    click.echo(_verdict(found))


def _verdict(found: Row) -> str:
    """One sentence."""
    if found["oversold"] and not (found["listing"] == "shared" and found["uncovered"]):
        return f"FAILED: {found['oversold']:,} units were sold that are not there."
    if not found["within_limits"]:
        return "FAILED: a platform was called more often than it allows."
    if not found["accounted"]:
        return f"FAILED: the ledger does not know every order of the platforms. {found.get('problem', '')}".rstrip()
    if found["verify"] != "ok":
        return f"FAILED: the journal does not hold: {found['verify']}"
    if found["oversold"]:
        share = found["oversold"] / found["sold"]
        return f"ok: shared listings sold {found['oversold']:,} units twice ({share:.2%}), each order raised an alarm."
    return "ok: nothing oversold, no limit broken, every order accounted for."
