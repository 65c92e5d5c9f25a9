"""Reads the outcomes of current applicants, once they are known: `--outcomes FILE`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from scoring.errors import OutcomesError
from scoring.lender.roles import APPLICANT_ID, TARGET
from training.gate.gate import FEWEST_DEFAULTS

READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".gz": pd.read_csv,
    ".parquet": pd.read_parquet,
}


def read_outcomes(file: Path, applicants: pd.Series) -> pd.Series:
    """The outcomes of current applicants, by id; other applicants in the file are ignored.

    Args:
        file: CSV, gzipped CSV or Parquet with the columns `APPLICANT_ID` and `TARGET`.
        applicants: ids of the current applicants.

    Raises:
        OutcomesError: the file cannot be read, has none of the applicants or one of them twice, has values other than
            0 and 1, or too few outcomes of either kind.
    """
    found = _read(file)
    if not pd.api.types.is_numeric_dtype(found[APPLICANT_ID]) or found[APPLICANT_ID].isna().any():
        raise OutcomesError(
            f"{file}: column {APPLICANT_ID}: a value is missing or not a number. Give every row its id."
        )
    if (twice := found[APPLICANT_ID].duplicated()).any():
        first = int(found.loc[twice, APPLICANT_ID].iloc[0])
        raise OutcomesError(f"{file}: column {APPLICANT_ID}: {first} appears twice. Keep one row per applicant.")
    if (wrong := ~found[TARGET].isin([0, 1])).any():
        raise OutcomesError(
            f"{file}: column {TARGET}: {found.loc[wrong, TARGET].iloc[0]} is not allowed. Write 1 for payment "
            "difficulties and 0 otherwise, and leave out those whose outcome is not known yet."
        )
    known = found[found[APPLICANT_ID].isin(applicants)].set_index(APPLICANT_ID)[TARGET].astype(np.float64)
    if known.empty:
        raise OutcomesError(
            f"{file}: column {APPLICANT_ID}: nobody in it is among the {len(applicants)} current applicants. Give the "
            "outcomes of the applicants in --current."
        )
    defaults = int(known.sum())
    if min(defaults, len(known) - defaults) < FEWEST_DEFAULTS:
        raise OutcomesError(
            f"{file}: column {TARGET}: {defaults} current applicants with 1 and {len(known) - defaults} with 0, while "
            f"{FEWEST_DEFAULTS} of each are needed to measure by. Wait for more outcomes, or leave out --outcomes."
        )
    return known


def _read(file: Path) -> pd.DataFrame:
    if file.suffix not in READERS:
        raise OutcomesError(f"{file}: the ending {file.suffix!r} is not known; allowed: {', '.join(READERS)}.")
    try:
        found = READERS[file.suffix](file)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise OutcomesError(f"{file}: cannot be read ({str(error).splitlines()[0]}). Export it again.") from error
    for name in (APPLICANT_ID, TARGET):
        if name not in found.columns:
            raise OutcomesError(f"{file}: column {name} is missing. Add it, spelled exactly like this.")
    return found
