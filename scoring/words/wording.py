"""Texts and numbers in each language: the catalogue `texts.csv`, and number formats of the locale.

Labels of fields and levels are not here but in the tables of `scoring.schema.fields`. Figures are formatted by Babel
with patterns parsed once, because a screen formats hundreds of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

from scoring.files import read_table
from scoring.words.language import Language, Value

TEXTS = Path(__file__).with_name("texts.csv")
LOCALES = {"en": Locale("en"), "fr": Locale("fr")}
# French puts a narrow no-break space before the percent sign.
PERCENT_SIGNS = {"en": "%", "fr": "\u202f%"}
# Babel writes a hyphen, which is too short beside figures and may end a line.
MINUS = "\u2212"
UNITS = ("amount", "years", "months", "days", "share", "count", "score", "ratio", "")
DECIMALS_OF_YEARS = 1
DECIMALS_OF_COUNTS = 1
DECIMALS_OF_SCORES = 2
MOST_DIGITS = 4
# From here on, cents do not matter.
WHOLE_AMOUNTS_FROM = 1000
# Beyond, a number that somebody typed measures nothing, and Babel cannot write it with all of its digits.
LARGEST_WRITTEN = 1e15


@cache
def texts() -> dict[str, dict[str, str]]:
    """The catalogue: key -> language -> words, with {slots}."""
    return {row["key"]: {"en": row["en"], "fr": row["fr"]} for row in read_table(TEXTS)}


def text(key: str, language: Language, **slots: object) -> str:
    """The words of a key of `texts.csv`, with its slots filled in."""
    return texts()[key][language].format(**slots)


def worded(prefix: str) -> list[str]:
    """The catalogue's keys with a prefix, without the prefix."""
    return [key.removeprefix(prefix) for key in texts() if key.startswith(prefix)]


@cache
def _pattern(decimals: str, sign: str = "") -> NumberPattern:
    """A parsed pattern; `decimals` is "00" for two decimals, "##" for at most two."""
    return parse_pattern(f"#,##0.{decimals}{sign}" if decimals else f"#,##0{sign}")


@lru_cache(maxsize=4096)
def _written(value: float, language: Language, pattern: NumberPattern, digits: int) -> str:
    # Rounding first and adding zero keeps "-0" off the screen.
    return _with_minus(pattern.apply(round(float(value), digits) + 0.0, LOCALES[language]))


def _with_minus(figure: str) -> str:
    return figure.replace("-", MINUS)


def number(value: float, language: Language, digits: int) -> str:
    """A number with grouped thousands and that many decimals."""
    return _written(value, language, _pattern("0" * digits), digits)


@lru_cache(maxsize=4096)
def exact_number(value: Decimal, language: Language, digits: int) -> str:
    """A number that has no more decimals than these; a float would be rounded by the bits behind its shortest form."""
    return _with_minus(_pattern("0" * digits).apply(value + 0, LOCALES[language]))


def short_number(value: float, language: Language, digits: int) -> str:
    """A number with grouped thousands and at most that many decimals, without trailing zeros."""
    return _written(value, language, _pattern("#" * digits), digits)


def percent(share: float, language: Language, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage with that many decimals."""
    return _written(share, language, _pattern("0" * digits, PERCENT_SIGNS[language]), digits + 2)


def in_hundred(share: float) -> int:
    """A share in whole hundredths, rounded from the percentage as `percent` writes it: 7.0 % is 7, 7.5 % is 8."""
    return math.floor(round(100 * share, 1) + 0.5)


def digits_apart(share: float, others: Sequence[float]) -> int:
    """The number of decimals, one to four, with which a percentage is written otherwise than each of the others."""
    for digits in range(1, MOST_DIGITS):
        if round(100 * share, digits) not in [round(100 * other, digits) for other in others]:
            return digits
    return MOST_DIGITS


def amount(value: float, language: Language) -> str:
    """An amount of money: cents only below 1,000, and only if there are any."""
    whole = abs(value) >= WHOLE_AMOUNTS_FROM or value == int(value)
    return number(value, language, 0 if whole else 2)


@lru_cache(maxsize=4096)
def counted_form(shown: float, language: Language) -> str:
    """The plural form for a number: "one" or "other"."""
    return "one" if LOCALES[language].plural_form(shown) == "one" else "other"


def _counted(unit: str, value: float, language: Language, digits: int) -> str:
    """A number and its unit, singular or plural as the number shown requires."""
    form = counted_form(round(abs(float(value)), digits), language)
    return text(f"unit.{unit}.{form}", language, number=short_number(value, language, digits))


# Each reason's value, and what is usual, stands in several sentences.
@lru_cache(maxsize=4096)
def value_in_words(value: Value, unit: str, language: Language) -> str:
    """A value with its unit, for use in a sentence; None is "not on file", words stay as they are.

    Args:
        value: in the unit.
        unit: one of `UNITS`.
        language: of the words and figures.
    """
    if value is None:
        return text("not_on_file", language)
    if isinstance(value, str):
        return value
    if not abs(value) < LARGEST_WRITTEN:
        return f"{value:g}"
    match unit:
        case "amount":
            return amount(value, language)
        case "years" | "months":
            return _counted(unit, value, language, DECIMALS_OF_YEARS)
        case "days":
            return _counted(unit, value, language, 0)
        case "share":
            return percent(value, language)
        case "count":
            # A mean of counts has decimals; a count has none.
            return short_number(value, language, DECIMALS_OF_COUNTS)
        case "score" | "ratio":
            return number(value, language, DECIMALS_OF_SCORES)
        case _:
            return short_number(value, language, DECIMALS_OF_SCORES)


def frequency_in_words(of: str, share: float, language: Language) -> str:
    """A share as so many in a hundred, which agrees with the percentage beside it.

    Args:
        of: a middle part of the keys "frequency.….other": what is so frequent.
        share: in [0, 1].
        language: of the words.
    """
    count = in_hundred(share)
    # As it is written: 0.5 % is not one in a hundred.
    if round(100 * share, 1) < 1:
        return text(f"frequency.{of}.fewer", language)
    if count > 99:
        return text(f"frequency.{of}.more", language)
    return text(f"frequency.{of}.{counted_form(count, language)}", language, count=count)


def range_in_words(low: float, high: float, unit: str, language: Language, key: str = "range") -> str:
    """A range with its unit once: "20 to 34.5 years"; a single value if both ends read the same.

    `key` is "range" or "range.usual": French says "de 20 à 34,5 ans", but "habituellement entre 20 et 34,5 ans".
    """
    first, last = value_in_words(low, unit, language), value_in_words(high, unit, language)
    if first == last:
        return last
    if unit in ("years", "months"):
        first = short_number(low, language, DECIMALS_OF_YEARS)
    if unit == "days" and low >= 0:
        first = short_number(low, language, 0)
    return text(key, language, low=first, high=last)
