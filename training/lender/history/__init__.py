"""History features: Ibis expressions that reduce the six history tables to one row per applicant.

They run on DuckDB and, for a portfolio that outgrows one machine, on Apache Spark, so they use only operations that
both support. Orphans (rows without an application) are dropped. Features are missing if an applicant has no rows in a
table, or if the table is absent: no history means unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Callable

from ibis.expr import types as ir

from scoring.schema.fields import Feature
from training.aggregates.compose import Aggregate
from training.lender.history import (
    bureau,
    bureau_balance,
    bureau_recent,
    card,
    instalment_loans,
    instalments,
    pos,
    pos_loans,
    previous,
    previous_last,
    previous_recent,
)

Group = tuple[tuple[str, ...], tuple[Aggregate, ...], Callable[..., ir.Table]]

# For each group of features: its tables, its features, and the function that computes them.
GROUPS: tuple[Group, ...] = (
    (("bureau",), bureau.FEATURES, bureau.bureau),
    (("bureau",), bureau_recent.FEATURES, bureau_recent.bureau_recent),
    (("bureau_balance", "bureau"), bureau_balance.FEATURES, bureau_balance.bureau_balance),
    (("previous_application",), previous.FEATURES, previous.previous_application),
    (("previous_application",), previous_last.FEATURES, previous_last.previous_last),
    (("previous_application",), previous_recent.FEATURES, previous_recent.previous_recent),
    (("POS_CASH_balance",), pos.FEATURES, pos.pos_cash_balance),
    (("POS_CASH_balance",), pos_loans.FEATURES, pos_loans.pos_loans),
    (("installments_payments",), instalments.FEATURES, instalments.installments_payments),
    (("installments_payments",), instalment_loans.FEATURES, instalment_loans.instalment_loans),
    (("credit_card_balance",), card.FEATURES, card.credit_card_balance),
)
FEATURES: tuple[Feature, ...] = tuple(item.feature for _, declared, _ in GROUPS for item in declared)
"""All history features, in column order, whichever tables are available."""
