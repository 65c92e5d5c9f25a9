"""`/drift`: the drift report as a page of its own, in a sandbox, from this app alone."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from scoring.drift.page import drift_page
from scoring.drift.report import PAGE
from scoring.interface.model.drift import REPORT_PATH
from scoring.serving.live import Serving
from scoring.words.language import browser_language

PATH = f"/{REPORT_PATH}"
MAKE_ONE = "Make one with python -m training drift, and set DRIFT_REPORT to its folder."
# Evidently's page draws with a script of its own: it may run, but reach neither this app nor any other host.
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:"
)


def drift_routes(serving: Serving, folder: Path | None) -> list[Route]:
    """The route of the page: the whole report of the folder where there is one, else what its figures say in words.

    `?language=` asks for the words in English or French; the whole report is in English.
    """

    def page(request: Request) -> Response:
        headers = {"Content-Security-Policy": SANDBOX}
        if folder and (folder / PAGE).is_file():
            return HTMLResponse((folder / PAGE).read_bytes(), headers=headers)
        served = serving.state.served
        if served is None or served.drift is None:
            return PlainTextResponse(f"There is no drift report. {MAKE_ONE}", status_code=404)
        language = browser_language(request.query_params.get("language", ""))
        return HTMLResponse(drift_page(served.drift, served.artifact.model.features, language), headers=headers)

    return [Route(PATH, page)]
