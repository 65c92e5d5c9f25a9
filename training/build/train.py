"""From a folder of tables to an artifact: `python -m training train --data DIR --out ARTIFACT`.

A stratified fifth of the applicants is held out. The recipe (`training.learn.fit`) is cross-validated on the others:
that gives calibration, threshold and out-of-fold figures. Fitted on them once, it scores the held-out fifth: that gives
the held-out figures and the reference population, whose probabilities are therefore out of sample. The served model is
then the same recipe fitted on all applicants, so that no outcome is wasted.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from scoring.artifact.model import Model
from scoring.decision.costs import CostFunctions, cost_columns
from scoring.decision.points import PointsScale, scale_to_json
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature, frame_matrix
from training.audit.constraint_costs import constraint_costs
from training.audit.constraint_costs import fits as constraint_fits
from training.audit.proxies import fits as proxies_fits
from training.audit.proxies import leave_out
from training.build.pack import Trained, check_replaceable, pack
from training.build.provenance import provenance
from training.dataset.dataset import applicant_table
from training.defaults import DEFAULT_SEED
from training.learn.fit import FOLDS, Recipe, calibrated, cross_validate, fit_calibration, fit_recipe
from training.learn.rows import TrainingRows
from training.learn.split import model_features, split
from training.learn.threshold import check_costs, cost_curves
from training.statistics.evaluate import figures
from training.tables.quarantine import Quarantine
from training.tables.read import read_tables


def _rows(frame: pd.DataFrame, features: tuple[ModelFeature, ...]) -> TrainingRows:
    return TrainingRows(frame_matrix(frame, features), frame[TARGET].to_numpy(float), features)


def fit(frame: pd.DataFrame, costs: CostFunctions, seed: int, recipe: Recipe = Recipe()) -> Trained:  # noqa: B008 (frozen)
    """Everything that training learns from one frame of applicants with outcomes (see `training.dataset.dataset`).

    What constraints and proxies cost is not measured of a scorecard: it is a yardstick, not a candidate by itself.
    """
    learn, held_out = split(frame, seed)
    features = model_features(learn)
    rows = _rows(learn, features)
    audits = 0 if recipe.scorecard else constraint_fits() + proxies_fits()
    with tqdm(total=FOLDS + audits + 2, desc="training", unit=" fits") as progress:
        folds = cross_validate(rows, seed, progress.update, recipe)
        calibration = fit_calibration(folds.margins, rows.outcomes)
        curves = cost_curves(folds.probabilities, rows.outcomes, cost_columns(learn), costs)
        rules = curves.rules()
        tested = fit_recipe(rows, seed, recipe)
        probabilities = calibrated(tested.margins(_rows(held_out, features).matrix), calibration)
        progress.update()
        chosen = rows.only(tested.indices)
        tick = progress.update
        of_constraints = {} if recipe.scorecard else constraint_costs(learn, chosen, costs.ratio, seed, tick)
        without = [] if recipe.scorecard else leave_out(learn, chosen, costs.ratio, seed, tick)
        served = _rows(frame, model_features(frame))
        fitted = fit_recipe(served, seed, recipe)
        progress.update()
    metrics: dict[str, Any] = {
        "out_of_fold": figures(folds.probabilities, rows.outcomes, rules, cost_columns(learn)),
        "held_out": figures(probabilities, held_out[TARGET].to_numpy(float), rules, cost_columns(held_out)),
        "prices": {name: asdict(cost) for name, cost in of_constraints.items()},
        "rounds": [*folds.rounds, fitted.rounds],
    }
    model = Model(fitted.booster, calibration, served.only(fitted.indices).features)
    return Trained(model, rules[0], curves, metrics, held_out, probabilities, without)


def train(
    data: Path,
    out: Path,
    version: str | None = None,
    seed: int = DEFAULT_SEED,
    costs: CostFunctions = CostFunctions(),  # noqa: B008 (frozen)
    quarantine: Quarantine | None = None,
    points: PointsScale = PointsScale(),  # noqa: B008 (frozen)
    scorecard: bool = False,
) -> Trained:
    """Trains on a folder of tables and writes the artifact.

    Args:
        data: folder of the lender's tables; its applicants of known outcome must be there, histories may be absent.
        out: folder of the artifact; an artifact that is already there is replaced once the new one is complete.
        version: how answers name the model (default: the day and the start of the data fingerprint).
        seed: of splits, folds and models; the same data and seed give the same model.
        costs: both cost functions, and which of them the threshold is chosen for.
        quarantine: where rows with values that are not allowed go; None: they stop the training.
        points: the scale on which the artifact tells probabilities as points.
        scorecard: whether to fit a scorecard in the place of boosters.

    Raises:
        TableError: a table cannot be used.
        TrainingError: the data cannot be learnt from, or `out` holds something else than an artifact.
    """
    check_replaceable(out)
    check_costs(costs)
    tables = read_tables(data, quarantine=quarantine)
    trained = fit(applicant_table(tables, "train"), costs, seed, Recipe(scorecard=scorecard))
    manifest = provenance(data, version, seed, tables.left_out) | {"points": scale_to_json(points)}
    if scorecard:
        manifest["kind"] = "scorecard"
    pack(trained, manifest, out, seed)
    return trained
