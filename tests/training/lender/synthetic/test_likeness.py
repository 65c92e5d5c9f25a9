"""Made-up data are as close to the real sample as required, at a modest size."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from scoring.lender.roles import APPLICANT_ID, TARGET
from training.lender.synthetic.applicants import profile
from training.lender.synthetic.profile import to_columns
from training.lender.synthetic.risk import application_risk, risk_fields
from training.lender.synthetic.synthesize import synthesize
from training.likeness.columns import column_likenesses
from training.likeness.fidelity import complete_applicants, summarise
from training.likeness.histories import table_likeness
from training.likeness.models import distinction, transfer_auc, transferred
from training.statistics.calibration_tests import slope
from training.statistics.discrimination import auc
from training.statistics.evaluate import calibration_error, calibration_table
from training.tables.read import read_tables

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made-up")
    synthesize(25_000, 11, out, progress=False)
    return out


@pytest.fixture(scope="module")
def made_up_rows(made_up: Path) -> pd.DataFrame:
    return pd.read_parquet(made_up / "application_train.parquet")


@pytest.fixture(scope="module")
def real_rows(real_sample: Path) -> pd.DataFrame:
    return pd.read_parquet(real_sample / "application_train.parquet")


def test_applications_hold_the_bars(made_up_rows: pd.DataFrame, real_rows: pd.DataFrame) -> None:
    columns = column_likenesses(made_up_rows, real_rows)
    few, of_real = made_up_rows.sample(8_000, random_state=1), real_rows.sample(8_000, random_state=1)

    summary = summarise(columns, distinction(few, of_real, 1), transfer_auc(made_up_rows, real_rows, 1))

    assert summary.alike_columns >= 0.9
    assert summary.largest_null_gap <= 0.02
    assert summary.largest_auc_gap <= 0.03 + 0.01  # a field's AUC has a standard error of 0.006 on 2,000 defaults
    assert summary.distinction.auc <= 0.90
    assert summary.transfer_auc >= 0.735


def test_a_model_of_made_up_applications_is_calibrated_on_real_ones(
    made_up_rows: pd.DataFrame, real_rows: pd.DataFrame
) -> None:
    outcomes = real_rows[TARGET].to_numpy(float)
    probabilities = transferred(made_up_rows, real_rows, 1)
    tenths = np.quantile(probabilities, np.arange(11) / 10)

    assert calibration_error(calibration_table(probabilities, outcomes, tenths)) <= 0.008
    assert 0.9 <= slope(probabilities, outcomes).value <= 1.15


@pytest.mark.parametrize("name", ["INTEREST_RATE", "TOTAL_INTEREST"])
def test_dear_loans_default_as_often_as_real_ones(
    made_up_rows: pd.DataFrame, real_rows: pd.DataFrame, name: str
) -> None:
    made_up_auc, real_auc = (
        auc(fields[name][known], rows[TARGET].to_numpy(float)[known]).value
        for rows in (made_up_rows, real_rows)
        for fields in (risk_fields(to_columns(rows)),)
        for known in (~np.isnan(fields[name]),)
    )
    assert made_up_auc == pytest.approx(real_auc, abs=0.03)


def test_histories_have_the_real_volumes(made_up: Path, real_sample: Path) -> None:
    synthetic, real = read_tables(made_up), read_tables(real_sample)

    for name, complete in complete_applicants(real, real_sample).items():
        found = table_likeness(name, synthetic, real, complete)
        assert found.coverage.synthetic == pytest.approx(found.coverage.real, abs=0.03), name
        assert found.rows_per_applicant.synthetic == pytest.approx(found.rows_per_applicant.real, rel=0.12), name
        assert found.rows_per_loan.synthetic == pytest.approx(found.rows_per_loan.real, rel=0.1), name


def debts_elsewhere(folder: Path) -> pd.Series:
    """What each applicant owes on active consumer credits of the bureau."""
    bureau = pd.read_parquet(folder / "bureau.parquet")
    active = bureau[(bureau["CREDIT_ACTIVE"] == "Active") & (bureau["CREDIT_TYPE"] == "Consumer credit")]
    return active.groupby(APPLICANT_ID)["AMT_CREDIT_SUM_DEBT"].sum(min_count=1).dropna()


def card_balances(folder: Path) -> pd.Series:
    """Each applicant's mean balance on cards over the last six months."""
    cards = pd.read_parquet(folder / "credit_card_balance.parquet")
    return cards[cards["MONTHS_BALANCE"] >= -6].groupby(APPLICANT_ID)["AMT_BALANCE"].mean()


def refusals(folder: Path) -> pd.Series:
    """How often each applicant was refused before."""
    previous = pd.read_parquet(folder / "previous_application.parquet")
    return (previous["NAME_CONTRACT_STATUS"] == "Refused").groupby(previous[APPLICANT_ID]).sum()


@pytest.mark.parametrize("amount", [debts_elsewhere, card_balances, refusals])
def test_histories_add_to_the_application_what_real_ones_add(
    made_up: Path, real_sample: Path, amount: Callable[[Path], pd.Series]
) -> None:
    """In log-odds per standard deviation of the amount's rank; real ones have standard errors of 0.06 to 0.08."""
    found = []
    for folder in (made_up, real_sample):
        rows = pd.read_parquet(folder / "application_train.parquet").set_index(APPLICANT_ID)
        known = amount(folder)
        rows = rows.loc[rows.index.intersection(known.index)]
        ranks = known.loc[rows.index].rank(pct=True)
        risk = application_risk(to_columns(rows), profile()["risk"])
        fitted = LogisticRegression(C=np.inf).fit(np.column_stack([risk, ranks / ranks.std()]), rows[TARGET])
        found.append(fitted.coef_[0, 1])

    assert found[0] == pytest.approx(found[1], abs=0.15)
