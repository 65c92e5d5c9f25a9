"""Global importance: mean absolute contributions over many applicants, by feature and by theme."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from scoring.arrays import Floats
from scoring.schema.features import ModelFeature
from scoring.strict import LogOdds, MalformedError, NotNegative, Share, Some, known, same_length, strict

# Size of the beeswarm plot; with more points the dots would only get denser.
SWARM_FEATURES = 15
SWARM_POINTS = 300


@dataclass(frozen=True)
class Swarm:
    """One feature's contributions for some applicants, in log-odds, and the ranks of its values, 0 (lowest) to 1.

    `ranks` is None where the value is missing or has no order. Applicants are shuffled separately for each feature, so
    that no applicant can be reconstructed.
    """

    feature: str
    contributions: list[LogOdds]
    ranks: list[Share | None]

    def __post_init__(self) -> None:
        same_length(self, ("contributions", "ranks"))


@strict
@dataclass(frozen=True)
class Importance:
    """Mean absolute contributions in log-odds over `applicants`, largest first.

    A theme's contributions are summed per applicant before the absolute value is taken: contributions of one theme that
    cancel do not count.
    """

    applicants: Some
    features: dict[str, NotNegative]
    themes: dict[str, NotNegative]
    swarms: list[Swarm]

    def __post_init__(self) -> None:
        for name in ("features", "themes"):
            weights = list(getattr(self, name).values())
            if weights != sorted(weights, reverse=True) or not any(weights):
                raise MalformedError(f"{name} is not in falling order, or holds no weight at all")
        known("swarms", [swarm.feature for swarm in self.swarms], list(self.features))
        if not self.swarms:
            raise MalformedError("swarms is empty")


def global_importance(
    contributions: Floats, matrix: Floats, features: tuple[ModelFeature, ...], seed: int
) -> Importance:
    """The importance of each feature and theme, from contributions and values, both of shape (n, features)."""
    by_feature = np.abs(contributions).mean(axis=0)
    order = np.argsort(-by_feature, kind="stable")
    themes = np.array([item.feature.theme for item in features])
    by_theme = {
        str(theme): float(np.abs(contributions[:, themes == theme].sum(axis=1)).mean()) for theme in np.unique(themes)
    }
    rng = np.random.default_rng(seed)
    shown = min(SWARM_POINTS, len(matrix))
    swarms = [
        _swarm(features[index], contributions[some, index], matrix[some, index])
        for index in order[:SWARM_FEATURES]
        for some in (rng.choice(len(matrix), shown, replace=False),)
    ]
    return Importance(
        applicants=len(matrix),
        features={features[index].feature.name: float(by_feature[index]) for index in order},
        themes=dict(sorted(by_theme.items(), key=lambda theme: -theme[1])),
        swarms=swarms,
    )


def _swarm(item: ModelFeature, contributions: Floats, values: Floats) -> Swarm:
    known = np.sort(values[~np.isnan(values)])
    ordered = item.feature.kind != "categorical" and len(known) > 1
    # Mid-ranks for ties, so that a flag's "no" and "yes" are as far apart as their shares.
    indices = (np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right") - 1) / 2
    ranks = np.where(np.isnan(values), np.nan, indices / max(len(known) - 1, 1))
    return Swarm(
        feature=item.feature.name,
        contributions=[round(value, 4) for value in contributions.tolist()],
        ranks=[None if np.isnan(rank) or not ordered else round(rank, 3) for rank in ranks.tolist()],
    )


def importance_to_json(importance: Importance) -> dict[str, Any]:
    """The content of `importance.json`."""
    return asdict(importance)
