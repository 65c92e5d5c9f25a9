"""Application fields and history -> model features: the same vectorised code for one row and a million.

Columns are numpy arrays by name (`Columns`), not a frame, so that one applicant takes microseconds and a million take
no Python loop. Numeric columns, history among them, are float64 with NaN for missing; text columns are object arrays
with None. Features are never given: they are computed from raw application fields and history columns alone. Label,
unit, theme and direction of a derived feature are in the lender's `derived.csv`, its formula in
`scoring.lender.formulas`; a joint feature is a derived one that combines application and history, and its row names the
history columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.arrays import Columns, Floats
from scoring.files import read_table
from scoring.lender import FOLDER
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import YES_LEVELS
from scoring.schema.fields import Feature, Field, fields
from scoring.strict import MalformedError, Number, in_order
from scoring.words.language import Words

# A frame is turned into features in blocks, so that memory holds its columns once, not three times.
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class ModelFeature:
    """A feature of a trained model: its levels in code order, and its range in training."""

    feature: Feature
    history: bool
    levels: tuple[str, ...] = ()
    lowest: Number | None = None
    highest: Number | None = None

    def __post_init__(self) -> None:
        in_order(self.lowest, self.highest, ("lowest", "highest"))
        if len(set(self.levels)) < len(self.levels):
            raise MalformedError("levels holds a level more than once")

    @cached_property
    def read(self) -> Callable[[Columns], Floats]:
        """The function from raw fields and history, arrays of length n, to this feature of every row, shape (n,).

        It returns level codes, 0/1 flags or quantities; NaN is missing.
        """
        if self.history:
            return itemgetter(self.feature.name)
        name, indices = self.feature.name, {level: float(index) for index, level in enumerate(self.levels)}
        if name in FORMULAS:
            return FORMULAS[name]
        if self.feature.kind == "categorical":
            return lambda columns: _codes(columns[name], indices)
        if fields()[name].type == "text":
            return lambda columns: _flags(columns[name])
        return itemgetter(name)


@cache
def derived_features() -> tuple[Feature, ...]:
    """The features that `FORMULAS` computes from raw fields, in the model's order."""
    return tuple(
        Feature(
            row["name"],
            Words(row["label_en"], row["label_fr"]),
            row["unit"],
            row["theme"],
            row["kind"],  # type: ignore[arg-type]
            int(row["direction"]),
            row["factor"],
        )
        for row in read_table(FOLDER / "derived.csv")
    )


@cache
def unjoined_application_features() -> tuple[Feature, ...]:
    """Those of `application_features` that need no history."""
    return tuple(feature for feature in application_features() if not _joint_inputs().get(feature.name))


@cache
def unjoined_features() -> tuple[Feature, ...]:
    """The derived features of the application alone."""
    return tuple(feature for feature in derived_features() if not _joint_inputs()[feature.name])


@cache
def restated_fields() -> dict[str, str]:
    """Raw field -> the derived feature that restates it in readable units (days before -> years)."""
    return {row["of"]: row["name"] for row in read_table(FOLDER / "derived.csv") if row["of"]}


@cache
def plan_maxima() -> dict[str, float]:
    """Derived feature -> the value that recourse may not exceed, in its unit."""
    return {
        row["name"]: float(row["plan_maximum"]) for row in read_table(FOLDER / "derived.csv") if row["plan_maximum"]
    }


def field_feature(field: Field) -> Feature:
    """A raw field as a feature of the same name."""
    return Feature(field.name, field.label, field.unit, field.theme, field.kind, field.direction, field.factor)


@cache
def application_features() -> tuple[Feature, ...]:
    """All features computed from the application, in the model's order; history features follow."""
    raw = (field_feature(field) for field in fields().values() if field.model_input)
    return (*raw, *derived_features())


@cache
def _joint_inputs() -> dict[str, tuple[str, ...]]:
    return {row["name"]: tuple(row["history"].split()) for row in read_table(FOLDER / "derived.csv")}


def history_inputs(features: Iterable[ModelFeature]) -> tuple[str, ...]:
    """The history columns that these features need: history features, and inputs of joint features."""
    names = [
        name
        for item in features
        for name in ((item.feature.name,) if item.history else _joint_inputs().get(item.feature.name, ()))
    ]
    return tuple(dict.fromkeys(names))


def to_columns(frame: pd.DataFrame, history: Iterable[str] = ()) -> dict[str, NDArray]:
    """The raw application fields and the named history columns of a frame, as arrays."""
    columns = {
        name: _text_array(frame[name]) if field.type == "text" else frame[name].to_numpy(dtype=np.float64)
        for name, field in fields().items()
        if name in frame.columns
    }
    return columns | {name: frame[name].to_numpy(dtype=np.float64) for name in history}


def _text_array(series: pd.Series) -> NDArray:
    values = series.to_numpy(dtype=object, copy=True)
    values[series.isna().to_numpy()] = None
    return values


def _flags(values: NDArray) -> Floats:
    """1 for yes, 0 for no, NaN for missing."""
    return np.array([np.nan if value is None else float(value in YES_LEVELS) for value in values])


def _codes(values: NDArray, indices: Mapping[str, float]) -> Floats:
    """The index of each value's level; NaN if missing or unknown in training."""
    return np.array([indices.get(value, np.nan) for value in values])


def feature_matrix(columns: Columns, features: Sequence[ModelFeature]) -> Floats:
    """The model's input: one row per applicant, one column per feature, in the order of `features`.

    Args:
        columns: raw fields and history columns (see `history_inputs`), arrays of length n.
        features: what the model reads.
    """
    known, rows = dict(columns), []
    for item in features:
        rows.append(item.read(known))
        if item.feature.name in FORMULAS:
            # Formulas of later features find it there.
            known[item.feature.name] = rows[-1]
    return np.array(rows, dtype=np.float64).T


def frame_matrix(frame: pd.DataFrame, features: Sequence[ModelFeature]) -> Floats:
    """The model's input from a frame of raw fields and history columns, shape (rows, features)."""
    history = history_inputs(features)
    if len(frame) <= ROWS_AT_ONCE:
        return feature_matrix(to_columns(frame, history), features)
    matrix = np.empty((len(frame), len(features)), order="F")
    for start in range(0, len(frame), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        matrix[rows] = feature_matrix(to_columns(frame.iloc[rows], history), features)
    return matrix
