"""Both engines give the same, on made-up and on real rows, and refuse the same.

Spark starts slowly: one session serves the module, with Java's quick compiler, which suits short runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.errors import EngineError, TableError
from scoring.serving.settings import ROOT
from tests.conftest import REAL_SAMPLE
from tests.training.odd_texts import COLUMNS, write_cells
from tests.training.tables_fixture import allowed, applications, table, write_folder
from training.dataset import scenarios
from training.dataset.history_file import write_features
from training.lender.history import FEATURES
from training.lender.synthetic.synthesize import synthesize
from training.tables.engines import MEBIBYTES_PER_THREAD, Connect, duckdb_connection, spark_connection
from training.tables.read import TRAIN, read_tables

RELATIVE = 1e-9
# Where a difference of large amounts is zero but for rounding.
ABSOLUTE = 1e-9
# Higher than any id of the real rows.
OWN_IDS = 10_000_000
# Compiled lightly, but with the room that Java would take by default: beyond 48 MB it would stop compiling.
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    """Connections to one local session."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java 17, which is not on this machine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", QUICK_START)
        session = spark_connection(tmp_path_factory.mktemp("spark"), "local[2]")
        yield spark_connection
        session.disconnect()


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made-up")
    synthesize(1_000, 1, folder, progress=False)
    return folder


def features_of(folder: Path, connect: Connect, out: Path) -> pd.DataFrame:
    write_features(folder, out, connect)
    return pd.read_parquet(out)


