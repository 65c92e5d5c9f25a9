"""Is it calibrated: tenths, Hosmer-Lemeshow, intercept and slope, and each segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest

from scoring.validation import Form, Section
from training.statistics.calibration_tests import HosmerLemeshow, hosmer_lemeshow, intercept, slope
from training.statistics.evaluate import CALIBRATION_BINS, calibration_error, calibration_table
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section
from training.validation.segments import segments_of

NO_SLOPE = "no slope fits: all scores are alike, or one of them parts who defaulted from who repaid"


def _worst_tenth(table: Sequence[dict[str, float]], test: HosmerLemeshow) -> str:
    """The tenth that adds most to the statistic, in words."""
    worst = int(np.argmax(test.parts))
    predicted, observed = (percent(table[worst][name], 2) for name in ("predicted", "observed"))
    return f"tenth {worst + 1}, where {observed} defaulted and {predicted} were expected"


def calibration_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    edges = np.quantile(rows.probabilities, np.linspace(0, 1, CALIBRATION_BINS + 1))
    table = calibration_table(rows.probabilities, rows.outcomes, edges)
    error, test = calibration_error(table), hosmer_lemeshow(table)
    level, steepness = intercept(rows.probabilities, rows.outcomes), slope(rows.probabilities, rows.outcomes)
    mean, rate = float(rows.probabilities.mean()), float(rows.outcomes.mean())
    lean = "too optimistic" if level.low > 0 else "too pessimistic" if level.high < 0 else "right within chance"
    of_segments, segments = segments_of(rows, bounds)
    findings = [
        bounds.finding(
            "calibration_error",
            error,
            f"calibration error {error:.4f}: mean probability {percent(mean, 2)}, default rate {percent(rate, 2)}",
            "|predicted - observed| over tenths of equal number, weighted",
        ),
        bounds.finding(
            "hosmer_lemeshow",
            test.p_value,
            f"p = {test.p_value:.4g}: chi-square {test.statistic:.2f} on {test.degrees} degrees of freedom, most of it "
            f"from {_worst_tenth(table, test)}",
            "Hosmer-Lemeshow over tenths; with many applicants it finds differences of no consequence",
        ),
        bounds.finding(
            "calibration_intercept",
            level.value,
            f"intercept {level.value:+.4f} ({level.low:+.4f} to {level.high:+.4f}) in log-odds: the level is {lean}",
            "logistic regression with the slope held at 1 (Cox, 1958)",
        ),
        bounds.finding(
            "calibration_slope",
            steepness.value if steepness else None,
            f"slope {steepness.value:.4f} ({steepness.low:.4f} to {steepness.high:.4f})" if steepness else NO_SLOPE,
            "logistic regression of outcomes on log-odds (Cox, 1958)",
        ),
        of_segments,
    ]
    lines = []
    for number, row in enumerate(table, 1):
        applicants, observed = int(row["applicants"]), row["observed"]
        interval = binomtest(round(observed * applicants), applicants).proportion_ci(method="wilson")
        lines.append((number, applicants, row["predicted"], observed, interval.low, interval.high))
    columns: dict[str, Form] = {"tenth": "count", "applicants": "count", "predicted": "share", "observed": "share"}
    return section(
        "calibration",
        [],
        findings,
        [
            pack_table(
                "calibration",
                "Calibration by tenths of equal number, with 95 % Wilson intervals",
                {**columns, "low": "share", "high": "share"},
                lines,
            ),
            segments,
        ],
    )
