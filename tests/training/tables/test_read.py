from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.errors import InvalidInputError, TableError
from scoring.schema.fields import fields
from tests.encrypted import encrypted
from tests.training.tables_fixture import allowed, applications, table, unlabelled_applications, write_folder
from training.tables.quarantine import Quarantine
from training.tables.read import TEST, TRAIN, history_schema, read_tables, table_schema

ENDINGS = (".csv", ".csv.gz", ".parquet")


def folder_with(path: Path, ending: str = ".csv", **tables: pd.DataFrame) -> Path:
    return write_folder(path, {TRAIN: applications(1, 2)} | tables, ending)


def assert_refused(folder: Path, *words: str) -> None:
    with pytest.raises(TableError) as error:
        read_tables(folder)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_reads_every_format_alike(tmp_path: Path, ending: str) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1, "AMT_CREDIT_SUM": 12.5, "AMT_ANNUITY": np.nan}])
    train = applications(1, 2, NAME_TYPE_SUITE="Spouse, partner")
    tables = read_tables(folder_with(tmp_path, ending, bureau=bureau, **{TRAIN: train}))
    pd.testing.assert_frame_equal(tables.history["bureau"].to_pandas(), allowed("bureau", bureau), check_dtype=False)
    pd.testing.assert_frame_equal(tables.train.to_pandas(), allowed(TRAIN, train), check_dtype=False)


def test_types_are_the_declared_ones(tmp_path: Path) -> None:
    schema = read_tables(folder_with(tmp_path)).train.schema()
    names = {"integer": "int64", "number": "float64", "text": "string"}
    assert {name: str(kind) for name, kind in schema.items()} == {
        name: names[kind] for name, kind in table_schema(TRAIN).items()
    }


def test_whole_numbers_stored_otherwise_are_integers(tmp_path: Path) -> None:
    train = applications(1, 2).astype({"CNT_CHILDREN": "float64", "DAYS_BIRTH": "int32"})
    read = read_tables(folder_with(tmp_path, ".parquet", **{TRAIN: train})).train
    assert str(read.CNT_CHILDREN.type()) == "int64"
    assert str(read.DAYS_BIRTH.type()) == "int64"


def test_column_order_and_extra_columns_do_not_matter(tmp_path: Path) -> None:
    train = applications(1, 2)[list(table_schema(TRAIN))[::-1]].copy().assign(NOTE="x")
    assert list(read_tables(folder_with(tmp_path, **{TRAIN: train})).train.columns) == list(table_schema(TRAIN))


def test_other_files_are_ignored(tmp_path: Path) -> None:
    (folder_with(tmp_path) / "coverage.parquet").write_bytes(b"not a table")
    assert read_tables(tmp_path).test is None


def test_nan_in_parquet_is_missing(tmp_path: Path) -> None:
    frame = pa.Table.from_pandas(allowed(TRAIN, applications(1, 2)), preserve_index=False)
    place = frame.schema.get_field_index("AMT_ANNUITY")
    frame = frame.set_column(place, "AMT_ANNUITY", pa.array([np.nan, 1.0]))
    pq.write_table(frame, tmp_path / f"{TRAIN}.parquet")
    assert read_tables(tmp_path).train.AMT_ANNUITY.to_pyarrow().to_pylist() == [None, 1.0]


def test_absent_tables_are_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        tables = read_tables(folder_with(tmp_path))
    assert tables.absent == tuple(history_schema())
    (record,) = [record for record in caplog.records if record.name.startswith("training")]
    assert "installments_payments" in record.getMessage()


def test_no_such_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none", "none", "no such folder")


def test_no_application_table(tmp_path: Path) -> None:
    assert_refused(write_folder(tmp_path, {"bureau": table("bureau", [{}])}), TRAIN, TEST)


def test_same_table_in_two_formats(tmp_path: Path) -> None:
    folder_with(tmp_path, ".csv")
    assert_refused(folder_with(tmp_path, ".parquet"), f"{TRAIN}.csv", f"{TRAIN}.parquet", "Keep one")


def test_same_applicant_in_train_and_test(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, **{TEST: unlabelled_applications(2, 3)})
    assert_refused(folder, f"{TRAIN}.csv", f"{TEST}.csv", "SK_ID_CURR", "(2)", "Remove")


