"""The likely cause of many values that are not allowed is named, and nothing is guessed where there is none."""

import pytest

from scoring.checks.cause import likely_cause
from scoring.schema.fields import fields


@pytest.mark.parametrize(
    ("name", "values", "cause"),
    [
        ("EXT_SOURCE_1", [43.2, 51.0, 7.5, 88.1], "percent"),
        ("DAYS_BIRTH", [12_000, 15_432, 9_001], "the sign is turned"),
        ("DAYS_BIRTH", [-33, -51, -42], "years"),
        ("DAYS_BIRTH", [33, 51, 42], "years"),
        ("EXT_SOURCE_1", [-999, -999, -999], "-999 in place of a missing value"),
        ("AMT_CREDIT", [0, 0, 0], "0 in place of a missing value"),
        ("DAYS_BIRTH", [365_243, 365_243], "365243 in place of a missing value"),
        ("NAME_INCOME_TYPE", ["working", "pensioner"], "another case"),
        ("NAME_INCOME_TYPE", ["Working ", " Pensioner"], "blanks"),
        ("NAME_INCOME_TYPE", ["3", "0", "1"], "codes in place of names"),
        ("NAME_INCOME_TYPE", ["State-servant", "State_servant"], "other signs"),
        ("NAME_INCOME_TYPE", ["nan", "NULL"], "missing value"),
    ],
)
def test_what_the_values_have_in_common_is_named(name, values, cause):
    assert cause in likely_cause(fields()[name], values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("NAME_INCOME_TYPE", ["Astronaut", "Drone pilot"]),
        ("AMT_CREDIT", ["much", "little"]),
        ("AMT_CREDIT", [None]),
        ("CNT_CHILDREN", [1.5, 2.5]),
        ("EXT_SOURCE_1", [43.2, -5.0, 1e9]),
    ],
)
def test_no_cause_is_guessed(name, values):
    assert likely_cause(fields()[name], values) == ""
