"""The terms of a loan: what follows from amount and instalment, and what is not known of it."""

from __future__ import annotations

import pytest

from scoring.applicants.loan import LoanTerms, loan_terms


def test_the_total_is_the_instalment_as_often_as_there_are_months():
    terms = LoanTerms(amount=200_000, instalment=10_000, months=24, yearly_rate=0.18)
    assert (terms.total, terms.interest) == (240_000, 40_000)


def test_what_is_not_known_has_no_total():
    assert LoanTerms(200_000, None, 24, None).total is None
    assert LoanTerms(None, 10_000, 24, None).interest is None


def test_an_applicants_loan_has_its_likely_term_and_rate(applicants, some_ids):
    applicant = applicants.find(some_ids[7])
    terms = loan_terms(applicant)
    assert (terms.amount, terms.instalment) == (applicant.raw["AMT_CREDIT"], applicant.raw["AMT_ANNUITY"])
    # The rate at which so many instalments repay the amount.
    monthly = terms.yearly_rate / 12
    assert terms.instalment * (1 - (1 + monthly) ** -terms.months) / monthly == pytest.approx(terms.amount, rel=1e-4)
