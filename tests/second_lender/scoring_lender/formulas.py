"""The derived features of a made-up lender."""

import numpy as np

from scoring.interest import yearly_interest
from scoring.units import DAYS_PER_YEAR

ELDERLY = 62
SELECTED_BELOW = 25
PAID_OVER_SUM = 1.1


def ages(columns):
    return -columns["BORN"] / DAYS_PER_YEAR


def at_age(columns, years):
    return {**columns, "BORN": np.full_like(columns["BORN"], -years * DAYS_PER_YEAR)}


def _sum_over_monthly(columns):
    return columns["SUM_WANTED"] / columns["MONTHLY"]


def _months(columns):
    return _sum_over_monthly(columns) * PAID_OVER_SUM


def _over_wage(name):
    return lambda columns: columns[name] / np.where(columns["WAGE"] > 0, columns["WAGE"], np.nan)


FORMULAS = {
    "YEARS": ages,
    "SUM_TO_WAGE": _over_wage("SUM_WANTED"),
    "PLAN_MONTHS": _months,
    "PLAN_RATE": lambda columns: yearly_interest(_sum_over_monthly(columns), _months(columns)),
    "OWED_TO_WAGE": _over_wage("accounts_owed_sum"),
}
