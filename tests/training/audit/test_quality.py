from dataclasses import replace

import numpy as np
import pytest

from scoring.artifact.model import Calibration, Model
from training.audit import agreement, quality
from training.audit.quality import additivity_error, compacity, explanation_quality, features_needed


@pytest.fixture(scope="module")
def contributions(artifact, reference_contributions):
    return reference_contributions - artifact.mean_contributions


def test_the_contributions_of_the_bundled_model_add_up_to_rounding(artifact, contributions):
    assert 0 < additivity_error(artifact, contributions) < 1e-11


def test_one_broken_contribution_is_caught(artifact, contributions):
    broken = contributions.copy()
    broken[7, 3] += 0.01
    assert additivity_error(artifact, broken) == pytest.approx(0.01)


def test_a_base_of_another_model_is_caught(artifact, contributions):
    assert additivity_error(replace(artifact, base=artifact.base + 0.2), contributions) == pytest.approx(0.2)


def test_contributions_of_another_calibration_are_caught(artifact, contributions):
    model = artifact.model
    steeper = Model(
        model.booster, Calibration(model.calibration.slope * 2, model.calibration.intercept), model.features
    )
    assert additivity_error(replace(artifact, model=steeper), contributions) > 0.5


@pytest.mark.parametrize(
    ("contributions", "needed"),
    [
        # 10 of 10.5: more than 90 % of the score from the first.
        ([0.5, 10.0, 0.0], 1),
        # 6 of 10, then 9.1 of 10.
        ([6.0, 3.1, 0.9], 2),
        # 5 of 5.2 would do from the first, though others take back and give again.
        ([5.0, -3.0, 3.2], 1),
        # Exactly 90 % is not more than that: both are needed.
        ([9.0, 1.0, 0.0], 2),
        # The score is nearly nothing: all must be told.
        ([1.0, -1.0, 0.001], 3),
        ([0.0, 0.0, 0.0], 3),
    ],
)
def test_features_needed_are_counted_by_hand(contributions, needed):
    assert features_needed(np.array([contributions])).tolist() == [needed]


def test_compacity_sums_up_applicants_by_hand():
    """One feature tells the score of three of four applicants, eleven of twelve equal ones that of the last."""
    one = np.eye(12)[0]
    found = compacity(np.array([one, one, one, np.ones(12)]))
    # 10 of 12 is 83 %, 11 of 12 is 92 %.
    assert (found.median, found.upper, found.told_by_ten) == (1, 11, 0.75)
    assert found.share_of_ten == pytest.approx((3 + 10 / 12) / 4)


def test_a_model_that_says_nothing_has_compact_explanations():
    assert compacity(np.zeros((5, 12))).share_of_ten == 1.0


@pytest.fixture(scope="module")
def found(artifact, contributions):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality, "EXPLAINED", 40)
        patch.setattr(agreement, "MOST_SEARCHED", 20)
        yield explanation_quality(artifact, contributions, 1), explanation_quality(artifact, contributions, 1)


def test_the_same_seed_gives_the_same_figures(found):
    assert found[0] == found[1]


def test_the_nearer_two_applicants_are_the_more_alike_are_their_explanations(found):
    kinds = (found[0].perturbed, found[0].neighbours, found[0].strangers)
    assert [kind.pairs for kind in kinds] == [200, 200, 200]
    changes = [kind.contribution_change for kind in kinds]
    kept = [kind.kept_reasons for kind in kinds]
    assert changes == sorted(changes)
    assert kept == sorted(kept, reverse=True)
    assert 0 < changes[0] < 0.5
