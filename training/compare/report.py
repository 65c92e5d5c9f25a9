"""The comparison as a Markdown report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from training.compare.complexity import complexity, complexity_in_words
from training.compare.curves import CURVES
from training.compare.models import Budget
from training.compare.rows import Parts
from training.compare.table import FIGURES, PER, Line, Table, scoring_seconds_per_1000
from training.compare.words import TREATMENTS, best, shown, thresholds, treatment
from training.statistics.bootstrap import RESAMPLES

Column = Callable[[Line], str]


def report(table: Table, parts: Parts, budget: Budget, seed: int) -> str:
    """The report of a comparison, in Markdown."""
    sections = {
        "Which is best": best(table),
        "What complexity buys": complexity_in_words(complexity(table, parts, seed)),
        **{f"What {name} does on this data": treatment(table, each) for each, name in TREATMENTS.items()},
        "What the thresholds say": thresholds(table),
        "Costs on the test set": markdown_table(table, _cost_columns()),
        "Other figures on the test set": markdown_table(table, _other_columns()),
        "Curves on the test set": [f"![{name}]({name}.png)" for name in CURVES],
        "How it was made": _method(budget),
    }
    page = ["# Comparison of models and treatments of the imbalance", "", _setting(table, parts, budget), ""]
    for title, lines in sections.items():
        page += [f"## {title}", "", *lines, ""]
    return "\n".join(page)


def _setting(table: Table, parts: Parts, budget: Budget) -> str:
    learnt, tested = parts.learn.outcomes, parts.test.outcomes
    costs = table.best.finished.rule.costs
    return (
        f"{len(learnt)} applicants to learn from ({learnt.mean():.2%} default), {len(tested)} in the untouched test "
        f"set ({tested.mean():.2%} default), {parts.learn.inputs.shape[1]} features, {budget.folds} folds, the same "
        f"for all; {budget.trials} Optuna trials per combination. Costs are per applicant: a wrong approval costs "
        f"{costs.false_approval:g}, a wrong refusal {costs.false_refusal:g}; approving all costs "
        f"{costs.false_approval * tested.mean():.4f}, refusing all {costs.false_refusal * (1 - tested.mean()):.4f}. "
        f"Brackets hold 95 % of {RESAMPLES} bootstrap resamples of the test set, the same for all combinations."
    )


def markdown_table(table: Table, columns: Mapping[str, Column]) -> list[str]:
    """The table, with a line per combination."""
    head = [_cells(columns), _cells("---" for _ in columns)]
    return head + [_cells(cell(line) for cell in columns.values()) for line in table.lines]


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _combination(line: Line) -> str:
    return str(line.finished.combination)


def _figure(name: str) -> Column:
    return lambda line: shown(line.scored.estimate(name))


def _from_best(name: str) -> Column:
    return lambda line: shown(line.from_best[name], signed=True)


def _cost_columns() -> dict[str, Column]:
    return {
        "model, treatment": _combination,
        "threshold": lambda line: f"{line.finished.rule.threshold:.4f}",
        "cost out of fold": lambda line: f"{line.out_of_fold['cost']:.4f}",
        **{FIGURES[name]: _figure(name) for name in ("cost", "cost_at_theoretical_threshold")},
        **{f"{FIGURES[name]} from the best": _from_best(name) for name in ("cost", "auc")},
    }


def _other_columns() -> dict[str, Column]:
    names = ("auc", "average_precision", "recall", "precision", "f1", "brier", "calibration_error")
    return {
        "model, treatment": _combination,
        **{FIGURES[name]: _figure(name) for name in names},
        "training, s": lambda line: f"{line.finished.training_seconds:.1f}",
        f"scoring, s per {PER:,}": lambda line: f"{scoring_seconds_per_1000(line):.3f}",
    }


def _method(budget: Budget) -> list[str]:
    return [
        f"- Inside the training folds only: the selection of at most {budget.features} quantities (by gain in a short "
        "boosting run), imputation, scaling, resampling and the encoding of levels. Protected attributes are "
        "not inputs.",
        "- A missing level or flag is a level of its own. Logistic regression, random forest and all models under "
        "SMOTE get medians for missing quantities, and scaled ones: SMOTE needs both. Otherwise the boosters read "
        "missing values as such. Levels are columns of 0 and 1 for logistic regression, random forest and XGBoost.",
        "- SMOTE is SMOTENC, with levels and flags as categories, up to as many defaults as repaid; under-sampling "
        "draws as many repaid as defaults; class weights are inverse to the frequencies.",
        "- Hyperparameters have the least out-of-fold cost at the threshold that is chosen out of fold on the smoothed "
        "cost curve; then one fit on all rows to learn from, and one scoring of the test set. Probabilities are the "
        "models' own, without calibration.",
        "- The scorecard is that of `train --kind scorecard`: monotone bins of all features, weight of evidence, a "
        "logistic regression without negative weights, calibrated out of fold; it has no hyperparameters.",
        "- Every interval is at 95 %: of a score of differences that are pure noise, about one would seem real.",
        "- Times are processor seconds of one thread: one fit of the whole pipeline, one pass over the test set.",
    ]
