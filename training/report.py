"""What training found, in words for the maintainer's terminal."""

from __future__ import annotations

from typing import Any

from scoring.decision import DecisionRule
from training.pack import Trained


def report(trained: Trained) -> str:
    """The figures of a training run, a line each."""
    metrics, rule = trained.metrics, trained.rule
    price = metrics["monotone_constraints"]
    return "\n".join(
        [
            _figures("out of fold", metrics["out_of_fold"]),
            _figures("held out", metrics["held_out"]),
            f"threshold: {rule.threshold:.4f} (least out-of-fold cost); referral band {rule.band_low:.4f} to "
            f"{rule.band_high:.4f}",
            threshold_gap(rule),
            f"monotone constraints: AUC {price['auc_with']:.4f} with, {price['auc_without']:.4f} without: they cost "
            f"{price['cost_in_auc']:+.4f}",
            f"boosting rounds: {trained.model.booster.num_trees()} (folds: {metrics['rounds']})",
        ]
    )


def _figures(name: str, figures: dict[str, Any]) -> str:
    return (
        f"{name}: {figures['applicants']} applicants, AUC {figures['auc']:.4f}, calibration error "
        f"{figures['calibration_error']:.4f}, cost per applicant {figures['cost']:.4f} (approving all "
        f"{figures['cost_approving_all']:.4f}, refusing all {figures['cost_refusing_all']:.4f})"
    )


def threshold_gap(rule: DecisionRule) -> str:
    """How the threshold found out of fold compares with the one that calibrated probabilities call for.

    For calibrated probabilities the two agree but for noise; a theoretical threshold outside the band, where the data
    do tell thresholds apart, is a sign that the probabilities near it are miscalibrated.
    """
    theoretical = rule.costs.theoretical_threshold
    gap = f"theoretical threshold: {theoretical:.4f}, a gap of {rule.threshold - theoretical:+.4f}"
    if rule.band_low <= theoretical <= rule.band_high:
        return f"{gap}; it lies within the referral band: no sign of miscalibration"
    return f"{gap}; it lies outside the referral band: a sign of miscalibration near the threshold"
