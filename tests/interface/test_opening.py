"""The frame that comes before the app: in the reader's language, on the app's page alone, before all that is large."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.interface.opening import Opening, framed
from scoring.words.wording import text
from tests.apart import run_apart

PAGE = (
    b'<html lang="en"><head><style>s</style><script>window.gradio_config = {}</script><link rel="stylesheet" href="x">'
    b'</head><body style="x"><gradio-app></gradio-app></body></html>'
)


async def _answer(body: bytes, kind: bytes, query: bytes = b"", accepted: bytes = b"") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:40], "more_body": True})
        await send({"type": "http.response.body", "body": body[40:]})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "query_string": query, "headers": [(b"accept-language", accepted)]}
    await Opening(app)(scope, lambda: None, send)  # type: ignore[arg-type]
    return sent


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        (b"", b"fr-FR,fr", "fr"),
        (b"language=en", b"fr", "en"),
        (b"applicant=1&language=fr", b"en", "fr"),
        (b"", b"", "en"),
    ],
)
def test_the_frame_is_in_the_language_of_the_address_or_the_browser(query, accepted, language):
    start, answer = run_apart(_answer(PAGE, b"text/html; charset=utf-8", query, accepted))
    assert text("connection.opening", language) in answer["body"].decode()
    assert f'<html lang="{language}"' in answer["body"].decode()
    assert dict(start["headers"])[b"content-length"] == str(len(answer["body"])).encode()


def test_the_frame_comes_before_all_that_is_large():
    page = framed(PAGE, "en")
    assert (
        page.index(b"cs-opening") < page.index(b"cs-gone") < page.index(b"gradio_config") < page.index(b"<gradio-app")
    )
    assert page.count(b"gradio_config") == page.count(b"</head>") == page.count(b'rel="stylesheet"') == 1


def test_the_notice_is_there_in_both_languages_and_hidden():
    page = framed(PAGE, "en").decode()
    assert "<section hidden" in page
    for language in ("en", "fr"):
        assert text("connection.retry", language) in page


@pytest.mark.parametrize(("body", "kind"), [(b"<html>" + b"sign in" * 9, b"text/html"), (PAGE, b"application/json")])
def test_other_answers_stay_as_they_are(body, kind):
    _, *parts = run_apart(_answer(body, kind))
    assert b"".join(part["body"] for part in parts) == body
