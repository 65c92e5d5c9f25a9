"""The six history tables -> one row per applicant, as Ibis expressions.

They run on DuckDB here; the same expressions run on Apache Spark for a portfolio that outgrows one machine, so only
operations that both know are used. Orphans (rows of nobody's application) drop out; an applicant without rows in a
table, or a table that is absent, has missing features: no history is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Feature
from training.batches import side_by_side
from training.history import (
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
from training.history.compose import Aggregate
from training.tables import Tables

__all__ = ["FEATURES", "history_expression", "history_fields", "history_frame", "history_parts"]

Group = tuple[tuple[str, ...], tuple[Aggregate, ...], Callable[..., ir.Table]]

# Per group of features: the tables it is made of, what it holds, and how it is reckoned from them.
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
"""Every history feature, in the order of the columns, whichever tables are there."""


def history_expression(tables: Tables) -> ir.Table:
    """One row per applicant of the application tables that are there: the id and every feature as float64."""
    joined, *parts = history_parts(tables)
    for part in parts:
        joined = _beside(joined, part)
    columns = {
        feature.name: joined[feature.name] if feature.name in joined.columns else ibis.null("float64")
        for feature in FEATURES
    }
    return joined.select(APPLICANT_ID, **columns)


def history_parts(tables: Tables) -> list[ir.Table]:
    """`history_expression` in parts that are cheaper to run one by one and to put side by side than to join.

    Each has one row per applicant; the first holds the ids alone, the others the features of a group as float64.
    """
    ids = [table.select(APPLICANT_ID) for table in tables.applications()]
    applicants = ids[0] if len(ids) == 1 else ibis.union(*ids)
    groups = [
        reckon(*(tables.history[name] for name in names))
        for names, _, reckon in GROUPS
        if all(name in tables.history for name in names)
    ]
    return [applicants, *(_beside(applicants, group) for group in groups)]


def _beside(applicants: ir.Table, features: ir.Table) -> ir.Table:
    return applicants.left_join(features, APPLICANT_ID).drop(f"{APPLICANT_ID}_right")


def history_fields(type_: pa.DataType) -> list[pa.Field]:
    """The history features' columns, in order."""
    return [pa.field(feature.name, type_) for feature in FEATURES]


def history_frame(tables: Tables) -> pd.DataFrame:
    """`history_expression`, run: sorted by id, features in float32 with NaN for missing.

    Rounding to float32 makes the values independent of the order in which threads add up.
    """
    schema = pa.schema([(APPLICANT_ID, pa.int64()), *history_fields(pa.float32())])
    batches = pa.concat_tables(side_by_side(history_parts(tables), schema))
    return batches.to_pandas(split_blocks=True, self_destruct=True)
