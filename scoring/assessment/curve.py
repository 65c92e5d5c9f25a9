"""The response curve: the probability of default along one field, all else as it is, scored in one batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.answers import Curve, CurvePoint
from scoring.applicants.inputs import checked_field
from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment
from scoring.decision.rule import OUTCOMES
from scoring.errors import InvalidInputError
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, INSTALMENT, RATE, TERM
from scoring.schema.definition import quoted
from scoring.schema.features import feature_matrix
from scoring.schema.fields import Field, leeways
from scoring.words.language import Language
from scoring.words.wording import text

STEPS = 60
# The curve leaves out this share of past applicants on either side, but reaches to the applicant's own value.
TAIL = 0.01
KEPT = ("instalment", "term")


def curve(artifact: Artifact, assessment: Assessment, field: object, keep: object) -> Curve:
    """The probability of an assessed application along one of its fields.

    Args:
        artifact: the model and its rule.
        assessment: the application; its other fields stay as they are.
        field: a raw field that is a quantity and not protected.
        keep: what an amount keeps, "instalment" or "term" (then the instalment changes in proportion).

    Raises:
        InvalidInputError: no such field, or one without a curve; nothing of the kind to keep.
    """
    asked = _with_a_curve(field, assessment.language)
    _check_kept(asked, keep, assessment)
    own = assessment.applicant.columns()
    today = float(own[asked.name][0])
    on_scale = today if not np.isnan(today) and today not in asked.sentinels else None
    values = _values(artifact.population.columns[asked.name], asked, on_scale)
    columns: Columns = {name: np.repeat(column, len(values)) for name, column in own.items()}
    columns = {**columns, asked.name: values}
    if keep == "term":
        columns = {**columns, INSTALMENT: own[INSTALMENT] * values / today}
    return Curve(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        field=asked.name,
        label=asked.label[assessment.language],
        unit=asked.unit,
        keep="term" if keep == "term" else "instalment",
        value=on_scale,
        is_read=asked.name in artifact.reads,
        points=_points(artifact, columns, asked),
        model=artifact.identity,
    )


def _with_a_curve(field: object, language: Language) -> Field:
    asked = checked_field(field, language)
    if asked.protected:
        raise InvalidInputError(text("error.protected_characteristic", language, field=asked.name))
    if asked.kind != "quantitative":
        raise InvalidInputError(text("error.no_curve", language, field=asked.name, label=asked.label[language]))
    return asked


def _check_kept(asked: Field, keep: object, assessment: Assessment) -> None:
    language = assessment.language
    if keep not in KEPT:
        raise InvalidInputError(text("error.keep", language, value=quoted(keep)))
    if keep != "term":
        return
    if asked.name != CREDIT:
        raise InvalidInputError(text("error.keep_of_amount", language, field=asked.name, amount=CREDIT))
    if assessment.applicant.raw[CREDIT] is None or assessment.applicant.raw[INSTALMENT] is None:
        raise InvalidInputError(text("error.no_term_to_keep", language, amount=CREDIT, instalment=INSTALMENT))


def _values(past: Floats, asked: Field, own: float | None) -> Floats:
    """The values along the curve, ascending, shape (n,): even steps over past applicants' values, and the own one."""
    known = past[~np.isnan(past) & ~np.isin(past, list(asked.sentinels))]
    limits = [limit for limit in (asked.minimum, asked.maximum) if limit is not None]
    reach: list[float] = np.quantile(known, [TAIL, 1 - TAIL]).tolist() if len(known) else limits
    reach = reach if own is None else [*reach, own]
    step = leeways()[asked.name].step if asked.name in leeways() else 1.0
    values = np.linspace(min(reach), max(reach), STEPS + 1)
    if asked.type == "integer" or asked.unit in ("amount", "count"):
        values = np.clip(np.round(values / step) * step, asked.minimum, asked.maximum)
    return np.unique([*values, *([] if own is None else [own])])


def _points(artifact: Artifact, columns: Columns, asked: Field) -> list[CurvePoint]:
    matrix = feature_matrix(columns, artifact.model.features)
    probabilities = probability_of(artifact.model.log_odds(matrix, threads=0))
    terms = artifact.rule.terms(columns)
    decisions = terms.decide(probabilities)
    learnt = _learnt(artifact, matrix)
    is_loan = asked.name in (CREDIT, INSTALMENT)
    months, rates = (FORMULAS[name](columns) for name in (TERM, RATE))
    limits = zip(terms.threshold, terms.band_low, terms.band_high, strict=True)
    return [
        CurvePoint(
            value=float(columns[asked.name][place]),
            probability=float(probabilities[place]),
            decision=OUTCOMES[int(decisions[place])],
            threshold=float(threshold),
            referral_band=[float(low), float(high)],
            learnt=bool(learnt[place]),
            instalment=_known(columns[INSTALMENT][place]) if is_loan else None,
            months=_known(months[place]) if is_loan else None,
            yearly_rate=_known(rates[place]) if is_loan else None,
        )
        for place, (threshold, low, high) in enumerate(limits)
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _learnt(artifact: Artifact, matrix: Floats) -> NDArray[np.bool_]:
    """At which points all that changes along the curve is within what the model learnt from, shape (points,)."""
    low, high = artifact.training_range
    moves = ~((matrix == matrix[0]) | (np.isnan(matrix) & np.isnan(matrix[0]))).all(axis=0)
    outside = (matrix < low) | (matrix > high)
    return np.logical_not(outside[:, moves].any(axis=1))
