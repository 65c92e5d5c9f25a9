"""Measures the Model tab: a move of the slider, and the first drawing of the tab, relative to an empty figure."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from time import perf_counter

from matplotlib.figure import Figure

from benchmarks.timing import medians
from scoring.charts import to_svg
from scoring.interface.case import Case, fresh_case
from scoring.interface.model.threshold import ratio_html
from scoring.interface.model_tab import after_threshold, before_threshold
from scoring.serving.service import Service

ROUNDS = 40


def _empty() -> str:
    figure = Figure()
    figure.add_subplot()
    return to_svg(figure)


def _anew(case: Case) -> Case:
    """The same case with nothing computed yet."""
    return Case(case.service, case.language, case.applicant, case.changes)


def slider(service: Service) -> list[str]:
    """The server's work for a move of the slider, including a new score, relative to an empty figure."""
    assert service.applicants is not None
    case = fresh_case(service, int(service.applicants.ids[0]), "en")
    ratios = cycle(range(1, 60))
    taken = medians(
        {
            "moved": lambda: ratio_html(service.artifact, float(next(ratios)), _anew(case), "en"),
            "empty": _empty,
        },
        ROUNDS,
    )
    return [
        f"Model tab, slider: {taken['moved'] / taken['empty']:.1f} times an empty figure "
        f"({1e3 * taken['moved']:.0f} ms over {1e3 * taken['empty']:.0f} ms)"
    ]


def first_draw(service: Service) -> list[str]:
    """The first drawing of the tab for a version, which is then cached, relative to an empty figure."""
    start = perf_counter()
    _empty()
    empty = perf_counter() - start
    unseen = replace(service)
    start = perf_counter()
    pages = before_threshold(unseen, "en") + after_threshold(unseen, "en")
    drawn = perf_counter() - start
    return [
        f"Model tab, first time: {drawn / empty:.0f} times an empty figure ({1e3 * drawn:.0f} ms), "
        f"{len(pages.encode()) / 1024:.0f} kB"
    ]
