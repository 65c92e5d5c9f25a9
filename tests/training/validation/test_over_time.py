from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score

from scoring.errors import PackError
from scoring.lender.roles import APPLICANT_ID
from tests.training.validation.parts import finding, frame_of, table
from training.statistics.discrimination import Interval
from training.validation.over_time import Quarter, over_time_section, quarters, read_dates, trend


def test_without_dates_it_says_so(held_out, bounds):
    found = over_time_section(held_out, None, bounds)
    assert "hold no date of application" in found.told[0]
    assert {one.verdict for one in found.findings} == {"untested"}


def test_quarters_by_scikit_learn():
    rng = np.random.default_rng(1)
    days = pd.Series(pd.to_datetime("2026-01-01") + pd.to_timedelta(rng.integers(0, 365, 2_000), unit="D"))
    probabilities = rng.beta(1, 4, 2_000)
    outcomes = (rng.random(2_000) < probabilities).astype(float)
    found = quarters(days, probabilities, outcomes)
    assert [one.name for one in found] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    for place, one in enumerate(found):
        inside = (days.dt.month.to_numpy() - 1) // 3 == place
        assert (one.applicants, one.defaults) == (inside.sum(), outcomes[inside].sum())
        assert one.gini.value == pytest.approx(2 * roc_auc_score(outcomes[inside], probabilities[inside]) - 1)


def test_a_quarter_of_few_defaulters_has_no_gini_and_no_date_no_quarter():
    dates = pd.Series(pd.to_datetime(["2026-01-01"] * 50 + [None] * 5))
    (one,) = quarters(dates, np.full(55, 0.5), np.array([1.0] * 29 + [0.0] * 26))
    assert (one.applicants, one.gini) == (50, None)


def test_the_trend_is_least_squares_per_year():
    ginis = [0.6, 0.58, 0.59, 0.55, 0.5]
    names = ["2025Q1", "2025Q2", "2025Q4", "2026Q1", "2026Q3"]
    found = trend([Quarter(name, 1, 1, 0.1, Interval(gini, 0, 1)) for name, gini in zip(names, ginis, strict=True)])
    theirs = sm.OLS(ginis, sm.add_constant(np.array([0, 0.25, 0.75, 1.0, 1.5]))).fit()
    assert found.slope == pytest.approx(theirs.params[1])
    assert found.p_value == pytest.approx(theirs.pvalues[1])
    assert found.spread == pytest.approx(np.sqrt(np.mean(theirs.resid**2)))


def test_two_quarters_are_no_line():
    assert trend([Quarter("2026Q1", 1, 1, 0.1, Interval(0.5, 0, 1))] * 2) is None


@pytest.fixture
def dated(held_out, tmp_path):
    """The applicants with ids, two years of dates, and a model that loses its grip in the second."""
    rng, n = np.random.default_rng(1), len(held_out.frame)
    ids, time = pd.Series(np.arange(n) + 100_001), rng.permutation(n) / n
    days = pd.to_datetime("2025-01-01") + pd.to_timedelta((time * 730).astype(int), unit="D")
    file = tmp_path / "dates.csv"
    pd.DataFrame({APPLICANT_ID: ids[::-1], "DATE": days[::-1].strftime("%Y-%m-%d")}).to_csv(file, index=False)
    probabilities = np.clip(held_out.probabilities * rng.lognormal(0, 1, n) ** (4 * time), 0, 0.99)
    return replace(held_out, frame=held_out.frame.assign(**{APPLICANT_ID: ids}), probabilities=probabilities), file


def test_a_model_that_loses_its_grip_is_found(dated, bounds):
    rows, file = dated
    found = over_time_section(rows, file, bounds)
    assert finding(found, "gini_slope").verdict == "outside"
    assert frame_of(table(found, "quarters"))["applicants"].sum() == len(rows.frame)
    assert found.told == []


def test_who_has_no_date_is_left_out_and_counted(dated, bounds, tmp_path):
    rows, file = dated
    some = pd.read_csv(file).head(3_000)
    some.to_parquet(tmp_path / "some.parquet")
    found = over_time_section(rows, tmp_path / "some.parquet", bounds)
    assert found.told == ["1000 of the applicants have no date and are left out."]


def test_dates_may_have_a_time_and_be_missing(tmp_path):
    file = tmp_path / "dates.csv"
    file.write_text("SK_ID_CURR,DATE\n2,2026-01-01T10:00:00+01:00\n1,2026-03-31\n3,\n")
    found = read_dates(file, pd.Series([1, 2, 3]))
    assert found.dt.quarter.tolist()[:2] == [1, 1]
    assert found.isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("SK_ID_CURR,DAY\n1,2026-01-01\n", "column DATE is missing"),
        ("SK_ID_CURR,DATE\n1,2026-01-01\n1,2026-01-02\n", "SK_ID_CURR 1 appears twice"),
        ("SK_ID_CURR,DATE\n1,yesterday\n", "'yesterday' is not a date"),
        ("", "cannot be read"),
        ("SK_ID_CURR,DATE\n1,2026-13-01\n", "'2026-13-01' is not a date"),
        ("SK_ID_CURR,DATE\n7,2026-01-01\n", "dates none of these applicants"),
        ("SK_ID_CURR,DATE\n1,\n", "dates none of these applicants"),
        ("SK_ID_CURR,DATE\none,2026-01-01\n", "dates none of these applicants"),
    ],
)
def test_a_wrong_file_of_dates_is_refused_in_words(tmp_path, content, told):
    file = tmp_path / "dates.csv"
    file.write_text(content)
    with pytest.raises(PackError, match=told):
        read_dates(file, pd.Series([1]))
