import numpy as np
import pytest

from scoring.lender.formulas import FORMULAS
from scoring.schema.features import (
    ModelFeature,
    derived_features,
    frame_matrix,
    history_inputs,
    restated_fields,
)
from scoring.schema.fields import fields
from tests.scoring.application_row import DERIVED, row
from training.lender.history import FEATURES


def derived(name, **values):
    return ModelFeature(DERIVED[name], history=False).read(row(**values))[0]


def derived_from(name, columns):
    return ModelFeature(DERIVED[name], history=False).read(columns)[0]


def test_every_derived_feature_has_a_formula_and_words():
    assert list(FORMULAS) == [feature.name for feature in derived_features()]


def test_ages_are_positive_years():
    assert derived("AGE_YEARS", DAYS_BIRTH=-14610) == pytest.approx(40)


def test_the_elderly_share_the_better_side_of_age():
    ages = {26.9: 1, 27.1: 0, 40: 0, 61.9: 0, 62.1: 1}
    assert {age: derived("YOUNG_OR_ELDERLY", DAYS_BIRTH=-age * 365.25) for age in ages} == ages
    assert np.isnan(derived("YOUNG_OR_ELDERLY"))


def test_the_mark_for_no_employment_is_missing_years_and_a_flag():
    assert np.isnan(derived("EMPLOYED_YEARS", DAYS_EMPLOYED=365243))
    assert derived("NOT_EMPLOYED", DAYS_EMPLOYED=365243) == 1
    assert derived("NOT_EMPLOYED", DAYS_EMPLOYED=-100) == 0
    assert np.isnan(derived("NOT_EMPLOYED"))


@pytest.mark.parametrize("annuity", [0, None])
def test_a_ratio_without_denominator_is_missing_never_infinite(annuity):
    assert np.isnan(derived("CREDIT_TERM", AMT_CREDIT=1000, AMT_ANNUITY=annuity))


def test_external_scores_combine_those_that_are_known():
    known = {"EXT_SOURCE_1": 0.2, "EXT_SOURCE_3": 0.6}
    assert derived("EXT_SOURCES_MEAN", **known) == pytest.approx(0.4)
    assert derived("EXT_SOURCES_MIN", **known) == pytest.approx(0.2)
    assert derived("EXT_SOURCES_MAX", **known) == pytest.approx(0.6)
    assert np.isnan(derived("EXT_SOURCES_MEAN"))


def test_protected_attributes_and_their_proxies_enter_no_feature(artifact):
    frame = artifact.population.frame
    changed = frame.assign(
        CODE_GENDER="F", NAME_FAMILY_STATUS="Widow", CNT_FAM_MEMBERS=9.0, NAME_TYPE_SUITE="Spouse, partner"
    )
    np.testing.assert_array_equal(
        frame_matrix(frame, artifact.model.features), frame_matrix(changed, artifact.model.features)
    )


def test_a_joint_feature_sets_the_application_beside_the_history():
    columns = row(AMT_ANNUITY=300.0) | {"instalments_due_max": np.array([200.0])}
    feature = ModelFeature(DERIVED["ANNUITY_TO_LARGEST_INSTALMENT"], history=False)
    assert feature.read(columns)[0] == pytest.approx(1.5)
    assert history_inputs([feature]) == ("instalments_due_max",)


def test_every_history_column_that_a_joint_feature_reads_is_made():
    inputs = history_inputs([ModelFeature(feature, history=False) for feature in derived_features()])
    assert set(inputs) <= {feature.name for feature in FEATURES}


def test_an_unknown_history_is_a_missing_ratio_and_adds_no_instalment():
    columns = row(AMT_ANNUITY=300.0, AMT_INCOME_TOTAL=1200.0)
    unknown = {"instalments_due_max": np.array([np.nan]), "previous_approved_running_annuity": np.array([np.nan])}
    assert np.isnan(derived_from("ANNUITY_TO_LARGEST_INSTALMENT", columns | unknown))
    assert derived_from("ALL_INSTALMENTS_TO_INCOME", columns | unknown) == pytest.approx(0.25)


def test_the_weighted_score_leaves_out_what_is_missing():
    assert derived("EXT_SOURCES_WEIGHTED", EXT_SOURCE_2=0.4, EXT_SOURCE_3=0.4) == pytest.approx(0.4)
    assert derived("EXT_SOURCES_WEIGHTED", EXT_SOURCE_1=1.0, EXT_SOURCE_2=0.0) == pytest.approx(2 / 5)
    assert np.isnan(derived("EXT_SOURCES_WEIGHTED"))


def test_each_day_count_restated_in_years_is_a_field_that_the_model_reads_only_so():
    assert all(not fields()[name].model_input for name in restated_fields())
    assert set(restated_fields()) == {name for name in fields() if name.startswith("DAYS_")}


def test_the_likely_term_and_interest_of_a_cash_loan_follow_its_amount_over_its_instalment():
    loan = {"NAME_CONTRACT_TYPE": "Cash loans", "AMT_CREDIT": 900_000, "AMT_ANNUITY": 900_000 * 0.02924}
    assert derived("LIKELY_TERM", **loan) == pytest.approx(60, abs=1)
    assert 0.2 < derived("INTEREST_RATE", **loan) < 0.3


def test_the_interest_over_the_term_is_the_yearly_one_times_its_years():
    loan = {"NAME_CONTRACT_TYPE": "Cash loans", "AMT_CREDIT": 900_000, "AMT_ANNUITY": 900_000 * 0.02924}
    years = derived("LIKELY_TERM", **loan) / 12
    assert derived("TOTAL_INTEREST", **loan) == pytest.approx(derived("INTEREST_RATE", **loan) * years)


def test_interest_weighs_more_the_lower_the_external_scores():
    loan = {"NAME_CONTRACT_TYPE": "Cash loans", "AMT_CREDIT": 900_000, "AMT_ANNUITY": 900_000 * 0.02924}
    found = derived("INTEREST_AT_RISK", EXT_SOURCE_2=0.2, EXT_SOURCE_3=0.4, **loan)
    assert found == pytest.approx(0.7 * derived("INTEREST_RATE", **loan))


def test_revolving_credit_has_no_term():
    loan = {"NAME_CONTRACT_TYPE": "Revolving loans", "AMT_CREDIT": 180_000, "AMT_ANNUITY": 9_000}
    assert np.isnan([derived("LIKELY_TERM", **loan), derived("INTEREST_RATE", **loan)]).all()
