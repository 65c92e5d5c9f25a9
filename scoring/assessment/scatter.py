"""Scatter of two quantities: a sample of reference applicants with their outcomes, and default rates by thirds.

Points are snapped to a grid of a hundred steps each way: the picture is the same and nobody's values can be read off.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from scoring.answers.population import Scatter, ScatterAxis, ScatterCell
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.assessment.assessment import Assessment
from scoring.assessment.comparison import Characteristic, characteristic_of, population_named
from scoring.errors import InvalidInputError
from scoring.schema.values import readable_value
from scoring.words.wording import text

MOST_POINTS = 500
GRID_STEPS = 100
# The drawn range excludes this share on either side; points beyond are drawn at the edge.
TAIL = 0.01
THIRDS = (1 / 3, 2 / 3)
# A default rate over fewer applicants is noise, and could identify individuals.
FEWEST_IN_CELL = 30
SEED = 7


def scatter(artifact: Artifact, assessment: Assessment, across: str, up: str, population: str) -> Scatter:
    """An assessed applicant among a population on two quantities.

    Args:
        across, up: two model features or raw fields that are quantities and not protected.
        population: one of `POPULATIONS`.

    Raises:
        InvalidInputError: no such quantity or population, or a protected characteristic.
    """
    name = population_named(population, assessment.language)
    mask = artifact.population.masks[name]
    pair = tuple(_quantity(artifact, assessment, quantity) for quantity in (across, up))
    known = mask & ~np.isnan(pair[0].values) & ~np.isnan(pair[1].values)
    values = [drawn.values[known] for drawn in pair]
    outcomes = artifact.population.outcomes[known]
    ranges = [_drawn_range(of_all, drawn.value) for of_all, drawn in zip(values, pair, strict=True)]
    own = (pair[0].value, pair[1].value)
    return Scatter(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        across=_axis(across, pair[0], ranges[0], assessment),
        up=_axis(up, pair[1], ranges[1], assessment),
        population=name,
        label=text(f"population.{name}", assessment.language),
        size=len(outcomes),
        points=_points(values, ranges, outcomes),
        cells=_cells(values, ranges, outcomes, own) if len(outcomes) else [],
        model=artifact.identity,
    )


def _quantity(artifact: Artifact, assessment: Assessment, name: str) -> Characteristic:
    drawn = characteristic_of(artifact, assessment, name)
    feature = drawn.item.feature
    if feature.kind != "quantitative":
        label = feature.label[assessment.language]
        raise InvalidInputError(text("error.no_quantity", assessment.language, field=name, label=label))
    return drawn


def _axis(name: str, drawn: Characteristic, shown: list[float], assessment: Assessment) -> ScatterAxis:
    feature, language = drawn.item.feature, assessment.language
    value = readable_value(drawn.item, drawn.value, language)
    return ScatterAxis(name, feature.label[language], feature.unit, value, shown)


def _drawn_range(values: Floats, own: float) -> list[float]:
    """From the 1st to the 99th percentile of a population; around the applicant if the population is empty."""
    middle = 0.0 if np.isnan(own) else own
    low, high = np.quantile(values, [TAIL, 1 - TAIL]).tolist() if len(values) else (middle, middle)
    return [low, high] if low < high else [low - 0.5, high + 0.5]


def _points(values: list[Floats], ranges: list[list[float]], outcomes: Floats) -> list[list[float]]:
    shown = np.arange(len(outcomes))
    if len(shown) > MOST_POINTS:
        shown = np.random.default_rng(SEED).choice(len(outcomes), MOST_POINTS, replace=False)
    moved = [_on_grid(each[shown], *drawn) for each, drawn in zip(values, ranges, strict=True)]
    return np.column_stack([*moved, outcomes[shown]]).tolist()


def _on_grid(values: Floats, low: float, high: float) -> Floats:
    step = (high - low) / GRID_STEPS
    return low + step * np.round((np.clip(values, low, high) - low) / step)


def _cells(
    values: list[Floats], ranges: list[list[float]], outcomes: Floats, own: tuple[float, float]
) -> list[ScatterCell]:
    """The cells of thirds by thirds; fewer if many values are equal."""
    inner = [np.unique(np.quantile(each, THIRDS)) for each in values]
    edges = [[low, *between, high] for (low, high), between in zip(ranges, inner, strict=True)]
    thirds = [_thirds(between, each) for between, each in zip(inner, values, strict=True)]
    there = [_thirds(between, np.array([value]))[0] for between, value in zip(inner, own, strict=True)]
    cells = []
    for row, column in product(range(len(inner[1]) + 1), range(len(inner[0]) + 1)):
        inside = (thirds[0] == column) & (thirds[1] == row)
        if not inside.any():
            continue
        cells.append(
            ScatterCell(
                across=[float(edge) for edge in edges[0][column : column + 2]],
                up=[float(edge) for edge in edges[1][row : row + 2]],
                applicants=int(inside.sum()),
                default_rate=float(outcomes[inside].mean()) if inside.sum() >= FEWEST_IN_CELL else None,
                own=[column, row] == there,
            )
        )
    return cells


def _thirds(between: Floats, values: Floats) -> NDArray[np.int_]:
    """The third of each value, -1 if not on file."""
    return np.where(np.isnan(values), -1, np.searchsorted(between, values, side="right"))
