"""What page and endpoints work with: the served model, the desk on which cases are decided, colleagues, and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scoring.cases.steps import Desk
from scoring.portfolio.batches import Batches
from scoring.serving.live import Serving


@dataclass(frozen=True)
class Workplace:
    """One lender's workplace.

    Args:
        serving: the model and the applicants that are served now.
        desk: where cases are decided.
        colleagues: names of the people who may decide cases, to whom a case can be referred.
        batches: files of applications that are being scored, or were.
        is_open: whether anybody with the link is let in without signing in.
        record_scores: whether each score that a program asks for is an entry of the journal.
    """

    serving: Serving
    desk: Desk
    colleagues: Callable[[], frozenset[str]]
    batches: Batches
    is_open: bool = True
    record_scores: bool = False
