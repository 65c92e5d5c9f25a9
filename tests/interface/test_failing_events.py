"""An event of the page that fails: the page says so with a number, the log has the fault under it, all else goes on."""

from __future__ import annotations

import logging
from contextvars import copy_context
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from scoring.errors import InvalidInputError
from scoring.interface.binding import _guarded
from scoring.interface.drawings import OvertakenError
from scoring.interface.header import Header
from scoring.people import ANYBODY
from scoring.words.wording import text

NUMBER = "0123456789abcdef"


@pytest.fixture
def events() -> Any:
    with gr.Blocks():
        header = Header("en")
    serving = SimpleNamespace(state=None)
    return SimpleNamespace(screen=SimpleNamespace(header=header), serving=serving, language=lambda _: "en")


@pytest.fixture
def request_() -> Any:
    scope = {"state": {"person": ANYBODY, "request_id": NUMBER}}
    return gr.Request(request=SimpleNamespace(scope=scope))


def answer(events: Any, request: Any, error: Exception) -> Any:
    def fails(*_: object) -> Any:
        raise error

    # In a context of its own, as gradio answers each event.
    return copy_context().run(_guarded(events, fails), {}, request)


def test_a_fault_is_named_by_the_number_of_its_request(events, request_, caplog):
    with caplog.at_level(logging.ERROR):
        answered = answer(events, request_, ZeroDivisionError("secret of a figure"))
    told = answered[events.screen.header.problem]
    assert text("screen.failed", "en", number=NUMBER) in told
    assert "secret" not in told
    (record,) = caplog.records
    assert NUMBER in record.getMessage()
    assert record.exc_info[0] is ZeroDivisionError


def test_a_refusal_has_its_own_words_and_is_no_fault(events, request_, caplog):
    told = answer(events, request_, InvalidInputError("No such amount."))[events.screen.header.problem]
    assert "No such amount." in told
    assert not caplog.records


def test_what_nobody_waits_for_changes_nothing(events, request_, caplog):
    assert answer(events, request_, OvertakenError()) == gr.skip()
    assert not caplog.records
