"""Checks of a whole file of applicants against the field table and the model, before any of them is scored.

One pass over the raw fields, in batches: invalid values are counted by column with examples, unknown levels by share,
and a sample of the rows is compared with the reference population (`scoring.checks.unlike`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from scoring.applicants.store import BATCH_ROWS, ApplicantsFile
from scoring.checks.findings import MOST_LOOKED_AT, column_finding, counted, findings_in_words
from scoring.checks.stored import StoredRows, stored_rows
from scoring.checks.unlike import unlike
from scoring.errors import ApplicantsFileError
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.definition import field_table_digest
from scoring.schema.fields import fields
from scoring.words.wording import text

if TYPE_CHECKING:
    from scoring.artifact.load import Artifact

Misfit = Literal["other_field_table", "other_profile"]

# Rows to compare with the reference population, spread evenly over the file.
SAMPLED = 20_000
GROUPS_SAMPLED = 8
NOT_LEARNT = "not what the model learnt from."
# From this share of a column on, unknown levels are treated as errors rather than new levels.
UNSEEN_LIMIT = 0.01


@dataclass
class RefusedRows:
    """Values that are not allowed in the rows added so far."""

    rows: int = 0
    refused: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    looked_at: dict[str, list[tuple[object, str]]] = field(default_factory=dict)

    def add(self, stored: StoredRows) -> None:
        """Counts one batch, and keeps some of its invalid values."""
        self.rows += len(stored.frame)
        if not stored.refused:
            return
        self.refused += int(np.any(list(stored.refused.values()), axis=0).sum())
        ids = stored.frame[APPLICANT_ID]
        for name, wrong in stored.refused.items():
            self.counts[name] += int(wrong.sum())
            kept = self.looked_at.setdefault(name, [])
            for index in np.flatnonzero(wrong)[: MOST_LOOKED_AT - len(kept)]:
                kept.append((_shown(stored.sent(name, int(index))), f"{APPLICANT_ID} {ids.iloc[index]}"))

    def check(self, file: str) -> None:
        """Refuses a file with any value that is not allowed.

        Raises:
            ApplicantsFileError: column by column, worst first, with examples and what may be the cause.
        """
        if not self.refused:
            return
        known = fields()
        found = [
            column_finding(known[name], count, self.rows, self.looked_at[name])
            for name, count in self.counts.most_common()
        ]
        head = f"{self.refused:,} of {self.rows:,} applicants hold what is not allowed. Nobody was scored."
        raise ApplicantsFileError(findings_in_words(file, head, found))


def _shown(value: object) -> object:
    """An integer as text."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_rows(stored: StoredRows, file: str) -> None:
    """Refuses applicants if any of them has a value that is not allowed.

    Raises:
        ApplicantsFileError: naming column, value, what is allowed, and applicant.
    """
    refused = RefusedRows()
    refused.add(stored)
    refused.check(file)


def check_sample(file: ApplicantsFile, artifact: Artifact) -> None:
    """Checks a sample of row groups, spread over the file, for units and values that are implausible for the model.

    A single value that is not allowed is refused later, when its applicant is looked up.

    Raises:
        ApplicantsFileError: a column is in another unit, or has its missing values filled.
    """
    indices = np.unique(np.linspace(0, len(file.starts) - 1, GROUPS_SAMPLED).astype(int))
    tables = [file.groups.read(int(index), [APPLICANT_ID, *fields()]) for index in indices]
    frames = [stored_rows(table.slice(0, SAMPLED // GROUPS_SAMPLED)).frame for table in tables]
    stops = [each for each in unlike(pd.concat(frames), artifact.population.frame) if each.refused]
    if stops:
        raise ApplicantsFileError(findings_in_words(file.path.name, NOT_LEARNT, stops))


def check_file(file: ApplicantsFile, artifact: Artifact) -> list[str]:
    """Checks all applicants of a file against the field table, and its columns against the reference population.

    Returns:
        Warnings in words, for a file that can be scored.

    Raises:
        ApplicantsFileError: an applicant has a value that is not allowed, a column is in another unit or has its
            missing values filled, or too many have unknown levels.
    """
    refused, unseen, samples = RefusedRows(), Counter[str](), []
    every = -(-len(file) // SAMPLED)
    for table in file.tables(BATCH_ROWS, history=False):
        stored = stored_rows(table)
        samples.append(stored.frame.iloc[(-refused.rows) % every :: every])
        unseen.update(_unseen(stored.frame, artifact))
        refused.add(stored)
    refused.check(file.path.name)
    warnings = [text(f"warning.{misfit}", "en") for misfit in misfits(file, artifact)]
    return [*warnings, *_check_columns(file, artifact, pd.concat(samples), unseen)]


def _unseen(frame: pd.DataFrame, artifact: Artifact) -> dict[str, int]:
    """The number of rows in which each categorical feature has a level unknown in training."""
    items = (artifact.model.features[index] for index in artifact.categorical)
    columns = {item.feature.name: (frame[item.feature.name], list(item.levels)) for item in items}
    return {
        name: count
        for name, (values, levels) in columns.items()
        if (count := int((values.notna() & ~values.isin(levels)).sum()))
    }


def _check_columns(file: ApplicantsFile, artifact: Artifact, sample: pd.DataFrame, unseen: Counter[str]) -> list[str]:
    found = unlike(sample, artifact.population.frame)
    stops: list[object] = [each for each in found if each.refused]
    warnings = [str(each) for each in found if not each.refused]
    for name, count in unseen.most_common():
        share = count / len(file)
        words = f"column {name}: levels that the model never saw in {counted(count, 'row')} ({share:.2%})"
        if share > UNSEEN_LIMIT:
            stops.append(f"{words}: too many to be new. Score them with a model that was trained on such applicants.")
        else:
            warnings.append(f"{words}: they count as not on file.")
    if stops:
        raise ApplicantsFileError(findings_in_words(file.path.name, NOT_LEARNT, stops))
    return warnings


def misfits(file: ApplicantsFile, artifact: Artifact) -> list[Misfit]:
    """Mismatches between a file's stamp and this code or the model, as keys of texts "warning.*"."""
    if file.stamp is None:
        return []
    found: list[Misfit] = []
    if file.stamp.field_table != field_table_digest():
        found.append("other_field_table")
    if file.stamp.profile not in (None, artifact.profile):
        found.append("other_profile")
    return found
