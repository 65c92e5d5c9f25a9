from __future__ import annotations

import pytest
from sqlalchemy import select, update

from scoring.access.access import Access
from scoring.access.sessions import hash_of
from scoring.access.tables import tokens
from scoring.access.tokens import DAY_SECONDS, PREFIX, add_token, all_tokens, find_token, revoke_token
from scoring.database.engine import reading, writing
from scoring.errors import AccessError, InvalidInputError
from scoring.people import Person
from tests.scoring.access.conftest import Clock


def made(access: Access, name: str = "robot", role: str = "adviser", scope: str = "read", days: float = 1) -> str:
    with writing(access.engine) as connection:
        return add_token(connection, name, role, scope.split(","), days, access.clock())[0]


def found(access: Access, secret: str) -> Person | None:
    with reading(access.engine) as connection:
        return find_token(connection, hash_of(secret), access.clock())


def test_a_token_acts_in_its_own_name_within_its_scope(access: Access):
    person = found(access, made(access))
    assert person is not None
    assert person == Person("token:robot", "adviser", frozenset({"read"}))
    assert person.may("read")
    assert not person.may("decide")
    assert found(access, f"{PREFIX}other") is None


def test_a_token_is_never_the_second_pair_of_eyes(access: Access):
    secret = made(access, role="supervisor", scope="decide")
    with writing(access.engine) as connection:
        # As an earlier version made them.
        connection.execute(update(tokens).values(scope="confirm,decide"))
    person = found(access, secret)
    assert person is not None
    assert person.may("decide")
    assert not person.may("confirm")


def test_the_secret_is_kept_nowhere(access: Access):
    secret = made(access)
    assert secret.startswith(PREFIX)
    with reading(access.engine) as connection:
        assert secret not in str(connection.execute(select(tokens)).all())
        assert secret not in str(all_tokens(connection))


def test_a_token_expires(access: Access, clock: Clock):
    secret = made(access, days=2)
    clock.now += 2 * DAY_SECONDS - 1
    assert found(access, secret) is not None
    clock.now += 2
    assert found(access, secret) is None


def test_a_token_is_revoked_at_once_and_its_name_is_not_given_again(access: Access, clock: Clock):
    secret = made(access)
    with writing(access.engine) as connection:
        at = revoke_token(connection, "ROBOT", clock.now).revoked_at
    clock.now += 1
    with writing(access.engine) as connection:
        assert revoke_token(connection, "robot", clock.now).revoked_at == at == clock.now - 1
    assert found(access, secret) is None
    with pytest.raises(AccessError, match="already"):
        made(access, "Robot")
    with writing(access.engine) as connection, pytest.raises(AccessError, match="no token"):
        revoke_token(connection, "nobody", clock.now)


@pytest.mark.parametrize(
    "given",
    [
        {"scope": "decide", "role": "reviewer"},
        {"scope": "everything"},
        {"scope": ""},
        {"scope": "read,confirm"},
        {"scope": "confirm", "role": "supervisor"},
        {"role": "boss"},
        {"days": 0},
        {"days": -1},
        {"days": float("nan")},
        {"days": float("inf")},
        {"days": 367},
        {"name": "a:b"},
    ],
)
def test_a_token_that_may_not_be_is_reported(access: Access, given: dict):
    with pytest.raises(InvalidInputError, match="not allowed"):
        made(access, **given)