MISTAKES = {
    "missing column": (lambda t: t.drop(columns="AMT_CREDIT"), "AMT_CREDIT", "Add it"),
    "misspelled column": (lambda t: t.rename(columns={"AMT_CREDIT": "AMT_CREDITS"}), "AMT_CREDIT ", "Add it"),
    "no TARGET": (lambda t: t.drop(columns="TARGET"), "TARGET", "Add it"),
    "text in a number": (lambda t: t.assign(AMT_CREDIT=["1", "much"]), "AMT_CREDIT", "number"),
    "fraction in an integer": (lambda t: t.assign(CNT_CHILDREN=[0.5, 1]), "CNT_CHILDREN", "whole number"),
    "infinite": (lambda t: t.assign(AMT_CREDIT=[np.inf, 1]), "AMT_CREDIT", "Send a number from 1"),
    "same id twice": (lambda t: t.assign(SK_ID_CURR=[7, 7]), "SK_ID_CURR", "(7). Keep one row"),
    "no id": (lambda t: t.assign(SK_ID_CURR=[1, None]), "SK_ID_CURR", "missing"),
    "no id, twice": (lambda t: t.assign(SK_ID_CURR=[None, None]), "SK_ID_CURR", "missing"),
    "large id twice": (lambda t: t.assign(SK_ID_CURR=1_234_567), "SK_ID_CURR", "(1234567)"),
    "no outcome": (lambda t: t.assign(TARGET=[1, None]), "TARGET", "missing"),
    "third outcome": (lambda t: t.assign(TARGET=[1, 2]), "TARGET", "Send a number from 0 to 1"),
    "no rows": (lambda t: t.head(0), "column", "no rows"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("mistake", "ending"), [*((mistake, ".csv") for mistake in MISTAKES), ("text in a number", ".parquet")]
)
def test_mistake_names_file_column_and_remedy(tmp_path: Path, mistake: str, ending: str) -> None:
    spoil, column, remedy = MISTAKES[mistake]
    folder = folder_with(tmp_path, ending, **{TRAIN: spoil(applications(1, 2))})
    assert_refused(folder, f"{TRAIN}{ending}", column, remedy)


@pytest.mark.parametrize(
    ("column", "cell", "ending"),
    [("DAYS_CREDIT", "+-5", ".csv"), ("DAYS_CREDIT", "+-5", ".csv.gz"), ("SK_ID_CURR", "1.00001E+05", ".csv")],
)
def test_what_duckdb_reads_as_a_number_and_score_does_not_is_refused(
    tmp_path: Path, column: str, cell: str, ending: str
) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1, "SK_ID_BUREAU": 2}]).assign(**{column: cell})
    assert_refused(folder_with(tmp_path, ending, bureau=bureau), column, repr(cell), "line 2")


def test_an_exponent_elsewhere_does_not_matter(tmp_path: Path) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1, "SK_ID_BUREAU": 2}]).assign(AMT_CREDIT_SUM="8.173616518884397e-06")
    read = read_tables(folder_with(tmp_path, bureau=bureau)).history["bureau"].to_pandas()
    assert read[["SK_ID_CURR", "AMT_CREDIT_SUM"]].to_numpy().tolist() == [[1, 8.173616518884397e-06]]


def test_text_column_holding_numbers(tmp_path: Path) -> None:
    train = applications(1, 2).assign(CODE_GENDER=[1.5, 2.5])
    assert_refused(folder_with(tmp_path, ".parquet", **{TRAIN: train}), "CODE_GENDER", "Write text")


def test_column_there_twice(tmp_path: Path) -> None:
    path = folder_with(tmp_path) / f"{TRAIN}.csv"
    path.write_text(path.read_text().replace("SK_ID_CURR", "TARGET,SK_ID_CURR", 1))
    assert_refused(tmp_path, f"{TRAIN}.csv", "TARGET", "Keep one")


def test_missing_key_in_a_history_table(tmp_path: Path) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1}]).assign(SK_ID_BUREAU=[None])
    assert_refused(folder_with(tmp_path, bureau=bureau), "bureau.csv", "SK_ID_BUREAU", "missing", "SK_ID_CURR 1")


@pytest.mark.parametrize("ending", ENDINGS)
def test_truncated_file(tmp_path: Path, ending: str) -> None:
    path = folder_with(tmp_path, ending, **{TRAIN: applications(*range(2000))}) / f"{TRAIN}{ending}"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert_refused(tmp_path, f"{TRAIN}{ending}", "column", "again")


