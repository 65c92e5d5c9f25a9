"""Records the outcomes of decided loans: an entry for each that is new or corrected, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from scoring.database.engine import writing
from scoring.errors import OutcomesError
from scoring.journal.append import append, take_turn
from scoring.journal.journal import Journal
from scoring.oversight.decisions import KnownOutcome, Made, in_force, read_decisions, read_outcomes
from scoring.oversight.outcomes_file import OutcomeRow
from scoring.people import Person

# Ids that a message names before it goes on with their number.
NAMED = 5


@dataclass(frozen=True)
class Imported:
    """What a file of outcomes was to the journal, in applicants."""

    new: int
    corrected: int
    same: int
    undecided: int


def import_outcomes(
    journal: Journal,
    rows: Sequence[OutcomeRow],
    file: str,
    person: Person,
    today: date,
    ignore_undecided: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Records outcomes in one transaction; the same outcome again is not an entry, another one is a correction.

    Args:
        journal: where decisions are, and outcomes will be.
        rows: one per applicant.
        file: name of the file, for the entries.
        person: who imports it.
        today: an outcome is not of a later day.
        ignore_undecided: leaves out applicants without a decision that stands, in place of refusing the file.
        dry_run: records nothing.

    Raises:
        DatabaseError: nothing was recorded.
        OutcomesError: an applicant was never decided, or a day is not allowed.
    """
    standing = in_force(read_decisions(journal.engine))
    undecided = [row.applicant_id for row in rows if row.applicant_id not in standing]
    if undecided and not ignore_undecided:
        raise OutcomesError(_undecided(file, undecided))
    decided = [row for row in rows if row.applicant_id in standing]
    for row in decided:
        _check_day(file, row, standing[row.applicant_id], today)
    if dry_run:
        return _record(None, journal, decided, standing, file, person, len(undecided))
    with writing(journal.engine) as connection:
        # What is known is read once nobody else can append any more.
        take_turn(connection)
        return _record(connection, journal, decided, standing, file, person, len(undecided))


def _record(
    connection: Connection | None,
    journal: Journal,
    rows: Sequence[OutcomeRow],
    standing: Mapping[int, Made],
    file: str,
    person: Person,
    undecided: int,
) -> Imported:
    """Records what is new or corrected; without a connection, says what would be."""
    before = read_outcomes(journal.engine)
    changed = [row for row in rows if not _same(row, before.get(row.applicant_id))]
    for row in changed if connection is not None else []:
        assert connection is not None
        payload = _payload(row, file, standing[row.applicant_id], before.get(row.applicant_id))
        append(connection, "outcome", person, payload, row.applicant_id)
    corrected = sum(row.applicant_id in before for row in changed)
    return Imported(len(changed) - corrected, corrected, len(rows) - len(changed), undecided)


def _same(row: OutcomeRow, known: KnownOutcome | None) -> bool:
    """Whether it says nothing new: a file without days keeps the day that is known."""
    return known is not None and row.target == known.target and row.known_on in (None, known.known_on)


def _payload(row: OutcomeRow, file: str, decision: Made, known: KnownOutcome | None) -> dict[str, Any]:
    return {
        "target": row.target,
        "known_on": row.known_on.isoformat() if row.known_on else None,
        "decision": decision.number,
        "corrects": known.entry if known else None,
        "file": file,
    }


def _check_day(file: str, row: OutcomeRow, decision: Made, today: date) -> None:
    if row.known_on is None:
        return
    decided_on = decision.at.date()
    if not decided_on <= row.known_on <= today:
        raise OutcomesError(
            f"{file}: applicant {row.applicant_id}: {row.known_on} is not allowed. An outcome is known between the "
            f"decision ({decided_on}) and today ({today})."
        )


def _undecided(file: str, ids: Sequence[int]) -> str:
    named = ", ".join(map(str, ids[:NAMED]))
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return (
        f"{file}: {len(ids)} of its applicants were never approved or refused in this journal, or are erased: {named}"
        f"{more}. Take them out, or leave them out with --ignore-undecided. Nothing was recorded."
    )
