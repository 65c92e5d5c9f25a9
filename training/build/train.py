"""From a folder of tables to an artifact: `python -m training train --data DIR --out ARTIFACT`.

The recipe (`training.learn.fit`) is cross-validated on all applicants, in five folds. The first is held out: no model,
calibration or threshold behind its figures was fitted on it, and its applicants are the reference population, whose
probabilities are therefore out of sample. The other folds give the threshold and the out-of-fold figures. The served
model is the same recipe fitted on all applicants, calibrated on the out-of-fold margins of all, so that no outcome is
wasted.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from scoring.artifact.model import Model
from scoring.decision.bands import ScoreBands, bands_to_json, usual_bands
from scoring.decision.costs import CostFunctions, cost_columns
from scoring.decision.points import PointsScale, scale_to_json
from scoring.lender.roles import TARGET
from scoring.schema.features import frame_matrix, history_inputs
from scoring.schema.fields import fields
from training.audit.complexity import complexity
from training.audit.complexity import fits as complexity_fits
from training.audit.constraint_costs import constraint_costs
from training.audit.constraint_costs import fits as constraint_fits
from training.audit.proxies import fits as proxies_fits
from training.audit.proxies import leave_out
from training.audit.yardstick import fits as yardstick_fits
from training.audit.yardstick import yardstick
from training.build.pack import Trained, check_replaceable, pack
from training.build.provenance import provenance
from training.dataset.dataset import applicant_table
from training.defaults import DEFAULT_SEED
from training.learn.fit import FOLDS, QUICK, Recipe, cross_validate, fit_calibration, fit_recipe, folds_around
from training.learn.rows import TrainingRows
from training.learn.split import model_features, split_rows
from training.learn.threshold import check_costs, cost_curves
from training.statistics.evaluate import figures
from training.tables.quarantine import Quarantine
from training.tables.read import read_tables


def fit(frame: pd.DataFrame, costs: CostFunctions, seed: int, recipe: Recipe = Recipe()) -> Trained:  # noqa: B008 (frozen)
    """Everything that training learns from one frame of applicants with outcomes (see `training.dataset.dataset`).

    What constraints and proxies cost, and what complexity buys, is not measured of a scorecard, which is a yardstick
    and no candidate by itself, nor for a first look.
    """
    learn, held_out = split_rows(frame, seed)
    features = model_features(frame)
    rows = TrainingRows(frame_matrix(frame, features), frame[TARGET].to_numpy(float), features)
    audited = not recipe.scorecard and recipe != QUICK
    audits = yardstick_fits() + constraint_fits() + proxies_fits() + complexity_fits() if audited else 0
    with tqdm(total=FOLDS + 1 + audits, desc="training", unit=" fits") as progress:
        tick = progress.update
        parts = folds_around(held_out, rows.outcomes, seed)
        folds = cross_validate(rows, seed, tick, recipe, parts)
        fitted = fit_recipe(rows, seed, recipe)
        tick()
        of_constraints, without, beside_scorecard = {}, [], None
        if audited:
            beside_scorecard = complexity(frame, rows, parts, folds.probabilities, costs, seed, tick)
        # Nothing needs the features that were not selected any more: at full size they take 2 GiB.
        rows = rows.only(fitted.indices)
        if audited:
            learnt = frame[[*fields(), *history_inputs(rows.features)]].iloc[learn]
            chosen = rows.rows(learn)
            against = yardstick(chosen, fitted.rounds, recipe, seed, tick)
            of_constraints = constraint_costs(learnt, chosen, against, costs.ratio, seed, tick)
            without = leave_out(learnt, chosen, against, costs.ratio, seed, tick)
    curves = cost_curves(folds.probabilities[learn], rows.outcomes[learn], cost_columns(frame.iloc[learn]), costs)
    rules = curves.rules()

    def figures_of(part: NDArray[np.int_]) -> dict[str, Any]:
        return figures(folds.probabilities[part], rows.outcomes[part], rules, cost_columns(frame.iloc[part]))

    metrics: dict[str, Any] = {
        "out_of_fold": figures_of(learn),
        "held_out": figures_of(held_out),
        "prices": {name: asdict(cost) for name, cost in of_constraints.items()},
        "rounds": [*folds.rounds, fitted.rounds],
    }
    if beside_scorecard:
        metrics["complexity"] = beside_scorecard
    calibration = fit_calibration(folds.margins_as_seen, rows.outcomes)
    model = Model(fitted.booster, calibration, rows.features)
    return Trained(model, rules[0], curves, metrics, frame.iloc[held_out], folds.probabilities[held_out], without)


def train(
    data: Path,
    out: Path,
    version: str | None = None,
    seed: int = DEFAULT_SEED,
    costs: CostFunctions = CostFunctions(),  # noqa: B008 (frozen)
    quarantine: Quarantine | None = None,
    points: PointsScale = PointsScale(),  # noqa: B008 (frozen)
    recipe: Recipe = Recipe(),  # noqa: B008 (frozen)
    bands: ScoreBands | None = None,
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
        recipe: what is fitted; a scorecard, and a first look (`QUICK`), are marked as such in the manifest.
        bands: the lender's bands of points; None: the usual ones.

    Raises:
        TableError: a table cannot be used.
        TrainingError: the data cannot be learnt from, or `out` holds something else than an artifact.
    """
    check_replaceable(out)
    check_costs(costs)
    tables = read_tables(data, quarantine=quarantine)
    trained = fit(applicant_table(tables, "train"), costs, seed, recipe)
    manifest = provenance(data, version, seed, tables.left_out)
    manifest |= {"points": scale_to_json(points), "bands": bands_to_json(bands or usual_bands(points))}
    if recipe.scorecard:
        manifest["kind"] = "scorecard"
    if recipe == QUICK:
        manifest["quick"] = True
    pack(trained, tables, manifest, out, seed)
    return trained
