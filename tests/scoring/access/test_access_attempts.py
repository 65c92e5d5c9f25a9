from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from scoring.access.access import Access
from scoring.access.attempts import ADDRESS, FORGOTTEN_SECONDS, NAME, OWN, network, reserve, succeed
from scoring.access.tables import attempts
from scoring.database.engine import reading, writing
from tests.scoring.access.conftest import Clock

HOME, AWAY = "192.0.2.1", "198.51.100.7"


def tried(access: Access, name: str = "alice", address: str = HOME) -> int:
    with writing(access.engine) as connection:
        return reserve(connection, name, address, access.clock())


def right(access: Access, name: str = "alice", address: str = HOME) -> None:
    with writing(access.engine) as connection:
        succeed(connection, name, address, access.clock())


def test_a_few_failures_are_free_then_each_doubles_the_wait(access: Access, clock: Clock):
    assert [tried(access) for _ in range(OWN.free)] == [0] * OWN.free
    waits = []
    for _ in range(12):
        waits.append(tried(access))
        clock.now += waits[-1]
        assert tried(access) == 0
    assert waits[:4] == [2, 3, 5, 9]
    assert max(waits) <= OWN.longest + 1


def test_a_clock_that_is_set_back_keeps_nobody_out(access: Access, clock: Clock):
    tried(access)
    tried(access, name="bob")
    for _ in range(OWN.free):
        tried(access, name="carol")
    clock.now -= 24 * 3600
    assert tried(access) == 0
    right(access, name="bob")
    assert 0 < tried(access, name="carol") <= OWN.longest + 1


def test_what_is_not_looked_at_is_not_counted(access: Access, clock: Clock):
    for _ in range(OWN.free):
        tried(access)
    first = tried(access)
    assert [tried(access) for _ in range(20)] == [first] * 20


def test_a_success_forgets_the_person_s_own_failures(access: Access):
    for _ in range(OWN.free):
        tried(access)
    right(access)
    assert tried(access) == 0


def test_guesses_from_elsewhere_do_not_keep_out_whoever_has_been_here_before(access: Access, clock: Clock):
    tried(access)
    right(access)
    for place in range(NAME.free + 5):
        tried(access, address=f"203.0.113.{place}")
    assert tried(access, address=AWAY) > 0
    assert tried(access) == 0


def test_guesses_of_other_names_do_not_keep_out_a_colleague_behind_the_same_router(access: Access):
    tried(access)
    right(access)
    for number in range(ADDRESS.free + 5):
        tried(access, name=f"guess{number}")
    assert tried(access, name="somebody") > 0
    assert tried(access) == 0
    assert tried(access, name="somebody", address=AWAY) == 0


def test_a_hundred_at_once_are_not_a_hundred_guesses(access: Access):
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: tried(access), range(100)))
    assert waits.count(0) == OWN.free


def test_failures_are_forgotten_after_an_hour_and_leave_nothing_behind(access: Access, clock: Clock):
    for number in range(20):
        tried(access, name=f"guess{number}", address=f"203.0.113.{number}")
    clock.now += FORGOTTEN_SECONDS + 1
    assert tried(access, "somebody", AWAY) == 0
    with reading(access.engine) as connection:
        assert connection.execute(select(func.count()).select_from(attempts)).scalar_one() == 3


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_one_network_of_ipv6_is_one_address(address: str, counted: str):
    assert network(address) == counted
