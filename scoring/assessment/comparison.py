"""Comparison of an applicant with the reference applicants, one characteristic at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from scoring.answers.population import POPULATIONS, Comparison, LevelShare, PopulationName, PopulationPlace
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.population import histogram, level_shares, percentile, quantiles
from scoring.assessment.assessment import Assessment
from scoring.errors import InvalidInputError
from scoring.schema.definition import quoted
from scoring.schema.features import ModelFeature, field_feature, restated_fields, unjoined_features
from scoring.schema.fields import fields
from scoring.schema.values import level_words, readable_value
from scoring.words.language import Language
from scoring.words.wording import text


@dataclass(frozen=True)
class Characteristic:
    """A characteristic of one applicant and of the reference applicants, in one coding."""

    item: ModelFeature
    value: float
    values: Floats


def characteristic_of(artifact: Artifact, assessment: Assessment, name: object) -> Characteristic:
    """A model feature, or a raw field or derived feature that the model does not read.

    Raises:
        InvalidInputError: there is no such characteristic, or it is protected.
    """
    if not isinstance(name, str):
        raise InvalidInputError(text("error.unknown_characteristic", assessment.language, value=quoted(name)))
    population = artifact.population
    wanted = restated_fields().get(name, name)
    columns = feature_places(population.features)
    if wanted in columns:
        column = columns[wanted]
        return Characteristic(
            population.features[column], float(assessment.values[column]), population.matrix[:, column]
        )
    return _beside_the_model(artifact, assessment, _comparable(name, wanted, assessment.language))


@cache
def feature_places(features: tuple[ModelFeature, ...]) -> dict[str, int]:
    """Feature name -> column index in the model's matrix."""
    return {item.feature.name: column for column, item in enumerate(features)}


def _comparable(name: str, wanted: str, language: Language) -> ModelFeature:
    """A derived feature or raw field that the model does not read, coded by the levels of the field table."""
    if derived := {feature.name: feature for feature in unjoined_features()}.get(wanted):
        return ModelFeature(derived, history=False)
    field = fields().get(name)
    if field is None:
        raise InvalidInputError(text("error.unknown_characteristic", language, value=quoted(name)))
    if field.protected:
        raise InvalidInputError(text("error.protected_characteristic", language, field=name))
    return ModelFeature(field_feature(field), history=False, levels=tuple(field.levels))


def _beside_the_model(artifact: Artifact, assessment: Assessment, item: ModelFeature) -> Characteristic:
    value = item.read(assessment.applicant.columns())[0]
    return Characteristic(item, float(value), item.read(artifact.population.columns))


def population_named(population: str, language: Language) -> PopulationName:
    """A population by name.

    Raises:
        InvalidInputError: there is no such population.
    """
    if population not in POPULATIONS:
        allowed = ", ".join(POPULATIONS)
        raise InvalidInputError(text("error.unknown_population", language, value=quoted(population), allowed=allowed))
    return population


def compare(artifact: Artifact, assessment: Assessment, characteristic: str, population: str) -> Comparison:
    """Where an assessed applicant stands in a population on one characteristic.

    Args:
        characteristic: a model feature or a raw field that is not protected.
        population: one of `POPULATIONS`.

    Raises:
        InvalidInputError: no such characteristic or population, or a protected characteristic.
    """
    language = assessment.language
    name = population_named(population, language)
    mask = artifact.population.masks[name]
    drawn = characteristic_of(artifact, assessment, characteristic)
    values, feature = drawn.values[mask], drawn.item.feature
    known = values[~np.isnan(values)]
    ranked = feature.kind == "quantitative" and len(known) > 0 and not np.isnan(drawn.value)
    return Comparison(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        characteristic=characteristic,
        label=feature.label[language],
        kind=feature.kind,
        value=readable_value(drawn.item, drawn.value, language),
        unit=feature.unit,
        percentile=percentile(known, drawn.value) if ranked else None,
        population=_place(drawn, name, values, artifact.population.outcomes[mask], language),
        model=artifact.identity,
    )


def _place(
    drawn: Characteristic, name: PopulationName, values: Floats, outcomes: Floats, language: Language
) -> PopulationPlace:
    known = values[~np.isnan(values)]
    quantity = drawn.item.feature.kind == "quantitative"
    return PopulationPlace(
        name=name,
        label=text(f"population.{name}", language),
        size=len(values),
        missing=1 - len(known) / len(values) if len(values) else 0.0,
        quantiles=quantiles(known) if quantity and len(known) else None,
        histogram=histogram(known) if quantity and len(known) else None,
        levels=None if quantity else _levels(drawn.item, values, outcomes, language),
    )


def _levels(item: ModelFeature, values: Floats, outcomes: Floats, language: Language) -> list[LevelShare]:
    names = [text("no", language), text("yes", language)]
    if item.feature.kind == "categorical":
        names = [level_words(item.feature.name, level, language) for level in item.levels]
    return [LevelShare(*row) for row in level_shares(values, outcomes, names)]
