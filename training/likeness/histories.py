"""Made-up and real histories: how many rows, and how much they add to what the application tells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from ibis.expr import types as ir
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from scoring.features import Floats, frame_matrix
from scoring.fields import APPLICANT_ID, TARGET
from training.history import history_frame
from training.likeness.models import FOLDS, application_model_features, categorical_places, fit_risk
from training.tables import Tables

BUREAU_ID, PREVIOUS_ID = "SK_ID_BUREAU", "SK_ID_PREV"
RESAMPLES = 300
INTERVAL = (2.5, 97.5)  # percentiles


@dataclass(frozen=True)
class Pair:
    """A figure of the made-up and of the real tables."""

    synthetic: float
    real: float


@dataclass(frozen=True)
class TableLikeness:
    """A history table: share of applicants with any row, rows per applicant with any, rows per credit or loan."""

    name: str
    coverage: Pair
    rows_per_applicant: Pair
    rows_per_loan: Pair


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval from resampled applicants."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class HistoryGain:
    """What some history tables add to the AUC of the application, on as many made-up as real applicants.

    The made-up figure is the mean over several draws of so many applicants.
    """

    tables: tuple[str, ...]
    applicants: int
    synthetic: Estimate
    real: Estimate


def table_likeness(name: str, synthetic: Tables, real: Tables, complete: pd.Index) -> TableLikeness:
    """A history table of all made-up applicants and of the real ones whose rows are `complete`."""
    everyone = pd.concat([part.select(APPLICANT_ID).to_pandas() for part in synthetic.applications()])
    found = [_volumes(name, synthetic, pd.Index(everyone[APPLICANT_ID])), _volumes(name, real, complete)]
    return TableLikeness(name, *(Pair(*figures) for figures in zip(*found, strict=True)))


def _volumes(name: str, tables: Tables, applicants: pd.Index) -> tuple[float, float, float]:
    rows = _owned_rows(name, tables)
    loan = BUREAU_ID if BUREAU_ID in rows.columns else PREVIOUS_ID
    counts = rows.group_by(APPLICANT_ID).agg(rows=rows.count(), loans=rows[loan].nunique()).to_pandas()
    counts = counts[counts[APPLICANT_ID].isin(applicants)]
    total = counts["rows"].sum()
    return len(counts) / len(applicants), total / max(len(counts), 1), total / max(counts["loans"].sum(), 1)


def _owned_rows(name: str, tables: Tables) -> ir.Table:
    """The rows of a table with SK_ID_CURR; monthly statuses have it by way of their credit."""
    table = tables.history[name]
    if APPLICANT_ID in table.columns:
        return table
    return table.inner_join(tables.history["bureau"].select(APPLICANT_ID, BUREAU_ID), BUREAU_ID)


def history_gain(
    synthetic: Tables, real: Tables, names: tuple[str, ...], complete: pd.Index, draws: int, seed: int
) -> HistoryGain:
    """The gain in AUC from adding the tables `names`, on the train applicants among `complete`.

    Args:
        synthetic: made-up tables, with at least as many train applicants as are complete.
        real: real tables.
        names: the history tables to add.
        complete: SK_ID_CURR of the real applicants whose rows of these tables are complete.
        draws: how many times so many made-up applicants are drawn.
        seed: of the draws, the folds and the resamples.
    """
    made_up, history = _train_part(synthetic, names)
    real_frame, real_history = _train_part(real, names)
    chosen = real_frame[APPLICANT_ID].isin(complete).to_numpy()
    size = int(chosen.sum())
    rng = np.random.default_rng(seed)
    gains = []
    for _ in range(draws):
        drawn = np.sort(rng.choice(len(made_up), min(size, len(made_up)), replace=False))
        gains.append(_gain(made_up.iloc[drawn], history[drawn], seed))
    synthetic_gain = Estimate(*np.mean([(gain.value, gain.low, gain.high) for gain in gains], axis=0).tolist())
    return HistoryGain(names, size, synthetic_gain, _gain(real_frame[chosen], real_history[chosen], seed))


def _train_part(tables: Tables, names: tuple[str, ...]) -> tuple[pd.DataFrame, Floats]:
    """Train applications sorted by SK_ID_CURR, and the features of the named tables that are known for anyone."""
    part = replace(tables.only("train"), history={name: tables.history[name] for name in names})
    frame = part.applications()[0].order_by(APPLICANT_ID).to_pandas()
    return frame, history_frame(part).drop(columns=APPLICANT_ID).to_numpy(dtype=np.float64)


def _gain(frame: pd.DataFrame, history: Floats, seed: int) -> Estimate:
    """Out-of-fold AUC with the history less that without, of the same folds, and its interval."""
    features = application_model_features(frame)
    outcomes = frame[TARGET].to_numpy(float)
    application = frame_matrix(frame, features)
    places = categorical_places(features)
    without, added = (
        _out_of_fold(matrix, outcomes, places, seed) for matrix in (application, np.hstack([application, history]))
    )
    rng = np.random.default_rng(seed)
    resampled = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, len(outcomes), len(outcomes))
        resampled.append(roc_auc_score(outcomes[rows], added[rows]) - roc_auc_score(outcomes[rows], without[rows]))
    low, high = np.percentile(resampled, INTERVAL).tolist()
    return Estimate(float(roc_auc_score(outcomes, added) - roc_auc_score(outcomes, without)), low, high)


def _out_of_fold(matrix: Floats, outcomes: Floats, categorical: list[int], seed: int) -> Floats:
    predicted = np.empty(len(outcomes))
    for seen, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(matrix, outcomes):
        predicted[held_out] = fit_risk(matrix[seen], outcomes[seen], categorical, seed).predict(matrix[held_out])
    return predicted
