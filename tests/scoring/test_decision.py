import numpy as np
import pytest

from scoring.decision import Costs, DecisionRule

RULE = DecisionRule(Costs(10, 1), threshold=0.09, band_low=0.08, band_high=0.10)


@pytest.mark.parametrize(
    ("probability", "outcome"),
    [(0.0, "approve"), (0.0799, "approve"), (0.08, "refer"), (0.10, "refer"), (0.1001, "refuse"), (1.0, "refuse")],
)
def test_approve_below_the_band_refer_inside_refuse_above(probability, outcome):
    assert RULE.decide(probability) == outcome


def test_the_theoretical_threshold_of_ten_to_one_is_one_in_eleven():
    assert Costs(10, 1).theoretical_threshold == pytest.approx(1 / 11)


def test_at_the_theoretical_threshold_both_choices_cost_the_same():
    costs = Costs(7, 2)
    expected = costs.of_choices(costs.theoretical_threshold)
    assert expected.approve == pytest.approx(expected.refuse)


def test_one_rule_for_one_and_for_many():
    probabilities = np.linspace(0, 1, 1001)
    from scoring.decision import OUTCOMES

    many = [OUTCOMES[place] for place in RULE.decide_all(probabilities)]
    assert many == [RULE.decide(probability) for probability in probabilities]
