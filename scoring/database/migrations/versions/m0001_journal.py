"""The tables of scoring/journal/."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates them."""
