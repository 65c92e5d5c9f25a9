"""Scores all applicants of a file to another file, in batches, so that memory use does not grow with their number."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from scoring.applicants.file_check import check_file, check_rows
from scoring.applicants.scenarios import COLUMN
from scoring.applicants.store import open_applicants
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.explanation import MOST_REASONS, principal_features
from scoring.checks.stored import stored_rows
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.errors import InvalidInputError
from scoring.files import complete_or_absent
from scoring.lender.roles import APPLICANT_ID, APPLIED_ON
from scoring.schema.features import frame_matrix
from scoring.words.language import Language

logger = logging.getLogger(__name__)

REASON_COLUMNS = tuple(f"reason_{rank}" for rank in range(1, MOST_REASONS + 1))
# What a file of applicants may hold beside what is scored.
NOT_SCORED = (APPLIED_ON, COLUMN)
# LightGBM: 0 uses all cores.
EVERY_CORE = 0


def _reasons(artifact: Artifact, matrix: Floats, language: Language) -> pd.DataFrame:
    _, contributions = artifact.model.contributions(matrix, EVERY_CORE)
    features = artifact.model.features
    rows = []
    for row in contributions - artifact.mean_contributions:
        labels: list[str | None] = [
            features[index].feature.label[language] for index in principal_features(row, features)
        ]
        rows.append(labels + [None] * (MOST_REASONS - len(labels)))
    return pd.DataFrame(rows, columns=list(REASON_COLUMNS), dtype="str")


def score_frame(artifact: Artifact, frame: pd.DataFrame, language: Language, reasons: bool = True) -> pd.DataFrame:
    """One row per applicant: id, probability, threshold, points, decision, score band, and at most four reasons.

    Args:
        artifact: the model.
        frame: the applicants as on file.
        language: of score band and reasons.
        reasons: whether they are wanted.

    Args:
        artifact: the model.
        frame: rows of a file of applicants, with all of its columns or only those that are scored.
        language: of the reasons.
        reasons: whether they are wanted.

    Raises:
        ApplicantsFileError: an applicant has a value that is not allowed; then none is scored.
    """
    stored = stored_rows(frame.drop(columns=list(NOT_SCORED), errors="ignore"))
    check_rows(stored, "applicants")
    frame = stored.frame
    matrix = frame_matrix(frame, artifact.model.features)
    found = recommended(artifact, frame, matrix, EVERY_CORE)
    scores = pd.DataFrame(
        {
            APPLICANT_ID: frame[APPLICANT_ID].to_numpy(),
            "probability": found.probabilities,
            "threshold": found.thresholds,
            "points": found.points,
            "decision": np.array(OUTCOMES)[found.outcomes],
            "score_band": artifact.bands.names(found.points, language),
        }
    )
    return pd.concat([scores, _reasons(artifact, matrix, language)], axis=1) if reasons else scores


@dataclass(frozen=True, eq=False)
class Recommended:
    """The recommendations for n applicants, arrays of shape (n,); `outcomes` are indices in `OUTCOMES`."""

    probabilities: Floats
    thresholds: Floats
    points: Floats
    outcomes: NDArray[np.int8]


def recommended(artifact: Artifact, frame: pd.DataFrame, matrix: Floats, threads: int) -> Recommended:
    """The recommendations for applicants whose values are all allowed.

    Args:
        frame: their columns, as `scoring.checks.stored` types them.
        matrix: their features.
        threads: LightGBM's.
    """
    log_odds = artifact.model.log_odds(matrix, threads)
    probabilities, terms = probability_of(log_odds), artifact.rule.terms(cost_columns(frame))
    return Recommended(probabilities, terms.threshold, artifact.points.points(log_odds), terms.decide(probabilities))


def _schema(reasons: bool) -> pa.Schema:
    numbers, texts = ("probability", "threshold", "points"), ("decision", "score_band")
    return pa.schema(
        [
            (APPLICANT_ID, pa.int64()),
            *((name, pa.float64()) for name in numbers),
            *((name, pa.string()) for name in (*texts, *(REASON_COLUMNS if reasons else ()))),
        ]
    )


WRITERS: dict[str, Any] = {".parquet": pq.ParquetWriter, ".csv": pc.CSVWriter}


def score_file(artifact: Artifact, applicants: Path, out: Path, language: Language = "en", reasons: bool = True) -> int:
    """Scores all applicants of a file to `out`, as Parquet or CSV depending on its extension.

    Returns:
        The number of applicants scored.

    Raises:
        ApplicantsFileError: the file of applicants cannot be used, or has values that are not allowed.
        InvalidInputError: `out` has neither extension.
    """
    if out.suffix not in WRITERS:
        raise InvalidInputError(f"--out {out}: the ending {out.suffix!r} is not known; allowed: {', '.join(WRITERS)}")
    file = open_applicants(applicants, artifact.history_names)
    for notice in check_file(file, artifact):
        logger.warning("%s: %s", applicants.name, notice)
    schema = _schema(reasons)
    with (
        complete_or_absent(out) as partial,
        WRITERS[out.suffix](partial, schema) as writer,
        tqdm(total=len(file), unit=" applicants", desc="scoring") as progress,
    ):
        for frame in file.batches():
            scores = score_frame(artifact, frame, language, reasons)
            writer.write_table(pa.Table.from_pandas(scores, schema=schema, preserve_index=False))
            progress.update(len(frame))
    return len(file)
