"""The tables of the journal; `scoring.database.migrations` makes them, with the triggers that guard them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from scoring.database.metadata import METADATA

# What a column of integers can hold.
INTEGERS = range(-(2**63), 2**63)

# One row for each entry, never changed. `signature` is over number and hash; without a key there is none.
JOURNAL = Table(
    "journal",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signature", Text),
    Index(None, "kind", "number"),
    Index(None, "person", "number"),
)

# What an entry says. Its row is deleted when it is erased, which an entry of kind "erasure" must have named first.
PAYLOAD = Table(
    "journal_payload",
    METADATA,
    Column("number", ForeignKey(JOURNAL.c.number), primary_key=True, autoincrement=False),
    Column("applicant_id", BigInteger),
    Column("salt", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "applicant_id", "number"),
)

# One row: the last entry. It is overwritten, so that nobody finds a signed head to which entries could be cut back.
HEAD = Table(
    "journal_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("key", Text),
    Column("signature", Text),
)

# Every so many entries, signed: the hash so far, and the signatures of the entries since the checkpoint before.
CHECKPOINT = Table(
    "journal_checkpoint",
    METADATA,
    Column("number", ForeignKey(JOURNAL.c.number), primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signatures", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("signature", Text, nullable=False),
)
