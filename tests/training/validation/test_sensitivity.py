import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from scoring.decision.costs import cost_columns
from tests.training.validation.parts import finding, frame_of, table
from training.validation.rows import rows_of
from training.validation.sensitivity import by_input, move, sensitivity_section, spread


def test_a_move_by_hand(tiny):
    rows = rows_of(tiny, None)
    terms = tiny.rule.terms(cost_columns(rows.frame.head(2)))
    found = move(np.array([-5.0, -5.0]), np.array([-5.5, 3.0]), terms)
    assert found.log_odds == pytest.approx((0.5 + 8) / 2)
    assert found.probability == pytest.approx((expit(-5.5) + expit(3) - 2 * expit(-5)) / 2)
    assert found.decisions == 0.5


def test_a_missing_input_is_scored_through_the_booster(tiny, bounds):
    rows = rows_of(tiny, None)
    found = frame_of(table(sensitivity_section(rows, bounds), "inputs_moved")).set_index("input")
    name = found.index[0]
    place = [item.feature.name for item in tiny.model.features].index(name)
    without = rows.matrix.copy()
    without[:, place] = np.nan
    raw = [tiny.model.booster.predict(matrix, raw_score=True) for matrix in (rows.matrix, without)]
    change = tiny.model.calibration.slope * np.abs(raw[1] - raw[0]).mean()
    assert found.loc[name, "missing: log-odds, mean |change|"] == pytest.approx(change)


def test_an_input_that_the_model_does_not_use_moves_nothing(tiny):
    rows = rows_of(tiny, None)
    used = set(np.flatnonzero(tiny.model.booster.feature_importance()))
    found = list(by_input(tiny, rows.matrix, rows.terms).values())
    still = [one for place, one in enumerate(found) if place not in used]
    assert len(found) == 20
    assert all(side.log_odds == 0 for one in still for side in one)
    assert any(side.log_odds > 0 for one in found for side in one)


def test_a_missing_theme_costs_what_scikit_learn_says(tiny, bounds):
    rows = rows_of(tiny, None)
    section = sensitivity_section(rows, bounds)
    found = frame_of(table(section, "themes_missing")).set_index("theme")
    theme = found.index[0]
    inside = [item.feature.theme == theme for item in tiny.model.features]
    without = np.where(inside, np.nan, rows.matrix)
    scores = [tiny.model.log_odds(matrix) for matrix in (rows.matrix, without)]
    lost = roc_auc_score(rows.outcomes, scores[0]) - roc_auc_score(rows.outcomes, scores[1])
    assert found.loc[theme, "AUC lost"] == pytest.approx(lost)
    assert finding(section, "theme_missing").value == found["AUC lost"].max()
    assert "has learnt from these applicants" in section.told[0]


def test_rows_are_spread_over_all():
    assert spread(10, 4).tolist() == [0, 3, 6, 9]
    assert spread(3, 4).tolist() == [0, 1, 2]
