"""The table of application fields, on which forms, checks, plots, reasons and the documentation rest.

In the lender's folder, `fields.csv` has one row per raw field of the application table, in the table's order;
`levels.csv` the labels of categorical levels. Nothing else in `scoring` states what a raw field means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from scoring.files import read_table
from scoring.lender import FOLDER
from scoring.lender.roles import YES_LEVELS
from scoring.words.language import Kind, Words

FieldType = Literal["integer", "number", "text"]


@dataclass(frozen=True)
class Feature:
    """One input of the model, with all that is needed to present it.

    Args:
        name: the column's name in frames and in the artifact.
        label: its name in words; capitalised, without a full stop.
        unit: a key of `wording.UNITS` ("amount", "years", "months", "days", "share", "count", "score", "ratio", "").
        theme: a key of the themes in `texts.csv`.
        kind: decides how it is drawn and worded.
        direction: +1 if a higher value may never lower the risk, -1 if it may never raise it, 0 if free.
        factor: features of one factor mean the same to an applicant; at most one of them is given as a reason.
    """

    name: str
    label: Words
    unit: str
    theme: str
    kind: Kind = "quantitative"
    direction: int = 0
    factor: str = ""

    def __post_init__(self) -> None:
        if not self.factor:
            object.__setattr__(self, "factor", self.name)


@dataclass(frozen=True)
class Leeway:
    """How far recourse may change a field, and with which others.

    Args:
        levers: the levers that change it; each changes all of its fields by the same factor.
        step: proposals are multiples of this, in the field's unit.
        limit: the most extreme factor; below 1 the field may only be lowered, above 1 only raised.
        words: what to do, with the place `{value}`.
    """

    levers: tuple[str, ...]
    step: float
    limit: float
    words: Words


@dataclass(frozen=True)
class Field:
    """One raw application field: how it is read, checked and shown.

    `minimum` and `maximum` bound a number (None: unbounded), `sentinels` are special values outside these bounds;
    `levels` maps each allowed code to its labels; `leeway` is None if an applicant cannot be asked to change the field.
    `scoring.schema.definition` alone says what this means for a value.
    """

    name: str
    type: FieldType
    nullable: bool
    kind: Kind
    theme: str
    unit: str
    minimum: float | None
    maximum: float | None
    sentinels: tuple[float, ...]
    required: bool
    editable: bool
    model_input: bool
    protected: Literal["", "protected", "proxy"]
    direction: int
    factor: str
    label: Words
    levels: dict[str, Words]
    leeway: Leeway | None

    @property
    def may_be_missing(self) -> bool:
        """Whether it may be missing on file. A new application must have all required fields."""
        return self.nullable or not self.required

    @property
    def yes_no_values(self) -> tuple[str | int, str | int]:
        """The values for yes and for no in a yes/no field."""
        if self.type != "text":
            return 1, 0
        yes = next(level for level in self.levels if level in YES_LEVELS)
        return yes, next(level for level in self.levels if level != yes)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _leeway(row: dict[str, str]) -> Leeway | None:
    levers = tuple(row["levers"].split())
    if not levers:
        return None
    words = Words(row["lever_en"], row["lever_fr"])
    return Leeway(levers, float(row["lever_step"]), float(row["lever_limit"]), words)


@cache
def fields() -> dict[str, Field]:
    """All raw application fields by name, in the order of the lender's table."""
    levels: dict[str, dict[str, Words]] = {}
    for row in read_table(FOLDER / "levels.csv"):
        levels.setdefault(row["field"], {})[row["level"]] = Words(row["label_en"], row["label_fr"])
    return {
        row["name"]: Field(
            name=row["name"],
            type=row["type"],  # type: ignore[arg-type]
            nullable=row["nullable"] == "yes",
            kind=row["kind"],  # type: ignore[arg-type]
            theme=row["theme"],
            unit=row["unit"],
            minimum=_number(row["minimum"]),
            maximum=_number(row["maximum"]),
            sentinels=tuple(map(float, row["sentinels"].split())),
            required=row["required"] == "yes",
            editable=row["editable"] == "yes",
            model_input=row["model_input"] == "yes",
            protected=row["protected"],  # type: ignore[arg-type]
            direction=int(row["direction"] or 0),
            factor=row["factor"],
            label=Words(row["label_en"], row["label_fr"]),
            levels=levels.get(row["name"], {}),
            leeway=_leeway(row),
        )
        for row in read_table(FOLDER / "fields.csv")
    }


@cache
def leeways() -> dict[str, Leeway]:
    """The leeway of each field that recourse may change, in the order of the field table."""
    return {name: field.leeway for name, field in fields().items() if field.leeway}
