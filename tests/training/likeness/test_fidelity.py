"""Fidelity: nothing is found between data and themselves, and a planted difference is found and named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from scoring.errors import TableError
from scoring.lender.roles import APPLICANT_ID, TARGET
from training.__main__ import app
from training.lender.synthetic.synthesize import synthesize
from training.likeness.columns import column_likeness, column_likenesses
from training.likeness.fidelity import complete_applicants, fidelity, nested, summarise
from training.likeness.histories import history_gain, table_likeness
from training.likeness.models import distinction, transfer_auc
from training.likeness.report import fidelity_report
from training.statistics.stability_index import stability_index
from training.tables.read import Tables, read_tables

APPLICANTS = 2_500


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planted here is found by small models too."""
    monkeypatch.setattr("training.likeness.models.CLASSIFIER_ROUNDS", 30)
    monkeypatch.setattr("training.likeness.models.RISK_ROUNDS", 40)
    monkeypatch.setattr("training.likeness.histories.REPEATS", 1)
    monkeypatch.setattr("training.likeness.histories.RESAMPLES", 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made-up")
    synthesize(APPLICANTS, 4, out, progress=False)
    return out


@pytest.fixture(scope="module")
def tables(folder: Path) -> Tables:
    return read_tables(folder)


@pytest.fixture(scope="module")
def rows(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "application_train.parquet")


@pytest.mark.parametrize(
    ("synthetic", "real", "index"),
    [
        ([0.5, 0.5], [0.5, 0.5], 0.0),
        ([0.6, 0.4], [0.5, 0.5], 0.1 * np.log(1.2) - 0.1 * np.log(0.8)),
        ([0.2, 0.8], [0.1, 0.9], 0.1 * np.log(2) - 0.1 * np.log(8 / 9)),
        ([0.0, 1.0], [0.1, 0.9], -0.0999 * np.log(0.001) + 0.1 * np.log(10 / 9)),
    ],
)
def test_stability_index_is_the_textbook_formula(synthetic: list[float], real: list[float], index: float) -> None:
    assert stability_index(np.array(synthetic), np.array(real)) == pytest.approx(index)
    assert stability_index(np.array(real), np.array(synthetic)) == pytest.approx(index)


def test_every_column_is_like_itself(rows: pd.DataFrame) -> None:
    columns = column_likenesses(rows, rows)

    assert len(columns) == 120
    assert all(column.psi == 0 for column in columns)
    assert all(column.synthetic_nulls == column.real_nulls for column in columns)
    assert all(column.synthetic_auc == column.real_auc for column in columns)
    assert all(b.synthetic_rate == b.real_rate for column in columns for b in column.bins)


def test_bins_are_the_deciles_of_the_real_numbers_and_null(rows: pd.DataFrame) -> None:
    column = column_likeness("EXT_SOURCE_1", rows, rows)
    known = 1 - column.real_nulls

    assert column.bins[-1].label == "null"
    assert column.bins[-1].real_share == column.real_nulls > 0
    assert [b.real_share for b in column.bins[:-1]] == pytest.approx([known / 10] * 10, abs=0.01)
    assert sum(b.real_share for b in column.bins) == pytest.approx(1)


def test_default_rate_of_a_level_is_that_of_its_rows(rows: pd.DataFrame) -> None:
    column = column_likeness("NAME_EDUCATION_TYPE", rows, rows)
    rates = rows.groupby("NAME_EDUCATION_TYPE")[TARGET].mean()

    assert {b.label: b.real_rate for b in column.bins} == pytest.approx(rates.to_dict())


def test_risky_low_numbers_have_an_auc_above_a_half(rows: pd.DataFrame) -> None:
    upside_down = rows.assign(EXT_SOURCE_2=-rows["EXT_SOURCE_2"])

    column = column_likeness("EXT_SOURCE_2", upside_down, rows)

    assert column.real_auc is not None
    assert column.real_auc > 0.6
    assert column.synthetic_auc == pytest.approx(1 - column.real_auc)


def test_a_shifted_column_and_added_nulls_are_found_and_named(rows: pd.DataFrame) -> None:
    shifted = rows.assign(
        DAYS_BIRTH=rows["DAYS_BIRTH"] - 2_000,
        OWN_CAR_AGE=rows["OWN_CAR_AGE"].where(np.arange(len(rows)) % 2 == 0),
    )

    columns = {column.name: column for column in column_likenesses(shifted, rows)}
    summary = summarise(tuple(columns.values()), distinction(shifted, rows, 1), 0.7)

    assert {name for name, column in columns.items() if column.psi > 0.01} == {"DAYS_BIRTH", "OWN_CAR_AGE"}
    assert columns["DAYS_BIRTH"].psi > 0.1
    assert summary.largest_null_gap == pytest.approx(rows["OWN_CAR_AGE"].notna().mean() / 2, abs=0.01)
    assert summary.distinction.auc > 0.8
    assert summary.distinction.giveaways[0].name in ("DAYS_BIRTH", "OWN_CAR_AGE")


def test_a_classifier_cannot_tell_halves_of_the_same_rows_apart(rows: pd.DataFrame) -> None:
    assert distinction(rows.iloc[::2], rows.iloc[1::2], 1).auc == pytest.approx(0.5, abs=0.05)


def test_the_last_digits_of_a_number_are_no_giveaway(rows: pd.DataFrame) -> None:
    other_reader = rows.assign(REGION_POPULATION_RELATIVE=rows["REGION_POPULATION_RELATIVE"] + 1e-15)

    assert distinction(other_reader.iloc[::2], rows.iloc[1::2], 1).auc == pytest.approx(0.5, abs=0.05)


def test_what_is_learnt_from_turned_outcomes_does_not_transfer(rows: pd.DataFrame) -> None:
    turned = rows.assign(TARGET=1 - rows[TARGET])

    assert transfer_auc(rows.iloc[::2], rows.iloc[1::2], 1) > 0.65
    assert transfer_auc(turned.iloc[::2], rows.iloc[1::2], 1) < 0.35


def test_volumes_of_a_history_are_counted_per_applicant_and_loan(
    folder: Path, tables: Tables, rows: pd.DataFrame
) -> None:
    pos = pd.read_parquet(folder / "POS_CASH_balance.parquet")
    mine = pos[pos[APPLICANT_ID].isin(rows[APPLICANT_ID])]

    found = table_likeness("POS_CASH_balance", tables, tables, pd.Index(rows[APPLICANT_ID]))

    assert found.coverage.real == pytest.approx(mine[APPLICANT_ID].nunique() / len(rows))
    assert found.rows_per_applicant.real == pytest.approx(len(mine) / mine[APPLICANT_ID].nunique())
    assert found.rows_per_loan.real == pytest.approx(len(mine) / mine["SK_ID_PREV"].nunique())
    assert found.coverage.synthetic == found.coverage.real


def test_monthly_statuses_belong_to_the_applicant_of_their_credit(
    folder: Path, tables: Tables, rows: pd.DataFrame
) -> None:
    bureau = pd.read_parquet(folder / "bureau.parquet")
    balance = pd.read_parquet(folder / "bureau_balance.parquet").merge(bureau[[APPLICANT_ID, "SK_ID_BUREAU"]])
    mine = rows[APPLICANT_ID][rows[APPLICANT_ID].isin(balance[APPLICANT_ID])]

    found = table_likeness("bureau_balance", tables, tables, pd.Index(rows[APPLICANT_ID]))

    assert found.coverage.real == found.coverage.synthetic == pytest.approx(len(mine) / len(rows))


def test_gain_of_a_history_that_tells_the_outcome_is_found_on_the_made_up_side(
    tables: Tables, rows: pd.DataFrame
) -> None:
    bureau = tables.history["bureau"]
    outcome = tables.train.select(APPLICANT_ID, TARGET)  # type: ignore[union-attr]
    told = bureau.left_join(outcome, APPLICANT_ID).mutate(CREDIT_DAY_OVERDUE=outcome[TARGET].fill_null(0) * 100)
    planted = replace(tables, history={"bureau": told.select(*bureau.columns)})

    gain = history_gain(planted, tables, ("bureau",), pd.Index(rows[APPLICANT_ID]), seed=1)

    assert gain.applicants == APPLICANTS
    assert gain.synthetic.low > 0.05
    assert gain.real.low <= gain.real.value <= gain.real.high < 0.05


def test_coverage_names_the_applicants_with_complete_histories(tables: Tables, tmp_path: Path) -> None:
    ids = [100_001, 100_002, 100_003]
    flags = {"history_bureau_and_card": [True, True, False], "history_previous_and_pos": [True, False, False]}
    pd.DataFrame({APPLICANT_ID: ids, **flags, "history_installments": [False] * 3}).to_parquet(
        tmp_path / "coverage.parquet"
    )

    complete = complete_applicants(tables, tmp_path)

    assert complete["bureau"].tolist() == [100_001, 100_002]
    assert complete["POS_CASH_balance"].tolist() == [100_001]
    assert complete["installments_payments"].tolist() == []


def test_gains_are_measured_on_ever_more_tables_and_fewer_applicants() -> None:
    complete = {"bureau": pd.Index([1, 2, 3]), "card": pd.Index([1, 2, 3]), "previous": pd.Index([2, 4])}

    found = [(names, ids.tolist()) for names, ids in nested(complete)]

    assert found == [(("bureau", "card"), [1, 2, 3]), (("bureau", "card", "previous"), [2])]


def test_data_are_like_themselves_in_every_figure(folder: Path) -> None:
    found = fidelity(folder, folder, 1)
    report = fidelity_report(found)

    assert found.summary.alike_columns == 1
    assert found.summary.largest_null_gap == found.summary.largest_auc_gap == 0
    assert found.summary.distinction.auc == pytest.approx(0.5, abs=0.05)
    assert all(t.coverage.synthetic == t.coverage.real for t in found.histories)
    assert len(found.histories) == 6
    assert "columns with PSI < 0.1: 100.0%" in report
    assert report.count("PSI 0.0000") == 120


def test_command_prints_the_summary_and_writes_the_figures(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "fidelity.json"
    applications = tmp_path / "applications"
    applications.mkdir()
    pd.read_parquet(folder / "application_train.parquet").to_parquet(applications / "application_train.parquet")

    result = CliRunner().invoke(
        app, ["fidelity", "--synthetic", str(folder), "--real", str(applications), "--out", str(out)]
    )

    assert result.exit_code == 0
    assert "AUC on real applications of a model trained on made-up ones" in result.output
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["summary"]["alike_columns"] == 1
    assert written["histories"] == written["gains"] == []


def test_a_folder_without_outcomes_is_an_error_that_names_it(folder: Path, tmp_path: Path) -> None:
    pd.read_parquet(folder / "application_test.parquet").to_parquet(tmp_path / "application_test.parquet")

    with pytest.raises(TableError, match="holds no application_train"):
        fidelity(folder, tmp_path, 1)
