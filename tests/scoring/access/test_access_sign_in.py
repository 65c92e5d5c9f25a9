from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from scoring.access.access import Access
from scoring.access.attempts import OWN
from scoring.access.sessions import find_session, hash_of
from scoring.access.sign_in import Identity, RefusedError, sign_in, sign_in_by_provider, sign_out
from scoring.access.tables import sessions
from scoring.access.users import change_user, find_user
from scoring.database.engine import reading, writing
from scoring.errors import DatabaseError
from scoring.journal.journal import Journal
from tests.scoring.access.conftest import PASSWORD, WRONG, Clock, given_user, told

HOME = "192.0.2.1"


def person(access: Access, key: str) -> str | None:
    with reading(access.engine) as connection:
        session = find_session(connection, hash_of(key), access.clock(), access.idle_seconds)
    return session.person.name if session else None


def refused(attempt: Callable[[], object]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        attempt()
    return caught.value


def test_a_sign_in_starts_a_session_and_is_in_the_journal(access: Access, journal: Journal):
    given_user(access)
    assert person(access, sign_in(access, " ALICE", PASSWORD, HOME)) == "Alice"
    entry = told(journal, "sign_in")[0]
    assert (entry.person, entry.role, entry.payload) == ("Alice", "adviser", {"address": HOME, "method": "password"})


@pytest.mark.parametrize("name", ["alice", "nobody", "", "a\0b", "x" * 10_000, "'; DROP TABLE users; --", "\ud800"])
def test_a_failure_says_the_same_whoever_it_is_and_is_in_the_journal(access: Access, journal: Journal, name: str):
    given_user(access)
    assert str(refused(lambda: sign_in(access, name, WRONG, HOME))) == "Name or password is wrong."
    entry = told(journal, "sign_in_failed")[0]
    assert entry.payload is not None
    assert (entry.person, entry.payload["address"], entry.payload["reason"]) == ("app", HOME, "wrong")
    assert len(entry.payload["name"]) <= 64
    assert WRONG not in str(entry)
    assert person(access, sign_in(access, "alice", PASSWORD, HOME)) == "Alice"


def test_a_disabled_user_is_told_no_more_than_anybody(access: Access):
    user = given_user(access)
    with writing(access.engine) as connection:
        change_user(connection, user, disabled=True)
    assert refused(lambda: sign_in(access, "alice", PASSWORD, HOME)).key == "wrong"


def test_a_user_of_the_provider_has_no_password(access: Access):
    given_user(access, password=None, subject="https://issuer 1")
    assert refused(lambda: sign_in(access, "alice", "", HOME)).key == "wrong"
    assert refused(lambda: sign_in(access, "alice", PASSWORD, HOME)).key == "wrong"


def test_guessing_slows_down_and_is_then_not_looked_at(access: Access, journal: Journal, clock: Clock):
    given_user(access)
    for _ in range(OWN.free):
        assert refused(lambda: sign_in(access, "alice", WRONG, HOME)).key == "wrong"
    slowed = refused(lambda: sign_in(access, "alice", PASSWORD, HOME))
    assert (slowed.key, slowed.wait) == ("slow_down", 2)
    assert slowed.in_words("fr") == "Trop de tentatives échouées. Réessayez dans 2 s."
    assert len(told(journal, "sign_in_failed")) == OWN.free
    assert person(access, sign_in(access, "alice", PASSWORD, "198.51.100.7")) == "Alice"
    clock.now += slowed.wait
    assert person(access, sign_in(access, "alice", PASSWORD, HOME)) == "Alice"


def test_a_name_that_nobody_has_slows_down_just_the_same(access: Access):
    for _ in range(OWN.free):
        assert refused(lambda: sign_in(access, "nobody", WRONG, HOME)).key == "wrong"
    assert refused(lambda: sign_in(access, "nobody", WRONG, HOME)).key == "slow_down"


def test_signing_in_again_ends_the_session_before(access: Access):
    given_user(access)
    first = sign_in(access, "alice", PASSWORD, HOME)
    second = sign_in(access, "alice", PASSWORD, HOME, hash_of(first))
    assert (person(access, first), person(access, second)) == (None, "Alice")


def test_a_sign_out_is_in_the_journal_once(access: Access, journal: Journal):
    given_user(access)
    key = sign_in(access, "alice", PASSWORD, HOME)
    for _ in range(2):
        sign_out(access, key, HOME)
    assert person(access, key) is None
    assert [entry.person for entry in told(journal, "sign_out")] == ["Alice"]


def test_what_cannot_be_recorded_does_not_happen(quick_access: Access, quick_journal: Journal):
    given_user(quick_access)
    key = sign_in(quick_access, "alice", PASSWORD, HOME)
    with quick_journal.engine.connect() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END"))
        connection.commit()
    with pytest.raises(DatabaseError):
        sign_in(quick_access, "alice", PASSWORD, HOME)
    with pytest.raises(DatabaseError):
        sign_out(quick_access, key, HOME)
    assert person(quick_access, key) == "Alice"
    with reading(quick_access.engine) as connection:
        assert connection.execute(select(func.count()).select_from(sessions)).scalar_one() == 1


ALICE = Identity("https://issuer 1", "Alice", "adviser")


def test_the_provider_s_people_are_added_and_take_the_role_that_it_says(access: Access, journal: Journal):
    first = sign_in_by_provider(access, ALICE, HOME)
    assert person(access, first) == "Alice"
    second = sign_in_by_provider(access, Identity(ALICE.subject, "alice", "supervisor"), HOME)
    assert (person(access, first), person(access, second)) == (None, "Alice")
    assert [entry.payload and entry.payload["action"] for entry in told(journal, "user")] == ["add", "role"]
    assert [entry.role for entry in told(journal, "sign_in")] == ["adviser", "supervisor"]


def test_another_account_of_the_same_name_is_refused(access: Access, journal: Journal):
    sign_in_by_provider(access, ALICE, HOME)
    other = Identity("https://issuer 2", "ALICE", "maintainer")
    assert refused(lambda: sign_in_by_provider(access, other, HOME)).key == "name_taken"
    assert len(told(journal, "sign_in_failed")) == 1
    with reading(access.engine) as connection:
        found = find_user(connection, "alice")
    assert found is not None
    assert found.role == "adviser"


def test_an_account_that_is_renamed_at_the_provider_stays_who_it_was(access: Access, journal: Journal):
    sign_in_by_provider(access, ALICE, HOME)
    married = Identity(ALICE.subject, "Alice Smith", "adviser")
    assert person(access, sign_in_by_provider(access, married, HOME)) == "Alice"
    assert [entry.payload and entry.payload["action"] for entry in told(journal, "user")] == ["add"]


def test_a_user_who_had_a_password_goes_on_through_the_provider(access: Access):
    given_user(access)
    assert person(access, sign_in_by_provider(access, ALICE, HOME)) == "Alice"
    other = Identity("https://issuer 2", "alice", "adviser")
    assert refused(lambda: sign_in_by_provider(access, other, HOME)).key == "name_taken"


def test_a_user_disabled_here_is_not_let_in_by_the_provider(access: Access):
    sign_in_by_provider(access, ALICE, HOME)
    with writing(access.engine) as connection:
        user = find_user(connection, "alice")
        assert user is not None
        change_user(connection, user, disabled=True)
    assert refused(lambda: sign_in_by_provider(access, ALICE, HOME)).key == "disabled"


def test_nothing_secret_is_in_the_database(quick_access: Access, quick_journal: Journal):
    given_user(quick_access)
    key = sign_in(quick_access, "alice", PASSWORD, HOME)
    refused(lambda: sign_in(quick_access, "alice", WRONG, HOME))
    with reading(quick_journal.engine) as connection:
        connection.execute(text("SELECT 1"))
    kept = b"".join(path.read_bytes() for path in Path(str(quick_journal.engine.url.database)).parent.glob("quick.db*"))
    assert b"Alice" in kept
    for secret in (key, PASSWORD, WRONG):
        assert secret.encode() not in kept
