import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decision.costs import (
    LEAST_EXPOSURE,
    LEAST_MARGIN,
    USUAL_CREDIT_TO_INSTALMENT,
    AmountCosts,
    RatioCosts,
    implied_term,
    losses,
)
from scoring.errors import InvalidInputError


def loan(credit, instalment):
    return {
        "AMT_CREDIT": np.array(credit, dtype=float, ndmin=1),
        "AMT_ANNUITY": np.array(instalment, dtype=float, ndmin=1),
    }


def amortised(credit, monthly_rate, months):
    """The instalment that repays a credit, found by bisection on a table of balances: no formula of annuities."""
    low, high = 0.0, credit * (1 + monthly_rate)
    for _ in range(200):
        instalment, balance = (low + high) / 2, credit
        for _ in range(months):
            balance += balance * monthly_rate - instalment
        low, high = (instalment, high) if balance > 0 else (low, instalment)
    return high


def interest_paid(credit, monthly_rate, instalment, months):
    """Interest and the sum of balances that it accrued on, month by month."""
    interest = balances = 0.0
    balance = credit
    for _ in range(months):
        interest += balance * monthly_rate
        balances += balance
        balance += balance * monthly_rate - instalment
    return interest, balances


@pytest.mark.parametrize("number", [int, float, np.int8])
def test_only_wrong_decisions_cost_anything(number):
    outcomes, refused = np.array([0, 0, 1, 1], dtype=number), np.array([False, True, False, True])
    costs = RatioCosts(false_approval=7.0, false_refusal=2.0)
    assert losses(costs, outcomes, refused).tolist() == [0, 2, 7, 0]
    each = costs.per_applicant(loan([1, 1, 1, 1], [1, 1, 1, 1]))
    assert losses(each, outcomes, refused).tolist() == [0, 2, 7, 0]
    assert each.realised(outcomes, refused) == 2.25


@pytest.mark.parametrize("months", [1, 6, 24, 48, 60])
@pytest.mark.parametrize("yearly_rate", [0.08, 0.32, 0.6])
def test_the_implied_term_is_that_of_an_amortisation_table(months, yearly_rate):
    instalment = amortised(100_000.0, yearly_rate / 12, months)
    found = implied_term(np.array([100_000.0]), np.array([instalment]), yearly_rate, 60.0)
    assert found[0] == pytest.approx(months, rel=1e-9)


def test_the_margin_is_the_tables_interest_less_the_funding_of_its_balances():
    costs = AmountCosts(lending_rate=0.24, funding_rate=0.06, repaid_instalments=3)
    instalment = amortised(120_000.0, 0.02, 24)
    interest, balances = interest_paid(120_000.0, 0.02, instalment, 24)
    found = costs.per_applicant(loan(120_000, instalment))
    assert found.false_refusal[0] == pytest.approx(interest - 0.06 / 12 * balances, rel=1e-9)


def test_a_default_by_hand():
    """100,000 lent, four instalments of 5,000 repaid: 80,000 are owed, three quarters of them lost."""
    costs = AmountCosts(loss_given_default=0.75, repaid_instalments=4)
    assert costs.per_applicant(loan(100_000, 5_000)).false_approval[0] == pytest.approx(60_000)


def test_a_margin_by_hand_where_the_instalment_never_repays_the_loan():
    """1,000 a month do not cover 32 % a year on 50,000: the longest term, 60 * 1,000 - 50,000, and 3/4 of it stays."""
    costs = AmountCosts(lending_rate=0.32, funding_rate=0.08, longest_term=60)
    assert costs.per_applicant(loan(50_000, 1_000)).false_refusal[0] == pytest.approx(7_500)


def test_the_ratio_is_the_same_for_everybody():
    found = RatioCosts(7, 2).per_applicant(loan([1e5, 2e5], [5e3, np.nan]))
    assert found.false_approval.tolist() == [7, 7]
    assert found.false_refusal.tolist() == [2, 2]


def test_at_its_threshold_an_applicant_costs_the_same_either_way():
    errors = AmountCosts().per_applicant(loan([1e5, 9e5, 2e5], [5e3, 3e4, 1.9e4]))
    threshold = errors.threshold()
    np.testing.assert_allclose(threshold * errors.false_approval, (1 - threshold) * errors.false_refusal)


def test_realised_costs_are_counted_by_hand():
    errors = AmountCosts(repaid_instalments=0).per_applicant(loan([100, 200, 300, 400], [10, 20, 30, 40]))
    outcomes, refused = np.array([1.0, 0.0, 1.0, 0.0]), np.array([False, True, True, False])
    assert errors.realised(outcomes, refused) == pytest.approx((0.75 * 100 + errors.false_refusal[1]) / 4)


@pytest.mark.parametrize("missing", [np.nan, 0.0])
def test_a_missing_instalment_is_the_usual_one(missing):
    costs = AmountCosts()
    usual = costs.per_applicant(loan(240_000, 240_000 / USUAL_CREDIT_TO_INSTALMENT))
    assert costs.per_applicant(loan(240_000, missing)).false_refusal == usual.false_refusal


