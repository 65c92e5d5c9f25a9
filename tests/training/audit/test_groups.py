import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, false_negative_rate

from scoring.artifact.review import Rate
from scoring.units import DAYS_PER_YEAR
from training.audit.groups import FEWEST_IN_GROUP, FIGURES, Decisions, group_rates, groups_of, rate, ratio_draws, sums
from training.lender.roles import ATTRIBUTES

FIELDS = ("CODE_GENDER", "NAME_FAMILY_STATUS", "NAME_INCOME_TYPE")


def some_columns(number, women, **others):
    """So many applicants of 40 years, the first of whom are women; everything else is alike."""
    texts = {name: np.full(number, "Working", dtype=object) for name in FIELDS}
    texts["CODE_GENDER"] = np.where(np.arange(number) < women, "F", "M").astype(object)
    numbers = {"REGION_RATING_CLIENT": np.full(number, 2.0), "DAYS_BIRTH": np.full(number, -40 * DAYS_PER_YEAR)}
    return texts | numbers | others


def of(found, attribute, level):
    return next(group for group in found if (group.attribute, group.level) == (attribute, level))


@pytest.fixture(scope="module")
def by_hand():
    """100 women: 40 defaulted of whom 10 are approved, 60 repaid of whom 48 are; 50 men who repaid, 20 approved."""
    outcomes = np.repeat([1.0, 0.0, 0.0], [40, 60, 50])
    approved = np.concatenate([np.arange(40) < 10, np.arange(60) < 48, np.arange(50) < 20])
    probabilities = np.repeat([0.5, 0.1], [100, 50])
    return group_rates(some_columns(150, 100), Decisions(outcomes, probabilities, approved), seed=1)


def test_rates_of_a_group_are_those_counted_by_hand(by_hand):
    women = of(by_hand, "CODE_GENDER", "F")
    assert (women.applicants, women.defaulted) == (100, 40)
    assert women.approval.value == pytest.approx(0.58)
    assert women.false_refusal.value == pytest.approx(0.2)
    assert women.false_approval.value == pytest.approx(0.25)
    assert women.default_rate.value == pytest.approx(0.4)
    assert women.mean_probability.value == pytest.approx(0.5)
    assert women.calibration_gap.value == pytest.approx(0.1)


def test_the_four_fifths_ratio_is_over_the_groups_with_the_highest_approval_rate(by_hand):
    assert of(by_hand, "CODE_GENDER", "F").approval_ratio == Rate(1.0, 1.0, 1.0)
    men = of(by_hand, "CODE_GENDER", "M").approval_ratio
    assert men.value == pytest.approx(0.4 / 0.58, abs=1e-5)
    assert men.low < men.value < men.high


def test_a_rate_over_too_few_is_none_though_the_group_has_others(by_hand):
    men = of(by_hand, "CODE_GENDER", "M")
    assert men.false_approval == Rate(None, None, None)
    assert men.false_refusal.value == pytest.approx(0.6)


@pytest.mark.parametrize(("women", "told"), [(FEWEST_IN_GROUP - 1, False), (FEWEST_IN_GROUP, True)])
def test_a_small_group_has_no_rate_and_does_not_say_who_defaulted(women, told):
    decisions = Decisions(np.zeros(100), np.full(100, 0.1), np.arange(100) < women)
    found = group_rates(some_columns(100, women), decisions, seed=1)
    group = of(found, "CODE_GENDER", "F")
    assert group.applicants == women
    assert (group.defaulted is not None) == (group.approval.value is not None) == told
    # All women are approved and no man is: small as they are, they do not set the highest rate.
    assert (of(found, "CODE_GENDER", "M").approval_ratio.value is not None) == told


def test_nobody_approved_has_no_ratio():
    found = group_rates(some_columns(100, 50), Decisions(np.zeros(100), np.full(100, 0.9), np.zeros(100, bool)), seed=1)
    assert {group.approval_ratio for group in found} == {Rate(None, None, None)}
    assert of(found, "CODE_GENDER", "F").approval == Rate(0.0, 0.0, 0.0)


def test_age_bands_hold_their_lower_edge():
    years = np.array([26.9, 27.0, 34.9, 35.0, 61.9, 62.0])
    columns = some_columns(6, 6, DAYS_BIRTH=-years * DAYS_PER_YEAR)
    bands = {group.level: int(group.inside.sum()) for group in groups_of(columns) if group.attribute == "AGE_BAND"}
    assert bands == {"<27": 1, "27-34": 2, "35-44": 1, "55-61": 1, "62+": 1}


def test_whose_level_is_not_on_file_belongs_to_no_group():
    columns = some_columns(40, 40, NAME_FAMILY_STATUS=np.array([None, "Married"] * 20, dtype=object))
    groups = [group for group in groups_of(columns) if group.attribute == "NAME_FAMILY_STATUS"]
    assert [(group.level, int(group.inside.sum())) for group in groups] == [("Married", 20)]


@pytest.fixture(scope="module")
def random():
    rng = np.random.default_rng(5)
    columns = some_columns(3_000, 1_000, REGION_RATING_CLIENT=rng.integers(1, 4, 3_000).astype(float))
    probabilities = rng.beta(1, 6, 3_000)
    return columns, Decisions((rng.random(3_000) < probabilities).astype(float), probabilities, probabilities < 0.2)


def test_every_interval_holds_its_value_and_groups_of_an_attribute_cover_everybody_once(random):
    found = group_rates(*random, seed=3)
    rates = [getattr(group, name) for group in found for name in (*FIGURES, "approval_ratio")]
    assert all(each.low <= each.value <= each.high for each in rates)
    for attribute in ATTRIBUTES:
        assert sum(group.applicants for group in found if group.attribute == attribute) == 3_000


def test_the_same_seed_gives_the_same_intervals(random):
    assert group_rates(*random, seed=3) == group_rates(*random, seed=3) != group_rates(*random, seed=4)


def test_a_bootstrapped_interval_is_as_wide_as_theory_has_it(random):
    women = of(group_rates(*random, seed=3), "CODE_GENDER", "F").approval
    error = np.sqrt(women.value * (1 - women.value) / 1_000)
    assert women.high - women.low == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_sums_give_what_fairlearn_gives(random, monkeypatch):
    """Under weights of one the bootstrap's own formula is the library's figure."""
    columns, decisions = random
    monkeypatch.setattr("training.audit.groups.resamples", lambda rows, seed: iter([np.ones((1, rows))]))
    groups = groups_of(columns)
    found = ratio_draws(groups, *sums(decisions), seed=1)[0]
    frame = MetricFrame(
        metrics=false_negative_rate,
        y_true=1 - decisions.outcomes,
        y_pred=decisions.approved.astype(float),
        sensitive_features=columns["CODE_GENDER"],
    )
    place = [(group.attribute, group.level) for group in groups].index(("CODE_GENDER", "M"))
    assert found[place, FIGURES.index("false_refusal")] == pytest.approx(frame.by_group["M"])
    rates = group_rates(columns, decisions, seed=1)
    np.testing.assert_allclose(found, [[getattr(group, name).value for name in FIGURES] for group in rates], atol=1e-5)


def test_resamples_without_anybody_to_count_are_left_out():
    found = rate(0.5, np.array([0.4, np.nan, 0.6, np.inf]))
    assert (found.value, found.low, found.high) == (0.5, pytest.approx(0.405), pytest.approx(0.595))
