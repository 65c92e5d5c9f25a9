"""Traits of made-up applicants: what the application shows of them, and what only histories show."""

import numpy as np
import pytest

from training.lender.synthetic.applicants import Applicants, make_applicants


@pytest.fixture(scope="module")
def people() -> Applicants:
    n = 3_000
    return make_applicants(np.arange(n), np.zeros(n, dtype=bool), np.full(n, None), np.random.default_rng(3))


def test_parts_weighed_equally_are_the_trait(people: Applicants) -> None:
    assert people.worth(1.0, 1.0) == pytest.approx(people.creditworthiness)
    assert people.trouble(1.0, 1.0) == pytest.approx(people.strain - people.creditworthiness)


def test_the_hidden_part_does_not_follow_from_the_shown_one(people: Applicants) -> None:
    shown, hidden = people.trouble(1.0, 0.0), people.trouble(0.0, 1.0)

    assert abs(np.corrcoef(shown, hidden)[0, 1]) < 0.06
    assert hidden == pytest.approx(people.hidden_strain - people.hidden_creditworthiness)
