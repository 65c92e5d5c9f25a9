"""History features under each scenario step: the changed applicants, as if they were other applicants.

A *variant* is an applicant under one step. Its id is `applicant id * number of steps + step`, so that the history
features run on it unchanged, on all variants at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
from ibis import _
from ibis.expr import operations as ops
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from training.aggregates.compose import Aggregate
from training.aggregates.scenario import PAID, Scenario
from training.lender.history import GROUPS
from training.lender.scenarios import SCENARIOS
from training.tables.engines import running
from training.tables.read import Tables

# A group of features: its tables, its features, and the function that computes them.
Group = tuple[tuple[str, ...], tuple[Aggregate, ...], Callable[..., ir.Table]]


@dataclass(frozen=True)
class Step:
    """One value of a scenario's parameter; `number` is its place among all steps."""

    scenario: Scenario
    parameter: float
    number: int


STEPS: tuple[Step, ...] = tuple(
    Step(scenario, parameter, number)
    for number, (scenario, parameter) in enumerate(
        (scenario, parameter) for scenario in SCENARIOS for parameter in scenario.steps
    )
)


@dataclass(frozen=True)
class Variants:
    """Tables of one row per variant, `APPLICANT_ID` being the variant's id.

    `costs` has `PAID`, what the applicant needs to find; each of `groups` has the features of a group, as float64, that
    depend on what a step changes, for the variants of that step: memory holds no more than one step's.
    """

    costs: ir.Table
    groups: tuple[ir.Table, ...]


def can_change(tables: Tables) -> bool:
    """Whether there is a table that some scenario changes."""
    return any(step.scenario.table in tables.history for step in STEPS)


def variants(tables: Tables, scratch: Path) -> Variants:
    """The history under each step, for the applicants whom it changes.

    Args:
        tables: `can_change`.
        scratch: a folder for the changed rows, which are written once and read by each group of features.

    Raises:
        EngineError: the engine cannot finish.
        TableError: a file of a table is damaged.
    """
    costs, groups = [], []
    for scenario in (each for each in SCENARIOS if each.table in tables.history):
        computed = list(_moved(tables, scenario))
        for step in (each for each in STEPS if each.scenario == scenario):
            path = scratch / f"changed-{step.number}.parquet"
            with running(scratch, tables.connection):
                _changed(tables, step).to_parquet(path)
            changed = tables.connection.read_parquet(path)
            costs.append(changed.group_by(APPLICANT_ID).aggregate(**{PAID: _[PAID].sum()}))
            history = tables.history | {scenario.table: changed.drop(PAID)}
            for (names, _features, compute), moved in computed:
                groups.append(compute(*(history[name] for name in names)).select(APPLICANT_ID, *moved))
    return Variants(ibis.union(*costs), tuple(groups))


def _changed(tables: Tables, step: Step) -> ir.Table:
    """The rows of all whom a step changes, as those of its variants, and `PAID`."""
    scenario = step.scenario
    table = scenario.change(tables.history[scenario.table], step.parameter)
    ids = [applications.select(APPLICANT_ID) for applications in tables.applications()]
    known = table.filter(table[PAID].notnull()).semi_join(ids[0] if len(ids) == 1 else ibis.union(*ids), APPLICANT_ID)
    variant = (_[APPLICANT_ID] * len(STEPS) + step.number).cast("int64")
    return table.semi_join(known, APPLICANT_ID).mutate(**{APPLICANT_ID: variant})


def _moved(tables: Tables, scenario: Scenario) -> Iterator[tuple[Group, list[str]]]:
    """The groups with features that depend on a column that a scenario changes, and the names of these features."""
    for group in GROUPS:
        names, features, compute = group
        if scenario.table in names and all(name in tables.history for name in names):
            computed = compute(*(tables.history[name] for name in names)).op().fields
            table = tables.history[scenario.table].op()
            declared = [aggregate.feature.name for aggregate in features]
            moved = [name for name in declared if not _read(computed[name], table).isdisjoint(scenario.columns)]
            if moved:
                yield group, moved


def _read(value: ops.Value, table: ops.Relation) -> set[str]:
    """The columns of a table that a value is computed from."""
    found: set[str] = set()
    for field in value.find(ops.Field, filter=ops.Value):
        if field.rel == table:
            found.add(field.name)
        elif isinstance(field.rel, ops.Project | ops.Aggregate):
            found |= _read(field.rel.values[field.name], table)
        else:
            # Whatever rows a filter or a join leaves depends on all that it reads.
            found |= {each.name for each in field.rel.find(ops.Field) if each.rel == table}
    return found
