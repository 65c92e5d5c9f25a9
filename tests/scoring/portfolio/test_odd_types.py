"""Columns of types that no table of applications has: what `/score` refuses, no type smuggles in."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pytest

from scoring.portfolio.decode import decode
from scoring.portfolio.reading import parts
from scoring.portfolio.rows import scored_rows
from scoring.serving.service import Service

NEW = {"AMT_INCOME_TOTAL": 150_000, "AMT_CREDIT": 333_000.5, "AMT_ANNUITY": 20_000, "DAYS_BIRTH": -12_000}
DAY = 86_400
REFUSED = {
    "DAYS_EMPLOYED": [
        pa.array([-12_000], pa.date32()),
        pa.array([-12_000 * DAY], pa.timestamp("s")),
        pa.array([-12_000 * DAY], pa.duration("s")),
        pa.array([[-12_000]]),
        pa.array([b"\xff\xfe"]),
    ],
    "OCCUPATION_TYPE": [
        pa.array([{"level": "Laborers"}]),
        pa.array([[("level", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
        pa.array([b"Laborers"]),
        pa.array([1]),
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(['"Laborers"'])),
    ],
}
READ = {
    "DAYS_EMPLOYED": [pa.array(["-12000"]).cast(pa.decimal256(40, 10)), pa.array([-12_000], pa.int16()), pa.nulls(1)],
    "OCCUPATION_TYPE": [
        pa.array(["Laborers"]).dictionary_encode(),
        pa.RunEndEncodedArray.from_arrays([1], ["Laborers"]),
        pa.array(["Laborers"], pa.string_view()),
    ],
}


def errors(column: str, values: pa.Array, service: Service, folder: Path) -> list[str]:
    table = pa.table({**{name: [value] for name, value in NEW.items()}, column: values})
    with ipc.new_file(str(folder / "sent"), table.schema) as file:
        file.write_table(table)
    decode(folder / "sent", folder / "decoded.csv", "en")
    (rows,) = parts(folder / "decoded.csv", [], 10, "en")
    return [row.error for row in scored_rows(service.artifact, rows, "en")]


@pytest.mark.parametrize(
    ("column", "values"),
    [(column, values) for column, odd in REFUSED.items() for values in odd],
    ids=lambda each: str(getattr(each, "type", each)),
)
def test_a_value_of_another_type_is_refused_by_its_field(
    column: str, values: pa.Array, service: Service, tmp_path: Path
):
    (error,) = errors(column, values, service, tmp_path)
    assert error.startswith(f"{column}: ")


@pytest.mark.parametrize(
    ("column", "values"),
    [(column, values) for column, plain in READ.items() for values in plain],
    ids=lambda each: str(getattr(each, "type", each)),
)
def test_another_way_to_store_the_same_value_is_read(column: str, values: pa.Array, service: Service, tmp_path: Path):
    assert errors(column, values, service, tmp_path) == [""]
