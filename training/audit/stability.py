"""Stability of explanations: under small errors of the inputs, and among nearest neighbours.

Neighbours are found as Shapash finds them for its local stability: L1 distance between features, each over its standard
deviation. In index of a plot per feature there is one figure, beside that of applicants drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.review import Stability
from scoring.assessment.explanation import principal_features
from scoring.lender.roles import NOT_EMPLOYED
from scoring.schema.features import ModelFeature, feature_matrix
from scoring.schema.fields import fields
from training.lender.history import FEATURES

OTHERS = 5
"""Comparisons per applicant: perturbed copies, neighbours or strangers."""
PERTURBATION = 0.01
"""Standard deviation of the logarithm of the factor by which inputs are multiplied: an error of about one percent."""
CONTINUOUS = ("amount", "days", "years", "months", "share", "score", "ratio")


@dataclass(frozen=True, eq=False)
class Explained:
    """Re-centred contributions in log-odds of n applicants, shape (n, features), and the features."""

    contributions: Floats
    features: tuple[ModelFeature, ...]

    def reasons(self, index: int) -> set[str]:
        """The factors of the reasons against one applicant."""
        found = principal_features(self.contributions[index], self.features)
        return {self.features[at].feature.factor for at in found}


def stability(first: Explained, second: Explained, pairs: NDArray[np.int_]) -> Stability:
    """Similarity of explanations; `pairs` (k, 2) are row indices in the first and in the second set."""
    ours, theirs = first.contributions[pairs[:, 0]], second.contributions[pairs[:, 1]]
    size = float(np.linalg.norm(ours, axis=1).sum())
    reasons = [first.reasons(index) for index in range(len(first.contributions))]
    others = [second.reasons(index) for index in range(len(second.contributions))]
    compared = [(reasons[index], others[other]) for index, other in pairs.tolist()]
    return Stability(
        pairs=len(pairs),
        contribution_change=_over(float(np.linalg.norm(ours - theirs, axis=1).sum()), size),
        log_odds_change=_over(float(np.abs((ours - theirs).sum(axis=1)).sum()), size),
        same_reasons=float(np.mean([mine == other for mine, other in compared])),
        kept_reasons=float(np.mean([len(mine & other) / len(mine) if mine else 1.0 for mine, other in compared])),
    )


def _over(change: float, size: float) -> float:
    """A relative change; 0 if the base is 0, as with a constant model."""
    return change / size if size else 0.0


def perturbed(artifact: Artifact, indices: NDArray[np.int_], rng: np.random.Generator) -> Explained:
    """`OTHERS` copies of each of these reference applicants, one set after the other, with slightly wrong inputs."""
    copies = np.tile(indices, OTHERS)
    columns = {name: values[copies] for name, values in artifact.population.columns.items()}
    names = [name for name in columns if name in continuous_inputs(artifact.history_names)]
    factors = np.exp(PERTURBATION * rng.standard_normal((len(names), len(copies))))
    moved = {name: _times(columns[name], factor) for name, factor in zip(names, factors, strict=True)}
    return explained(artifact, {**columns, **moved})


def continuous_inputs(history: tuple[str, ...]) -> set[str]:
    """The raw fields and history columns that are measured rather than counted or chosen."""
    units = {feature.name: feature.unit for feature in FEATURES if feature.name in history}
    units |= {name: field.unit for name, field in fields().items() if field.kind == "quantitative"}
    return {name for name, unit in units.items() if unit in CONTINUOUS}


def _times(values: Floats, factors: Floats) -> Floats:
    """The products; the sentinel for no employment is not a number of days."""
    return np.where(values == NOT_EMPLOYED, values, values * factors)


def explained(artifact: Artifact, columns: Columns) -> Explained:
    """The contributions of applicants whose raw fields and history are in `columns`."""
    matrix = feature_matrix(columns, artifact.model.features)
    _, contributions = artifact.model.contributions(matrix, threads=0)
    return Explained(contributions - artifact.mean_contributions, artifact.model.features)


def nearest(matrix: Floats, features: tuple[ModelFeature, ...], indices: NDArray[np.int_]) -> NDArray[np.int_]:
    """Each of these applicants paired with the `OTHERS` nearest, shape (len(indices) * OTHERS, 2).

    Distance is L1 over standardised quantities and flags; missing values count as the mean, levels are left out.
    """
    ordered = matrix[:, [item.feature.kind != "categorical" for item in features]]
    known = ordered[:, ~np.isnan(ordered).all(axis=0)]
    spread = np.nanstd(known, axis=0)
    scaled = np.nan_to_num((known - np.nanmean(known, axis=0)) / np.where(spread > 0, spread, 1.0))
    return np.array([pair for index in indices.tolist() for pair in _nearest(scaled, index)])


def _nearest(scaled: Floats, index: int) -> list[tuple[int, int]]:
    distance = np.abs(scaled - scaled[index]).sum(axis=1)
    distance[index] = np.inf
    return [(index, other) for other in np.argsort(distance, kind="stable")[:OTHERS].tolist()]


def strangers(applicants: int, indices: NDArray[np.int_], rng: np.random.Generator) -> NDArray[np.int_]:
    """Each of these applicants paired with `OTHERS` others at random, shape (len(indices) * OTHERS, 2)."""
    firsts = np.repeat(indices, OTHERS)
    # A shift by at least one and less than n never maps an applicant to itself.
    return np.column_stack([firsts, (firsts + rng.integers(1, applicants, len(firsts))) % applicants])
