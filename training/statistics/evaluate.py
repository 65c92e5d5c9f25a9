"""Performance figures of a model, all on rows that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, confusion_matrix, roc_auc_score

from scoring.arrays import Columns, Floats
from scoring.decision.costs import RatioCosts
from scoring.decision.rule import DecisionRule

CALIBRATION_BINS = 10


def cost_per_applicant(probabilities: Floats, outcomes: Floats, threshold: float, costs: RatioCosts) -> float:
    """(cost of wrong approvals + cost of wrong refusals) / applicants, refusing above one common threshold."""
    refused = probabilities > threshold
    false_approvals = ((outcomes == 1) & ~refused).mean()
    false_refusals = ((outcomes == 0) & refused).mean()
    return float(costs.false_approval * false_approvals + costs.false_refusal * false_refusals)


def cost_table(
    probabilities: Floats, outcomes: Floats, rules: Sequence[DecisionRule], columns: Columns
) -> dict[str, dict[str, float]]:
    """The cost of decisions per applicant, for each cost function in its own unit.

    Args:
        probabilities: of default, shape (n,).
        outcomes: 1 for payment difficulties, else 0, shape (n,).
        rules: one for each cost function.
        columns: the same applicants' raw fields that costs depend on (`scoring.decision.costs.cost_columns`).

    Returns:
        By cost function: the cost under its own rule's decisions (`cost`), under the theoretical thresholds, under each
        rule by name (`cost_of_ratio_rule`, ...), of approving and of refusing everybody, and the share that its own
        rule refuses.
    """
    refused = {rule.costs.name: probabilities > rule.terms(columns).threshold for rule in rules}
    table: dict[str, dict[str, float]] = {}
    for rule in rules:
        errors = rule.costs.per_applicant(columns)
        by_rule = {name: errors.realised(outcomes, chosen) for name, chosen in refused.items()}
        table[rule.costs.name] = {
            "cost": by_rule[rule.costs.name],
            "cost_at_theoretical_threshold": errors.realised(outcomes, probabilities > errors.threshold()),
            **{f"cost_of_{name}_rule": cost for name, cost in by_rule.items()},
            "cost_approving_all": errors.realised(outcomes, np.zeros(len(outcomes), dtype=bool)),
            "cost_refusing_all": errors.realised(outcomes, np.ones(len(outcomes), dtype=bool)),
            "refused": float(refused[rule.costs.name].mean()),
        }
    return table


def calibration_table(probabilities: Floats, outcomes: Floats, edges: Floats) -> list[dict[str, float]]:
    """Predicted and observed default rate of each non-empty bin; `edges` has one entry more than bins."""
    bins = np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, len(edges) - 2)
    table = []
    for number in np.unique(bins):
        inside = bins == number
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


def figures(probabilities: Floats, outcomes: Floats, rules: Sequence[DecisionRule], columns: Columns) -> dict[str, Any]:
    """Discrimination, calibration and cost of probabilities of default against known outcomes, both of shape (n,).

    Calibration error is given over ten bins of equal width, and over ten of equal number of applicants. `rules` and
    `columns` are those of `cost_table`; the first rule is the served one, whose costs and confusion are given.
    """
    equal_width = calibration_table(probabilities, outcomes, np.linspace(0, 1, CALIBRATION_BINS + 1))
    deciles = np.quantile(probabilities, np.linspace(0, 1, CALIBRATION_BINS + 1))
    equal_number = calibration_table(probabilities, outcomes, deciles)
    costs = cost_table(probabilities, outcomes, rules, columns)
    served = costs[rules[0].costs.name]
    refused = probabilities > rules[0].terms(columns).threshold
    tn, fp, fn, tp = confusion_matrix(outcomes, refused, labels=[0, 1]).ravel().tolist()
    return {
        "applicants": len(outcomes),
        "default_rate": float(outcomes.mean()),
        "auc": float(roc_auc_score(outcomes, probabilities)),
        "average_precision": float(average_precision_score(outcomes, probabilities)),
        "brier": float(brier_score_loss(outcomes, probabilities)),
        "calibration_error": calibration_error(equal_width),
        "calibration_error_deciles": calibration_error(equal_number),
        "calibration": equal_number,
        "cost": served["cost"],
        "cost_at_theoretical_threshold": served["cost_at_theoretical_threshold"],
        "cost_approving_all": served["cost_approving_all"],
        "cost_refusing_all": served["cost_refusing_all"],
        "costs": costs,
        "confusion": {"true_refusals": tp, "false_refusals": fp, "true_approvals": tn, "false_approvals": fn},
    }
