"""`/batch`: a file of applications in, and the same applications scored out; all of it in plain HTTP."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from scoring.access.answers import plain_response
from scoring.applicants.inputs import checked_language
from scoring.errors import InvalidInputError, PortfolioError
from scoring.interface.who import BATCH, person_of
from scoring.portfolio.batches import Batch, Batches, checked_form
from scoring.portfolio.reading import MOST_BYTES
from scoring.serving.live import Serving

ACCEPTED, UNKNOWN, CONFLICT, TOO_LARGE, NOT_ALLOWED, BUSY = 202, 404, 409, 413, 422, 429
BUSY_SECONDS = 10
TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
GONE = "There is no such file of yours: it was scored more than an hour ago, or never."


def batch_routes(batches: Batches) -> list[Route]:
    """Sends, watches, fetches and cancels files; the guard lets pass who may read applicants."""

    async def send(request: Request) -> Response:
        owner, query = person_of(request).name, request.query_params
        try:
            language, form = checked_language(query.get("language", "en")), checked_form(query.get("format", "csv"))
        except (InvalidInputError, PortfolioError) as error:
            return plain_response(NOT_ALLOWED, str(error))
        try:
            batch = batches.receive(owner, language, form)
        except PortfolioError as error:
            refused = plain_response(BUSY, str(error))
            refused.headers["Retry-After"] = str(BUSY_SECONDS)
            return refused
        received = False
        try:
            received = await _received(request, batch)
        finally:
            if not received:
                batches.cancel(batch)
        if not received:
            return plain_response(TOO_LARGE, f"The file is larger than {MOST_BYTES:,} bytes. Send it in several.")
        batches.start(batch)
        return JSONResponse(_seen(batch), ACCEPTED)

    async def watch(request: Request) -> Response:
        batch = _own(batches, request)
        return JSONResponse(_seen(batch)) if batch else plain_response(UNKNOWN, GONE)

    async def fetch(request: Request) -> Response:
        batch = _own(batches, request)
        if batch is None:
            return plain_response(UNKNOWN, GONE)
        if batch.state != "done":
            return plain_response(CONFLICT, batch.error or f"The file is not there to fetch: it is {batch.state}.")
        return FileResponse(batch.answer, media_type=TYPES[batch.form], filename=batch.answer.name)

    async def cancel(request: Request) -> Response:
        batch = _own(batches, request)
        if batch is None:
            return plain_response(UNKNOWN, GONE)
        await to_thread.run_sync(batches.cancel, batch)
        return JSONResponse(_seen(batch))

    return [
        Route(BATCH, send, methods=["POST"]),
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
    return batches.find(person_of(request).name, request.path_params["number"])


def _seen(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch.number,
        "state": batch.state,
        "expected": batch.expected,
        "rows": batch.rows,
        "refused": batch.refused,
        "decisions": dict(batch.decisions),
        "probabilities": batch.bins,
        "errors": [{"row": row, "error": error} for row, error in batch.errors],
        "error": batch.error or None,
        "model": vars(batch.model) if batch.model else None,
    }
