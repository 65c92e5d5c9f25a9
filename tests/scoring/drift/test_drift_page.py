"""The report in both languages, as a self-contained page."""

from dataclasses import replace
from typing import get_args

import pytest

from scoring.drift.page import drift_page, sentences
from scoring.drift.report import Change, ChangeKind, ColumnDrift, TestName
from scoring.drift.words import change_in_words, changes_in_words
from scoring.words.language import LANGUAGES
from scoring.words.wording import texts
from tests.scoring.drift_example import RAW_ONLY, REPORT
from training.drift.changes import UNITS

NARROW = "\u202f"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in get_args(ChangeKind) if kind != "unit"])
def test_every_kind_of_change_has_words_with_both_figures(kind, language):
    told = change_in_words(Change(kind, "X", 0.25, 0.5), language)
    if kind not in ("all_missing", "new_level"):
        assert told.index("25") < told.index("5", told.index("25") + 2)
    if kind in ("new_level", "level", "value"):
        assert "X" in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_has_words(unit, language):
    told = change_in_words(Change("unit", unit, -12_000.0, 33.0), language)
    assert texts()[f"drift.unit.{unit}"][language] in told


def test_changes_are_joined_as_each_language_does():
    both = (Change("missing", "", 0.0, 0.2), Change("value", "365243", 0.18, 0.0))
    assert changes_in_words(both, "en") == (
        "missing values went from 0.0% to 20.0%; the value 365243 went from 18.0% to 0.0% of the applicants"
    )
    assert f"{NARROW}; " in changes_in_words(both, "fr")


def test_every_test_has_a_name():
    assert {f"drift.test.{name}" for name in get_args(TestName)} <= texts().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_who_what_and_how_much_and_loads_nothing(artifact, language):
    page = drift_page(REPORT, artifact.model.features, language)
    assert f'<html lang="{language}">' in page
    for told in ("AMT_INCOME_TOTAL", "demo-2", *sentences(REPORT, language)[3:]):
        assert told.replace("'", "&#x27;") in page
    for loading in ("<script", "src=", "href=", "url("):
        assert loading not in page


def test_a_report_of_raw_fields_alone_says_nothing_of_a_model():
    page = drift_page(RAW_ONLY, (), "en")
    assert "1 of 2 columns have drifted (50.0%)" in page
    for absent in ("probability of default", "Performance", "calibration", "weighs"):
        assert absent not in page


def test_columns_of_another_version_and_words_from_data_are_no_markup():
    odd = ColumnDrift(True, 1.0, "chi-square", 0.0, 0.0, 0.1, (Change("new_level", "<b>odd</b>", 0.0, 0.1),))
    page = drift_page(replace(REPORT, columns={"gone_<i>": odd}), (), "en")
    assert "gone_&lt;i&gt;" in page
    assert "&lt;b&gt;odd&lt;/b&gt;" in page
