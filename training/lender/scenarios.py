"""History scenarios: what applicants can still change about their credit history, as changes to its raw rows.

Each is declared once: its words, its steps, the table and columns that it changes, and what it costs the applicant. A
change restates what is owed today. What happened before stays on record: past arrears, past payments, and a repaid
credit as one that is still open, since lenders report a closure weeks later and only debts have declared directions.

Left out: arrears with this lender. An instalment without any payment counts as unpaid but not as late, so that settling
it would make it late, and the monthly rows of loans state days past due without an amount.
"""

from __future__ import annotations

import ibis
from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.words.language import Words
from training.aggregates.compose import QUARTER, not_below_zero, quotient
from training.aggregates.scenario import PAID, Scenario, changed
from training.lender.history.bureau_rows import AT_LEAST_A_MONTH_LEFT, CARD, DEBT, HOME_CURRENCY, prepared
from training.lender.roles import BUREAU_ID, LOANS_ELSEWHERE, PREVIOUS_ID

# Sums to repay are multiples of this, in currency.
ROUND_SUM = 1_000
CARDS = "credit_card_balance"

DEBTS = ("AMT_CREDIT_SUM_DEBT", "AMT_CREDIT_SUM_OVERDUE", "CREDIT_DAY_OVERDUE")
OWED = ("AMT_BALANCE", "AMT_RECEIVABLE_PRINCIPAL", "AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE")
DAYS_LATE = ("SK_DPD", "SK_DPD_DEF")
OVERDUE = _.AMT_CREDIT_SUM_OVERDUE
IN_HOME_CURRENCY = _.CREDIT_CURRENCY == HOME_CURRENCY
IN_DEBT = (_.CREDIT_ACTIVE == "Active") & (DEBT > 0) & IN_HOME_CURRENCY


def _settle(bureau: ir.Table, _step: float) -> ir.Table:
    """Nothing is overdue, and debts are smaller by as much, but no less than 0 unless they were."""
    debt = (DEBT > OVERDUE).ifelse(DEBT - OVERDUE, (DEBT > 0).ifelse(0.0, DEBT))
    return changed(
        bureau,
        (OVERDUE > 0) & IN_HOME_CURRENCY,
        OVERDUE,
        AMT_CREDIT_SUM_DEBT=debt,
        AMT_CREDIT_SUM_OVERDUE=0.0,
        CREDIT_DAY_OVERDUE=0,
    )


def _repay(bureau: ir.Table, share: float, first: Deferred, fewest: int = 1) -> ir.Table:
    """Active credits repaid in an order up to a share of their total debt, as a round sum; the last one in part.

    Whoever has fewer than `fewest` of them is left as is.

    The overdue come first: nobody repays ahead of schedule with arrears elsewhere.
    """
    rows = (
        prepared(bureau)
        .mutate(is_debt=IN_DEBT.fill_null(False))
        .mutate(**{"late_last": (OVERDUE <= 0).cast("int64"), "place": first})
    )
    keys = {"group_by": [APPLICANT_ID, "is_debt"], "order_by": ["late_last", "place", BUREAU_ID]}
    placed = rows.mutate(
        debts=_.is_debt.count().over(group_by=keys["group_by"]),
        total=(DEBT.sum().over(group_by=keys["group_by"]) * share / ROUND_SUM).ceil().cast("float64") * ROUND_SUM,
        before=ibis.coalesce(DEBT.sum().over(ibis.window(**keys, preceding=(None, 1))), 0.0),
        until=DEBT.sum().over(ibis.window(**keys, preceding=None, following=0)),
    )
    paid = (_.until <= _.total).ifelse(DEBT, _.total - _.before)
    return _paid_off(placed.mutate(part=paid), _.is_debt & (_.part > 0) & (_.debts >= fewest), _.part).select(
        *bureau.columns, PAID
    )


def _paid_off(bureau: ir.Table, where: Deferred, paid: Deferred) -> ir.Table:
    """Credits after a payment, which settles what is overdue first."""
    overdue = not_below_zero(OVERDUE - paid)
    return changed(
        bureau,
        where,
        paid,
        AMT_CREDIT_SUM_DEBT=DEBT - paid,
        AMT_CREDIT_SUM_OVERDUE=overdue,
        CREDIT_DAY_OVERDUE=(overdue > 0).ifelse(_.CREDIT_DAY_OVERDUE, 0),
    )


