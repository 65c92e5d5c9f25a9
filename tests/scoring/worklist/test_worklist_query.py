from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from scoring.database.engine import open_database, writing
from scoring.people import Person
from scoring.worklist.filter import RECOMMENDATIONS, SORTS, Filter
from scoring.worklist.query import Page, next_one, page_of
from scoring.worklist.states import ANY_SUPERVISOR, CASES, CLAIM, STATES
from scoring.worklist.tables import BATCHES, SETS
from tests.scoring.worklist.listed import ADA, BEN, EVE, NOW, put_batch, put_case, put_set, scores_of


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
    put_set(engine, "key", [{"applicant_id": number, "probability": 0.1} for number in range(1, 8)])
    put_case(engine, 2, "working", holder="ben")
    put_case(engine, 3, "decided", outcome="refuse", decided_by="ada")
    put_case(engine, 4, "working", holder="ada")
    put_case(engine, 5, "referred", holder="ben", decided_by="ada")
    put_case(engine, 6, "decided", outcome="approve", decided_by="ada", expires_at=NOW)
    wanted = Filter(sort="probability")
    assert [next_one(engine, "key", ADA, wanted, after, NOW) for after in (None, 1, 2, 4, 7)] == [1, 4, 4, 7, None]
    named = Filter(sort="id", descending=True, states=frozenset({"waiting", "expired", "decided"}))
    assert [next_one(engine, "key", ADA, named, after, NOW) for after in (None, 6, 5)] == [6, 5, None]


def test_after_one_that_is_not_in_the_list_comes_the_first(engine: Engine):
    put_set(engine, "key", [{"applicant_id": number} for number in (3, 5)])
    assert next_one(engine, "key", ADA, Filter(), 10**30, NOW) == 3
    assert next_one(engine, "other", ADA, Filter(), 3, NOW) is None


def test_what_somebody_opened_and_left_is_open_again(engine: Engine):
    put_set(engine, "key", [{"applicant_id": 1}])
    put_case(engine, 1, "working", holder="ben", changed_at=NOW)
    seen = [
        [(row.state, row.holder) for row in page_of(engine, "key", person, Filter(), NOW + waited).rows]
        for person in (ADA, BEN)
        for waited in (CLAIM - timedelta(seconds=1), CLAIM)
    ]
    assert seen == [[("open", "ben")], [("open", None)], [("mine", "ben")], [("open", None)]]
    assert next_one(engine, "key", ADA, Filter(), None, NOW) is None
    assert next_one(engine, "key", ADA, Filter(), None, NOW + CLAIM) == 1


def test_a_program_that_may_not_confirm_is_no_supervisor(engine: Engine):
    put_set(engine, "key", [{"applicant_id": 1}])
    put_case(engine, 1, "to_confirm", holder=ANY_SUPERVISOR, decided_by="ada")
    program = Person("program", "supervisor", frozenset({"read", "decide"}))
    assert [page_of(engine, "key", person, Filter(), NOW).rows[0].state for person in (program, EVE)] == [
        "waiting",
        "mine",
    ]


def test_nobody_confirms_their_own_even_if_it_is_handed_to_them(engine: Engine):
    put_set(engine, "key", [{"applicant_id": 1}])
    put_case(engine, 1, "to_confirm", holder="eve", decided_by="eve")
    assert page_of(engine, "key", EVE, Filter(), NOW).rows[0].state == "waiting"


def test_without_scores_the_list_is_empty(engine: Engine):
    assert page_of(engine, "key", ADA, Filter(), NOW) == Page([], 0, dict.fromkeys(STATES, 0), 0.0, False)
    put_set(engine, "key", [], applicants=5)
    assert page_of(engine, "key", ADA, Filter(id_prefix="1"), NOW) == Page([], 0, dict.fromkeys(STATES, 0), 0.0, False)


