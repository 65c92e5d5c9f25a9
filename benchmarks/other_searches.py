"""Searches for counterfactuals by other libraries, with the levers of recourse.

DiCE is held to our limits; so is NICE (Brughmans, Leyman and Martens, 2024), whose nearest approved loan is one of the
reference population within them; CFNOW (Oliveira, Sorensen and Martens, 2024) takes no limits. DiCE's genetic and k-d
tree searches took over four minutes each for forty applicants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.artifact.model import log_odds_of, probability_of
from scoring.assessment.assessment import Assessment
from scoring.schema.features import feature_matrix
from scoring.schema.fields import leeways
from scoring.serving.service import Service

LEVERS = list(leeways())
# After which CFNOW is to stop by itself.
CFNOW_SECONDS = 10
SEED = 7

Changes = Mapping[str, Any]


class _Approval:
    """The decision as a classifier for DiCE: from values of the levers to the probability of "not approved"."""

    def __init__(self, service: Service, assessment: Assessment) -> None:
        self.artifact, self.own = service.artifact, assessment.applicant.columns()

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Probabilities of shape (n, 2), scaled so that approval ends at one half."""
        moved = {name: frame[name].to_numpy(dtype=np.float64) for name in LEVERS}
        columns = {name: np.repeat(values, len(frame)) for name, values in self.own.items()} | moved
        log_odds = self.artifact.model.log_odds(feature_matrix(columns, self.artifact.model.features))
        denied = probability_of(log_odds - log_odds_of(self.artifact.rule.terms(columns).band_low))
        return np.column_stack([denied, 1 - denied])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """1 if approved, else 0."""
        return (self.predict_proba(frame)[:, 1] > 0.5).astype(int)


def dice(service: Service, assessment: Assessment) -> list[Changes]:
    """Random search."""
    import dice_ml
    from raiutils.exceptions import UserConfigValidationException

    population = service.artifact.population
    known = population.frame[LEVERS].dropna().astype(float)
    data = known.assign(approved=population.masks["accepted"][known.index].astype(int))
    own = pd.DataFrame({name: assessment.applicant.columns()[name] for name in LEVERS})
    ranges = {name: sorted((own[name][0] * leeways()[name].limit, own[name][0])) for name in LEVERS}
    explainer = dice_ml.Dice(
        dice_ml.Data(dataframe=data, continuous_features=LEVERS, outcome_name="approved"),
        dice_ml.Model(model=_Approval(service, assessment), backend="sklearn"),
        method="random",
    )
    try:
        answer = explainer.generate_counterfactuals(
            own, total_CFs=1, desired_class=1, features_to_vary=LEVERS, permitted_range=ranges, random_seed=SEED
        )
    except UserConfigValidationException:
        return []
    rows = answer.cf_examples_list[0].final_cfs_df[LEVERS].astype(float).to_dict("records")
    return [{name: value for name, value in row.items() if value != own[name][0]} for row in rows]


def cfnow(service: Service, assessment: Assessment) -> list[Changes]:
    """Greedy search."""
    from cfnow import find_tabular

    own = pd.Series({name: float(assessment.applicant.columns()[name][0]) for name in LEVERS})
    approval = _Approval(service, assessment)

    def approves(rows: Any) -> np.ndarray:
        """The probability of an approval of rows as a frame or an array, shape (n,)."""
        return approval.predict_proba(pd.DataFrame(np.asarray(rows, float), columns=LEVERS))[:, 1]

    answer = find_tabular(
        own, approves, cf_strategy="greedy", feat_types=dict.fromkeys(LEVERS, "num"), limit_seconds=CFNOW_SECONDS
    )
    proposed = [dict(zip(LEVERS, map(float, row), strict=True)) for row in answer.cfs]
    return [{name: value for name, value in row.items() if value != own[name]} for row in proposed]


def nice(service: Service, assessment: Assessment) -> list[Changes]:
    """The fewest changes towards the nearest approved loan of the reference population."""
    from nice import NICE

    own = np.array([[float(assessment.applicant.columns()[name][0]) for name in LEVERS]])
    approval = _Approval(service, assessment)

    def decided(rows: np.ndarray) -> np.ndarray:
        """The probabilities of "not approved" and approval, shape (n, 2)."""
        return approval.predict_proba(pd.DataFrame(rows, columns=LEVERS))

    limits = own[0] * [leeways()[name].limit for name in LEVERS]
    known = service.artifact.population.frame[LEVERS].dropna().to_numpy(float)
    within = known[((known >= np.minimum(own, limits)) & (known <= np.maximum(own, limits))).all(axis=1)]
    if not len(within) or not (decided(within)[:, 1] > 0.5).any():
        return []
    found = NICE(decided, within, cat_feat=[], optimization="sparsity", justified_cf=False).explain(own.copy())[0]
    return [{name: float(value) for name, value, old in zip(LEVERS, found, own[0], strict=True) if value != old}]
