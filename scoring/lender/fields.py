"""The table of application fields: what a form, a check, a plot, a reason and the docs know of a field.

`fields.csv` holds one row per raw field of the lender's application table, in the table's own order; `levels.csv` the
words for the levels of the categorical ones. Nothing else in `scoring` spells out what a raw field means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from scoring.files import read_table
from scoring.words.language import Kind, Words

FOLDER = Path(__file__).parent

FieldType = Literal["integer", "number", "text"]

# Text flags of the lender's tables: the level that means yes.
YES_LEVELS = ("Y", "Yes")


@dataclass(frozen=True)
class Feature:
    """One input of the model, with all that a person needs in order to read it.

    Args:
        name: the column's name in frames and in the artifact.
        label: what it is, in words; starts with a capital, no full stop.
        unit: a key of `wording.UNITS` ("amount", "years", "months", "days", "share", "count", "score", "ratio", "").
        theme: a key of the themes in `texts.csv`.
        kind: how it is drawn and worded.
        direction: +1 if a higher value may never lower the risk, -1 if it may never raise it, 0 if free.
        factor: features with the same factor say the same thing to an applicant; at most one of them is a reason.
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
    """How far recourse may move a field, and with which others.

    Args:
        levers: the levers that move it; each moves all of its fields by the same factor.
        step: what is proposed is a multiple of this, in the field's unit.
        limit: the furthest factor; below 1 the field may only be lowered, above 1 only raised.
    """

    levers: tuple[str, ...]
    step: float
    limit: float


@dataclass(frozen=True)
class Field:
    """One raw application field: how it is read, checked and shown.

    `minimum` and `maximum` bound a number (None: unbounded), `sentinels` are the lender's marks outside these bounds;
    `levels` maps each allowed code to its words; `leeway` is None where an applicant cannot be asked to change the
    field. What follows for a value is defined in `scoring.lender.definition` alone.
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
    label: Words
    levels: dict[str, Words]
    leeway: Leeway | None

    @property
    def may_be_missing(self) -> bool:
        """Whether an application on file may lack it. A new application must hold whatever is required."""
        return self.nullable or not self.required

    @property
    def yes_no_values(self) -> tuple[str | int, str | int]:
        """What stands for yes and for no in a yes/no field."""
        if self.type != "text":
            return 1, 0
        yes = next(level for level in self.levels if level in YES_LEVELS)
        return yes, next(level for level in self.levels if level != yes)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _leeway(row: dict[str, str]) -> Leeway | None:
    levers = tuple(row["levers"].split())
    return Leeway(levers, float(row["lever_step"]), float(row["lever_limit"])) if levers else None


@cache
def fields() -> dict[str, Field]:
    """Every raw application field by name, in the order of the lender's table."""
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
            label=Words(row["label_en"], row["label_fr"]),
            levels=levels.get(row["name"], {}),
            leeway=_leeway(row),
        )
        for row in read_table(FOLDER / "fields.csv")
    }


@cache
def leeways() -> dict[str, Leeway]:
    """The leeway of each field that recourse may move, in the order of the field table."""
    return {name: field.leeway for name, field in fields().items() if field.leeway}
