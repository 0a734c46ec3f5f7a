"""What is counted and timed, in a registry of its own, as Prometheus reads it.

Counters rise in the process that recorded the fact, so that sums over replicas are right; gauges say
what the database said, the same in every replica. Labels are closed sets or agents, never tasks.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from agent.telemetry.counting import Counting
from agent.telemetry.instruments import Instruments, Stage
from domain.event import Fact


class Metrics:
    """All of the service's metrics. One object per process, made at its start and handed around."""

    def __init__(self, *, version: str, monotonic: Callable[[], float] = time.perf_counter) -> None:
        # A creation time beside every counter would double the output, and nothing here reads it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._monotonic = monotonic
        self._registry = CollectorRegistry()
        self._on = Instruments(self._registry, version=version)
        self._counting = Counting(self._on)

    def count(self, facts: Iterable[Fact]) -> None:
        """Count facts that this process has just recorded: after the commit, and once."""
        self._counting.count(facts)

    def asked(self, model: str, outcome: str, *, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """One question to a model ended."""
        self._on.model_calls.labels(model, outcome).inc()
        self._on.model_tokens.labels(model, "in").inc(tokens_in)
        self._on.model_tokens.labels(model, "out").inc(tokens_out)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """All metrics and their content type; OpenMetrics where `accept` asks for it."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def observe(self, stage: Stage, seconds: float) -> None:
        self._on.latency[stage].observe(seconds)

    @contextmanager
    def timing(self, stage: Stage) -> Iterator[None]:
        """Observe how long the block took, however it ended."""
        began = self._monotonic()
        try:
            yield
        finally:
            self.observe(stage, self._monotonic() - began)

    def committed(self, changes: int, seconds: float) -> None:
        """A group commit of so many changes took so long."""
        self._on.batch.observe(changes)
        self.observe("commit", seconds)

    def standing(self, *, active: int, queued: int) -> None:
        """What the database says: tasks that have not ended, tickets that wait."""
        self._on.tasks_active.set(active)
        self._on.sessions_active.set(active)
        self._on.queue.set(queued)

    def told(self, channel: str, outcome: str) -> None:
        """One attempt to tell a notice ended."""
        self._on.deliveries.labels(channel, outcome).inc()

    def undelivered(self, *, waiting: int, dead: int, oldest_s: float) -> None:
        """What the database says of notices."""
        self._on.undelivered.labels("waiting").set(waiting)
        self._on.undelivered.labels("dead").set(dead)
        self._on.oldest.set(oldest_s)

    def unchained(self, *, events: int, oldest_s: float) -> None:
        """What the database says of the chain over the log."""
        self._on.unchained.set(events)
        self._on.oldest_unchained.set(oldest_s)

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """An event stream is open for the block."""
        self._on.sse.inc()
        try:
            yield
        finally:
            self._on.sse.dec()
