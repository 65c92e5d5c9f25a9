"""`python -m training COMMAND`: from the lender's tables to what the app serves."""

# A command imports what it needs when it runs: `--help` and a mistyped option do not wait for training libraries.

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scoring.decision.costs import AmountCosts, CostFunctions, RatioCosts
from scoring.decision.points import PointsScale
from scoring.errors import InvalidInputError, ScoringError
from scoring.files import writable
from scoring.lender.roles import APPLICANT_ID, TARGET
from training.defaults import DEFAULT_SEED, QUARANTINE_LIMIT
from training.hub_commands import COMMANDS
from training.lender.roles import TEST, TRAIN

if TYPE_CHECKING:
    from training.drift.decided import DecidedApplicants

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Data = Annotated[Path, typer.Option(help="Folder, or zip, of the lender's tables: CSV, Parquet or Arrow.")]
QuarantineFile = Annotated[
    Path | None,
    typer.Option("--quarantine", help="CSV or Parquet file for rows that hold what is not allowed: they are left out."),
]
QuarantineLimit = Annotated[
    float, typer.Option("--quarantine-limit", help="Share of bad rows in a column beyond which nothing is left out.")
]


class FileFormat(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    csv = "csv"


class Cost(StrEnum):
    """The cost functions."""

    ratio = "ratio"
    amount = "amount"


class Kind(StrEnum):
    """The kinds of models."""

    boosting = "boosting"
    scorecard = "scorecard"


RATIO, AMOUNT, POINTS = RatioCosts(), AmountCosts(), PointsScale()


class Engine(StrEnum):
    """What history features are computed on."""

    duckdb = "duckdb"
    spark = "spark"


@app.command("synthesize")
def synthesize_command(
    applicants: Annotated[int, typer.Option(min=1, help="Applicants with a known outcome.")],
    out: Annotated[Path, typer.Option(help="Folder to write the eight tables to.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = DEFAULT_SEED,
    file_format: Annotated[FileFormat, typer.Option("--format", help="Format of the tables.")] = FileFormat.parquet,
) -> None:
    """Write made-up tables in the lender's schema."""
    from training.lender.synthetic.synthesize import synthesize

    with writable(out):
        synthesize(applicants, seed, out, file_format.value)


@app.command("fidelity")
def fidelity_command(
    synthetic: Annotated[Path, typer.Option(help="Folder of made-up tables.")],
    real: Annotated[Path, typer.Option(help="Folder of real tables; they leave it as statistics only.")],
    out: Annotated[Path | None, typer.Option(help="JSON file to write all figures to.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same data and seed give the same figures.")] = DEFAULT_SEED,
) -> None:
    """Compare made-up tables with real ones: by column, by model, and in the histories."""
    from training.likeness.fidelity import fidelity, write_fidelity
    from training.likeness.report import fidelity_report

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
    cost: Annotated[Cost, typer.Option(help="Whose least cost decides: of a ratio, or of amounts.")] = Cost.ratio,
    cost_ratio: Annotated[
        float, typer.Option(help="Wrong refusals that cost as much as one wrong approval.")
    ] = RATIO.ratio,
    lending_rate: Annotated[float, typer.Option(help="Amounts: interest per year.")] = AMOUNT.lending_rate,
    funding_rate: Annotated[float, typer.Option(help="Amounts: yearly cost of the money.")] = AMOUNT.funding_rate,
    loss_given_default: Annotated[
        float, typer.Option(help="Amounts: share lost of what is owed at default.")
    ] = AMOUNT.loss_given_default,
    repaid_instalments: Annotated[
        float, typer.Option(help="Amounts: instalments paid before default.")
    ] = AMOUNT.repaid_instalments,
    longest_term: Annotated[float, typer.Option(help="Amounts: months after which any loan ends.")] = (
        AMOUNT.longest_term
    ),
    base_points: Annotated[float, typer.Option(help="Points at the base odds.")] = POINTS.base,
    base_odds: Annotated[float, typer.Option(help="Repayers for each defaulter at the base points.")] = POINTS.odds,
    double_odds: Annotated[float, typer.Option(help="Points that double the odds.")] = POINTS.double,
    bands: Annotated[
        Path | None, typer.Option(help="CSV file of the lender's bands of points: least, en, fr (default: six grades).")
    ] = None,
    kind: Annotated[Kind, typer.Option(help="Boosters, or a scorecard to set beside them.")] = Kind.boosting,
    quick: Annotated[
        bool, typer.Option("--quick", help="A first look in a fraction of the time, never to be published.")
    ] = False,
    quarantine: QuarantineFile = None,
    quarantine_limit: QuarantineLimit = QUARANTINE_LIMIT,
) -> None:
    """Train a model on the tables and write it as a versioned artifact."""
    amount = AmountCosts(lending_rate, funding_rate, loss_given_default, repaid_instalments, longest_term)
    costs = CostFunctions(RatioCosts(cost_ratio), amount, cost.value)
    points = PointsScale(base_points, base_odds, double_odds)
    if quick and kind is Kind.scorecard:
        raise InvalidInputError("--quick: boosters alone have a quick recipe. Leave it out: a scorecard is as quick.")

    from training.build.bands import read_bands
    from training.build.report import report
    from training.build.train import train
    from training.learn.fit import QUICK, Recipe
    from training.tables.quarantine import Quarantine

    kept_apart = Quarantine(quarantine, quarantine_limit) if quarantine else None
    named = read_bands(bands) if bands else None
    recipe = QUICK if quick else Recipe(scorecard=kind is Kind.scorecard)
    trained = train(data, out, version, seed, costs, kept_apart, points, recipe, named)
    typer.echo(report(trained))
    if quick:
        typer.echo(
            "--quick: a first look, marked in the manifest. Train without it what is to be served and published."
        )


@app.command("applicants")
def applicants_command(
    data: Data,
    out: Annotated[Path, typer.Option(help="Parquet file to write, or Arrow file (.arrow) where they are many.")],
    artifact: Annotated[
        Path | None, typer.Option(help="Folder of the model that will score them: units are compared with its own.")
    ] = None,
    quarantine: QuarantineFile = None,
    quarantine_limit: QuarantineLimit = QUARANTINE_LIMIT,
) -> None:
    """Write the file of applicants that the app and the batch read."""
    from training.dataset.applicants import write_applicants
    from training.tables.quarantine import Quarantine

    kept_apart = Quarantine(quarantine, quarantine_limit) if quarantine else None
    count = write_applicants(data, out, artifact, kept_apart)
    typer.echo(f"{count} applicants written to {out}")


@app.command("terms")
def terms_command(
    data: Data,
    out: Annotated[Path, typer.Option(help="CSV file to write: it takes the place of scoring/lender/terms.csv.")],
    prices: Annotated[
        Path | None, typer.Option(help="CSV file of the lowest rate by term, in place of scoring/lender/prices.csv.")
    ] = None,
) -> None:
    """Write the likely term by amount over instalment, learnt from the lender's earlier cash loans."""
    from training.dataset.terms import write_terms

    count = write_terms(data, out, prices)
    typer.echo(f"{count} steps written to {out}. Train again with them in scoring/lender/terms.csv.")


@app.command("features")
def features_command(
    data: Data,
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    engine: Annotated[Engine, typer.Option(help="DuckDB on this machine, or Apache Spark.")] = Engine.duckdb,
    spark_master: Annotated[
        str | None,
        typer.Option(help="Spark master [default: local[*]; under spark-submit, the one that it was given]."),
    ] = None,
) -> None:
    """Write the history features of every applicant, a row each."""
    from training.dataset.history_file import write_features
    from training.tables.engines import duckdb_connection, spark_connection

    connect = duckdb_connection if engine is Engine.duckdb else partial(spark_connection, master=spark_master)
    count = write_features(data, out, connect)
    typer.echo(f"{count} applicants written to {out}")


class BudgetName(StrEnum):
    """How much work a comparison is (see `training.compare.models.BUDGETS`)."""

    quick = "quick"
    full = "full"


@app.command("compare")
def compare_command(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder of the comparison; an interrupted one goes on.")],
    budget: Annotated[BudgetName, typer.Option(help="Folds, rounds, trees, features and trials.")] = BudgetName.quick,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Optuna trials per combination (default: budget's).")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="The same data, budget and seed give the same table.")
    ] = DEFAULT_SEED,
    jobs: Annotated[int | None, typer.Option(min=1, help="Combinations at a time (default: one per core).")] = None,
) -> None:
    """Compare every model with every treatment of the imbalance on one split; tracked in MLflow."""
    from training.compare.models import BUDGETS
    from training.compare.run import compare

    chosen = BUDGETS[budget.value]
    typer.echo(compare(data, out, replace(chosen, trials=trials or chosen.trials), seed, jobs))


@app.command("drift")
def drift_command(
    reference: Annotated[Path, typer.Option(help=f"Tables to compare with (their {TRAIN}, if any).")],
    current: Annotated[
        str,
        typer.Option(
            help=f"Tables of the applicants scored now (their {TEST}, if any); or those decided: journal: (of "
            "JOURNAL_URL), or journal:URL."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for drift.html and drift.json.")],
    artifact: Annotated[
        str | None, typer.Option(help="Model whose inputs, score and decision count too: a folder, or ORG/NAME@TAG.")
    ] = None,
    outcomes: Annotated[
        Path | None, typer.Option(help=f"{APPLICANT_ID} and {TARGET} of current applicants: CSV or Parquet.")
    ] = None,
    fail_on: Annotated[
        str, typer.Option(help="Exit with 3 on: none, column, score, decision, calibration, or a share such as 0.2.")
    ] = "none",
    repo: Annotated[
        str | None, typer.Option(help="Model repo (ORG/NAME) that gets both reports on its branch drift.")
    ] = None,
) -> None:
    """Compare the applicants who are scored now with those of a reference."""
    from huggingface_hub import HfApi

    from scoring.drift.page import sentences
    from scoring.drift.report import PAGE
    from scoring.serving.settings import read_settings
    from training.drift.alarm import ALARM_STATUS, check_fail_on, is_alarm
    from training.drift.decided import decided_applicants, is_journal
    from training.drift.run import Question, drift
    from training.drift.upload import upload

    check_fail_on(fail_on)
    who: Path | DecidedApplicants = Path(current)
    if is_journal(current):
        who = decided_applicants(current, read_settings().journal.url)
        for sentence in who.sentences():
            typer.echo(sentence)
    report = drift(Question(reference, who, artifact, outcomes), out)
    typer.echo("\n".join([*sentences(report, "en"), f"Full report: {out / PAGE}"]))
    if repo:
        typer.echo(f"Uploaded to the branch drift of {repo}: commit {upload(HfApi(), repo, out)}")
    if is_alarm(report, fail_on):
        raise typer.Exit(ALARM_STATUS)


@app.command("validate")
def validate_command(
    artifact: Annotated[str, typer.Option(help="Version to validate: a folder, or ORG/NAME@TAG.")],
    out: Annotated[Path, typer.Option(help="Folder for validation.html, validation.xlsx and validation.json.")],
    data: Annotated[
        Path | None,
        typer.Option(help="Tables with outcomes that it has not learnt from (default: those held out)."),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Version to compare with, for the swap set: a folder, or ORG/NAME@TAG.")
    ] = None,
    bounds: Annotated[
        Path | None, typer.Option(help="The lender's bounds (default: a copy of training/validation/bounds.csv).")
    ] = None,
    dates: Annotated[
        Path | None, typer.Option(help=f"{APPLICANT_ID} and DATE of the applications: CSV or Parquet.")
    ] = None,
    journal: Annotated[
        str | None, typer.Option(help="Database with people's decisions, sqlite:///PATH or postgresql://…")
    ] = None,
    fail: Annotated[bool, typer.Option("--fail", help="Exit with 3 if a finding is out of bound.")] = False,
) -> None:
    """Write the validation pack of a version: what a model-risk reviewer asks for, with tests, bounds and verdicts."""
    from scoring.validation import PAGE
    from training.drift.alarm import ALARM_STATUS
    from training.validation.bounds import DEFAULT_BOUNDS
    from training.validation.validate import Question, validate, verdict_lines

    pack = validate(Question(artifact, data, against, bounds or DEFAULT_BOUNDS, dates, journal), out)
    typer.echo("\n".join([*verdict_lines(pack), f"Full pack: {out / PAGE}"]))
    if fail and pack.outside:
        raise typer.Exit(ALARM_STATUS)


for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> int:
    """Runs one command; an error that the user can correct is printed on one line, with exit status 2."""
    try:
        app()
    except ScoringError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
