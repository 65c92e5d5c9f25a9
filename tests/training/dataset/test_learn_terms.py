"""The likely term, learnt from earlier cash loans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.errors import TrainingError
from scoring.interest import yearly_interest
from tests.conftest import REAL_SAMPLE
from tests.training.tables_fixture import applications, write_folder
from training.dataset.terms import FEWEST_LOANS, prices, terms, write_terms
from training.tables.read import TRAIN


def loans_of(products: dict[int, float], each: int = 100) -> pd.DataFrame:
    """Cash loans of a few products, term in months -> nominal yearly rate, of any amount."""
    amounts = np.random.default_rng(1).uniform(50_000, 900_000, (len(products), each))
    months = np.array(list(products), dtype=float)[:, None]
    monthly = np.array(list(products.values()))[:, None] / 12
    annuities = amounts * monthly / (1 - (1 + monthly) ** -months)
    return pd.DataFrame(
        {
            "AMT_CREDIT": amounts.ravel(),
            "AMT_ANNUITY": annuities.ravel(),
            "CNT_PAYMENT": np.repeat(months.ravel(), each),
        }
    )


def term_at(steps: pd.DataFrame, ratio: float) -> float:
    return float(steps.loc[steps["from"] <= ratio, "months"].iloc[-1])


def test_the_term_of_each_product_is_found_though_a_longer_one_has_the_lower_ratio() -> None:
    products = {12: 0.2, 24: 0.3, 36: 0.9, 48: 0.4}
    loans = loans_of(products)
    steps = terms(loans)
    ratios = loans["AMT_CREDIT"] / loans["AMT_ANNUITY"]
    for ratio, months in zip(ratios, loans["CNT_PAYMENT"], strict=True):
        assert term_at(steps, ratio) == months
        assert yearly_interest(np.array([ratio]), np.array([months]))[0] == pytest.approx(products[int(months)])


def test_the_price_of_a_term_leaves_favours_and_rare_terms_out() -> None:
    loans = pd.concat([loans_of({12: 0.2, 24: 0.3}), loans_of({12: 0.01}, each=4), loans_of({60: 0.1}, each=19)])
    found = prices(loans)
    assert found["months"].tolist() == [12, 24]
    assert found["yearly_rate"].tolist() == pytest.approx([0.2, 0.3])


def test_a_loan_without_amount_instalment_or_term_says_nothing() -> None:
    loans = loans_of({12: 0.2, 24: 0.3})
    unusable = pd.DataFrame({"AMT_CREDIT": [0, 1e5, 1e5], "AMT_ANNUITY": [1e4, np.nan, 1e4], "CNT_PAYMENT": [6, 6, 0]})
    pd.testing.assert_frame_equal(terms(pd.concat([loans, unusable])), terms(loans))


def test_too_few_loans_are_refused_with_their_number() -> None:
    with pytest.raises(TrainingError, match=f"Only {2 * FEWEST_LOANS - 1} of the earlier cash loans"):
        terms(loans_of({12: 0.2}, each=2 * FEWEST_LOANS - 1))


def test_a_folder_without_earlier_loans_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {TRAIN: applications(10)})
    with pytest.raises(TrainingError, match="holds no previous_application"):
        write_terms(folder, tmp_path / "terms.csv")
    assert not (tmp_path / "terms.csv").exists()


@pytest.mark.real_data
def test_the_committed_steps_are_those_of_the_real_sample(tmp_path: Path) -> None:
    write_terms(REAL_SAMPLE, tmp_path / "terms.csv")
    assert (tmp_path / "terms.csv").read_text() == Path("scoring/lender/terms.csv").read_text()
