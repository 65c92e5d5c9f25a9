"""History features are compiled once for an engine and the tables that are there; what was compiled fits other rows."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.training.tables_fixture import applications, table, tables_of, unlabelled_applications
from training.dataset import history as history_module
from training.dataset.history import history_expression, history_frame, history_parts
from training.lender.history import FEATURES
from training.tables.read import Tables

CREDIT = {"SK_ID_CURR": 1, "DAYS_CREDIT": -100}


def bureau_tables(*credits: float) -> Tables:
    return tables_of({"bureau": table("bureau", [CREDIT | {"AMT_CREDIT_SUM": amount} for amount in credits])})


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What is compiled in this test."""
    monkeypatch.setattr(history_module, "_compiled", {})
    return history_module._compiled


def test_other_rows_on_another_connection_are_what_the_expression_gives(compilations: dict) -> None:
    history_frame(bureau_tables(10.0, 30.0))
    other = bureau_tables(50.0, 70.0, 90.0)
    found = history_frame(other)
    assert len(compilations) == 1
    whole = history_expression(other).to_pandas()
    types = {feature.name: "float32" for feature in FEATURES}
    pd.testing.assert_frame_equal(found, whole.astype(types), check_exact=True)
    assert found["bureau_credit_sum"].tolist() == [210]


def test_other_tables_are_compiled_anew(compilations: dict) -> None:
    history_frame(bureau_tables(10.0))
    assert history_frame(tables_of({}))["bureau_count"].isna().all()
    assert len(compilations) == 2


def test_columns_of_another_type_are_compiled_anew(compilations: dict) -> None:
    history_frame(bureau_tables(10.0))
    tables = bureau_tables(10.0)
    whole = tables.history["bureau"].cast({"AMT_CREDIT_SUM": "int64"})
    found = history_frame(replace(tables, history={"bureau": whole}))
    assert len(compilations) == 2
    assert found["bureau_credit_sum"].tolist() == [10]


def test_parts_of_two_questions_on_one_connection_do_not_mix() -> None:
    tables = bureau_tables(10.0)
    tables.connection.con.register("others", unlabelled_applications(1, 2))
    both = replace(tables, test=tables.connection.table("others"), train=None)
    train, test = history_parts(tables), history_parts(both)
    assert [part.count().execute() for part in train] == [len(applications(1))] * len(train)
    assert [part.count().execute() for part in test] == [2] * len(test)
