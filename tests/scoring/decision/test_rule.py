import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decision.costs import AmountCosts, RatioCosts
from scoring.decision.rule import OUTCOMES, DecisionRule

ANYBODY = {"AMT_CREDIT": np.array([1e5]), "AMT_ANNUITY": np.array([5e3])}
# Threshold 0.09, referred from 0.08 to 0.10.
RULE = DecisionRule(RatioCosts(10, 1), *(10 * t / (1 - t) for t in (0.09, 0.08, 0.10)))
BY_AMOUNT = DecisionRule(AmountCosts(), 1.1, 0.8, 1.3)


@pytest.mark.parametrize(
    ("probability", "outcome"),
    [(0.0, "approve"), (0.0799, "approve"), (0.0801, "refer"), (0.0999, "refer"), (0.1001, "refuse"), (1.0, "refuse")],
)
def test_approve_below_the_band_refer_inside_refuse_above(probability, outcome):
    assert RULE.decide(probability, ANYBODY).outcome == outcome


def test_the_ends_of_the_band_are_referred():
    terms = RULE.terms(ANYBODY)
    for end in (terms.band_low, terms.band_high):
        assert OUTCOMES[int(terms.decide(end)[0])] == "refer"


def test_the_ratio_gives_everybody_the_old_constant():
    """What an amount function would give whose two costs stand ten to one for every loan."""
    many = {"AMT_CREDIT": np.array([1e5, 7e5, 1.0]), "AMT_ANNUITY": np.array([5e3, np.nan, 1e9])}
    terms = RULE.terms(many)
    for found, old in ((terms.threshold, 0.09), (terms.band_low, 0.08), (terms.band_high, 0.10)):
        np.testing.assert_allclose(found, old, rtol=1e-14)
    costs = np.array([3e4, 2e5, 0.5])
    in_currency = type(terms.errors)(10 * costs, costs)
    np.testing.assert_allclose(in_currency.threshold(RULE.k), terms.threshold, rtol=1e-14)


def test_the_threshold_is_the_rule_in_log_odds():
    terms = BY_AMOUNT.terms(ANYBODY)
    log_odds = np.log(BY_AMOUNT.k) + np.log(terms.errors.false_refusal / terms.errors.false_approval)
    np.testing.assert_allclose(terms.threshold, 1 / (1 + np.exp(-log_odds)), rtol=1e-12)


def test_the_theoretical_threshold_of_ten_to_one_is_one_in_eleven():
    assert RatioCosts(10, 1).theoretical_threshold == pytest.approx(1 / 11)


@pytest.mark.parametrize("costs", [RatioCosts(7, 2), AmountCosts()])
def test_at_the_theoretical_threshold_both_choices_cost_the_same(costs):
    rule = DecisionRule(costs, 1.0, 0.9, 1.1)
    threshold = float(rule.terms(ANYBODY).threshold[0])
    expected = rule.decide(threshold, ANYBODY).expected_cost
    assert expected.approve == pytest.approx(expected.refuse)
    assert expected.unit == costs.unit


@pytest.mark.parametrize("rule", [RULE, BY_AMOUNT])
def test_one_rule_for_one_and_for_many(rule):
    probabilities = np.linspace(0, 1, 501)
    credit, instalment = np.geomspace(1e4, 1e6, 501), np.geomspace(2e3, 1e4, 501)
    many = rule.terms({"AMT_CREDIT": credit, "AMT_ANNUITY": instalment})
    for place, outcome in enumerate(many.decide(probabilities)):
        one = {"AMT_CREDIT": credit[place : place + 1], "AMT_ANNUITY": instalment[place : place + 1]}
        found = rule.decide(float(probabilities[place]), one)
        assert found.outcome == OUTCOMES[outcome]
        assert found.threshold == many.threshold[place]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 1e9), st.floats(1, 1e9))
def test_a_higher_probability_never_turns_refuse_into_approve(one, other, credit, instalment):
    asked = {"AMT_CREDIT": np.array([credit]), "AMT_ANNUITY": np.array([instalment])}
    for rule in (RULE, BY_AMOUNT):
        places = [OUTCOMES.index(rule.decide(p, asked).outcome) for p in sorted((one, other))]
        assert places == sorted(places)
