"""Puts our layers around gradio's app: outermost, before the first request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

import gradio as gr
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scoring.access.access import Access
from scoring.access.guard import Guard
from scoring.access.hardened import Hardened
from scoring.database.engine import reading
from scoring.errors import DatabaseError
from scoring.interface.opening import Opening
from scoring.interface.paths import begins_work, endpoint_of
from scoring.interface.readers import Leaving
from scoring.interface.refused import Refusing
from scoring.interface.theme import SCRIPTS
from scoring.interface.who import action_of
from scoring.interface.workplace import Workplace
from scoring.operations.limits import Limited, Pace, Queue
from scoring.operations.metrics import Metrics
from scoring.operations.requests import Observed, Work
from scoring.serving.settings import OperationSettings

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A page that opens or is typed into sends several events at once: ten seconds' worth of calls.
BURSTS_PER_MINUTE = 6


@dataclass(frozen=True)
class Operations:
    """What the layers share.

    Args:
        workplace: what is served, and the journal.
        names: of the app's endpoints.
        queue: what waits before a request to a path; before one to none, everything.
        settings: the limits.
        metrics: where answers are counted.
        work: what is being answered now.
    """

    workplace: Workplace
    names: frozenset[str]
    queue: Callable[[str], Queue]
    settings: OperationSettings
    metrics: Metrics
    work: Work

    @property
    def ready(self) -> bool:
        """Whether a model is served, the journal can be read, and the app is not stopping."""
        if self.work.stopping or self.workplace.serving.state.served is None:
            return False
        try:
            with reading(self.workplace.desk.journal.engine) as connection:
                connection.execute(select(1))
        except DatabaseError:
            return False
        return True

    @property
    def routes(self) -> list[Route]:
        """`/metrics`; the guard lets only those pass who may operate the app."""

        def metrics(request: Request) -> Response:
            return Response(self.metrics.text(), media_type=METRICS_TYPE)

        return [Route("/metrics", metrics)]


def operations(
    workplace: Workplace, names: Iterable[str], queue: Callable[[str], Queue], settings: OperationSettings
) -> Operations:
    """What the layers of one app share."""
    state, engine = lambda: workplace.serving.state, workplace.desk.journal.engine
    metrics = Metrics(state, engine, lambda: queue("").length)
    return Operations(workplace, frozenset(names), queue, settings, metrics, Work())


def guarded(
    access: Access | None,
    run: Operations,
    framed_by: Iterable[str] = (),
    beside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Callable[[gr.routes.App], AbstractAsyncContextManager[None]]:
    """The app's lifespan: when it starts, guard, limits, headers and figures go around all of its layers.

    `beside` runs as long as the app does.

    As the app's own middlewares they would be within those that gradio adds, and these answer some requests.
    """
    per_minute = run.settings.calls_per_minute
    pace = Pace(per_minute, max(1, per_minute // BURSTS_PER_MINUTE))

    @asynccontextmanager
    async def lifespan(app: gr.routes.App) -> AsyncIterator[None]:
        assert app.middleware_stack is not None
        answering = Refusing(Leaving(app.middleware_stack, app.get_blocks()))
        limited = Limited(answering, begins_work, pace, run.queue, run.settings.queue_length, run.work)
        guard = Guard(limited, access, action_of, lambda: run.ready, starting=True)
        hardened = Hardened(Opening(guard), [SCRIPTS], framed_by)
        app.middleware_stack = Observed(hardened, run.metrics, run.work, partial(endpoint_of, run.names))
        async with beside():
            yield

    return lifespan
