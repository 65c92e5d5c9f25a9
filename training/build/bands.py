"""The lender's file of score bands: `train --bands FILE`."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from scoring.decision.bands import ScoreBand, ScoreBands
from scoring.errors import InvalidInputError
from scoring.files import read_table
from scoring.strict import MalformedError
from scoring.words.language import LANGUAGES, Words

COLUMNS = ("least", *LANGUAGES)


def read_bands(file: Path) -> ScoreBands:
    """The bands of a CSV file: the fewest points of each and its name in each language, the riskiest first.

    The riskiest has no fewest points: its `least` is empty.

    Raises:
        InvalidInputError: it cannot be read, or holds something else; the message names the line.
    """
    wanted = f"Its columns are {','.join(COLUMNS)}, a line for each band, the riskiest first."
    try:
        rows = read_table(file)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InvalidInputError(f"--bands {file}: absent, or no CSV file in UTF-8. {wanted}") from None
    if not rows or any(set(row) != set(COLUMNS) or None in row.values() for row in rows):
        raise InvalidInputError(f"--bands {file}: other columns, or a line with more or fewer cells. {wanted}")
    try:
        return ScoreBands(
            tuple(
                ScoreBand(Words(**{language: row[language].strip() for language in LANGUAGES}), _least(row["least"]))
                for row in rows
            )
        )
    except MalformedError as error:
        raise InvalidInputError(f"--bands {file}: {error}. Correct the file.") from None


def _least(written: str) -> float:
    """The fewest points of a band.

    Raises:
        MalformedError: it is not a number.
    """
    if not written.strip():
        return -math.inf
    try:
        least = float(written)
    except ValueError:
        least = math.nan
    if not math.isfinite(least):
        raise MalformedError(f"least is {written!r}, while a number is wanted, or nothing for the riskiest band")
    return least
