"""What a person wants to see of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from scoring.answers.applicant import Outcome
from scoring.errors import InvalidInputError
from scoring.schema.definition import quoted
from scoring.worklist.states import STATES, State

Sort = Literal["date", "id", "amount", "instalment", "probability", "missing"]
SORTS: tuple[Sort, ...] = get_args(Sort)
# unscored: a value on file is not allowed, so that there is no recommendation.
Recommendation = Outcome | Literal["unscored"]
RECOMMENDATIONS: tuple[Recommendation, ...] = (*get_args(Outcome), "unscored")
PAGE_SIZE = 50
LARGEST_PAGE = 500
LAST_PAGE = 2**31
LONGEST_DUE_DAYS = 36_500
LARGEST_AMOUNT = 1e15
# An id has at most so many digits.
MOST_DIGITS = 19


@dataclass(frozen=True)
class Filter:
    """Which applications, in which order, and which page of them; pages count from 1. Empty sets mean all.

    Amounts are inclusive. `due_within_days`: approvals that expire within so many days, but have not yet. Those whose
    value in the sorted column is not known come last either way; of equal ones, the lower id comes first.

    Raises:
        InvalidInputError: a value is not allowed.
    """

    states: frozenset[State] = frozenset()
    recommendations: frozenset[Recommendation] = frozenset()
    least_amount: float | None = None
    most_amount: float | None = None
    id_prefix: str = ""
    due_within_days: int | None = None
    sort: Sort = "date"
    descending: bool = False
    page: int = 1
    page_size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        _check_choices("state", self.states, STATES)
        _check_choices("recommendation", self.recommendations, RECOMMENDATIONS)
        _check_choices("sort", {self.sort}, SORTS)
        for name, amount in (("least_amount", self.least_amount), ("most_amount", self.most_amount)):
            if amount is not None and not abs(amount) <= LARGEST_AMOUNT:
                raise InvalidInputError(f"{name}={quoted(amount)} is not allowed. Give an amount.")
        if self.id_prefix and not (
            self.id_prefix.isascii() and self.id_prefix.isdigit() and len(self.id_prefix) <= MOST_DIGITS
        ):
            raise InvalidInputError(
                f"id_prefix={quoted(self.id_prefix)} is not allowed. Give the first digits of an id."
            )
        for name, number, most in (
            ("page", self.page, LAST_PAGE),
            ("page_size", self.page_size, LARGEST_PAGE),
            ("due_within_days", self.due_within_days, LONGEST_DUE_DAYS),
        ):
            if number is not None and not 1 <= number <= most:
                raise InvalidInputError(
                    f"{name}={quoted(number)} is not allowed. Give a whole number from 1 to {most}."
                )


def _check_choices(name: str, given: frozenset[str] | set[str], allowed: tuple[str, ...]) -> None:
    unknown = sorted(given - set(allowed))
    if unknown:
        raise InvalidInputError(f"{name}={quoted(unknown[0])} is not allowed. Give one of: {', '.join(allowed)}.")
