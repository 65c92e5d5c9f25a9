"""The history scenarios that a file of applicants may hold: what an applicant can still change about their history.

One column lists, for each applicant, the steps that change anything: what they cost and the history features that
differ from those on file. The footer says in words what each step is, so that nothing here names a table of the lender.
A file without the column is from before scenarios: its applicants have none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from scoring.checks.stored import REMEDY
from scoring.errors import ApplicantsFileError
from scoring.strict import MalformedError, NotNegative, parse, strict, wrong
from scoring.words.language import Language, Words
from scoring.words.wording import percent, value_in_words

COLUMN = "HISTORY_SCENARIOS"
KEY = b"credit-scoring-scenarios"
FORMAT = 1
COLUMN_TYPE = pa.list_(
    pa.struct([
        pa.field("step", pa.int16()),
        pa.field("cost", pa.float64()),
        pa.field("features", pa.list_(pa.struct([("feature", pa.int16()), ("value", pa.float32())]))),
    ])
)  # fmt: skip


@dataclass(frozen=True)
class HistoryStep:
    """One step of a scenario.

    Args:
        scenario: its name.
        table: what it changes; an applicant takes one step for each table.
        parameter: how far it goes; 0 if the scenario has one step only.
        words: what to do, with the places `{cost}` and `{parameter}`.
    """

    scenario: str
    table: str
    parameter: NotNegative
    words: Words


@strict
@dataclass(frozen=True)
class Declared:
    """The footer's entry: the steps and features that the column numbers."""

    format: int
    steps: list[HistoryStep]
    features: list[str]


@dataclass(frozen=True)
class HistoryChange:
    """A step for one applicant: the money to find, in currency, and the history features that change (NaN: unknown)."""

    step: HistoryStep
    cost: float
    features: Mapping[str, float]


def scenario_metadata(steps: Sequence[HistoryStep], features: Sequence[str]) -> dict[bytes, bytes]:
    """The form of the declaration in the footer."""
    return {KEY: json.dumps(asdict(Declared(FORMAT, list(steps), list(features)))).encode()}


def read_declared(schema: pa.Schema, file: str) -> Declared | None:
    """What a file declares; None if it holds no scenarios.

    Raises:
        ApplicantsFileError: the declaration is malformed, of another format, or does not fit the column.
    """
    content = (schema.metadata or {}).get(KEY)
    if content is None:
        return None
    try:
        declared = parse(Declared, content)
        if declared.format != FORMAT:
            raise wrong("format", declared.format, f"{FORMAT} is wanted")
    except MalformedError as error:
        raise ApplicantsFileError(f"{file}: the history scenarios cannot be read: {error}. {REMEDY}") from error
    if COLUMN not in schema.names or schema.field(COLUMN).type != COLUMN_TYPE:
        raise ApplicantsFileError(f"{file}: column {COLUMN} is absent or of another type. {REMEDY}")
    return declared


def history_changes(
    stored: Sequence[Mapping[str, Any]] | None, declared: Declared, history_names: Sequence[str], file: str
) -> tuple[HistoryChange, ...]:
    """The scenarios of one applicant as stored, with those features that the model reads.

    Raises:
        ApplicantsFileError: a step or feature is not among the declared ones, or a cost is not an amount.
    """
    read = set(history_names)
    try:
        changes = [
            HistoryChange(
                _at(declared.steps, change["step"]),
                _amount(change["cost"]),
                {
                    name: math.nan if item["value"] is None else item["value"]
                    for item in change["features"]
                    if (name := _at(declared.features, item["feature"])) in read
                },
            )
            for change in stored or ()
        ]
    except (TypeError, IndexError, ValueError) as error:
        raise ApplicantsFileError(f"{file}: column {COLUMN} is damaged ({error}). {REMEDY}") from error
    return tuple(change for change in changes if change.features)


def _at(declared: Sequence[Any], place: int) -> Any:
    if place < 0:
        raise IndexError(place)
    return declared[place]


def _amount(cost: float) -> float:
    if not 0 <= cost < math.inf:
        raise ValueError(f"cost {cost}")
    return cost


def step_in_words(change: HistoryChange, language: Language) -> str:
    """What to do, with the amount and the share in it."""
    cost = value_in_words(change.cost, "amount", language)
    return change.step.words[language].format(cost=cost, parameter=percent(change.step.parameter, language, 0))
