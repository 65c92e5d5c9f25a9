"""The tables of scoring/journal/, and the triggers that keep them append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
APPEND_ONLY = "the journal is append-only"
# A payload may go only after an erasure of its applicant; that of an erasure never.
ERASED = """EXISTS (
    SELECT 1 FROM journal_payload AS told JOIN journal ON journal.number = told.number
    WHERE told.applicant_id = OLD.applicant_id AND journal.kind = 'erasure' AND journal.number > OLD.number
) AND (SELECT kind FROM journal WHERE number = OLD.number) <> 'erasure'"""


def upgrade() -> None:
    """Creates them."""
    op.create_table(
        "journal",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "kind", "person", "role")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "previous", "hash")),
        sa.Column("signature", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_journal"),
    )
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_journal_kind_number", "journal", ["kind", "number"])
    op.create_index("ix_journal_person_number", "journal", ["person", "number"])
    op.create_table(
        "journal_payload",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("applicant_id", sa.BigInteger),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_journal_payload"),
        sa.ForeignKeyConstraint(["number"], ["journal.number"], name="fk_journal_payload_number"),
    )
    op.create_index("ix_journal_payload_applicant_id_number", "journal_payload", ["applicant_id", "number"])
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("signature", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_journal_head"),
        sa.CheckConstraint("id = 1", name="one_journal_head"),
    )
    op.create_table(
        "journal_checkpoint",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "hash", "signatures", "key", "signature")),
        sa.PrimaryKeyConstraint("number", name="pk_journal_checkpoint"),
        sa.ForeignKeyConstraint(["number"], ["journal.number"], name="fk_journal_checkpoint_number"),
    )
    if op.get_context().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _sqlite_triggers() -> None:
    def refuse(table: str, event: str, when: str = "") -> None:
        name = f"{table}_no_{event.lower()}"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )

    for table, key in (("journal", "number"), ("journal_payload", "number"), ("journal_checkpoint", "number")):
        refuse(table, "UPDATE")
        # INSERT OR REPLACE deletes without firing the triggers of DELETE.
        refuse(table, "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})")
    refuse("journal", "DELETE")
    refuse("journal_checkpoint", "DELETE")
    refuse("journal_payload", "DELETE", f"WHEN NOT ({ERASED})")
    refuse("journal_head", "DELETE")
    refuse("journal_head", "INSERT", "WHEN EXISTS (SELECT 1 FROM journal_head)")
    refuse("journal_head", "UPDATE", "WHEN NEW.number <> OLD.number + 1 OR NEW.id <> OLD.id")


def _postgresql_triggers() -> None:
    op.execute(
        f"""CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"""
    )
    op.execute(
        f"""CREATE FUNCTION journal_payload_erased() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NOT ({ERASED}) THEN RAISE EXCEPTION '{APPEND_ONLY}'; END IF; RETURN OLD; END $$"""
    )

    def guard(table: str, event: str, function: str = "journal_refuse", each: str = "ROW", when: str = "") -> None:
        name = f"{table}_no_{event.split()[0].lower()}"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} {when} EXECUTE FUNCTION {function}()"
        )
        # Also in a session that is set to replay what another server sent, where triggers are off otherwise.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")

    for table in ("journal", "journal_checkpoint", "journal_payload", "journal_head"):
        guard(table, "TRUNCATE", each="STATEMENT")
    for table in ("journal", "journal_checkpoint"):
        guard(table, "UPDATE OR DELETE")
    guard("journal_payload", "UPDATE")
    guard("journal_payload", "DELETE", "journal_payload_erased")
    guard("journal_head", "DELETE")
    guard("journal_head", "UPDATE", when="WHEN (NEW.number <> OLD.number + 1 OR NEW.id <> OLD.id)")
