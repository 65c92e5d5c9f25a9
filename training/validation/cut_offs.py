"""What each cut-off would approve, refer, lend, lose and cost.

A cut-off is a multiple k of each loan's theoretical odds (`scoring.decision.rule`); under the cost ratio that is one
probability for everybody. Referred are those within the served rule's band, moved along with the cut-off; they count as
approved or refused by the side on which they are. Amounts are in currency by the cost function of amounts, whose
parameters are the lender's: expected loss is probability times loss given default times what is owed at default.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.answers.applicant import CostUnit
from scoring.arrays import Floats
from scoring.artifact.model import log_odds_of
from scoring.decision.costs import RatioCosts, cost_columns
from scoring.lender.roles import CREDIT
from scoring.validation import Form, Section
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section

WHO = "Approved and refused are by the cut-off alone; referred are those near it, on either side."
UNITS: dict[CostUnit, str] = {"refusals": "wrong refusals", "currency": "the loans' currency"}
HOW = (
    "k is the cut-off as a multiple of the odds at which, in theory, approving a loan costs as much as refusing it. "
    "Cost is that of all wrong decisions over all applicants, in {unit}; amounts are in the loans' currency."
)
APPROVALS = (0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class CutOff:
    """What a cut-off does: shares of all applicants, rates within, and amounts in currency.

    `bad_rate` is among the approved and `referred_bad_rate` among the referred (None: nobody); `cost` is per applicant
    in the unit of the served cost function.
    """

    k: float
    approved: float
    referred: float
    bad_rate: float | None
    referred_bad_rate: float | None
    cost: float
    lent: float
    expected_loss: float
    realised_loss: float


@dataclass(frozen=True, eq=False)
class Portfolio:
    """n applicants as cut-offs see them, all arrays (n,).

    `risk` is the odds of default in multiples of the loan's theoretical odds: whoever exceeds k is refused. The costs
    of either error are the served cost function's; `lost_at_default` and `credit` are in currency.
    """

    risk: Floats
    probabilities: Floats
    outcomes: Floats
    false_approval: Floats
    false_refusal: Floats
    lost_at_default: Floats
    credit: Floats


def portfolio(rows: Rows) -> Portfolio:
    """The validated applicants as cut-offs see them."""
    errors = rows.terms.errors
    odds = rows.probabilities / (1 - rows.probabilities)
    return Portfolio(
        risk=odds * errors.false_approval / errors.false_refusal,
        probabilities=rows.probabilities,
        outcomes=rows.outcomes,
        false_approval=errors.false_approval,
        false_refusal=errors.false_refusal,
        lost_at_default=rows.artifact.curves.costs.amount.per_applicant(cost_columns(rows.frame)).false_approval,
        credit=np.nan_to_num(rows.frame[CREDIT].to_numpy(dtype=np.float64)),
    )


def cut_off(some: Portfolio, k: float, band: tuple[float, float]) -> CutOff:
    """One cut-off; `band` is the referral band from `low` to `high`, in multiples of k."""
    approved = some.risk <= k
    referred = (some.risk >= k * band[0]) & (some.risk <= k * band[1])
    cost = np.where(approved, some.outcomes * some.false_approval, (1 - some.outcomes) * some.false_refusal)
    losses = approved * some.lost_at_default
    return CutOff(
        k=k,
        approved=float(approved.mean()),
        referred=float(referred.mean()),
        bad_rate=float(some.outcomes[approved].mean()) if approved.any() else None,
        referred_bad_rate=float(some.outcomes[referred].mean()) if referred.any() else None,
        cost=float(cost.mean()),
        lent=float((approved * some.credit).sum()),
        expected_loss=float((some.probabilities * losses).sum()),
        realised_loss=float((some.outcomes * losses).sum()),
    )


def cut_offs_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    rule, some = rows.artifact.rule, portfolio(rows)
    band = (rule.k_low / rule.k, rule.k_high / rule.k)
    served = cut_off(some, rule.k, band)
    others = [cut_off(some, float(np.quantile(some.risk, share, method="inverted_cdf")), band) for share in APPROVALS]
    least = min((served, *others), key=lambda one: one.cost)
    unit = UNITS[rule.costs.unit]
    regret = served.cost / least.cost - 1 if least.cost else 0.0
    ratio = served.realised_loss / served.expected_loss if served.expected_loss else None
    findings = [
        bounds.finding(
            "cut_off_regret",
            regret,
            f"the served cut-off costs {served.cost:.4f} per applicant in {unit}, the least in the table "
            f"{least.cost:.4f} where {percent(least.approved)} are approved; approving everybody {others[-1].cost:.4f}",
            "realised cost on these applicants, by the served cost function",
        ),
        bounds.finding(
            "loss_ratio",
            ratio,
            f"{served.realised_loss:,.0f} were lost on the approved, while {served.expected_loss:,.0f} were expected",
            "realised over expected loss, by the cost function of amounts",
        ),
    ]
    columns: dict[str, Form] = {"cut-off": "text", "k": "number"}
    if isinstance(rule.costs, RatioCosts):
        columns |= {"probability": "number", "points": "number"}
    columns |= {
        "approved": "share",
        "default rate of the approved": "share",
        "referred": "share",
        "default rate of the referred": "share",
        "cost per applicant": "number",
        "amount lent": "amount",
        "expected loss": "amount",
        "realised loss": "amount",
    }
    named = [("served", served), *((f"approve {share:.0%}", one) for share, one in zip(APPROVALS, others, strict=True))]
    table = pack_table(
        "cut_offs", "Cut-off strategy: what each would do", columns, [_row(rows, name, one) for name, one in named]
    )
    return section("cut_offs", [WHO, HOW.format(unit=unit)], findings, [table])


def _row(rows: Rows, name: str, one: CutOff) -> tuple[str | float | None, ...]:
    costs = rows.artifact.rule.costs
    position: tuple[float, ...] = ()
    if isinstance(costs, RatioCosts):
        probability = costs.threshold(one.k)
        position = (probability, float(rows.artifact.points.points(log_odds_of(probability))))
    return (
        *(name, one.k, *position, one.approved, one.bad_rate, one.referred, one.referred_bad_rate),
        *(one.cost, one.lent, one.expected_loss, one.realised_loss),
    )
