"""Rows of a file -> what `/score` would answer for each: its checks, its words, its figures to the last bit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from scoring.applicants.applicant import Applicant, columns_of, edited, new_applicant
from scoring.applicants.inputs import LARGEST_ID, checked_id
from scoring.arrays import Columns
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.confidence import near_scores, outside_learnt
from scoring.assessment.explanation import principal_features
from scoring.decision.rule import OUTCOMES
from scoring.errors import InvalidInputError
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio.reading import Row
from scoring.schema.definition import Raw, checked_value, is_missing, quoted, read_number
from scoring.schema.features import feature_matrix
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import short_number, text

# Most cells repeat: levels, flags, round amounts.
CELLS_KEPT = 100_000
EVERY_CORE = 0


@dataclass(frozen=True)
class Scored:
    """One row of the answer; with an `error` there is nothing but that.

    `past_*`: what became of past applicants with the nearest scores, and the 95 % interval of their default rate.
    `missing`: raw fields without a value. `outside`: features beyond what the model learnt from.
    """

    row: int
    applicant_id: int | None = None
    decision: str | None = None
    probability: float | None = None
    threshold: float | None = None
    points: float | None = None
    score_band: str | None = None
    reasons: tuple[str, ...] = ()
    past_applicants: int | None = None
    past_defaulted: int | None = None
    past_low: float | None = None
    past_high: float | None = None
    missing: int | None = None
    outside: int | None = None
    error: str = ""


def scored_rows(artifact: Artifact, rows: Sequence[Row], language: Language) -> list[Scored]:
    """Each row scored, or refused in the words of `/score`, in their order."""
    read = [_read(row, artifact.history_names, language) for row in rows]
    fit = [each for each in read if isinstance(each, Applicant)]
    scored = iter(_scored(artifact, fit, language) if fit else [])
    return [
        replace(next(scored), row=row.number) if isinstance(each, Applicant) else Scored(row.number, error=each)
        for row, each in zip(rows, read, strict=True)
    ]


def _read(row: Row, history_names: Sequence[str], language: Language) -> Applicant | str:
    """The row's application, or why it is none."""
    if row.error:
        return row.error
    try:
        own_id = _own_id(row.cells.get(APPLICANT_ID), language)
        point = row.decimal_point
        changes = {name: _checked(name, cell, point, language) for name, cell in row.cells.items() if name in fields()}
        application = edited(new_applicant(history_names), changes, language)
        history = {name: _number(name, row.cells.get(name, ""), point, language) for name in history_names}
    except InvalidInputError as error:
        return str(error)
    return Applicant(own_id, application.raw, history)


def _own_id(cell: str | None, language: Language) -> int | None:
    """The id in a row, within what training's tables hold.

    Raises:
        InvalidInputError: it is not.
    """
    own_id = checked_id(None if is_missing(cell) else cell, language)
    if own_id is not None and not 1 <= own_id <= LARGEST_ID:
        most = short_number(LARGEST_ID, language, 0)
        raise InvalidInputError(text("portfolio.id_out_of_range", language, value=quoted(cell), most=most))
    return own_id


@lru_cache(maxsize=CELLS_KEPT)
def _checked(name: str, cell: str, point: bool, language: Language) -> Raw:
    field = fields()[name]
    sent = _as_number(cell) if point and field.type != "text" else cell
    return checked_value(field, None if is_missing(cell) else sent, language)


@lru_cache(maxsize=CELLS_KEPT)
def _number(name: str, cell: str, point: bool, language: Language) -> float:
    """A value of the history, NaN if missing.

    Raises:
        InvalidInputError: it is not a finite number.
    """
    if is_missing(cell):
        return math.nan
    sent = _as_number(cell) if point else cell
    number = read_number(sent, language) if isinstance(sent, str) else sent
    if number is None or not math.isfinite(number):
        raise InvalidInputError(text("portfolio.not_a_number", language, name=name, value=quoted(cell)))
    return float(number)


def _as_number(cell: str) -> str | int | float:
    """A cell as the number that a program wrote, else as it is; a reader of French would take 9.625 for two numbers."""
    number = read_number(cell, "en")
    return cell if number is None else number


def _scored(artifact: Artifact, applicants: Sequence[Applicant], language: Language) -> list[Scored]:
    ids = [each.applicant_id for each in applicants]
    missing = [sum(value is None for value in each.raw.values()) for each in applicants]
    return scored_columns(artifact, ids, columns_of(applicants), missing, language)


def scored_columns(
    artifact: Artifact, ids: Sequence[int | None], columns: Columns, missing: Sequence[int], language: Language
) -> list[Scored]:
    """Applicants whose values are all allowed, scored as `/score` would; rows are not numbered yet.

    Args:
        artifact: the model.
        ids: of n applicants.
        columns: their raw fields and history, arrays of length n.
        missing: how many raw fields of each have no value.
        language: of the reasons.
    """
    features = artifact.model.features
    matrix = feature_matrix(columns, features)
    base, contributions = artifact.model.contributions(matrix, EVERY_CORE)
    terms = artifact.rule.terms(columns)
    # Summed and turned into probabilities one by one, as `assessed` does: in whole columns the last bit may differ.
    log_odds = [base + float(row.sum()) for row in contributions]
    probabilities = [float(probability_of(each)) for each in log_odds]
    outcomes = terms.decide(np.array(probabilities))
    scored = []
    for place, applicant_id in enumerate(ids):
        own = contributions[place] - artifact.mean_contributions
        near = near_scores(artifact.population, log_odds[place])
        low, high = near.interval or (None, None)
        points = float(artifact.points.points(log_odds[place]))
        scored.append(
            Scored(
                row=0,
                applicant_id=applicant_id,
                decision=OUTCOMES[outcomes[place]],
                probability=probabilities[place],
                threshold=float(terms.threshold[place]),
                points=points,
                score_band=artifact.bands.name(points, language),
                reasons=tuple(features[index].feature.label[language] for index in principal_features(own, features)),
                past_applicants=near.applicants,
                past_defaulted=near.defaulted,
                past_low=low,
                past_high=high,
                missing=missing[place],
                outside=len(outside_learnt(artifact, matrix[place], language)),
            )
        )
    return scored
