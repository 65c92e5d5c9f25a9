"""Checks of a table's values in one pass over the data, inside DuckDB or Spark.

A valid table costs only that pass. If something is found, rows are read again for examples in the wording of `/score`
and for the likely cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import ibis
import pandas as pd
from ibis.expr import types as ir

from scoring.checks.cause import likely_cause
from scoring.checks.findings import MOST_LOOKED_AT, SHOWN, ColumnFinding, column_finding, counted, findings_in_words
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.definition import Definition, breaks, quoted
from training.lender.roles import is_key
from training.tables.definitions import TableColumn

# Columns that `training.tables.reading` adds: the text of a cell that could not be parsed, and its line in the file.
RAW = "raw:"
LINE = "raw:line"
# From this share of a column on, unknown levels are treated as errors rather than new levels.
NEW_LEVELS_LIMIT = 0.01


@dataclass(frozen=True)
class NewLevels:
    """Unknown levels of a history table, in `rows` rows, which are `share` of the table."""

    column: str
    rows: int
    share: float
    examples: tuple[str, ...]
    cause: str

    def __str__(self) -> str:
        shown = ", ".join(map(quoted, self.examples))
        cause = f" Likely cause: {self.cause}." if self.cause else ""
        held = f"levels that are not known in {counted(self.rows, 'row')} ({self.share:.2%}): {shown}"
        return f"column {self.column}: {held}; they count as none of those that are.{cause}"


@dataclass(frozen=True)
class Findings:
    """The findings of one pass over a table; `columns` are those with invalid values, worst first.

    `refused_rows` counts rows with an invalid value in any column; `repeated` counts the other rows that repeat an
    applicant.
    """

    rows: int
    refused_rows: int
    repeated: int
    columns: tuple[ColumnFinding, ...]
    new_levels: tuple[NewLevels, ...]


def refusals(table: ir.Table, definitions: Mapping[str, Definition]) -> dict[str, ir.BooleanValue]:
    """Per column that can be wrong, the condition for a value that is not allowed or could not be parsed."""
    found: dict[str, ir.BooleanValue] = {}
    for name, definition in definitions.items():
        wrong = [] if _open_levels(definition) else [breaks(table[name], definition)]
        if not definition.may_be_missing:
            wrong.append(table[name].isnull())  # noqa: PD003 (Ibis)
        if RAW + name in table.columns:
            wrong.append(table[RAW + name].notnull())  # noqa: PD004 (Ibis)
        if wrong:
            found[name] = reduce(or_, wrong)
    return found


def _open_levels(definition: Definition) -> bool:
    return definition.type == "text" and isinstance(definition, TableColumn)


def inspect(stored: ir.Table, table: ir.Table, definitions: Mapping[str, Definition]) -> Findings:
    """The findings on a table.

    Args:
        stored: as in its file, with numbers of any type; NaN is a missing value.
        table: the same with columns of their declared types, missing values as null.
        definitions: what each column may hold.
    """
    look = _look(stored, definitions)
    if _is_sound(look, table, definitions):
        repeated = 0 if look.applicants is None else look.rows - look.applicants
        return Findings(look.rows, 0, repeated, (), _all_new_levels(table, definitions, look))
    refused = refusals(table, definitions)
    anywhere = reduce(or_, refused.values())
    counts = {f"refused:{name}": wrong.sum() for name, wrong in refused.items()}
    if look.applicants is not None:
        counts["applicants"] = table[APPLICANT_ID].nunique(where=~anywhere)
    totals = table.agg(anywhere=anywhere.sum(), **counts).to_pyarrow().to_pylist()[0]
    kept = look.rows - (totals["anywhere"] or 0)
    wrong = {name: count for name in refused if (count := totals[f"refused:{name}"])}
    return Findings(
        rows=look.rows,
        refused_rows=look.rows - kept,
        repeated=kept - totals.get("applicants", kept),
        columns=_column_findings(table, definitions, {name: refused[name] for name in wrong}, wrong, look.rows),
        new_levels=_all_new_levels(table, definitions, look),
    )


@dataclass(frozen=True)
class _Look:
    """What shows whether a table is sound, at the least cost: Parquet keeps extremes beside the values.

    `extremes` are the lowest and the highest number of each column without sentinels, None where it holds nothing;
    `broken` counts the values of the other columns that are not allowed, where there are any; `known` those that are
    not missing in columns that may not lack one; `applicants` is None but for a table of applications.
    """

    rows: int
    extremes: dict[str, tuple[float | None, float | None]]
    broken: dict[str, int]
    known: dict[str, int]
    applicants: int | None


def _look(stored: ir.Table, definitions: Mapping[str, Definition]) -> _Look:
    by_extremes = [name for name, each in definitions.items() if each.type != "text" and not each.sentinels]
    required = [name for name, each in definitions.items() if not each.may_be_missing]
    wanted: dict[str, ir.Scalar] = {"rows": stored.count()}
    wanted |= {f"lowest:{name}": stored[name].min() for name in by_extremes}
    wanted |= {f"highest:{name}": stored[name].max() for name in by_extremes}
    wanted |= {f"known:{name}": stored[name].count() for name in required}
    found = stored.agg(**wanted).to_pyarrow().to_pylist()[0]
    return _Look(
        rows=found["rows"],
        extremes={name: (found[f"lowest:{name}"], found[f"highest:{name}"]) for name in by_extremes},
        broken=_broken(stored, {name: each for name, each in definitions.items() if name not in by_extremes}),
        known={name: found[f"known:{name}"] for name in required},
        applicants=int(stored[APPLICANT_ID].nunique().execute()) if _one_row_each(definitions) else None,
    )


def _broken(stored: ir.Table, definitions: Mapping[str, Definition]) -> dict[str, int]:
    """How many values of each column are not allowed, where there are any: a filter each, in one query."""
    if not definitions:
        return {}
    # Of one column each: Ibis carries every column of a table through everything that is made of it.
    columns = {name: stored.select(name) for name in definitions}
    marks = [
        column.filter(breaks(column[name], definitions[name])).select(column=ibis.literal(name))
        for name, column in columns.items()
    ]
    every = marks[0] if len(marks) == 1 else ibis.union(*marks)
    found = every.group_by("column").agg(rows=every.count()).to_pyarrow().to_pylist()
    return {row["column"]: row["rows"] for row in found}


def _is_sound(look: _Look, table: ir.Table, definitions: Mapping[str, Definition]) -> bool:
    """Whether nothing in a table is refused."""
    ends = {name: pd.Series(extremes, dtype="float64") for name, extremes in look.extremes.items()}
    return not (
        any(name.startswith(RAW) for name in table.columns)
        or any(breaks(pair, definitions[name]).any() for name, pair in ends.items())
        or any(not _open_levels(definitions[name]) for name in look.broken)
        or any(known < look.rows for known in look.known.values())
    )


def _all_new_levels(table: ir.Table, definitions: Mapping[str, Definition], look: _Look) -> tuple[NewLevels, ...]:
    """The levels of a history table that are not known, column by column."""
    return tuple(
        _new_levels(table, definitions[name], count, look.rows)
        for name, count in look.broken.items()
        if _open_levels(definitions[name])
    )


def _one_row_each(definitions: Mapping[str, Definition]) -> bool:
    """Whether it is a table of applications, in which each applicant may occur only once."""
    return [name for name in definitions if is_key(name)] == [APPLICANT_ID]


def _keys(table: ir.Table) -> list[str]:
    return [name for name in table.columns if is_key(name) or name == LINE]


def _column_findings(
    table: ir.Table,
    definitions: Mapping[str, Definition],
    refused: Mapping[str, ir.BooleanValue],
    counts: Mapping[str, int],
    rows: int,
) -> tuple[ColumnFinding, ...]:
    """The columns at fault, worst first, with values from the first bad rows; columns without a value among these are
    queried separately.
    """
    if not refused:
        return ()
    together = _looked_at(table, definitions, refused)
    found = []
    for name in sorted(counts, key=lambda name: -counts[name]):
        own = together[name] or _looked_at(table, definitions, {name: refused[name]})[name]
        found.append(column_finding(definitions[name], counts[name], rows, own))
    return tuple(found)


def _looked_at(
    table: ir.Table, definitions: Mapping[str, Definition], refused: Mapping[str, ir.BooleanValue]
) -> dict[str, list[tuple[object, str]]]:
    """By column, the values and locations in the first rows that are refused for any of these columns."""
    kept = [name for name in table.columns if name in refused or name in _keys(table) or name[len(RAW) :] in refused]
    marked = table.select(*kept, **{f"refused:{name}": wrong for name, wrong in refused.items()})
    bad = marked.filter(reduce(or_, [marked[f"refused:{name}"] for name in refused]))
    rows = bad.order_by(_keys(table)[0]).limit(MOST_LOOKED_AT).to_pyarrow().to_pylist()
    return {
        name: [(as_sent(row, definitions[name]), _place(row)) for row in rows if row[f"refused:{name}"]]
        for name in refused
    }


def as_sent(row: Mapping[str, Any], definition: Definition) -> object:
    """The file's value: the text if it could not be parsed, an integer without decimals."""
    value = row.get(RAW + definition.name) if row[definition.name] is None else row[definition.name]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _place(row: Mapping[str, Any]) -> str:
    """A row's location: the line of its file, and the applicant or loan."""
    line = [f"line {row[LINE]}"] if row.get(LINE) is not None else []
    ids = [f"{name} {row[name]}" for name in row if is_key(name) and row[name] is not None]
    return ", ".join([*line, *ids])


