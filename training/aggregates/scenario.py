"""A history scenario: a change of a history table's rows that an applicant can bring about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.words.language import Words

# The column, in a table under a scenario, of what the applicant pays for a row; missing in rows that stay as they are.
PAID = "paid"


@dataclass(frozen=True)
class Scenario:
    """A change of the credit history that an applicant can bring about.

    Args:
        key: its name in files and answers.
        words: what to do, with `{cost}` and, if there are several steps, `{parameter}` as places.
        table: whose rows it changes; of the scenarios of one table, an applicant takes one.
        columns: the columns that it changes.
        steps: the values of its parameter, the mildest first; one of 0 if it has none.
        change: from the table and a step to the table with the new values, and `PAID` in each row that changed.
    """

    key: str
    words: Words
    table: str
    columns: tuple[str, ...]
    steps: tuple[float, ...]
    change: Callable[[ir.Table, float], ir.Table]


def changed(table: ir.Table, where: Deferred, paid: Deferred | float, **values: Deferred | float | str) -> ir.Table:
    """The table with new values in some rows, and what the applicant pays for each of these."""
    new = {name: where.ifelse(value, _[name]).cast(table[name].type()) for name, value in values.items()}
    return table.mutate(**new, **{PAID: where.ifelse(paid, ibis.null("float64"))}).select(*table.columns, PAID)
