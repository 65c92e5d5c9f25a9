"""The annual interest rate implied by annuity, term and amount: a closed form and two Newton steps."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.lender.terms import LEAST_PAID_OVER_CREDIT, MONTHS_PER_YEAR, MOST_PAID_OVER_CREDIT, NEWTON_STEPS
from training.lender.history.compose import quotient


def with_interest(rows: ir.Table) -> ir.Table:
    """Adds the total repayment over the credit (`paid_over_credit`) and the nominal annual `rate`.

    The monthly rate i solves credit = annuity * (1 - (1 + i)**-term) / i; the annual rate is twelve times that. The
    start is Baily's approximation (Francis Baily, The Doctrine of Interest and Annuities, 1808), off by up to 1.4 % of
    the rate here; two Newton steps bring the annual rate to within 1e-6. The rate is 0 if the repayment does not exceed
    the credit. It is missing if the repayment exceeds `MOST_PAID_OVER_CREDIT` times the credit, or if amount, annuity
    or term is missing or 0 (revolving credit has no term).
    """
    paid = quotient(rows.AMT_ANNUITY.nullif(0) * rows.CNT_PAYMENT.nullif(0), rows.AMT_CREDIT)
    solvable = (paid > LEAST_PAID_OVER_CREDIT) & (paid <= MOST_PAID_OVER_CREDIT)
    rows = rows.mutate(paid_over_credit=paid, solvable=solvable.ifelse(paid, ibis.null("float64")))
    # A separate selection for each step keeps the expression from growing exponentially.
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
