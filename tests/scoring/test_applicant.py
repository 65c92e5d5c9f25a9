import math

import numpy as np
import pytest

from scoring.applicant import (
    checked_changes,
    checked_id,
    checked_language,
    edited,
    new_applicant,
    quoted,
)
from scoring.errors import InvalidInputError

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}

REFUSED = [
    ({"NO_SUCH_FIELD": 1}, ["NO_SUCH_FIELD"]),
    ({"AMT_CREDITS": 1}, ["AMT_CREDITS", "AMT_CREDIT"]),
    ({"AMT_CREDIT": "a lot"}, ["AMT_CREDIT", "a lot", "1"]),
    ({"AMT_CREDIT": -5}, ["AMT_CREDIT", "-5", "1"]),
    ({"AMT_CREDIT": 0}, ["AMT_CREDIT", "0"]),
    ({"AMT_CREDIT": 10**400}, ["AMT_CREDIT", "1,000,000,000"]),
    ({"AMT_CREDIT": math.nan}, ["AMT_CREDIT", "nan"]),
    ({"AMT_CREDIT": math.inf}, ["AMT_CREDIT", "inf"]),
    ({"AMT_CREDIT": [1, 2]}, ["AMT_CREDIT", "[1, 2]"]),
    ({"AMT_CREDIT": {"a": 1}}, ["AMT_CREDIT", "'a'"]),
    ({"AMT_CREDIT": True}, ["AMT_CREDIT", "True"]),
    ({"AMT_CREDIT": None}, ["AMT_CREDIT", "None"]),
    ({"CNT_CHILDREN": 1.5}, ["CNT_CHILDREN", "1.5"]),
    ({"DAYS_BIRTH": 12_000}, ["DAYS_BIRTH", "12000", "-36,525"]),
    ({"NAME_INCOME_TYPE": "Astronaut"}, ["NAME_INCOME_TYPE", "Astronaut", "Working"]),
    ({"NAME_INCOME_TYPE": 3}, ["NAME_INCOME_TYPE", "3", "Working"]),
    ({"NAME_INCOME_TYPE": ["Working"]}, ["NAME_INCOME_TYPE", "Working"]),
    ({"FLAG_OWN_CAR": "yes"}, ["FLAG_OWN_CAR", "yes", "Y"]),
    ({"FLAG_PHONE": 2}, ["FLAG_PHONE", "2", "1"]),
    ({3: 4}, ["3"]),
    ([1, 2], ["[1, 2]"]),
    ("AMT_CREDIT=3", ["AMT_CREDIT=3"]),
    ({f"field {place}": 1 for place in range(100_000)}, ["100000"]),
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("changes", "told"), REFUSED)
def test_a_change_that_is_not_allowed_is_named_with_what_is(changes, told, language):
    with pytest.raises(InvalidInputError) as refused:
        checked_changes(changes, language)
    shown = told if language == "en" else told[:1]
    assert all(words in str(refused.value) for words in shown), str(refused.value)
    assert len(str(refused.value)) < 1_000


def test_allowed_changes_pass_unchanged():
    changes = {"AMT_CREDIT": 1e6, "NAME_INCOME_TYPE": "Working", "OWN_CAR_AGE": None, "CNT_CHILDREN": 2}
    assert checked_changes(changes, "en") == changes
    assert checked_changes(None, "en") == {}


def test_a_mark_of_the_lender_is_allowed():
    assert checked_changes({"DAYS_EMPLOYED": 365243, "AMT_INCOME_TOTAL": 117_000_000}, "en")


def test_ten_megabytes_are_quoted_in_a_few_words():
    assert len(quoted("x" * 10_000_000)) < 100
    assert len(quoted(list(range(1_000_000)))) < 100


@pytest.mark.parametrize("sent", ["100001", 1.5, True, [100001], math.nan, {}])
def test_an_id_that_is_no_whole_number_is_refused(sent):
    with pytest.raises(InvalidInputError):
        checked_id(sent, "en")


@pytest.mark.parametrize(("sent", "expected"), [(None, None), (5, 5), (5.0, 5)])
def test_an_id_is_a_whole_number_or_nothing(sent, expected):
    assert checked_id(sent, "en") == expected


@pytest.mark.parametrize("sent", ["de", "", None, 3, ["en"]])
def test_an_unknown_language_is_refused_naming_those_spoken(sent):
    with pytest.raises(InvalidInputError, match=r"en.*fr"):
        checked_language(sent)


def test_edits_leave_the_applicant_on_file_as_it_is():
    applicant = new_applicant(())
    changed = edited(applicant, NEW, "en")
    assert changed.raw["AMT_CREDIT"] == 300_000
    assert applicant.raw["AMT_CREDIT"] is None


@pytest.mark.parametrize("name", sorted(NEW))
def test_a_new_application_needs_every_required_field(name):
    with pytest.raises(InvalidInputError, match=name):
        edited(new_applicant(()), {key: value for key, value in NEW.items() if key != name}, "en")


def test_columns_hold_numbers_and_words_apart():
    columns = edited(new_applicant(()), {**NEW, "NAME_INCOME_TYPE": "Working"}, "en").columns()
    assert columns["AMT_CREDIT"].dtype == np.float64
    assert columns["NAME_INCOME_TYPE"].tolist() == ["Working"]
    assert np.isnan(columns["OWN_CAR_AGE"][0])
