"""`python -m training COMMAND`: from the lender's tables to what the app serves."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scoring.errors import ScoringError
from training.applicants import write_applicants
from training.fidelity import fidelity, write_fidelity
from training.likeness.report import fidelity_report
from training.report import report
from training.synthesize import synthesize
from training.train import DEFAULT_SEED, train

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Data = Annotated[Path, typer.Option(help="Folder of the lender's tables: CSV, gzipped CSV or Parquet.")]


class FileFormat(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    csv = "csv"


@app.command("synthesize")
def synthesize_command(
    applicants: Annotated[int, typer.Option(min=1, help="Applicants with a known outcome.")],
    out: Annotated[Path, typer.Option(help="Folder to write the eight tables to.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = DEFAULT_SEED,
    file_format: Annotated[FileFormat, typer.Option("--format", help="Format of the tables.")] = FileFormat.parquet,
) -> None:
    """Write made-up tables in the lender's schema."""
    synthesize(applicants, seed, out, file_format.value)


@app.command("fidelity")
def fidelity_command(
    synthetic: Annotated[Path, typer.Option(help="Folder of made-up tables.")],
    real: Annotated[Path, typer.Option(help="Folder of real tables; they leave it as statistics only.")],
    out: Annotated[Path | None, typer.Option(help="JSON file to write all figures to.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same data and seed give the same figures.")] = DEFAULT_SEED,
) -> None:
    """Compare made-up tables with real ones: by column, by model, and in the histories."""
    found = fidelity(synthetic, real, seed)
    typer.echo(fidelity_report(found))
    if out:
        write_fidelity(found, out)


@app.command("train")
def train_command(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder of the artifact to write.")],
    version: Annotated[str | None, typer.Option(help="Name of the version (default: day and data).")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same data and seed give the same model.")] = DEFAULT_SEED,
) -> None:
    """Train a model on the tables and write it as a versioned artifact."""
    trained = train(data, out, version, seed)
    typer.echo(report(trained))


@app.command("applicants")
def applicants_command(
    data: Data,
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
) -> None:
    """Write the file of applicants that the app and the batch read."""
    count = write_applicants(data, out)
    typer.echo(f"{count} applicants written to {out}")


def main() -> int:
    """Runs one command; an error that the user can mend is said on one line, with exit status 2."""
    try:
        app()
    except ScoringError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
