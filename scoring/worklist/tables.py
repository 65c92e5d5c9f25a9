"""The tables of the list: a set of scores for each model and file of applicants, its batches, and which cases changed.

The scores of a batch are one value, an array of `SCORES` as bytes: a batch is written at once whatever the number of
applicants, and a process reads a million of them in a fraction of a second. In rows of a table, with an index for each
order that an adviser may ask for, the last batches of a million took SQLite a hundred times as long.
"""

from __future__ import annotations

import numpy as np
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text

from scoring.database.metadata import METADATA
from scoring.database.moment import Moment

SETS = Table(
    "worklist_sets",
    METADATA,
    Column("id", Integer, primary_key=True),
    # Which model, costs and file of applicants (`scoring.worklist.key`); one that is being deleted has another.
    Column("scoring_key", Text, nullable=False, unique=True),
    Column("applicants", Integer, nullable=False),
    # The first so many applicants of the file have been scored.
    Column("scored", Integer, nullable=False),
    # Whether the file says when each application came in.
    Column("dated", Boolean, nullable=False),
    # Which process scores it, and until when others leave it alone.
    Column("scorer", Text),
    Column("leased_until", Moment),
    Column("served_at", Moment, nullable=False),
    # No set has the number of one that was deleted.
    sqlite_autoincrement=True,
)

BATCHES = Table(
    "worklist_batches",
    METADATA,
    Column("set_id", Integer, ForeignKey(SETS.c.id), primary_key=True, autoincrement=False),
    # The place in the file of its first applicant.
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("scores", LargeBinary, nullable=False),
)

# One row for each application that ever had a case. Its number grows with every change: in SQLite they count from 1, in
# PostgreSQL it is that of the transaction.
CHANGES = Table(
    "worklist_changes",
    METADATA,
    Column("applicant_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False, index=True),
)

NO_DATE = -(2**31)
SCORES = np.dtype(
    [
        ("applicant_id", "<i8"),
        # NaN if not on file, or not allowed.
        ("amount", "<f8"),
        ("instalment", "<f8"),
        # NaN without a recommendation.
        ("probability", "<f8"),
        # Days since 1970, or NO_DATE.
        ("applied", "<i4"),
        ("missing", "<i2"),
        # An index in `scoring.worklist.filter.RECOMMENDATIONS`.
        ("recommendation", "<i2"),
    ]
)
