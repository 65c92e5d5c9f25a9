"""A journal with decisions of every kind, and entries made to measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scoring.answers.applicant import Outcome
from scoring.cases.orders import Order
from scoring.cases.steps import Desk, confirm, decide, open_case, send_back
from scoring.journal.journal import Journal
from scoring.serving.service import Service, assess
from tests.scoring.cases.conftest import ANNA, BEN, SUE, TEAM

DECIDED = 24
WHY = {"reason_code": "other", "note": "A note"}


@pytest.fixture(scope="session")
def by_recommendation(service: Service, applicants) -> dict[Outcome, list[int]]:
    """Some applicants of each recommendation."""
    found: dict[Outcome, list[int]] = {"approve": [], "refer": [], "refuse": []}
    for applicant_id in applicants.ids.tolist():
        assessment = assess(service, applicant_id, {}, "en")
        if assessment.applicant.raw["AMT_CREDIT"] <= 300_000:
            found[assessment.decision.outcome].append(applicant_id)
        if min(map(len, found.values())) >= 4:
            break
    return found


@pytest.fixture
def worked(desk: Desk, service: Service, by_recommendation) -> Callable[[], Desk]:
    """Works a little list: with the recommendation, on either side of it, referred, confirmed, and sent back."""

    def work() -> Desk:
        good, unclear, bad = (by_recommendation[name] for name in ("approve", "refer", "refuse"))
        for applicant_id in (*good[:2], *bad[:3]):
            open_case(desk, service, ANNA, applicant_id, "en")
        for applicant_id in good[:2]:
            decide(desk, service, ANNA, Order(applicant_id, None, "approve"), TEAM)
        decide(desk, service, BEN, Order(good[2], None, "refuse", **WHY), TEAM)
        decide(desk, service, BEN, Order(good[3], None, "refer", **WHY), TEAM)
        decide(desk, service, BEN, Order(unclear[0], None, "refuse", **WHY), TEAM)
        decide(desk, service, ANNA, Order(bad[0], None, "refuse"), TEAM)
        for applicant_id in bad[1:4]:
            decide(desk, service, ANNA, Order(applicant_id, None, "approve", **WHY), TEAM)
        confirm(desk, service, SUE, bad[1], "", None, "en")
        send_back(desk, SUE, bad[2], "No proof of income", "en")
        return desk

    return work


def decision(recommendation: str = "approve", outcome: str = "approve", **more: Any) -> dict[str, Any]:
    """What a decision's entry says, as far as reports read it."""
    return {
        "recommendation": recommendation,
        "outcome": outcome,
        "against_recommendation": outcome != recommendation,
        "reason_code": "",
        "probability": 0.05,
        "expected_cost": {"approve": 0.5, "refuse": 0.95, "unit": "refusals"},
        "state": "referred" if outcome == "refer" else "decided",
        **more,
    }


def record(journal: Journal, applicant_id: int, person=ANNA, **more: Any) -> int:
    """The number of the entry of a decision that is made to measure."""
    return journal.record("decision", person, decision(**more), applicant_id).number
