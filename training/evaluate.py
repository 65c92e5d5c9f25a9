"""The figures by which a model is judged, all on rows that it has not learnt from."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, confusion_matrix, roc_auc_score

from scoring.decision import Costs, DecisionRule
from scoring.features import Floats

CALIBRATION_BINS = 10


def cost_per_applicant(probabilities: Floats, outcomes: Floats, threshold: float, costs: Costs) -> float:
    """(cost of false approvals + cost of false refusals) / applicants, refusing above the threshold."""
    refused = probabilities > threshold
    false_approvals = ((outcomes == 1) & ~refused).mean()
    false_refusals = ((outcomes == 0) & refused).mean()
    return float(costs.false_approval * false_approvals + costs.false_refusal * false_refusals)


def calibration_table(probabilities: Floats, outcomes: Floats, edges: Floats) -> list[dict[str, float]]:
    """Predicted and observed default rate of each bin that holds anybody; `edges` has one entry more than bins."""
    bins = np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, len(edges) - 2)
    table = []
    for place in np.unique(bins):
        inside = bins == place
        table.append(
            {
                "applicants": int(inside.sum()),
                "predicted": float(probabilities[inside].mean()),
                "observed": float(outcomes[inside].mean()),
            }
        )
    return table


def calibration_error(table: list[dict[str, float]]) -> float:
    """Expected calibration error: |predicted - observed| averaged over applicants (Naeini et al., 2015)."""
    applicants = sum(row["applicants"] for row in table)
    return sum(row["applicants"] * abs(row["predicted"] - row["observed"]) for row in table) / applicants


def figures(probabilities: Floats, outcomes: Floats, rule: DecisionRule) -> dict[str, Any]:
    """Discrimination, calibration and cost of probabilities of default against known outcomes, both of shape (n,).

    Calibration error is given over ten bins of equal width, and over ten of equal number of applicants.
    """
    equal_width = calibration_table(probabilities, outcomes, np.linspace(0, 1, CALIBRATION_BINS + 1))
    deciles = np.quantile(probabilities, np.linspace(0, 1, CALIBRATION_BINS + 1))
    equal_number = calibration_table(probabilities, outcomes, deciles)
    theoretical = rule.costs.theoretical_threshold
    tn, fp, fn, tp = confusion_matrix(outcomes, probabilities > rule.threshold, labels=[0, 1]).ravel().tolist()
    return {
        "applicants": len(outcomes),
        "default_rate": float(outcomes.mean()),
        "auc": float(roc_auc_score(outcomes, probabilities)),
        "average_precision": float(average_precision_score(outcomes, probabilities)),
        "brier": float(brier_score_loss(outcomes, probabilities)),
        "calibration_error": calibration_error(equal_width),
        "calibration_error_deciles": calibration_error(equal_number),
        "calibration": equal_number,
        "cost": cost_per_applicant(probabilities, outcomes, rule.threshold, rule.costs),
        "cost_at_theoretical_threshold": cost_per_applicant(probabilities, outcomes, theoretical, rule.costs),
        "cost_approving_all": float(rule.costs.false_approval * (outcomes == 1).mean()),
        "cost_refusing_all": float(rule.costs.false_refusal * (outcomes == 0).mean()),
        "confusion": {"true_refusals": tp, "false_refusals": fp, "true_approvals": tn, "false_approvals": fn},
    }
