"""Security headers on every response, including the guard's own.

A page's own inline scripts are allowed by their hashes, so that one put in later does not run. What a header means:
OWASP HTTP Headers Cheat Sheet; CSP Level 3, section 6.6.2.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from scoring.access.answers import App, Message, Receive, Scope, Send

CSP = b"content-security-policy"
# An inline script; one with `src` is allowed by where it comes from.
INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
# Gradio needs two things that a strict policy forbids: `style` attributes on almost every element, and a function made
# from text wherever an event has `js=` or an HTML component a template.
PAGE = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors {framed_by}"
)
# Whatever is not a page does nothing if a browser shows it as one.
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
OPENER = (b"cross-origin-opener-policy", b"same-origin")
# A year. Not for subdomains: these are not ours to say.
TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
# No other site's page reads an answer, whatever gradio would allow.
CORS = b"access-control-"


class Hardened:
    """ASGI: adds the headers to what lies within.

    Args:
        app: what answers, without compression of its pages.
        scripts: inline scripts that the page adds to itself.
        framed_by: other sites whose pages may show this app's in a frame.
    """

    def __init__(self, app: App, scripts: Iterable[str] = (), framed_by: Iterable[str] = ()) -> None:
        self._app, self._framed_by = app, " ".join(("'self'", *framed_by))
        self._scripts = [script.encode() for script in scripts]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; websockets have no headers that a page could be hardened with."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        page: list[Message] = []

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _headers(list(message.get("headers", [])), scope["scheme"])}
                if not _has(message, CSP) and _is_page(message):
                    page.append(message)
                    return
                if not _has(message, CSP):
                    message["headers"].append((CSP, NO_PAGE.encode()))
            elif page:
                # The hashes are in the header, and so the whole page comes before it.
                page.append(message)
                if message.get("more_body"):
                    return
                start, body = page[0], b"".join(part.get("body", b"") for part in page[1:])
                start["headers"].append((CSP, page_policy(body, self._scripts, self._framed_by).encode()))
                await send(start)
                message = {**message, "body": body}
                page.clear()
            await send(message)

        await self._app(scope, receive, hardened)


def page_policy(body: bytes, scripts: Iterable[bytes], framed_by: str) -> str:
    """The policy of a page of gradio's: its own files and inline scripts, and this app alone.

    Args:
        body: the page's HTML.
        scripts: what it adds to itself.
        framed_by: sources as CSP's `frame-ancestors` has them.
    """
    allowed = dict.fromkeys(f"'sha256-{_sha256(script)}'" for script in (*INLINE.findall(body), *scripts))
    return PAGE.format(scripts=" ".join(allowed), framed_by=framed_by)


def _sha256(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script.replace(b"\r\n", b"\n")).digest()).decode()


def _headers(given: list[tuple[bytes, bytes]], scheme: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in given if not name.lower().startswith(CORS)]
    names = {name.lower() for name, _ in kept}
    added = dict(ALWAYS)
    # Browsers show no page that is in a sandbox and says this.
    if not any(name.lower() == CSP and value.startswith(b"sandbox") for name, value in kept):
        added[OPENER[0]] = OPENER[1]
    if scheme == "https":
        added[TLS_ONLY[0]] = TLS_ONLY[1]
    return kept + [(name, value) for name, value in added.items() if name not in names]


def _has(message: Message, wanted: bytes) -> bool:
    return any(name.lower() == wanted for name, _ in message["headers"])


def _is_page(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.lower().startswith(b"text/html") for name, value in message["headers"]
    )
