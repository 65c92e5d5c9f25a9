import json

import numpy as np
import pytest

from scoring.decision.cost_curve import BAND_TOLERANCE, CostCurve, curves_from_json, curves_to_json, rule_for
from scoring.decision.costs import AmountCosts, CostFunctions, RatioCosts
from scoring.errors import InvalidInputError
from scoring.serving.settings import DEMO_ARTIFACT
from training.learn.threshold import cost_curves


@pytest.fixture(scope="module")
def curves():
    """Curves of a portfolio whose probabilities are right, with the amount function in front."""
    rng = np.random.default_rng(1)
    probabilities = rng.beta(0.9, 9, size=50_000)
    outcomes = (rng.random(50_000) < probabilities).astype(float)
    columns = {"AMT_CREDIT": rng.uniform(5e4, 1e6, 50_000), "AMT_ANNUITY": rng.uniform(5e3, 5e4, 50_000)}
    return cost_curves(probabilities, outcomes, columns, CostFunctions(served="amount"))


def test_the_rule_lies_at_the_least_cost_and_its_band_within_one_percent():
    k = np.array([0.5, 0.8, 1.0, 1.2, 2.0])
    curve = CostCurve(k, np.array([0.5, 1.0, 1.2, 1.4, 2.5]), np.array([2.5, 1.015, 0.8, 0.61, 0.5]))
    found = rule_for(curve, AmountCosts())
    assert (found.k, found.k_low, found.k_high) == (1.0, 0.8, 1.2)
    assert BAND_TOLERANCE == 0.01


@pytest.mark.parametrize("ratio", [0.5, 3, 10, 47.5, 150])
def test_any_ratio_follows_from_the_one_curve(curves, ratio):
    """As if the curve were counted again at these costs, threshold by threshold."""
    odds, rates = curves.rates.k, curves.rates
    cost = ratio * rates.false_approvals + rates.false_refusals
    rule = curves.rule(RatioCosts(ratio))
    best = odds[cost.argmin()]
    assert rule.costs.threshold(rule.k) == pytest.approx(best / (1 + best), rel=1e-12)
    assert rule.k_low <= rule.k <= rule.k_high


def test_a_dearer_default_never_raises_the_threshold(curves):
    thresholds = [rule.costs.threshold(rule.k) for rule in (curves.rule(RatioCosts(r)) for r in (2, 5, 10, 20, 50))]
    assert thresholds == sorted(thresholds, reverse=True)


@pytest.mark.parametrize("ratio", [0.1, 500])
def test_a_ratio_beyond_the_curve_is_refused_with_what_is_allowed(curves, ratio):
    with pytest.raises(InvalidInputError, match=rf"Cost ratio {ratio} is not allowed.* from 0\.333 to 199"):
        curves.rule(RatioCosts(ratio))


def test_amounts_of_other_parameters_are_refused(curves):
    with pytest.raises(InvalidInputError, match=r"loss_given_default=0\.3"):
        curves.rule(AmountCosts(loss_given_default=0.3))


def test_json_keeps_everything(curves):
    copy = curves_from_json(json.dumps(curves_to_json(curves), allow_nan=False).encode())
    assert copy.costs == curves.costs
    for kept, rule in zip(copy.rules(), curves.rules(), strict=True):
        assert kept.costs == rule.costs
        assert (kept.k, kept.k_low, kept.k_high) == pytest.approx((rule.k, rule.k_low, rule.k_high), rel=1e-12)
    assert [rule.costs.name for rule in copy.rules()] == ["amount", "ratio"]


def test_an_artifact_of_format_1_decides_as_it_did():
    """Threshold and band as its training wrote them, to the ninth decimal; it knows no amounts."""
    content = json.loads((DEMO_ARTIFACT / "decision.json").read_text())
    names = ("costs", "threshold", "theoretical_threshold", "referral_band", "cost_curve")
    old = {name: content[name] for name in names}
    curves = curves_from_json(json.dumps(old).encode())
    (rule,) = curves.rules()
    limits = [rule.costs.threshold(k) for k in (rule.k, rule.k_low, rule.k_high)]
    assert limits == pytest.approx([old["threshold"], *old["referral_band"]], abs=1e-12)
    with pytest.raises(InvalidInputError, match="no out-of-fold costs"):
        curves.rule(AmountCosts())


def test_what_is_chosen(curves):
    assert curves.chosen(None, None) == AmountCosts()
    assert curves.chosen(None, 7.0) == curves.chosen("ratio", 7.0) == RatioCosts(7)
    assert curves.chosen("ratio", None) == RatioCosts()
    with pytest.raises(InvalidInputError, match="amount"):
        curves.chosen("amount", 7.0)
