"""The file of applicants, Parquet or Arrow: sorted by id, looked up without loading it, streamed in batches.

Made by `python -m training applicants`. Only the ids (8 bytes each) and a Parquet file's footer stay in memory; looking
up an applicant reads one row group.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from scoring.applicants.applicant import Applicant
from scoring.applicants.row_groups import RowGroups, open_groups
from scoring.applicants.scenarios import COLUMN, Declared, history_changes, read_declared
from scoring.applicants.stamp import Stamp, read_stamp
from scoring.checks.findings import counted
from scoring.checks.stored import REMEDY
from scoring.errors import ApplicantsFileError, InvalidInputError, StoredValueError, UnknownApplicantError
from scoring.lender.roles import APPLICANT_ID, LISTED
from scoring.schema.definition import checked_value, is_missing, quoted
from scoring.schema.fields import fields
from scoring.words.language import Language, Value
from scoring.words.wording import text

# Applicants cached after decoding: a what-if re-scores the same one many times.
KEPT = 256
# Decoding a row group of 2,000 takes some 20 ms; a list's applicants are next to each other.
GROUPS_KEPT = 4
BATCH_ROWS = 10_000
# SHA-1 or SHA-256.
HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
# What reading a file ends with that is gone, damaged, or holds text that is none.
DAMAGED = (OSError, pa.ArrowException, UnicodeDecodeError)


@dataclass(frozen=True, eq=False)
class ApplicantsFile:
    """An open file of applicants. `ids` are sorted; `starts` are the first rows of the row groups.

    `stamp` says how the file was made, `scenarios` which changes of the history it holds, each None if the file does
    not. `content` changes with the file's content.
    """

    path: Path
    groups: RowGroups
    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    history_names: tuple[str, ...]
    stamp: Stamp | None
    scenarios: Declared | None
    content: str

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def columns(self) -> list[str]:
        """The columns to read: id, raw fields, and the model's history columns."""
        return [APPLICANT_ID, *fields(), *self.history_names]

    def find(self, applicant_id: int, language: Language = "en") -> Applicant:
        """The applicant with that id, with all values checked.

        Raises:
            ApplicantsFileError: the applicant's part of the file is damaged.
            StoredValueError: one of the applicant's values is not allowed.
            UnknownApplicantError: no applicant with that id is on file.
        """
        low, high = int(self.ids[0]), int(self.ids[-1])
        # An id out of range would make numpy convert the whole array to objects.
        index = int(np.searchsorted(self.ids, applicant_id)) if low <= applicant_id <= high else None
        if index is None or self.ids[index] != applicant_id:
            raise UnknownApplicantError(
                text("error.unknown_applicant", language, id=quoted(applicant_id), low=low, high=high)
            )
        try:
            return _read_applicant(self, index, language)
        except DAMAGED as error:
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
        """The fields that the list of applicants shows, for each of these ids.

        Raises:
            ApplicantsFileError: the file is gone, or damaged there.
        """
        try:
            rows = [_read_row(self, int(np.searchsorted(self.ids, applicant_id))) for applicant_id in ids]
        except DAMAGED as error:
            raise _unreadable(self.path, error) from error
        return [{name: row[name] for name in LISTED} for row in rows]

    @property
    def changed(self) -> bool:
        """Whether the file has been replaced or written to since it was opened."""
        try:
            return content_of(self.path) != self.content
        except OSError:
            return True

    def tables_from(self, place: int, rows: int, more: Sequence[str] = ()) -> Iterator[pa.Table]:
        """The applicants from that place on, at most `rows` at a time, with these columns more, as stored.

        Raises:
            ApplicantsFileError: the file is damaged somewhere in the middle.
        """
        group = int(np.searchsorted(self.starts, place, side="right")) - 1
        before = place - int(self.starts[group])
        try:
            for table in self.groups.batches([*self.columns, *more], rows, group):
                if before < len(table):
                    yield table.slice(before)
                before = max(0, before - len(table))
        except DAMAGED as error:
            raise _unreadable(self.path, error) from error

    def tables(self, rows: int = BATCH_ROWS, history: bool = True) -> Iterator[pa.Table]:
        """All applicants, at most `rows` at a time, with id, raw fields and, unless left out, history, as stored.

        Raises:
            ApplicantsFileError: the file is damaged somewhere in the middle.
        """
        columns = self.columns if history else [APPLICANT_ID, *fields()]
        try:
            yield from self.groups.batches(columns, rows)
        except DAMAGED as error:
            raise _unreadable(self.path, error) from error

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        """All applicants, in frames of at most `rows` rows with id, raw fields and history, as stored.

        Raises:
            ApplicantsFileError: the file is damaged somewhere in the middle.
        """
        return (table.to_pandas() for table in self.tables(rows))


