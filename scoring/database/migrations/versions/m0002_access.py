"""The tables of scoring/access/."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates them."""
    op.create_table(
        "users",
        sa.Column("key", sa.String(256), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(256)),
        sa.Column("subject", sa.String(512), unique=True),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("user_key", sa.String(256), sa.ForeignKey("users.key"), nullable=False, index=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False, index=True),
    )
    op.create_table(
        "tokens",
        sa.Column("key", sa.String(256), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(128), nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("revoked_at", sa.Double),
    )
    for name in ("attempts", "addresses"):
        op.create_table(
            name,
            sa.Column("hash", sa.String(64), primary_key=True),
            *([sa.Column("failures", sa.Integer, nullable=False)] if name == "attempts" else []),
            sa.Column("last_at", sa.Double, nullable=False, index=True),
        )
    op.create_table(
        "access_secrets",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(128), nullable=False),
    )
