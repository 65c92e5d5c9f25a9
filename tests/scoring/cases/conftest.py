"""The people who work at a desk, and applicants of each recommendation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scoring.answers.applicant import Outcome
from scoring.people import Person
from scoring.serving.service import Service, assess

ANNA, BEN = Person("anna", "adviser"), Person("ben", "adviser")
SUE, SAM = Person("sue", "supervisor"), Person("sam", "supervisor")
RITA, MAX = Person("rita", "reviewer"), Person("max", "maintainer")
TEAM = frozenset({"anna", "ben", "sue", "sam"})
FALLBACK_AMOUNT = 300_000


@pytest.fixture(scope="session")
def recommended(service: Service, applicants) -> Callable[[Outcome], int]:
    """The first applicant on file with a recommendation, whose loan is within every limit."""
    found: dict[str, int] = {}
    for applicant_id in applicants.ids.tolist():
        assessment = assess(service, applicant_id, {}, "en")
        if assessment.applicant.raw["AMT_CREDIT"] <= FALLBACK_AMOUNT:
            found.setdefault(assessment.decision.outcome, applicant_id)
        if len(found) == 3:
            break
    return lambda outcome: found[outcome]
