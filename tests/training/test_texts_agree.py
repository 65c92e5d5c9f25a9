"""The same odd text into every kind of column by every way in: each reads it as the others do, or refuses it.

Files with a decimal comma are apart (their mark is decided for the whole file), as are durations in a field of days:
both are said in a note.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from scoring.checks.stored import stored_rows
from scoring.errors import InvalidInputError
from scoring.lender.roles import TARGET
from scoring.schema.definition import Definition, breaks, checked_value, is_missing
from scoring.schema.fields import fields
from tests.training.tables_fixture import applications
from training.lender.roles import TRAIN
from training.tables.definitions import table_definitions
from training.tables.read import types, yes_no
from training.tables.reading import read_source
from training.tables.sources import table_sources

COLUMNS = (
    *("AMT_CREDIT", "EXT_SOURCE_1", "OWN_CAR_AGE", "CNT_CHILDREN", "DAYS_BIRTH", "DAYS_EMPLOYED"),
    *("FLAG_OWN_CAR", "FLAG_MOBIL", "NAME_INCOME_TYPE", "CODE_GENDER"),
)
TEXTS = (
    # Signs, points, exponents and underscores.
    *("+5", "+-5", "-+5", "--5", "5-", "-", ".", "1.", ".5", "00012", "-0", "1e", "1e5", "1E+05", "-1.2e4", "1e0005"),
    *("1e400", "1e-400", "4.9e-324", "1e5.0", "1.2.3", "1_000", "1_0.5", "1.5_0", "1e1_0", "1__0", "1_", "_1", "1_e5"),
    # As other programs write them.
    *("0x1F", "0b11", "017", "0o17", "1d5", "1f", "1L", "inf", "-Infinity", "nan(1)", "snan", "1.#INF", "#DIV/0!"),
    *("1,5", "1,234", "1,234.5", "1.234,5", "1 000", "1 000,5", "1 000.5", "1 00", "1'000", "1\u00a0000", "1\u2007000"),
    *("5%", "$5", "5 €", "(5)", "<5", "~5", '"5"', "'5", '="5"', "5;", "12:30", "P1D", "1985-03-02", "?", "missing"),
    # Many digits, about what doubles and integers hold.
    *("9007199254740991", "9007199254740993", "9223372036854775808", "9" * 70, "0." + "0" * 70 + "1", "7." + "0" * 70),
    # Other digits, signs and blanks, around and within.
    *("１２", "٣", "½", "5²", "−5", "＋5", "\u200b1", "1\u200b0", "\ufeff1", "1\u2060", "\t1\n", "1\v", "\f1", "1\x1f"),
    *("\u30001", "- 5", "1 e5", "1\t0", "5\n5"),
    # Yes, no, missing, marks and levels.
    *("TRUE", "true ", "yes", "N ", "\u200bY", "T", "oui", "VRAI", "on", "X"),
    *("0", "1", "1.0", "0.00", "+1", "2", "1e0"),
    *("n/a", "NULL", "None", "<NA>", "\\N", " ", "-nan", "N.A.", "-12000", "-12000.5", "365243", "3.65243E5", "0.5"),
    *("Working", " Working\u00a0", "working", "Work\u200bing", "Wоrking", "\u3000Working", "F ", "XNA", "xna"),
)  # fmt: skip
REFUSED = "refused"


def plain(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def by_score(definition: Definition) -> list[object]:
    """What `/score` reads; a file's marker of a missing value is null there."""

    def read(text: str) -> object:
        try:
            return plain(checked_value(definition, None if is_missing(text) else text, "en"))
        except InvalidInputError:
            return REFUSED

    return list(map(read, TEXTS))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """The texts, one below the other, in each of the columns and as the outcome."""
    return applications(*range(1, len(TEXTS) + 1)).assign(**dict.fromkeys((*COLUMNS, TARGET), TEXTS))


WAYS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "csv": lambda rows, folder: rows.to_csv(folder / f"{TRAIN}.csv", index=False),
    "csv.gz": lambda rows, folder: rows.to_csv(folder / f"{TRAIN}.csv.gz", index=False),
    "parquet": lambda rows, folder: rows.to_parquet(folder / f"{TRAIN}.parquet", index=False),
}


@pytest.mark.parametrize("way", WAYS)
def test_tables_read_what_score_reads(rows: pd.DataFrame, way: str, tmp_path: Path) -> None:
    WAYS[way](rows, tmp_path)
    definitions = table_definitions(TRAIN)
    found = read_source(table_sources(tmp_path)[TRAIN], types(definitions), yes_no(definitions), tmp_path)
    frame = pd.read_parquet(found.path)
    for name in (*COLUMNS, TARGET):
        definition = definitions[name]
        values = frame[name].astype("str" if definition.type == "text" else "float64")
        refused = breaks(values, definition)
        if name in found.unread:
            refused |= frame[f"raw:{name}"].notna()
        if not definition.may_be_missing:
            refused |= values.isna()
        read = [REFUSED if wrong else plain(value) for value, wrong in zip(values.tolist(), refused, strict=True)]
        assert dict(zip(TEXTS, read, strict=True)) == dict(zip(TEXTS, by_score(definition), strict=True)), name


@pytest.mark.parametrize("name", COLUMNS)
def test_a_file_of_applicants_reads_what_score_reads(name: str) -> None:
    found = stored_rows(pd.DataFrame({name: pd.Series(TEXTS, dtype="str")}))
    refused = found.refused.get(name, [False] * len(TEXTS))
    values = found.frame[name].tolist()
    read = [REFUSED if wrong else plain(value) for value, wrong in zip(values, refused, strict=True)]
    assert dict(zip(TEXTS, read, strict=True)) == dict(zip(TEXTS, by_score(fields()[name]), strict=True))
