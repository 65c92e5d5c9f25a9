"""What gradio keeps of each session, without what only its deep links need.

For those it makes a copy of every component's description: 22 ms and 390 kB with this page, for each page that is
opened and each call by a program that names no session. Ten thousand of them are kept. The page has no deep links.
"""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
from gradio import route_utils, state_holder


class LightSession(state_holder.SessionState):
    """A session whose descriptions are made when one of them changes."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))  # type: ignore[arg-type]


def keep_sessions_light() -> None:
    """From now on sessions are light ones; gradio has no setting for it."""
    state_holder.SessionState = LightSession  # type: ignore[misc]
    route_utils.SessionState = LightSession  # type: ignore[misc]
