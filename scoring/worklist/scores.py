"""Scores rows of the file of applicants for the list."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from scoring.artifact.load import Artifact
from scoring.checks.stored import StoredRows, stored_rows
from scoring.errors import ApplicantsFileError
from scoring.lender.roles import APPLICANT_ID, APPLIED_ON, CREDIT, INSTALMENT
from scoring.schema.features import frame_matrix
from scoring.schema.fields import fields
from scoring.serving.batch import recommended
from scoring.worklist.filter import RECOMMENDATIONS
from scoring.worklist.tables import NO_DATE, SCORES

UNSCORED = RECOMMENDATIONS.index("unscored")
# LightGBM's: the other cores are for those who wait for a page.
THREADS = 1


def scores_of(artifact: Artifact, table: pa.Table) -> NDArray[np.void]:
    """The scores of some applicants as `SCORES`, shape (n,). Whoever has a value that is not allowed is unscored.

    A fault of a single applicant's history makes no difference to the others either.
    """
    try:
        stored = stored_rows(table.drop_columns([APPLIED_ON]) if APPLIED_ON in table.column_names else table)
    except ApplicantsFileError:
        if len(table) == 1:
            return _unreadable(table)
        half = len(table) // 2
        return np.concatenate([scores_of(artifact, part) for part in (table.slice(0, half), table.slice(half))])
    scores = np.zeros(len(table), SCORES)
    scores["applicant_id"] = stored.frame[APPLICANT_ID]
    scores["amount"], scores["instalment"] = (_allowed(stored, name) for name in (CREDIT, INSTALMENT))
    scores["applied"] = _days(table)
    scores["missing"] = sum(stored.frame[field.name].isna() for field in fields().values())
    scores["probability"], scores["recommendation"] = np.nan, UNSCORED
    sound = ~np.any([np.zeros(len(table), bool), *stored.refused.values()], axis=0)
    if sound.any():
        frame = stored.frame[sound]
        found = recommended(artifact, frame, frame_matrix(frame, artifact.model.features), THREADS)
        scores["probability"][sound], scores["recommendation"][sound] = found.probabilities, found.outcomes
    return scores


def _unreadable(table: pa.Table) -> NDArray[np.void]:
    """An applicant of whom nothing is read but the id."""
    scores = np.zeros(1, SCORES)
    scores["applicant_id"] = table.column(APPLICANT_ID).cast(pa.int64()).to_numpy()
    for name in ("amount", "instalment", "probability"):
        scores[name] = np.nan
    scores["applied"], scores["recommendation"] = _days(table), UNSCORED
    return scores


def _allowed(stored: StoredRows, name: str) -> pd.Series:
    return stored.frame[name].mask(stored.refused.get(name, np.zeros(len(stored.frame), bool)))


def _days(table: pa.Table) -> NDArray[np.int32]:
    """Days since 1970 on which the applications came in, from dates or texts such as 2026-11-29."""
    if APPLIED_ON not in table.column_names:
        return np.full(len(table), NO_DATE, np.int32)
    return np.array([_day(value) for value in table.column(APPLIED_ON).to_pylist()], np.int32)


def _day(value: object) -> int:
    try:
        # A moment is written as its date and time.
        return (date.fromisoformat(str(value)[:10]) - date(1970, 1, 1)).days
    except ValueError:
        return NO_DATE
