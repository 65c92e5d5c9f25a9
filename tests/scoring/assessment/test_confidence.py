"""How sure a probability is: intervals, what missing fields could do, values never learnt from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from scoring.assessment.confidence import NEAREST, WINDOW, confidence, outside_learnt
from scoring.assessment.interval import wilson
from scoring.schema.fields import fields
from scoring.serving.service import answered, assess, commented

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


@pytest.fixture(scope="module")
def found(service, applicants):
    """Some applicants with how sure their probabilities are."""
    assessments = [assess(service, applicant_id, {}, "en") for applicant_id in applicants.ids[::25].tolist()]
    return [(assessment, confidence(service.artifact, assessment)) for assessment in assessments]


@pytest.mark.parametrize("count", [1, 29, 160, 500])
def test_the_interval_is_wilsons(count):
    for defaulted in range(0, count + 1, max(1, count // 20)):
        low, high = proportion_confint(defaulted, count, method="wilson")
        assert wilson(defaulted / count, count) == pytest.approx((low, high), rel=1e-4, abs=1e-6)


def test_the_nearest_past_applicants_are_those_within_the_window(service, found):
    population = service.artifact.population
    for assessment, sure in found:
        distances = np.abs(population.log_odds - assessment.log_odds)
        within = int((distances <= WINDOW).sum())
        assert sure.nearest.applicants == min(NEAREST, within)
        assert 0 <= sure.nearest.defaulted <= sure.nearest.applicants
        if within <= NEAREST:
            assert sure.nearest.defaulted == population.outcomes[distances <= WINDOW].sum()
        if sure.nearest.applicants:
            low, high = sure.nearest.interval
            assert 0 <= low <= sure.nearest.defaulted / sure.nearest.applicants <= high <= 1


def test_both_full_and_smaller_windows_occur(found):
    assert {sure.nearest.applicants == NEAREST for _, sure in found} == {True, False}


def test_the_same_application_gets_the_same_range(service, found):
    assessment, sure = found[0]
    assert confidence(service.artifact, assessment) == sure


def test_missing_fields_are_counted_and_their_range_is_one_of_probabilities(found):
    for assessment, sure in found:
        assert sure.missing.fields == sum(value is None for value in assessment.applicant.raw.values())
        assert sure.missing.total == len(fields())
        if sure.missing.range:
            low, high = sure.missing.range
            assert 0 < low <= high < 1


def test_a_range_across_the_band_may_change_the_decision(found):
    for assessment, sure in found:
        low, high = sure.missing.range or [assessment.probability] * 2
        decision = assessment.decision
        zones = {(p >= decision.band_low) + (p > decision.band_high) for p in (low, assessment.probability, high)}
        assert sure.missing.may_change_decision == (len(zones) > 1)
    assert {sure.missing.may_change_decision for _, sure in found} == {True, False}


def test_filling_in_what_is_missing_ends_the_range(service, found):
    population = service.artifact.population
    assessment = next(
        each for each, sure in found if sure.missing.range and not all(map(np.isnan, each.applicant.history.values()))
    )
    changes = {}
    for name in service.artifact.reads:
        if name in fields() and assessment.applicant.raw[name] is None:
            known = [value for value in population.columns[name] if value is not None and value == value]
            changes[name] = known[0]
    filled = assess(service, assessment.applicant.applicant_id, changes, "en")
    assert confidence(service.artifact, filled).missing.range == []


def test_a_car_that_is_not_owned_has_no_missing_age(service):
    asked = {**NEW, "FLAG_OWN_CAR": "N"}
    without = confidence(service.artifact, assess(service, None, asked, "en")).missing
    with_age = confidence(service.artifact, assess(service, None, {**asked, "OWN_CAR_AGE": 5}, "en")).missing
    assert without.fields == with_age.fields + 1
    assert without.range
    assert with_age.range


def test_an_almost_empty_application_is_told_what_to_complete_in_order_of_weight(service):
    sure = confidence(service.artifact, assess(service, None, NEW, "en"))
    weights = [service.artifact.reads[name] for name in sure.complete_first]
    assert sure.complete_first[:3] == ["EXT_SOURCE_3", "EXT_SOURCE_2", "EXT_SOURCE_1"]
    assert weights == sorted(weights, reverse=True)
    assert not set(sure.complete_first) & set(NEW)
    assert sure.missing.fields == len(fields()) - len(NEW)


def test_a_file_that_is_mostly_known_has_nothing_to_complete_first(found):
    assert sum(not sure.complete_first for _, sure in found) > 0.9 * len(found)


def test_outside_is_what_lies_beyond_the_range_of_training(service, found):
    low, high = service.artifact.training_range
    for assessment, sure in found:
        beyond = np.flatnonzero((assessment.values < low) | (assessment.values > high))
        assert [each.feature for each in sure.outside] == [
            service.artifact.model.features[place].feature.name for place in beyond
        ]
    huge = assess(service, found[0][0].applicant.applicant_id, {"AMT_CREDIT": 50_000_000}, "en")
    told = outside_learnt(service.artifact, huge.values, "en")
    assert "CREDIT_TERM" in [each.feature for each in told]
    assert all(each.value < each.learnt[0] or each.value > each.learnt[1] for each in told)


def test_the_answer_is_the_commented_score_and_how_sure_it_is(service, some_ids):
    assessment = assess(service, some_ids[0], {}, "en")
    answer, scored = vars(answered(service, assessment)), vars(commented(service, assessment))
    assert {name: answer[name] for name in scored} == scored
    assert answer["confidence"] == confidence(service.artifact, assessment)


def test_a_short_answer_is_the_full_one_without_how_sure_it_is_and_what_would_help(service, some_ids):
    for applicant_id in some_ids[:20]:
        assessment = assess(service, applicant_id, {}, "en")
        full, short = vars(answered(service, assessment)), vars(answered(service, assessment, "short"))
        left_out = {"comment", "confidence", "how_sure", "reachable", "reasons"}
        assert {name for name in full if full[name] != short[name]} <= left_out
        assert short["confidence"] is short["how_sure"] is None
        # Whether an applicant can change what a reason names follows from the search for what would help.
        assert short["reasons"] == [replace(reason, can_change=None) for reason in full["reasons"]]
        told = full["comment"].split(". ")
        assert [each for each in short["comment"].split(". ") if each not in told] == []


def test_an_artifact_that_decides_by_amounts_is_as_sure(amount_service, service, some_ids):
    asked = [assess(each, some_ids[0], {}, "en") for each in (amount_service, service)]
    by_amount = confidence(amount_service.artifact, asked[0])
    assert by_amount.missing.range == confidence(service.artifact, asked[1]).missing.range
    assert by_amount.nearest == confidence(service.artifact, asked[1]).nearest
