"""The journal at a million entries: `python -m benchmarks.journal [postgresql://…] [--entries N]`.

How much longer an append takes than in an empty journal, how many entries are verified a second, and how long one takes
to be shown. Without an address, in a SQLite file. The million is put into the tables directly, as appending would.
"""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Connection, insert

from scoring.database.engine import open_existing, writing
from scoring.journal.append import CHECKPOINT_EVERY, HEAD_ID
from scoring.journal.entry import NO_HASH, SALT_BYTES, digest_of, hash_of, payload_text, time_text
from scoring.journal.export import shown
from scoring.journal.head import signed_head
from scoring.journal.journal import EntryFilter, Journal, open_journal
from scoring.journal.keys import checkpoint_message, entry_message, signatures_digest
from scoring.journal.tables import CHECKPOINT, HEAD, JOURNAL, PAYLOAD
from scoring.journal.verify import verify
from scoring.people import Person

ENTRIES = 1_000_000
AT_ONCE = 5_000
ROUNDS = 10
APPENDS = 30
SHOWN = 50
ADVISER = Person("adviser 1", "adviser")
# About as long as what a view of a case records of the applicant.
PAYLOAD_FIELDS = {f"field_{number:02}": number * 1234.5 for number in range(40)}


def _payload(number: int) -> dict[str, Any]:
    return {"applicant": PAYLOAD_FIELDS, "model": "lender/credit@v7", "probability": number % 1000 / 1000}


def fill(connection: Connection, journal: Journal, count: int) -> None:
    """Puts entries into an empty journal."""
    keys = journal.keys
    previous, signatures = NO_HASH, list[str | None]()
    for numbers in _batches(count):
        rows, payloads = [], []
        for number in numbers:
            text, salt = payload_text(_payload(number), 100_000 + number % 50_000), secrets.token_hex(SALT_BYTES)
            at = time_text(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number))
            digest = digest_of(salt, text)
            hash = hash_of(number, at, "view", f"adviser {number % 50}", "adviser", digest, previous)
            signature = keys.sign(entry_message(number, hash)) if keys else None
            signatures.append(signature)
            named = {"number": number, "at": at, "kind": "view", "person": f"adviser {number % 50}", "role": "adviser"}
            rows.append({**named, "digest": digest, "previous": previous, "hash": hash, "signature": signature})
            payloads.append({"number": number, "applicant_id": 100_000 + number % 50_000, "salt": salt, "text": text})
            previous = hash
            if keys and number % CHECKPOINT_EVERY == 0:
                row = {"number": number, "at": at, "hash": hash, "signatures": signatures_digest(signatures)}
                signed = {"key": keys.fingerprint, "signature": keys.sign(checkpoint_message(**row))}  # type: ignore[arg-type]
                connection.execute(insert(JOURNAL), rows)
                rows = []
                connection.execute(insert(CHECKPOINT).values(**row, **signed))
                signatures.clear()
        if rows:
            connection.execute(insert(JOURNAL), rows)
        connection.execute(insert(PAYLOAD), payloads)
    head = signed_head(keys, count, previous)
    connection.execute(
        insert(HEAD).values(id=HEAD_ID, number=count, hash=previous, key=head.key, signature=head.signature)
    )


def _batches(count: int) -> Iterator[range]:
    for start in range(1, count + 1, AT_ONCE):
        yield range(start, min(start + AT_ONCE, count + 1))


def _appending(journal: Journal) -> float:
    """Median seconds of one append."""
    taken = []
    for number in range(APPENDS):
        start = perf_counter()
        journal.record("view", ADVISER, _payload(number), 100_000 + number)
        taken.append(perf_counter() - start)
    return median(taken)


def measured(empty_url: str, full_url: str, entries: int) -> Iterator[str]:
    """The figures, as they come; the two databases are new."""
    empty, full = open_journal(empty_url), open_journal(full_url)
    start = perf_counter()
    with writing(full.engine) as connection:
        fill(connection, full, entries)
    yield f"filled with {entries:,} entries in {perf_counter() - start:.0f} s"
    start, used = perf_counter(), process_time()
    done = verify(open_existing(full_url), full.keys)
    seconds, used = perf_counter() - start, process_time() - used
    assert done.holds, done
    rate, of_processor = entries / seconds, entries / used
    yield f"verify: {rate:,.0f} entries a second, {of_processor:,.0f} a second of processor time; level {done.level}"
    both = [(_appending(empty), _appending(full)) for _ in range(ROUNDS)]
    small, large = (1000 * median(times) for times in zip(*both, strict=True))
    ratio = median(large / small for small, large in both)
    yield f"append: {small:.2f} ms empty, {large:.2f} ms at {entries:,}: {ratio:.2f} times"
    engine = open_existing(full_url)
    taken = []
    for number in range(1, entries, entries // SHOWN):
        start = perf_counter()
        assert shown(engine, number)["holds"]
        taken.append(1000 * (perf_counter() - start))
    yield f"show: {median(taken):.1f} ms at the median, {max(taken):.1f} ms at most"
    start = perf_counter()
    found = full.entries(EntryFilter(applicant_id=100_001))
    yield f"entries about one applicant: {len(found)} in {1000 * (perf_counter() - start):.1f} ms"
    yield f"load average of the machine: {os.getloadavg()[0]:.1f}"


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="The journal at a million entries.")
    parser.add_argument("server", nargs="?", help="PostgreSQL server with new databases empty_journal and full_journal")
    parser.add_argument("--entries", type=int, default=ENTRIES)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        files = (f"sqlite:///{Path(folder) / name / 'journal.db'}" for name in ("empty", "full"))
        empty, full = (f"{options.server}/{name}_journal" for name in ("empty", "full")) if options.server else files
        for line in measured(empty, full, options.entries):
            print(line, flush=True)


if __name__ == "__main__":
    main()
