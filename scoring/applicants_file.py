"""The file of applicants: sorted by id, looked up without loading it, streamed in batches.

Made by `python -m training applicants`. Only the ids (8 bytes each) stay in memory; an applicant costs the reading of
one row group. The file is opened anew for each reading, so that threads never share a reader.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scoring.answers import Value
from scoring.applicant import Applicant, Raw
from scoring.errors import ApplicantsFileError, UnknownApplicantError
from scoring.fields import APPLICANT_ID, Language, fields
from scoring.wording import text

# Columns that the list of applicants shows beside the id, so that an adviser knows whom they have picked.
LISTED = ("NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_INCOME_TOTAL")
# Applicants kept decoded: a what-if re-scores the same one again and again.
KEPT = 256
BATCH_ROWS = 10_000
REMEDY = "Make the file with: python -m training applicants --data DIR --out FILE"


@dataclass(frozen=True, eq=False)
class ApplicantsFile:
    """An opened file of applicants. `ids` are sorted; `starts` says at which row each row group begins."""

    path: Path
    metadata: pq.FileMetaData
    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    history_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def columns(self) -> list[str]:
        """The columns that are read: id, raw fields, and the history that the model reads."""
        return [APPLICANT_ID, *fields(), *self.history_names]

    def find(self, applicant_id: int, language: Language = "en") -> Applicant:
        """The applicant of that id.

        Raises:
            ApplicantsFileError: the file is damaged where the applicant is.
            UnknownApplicantError: nobody of that id is on file.
        """
        place = int(np.searchsorted(self.ids, applicant_id))
        if place == len(self.ids) or self.ids[place] != applicant_id:
            raise UnknownApplicantError(
                text("error.unknown_applicant", language, id=applicant_id, low=self.ids[0], high=self.ids[-1])
            )
        try:
            return _read_applicant(self, place)
        except (OSError, pa.ArrowInvalid) as error:
            raise _unreadable(self.path, error) from error

    def search(self, query: str, limit: int) -> list[int]:
        """The first ids, in order, that begin with the digits of `query` (all ids if it is empty); no row is read."""
        if not query:
            return self.ids[:limit].tolist()
        found: list[int] = []
        for scale in 10 ** np.arange(len(str(self.ids[-1])) - len(query) + 1):
            low, high = np.searchsorted(self.ids, [int(query) * scale, (int(query) + 1) * scale])
            found.extend(self.ids[low : min(high, low + limit)].tolist())
        return sorted(found)[:limit]

    def listed(self, ids: list[int]) -> list[dict[str, Value]]:
        """What the list of applicants shows of each of these ids."""
        return [{name: self.find(applicant_id).raw[name] for name in LISTED} for applicant_id in ids]

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        """Every applicant, in frames of at most `rows` rows with id, raw fields and history.

        Raises:
            ApplicantsFileError: the file is damaged somewhere in the middle.
        """
        try:
            # Read ahead, row groups would pile up in memory as the file goes by.
            with pq.ParquetFile(self.path, metadata=self.metadata, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=rows, columns=self.columns):
                    yield pa.Table.from_batches([batch]).to_pandas()
        except (OSError, pa.ArrowInvalid) as error:
            raise _unreadable(self.path, error) from error


def open_applicants(path: Path, history_names: tuple[str, ...]) -> ApplicantsFile:
    """Opens a file of applicants for a model that reads these history features.

    Raises:
        ApplicantsFileError: there is no such file, it is no Parquet, lacks columns, or is not sorted by unique id.
    """
    try:
        with pq.ParquetFile(path) as file:
            metadata, names = file.metadata, set(file.schema_arrow.names)
            _check_columns(path, names, history_names)
            ids = file.read([APPLICANT_ID]).column(0).to_numpy()
    except (OSError, pa.ArrowInvalid) as error:
        raise _unreadable(path, error) from error
    if len(ids) == 0 or (np.diff(ids) <= 0).any():
        raise ApplicantsFileError(f"{path}: {APPLICANT_ID} must be sorted, unique and not empty. {REMEDY}")
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return ApplicantsFile(path, metadata, ids, np.cumsum([0, *sizes[:-1]]), history_names)


def _unreadable(path: Path, error: Exception) -> ApplicantsFileError:
    return ApplicantsFileError(f"{path}: no readable Parquet file ({error}). {REMEDY}")


def _check_columns(path: Path, names: set[str], history_names: tuple[str, ...]) -> None:
    lacking = [name for name in (APPLICANT_ID, *fields(), *history_names) if name not in names]
    if lacking:
        more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
        raise ApplicantsFileError(f"{path}: lacks the columns {', '.join(lacking[:5])}{more}. {REMEDY}")


@lru_cache(maxsize=KEPT)
def _read_applicant(file: ApplicantsFile, place: int) -> Applicant:
    group = int(np.searchsorted(file.starts, place, side="right")) - 1
    with pq.ParquetFile(file.path, metadata=file.metadata) as reader:
        table = reader.read_row_group(group, columns=file.columns)
    row = table.slice(place - int(file.starts[group]), 1).to_pylist()[0]
    raw: dict[str, Raw] = {name: row[name] for name in fields()}
    history = {name: math.nan if row[name] is None else row[name] for name in file.history_names}
    return Applicant(int(row[APPLICANT_ID]), raw, history)
