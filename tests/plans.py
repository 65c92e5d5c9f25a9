"""Plans and answers of recourse for tests that need some, whatever they say."""

from __future__ import annotations

from typing import Any

from scoring.answers.applicant import Burden, HistoryMove, Outcome, Plan, Recourse


def a_plan(changes: dict[str, Any], probability: float, decision: Outcome, *history: HistoryMove) -> Plan:
    """A plan with these changes."""
    return Plan(changes, list(history), probability, decision, Burden(0.0, 0.0, None, None), None, None, False)


def an_answer(*plans: Plan, referral: Plan | None = None) -> Recourse:
    """The answer with these plans, or without any."""
    return Recourse(bool(plans), list(plans), referral, None if plans else 0.09, [])
