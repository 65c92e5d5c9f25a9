import numpy as np
import shap

from scoring.artifact.model import log_odds_of, probability_of
from scoring.schema.features import frame_matrix
from scoring.units import DAYS_PER_YEAR
from training.lender.history import FEATURES


def test_log_odds_and_probability_are_inverse():
    probabilities = np.array([1e-6, 0.0909, 0.5, 0.999])
    np.testing.assert_allclose(probability_of(log_odds_of(probabilities)), probabilities, rtol=1e-12)


def test_contributions_sum_to_the_log_odds(artifact):
    matrix = artifact.population.matrix[::40]
    base, contributions = artifact.model.contributions(matrix)
    np.testing.assert_allclose(base + contributions.sum(axis=1), artifact.model.log_odds(matrix), atol=1e-9)


def test_contributions_agree_with_shap(artifact):
    matrix = artifact.population.matrix[::200]
    explainer = shap.TreeExplainer(artifact.model.booster)
    slope = artifact.model.calibration.slope
    _, contributions = artifact.model.contributions(matrix)
    np.testing.assert_allclose(contributions, slope * explainer.shap_values(matrix), atol=1e-9)


def test_threads_do_not_change_the_result(artifact):
    matrix = artifact.population.matrix[::100]
    np.testing.assert_array_equal(
        artifact.model.log_odds(matrix, threads=1), artifact.model.log_odds(matrix, threads=2)
    )


def directed(artifact, name):
    """Applicants, and the same with every feature of a factor moved against them by its direction."""
    matrix = artifact.population.matrix[::15].copy()
    worse = matrix.copy()
    moved = 0
    for place, item in enumerate(artifact.model.features):
        if item.feature.direction and (item.feature.factor == name or item.feature.name == name):
            # A yes-no feature has no range.
            low, high = (0.0, 1.0) if item.lowest is None else (item.lowest, item.highest)
            worse[:, place] += item.feature.direction * (high - low) / 3
            moved += 1
    assert moved
    return matrix, worse


def test_every_declared_direction_holds(artifact):
    factors = {item.feature.factor for item in artifact.model.features if item.feature.direction}
    assert {"external_scores", "bureau_debt", "instalments_late", "card_use"} <= factors
    for factor in sorted(factors):
        matrix, worse = directed(artifact, factor)
        assert (artifact.model.log_odds(worse) >= artifact.model.log_odds(matrix) - 1e-12).all(), factor


def test_arrears_and_debts_are_declared():
    declared = {feature.factor for feature in FEATURES if feature.direction}
    assert {"bureau_debt", "bureau_overdue", "instalments_late", "pos_late", "card_late", "card_use"} <= declared


def test_nobody_is_scored_down_for_being_elderly(artifact):
    frame = artifact.population.frame.iloc[::20]
    elderly = frame_matrix(frame.assign(DAYS_BIRTH=-int(62.01 * DAYS_PER_YEAR)), artifact.model.features)
    lowest = artifact.model.log_odds(elderly)
    for age in range(20, 62, 3):
        younger = frame_matrix(frame.assign(DAYS_BIRTH=-int(age * DAYS_PER_YEAR)), artifact.model.features)
        assert (lowest <= artifact.model.log_odds(younger) + 1e-12).all(), age
