from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from scoring.database.engine import open_database
from scoring.database.metadata import METADATA
from scoring.worklist.states import CASES
from scoring.worklist.tables import BATCHES, CHANGES, SETS

OURS = {table.name for table in (CASES, SETS, BATCHES, CHANGES)}


def ours(thing: Any, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    return (name if kind == "table" else thing.table.name) in OURS


def test_the_tables_are_made_as_they_are_declared(database_url: str):
    engine: Engine = open_database(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, METADATA) == []
