"""Time: rows of the last months, the latest values, how things changed, how long nothing has gone wrong."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.words.language import Words
from training.lender.history.compose import Aggregate, Meaning, Rows, Window, aggregates, measure


def since(rows: Rows, window: Window, where: Deferred) -> Rows:
    """The rows of a window, which `where` tells."""
    words = Words(f"{rows.words.en}, {window.words.en}", f"{rows.words.fr} {window.words.fr}")
    return Rows(f"{rows.prefix}_{window.key}", words, rows.theme, where)


def across(every: Iterable[Rows], name: str, value: Deferred, told: Meaning, which: str) -> list[Aggregate]:
    """The same aggregates of a quantity for each of these rows."""
    return [feature for rows in every for feature in aggregates(rows, name, value, told, which)]


def among(rows: Rows, condition: Deferred) -> Deferred:
    """The condition, for the rows in question alone."""
    return condition if rows.where is None else rows.where & condition


def spread(rows: Rows, name: str, value: Deferred, told: Meaning) -> Aggregate:
    """The standard deviation (of a whole population: one row has none); exactly 0 where all values are equal.

    Sums in another order leave some 1e-12 instead of 0, which a tree would tell apart.
    """
    highest, lowest = value.max(where=rows.where), value.min(where=rows.where)
    deviation = value.std(where=rows.where, how="pop")
    words = Words(f"{told.words.en}, standard deviation", f"{told.words.fr}, écart type")
    varied = (highest <= lowest).ifelse(0.0, deviation)
    return measure(rows, f"{name}_spread", varied, Meaning(words, told.unit, told.factor, told.direction))


def last_value(value: Deferred, order: Deferred) -> Deferred:
    """The value of the latest row that has one; `order` must tell any two rows apart."""
    return value.argmax(order, where=value.notnull())


def time_without(event: Deferred, time_ago: Deferred) -> Deferred:
    """The time since the latest row with the event or, where there is none, since the first row.

    Never missing where there are rows, and never longer for one more event.
    """
    return ibis.coalesce(time_ago.min(where=event), time_ago.max())


def change(value: Deferred, recent: Deferred) -> Deferred:
    """The mean of the recent rows less the mean of the earlier ones; missing if either has none."""
    return value.mean(where=recent) - value.mean(where=~recent)


def latest_first(time_ago: str, *keys: str) -> ir.IntegerColumn:
    """The place of each row among those of its applicant, 0 the latest; `keys` must tell any two rows apart."""
    return ibis.row_number().over(group_by=APPLICANT_ID, order_by=[time_ago, *(ibis.desc(key) for key in keys)])
