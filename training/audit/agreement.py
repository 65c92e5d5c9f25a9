"""Agreement of reasons with recourse, for applicants who are not approved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scoring.applicants.applicant import Applicant, edited
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.artifact.review import Agreement
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.explanation import principal_features
from scoring.assessment.recourse import recourse
from scoring.decision.rule import OUTCOMES
from scoring.schema.definition import Raw
from scoring.schema.features import feature_matrix
from scoring.schema.fields import fields

# Applicants who are not approved, drawn from the reference population: recourse takes up to a tenth of a second.
MOST_SEARCHED = 150


def agreement(artifact: Artifact, rng: np.random.Generator) -> Agreement:
    """How often the smallest plan changes what a reason names.

    Args:
        artifact: the model that gives reasons and plans.
        rng: draws the applicants.
    """
    searched, by_feature, by_theme = 0, [], []
    for assessment in _not_approved(artifact, rng):
        searched += 1
        found = recourse(artifact, assessment)
        if found.found:
            features, themes = agrees(artifact, assessment, found.plans[0].changes)
            by_feature.append(features)
            by_theme.append(themes)
    shares = [float(np.mean(agreed)) if agreed else None for agreed in (by_feature, by_theme)]
    return Agreement(searched, len(by_feature), *shares)


def agrees(artifact: Artifact, assessment: Assessment, changes: dict[str, Raw]) -> tuple[bool, bool]:
    """Whether changes affect a feature given as a reason, and one of the same theme as a reason."""
    features = artifact.model.features
    columns = edited(assessment.applicant, changes, assessment.language).columns()
    before, after = (feature_matrix(of, features)[0] for of in (assessment.applicant.columns(), columns))
    # A missing value differs from itself; no plan makes a value known or unknown.
    moved = (after != before) & ~np.isnan(before)
    reasons = principal_features(assessment.contributions, features)
    themes = {item.feature.theme for item, changed in zip(features, moved, strict=True) if changed}
    return bool(moved[reasons].any()), any(features[index].feature.theme in themes for index in reasons)


def _not_approved(artifact: Artifact, rng: np.random.Generator) -> Iterator[Assessment]:
    """Reference applicants whom the served model does not approve, in random order, at most `MOST_SEARCHED`."""
    population = artifact.population
    probabilities = probability_of(artifact.model.log_odds(population.matrix, threads=0))
    approved = artifact.rule.terms(population.columns).decide(probabilities) == OUTCOMES.index("approve")
    for index in rng.permutation(np.flatnonzero(~approved))[:MOST_SEARCHED].tolist():
        yield assessed(artifact, _applicant(artifact, index), {}, "en")


def _applicant(artifact: Artifact, index: int) -> Applicant:
    """A reference applicant as one on file; they have no ids, so the row number stands in for it."""
    columns = artifact.population.columns
    raw = {name: None if pd.isna(columns[name][index]) else columns[name][index] for name in fields()}
    return Applicant(index, raw, {name: float(columns[name][index]) for name in artifact.history_names})
