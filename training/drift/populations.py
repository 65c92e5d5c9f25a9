"""Reads the populations to compare: reference and current applicants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.drift.report import Side
from scoring.lender.roles import TARGET
from scoring.schema.features import frame_matrix
from scoring.schema.fields import fields
from training.dataset.dataset import applicant_table, application_frame, fingerprint
from training.drift.column import Column, column
from training.gate.held_out import row_keys
from training.lender.roles import TEST, TRAIN
from training.tables.read import read_tables


@dataclass(frozen=True, eq=False)
class Population:
    """Applicants sorted by id: the id, raw fields and, if a model needs them, history features."""

    side: Side
    frame: pd.DataFrame


def reference_population(folder: Path, with_history: bool) -> Population:
    """The applicants to compare with: those with known outcomes or, without any, those to be scored.

    Raises:
        TableError: a table cannot be used.
    """
    return _population(folder, "train", with_history)


def current_population(folder: Path, with_history: bool) -> Population:
    """The applicants whom the model scores now: those to be scored or, without any, those with known outcomes.

    Current applicants are read only here, and never with their outcomes.

    Raises:
        TableError: a table cannot be used.
    """
    return _population(folder, "test", with_history)


def _population(folder: Path, preferred: Literal["train", "test"], with_history: bool) -> Population:
    tables = read_tables(folder, outcomes=False)
    part = tables.only(preferred) if tables.only(preferred).applications() else tables
    frame = applicant_table(part, "all") if with_history else application_frame(part)
    name = TEST if part.train is None else TRAIN
    return Population(Side(name, fingerprint(folder), len(frame)), frame)


def has_learnt(artifact: Artifact, reference: Population) -> bool:
    """Whether the model was trained on reference applicants, as far as the artifact shows.

    An artifact holds the fingerprint of its training tables, and some of the applicants.
    """
    if reference.side.fingerprint == artifact.manifest["data_fingerprint"]:
        return reference.side.table == TRAIN
    # Compared by their fields alone, since no outcome is read here.
    mine, theirs = (
        row_keys(frame[[*fields()]].copy().assign(**{TARGET: 0}))
        for frame in (artifact.population.frame, reference.frame)
    )
    return bool(theirs.isin(mine).any())


def raw_columns(reference: Population, current: Population) -> list[Column]:
    """All raw fields of the application, in table order."""
    return [column(name, reference.frame[name], current.frame[name]) for name in fields()]


def input_columns(artifact: Artifact, reference: Population, current: Population) -> list[Column]:
    """The model inputs that are not raw fields: derived features and history features."""
    features = tuple(item for item in artifact.model.features if item.feature.name not in fields())
    sides: list[Floats] = [frame_matrix(side.frame, features) for side in (reference, current)]
    return [
        column(item.feature.name, pd.Series(sides[0][:, index]), pd.Series(sides[1][:, index]))
        for index, item in enumerate(features)
    ]