def open_applicants(path: Path, history_names: tuple[str, ...]) -> ApplicantsFile:
    """Opens a file of applicants for a model that reads these history features.

    Raises:
        ApplicantsFileError: there is no such file, it is neither Parquet nor Arrow, lacks columns, or is not sorted by
            unique integer ids.
    """
    try:
        content = content_of(path)
        groups = open_groups(path)
        declared = read_declared(groups.schema, path.name)
        _check_columns(path, set(groups.schema.names), history_names)
        ids_of_groups = [_ids(path, column) for column in groups.columns(APPLICANT_ID)]
    except DAMAGED as error:
        raise _unreadable(path, error) from error
    ids = np.concatenate([np.empty(0, np.int64), *ids_of_groups])
    if len(ids) == 0 or (np.diff(ids) <= 0).any():
        raise ApplicantsFileError(f"{path}: {APPLICANT_ID} must be sorted, unique and not empty. {REMEDY}")
    starts = np.cumsum([0, *(len(found) for found in ids_of_groups[:-1])])
    return ApplicantsFile(
        path, groups, ids, starts, history_names, read_stamp(groups.schema.metadata or {}), declared, content
    )


def content_of(path: Path) -> str:
    """What changes with a file's content, without reading it: the hub's cache names a file by its hash.

    Raises:
        OSError: there is no such file.
    """
    file = path.resolve(strict=True)
    found = file.stat()
    return file.name if HASH.fullmatch(file.name) else f"{found.st_size}-{found.st_mtime_ns}"


def _ids(path: Path, column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A column of ids, also if stored as text or floats."""
    try:
        ids = column.cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ApplicantsFileError(f"{path}: {APPLICANT_ID} holds other than whole numbers. {REMEDY}") from error
    if ids.null_count:
        raise ApplicantsFileError(f"{path}: {APPLICANT_ID} is missing in {counted(ids.null_count, 'row')}. {REMEDY}")
    return ids.to_numpy()


def _unreadable(path: Path, error: Exception) -> ApplicantsFileError:
    if isinstance(error, FileNotFoundError):
        return ApplicantsFileError(f"{path}: there is no such file. {REMEDY}")
    return ApplicantsFileError(f"{path}: no readable Parquet or Arrow file, or a damaged one. {REMEDY}")


def _check_columns(path: Path, names: set[str], history_names: tuple[str, ...]) -> None:
    lacking = [name for name in (APPLICANT_ID, *fields(), *history_names) if name not in names]
    if lacking:
        more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
        raise ApplicantsFileError(f"{path}: lacks the columns {', '.join(lacking[:5])}{more}. {REMEDY}")


@lru_cache(maxsize=KEPT)
def _read_applicant(file: ApplicantsFile, index: int, language: Language) -> Applicant:
    row = _read_row(file, index)
    try:
        raw = {name: checked_value(field, row[name], language) for name, field in fields().items()}
    except InvalidInputError as error:
        words = text("error.stored_value", language, file=file.path.name, id=file.ids[index], words=error)
        raise StoredValueError(words) from error
    history = {name: math.nan if row[name] is None else row[name] for name in file.history_names}
    changes = (
        history_changes(row.get(COLUMN), file.scenarios, file.history_names, file.path.name) if file.scenarios else ()
    )
    return Applicant(int(file.ids[index]), raw, history, changes)


@lru_cache(maxsize=KEPT)
def _read_row(file: ApplicantsFile, index: int) -> dict[str, Any]:
    """One applicant's values in a file, None if missing."""
    group = int(np.searchsorted(file.starts, index, side="right")) - 1
    place, decoded = index - int(file.starts[group]), _read_group(file, group)
    row = {name: column[place].as_py() for name, column in decoded.others.items()}
    row = {name: None if is_missing(value) else value for name, value in row.items()}
    floats = decoded.floats[place].tolist()
    row.update(zip(decoded.float_names, [None if math.isnan(value) else value for value in floats], strict=True))
    row.update(zip(decoded.whole_names, decoded.whole[place].tolist(), strict=True))
    return row


@dataclass(frozen=True, eq=False)
class _Group:
    """The applicants of a row group: numbers, of shape (applicants, columns), row by row, the rest as stored.

    `floats` are NaN where missing; `whole` are integers of columns in which none is.
    """

    float_names: tuple[str, ...]
    floats: NDArray[np.float64]
    whole_names: tuple[str, ...]
    whole: NDArray[np.int64]
    others: dict[str, pa.Array]


@lru_cache(maxsize=GROUPS_KEPT)
def _read_group(file: ApplicantsFile, group: int) -> _Group:
    table = file.groups.read(group, [*file.columns, *([COLUMN] if file.scenarios else [])])
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    floats = {name: column for name, column in columns.items() if pa.types.is_floating(column.type)}
    whole = {
        name: column
        for name, column in columns.items()
        if pa.types.is_signed_integer(column.type) and not column.null_count
    }
    return _Group(
        tuple(floats),
        _row_by_row(floats.values(), len(table), np.float64),
        tuple(whole),
        _row_by_row(whole.values(), len(table), np.int64),
        {name: column for name, column in columns.items() if name not in floats and name not in whole},
    )


def _row_by_row(columns: Collection[pa.Array], rows: int, dtype: type) -> NDArray:
    """Columns of numbers as an array of shape (rows, columns)."""
    values: NDArray = np.empty((rows, len(columns)), dtype)
    for place, column in enumerate(columns):
        values[:, place] = column.to_numpy(zero_copy_only=False)
    return values
