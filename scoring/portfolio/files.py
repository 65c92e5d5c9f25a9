"""`python -m scoring batch`: a file scored to another, in parts, so that memory does not grow with their number.

A file of applicants is checked as a whole first, and refused with any value that is not allowed; a row of CSV that is
not allowed gets its error, as in `/batch`. Both have the columns and figures of `/batch`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from scoring.applicants.file_check import check_file, check_rows
from scoring.applicants.store import open_applicants
from scoring.artifact.load import Artifact
from scoring.checks.stored import stored_rows
from scoring.errors import InvalidInputError
from scoring.files import complete_or_absent
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio.reading import parts, row_count
from scoring.portfolio.rows import Scored, scored_columns, scored_rows
from scoring.portfolio.writing import BARE, SCHEMA, Form, writing
from scoring.schema.features import to_columns
from scoring.schema.fields import fields
from scoring.serving.batch import score_frame
from scoring.words.language import Language

logger = logging.getLogger(__name__)

FORMS: dict[str, Form] = {".parquet": "parquet", ".csv": "csv"}
ROWS_AT_ONCE = 1_000


def score_file(artifact: Artifact, sent: Path, out: Path, language: Language = "en", reasons: bool = True) -> int:
    """Scores a file of applicants, or CSV, to Parquet or CSV depending on the ending of `out`.

    Args:
        artifact: the model.
        sent: what is scored.
        out: is there whole or not at all.
        language: of reasons and errors.
        reasons: with them and all else that `/batch` gives; else id, decision, probability and threshold alone.

    Returns:
        The number of rows.

    Raises:
        ApplicantsFileError: the file of applicants cannot be used, or has values that are not allowed.
        InvalidInputError: `out` has neither ending.
        PortfolioError: the CSV cannot be read.
    """
    if out.suffix not in FORMS:
        raise InvalidInputError(f"--out {out}: the ending {out.suffix!r} is not known; allowed: {', '.join(FORMS)}")
    read = _csv_scored if sent.suffix == ".csv" else _applicants_scored
    count, scored = read(artifact, sent, language, reasons)
    with (
        complete_or_absent(out) as partial,
        writing(partial, FORMS[out.suffix], SCHEMA if reasons else BARE) as write,
        tqdm(total=count, unit=" rows", desc="scoring") as progress,
    ):
        for part in scored:
            write(part)
            progress.update(len(part))
    return count


def _csv_scored(artifact: Artifact, sent: Path, language: Language, _: bool) -> tuple[int, Iterator[list[Scored]]]:
    more = artifact.history_names
    count = row_count(sent, more, language)
    return count, (scored_rows(artifact, part, language) for part in parts(sent, more, ROWS_AT_ONCE, language))


def _applicants_scored(
    artifact: Artifact, sent: Path, language: Language, reasons: bool
) -> tuple[int, Iterator[list[Scored]]]:
    file = open_applicants(sent, artifact.history_names)
    for notice in check_file(file, artifact):
        logger.warning("%s: %s", sent.name, notice)

    def scored() -> Iterator[list[Scored]]:
        done = 0
        for frame in file.batches(ROWS_AT_ONCE):
            found = _frame_scored(artifact, frame, language) if reasons else _barely_scored(artifact, frame, language)
            yield [replace(each, row=number) for number, each in enumerate(found, done + 1)]
            done += len(found)

    return len(file), scored()


def _frame_scored(artifact: Artifact, frame: pd.DataFrame, language: Language) -> list[Scored]:
    stored = stored_rows(frame)
    check_rows(stored, "applicants")
    ids = stored.frame[APPLICANT_ID].tolist()
    missing = stored.frame[list(fields())].isna().sum(axis=1).tolist()
    return scored_columns(artifact, ids, to_columns(stored.frame, artifact.history_names), missing, language)


def _barely_scored(artifact: Artifact, frame: pd.DataFrame, language: Language) -> list[Scored]:
    found = score_frame(artifact, frame)
    bands = artifact.bands.names(found["points"].to_numpy(), language)
    columns = zip(*found.to_dict("list").values(), bands.tolist(), strict=True)
    return [
        Scored(0, applicant_id, decision, probability, threshold, points, band)
        for applicant_id, probability, threshold, points, decision, band in columns
    ]
