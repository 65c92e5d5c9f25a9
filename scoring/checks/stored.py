"""Columns as a file of applicants stores them -> columns in the types of the field table.

Whatever the file's types, unambiguous values are converted (categories, booleans in a yes/no field, numbers as text);
others are kept aside for messages. Values are parsed as `scoring.schema.definition` parses those of a request.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scoring.errors import ApplicantsFileError
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.definition import BLANKS, MISSING_WORDS, breaks, is_missing, read_value
from scoring.schema.fields import Field, fields

REMEDY = "Make the file with: python -m training applicants --data DIR --out FILE"

_MISSING = pa.array(sorted(MISSING_WORDS))


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Some applicants of a file: id, raw fields and history in `frame`, in the types that features are computed from.

    `refused` maps each raw field with invalid values to a mask of their rows (n,). `unread` holds, by field, the values
    that could not be converted to the field's type, None elsewhere.
    """

    frame: pd.DataFrame
    refused: dict[str, NDArray[np.bool_]]
    unread: dict[str, list[object]]

    def sent(self, name: str, row: int) -> object:
        """The file's value of a field in one of these rows; None if missing."""
        if name in self.unread and self.unread[name][row] is not None:
            return self.unread[name][row]
        value = self.frame[name].tolist()[row]
        return None if is_missing(value) else value


def stored_rows(stored: pa.Table | pd.DataFrame) -> StoredRows:
    """The columns of a part of a file; those that are not raw fields (id, history) must be numeric.

    Raises:
        ApplicantsFileError: such a column is not numeric.
    """
    columns: dict[str, pd.Series] = {}
    unread: dict[str, list[object]] = {}
    refused: dict[str, NDArray[np.bool_]] = {}
    known = fields()
    for name in stored.column_names if isinstance(stored, pa.Table) else stored.columns:
        column = stored[name] if isinstance(stored, pa.Table) else _arrow(stored[name])
        if name not in known:
            columns[name] = _numbers(name, column, pa.int64() if name == APPLICANT_ID else pa.float64())
            continue
        field = known[name]
        columns[name], apart = _read(column, field)
        if apart:
            unread[name] = apart
        wrong = _refused(columns[name], apart, field)
        if wrong.any():
            refused[name] = wrong
    return StoredRows(pd.DataFrame(columns), refused, unread)


def _arrow(column: pd.Series) -> pa.Array | list[object]:
    """A frame's column as an Arrow array; unchanged if its values are of several types."""
    try:
        return pa.Array.from_pandas(column)
    except pa.ArrowException:
        return column.tolist()


def _numbers(name: str, column: pa.ChunkedArray | pa.Array | list[object], wanted: pa.DataType) -> pd.Series:
    try:
        numbers = pa.array(column, wanted).to_pandas() if isinstance(column, list) else column.cast(wanted).to_pandas()
    except pa.ArrowException as error:
        raise ApplicantsFileError(f"column {name} holds other than numbers. {REMEDY}") from error
    if np.isinf(numbers).any():
        raise ApplicantsFileError(f"column {name} holds infinite values. {REMEDY}")
    return numbers


def _read(column: pa.ChunkedArray | pa.Array | list[object], field: Field) -> tuple[pd.Series, list[object]]:
    """A column in the field's type, and the values that could not be converted (empty if none)."""
    if isinstance(column, list):
        return _read_one_by_one(column, field)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if field.type == "text" and _is_text(column.type):
        words = pc.utf8_trim(column.cast(pa.string()), BLANKS)
        missing = pc.is_in(pc.utf8_lower(words), value_set=_MISSING)
        series = pc.if_else(missing, None, words).to_pandas().astype("str")
        if field.kind == "yes_no":
            series = series.map({word: read_value(field, word, "en") for word in series.dropna().unique()})
        return series.astype("str"), []
    if field.type != "text" and _is_number(column.type):
        return column.cast(pa.float64(), safe=False).to_pandas(), []
    return _read_one_by_one(column.to_pylist(), field)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _read_one_by_one(values: list[object], field: Field) -> tuple[pd.Series, list[object]]:
    wanted: tuple[type, ...] = (str,) if field.type == "text" else (int, float)
    read = [None if is_missing(value) else read_value(field, value, "en") for value in values]
    apart = [None if isinstance(value, wanted) and not isinstance(value, bool) else value for value in read]
    typed = [value if other is None else None for value, other in zip(read, apart, strict=True)]
    series = pd.Series(typed, dtype="str" if field.type == "text" else "float64")
    return series, [] if all(value is None for value in apart) else apart


def _refused(values: pd.Series, unread: list[object], field: Field) -> NDArray[np.bool_]:
    wrong: NDArray[np.bool_] = breaks(values, field).to_numpy()
    if unread:
        wrong = wrong | np.array([value is not None for value in unread])
    return wrong if field.may_be_missing else wrong | values.isna().to_numpy()
