"""The tables of the list: a set of scores for each model and file of applicants, and its rows.

There is no index by amount, probability and so on: a page is found in one pass over the set's rows, which takes less
than a tenth of a second for a million of them, whatever is asked for. Keeping such indexes would make the writing of a
million scores take thirty times as long.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Integer, Table, Text

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
)

ROWS = Table(
    "worklist",
    METADATA,
    Column("set_id", Integer, ForeignKey(SETS.c.id), primary_key=True, autoincrement=False),
    Column("applicant_id", BigInteger, primary_key=True, autoincrement=False),
    Column("applied", Date),
    Column("amount", Float),
    Column("instalment", Float),
    # NULL, like threshold and recommendation, where a value on file is not allowed: there is no score then.
    Column("probability", Float),
    Column("threshold", Float),
    Column("recommendation", Text),
    Column("missing", Integer, nullable=False),
    # A copy of the applicant's case, NULL without one: triggers on `cases` keep it.
    Column("state", Text),
    Column("holder", Text),
    Column("outcome", Text),
    Column("decided_by", Text),
    Column("expires_at", Moment),
    # SQLite then keeps the rows in the order of their ids, not beside them.
    sqlite_with_rowid=False,
)
COPIED = ("state", "holder", "outcome", "decided_by", "expires_at")
"""The columns of `cases` that each row of the list has a copy of."""

Index(
    "ix_worklist_cases",
    *(ROWS.c[name] for name in ("set_id", *COPIED)),
    sqlite_where=ROWS.c.state.is_not(None),
    postgresql_where=ROWS.c.state.is_not(None),
)
