"""The scorecard of `train --kind scorecard` among the models compared: on the same rows and folds, and calibrated.

It is fitted as training fits it, on all features, with neither a search nor a treatment of the imbalance.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scoring.arrays import Floats
from scoring.decision.costs import RatioCosts
from scoring.files import complete_or_absent
from training.compare.combination import SCORECARD
from training.compare.cut import least_cost_cut
from training.compare.record import Finished
from training.compare.rows import Indices, Parts, Rows
from training.compare.search import Found
from training.learn.fit import Recipe, calibrated, cross_validate, fit_calibration, fit_recipe
from training.learn.rows import TrainingRows

RECIPE = Recipe(scorecard=True)


def assess_scorecard(parts: Parts, folds: Sequence[tuple[Indices, Indices]], seed: int, models: Path) -> Finished:
    """Chooses the threshold out of fold, fits the scorecard on all rows to learn from, and scores the test set once.

    Its model is saved in the folder `models`, as LightGBM's text.

    Raises:
        TrainingError: no feature predicts.
    """
    rows = TrainingRows(_matrix(parts.learn), parts.learn.outcomes.astype(np.float64), parts.features)
    crossed = cross_validate(rows, seed, lambda: None, RECIPE, folds)
    started = time.process_time()
    fitted = fit_recipe(rows, seed, RECIPE)
    calibration = fit_calibration(crossed.margins, rows.outcomes)
    trained = time.process_time()
    scored = calibrated(fitted.margins(_matrix(parts.test)), calibration)
    finished = time.process_time()
    name = f"{SCORECARD.slug}.txt"
    with complete_or_absent(models / name) as file:
        file.write_text(fitted.booster.model_to_string(), encoding="utf-8")
    return Finished(
        SCORECARD,
        Found({}, 0, 0),
        least_cost_cut(crossed.probabilities, rows.outcomes, RatioCosts()),
        crossed.probabilities,
        scored,
        training_seconds=trained - started,
        scoring_seconds=finished - trained,
        artifact=name,
    )


def _matrix(rows: Rows) -> Floats:
    return rows.inputs.to_numpy(np.float64)
