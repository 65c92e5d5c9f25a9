"""The command `drift`: compares two folders of tables and writes `drift.json` and `drift.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from huggingface_hub import HfApi

from scoring.artifact.load import Artifact, load_artifact
from scoring.drift.page import drift_summary
from scoring.drift.report import PAGE, ColumnDrift, DriftReport, Shift, write_drift_report
from scoring.errors import OutcomesError
from scoring.files import complete_or_absent, writable
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.fields import fields
from training.drift.changes import changes
from training.drift.column import Column
from training.drift.decided import DecidedApplicants
from training.drift.evidently_report import earlier_count, evidently_page
from training.drift.outcomes import read_outcomes
from training.drift.populations import (
    Population,
    current_population,
    has_learnt,
    input_columns,
    raw_columns,
    reference_population,
)
from training.drift.scored import Scored
from training.drift.shift import shifts
from training.publish.diff import open_version


@dataclass(frozen=True)
class Question:
    """What to compare: folders of tables and, optionally, the model that scores them and a file of outcomes.

    The current applicants may also be those whom a journal has decided. `artifact` is a folder, or ORG/NAME@TAG on the
    hub.
    """

    reference: Path
    current: Path | DecidedApplicants
    artifact: str | None = None
    outcomes: Path | None = None


def drift(question: Question, out: Path) -> DriftReport:
    """Compares two populations and writes both reports to a folder.

    Raises:
        TableError: a table cannot be used.
        ArtifactError, HubError, PublishError: the artifact cannot be loaded or used.
        OutcomesError: the file of outcomes cannot be used, or there is no artifact to evaluate.
        OutputError: the folder cannot be written to.
    """
    if question.outcomes and not question.artifact:
        raise OutcomesError(f"--outcomes {question.outcomes}: outcomes judge a model. Give its --artifact too.")
    artifact = opened(question.artifact) if question.artifact else None
    reference = reference_population(question.reference, with_history=artifact is not None)
    current, outcomes = _current(question, artifact)
    scored = Scored(artifact, current.frame, outcomes) if artifact else None
    columns = raw_columns(reference, current) + (input_columns(artifact, reference, current) if artifact else [])
    report = compared(reference, current, columns, scored)
    with writable(out):
        out.mkdir(parents=True, exist_ok=True)
    by_name = {column.name: column for column in columns}
    drawn = [*([scored.score, scored.decision] if scored else []), *(by_name[name] for name in report.columns)]
    page = evidently_page(drawn, drift_summary(report, artifact.model.features if artifact else (), "en"))
    with complete_or_absent(out / PAGE) as partial:
        partial.write_text(page, encoding="utf-8")
    write_drift_report(report, out)
    return report


def _current(question: Question, artifact: Artifact | None) -> tuple[Population, pd.Series | None]:
    """The current applicants, and their outcomes: of the file, else of the journal that has decided them."""
    if isinstance(question.current, DecidedApplicants):
        if artifact:
            question.current.check(artifact)
        current, recorded = question.current.population, question.current.outcomes
    else:
        current, recorded = current_population(question.current, with_history=artifact is not None), None
    if question.outcomes:
        return current, read_outcomes(question.outcomes, current.frame[APPLICANT_ID])
    return current, recorded


def opened(words: str) -> Artifact:
    """Loads the artifact from a folder, whose path the report leaves out, or from the hub."""
    folder = Path(words)
    return load_artifact(folder, folder.name) if folder.is_dir() else open_version(HfApi(), words)


def compared(
    reference: Population, current: Population, columns: Sequence[Column], scored: Scored | None
) -> DriftReport:
    """Makes the report from both populations' columns and a model's scores of the current applicants."""
    decision, score = (scored.decision, scored.score) if scored else (None, None)
    found = shifts([*columns, *([score] if score else [])], decision)
    of_columns = dict(zip([column.name for column in columns], found, strict=False))
    weights = importances(scored.artifact) if scored else {}
    ordered = sorted(columns, key=lambda column: -weights.get(column.name, 0.0))
    drifted = [name for name, shift in of_columns.items() if shift.drifted]
    outcome, calibration = scored.realised() if scored else (None, None)
    return DriftReport(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=scored.artifact.identity if scored else None,
        reference=reference.side,
        current=current.side,
        reference_learnt=scored is not None and has_learnt(scored.artifact, reference),
        share_drifted=len(drifted) / len(columns),
        weighted_share=sum(weights.get(name, 0.0) for name in drifted) if weights else None,
        earlier=earlier_count(reference.frame[list(fields())], current.frame[list(fields())]),
        columns={column.name: _column(column, of_columns[column.name], weights.get(column.name)) for column in ordered},
        score=scored.score_drift(found[-2]) if scored else None,
        decision=scored.decision_drift(found[-1]) if scored else None,
        reference_performance=scored.reference_performance() if scored else None,
        estimated=scored.estimated() if scored else None,
        realised=outcome,
        calibration=calibration,
    )


def _column(column: Column, shift: Shift, importance: float | None) -> ColumnDrift:
    return ColumnDrift(**vars(shift), importance=importance, changes=changes(column) if shift.drifted else ())


def importances(artifact: Artifact) -> dict[str, float]:
    """Each input's share of the sum of mean absolute contributions; empty if the artifact lacks them."""
    if artifact.importance is None:
        return {}
    total = sum(artifact.importance.features.values())
    return {name: value / total for name, value in artifact.importance.features.items()}
