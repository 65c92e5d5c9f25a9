"""What is said of a field, a derived feature or a family of history features: as a reason, in letter and glossary.

`wording.csv` of the lender's folder has a row for each field and each derived feature, `families.csv` one for each
factor of the history features. In a sentence, "[A low|A high|The] income" stands for what agrees with the value: low,
high, or neither. Of a yes/no field there are two, for no and yes. The sentences of reasons end alike, in the words of
`reason.end` of the catalogue, so that what they are about can be listed without repeating that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from scoring.files import read_table
from scoring.lender import FOLDER
from scoring.schema.features import application_features, derived_features
from scoring.schema.fields import fields
from scoring.strict import MalformedError
from scoring.words.language import LANGUAGES, Language, Words
from scoring.words.wording import text

Side = Literal["low", "high", "usual"]
SIDES: tuple[Side, ...] = get_args(Side)
# Only what a model may read can be a reason; everything is explained.
ENDING_ALIKE = ("raises", "lowers")
REASON = (*ENDING_ALIKE, "letter")
EXPLAINED = ("meaning", "source", "change")
ALTERNATIVES = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True)
class Sayings:
    """What is said of one field, feature or family.

    Args:
        raises, lowers: a sentence on it as a reason that raises or lowers the risk; "" if no model may read it.
        letter: the same for the applicant, where it raises the risk.
        meaning: what it is.
        source: where it comes from.
        change: what could change it.
    """

    raises: Words
    lowers: Words
    letter: Words
    meaning: Words
    source: Words
    change: Words


def agreeing(sentence: str, side: Side) -> str:
    """A sentence with the alternatives that agree with a value, and a capital at its beginning."""
    place = SIDES.index(side)

    def chosen(found: re.Match[str]) -> str:
        alternatives = found[1].split("|")
        return alternatives[min(place, len(alternatives) - 1)]

    return ALTERNATIVES.sub(chosen, sentence)


@cache
def field_sayings() -> dict[str, Sayings]:
    """The sayings of every field and every derived feature, by name.

    Raises:
        MalformedError: one is missing or unknown, lacks a language, or has a sentence that does not end as all do.
    """
    readable = {feature.name for feature in application_features()}
    return _read("wording.csv", [*fields(), *(feature.name for feature in derived_features())], readable)


@cache
def family_sayings() -> dict[str, Sayings]:
    """The sayings of the families of history features, by factor.

    Raises:
        MalformedError: one lacks a language, or has a sentence that does not end as all do.
    """
    names = [row["name"] for row in read_table(FOLDER / "families.csv")]
    return _read("families.csv", names, set(names))


def sayings_of(feature: str, factor: str) -> Sayings | None:
    """The sayings of a feature, or of its family; None of one that this lender's tables do not know."""
    return field_sayings().get(feature) or family_sayings().get(factor)


def _read(table: str, names: list[str], readable: set[str]) -> dict[str, Sayings]:
    rows = {row["name"]: row for row in read_table(FOLDER / table)}
    if wrong := set(rows) ^ set(names):
        raise MalformedError(f"{table} must have one row for each of the lender's fields; wrong: {sorted(wrong)}")
    for name, row in rows.items():
        wanted = (*REASON, *EXPLAINED) if name in readable else EXPLAINED
        for column in (*REASON, *EXPLAINED):
            for language in LANGUAGES:
                if bool(row[f"{column}_{language}"]) != (column in wanted):
                    raise MalformedError(f"{table}: {column}_{language} of {name} must be {_wanted(column in wanted)}")
                _check_end(table, name, column, language, row[f"{column}_{language}"])
    return {
        name: Sayings(**{column: Words(row[f"{column}_en"], row[f"{column}_fr"]) for column in (*REASON, *EXPLAINED)})
        for name, row in rows.items()
    }


def _check_end(table: str, name: str, column: str, language: Language, sentence: str) -> None:
    end = f" {text(f'reason.end.{column}', language)}" if column in ENDING_ALIKE else ""
    if sentence and not sentence.endswith(end):
        raise MalformedError(f"{table}: {column}_{language} of {name} must end in {end.strip()!r}")


def _wanted(given: bool) -> str:
    return "given" if given else "empty: no model may read it"
