"""The terms that a made-up lender sells, all at one price."""

import numpy as np

MOST_TO_FIND = 1.0


def prices():
    return np.array([12.0, 60.0]), np.array([0.05, 0.05])


def lowest_rate(months):
    return np.full_like(months, 0.05)
