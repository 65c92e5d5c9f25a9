"""`python -m scoring journal replay|overrides|timing` and `python -m scoring outcomes import|report`.

Each returns its exit status: 0 all is well, 1 (replay) something differs, 2 it cannot be done, for which an error is
raised, or there is nothing to report on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring.errors import InvalidInputError, OutcomesError
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.people import Person, system_user
from scoring.words.language import LANGUAGES

if TYPE_CHECKING:
    from scoring.oversight.shown import Shown

NOTHING_TO_REPORT = 2


def add_journal_commands(commands: Any) -> None:
    """Adds what this room does with a journal to the sub-parsers of `journal`."""
    replay = commands.add_parser("replay", help="score a recorded decision again, and compare every figure")
    replay.add_argument("number", type=int, metavar="ID", help="number of a decision, a confirmation or a score")
    replay.add_argument("--artifact", type=Path, help="folder of the model (default: the recorded commit, or ARTIFACT)")
    replay.add_argument("--json", action="store_true", help="as JSON")
    replay.set_defaults(run=run_replay)
    overrides = commands.add_parser("overrides", help="decisions against the recommendation")
    overrides.set_defaults(run=run_overrides)
    timing = commands.add_parser("timing", help="time to decision, and the age of cases")
    timing.set_defaults(run=run_timing)
    for each in (overrides, timing):
        _add_report_options(each)


def add_outcomes_command(commands: Any) -> None:
    """Adds `outcomes` to the commands of `python -m scoring`."""
    outcomes = commands.add_parser("outcomes", help="what became of decided loans").add_subparsers(
        dest="outcomes_command", required=True
    )
    import_ = outcomes.add_parser("import", help="record outcomes, all of a file or none")
    import_.add_argument("file", type=Path, help=f"CSV or Parquet: {APPLICANT_ID}, {TARGET} (1 or 0), perhaps DATE")
    import_.add_argument("--dry-run", action="store_true", help="say what would be recorded, and record nothing")
    import_.add_argument("--ignore-undecided", action="store_true", help="leave out who was never decided")
    import_.add_argument("--by", help="who imports it (default: the name of this system's user)")
    import_.set_defaults(run=run_import)
    report = outcomes.add_parser("report", help="estimated and realised performance of what was decided")
    _add_report_options(report)
    report.set_defaults(run=run_performance)


def _add_report_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", type=_moment, help="decisions from this day on (2026-11-01, UTC)")
    parser.add_argument("--until", type=_moment, help="decisions before this day")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="language of the report (default: en)")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _moment(written: str) -> datetime:
    """A day or a moment; UTC where no zone is given."""
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{written!r} is not a day. Give one like 2026-11-01.") from None


def run_replay(options: argparse.Namespace) -> int:
    """Replays an entry: 0 proved, 1 something differs."""
    from scoring.database.engine import open_existing
    from scoring.oversight.recorded_model import recorded_model
    from scoring.oversight.replay import Replay, recorded_entry, replayed
    from scoring.serving.settings import read_settings

    settings = read_settings()
    entry, lines = recorded_entry(open_existing(settings.journal.url), options.number)
    assert entry.payload is not None
    artifact, source = recorded_model(entry.payload["model"], settings, options.artifact)
    configured = artifact.curves.chosen(settings.cost_function, settings.cost_ratio)
    replay = Replay(entry.number, entry.kind, (*lines, *replayed(entry, artifact, source, configured)))
    if options.json:
        _print_json({"proved": replay.proved, **asdict(replay)})
    else:
        report = [f"{line.verdict:8}{line.item}: {line.found}" for line in replay.lines]
        _say("\n".join([*report, f"Entry {replay.entry} is {'proved' if replay.proved else 'NOT proved'}."]))
    return 0 if replay.proved else 1


def run_overrides(options: argparse.Namespace) -> int:
    """Prints the override report."""
    from scoring.database.engine import open_existing
    from scoring.oversight.overrides import override_report
    from scoring.oversight.overrides_shown import overrides_shown
    from scoring.serving.settings import read_settings

    engine = open_existing(read_settings().journal.url)
    report = override_report(engine, *_period(options))
    return _print_report(
        options, asdict(report), overrides_shown(report, options.language), report.decisions + report.referred
    )


def run_timing(options: argparse.Namespace) -> int:
    """Prints time to decision and ageing."""
    from scoring.database.engine import open_existing
    from scoring.oversight.timing import timing_report
    from scoring.oversight.timing_shown import timing_shown
    from scoring.serving.settings import read_settings

    engine = open_existing(read_settings().journal.url)
    report = timing_report(engine, datetime.now(UTC), *_period(options))
    return _print_report(options, asdict(report), timing_shown(report, options.language), report.something)


def run_performance(options: argparse.Namespace) -> int:
    """Prints estimated and realised performance."""
    from scoring.database.engine import open_existing
    from scoring.oversight.realised import performance_report
    from scoring.oversight.realised_shown import performance_shown
    from scoring.serving.settings import read_settings

    engine = open_existing(read_settings().journal.url)
    report = performance_report(engine, *_period(options))
    return _print_report(options, asdict(report), performance_shown(report, options.language), report.applicants)


def run_import(options: argparse.Namespace) -> int:
    """Records a file of outcomes."""
    from scoring.database.engine import open_existing
    from scoring.journal.journal import open_journal
    from scoring.oversight.outcomes import import_outcomes
    from scoring.oversight.outcomes_file import read_outcomes_file
    from scoring.serving.settings import read_settings

    settings = read_settings().journal
    rows = read_outcomes_file(options.file)
    # An address that is misspelt makes no new journal.
    open_existing(settings.url).dispose()
    found = import_outcomes(
        open_journal(settings.url, settings.key),
        rows,
        options.file.name,
        Person(options.by or _user(), "maintainer"),
        date.today(),
        ignore_undecided=options.ignore_undecided,
        dry_run=options.dry_run,
    )
    _say(
        f"{options.file}: {found.new} new outcomes, {found.corrected} corrected, {found.same} known already, "
        f"{found.undecided} of applicants who were never decided left out."
        + (" Nothing was recorded (--dry-run)." if options.dry_run else "")
    )
    return 0


def _user() -> str:
    name = system_user()
    if name is None:
        raise OutcomesError("Nothing was recorded: this system's user has no name. Give --by NAME.")
    return name


def _period(options: argparse.Namespace) -> tuple[datetime | None, datetime | None]:
    since, until = options.since, options.until
    if since and until and since >= until:
        raise InvalidInputError(
            f"--since {since:%Y-%m-%d} is not before --until {until:%Y-%m-%d}. Nothing lies between."
        )
    return since, until


def _print_report(options: argparse.Namespace, figures: Mapping[str, Any], shown: Shown, something: object) -> int:
    if options.json:
        _print_json(figures)
    else:
        _say(shown.plain())
    return 0 if something else NOTHING_TO_REPORT


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _print_json(figures: Mapping[str, Any]) -> None:
    json.dump(figures, sys.stdout, indent=1, ensure_ascii=False, allow_nan=False, default=datetime.isoformat)
    sys.stdout.write("\n")
