"""`python -m scoring journal`: verify, show, export, erase."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring.errors import HubError, JournalError, ScoringError
from scoring.people import Person, system_user

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scoring.journal.anchor import Anchor
    from scoring.journal.report import CaseFinding, Verification

HOLDS, BROKEN, NOT_PROVED = 0, 1, 2


@dataclass(frozen=True)
class JournalPlace:
    """The journal that the settings name: address, key file, and anchor.

    `forget` deletes what other rooms hold about an applicant who is erased; `case_findings` compares their cases.
    """

    url: str
    key: Path | None
    anchor: Anchor | None
    forget: Callable[[Connection, int], None] | None = None
    case_findings: Callable[[Connection], list[CaseFinding]] | None = None


def add_commands(commands: Any, place: Callable[[], JournalPlace]) -> Any:
    """Adds the journal's commands; `place` reads the settings once one of them runs.

    Returns:
        The sub-parsers of `journal`, to which other rooms add theirs.
    """
    journal = commands.add_parser(
        "journal",
        help="prove, show, export, replay or report the journal, or erase",
        description="The journal of JOURNAL_URL.",
    ).add_subparsers(dest="journal_command", required=True)

    def command(name: str, run: Callable[[argparse.Namespace, JournalPlace], int], help: str) -> Any:
        parser = journal.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        parser.set_defaults(run=lambda options: run(options, place()))
        return parser

    verify = command("verify", _verify, "prove that nobody touched the journal, or name what was touched first")
    verify.add_argument("--json", action="store_true", help="the result as JSON")
    verify.add_argument(
        "--at-least", choices=("chained", "signed", "anchored"), default="chained", help="the level to be reached"
    )
    show = command("show", _show, "show one entry, or those about an applicant, as JSON")
    which = show.add_mutually_exclusive_group(required=True)
    which.add_argument("number", nargs="?", type=int, help="number of the entry")
    which.add_argument("--applicant", type=int, help="id of the applicant")
    export = command("export", _export, "write all entries to a file")
    export.add_argument("--out", type=Path, required=True, help="file to write, .jsonl or .csv")
    erase = command("erase", _erase, "erase what the journal holds about an applicant, which is an entry itself")
    erase.add_argument("applicant", type=int, help="id of the applicant")
    erase.add_argument("--reason", required=True, help="why; it stays in the journal, so without personal data")
    erase.add_argument("--by", help="who erases (default: the name of this system's user)")
    return journal


def _verify(options: argparse.Namespace, place: JournalPlace) -> int:
    """Exit status 0 if all holds, 1 if something was touched, 2 if it cannot be said."""
    try:
        verification, unreachable = _verified(place)
    except ScoringError as error:
        if options.json:
            print(json.dumps({"holds": None, "error": str(error)}))  # noqa: T201
        raise
    from scoring.journal.report import LEVELS

    level = verification.level
    short = level is not None and LEVELS.index(level) < LEVELS.index(options.at_least)
    if options.json:
        output = {"holds": verification.holds, "error": unreachable, **asdict(verification)}
        print(json.dumps(output, ensure_ascii=False))  # noqa: T201
    else:
        print("\n".join(_in_words(verification)))  # noqa: T201
    if unreachable:
        sys.stderr.write(f"error: the anchor was not compared: {unreachable}\n")
    if short:
        sys.stderr.write(f"error: the journal is {level}, not {options.at_least}.\n")
    if not verification.holds:
        return BROKEN
    return NOT_PROVED if unreachable or short else HOLDS


def _verified(place: JournalPlace) -> tuple[Verification, str | None]:
    """What was found, and why the anchor was not compared if it was not."""
    from scoring.database.engine import open_existing, reading
    from scoring.journal.journal import keys_of
    from scoring.journal.verify import verify

    engine = open_existing(place.url)
    keys = keys_of(engine, place.key)
    anchored, unreachable = None, None
    try:
        anchored = place.anchor.read() if place.anchor else None
    except (HubError, JournalError) as error:
        unreachable = str(error)
    found = verify(engine, keys, anchored)
    if place.case_findings and found.holds:
        with reading(engine) as connection:
            found = replace(found, cases=tuple(place.case_findings(connection)))
    if place.anchor and not anchored and not unreachable:
        found = replace(found, notes=(*found.notes, f"Nothing is anchored yet in {place.anchor}."))
    return found, unreachable


def _in_words(verification: Verification) -> list[str]:
    count, erased = f"{verification.entries:,} entries", f"{verification.erased:,} of them erased"
    if verification.finding:
        return [
            f"NOT AS RECORDED: {verification.finding}",
            f"{count}. What comes after it is not proved.",
            *_notes(verification),
        ]
    proved = f"{count}, {erased}; level: {verification.level}."
    if verification.cases:
        return [
            f"The journal holds: {proved}",
            *(f"NOT AS RECORDED: {finding}" for finding in verification.cases),
            f"Head: {verification.head}",
            *_notes(verification),
        ]
    return [f"All holds: {proved}", f"Head: {verification.head}", *_notes(verification)]


def _notes(verification: Verification) -> list[str]:
    return [f"Note: {note}" for note in verification.notes]


def _show(options: argparse.Namespace, place: JournalPlace) -> int:
    from scoring.database.engine import open_existing
    from scoring.journal.export import about, as_json, shown

    engine = open_existing(place.url)
    found = shown(engine, options.number) if options.applicant is None else about(engine, options.applicant)
    print(as_json(found, indent=2))  # noqa: T201
    return 0


def _export(options: argparse.Namespace, place: JournalPlace) -> int:
    from scoring.database.engine import open_existing
    from scoring.journal.export import export

    count = export(open_existing(place.url), options.out)
    sys.stderr.write(f"{count} entries written to {options.out}\n")
    return 0


def _erase(options: argparse.Namespace, place: JournalPlace) -> int:
    from scoring.database.engine import open_existing
    from scoring.journal.erase import erase
    from scoring.journal.journal import open_journal

    # An address that is misspelt makes no new journal.
    open_existing(place.url).dispose()
    journal = open_journal(place.url, place.key)
    done = erase(journal, options.applicant, options.reason, Person(options.by or _user(), "maintainer"), place.forget)
    numbers = (done.entry.payload or {})["entries"]
    sys.stderr.write(f"{len(numbers)} entries erased, as entry {done.entry.number} says\n")
    if not done.purged:
        sys.stderr.write(
            "error: somebody was reading meanwhile, so the database still holds a copy: give the same command again\n"
        )
    return 0 if done.purged else 1


def _user() -> str:
    name = system_user()
    if name is None:
        raise JournalError("Nothing was erased: this system's user has no name. Give --by NAME.")
    return name
