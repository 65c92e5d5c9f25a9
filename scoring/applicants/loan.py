"""The terms of a loan: how long it lasts, what it costs a year, and what is repaid in all."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.applicants.applicant import Applicant
from scoring.arrays import or_none
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, INSTALMENT, RATE, TERM


@dataclass(frozen=True)
class LoanTerms:
    """Amount and instalment, with the likely term in months and the yearly rate that follow; None if not known."""

    amount: float | None
    instalment: float | None
    months: float | None
    yearly_rate: float | None

    @property
    def total(self) -> float | None:
        """What is repaid in all: the instalment, as often as the likely term has months."""
        return None if self.instalment is None or self.months is None else self.instalment * self.months

    @property
    def interest(self) -> float | None:
        """What is repaid beyond the amount; negative if the instalments would not repay it."""
        return None if self.total is None or self.amount is None else self.total - self.amount


def loan_terms(applicant: Applicant) -> LoanTerms:
    """The terms of the loan that an applicant asks for."""
    columns = applicant.columns()
    found = (columns[CREDIT], columns[INSTALMENT], FORMULAS[TERM](columns), FORMULAS[RATE](columns))
    return LoanTerms(*(or_none(value[0]) for value in found))
