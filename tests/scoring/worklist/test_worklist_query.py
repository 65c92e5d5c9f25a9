from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from scoring.database.engine import open_database
from scoring.worklist.filter import Filter
from scoring.worklist.query import next_one, page_of
from scoring.worklist.states import ANY_SUPERVISOR
from tests.scoring.worklist.listed import ADA, EVE, NOW, put_case, put_set


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def test_states_are_as_the_person_who_asks_sees_them(engine: Engine):
    put_set(engine, "key", [{"applicant_id": number} for number in range(1, 10)])
    put_case(engine, 2, "working", holder="ada")
    put_case(engine, 3, "working", holder="ben")
    put_case(engine, 4, "referred", holder="ada", decided_by="ben")
    put_case(engine, 5, "referred", holder=ANY_SUPERVISOR, decided_by="ada")
    put_case(engine, 6, "to_confirm", holder=ANY_SUPERVISOR, decided_by="eve")
    put_case(engine, 7, "decided", outcome="refuse", decided_by="ben")
    put_case(engine, 8, "decided", outcome="approve", decided_by="ben", expires_at=NOW - timedelta(seconds=1))
    put_case(engine, 9, "decided", outcome="approve", decided_by="ben", expires_at=NOW + timedelta(days=3))
    seen = page_of(engine, "key", ADA, Filter(sort="id"), NOW)
    assert [row.state for row in seen.rows] == [
        *("open", "mine", "open", "mine", "waiting", "waiting", "decided", "expired", "decided")
    ]
    assert [row.holder for row in seen.rows] == [
        *(None, "ada", "ben", "ada", ANY_SUPERVISOR, ANY_SUPERVISOR, "ben", "ben", "ben")
    ]
    assert seen.counts == {"open": 2, "mine": 2, "waiting": 2, "decided": 2, "expired": 1}
    of_eve = page_of(engine, "key", EVE, Filter(states=frozenset({"mine"})), NOW)
    assert [row.applicant_id for row in of_eve.rows] == [5]
    due = page_of(engine, "key", ADA, Filter(due_within_days=3), NOW)
    assert [(row.applicant_id, row.due) for row in due.rows] == [(9, NOW + timedelta(days=3))]


def test_the_next_one_passes_over_what_is_decided_and_what_others_work_on(engine: Engine):
    put_set(engine, "key", [{"applicant_id": number, "probability": 0.1} for number in range(1, 6)])
    put_case(engine, 2, "working", holder="ben")
    put_case(engine, 3, "decided", outcome="refuse", decided_by="ada")
    put_case(engine, 4, "working", holder="ada")
    order = [None, 1, 4, 5]
    assert [next_one(engine, "key", ADA, Filter(sort="probability"), after, NOW) for after in order] == [1, 4, 5, None]
