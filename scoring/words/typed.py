"""Numbers as people type them into a form, and as a form shows them: lossless, in the reader's own way of writing.

The reader's language decides what a separator means: "32,5" is a decimal in French, "1,234" is 1234 in English. What
is written in the other language's way is read, too, as long as it has one meaning; on a French page, three digits after
a comma or a point have two. Files and programs are stricter: see `scoring.schema.definition.read_number`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from scoring.words.language import Language
from scoring.words.wording import exact_number

# The smallest number that a computer holds has 324 decimals, and a form reads what it shows.
LONGEST = 350
# Spaces of every width that people and programs put between groups of three digits.
_SPACES = "[ \u00a0\u2009\u202f]"
# Longer ones measure nothing, and some are not floating-point numbers.
_WHOLE = rf"(?:\d{{1,3}}(?:{_SPACES}\d{{3}}){{1,13}}|\d{{1,40}})"
_COMMA_GROUPS = r"[1-9]\d{0,2}(?:,\d{3}){1,13}"
_COMMA_DECIMAL = re.compile(rf"{_WHOLE}(?:,\d*)?|,\d+", re.ASCII)
_POINT_DECIMAL = re.compile(rf"(?:{_WHOLE}|{_COMMA_GROUPS})(?:\.\d*)?|\.\d+", re.ASCII)
_WAYS = {"en": (_POINT_DECIMAL, _COMMA_DECIMAL), "fr": (_COMMA_DECIMAL, _POINT_DECIMAL)}
# "1.234" is 1.234 in English and 1234 in much of Europe, "270,000" is 270 in French and 270000 in English: a page in
# French asks which.
_AMBIGUOUS_IN_FRENCH = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
# Cents stand as two digits.
CENTS = 2


def read_typed(words: str, language: Language) -> float | int | None:
    """The number that somebody typed; None if it is none, or has two meanings. Without decimals it is an integer."""
    typed = words.strip().replace("\u2212", "-")
    sign, digits = (-1, typed[1:].lstrip()) if typed.startswith("-") else (1, typed.removeprefix("+"))
    if len(digits) > LONGEST or (language == "fr" and _AMBIGUOUS_IN_FRENCH.fullmatch(digits)):
        return None
    way = next((way for way in _WAYS[language] if way.fullmatch(digits)), None)
    if way is None:
        return None
    plain = re.sub(_SPACES, "", digits)
    plain = plain.replace(",", ".") if way is _COMMA_DECIMAL else plain.replace(",", "")
    return sign * int(plain) if plain.isdigit() else sign * float(plain)


def written(value: float, language: Language, unit: str = "") -> str:
    """A number with all its decimals, thousands in groups; an amount that has cents has both digits of them."""
    exact = Decimal(repr(float(value)))
    decimals = max(0, -int(exact.normalize().as_tuple().exponent))
    return exact_number(exact, language, max(decimals, CENTS) if decimals and unit == "amount" else decimals)
