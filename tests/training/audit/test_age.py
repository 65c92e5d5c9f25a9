import numpy as np

from scoring.units import DAYS_PER_YEAR
from training.audit.age import YOUNGER, age_check


class Ageist:
    """A model of which the risk is the age alone, rising by so much a year."""

    def __init__(self, rise):
        self.rise = rise
        self.features = ()

    def log_odds(self, matrix, threads):
        return self.rise * matrix


def checked(rise, years, monkeypatch):
    monkeypatch.setattr("training.audit.age.feature_matrix", lambda columns, _: -columns["DAYS_BIRTH"] / DAYS_PER_YEAR)
    return age_check(Ageist(rise), {"DAYS_BIRTH": -DAYS_PER_YEAR * np.array(years)})


def test_each_applicant_scored_down_for_their_age_is_counted_once(monkeypatch):
    found = checked(0.1, [30.0, 61.9, 62.5, 70.0], monkeypatch)
    assert (found.applicants, found.better, found.ages) == (2, 2, list(YOUNGER))


def test_a_model_that_favours_age_passes(monkeypatch):
    assert checked(-0.1, [30.0, 62.5, 70.0], monkeypatch).better == 0


def test_nobody_old_is_nobody_wronged(monkeypatch):
    assert checked(0.1, [30.0], monkeypatch).applicants == 0
