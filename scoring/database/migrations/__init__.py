"""Alembic's migrations; `scoring.database.engine` runs them."""
