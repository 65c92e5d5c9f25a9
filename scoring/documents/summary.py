"""The one-sentence summary of a decision and its reasons, and the warnings beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from scoring.answers import Reason
from scoring.applicants.applicant import Applicant
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.assessment.confidence import outside_learnt
from scoring.decision.rule import Decision
from scoring.lender.definition import Raw
from scoring.lender.fields import fields
from scoring.lender.values import level_words
from scoring.words.language import Language
from scoring.words.wording import percent, range_in_words, text, value_in_words

# The sentence names only the strongest reasons; the list beside it has them all.
REASONS_IN_SENTENCE = 2
MOST_RANGE_WARNINGS = 3


def in_sentence(label: str) -> str:
    """A label for use within a sentence."""
    return label[:1].lower() + label[1:]


def usual_in_words(reason: Reason, language: Language) -> str:
    """What is usual among just accepted applicants for a reason's feature, in words ("" if nothing is known)."""
    usual = reason.usual_range
    if len(usual) == 2 and all(isinstance(value, (int, float)) for value in usual):
        return range_in_words(usual[0], usual[1], reason.unit, language)  # type: ignore[arg-type]
    *first, last = [value_in_words(value, reason.unit, language) for value in usual] or [""]
    return text("or", language).join([", ".join(first), last]) if first else last


def _reason_in_words(reason: Reason, language: Language) -> str:
    value = value_in_words(reason.value, reason.unit, language)
    # A level that many just accepted applicants share is not worth mentioning here; the list beside it has it.
    shared = isinstance(reason.value, str) and reason.value in reason.usual_range
    usual = "" if shared else usual_in_words(reason, language)
    key = "summary.reason" if usual else "summary.reason_without_usual"
    return text(key, language, label=in_sentence(reason.label), value=value, usual=usual)


def summary(decision: Decision, probability: float, reasons: list[Reason], language: Language) -> str:
    """One sentence: the decision, the probability beside the threshold, and the strongest reasons against.

    A threshold that depends on the loan is described as such.
    """
    told = [_reason_in_words(reason, language) for reason in reasons[:REASONS_IN_SENTENCE]]
    key = f"summary.{decision.outcome}" if told else f"summary.{decision.outcome}_without_reasons"
    threshold = percent(decision.threshold, language)
    if decision.expected_cost.unit == "currency":
        threshold = text("summary.own_threshold", language, threshold=threshold)
    return text(
        key,
        language,
        probability=percent(probability, language),
        threshold=threshold,
        low=percent(decision.band_low, language),
        high=percent(decision.band_high, language),
        reasons=text("and", language).join(told),
    )


def warnings(
    applicant: Applicant, changes: Mapping[str, Raw], values: Floats, artifact: Artifact, language: Language
) -> list[str]:
    """What a careful reader should know before using a score; empty if nothing."""
    known = fields()
    told = []
    if artifact.synthetic:
        told.append(text("warning.synthetic", language))
    if all(map(math.isnan, applicant.history.values())):
        told.append(text("warning.no_history", language))
    if applicant.applicant_id is not None:
        told += [
            text("warning.fact_changed", language, label=known[name].label[language])
            for name in changes
            if not known[name].editable and not known[name].protected
        ]
    return told + _beyond_training(applicant, values, artifact, language)


def _beyond_training(applicant: Applicant, values: Floats, artifact: Artifact, language: Language) -> list[str]:
    """Features outside their range in training, and levels unknown in training."""
    features = artifact.model.features
    told = [
        text(
            "warning.beyond_training",
            language,
            label=found.label,
            value=value_in_words(found.value, found.unit, language),
            usual=range_in_words(found.learnt[0], found.learnt[1], found.unit, language),
        )
        for found in outside_learnt(artifact, values, language)[:MOST_RANGE_WARNINGS]
    ]
    for place in artifact.categorical:
        feature = features[place].feature
        if np.isnan(values[place]) and applicant.raw[feature.name] is not None:
            level = level_words(feature.name, str(applicant.raw[feature.name]), language)
            told.append(text("warning.unknown_level", language, label=feature.label[language], value=level))
    return told
