"""Balanced draws keep each row's probability, and the expected sums of the columns."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from training.synthetic.balanced import draw_balanced, draw_systematic


def levels(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """A column for each level, 1 for the rows that have it."""
    return np.eye(count)[rng.integers(0, count, rows)]


def test_each_row_is_drawn_with_its_own_probability() -> None:
    rng = np.random.default_rng(1)
    probability = rng.uniform(0.05, 0.6, 24)
    columns = csr_matrix(np.column_stack([levels(rng, 24, 3), rng.normal(size=24)]))
    draws = 1_000

    drawn = np.mean([draw_balanced(probability, columns, rng) for _ in range(draws)], axis=0)

    error = np.sqrt(probability * (1 - probability) / draws)
    assert (np.abs(drawn - probability) < 4.5 * error).all()


def test_every_level_of_two_fields_gets_the_events_expected_of_it() -> None:
    rng = np.random.default_rng(2)
    columns = np.column_stack([levels(rng, 3_000, 6), levels(rng, 3_000, 5)])
    probability = rng.uniform(0.01, 0.3, 3_000)

    drawn = draw_balanced(probability, csr_matrix(columns), rng)

    # The levels of the two fields have ten independent columns, so that at most ten rows are drawn last.
    assert np.abs(columns.T @ (drawn - probability)).max() < 3
    assert np.sqrt(columns.T @ (probability * (1 - probability))).min() > 7  # what independent draws would miss it by


def test_a_number_keeps_its_mean_among_those_drawn() -> None:
    rng = np.random.default_rng(3)
    number = rng.normal(size=3_000)
    probability = np.full(3_000, 0.08)

    drawn = draw_balanced(probability, csr_matrix(np.column_stack([np.ones(3_000), number])), rng)

    assert drawn.sum() == pytest.approx(240, abs=1)
    assert number @ drawn == pytest.approx(0.08 * number.sum(), abs=4)  # independent draws: a standard error of 15


def test_a_column_twice_is_balanced_as_once() -> None:
    rng = np.random.default_rng(4)
    once = levels(rng, 500, 4)
    probability = rng.uniform(0.1, 0.5, 500)

    first, second = (
        draw_balanced(probability, csr_matrix(columns), np.random.default_rng(5))
        for columns in (once, np.column_stack([once, once]))
    )

    np.testing.assert_array_equal(first, second)


def test_systematic_draws_give_any_run_of_rows_its_total() -> None:
    rng = np.random.default_rng(6)
    probability = rng.uniform(0, 1, 200)

    drawn = draw_systematic(probability, rng)

    gap = np.cumsum(drawn - probability)
    assert set(drawn) == {0, 1}
    assert gap.max() - gap.min() < 1 + 1e-9
