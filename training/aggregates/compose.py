"""Building blocks of history features: label, unit and direction together with the expression that computes it.

Features are declared where they are defined, so that no code ever has to parse a column name. Expressions are deferred
Ibis expressions over an applicant's prepared rows, using only what both DuckDB and Apache Spark support.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import ibis
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.schema.fields import Feature
from scoring.units import DAYS_PER_YEAR
from scoring.words.language import Words

# Words for aggregates: of quantities in general, and of times since an event.
AGGREGATES = {
    "sum": Words("total", "total"),
    "mean": Words("average", "moyenne"),
    "max": Words("maximum", "maximum"),
    "min": Words("minimum", "minimum"),
    "std": Words("standard deviation", "écart type"),
}
TIME_AGGREGATES = {
    "min": Words("most recent", "au plus récent"),
    "max": Words("longest ago", "au plus ancien"),
    "mean": Words("average", "moyenne"),
    "std": Words("standard deviation", "écart type"),
}


@dataclass(frozen=True)
class Aggregate:
    """A history feature, and the expression for its value over an applicant's prepared rows."""

    feature: Feature
    value: Deferred


@dataclass(frozen=True)
class Rows:
    """A subset of a table's rows: the prefix of its features' names and labels, and the condition for a row.

    `where` is None for all rows of the table.
    """

    prefix: str
    words: Words
    theme: str
    where: Deferred | None = None


@dataclass(frozen=True)
class Meaning:
    """The meaning of a quantity, whatever the rows and the aggregate."""

    words: Words
    unit: str
    factor: str = ""
    direction: int = 0


@dataclass(frozen=True)
class Window:
    """A period that ends with the application: its length, and its name in features and labels."""

    key: str
    words: Words
    months: int
    days: int


QUARTER = Window("quarter", Words("last three months", "depuis trois mois"), 3, 91)
HALF_YEAR = Window("half_year", Words("last six months", "depuis six mois"), 6, 183)
YEAR = Window("year", Words("last year", "depuis un an"), 12, 365)
TWO_YEARS = Window("two_years", Words("last two years", "depuis deux ans"), 24, 730)
WINDOWS = (QUARTER, HALF_YEAR, YEAR, TWO_YEARS)


def within(rows: Rows, window: Window, days: Deferred) -> Rows:
    """The rows whose day, relative to the application, lies in the window."""
    recent = days >= -window.days
    where = recent if rows.where is None else rows.where & recent
    return replace(rows, prefix=f"{rows.prefix}_{window.key}", words=_joined(rows.words, window.words), where=where)


def meaning(en: str, fr: str, unit: str, factor: str = "", direction: int = 0) -> Meaning:
    """Makes a `Meaning` from its words in both languages."""
    return Meaning(Words(en, fr), unit, factor, direction)


def measure(rows: Rows, name: str, value: Deferred, quantity: Meaning) -> Aggregate:
    """Makes a feature from an aggregate expression."""
    label = Words(f"{rows.words.en}: {quantity.words.en}", f"{rows.words.fr}\u00a0: {quantity.words.fr}")
    name = f"{rows.prefix}_{name}"
    feature = Feature(name, label, quantity.unit, rows.theme, direction=quantity.direction, factor=quantity.factor)
    return Aggregate(feature, value)


def aggregates(rows: Rows, name: str, value: Deferred, quantity: Meaning, which: str) -> list[Aggregate]:
    """Makes a feature of the given rows for each aggregate named in `which` ("sum mean")."""
    words = TIME_AGGREGATES if quantity.unit == "years" else AGGREGATES
    return [
        measure(
            rows,
            f"{name}_{aggregate}",
            getattr(value, aggregate)(where=rows.where),
            Meaning(_joined(quantity.words, words[aggregate]), quantity.unit, quantity.factor, quantity.direction),
        )
        for aggregate in which.split()
    ]


def _joined(first: Words, second: Words) -> Words:
    return Words(f"{first.en}, {second.en}", f"{first.fr}, {second.fr}")


Quantities = Mapping[str, tuple[Deferred, Meaning]]
"""By name: the value in a row, and its meaning."""


def grid(quantities: Quantities, rows: Rows, wanted: Mapping[str, str]) -> list[Aggregate]:
    """Makes features for several quantities of the same rows, as in {"credit": "sum mean"}."""
    return [item for name, which in wanted.items() for item in aggregates(rows, name, *quantities[name], which)]


def single(quantities: Quantities, rows: Rows, wanted: str) -> list[Aggregate]:
    """Features of a single row: technically a maximum, which the label does not mention."""
    return [
        measure(rows, name, value.max(where=rows.where), quantity)
        for name, (value, quantity) in ((name, quantities[name]) for name in wanted.split())
    ]


def trend(rows: Rows, name: str, value: Deferred, before: Rows, quantity: Meaning) -> Aggregate:
    """The mean of these rows over that of the rows they are compared with: above 1 means growth."""
    change = quotient(value.mean(where=rows.where), value.mean(where=before.where))
    return measure(rows, f"{name}_trend", change, quantity)


def share(rows: Rows, name: str, condition: Deferred, quantity: Meaning) -> Aggregate:
    """The share of the given rows that meet a condition, 0 to 1; rows where it is unknown do not count."""
    return measure(rows, f"{name}_share", as_number(condition).mean(where=rows.where), quantity)


def count(rows: Rows, name: str, condition: Deferred, quantity: Meaning) -> Aggregate:
    """The number of the applicant's rows that meet a condition, 0 if none does."""
    return measure(rows, f"{name}_count", as_number(condition.fill_null(False)).sum(), quantity)


def as_number(condition: Deferred) -> Deferred:
    """1 if the condition holds, 0 if not."""
    return condition.cast("float64")


def quotient(numerator: Deferred, denominator: Deferred) -> Deferred:
    """The quotient, missing unless the denominator is positive, so never infinite."""
    return numerator / (denominator > 0).ifelse(denominator, ibis.null("float64"))


def years_before(days: Deferred) -> Deferred:
    """Converts days relative to the application (0 or less) to years before it (0 or more)."""
    return in_floats(not_below_zero(-days)) / DAYS_PER_YEAR


def in_floats(integers: Deferred) -> Deferred:
    """Converts integers before a division: Spark would divide them by a literal as decimals, rounded to six places."""
    return integers.cast("float64")


def not_below_zero(value: Deferred) -> Deferred:
    """The value, or 0 if it is negative; missing stays missing."""
    return (value <= 0).ifelse(0, value)


def per_applicant(rows: ir.Table, features: Iterable[Aggregate]) -> ir.Table:
    """Computes features: a row per applicant who has any rows, with the id and float64 columns."""
    return rows.group_by(APPLICANT_ID).aggregate(
        **{aggregate.feature.name: aggregate.value.cast("float64") for aggregate in features}
    )
