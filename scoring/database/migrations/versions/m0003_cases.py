"""The tables of scoring/cases/."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates them."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "cases",
        sa.Column("applicant_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", moment),
        sa.Column("entry", sa.BigInteger),
        sa.Column("expires_at", moment),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("applicant_id", name="pk_cases"),
        sa.CheckConstraint("state IN ('working', 'referred', 'to_confirm', 'decided')", name="ck_cases_state"),
    )
