"""Ways to tamper with a journal: made in the SQLite file itself, with triggers off, by somebody without the key."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scoring.journal.entry import NO_HASH, digest_of, hash_of, payload_text

COLUMNS = ("at", "kind", "person", "role", "digest", "previous", "hash")
Row = dict[str, object]
ROW = "number, at, kind, person, role, digest, previous, hash, signature"


def copied(original: Path, folder: Path) -> Path:
    """A copy of a journal that nobody has open, with key and head file."""
    folder.mkdir()
    for file in original.parent.glob(f"{original.name}*"):
        shutil.copy(file, folder)
    return folder / original.name


class Tampered:
    """A journal's file, with its triggers off."""

    def __init__(self, path: Path, random: Random) -> None:
        self.random = random
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        self.sql("PRAGMA synchronous = OFF")
        for (name,) in self.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            self.sql(f"DROP TRIGGER {name}")
        self.last: int = self.sql("SELECT max(number) FROM journal")[0][0]

    def sql(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self.database.execute(statement, values).fetchall()

    def coin(self) -> bool:
        return self.random.random() < 0.5

    def row(self, number: int) -> Row:
        return dict(self.sql("SELECT * FROM journal WHERE number = ?", number)[0])

    def put(self, row: Row) -> None:
        self.sql(
            f"INSERT INTO journal ({ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *(row[name] for name in ROW.split(", "))
        )

    def set(self, number: int, column: str, value: object) -> None:
        self.sql(f"UPDATE journal SET {column} = ? WHERE number = ?", value, number)

    def rehash(self, number: int) -> str:
        """Computes an entry's own hash anew, and has it signed by another key or keep its signature."""
        row = self.row(number)
        computed = hash_of(**{name: row[name] for name in ("number", *COLUMNS[:-1])})  # type: ignore[arg-type]
        self.set(number, "hash", computed)
        if self.coin():
            self.set(number, "signature", Ed25519PrivateKey.generate().sign(computed.encode()).hex())
        return computed

    def shift(self, since: int, by: int) -> None:
        """Gives later entries other numbers, their payloads too."""
        for table in ("journal", "journal_payload"):
            self.sql(f"UPDATE {table} SET number = -number WHERE number >= ?", since)
            self.sql(f"UPDATE {table} SET number = -number + ? WHERE number < 0", by)

    def rechain(self, since: int) -> None:
        """Computes all hashes anew from an entry on, and has head and checkpoints say the same."""
        last = self.sql("SELECT max(number) FROM journal")[0][0]
        previous = self.row(since - 1)["hash"] if since > 1 else NO_HASH
        for number in range(since, last + 1):
            self.set(number, "previous", previous)
            previous = self.rehash(number)
        if self.coin():
            self.sql("UPDATE journal_head SET number = ?, hash = ?", last, previous)
        if self.coin():
            self.sql(
                "UPDATE journal_checkpoint AS kept SET hash = (SELECT hash FROM journal WHERE number = kept.number)"
            )
        if self.coin():
            self.sql("DELETE FROM journal_checkpoint WHERE number >= ?", since)

    def other_payload(self, number: int) -> None:
        """Has an entry say something else, with a digest that fits."""
        salt, text = "00" * 16, payload_text({"forged": self.random.random()}, None)
        self.sql("INSERT OR REPLACE INTO journal_payload VALUES (?, NULL, ?, ?)", number, salt, text)
        self.set(number, "digest", digest_of(salt, text))


def edited(file: Tampered) -> int:
    number = file.random.randint(1, file.last)
    payload = file.sql("SELECT * FROM journal_payload WHERE number = ?", number)
    way = file.random.choice([*COLUMNS, "signature", "own hash", "payload", "applicant", "salt"])
    if way == "signature":
        file.set(number, "signature", file.random.choice([None, "", "00" * 64, "no hex"]))
    elif way == "own hash" and number < file.last:
        file.set(number, "person", "mallory") if file.coin() else file.other_payload(number)
        file.rehash(number)
    elif way == "payload" and payload:
        file.sql("UPDATE journal_payload SET text = replace(text, 'e', 'a') WHERE number = ?", number)
    elif way == "applicant" and payload:
        file.sql("UPDATE journal_payload SET applicant_id = 1 WHERE number = ?", number)
    elif way == "salt" and payload:
        file.sql("UPDATE journal_payload SET salt = 'aa' WHERE number = ?", number)
    else:
        column = file.random.choice(COLUMNS)
        file.set(number, column, file.random.choice(["", "mallory", "f" * 64, 7, "2020-01-01T00:00:00.000000Z", 'a"b']))
    return number


def deleted(file: Tampered) -> int:
    first = file.random.randint(1, file.last - 1)
    last = file.random.randint(first, min(file.last - 1, first + 3))
    file.sql("DELETE FROM journal WHERE number BETWEEN ? AND ?", first, last)
    if file.coin():
        file.sql("DELETE FROM journal_payload WHERE number BETWEEN ? AND ?", first, last)
        if file.coin():
            file.shift(last + 1, first - last - 1)
    return first


def inserted(file: Tampered) -> int:
    number = file.random.randint(0, file.last + 1)
    # A copy of itself before an entry is a copy of itself after it.
    source = file.random.choice([other for other in range(1, file.last + 1) if other != number])
    row = {**file.row(source), "number": number}
    copy = file.coin()
    if number:
        file.shift(number, 1)
    if not copy or number > file.last:
        row["previous"] = file.row(number - 1)["hash"] if number > 1 else NO_HASH
        row["person"] = "mallory"
    file.put(row)
    if not copy or number > file.last:
        file.rehash(number)
    if file.coin():
        file.sql(
            "INSERT OR IGNORE INTO journal_payload SELECT ?, applicant_id, salt, text FROM journal_payload LIMIT 1",
            number,
        )
    return number


def reordered(file: Tampered) -> int:
    first, second = sorted(file.random.sample(range(1, file.last + 1), 2))
    tables = ["journal", "journal_payload"] if file.coin() else ["journal"]
    for table in tables:
        if file.coin():
            # The two change places.
            for old, new in ((first, -1), (second, first), (-1, second)):
                file.sql(f"UPDATE {table} SET number = ? WHERE number = ?", new, old)
        elif table == "journal":
            # The first one goes after the second one, the others move up.
            file.sql("UPDATE journal SET number = -1 WHERE number = ?", first)
            for number in range(first + 1, second + 1):
                file.sql("UPDATE journal SET number = ? WHERE number = ?", number - 1, number)
            file.sql("UPDATE journal SET number = ? WHERE number = -1", second)
    return first


def truncated(file: Tampered) -> int:
    number = file.random.randint(1, file.last)
    tables = ["journal", *(name for name in ("journal_payload", "journal_checkpoint") if file.coin())]
    for table in tables:
        file.sql(f"DELETE FROM {table} WHERE number >= ?", number)
    way = file.random.choice(["rows", "head", "no head"])
    if way == "head" and number > 1:
        file.sql("UPDATE journal_head SET number = ?, hash = ?", number - 1, file.row(number - 1)["hash"])
        if file.coin():
            file.sql("UPDATE journal_head SET signature = ?", file.row(number - 1)["signature"])
    if way == "no head":
        file.sql("DELETE FROM journal_head")
    return number


def rechained(file: Tampered) -> int:
    number = file.random.randint(1, file.last - 1)
    way = file.random.choice(["edit", "payload", "delete", "insert"])
    if way == "edit":
        file.set(number, "person", "mallory")
    elif way == "payload":
        file.other_payload(number)
    elif way == "delete":
        file.sql("DELETE FROM journal WHERE number = ?", number)
        file.sql("DELETE FROM journal_payload WHERE number = ?", number)
        file.shift(number + 1, -1)
    else:
        row = {**file.row(number), "number": number, "person": "mallory"}
        file.shift(number, 1)
        file.put(row)
        file.other_payload(number)
    file.rechain(number)
    return number


KINDS: dict[str, Callable[[Tampered], int]] = {
    "edited": edited,
    "deleted": deleted,
    "inserted": inserted,
    "reordered": reordered,
    "truncated": truncated,
    "re-chained": rechained,
}


def tamper(path: Path, kind: str, random: Random) -> int:
    """Does that to a journal; the number of the first entry that is no longer what was recorded."""
    file = Tampered(path, random)
    with closing(file.database):
        return KINDS[kind](file)
