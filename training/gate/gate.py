"""The gate before publication: a model may replace the current version only if it passes all checks.

The burden of proof lies with the challenger: its cost on the same applicants must be shown to be no worse than the
current version's beyond a margin (paired bootstrap), so that it fails with too few applicants in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from scoring.arrays import Columns, Floats
from scoring.artifact.lineage import GATE
from scoring.artifact.load import Artifact
from scoring.artifact.population import PROBABILITY
from scoring.decision.costs import cost_columns, losses
from scoring.decision.rule import DecisionRule
from scoring.lender.formulas import ELDERLY
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.features import ModelFeature, application_features, feature_matrix
from scoring.schema.fields import fields
from training.audit.age import ROUNDING, age_check
from training.audit.readers import Reader, readers
from training.defaults import MARGIN
from training.gate.held_out import HeldOut, served_probabilities
from training.lender.history import FEATURES
from training.statistics.bootstrap import RESAMPLES, mean_with_interval
from training.statistics.evaluate import CALIBRATION_BINS, calibration_error, calibration_table

# With fewer defaults, a resample may have hardly any, and the interval is meaningless.
FEWEST_DEFAULTS = 30
# How far the calibration error may exceed what perfectly calibrated probabilities show by chance on as many applicants.
CALIBRATION_TOLERANCE = 0.01
# Limit in milliseconds on the best time for one applicant's contributions, so that edits respond at once.
EXPLAIN_MILLISECONDS = 50.0
EXPLAIN_RUNS = 20
# Applicants for whom directions are tried.
TRIED_APPLICANTS = 40
SEED = 20
# Draws of outcomes that say what calibration error chance alone gives, and the quantile of theirs that is allowed for.
CHANCE_DRAWS, CHANCE_QUANTILE = 200, 0.95


@dataclass(frozen=True)
class Check:
    """One check: `told` says in words what was found and what is allowed; `figures` has the numbers."""

    name: str
    passed: bool
    told: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Gate:
    """The result of all checks. `against` names the version compared with (None: there was none).

    `reason` says why the model was published despite a failed check.
    """

    against: str | None
    checks: tuple[Check, ...]
    reason: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every check was passed."""
        return all(check.passed for check in self.checks)

    @property
    def verdict(self) -> str:
        """The result in a few words."""
        if self.passed:
            return "passed"
        failed = ", ".join(check.name for check in self.checks if not check.passed)
        return f"failed ({failed})" + (f"; published because: {self.reason}" if self.reason else "")


def gate_of(manifest: Mapping[str, Any]) -> Gate | None:
    """The gate's result of a published version, stored as `asdict(gate)`; None if it never went through the gate."""
    if GATE not in manifest:
        return None
    content = manifest[GATE]
    return Gate(content["against"], tuple(Check(**check) for check in content["checks"]), content["reason"])


def own_checks(challenger: Artifact) -> tuple[Check, ...]:
    """The checks of a model by itself, on its own reference population."""
    frame = challenger.population.frame
    return (
        calibration("calibration", frame[PROBABILITY].to_numpy(dtype=np.float64), challenger.population.outcomes),
        served_matches_tested(challenger),
        invariance(challenger),
        directions(challenger),
        elderly(challenger),
        explanation_time(challenger),
    )


def decision_losses(
    probabilities: Floats, outcomes: Floats, frame: pd.DataFrame, own: DecisionRule, costing: DecisionRule
) -> Floats:
    """The loss of each decision by the rule `own`, in the costs of the rule `costing`, shape (n,)."""
    columns = cost_columns(frame)
    return losses(costing.costs.per_applicant(columns), outcomes, probabilities > own.terms(columns).threshold)


