"""One applicant: a raw application plus history, and the edits that an adviser makes to the raw fields."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scoring.applicants.scenarios import HistoryChange
from scoring.errors import InvalidInputError
from scoring.schema.definition import Raw
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import text


@dataclass(frozen=True)
class Applicant:
    """All raw application fields (None if missing), and the model's history columns (NaN if unknown).

    `scenarios` are the changes of the history that are open to the applicant.
    """

    applicant_id: int | None
    raw: Mapping[str, Raw]
    history: Mapping[str, float]
    scenarios: tuple[HistoryChange, ...] = ()

    def columns(self) -> dict[str, NDArray]:
        """The raw fields and the history as arrays of length 1."""
        return columns_of([self])


def columns_of(applicants: Sequence[Applicant]) -> dict[str, NDArray]:
    """The raw fields and the history of n applicants as arrays of length n, as `scoring.schema.features` reads them."""
    names = (*_numeric_fields(), *applicants[0].history)
    rows = [[*(each.raw[name] for name in _numeric_fields()), *each.history.values()] for each in applicants]
    numbers = np.array(rows, dtype=np.float64).T.copy()
    columns = dict(zip(names, numbers, strict=True))
    columns.update({name: np.array([each.raw[name] for each in applicants], dtype=object) for name in _text_fields()})
    return columns


@cache
def _numeric_fields() -> tuple[str, ...]:
    return tuple(name for name, field in fields().items() if field.type != "text")


@cache
def _text_fields() -> tuple[str, ...]:
    return tuple(name for name, field in fields().items() if field.type == "text")


def new_applicant(history_names: Iterable[str]) -> Applicant:
    """An empty application."""
    return Applicant(None, dict.fromkeys(fields()), dict.fromkeys(history_names, math.nan))


def edited(applicant: Applicant, changes: Mapping[str, Raw], language: Language) -> Applicant:
    """The applicant with checked changes applied; a new application must end up with every required field.

    Raises:
        InvalidInputError: a new application lacks a required field.
    """
    raw = {**applicant.raw, **changes}
    if applicant.applicant_id is None:
        missing = [field.name for field in fields().values() if field.required and raw[field.name] is None]
        if missing:
            raise InvalidInputError(text("error.new_application_lacks", language, fields=", ".join(missing)))
    return replace(applicant, raw=raw)


def with_history(applicant: Applicant, changes: Iterable[HistoryChange]) -> Applicant:
    """The applicant after changes of the history, each of a table of its own, which then is no more to be changed."""
    history, changed = dict(applicant.history), set()
    for change in changes:
        history.update(change.features)
        changed.add(change.step.table)
    left = tuple(change for change in applicant.scenarios if change.step.table not in changed)
    return replace(applicant, history=history, scenarios=left)
