import numpy as np
import pytest

from training.groups import FEWEST_IN_GROUP, group_rates, rate


def test_a_rate_has_its_wilson_interval():
    found = rate(np.arange(100) < 8)
    assert found.share == 0.08
    # By hand: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96.
    assert (found.low, found.high) == pytest.approx((0.0411, 0.1500), abs=1e-4)


def test_few_applicants_give_no_rate():
    assert rate(np.ones(FEWEST_IN_GROUP - 1, dtype=bool)).share is None
    assert rate(np.ones(FEWEST_IN_GROUP, dtype=bool)).share == 1.0


def test_the_groups_of_an_attribute_cover_everybody_once(artifact):
    groups = group_rates(artifact)
    for attribute in ("Gender", "Age"):
        numbers = [group.defaulted.applicants for group in groups if group.attribute == attribute]
        assert sum(numbers) == len(artifact.population.frame)


def test_rates_of_a_group_are_counted_by_hand(artifact):
    frame = artifact.population.frame
    women = frame[frame["CODE_GENDER"] == "F"]
    refused = women["PROBABILITY"] > artifact.rule.costs.threshold(artifact.rule.k)
    group = next(group for group in group_rates(artifact) if (group.attribute, group.level) == ("Gender", "Woman"))
    assert group.defaulted.share == pytest.approx(women["TARGET"].mean())
    assert group.refused.share == pytest.approx(refused.mean())
    assert group.wrongly_refused.share == pytest.approx(refused[women["TARGET"] == 0].mean())
