"""The named endpoints in gradio.

Gradio passes values on as they were sent, and errors become messages here.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import wraps
from typing import Any, get_type_hints

import gradio as gr

from scoring.errors import ScoringError
from scoring.interface.named import Endpoint
from scoring.interface.refused import refused
from scoring.interface.turns import CALLS, lane
from scoring.interface.who import person_of, require
from scoring.operations.call_pool import CallPool


def answering(endpoint: Endpoint, pool: CallPool) -> Any:
    """An endpoint as gradio calls it: only for callers who may do this, and with errors as their message.

    Args:
        endpoint: what answers.
        pool: in which it works, whether gradio queued the call or not.
    """

    @wraps(endpoint.function)
    async def answer(request: gr.Request, *args: Any) -> Any:
        try:
            person = person_of(request)
            if endpoint.action:
                require(person, endpoint.action, "en")
            if endpoint.short and endpoint.short.includes(*args):
                return await pool.run_together(endpoint.short.answers, args)
            return await pool.run(endpoint.call(person, *args))
        except ScoringError as error:
            raise refused(request, error) from None

    caller = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    declared = inspect.signature(endpoint.function)
    own = [declared.parameters[name] for name in endpoint.inputs]
    answer.__signature__ = declared.replace(parameters=[caller, *own])  # type: ignore[attr-defined]
    # Gradio reads them at every call: as text, each would be compiled every time.
    answer.__annotations__ = {**get_type_hints(endpoint.function), "request": gr.Request}
    return answer


def add_endpoints(endpoints: Mapping[str, Endpoint], pool: CallPool) -> None:
    """Declares the endpoints inside the current Blocks.

    Args:
        endpoints: by name.
        pool: in which their calls work.
    """
    for name, endpoint in endpoints.items():
        # A queued call takes a second request to fetch its answer; `pool` bounds those that are not.
        about = endpoint.function.__doc__
        gr.api(answering(endpoint, pool), api_name=name, api_description=about, queue=False, **lane(CALLS))
