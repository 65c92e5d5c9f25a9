"""Compares one application column between synthetic and real rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from scoring.lender.roles import TARGET
from scoring.schema.fields import fields
from training.statistics.stability_index import DECILES, FEW_VALUES, stability_index

NULL = "null"


@dataclass(frozen=True)
class Bin:
    """A decile or level: its share of the synthetic and real rows, and their default rates (None: no rows)."""

    label: str
    synthetic_share: float
    real_share: float
    synthetic_rate: float | None
    real_rate: float | None


@dataclass(frozen=True)
class ColumnLikeness:
    """A column: population stability index, null shares, AUC of the column alone, and its bins.

    For a number, the AUC is computed on its known values, oriented so that it is at least 0.5 on real rows; for a
    level, on the level's default rate in the real rows. None if all known values are equal.
    """

    name: str
    psi: float
    synthetic_nulls: float
    real_nulls: float
    synthetic_auc: float | None
    real_auc: float | None
    bins: tuple[Bin, ...]


def column_likenesses(synthetic: pd.DataFrame, real: pd.DataFrame) -> tuple[ColumnLikeness, ...]:
    """Compares every application field on rows with an outcome, in table order."""
    return tuple(column_likeness(name, synthetic, real) for name in fields())


def column_likeness(name: str, synthetic: pd.DataFrame, real: pd.DataFrame) -> ColumnLikeness:
    """Compares one column on rows with an outcome; bins are deciles of the real values or levels, plus one of nulls."""
    labels, of_synthetic, of_real = _binned(synthetic[name], real[name])
    bins = tuple(
        Bin(
            label,
            float((of_synthetic == index).mean()),
            float((of_real == index).mean()),
            _rate(synthetic[TARGET], of_synthetic == index),
            _rate(real[TARGET], of_real == index),
        )
        for index, label in enumerate(labels)
    )
    synthetic_auc, real_auc = _aucs(name, synthetic, real)
    psi = stability_index(np.array([b.synthetic_share for b in bins]), np.array([b.real_share for b in bins]))
    return ColumnLikeness(
        name,
        psi,
        float(synthetic[name].isna().mean()),
        float(real[name].isna().mean()),
        synthetic_auc,
        real_auc,
        bins,
    )


def _binned(synthetic: pd.Series, real: pd.Series) -> tuple[list[str], NDArray, NDArray]:
    """The bins' labels, and the index of each row's bin on either side."""
    if pd.api.types.is_numeric_dtype(real) and real.nunique() > FEW_VALUES:
        edges = np.unique(real.quantile(DECILES))
        labels = [f"<= {edge:g}" for edge in edges] + [f"> {edges[-1]:g}", NULL]
        indices = [
            np.where(column.isna(), len(edges) + 1, np.searchsorted(edges, column.to_numpy(float), side="left"))
            for column in (synthetic, real)
        ]
        return labels, indices[0], indices[1]
    texts = [column.astype(object).where(column.notna(), NULL).astype(str) for column in (synthetic, real)]
    labels = sorted(set(texts[0]) | set(texts[1]))
    of_synthetic, of_real = (pd.Categorical(text, categories=labels).codes for text in texts)
    return labels, of_synthetic, of_real


def _rate(target: pd.Series, rows: NDArray[np.bool_]) -> float | None:
    return float(target[rows].mean()) if rows.any() else None


def _aucs(name: str, synthetic: pd.DataFrame, real: pd.DataFrame) -> tuple[float | None, float | None]:
    if pd.api.types.is_numeric_dtype(real[name]):
        found = _auc(real[name], real[TARGET])
        sign = -1 if found is not None and found < 0.5 else 1
        return _auc(sign * synthetic[name], synthetic[TARGET]), _auc(sign * real[name], real[TARGET])
    rates = real[TARGET].groupby(real[name]).mean()
    return tuple(_auc(table[name].map(rates), table[TARGET]) for table in (synthetic, real))  # type: ignore[return-value]


def _auc(values: pd.Series, target: pd.Series) -> float | None:
    known = values.notna()
    if values[known].nunique() < 2 or target[known].nunique() < 2:
        return None
    return float(roc_auc_score(target[known], values[known]))
