"""The table in words: which is best, what is within noise, what each treatment of the imbalance and threshold says.

Every statement is chosen by the figures: a difference counts where the 95 % interval of the paired bootstrap difference
lies on one side of zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from training.compare.bootstrap import RESAMPLES, Estimate
from training.compare.models import MODELS, Budget
from training.compare.pipelines import Combination, Strategy
from training.compare.rows import Parts
from training.compare.table import FIGURES, PER, Line, Table
from training.report import threshold_gap

VERBS = {1: "raises", -1: "lowers", 0: "does not change"}
# What a treatment is judged by.
JUDGED = ("auc", "calibration_error", "cost", "cost_at_theoretical_threshold")
JUDGED_WORDS = {
    "auc": "AUC",
    "calibration_error": "calibration error",
    "cost": "cost at its own out-of-fold threshold",
    "cost_at_theoretical_threshold": "cost at the theoretical threshold",
}
RANDOM = "Dummy"
TABLE = ("auc", "average_precision", "recall", "precision", "f1", "brier", "calibration_error")
COSTS = ("cost", "cost_at_theoretical_threshold")


def report(table: Table, parts: Parts, budget: Budget) -> str:
    """The report, in Markdown."""
    return "\n".join(
        [
            "# Comparison of models and treatments of the imbalance",
            "",
            _setting(table, parts, budget),
            "",
            "## Which is best",
            "",
            *best(table),
            "",
            *_treatments(table),
            "## What the thresholds say",
            "",
            *[f"- {line.finished.combination}: {threshold(line)}" for line in table.lines if not _is_random(line)],
            "",
            "## Figures on the test set",
            "",
            *_figures(table, TABLE, ("training_seconds", "scoring_seconds_per_1000")),
            "",
            *_figures(table, COSTS, ()),
            "",
            "## How it was made",
            "",
            *_method(budget),
            "",
        ]
    )


def _setting(table: Table, parts: Parts, budget: Budget) -> str:
    learnt, tested = parts.learn.outcomes, parts.test.outcomes
    costs = table.best.finished.rule.costs
    return (
        f"{len(learnt)} applicants to learn from ({learnt.mean():.2%} default), {len(tested)} in the untouched test set "
        f"({tested.mean():.2%} default), {parts.learn.inputs.shape[1]} features, {budget.folds} folds, the same for "
        f"all; at most {budget.trials} Optuna trials per combination. Costs are per applicant: a wrong approval costs "
        f"{costs.false_approval:g}, a wrong refusal {costs.false_refusal:g}; approving all costs "
        f"{costs.false_approval * tested.mean():.4f}, refusing all {costs.false_refusal * (1 - tested.mean()):.4f}. "
        f"Intervals hold 95 % of {RESAMPLES} bootstrap resamples of the test set, the same for all."
    )


def best(table: Table) -> list[str]:
    """Which combination is best, and which differ from it by more than noise."""
    first, others = table.best, table.lines[1:]
    told = [
        f"**{first.finished.combination}** has the least cost out of fold ({first.out_of_fold['cost']:.4f}), so it is "
        f"chosen without the test set. There it costs {_shown(first.scored.estimate('cost'))} with an AUC of "
        f"{_shown(first.scored.estimate('auc'))}.",
        "",
        *_by_sign("cost", others, ("dearer", "cheaper")),
        *_by_sign("auc", others, ("of higher AUC", "of lower AUC")),
    ]
    cheapest = min(table.lines, key=lambda line: line.scored.values["cost"])
    if cheapest is not first:
        told += [
            f"- Least on the test set itself: {cheapest.finished.combination}, by "
            f"{_shown(cheapest.from_best['cost'], signed=True)}. Choosing it for that would be choosing on the test set."
        ]
    return told


def _by_sign(figure: str, lines: Sequence[Line], words: tuple[str, str]) -> list[str]:
    more, less = words
    named = {1: f"{more} than noise explains", -1: f"{less} than noise explains"}
    named[0] = f"not told apart from it by {FIGURES[figure]} (the interval of the paired difference holds 0)"
    return [
        f"- {_capital(named[sign])}: "
        + (_listed(f"{line.finished.combination} ({_difference(line, figure)})" for line in found) + ".")
        for sign in (0, 1, -1)
        if (found := [line for line in lines if line.from_best[figure].sign == sign])
    ]


def _difference(line: Line, figure: str) -> str:
    return f"{line.from_best[figure].value:+.4f}"


def _treatments(table: Table) -> list[str]:
    told = []
    for strategy in (Strategy.SMOTE, Strategy.CLASS_WEIGHTS, Strategy.UNDERSAMPLING):
        told += [f"## What {_treatment(strategy)} does on this data", "", *treatment(table, strategy), ""]
    return told


def _treatment(strategy: Strategy) -> str:
    return {Strategy.CLASS_WEIGHTS: "class weighting", Strategy.UNDERSAMPLING: "random under-sampling"}.get(
        strategy, str(strategy)
    )


def treatment(table: Table, strategy: Strategy) -> list[str]:
    """What a treatment does to each model against the same model without any, and to how many of them."""
    pairs = [
        (model, table.line(Combination(model, strategy)), table.line(Combination(model, Strategy.NONE)))
        for model in MODELS
        if model != RANDOM
    ]
    changes = {
        model: {figure: treated.scored.minus(plain.scored, figure) for figure in JUDGED}
        for model, treated, plain in pairs
    }
    told = [_overall(_treatment(strategy), list(changes.values())), ""]
    for model, treated, plain in pairs:
        said = _listed(_change(figure, changes[model][figure]) for figure in JUDGED)
        told.append(
            f"- {model}: {said}. Mean probability {plain.scored.values['mean_probability']:.3f} without, "
            f"{treated.scored.values['mean_probability']:.3f} with."
        )
    return told


def _change(figure: str, change: Estimate) -> str:
    noise = "" if change.sign else " beyond noise"
    return f"{VERBS[change.sign]} the {JUDGED_WORDS[figure]}{noise} ({_shown(change, signed=True)})"


def _overall(name: str, changes: Sequence[dict[str, Estimate]]) -> str:
    said = []
    for figure in JUDGED:
        signs = [change[figure].sign for change in changes]
        counts = [(VERBS[sign], signs.count(sign)) for sign in (1, -1, 0) if sign in signs]
        said.append(
            f"{_listed(f'{verb} it for {number} of {len(signs)} models' for verb, number in counts)}"
            if len(counts) > 1
            else f"{counts[0][0]} it for any of the {len(signs)} models"
            if counts[0][0] == VERBS[0]
            else f"{counts[0][0]} it for every model"
        )
    sentences = [
        f"{_capital(JUDGED_WORDS[figure])}: {name} {words}." for figure, words in zip(JUDGED, said, strict=True)
    ]
    return " ".join([*sentences, _verdict(name, changes)])


def _verdict(name: str, changes: Sequence[dict[str, Estimate]]) -> str:
    better = sum(change["auc"].sign > 0 or change["cost"].sign < 0 for change in changes)
    spoilt = sum(change["calibration_error"].sign > 0 for change in changes)
    gain = (
        f"In short, {name} brings no model a better ranking or a lower cost"
        if not better
        else f"In short, {name} brings {better} of {len(changes)} models a better ranking or a lower cost"
    )
    price = (
        f", and its probabilities of default can no longer be read as such for {spoilt} of {len(changes)}"
        if spoilt
        else ", and leaves the probabilities as well calibrated as they were"
    )
    return f"{gain}{price}."


def threshold(line: Line) -> str:
    """A combination's out-of-fold threshold against the one that calibrated probabilities call for."""
    return f"threshold {line.finished.rule.threshold:.4f}; {threshold_gap(line.finished.rule)}."