def _new_levels(table: ir.Table, definition: Definition, count: int, rows: int) -> NewLevels:
    name = definition.name
    unknown = table.filter(breaks(table[name], definition))
    counts = unknown.group_by(name).agg(rows=lambda some: some.count())
    levels = counts.order_by(ibis.desc("rows"), name).limit(MOST_LOOKED_AT).to_pyarrow()[name].to_pylist()
    return NewLevels(name, count, count / rows, tuple(levels[:SHOWN]), likely_cause(definition, levels))


def repeated_ids(table: ir.Table) -> list[int]:
    """Up to five applicants that occur more than once in a table."""
    counts = table.group_by(APPLICANT_ID).agg(rows=table.count())
    ids = counts.filter(counts.rows > 1).order_by(APPLICANT_ID).limit(SHOWN)[APPLICANT_ID].to_pyarrow()
    return [int(value) for value in ids.to_pylist() if not pd.isna(value)]


def refusal(file: str, findings: Findings, limit: float | None) -> str:
    """The errors that stop the reading of a table, worst first, one line per column; "" if there are none.

    Args:
        file: its name in the message.
        findings: of the table.
        limit: largest share of bad rows in a column that may be left out; None: none.
    """
    stops = [finding for finding in findings.columns if limit is None or finding.share > limit]
    new = [levels for levels in findings.new_levels if levels.share > NEW_LEVELS_LIMIT]
    if not stops and not new:
        return ""
    return findings_in_words(file, _head(findings, stops, limit), [*stops, *new])


def _head(findings: Findings, stops: Sequence[ColumnFinding], limit: float | None) -> str:
    if not stops:
        return "levels that are not known are too many to be new."
    held = f"{findings.refused_rows:,} of {findings.rows:,} rows hold what is not allowed"
    if limit is None:
        return f"{held}. Correct them, or leave them out with --quarantine FILE (train, applicants)."
    return f"{held}, in a column more than {limit:.2%}: too many to be left out. Correct them (--quarantine-limit)."
