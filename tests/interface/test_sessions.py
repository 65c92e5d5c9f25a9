"""Sessions without the descriptions that only deep links need: what gradio answers stays the same."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio import route_utils, state_holder

from scoring.interface.sessions import LightSession, keep_sessions_light


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> gr.Blocks:
    for module in (state_holder, route_utils):
        monkeypatch.setattr(module, "SessionState", state_holder.SessionState)
    with gr.Blocks() as page:
        gr.Textbox("here", elem_id="box")
        gr.State({"kept": []})
    keep_sessions_light()
    return page


def test_whatever_makes_a_session_of_gradios_makes_a_light_one(page: gr.Blocks):
    holder = state_holder.StateHolder()
    holder.set_blocks(page)
    assert type(holder["somebody"]) is LightSession
    assert route_utils.SessionState is LightSession


def test_a_session_has_the_pages_components_and_a_state_of_its_own(page: gr.Blocks):
    ours, theirs = state_holder.SessionState(page), state_holder.SessionState(page)
    box, state = (each for each in page.blocks.values() if isinstance(each, (gr.Textbox, gr.State)))
    assert ours[box._id] is box
    ours[state._id]["kept"].append(1)
    assert (ours[state._id], theirs[state._id]) == ({"kept": [1]}, {"kept": []})


def test_a_component_is_described_once_it_changes(page: gr.Blocks):
    session = state_holder.SessionState(page)
    box = next(number for number, each in page.blocks.items() if isinstance(each, gr.Textbox))
    assert session.config_values == {}
    session._update_value_in_config(box, "there")
    assert session.config_values[box]["props"]["value"] == "there"
