"""Applicants of known outcome to compare two models on: the same for both, and not used to fit either.

A served model is fitted on all known applicants, so its training rows cannot measure its performance. Two kinds of rows
can:

- labelled tables of later applicants, or of ones kept aside. Both served models score them.
- the applicants that both trainings held out (`training.build.train`): each artifact holds them with the probability
  that its own recipe gave when fitted without them. This compares recipes, not the two boosters that are served; the
  gate checks separately that a served booster performs as its recipe did.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.artifact.population import PROBABILITY
from scoring.errors import GateError
from scoring.lender.roles import TARGET
from scoring.schema.features import frame_matrix
from scoring.schema.fields import fields
from training.dataset.dataset import applicant_table, fingerprint
from training.tables.read import read_tables


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The same n applicants, with the probabilities of default (n,) that the challenger and the current model give.

    `frame` holds their raw fields and outcomes; `source` says in words who they are.
    """

    source: str
    frame: pd.DataFrame
    challenger: Floats
    current: Floats

    @property
    def outcomes(self) -> Floats:
        """1 for payment difficulties, else 0; shape (n,)."""
        return self.frame[TARGET].to_numpy(dtype=np.float64)


def row_keys(frame: pd.DataFrame) -> pd.Series:
    """A hash of each applicant's raw fields and outcome, as artifacts have no ids."""
    text = {name for name, field in fields().items() if field.type == "text"}
    columns = {
        name: frame[name].astype("str").fillna("") if name in text else frame[name].astype("float64")
        for name in (*fields(), TARGET)
    }
    return pd.util.hash_pandas_object(pd.DataFrame(columns), index=False)


def by_key(artifact: Artifact) -> pd.DataFrame:
    """An artifact's reference applicants, by key, without duplicates."""
    frame = artifact.population.frame
    keyed = frame.set_index(row_keys(frame))
    return keyed[~keyed.index.duplicated()]


def common_reference(challenger: Artifact, current: Artifact) -> pd.DataFrame:
    """The applicants that both trainings held out, by key, as the challenger's artifact holds them."""
    ours = by_key(challenger)
    return ours[ours.index.isin(by_key(current).index)]


def from_references(challenger: Artifact, current: Artifact) -> HeldOut:
    """The applicants that both trainings held out, if any."""
    frame = common_reference(challenger, current)
    theirs = by_key(current).loc[frame.index, PROBABILITY]
    return HeldOut(
        "applicants that both trainings held out, with what each recipe said of them when fitted without them",
        frame,
        frame[PROBABILITY].to_numpy(dtype=np.float64),
        theirs.to_numpy(dtype=np.float64),
    )


def from_tables(data: Path, challenger: Artifact, current: Artifact) -> HeldOut:
    """The applicants of labelled tables, scored by the two models as they are served.

    Raises:
        TableError: a table cannot be used.
        GateError: one of the models has learnt from these tables.
    """
    frame = applicant_table(read_tables(data), "train")
    for artifact in (challenger, current):
        check_unseen(frame, data, artifact)
    return HeldOut(
        "applicants of --data, whom neither has learnt from, scored by the models as they are served",
        frame,
        served_probabilities(challenger, frame),
        served_probabilities(current, frame),
    )


def check_unseen(frame: pd.DataFrame, data: Path, artifact: Artifact) -> None:
    """Checks that a model was not fitted on these tables, as far as its artifact shows.

    It has the fingerprint of its training tables and, as its reference population, a fifth of their applicants: tables
    that share more than a few applicants with them are detected.

    Raises:
        GateError: it was.
    """
    version = artifact.identity.version
    known = int(row_keys(frame).isin(row_keys(artifact.population.frame)).sum())
    if known or fingerprint(data) == artifact.manifest["data_fingerprint"]:
        raise GateError(
            f"--data {data}: version {version} has learnt from these applicants ({known} are in its reference "
            "population). Name tables of later applicants, or of some that were kept back from both trainings."
        )


def served_probabilities(artifact: Artifact, frame: pd.DataFrame) -> Floats:
    """The served model's probabilities of default, shape (n,)."""
    return probability_of(artifact.model.log_odds(frame_matrix(frame, artifact.model.features), threads=0))
