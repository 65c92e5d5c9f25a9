"""The response curve: the probability of default along one field, or the loan's term, scored in one batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.answers.applicant import Curve, CurvePoint
from scoring.applicants.inputs import checked_field
from scoring.arrays import Columns, Floats, or_none
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment
from scoring.assessment.loan_curve import TAIL, along_term, likely_term, repaid_part, repeated
from scoring.decision.rule import OUTCOMES
from scoring.errors import InvalidInputError
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, INSTALMENT, RATE, TERM
from scoring.schema.definition import quoted
from scoring.schema.features import feature_matrix
from scoring.schema.fields import Feature, Field, leeways
from scoring.units import DAYS_PER_YEAR
from scoring.words.language import Language
from scoring.words.wording import text

STEPS = 60
KEPT = ("instalment", "term")
CENTS = 2
# Days before the application are entered and shown in tenths of a year.
YEARS_DECIMALS = 1


def curve(artifact: Artifact, assessment: Assessment, field: object, keep: object) -> Curve:
    """The probability of an assessed application along one of its fields, or along its likely term.

    Args:
        artifact: the model and its rule.
        assessment: the application; its other fields stay as they are.
        field: a raw field that is a quantity and not protected, or `TERM`.
        keep: what an amount keeps, "instalment" or "term" (then the instalment changes in proportion).

    Raises:
        InvalidInputError: no such field, or one without a curve; nothing of the kind to keep.
    """
    drawn = likely_term() if field == TERM else _with_a_curve(field, assessment.language)
    _check_kept(drawn, keep, assessment)
    own, past = assessment.applicant.columns(), artifact.population.columns
    if isinstance(drawn, Feature):
        values, instalments = along_term(past, own, assessment.language)
        today, changed = float(FORMULAS[TERM](own)[0]), {INSTALMENT: instalments}
    else:
        today = float(own[drawn.name][0])
        today = today if today not in drawn.sentinels else np.nan
        reach = _reach(past[drawn.name], drawn, today)
        if drawn.name in (CREDIT, INSTALMENT) and keep == "instalment":
            reach = repaid_part(reach, drawn.name, own)
        values = _values(reach, drawn, today)
        changed = {drawn.name: values}
        if keep == "term":
            changed[INSTALMENT] = np.where(values == today, own[INSTALMENT], _in_proportion(own, values / today))
    columns = repeated(own, changed)
    return Curve(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        field=drawn.name,
        label=drawn.label[assessment.language],
        unit=drawn.unit,
        keep="term" if keep == "term" else "instalment",
        value=or_none(today),
        is_read=any(name in artifact.reads for name in changed),
        points=_points(artifact, columns, values, is_loan=drawn.name in (CREDIT, INSTALMENT, TERM)),
        model=artifact.identity,
    )


def _in_proportion(own: Columns, factors: Floats) -> Floats:
    return np.round(own[INSTALMENT] * factors, CENTS)


def _with_a_curve(field: object, language: Language) -> Field:
    drawn = checked_field(field, language)
    if drawn.protected:
        raise InvalidInputError(text("error.protected_characteristic", language, field=drawn.name))
    if drawn.kind != "quantitative":
        raise InvalidInputError(text("error.no_curve", language, field=drawn.name, label=drawn.label[language]))
    return drawn


def _check_kept(drawn: Field | Feature, keep: object, assessment: Assessment) -> None:
    language = assessment.language
    if keep not in KEPT:
        raise InvalidInputError(text("error.keep", language, value=quoted(keep)))
    if keep != "term":
        return
    if drawn.name != CREDIT:
        raise InvalidInputError(text("error.keep_of_amount", language, field=drawn.name, amount=CREDIT))
    if assessment.applicant.raw[CREDIT] is None or assessment.applicant.raw[INSTALMENT] is None:
        raise InvalidInputError(text("error.no_term_to_keep", language, amount=CREDIT, instalment=INSTALMENT))


def _reach(past: Floats, drawn: Field, own: float) -> tuple[float, float]:
    """Where the curve begins and ends: over past applicants' values, and the own one."""
    known = past[~np.isnan(past) & ~np.isin(past, list(drawn.sentinels))]
    limits = [limit for limit in (drawn.minimum, drawn.maximum) if limit is not None]
    reach: list[float] = np.quantile(known, [TAIL, 1 - TAIL]).tolist() if len(known) else limits
    reach = reach if np.isnan(own) else [*reach, own]
    return min(reach), max(reach)


def _values(reach: tuple[float, float], drawn: Field, own: float) -> Floats:
    """The values along the curve, ascending, shape (n,): even steps, and the own one."""
    own_values = [] if np.isnan(own) else [own]
    step = leeways()[drawn.name].step if drawn.name in leeways() else 1.0
    values = np.linspace(*reach, STEPS + 1)
    if drawn.unit == "days":
        years = np.round(values / DAYS_PER_YEAR, YEARS_DECIMALS)
        years = years[~np.isin(years, np.round(np.array(own_values) / DAYS_PER_YEAR, YEARS_DECIMALS))]
        values = np.clip(np.round(years * DAYS_PER_YEAR), drawn.minimum, drawn.maximum)
    elif drawn.type == "integer" or drawn.unit in ("amount", "count"):
        values = np.clip(np.round(values / step) * step, drawn.minimum, drawn.maximum)
    return np.unique([*values, *own_values])


def _points(artifact: Artifact, columns: Columns, values: Floats, is_loan: bool) -> list[CurvePoint]:
    matrix = feature_matrix(columns, artifact.model.features)
    probabilities = probability_of(artifact.model.log_odds(matrix, threads=0))
    terms = artifact.rule.terms(columns)
    decisions = terms.decide(probabilities)
    learnt = _learnt(artifact, matrix)
    months, rates = (FORMULAS[name](columns) for name in (TERM, RATE))
    limits = zip(terms.threshold, terms.band_low, terms.band_high, strict=True)
    return [
        CurvePoint(
            value=float(values[place]),
            probability=float(probabilities[place]),
            decision=OUTCOMES[int(decisions[place])],
            threshold=float(threshold),
            referral_band=[float(low), float(high)],
            learnt=bool(learnt[place]),
            instalment=or_none(columns[INSTALMENT][place]) if is_loan else None,
            months=or_none(months[place]) if is_loan else None,
            yearly_rate=or_none(rates[place]) if is_loan else None,
        )
        for place, (threshold, low, high) in enumerate(limits)
    ]


def _learnt(artifact: Artifact, matrix: Floats) -> NDArray[np.bool_]:
    """At which points all that changes along the curve is within what the model learnt from, shape (points,)."""
    low, high = artifact.training_range
    moves = ~((matrix == matrix[0]) | (np.isnan(matrix) & np.isnan(matrix[0]))).all(axis=0)
    outside = (matrix < low) | (matrix > high)
    return np.logical_not(outside[:, moves].any(axis=1))
