"""What the made-up tables are held against: the schema's own columns."""

import csv
from pathlib import Path

import pandas as pd

APPLICANTS = 5_000
SENTINEL = 365_243
ROOT = Path(__file__).parents[4]
HISTORIES = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)
ARROW = {"integer": "int64", "number": "double", "text": "string"}


def listed(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def expected_columns(table: str) -> list[tuple[str, str, bool]]:
    """Name, type and whether null is allowed, in order, for one of the eight tables."""
    if table in HISTORIES:
        rows = [row for row in listed("training/lender/tables.csv") if row["table"] == table]
        return [(row["column"], ARROW[row["type"]], row["nullable"] == "yes") for row in rows]
    fields = [
        (row["name"], ARROW[row["type"]], row["nullable"] == "yes") for row in listed("scoring/lender/fields.csv")
    ]
    target = [("TARGET", "int64", False)] if table == "application_train" else []
    return [("SK_ID_CURR", "int64", False), *target, *fields]


def null_together(table: pd.DataFrame, columns: list[str]) -> bool:
    nulls = table[columns].isna()
    return bool(nulls.any(axis=None)) and bool((nulls.all(axis=1) == nulls.any(axis=1)).all())
