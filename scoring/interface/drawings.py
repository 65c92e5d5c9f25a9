"""Figures of applicants that were drawn lately: what an edit leaves as it was is not drawn again.

A drawing is kept by what it shows and not by whom: of two applicants with one occupation, the second finds the first
one's picture of it. Whose it was is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache, cached
from matplotlib.figure import Figure

from scoring.answers import Comparison, Explanation, Scatter
from scoring.interface.html import figure_html
from scoring.markup import Table
from scoring.words.language import Language

# Each has some 30 kB, a scatter 90.
LATELY_DRAWN: LRUCache[tuple[str, ...], str] = LRUCache(256)

Answer = TypeVar("Answer", Explanation, Comparison, Scatter)


def _key(
    figure: Callable[..., Figure], _: Callable[..., Table], answer: Answer, language: Language, *opened: str
) -> tuple[str, ...]:
    """All that a drawing depends on, in words: answers hold lists, which are no keys."""
    return figure.__name__, repr(replace(answer, applicant_id=None, changes={})), language, *opened


@cached(LATELY_DRAWN, key=_key, lock=Lock())
def drawing(
    figure: Callable[..., Figure], table: Callable[..., Table], answer: Answer, language: Language, *opened: str
) -> str:
    """A figure of an answer with its twin in words.

    Args:
        figure, table: of `scoring.charts`, called with the answer, what is opened of it, and the language.
        answer: what is drawn; its applicant's id and changes are no part of the drawing.
        language: of the words.
        opened: the theme, where only one is drawn.
    """
    return figure_html(figure(answer, *opened, language), table(answer, *opened, language), language)
