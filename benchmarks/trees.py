"""`python -m benchmarks.trees --data DIR`: performance of fewer, larger or more trees, and the cost to explain them.

Each variant of the recipe is cross-validated on the same folds. Its TreeSHAP is timed on one core, a row at a time, and
compared with the served recipe in the same run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.timing import medians
from scoring.decision.cost_curve import rule_for
from scoring.decision.costs import RatioCosts
from scoring.lender.roles import TARGET
from scoring.schema.features import frame_matrix
from training.dataset.dataset import applicant_table
from training.defaults import DEFAULT_SEED
from training.learn.fit import Fitted, Recipe, cross_validate, fit_recipe
from training.learn.rows import TrainingRows
from training.learn.split import model_features
from training.learn.threshold import rate_curve
from training.statistics.evaluate import cost_per_applicant
from training.tables.read import read_tables

VARIANTS = {
    "served": Recipe(),
    "1 booster": Recipe(bags=1),
    "5 boosters": Recipe(bags=5),
    "1 booster of 31 leaves": Recipe(bags=1, leaves=31),
    "1 slow booster": Recipe(bags=1, learning_rate=0.012),
    "10 fast boosters": Recipe(learning_rate=0.1),
}
EXPLAINED = 200


def trees(rows: TrainingRows) -> list[str]:
    """A line per variant: out-of-fold discrimination and cost, trees, milliseconds to explain a row."""
    costs, fitted, results = RatioCosts(), {}, {}
    for name, recipe in VARIANTS.items():
        found = cross_validate(rows, DEFAULT_SEED, lambda: None, recipe)
        rule = rule_for(rate_curve(found.probabilities, rows.outcomes), costs)
        cost = cost_per_applicant(found.probabilities, rows.outcomes, costs.threshold(rule.k), costs)
        fitted[name] = fit_recipe(rows, DEFAULT_SEED, recipe)
        results[name] = f"AUC {roc_auc_score(rows.outcomes, found.margins):.4f}, cost {cost:.4f}"
    taken = medians({name: _explainer(rows, model) for name, model in fitted.items()}, EXPLAINED)
    return [
        f"{name}: {results[name]}, {len(model.indices)} features, {model.booster.num_trees()} trees, "
        f"{1e3 * taken[name]:.2f} ms to explain a row, {taken[name] / taken['served']:.2f} times the served recipe"
        for name, model in fitted.items()
    ]


def _explainer(rows: TrainingRows, model: Fitted) -> Callable[[], object]:
    matrix = np.ascontiguousarray(rows.matrix[:, model.indices])
    indices = cycle(range(len(matrix)))

    def explain() -> object:
        index = next(indices)
        return model.booster.predict(matrix[index : index + 1], pred_contrib=True, num_threads=1)

    return explain


def main() -> None:
    """Prints the figures of all variants on a folder of tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    frame = applicant_table(read_tables(parser.parse_args().data), "train")
    features = model_features(frame)
    for line in trees(TrainingRows(frame_matrix(frame, features), frame[TARGET].to_numpy(float), features)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
