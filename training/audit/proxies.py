"""Proxies for protected attributes in the model, and how approvals change without them.

Protected attributes themselves are not inputs. Proxies are of two kinds: features made from fields that a reviewer
names (`PROXIES`), and features that are statistically associated with an attribute (`associated`). Each is left out of
a cross-validation on the same folds, which gives the approval rates by group without it. It stays in the model: whether
leaving it out is worth the cost is for the lender to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency
from sklearn.metrics import roc_auc_score

from scoring.arrays import Columns, Floats
from scoring.artifact.review import ApprovalWithout, LeftOut
from scoring.decision.costs import RatioCosts, losses
from scoring.schema.features import feature_matrix, history_inputs, to_columns
from scoring.schema.fields import fields
from training.audit.constraint_costs import refusals
from training.audit.groups import NO_RATE, Decisions, Group, groups_of, most_approved, rate, ratio_draws
from training.audit.yardstick import Yardstick
from training.learn.fit import FOLDS, OutOfFold, Recipe, cross_validate
from training.learn.rows import TrainingRows
from training.lender.roles import PROXIES

# Cohen's w of a medium effect (Cohen, 1988, "Statistical power analysis for the behavioral sciences").
MEDIUM_EFFECT = 0.3
BINS = 10


@dataclass(frozen=True)
class Proxy:
    """Indices of features to leave out: those made from the field `name`, or associated with the attribute `name`."""

    kind: Literal["fields", "associated"]
    name: str
    indices: list[int]


def audited_attributes() -> list[str]:
    """The protected attributes, not themselves inputs, for which associated features are sought."""
    return [field.name for field in fields().values() if field.protected == "protected"]


def fits() -> int:
    """How many folds `leave_out` accounts for, for the progress bar."""
    return FOLDS * (len(PROXIES) + len(audited_attributes()))


def proxies(frame: pd.DataFrame, rows: TrainingRows) -> list[Proxy]:
    """Every proxy with its features among the rows'; it may have none."""
    columns = to_columns(frame, history_inputs(rows.features))
    return [
        *(Proxy("fields", name, made_from(columns, rows, (name, *others))) for name, others in PROXIES.items()),
        *(Proxy("associated", name, associated(columns, rows, name)) for name in audited_attributes()),
    ]


def made_from(columns: Columns, rows: TrainingRows, names: Sequence[str]) -> list[int]:
    """The indices of the features that change when the values of these fields are permuted among applicants."""
    moved = feature_matrix({**columns, **{name: np.roll(columns[name], 1) for name in names}}, rows.features)
    return np.flatnonzero([_differ(rows.matrix[:, index], moved[:, index]) for index in range(moved.shape[1])]).tolist()


def _differ(first: Floats, second: Floats) -> bool:
    return not np.array_equal(first, second, equal_nan=True)


def associated(columns: Columns, rows: TrainingRows, attribute: str) -> list[int]:
    """The indices of the features associated with an attribute, with at least a medium effect."""
    levels = pd.Series(columns[attribute])
    return [
        index
        for index, item in enumerate(rows.features)
        if association(rows.matrix[:, index], levels, item.feature.kind == "quantitative") >= MEDIUM_EFFECT
    ]


def association(values: Floats, levels: pd.Series, ordered: bool) -> float:
    """Cohen's w of a feature, in tenths if it is ordered, with the levels of an attribute; missing is a value, too.

    w = sqrt(chi² / n), with the chi² expected by chance (the degrees of freedom) subtracted.
    """
    known = pd.Series(values)
    binned = pd.qcut(known, BINS, labels=False, duplicates="drop") if ordered else known
    table = pd.crosstab(binned.fillna(-1), levels)
    if min(table.shape) < 2:
        return 0.0
    found = chi2_contingency(table, correction=False)
    return float(np.sqrt(max(found.statistic - found.dof, 0) / table.to_numpy().sum()))


def leave_out(
    frame: pd.DataFrame,
    rows: TrainingRows,
    yardstick: Yardstick,
    costs: RatioCosts,
    seed: int,
    tick: Callable[[], object],
) -> list[LeftOut]:
    """The approvals by group without each proxy.

    Args:
        frame: the applicants with their raw fields.
        rows: the same applicants as the model sees them.
        yardstick: the cross-validation of these rows with every proxy.
        costs: for thresholds and reported costs.
        seed: of folds, boosters and bootstrap.
        tick: called for each fold, even if there is nothing to leave out.
    """
    found = proxies(frame, rows)
    everything, recipe = yardstick.found, yardstick.recipe
    without = [_without(rows, proxy.indices, seed, tick, recipe) if proxy.indices else everything for proxy in found]
    for _ in range(FOLDS * sum(not proxy.indices for proxy in found)):
        tick()
    decisions = [_decisions(way, rows.outcomes, costs) for way in (everything, *without)]
    groups = groups_of(to_columns(frame))
    approved = np.column_stack([way.approved for way in decisions]).astype(np.float64)
    draws = ratio_draws(groups, approved, np.ones((len(approved), 1)), seed)
    return [
        LeftOut(
            kind=proxy.kind,
            name=proxy.name,
            features=[rows.features[index].feature.name for index in proxy.indices],
            auc_with=float(roc_auc_score(rows.outcomes, everything.margins)),
            auc_without=float(roc_auc_score(rows.outcomes, other.margins)),
            cost_with=_cost(decisions[0], costs),
            cost_without=_cost(decisions[way], costs),
            approvals=_approvals(groups, (decisions[0], decisions[way]), draws[..., [0, way]]) if proxy.indices else [],
        )
        for way, (proxy, other) in enumerate(zip(found, without, strict=True), start=1)
    ]


def _without(
    rows: TrainingRows, indices: Sequence[int], seed: int, tick: Callable[[], object], recipe: Recipe
) -> OutOfFold:
    kept = [index for index in range(len(rows.features)) if index not in indices]
    return cross_validate(rows.only(kept), seed, tick, recipe)


def _decisions(found: OutOfFold, outcomes: Floats, costs: RatioCosts) -> Decisions:
    return Decisions(outcomes, found.probabilities, ~refusals(found, outcomes, costs))


def _cost(way: Decisions, costs: RatioCosts) -> float:
    return float(losses(costs, way.outcomes, ~way.approved).mean())


def _approvals(groups: Sequence[Group], ways: tuple[Decisions, Decisions], draws: Floats) -> list[ApprovalWithout]:
    """Each group's approval with and without; draws have shape (resamples, groups, 2)."""
    values = np.array([[way.approved[group.inside].mean() for group in groups] for way in ways])
    return [_approval(groups, index, values, draws) for index in range(len(groups))]


def _approval(groups: Sequence[Group], index: int, values: Floats, draws: Floats) -> ApprovalWithout:
    group, applicants = groups[index], int(groups[index].inside.sum())
    if not group.large:
        return ApprovalWithout(group.attribute, group.level, applicants, NO_RATE, NO_RATE, NO_RATE, None, None)
    before, after = values[:, index]
    drawn = draws[:, index]
    return ApprovalWithout(
        group.attribute,
        group.level,
        applicants,
        approval_with=rate(before, drawn[:, 0]),
        approval_without=rate(after, drawn[:, 1]),
        change=rate(after - before, drawn[:, 1] - drawn[:, 0]),
        ratio_with=_ratio(groups, index, values[0]),
        ratio_without=_ratio(groups, index, values[1]),
    )


def _ratio(groups: Sequence[Group], index: int, approval: Floats) -> float | None:
    best = most_approved(groups, groups[index].attribute, approval)
    return float(approval[index] / approval[best]) if best is not None and approval[best] else None