def _repay_smallest(bureau: ir.Table, share: float) -> ir.Table:
    return _repay(bureau, share, DEBT)


def _repay_dearest(bureau: ir.Table, share: float) -> ir.Table:
    """By debt over months left, what a credit costs per month; those whose end is not known come last.

    For a single debt, it would be the smallest first.
    """
    return _repay(bureau, share, -ibis.coalesce(DEBT / AT_LEAST_A_MONTH_LEFT, 0.0), fewest=2)


def _repay_all(bureau: ir.Table, _step: float) -> ir.Table:
    return _paid_off(bureau, IN_DEBT, DEBT)


def _close_cards(bureau: ir.Table, _step: float) -> ir.Table:
    """Active credit cards without debt are closed today."""
    unused = (_.CREDIT_ACTIVE == "Active") & CARD.holds & (ibis.coalesce(DEBT, 0.0) <= 0)
    return changed(bureau, unused, 0.0, CREDIT_ACTIVE="Closed", DAYS_ENDDATE_FACT=0.0)


def _lower_balances(cards: ir.Table, share: float) -> ir.Table:
    """In the latest month of each card, if of the last three, no more is owed than a share of the limit.

    All that is owed shrinks by one factor; once nothing is owed, nothing is past due.
    """
    latest = ibis.window(group_by=PREVIOUS_ID, order_by=ibis.desc("MONTHS_BALANCE"))
    rows = cards.mutate(
        months_ago=-cards.MONTHS_BALANCE,
        place=ibis.row_number().over(latest),
        factor=quotient(_.AMT_CREDIT_LIMIT_ACTUAL * share, _.AMT_BALANCE),
    )
    where = (_.place == 0) & (_.months_ago <= QUARTER.months) & (_.factor < 1)
    return changed(
        rows,
        where,
        _.AMT_BALANCE * (1 - _.factor),
        **{name: _[name] * _.factor for name in OWED},
        **{name: (_.factor > 0).ifelse(_[name], 0) for name in DAYS_LATE},
    ).select(*cards.columns, PAID)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "settle_overdue",
        Words(
            "settle {cost} overdue with other lenders", "régler {cost} en retard de paiement auprès d'autres prêteurs"
        ),
        LOANS_ELSEWHERE,
        DEBTS,
        (0.0,),
        _settle,
    ),
    Scenario(
        "repay_smallest",
        Words(
            "repay {cost} of credits with other lenders, smallest first",
            "rembourser {cost} de crédits auprès d'autres prêteurs, les plus petits d'abord",
        ),
        LOANS_ELSEWHERE,
        DEBTS,
        (0.1, 0.25, 0.5),
        _repay_smallest,
    ),
    Scenario(
        "repay_dearest",
        Words(
            "repay {cost} of credits with other lenders, those that cost most per month first",
            "rembourser {cost} de crédits auprès d'autres prêteurs, les plus lourds par mois d'abord",
        ),
        LOANS_ELSEWHERE,
        DEBTS,
        (0.1, 0.25, 0.5),
        _repay_dearest,
    ),
    Scenario(
        "repay_all",
        Words(
            "repay all credits with other lenders ({cost})",
            "rembourser tous les crédits auprès d'autres prêteurs ({cost})",
        ),
        LOANS_ELSEWHERE,
        DEBTS,
        (0.0,),
        _repay_all,
    ),
    Scenario(
        "close_cards",
        Words(
            "close unused credit cards of other lenders", "clôturer les cartes de crédit inutilisées d'autres prêteurs"
        ),
        LOANS_ELSEWHERE,
        ("CREDIT_ACTIVE", "DAYS_ENDDATE_FACT"),
        (0.0,),
        _close_cards,
    ),
    Scenario(
        "card_balance",
        Words(
            "bring credit cards with us down to {parameter} of their limit, by paying {cost}",
            "ramener les cartes de crédit détenues chez nous à {parameter} de leur plafond, en payant {cost}",
        ),
        CARDS,
        (*OWED, *DAYS_LATE),
        (0.75, 0.5, 0.3),
        _lower_balances,
    ),
    Scenario(
        "card_repaid",
        Words(
            "repay credit cards with us in full ({cost})",
            "rembourser entièrement les cartes de crédit détenues chez nous ({cost})",
        ),
        CARDS,
        (*OWED, *DAYS_LATE),
        (0.0,),
        _lower_balances,
    ),
)
