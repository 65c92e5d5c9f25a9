"""From a folder of tables to an artifact: `python -m training train --data DIR --out ARTIFACT`.

A stratified fifth of the applicants is held out. The recipe (`training.fit`) is cross-validated on the others: that
gives calibration, threshold and out-of-fold figures. Fitted on them once, it scores the held-out fifth: that gives the
held-out figures and the reference population, whose probabilities are those of people that model has not learnt from.
The model that is served is then the same recipe on everybody, for no outcome should be wasted.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tqdm import tqdm

from scoring.costs import CostFunctions, cost_columns
from scoring.errors import TrainingError
from scoring.features import Floats, ModelFeature, application_features, frame_matrix
from scoring.fields import TARGET, Feature
from scoring.model import Model
from training.dataset import applicant_table
from training.defaults import DEFAULT_SEED
from training.evaluate import figures
from training.fit import FOLDS, calibrated, cross_validate, fit_calibration, fit_recipe
from training.history import FEATURES
from training.pack import Trained, check_replaceable, pack
from training.prices import fits as prices_fits
from training.prices import prices
from training.provenance import provenance
from training.proxies import fits as proxies_fits
from training.proxies import leave_out
from training.quarantine import Quarantine
from training.rows import TrainingRows
from training.tables import read_tables
from training.threshold import check_costs, cost_curves

HELD_OUT_SHARE = 0.20
# Below this many defaults a fold holds too few to stop, calibrate or choose a threshold by.
FEWEST_DEFAULTS = 100


def split(frame: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The applicants to learn from, and the held-out fifth.

    Raises:
        TrainingError: too few applicants with or without payment difficulties to learn from.
    """
    defaults = int(frame[TARGET].sum())
    if min(defaults, len(frame) - defaults) < FEWEST_DEFAULTS:
        raise TrainingError(
            f"application_train has {defaults} applicants with {TARGET} = 1 and {len(frame) - defaults} with 0; "
            f"training needs at least {FEWEST_DEFAULTS} of each. Add applicants whose outcome is known."
        )
    learn, held_out = train_test_split(
        np.arange(len(frame)), test_size=HELD_OUT_SHARE, stratify=frame[TARGET], random_state=seed
    )
    return frame.iloc[np.sort(learn)], frame.iloc[np.sort(held_out)]


def model_features(frame: pd.DataFrame) -> tuple[ModelFeature, ...]:
    """Every feature of the model, with the levels and the range that these training rows show."""
    application = [ModelFeature(feature, False, _levels(feature, frame)) for feature in application_features()]
    features = (*application, *(ModelFeature(feature, True) for feature in FEATURES))
    matrix = frame_matrix(frame, features)
    return tuple(_with_range(item, matrix[:, place]) for place, item in enumerate(features))


def _levels(feature: Feature, frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(frame[feature.name].dropna().unique())) if feature.kind == "categorical" else ()


def _with_range(item: ModelFeature, values: Floats) -> ModelFeature:
    if item.feature.kind != "quantitative" or np.isnan(values).all():
        return item
    return ModelFeature(item.feature, item.history, (), float(np.nanmin(values)), float(np.nanmax(values)))


def _rows(frame: pd.DataFrame, features: tuple[ModelFeature, ...]) -> TrainingRows:
    return TrainingRows(frame_matrix(frame, features), frame[TARGET].to_numpy(float), features)


def fit(frame: pd.DataFrame, costs: CostFunctions, seed: int) -> Trained:
    """Everything that training learns from one frame of applicants with outcomes (see `training.dataset`)."""
    learn, held_out = split(frame, seed)
    features = model_features(learn)
    rows = _rows(learn, features)
    with tqdm(total=FOLDS + prices_fits() + proxies_fits() + 2, desc="training", unit=" fits") as progress:
        folds = cross_validate(rows, seed, progress.update)
        calibration = fit_calibration(folds.margins, rows.outcomes)
        curves = cost_curves(folds.probabilities, rows.outcomes, cost_columns(learn), costs)
        rules = curves.rules()
        tested = fit_recipe(rows, seed)
        probabilities = calibrated(tested.margins(_rows(held_out, features).matrix), calibration)
        progress.update()
        chosen = rows.only(tested.places)
        paid = prices(learn, chosen, costs.ratio, seed, progress.update)
        without = leave_out(learn, chosen, costs.ratio, seed, progress.update)
        served = _rows(frame, model_features(frame))
        fitted = fit_recipe(served, seed)
        progress.update()
    metrics: dict[str, Any] = {
        "out_of_fold": figures(folds.probabilities, rows.outcomes, rules, cost_columns(learn)),
        "held_out": figures(probabilities, held_out[TARGET].to_numpy(float), rules, cost_columns(held_out)),
        "prices": {name: asdict(price) for name, price in paid.items()},
        "rounds": [*folds.rounds, fitted.rounds],
    }
    model = Model(fitted.booster, calibration, served.only(fitted.places).features)
    return Trained(model, rules[0], curves, metrics, held_out, probabilities, without)


def train(
    data: Path,
    out: Path,
    version: str | None = None,
    seed: int = DEFAULT_SEED,
    costs: CostFunctions = CostFunctions(),  # noqa: B008 (frozen)
    quarantine: Quarantine | None = None,
) -> Trained:
    """Trains on a folder of tables and writes the artifact.

    Args:
        data: folder of the lender's tables; `application_train` must be there, histories may be absent.
        out: folder of the artifact; an artifact that is already there is replaced once the new one is complete.
        version: how answers name the model (default: the day and the start of the data fingerprint).
        seed: of splits, folds and models; the same data and seed give the same model.
        costs: both cost functions, and which of them the threshold is chosen for.
        quarantine: where rows with values that are not allowed go; None: they stop the training.

    Raises:
        TableError: a table cannot be used.
        TrainingError: the data cannot be learnt from, or `out` holds something else than an artifact.
    """
    check_replaceable(out)
    check_costs(costs)
    tables = read_tables(data, quarantine=quarantine)
    trained = fit(applicant_table(tables, "train"), costs, seed)
    pack(trained, provenance(data, version, seed, tables.left_out), out, seed)
    return trained
