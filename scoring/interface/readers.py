"""What the server keeps of each reader: how often it filled the form, as long as the page is open.

Gradio would also keep a copy of all that the page shows, which costs a third of a megabyte and some 20 ms for each new
reader, and for each call of a program.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig


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


def forget_reader(page: gr.Blocks, session_hash: str) -> None:
    """Forgets a reader who has left, and whatever was to be sent."""
    forget_state(page, session_hash)
    page._queue.pending_messages_per_session.pop(session_hash, None)
    page._queue.pending_event_ids_session.pop(session_hash, None)
