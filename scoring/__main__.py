"""`python -m scoring`: the commands that need the serving requirements only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scoring.access import command as access_commands
from scoring.decision.costs import COST_FUNCTIONS
from scoring.errors import ScoringError
from scoring.journal import commands as journal_commands
from scoring.oversight import commands as oversight_commands
from scoring.words.language import LANGUAGES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scoring", description="Score applicants; say who may sign in; prove the journal."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    access_commands.add_commands(commands)
    journal = journal_commands.add_commands(commands, _journal)
    oversight_commands.add_journal_commands(journal)
    oversight_commands.add_outcomes_command(commands)
    batch = commands.add_parser(
        "batch", help="score every applicant of a file", description="Score every applicant of a file."
    )
    batch.set_defaults(run=_batch)
    batch.add_argument("--artifact", type=Path, required=True, help="folder of a trained artifact")
    batch.add_argument("--applicants", type=Path, required=True, help="made by: python -m training applicants; or CSV")
    batch.add_argument("--out", type=Path, required=True, help="file to write, .parquet or .csv")
    batch.add_argument("--language", choices=LANGUAGES, default="en", help="language of the reasons (default: en)")
    batch.add_argument("--cost", choices=COST_FUNCTIONS, help="cost function (default: the one trained for)")
    batch.add_argument("--cost-ratio", type=float, help="wrong refusals that cost as much as one wrong approval")
    batch.add_argument(
        "--no-reasons",
        action="store_true",
        help="id, probability, threshold and decision alone",
    )
    glossary = commands.add_parser(
        "glossary",
        help="make the fields' part of the glossary again",
        description="Make the fields' part of the glossary again, from the lender's tables.",
    )
    glossary.set_defaults(run=_glossary)
    glossary.add_argument("--out", type=Path, default=Path("docs/glossary.md"), help="default: docs/glossary.md")
    return parser


def _glossary(options: argparse.Namespace) -> int:
    from scoring.documents.glossary import write_glossary

    write_glossary(options.out)
    return 0


def _batch(options: argparse.Namespace) -> int:
    # Imported here, so that `--help` does not wait for the model's libraries.
    from scoring.artifact.load import load_artifact
    from scoring.artifact.recost import with_costs
    from scoring.portfolio.files import score_file

    trained = load_artifact(options.artifact, options.artifact.name)
    artifact = with_costs(trained, trained.curves.chosen(options.cost, options.cost_ratio))
    count = score_file(artifact, options.applicants, options.out, options.language, not options.no_reasons)
    sys.stderr.write(f"{count} rows scored to {options.out}\n")
    return 0


def _journal() -> journal_commands.JournalPlace:
    from scoring.cases.rebuilt import case_findings
    from scoring.cases.store import forget
    from scoring.serving.settings import read_settings

    settings = read_settings()
    anchor = None
    if settings.journal.anchor:
        from scoring.serving.anchor import hub_anchor

        anchor = hub_anchor(settings)
    return journal_commands.JournalPlace(settings.journal.url, settings.journal.key, anchor, forget, case_findings)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; an error that the user can fix is said on one line, with exit status 2."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ScoringError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
