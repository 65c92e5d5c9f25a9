"""One part of a table as Parquet, and how its columns are found among the names in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from scoring.errors import TableError
from scoring.schema.fields import FieldType
from training.tables.cells import quoted
from training.tables.notes import listed
from training.tables.sources import Part
from training.tables.text_files import normal, stopped

SHOWN = 5


@dataclass(frozen=True)
class Staged:
    """One part as Parquet.

    Args:
        part: where it comes from.
        path: of the Parquet file: the part itself, or a copy in the temporary folder.
        columns: declared column -> its name in that file.
        types: as Arrow calls them, by declared column.
        text: whether it was text; then `typed` says whether every cell was read at once.
        decimal_comma: whether numbers may be written with one: the separator is not a comma.
        notes: what was done to read it.
    """

    part: Part
    path: Path
    columns: dict[str, str]
    types: dict[str, pa.DataType]
    text: bool
    typed: bool
    decimal_comma: bool
    notes: tuple[str, ...]


def found_columns(part: Part, names: Sequence[str], schema: dict[str, FieldType]) -> dict[str, list[int]]:
    """The indices of each declared column among the names, exact matches first.

    Raises:
        TableError: there is none for some column.
    """
    indices: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        indices.setdefault(normal(name), []).append(index)
    if lacking := [column for column in schema if normal(column) not in indices]:
        raise TableError(
            f"{part.path}: column {listed(lacking, SHOWN)} is missing{within(part)}. Add it, spelled as in the data "
            f"set, with an empty value where it is unknown."
        )
    return {column: sorted(indices[normal(column)], key=lambda index: names[index] != column) for column in schema}


def within(part: Part) -> str:
    """The member of a zip that a part is, for a message that names the zip."""
    return f" in {part.member}" if part.member else ""


def notes_on_names(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    relation: str,
    repeated: dict[str, list[str]],
    names: Sequence[str],
    found: dict[str, list[int]],
    store: Path,
) -> tuple[str, ...]:
    """Notes on names spelled differently from ours, and on repeated columns with equal contents.

    Raises:
        TableError: a column is repeated with different contents.
    """
    twice = {column: copies for column, copies in repeated.items() if len(copies) > 1}
    notes = []
    if respelled := [column for column, indices in found.items() if names[indices[0]] != column]:
        notes.append(f"{part.name}: {listed(respelled, 3)}: the column's name is spelled otherwise")
    if twice:
        differ = ", ".join(
            f"count(*) FILTER ({' OR '.join(f'{quoted(copies[0])} IS DISTINCT FROM {quoted(c)}' for c in copies[1:])})"
            for copies in twice.values()
        )
        try:
            row = connection.execute(f"SELECT {differ} FROM {relation}").fetchone() or ()
        except duckdb.Error as error:
            raise stopped(part, error, store) from error
        if different := [column for column, count in zip(twice, row, strict=True) if count]:
            raise TableError(
                f"{part.path}: column {listed(different, SHOWN)} appears twice with different values"
                f"{within(part)}. Keep one of them."
            )
        notes.append(f"{part.name}: {listed(list(twice), 3)}: appears twice with the same values, read once")
    return tuple(notes)
