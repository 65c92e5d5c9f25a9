"""A file of outcomes is read strictly: errors name line, column and value."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from scoring.errors import OutcomesError
from scoring.oversight.outcomes_file import OutcomeRow, read_outcomes_file

HEADER = "SK_ID_CURR,TARGET,DATE\n"


def csv_file(folder, content, encoding="utf-8"):
    path = folder / "outcomes.csv"
    path.write_bytes(content.encode(encoding))
    return path


def parquet_file(folder, **columns):
    path = folder / "outcomes.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    "content",
    [
        "SK_ID_CURR,TARGET,DATE\n1,1,2026-01-31\n2,0,\n",
        "\ufeffSK_ID_CURR,TARGET,DATE\r\n1,1,2026-01-31\r\n2,0,\r\n",
        'NAME,DATE,TARGET,SK_ID_CURR\nx,2026-01-31," 1 ",1.0\n"y, z",,0.0,2\n',
        "SK_ID_CURR,TARGET,DATE\n\n1,1,2026-01-31\n2,0,\n\n",
    ],
)
def test_csv_as_various_programs_write_it(content, tmp_path):
    found = read_outcomes_file(csv_file(tmp_path, content))
    assert found == [OutcomeRow(1, 1, date(2026, 1, 31)), OutcomeRow(2, 0, None)]


@pytest.mark.parametrize(
    "columns",
    [
        {"SK_ID_CURR": [1, 2], "TARGET": [1, 0], "DATE": [date(2026, 1, 31), None]},
        {"SK_ID_CURR": [1.0, 2.0], "TARGET": [1.0, 0.0], "DATE": [datetime(2026, 1, 31), None]},
        {"SK_ID_CURR": ["1", "2"], "TARGET": ["1", "0"], "DATE": ["2026-01-31", ""]},
        {"SK_ID_CURR": [Decimal(1), Decimal(2)], "TARGET": [1, 0], "DATE": ["2026-01-31", None], "OTHER": [None, 3]},
    ],
)
def test_parquet_of_various_types(columns, tmp_path):
    found = read_outcomes_file(parquet_file(tmp_path, **columns))
    assert found == [OutcomeRow(1, 1, date(2026, 1, 31)), OutcomeRow(2, 0, None)]


def test_the_day_may_be_absent(tmp_path):
    assert read_outcomes_file(csv_file(tmp_path, "SK_ID_CURR,TARGET\n5,0\n")) == [OutcomeRow(5, 0, None)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"{HEADER}1,2,\n", "line 2: TARGET = '2' is not allowed. Write 1"),
        (f"{HEADER}1,1,\n2,,\n", "line 3: TARGET = '' is not allowed"),
        (f"{HEADER}1,1,\n2,yes,\n", "line 3: TARGET = 'yes' is not allowed"),
        (f"{HEADER}1,0.5,\n", "line 2: TARGET = '0.5'"),
        (f"{HEADER}1,nan,\n", "line 2: TARGET = 'nan'"),
        (f"{HEADER}\n\n,1,\n", "line 4: SK_ID_CURR = '' is not a whole number"),
        (f"{HEADER}1.0E+05,1,\n", r"SK_ID_CURR = '1.0E\+05' is not a whole number"),
        (f"{HEADER}1e5,1,\n", "SK_ID_CURR = '1e5'"),
        (f"{HEADER}1 000,1,\n", "SK_ID_CURR = '1 000'"),
        (f"{HEADER}{'9' * 30},1,\n", "SK_ID_CURR = '9999"),
        (f"{HEADER}1,1,\n2,0,\n1,1,\n", "line 4: SK_ID_CURR 1 is there already, in line 2"),
        (f"{HEADER}1,1,\n1.0,0,\n", "line 3: SK_ID_CURR 1 is there already"),
        (f"{HEADER}1,1,31/01/2026\n", "DATE = '31/01/2026' is not a day. Write it like 2026-11-29"),
        (f"{HEADER}1,1,2026-02-30\n", "DATE = '2026-02-30' is not a day"),
        (f"{HEADER}1,1,20260131\n", "DATE = '20260131' is not a day"),
        (HEADER, "holds no rows"),
        ("", "cannot be read"),
        ("id,TARGET\n1,1\n", "column SK_ID_CURR is missing"),
        ("SK_ID_CURR,target\n1,1\n", "column TARGET is missing"),
        ("SK_ID_CURR,TARGET,TARGET\n1,1,0\n", "column TARGET appears twice"),
        ("SK_ID_CURR;TARGET\n1;1\n", "separated by semicolons"),
        (f"{HEADER}1,1\n", "cannot be read"),
        ("1,1\n2,0\n", "column SK_ID_CURR is missing"),
    ],
)
def test_what_is_wrong_in_a_csv_file_is_said(content, told, tmp_path):
    with pytest.raises(OutcomesError, match=told):
        read_outcomes_file(csv_file(tmp_path, content))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"SK_ID_CURR": [1, 1], "TARGET": [1, 1]}, "row 2: SK_ID_CURR 1 is there already, in row 1"),
        ({"SK_ID_CURR": [1, None], "TARGET": [1, 1]}, "row 2: SK_ID_CURR = '' is not a whole number"),
        ({"SK_ID_CURR": [1.5], "TARGET": [1]}, "row 1: SK_ID_CURR = '1.5'"),
        ({"SK_ID_CURR": [1], "TARGET": [True]}, "row 1: TARGET = 'True'"),
        ({"SK_ID_CURR": [1], "TARGET": [-1]}, "row 1: TARGET = '-1'"),
        ({"SK_ID_CURR": [1], "TARGET": [float("nan")]}, "row 1: TARGET = 'nan'"),
        ({"SK_ID_CURR": [[1]], "TARGET": [1]}, "row 1: SK_ID_CURR = "),
        ({"SK_ID_CURR": [1], "TARGET": [1], "DATE": [datetime(2026, 1, 31, 5)]}, "row 1: DATE = '2026-01-31 05:00:00'"),
    ],
)
def test_what_is_wrong_in_a_parquet_file_is_said(columns, told, tmp_path):
    with pytest.raises(OutcomesError, match=told):
        read_outcomes_file(parquet_file(tmp_path, **columns))


def test_other_files_are_refused(tmp_path):
    (tmp_path / "outcomes.parquet").write_text("no Parquet")
    (tmp_path / "latin.csv").write_bytes("SK_ID_CURR,TARGET,DATE\n1,1,\xe9\n".encode("latin-1"))
    (tmp_path / "folder.csv").mkdir()
    for name, told in [
        ("outcomes.parquet", "cannot be read"),
        ("latin.csv", "cannot be read"),
        ("folder.csv", "cannot be read"),
        ("absent.csv", "there is no such file"),
        ("outcomes.xlsx", "ending '.xlsx' is not known"),
    ]:
        with pytest.raises(OutcomesError, match=told):
            read_outcomes_file(tmp_path / name)
