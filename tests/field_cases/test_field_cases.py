"""The log of field cases: files as people have them, each read as the clean one or refused in words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from scoring.errors import TableError
from tests.field_cases.frames import FRAMES
from tests.field_cases.reads import CLEAN, READS
from tests.field_cases.refusals import REFUSED, UNREAD
from training.tables.definitions import table_definitions
from training.tables.read import types, yes_no
from training.tables.reading import ReadTable, read_source
from training.tables.sources import table_sources

INNER_WORDS = (
    "duckdb",
    "pyarrow",
    "arrow_",
    "codec",
    "traceback",
    "error:",
    "exception",
    "zlib",
    "parquet file footer",
)


def prepared(tmp_path: Path) -> tuple[Path, Path]:
    folder, store = tmp_path / "data", tmp_path / "store"
    folder.mkdir()
    store.mkdir()
    # Looked for, never read.
    (folder / "application_test.parquet").touch()
    return folder, store


def read(folder: Path, store: Path, table: str) -> ReadTable:
    definitions = table_definitions(table)
    return read_source(table_sources(folder)[table], types(definitions), yes_no(definitions), store)


def cells(path: Path, table: str) -> pd.DataFrame:
    dtypes = {"integer": "int64", "number": "float64", "text": "str"}
    schema = types(table_definitions(table))
    frame = pd.read_parquet(path).reset_index(drop=True)
    return frame[list(schema)].astype({column: dtypes[kind] for column, kind in schema.items()})


@pytest.mark.parametrize("case", READS)
def test_is_read_as_the_clean_file(case: str, tmp_path: Path) -> None:
    folder, store = prepared(tmp_path)
    expected = READS[case]
    table = expected.table.split(":")[0]
    expected.write(folder)
    found = read(folder, store, table)
    clean = CLEAN.get(expected.table, FRAMES[table]).astype(cells(found.path, table).dtypes)
    pd.testing.assert_frame_equal(cells(found.path, table), clean, check_exact=True)
    assert not found.unread
    assert expected.note in "\n".join(found.notes)
    assert bool(expected.note) == bool(found.notes), found.notes


@pytest.mark.parametrize("case", UNREAD)
def test_cell_that_cannot_be_read_comes_back_with_its_text(case: str, tmp_path: Path) -> None:
    folder, store = prepared(tmp_path)
    _, write, table, column, texts = UNREAD[case]
    write(folder)
    found = read(folder, store, table)
    assert found.unread == (column,)
    frame = pd.read_parquet(found.path)
    spoiled = frame[frame[f"raw:{column}"].notna()]
    assert list(spoiled[f"raw:{column}"]) == texts
    assert spoiled[column].isna().all()
    if "raw:line" in frame:
        lines = next(folder.glob(f"{table}.*")).read_text(encoding="utf-8").split("\n")
        assert all(text in lines[line - 1] for text, line in zip(texts, spoiled["raw:line"], strict=True))


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_in_words(case: str, tmp_path: Path) -> None:
    folder, store = prepared(tmp_path)
    _, write, table, words = REFUSED[case]
    write(folder)
    with pytest.raises(TableError) as error:
        read(folder, store, table)
    message = str(error.value)
    assert all(word in message for word in words), message
    assert not [word for word in INNER_WORDS if word in message.lower().replace(str(tmp_path).lower(), "")], message
    assert "\n" not in message
