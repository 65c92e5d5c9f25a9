"""What the page gets as the answer to an event."""

from __future__ import annotations

import gradio as gr
from gradio.state_holder import SessionState

from scoring.interface.calls import Page
from tests.apart import run_apart


def test_an_answer_is_what_the_handler_wrote_and_nothing_else_changes():
    with Page() as page:
        written, hidden, other, counted = gr.Textbox(), gr.Button(), gr.HTML(), gr.State(0)
        page.load(lambda: None, None, [written, hidden, other, counted], api_visibility="private")
    (event,) = page.fns.values()
    state = SessionState(page)
    changes = {written: "1 500 €", hidden: gr.update(visible=False), counted: 7}
    sent = run_apart(page.postprocess_data(event, changes, state))
    assert sent == ["1 500 €", gr.update(visible=False), gr.skip(), None]
    assert state[counted._id] == 7


def test_an_answer_without_changes_changes_nothing():
    with Page() as page:
        shown, counted = gr.Textbox(), gr.State(0)
        page.load(lambda: None, None, [shown, counted], api_visibility="private")
    (event,) = page.fns.values()
    state = SessionState(page)
    assert run_apart(page.postprocess_data(event, gr.skip(), state)) == [gr.skip(), None]
    assert state[counted._id] == 0