def cost(rows: HeldOut, challenger: DecisionRule, current: DecisionRule, margin: float) -> Check:
    """Whether the challenger's cost exceeds the current version's by no more than `margin`, a share of the latter.

    Each decides by its own rule; both are measured in the challenger's costs. The interval is from a paired bootstrap.
    """
    name, defaults = "cost", int(rows.outcomes.sum())
    if defaults < FEWEST_DEFAULTS:
        return Check(
            name,
            False,
            f"{len(rows.frame)} {rows.source}: {defaults} of them defaulted, while a comparison needs "
            f"{FEWEST_DEFAULTS}. Name labelled tables that neither version has learnt from with --data",
            {"applicants": len(rows.frame), "defaults": defaults},
        )
    ours = decision_losses(rows.challenger, rows.outcomes, rows.frame, challenger, challenger)
    theirs = decision_losses(rows.current, rows.outcomes, rows.frame, current, challenger)
    change, number = mean_with_interval(ours - theirs, SEED), len(ours)
    allowed = margin * float(theirs.mean())
    return Check(
        name,
        change.high <= allowed,
        f"{ours.mean():.6g} per applicant, the current version {theirs.mean():.6g}: a change of {change.value:+.4g} "
        f"({change.low:+.4g} to {change.high:+.4g}, 95 % of {RESAMPLES} paired resamples), while at most "
        f"{allowed:+.4g} ({margin:.1%}) is allowed at the upper end; on {number} {rows.source}",
        {
            "challenger": float(ours.mean()),
            "current": float(theirs.mean()),
            "change": change.value,
            "low": change.low,
            "high": change.high,
            "margin": margin,
            "allowed": allowed,
            "applicants": number,
            "defaults": defaults,
        },
    )


def _error(probabilities: Floats, outcomes: Floats) -> float:
    """Calibration error over ten bins of equal number."""
    edges = np.quantile(probabilities, np.linspace(0, 1, CALIBRATION_BINS + 1))
    return calibration_error(calibration_table(probabilities, outcomes, edges))


def calibration(name: str, probabilities: Floats, outcomes: Floats) -> Check:
    """Whether the calibration error is no more than chance and a tolerance allow.

    Chance is a high quantile of the error of outcomes drawn from the probabilities themselves.
    """
    drawn = np.random.default_rng(SEED).random((CHANCE_DRAWS, len(outcomes))) < probabilities
    chance = float(np.quantile([_error(probabilities, each.astype(np.float64)) for each in drawn], CHANCE_QUANTILE))
    found, allowed = _error(probabilities, outcomes), chance + CALIBRATION_TOLERANCE
    return Check(
        name,
        found <= allowed,
        f"calibration error {found:.4f} over tenths of {len(outcomes)} applicants, while {allowed:.4f} is allowed "
        f"(chance alone gives up to {chance:.4f})",
        {"error": found, "allowed": allowed, "chance": chance, "applicants": len(outcomes)},
    )


def served_matches_tested(challenger: Artifact) -> Check:
    """Whether the served model does as well as its recipe did when fitted without the reference applicants.

    It has been fitted on them since, so it should do better; if it does worse, it is not the model that was tested.
    """
    population, rule = challenger.population, challenger.rule
    promised = population.frame[PROBABILITY].to_numpy(dtype=np.float64)
    served = served_probabilities(challenger, population.frame)
    costs = [
        float(decision_losses(found, population.outcomes, population.frame, rule, rule).mean())
        for found in (served, promised)
    ]
    return Check(
        "served model",
        costs[0] <= (1 + MARGIN) * costs[1],
        f"{costs[0]:.6g} per applicant on the reference population, which it has learnt from; its recipe, fitted "
        f"without them, {costs[1]:.6g}; at most {MARGIN:.0%} more is allowed",
        {"served": costs[0], "held_out": costs[1], "margin": MARGIN},
    )


def invariance(challenger: Artifact) -> Check:
    """Whether shuffling protected attributes, their proxies, id and outcome leaves every probability as it is."""
    population = challenger.population
    never = (*(name for name, field in fields().items() if field.protected), APPLICANT_ID, TARGET)
    rng, before = np.random.default_rng(SEED), challenger.model.log_odds(population.matrix, threads=0)
    moved = [name for name in never if name in population.columns and _moves(challenger, name, before, rng)]
    found = f"shuffling {', '.join(moved)} changes probabilities" if moved else "no protected attribute changes one"
    return Check(
        "invariance", not moved, f"{found}; {len(population.frame)} applicants", {"attributes_that_matter": len(moved)}
    )


