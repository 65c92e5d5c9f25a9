"""Decided applicants from the journal (`--current journal:`), as a population to compare, with their outcomes.

Each applicant counts once, with the application of the last approval or refusal that was entered, its changes included:
what was decided, not what was first requested.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.database.engine import open_existing
from scoring.drift.report import Side
from scoring.errors import InvalidInputError, JournalError
from scoring.lender.roles import APPLICANT_ID
from scoring.oversight.decisions import read_outcomes
from scoring.oversight.reading import each_entry
from scoring.schema.fields import fields
from training.drift.populations import Population
from training.gate.gate import FEWEST_DEFAULTS

PREFIX = "journal:"
JOURNAL = "journal"


@dataclass(frozen=True, eq=False, slots=True)
class _Row:
    """An application: its texts and numbers in the order of `fields()`, and its history by sorted name."""

    texts: list[str | None]
    numbers: Floats
    names: frozenset[str]
    history: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DecidedApplicants:
    """The decided applicants, and their outcomes by id if enough of them are known.

    `erased` decisions are left out, and so are `unnamed` ones, on applications without an id; `known` outcomes are
    recorded, of either kind.
    """

    population: Population
    outcomes: pd.Series | None
    erased: int
    unnamed: int
    known: int

    def check(self, artifact: Artifact) -> None:
        """Checks that all that the model reads was recorded.

        Raises:
            JournalError: it was not, since some were decided with a model that reads something else.
        """
        lacking = [name for name in artifact.history_names if name not in self.population.frame]
        if lacking:
            raise JournalError(
                f"The applications in the journal lack what this model reads of the history: {', '.join(lacking)}. "
                "Compare with the model that they were decided with, or leave out --artifact."
            )

    def sentences(self) -> list[str]:
        """What was left out, and whether outcomes are used."""
        left_out = [
            f"Left out: {count} decisions {why}."
            for count, why in ((self.erased, "whose applicants were erased"), (self.unnamed, "on new applications"))
            if count
        ]
        if self.outcomes is None and self.known:
            left_out.append(
                f"The journal's {self.known} outcomes are not used: {FEWEST_DEFAULTS} with difficulties and as many "
                "without are needed."
            )
        return left_out


def is_journal(current: str) -> bool:
    """Whether `--current` names a journal rather than a folder."""
    return current.startswith(PREFIX)


def decided_applicants(current: str, default_url: str) -> DecidedApplicants:
    """The applicants decided in a journal.

    Args:
        current: `journal:`, or `journal:` and the address of its database.
        default_url: the address for `journal:` alone.

    Raises:
        DatabaseError: it cannot be reached.
        InvalidInputError: the address is not allowed.
        JournalError: nobody is decided in it, or an application lacks a field of this code.
    """
    url = current.removeprefix(PREFIX) or default_url
    if "://" not in url:
        raise InvalidInputError(f"--current {current}: give journal: alone, or journal:sqlite:///PATH.")
    engine, erased, unnamed = open_existing(url), 0, 0
    latest: dict[int, _Row] = {}
    for entry in each_entry(engine, ("decision",), application=True):
        if entry.payload is None:
            erased += 1
        elif entry.payload["outcome"] == "refer":
            continue
        elif entry.applicant_id is None:
            unnamed += 1
        else:
            latest[entry.applicant_id] = _row(entry.number, entry.payload)
    if not latest:
        more = f" ({erased} decisions were erased)" if erased else ""
        raise JournalError(f"--current {current}: the journal holds no approval or refusal{more}. Nobody to compare.")
    frame = _frame(latest)
    known = {number: known.target for number, known in read_outcomes(engine).items() if number in latest}
    side = Side(JOURNAL, _fingerprint(frame), len(frame))
    return DecidedApplicants(Population(side, frame), _enough(known), erased, unnamed, len(known))


def _row(number: int, payload: dict[str, Any]) -> _Row:
    raw = {**payload["application"]["raw"], **payload["changes"]}
    lacking = [name for name in fields() if name not in raw]
    if lacking:
        raise JournalError(
            f"Entry {number} cannot be compared by this code: its application lacks {', '.join(lacking)}. Use the code "
            "that recorded it."
        )
    history = payload["application"]["history"]
    texts, numbers = ([name for name in fields() if (fields()[name].type == "text") is text] for text in (True, False))
    return _Row(
        texts=[raw[name] for name in texts],
        # None becomes NaN.
        numbers=np.array([raw[name] for name in numbers], dtype=np.float64),
        names=frozenset(history),
        history=np.array([history[name] for name in sorted(history)], dtype=np.float32),
    )


def _frame(rows: Mapping[int, _Row]) -> pd.DataFrame:
    """The columns and types of `training.dataset.dataset.applicant_table`, sorted by id.

    Of the history only what every application holds: models read different columns, and what a model did not read was
    not recorded with its decisions.
    """
    ids = sorted(rows)
    ordered = [rows[number] for number in ids]
    texts = iter(zip(*(row.texts for row in ordered), strict=True))
    numbers = iter(np.array([row.numbers for row in ordered]).T)
    columns: dict[str, Any] = {APPLICANT_ID: np.array(ids, dtype=np.int64)}
    for name, field in fields().items():
        if field.type == "text":
            columns[name] = pd.Series(next(texts), dtype="str")
        else:
            values = next(numbers)
            whole = field.type == "integer" and not np.isnan(values).any()
            columns[name] = values.astype(np.int64) if whole else values
    common = sorted(frozenset.intersection(*(row.names for row in ordered)))
    positions = {names: [sorted(names).index(name) for name in common] for names in {row.names for row in ordered}}
    history = np.array([row.history[positions[row.names]] for row in ordered]).reshape(len(ids), len(common))
    return pd.concat([pd.DataFrame(columns), pd.DataFrame(history, columns=common)], axis="columns")


def _fingerprint(frame: pd.DataFrame) -> str:
    """SHA-256 over all values: the same decisions are the same population."""
    return hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()


def _enough(known: dict[int, int]) -> pd.Series | None:
    outcomes = pd.Series(known, dtype=np.float64)
    defaults = int(outcomes.sum())
    return outcomes if min(defaults, len(outcomes) - defaults) >= FEWEST_DEFAULTS else None
