"""Gate and lineage in the manifest of a published version, with every field filled."""

GATE = {
    "against": "v1 (commit abc)",
    "checks": [{"name": "cost", "passed": False, "told": "dearer <by> far", "figures": {}}],
    "reason": "needed now",
}
LINEAGE = {
    "tag": "v2",
    "versions": [
        {"tag": "v1", "version": "one", "created": "2026-01-02T03", "auc": 0.7, "calibration_error": 0.01, "gate": ""}
    ],
    "changes": {
        "version": "one",
        "figures": {name: [0.7, 0.75] for name in ("auc", "brier", "calibration_error", "cost")},
        "explanations": {"compacity_median": [44.0, 10.0]},
        "thresholds": [0.123, 0.1],
        "added": ["NEW_ONE"],
        "removed": [],
        "applicants": 200,
        "flips": [{"before": "approve", "after": "refuse", "applicants": 7}],
    },
    "comparison": [
        {
            "model": "Perceptron",
            "strategy": "class weights",
            "figures": {
                name: {"value": 0.5, "low": 0.4, "high": 0.6}
                for name in ("cost", "auc", "average_precision", "brier", "calibration_error")
            },
        }
    ],
}
