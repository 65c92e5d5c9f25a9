"""Alembic's migrations from each version of the schema to the next.

It never drops what people recorded. Imported by nobody: `scoring.database.engine` has Alembic run it.
"""
