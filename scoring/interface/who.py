"""Who calls a handler or an endpoint, whether they may, and how the page names them."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import gradio as gr
from starlette.requests import Request

from scoring.access.answers import may_not
from scoring.errors import AccessError
from scoring.markup import element, words
from scoring.people import ANYBODY, Action, Person
from scoring.words.language import Language
from scoring.words.wording import text

# What gradio's own page calls, with the number of the event's function: each handler checks for itself.
PAGE_EVENTS = "predict"
# What an endpoint needs if it is not to read applicants; None: a session is enough. `/journal` gives one's own entries.
ENDPOINTS: dict[str, Action | None] = {"model": None, "journal": None, "decide": "decide", PAGE_EVENTS: None}
# Paths of our own beside them, with all below.
BATCH, MCP = "/batch", "/mcp"
PATHS: dict[str, Action] = {"/metrics": "operate", BATCH: "read", MCP: "read"}
CALL = re.compile(r"/gradio_api/(?:run|api|call(?:/v2)?)/([^/]+)/?")


def action_for(endpoint: str) -> Action | None:
    """The permission that a call of an endpoint requires."""
    return ENDPOINTS.get(endpoint, "read")


def action_of(path: str) -> Action | None:
    """The permission that a path requires, as far as the path alone decides."""
    called = CALL.fullmatch(path)
    return action_for(called[1]) if called else PATHS.get(f"/{path.split('/')[1]}" if path.startswith("/") else path)


def person_of(request: gr.Request | Request) -> Person:
    """Who sends this request.

    Raises:
        AccessError: it did not come through the guard.
    """
    person = _state_of(request).get("person")
    if not isinstance(person, Person):
        raise AccessError(text("sign_in.closed", "en"))
    return person


async def still_let_in(request: Request) -> bool:
    """Whether the sender of a request that took long is still signed in, and as before."""
    holds: bool = await _state_of(request)["holds"]()
    return holds


def number_of(request: gr.Request) -> str:
    """The number under which the log has this request."""
    return str(_state_of(request).get("request_id", ""))


def _state_of(request: gr.Request | Request) -> dict[str, Any]:
    """What our layers have found out about a request."""
    sent = request.request if isinstance(request, gr.Request) else request
    state: dict[str, Any] = sent.scope.get("state", {}) if sent is not None else {}
    return state


def require(person: Person, action: Action, language: Language) -> None:
    """Lets pass who may do that.

    Raises:
        AccessError: they may not; it says so in words.
    """
    if not person.may(action):
        raise AccessError(may_not(person, action, language))


def signed_in_html(person: Person, language: Language) -> str:
    """ "Signed in as …", with a button that signs out; nothing where nobody signs in."""
    if person == ANYBODY:
        return ""
    name = words(
        "span", text("access.signed_in", language, name=person.name, role=text(f"role.{person.role}", language))
    )
    button = element("button", escape(text("access.sign_out", language)), "cs-link", type="submit")
    # Relative: gradio's page has the app's address as its base.
    return element("form", name + button, "cs cs-who", method="post", action="sign-out", lang=language)
