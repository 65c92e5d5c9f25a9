"""Building blocks for time: recent rows, latest values, changes, and time since an event."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.words.language import Words
from training.aggregates.compose import Aggregate, Meaning, Rows, Window, aggregates, measure


def since(rows: Rows, window: Window, where: Deferred) -> Rows:
    """The rows of a window, which meet `where`."""
    words = Words(f"{rows.words.en}, {window.words.en}", f"{rows.words.fr} {window.words.fr}")
    return Rows(f"{rows.prefix}_{window.key}", words, rows.theme, where)


def across(every: Iterable[Rows], name: str, value: Deferred, quantity: Meaning, which: str) -> list[Aggregate]:
    """Makes the same aggregates of a quantity for each subset of rows."""
    return [feature for rows in every for feature in aggregates(rows, name, value, quantity, which)]


def among(rows: Rows, condition: Deferred) -> Deferred:
    """The condition, restricted to the given rows."""
    return condition if rows.where is None else rows.where & condition


def spread(rows: Rows, name: str, value: Deferred, quantity: Meaning) -> Aggregate:
    """The population standard deviation, exactly 0 if all values are equal.

    Summing in another order would leave about 1e-12 instead, which a tree could split on.
    """
    highest, lowest = value.max(where=rows.where), value.min(where=rows.where)
    deviation = value.std(where=rows.where, how="pop")
    words = Words(f"{quantity.words.en}, standard deviation", f"{quantity.words.fr}, écart type")
    varied = (highest <= lowest).ifelse(0.0, deviation)
    return measure(rows, f"{name}_spread", varied, Meaning(words, quantity.unit, quantity.factor, quantity.direction))


def last_value(value: Deferred, order: Deferred) -> Deferred:
    """The latest known value; `order` must be unique."""
    return value.argmax(order, where=value.notnull())


def time_without(event: Deferred, time_ago: Deferred) -> Deferred:
    """The time since the latest row with the event or, without any, since the first row.

    It is known whenever there are rows, and another event never makes it longer.
    """
    return ibis.coalesce(time_ago.min(where=event), time_ago.max())


def change(value: Deferred, recent: Deferred) -> Deferred:
    """The mean of the recent rows minus that of the earlier ones; missing if there are none of either."""
    return value.mean(where=recent) - value.mean(where=~recent)


def latest_first(time_ago: str, *keys: str) -> ir.IntegerColumn:
    """Each row's rank among its applicant's, 0 being the latest; `keys` must make the order unique."""
    return ibis.row_number().over(group_by=APPLICANT_ID, order_by=[time_ago, *(ibis.desc(key) for key in keys)])
