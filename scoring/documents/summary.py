"""The one-sentence summary of a decision and its reasons, and the warnings beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from scoring.answers.applicant import Reason
from scoring.applicants.applicant import Applicant
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.assessment.confidence import outside_learnt
from scoring.decision.rule import Decision
from scoring.documents.reasons import reason_in_words
from scoring.schema.definition import Raw
from scoring.schema.fields import fields
from scoring.schema.values import level_words
from scoring.words.language import Language
from scoring.words.wording import counted_form, digits_apart, percent, range_in_words, text, value_in_words

# The sentence names only the strongest reasons; the list beside it has them all.
REASONS_IN_SENTENCE = 2
MOST_RANGE_WARNINGS = 3


def summary(decision: Decision, probability: float, reasons: list[Reason], language: Language) -> str:
    """One sentence: the decision, the probability beside the threshold, and the strongest reasons against.

    A threshold that depends on the loan is described as such.
    """
    worded = [reason_in_words(reason, probability, language) for reason in reasons[:REASONS_IN_SENTENCE]]
    form = counted_form(len(worded), language)
    against = text(f"summary.against.{form}", language, reasons=text("and", language).join(worded)) if worded else ""
    digits = digits_apart(probability, decision.limits)
    low, high, threshold = (percent(limit, language, digits) for limit in decision.limits)
    if decision.expected_cost.unit == "currency":
        threshold = text("summary.own_threshold", language, threshold=threshold)
    return text(
        f"summary.{decision.outcome}",
        language,
        probability=percent(probability, language, digits),
        threshold=threshold,
        low=low,
        high=high,
        against=against,
    )


def warnings(
    applicant: Applicant, changes: Mapping[str, Raw], values: Floats, artifact: Artifact, language: Language
) -> list[str]:
    """What a careful reader should know before using a score; empty if nothing."""
    known = fields()
    warnings = []
    if artifact.synthetic:
        warnings.append(text("warning.synthetic", language))
    if all(map(math.isnan, applicant.history.values())):
        warnings.append(text("warning.no_history", language))
    if applicant.applicant_id is not None:
        warnings += [
            text("warning.fact_changed", language, label=known[name].label[language])
            for name in changes
            if not known[name].editable and not known[name].protected
        ]
    return (
        warnings + beyond_training(values, artifact, language) + _unknown_levels(applicant, values, artifact, language)
    )


def beyond_training(values: Floats, artifact: Artifact, language: Language) -> list[str]:
    """Features outside their range in training."""
    return [
        text(
            "warning.beyond_training",
            language,
            label=found.label,
            value=value_in_words(found.value, found.unit, language),
            usual=range_in_words(found.learnt[0], found.learnt[1], found.unit, language),
        )
        for found in outside_learnt(artifact, values, language)[:MOST_RANGE_WARNINGS]
    ]


def _unknown_levels(applicant: Applicant, values: Floats, artifact: Artifact, language: Language) -> list[str]:
    """Levels unknown in training."""
    warnings = []
    for index in artifact.categorical:
        feature = artifact.model.features[index].feature
        if np.isnan(values[index]) and applicant.raw[feature.name] is not None:
            level = level_words(feature.name, str(applicant.raw[feature.name]), language)
            warnings.append(text("warning.unknown_level", language, label=feature.label[language], value=level))
    return warnings
