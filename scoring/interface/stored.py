"""What the page stores and sends with its events: whatever has another shape comes from no page of ours.

A page that another version of the app drew may lack what is not required here, and send more.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypeVar

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component
from pydantic import TypeAdapter

# Pydantic reads the standard library's only from Python 3.12 on.
from typing_extensions import TypedDict

C = TypeVar("C", bound=Component)
SHAPE = "stored_shape"
# Gradio's own checks of these suffice; it checks menus against choices, which change with the case and the model.
CHECKED_BY_GRADIO = (gr.Textbox, gr.Number, gr.Slider, gr.Radio)


class Chosen(TypedDict):
    """The applicant whose case is open; None: a new application."""

    applicant_id: int | None


class AllowedChanges(Chosen):
    """The last changes of the application and its history that were allowed, with the language of their numbers."""

    changes: dict[str, Any]
    history: NotRequired[list[Any] | None]
    language: NotRequired[str]


class Scenarios(Chosen):
    """Sets of changes that are kept side by side."""

    changes: list[dict[str, Any]]


class ChosenMenus(TypedDict):
    """What the menus of the figures show."""

    theme: str
    characteristics: list[str]
    pair: list[str]


class Order(TypedDict, total=False):
    """Which applications the list shows, in which order."""

    states: list[str] | None
    sort: str
    descending: bool
    page: int


ONE, SEVERAL = TypeAdapter(str | int | None), TypeAdapter(list[str] | None)


def of_shape(component: C, shape: Any) -> C:
    """The component, whose value has this shape wherever the page sends it."""
    setattr(component, SHAPE, TypeAdapter(shape))
    return component


def prepared(component: Block, value: Any) -> Any:
    """The value that an event sent for a component, as its handler gets it.

    Raises:
        Exception: it is none that the component can hold; gradio's components fail in many ways.
    """
    if isinstance(component, CHECKED_BY_GRADIO):
        value = component.preprocess(value)
    if isinstance(component, gr.Dropdown):
        ONE.validate_python(value, strict=True)
    elif isinstance(component, gr.CheckboxGroup):
        SEVERAL.validate_python(value, strict=True)
    shape: TypeAdapter[Any] | None = getattr(component, SHAPE, None)
    if shape is not None:
        shape.validate_python(value, strict=True)
    return value
