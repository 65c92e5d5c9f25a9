"""How a model treats groups of the reference population that differ by a protected attribute: rates with intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from scoring.artifact import Artifact
from scoring.costs import cost_columns
from scoring.features import ELDERLY, SELECTED_BELOW, ages
from scoring.fields import Field, fields
from scoring.population import PROBABILITY

# A rate over fewer applicants says nothing, and could point at persons.
FEWEST_IN_GROUP = 30


@dataclass(frozen=True)
class Rate:
    """A share of `applicants` with its 95 % Wilson interval; all three None where there are too few of them."""

    applicants: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Group:
    """One group: how many default, how many are refused, and how many of those who repaid are refused."""

    attribute: str
    level: str
    defaulted: Rate
    refused: Rate
    wrongly_refused: Rate


def rate(hits: NDArray[np.bool_]) -> Rate:
    """The share of hits."""
    if len(hits) < FEWEST_IN_GROUP:
        return Rate(len(hits), None, None, None)
    interval = binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    return Rate(len(hits), float(hits.mean()), float(interval.low), float(interval.high))


def group_rates(artifact: Artifact) -> list[Group]:
    """Rates of each level of the protected attributes, and of three ages, among the reference applicants.

    Decisions are those of the probabilities that never saw the applicant; refused is above the threshold.
    """
    population = artifact.population
    probabilities = population.frame[PROBABILITY].to_numpy(dtype=np.float64)
    refused = probabilities > artifact.rule.terms(cost_columns(population.frame)).threshold
    defaulted = population.outcomes == 1
    return [
        Group(attribute, level, rate(defaulted[inside]), rate(refused[inside]), rate(refused[inside & ~defaulted]))
        for attribute, level, inside in _groups(artifact)
    ]


def _groups(artifact: Artifact) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    columns = artifact.population.columns
    for field in fields().values():
        if field.protected == "protected":
            yield from ((field.label.en, level, inside) for level, inside in _levels(field, columns[field.name]))
    age = ages(columns)
    yield "Age", f"under {SELECTED_BELOW}", age < SELECTED_BELOW
    yield "Age", f"{SELECTED_BELOW} to {ELDERLY - 1}", (age >= SELECTED_BELOW) & (age < ELDERLY)
    yield "Age", f"{ELDERLY} or more", age >= ELDERLY


def _levels(field: Field, values: NDArray) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for level, words in field.levels.items():
        inside = values == level
        if inside.any():
            yield words.en, inside
