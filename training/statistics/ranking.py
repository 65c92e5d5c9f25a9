"""ROC and precision-recall curve of all applicants held out."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import average_precision_score, confusion_matrix_at_thresholds, roc_auc_score

from scoring.arrays import Floats
from scoring.artifact.review import AccuracyCurves

MOST_POINTS = 200


def accuracy_curves(probabilities: Floats, outcomes: Floats) -> AccuracyCurves:
    """Both curves at thresholds equally spaced in rank, from probabilities of default and outcomes, both (n,)."""
    _, false, _, true, thresholds = confusion_matrix_at_thresholds(outcomes, probabilities)
    # The point that refuses nobody is added to these.
    some = np.unique(np.linspace(0, len(thresholds) - 1, MOST_POINTS - 1).astype(int))
    return AccuracyCurves(
        applicants=len(outcomes),
        default_rate=float(outcomes.mean()),
        auc=float(roc_auc_score(outcomes, probabilities)),
        average_precision=float(average_precision_score(outcomes, probabilities)),
        thresholds=[1.0, *thresholds[some].tolist()],
        false_refusal=[0.0, *(false[some] / false[-1]).tolist()],
        recall=[0.0, *(true[some] / true[-1]).tolist()],
        precision=[1.0, *(true[some] / (true[some] + false[some])).tolist()],
    )
