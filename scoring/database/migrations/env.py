"""Alembic's entry: runs the migrations on the connection that `scoring.database.engine` hands over."""

from __future__ import annotations

from alembic import context

from scoring.database.metadata import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
