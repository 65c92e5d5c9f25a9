"""What a plan asks of an applicant, in the applicant's own terms: money now, by month, and in all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Columns, Floats, or_none
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, GOODS, INSTALMENT, RATE, TERM

UNKNOWN = np.array([np.nan])


@dataclass(frozen=True)
class Burdens:
    """The burden of each of n candidates, in currency; arrays of shape (n,), NaN where it is not known.

    Args:
        now: money to find: paid down on the goods, and what changes of the history cost.
        less: how much less the loan buys, or pays out where it buys no goods.
        per_month: the instalment less the present one.
        total: the instalments of the whole term less those of the present loan.
        months: the likely term of the new loan.
        rate: its likely yearly interest.
    """

    now: Floats
    less: Floats
    per_month: Floats
    total: Floats
    months: Floats
    rate: Floats

    @property
    def in_all(self) -> Floats:
        """By which plans are ordered: money to find now, what the loan buys less, and what is repaid more."""
        return self.now + self.less + np.fmax(self.total, 0)


def burdens(own: Columns, columns: Columns, history_costs: Floats) -> Burdens:
    """The burden of each candidate.

    Args:
        own: the application as it is, arrays of length 1.
        columns: the candidates, arrays of length n.
        history_costs: what each pays for changes of the history, shape (n,).
    """
    credit, goods = own[CREDIT], own.get(GOODS, UNKNOWN)
    now_goods = columns.get(GOODS, UNKNOWN)
    # What is financed of the goods stays so in proportion; a loan may exceed their price by an insurance.
    share = np.minimum(goods / credit, 1)
    down = np.fmax((credit * now_goods / goods - columns[CREDIT]) * share, 0)
    less = np.where(np.isnan(goods), credit - columns[CREDIT], goods - now_goods)
    months = FORMULAS[TERM](columns)
    total = columns[INSTALMENT] * months - own[INSTALMENT] * FORMULAS[TERM](own)
    return Burdens(
        now=history_costs + np.nan_to_num(down),
        less=np.asarray(less, dtype=np.float64),
        per_month=columns[INSTALMENT] - own[INSTALMENT],
        total=total,
        months=months,
        rate=FORMULAS[RATE](columns),
    )


def known(values: Floats, place: int) -> float | None:
    """One of the values; None if it is not known."""
    return or_none(values[place])


def lowers_rate(own: Columns, rates: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Which of these yearly rates are below the application's own."""
    return np.asarray(rates < FORMULAS[RATE](own) - tolerance)
