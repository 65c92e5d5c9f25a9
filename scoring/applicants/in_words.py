"""An application in words: labels and values of raw fields, and the requested loan."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from scoring.applicants.applicant import Applicant
from scoring.lender.roles import NOT_EMPLOYED
from scoring.schema.definition import Raw
from scoring.schema.features import ModelFeature, derived_features, restated_fields
from scoring.schema.fields import Feature, fields
from scoring.schema.values import level_words
from scoring.units import DAYS_PER_YEAR
from scoring.words.language import Language
from scoring.words.wording import text, value_in_words


@cache
def _restated() -> dict[str, Feature]:
    """Raw field in days -> the feature that restates it in years."""
    by_name = {feature.name: feature for feature in derived_features()}
    return {name: by_name[feature] for name, feature in restated_fields().items()}


def field_label(name: str, language: Language) -> str:
    """The label of a raw field whose value is given in words."""
    restated = _restated().get(name)
    return restated.label[language] if restated else fields()[name].label[language]


def field_in_words(name: str, value: Raw, language: Language) -> str:
    """A raw field's value in words, with days before the application as years."""
    field = fields()[name]
    if value is None:
        return text("not_on_file", language)
    if isinstance(value, str):
        return level_words(name, value, language)
    if field.kind == "yes_no":
        return text("yes" if value else "no", language)
    if name in _restated():
        none = value == NOT_EMPLOYED and value in field.sentinels
        return text("screen.none", language) if none else value_in_words(-value / DAYS_PER_YEAR, "years", language)
    return value_in_words(value, field.unit, language)


def changes_in_words(
    present: Mapping[str, Raw], changes: Mapping[str, Raw], language: Language
) -> list[tuple[str, str, str]]:
    """(label, present value, new value) of each change that changes anything."""
    return [
        (
            field_label(name, language),
            field_in_words(name, present[name], language),
            field_in_words(name, new, language),
        )
        for name, new in changes.items()
        if new != present[name]
    ]


def loan_in_words(applicant: Applicant, language: Language, whole_months: bool = False) -> list[tuple[str, str]]:
    """(label, value) of the known amounts of the requested loan, and its likely term, in whole months if wanted."""
    facts = [
        (field.label[language], field_in_words(name, applicant.raw[name], language))
        for name, field in fields().items()
        if field.theme == "loan" and field.kind == "quantitative" and applicant.raw[name] is not None
    ]
    for feature in derived_features():
        if feature.theme == "loan" and feature.unit == "months":
            item = ModelFeature(feature, history=False)
            months = float(item.read(applicant.columns())[0])
            if not np.isnan(months):
                shown = float(round(months)) if whole_months else months
                facts.append((feature.label[language], value_in_words(shown, "months", language)))
    return facts
