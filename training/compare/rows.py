"""The rows that models are compared on: those to learn from, the untouched test set, and the folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from scoring.arrays import Columns
from scoring.artifact.model import feature_names
from scoring.decision.costs import cost_columns
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.features import ModelFeature, frame_matrix
from training.learn.split import model_features, split

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Rows:
    """Applicants by id: `inputs` (n, features) in float32 with NaN for missing, `outcomes` (n,) of 0 and 1."""

    inputs: pd.DataFrame
    outcomes: NDArray[np.int64]

    def at(self, indices: Indices) -> Rows:
        """The rows at those indices."""
        return Rows(self.inputs.iloc[indices], self.outcomes[indices])


@dataclass(frozen=True)
class Parts:
    """The rows to learn from and the test set.

    Columns are ordered by kind: first the `categorical` ones with level codes, then flags up to column `coded`, then
    quantities; `features` are those of the columns. The loans are what costs in currency depend on.
    """

    learn: Rows
    test: Rows
    categorical: int
    coded: int
    features: tuple[ModelFeature, ...]
    learn_loans: Columns
    test_loans: Columns


def part(frame: pd.DataFrame, seed: int) -> Parts:
    """The stratified split, the same for all models (see `training.learn.split.split`).

    Levels are numbered as they occur in the rows to learn from; any other level counts as missing. Protected
    attributes are not model features, hence not inputs.

    Raises:
        TrainingError: too few applicants with or without payment difficulties.
    """
    learn, test = split(frame, seed)
    features = model_features(learn)
    kinds = [item.feature.kind for item in features]
    order = [index for kind in ("categorical", "yes_no", "quantitative") for index in _places(kinds, kind)]
    ordered = tuple(features[index] for index in order)
    categorical = kinds.count("categorical")
    coded = categorical + kinds.count("yes_no")
    return Parts(
        learn=_rows(learn, ordered),
        test=_rows(test, ordered),
        categorical=categorical,
        coded=coded,
        features=ordered,
        learn_loans=cost_columns(learn),
        test_loans=cost_columns(test),
    )


def folds(rows: Rows, number: int, seed: int) -> list[tuple[Indices, Indices]]:
    """The stratified folds, the same for all models: indices to learn from, and indices held out."""
    splitter = StratifiedKFold(number, shuffle=True, random_state=seed)
    return list(splitter.split(rows.inputs, rows.outcomes))


def _places(kinds: Sequence[str], kind: str) -> list[int]:
    return [index for index, found in enumerate(kinds) if found == kind]


def _rows(frame: pd.DataFrame, features: tuple[ModelFeature, ...]) -> Rows:
    matrix = frame_matrix(frame, features).astype(np.float32)
    inputs = pd.DataFrame(matrix, columns=feature_names(features), index=pd.Index(frame[APPLICANT_ID]))
    return Rows(inputs, frame[TARGET].to_numpy(np.int64))