def test_a_page_beyond_the_last_is_empty(engine: Engine):
    put_set(engine, "key", [{"applicant_id": 1}])
    found = page_of(engine, "key", ADA, Filter(page=2**31), NOW)
    assert (found.rows, found.total) == ([], 1)


LARGEST = 2**63 - 1
IDS = [0, 1, 7, 10, 12, 99, 100, 120, 129, 130, 1_200_000, LARGEST // 10, LARGEST - 1, LARGEST]


@pytest.mark.parametrize("prefix", ["0", "00", "01", "1", "12", "9", "92", "922", str(LARGEST), "9999999999999999999"])
def test_ids_are_found_by_their_first_digits(tmp_path: Path, prefix: str):
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    put_set(engine, "key", [{"applicant_id": number} for number in IDS])
    found = page_of(engine, "key", ADA, Filter(sort="id", id_prefix=prefix), NOW)
    assert [row.applicant_id for row in found.rows] == [number for number in IDS if str(number).startswith(prefix)]


# Few values, so that many are equal.
AMOUNTS = st.sampled_from([None, 1.0, 2.5, 1e9])
NAMES = st.sampled_from([None, "ada", "ben", "eve", ANY_SUPERVISOR])
ROWS = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        "instalment": AMOUNTS,
        "probability": AMOUNTS,
        "applied": st.sampled_from([None, date(1969, 12, 31), date(2026, 11, 1), date(2026, 11, 2)]),
        "missing": st.integers(0, 3),
        "recommendation": st.sampled_from([None, "approve", "refer", "refuse"]),
    }
)
MOMENTS = st.sampled_from(
    [timedelta(0), timedelta(minutes=-30), timedelta(days=-9), timedelta(days=1), timedelta(days=2)]
)
CASE = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["working", "referred", "to_confirm", "decided"]),
        "holder": NAMES,
        "outcome": st.sampled_from([None, "approve", "refuse"]),
        "decided_by": NAMES,
        "expires_at": st.none() | MOMENTS.map(lambda after: NOW + after),
        "changed_at": MOMENTS.map(lambda after: NOW + after),
    }
)
WANTED = st.builds(
    Filter,
    states=st.frozensets(st.sampled_from(STATES)),
    recommendations=st.frozensets(st.sampled_from(RECOMMENDATIONS)),
    least_amount=AMOUNTS,
    most_amount=AMOUNTS,
    id_prefix=st.sampled_from(["", "1", "10", "2"]),
    due_within_days=st.sampled_from([None, None, 1, 2]),
    sort=st.sampled_from(SORTS),
    descending=st.booleans(),
    page=st.integers(1, 3),
    page_size=st.integers(1, 8),
)


