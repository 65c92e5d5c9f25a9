from __future__ import annotations

import pytest

from scoring.access.access import Access
from scoring.access.sessions import find_session, hash_of, start_session
from scoring.access.users import add_user, all_users, any_user, change_user, checked_role, find_user, named_user
from scoring.database.engine import reading, writing
from scoring.errors import AccessError, InvalidInputError
from scoring.people import Person
from tests.scoring.access.conftest import PASSWORD, given_user


def test_a_user_is_found_however_the_name_is_spelt(access: Access):
    given_user(access, "Zoë")
    with reading(access.engine) as connection:
        found = find_user(connection, " ZOE\u0308")
        assert find_user(connection, "Zoe") is None
    assert found is not None
    assert found.person == Person("Zoë", "adviser")
    assert PASSWORD not in str(found)


def test_nobody_has_another_s_name(access: Access):
    given_user(access, "Alice")
    with pytest.raises(AccessError, match="'Alice' already"), writing(access.engine) as connection:
        add_user(connection, "ALICE", "maintainer", 0.0, PASSWORD)


def test_everybody_is_listed_by_name(access: Access):
    with reading(access.engine) as connection:
        assert not any_user(connection)
    for name in ("bob", "Alice", "Émile"):
        given_user(access, name)
    with reading(access.engine) as connection:
        assert any_user(connection)
        assert {user.name for user in all_users(connection)} == {"Alice", "bob", "Émile"}


@pytest.mark.parametrize("changed", [{"disabled": True}, {"role": "supervisor"}, {"password_hash": "another"}])
def test_whatever_changes_a_user_ends_their_sessions(access: Access, changed: dict):
    user, other = given_user(access), given_user(access, "bob")
    with writing(access.engine) as connection:
        keys = [start_session(connection, each, access.clock(), 60) for each in (user, user, other)]
        change_user(connection, user, **changed)
    with reading(access.engine) as connection:
        held = [find_session(connection, hash_of(key), access.clock(), 60) for key in keys]
    assert [session and session.person.name for session in held] == [None, None, "bob"]


def test_an_unknown_role_or_user_is_reported(access: Access):
    with pytest.raises(InvalidInputError, match="adviser, supervisor, reviewer, maintainer"):
        checked_role("boss")
    with reading(access.engine) as connection, pytest.raises(AccessError, match="no user 'nobody'"):
        named_user(connection, "nobody")
