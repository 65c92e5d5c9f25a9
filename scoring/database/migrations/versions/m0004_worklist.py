"""The tables of scoring/worklist/, and the triggers that number each change of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates them."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "worklist_sets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("scoring_key", sa.Text, nullable=False),
        sa.Column("applicants", sa.Integer, nullable=False),
        sa.Column("scored", sa.Integer, nullable=False),
        sa.Column("dated", sa.Boolean, nullable=False),
        sa.Column("scorer", sa.Text),
        sa.Column("leased_until", moment),
        sa.Column("served_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worklist_sets"),
        sa.UniqueConstraint("scoring_key", name="uq_worklist_sets_scoring_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "worklist_batches",
        sa.Column("set_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("first", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("scores", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("set_id", "first", name="pk_worklist_batches"),
        sa.ForeignKeyConstraint(["set_id"], ["worklist_sets.id"], name="fk_worklist_batches_set_id_worklist_sets"),
    )
    op.create_table(
        "worklist_changes",
        sa.Column("applicant_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("applicant_id", name="pk_worklist_changes"),
    )
    op.create_index("ix_worklist_changes_number", "worklist_changes", ["number"])
    (_postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite)()


def _changed(row: str, number: str) -> str:
    return (
        f"INSERT INTO worklist_changes (applicant_id, number) VALUES ({row}.applicant_id, {number}) "
        "ON CONFLICT (applicant_id) DO UPDATE SET number = excluded.number;"
    )


def _sqlite() -> None:
    following = "(SELECT coalesce(max(number), 0) + 1 FROM worklist_changes)"
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        update = _changed(row, following)
        op.execute(f"CREATE TRIGGER worklist_{event.lower()} AFTER {event} ON cases BEGIN {update} END")


def _postgresql() -> None:
    # Transactions end in another order than they begin in: readers take up again from the oldest one under way.
    number = "pg_current_xact_id()::text::bigint"
    op.execute(
        "CREATE FUNCTION worklist_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {_changed('OLD', number)} ELSE {_changed('NEW', number)} END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER worklist_changed AFTER INSERT OR UPDATE OR DELETE ON cases "
        "FOR EACH ROW EXECUTE FUNCTION worklist_changed()"
    )
