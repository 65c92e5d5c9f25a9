"""The conditions of `--fail-on`."""

from dataclasses import replace

import pytest

from scoring.drift.report import Calibration
from scoring.errors import InvalidInputError
from tests.scoring.drift_example import REPORT
from training.drift.alarm import check_fail_on, is_alarm

CALM = replace(
    REPORT,
    columns={name: replace(column, drifted=False) for name, column in REPORT.columns.items()},
    share_drifted=0.0,
    weighted_share=0.0,
    score=replace(REPORT.score, drifted=False),
    decision=replace(REPORT.decision, drifted=False),
    calibration=Calibration(True, 0.01, 0.02),
)


@pytest.mark.parametrize("fail_on", ["none", "column", "score", "decision", "calibration", "0.2"])
def test_without_drift_nothing_is_an_alarm(fail_on):
    check_fail_on(fail_on)
    assert not is_alarm(CALM, fail_on)


@pytest.mark.parametrize(
    ("fail_on", "changed"),
    [
        ("column", {"columns": REPORT.columns}),
        ("score", {"score": replace(REPORT.score, drifted=True)}),
        ("decision", {"decision": replace(REPORT.decision, drifted=True)}),
        ("calibration", {"calibration": Calibration(False, 0.03, 0.02)}),
        ("0.2", {"weighted_share": 0.2}),
        ("0.2", {"weighted_share": None, "share_drifted": 0.2}),
    ],
)
def test_each_alarm_is_raised_by_what_it_is_about_alone(fail_on, changed):
    report = replace(CALM, **changed)
    assert is_alarm(report, fail_on)
    assert not is_alarm(report, "none")
    for other in {"score", "decision", "calibration"} - {fail_on}:
        assert not is_alarm(report, other)


@pytest.mark.parametrize("fail_on", ["score", "decision", "calibration"])
def test_what_was_not_compared_is_no_alarm(fail_on):
    assert not is_alarm(replace(REPORT, score=None, decision=None, calibration=None), fail_on)


@pytest.mark.parametrize("fail_on", ["colum", "0", "1.5", "nan", ""])
def test_another_value_is_refused_with_what_is_allowed(fail_on):
    with pytest.raises(InvalidInputError, match=r"--fail-on .* is not allowed. Give one of: none, column"):
        check_fail_on(fail_on)
