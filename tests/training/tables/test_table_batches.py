from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.expr import types as ir

from scoring.errors import EngineError
from training.tables import batches
from training.tables.batches import GROUP, side_by_side, stored_batches, write_batches, write_sorted

ROWS = 5
SCHEMA = pa.schema(
    [("SK_ID_CURR", pa.int64()), ("left", pa.float64()), ("absent", pa.float64()), ("right", pa.float32())]
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS", ROWS)


def parts(left: int, right: int) -> list[ir.Table]:
    """Two tables of so many applicants, the second in the reverse order."""
    ids, reverse = list(range(left)), list(range(right))[::-1]
    return [
        ibis.memtable(pa.table({"SK_ID_CURR": ids, "left": [i / 2 for i in ids]})),
        ibis.memtable(pa.table({"SK_ID_CURR": reverse, "right": [i / 4 for i in reverse]})),
    ]


@pytest.mark.parametrize("applicants", [1, ROWS, ROWS + 1, 3 * ROWS])
def test_parts_are_aligned_by_applicant_in_batches(applicants: int) -> None:
    made = list(side_by_side(parts(applicants, applicants), SCHEMA))
    assert {len(batch) for batch in made[:-1]} <= {ROWS}
    assert len(made[-1]) <= ROWS
    together = pa.concat_tables(made)
    assert together.schema == SCHEMA
    assert together.to_pylist() == [
        {"SK_ID_CURR": i, "left": i / 2, "absent": None, "right": i / 4} for i in range(applicants)
    ]


def test_part_that_did_not_arrive_whole_is_reported() -> None:
    with pytest.raises(EngineError, match=r"7 of 8 applicants arrived.*TMPDIR"):
        list(side_by_side(parts(8, 7), SCHEMA))


def test_folder_of_files_is_read_as_one(tmp_path: Path) -> None:
    """Spark writes one file per partition, of any size, some of them empty."""
    ids = iter(range(100))
    for place, rows in enumerate((3, 0, 9, 1, 4)):
        table = pa.table({"SK_ID_CURR": pa.array([next(ids) for _ in range(rows)], pa.int64())})
        pq.write_table(table, tmp_path / f"part-0000{place}.parquet", row_group_size=2)
    read = list(stored_batches(tmp_path))
    assert [len(batch) for batch in read] == [5, 5, 5, 2]
    assert pa.concat_tables(read)["SK_ID_CURR"].to_pylist() == list(range(17))


def test_temporary_file_is_in_groups_of_a_few_batches(tmp_path: Path) -> None:
    """Its reader holds one at a time."""
    out = tmp_path / "part.parquet"
    write_sorted(parts(3 * GROUP, 0)[0], out)
    metadata = pq.read_metadata(out)
    groups = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
    assert sum(groups) == 3 * GROUP
    assert max(groups) < 1.1 * GROUP


def test_temporary_files_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = side_by_side(parts(8, 8), SCHEMA)
    next(made)
    assert list(tmp_path.iterdir())
    made.close()
    assert not list(tmp_path.iterdir())


def test_written_in_groups_of_a_batch(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    assert write_batches(side_by_side(parts(12, 12), SCHEMA), SCHEMA, out) == 12
    metadata = pq.read_metadata(out)
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [5, 5, 2]
