"""A drift report with every field filled."""

from dataclasses import replace

from scoring.answers.applicant import ModelIdentity
from scoring.drift.report import (
    Bracket,
    Calibration,
    Change,
    ColumnDrift,
    DecisionDrift,
    DriftReport,
    EarlierCount,
    Performance,
    ScoreDrift,
    Side,
)

FIGURE = Bracket(0.25, 0.2, 0.3)
PERFORMANCE = Performance(5_000, "refusals", FIGURE, FIGURE, FIGURE, FIGURE, FIGURE, FIGURE)
QUANTILES = {"0.05": 0.01, "0.25": 0.03, "0.5": 0.05, "0.75": 0.1, "0.95": 0.2}
REPORT = DriftReport(
    created="2026-11-25T12:00:00+00:00",
    model=ModelIdentity("demo-2", "demo", "abc"),
    reference=Side("application_train", "0" * 64, 20_000),
    current=Side("application_test", "1" * 64, 3_000),
    reference_learnt=True,
    share_drifted=0.5,
    weighted_share=0.75,
    earlier=EarlierCount(104, 26, 0.25),
    columns={
        "AMT_INCOME_TOTAL": ColumnDrift(
            True, 0.31, "kolmogorov-smirnov", 0.0, 0.0, 0.75, (Change("median", "", 150_000.0, 195_000.0),)
        ),
        "OCCUPATION_TYPE": ColumnDrift(False, 0.01, "chi-square", 0.4, 1.0, None, ()),
    },
    score=ScoreDrift(True, 0.2, "kolmogorov-smirnov", 0.001, 0.003, 0.08, 0.09, QUANTILES, QUANTILES),
    decision=DecisionDrift(
        False,
        0.01,
        "chi-square",
        0.2,
        0.4,
        {"approve": 0.7, "refer": 0.1, "refuse": 0.2},
        {"approve": 0.68, "refer": 0.11, "refuse": 0.21},
    ),
    reference_performance=PERFORMANCE,
    estimated=PERFORMANCE,
    realised=PERFORMANCE,
    calibration=Calibration(True, 0.01, 0.02),
)
RAW_ONLY = replace(
    REPORT,
    model=None,
    weighted_share=None,
    score=None,
    decision=None,
    reference_performance=None,
    estimated=None,
    realised=None,
    calibration=None,
    reference_learnt=False,
)
