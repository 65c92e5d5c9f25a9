"""What each scenario changes in the rows of one applicant."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.tables_fixture import Row, table, tables_of
from training.aggregates.scenario import PAID, Scenario
from training.lender.scenarios import SCENARIOS
from training.tables.definitions import table_definitions

BY_KEY = {scenario.key: scenario for scenario in SCENARIOS}
CREDIT = {
    "SK_ID_CURR": 1,
    "CREDIT_ACTIVE": "Active",
    "CREDIT_CURRENCY": "currency 1",
    "CREDIT_TYPE": "Consumer credit",
    "AMT_CREDIT_SUM": 90_000.0,
}
MONTH = {"SK_ID_CURR": 1, "SK_ID_PREV": 5, "AMT_CREDIT_LIMIT_ACTUAL": 1_000}


def changed(key: str, rows: list[Row], step: float | None = None) -> pd.DataFrame:
    """The rows after a scenario, in the order given."""
    scenario = BY_KEY[key]
    name = scenario.table
    numbered = [{"SK_ID_BUREAU": number, **row} for number, row in enumerate(rows)] if name == "bureau" else rows
    history = tables_of({name: table(name, numbered)}).history[name]
    order = "SK_ID_BUREAU" if name == "bureau" else "MONTHS_BALANCE"
    return scenario.change(history, scenario.steps[0] if step is None else step).order_by(order).to_pandas()


def debts(*amounts: float, **more: float) -> list[Row]:
    return [{**CREDIT, "AMT_CREDIT_SUM_DEBT": amount, "DAYS_CREDIT_ENDDATE": 3_650.0, **more} for amount in amounts]


def test_what_is_overdue_is_settled() -> None:
    late = {**CREDIT, "AMT_CREDIT_SUM_DEBT": 900.0, "AMT_CREDIT_SUM_OVERDUE": 300.0, "CREDIT_DAY_OVERDUE": 40}
    after = changed("settle_overdue", [late, late | {"AMT_CREDIT_SUM_DEBT": 100.0}, CREDIT])
    assert after["AMT_CREDIT_SUM_DEBT"].tolist() == [600.0, 0.0, 0.0]
    assert after["AMT_CREDIT_SUM_OVERDUE"].tolist() == [0.0, 0.0, 0.0]
    assert after["CREDIT_DAY_OVERDUE"].tolist() == [0, 0, 0]
    assert after[PAID].tolist() == pytest.approx([300.0, 300.0, np.nan], nan_ok=True)


def test_smallest_debts_are_repaid_first_up_to_a_round_sum() -> None:
    after = changed("repay_smallest", debts(40_000.0, 3_000.0, 6_500.0), 0.25)
    # A quarter of 49,500 is rounded up to 13,000.
    assert after[PAID].tolist() == [3_500.0, 3_000.0, 6_500.0]
    assert after["AMT_CREDIT_SUM_DEBT"].tolist() == [36_500.0, 0.0, 0.0]


def test_dearest_debts_per_month_are_repaid_first() -> None:
    soon = debts(20_000.0, DAYS_CREDIT_ENDDATE=60.0)
    after = changed("repay_dearest", [*debts(60_000.0), *soon], 0.25)
    assert after[PAID].tolist() == pytest.approx([np.nan, 20_000.0], nan_ok=True)


def test_a_single_debt_is_repaid_in_one_order_only() -> None:
    assert changed("repay_dearest", debts(60_000.0), 0.25)[PAID].isna().all()


def test_the_overdue_is_repaid_before_smaller_debts() -> None:
    late = debts(50_000.0, AMT_CREDIT_SUM_OVERDUE=4_000.0)
    after = changed("repay_smallest", [*debts(10_000.0), *late], 0.1)
    assert after[PAID].tolist() == pytest.approx([np.nan, 6_000.0], nan_ok=True)
    assert after["AMT_CREDIT_SUM_OVERDUE"].tolist() == [0.0, 0.0]


def test_everything_active_in_our_currency_is_repaid() -> None:
    foreign, closed = {"CREDIT_CURRENCY": "currency 2"}, {"CREDIT_ACTIVE": "Closed"}
    rows = debts(9.0, 7.0, 5.0, -3.0)
    after = changed("repay_all", [rows[0], rows[1] | foreign, rows[2] | closed, rows[3]])
    assert after["AMT_CREDIT_SUM_DEBT"].tolist() == [0.0, 7.0, 5.0, -3.0]
    assert after[PAID].tolist() == pytest.approx([9.0, np.nan, np.nan, np.nan], nan_ok=True)


def test_only_cards_without_debt_are_closed() -> None:
    card = {**CREDIT, "CREDIT_TYPE": "Credit card"}
    after = changed("close_cards", [card, card | {"AMT_CREDIT_SUM_DEBT": 5.0}, CREDIT])
    assert after["CREDIT_ACTIVE"].tolist() == ["Closed", "Active", "Active"]


def test_the_latest_balance_of_a_card_is_brought_down() -> None:
    month = MONTH | {"AMT_BALANCE": 800.0, "AMT_RECIVABLE": 900.0, "SK_DPD": 7}
    after = changed("card_balance", [month | {"MONTHS_BALANCE": -2}, month | {"MONTHS_BALANCE": -1}], 0.5)
    assert after["AMT_BALANCE"].tolist() == [800.0, 500.0]
    assert after["AMT_RECIVABLE"].tolist() == [900.0, 562.5]
    assert after["SK_DPD"].tolist() == [7, 7]
    assert after[PAID].tolist() == pytest.approx([np.nan, 300.0], nan_ok=True)
    assert changed("card_repaid", [month | {"MONTHS_BALANCE": -1}])["SK_DPD"].tolist() == [0]


def test_a_card_without_recent_months_is_left_as_it_is() -> None:
    assert changed("card_repaid", [MONTH | {"AMT_BALANCE": 800.0, "MONTHS_BALANCE": -4}])[PAID].isna().all()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.key)
def test_scenarios_are_declared_in_full(scenario: Scenario) -> None:
    assert set(scenario.columns) <= set(table_definitions(scenario.table))
    for words in (scenario.words.en, scenario.words.fr):
        assert words[0].islower()
        assert ("{parameter}" in words) == (scenario.key == "card_balance")
        assert ("{cost}" in words) == (scenario.key != "close_cards")


def test_scenarios_have_names_of_their_own() -> None:
    assert len(BY_KEY) == len(SCENARIOS)
