"""Who reads which entries of the journal, and by which filters."""

from __future__ import annotations

import json

import pytest

from scoring.cases.orders import Order
from scoring.cases.reading import checked_filter, read_entries
from scoring.cases.steps import decide, open_case, record_score
from scoring.errors import InvalidInputError
from scoring.journal.journal import FIRST_PAGE
from scoring.serving.service import assess, commented
from tests.scoring.cases.conftest import ANNA, BEN, MAX, RITA, SUE, TEAM

ANY = dict.fromkeys(("applicant_id", "kind", "by", "since", "until")) | {"after": 0, "limit": 100}


@pytest.fixture
def worked(local_desk, service, recommended):
    """A journal in which Anna has looked at two cases and Ben has decided one."""
    for outcome in ("approve", "refuse"):
        open_case(local_desk, service, ANNA, recommended(outcome), "en")
    decide(local_desk, service, BEN, Order(recommended("approve"), None, "approve"), TEAM)
    return local_desk.journal


def numbers(journal, person, **wanted):
    return [entry["number"] for entry in read_entries(journal, person, checked_filter(**ANY | wanted))]


@pytest.mark.parametrize(("person", "seen"), [(ANNA, [1, 2]), (BEN, [3]), (SUE, []), (MAX, []), (RITA, [1, 2, 3])])
def test_people_read_their_own_entries_and_a_reviewer_all(worked, person, seen):
    assert numbers(worked, person) == seen
    # Asking for somebody else's gives no more.
    assert numbers(worked, person, by="ben") == ([3] if person in (BEN, RITA) else seen)


def test_filters_and_pages(worked, recommended):
    assert numbers(worked, RITA, kind="decision") == [3]
    assert numbers(worked, RITA, applicant_id=recommended("refuse")) == [2]
    assert numbers(worked, RITA, applicant_id=str(recommended("approve"))) == [1, 3]
    assert numbers(worked, RITA, after=1, limit=1) == [2]
    assert numbers(worked, RITA, since="2999-01-01") == []
    assert numbers(worked, RITA, until="2999-01-01T00:00:00Z") == [1, 2, 3]


def test_an_answer_is_json_with_the_whole_decision(worked):
    (answer,) = read_entries(worked, BEN, FIRST_PAGE)
    assert json.loads(json.dumps(answer)) == answer
    assert answer["payload"]["outcome"] == "approve"
    assert set(answer) == {
        *("number", "at", "kind", "person", "role", "applicant_id", "payload", "hash", "previous"),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "nothing"),
        ("kind", ["decision"]),
        ("by", 5),
        ("since", "yesterday"),
        ("until", 7),
        ("after", -1),
        ("after", "1"),
        ("after", True),
        ("limit", 0),
        ("limit", 1001),
        ("limit", None),
        ("smith", "smith"),
    ],
)
def test_a_filter_that_is_not_allowed_is_named(worked, name, value):
    with pytest.raises(InvalidInputError, match=name):
        numbers(worked, RITA, **{"applicant_id" if name == "smith" else name: value})


def test_the_score_of_a_program_can_be_recorded(local_desk, service, recommended):
    assessment = assess(service, recommended("refer"), {}, "fr")
    score = commented(service, assessment)
    record_score(local_desk, service, BEN, assessment, score)
    (entry,) = read_entries(local_desk.journal, BEN, FIRST_PAGE)
    assert (entry["kind"], entry["payload"]["probability"]) == ("score", score.probability)
    assert entry["payload"]["language"] == "fr"
