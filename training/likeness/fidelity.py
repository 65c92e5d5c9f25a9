"""Measures how closely synthetic tables resemble real ones: `python -m training fidelity --synthetic DIR --real DIR`.

It outputs statistics only, never a row. `Summary` lists the figures that synthetic data are held to.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from scoring.errors import TableError
from scoring.files import complete_or_absent
from scoring.lender.roles import APPLICANT_ID
from training.lender.roles import COVERAGE, TRAIN
from training.likeness.columns import ColumnLikeness, column_likenesses
from training.likeness.histories import HistoryGain, TableLikeness, history_gain, table_likeness
from training.likeness.models import Distinction, distinction, transfer_auc
from training.statistics.stability_index import ALIKE_PSI
from training.tables.read import Tables, read_tables

STRONGEST = 20
FEWEST_APPLICANTS = 1_000
# May accompany real tables, to say for which applicants they hold the complete history.
COVERAGE_FILE = "coverage.parquet"


@dataclass(frozen=True)
class Summary:
    """The figures that synthetic data are held to.

    Args:
        alike_columns: share of the application columns with a population stability index below 0.1.
        largest_null_gap: largest difference between the null shares of a column.
        largest_auc_gap: largest difference between the AUCs of a column alone, over the 20 strongest on real rows.
        distinction: how well a classifier separates real from synthetic applications.
        transfer_auc: AUC on real applications of a model trained on synthetic ones only.
    """

    alike_columns: float
    largest_null_gap: float
    largest_auc_gap: float
    distinction: Distinction
    transfer_auc: float


@dataclass(frozen=True)
class Fidelity:
    """Synthetic against real tables, on applicants with known outcomes: summary, columns, and histories."""

    summary: Summary
    columns: tuple[ColumnLikeness, ...]
    histories: tuple[TableLikeness, ...]
    gains: tuple[HistoryGain, ...]


def fidelity(synthetic: Path, real: Path, seed: int) -> Fidelity:
    """Compares two folders of tables.

    Args:
        synthetic: folder of synthetic tables.
        real: folder of real tables. Histories that are in only one of the folders are left out. If it holds
            `coverage.parquet`, histories are compared only on applicants for whom that file says they are complete.
        seed: for samples, folds and models.

    Raises:
        TableError: a table cannot be used, or a folder has no applicants with known outcomes.
    """
    made_up, true = read_tables(synthetic), read_tables(real)
    made_up_rows, real_rows = _train_frame(made_up, synthetic), _train_frame(true, real)
    columns = column_likenesses(made_up_rows, real_rows)
    complete = complete_applicants(true, real)
    shared = {name: ids for name, ids in complete.items() if name in made_up.history}
    return Fidelity(
        summarise(columns, distinction(made_up_rows, real_rows, seed), transfer_auc(made_up_rows, real_rows, seed)),
        columns,
        tuple(table_likeness(name, made_up, true, ids) for name, ids in shared.items()),
        tuple(
            history_gain(made_up, true, names, ids, seed)
            for names, ids in nested(shared)
            if ids.isin(real_rows[APPLICANT_ID]).sum() >= FEWEST_APPLICANTS
        ),
    )


def _train_frame(tables: Tables, folder: Path) -> pd.DataFrame:
    if tables.train is None:
        raise TableError(f"{folder}: holds no {TRAIN}, so no outcomes to compare. Put {TRAIN}.parquet there.")
    return tables.train.order_by(APPLICANT_ID).to_pandas()


def summarise(columns: tuple[ColumnLikeness, ...], told_apart: Distinction, transfer: float) -> Summary:
    """Summarises the columns, and adds the models' figures."""
    strongest = sorted((c for c in columns if c.real_auc is not None), key=lambda c: -(c.real_auc or 0.0))[:STRONGEST]
    return Summary(
        sum(column.psi < ALIKE_PSI for column in columns) / len(columns),
        max(abs(column.synthetic_nulls - column.real_nulls) for column in columns),
        max((auc_gap(column) for column in strongest), default=0.0),
        told_apart,
        transfer,
    )


def auc_gap(column: ColumnLikeness) -> float:
    """Difference between the AUCs of the column alone; one that is constant in the synthetic rows counts as 0.5."""
    return abs((column.synthetic_auc or 0.5) - (column.real_auc or 0.5))


def complete_applicants(tables: Tables, folder: Path) -> dict[str, pd.Index]:
    """For each history table in a folder, the applicants whose rows are all there."""
    file = folder / COVERAGE_FILE
    if not file.is_file():
        everyone = pd.concat([part.select(APPLICANT_ID).to_pandas() for part in tables.applications()])
        return dict.fromkeys(tables.history, pd.Index(everyone[APPLICANT_ID]))
    coverage = pd.read_parquet(file).set_index(APPLICANT_ID)
    return {
        name: coverage.index[coverage[flag]]
        for flag, names in COVERAGE.items()
        for name in names
        if name in tables.history
    }


def nested(complete: dict[str, pd.Index]) -> list[tuple[tuple[str, ...], pd.Index]]:
    """Tables and applicants to measure gains on: first the best covered tables, then more tables, fewer applicants."""
    found: list[tuple[tuple[str, ...], pd.Index]] = []
    names: tuple[str, ...] = ()
    ids: pd.Index | None = None
    for size in sorted({len(applicants) for applicants in complete.values()}, reverse=True):
        added = tuple(name for name, applicants in complete.items() if len(applicants) == size)
        applicants = complete[added[0]]
        names, ids = (*names, *added), applicants if ids is None else ids.intersection(applicants)
        found.append((names, ids))
    return found


def write_fidelity(found: Fidelity, out: Path) -> None:
    """Writes all figures as JSON, atomically."""
    with complete_or_absent(out) as partial:
        partial.write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
