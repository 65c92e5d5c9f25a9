"""The response curve is what `/score` says of each value, and refuses in words what has no curve."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from scoring.applicants.loan import loan_terms
from scoring.assessment.curve import curve
from scoring.errors import InvalidInputError
from scoring.schema.fields import fields
from scoring.serving.service import assess, score
from scoring.words.language import LANGUAGES

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}
# Of processor time, whatever else the machine does: one computation takes some 15 ms.
MOST_SECONDS = 0.1


@pytest.fixture(scope="module")
def assessment(service, some_ids):
    return assess(service, some_ids[7], {}, "en")


@pytest.mark.parametrize("field", ["AMT_CREDIT", "AMT_ANNUITY", "AMT_INCOME_TOTAL", "EXT_SOURCE_3", "CNT_CHILDREN"])
def test_each_point_is_what_score_says_of_it(service, assessment, field):
    for point in curve(service.artifact, assessment, field, "instalment").points[::9]:
        again = score(service, assess(service, assessment.applicant.applicant_id, {field: point.value}, "en"))
        assert point.probability == pytest.approx(again.probability, abs=1e-9)
        assert (point.decision, point.threshold, point.referral_band) == (
            again.decision,
            again.threshold,
            again.referral_band,
        )


def test_a_kept_term_changes_the_instalment_with_the_amount(service, assessment):
    found = curve(service.artifact, assessment, "AMT_CREDIT", "term")
    ratio = assessment.applicant.raw["AMT_CREDIT"] / assessment.applicant.raw["AMT_ANNUITY"]
    for point in found.points[::9]:
        changes = {"AMT_CREDIT": point.value, "AMT_ANNUITY": point.instalment}
        again = score(service, assess(service, assessment.applicant.applicant_id, changes, "en"))
        assert point.probability == pytest.approx(again.probability, abs=1e-9)
        # Instalments are in hundredths.
        assert point.value / point.instalment == pytest.approx(ratio, rel=1e-5)
    assert len({round(point.months, 6) for point in found.points}) == 1


def test_a_kept_instalment_changes_term_and_rate(service, assessment):
    points = curve(service.artifact, assessment, "AMT_CREDIT", "instalment").points
    assert {point.instalment for point in points} == {assessment.applicant.raw["AMT_ANNUITY"]}
    assert len({point.months for point in points}) > 10


def test_values_ascend_and_hold_the_applicants_own(service, some_ids):
    for applicant_id in some_ids[:10]:
        asked = assess(service, applicant_id, {}, "en")
        for field in ("AMT_CREDIT", "AMT_ANNUITY", "EXT_SOURCE_2", "DAYS_EMPLOYED", "OWN_CAR_AGE"):
            found = curve(service.artifact, asked, field, "instalment")
            values = [point.value for point in found.points]
            assert values == sorted(set(values))
            assert len(values) <= 62
            assert found.value is None or found.value in values
            assert all(fields()[field].minimum <= value <= fields()[field].maximum for value in values)
            own = [point.probability for point in found.points if point.value == found.value]
            assert own == pytest.approx([asked.probability] * len(own), abs=1e-9)


def test_a_mark_for_no_employment_is_no_place_on_the_curve(service, some_ids):
    changed = assess(service, some_ids[0], {"DAYS_EMPLOYED": 365_243}, "en")
    found = curve(service.artifact, changed, "DAYS_EMPLOYED", "instalment")
    assert found.value is None
    assert max(point.value for point in found.points) <= 0


def test_what_lies_outside_the_training_is_marked(service, assessment):
    low, high = service.artifact.training_range
    points = curve(service.artifact, assessment, "AMT_CREDIT", "instalment").points
    assert {point.learnt for point in points} == {True, False}
    for point in points[::6]:
        changed = assess(service, assessment.applicant.applicant_id, {"AMT_CREDIT": point.value}, "en")
        moved = changed.values != assessment.values
        outside = (changed.values < low) | (changed.values > high)
        if not (outside & ~moved & ~np.isnan(changed.values)).any():
            assert point.learnt == (not outside.any())


def test_a_field_that_the_model_does_not_read_has_a_flat_curve(service, assessment):
    name = next(
        field.name
        for field in fields().values()
        if field.editable and field.kind == "quantitative" and field.name not in service.artifact.reads
    )
    found = curve(service.artifact, assessment, name, "instalment")
    assert not found.is_read
    assert len({point.probability for point in found.points}) == 1


def test_thresholds_follow_the_amount_where_costs_do(amount_service, some_ids):
    asked = assess(amount_service, some_ids[7], {}, "en")
    points = curve(amount_service.artifact, asked, "AMT_CREDIT", "instalment").points
    assert len({point.threshold for point in points}) > 10


def test_a_new_application_has_curves(service):
    asked = assess(service, None, NEW, "en")
    assert curve(service.artifact, asked, "EXT_SOURCE_3", "instalment").value is None
    assert curve(service.artifact, asked, "AMT_CREDIT", "term").value == NEW["AMT_CREDIT"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "keep", "told"),
    [
        ("OCCUPATION_TYPE", "instalment", "OCCUPATION_TYPE ("),
        ("FLAG_EMP_PHONE", "instalment", "FLAG_EMP_PHONE ("),
        ("CNT_FAM_MEMBERS", "instalment", "CNT_FAM_MEMBERS"),
        ("AMT_CREDITS", "instalment", "AMT_CREDIT"),
        (None, "instalment", "None"),
        (["AMT_CREDIT"], "instalment", "AMT_CREDIT"),
        ("AMT_CREDIT", "both", "'both'"),
        ("AMT_CREDIT", None, "None"),
        ("AMT_ANNUITY", "term", "AMT_CREDIT"),
    ],
)
def test_what_has_no_curve_is_refused_in_words(service, some_ids, language, field, keep, told):
    with pytest.raises(InvalidInputError) as refused:
        curve(service.artifact, assess(service, some_ids[0], {}, language), field, keep)
    assert told in str(refused.value)


def test_a_term_cannot_be_kept_without_an_instalment(service, some_ids):
    asked = assess(service, some_ids[0], {"AMT_ANNUITY": None}, "en")
    with pytest.raises(InvalidInputError, match="no term to keep"):
        curve(service.artifact, asked, "AMT_CREDIT", "term")


def test_a_curve_is_quick(service, assessment):
    times = []
    for _ in range(7):
        start = process_time()
        curve(service.artifact, assessment, "AMT_CREDIT", "instalment")
        times.append(process_time() - start)
    assert min(times) < MOST_SECONDS


def test_a_term_along_the_curve_is_the_likely_term_of_its_instalment(service, assessment):
    found = curve(service.artifact, assessment, "LIKELY_TERM", "instalment")
    terms = [point.value for point in found.points]
    assert terms == sorted(terms)
    assert len(terms) > 5
    assert len({round(months) for months in terms}) == len(terms)
    own_rate = next(point.yearly_rate for point in found.points if point.value == found.value)
    for point in found.points:
        again = assess(service, assessment.applicant.applicant_id, {"AMT_ANNUITY": point.instalment}, "en")
        assert point.value == point.months == loan_terms(again.applicant).months
        assert point.probability == pytest.approx(again.probability, abs=1e-9)
        assert abs(point.yearly_rate - own_rate) <= 0.03


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_loan_without_a_rate_has_no_curve_along_its_term(service, some_ids, language):
    asked = assess(service, some_ids[0], {"AMT_ANNUITY": None}, language)
    with pytest.raises(InvalidInputError, match="AMT_ANNUITY"):
        curve(service.artifact, asked, "LIKELY_TERM", "instalment")


@pytest.mark.parametrize("field", ["AMT_CREDIT", "AMT_ANNUITY"])
def test_a_curve_of_the_loan_ends_where_its_instalments_no_longer_repay_it(service, some_ids, field):
    for applicant_id in some_ids[:10]:
        asked = assess(service, applicant_id, {}, "en")
        found = curve(service.artifact, asked, field, "instalment")
        for point in (found.points[0], found.points[-1]):
            if point.months is not None and point.value != found.value:
                lent = point.value if field == "AMT_CREDIT" else asked.applicant.raw["AMT_CREDIT"]
                # Values along the curve are rounded to steps.
                assert point.months * point.instalment >= 0.99 * lent


def test_days_along_the_curve_are_tenths_of_years_as_the_form_has_them(service, assessment):
    found = curve(service.artifact, assessment, "DAYS_EMPLOYED", "instalment")
    tenths = [round(-point.value / 365.25, 1) for point in found.points]
    assert len(set(tenths)) == len(tenths)
    assert all(
        round(-round(years * 365.25)) == point.value
        for years, point in zip(tenths, found.points, strict=True)
        if point.value != found.value
    )