def differences(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, str]:
    """The features that differ, with the first applicant for whom they do and both values."""
    found = {}
    for name in one.columns:
        left, right = one[name].to_numpy(float), other[name].to_numpy(float)
        differs = ~np.isclose(left, right, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
        if differs.any():
            place = differs.argmax()
            found[name] = f"{one['SK_ID_CURR'][place]}: {left[place]!r} and {right[place]!r} ({differs.sum()} differ)"
    return found


@pytest.fixture(scope="module")
def on_both(spark: Connect, made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, ...]:
    """The features on DuckDB and on Spark, of the made-up applicants and of the real ones where they are there.

    Spark takes most of its time to plan, which it does once for all rows.
    """
    out = tmp_path_factory.mktemp("features")
    folder = beside_real_rows(made_up, out / "tables")
    engines = {"duckdb": duckdb_connection, "spark": spark}
    return tuple(features_of(folder, connect, out / f"{name}.parquet") for name, connect in engines.items())


def test_engines_agree_on_the_history_under_scenarios(
    spark: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few applicants and a step of each scenario suffice: the features are compared above."""
    data = tmp_path / "tables"
    synthesize(90, 5, data, progress=False)
    last = {step.scenario.key: step for step in scenarios.STEPS}.values()
    monkeypatch.setattr(scenarios, "STEPS", tuple(replace(step, number=place) for place, step in enumerate(last)))
    found = []
    for name, connect in {"duckdb": duckdb_connection, "spark": spark}.items():
        scratch = tmp_path / name
        scratch.mkdir()
        found.append(scenarios.variants(read_tables(data, connect=connect), scratch))
    on_duckdb, on_spark = (
        [part.to_pandas().sort_values("SK_ID_CURR", ignore_index=True) for part in (each.costs, *each.groups)]
        for each in found
    )
    for one, other in zip(on_duckdb, on_spark, strict=True):
        assert len(one) > 0
        assert differences(one, other[list(one)]) == {}


def beside_real_rows(made_up: Path, out: Path) -> Path:
    """The tables of both in one folder; the made-up applicants and loans have ids from `OWN_IDS`."""
    out.mkdir()
    for path in made_up.glob("*.parquet"):
        table, real = pd.read_parquet(path), REAL_SAMPLE / path.name
        ids = [name for name in table if name.startswith("SK_ID_")]
        table[ids] += OWN_IDS
        if real.is_file():
            rows = pd.read_parquet(real)[list(table)]
            assert (rows[ids] < OWN_IDS).all(axis=None)
            table = pd.concat([rows, table])
        table.to_parquet(out / path.name, index=False)
    return out


def test_engines_agree_on_made_up_rows(on_both: tuple[pd.DataFrame, ...]) -> None:
    on_duckdb, on_spark = (rows[rows["SK_ID_CURR"] > OWN_IDS].reset_index(drop=True) for rows in on_both)
    assert len(on_duckdb) > 1_000
    assert on_duckdb.dtypes.equals(on_spark.dtypes)
    assert differences(on_duckdb, on_spark) == {}
    assert list(on_duckdb.columns[on_duckdb.isna().all()]) == [], "features without a value are not compared"
    assert set(on_duckdb.columns[1:]) == {feature.name for feature in FEATURES}


@pytest.mark.real_data
def test_engines_agree_on_real_rows(real_sample: Path, on_both: tuple[pd.DataFrame, ...]) -> None:
    on_duckdb, on_spark = (rows[rows["SK_ID_CURR"] < OWN_IDS].reset_index(drop=True) for rows in on_both)
    expected = sum(len(pd.read_parquet(path, columns=["SK_ID_CURR"])) for path in real_sample.glob("application_*"))
    assert len(on_duckdb) == expected
    assert differences(on_duckdb, on_spark) == {}


def test_differences_are_told_by_feature() -> None:
    one = pd.DataFrame({"SK_ID_CURR": [1, 2], "same": [1.0, np.nan], "value": [1.0, 1.0], "null": [1.0, np.nan]})
    other = one.assign(value=[1.0, 1 + 1e-8], null=[1.0, 2.0], same=[1 + 1e-10, np.nan])
    assert differences(one, other) == {
        "value": "2: np.float64(1.0) and np.float64(1.00000001) (1 differ)",
        "null": "2: np.float64(nan) and np.float64(2.0) (1 differ)",
    }


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_engines_read_text_files_alike(spark: Connect, tmp_path: Path, ending: str) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1, "AMT_CREDIT_SUM": 0.1, "AMT_ANNUITY": np.nan}])
    train = applications(1, NAME_TYPE_SUITE="Spouse, partner")
    read = read_tables(write_folder(tmp_path, {TRAIN: train, "bureau": bureau}, ending), connect=spark)
    pd.testing.assert_frame_equal(read.history["bureau"].to_pandas(), allowed("bureau", bureau), check_dtype=False)
    assert read.train.to_pandas()["NAME_TYPE_SUITE"].tolist() == ["Spouse, partner"]


@pytest.mark.parametrize(
    "faulty",
    [
        applications(1, 1),
        applications(1, 2).drop(columns="AMT_CREDIT"),
        applications(1, 2, TARGET=2),
        applications(1, 2, AMT_CREDIT=np.inf),
        applications(1, 2).assign(CODE_GENDER=[1.5, 2.5]),
        applications(1, 2).assign(SK_ID_CURR=[1, None]),
    ],
    ids=["id twice", "missing column", "third outcome", "infinite", "number for text", "no id"],
)
def test_engines_refuse_alike(spark: Connect, tmp_path: Path, faulty: pd.DataFrame) -> None:
    folder = write_folder(tmp_path, {TRAIN: faulty})
    told = []
    for connect in (duckdb_connection, spark):
        with pytest.raises(TableError) as error:
            read_tables(folder, connect=connect)
        told.append(str(error.value))
    assert told[0] == told[1]


def test_engines_refuse_odd_texts_alike(spark: Connect, tmp_path: Path) -> None:
    write_cells(tmp_path)
    told = []
    for connect in (duckdb_connection, spark):
        with pytest.raises(TableError) as error:
            read_tables(tmp_path, outcomes=False, connect=connect)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert all(f"{name}: " in told[0] for name in COLUMNS)


def test_truncated_file_is_told_on_spark(spark: Connect, tmp_path: Path) -> None:
    path = write_folder(tmp_path, {TRAIN: applications(*range(2000))}) / f"{TRAIN}.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TableError, match=rf"{TRAIN}.parquet: no column can be read.*export it again"):
        read_tables(tmp_path, connect=spark)


def test_what_is_computed_of_tables_is_given_memory_by_thread_not_by_machine(tmp_path: Path) -> None:
    connection = read_tables(write_folder(tmp_path, {TRAIN: applications(1, 2, 3)})).connection
    settings = "current_setting('threads'), parse_formatted_bytes(current_setting('memory_limit'))"
    threads, limit = connection.raw_sql(f"SELECT {settings}").fetchone()
    # DuckDB rounds what it says.
    assert limit == pytest.approx(threads * MEBIBYTES_PER_THREAD * 2**20, rel=0.05)


def test_missing_pyspark_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py4j.protocol", None)
    with pytest.raises(EngineError, match=r"pip install -r requirements-spark\.txt"):
        spark_connection(tmp_path)


@pytest.mark.parametrize(
    ("master", "environment", "words"),
    [
        ("local[1]", {"JAVA_HOME": "/nowhere"}, "needs Java 17"),
        ("nonsense", {"JAVA_TOOL_OPTIONS": QUICK_START}, "--spark-master nonsense: Spark does not start"),
    ],
)
def test_session_that_cannot_start_is_told(
    made_up: Path, tmp_path: Path, master: str, environment: dict[str, str], words: str
) -> None:
    options = ["--data", made_up, "--out", tmp_path / "out.parquet", "--engine", "spark", "--spark-master", master]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "training", "features", *map(str, options)],
        cwd=ROOT,
        env=os.environ | environment | {"TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert words in ran.stderr.strip().splitlines()[-1]
    assert not list(scratch.iterdir())
