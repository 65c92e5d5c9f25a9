"""Assesses one combination, from the search to the single evaluation on the test set."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optuna.storages import RDBStorage

from scoring.decision.costs import RatioCosts
from scoring.files import complete_or_absent
from training.compare.combination import Combination, Setting
from training.compare.cut import least_cost_cut
from training.compare.pipelines import default_probabilities, fit_whole
from training.compare.record import Finished
from training.compare.rows import Indices, Parts
from training.compare.search import out_of_fold, prepare_folds, search


def assess(
    combination: Combination,
    parts: Parts,
    folds: Sequence[tuple[Indices, Indices]],
    shared: Setting,
    storage: RDBStorage,
    models: Path,
) -> Finished:
    """Searches, chooses the threshold out of fold, refits on all rows to learn from, and scores the test set once.

    A booster with a text format of its own is saved in the folder `models`.
    """
    prepared = prepare_folds(combination, parts.learn, folds, shared)
    found = search(combination, parts.learn.outcomes, prepared, shared, storage)
    probabilities = out_of_fold(combination, found.parameters, prepared, shared)
    rule = least_cost_cut(probabilities, parts.learn.outcomes, RatioCosts())
    started = time.process_time()
    fitted = fit_whole(combination, found.parameters, parts.learn, shared)
    trained = time.process_time()
    scored = default_probabilities(fitted, parts.test.inputs)
    finished = time.process_time()
    return Finished(
        combination,
        found,
        rule,
        probabilities,
        scored,
        training_seconds=trained - started,
        scoring_seconds=finished - trained,
        artifact=_write_model(fitted[-1], models / combination.slug),
    )


def _write_model(model: Any, stem: Path) -> str | None:
    """Writes LightGBM's text or XGBoost's JSON, which load without running code, and returns the file's name."""
    native = {"LGBMClassifier": (".txt", _lightgbm_text), "XGBClassifier": (".json", _xgboost_json)}
    if type(model).__name__ not in native:
        return None
    ending, text_of = native[type(model).__name__]
    path = stem.with_name(stem.name + ending)
    with complete_or_absent(path) as partial:
        partial.write_bytes(text_of(model))
    return path.name


def _lightgbm_text(model: Any) -> bytes:
    return model.booster_.model_to_string().encode("utf-8")


def _xgboost_json(model: Any) -> bytes:
    return bytes(model.get_booster().save_raw("json"))
