"""Who is validated: applicants of known outcome that the model has not learnt from.

Either later applicants, scored by the model as it is served; or, where the tables are those of the training, the
applicants that it held out, with the probability that the same recipe gave when fitted without them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.population import PROBABILITY, Population
from scoring.decision.costs import cost_columns
from scoring.decision.rule import Terms
from scoring.errors import PackError
from scoring.lender.roles import TARGET
from scoring.schema.features import frame_matrix, history_inputs, to_columns
from scoring.validation import ValidatedRows
from training.dataset.dataset import applicant_table, fingerprint
from training.gate.held_out import by_key, check_unseen, row_keys, served_probabilities
from training.tables.read import read_tables

# With fewer of either kind, no interval below means anything.
FEWEST = 10


@dataclass(frozen=True, eq=False)
class Rows:
    """n applicants: raw fields, history and outcome (`frame`), and the probabilities of default to validate, (n,).

    `served` says whether the served model gave them; `fingerprint` is that of their tables, None if the rows are the
    artifact's own reference population. `left_out` are the other applicants of these tables, whom the model may have
    learnt from.
    """

    artifact: Artifact
    frame: pd.DataFrame
    probabilities: Floats
    served: bool
    fingerprint: str | None
    left_out: int = 0

    @cached_property
    def outcomes(self) -> Floats:
        """1 for payment difficulties, else 0; shape (n,)."""
        return self.frame[TARGET].to_numpy(dtype=np.float64)

    @cached_property
    def matrix(self) -> Floats:
        """The model's inputs, shape (n, features)."""
        return frame_matrix(self.frame, self.artifact.model.features)

    @cached_property
    def columns(self) -> Columns:
        """Raw fields and history, arrays of length n."""
        return to_columns(self.frame, history_inputs(self.artifact.model.features))

    @cached_property
    def terms(self) -> Terms:
        """The terms of each decision."""
        return self.artifact.rule.terms(cost_columns(self.frame))

    @cached_property
    def as_population(self) -> Artifact:
        """The artifact with these applicants in the place of its reference population, for checks that read it."""
        population = Population(self.frame, self.artifact.model.features, self.artifact.rule)
        return replace(self.artifact, population=population)

    @property
    def told(self) -> str:
        """Who they are, in words."""
        if self.served:
            return "applicants whom the model has not learnt from, scored by the model as it is served"
        return (
            "applicants whom training held out, with the probability of default that the same recipe gave when fitted "
            "without them; the served model has learnt from them since"
        )

    @property
    def summary(self) -> ValidatedRows:
        """Who they are, for the pack."""
        return ValidatedRows(self.told, self.fingerprint, len(self.frame), int(self.outcomes.sum()))


def rows_of(artifact: Artifact, data: Path | None) -> Rows:
    """The applicants of labelled tables whom the model has not learnt from; without tables, those that it held out.

    Raises:
        TableError: a table cannot be used.
        PackError: too few of them defaulted or repaid.
    """
    if data is None:
        held_out = artifact.population.frame
        return _enough(Rows(artifact, held_out, _probabilities(held_out), False, None))
    frame = applicant_table(read_tables(data), "train")
    mark, reference = fingerprint(data), by_key(artifact)
    keys = row_keys(frame)
    known = keys.isin(reference.index).to_numpy()
    if known.any() or mark == artifact.manifest["data_fingerprint"]:
        held_out, left_out = frame[known].reset_index(drop=True), int((~known).sum())
        return _enough(Rows(artifact, held_out, _probabilities(reference.loc[keys[known]]), False, mark, left_out))
    return _enough(Rows(artifact, frame, served_probabilities(artifact, frame), True, mark))


def _probabilities(reference: pd.DataFrame) -> Floats:
    return reference[PROBABILITY].to_numpy(dtype=np.float64)


def _enough(rows: Rows) -> Rows:
    defaults = int(rows.outcomes.sum())
    if min(defaults, len(rows.frame) - defaults) < FEWEST:
        left_out = f" {left_out_in_words(rows)}" if rows.left_out else ""
        raise PackError(
            f"{len(rows.frame)} {rows.told}: {defaults} of them defaulted, while {FEWEST} of either kind are needed."
            f"{left_out} Name tables with more applicants of known outcome."
        )
    return rows


def left_out_in_words(rows: Rows) -> str:
    """Why not all applicants of the tables are validated."""
    return (
        f"The other {rows.left_out:,} applicants of these tables are left out: {len(rows.frame):,} of them are among "
        "those whom training held out, so that the model may have learnt from the rest. To validate on later "
        "applicants, take those of the training out."
    )


@dataclass(frozen=True, eq=False)
class Paired:
    """The same m applicants under two versions: `indices` among the validated ones, and the other's probabilities."""

    other: Artifact
    indices: np.ndarray
    probabilities: Floats


def paired(rows: Rows, data: Path | None, other: Artifact) -> Paired:
    """The validated applicants whom the other version has not learnt from either, with its probabilities of default.

    Raises:
        GateError: it has learnt from the later applicants.
    """
    if rows.served and data is not None:
        check_unseen(rows.frame, data, other)
        return Paired(other, np.arange(len(rows.frame)), served_probabilities(other, rows.frame))
    theirs, keys = by_key(other), row_keys(rows.frame)
    indices = np.flatnonzero(keys.isin(theirs.index).to_numpy())
    return Paired(other, indices, _probabilities(theirs.loc[keys.iloc[indices]]))
