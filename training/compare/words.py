"""The table in words: the best combination, the treatments of class imbalance, the thresholds.

A difference counts if its 95 % paired bootstrap interval excludes zero; otherwise it is within noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from training.compare.combination import Combination, Strategy
from training.compare.models import MODELS
from training.compare.table import FIGURES, Line, Table
from training.statistics.bootstrap import Estimate

# The random baseline, for which treatments and thresholds mean nothing.
RANDOM = "Dummy"
TREATMENTS = {
    Strategy.SMOTE: "SMOTE",
    Strategy.CLASS_WEIGHTS: "class weighting",
    Strategy.UNDERSAMPLING: "random under-sampling",
}
# The figures by which treatments of class imbalance are compared.
COMPARED = {
    "auc": "AUC",
    "calibration_error": "calibration error",
    "cost": "cost at its own out-of-fold threshold",
    "cost_at_theoretical_threshold": "cost at the theoretical threshold",
}
VERBS = {1: "raises", -1: "lowers", 0: "leaves"}
Changes = Mapping[str, Estimate]


def shown(estimate: Estimate, signed: bool = False) -> str:
    """A figure with its interval in brackets."""
    form = "+.4f" if signed else ".4f"
    return f"{estimate.value:{form}} [{estimate.low:{form}}, {estimate.high:{form}}]"


def best(table: Table) -> list[str]:
    """The best combination, and those that differ from it by more than noise."""
    first, others = table.best, table.lines[1:]
    sentences = [
        f"**{first.finished.combination}** has the least cost out of fold ({first.out_of_fold['cost']:.4f}): it is "
        f"chosen without the test set. There it costs {shown(first.scored.estimate('cost'))}, with an AUC of "
        f"{shown(first.scored.estimate('auc'))}.",
        "",
        *_compared("cost", others, "Higher in cost", "Lower in cost"),
        *_compared("auc", others, "Higher in AUC", "Lower in AUC"),
    ]
    cheapest = min(table.lines, key=lambda line: line.scored.values["cost"])
    if cheapest is not first:
        sentences.append(
            f"- Least cost on the test set itself: {cheapest.finished.combination} "
            f"({shown(cheapest.from_best['cost'], signed=True)} from the best). To choose it for that would be to "
            "choose on the test set."
        )
    return sentences


def _compared(figure: str, lines: Sequence[Line], more: str, less: str) -> list[str]:
    openings = {
        0: f"Within noise of the best in {FIGURES[figure]}",
        1: f"{more}, beyond noise",
        -1: f"{less}, beyond noise",
    }
    sentences = []
    for sign, opening in openings.items():
        gaps = [(line.finished.combination, line.from_best[figure]) for line in lines]
        found = [f"{combination} ({gap.value:+.4f})" for combination, gap in gaps if gap.sign == sign]
        sentences += [f"- {opening}: {_listed(found)}."] if found else []
    return sentences


def treatment(table: Table, strategy: Strategy) -> list[str]:
    """The effect of a treatment of class imbalance on each model and on all of them, compared with no treatment."""
    changes, sentences = [], []
    for model in MODELS:
        if model == RANDOM:
            continue
        plain, treated = (table.line(Combination(model, each)).scored for each in (Strategy.NONE, strategy))
        change = {figure: treated.minus(plain, figure) for figure in COMPARED}
        changes.append(change)
        sentences.append(
            f"- {model}: {_listed(_change(figure, estimate) for figure, estimate in change.items())}. Mean probability "
            f"{plain.values['mean_probability']:.3f} without, {treated.values['mean_probability']:.3f} with."
        )
    return [overall(TREATMENTS[strategy], changes), "", *sentences]


def _change(figure: str, change: Estimate) -> str:
    noise = "" if change.sign else " within noise"
    return f"{VERBS[change.sign]} the {COMPARED[figure]}{noise} ({shown(change, signed=True)})"


def overall(name: str, changes: Sequence[Changes]) -> str:
    """Counts a treatment's effects over the models; each of `changes` holds a model's changes by figure."""
    counted = [
        f"{words[:1].upper()}{words[1:]}: {name} {_counted([change[figure].sign for change in changes])}."
        for figure, words in COMPARED.items()
    ]
    return " ".join([*counted, _verdict(name, changes)])


def _counted(signs: Sequence[int]) -> str:
    parts = [
        f"{VERBS[sign]} it {'' if sign else 'within noise '}for {signs.count(sign)}" for sign in VERBS if sign in signs
    ]
    return f"{', '.join(parts)} of {len(signs)} models"


def _verdict(name: str, changes: Sequence[Changes]) -> str:
    better = sum(change["auc"].sign > 0 or change["cost"].sign < 0 for change in changes)
    worse = sum(change["auc"].sign < 0 or change["cost"].sign > 0 for change in changes)
    spoilt = sum(change["calibration_error"].sign > 0 for change in changes)
    parts = [
        f"ranks better or costs less for {better or 'none'}",
        f"ranks worse or costs more for {worse or 'none'}",
        f"worsens the calibration of {spoilt or 'none'}",
    ]
    return f"In short, of {len(changes)} models, {name} {', '.join(parts)}."


def thresholds(table: Table) -> list[str]:
    """Compares each out-of-fold threshold with the optimal one for calibrated probabilities (1/11 at 10:1)."""
    lines = [line for line in table.lines if line.finished.combination.model != RANDOM]
    theoretical = f"{table.best.finished.rule.costs.theoretical_threshold:.4f}"
    inside = [line for line in lines if _inside_band(line)]
    outside = [line for line in lines if not _inside_band(line)]
    sentences = []
    if inside:
        sentences.append(
            f"- {theoretical} costs within 1 % of the least out of fold: no sign of miscalibration near the threshold. "
            f"{_with_thresholds(inside)}."
        )
    if outside:
        sentences.append(
            f"- {theoretical} costs over 1 % more than the least out of fold: a sign of miscalibration near the "
            "threshold; such probabilities are not default rates, and such a threshold serves its own model alone. "
            f"{_with_thresholds(outside)}."
        )
    return sentences


def _inside_band(line: Line) -> bool:
    rule = line.finished.rule
    return rule.band_low <= rule.costs.theoretical_threshold <= rule.band_high


def _with_thresholds(lines: Iterable[Line]) -> str:
    return _listed(f"{line.finished.combination} ({line.finished.rule.threshold:.4f})" for line in lines)


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)
