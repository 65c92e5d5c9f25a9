"""Simulated drifts: each is found, alone among the raw fields, and the change is put into words."""

import numpy as np
import pandas as pd
import pytest

from scoring.drift.words import changes_in_words
from scoring.words.wording import percent
from tests.training.drift.people import population
from training.drift.changes import changes, other_unit
from training.drift.populations import raw_columns
from training.drift.shift import shifts

NOT_EMPLOYED = 365_243


def found(reference, current):
    """What changed in words, by the name of each raw field that drifted."""
    columns = raw_columns(population(reference), population(current))
    return {
        column.name: changes_in_words(changes(column), "en")
        for column, shift in zip(columns, shifts(columns), strict=True)
        if shift.drifted
    }


def test_nothing_is_found_where_nothing_changed(halves):
    assert found(*halves) == {}


def test_a_shifted_income(halves):
    reference, current = halves
    told = found(reference, current.assign(AMT_INCOME_TOTAL=current["AMT_INCOME_TOTAL"] * 1.3))
    before = f"{reference['AMT_INCOME_TOTAL'].median():,.0f}"
    assert told.keys() == {"AMT_INCOME_TOTAL"}
    assert f"the median went from {before} to" in told["AMT_INCOME_TOTAL"]


def test_a_mark_for_not_employed_that_became_null(halves):
    reference, current = halves
    days = current["DAYS_EMPLOYED"].where(current["DAYS_EMPLOYED"] != NOT_EMPLOYED)
    told = found(reference, current.assign(DAYS_EMPLOYED=days))
    assert told.keys() == {"DAYS_EMPLOYED"}
    assert "missing values went from 0.0% to " in told["DAYS_EMPLOYED"]
    before = (reference["DAYS_EMPLOYED"] == NOT_EMPLOYED).mean()
    assert (
        f"the value {NOT_EMPLOYED} went from {percent(before, 'en')} to 0.0% of the applicants" in told["DAYS_EMPLOYED"]
    )


def test_a_mark_for_not_employed_that_became_another(halves):
    reference, current = halves
    told = found(reference, current.assign(DAYS_EMPLOYED=current["DAYS_EMPLOYED"].replace(NOT_EMPLOYED, 0)))
    assert f"the value {NOT_EMPLOYED} went from" in told["DAYS_EMPLOYED"]
    assert "the value 0 went from 0.0% to" in told["DAYS_EMPLOYED"]


def test_a_new_category(halves):
    reference, current = halves
    jobs = current["OCCUPATION_TYPE"].where(np.arange(len(current)) % 20 != 0, "Drone pilots")
    told = found(reference, current.assign(OCCUPATION_TYPE=jobs))
    assert told == {"OCCUPATION_TYPE": "the level Drone pilots, unseen in the reference, is held by 5.0%"}


def test_a_column_of_nulls(halves):
    reference, current = halves
    empty = current.assign(EXT_SOURCE_2=np.nan, OCCUPATION_TYPE=pd.Series([None] * len(current), dtype="str"))
    told = found(reference, empty)
    assert told.keys() == {"EXT_SOURCE_2", "OCCUPATION_TYPE"}
    assert all("every value is missing now" in words for words in told.values())


@pytest.mark.parametrize(
    ("name", "swap", "unit"),
    [
        ("DAYS_BIRTH", lambda days: (days / 365.25).round(), "years in place of days"),
        ("DAYS_BIRTH", lambda days: (-days / 365.25).astype(int), "years in place of days"),
        ("DAYS_REGISTRATION", lambda days: days / 30.4375, "months in place of days"),
        ("DAYS_LAST_PHONE_CHANGE", lambda days: -days, "the same values with the other sign"),
        ("AMT_CREDIT", lambda amount: amount / 1_000, "thousands in place of units"),
        ("AMT_ANNUITY", lambda amount: amount * 1_000, "units in place of thousands"),
        ("OWN_CAR_AGE", lambda years: years * 12, "months in place of years"),
    ],
)
def test_a_swapped_unit(halves, name, swap, unit):
    reference, current = halves
    told = found(reference, current.assign(**{name: swap(current[name])}))
    assert told.keys() == {name}
    assert f"values look like {unit}: the median went from" in told[name]


def test_a_swapped_unit_is_named_beside_the_mark_that_was_swapped_with_it(halves):
    reference, current = halves
    told = found(reference, current.assign(DAYS_EMPLOYED=current["DAYS_EMPLOYED"] / 365.25))
    assert "years in place of days" in told["DAYS_EMPLOYED"]


def test_other_applicants_are_no_other_unit():
    rng = np.random.default_rng(2)
    assert other_unit(rng.lognormal(size=500), 3 * rng.lognormal(size=500)) is None
    assert other_unit(np.zeros(500), np.ones(500)) is None


def test_a_wider_spread_around_the_same_median_is_named(halves):
    reference, current = halves
    middle = current["EXT_SOURCE_2"].median()
    wider = middle + 1.6 * (current["EXT_SOURCE_2"] - middle)
    assert (
        "the distance from the first to the last decile went from"
        in found(reference, current.assign(EXT_SOURCE_2=wider))["EXT_SOURCE_2"]
    )
