"""Checks calls of endpoints before gradio does, so that refusals come in our words and without a traceback.

Gradio parses a call before the endpoint sees it: it requires all inputs, ignores surplus ones, and fetches whatever
looks like a file. None of this is wanted here: omitted inputs take the endpoint's defaults, and each value reaches the
checks of `scoring` as it was sent.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

import gradio as gr
from fastapi import Depends, HTTPException
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from gradio.blocks import BlockFunction
from gradio.state_holder import SessionState
from starlette.requests import Request

from scoring.access.answers import may_not
from scoring.access.origin import own_path
from scoring.access.pages import asked_language
from scoring.errors import AccessError, InvalidInputError
from scoring.interface.refused import LONGEST_CALL, refused, too_long
from scoring.interface.stored import prepared
from scoring.interface.who import PAGE_EVENTS, action_for, person_of
from scoring.lender.roles import CREDIT
from scoring.schema.definition import quoted
from scoring.words.language import DEFAULT_LANGUAGE
from scoring.words.wording import text

# Inputs are sent by name here, by position everywhere else.
BY_NAME = "/call/v2/"
UNREADABLE = 422
UNKNOWN = 404
UNAUTHORIZED, FORBIDDEN, TOO_LARGE = 401, 403, 413
QUEUE = "/queue/join"
# Of components with functions on the server; none of ours has one.
COMPONENTS = "/gradio_api/component_server"


class _ForeignValuesError(Exception):
    """An event came with values that no page of ours sends."""


class Page(gr.Blocks):
    """Blocks whose endpoints get their inputs as they were sent, and whose events refuse what no page of ours sends."""

    async def process_api(  # type: ignore[override]
        self, block_fn: BlockFunction | int, inputs: list[Any], **options: Any
    ) -> dict[str, Any]:
        """Answers an event or a call, with the options of gradio's own.

        Raises:
            gr.Error: its values are not allowed.
        """
        if isinstance(block_fn, BlockFunction) and block_fn.api_visibility == "public":
            # Under which gradio would look for addresses of files in what an endpoint returns.
            options["root_path"] = None
        try:
            return await super().process_api(block_fn, inputs, **options)
        except _ForeignValuesError:
            request: gr.Request = options["request"]
            assert request.request is not None
            words = text("error.foreign_values", asked_language(request.request.scope))
            raise refused(request, InvalidInputError(words)) from None

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """The inputs of an event as gradio prepares them; of an endpoint's, trailing ones may be omitted.

        Raises:
            gr.Error: more inputs than the endpoint has.
            _ForeignValuesError: the page's components cannot hold these.
        """
        if block_fn.api_visibility != "public":
            try:
                values = await super().preprocess_data(block_fn, inputs, state, explicit_call)
                # Gradio would have each component do this in a thread (see `QUIET` of `scoring.interface.binding`).
                return [prepared(component, value) for component, value in zip(block_fn.inputs, values, strict=True)]
            except Exception as error:
                # Components fail in many ways on what they never send themselves.
                raise _ForeignValuesError from error
        names = _names_of(block_fn)
        if len(inputs) > len(names):
            raise gr.Error(_refusal("error.too_many_inputs", block_fn, str(len(inputs))), print_exception=False)
        return inputs

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: Any, state: SessionState | None
    ) -> list[Any]:
        """The answer to an event as it is sent: what an endpoint returns, or what changes on the page.

        Gradio would build each of the page's components anew, those that stay as they are as well, and look for files
        in what an endpoint returns.
        """
        if block_fn.api_visibility == "public":
            return [predictions]
        changes = [predictions.get(component, gr.skip()) for component in block_fn.outputs]
        for place, component in enumerate(block_fn.outputs):
            if component.stateful:
                if state is not None and component in predictions:
                    state[component._id] = predictions[component]
                changes[place] = None
        return changes


def _names_of(endpoint: BlockFunction) -> list[str]:
    """The inputs of an endpoint; the first parameter is the request itself."""
    return list(inspect.signature(endpoint.fn).parameters)[1:] if endpoint.fn else []


def _refusal(key: str, endpoint: BlockFunction, sent: str) -> str:
    allowed = ", ".join(_names_of(endpoint)) or text("error.no_inputs", "en")
    return text(key, "en", endpoint=endpoint.api_name, sent=sent, allowed=allowed)


async def check_call(request: Request) -> None:
    """Lets every request pass except calls of unknown endpoints, and those that gradio would fail on.

    Raises:
        HTTPException: for such a call; it says what is allowed.
    """
    if own_path(request.scope).rstrip("/") == COMPONENTS:
        raise HTTPException(UNKNOWN)
    name = request.path_params.get("api_name")
    if name is None or request.method != "POST":
        return
    public = [function for function in request.app.get_blocks().fns.values() if function.api_visibility == "public"]
    endpoints = {function.api_name: function for function in public}
    if name == PAGE_EVENTS:
        body = await _body_of(request)
        if isinstance(body.get("fn_index"), int) and str(body.get("session_hash")).isascii():
            return
    if name not in endpoints:
        known = ", ".join(f"/{each}" for each in endpoints)
        raise HTTPException(UNKNOWN, text("error.unknown_endpoint", "en", value=quoted(name), allowed=known))
    body = await _body_of(request)
    if BY_NAME in request.url.path:
        for sent in body:
            if sent not in _names_of(endpoints[name]):
                raise HTTPException(UNREADABLE, _refusal("error.unknown_input", endpoints[name], quoted(sent)))
        return
    inputs = body.get("data")
    if isinstance(inputs, list) and len(inputs) > len(_names_of(endpoints[name])):
        raise HTTPException(UNREADABLE, _refusal("error.too_many_inputs", endpoints[name], str(len(inputs))))
    # A number would call a function other than the named one; a session is a key that gradio generates.
    if body.get("fn_index") is not None or not str(body.get("session_hash")).isascii():
        raise HTTPException(UNREADABLE, _how_to_call())


async def check_permission(request: Request) -> None:
    """Lets pass who may call the endpoint, by whichever of gradio's ways: its name or its function's number.

    Raises:
        HTTPException: they may not, or the request did not come through the guard.
    """
    try:
        person = person_of(request)
    except AccessError as error:
        raise HTTPException(UNAUTHORIZED, str(error)) from None
    if request.method != "POST" or not (
        "api_name" in request.path_params or request.url.path.rstrip("/").endswith(QUEUE)
    ):
        return
    functions = request.app.get_blocks().fns
    try:
        body = await request.json()
        number = body.get("fn_index")
        called = functions.get(int(number)) if number is not None else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        # Whatever it is, it calls nothing: gradio refuses it.
        return
    if called is not None and called.api_visibility == "public":
        action = action_for(str(called.api_name))
        if action and not person.may(action):
            raise HTTPException(FORBIDDEN, may_not(person, action, DEFAULT_LANGUAGE))


async def _body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a call, whatever its content type."""
    try:
        body = json.loads(await request.body(), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise HTTPException(UNREADABLE, _how_to_call())
    return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Of a name that is there twice, Python would keep the last value in silence."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise HTTPException(UNREADABLE, text("error.repeated_name", "en", value=quoted(name)))
        found[name] = value
    return found


async def refuse_size(request: Request, _: Any) -> Response:
    """The answer to a call that did not say how long it is, and is too long."""
    return too_long(request.scope)


async def refuse_shape(request: Request, _: Any) -> Response:
    """The answer to a call or event whose body is JSON of another shape, or no JSON: nothing of it is repeated."""
    if "api_name" in request.path_params:
        return _unreadable()
    words = text("error.foreign_values", asked_language(request.scope))
    return JSONResponse({"detail": words}, status_code=UNREADABLE)


async def refuse_text(request: Request, error: Any) -> Response:
    """The answer to a call whose body defeats the JSON parser: not in UTF-8, nested too deeply, a number too long."""
    if "api_name" not in request.path_params or error.__cause__ is None:
        return await http_exception_handler(request, error)
    return _unreadable()


def _how_to_call() -> str:
    return text("error.unreadable_call", "en", field=CREDIT)


def _unreadable() -> Response:
    return JSONResponse({"detail": _how_to_call()}, status_code=UNREADABLE)


def call_options() -> dict[str, Any]:
    """Arguments for the app, so that calls are refused in our own words."""
    return {
        "dependencies": [Depends(check_permission), Depends(check_call)],
        "exception_handlers": {RequestValidationError: refuse_shape, 400: refuse_text, TOO_LARGE: refuse_size},
        "max_body_size": LONGEST_CALL,
    }
