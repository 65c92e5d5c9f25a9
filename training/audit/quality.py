"""Quality of a version's explanations: additivity, stability, compacity, and agreement with recourse."""

from __future__ import annotations

import numpy as np

from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.review import Compacity, ExplanationQuality
from training.audit.agreement import agreement
from training.audit.stability import OTHERS, Explained, nearest, perturbed, stability, strangers

EXPLAINED = 200
"""Applicants whose explanations are compared with others, drawn from the reference population."""
EXPLAINED_SHARE = 0.90
"""Share of a score from which it counts as explained; Shapash's closeness of a tenth."""
FEW = 10
UPPER = 0.90


def explanation_quality(artifact: Artifact, contributions: Floats, seed: int) -> ExplanationQuality:
    """Every figure, over the reference applicants or some of them.

    Args:
        artifact: the model to explain.
        contributions: re-centred contributions of all reference applicants, shape (n, features), in log-odds.
        seed: draws applicants and errors.
    """
    rng = np.random.default_rng(seed)
    matrix, features = artifact.population.matrix, artifact.model.features
    every = Explained(contributions, features)
    indices = np.sort(rng.choice(len(matrix), min(EXPLAINED, len(matrix)), replace=False))
    copies = np.column_stack([np.tile(indices, OTHERS), np.arange(OTHERS * len(indices))])
    return ExplanationQuality(
        applicants=len(matrix),
        additivity_error=additivity_error(artifact, contributions),
        perturbed=stability(every, perturbed(artifact, indices, rng), copies),
        neighbours=stability(every, every, nearest(matrix, features, indices)),
        strangers=stability(every, every, strangers(len(matrix), indices, rng)),
        compacity=compacity(contributions),
        agreement=agreement(artifact, rng),
    )


def additivity_error(artifact: Artifact, contributions: Floats) -> float:
    """The largest |base + sum of contributions - log-odds| over the reference applicants.

    Log-odds come from plain prediction, as for a batch: another code path in LightGBM.
    """
    log_odds = artifact.model.log_odds(artifact.population.matrix, threads=0)
    return float(np.abs(artifact.base + contributions.sum(axis=1) - log_odds).max())


def features_needed(contributions: Floats) -> Floats:
    """How many features explain 90 % of each score, shape (n,), from contributions (n, features).

    Added from the largest absolute one down, the first number at which |sum - score| < 0.1 |score| (as Shapash's
    `get_min_nb_features` for regression); all of them if no smaller number suffices.
    """
    order = np.argsort(-np.abs(contributions), axis=1, kind="stable")
    added = np.cumsum(np.take_along_axis(contributions, order, axis=1), axis=1)
    score = added[:, -1:]
    close = np.abs(added - score) < (1 - EXPLAINED_SHARE) * np.abs(score)
    close[:, -1] = True
    return close.argmax(axis=1) + 1.0


def compacity(contributions: Floats) -> Compacity:
    """How compact explanations are, from contributions of shape (n, features)."""
    needed = features_needed(contributions)
    sizes = -np.sort(-np.abs(contributions), axis=1)
    total = sizes.sum(axis=1)
    shares = sizes[:, :FEW].sum(axis=1)[total > 0] / total[total > 0]
    return Compacity(
        median=float(np.median(needed)),
        upper=float(np.quantile(needed, UPPER, method="higher")),
        told_by_ten=float((needed <= FEW).mean()),
        share_of_ten=float(shares.mean()) if len(shares) else 1.0,
    )
