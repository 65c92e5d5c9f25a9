"""How a model treats groups of applicants that differ by a protected attribute or a proxy for one.

Figures of a group are fairlearn's (`MetricFrame`). Their intervals are not: its bootstrap calls every metric for every
group again, at 0.1 s per resample and attribute, ten minutes in all, as long as the whole training. Here each figure is
a ratio of two sums, so that all follow from one matrix product per block of resamples; a test compares them with
fairlearn's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate, selection_rate
from numpy.typing import NDArray

from scoring.arrays import Columns, Floats
from scoring.artifact.review import GroupRates, Rate
from scoring.lender.formulas import ELDERLY, SELECTED_BELOW, ages
from scoring.lender.roles import AGE_BAND
from training.lender.roles import ATTRIBUTES
from training.statistics.bootstrap import interval, resamples

# A rate over fewer applicants is noise, and could identify individuals.
FEWEST_IN_GROUP = 30
BAND_EDGES = (SELECTED_BELOW, 35, 45, 55, ELDERLY)
FIGURES = ("approval", "false_refusal", "false_approval", "default_rate", "mean_probability", "calibration_gap")
# More would only make artifacts larger: intervals are far wider than this.
DIGITS = 5
NO_RATE = Rate(None, None, None)


@dataclass(frozen=True, eq=False)
class Decisions:
    """Decisions on n applicants of known outcome: out-of-sample probabilities of default and approvals, each (n,)."""

    outcomes: Floats
    probabilities: Floats
    approved: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Group:
    """One group among n applicants; `inside` (n,) is the mask of its members."""

    attribute: str
    level: str
    inside: NDArray[np.bool_]

    @property
    def large(self) -> bool:
        """Whether it has enough applicants for a rate."""
        return int(self.inside.sum()) >= FEWEST_IN_GROUP


def band_names() -> list[str]:
    """The age bands in years, from the lowest: "<27", "27-34", ..., "62+"."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(BAND_EDGES)]
    return [f"<{BAND_EDGES[0]}", *inner, f"{BAND_EDGES[-1]}+"]


def levels_of(attribute: str, columns: Columns) -> pd.Series:
    """Each applicant's level of an attribute, as text; missing if not on file."""
    if attribute == AGE_BAND:
        edges = [-np.inf, *BAND_EDGES, np.inf]
        return pd.Series(pd.cut(ages(columns), edges, right=False, labels=band_names()), dtype="object")
    values = pd.Series(columns[attribute])
    return values.map(lambda value: f"{value:g}" if isinstance(value, float) else value, na_action="ignore")


def groups_of(columns: Columns) -> list[Group]:
    """All non-empty groups of all attributes; groups of one attribute do not overlap."""
    return list(_groups(columns))


def _groups(columns: Columns) -> Iterator[Group]:
    for attribute in ATTRIBUTES:
        levels = levels_of(attribute, columns)
        present = set(levels.dropna())
        order = band_names() if attribute == AGE_BAND else sorted(present)
        yield from (Group(attribute, level, (levels == level).to_numpy(bool)) for level in order if level in present)


def group_rates(columns: Columns, decisions: Decisions, seed: int) -> list[GroupRates]:
    """The rates of every group.

    Args:
        columns: raw fields of n applicants.
        decisions: those on the same applicants.
        seed: of the bootstrap.
    """
    groups = groups_of(columns)
    values, draws = _values(groups, decisions), ratio_draws(groups, *sums(decisions), seed)
    return [_rates(groups, index, decisions, values, draws) for index in range(len(groups))]


def _rates(groups: Sequence[Group], index: int, decisions: Decisions, values: Floats, draws: Floats) -> GroupRates:
    group = groups[index]
    applicants, defaulted = int(group.inside.sum()), int(decisions.outcomes[group.inside].sum())
    counted = dict.fromkeys(FIGURES, applicants)
    counted |= {"false_refusal": applicants - defaulted, "false_approval": defaulted}
    rates = {
        name: rate(values[index, figure], draws[:, index, figure]) if counted[name] >= FEWEST_IN_GROUP else NO_RATE
        for figure, name in enumerate(FIGURES)
    }
    best = most_approved(groups, group.attribute, values[:, 0])
    return GroupRates(
        attribute=group.attribute,
        level=group.level,
        applicants=applicants,
        defaulted=defaulted if group.large else None,
        approval_ratio=ratio(values[:, 0], draws[:, :, 0], index, best) if group.large else NO_RATE,
        **rates,
    )


