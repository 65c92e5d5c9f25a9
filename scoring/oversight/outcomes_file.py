"""The lender's file of outcomes: which borrowers had payment difficulties, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from scoring.errors import OutcomesError
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.definition import quoted

DATE = "DATE"
COLUMNS = (APPLICANT_ID, TARGET, DATE)
# 1 and 0, also as a spreadsheet or pandas writes them.
TARGETS = {"1": 1, "0": 0, "1.0": 1, "0.0": 0}
ID = re.compile(r"-?\d{1,18}(?:\.0)?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class OutcomeRow:
    """An applicant's outcome: 1 for payment difficulties, else 0, and the day on which it was known, if given."""

    applicant_id: int
    target: int
    known_on: date | None


def read_outcomes_file(path: Path) -> list[OutcomeRow]:
    """The rows of a CSV or Parquet file with the columns `APPLICANT_ID`, `TARGET` and perhaps `DATE` (2026-11-29).

    Raises:
        OutcomesError: it cannot be read, or a value is not allowed; the message names line or row, column and value.
    """
    is_csv = path.suffix == ".csv"
    table = _read(path, is_csv)
    what, numbers = "line" if is_csv else "row", _lines(path, is_csv, table.num_rows)
    columns = {name: table[name].to_pylist() for name in table.column_names if name in COLUMNS}
    rows: list[OutcomeRow] = []
    seen: dict[int, int] = {}
    for index, number in zip(range(table.num_rows), numbers, strict=False):
        where = f"{path}, {what} {number}"
        values = {name: _text(column[index]) for name, column in columns.items()}
        row = _row(where, values)
        if row.applicant_id in seen:
            raise OutcomesError(
                f"{where}: {APPLICANT_ID} {row.applicant_id} is there already, in {what} {seen[row.applicant_id]}. "
                "Keep one row per applicant."
            )
        seen[row.applicant_id] = number
        rows.append(row)
    if not rows:
        raise OutcomesError(f"{path}: holds no rows. Give a row for each applicant whose outcome is known.")
    return rows


def _read(path: Path, is_csv: bool) -> pa.Table:
    if path.suffix not in (".csv", ".parquet"):
        raise OutcomesError(f"{path}: the ending {path.suffix!r} is not known; allowed: .csv, .parquet.")
    try:
        table = _read_csv(path) if is_csv else parquet.read_table(path)
    except FileNotFoundError:
        raise OutcomesError(f"{path}: there is no such file.") from None
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise OutcomesError(f"{path}: cannot be read ({reason}). Export it again.") from error
    for name in COLUMNS:
        found = table.column_names.count(name)
        if found > 1 or (found == 0 and name != DATE):
            wrong = "appears twice. Keep one" if found else "is missing. Add it, spelled exactly like this"
            raise OutcomesError(f"{path}: column {name} {wrong}.")
    return table


def _read_csv(path: Path) -> pa.Table:
    """All values as text: a type that is guessed would turn ids into rounded numbers and hide what was written."""
    options = csv.ConvertOptions(
        column_types={name: pa.string() for name in COLUMNS},
        strings_can_be_null=False,
        quoted_strings_can_be_null=False,
    )
    table = csv.read_csv(path, convert_options=options)
    if len(table.column_names) == 1 and ";" in table.column_names[0]:
        raise OutcomesError(f"{path}: its columns are separated by semicolons. Export it with commas.")
    return table


def _lines(path: Path, is_csv: bool, rows: int) -> list[int]:
    """Where each row is: its line in a CSV file, blank ones counted; its number from 1 in a Parquet file."""
    if not is_csv:
        return list(range(1, rows + 1))
    with path.open("rb") as lines:
        # The first one is the header.
        return [number for number, line in enumerate(lines, 1) if line.strip()][1:]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _row(where: str, values: Mapping[str, str]) -> OutcomeRow:
    applicant, target, known_on = values[APPLICANT_ID], values[TARGET], values.get(DATE, "")
    if not ID.fullmatch(applicant):
        raise OutcomesError(
            f"{where}: {APPLICANT_ID} = {quoted(applicant)} is not a whole number. Give each row its id."
        )
    if target not in TARGETS:
        raise OutcomesError(
            f"{where}: {TARGET} = {quoted(target)} is not allowed. Write 1 for payment difficulties and 0 otherwise, "
            "and leave out who is not known yet."
        )
    return OutcomeRow(int(applicant.removesuffix(".0")), TARGETS[target], _day(where, known_on))


def _day(where: str, written: str) -> date | None:
    if not written:
        return None
    try:
        # Parquet's moments at midnight are days, too.
        day = written.removesuffix(" 00:00:00")
        if DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise OutcomesError(
        f"{where}: {DATE} = {quoted(written)} is not a day. Write it like 2026-11-29, or leave it empty."
    )
