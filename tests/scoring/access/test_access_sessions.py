from __future__ import annotations

from sqlalchemy import select, update

from scoring.access.access import Access
from scoring.access.sessions import (
    CLOCKS_SECONDS,
    LONGEST_SECONDS,
    Session,
    end_session,
    find_session,
    hash_of,
    start_session,
    touch_session,
)
from scoring.access.tables import sessions, users
from scoring.access.users import User
from scoring.database.engine import reading, writing
from tests.scoring.access.conftest import Clock, given_user

IDLE = 600.0


def started(access: Access, user: User) -> str:
    with writing(access.engine) as connection:
        return start_session(connection, user, access.clock(), IDLE)


def found(access: Access, key: str) -> Session | None:
    with reading(access.engine) as connection:
        return find_session(connection, hash_of(key), access.clock(), IDLE)


def test_the_database_does_not_hold_what_the_browser_holds(access: Access):
    key = started(access, given_user(access))
    with reading(access.engine) as connection:
        rows = connection.execute(select(sessions)).all()
    assert len(rows) == 1
    assert key not in str(rows)
    assert len(key) >= 43


def test_a_session_holds_until_it_was_idle_for_too_long(access: Access, clock: Clock):
    key = started(access, given_user(access))
    clock.now += IDLE - 1
    session = found(access, key)
    assert session is not None
    with writing(access.engine) as connection:
        touch_session(connection, session.hash, clock.now)
    clock.now += IDLE - 1
    assert found(access, key) is not None
    clock.now += 2
    assert found(access, key) is None


def test_a_session_ends_at_night_however_busy(access: Access, clock: Clock):
    key = started(access, given_user(access))
    until = clock.now + LONGEST_SECONDS
    while clock.now < until - IDLE:
        clock.now += IDLE - 1
        session = found(access, key)
        assert session is not None
        with writing(access.engine) as connection:
            touch_session(connection, session.hash, clock.now)
    clock.now = until + 1
    assert found(access, key) is None


def test_a_clock_that_is_set_back_lengthens_no_session(access: Access, clock: Clock):
    user = given_user(access)
    key = started(access, user)
    clock.now -= CLOCKS_SECONDS - 1
    assert found(access, key) is not None
    clock.now -= 24 * 3600
    assert found(access, key) is None
    assert found(access, started(access, user)) is not None


def test_a_session_ends_once(access: Access):
    key = started(access, given_user(access))
    with writing(access.engine) as connection:
        assert end_session(connection, hash_of(key))
        assert not end_session(connection, hash_of(key))
    assert found(access, key) is None


def test_a_session_that_began_while_the_user_was_disabled_or_given_another_role_is_none(access: Access):
    user = given_user(access)
    for changed in ({"disabled": True}, {"disabled": False, "role": "supervisor"}):
        key = started(access, user)
        assert found(access, key) is not None
        with writing(access.engine) as connection:
            # As if the two happened at once: the user's row alone is changed.
            connection.execute(update(users).values(**changed))
        assert found(access, key) is None
        with writing(access.engine) as connection:
            connection.execute(update(users).values(disabled=False, role="adviser"))


def test_sessions_that_ended_by_themselves_are_removed(access: Access, clock: Clock):
    user = given_user(access)
    for _ in range(3):
        started(access, user)
    clock.now += IDLE + 1
    started(access, user)
    with reading(access.engine) as connection:
        assert len(connection.execute(select(sessions)).all()) == 1