class Reference:
    """The list in plain Python."""

    def __init__(self, rows: list[dict[str, Any]], cases: dict[int, dict[str, Any]], person: Person) -> None:
        self.rows, self.cases, self.person = rows, cases, person

    def left(self, case: dict[str, Any]) -> bool:
        return case["changed_at"] + CLAIM <= NOW

    def state(self, applicant_id: int) -> str:
        case, me = self.cases.get(applicant_id), self.person.name
        if case is None:
            return "open"
        if case["state"] == "working":
            return "mine" if case["holder"] == me and not self.left(case) else "open"
        if case["state"] == "decided":
            until = case["expires_at"] if case["outcome"] == "approve" else None
            return "expired" if until is not None and until <= NOW else "decided"
        any_of_them = case["holder"] == ANY_SUPERVISOR and self.person.role == "supervisor"
        if case["decided_by"] == me:
            return "mine" if case["state"] == "referred" and case["holder"] == me else "waiting"
        return "mine" if case["holder"] == me or any_of_them else "waiting"

    def due(self, applicant_id: int) -> datetime | None:
        case = self.cases.get(applicant_id, {})
        return case["expires_at"] if case.get("state") == "decided" and case["outcome"] == "approve" else None

    def passes(self, row: dict[str, Any], wanted: Filter) -> bool:
        number, due = row["applicant_id"], self.due(row["applicant_id"])
        last = None if wanted.due_within_days is None else NOW + timedelta(days=wanted.due_within_days)
        amount = row["amount"]
        return (
            (not wanted.states or self.state(number) in wanted.states)
            and (not wanted.recommendations or (row["recommendation"] or "unscored") in wanted.recommendations)
            and (wanted.least_amount is None or (amount is not None and amount >= wanted.least_amount))
            and (wanted.most_amount is None or (amount is not None and amount <= wanted.most_amount))
            and str(number).startswith(wanted.id_prefix)
            and (last is None or (due is not None and NOW < due <= last))
        )

    def sorted(self, wanted: Filter) -> list[dict[str, Any]]:
        column = {"date": "applied", "id": "applicant_id"}.get(wanted.sort, wanted.sort)
        known = [row for row in self.rows if row[column] is not None]
        # Python's sort is stable, descending too.
        known.sort(key=lambda row: row[column], reverse=wanted.descending)
        return known + [row for row in self.rows if row[column] is None]

    def all(self, wanted: Filter) -> list[int]:
        return [row["applicant_id"] for row in self.sorted(wanted) if self.passes(row, wanted)]

    def free(self, applicant_id: int) -> bool:
        case = self.cases.get(applicant_id)
        others = case is not None and case["state"] == "working" and case["holder"] != self.person.name
        return not others or self.left(case)  # type: ignore[arg-type]

    def next(self, wanted: Filter, after: int | None) -> int | None:
        to_do = Filter(
            **{**vars(wanted), "states": (wanted.states or frozenset({"open", "mine"})) - {"decided"} or frozenset()}
        )
        if wanted.states == {"decided"}:
            return None
        order = [row["applicant_id"] for row in self.sorted(wanted)]
        beyond = order[order.index(after) + 1 :] if after in order else order
        return next((number for number in self.all(to_do) if number in beyond and self.free(number)), None)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_pages_and_what_comes_next_are_as_in_plain_python(once: Engine, data: st.DataObject):
    ids = sorted(data.draw(st.sets(st.integers(1, 120), max_size=25)))
    rows = [{"applicant_id": number, **data.draw(ROWS)} for number in ids]
    cases = data.draw(st.dictionaries(st.integers(1, 120), CASE, max_size=25))
    with writing(once) as connection:
        for table in (BATCHES, SETS, CASES):
            connection.execute(table.delete())
    set_id = put_set(once, "key", rows[:10], applicants=max(1, len(rows)))
    # Half the cases come before the second batch is there, and before the first is read.
    for place, (number, case) in enumerate(cases.items()):
        if place % 2:
            put_case(once, number, **case)
    page_of(once, "key", ADA, Filter(), NOW)
    put_batch(once, set_id, 10, scores_of(rows[10:]))
    for place, (number, case) in enumerate(cases.items()):
        if place % 2 == 0:
            put_case(once, number, **case)
    for _ in range(3):
        person, wanted = data.draw(st.sampled_from([ADA, EVE])), data.draw(WANTED)
        reference = Reference(rows, cases, person)
        found, expected = page_of(once, "key", person, wanted, NOW), reference.all(wanted)
        first = (wanted.page - 1) * wanted.page_size
        assert [row.applicant_id for row in found.rows] == expected[first : first + wanted.page_size]
        assert found.total == len(expected)
        assert found.counts == {state: sum(reference.state(number) == state for number in ids) for state in STATES}
        for row in found.rows:
            assert (row.state, row.due) == (reference.state(row.applicant_id), reference.due(row.applicant_id))
            assert {name: getattr(row, name) for name in rows[0]} == rows[ids.index(row.applicant_id)]
        for after in (None, *ids[::3]):
            assert next_one(once, "key", person, wanted, after, NOW) == reference.next(wanted, after)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_database(f"sqlite:///{tmp_path_factory.mktemp('list') / 'journal.db'}")
