"""The yearly interest rate that an annuity, a term and an amount imply: a closed form and two Newton steps."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.lender.terms import LEAST_PAID_OVER_CREDIT, MONTHS_PER_YEAR, MOST_PAID_OVER_CREDIT, NEWTON_STEPS
from training.lender.history.compose import quotient


def with_interest(rows: ir.Table) -> ir.Table:
    """The applications with what is paid over the credit (`paid_over_credit`) and the nominal yearly `rate`.

    The monthly rate i solves credit = annuity * (1 - (1 + i)**-term) / i; the yearly rate is twelve times as much. It
    starts from Baily's approximation (Francis Baily, The Doctrine of Interest and Annuities, 1808: off by up to 1.4 %
    of the rate here), which two Newton steps bring to within 1e-6 of the yearly rate. The rate is 0 where no more than
    the credit is paid, and missing where over `MOST_PAID_OVER_CREDIT` times the credit is, or where amount, annuity or
    term is missing or 0 (revolving credit has no term).
    """
    paid = quotient(rows.AMT_ANNUITY.nullif(0) * rows.CNT_PAYMENT.nullif(0), rows.AMT_CREDIT)
    solvable = (paid > LEAST_PAID_OVER_CREDIT) & (paid <= MOST_PAID_OVER_CREDIT)
    rows = rows.mutate(paid_over_credit=paid, solvable=solvable.ifelse(paid, ibis.null("float64")))
    # Each step is a selection of its own, so that the expression grows by a step and not by its square.
    rows = rows.mutate(monthly_rate=rows.solvable ** (2 / (rows.CNT_PAYMENT + 1)) - 1)
    spread = (rows.CNT_PAYMENT - 1) * rows.monthly_rate
    rows = rows.mutate(monthly_rate=rows.monthly_rate * (12 - spread) / (12 - 2 * spread))
    for _step in range(NEWTON_STEPS):
        rows = _newton(rows)
    no_interest = rows.paid_over_credit <= LEAST_PAID_OVER_CREDIT
    rate = no_interest.ifelse(0.0, rows.monthly_rate * MONTHS_PER_YEAR)
    return rows.mutate(rate=rate).drop("monthly_rate", "solvable")


def _newton(rows: ir.Table) -> ir.Table:
    """One Newton step on (1 - (1 + i)**-term) / i = credit / annuity."""
    rows = rows.mutate(discount=(1 + rows.monthly_rate) ** -rows.CNT_PAYMENT)
    worth = (1 - _.discount) / _.monthly_rate
    slope = (_.CNT_PAYMENT * _.discount / (1 + _.monthly_rate) - worth) / _.monthly_rate
    step = (worth - _.CNT_PAYMENT / _.solvable) / slope
    return rows.mutate(monthly_rate=_.monthly_rate - step).drop("discount")
