"""The six history tables -> one row per applicant, as Ibis expressions.

They run on DuckDB here; the same expressions run on Apache Spark for a portfolio that outgrows one machine, so only
operations that both know are used. Orphans (rows of nobody's application) drop out; an applicant without rows in a
table, or a table that is absent, has missing features: no history is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import pandas as pd
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Feature
from training.history import bureau, card, instalment_loans, instalments, pos, pos_loans, previous
from training.history.compose import Aggregate
from training.tables import Tables

__all__ = ["FEATURES", "history_expression", "history_frame"]

Group = tuple[tuple[str, ...], tuple[Aggregate, ...], Callable[..., ir.Table]]

# Per group of features: the tables it is made of, what it holds, and how it is reckoned from them.
GROUPS: tuple[Group, ...] = (
    (("bureau",), bureau.FEATURES, bureau.bureau),
    (("bureau_balance", "bureau"), bureau.BALANCE_FEATURES, bureau.bureau_balance),
    (("previous_application",), previous.FEATURES, previous.previous_application),
    (("POS_CASH_balance",), pos.FEATURES, pos.pos_cash_balance),
    (("POS_CASH_balance",), pos_loans.FEATURES, pos_loans.pos_loans),
    (("installments_payments",), instalments.FEATURES, instalments.installments_payments),
    (("installments_payments",), instalment_loans.FEATURES, instalment_loans.instalment_loans),
    (("credit_card_balance",), card.FEATURES, card.credit_card_balance),
)
FEATURES: tuple[Feature, ...] = tuple(item.feature for _, declared, _ in GROUPS for item in declared)
"""Every history feature, in the order of the columns, whichever tables are there."""


def history_expression(tables: Tables) -> ir.Table:
    """One row per applicant of the application tables that are there: SK_ID_CURR and every feature as float64."""
    joined = _applicants(tables)
    for part in _parts(tables):
        joined = joined.left_join(part, APPLICANT_ID).drop(f"{APPLICANT_ID}_right")
    columns = {
        feature.name: joined[feature.name] if feature.name in joined.columns else ibis.null("float64")
        for feature in FEATURES
    }
    return joined.select(APPLICANT_ID, **columns)


def history_frame(tables: Tables) -> pd.DataFrame:
    """`history_expression`, run: sorted by SK_ID_CURR, features in float32 with NaN for missing.

    Rounding to float32 makes the values independent of the order in which threads add up. The parts are run one after
    the other and aligned here, which takes half the time and a quarter of the memory of one join of them all.
    """
    ids = _applicants(tables).order_by(APPLICANT_ID).to_pandas()[APPLICANT_ID]
    parts = [_aligned(part, ids) for part in _parts(tables)]
    features = pd.concat(parts, axis="columns") if parts else pd.DataFrame(index=ids)
    features = features.reindex(columns=[feature.name for feature in FEATURES]).astype("float32")
    return features.reset_index()


def _aligned(part: ir.Table, ids: pd.Series) -> pd.DataFrame:
    values = part.cast({name: "float32" for name in part.columns if name != APPLICANT_ID})
    return values.to_pandas().set_index(APPLICANT_ID).reindex(ids)


def _applicants(tables: Tables) -> ir.Table:
    ids = [table.select(APPLICANT_ID) for table in tables.applications()]
    return ids[0] if len(ids) == 1 else ibis.union(*ids)


def _parts(tables: Tables) -> list[ir.Table]:
    """The groups of features whose tables are all there."""
    return [
        reckon(*(tables.history[name] for name in names))
        for names, _, reckon in GROUPS
        if all(name in tables.history for name in names)
    ]
