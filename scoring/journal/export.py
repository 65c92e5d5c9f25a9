"""The journal's entries with everything that proves them: a single one, or all in a file for other programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Engine, Row, Select, select

from scoring.database.engine import reading
from scoring.errors import JournalError, OutputError
from scoring.files import complete_or_absent, harmless
from scoring.journal.entry import digest_of, hash_of, payload_of, payload_start
from scoring.journal.locate import NOT_TEXT, ROWS
from scoring.journal.tables import INTEGERS, JOURNAL, PAYLOAD

FIELDS = (
    *("number", "at", "kind", "person", "role", "applicant_id", "payload"),
    *("salt", "digest", "previous", "hash", "signature"),
)


def shown(engine: Engine, number: int) -> dict[str, Any]:
    """An entry by its number: `FIELDS`, and whether it is what its hash and its digest say.

    Raises:
        DatabaseError: the database cannot be reached.
        JournalError: there is no such entry.
    """
    row = None
    if number in INTEGERS:
        with reading(engine) as connection:
            row = connection.execute(_entries().where(JOURNAL.c.number == number)).one_or_none()
    if row is None:
        raise JournalError(f"The journal has no entry {number}. Entries are numbered from 1.")
    record = _record(row)
    hashed = {name: record[name] for name in ("number", "at", "kind", "person", "role", "digest", "previous")}
    try:
        intact = row.text is None or (
            digest_of(row.salt, row.text) == row.digest and row.text.startswith(payload_start(row.applicant_id))
        )
        return {**record, "holds": intact and hash_of(**hashed) == row.hash}
    except NOT_TEXT:
        return {**record, "holds": False}


def as_json(found: object, indent: int | None = None) -> str:
    """JSON of what is shown; what is not text, since somebody changed it, as Python writes it."""
    return json.dumps(found, ensure_ascii=False, indent=indent, default=repr)


def about(engine: Engine, applicant_id: int) -> list[dict[str, Any]]:
    """The entries about an applicant that are not erased, in order.

    Raises:
        DatabaseError: the database cannot be reached.
        JournalError: there is none.
    """
    rows: Sequence[Row[Any]] = []
    if applicant_id in INTEGERS:
        with reading(engine) as connection:
            rows = connection.execute(_entries().where(PAYLOAD.c.applicant_id == applicant_id)).all()
    if not rows:
        raise JournalError(f"The journal holds nothing (any more) about applicant {applicant_id}.")
    return [_record(row) for row in rows]


def export(engine: Engine, out: Path) -> int:
    """Writes all entries to a file, .jsonl (JSON Lines) or .csv; it is there whole or not at all.

    In CSV the payload is a cell of JSON, and a cell that a spreadsheet would take for a formula begins with an
    apostrophe.

    Returns:
        how many.

    Raises:
        DatabaseError: the database cannot be reached.
        OutputError: the name ends otherwise, the disk is full, or the file cannot be written.
    """
    if out.suffix not in (".jsonl", ".csv"):
        raise OutputError(f"{out}: not written: give a name that ends in .jsonl or .csv.")
    write = _write_csv if out.suffix == ".csv" else _write_lines
    with (
        reading(engine) as connection,
        complete_or_absent(out) as partial,
        partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        return write(file, _records(connection))


def _write_csv(file: TextIO, records: Iterable[dict[str, Any]]) -> int:
    table = csv.writer(file)
    table.writerow(FIELDS)
    return sum(1 for record in records if table.writerow(_cells(record)))


def _write_lines(file: TextIO, records: Iterable[dict[str, Any]]) -> int:
    return sum(1 for record in records if file.write(as_json(record) + "\n"))


def _entries() -> Select[Any]:
    query = select(*JOURNAL.c, PAYLOAD.c.applicant_id, PAYLOAD.c.salt, PAYLOAD.c.text)
    return query.join(PAYLOAD, PAYLOAD.c.number == JOURNAL.c.number, isouter=True).order_by(JOURNAL.c.number)


def _records(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execution_options(yield_per=ROWS).execute(_entries()):
        yield _record(row)


def _record(row: Any) -> dict[str, Any]:
    try:
        payload = None if row.text is None else payload_of(row.text)
    except JournalError:
        payload = row.text
    return {name: payload if name == "payload" else getattr(row, name) for name in FIELDS}


def _cells(record: dict[str, Any]) -> list[Any]:
    payload = record["payload"]
    written = {**record, "payload": None if payload is None else as_json(payload)}
    return [harmless(cell) for cell in written.values()]
