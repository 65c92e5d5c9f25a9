"""The history tables -> one row per applicant, as Ibis expressions and as a frame."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import count

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends.sql import SQLBackend
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from training.lender.history import FEATURES, GROUPS
from training.tables.batches import side_by_side
from training.tables.read import Tables

# Placeholder in compiled SQL for the prefix of one call's views, which keeps them apart from those of other calls.
_PREFIX = "history_prefix_"
_calls = count()
_compiled: dict[Hashable, list[str]] = {}


def history_expression(tables: Tables) -> ir.Table:
    """One row per applicant of the available application tables: the id and all features as float64."""
    joined, *parts = _expressions(tables.applications(), tables.history)
    for part in parts:
        joined = _beside(joined, part)
    columns = {
        feature.name: joined[feature.name] if feature.name in joined.columns else ibis.null("float64")
        for feature in FEATURES
    }
    return joined.select(APPLICANT_ID, **columns)


def history_parts(tables: Tables) -> list[ir.Table]:
    """`history_expression` in parts, which are cheaper to run one by one and place side by side than to join.

    Each has one row per applicant; the first has the ids alone, the others the features of a group as float64. They are
    views on the tables' connection, of SQL that is compiled once per engine and set of tables: compiling takes longer
    than running it on some thousand applicants.
    """
    connection, prefix = tables.connection, f"history_{next(_calls)}_"
    applications = {
        f"applications_{number}": table.select(APPLICANT_ID) for number, table in enumerate(tables.applications())
    }
    for name, table in (applications | tables.history).items():
        connection.create_view(prefix + name, table)
    parts = []
    for number, query in enumerate(_queries(connection, applications, tables.history)):
        connection.raw_sql(f"CREATE TEMPORARY VIEW {prefix}part_{number} AS {query.replace(_PREFIX, prefix)}")
        parts.append(connection.table(f"{prefix}part_{number}"))
    return parts


def _queries(
    connection: SQLBackend, applications: Mapping[str, ir.Table], histories: Mapping[str, ir.Table]
) -> list[str]:
    """The SQL of each part, on tables whose names begin with `_PREFIX`."""
    schemas = {name: table.schema() for name, table in {**applications, **histories}.items()}
    key = (connection.name, *schemas.items())
    if key not in _compiled:
        named = {name: ibis.table(schema, name=_PREFIX + name) for name, schema in schemas.items()}
        parts = _expressions([named[name] for name in applications], {name: named[name] for name in histories})
        _compiled[key] = [connection.compile(part) for part in parts]
    return _compiled[key]


def _expressions(applications: Sequence[ir.Table], histories: Mapping[str, ir.Table]) -> list[ir.Table]:
    """The ids of the applicants, then each group of features beside them."""
    ids = [table.select(APPLICANT_ID) for table in applications]
    applicants = ids[0] if len(ids) == 1 else ibis.union(*ids)
    groups = [
        compute(*(histories[name] for name in names))
        for names, _, compute in GROUPS
        if all(name in histories for name in names)
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
