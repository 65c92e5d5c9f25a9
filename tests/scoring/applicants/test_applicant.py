import numpy as np
import pytest

from scoring.applicants.applicant import edited, new_applicant
from scoring.errors import InvalidInputError

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


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
