"""What the page stores is held to its shape before any handler sees it."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from scoring.interface.stored import AllowedChanges, Chosen, ChosenMenus, Order, Scenarios, of_shape, prepared


def component_of(shape: Any) -> gr.JSON:
    with gr.Blocks():
        return of_shape(gr.JSON(), shape | None)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Chosen, {"applicant_id": 100_001}),
        (Chosen, {"applicant_id": None}),
        (AllowedChanges, {"applicant_id": 1, "changes": {"AMT_CREDIT": 5.5}, "history": [], "language": "fr"}),
        # As an older version of the app stored it, and as a newer one may.
        (AllowedChanges, {"applicant_id": 1, "changes": {}, "new": 1}),
        (Scenarios, {"applicant_id": 1, "changes": [{"AMT_CREDIT": 1}]}),
        (ChosenMenus, {"theme": "", "characteristics": [], "pair": ["AMT_CREDIT", "AMT_ANNUITY"]}),
        (Order, {"states": [], "sort": "amount", "descending": True, "page": 2}),
        (Order, None),
    ],
)
def test_what_our_pages_store_reaches_the_handler_as_it_is(shape: Any, value: object):
    assert prepared(component_of(shape), value) == value


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Chosen, {}),
        (Chosen, []),
        (Chosen, {"applicant_id": [1]}),
        (AllowedChanges, {"applicant_id": 1, "changes": []}),
        (Scenarios, {"applicant_id": 1, "changes": ["AMT_CREDIT"]}),
        (ChosenMenus, "theme"),
        (Order, {"page": "2"}),
    ],
)
def test_another_shape_is_refused(shape: Any, value: object):
    with pytest.raises(ValueError, match="validation error"):
        prepared(component_of(shape), value)


@pytest.mark.parametrize("value", [["AMT_CREDIT"], {"x": 1}, True])
def test_a_menu_holds_one_choice(value: object):
    with gr.Blocks():
        menu = gr.Dropdown(["AMT_CREDIT"])
    with pytest.raises(ValueError, match="validation error"):
        prepared(menu, value)
