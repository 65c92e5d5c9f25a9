"""The tables of scoring/worklist/, and the triggers that copy each case beside the applicant's scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COPIED = ("state", "holder", "outcome", "decided_by", "expires_at")


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
    )
    op.create_table(
        "worklist",
        sa.Column("set_id", sa.Integer, nullable=False),
        sa.Column("applicant_id", sa.BigInteger, nullable=False),
        sa.Column("applied", sa.Date),
        sa.Column("amount", sa.Float),
        sa.Column("instalment", sa.Float),
        sa.Column("probability", sa.Float),
        sa.Column("threshold", sa.Float),
        sa.Column("recommendation", sa.Text),
        sa.Column("missing", sa.Integer, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("holder", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("expires_at", moment),
        sa.PrimaryKeyConstraint("set_id", "applicant_id", name="pk_worklist"),
        sa.ForeignKeyConstraint(["set_id"], ["worklist_sets.id"], name="fk_worklist_set_id_worklist_sets"),
        sqlite_with_rowid=False,
    )
    with_case = sa.text("state IS NOT NULL")
    op.create_index(
        "ix_worklist_cases",
        "worklist",
        ["set_id", *COPIED],
        sqlite_where=with_case,
        postgresql_where=with_case,
    )
    (_postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite)()


def _update(values: str, applicant: str) -> str:
    return (
        f"UPDATE worklist SET {values} "
        f"WHERE set_id IN (SELECT id FROM worklist_sets) AND applicant_id = {applicant}.applicant_id;"
    )


COPY = _update(", ".join(f"{name} = NEW.{name}" for name in COPIED), "NEW")
CLEAR = _update(", ".join(f"{name} = NULL" for name in COPIED), "OLD")


def _sqlite() -> None:
    for event, update in (("INSERT", COPY), ("UPDATE", COPY), ("DELETE", CLEAR)):
        op.execute(f"CREATE TRIGGER worklist_{event.lower()} AFTER {event} ON cases BEGIN {update} END")


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION worklist_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {CLEAR} ELSE {COPY} END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER worklist_case AFTER INSERT OR UPDATE OR DELETE ON cases "
        "FOR EACH ROW EXECUTE FUNCTION worklist_case()"
    )
