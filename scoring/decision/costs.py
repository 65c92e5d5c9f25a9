"""The cost of wrong decisions: two functions, one interface.

Each gives, for every applicant, the cost of a wrong approval (C_FA, a loan that meets payment difficulties) and of a
wrong refusal (C_FR, a good applicant turned away). `RatioCosts` is the same for all applicants; `AmountCosts` is in
currency and depends on the requested loan. Refusing costs less than approving where

    p * C_FA > (1 - p) * C_FR,   that is, p > C_FR / (C_FR + C_FA)   (Elkan, 2001).

Raw fields are arrays by name, as `scoring.schema.features` takes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.answers.applicant import CostUnit
from scoring.arrays import Columns, Floats
from scoring.decision.parameters import check_parameter
from scoring.lender.roles import CREDIT, INSTALMENT
from scoring.units import MONTHS_PER_YEAR

CostFunction = Literal["ratio", "amount"]
COST_FUNCTIONS: tuple[CostFunction, ...] = ("ratio", "amount")

COST_FIELDS = (CREDIT, INSTALMENT)

# The field table's own minimum; it also stands for an amount that is not on file.
LEAST_CREDIT = 1.0
# Credit over instalment if no instalment is on file: a revolving limit's is 20 by the lender's own terms (3,827 of
# the real sample's applications), the median over all of them 19.2.
USUAL_CREDIT_TO_INSTALMENT = 20.0
# Floors, as shares of the credit: a good loan earns at least this much ...
LEAST_MARGIN = 0.01
# ... and a defaulter still owes at least half of it, since the outcome is trouble with one of the first instalments.
LEAST_EXPOSURE = 0.50


@dataclass(frozen=True, eq=False)
class ErrorCosts:
    """The cost of each error for each applicant; both arrays have shape (n,), are positive and finite."""

    false_approval: Floats
    false_refusal: Floats

    def threshold(self, k: float = 1.0) -> Floats:
        """The probability of default whose odds are k * C_FR / C_FA, shape (n,); k = 1 is theory."""
        return k * self.false_refusal / (k * self.false_refusal + self.false_approval)

    def realised(self, outcomes: Floats, refused: NDArray[np.bool_]) -> float:
        """The mean cost of decisions, given the outcomes (1: payment difficulties, else 0), both of shape (n,)."""
        return float(losses(self, outcomes, refused).mean())


@dataclass(frozen=True)
class RatioCosts:
    """The same costs for everybody, in units of one wrong refusal.

    Raises:
        InvalidInputError: a cost is not a number from a millionth to a million.
    """

    name: ClassVar[CostFunction] = "ratio"
    unit: ClassVar[CostUnit] = "refusals"

    false_approval: float = 10.0
    false_refusal: float = 1.0

    def __post_init__(self) -> None:
        for name in ("false_approval", "false_refusal"):
            check_parameter("Costs", name, getattr(self, name), 1e-6, 1e6)

    @property
    def ratio(self) -> float:
        """How many wrong refusals cost as much as one wrong approval."""
        return self.false_approval / self.false_refusal

    @property
    def theoretical_threshold(self) -> float:
        """The cost-optimal threshold for calibrated probabilities (Elkan, 2001): C_FR / (C_FR + C_FA)."""
        return self.threshold(1.0)

    def threshold(self, k: float) -> float:
        """The common threshold, in the form of `ErrorCosts.threshold`."""
        return k * self.false_refusal / (k * self.false_refusal + self.false_approval)

    def per_applicant(self, columns: Columns) -> ErrorCosts:
        """The costs of each applicant whose raw fields are in `columns`."""
        shape = columns[CREDIT].shape
        return ErrorCosts(np.full(shape, float(self.false_approval)), np.full(shape, float(self.false_refusal)))


@dataclass(frozen=True)
class AmountCosts:
    """Costs in the currency of the loan, from its amount and instalment.

    A wrong refusal loses the interest margin, instalment * term - credit, less the lender's cost of funding. Both
    accrue on the same outstanding balance, so that funding takes the share `funding_rate / lending_rate` of it. The
    application does not state the term: see `implied_term`. A wrong approval loses
    `loss_given_default` times the credit less the instalments repaid before. Floors: `LEAST_MARGIN`,
    `LEAST_EXPOSURE`. A revolving loan counts as its limit, drawn in full and repaid by its minimum instalment.

    Args:
        lending_rate: interest per year. 0.32: mean implied by credit, instalment and number of payments of the 7,308
            approved cash loans among the real sample's earlier applications, weighted by credit and to the
            applications' mix of credit over instalment.
        funding_rate: what the lender pays per year for the money. 0.08: an assumption, a quarter of the lending rate
            as in Correa Bahnsen, Aouada and Ottersten, 2014 (16.5 % of 63 %); put your own in its place.
        loss_given_default: share of what is owed at default that is lost for good. 0.75: the same source.
        repaid_instalments: instalments paid before default. 6: median, instalments due less those missed, of the 86
            loans of the real sample whose monthly statuses run from their start to 90 days past due.
        longest_term: months after which any loan ends. 60: the longest among those approved cash loans.

    Raises:
        InvalidInputError: a parameter is not allowed; the message names it, its value and what is allowed.
    """

    name: ClassVar[CostFunction] = "amount"
    unit: ClassVar[CostUnit] = "currency"

    lending_rate: float = 0.32
    funding_rate: float = 0.08
    loss_given_default: float = 0.75
    repaid_instalments: float = 6.0
    longest_term: float = 60.0

    def __post_init__(self) -> None:
        check_parameter("Costs", "lending_rate", self.lending_rate, 0.001, 10.0)
        check_parameter("Costs", "funding_rate", self.funding_rate, 0.0, self.lending_rate)
        check_parameter("Costs", "loss_given_default", self.loss_given_default, 0.01, 1.0)
        check_parameter("Costs", "longest_term", self.longest_term, 1.0, 600.0)
        check_parameter("Costs", "repaid_instalments", self.repaid_instalments, 0.0, self.longest_term)

    def per_applicant(self, columns: Columns) -> ErrorCosts:
        """The costs of each applicant whose raw fields are in `columns`."""
        credit = np.fmax(columns[CREDIT], LEAST_CREDIT)
        stated = columns[INSTALMENT]
        instalment = np.where(stated > 0, stated, credit / USUAL_CREDIT_TO_INSTALMENT)
        interest = instalment * implied_term(credit, instalment, self.lending_rate, self.longest_term) - credit
        margin = interest * (1 - self.funding_rate / self.lending_rate)
        exposure = credit - self.repaid_instalments * instalment
        return ErrorCosts(
            self.loss_given_default * np.maximum(exposure, LEAST_EXPOSURE * credit),
            np.maximum(margin, LEAST_MARGIN * credit),
        )


Costs = RatioCosts | AmountCosts


def losses(costs: ErrorCosts | RatioCosts, outcomes: NDArray, refused: NDArray[np.bool_]) -> Floats:
    """The cost of each decision, given the outcomes (1: payment difficulties, else 0), all of shape (n,)."""
    return np.where(refused, (1 - outcomes) * costs.false_refusal, outcomes * costs.false_approval)


@dataclass(frozen=True)
class CostFunctions:
    """Both cost functions with a lender's parameters, and which of them decides."""

    ratio: RatioCosts = RatioCosts()
    amount: AmountCosts = AmountCosts()
    served: CostFunction = "ratio"


def implied_term(credit: Floats, instalment: Floats, yearly_rate: float, longest: float) -> Floats:
    """The number of monthly instalments that repay a credit at a rate, from the annuity equation

        credit = instalment * (1 - (1 + i) ** -n) / i,   i = yearly_rate / 12,

    at most `longest`, which also holds where the instalment does not even cover the interest; shape (n,).
    """
    rate = yearly_rate / MONTHS_PER_YEAR
    with np.errstate(divide="ignore"):
        term = -np.log1p(-np.minimum(rate * credit / instalment, 1.0)) / np.log1p(rate)
    return np.minimum(term, longest)


def cost_columns(frame: pd.DataFrame) -> Mapping[str, NDArray]:
    """The raw fields that costs depend on, of every row of a frame."""
    return {name: frame[name].to_numpy(dtype=np.float64) for name in COST_FIELDS}