def most_approved(groups: Sequence[Group], attribute: str, approval: Floats) -> int | None:
    """The index of an attribute's group with the highest approval rate; None if all groups are too small.

    Args:
        groups: of all attributes.
        attribute: the one of interest.
        approval: approval rate of each group, shape (groups,).
    """
    indices = [index for index, group in enumerate(groups) if group.attribute == attribute and group.large]
    return max(indices, key=lambda index: approval[index], default=None)


def ratio(values: Floats, draws: Floats, index: int, best: int | None) -> Rate:
    """One group's value over another's, unless that is 0; `values` (groups,), `draws` (resamples, groups).

    The other group is the same in all resamples, so that the ratio may exceed 1 in some.
    """
    if best is None or not values[best]:
        return NO_RATE
    with np.errstate(divide="ignore", invalid="ignore"):
        return rate(values[index] / values[best], draws[:, index] / draws[:, best])


def rate(value: float, draws: Floats) -> Rate:
    """A figure with the percentiles of its resamples, except those without a value."""
    figures = (value, *interval(draws[np.isfinite(draws)]))
    return Rate(*(round(float(figure), DIGITS) for figure in figures))


def _values(groups: Sequence[Group], decisions: Decisions) -> Floats:
    """The figures of each group as fairlearn computes them, shape (groups, figures)."""
    frames = [
        _frame([group for group in groups if group.attribute == attribute], decisions) for attribute in ATTRIBUTES
    ]
    return np.concatenate(frames)


def _frame(groups: Sequence[Group], decisions: Decisions) -> Floats:
    """The same for the groups of one attribute."""
    if not groups:
        return np.empty((0, len(FIGURES)))
    inside = np.array([group.inside for group in groups])
    known = inside.any(axis=0)
    # Approval is the prediction "will repay": a refused applicant who repaid is a false negative.
    found = MetricFrame(
        metrics={
            "approval": selection_rate,
            "false_refusal": false_negative_rate,
            "false_approval": false_positive_rate,
            "default_rate": lambda repaid, _: 1 - np.mean(repaid),
            "mean_probability": _mean_probability,
        },
        y_true=1 - decisions.outcomes[known],
        y_pred=decisions.approved[known].astype(float),
        sensitive_features=inside[:, known].argmax(axis=0),
        sample_params={"mean_probability": {"probabilities": decisions.probabilities[known]}},
    ).by_group
    found["calibration_gap"] = found["mean_probability"] - found["default_rate"]
    return found.sort_index()[list(FIGURES)].to_numpy(float)


def _mean_probability(_repaid: NDArray, _approved: NDArray, probabilities: Floats) -> float:
    return float(np.mean(probabilities))


def ratio_draws(groups: Sequence[Group], numerators: Floats, denominators: Floats, seed: int) -> Floats:
    """Ratios of sums over each group's applicants, in each resample of all applicants.

    All use the same resamples, so that differences are paired. Not finite if a resample has no applicant to count.

    Args:
        groups: among n applicants.
        numerators: of k ratios, shape (n, k).
        denominators: of each, shape (n, k), or (n, 1) of all of them.
        seed: of the resamples.

    Returns:
        Shape (resamples, groups, k).
    """
    inside = np.array([group.inside for group in groups])
    over, under = _spread(inside, numerators), _spread(inside, denominators)
    blocks = [
        (_summed(weights, over, len(groups)), _summed(weights, under, len(groups)))
        for weights in resamples(len(numerators), seed)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([above / below for above, below in blocks])


def _summed(weights: Floats, values: Floats, groups: int) -> Floats:
    """Weighted sums, shape (resamples, groups, k)."""
    return (weights @ values).reshape(len(weights), groups, -1)


def _spread(inside: NDArray[np.bool_], values: Floats) -> Floats:
    """Values (n, k) within each group and 0 outside it, shape (n, groups x k)."""
    return (inside.T[:, :, None] * values[:, None, :]).reshape(len(values), -1)


def sums(decisions: Decisions) -> tuple[Floats, Floats]:
    """Numerators and denominators of each figure by applicant, both of shape (n, figures)."""
    everybody = np.ones_like(decisions.outcomes)
    repaid, refused = 1 - decisions.outcomes, ~decisions.approved
    numerators = (
        decisions.approved,
        repaid * refused,
        decisions.outcomes * decisions.approved,
        decisions.outcomes,
        decisions.probabilities,
        decisions.probabilities - decisions.outcomes,
    )
    denominators = (everybody, repaid, decisions.outcomes, everybody, everybody, everybody)
    return np.column_stack(numerators).astype(np.float64), np.column_stack(denominators)
