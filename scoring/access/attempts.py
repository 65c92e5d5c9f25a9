"""Slows down guessing: failures are counted per name and address, per address, and per name.

Whoever has signed in from an address before waits there only for their own failures: neither guesses of the same name
elsewhere, nor of other names behind the same router, keep them out. An attempt is counted before the password is
looked at, so that a hundred at once are not a hundred guesses; one that succeeds is taken back.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from scoring.access.tables import addresses, attempts
from scoring.database.engine import POSTGRESQL

# After so long without another failure all are forgotten.
FORGOTTEN_SECONDS = 3600
KNOWN_SECONDS = 90 * 24 * 3600
# One customer of a provider has as many addresses of IPv6 as this leaves free.
IPV6_PREFIX = 64


@dataclass(frozen=True)
class Limit:
    """So many failures are free; each further one doubles the wait, up to the longest in seconds."""

    free: int
    longest: int

    def wait(self, failures: int) -> int:
        """Seconds from the last failure until the next attempt is looked at."""
        return 0 if failures < self.free else min(2 ** min(failures - self.free, 30), self.longest)


OWN, ADDRESS, NAME = Limit(5, 900), Limit(30, 60), Limit(20, 60)


def network(address: str) -> str:
    """What counts as one address: the address itself, or the network of one of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)


def inserting(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what happens where the row is there already."""
    return postgresql.insert(table) if connection.dialect.name == POSTGRESQL else sqlite.insert(table)


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _counted(name_key: str, address: str) -> dict[str, Limit]:
    return {
        _hash("own", name_key, address): OWN,
        _hash("address", address): ADDRESS,
        _hash("name", name_key): NAME,
    }


def reserve(connection: Connection, name_key: str, address: str, now: float) -> int:
    """Counts an attempt, or returns the seconds to wait before the next one is looked at (0: it was counted)."""
    address = network(address)
    counted = _counted(name_key, address)
    known = connection.execute(
        select(addresses.c.hash).where(
            addresses.c.hash == _hash("own", name_key, address), addresses.c.last_at > now - KNOWN_SECONDS
        )
    ).first()
    limits = dict(list(counted.items())[:1]) if known else counted
    connection.execute(delete(attempts).where(attempts.c.last_at < now - FORGOTTEN_SECONDS))
    # The rows are there before they are looked at, and locked in one order: of many at once each sees those before it.
    for hashed in sorted(counted):
        new = inserting(connection, attempts).values(hash=hashed, failures=0, last_at=now)
        connection.execute(new.on_conflict_do_nothing())
    own = attempts.c.hash.in_(counted)
    rows = connection.execute(select(attempts).where(own).order_by(attempts.c.hash).with_for_update()).all()
    waits = [(row.last_at - now, limits[row.hash].wait(row.failures)) for row in rows if row.hash in limits]
    # A clock that was set back keeps nobody out for longer than their failures do.
    if (longest := max(min(wait, since + wait) for since, wait in waits)) > 0:
        return int(longest) + 1
    connection.execute(update(attempts).where(own).values(failures=attempts.c.failures + 1, last_at=now))
    return 0


def succeed(connection: Connection, name_key: str, address: str, now: float) -> None:
    """Takes back what was counted, forgets the person's own failures here, and remembers the address as theirs."""
    address = network(address)
    own = _hash("own", name_key, address)
    shared = [hashed for hashed in _counted(name_key, address) if hashed != own]
    connection.execute(delete(attempts).where(attempts.c.hash == own))
    for hashed in sorted(shared):
        connection.execute(update(attempts).where(attempts.c.hash == hashed).values(failures=attempts.c.failures - 1))
    connection.execute(delete(addresses).where(addresses.c.last_at < now - KNOWN_SECONDS))
    statement = inserting(connection, addresses).values(hash=own, last_at=now)
    connection.execute(statement.on_conflict_do_update(index_elements=["hash"], set_={"last_at": now}))
