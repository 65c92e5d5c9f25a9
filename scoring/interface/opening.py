"""The frame that a slow line shows first: the app's name and progress, in the reader's language, until it is filled.

Gradio's page is empty until a megabyte of scripts has come, and then shows its own words until ours do. ASGI, since the
page is gradio's: it gets our frame and, unseen, the notice for when the server cannot be reached.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

from scoring.access.answers import App, Message, Receive, Scope, Send
from scoring.interface.html import element, words
from scoring.interface.theme import page_style
from scoring.words.language import LANGUAGES, Language, browser_language
from scoring.words.wording import text

CSS = Path(__file__).with_name("opening.css")
APP = b"<gradio-app"
# From here on, the head has what takes long on a slow line: settings and scripts.
LARGE = b"<script>window.gradio_config"
# Gradio's style stays in the head: those of its components, which are added there, must follow it.
GRADIO_STYLE = re.compile(rb'<link rel="stylesheet"[^>]*>')
HEAD_END = b"</head>"
BODY, HTML = b"<body", b'lang="en"'
CARDS = 3


def opening_html(language: Language) -> str:
    """The frame, and the notice in both languages: the page's own may have changed by then."""
    progress = element("progress", "", aria_label=text("connection.opening", language))
    heading = words("h1", text("screen.title", language)) + words("p", text("connection.opening", language))
    frame = element("div", heading + progress + "<div></div>" * CARDS, id="cs-opening", role="status", lang=language)
    notices = "".join(
        element(
            "span",
            words("p", text("connection.gone", spoken))
            + element("button", words("span", text("connection.retry", spoken)), type="button"),
            lang=spoken,
        )
        for spoken in LANGUAGES
    )
    return frame + element("section", notices, id="cs-gone", role="alert").replace("<section", "<section hidden", 1)


def framed(page: bytes, language: Language) -> bytes:
    """Gradio's page with our frame before all that is large, and our style after gradio's; any other page as it is."""
    if APP not in page:
        return page
    style = element("style", CSS.read_text(encoding="utf-8")).encode()
    before, head = page.split(LARGE, 1)
    large, rest = head.split(HEAD_END, 1)
    links = b"".join(GRADIO_STYLE.findall(large))
    large = GRADIO_STYLE.sub(b"", large)
    body, app = rest.split(APP, 1)
    before = before.replace(HTML, f'lang="{language}"'.encode(), 1)
    body = body.replace(BODY, BODY + b" data-opening", 1)
    frame = opening_html(language).encode()
    ours = element("style", page_style()).encode()
    return b"".join((before, links, style, HEAD_END, body, frame, LARGE, large, ours, APP, app))


class Opening:
    """ASGI: frames gradio's page, which must not be compressed yet."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; a page is held until it is whole."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def framing(message: Message) -> None:
            if held or (message["type"] == "http.response.start" and _is_html(message)):
                held.append(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    for part in _framed(held, _language(scope)):
                        await send(part)
                return
            await send(message)

        await self._app(scope, receive, framing)


def _is_html(start: Message) -> bool:
    return dict(start.get("headers", [])).get(b"content-type", b"").startswith(b"text/html")


def _framed(held: list[Message], language: Language) -> list[Message]:
    """A held answer with the frame, and its length corrected."""
    start, *parts = held
    body = framed(b"".join(part.get("body", b"") for part in parts), language)
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    length = (b"content-length", str(len(body)).encode())
    return [{**start, "headers": [*headers, length]}, {"type": "http.response.body", "body": body}]


def _language(scope: Scope) -> Language:
    """The language of the address, or of the browser."""
    wanted = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("language", [""])[0]
    accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    return browser_language(wanted or accepted)
