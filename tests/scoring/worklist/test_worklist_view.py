from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text, update

from scoring.database.engine import open_database, writing
from scoring.errors import DatabaseError
from scoring.worklist import view
from scoring.worklist.filter import Filter
from scoring.worklist.query import page_of
from scoring.worklist.sets import renumber_changes
from scoring.worklist.states import CASES
from scoring.worklist.tables import CHANGES
from tests.databases import new_database
from tests.scoring.worklist.listed import ADA, NOW, put_batch, put_case, put_set, scores_of


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def states(engine: Engine) -> list[str]:
    return [row.state for row in page_of(engine, "key", ADA, Filter(sort="id"), NOW).rows]


def test_a_view_follows_each_change_of_a_case_and_forgets_one_that_is_gone(engine: Engine):
    put_set(engine, "key", [{"applicant_id": 1}, {"applicant_id": 2}])
    assert states(engine) == ["open", "open"]
    put_case(engine, 2, "working", holder="ada")
    put_case(engine, 3, "working", holder="ada")
    assert states(engine) == ["open", "mine"]
    with writing(engine) as connection:
        connection.execute(update(CASES).where(CASES.c.applicant_id == 2).values(state="decided", outcome="refuse"))
    assert states(engine) == ["open", "decided"]
    with writing(engine) as connection:
        connection.execute(CASES.delete())
    assert states(engine) == ["open", "open"]


def test_what_another_process_does_is_seen(engine: Engine, database_url: str):
    put_set(engine, "key", [{"applicant_id": 1}])
    assert states(engine) == ["open"]
    put_case(open_database(database_url), 1, "decided", outcome="refuse")
    assert states(engine) == ["decided"]


def test_a_change_that_is_undone_is_not_seen(engine: Engine):
    put_set(engine, "key", [{"applicant_id": 1}])
    with engine.connect() as connection, connection.begin() as undone:
        connection.execute(insert(CASES).values(applicant_id=1, state="decided", version=1, changed_at=NOW))
        undone.rollback()
    assert states(engine) == ["open"]


def test_transactions_that_end_in_another_order_than_they_began_are_all_seen(postgres: str):
    engine = open_database(new_database(postgres))
    put_set(engine, "key", [{"applicant_id": number} for number in (1, 2, 3)])
    assert states(engine) == ["open", "open", "open"]
    long = engine.connect()
    transaction = long.begin()
    decided = {"state": "decided", "version": 1, "changed_at": NOW}
    long.execute(insert(CASES).values(applicant_id=1, **decided))
    put_case(engine, 2, "decided")
    assert states(engine) == ["open", "decided", "open"]
    put_case(engine, 3, "decided")
    assert states(engine) == ["open", "decided", "decided"]
    transaction.commit()
    long.close()
    assert states(engine) == ["decided", "decided", "decided"]


def test_a_database_that_was_moved_to_a_new_server_is_followed(postgres: str):
    engine = open_database(new_database(postgres))
    put_set(engine, "key", [{"applicant_id": 1}])
    put_case(engine, 1, "decided")
    with writing(engine) as connection:
        connection.execute(update(CHANGES).values(number=2**60))
    renumber_changes(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT number FROM worklist_changes")).scalar_one() == 0
    assert states(engine) == ["decided"]


def test_many_readers_and_writers_at_once_end_up_with_the_same(engine: Engine):
    set_id = put_set(engine, "key", [{"applicant_id": number} for number in range(50)], applicants=100)
    pages = threading.Event()

    def read() -> None:
        while not pages.is_set():
            found = page_of(engine, "key", ADA, Filter(page_size=200), NOW)
            assert sum(found.counts.values()) == found.total == len(found.rows)

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        written = [pool.submit(put_case, engine, number, "decided") for number in range(0, 100, 2)]
        put_batch(engine, set_id, 50, scores_of({"applicant_id": number} for number in range(50, 100)))
        for each in written:
            each.result()
        pages.set()
        for each in readers:
            each.result()
    found = page_of(engine, "key", ADA, Filter(sort="id", page_size=200), NOW)
    assert [row.state for row in found.rows] == ["decided", "open"] * 50


def test_a_database_that_fails_halfway_leaves_no_half_of_a_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    put_set(engine, "key", [{"applicant_id": 1}])
    put_case(engine, 1, "decided")

    def fail(self: view.View, *arguments: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(view.View, "_take_cases", fail)
        with pytest.raises(DatabaseError):
            states(engine)
    assert states(engine) == ["decided"]


def test_only_the_last_two_sets_are_kept_in_memory(tmp_path: Path):
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    for key in ("one", "two", "three"):
        put_set(engine, key, [{"applicant_id": 1}])
        assert page_of(engine, key, ADA, Filter(), NOW).total == 1
    assert list(view._OF_ENGINES[engine].views) == ["two", "three"]
    assert page_of(engine, "one", ADA, Filter(), NOW + timedelta(days=1)).total == 1
