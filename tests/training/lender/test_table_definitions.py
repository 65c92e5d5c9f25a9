"""What `tables.csv` and `levels.csv` of `training/lender` say that each column of the history tables may hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.training.lender.synthetic.expected import HISTORIES, SENTINEL, listed
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import history_schema

LARGEST_ID = 2**53  # up to here a float64 holds every whole number
# The least and greatest values of the lender's full tables, where they are unusual.
EXTREMES = [
    ("bureau", "DAYS_CREDIT_ENDDATE", -42_060, 31_199),
    ("bureau", "DAYS_ENDDATE_FACT", -42_023, 0),
    ("bureau", "DAYS_CREDIT_UPDATE", -41_947, 372),
    ("bureau", "AMT_CREDIT_SUM", 0, 585_000_000),
    ("bureau", "AMT_CREDIT_SUM_DEBT", -4_705_600.3, 170_100_000),
    ("bureau", "AMT_CREDIT_SUM_LIMIT", -586_406.1, 4_705_600),
    ("bureau", "AMT_ANNUITY", 0, 118_453_400),
    ("previous_application", "AMT_DOWN_PAYMENT", -0.9, 3_060_045),
    ("previous_application", "RATE_DOWN_PAYMENT", -1.49788e-05, 1),
    ("previous_application", "SELLERPLACE_AREA", -1, 4_000_000),
    ("previous_application", "DAYS_TERMINATION", -2_874, SENTINEL),
    ("POS_CASH_balance", "SK_DPD", 0, 4_231),
    ("installments_payments", "NUM_INSTALMENT_VERSION", 0, 178),
    ("credit_card_balance", "AMT_RECEIVABLE_PRINCIPAL", -423_305.8, 1_472_316.8),
    ("credit_card_balance", "AMT_DRAWINGS_ATM_CURRENT", -6_827.3, 2_115_000),
]
WRONG = [
    ("bureau", "DAYS_CREDIT", 500),  # the sign turned
    ("bureau", "DAYS_CREDIT", SENTINEL),
    ("bureau", "AMT_CREDIT_SUM", -999),
    ("bureau_balance", "MONTHS_BALANCE", -999),
    ("bureau_balance", "MONTHS_BALANCE", 12),
    ("previous_application", "RATE_DOWN_PAYMENT", 12.5),  # in percent
    ("previous_application", "AMT_DOWN_PAYMENT", -999),
    ("previous_application", "SELLERPLACE_AREA", -999),
    ("previous_application", "DAYS_TERMINATION", 500),
    ("previous_application", "CNT_PAYMENT", -1),
    ("installments_payments", "DAYS_INSTALMENT", 500),
    ("credit_card_balance", "SK_DPD", -5),
]


@dataclass(frozen=True)
class Definition:
    """One column of a history table as the two files define it."""

    table: str
    column: str
    type: str
    nullable: bool
    minimum: str
    maximum: str
    sentinels: tuple[float, ...]
    levels: tuple[str, ...]

    def within(self, value: float) -> bool:
        return float(self.minimum) <= value <= float(self.maximum)

    def faults(self, values: pd.Series) -> list[object]:
        """The distinct values that the column may not hold; None for a missing one."""
        known = values.dropna()
        if self.type == "text":
            allowed = known.isin(self.levels)
        else:
            allowed = known.between(float(self.minimum), float(self.maximum)) | known.isin(self.sentinels)
        missing = [] if self.nullable or len(known) == len(values) else [None]
        return [*known[~allowed].unique(), *missing]


def definitions() -> list[Definition]:
    levels: dict[tuple[str, str], list[str]] = {}
    for row in listed("training/lender/levels.csv"):
        levels.setdefault((row["table"], row["column"]), []).append(row["level"])
    return [
        Definition(
            row["table"],
            row["column"],
            row["type"],
            row["nullable"] == "yes",
            row["minimum"],
            row["maximum"],
            tuple(map(float, row["sentinels"].split())),
            tuple(levels.get((row["table"], row["column"]), ())),
        )
        for row in listed("training/lender/tables.csv")
    ]


EVERY = definitions()
BY_NAME = {(one.table, one.column): one for one in EVERY}
TEXT = [one for one in EVERY if one.type == "text"]
IDS = [one for one in EVERY if one.column.startswith("SK_ID_")]
NUMERIC = [one for one in EVERY if one.type != "text"]


def by_name(one: Definition) -> str:
    return f"{one.table}.{one.column}"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made-up")
    synthesize(500, 7, folder, progress=False)
    return folder


def test_every_column_is_defined_once() -> None:
    assert len(BY_NAME) == len(EVERY)
    assert {(table, column) for table, columns in history_schema().items() for column in columns} == BY_NAME.keys()
    assert list(history_schema()) == list(HISTORIES)


@pytest.mark.parametrize("one", NUMERIC, ids=by_name)
def test_numeric_columns_have_bounds_and_no_levels(one: Definition) -> None:
    assert float(one.minimum) < float(one.maximum)
    assert not any(map(one.within, one.sentinels))
    assert not one.levels


@pytest.mark.parametrize("one", TEXT, ids=by_name)
def test_text_columns_have_levels_and_no_bounds(one: Definition) -> None:
    assert len(one.levels) == len(set(one.levels)) > 1
    assert all(level == level.strip() != "" for level in one.levels)
    assert (one.minimum, one.maximum, one.sentinels) == ("", "", ())


def test_levels_are_of_text_columns_only() -> None:
    assert {(row["table"], row["column"]) for row in listed("training/lender/levels.csv")} == {
        (one.table, one.column) for one in TEXT
    }


@pytest.mark.parametrize("one", IDS, ids=by_name)
def test_ids_are_whole_numbers_that_every_reader_holds_exactly(one: Definition) -> None:
    assert one.type == "integer"
    assert not one.nullable
    assert (int(one.minimum), int(one.maximum), one.sentinels) == (1, LARGEST_ID, ())


@pytest.mark.parametrize(("table", "column", "least", "greatest"), EXTREMES)
def test_the_extremes_of_the_full_tables_are_allowed(table: str, column: str, least: float, greatest: float) -> None:
    assert BY_NAME[table, column].faults(pd.Series([least, greatest])) == []


@pytest.mark.parametrize(("table", "column", "value"), WRONG)
def test_fillers_and_other_units_are_not_allowed(table: str, column: str, value: float) -> None:
    assert BY_NAME[table, column].faults(pd.Series([value])) == [value]


@pytest.mark.parametrize("one", EVERY, ids=by_name)
def test_every_made_up_value_is_allowed(one: Definition, made_up: Path) -> None:
    values = pd.read_parquet(made_up / f"{one.table}.parquet", columns=[one.column])[one.column]
    assert one.faults(values) == []


@pytest.mark.real_data
@pytest.mark.parametrize("one", EVERY, ids=by_name)
def test_every_real_value_is_allowed(one: Definition, real_sample: Path) -> None:
    path = real_sample / f"{one.table}.parquet"
    if not path.is_file():
        pytest.skip(f"the sample of real rows has no {one.table}")
    values = pd.read_parquet(path, columns=[one.column])[one.column]
    assert one.faults(values) == []
