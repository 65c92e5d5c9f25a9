from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from scoring.artifact.model import Model
from scoring.lender.roles import NOT_EMPLOYED
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.audit.stability import (
    OTHERS,
    PERTURBATION,
    Explained,
    continuous_inputs,
    explained,
    nearest,
    perturbed,
    stability,
    strangers,
)


def features(number, kind="quantitative"):
    return tuple(
        ModelFeature(Feature(f"F{place}", Words("F", "F"), "", "loan", kind), False) for place in range(number)
    )


def compared(first, second):
    ours, theirs = np.atleast_2d(first), np.atleast_2d(second)
    names = features(ours.shape[1])
    pairs = np.column_stack([np.arange(len(ours))] * 2)
    return stability(Explained(ours, names), Explained(theirs, names), pairs)


def test_changes_are_counted_by_hand():
    """||(3, 4) - (3, 1)|| = 3 over ||(3, 4)|| = 5; the score changes by as much."""
    found = compared([3.0, 4.0], [3.0, 1.0])
    assert (found.contribution_change, found.log_odds_change) == pytest.approx((0.6, 0.6))


def test_a_score_that_stays_while_its_explanation_changes_is_distinguished():
    found = compared([1.0, 0.0], [0.0, 1.0])
    assert found.contribution_change == pytest.approx(np.sqrt(2))
    assert found.log_odds_change == 0


def test_reasons_are_compared_in_any_order_and_lost_ones_counted():
    swapped, lost = compared([0.3, 0.2], [0.2, 0.3]), compared([0.3, 0.2], [0.3, -0.2])
    assert (swapped.same_reasons, swapped.kept_reasons) == (1.0, 1.0)
    assert (lost.same_reasons, lost.kept_reasons) == (0.0, 0.5)


def test_an_additional_reason_is_another_explanation_though_none_was_lost():
    more = compared([0.3, -0.2], [0.3, 0.2])
    assert (more.same_reasons, more.kept_reasons) == (0.0, 1.0)


def test_who_has_no_reason_against_them_loses_none():
    assert compared([-0.3, -0.2], [-0.3, -0.2]).kept_reasons == 1.0


def test_a_constant_model_is_perfectly_stable(artifact):
    """It says the same of everybody: no contribution, no reason, no change."""
    names = artifact.model.features
    data = lgb.Dataset(np.zeros((100, len(names))), np.arange(100) % 2)
    booster = lgb.train({"objective": "binary", "verbosity": -1}, data, num_boost_round=1)
    constant = replace(
        artifact,
        model=Model(booster, artifact.model.calibration, names),
        mean_contributions=np.zeros(len(names)),
    )
    places, rng = np.arange(10), np.random.default_rng(0)
    every = explained(constant, {name: values[:10] for name, values in artifact.population.columns.items()})
    found = stability(
        every, perturbed(constant, places, rng), np.column_stack([np.tile(places, OTHERS), np.arange(50)])
    )
    assert (found.contribution_change, found.log_odds_change) == (0, 0)
    assert (found.same_reasons, found.kept_reasons) == (1, 1)


@pytest.fixture(scope="module")
def moved(artifact):
    """The inputs of perturbed copies, as the model gets them, beside those of the applicants."""
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.audit.stability.explained", lambda _, columns: seen.append(columns))
        perturbed(artifact, np.arange(200), np.random.default_rng(0))
    own = {name: np.tile(values[:200], OTHERS) for name, values in artifact.population.columns.items()}
    return own, seen[0]


def test_amounts_are_wrong_by_about_a_percent(moved):
    own, wrong = moved
    errors = np.log(wrong["AMT_CREDIT"] / own["AMT_CREDIT"])
    assert errors.std() == pytest.approx(PERTURBATION, rel=0.1)
    assert abs(errors.mean()) < PERTURBATION / 5


def test_what_is_counted_or_chosen_stays_and_so_does_the_mark_for_no_employment(moved):
    own, wrong = moved
    for name in ("CNT_CHILDREN", "REGION_RATING_CLIENT", "NAME_INCOME_TYPE", "FLAG_OWN_CAR"):
        np.testing.assert_array_equal(wrong[name], own[name])
    idle = own["DAYS_EMPLOYED"] == NOT_EMPLOYED
    assert (wrong["DAYS_EMPLOYED"][idle] == NOT_EMPLOYED).all()
    assert (wrong["DAYS_EMPLOYED"][~idle] != own["DAYS_EMPLOYED"][~idle]).all()


def test_history_is_wrong_too(artifact):
    names = continuous_inputs(artifact.history_names)
    assert "AMT_ANNUITY" in names
    assert names & set(artifact.history_names)
    assert not names & {"SK_ID_CURR", "TARGET", "CODE_GENDER"}


def test_the_nearest_are_those_of_like_features():
    """Twenty applicants on a line, spread alike in two features; a missing value stands at the mean."""
    line = np.arange(20.0)
    matrix = np.column_stack([line, 100 * line])
    found = nearest(matrix, features(2), np.array([0, 10]))
    assert sorted(found[found[:, 0] == 0, 1]) == [1, 2, 3, 4, 5]
    assert set(found[found[:, 0] == 10, 1]) >= {8, 9, 11, 12}
    matrix[0] = np.nan
    assert set(nearest(matrix, features(2), np.array([0]))[:, 1]) <= {8, 9, 10, 11, 12, 13}


def test_levels_do_not_count_as_distance():
    matrix = np.column_stack([np.arange(20.0), np.arange(20.0)[::-1]])
    mixed = (features(1)[0], features(1, "categorical")[0])
    assert sorted(nearest(matrix, mixed, np.array([0]))[:, 1]) == [1, 2, 3, 4, 5]


def test_nobody_is_a_stranger_to_themselves():
    found = strangers(3, np.arange(3), np.random.default_rng(0))
    assert (found[:, 0] != found[:, 1]).all()
    assert set(found[:, 1]) == {0, 1, 2}
