"""The same odd text into every kind of column by every way in: each reads it as the others do, or refuses it.

Files with a decimal comma are apart (their mark is decided for the whole file), as are durations in a field of days:
both are said in a note.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from scoring.checks.stored import stored_rows
from scoring.lender.roles import TARGET
from scoring.schema.definition import breaks
from scoring.schema.fields import fields
from tests.training.odd_texts import COLUMNS, REFUSED, TEXTS, by_score, plain
from tests.training.tables_fixture import applications
from training.lender.roles import TRAIN
from training.tables.definitions import table_definitions
from training.tables.read import types, yes_no
from training.tables.reading import read_source
from training.tables.sources import table_sources


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
