import numpy as np
import pandas as pd
import pytest

from scoring.artifact.review import Rate
from scoring.decision.costs import RatioCosts
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature, application_features, frame_matrix, to_columns
from scoring.schema.fields import Feature
from scoring.words.language import Words
from tests.training.quick import quick_recipe
from training.audit import proxies
from training.audit.proxies import associated, association, leave_out, made_from
from training.audit.yardstick import yardstick
from training.learn.fit import Recipe
from training.learn.rows import TrainingRows


def features(*names):
    found = {feature.name: feature for feature in application_features()}
    return tuple(ModelFeature(found[name], False) for name in names)


@pytest.fixture(scope="module")
def frame(artifact):
    return artifact.population.frame


def rows_of(frame, *names):
    chosen = features(*names)
    return TrainingRows(frame_matrix(frame, chosen), frame[TARGET].to_numpy(float), chosen)


def test_features_made_from_a_field_are_found_by_moving_it(frame):
    rows = rows_of(frame, "AMT_CREDIT", "AGE_YEARS", "YOUNG_OR_ELDERLY", "EMPLOYED_YEARS", "CAR_AGE_TO_EMPLOYED")
    assert made_from(to_columns(frame), rows, ["DAYS_BIRTH"]) == [1, 2]
    assert made_from(to_columns(frame), rows, ["NAME_INCOME_TYPE", "DAYS_EMPLOYED"]) == [3, 4]
    assert made_from(to_columns(frame), rows, ["CNT_CHILDREN"]) == []


def test_association_is_cohens_w_by_hand():
    """Of 200, 80 of 100 in each level have the level's own value: w = sqrt(chi²/n) = 0.6, less chance."""
    values = np.repeat([0.0, 1.0, 0.0, 1.0], [80, 20, 20, 80])
    levels = pd.Series(np.repeat(["F", "M"], 100))
    assert association(values, levels, ordered=False) == pytest.approx(np.sqrt((0.36 * 200 - 1) / 200))


def test_noise_with_many_values_goes_with_nothing():
    rng = np.random.default_rng(0)
    levels = pd.Series(rng.choice(["F", "M"], 1_000))
    assert association(rng.integers(0, 200, 1_000).astype(float), levels, ordered=False) < 0.15
    assert association(rng.random(1_000), levels, ordered=True) < 0.1


def test_being_missing_can_tell_a_level():
    values = np.where(np.arange(200) < 100, np.nan, np.arange(200.0))
    levels = pd.Series(np.repeat(["F", "M"], 100))
    assert association(values, levels, ordered=True) > 0.9


def test_a_feature_that_goes_with_an_attribute_is_found_whoever_thought_of_it(frame):
    rows = rows_of(frame, "AMT_CREDIT", "EXT_SOURCE_2")
    women = (frame["CODE_GENDER"] == "F").to_numpy(float)
    shoe = ModelFeature(Feature("SHOE_SIZE", Words("Shoe size", "Pointure"), "", "household"), False)
    noisy = 42 - 3 * women + np.random.default_rng(0).normal(0, 1, len(women))
    rows = TrainingRows(np.column_stack([rows.matrix, noisy]), rows.outcomes, (*rows.features, shoe))
    assert associated(to_columns(frame), rows, "CODE_GENDER") == [2]


@pytest.fixture(scope="module")
def unfair(frame):
    """Applicants of whom those under 35 and those of low score default more often; what leaving out proxies changes."""
    rng = np.random.default_rng(2)
    young = -frame["DAYS_BIRTH"].to_numpy() / 365.25 < 35
    rate = np.where(young, 0.2, 0.05) * (1.5 - frame["EXT_SOURCE_2"].fillna(0.5).to_numpy())
    few = frame["NAME_INCOME_TYPE"].where(np.arange(len(frame)) >= 12, "Unemployed")
    learn = frame.assign(**{TARGET: (rng.random(len(frame)) < rate).astype(float), "NAME_INCOME_TYPE": few})
    ticks = []
    with quick_recipe():
        rows = rows_of(learn, "AMT_CREDIT", "AGE_YEARS", "EXT_SOURCE_2", "REGION_RATING_CLIENT")
        everything = yardstick(rows, 40, Recipe(), 1, lambda: None)
        found = leave_out(learn, rows, everything, RatioCosts(), 1, lambda: ticks.append(1))
        assert len(ticks) == proxies.fits()
    return {(left_out.kind, left_out.name): left_out for left_out in found}


def approval(left_out, attribute, level):
    return next(each for each in left_out.approvals if (each.attribute, each.level) == (attribute, level))


def test_without_its_proxy_a_group_that_was_refused_for_it_is_approved_more(unfair):
    age = unfair["fields", "DAYS_BIRTH"]
    assert age.features == ["AGE_YEARS"]
    young = approval(age, "AGE_BAND", "27-34")
    assert young.approval_without.value > young.approval_with.value + 0.2
    assert young.change.value == pytest.approx(young.approval_without.value - young.approval_with.value, abs=2e-5)
    assert 0.1 < young.change.low < young.change.value < young.change.high
    assert young.ratio_without > young.ratio_with + 0.2
    assert age.auc_without < age.auc_with - 0.05
    assert age.cost_without > age.cost_with


def test_where_nothing_is_to_be_left_out_nothing_is_refitted(unfair):
    children = unfair["fields", "CNT_CHILDREN"]
    assert (children.features, children.approvals) == ([], [])
    assert (children.auc_with, children.cost_with) == (children.auc_without, children.cost_without)


def test_a_group_that_is_too_small_has_no_change(unfair):
    nobody = approval(unfair["fields", "DAYS_BIRTH"], "NAME_INCOME_TYPE", "Unemployed")
    assert nobody.applicants < 30
    assert nobody.change == nobody.approval_with == Rate(None, None, None)
    assert nobody.ratio_with is None
