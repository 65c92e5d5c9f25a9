"""The tables of the lender's data: their names, the type of each of their columns, and which are a yes or no."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from scoring.features import YES_LEVELS
from scoring.fields import APPLICANT_ID, TARGET, FieldType, fields

TRAIN, TEST = "application_train", "application_test"
# Flags that the field table does not hold: they are of the history tables, or the outcome.
OTHER_TEXT_FLAGS = {"FLAG_LAST_APPL_PER_CONTRACT": ("Y", "N")}
OTHER_NUMERIC_FLAGS = (TARGET, "NFLAG_LAST_APPL_IN_DAY", "NFLAG_INSURED_ON_APPROVAL")


@cache
def history_schema() -> dict[str, dict[str, FieldType]]:
    """Type of each column of each history table, in the tables' own order."""
    schema: dict[str, dict[str, FieldType]] = {}
    with Path(__file__).with_name("tables.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            schema.setdefault(row["table"], {})[row["column"]] = row["type"]  # type: ignore[assignment]
    return schema


def table_names() -> tuple[str, ...]:
    """The names of the eight tables: applications first."""
    return (TRAIN, TEST, *history_schema())


def table_schema(name: str, outcomes: bool = True) -> dict[str, FieldType]:
    """Type of each column of one of the eight tables, in its own order; TARGET in the train table with `outcomes`."""
    if name not in (TRAIN, TEST):
        return history_schema()[name]
    keys: dict[str, FieldType] = {APPLICANT_ID: "integer"}
    if name == TRAIN and outcomes:
        keys[TARGET] = "integer"
    return keys | {field.name: field.type for field in fields().values()}


@cache
def yes_no_levels() -> dict[str, tuple[str, str]]:
    """What a yes and a no are called in each column that is one: Y and N, Yes and No, or, for a number, 1 and 0."""
    levels = dict(OTHER_TEXT_FLAGS) | dict.fromkeys(OTHER_NUMERIC_FLAGS, ("1", "0"))
    for field in fields().values():
        if field.kind == "yes_no" and field.type == "text":
            yes = next(level for level in field.levels if level in YES_LEVELS)
            levels[field.name] = (yes, next(level for level in field.levels if level != yes))
        elif field.kind == "yes_no":
            levels[field.name] = ("1", "0")
    return levels


def is_days(column: str) -> bool:
    """Whether a column counts days, so that a duration can be read for it and a date cannot."""
    return column.startswith("DAYS_")
