"""The table of finished combinations: figures with intervals, differences from the best, times."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from training.compare.combination import Combination
from training.compare.figures import Scored, score, values
from training.compare.record import Finished
from training.statistics.bootstrap import Estimate

FIGURES = {
    "auc": "AUC",
    "average_precision": "average precision",
    "recall": "recall",
    "precision": "precision",
    "f1": "F1",
    "brier": "Brier score",
    "calibration_error": "calibration error",
    "mean_probability": "mean probability",
    "cost": "cost",
    "cost_at_theoretical_threshold": "cost at the theoretical threshold",
}
COMPARED = ("cost", "auc")
PER = 1_000


@dataclass(frozen=True)
class Line:
    """A line of the table: a combination, its out-of-fold and test figures, and its differences from the best."""

    finished: Finished
    out_of_fold: dict[str, float]
    scored: Scored
    from_best: dict[str, Estimate]


@dataclass(frozen=True)
class Table:
    """All lines, by ascending out-of-fold cost: the best is chosen without the test set."""

    lines: tuple[Line, ...]

    @property
    def best(self) -> Line:
        """The line with the least out-of-fold cost."""
        return self.lines[0]

    def line(self, combination: Combination) -> Line:
        """The line of a combination."""
        return next(line for line in self.lines if line.finished.combination == combination)


def make_table(finished: Sequence[Finished], learnt: NDArray, tested: NDArray, seed: int) -> Table:
    """Makes the table.

    Args:
        finished: the combinations.
        learnt: outcomes of the training rows.
        tested: outcomes of the test set.
        seed: for the bootstrap resamples, the same for all combinations.
    """
    known = [(item, values(item.out_of_fold, learnt, item.rule)) for item in finished]
    known.sort(key=lambda pair: pair[1]["cost"])
    scored = [score(item.test, tested, item.rule, seed) for item, _ in known]
    return Table(
        tuple(
            Line(item, out_of_fold, mine, {name: mine.minus(scored[0], name) for name in COMPARED})
            for (item, out_of_fold), mine in zip(known, scored, strict=True)
        )
    )


def scoring_seconds_per_1000(line: Line) -> float:
    """The time to score a thousand applicants."""
    return PER * line.finished.scoring_seconds / len(line.finished.test)


def as_json(table: Table) -> list[dict[str, Any]]:
    """The table for `comparison.json`, a dictionary per line."""
    return [_line_as_json(line) for line in table.lines]


def _line_as_json(line: Line) -> dict[str, Any]:
    finished, rule = line.finished, line.finished.rule
    return {
        "model": finished.combination.model,
        "strategy": finished.combination.strategy.value,
        "figures": {name: asdict(line.scored.estimate(name)) for name in FIGURES},
        "from_best": {name: asdict(found) for name, found in line.from_best.items()},
        "threshold": rule.threshold,
        "band_low": rule.band_low,
        "band_high": rule.band_high,
        "theoretical_threshold": rule.costs.theoretical_threshold,
        "out_of_fold": {name: line.out_of_fold[name] for name in ("auc", "brier", "calibration_error", "cost")},
        "parameters": dict(finished.found.parameters),
        "trials": finished.found.trials,
        "pruned_trials": finished.found.pruned,
        "training_seconds": finished.training_seconds,
        "scoring_seconds_per_1000": scoring_seconds_per_1000(line),
    }


def as_frame(table: Table) -> pd.DataFrame:
    """The table for `comparison.csv`: a line per combination, with `_low` and `_high` columns for each figure."""
    return pd.DataFrame([_flat(line) for line in as_json(table)])


def _flat(line: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in line.items() if not isinstance(value, dict)}
    words = {name: kept.pop(name) for name in ("model", "strategy")}
    return {
        **words,
        **_spread(line["figures"], ""),
        **_spread(line["from_best"], "_from_best"),
        **kept,
        **{f"out_of_fold_{name}": value for name, value in line["out_of_fold"].items()},
        "parameters": json.dumps(line["parameters"]),
    }


def _spread(estimates: Mapping[str, Mapping[str, float]], suffix: str) -> dict[str, float]:
    return {
        f"{name}{suffix}{'' if end == 'value' else f'_{end}'}": value
        for name, estimate in estimates.items()
        for end, value in estimate.items()
    }
