"""History features under each scenario step: the changed applicants, as if they were other applicants.

A *variant* is an applicant under one step. Its id is `applicant id * number of steps + step`, so that the history
features run on it unchanged, on all variants at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import operations as ops
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from training.aggregates.compose import Aggregate
from training.aggregates.scenario import PAID, Scenario
from training.lender.history import GROUPS
from training.lender.scenarios import SCENARIOS
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

    `costs` has `PAID`, what the applicant needs to find; each of `groups` has the features, as float64, of a group that
    some step changes, for the variants of those steps.
    """

    costs: ir.Table
    groups: tuple[ir.Table, ...]


def variants(tables: Tables) -> Variants | None:
    """The history under each step, for the applicants whom it changes; None if no table is there to change."""
    steps = [step for step in STEPS if step.scenario.table in tables.history]
    if not steps:
        return None
    changed = {step: _changed(tables, step) for step in steps}
    costs = [table.group_by(APPLICANT_ID).aggregate(**{PAID: _[PAID].sum()}) for table in changed.values()]
    groups = [_group(group, tables, changed) for group in GROUPS]
    return Variants(ibis.union(*costs), tuple(group for group in groups if group is not None))


def _changed(tables: Tables, step: Step) -> ir.Table:
    """The rows of all whom a step changes, as those of its variants, and `PAID`."""
    scenario = step.scenario
    table = scenario.change(tables.history[scenario.table], step.parameter)
    ids = [applications.select(APPLICANT_ID) for applications in tables.applications()]
    known = table.filter(table[PAID].notnull()).semi_join(ids[0] if len(ids) == 1 else ibis.union(*ids), APPLICANT_ID)
    variant = (_[APPLICANT_ID] * len(STEPS) + step.number).cast("int64")
    return table.semi_join(known, APPLICANT_ID).mutate(**{APPLICANT_ID: variant})


def _group(group: Group, tables: Tables, changed: Mapping[Step, ir.Table]) -> ir.Table | None:
    """The features of a group for the variants of all steps that change them; None if there are none."""
    names, _features, compute = group
    if not all(name in tables.history for name in names):
        return None
    rows = [table.drop(PAID) for step, table in changed.items() if _reads(group, tables, step.scenario)]
    if not rows:
        return None
    moved = next(step.scenario.table for step in changed if step.scenario.table in names)
    return compute(*(ibis.union(*rows) if name == moved else tables.history[name] for name in names))


def _reads(group: Group, tables: Tables, scenario: Scenario) -> bool:
    """Whether a group's features depend on a column that a scenario changes."""
    names, _features, compute = group
    if scenario.table not in names:
        return False
    table = tables.history[scenario.table].op()
    read = compute(*(tables.history[name] for name in names)).op().find(ops.Field)
    return any(field.rel == table and field.name in scenario.columns for field in read)
