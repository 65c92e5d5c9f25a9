import json
from dataclasses import asdict

import pytest

from scoring.answers.population import POPULATIONS
from scoring.assessment.comparison import compare
from scoring.errors import InvalidInputError
from scoring.schema.fields import fields
from scoring.serving.service import assess


@pytest.fixture
def assessment(service, some_ids):
    return assess(service, some_ids[8], {}, "en")


@pytest.mark.parametrize("population", POPULATIONS)
def test_every_population_can_be_compared_with(service, assessment, population):
    found = compare(service.artifact, assessment, "AMT_CREDIT", population).population
    assert found.name == population
    assert found.size == service.artifact.population.masks[population].sum()


def test_a_quantity_has_a_percentile_and_quantiles(service, assessment):
    found = compare(service.artifact, assessment, "AMT_INCOME_TOTAL", "all")
    income = service.artifact.population.frame["AMT_INCOME_TOTAL"]
    below = 100 * ((income < found.value).mean() + (income == found.value).mean() / 2)
    assert found.percentile == pytest.approx(below)
    assert found.population.quantiles["0.5"] == pytest.approx(income.median())
    assert found.population.levels is None


def test_the_median_applicant_stands_at_fifty(service, some_ids):
    quantiles = compare(
        service.artifact, assess(service, some_ids[0], {}, "en"), "EXT_SOURCE_2", "all"
    ).population.quantiles
    median = assess(service, some_ids[0], {"EXT_SOURCE_2": quantiles["0.5"]}, "en")
    assert compare(service.artifact, median, "EXT_SOURCE_2", "all").percentile == pytest.approx(50, abs=0.1)


@pytest.mark.parametrize("characteristic", ["NAME_EDUCATION_TYPE", "FLAG_OWN_CAR", "WEEKDAY_APPR_PROCESS_START"])
def test_levels_are_described_in_words_with_their_default_rate(service, assessment, characteristic):
    found = compare(service.artifact, assessment, characteristic, "all")
    assert sum(level.share for level in found.population.levels) == pytest.approx(1)
    assert found.value in {level.level for level in found.population.levels}
    assert found.percentile is None
    assert found.population.quantiles is None


def test_the_default_rate_of_a_level_is_the_observed_one(service, assessment):
    frame = service.artifact.population.frame
    found = {
        level.level: level for level in compare(service.artifact, assessment, "FLAG_OWN_CAR", "all").population.levels
    }
    assert found["Yes"].default_rate == pytest.approx(frame.loc[frame["FLAG_OWN_CAR"] == "Y", "TARGET"].mean())


def test_a_number_of_days_is_compared_in_years(service, assessment):
    found = compare(service.artifact, assessment, "DAYS_BIRTH", "all")
    assert found.unit == "years"
    assert found.value == pytest.approx(-assessment.applicant.raw["DAYS_BIRTH"] / 365.25)


def test_every_raw_field_can_be_compared_but_the_protected(service, assessment):
    for name, field in fields().items():
        if field.protected:
            with pytest.raises(InvalidInputError, match=name):
                compare(service.artifact, assessment, name, "accepted")
        else:
            assert compare(service.artifact, assessment, name, "accepted").characteristic == name


def test_every_feature_of_the_model_can_be_compared(service, assessment):
    for item in service.artifact.model.features:
        found = compare(service.artifact, assessment, item.feature.name, "just_accepted")
        assert found.label == item.feature.label.en
        json.dumps(asdict(found), allow_nan=False)


def test_a_value_that_is_not_on_file_has_no_percentile(service, some_ids):
    found = compare(service.artifact, assess(service, some_ids[0], {"OWN_CAR_AGE": None}, "en"), "OWN_CAR_AGE", "all")
    assert found.value is None
    assert found.percentile is None


def test_an_edit_moves_the_applicant_in_the_population(service, some_ids):
    low, high = (assess(service, some_ids[0], {"AMT_CREDIT": amount}, "en") for amount in (50_000, 2_000_000))
    assert (
        compare(service.artifact, low, "AMT_CREDIT", "all").percentile
        < compare(service.artifact, high, "AMT_CREDIT", "all").percentile
    )


@pytest.mark.parametrize("characteristic", ["NOTHING", "", None, 3, ["AMT_CREDIT"]])
def test_an_unknown_characteristic_is_refused(service, assessment, characteristic):
    with pytest.raises(InvalidInputError, match="characteristic"):
        compare(service.artifact, assessment, characteristic, "all")


@pytest.mark.parametrize("population", ["everybody", None, 3, ["all"]])
def test_an_unknown_population_is_refused_naming_those_known(service, assessment, population):
    with pytest.raises(InvalidInputError, match="just_accepted"):
        compare(service.artifact, assessment, "AMT_CREDIT", population)