@pytest.mark.parametrize("ending", ENDINGS)
def test_unreadable_file(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"{TRAIN}{ending}").write_bytes(bytes(range(128, 256)) * 10)
    assert_refused(tmp_path, f"{TRAIN}{ending}", "column", "export it again")


def test_file_of_no_bytes(tmp_path: Path) -> None:
    with gzip.open(tmp_path / f"{TRAIN}.csv.gz", "wb"):
        pass
    assert_refused(tmp_path, f"{TRAIN}.csv.gz", "empty", "Export it again")


def test_everything_wrong_in_every_table_is_reported_at_once_worst_first(tmp_path: Path) -> None:
    train = applications(*range(1, 11)).assign(EXT_SOURCE_1=[43.0, 51.2, *[0.5] * 8], AMT_CREDIT=[0] * 9 + [1])
    bureau = table("bureau", [{"SK_ID_CURR": 1, "SK_ID_BUREAU": 1, "DAYS_CREDIT": 5}])
    with pytest.raises(TableError) as refused:
        read_tables(folder_with(tmp_path, bureau=bureau, **{TRAIN: train.assign(AMT_CREDIT=[-5.0] * 9 + [1])}))
    told = str(refused.value)
    assert told.index("AMT_CREDIT: 9 rows (90.00%)") < told.index("EXT_SOURCE_1: 2 rows (20.00%)")
    assert "9 of 10 rows hold what is not allowed" in told
    assert "EXT_SOURCE_1: 43 is outside what is allowed. Send a number from 0 to 1." in told
    assert "SK_ID_CURR 1; 51.2 (" in told
    assert "percent" in told
    assert "bureau.csv" in told
    assert "DAYS_CREDIT: 5" in told
    assert "the sign is turned" in told


def test_five_examples_at_most_and_a_rare_fault_is_shown_beside_a_common_one(tmp_path: Path) -> None:
    ids = list(range(1, 2002))
    amounts, scores = [-float(i) for i in ids[:-1]] + [1.0], [0.5] * 2000 + [7]
    train = applications(*ids).assign(AMT_CREDIT=amounts, EXT_SOURCE_1=scores)
    with pytest.raises(TableError) as refused:
        read_tables(folder_with(tmp_path, ".parquet", **{TRAIN: train}))
    credit, score = str(refused.value).splitlines()[1:]
    assert credit.count("SK_ID_CURR") == 5
    assert "SK_ID_CURR 2001" in score


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_bad_rows_are_left_out_written_with_reasons_and_counted(tmp_path: Path, name: str) -> None:
    train = applications(*range(1, 301)).assign(EXT_SOURCE_1=[43.0] + [0.5] * 299)
    bureau = table("bureau", [{"SK_ID_CURR": i, "SK_ID_BUREAU": i + 1} for i in range(1, 301)])
    bureau["DAYS_CREDIT"] = [5] + [-5] * 299
    folder = folder_with(tmp_path / "data", bureau=bureau, **{TRAIN: train})
    tables = read_tables(folder, quarantine=Quarantine(tmp_path / name))
    assert tables.train.count().execute() == tables.history["bureau"].count().execute() == 299
    assert {name: counts.rows for name, counts in tables.left_out.items()} == {TRAIN: 1, "bureau": 1}
    assert tables.left_out[TRAIN].columns == {"EXT_SOURCE_1": 1}
    rows = pd.read_csv(tmp_path / name) if name.endswith("csv") else pd.read_parquet(tmp_path / name)
    assert rows["table"].tolist() == [TRAIN, "bureau"]
    assert "EXT_SOURCE_1: 43 is outside" in rows["reasons"][0]
    assert json.loads(rows["row"][0])["SK_ID_CURR"] == 1
    assert json.loads(rows["row"][1])["DAYS_CREDIT"] == 5


def test_a_cell_that_cannot_be_read_is_left_out_with_its_text_and_line(tmp_path: Path) -> None:
    train = applications(*range(1, 301)).assign(AMT_CREDIT=["much"] + ["1.5"] * 299)
    folder = folder_with(tmp_path / "data", **{TRAIN: train})
    with pytest.raises(TableError, match="AMT_CREDIT: 'much' is not a number"):
        read_tables(folder)
    assert read_tables(folder, quarantine=Quarantine(tmp_path / "rows.csv")).left_out[TRAIN].rows == 1
    (row,) = pd.read_csv(tmp_path / "rows.csv").itertuples()
    assert row.line == 2
    assert json.loads(row.row)["AMT_CREDIT"] == "much"


