"""A desk on a new database, and the people who work at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scoring.answers import Outcome
from scoring.cases.policy import Policy, read_policy
from scoring.cases.steps import Desk
from scoring.journal.journal import open_journal
from scoring.people import Person
from scoring.serving.service import Service, assess
from scoring.serving.settings import DEMO_POLICY

ANNA, BEN = Person("anna", "adviser"), Person("ben", "adviser")
SUE, SAM = Person("sue", "supervisor"), Person("sam", "supervisor")
RITA, MAX = Person("rita", "reviewer"), Person("max", "maintainer")
TEAM = frozenset({"anna", "ben", "sue", "sam"})
FALLBACK_AMOUNT = 300_000


@pytest.fixture(scope="session")
def policy() -> Policy:
    return read_policy(DEMO_POLICY)


@pytest.fixture
def desk(database_url: str, policy: Policy) -> Desk:
    """On each kind of database."""
    return Desk(open_journal(database_url), policy, decision_days=30)


@pytest.fixture
def local_desk(tmp_path: Path, policy: Policy) -> Desk:
    """On SQLite, for what does not depend on the database."""
    return Desk(open_journal(f"sqlite:///{tmp_path / 'journal.db'}"), policy, decision_days=30)


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