def _moves(challenger: Artifact, name: str, before: Floats, rng: np.random.Generator) -> bool:
    columns = {**challenger.population.columns, name: rng.permutation(challenger.population.columns[name])}
    return not np.array_equal(before, _log_odds(challenger, columns))


def _log_odds(challenger: Artifact, columns: Columns) -> Floats:
    return challenger.model.log_odds(feature_matrix(columns, challenger.model.features), threads=0)


def _spread(number: int, most: int) -> np.ndarray:
    """At most so many indices among `number`, equally spaced."""
    return np.unique(np.linspace(0, number - 1, most).astype(int))


def declared_directions(features: Sequence[ModelFeature]) -> dict[int, int]:
    """Index -> direction of each directed feature, as this code declares it, whatever the artifact says."""
    declared = {feature.name: feature.direction for feature in (*application_features(), *FEATURES)}
    found = {index: declared.get(item.feature.name, item.feature.direction) for index, item in enumerate(features)}
    return {index: direction for index, direction in found.items() if direction}


def directions(challenger: Artifact) -> Check:
    """Whether raising a feature that may only raise the risk never lowers it, and the other way round."""
    matrix, features = challenger.population.matrix, challenger.model.features
    some = matrix[_spread(len(matrix), TRIED_APPLICANTS)]
    directed = declared_directions(features)
    against = [
        features[index].feature.name
        for index, reader in zip(directed, readers(challenger.model, directed), strict=True)
        if _goes_against(reader, some, index, directed[index])
    ]
    found = f"against their direction: {', '.join(against)}" if against else "none goes against its direction"
    return Check(
        "directions",
        not against,
        f"{len(directed)} features tried between all splits of the model for {len(some)} applicants; {found}",
        {"features": len(directed), "against": len(against)},
    )


def _goes_against(reader: Reader, some: Floats, index: int, direction: int) -> bool:
    grid = reader.between
    if not len(grid):
        return False
    tried = np.repeat(some, len(grid), axis=0)
    tried[:, index] = np.tile(grid, len(some))
    margins = np.asarray(reader.booster.predict(tried, raw_score=True, num_threads=0))
    steps = np.diff(margins.reshape(len(some), len(grid)), axis=1)
    return bool((direction * steps < -ROUNDING).any())


def elderly(challenger: Artifact) -> Check:
    """Whether nobody of 62 or more would be scored better at a lower age (12 CFR 1002.6(b)(2))."""
    found = age_check(challenger.model, challenger.population.columns)
    return Check(
        "elderly",
        found.better == 0,
        f"{found.applicants} applicants of {ELDERLY} or more tried at {len(found.ages)} lower ages: {found.better} "
        "would be scored better at one of them",
        {"applicants": found.applicants, "better": found.better},
    )


def explanation_time(challenger: Artifact) -> Check:
    """Whether one applicant's contributions are computed in time: the best of some runs, as a machine may be busy."""
    row = challenger.population.matrix[:1]
    best = min(_milliseconds(challenger, row) for _ in range(EXPLAIN_RUNS))
    return Check(
        "explanation time",
        best <= EXPLAIN_MILLISECONDS,
        f"{best:.1f} ms for one applicant (best of {EXPLAIN_RUNS} runs), while {EXPLAIN_MILLISECONDS:g} ms is allowed",
        {"milliseconds": best, "allowed": EXPLAIN_MILLISECONDS},
    )


def _milliseconds(challenger: Artifact, row: Floats) -> float:
    start = perf_counter()
    challenger.model.contributions(row)
    return 1_000 * (perf_counter() - start)


def unreadable(error: str) -> Check:
    """The failed comparison with a current version that cannot be read."""
    return Check("cost", False, f"the current version cannot be compared with: {error}", {})


def gate_lines(gate: Gate) -> list[str]:
    """The result in words, one line per check."""
    lines = [f"{'passed' if check.passed else 'FAILED'}  {check.name}: {check.told}" for check in gate.checks]
    return [*lines, f"gate {gate.verdict}; compared with {gate.against or 'nothing: the first version in its repo'}"]