def test_an_odd_cell_in_each_column_needs_no_more_memory_than_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.tables.reading.MEMORY_LIMIT", "200MB")
    train = allowed(TRAIN, applications(1, 2, 3)).astype(dict.fromkeys(fields(), "str"))
    train.loc[0, list(fields())] = "?"
    folder = folder_with(tmp_path / "data", **{TRAIN: train})
    assert read_tables(folder, quarantine=Quarantine(tmp_path / "rows.csv", 1)).left_out[TRAIN].rows == 1


def test_too_many_bad_rows_in_a_column_stop_all_the_same(tmp_path: Path) -> None:
    train = applications(*range(1, 101)).assign(EXT_SOURCE_1=[43.0] * 2 + [0.5] * 98)
    folder = folder_with(tmp_path / "data", **{TRAIN: train})
    with pytest.raises(TableError, match="too many to be left out"):
        read_tables(folder, quarantine=Quarantine(tmp_path / "rows.csv"))
    assert not (tmp_path / "rows.csv").exists()
    assert read_tables(folder, quarantine=Quarantine(tmp_path / "rows.csv", 0.02)).left_out[TRAIN].rows == 2


def test_nothing_to_leave_out_gives_a_file_without_rows(tmp_path: Path) -> None:
    read_tables(folder_with(tmp_path / "data"), quarantine=Quarantine(tmp_path / "rows.csv"))
    assert pd.read_csv(tmp_path / "rows.csv").empty


@pytest.mark.parametrize(("file", "limit"), [("rows.txt", 0.01), ("rows.csv", 1.5), ("rows.csv", -1), ("rows", 0.01)])
def test_a_quarantine_that_cannot_be_is_refused_before_anything_is_read(file: str, limit: float) -> None:
    with pytest.raises(InvalidInputError, match="--quarantine"):
        Quarantine(Path(file), limit)


def test_a_level_of_a_history_table_that_is_new_is_said_with_its_share(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1, "SK_ID_BUREAU": i} for i in range(1, 201)])
    bureau["CREDIT_TYPE"] = ["Spaceship"] + ["Mortgage"] * 199
    read_tables(folder_with(tmp_path, bureau=bureau))
    assert "CREDIT_TYPE: levels that are not known in 1 row (0.50%): 'Spaceship'" in caplog.text


@pytest.mark.parametrize(
    ("level", "cause"), [("mortgage", "another case"), ("\u3000Mortgage", "blanks"), ("3", "codes in place of names")]
)
def test_too_many_new_levels_are_refused_with_the_likely_cause(tmp_path: Path, level: str, cause: str) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1, "SK_ID_BUREAU": i} for i in range(1, 201)]).assign(CREDIT_TYPE=level)
    assert_refused(folder_with(tmp_path, ".parquet", bureau=bureau), "CREDIT_TYPE", "(100.00%)", cause)


def test_a_mark_of_the_lender_is_allowed_and_what_lies_beside_it_is_not(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, **{TRAIN: applications(1, 2).assign(DAYS_EMPLOYED=[365_243, -5])})
    assert read_tables(folder).train.count().execute() == 2
    assert_refused(
        folder_with(tmp_path, **{TRAIN: applications(1, 2).assign(DAYS_EMPLOYED=[365_243, 365_242])}),
        "DAYS_EMPLOYED: 365242 is outside",
        "or 365,243",
    )


def test_a_column_name_that_is_no_text_is_damage(tmp_path: Path) -> None:
    train = folder_with(tmp_path, ".parquet") / f"{TRAIN}.parquet"
    train.write_bytes(train.read_bytes().replace(b"AMT_CREDIT", b"\x80MT_CREDIT"))
    assert_refused(tmp_path, f"{TRAIN}.parquet", "cut short or damaged")


@pytest.mark.parametrize("plaintext_footer", [False, True])
def test_an_encrypted_file_is_called_so(tmp_path: Path, plaintext_footer: bool) -> None:
    train = folder_with(tmp_path, ".parquet") / f"{TRAIN}.parquet"
    encrypted(pq.read_table(train), train, plaintext_footer)
    assert_refused(tmp_path, f"{TRAIN}.parquet is encrypted. Export it again without encryption")
