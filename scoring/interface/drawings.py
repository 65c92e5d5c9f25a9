"""A cache of recently drawn figures, so that an edit redraws only what it changes.

Figures are cached by content, not by applicant: two applicants with the same occupation share a figure of it. Whose
figure it was is not stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from hashlib import sha256
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache, cached
from matplotlib.figure import Figure

from scoring.answers.applicant import Explanation
from scoring.answers.population import Comparison, Scatter
from scoring.charts import svg
from scoring.interface.html import figure_html
from scoring.markup import Table
from scoring.words.language import Language

# Each takes some 30 kB, a scatter plot 90.
LATELY_DRAWN: LRUCache[tuple[str, ...], str] = LRUCache(256)

# Whether whoever opened a tab has left it again.
OVERTAKEN: ContextVar[Callable[[], bool]] = ContextVar("overtaken", default=lambda: False)

Answer = TypeVar("Answer", Explanation, Comparison, Scatter)


class OvertakenError(Exception):
    """A figure that nobody will look at is not drawn."""


def _key(
    figure: Callable[..., Figure], _: Callable[..., Table], answer: Answer, language: Language, *opened: str
) -> tuple[str, ...]:
    """All that a figure depends on; of the answer, which as text is as large as the figure, a digest."""
    content = repr(replace(answer, applicant_id=None, changes={}))
    return figure.__name__, sha256(content.encode()).hexdigest(), language, *opened


@cached(LATELY_DRAWN, key=_key, lock=Lock())
def drawing(
    figure: Callable[..., Figure], table: Callable[..., Table], answer: Answer, language: Language, *opened: str
) -> str:
    """A figure of an answer with its table.

    Args:
        figure, table: of `scoring.charts`, called with the answer, what is opened of it, and the language.
        answer: the content; its applicant's id and changes do not matter.
        language: of the words.
        opened: the theme, where only one is drawn.

    Raises:
        OvertakenError: nobody wants to see it any more.
    """
    if OVERTAKEN.get()():
        raise OvertakenError
    return figure_html(svg(figure, answer, *opened, language), table(answer, *opened, language), language)
