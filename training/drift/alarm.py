"""The alarm for schedulers: `--fail-on`, with an exit status of its own."""

from __future__ import annotations

from scoring.drift.report import DriftReport
from scoring.errors import InvalidInputError

# Distinct from success (0), a crash (1), and an error with a message (2).
ALARM_STATUS = 3
NOTHING = "none"
ALLOWED = (
    "none, column (any column drifted), score, decision, calibration, or a share above 0 up to 1 of the model's "
    "importance in drifted inputs (of columns, without an importance)"
)


def check_fail_on(fail_on: str) -> None:
    """Checks up front that the condition of `--fail-on` is valid.

    Raises:
        InvalidInputError: it is not.
    """
    if fail_on not in (NOTHING, "column", "score", "decision", "calibration") and _share(fail_on) is None:
        raise InvalidInputError(f"--fail-on {fail_on!r} is not allowed. Give one of: {ALLOWED}.")


def is_alarm(report: DriftReport, fail_on: str) -> bool:
    """Whether a report meets the condition of `--fail-on`; anything that was not compared raises no alarm."""
    match fail_on:
        case "none":
            return False
        case "column":
            return bool(report.drifted)
        case "score":
            return report.score is not None and report.score.drifted
        case "decision":
            return report.decision is not None and report.decision.drifted
        case "calibration":
            return report.calibration is not None and not report.calibration.holds
    found = report.share_drifted if report.weighted_share is None else report.weighted_share
    return found >= (_share(fail_on) or 0.0)


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 < share <= 1 else None
