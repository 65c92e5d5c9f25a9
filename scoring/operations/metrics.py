"""Figures on how the app runs, in Prometheus' text format. Nothing in them is about an applicant or a person."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select

from scoring.database.engine import reading
from scoring.errors import DatabaseError
from scoring.journal.tables import JOURNAL
from scoring.serving.live import State

# Seconds: a look at the list up to a page with all of its figures on two loaded cores.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ROOM = "scoring."


class Metrics:
    """The figures of one app.

    Args:
        state: what is served now.
        engine: the journal's database.
        waiting: how many events wait for their turn.
    """

    def __init__(self, state: Callable[[], State], engine: Engine, waiting: Callable[[], int]) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter("credit_requests", "Requests answered", ["endpoint", "outcome"], registry=registry)
        self._seconds = Histogram(
            "credit_request_seconds",
            "From a request's first byte to its answer's last",
            ["endpoint"],
            buckets=BUCKETS,
            registry=registry,
        )
        self.running = Gauge("credit_requests_running", "Requests being answered, open pages aside", registry=registry)
        Gauge("credit_queue_length", "Events that wait for their turn", registry=registry).set_function(waiting)
        self._problems = Counter(
            "credit_problems", "Warnings and errors in the log, by room", ["room"], registry=registry
        )
        registry.register(_Served(state))
        registry.register(_JournalFigures(engine))
        logging.getLogger("scoring").addHandler(_Counting(self._problems))

    def answered(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Counts one answer."""
        self._requests.labels(endpoint, outcome).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def text(self) -> bytes:
        """All figures as they are now."""
        return generate_latest(self._registry)


class _Served(Collector):
    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        state = self._state()
        yield GaugeMetricFamily("credit_model_served", "Whether a model is served", float(state.served is not None))
        current = state.served is not None and state.trouble is None
        yield GaugeMetricFamily("credit_model_current", "Whether it is the newest version", float(current))
        info = GaugeMetricFamily("credit_model_info", "The model served now", labels=["source", "revision"])
        if state.served:
            info.add_metric([state.served.artifact.identity.source, state.revision], 1.0)
        yield info


class _JournalFigures(Collector):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        try:
            with reading(self._engine) as connection:
                last = connection.execute(select(func.max(JOURNAL.c.number))).scalar() or 0
        except DatabaseError:
            yield GaugeMetricFamily("credit_journal_up", "Whether the journal can be read", 0.0)
            return
        yield GaugeMetricFamily("credit_journal_up", "Whether the journal can be read", 1.0)
        yield GaugeMetricFamily("credit_journal_entries", "The number of its last entry", float(last))


class _Counting(logging.Handler):
    """Counts the problems in the log, by room: `scoring.journal.head` is in `journal`."""

    def __init__(self, problems: Counter) -> None:
        super().__init__(logging.WARNING)
        self._problems = problems

    def emit(self, record: logging.LogRecord) -> None:
        self._problems.labels(record.name.removeprefix(ROOM).partition(".")[0]).inc()
