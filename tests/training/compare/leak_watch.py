"""Watches a comparison for leaks: which applicants each step was fitted on, and which it then predicted.

Frames carry applicants' ids as their index through all steps. `fit` of each learning class is wrapped to record the ids
on the fitted object; the output of a sampler keeps the ids of the rows drawn, with -1 for synthetic ones.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTENC
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from lightgbm import LGBMClassifier
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, StandardScaler
from xgboost import XGBClassifier

from training.compare import cut
from training.compare.rows import Indices, Parts

LEARNERS = (SelectFromModel, SimpleImputer, StandardScaler, QuantileTransformer, OneHotEncoder)
MODELS = (
    DummyClassifier,
    LogisticRegression,
    RandomForestClassifier,
    HistGradientBoostingClassifier,
    XGBClassifier,
    LGBMClassifier,
)
SAMPLERS = (SMOTENC, RandomUnderSampler)
MADE_UP = -1
FITTED_ON = "_watched_ids"


class LeakWatch:
    """Records leaks, in words, in `leaks`, and the names of classes that were fitted in `steps`.

    Args:
        parts: the rows to learn from and the test set.
        folds: indices of the rows to learn from and of those held out, for each fold.
        patch: undoes the wrapping.
    """

    def __init__(self, parts: Parts, folds: list[tuple[Indices, Indices]], patch: pytest.MonkeyPatch) -> None:
        ids = parts.learn.inputs.index.to_numpy()
        self.test = set(parts.test.inputs.index)
        self.all = set(ids)
        self.seen_by_folds = [set(ids[seen]) for seen, _ in folds]
        self.predicted: dict[float, set[int]] = {}
        self.whole_fits: list[str] = []
        self.leaks: list[str] = []
        self.steps: set[str] = set()
        for step in (*LEARNERS, *MODELS):
            self._wrap(patch, step, "fit", self._fitted)
        for step in SAMPLERS:
            self._wrap(patch, step, "fit_resample", self._resampled)
        self._wrap(patch, Pipeline, "transform", self._used)
        self._wrap(patch, Pipeline, "predict_proba", self._predicted)
        threshold = cut.rate_curve
        patch.setattr(cut, "rate_curve", lambda *given: (self._threshold(given[0]), threshold(*given))[1])

    def _wrap(self, patch: pytest.MonkeyPatch, owner: type, name: str, note: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapped(step, rows, *args, **kwargs):
            result = original(step, rows, *args, **kwargs)
            note(step, rows, result)
            return result

        patch.setattr(owner, name, wrapped)

    def _fitted(self, step: Any, rows: Any, _: Any = None) -> None:
        name = type(step).__name__
        if not isinstance(rows, pd.DataFrame):
            self.leaks.append(f"{name} was fitted on rows without ids")
            return
        ids = set(rows.index) - {MADE_UP}
        setattr(step, FITTED_ON, ids)
        self.steps.add(name)
        if ids & self.test:
            self.leaks.append(f"{name} was fitted on test rows")
        elif not ids <= self.all:
            self.leaks.append(f"{name} was fitted on unknown rows")
        elif not any(ids <= seen for seen in self.seen_by_folds):
            self.whole_fits.append(name)

    def _resampled(self, step: Any, rows: pd.DataFrame, result: tuple[pd.DataFrame, Any]) -> None:
        self._fitted(step, rows)
        drawn, outcomes = result
        if isinstance(step, RandomUnderSampler):
            drawn.index = rows.index[step.sample_indices_]
        else:
            drawn.index = [*rows.index, *[MADE_UP] * (len(outcomes) - len(rows))]

    def _used(self, pipeline: Pipeline, rows: pd.DataFrame, _: Any) -> None:
        """Called when a pipeline prepares or predicts rows: no step may have been fitted on them, or across folds."""
        ids = set(rows.index)
        for step in learnt_steps(pipeline):
            if getattr(step, FITTED_ON) & ids:
                self.leaks.append(f"{type(step).__name__} was fitted on rows that it then met as unseen")
        if not ids <= self.test and self.whole_fits:
            self.leaks += [f"{name} was fitted across the folds before they were predicted" for name in self.whole_fits]
            self.whole_fits = []

    def _predicted(self, pipeline: Pipeline, rows: pd.DataFrame, probabilities: np.ndarray) -> None:
        self._used(pipeline, rows, None)
        for row, probability in zip(rows.index, probabilities[:, 1].astype(float), strict=True):
            self.predicted.setdefault(probability, set()).add(row)

    def _threshold(self, probabilities: np.ndarray) -> None:
        """Thresholds may be chosen only by probabilities of training rows."""
        self.steps.add("threshold")
        behind = [self.predicted.get(probability, set()) for probability in probabilities.tolist()]
        if any(ids and ids <= self.test for ids in behind):
            self.leaks.append("threshold was chosen by test rows")
        elif not all(behind):
            self.leaks.append("threshold was chosen by probabilities that no pipeline predicted out of fold")


def learnt_steps(pipeline: Any) -> Iterator[Any]:
    """All fitted steps in a pipeline, at any depth."""
    if hasattr(pipeline, FITTED_ON):
        yield pipeline
    inner = [step for _, step in getattr(pipeline, "steps", [])]
    inner += [step for _, step, *_ in getattr(pipeline, "transformers_", [])]
    for step in inner:
        yield from learnt_steps(step)
