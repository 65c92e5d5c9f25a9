"""The results of training, as text for the terminal."""

from __future__ import annotations

from typing import Any

from scoring.artifact.metrics import ComplexityFigures
from scoring.decision.costs import RatioCosts
from scoring.decision.rule import DecisionRule
from training.build.pack import Trained


def report(trained: Trained) -> str:
    """The figures of a training run, one per line."""
    metrics = trained.metrics
    return "\n".join(
        [
            _figures("out of fold", metrics["out_of_fold"]),
            _figures("held out", metrics["held_out"]),
            *(line for rule in trained.curves.rules() for line in (threshold(rule), threshold_gap(rule))),
            _costs("held out", metrics["held_out"]["costs"]),
            *(_constraint_cost(name, figures) for name, figures in metrics["prices"].items()),
            *([_complexity(metrics["complexity"])] if "complexity" in metrics else []),
            f"features: {len(trained.model.features)}; trees: {trained.model.booster.num_trees()} (rounds of a booster "
            f"in each fold, then of all: {metrics['rounds']})",
        ]
    )


def _figures(name: str, figures: dict[str, Any]) -> str:
    return (
        f"{name}: {figures['applicants']} applicants, AUC {figures['auc']:.4f}, calibration error "
        f"{figures['calibration_error']:.4f}, cost per applicant {figures['cost']:.4f} (approving all "
        f"{figures['cost_approving_all']:.4f}, refusing all {figures['cost_refusing_all']:.4f})"
    )


def _constraint_cost(name: str, figures: dict[str, Any]) -> str:
    what = "holding features to their directions" if name == "monotone_constraints" else f"leaving out {name}"
    auc, cost = figures["auc_interval"], figures["cost_interval"]
    return (
        f"{what} changes AUC by {figures['auc_change']:+.4f} (95 % interval {auc[0]:+.4f} to {auc[1]:+.4f}), "
        f"cost by {figures['cost_change']:+.4f} ({cost[0]:+.4f} to {cost[1]:+.4f})"
    )


def _complexity(figures: ComplexityFigures) -> str:
    (low, high), money = figures["auc"]["interval"], figures["money"]
    return (
        f"beside a scorecard, on those held out: AUC {figures['auc']['change']:+.4f} (95 % interval {low:+.4f} to "
        f"{high:+.4f}), loss in currency {money['change']:+,.0f} ({money['interval'][0]:+,.0f} to "
        f"{money['interval'][1]:+,.0f}) per applicant"
    )


def _costs(name: str, costs: dict[str, dict[str, float]]) -> str:
    """Both rules measured in both units."""
    lines = [
        f"{function} {', '.join(_cost(key, figures[key]) for key in keys)}"
        for function, figures in costs.items()
        for keys in ([key for key in figures if key.startswith(("cost_of_", "cost_approving", "cost_refusing"))],)
    ]
    return f"costs per applicant, {name}: {'; '.join(lines)}"


def _cost(key: str, cost: float) -> str:
    return f"{key.removeprefix('cost_').replace('_', ' ')} {cost:,.6g}"


def threshold(rule: DecisionRule) -> str:
    """The threshold with the least out-of-fold cost; for amounts, as a multiple of each applicant's own odds."""
    if isinstance(rule.costs, RatioCosts):
        best, low, high = (rule.costs.threshold(k) for k in (rule.k, rule.k_low, rule.k_high))
        return f"threshold: {best:.4f} (least out-of-fold cost); referral band {low:.4f} to {high:.4f}"
    return (
        f"threshold by amount: at {rule.k:.3f} times each applicant's theoretical odds (least out-of-fold cost); "
        f"referral band {rule.k_low:.3f} to {rule.k_high:.3f} times"
    )


def threshold_gap(rule: DecisionRule) -> str:
    """Compares the out-of-fold threshold with the theoretical one for calibrated probabilities.

    For calibrated probabilities the two agree up to noise; a theoretical threshold outside the referral band is a sign
    that the probabilities near it are miscalibrated.
    """
    gap = f"theoretical odds: a factor of {rule.k:.3f} away"
    if isinstance(rule.costs, RatioCosts):
        theoretical = rule.costs.theoretical_threshold
        gap = f"theoretical threshold: {theoretical:.4f}, a gap of {rule.costs.threshold(rule.k) - theoretical:+.4f}"
    if rule.k_low <= 1 <= rule.k_high:
        return f"{gap}; it lies within the referral band: no sign of miscalibration"
    return f"{gap}; it lies outside the referral band: a sign of miscalibration near the threshold"
