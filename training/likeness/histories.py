"""Compares synthetic and real histories: row counts, and how much they add to the application's AUC."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from ibis.expr import types as ir
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from scoring.arrays import Floats
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.features import frame_matrix
from training.dataset.history import history_frame
from training.lender.roles import BUREAU_ID, LOANS_ELSEWHERE, PREVIOUS_ID
from training.likeness.models import FOLDS, application_model_features, categorical_indices, fit_risk
from training.statistics.bootstrap import Estimate, interval
from training.tables.read import Tables

RESAMPLES = 200
REPEATS = 3  # each with its own folds


@dataclass(frozen=True)
class Pair:
    """The same figure for synthetic and real tables."""

    synthetic: float
    real: float


@dataclass(frozen=True)
class TableLikeness:
    """A history table: share of applicants with any row, rows per such applicant, and rows per loan."""

    name: str
    coverage: Pair
    rows_per_applicant: Pair
    rows_per_loan: Pair


@dataclass(frozen=True)
class HistoryGain:
    """What some history tables add to the application's AUC, on equally many synthetic and real applicants.

    Both figures are means over `REPEATS` partitions into folds; each partition draws other synthetic applicants.
    """

    tables: tuple[str, ...]
    applicants: int
    synthetic: Estimate
    real: Estimate


def table_likeness(name: str, synthetic: Tables, real: Tables, complete: pd.Index) -> TableLikeness:
    """Compares a history table between all synthetic applicants and the real ones whose rows are `complete`."""
    found = [_volumes(name, synthetic, _train_ids(synthetic))]
    found.append(_volumes(name, real, _train_ids(real).intersection(complete)))
    return TableLikeness(name, *(Pair(*figures) for figures in zip(*found, strict=True)))


def _train_ids(tables: Tables) -> pd.Index:
    return pd.Index(tables.only("train").applications()[0].select(APPLICANT_ID).to_pandas()[APPLICANT_ID])


def _volumes(name: str, tables: Tables, applicants: pd.Index) -> tuple[float, float, float]:
    rows = _owned_rows(name, tables)
    loan = BUREAU_ID if BUREAU_ID in rows.columns else PREVIOUS_ID
    counts = rows.group_by(APPLICANT_ID).agg(rows=rows.count(), loans=rows[loan].nunique()).to_pandas()
    counts = counts[counts[APPLICANT_ID].isin(applicants)]
    total = int(counts["rows"].sum())
    loans = max(int(counts["loans"].sum()), 1)
    return len(counts) / len(applicants), total / max(len(counts), 1), total / loans


def _owned_rows(name: str, tables: Tables) -> ir.Table:
    """A table's rows with their applicant, looked up by loan where the table does not name one."""
    table = tables.history[name]
    if APPLICANT_ID in table.columns:
        return table
    return table.inner_join(tables.history[LOANS_ELSEWHERE].select(APPLICANT_ID, BUREAU_ID), BUREAU_ID)


def history_gain(synthetic: Tables, real: Tables, names: tuple[str, ...], complete: pd.Index, seed: int) -> HistoryGain:
    """The gain in AUC from adding some tables, on the applicants among `complete` with known outcomes.

    Args:
        synthetic: synthetic tables.
        real: real tables.
        names: the history tables to add.
        complete: ids of the real applicants whose rows of these tables are complete.
        seed: for draws, folds and resamples.
    """
    made_up, history = _train_part(synthetic, names)
    real_frame, real_history = _train_part(real, names)
    chosen = real_frame[APPLICANT_ID].isin(complete).to_numpy()
    size = int(chosen.sum())
    rng = np.random.default_rng(seed)
    draws = [np.sort(rng.permutation(len(made_up))[:size]) for _ in range(REPEATS)]
    of_synthetic = [_folded(made_up.iloc[drawn], history[drawn], seed + turn) for turn, drawn in enumerate(draws)]
    of_real = [_folded(real_frame[chosen], real_history[chosen], seed + turn) for turn in range(REPEATS)]
    return HistoryGain(names, size, _estimate(of_synthetic, rng), _estimate(of_real, rng))


def _train_part(tables: Tables, names: tuple[str, ...]) -> tuple[pd.DataFrame, Floats]:
    """Applications with known outcomes, sorted by id, and the history features from the named tables."""
    part = replace(tables.only("train"), history={name: tables.history[name] for name in names})
    frame = part.applications()[0].order_by(APPLICANT_ID).to_pandas()
    return frame, history_frame(part).drop(columns=APPLICANT_ID).to_numpy(dtype=np.float64)


def _folded(frame: pd.DataFrame, history: Floats, seed: int) -> tuple[Floats, Floats, Floats]:
    """Outcomes, and out-of-fold probabilities without and with the history; each of shape (n,)."""
    features = application_model_features(frame)
    outcomes = frame[TARGET].to_numpy(float)
    application = frame_matrix(frame, features)
    categorical = categorical_indices(features)
    without = _out_of_fold(application, outcomes, categorical, seed)
    return outcomes, without, _out_of_fold(np.hstack([application, history]), outcomes, categorical, seed)


def _estimate(repeats: list[tuple[Floats, Floats, Floats]], rng: np.random.Generator) -> Estimate:
    """The gain in AUC, averaged over the repeats, with its interval over resampled applicants."""
    applicants = len(repeats[0][0])
    resampled = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, applicants, applicants)
        resampled.append(float(np.mean([_gain(*(values[rows] for values in repeat)) for repeat in repeats])))
    return Estimate(float(np.mean([_gain(*repeat) for repeat in repeats])), *interval(resampled))


def _gain(outcomes: Floats, without: Floats, added: Floats) -> float:
    return float(roc_auc_score(outcomes, added) - roc_auc_score(outcomes, without))


def _out_of_fold(matrix: Floats, outcomes: Floats, categorical: list[int], seed: int) -> Floats:
    predicted = np.empty(len(outcomes))
    for seen, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(matrix, outcomes):
        predicted[held_out] = fit_risk(matrix[seen], outcomes[seen], categorical, seed).predict(matrix[held_out])
    return predicted