def _figures(table: Table, names: Sequence[str], times: Sequence[str]) -> list[str]:
    headings = ["model, treatment", *[FIGURES[name] for name in names]]
    headings += ["training s", f"scoring s per {PER:,}"] if times else ["cost from the best", "AUC from the best"]
    lines = [_row(line, names, bool(times)) for line in table.lines]
    return [_cells(headings), _cells(["---"] * len(headings)), *map(_cells, lines)]


def _row(line: Line, names: Sequence[str], times: bool) -> list[str]:
    finished = line.finished
    cells = [str(finished.combination), *[_shown(line.scored.estimate(name)) for name in names]]
    if times:
        scoring = PER * finished.scoring_seconds / len(finished.test)
        return [*cells, f"{finished.training_seconds:.1f}", f"{scoring:.3f}"]
    return [*cells, *[_shown(line.from_best[name], signed=True) for name in ("cost", "auc")]]


def _method(budget: Budget) -> list[str]:
    return [
        f"- Inside the training folds only: the selection of at most {budget.features} quantities (by gain in a short "
        "boosting run), imputation, scaling, resampling and the encoding of levels. Protected attributes are no inputs.",
        "- Missing levels and flags are a level of their own. Logistic regression, random forest and everything under "
        "SMOTE get medians for missing quantities and scaled ones, for SMOTE cannot do without; the boosters else read "
        "missing values as such. Levels are columns of 0 and 1 for logistic regression, random forest and XGBoost.",
        "- SMOTE is SMOTENC, with levels and flags as categories, up to as many defaults as repaid; under-sampling "
        "draws as many repaid as defaults; class weights are inverse to the frequencies.",
        "- Hyperparameters have the least out-of-fold cost at the threshold that is chosen out of fold, with the same "
        "smoothing of the cost curve as in training; then one fit on all rows to learn from, and one scoring of the "
        "test set. Probabilities are those of the models, without calibration.",
        "- Times are of one thread: one fit of the whole pipeline, one pass over the test set, other combinations "
        "running beside it.",
    ]


def _is_random(line: Line) -> bool:
    return line.finished.combination.model == RANDOM


def _shown(estimate: Estimate, signed: bool = False) -> str:
    form = "+.4f" if signed else ".4f"
    return f"{estimate.value:{form}} [{estimate.low:{form}}, {estimate.high:{form}}]"


def _cells(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)
