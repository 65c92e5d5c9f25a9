"""Figures drawn by processes of their own: the same to the last bit, whatever happens to such a process."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from matplotlib.figure import Figure

from scoring.charts import svg, waterfall
from scoring.charts.drawing import _Pool, start_drawing, stop_drawing
from scoring.charts.style import framed, to_svg
from scoring.serving.service import assess, explain


@pytest.fixture
def explanations(service, some_ids) -> list:
    return [explain(service, assess(service, one, {}, "en")) for one in some_ids[:6]]


@pytest.fixture
def processes() -> Iterator[None]:
    start_drawing(2)
    yield
    stop_drawing()


def hatched(colour: str) -> Figure:
    figure, (panel,) = framed("A title", [], 1.0, [(0.5, 4.0)], 0.1, 0.1)
    panel.bar([1, 2], [3, 4], color=colour, hatch="//")
    return figure


def test_a_process_draws_what_is_drawn_here(explanations, processes):
    with ThreadPoolExecutor(6) as pool:
        drawn = list(pool.map(lambda each: svg(waterfall, each, "en"), explanations))
    assert drawn == [to_svg(waterfall(each, "en")) for each in explanations]
    assert len(set(drawn)) == len(drawn)


def test_figures_share_no_id_that_they_refer_to():
    ids = [re.findall(r'<pattern id="(\w+)"', to_svg(hatched(colour))) for colour in ("red", "blue")]
    assert all(ids)
    assert set(ids[0]).isdisjoint(ids[1])


# The functions of this file are unknown to the processes; what `int` and `os._exit` do is known to all.
def test_a_figure_that_fails_says_why_and_the_next_one_is_drawn(processes, explanations):
    for _ in range(3):
        with pytest.raises(ValueError, match="invalid literal"):
            svg(int, "something")
    assert svg(waterfall, explanations[0], "en").startswith("<svg")


def test_processes_that_died_are_replaced(processes, explanations):
    for drawer in _Pool.drawers._all:
        drawer._process.kill()
    drawn = [svg(waterfall, each, "en") for each in explanations[:3]]
    assert drawn == [to_svg(waterfall(each, "en")) for each in explanations[:3]]


def test_a_figure_that_kills_its_process_twice_fails_alone(processes, explanations):
    with pytest.raises((EOFError, OSError)):
        svg(os._exit, 1)
    assert svg(waterfall, explanations[0], "en").startswith("<svg")
