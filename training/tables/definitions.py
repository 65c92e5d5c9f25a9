"""The allowed values of every column in the lender's eight tables.

Applications are defined by the field table. For the history tables, `tables.csv` in the lender's folder has a row per
column, in table order, and `levels.csv` lists the known levels. Any other level of a history table is new rather than
wrong, and is treated as none of the known ones (see `training.tables.checks`). All levels of an application are known,
since each has a label.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scoring.applicants.inputs import LARGEST_ID
from scoring.files import read_table
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.definition import Definition
from scoring.schema.fields import FieldType, fields
from scoring.words.language import Kind
from training.lender import FOLDER
from training.lender.roles import TEST, TRAIN, YES_NO, is_key


@dataclass(frozen=True)
class TableColumn:
    """A column of a history table, or a key or the outcome of an application (see
    `scoring.schema.definition.Definition`).
    """

    name: str
    type: FieldType
    minimum: float | None
    maximum: float | None
    may_be_missing: bool
    sentinels: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    kind: Kind = "quantitative"

    @property
    def yes_no_values(self) -> tuple[str | int, str | int]:
        """The values for yes and for no."""
        return YES_NO if self.type == "text" else (1, 0)


KEY = TableColumn(APPLICANT_ID, "integer", 1, float(LARGEST_ID), may_be_missing=False)
OUTCOME = TableColumn(TARGET, "integer", 0, 1, may_be_missing=False, kind="yes_no")


@cache
def history_definitions() -> dict[str, dict[str, TableColumn]]:
    """The definitions of all columns of each history table, in table order."""
    levels: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in read_table(FOLDER / "levels.csv"):
        column = (row["table"], row["column"])
        levels[column] = (*levels.get(column, ()), row["level"])
    tables: dict[str, dict[str, TableColumn]] = {}
    for row in read_table(FOLDER / "tables.csv"):
        tables.setdefault(row["table"], {})[row["column"]] = TableColumn(
            name=row["column"],
            type=row["type"],  # type: ignore[arg-type]
            minimum=float(row["minimum"]) if row["minimum"] else None,
            maximum=float(row["maximum"]) if row["maximum"] else None,
            may_be_missing=not is_key(row["column"]),
            sentinels=tuple(map(float, row["sentinels"].split())),
            levels=levels.get((row["table"], row["column"]), ()),
            kind=row["kind"],  # type: ignore[arg-type]
        )
    return tables


def table_names() -> tuple[str, ...]:
    """The names of the eight tables, applications first."""
    return (TRAIN, TEST, *history_definitions())


def table_definitions(name: str, outcomes: bool = True) -> dict[str, Definition]:
    """The definitions of a table's columns, in order; the train table has the outcome only with `outcomes`."""
    if name not in (TRAIN, TEST):
        return dict(history_definitions()[name])
    keys: dict[str, Definition] = {APPLICANT_ID: KEY}
    if name == TRAIN and outcomes:
        keys[TARGET] = OUTCOME
    return keys | dict(fields())