def test_floors_hold_where_a_loan_hardly_earns_or_is_repaid_at_once():
    # Repaid long before the sixth instalment: half of it counts as owed all the same.
    found = AmountCosts().per_applicant(loan(1_000, 1_000_000))
    assert found.false_approval[0] == pytest.approx(0.75 * LEAST_EXPOSURE * 1_000)
    # Never repaid: 60 instalments do not add up to the loan.
    assert AmountCosts().per_applicant(loan(1e6, 1e3)).false_refusal[0] == pytest.approx(LEAST_MARGIN * 1e6)


amounts = st.floats(1, 1e9)
parameters = st.builds(
    lambda lending, funding, lgd, longest, repaid: AmountCosts(
        lending, funding * lending, lgd, repaid * longest, longest
    ),
    st.floats(0.001, 10),
    st.floats(0, 1),
    st.floats(0.01, 1),
    st.floats(1, 600),
    st.floats(0, 1),
)


@given(parameters, amounts, st.one_of(amounts, st.just(np.nan)))
def test_costs_are_positive_and_finite_and_thresholds_lie_between_0_and_1(costs, credit, instalment):
    errors = costs.per_applicant(loan(credit, instalment))
    for cost in (errors.false_approval, errors.false_refusal):
        assert np.isfinite(cost).all()
        assert (cost > 0).all()
    for k in (0.05, 1.0, 20.0):
        assert 0 < errors.threshold(k)[0] < 1


@given(amounts, amounts, st.floats(0.01, 0.99), st.floats(0.001, 0.5))
def test_a_larger_loss_given_default_lowers_the_threshold(credit, instalment, lgd, more):
    low, high = (AmountCosts(loss_given_default=x) for x in (lgd, min(1.0, lgd + more)))
    asked = loan(credit, instalment)
    assert high.per_applicant(asked).threshold()[0] < low.per_applicant(asked).threshold()[0]


@given(amounts, amounts, st.floats(0.001, 1e6))
def test_the_currencys_scale_changes_no_threshold(credit, instalment, scale):
    costs = AmountCosts()
    threshold = costs.per_applicant(loan(1e3 * credit, 1e3 * instalment)).threshold()
    scaled = costs.per_applicant(loan(1e3 * credit * (1 + scale), 1e3 * instalment * (1 + scale))).threshold()
    np.testing.assert_allclose(scaled, threshold, rtol=1e-6)


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.05, 20))
def test_scaling_both_costs_changes_nothing(approval, refusal, scale, k):
    scaled = RatioCosts(approval * scale, refusal * scale)
    assert scaled.threshold(k) == pytest.approx(RatioCosts(approval, refusal).threshold(k))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lending_rate", 0.0),
        ("lending_rate", float("nan")),
        ("lending_rate", "a third"),
        ("funding_rate", -0.01),
        ("funding_rate", 0.33),
        ("loss_given_default", 0.0),
        ("loss_given_default", 1.01),
        ("repaid_instalments", -1),
        ("repaid_instalments", 61),
        ("longest_term", 0.5),
        ("longest_term", float("inf")),
        ("longest_term", True),
    ],
)
def test_a_parameter_that_is_not_allowed_is_named_with_its_value_and_what_is(name, value):
    with pytest.raises(InvalidInputError, match=rf"{name} = {value!r} is not allowed. Give a number from .* to "):
        AmountCosts(**{name: value})


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 1e7])
def test_a_ratio_is_a_positive_number(value):
    with pytest.raises(InvalidInputError, match="false_approval"):
        RatioCosts(value)


@pytest.mark.real_data
def test_the_default_lending_rate_is_that_of_the_samples_approved_cash_loans(real_sample):
    """Each loan's own yearly rate by bisection, its mean weighted by credit and to the applications' terms."""
    import pandas as pd

    from scoring.decision.costs import cost_columns

    previous = pd.read_parquet(real_sample / "previous_application.parquet")
    approved = (previous["NAME_CONTRACT_STATUS"] == "Approved") & (previous["NAME_CONTRACT_TYPE"] == "Cash loans")
    loans = previous[approved & (previous[["AMT_ANNUITY", "AMT_CREDIT", "CNT_PAYMENT"]] > 0).all(axis=1)]
    credit, instalment, months = (loans[name].to_numpy() for name in ("AMT_CREDIT", "AMT_ANNUITY", "CNT_PAYMENT"))
    low, high = np.full(len(loans), 1e-9), np.full(len(loans), 1.0)
    for _ in range(60):
        rate = (low + high) / 2
        dearer = instalment * (1 - (1 + rate) ** -months) / rate < credit
        low, high = np.where(dearer, low, rate), np.where(dearer, rate, high)
    table = pd.read_parquet(real_sample / "application_train.parquet")
    table = table[table["NAME_CONTRACT_TYPE"] == "Cash loans"].dropna(subset=["AMT_ANNUITY"])
    asked = cost_columns(table)
    edges = [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36]
    bins, wanted = (np.digitize(c / a, edges) for c, a in ((credit, instalment), tuple(asked.values())))
    present = np.unique(wanted)
    mean = [np.average(12 * low[bins == place], weights=credit[bins == place]) for place in present]
    weight = [asked["AMT_CREDIT"][wanted == place].sum() for place in present]
    assert months.max() == AmountCosts().longest_term
    assert np.average(mean, weights=weight) == pytest.approx(AmountCosts().lending_rate, abs=0.005)
