"""Many applicants at once, in whole columns: what the model recommends for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.applicants.file_check import check_rows
from scoring.applicants.scenarios import COLUMN
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.checks.stored import stored_rows
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.lender.roles import APPLICANT_ID, APPLIED_ON
from scoring.schema.features import frame_matrix

# What a file of applicants may hold beside what is scored.
NOT_SCORED = (APPLIED_ON, COLUMN)
# LightGBM: 0 uses all cores.
EVERY_CORE = 0


def score_frame(artifact: Artifact, frame: pd.DataFrame) -> pd.DataFrame:
    """One row per applicant: id, probability, threshold, points and decision, without what takes most of the time.

    Args:
        artifact: the model.
        frame: rows of a file of applicants, with all of its columns or only those that are scored.

    Raises:
        ApplicantsFileError: an applicant has a value that is not allowed; then none is scored.
    """
    stored = stored_rows(frame.drop(columns=list(NOT_SCORED), errors="ignore"))
    check_rows(stored, "applicants")
    frame = stored.frame
    matrix = frame_matrix(frame, artifact.model.features)
    found = recommended(artifact, frame, matrix, EVERY_CORE)
    return pd.DataFrame(
        {
            APPLICANT_ID: frame[APPLICANT_ID].to_numpy(),
            "probability": found.probabilities,
            "threshold": found.thresholds,
            "points": found.points,
            "decision": np.array(OUTCOMES)[found.outcomes],
        }
    )


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
