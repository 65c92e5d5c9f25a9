from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from scoring.database.engine import after_commit, open_database, open_existing, reading, writing
from scoring.database.engine import database_url as parsed
from scoring.errors import DatabaseError, InvalidInputError


def test_a_database_is_opened_with_the_newest_schema_by_several_at_once(database_url: str):
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(open_database, [database_url] * 4))
    with reading(engines[0]) as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def test_what_ends_with_an_error_is_undone(database_url: str):
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE kept (value INTEGER)"))
    with suppress(ZeroDivisionError), writing(engine) as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0


def test_sqlite_writes_every_commit_to_disk_and_overwrites_what_is_erased(tmp_path: Path):
    with reading(open_database(f"sqlite:///{tmp_path / 'new' / 'journal.db'}")) as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS}
    assert pragmas == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.parametrize("given", ["mysql://u:secret@h/x", "journal.db", "sqlite://", "sqlite:///:memory:", ""])
def test_an_address_of_another_kind_is_refused(given: str):
    with pytest.raises(InvalidInputError, match="JOURNAL_URL") as refused:
        parsed(given)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("given", ["postgresql://u:secret@127.0.0.1:1/x", "sqlite:////proc/none/journal.db"])
def test_a_database_that_cannot_be_used_is_reported_without_inner_words(given: str):
    with pytest.raises(DatabaseError, match="nothing was recorded") as refused:
        open_database(given)
    assert "secret" not in str(refused.value)


def test_what_follows_a_commit_is_done_once_and_only_then(database_url: str):
    engine = open_database(database_url)
    done: list[int] = []

    def fail() -> None:
        with writing(engine) as connection:
            after_commit(connection, lambda: done.append(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with writing(engine):
        pass
    assert done == []
    with writing(engine) as connection:
        after_commit(connection, lambda: done.append(2))
        assert done == []
    with writing(engine):
        pass
    assert done == [2]


def test_an_existing_database_is_only_read(database_url: str):
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE kept (value INTEGER)"))
    with pytest.raises(DatabaseError), writing(open_existing(database_url)) as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
    with reading(open_existing(database_url)) as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
        # One state of it until the transaction ends.
        with writing(engine) as other:
            other.execute(text("INSERT INTO kept VALUES (1)"))
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0


@pytest.mark.parametrize("name", ["journal.db", "no folder/journal.db", "what 100 % of it#1.db"])
def test_an_absent_database_is_not_made_by_reading(tmp_path: Path, name: str):
    with pytest.raises(DatabaseError, match="There is no database"):
        open_existing(f"sqlite:///{tmp_path}/{name}")
    assert list(tmp_path.iterdir()) == []


def test_any_name_of_a_file_is_found_again(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/a b%20c#d é.db"
    open_database(url).dispose()
    with reading(open_existing(url)) as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
