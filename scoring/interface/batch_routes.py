"""`/batch`: a file of applications in, and the same applications scored out; all of it in plain HTTP."""

from __future__ import annotations

import sys
from typing import Any

from anyio import move_on_after, to_thread
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from scoring.access.answers import plain_response
from scoring.access.pages import asked_language
from scoring.applicants.inputs import checked_language
from scoring.errors import InvalidInputError, PortfolioError
from scoring.interface.who import BATCH, person_of, still_let_in
from scoring.portfolio.batches import Batch, Batches, checked_form
from scoring.portfolio.reading import MOST_BYTES, refused
from scoring.serving.live import Serving
from scoring.words.language import DEFAULT_LANGUAGE
from scoring.words.wording import text

ACCEPTED, SIGNED_OUT, UNKNOWN, TOO_SLOW, CONFLICT, TOO_LARGE, NOT_ALLOWED, BUSY = 202, 401, 404, 408, 409, 413, 422, 429
# For a whole file: one that never ends keeps room that others need.
RECEIVING_SECONDS = 600
BUSY_SECONDS = 10
# `send` stops at `MOST_BYTES` by itself; all else that the app is sent is much shorter.
OWN_BOUNDS = Middleware(RequestBodyLimitMiddleware, max_body_size=sys.maxsize)
TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


def batch_routes(batches: Batches) -> list[Route]:
    """Sends, watches, fetches and cancels files; the guard lets pass who may read applicants."""

    async def send(request: Request) -> Response:
        sender, query = person_of(request), request.query_params
        try:
            language = checked_language(query.get("language", DEFAULT_LANGUAGE))
            form = checked_form(query.get("format", "csv"), language)
        except (InvalidInputError, PortfolioError) as error:
            return plain_response(NOT_ALLOWED, str(error))
        try:
            batch = batches.receive(sender, language, form)
        except PortfolioError as error:
            busy = plain_response(BUSY, str(error))
            busy.headers["Retry-After"] = str(BUSY_SECONDS)
            return busy
        received = False
        try:
            with move_on_after(RECEIVING_SECONDS) as bounded:
                received = await _received(request, batch)
        finally:
            if not received:
                batches.cancel(batch)
        if bounded.cancelled_caught:
            return plain_response(TOO_SLOW, str(refused("not_received", language, most=RECEIVING_SECONDS)))
        if not received:
            return plain_response(TOO_LARGE, str(refused("too_large", language, most=MOST_BYTES)))
        if not await still_let_in(request):
            batches.cancel(batch)
            return plain_response(SIGNED_OUT, text("sign_in.closed", language))
        batches.start(batch)
        return JSONResponse(_seen(batch), ACCEPTED)

    async def watch(request: Request) -> Response:
        batch = _own(batches, request)
        return JSONResponse(_seen(batch)) if batch else _unknown(request)

    async def fetch(request: Request) -> Response:
        batch = _own(batches, request)
        if batch is None:
            return _unknown(request)
        if batch.state != "done":
            state = text(f"portfolio.state.{batch.state}", batch.language)
            return plain_response(CONFLICT, batch.error or text("portfolio.not_there", batch.language, state=state))
        return FileResponse(batch.answer, media_type=TYPES[batch.form], filename=batch.answer.name)

    async def cancel(request: Request) -> Response:
        batch = _own(batches, request)
        if batch is None:
            return _unknown(request)
        await to_thread.run_sync(batches.cancel, batch)
        return JSONResponse(_seen(batch))

    return [
        Route(BATCH, send, methods=["POST"], middleware=[OWN_BOUNDS]),
        Route(f"{BATCH}/{{number}}", watch, methods=["GET"]),
        Route(f"{BATCH}/{{number}}", cancel, methods=["DELETE"]),
        Route(f"{BATCH}/{{number}}/file", fetch, methods=["GET"]),
    ]


def columns_on_file(serving: Serving) -> list[str]:
    """The columns of the file of applicants that is served now."""
    applicants = serving.state.service.applicants
    return applicants.groups.schema.names if applicants else []


async def _received(request: Request, batch: Batch) -> bool:
    """Whether all of the file came, and no more than may."""
    size = 0
    with batch.sent.open("wb") as file:
        try:
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    return False
                file.write(part)
        except ClientDisconnect:
            return False
    return True


def _own(batches: Batches, request: Request) -> Batch | None:
    return batches.find(person_of(request), request.path_params["number"])


def _unknown(request: Request) -> Response:
    return plain_response(UNKNOWN, text("portfolio.gone", asked_language(request.scope)))


def _seen(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch.number,
        "state": batch.state,
        "expected": batch.expected,
        "rows": batch.rows,
        "refused": batch.refused,
        "decisions": batch.decisions,
        "probabilities": batch.bins,
        "errors": [{"row": row, "error": error} for row, error in batch.errors],
        "error": batch.error or None,
        "model": vars(batch.model) if batch.model else None,
    }
