"""Five applicants whom a page easily shows wrongly, in an applicants file of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.features import frame_matrix
from scoring.schema.fields import fields
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.words.language import LANGUAGES

# What is unusual -> the applicant's id.
UNUSUAL = {"edge": 101, "nothing_known": 102, "no_history": 103, "longest_labels": 104, "richest": 105}
LARGEST_INCOME = 117_000_000.0
LARGEST_LOAN = 90_000_000.0


def unseen_level(artifact: Artifact) -> tuple[str, str]:
    """A field that the model reads, and a level of it that was not in training."""
    read = [artifact.model.features[index] for index in artifact.categorical]
    return next(
        (item.feature.name, level)
        for item in read
        for level in (fields()[item.feature.name].levels if item.feature.name in fields() else ())
        if level not in item.levels
    )


def write_unusual_applicants(artifact: Artifact, path: Path) -> Path:
    """Writes the file: applicants of the demo, altered."""
    frame = pd.read_parquet(DEMO_APPLICANTS)
    # Whole numbers that may be missing are not of an integer type.
    frame = frame.astype({name: "float64" for name in frame.select_dtypes("integer") if name != APPLICANT_ID})
    history = [name for name in frame.columns if name not in fields() and name != APPLICANT_ID]
    probabilities = probability_of(artifact.model.log_odds(frame_matrix(frame, artifact.model.features), threads=0))
    refused = artifact.rule.terms(cost_columns(frame)).decide(probabilities) == OUTCOMES.index("refuse")
    over = np.where(refused, probabilities, 1.0)
    made = {name: frame.iloc[[row]].copy() for name, row in zip(UNUSUAL, [int(over.argmin()), 1, 2, 3, 4], strict=True)}
    for name, one in made.items():
        one[APPLICANT_ID] = UNUSUAL[name]
    optional = [name for name, field in fields().items() if not field.required]
    made["nothing_known"][[*optional, *history]] = None
    made["no_history"][history] = None
    for name, field in fields().items():
        if field.levels:
            longest = max(field.levels, key=lambda level: max(len(field.levels[level][to]) for to in LANGUAGES))
            made["longest_labels"][name] = longest
    unseen, level = unseen_level(artifact)
    made["longest_labels"][unseen] = level
    made["richest"]["AMT_INCOME_TOTAL"] = LARGEST_INCOME
    made["richest"]["AMT_CREDIT"] = LARGEST_LOAN
    unusual = pd.concat([one.astype(frame.dtypes) for one in made.values()], ignore_index=True)
    unusual.to_parquet(path, index=False)
    return path
