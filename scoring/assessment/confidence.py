"""How sure one probability is: past applicants with like scores, what missing fields could do, values never seen.

An interval around one calibrated probability would promise what nobody can see: calibration is about many applicants.
What can be seen is how many of the past applicants with the nearest scores defaulted, and how the probability moves
over the values that such applicants have where this one has none.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from scoring.answers.applicant import Confidence, MissingEffect, NearScores, OutsideLearnt
from scoring.applicants.applicant import Applicant
from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.artifact.population import Population
from scoring.assessment.assessment import Assessment
from scoring.assessment.interval import wilson
from scoring.schema.features import feature_matrix
from scoring.schema.fields import fields
from scoring.schema.values import applies
from scoring.words.language import Language

NEAREST = 500
# Half the width of the window, in log-odds: without it, the nearest 500 of a high risk reach far down to lower ones.
WINDOW = 0.25
DRAWS = 200
SEED = 15
# The range holds nine draws of ten.
RANGE = (0.05, 0.95)
# From this share of the weight of what an application states, too little is known for a recommendation to rest on.
MOSTLY_MISSING = 0.5
MOST_TO_COMPLETE = 5


def confidence(artifact: Artifact, assessment: Assessment) -> Confidence:
    """How sure the probability of an assessed application is."""
    nearest = nearest_scores(artifact.population, assessment.log_odds)
    return Confidence(
        nearest=near_scores(artifact.population, assessment.log_odds),
        missing=_missing_effect(artifact, assessment, nearest),
        outside=outside_learnt(artifact, assessment.values, assessment.language),
        complete_first=_complete_first(artifact, assessment),
    )


def nearest_scores(population: Population, log_odds: float) -> NDArray[np.intp]:
    """The reference applicants whose log-odds are nearest, at most 500, nearest first and equally near as they are."""
    order, scores = population.by_score, population.log_odds[population.by_score]
    place = int(np.searchsorted(scores, log_odds))
    ends = scores[[max(0, place - NEAREST), min(len(scores), place + NEAREST) - 1]]
    # All who are as near as the last on either side.
    near = order[np.searchsorted(scores, ends[0], "left") : np.searchsorted(scores, ends[1], "right")]
    return near[np.lexsort((near, np.abs(population.log_odds[near] - log_odds)))][:NEAREST]


def near_scores(population: Population, log_odds: float) -> NearScores:
    """What became of the reference applicants with the nearest scores, within the window."""
    nearest = nearest_scores(population, log_odds)
    outcomes = population.outcomes[nearest[np.abs(population.log_odds[nearest] - log_odds) <= WINDOW]]
    count, defaulted = len(outcomes), int(outcomes.sum())
    return NearScores(count, defaulted, list(wilson(defaulted / count, count)) if count else [])


def outside_learnt(artifact: Artifact, values: Floats, language: Language) -> list[OutsideLearnt]:
    """The features, values of shape (features,), that lie outside their range in training."""
    low, high = artifact.training_range
    return [
        OutsideLearnt(
            feature=feature.name,
            label=feature.label[language],
            value=float(values[index]),
            unit=feature.unit,
            learnt=[float(low[index]), float(high[index])],
        )
        for index in np.flatnonzero((values < low) | (values > high))
        for feature in (artifact.model.features[index].feature,)
    ]


def _missing_effect(artifact: Artifact, assessment: Assessment, donors: NDArray[np.intp]) -> MissingEffect:
    """The range of the probability over the donors' values in what is missing; one batch, the same at every call."""
    own = assessment.applicant.columns()
    unknown = _unknown(artifact, assessment.applicant)
    count = sum(value is None for value in assessment.applicant.raw.values())
    if not unknown:
        return MissingEffect(count, len(fields()), [], False)
    columns = {name: np.repeat(values, DRAWS) for name, values in own.items()}
    columns |= _drawn(artifact.population.columns, unknown, donors)
    log_odds = artifact.model.log_odds(feature_matrix(columns, artifact.model.features), threads=0)
    low, high = np.quantile(probability_of(log_odds), RANGE)
    outcomes = artifact.rule.terms(own).decide(np.array([low, assessment.probability, high]))
    return MissingEffect(count, len(fields()), [float(low), float(high)], len(set(outcomes.tolist())) > 1)


def _drawn(population: Columns, unknown: Iterable[str], donors: NDArray[np.intp]) -> dict[str, NDArray]:
    """Values for each unknown column, shape (draws,): one donor's for all of them, another's where it has none."""
    rng = np.random.default_rng(SEED)
    picked = rng.choice(donors, DRAWS)
    drawn = {}
    for name in unknown:
        values = population[name]
        known = donors[~_missing(values[donors])]
        if len(known):
            others = rng.choice(known, DRAWS)
            drawn[name] = values[np.where(_missing(values[picked]), others, picked)]
    return drawn


def _missing(values: NDArray) -> NDArray[np.bool_]:
    return np.array([value is None for value in values]) if values.dtype == object else np.isnan(values)


def _unknown(artifact: Artifact, applicant: Applicant) -> list[str]:
    """The columns that the model reads and that are missing though they could have a value.

    History counts if none of it is on file; else what is missing there is mostly what does not exist.
    """
    own = applicant.columns()
    no_history = all(_missing(own[name])[0] for name in applicant.history)
    return [
        name
        for name in artifact.reads
        if name in own and _missing(own[name])[0] and (name in fields() or no_history) and applies(name, applicant.raw)
    ]


def _complete_first(artifact: Artifact, assessment: Assessment) -> list[str]:
    """The missing fields that matter most, if most of what the model reads of an application is missing; else none."""
    from_application = np.array([not item.history for item in artifact.model.features])
    weights = artifact.weights * from_application
    if weights[np.isnan(assessment.values)].sum() < MOSTLY_MISSING * weights.sum():
        return []
    return [name for name in _unknown(artifact, assessment.applicant) if name in fields()][:MOST_TO_COMPLETE]
