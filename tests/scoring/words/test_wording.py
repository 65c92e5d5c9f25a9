"""Every text exists in both languages, and figures follow each language's conventions."""

import random
import re
import string
from pathlib import Path

import pytest

from scoring.files import read_table
from scoring.lender import FOLDER
from scoring.words.language import LANGUAGES
from scoring.words.wording import (
    MINUS,
    TEXTS,
    UNITS,
    amount,
    digits_apart,
    number,
    percent,
    range_in_words,
    short_number,
    text,
    texts,
    value_in_words,
)

PACKAGE = Path(__file__).parents[3] / "scoring"
KEY = re.compile(r'"((?:error|warning|summary|comment|letter|similar|chart|screen)\.[a-z_.]+)"')
# Words are looked up by a key; what SQLAlchemy calls a text is a statement.
DIRECT_KEY = re.compile(r'\btext\(\s*"([a-z][\w.]*)"')
NARROW, WIDE = "\u202f", "\u00a0"


def slots(words: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("row", read_table(TEXTS), ids=lambda row: row["key"])
def test_both_languages_say_it_with_the_same_slots(row):
    assert row["en"].strip()
    assert row["fr"].strip()
    assert slots(row["en"]) == slots(row["fr"])


def test_keys_are_unlike_each_other():
    assert len(texts()) == len(read_table(TEXTS))


def test_every_key_that_the_code_names_is_in_the_catalogue():
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert {*KEY.findall(code), *DIRECT_KEY.findall(code)} <= set(texts())


def test_every_theme_has_a_name():
    themes = {row["theme"] for table in ("fields.csv", "derived.csv") for row in read_table(FOLDER / table)}
    assert {f"theme.{theme}" for theme in themes} <= set(texts())


def test_slots_are_filled_even_by_words_with_braces():
    assert "'{x}'" in text("error.language", "en", value="'{x}'")


def test_an_unknown_key_is_a_programming_error():
    with pytest.raises(KeyError):
        text("no.such.key", "en")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("1,234,567.89", "12.0%", "450,000", "450.50", "450")),
        ("fr", (f"1{NARROW}234{NARROW}567,89", f"12,0{NARROW}%", f"450{NARROW}000", "450,50", "450")),
    ],
)
def test_figures_have_the_form_of_the_language(language, expected):
    figures = (number(1234567.891, language, 2), percent(0.12, language))
    assert (*figures, *(amount(value, language) for value in (450_000.4, 450.5, 450))) == expected


def test_short_numbers_have_no_idle_zeros_and_nothing_reads_minus_zero():
    assert [short_number(value, "en", 2) for value in (2.0, 2.5, -1)] == ["2", "2.5", f"{MINUS}1"]
    assert number(-0.001, "en", 2) == "0.00"


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (34.23, "years", "34.2 years", f"34,2{WIDE}ans"),
        (1.0, "years", "1 year", f"1{WIDE}an"),
        (2, "years", "2 years", f"2{WIDE}ans"),
        (0.5, "years", "0.5 years", f"0,5{WIDE}an"),
        (1.96, "years", "2 years", f"2{WIDE}ans"),
        (24.0, "months", "24 months", f"24{WIDE}mois"),
        (0, "days", "0 days", f"0{WIDE}jour"),
        (-1, "days", f"{MINUS}1 day", f"{MINUS}1{WIDE}jour"),
        (-2.4, "days", f"{MINUS}2 days", f"{MINUS}2{WIDE}jours"),
        (0.12, "share", "12.0%", f"12,0{NARROW}%"),
        (3.0, "count", "3", "3"),
        (0.4567, "score", "0.46", "0,46"),
        (1.5, "ratio", "1.50", "1,50"),
        (2.0, "", "2", "2"),
        (450_000.0, "amount", "450,000", f"450{NARROW}000"),
        (None, "amount", "not on file", "non renseigné"),
        ("Sales", "", "Sales", "Sales"),
    ],
)
def test_values_are_said_with_their_unit(value, unit, english, french):
    assert value_in_words(value, unit, "en") == english
    assert value_in_words(value, unit, "fr") == french


@pytest.mark.parametrize(
    ("low", "high", "unit", "english", "french"),
    [
        (0.45, 0.68, "score", "0.45 to 0.68", "de 0,45 à 0,68"),
        (20.0, 34.5, "years", "20 to 34.5 years", f"de 20 à 34,5{WIDE}ans"),
        (3.0, 3.0, "count", "3", "3"),
    ],
)
def test_ranges_say_their_unit_once(low, high, unit, english, french):
    assert range_in_words(low, high, unit, "en") == english
    assert range_in_words(low, high, unit, "fr") == french


@pytest.mark.parametrize("language", LANGUAGES)
def test_french_sets_double_punctuation_apart_without_a_line_break(language):
    spaced = re.compile(r" [;:?!»%]")
    assert not [key for key, words in texts().items() if spaced.search(words[language])]


@pytest.mark.parametrize(
    ("share", "others", "digits"),
    [
        (0.05, [0.07, 0.09], 1),
        (0.108, [0.107], 1),
        # 7.4 and 7.5: close, but one decimal tells them apart.
        (0.07396, [0.07468], 1),
        (0.1079, [0.1077], 2),
        (0.1078, [0.10781], 3),
        (0.1, [0.1], 4),
        (0.1, [], 1),
    ],
)
def test_a_share_close_to_another_has_as_many_decimals_as_tell_them_apart(share, others, digits):
    assert digits_apart(share, others) == digits


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_is_written_like_a_limit_only_if_four_decimals_cannot_tell_them_apart(language):
    rng = random.Random(15)
    for _ in range(5_000):
        limit = rng.uniform(0.001, 0.999)
        share = limit + rng.choice([-1, 1]) * 10 ** -rng.uniform(1, 6)
        digits = digits_apart(share, [limit])
        same = percent(share, language, digits) == percent(limit, language, digits)
        assert same == (percent(share, language, 4) == percent(limit, language, 4))
        assert digits == 1 or percent(share, language, digits - 1) == percent(limit, language, digits - 1)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("value", "words"), [(float("inf"), "inf"), (float("-inf"), "-inf"), (float("nan"), "nan"), (-1e300, "-1e+300")]
)
def test_a_number_that_no_figure_can_be_is_written_shortly(value, words, unit):
    assert {value_in_words(value, unit, language) for language in LANGUAGES} == {words}
