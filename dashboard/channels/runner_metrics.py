"""What the runner does, as Prometheus metrics: calls, delays, breakers, exposure events, held orders.

    Runner, Inbox -> collect -> GET /metrics

Read when asked for, from counters the runner keeps anyway; nothing is computed per call.
"""

from contextlib import suppress

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard.channels.inbox import Inbox
from dashboard.channels.runner import Runner

SHARES = (0.5, 0.95)


class RunnerMetrics(Collector):
    """The outbound side and what waits on the inbound one; without a runner only the latter."""

    def __init__(self, runner: Runner | None, inbox: Inbox) -> None:
        self.runner, self.inbox = runner, inbox

    def collect(self) -> list[Metric]:
        """Every metric, by channel where there is one."""
        held = GaugeMetricFamily(
            "warroom_held_letters", "Deliveries the ledger cannot take yet.", value=len(self.inbox.dead.held)
        )
        return [held] if self.runner is None else [held, *_of_runner(self.runner)]


def _of_runner(runner: Runner) -> list[Metric]:
    calls = CounterMetricFamily(
        "warroom_channel_calls", "Calls to platforms by outcome.", labels=["channel", "outcome"]
    )
    for (channel, outcome), count in sorted(runner.calls.items()):
        calls.add_metric([channel, outcome], count)
    delays = GaugeMetricFamily(
        "warroom_channel_sync_seconds", "From the platform taking an order to the ledger.", labels=["channel", "share"]
    )
    breakers = GaugeMetricFamily("warroom_channel_breaker", "1: not called for now.", labels=["channel"])
    events = runner.events_before
    for exchange in tuple(runner.exchanges.values()):
        events += exchange.handover.events
        for channel, connection in exchange.connections.items():
            breakers.add_metric([channel], int(connection.breaker.is_open()))
            for share in SHARES:
                delay = None
                with suppress(RuntimeError):  # the runner adds to what is being looked at: the next reading has it
                    delay = connection.delay(share)
                if delay is not None:
                    delays.add_metric([channel, f"p{round(share * 100)}"], delay / 1_000_000)
    moved = CounterMetricFamily("warroom_exposure_events", "Claims moved to or from channels.", value=events)
    return [calls, delays, breakers, moved]
