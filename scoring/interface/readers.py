"""What the server keeps of each reader: how often it filled the form, as long as the page is open.

Gradio would also keep a copy of all that the page shows, which costs a third of a megabyte and some 20 ms for each new
reader, and for each call of a program.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from scoring.access.answers import App, Receive, Scope, Send
from scoring.access.origin import own_path
from scoring.interface.paths import ANSWERS, HEARTBEAT


class _OfReader(BlocksConfig):
    """The page's components as one reader has them."""

    @staticmethod
    def config_for_block(*_: Any, **__: Any) -> dict[str, Any]:
        """What gradio would keep of a component: nothing."""
        return {}


class _Shared(BlocksConfig):
    """The page's components, from which each reader's are made."""

    def __copy__(self) -> BlocksConfig:
        copied = _OfReader(self.root_block)
        vars(copied).update(vars(super().__copy__()))
        return copied


def keep_no_copies(page: gr.Blocks) -> None:
    """Has gradio keep no copy of what each reader's page shows."""
    shared = _Shared(page)
    vars(shared).update(vars(page.default_config))
    page.default_config = shared


def forget_state(page: gr.Blocks, session_hash: str) -> None:
    """Forgets what belongs to a session; should it go on, it begins anew."""
    states = page.state_holder
    states.session_data.pop(session_hash, None)
    states.time_last_used.pop(session_hash, None)


class Leaving:
    """ASGI: forgets each reader whose page is closed. Gradio would keep what belongs to it for an hour or more.

    Args:
        app: what answers.
        page: whose readers they are.
    """

    def __init__(self, app: App, page: gr.Blocks) -> None:
        self._app, self._page = app, page
        # Of each session, how many streams of answers are open; and the sessions that were left while one was.
        self._streams, self._left = Counter[str](), set[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; that for the heartbeat lasts as long as the page is open."""
        # Read now: what answers may change the scope.
        path = own_path(scope) if scope["type"] == "http" else ""
        streamed = QueryParams(scope["query_string"]).get("session_hash", "") if path == ANSWERS else ""
        self._streams[streamed] += 1
        try:
            await self._app(scope, receive, send)
        except RuntimeError as error:
            # Nobody waits for these answers: gradio breaks off what it has begun, and would leave a trace in the log.
            if not isinstance(error.__cause__, HTTPException):
                raise
        finally:
            self._streams[streamed] -= 1
            if not self._streams[streamed]:
                del self._streams[streamed]
            if path.startswith(HEARTBEAT):
                self._leave(path.removeprefix(HEARTBEAT))
            elif streamed in self._left:
                self._forget_answers(streamed)

    def _leave(self, session_hash: str) -> None:
        forget_state(self._page, session_hash)
        self._left.add(session_hash)
        self._forget_answers(session_hash)

    def _forget_answers(self, session_hash: str) -> None:
        """Forgets the answers of a page that was left, once no stream is open that would miss them."""
        if not self._streams[session_hash]:
            self._left.discard(session_hash)
            self._page._queue.pending_messages_per_session.pop(session_hash, None)
            self._page._queue.pending_event_ids_session.pop(session_hash, None)
