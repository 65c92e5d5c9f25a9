"""Scenarios side by side: what each comes to, and what can be done with it."""

from __future__ import annotations

import pytest

from scoring.interface.case import fresh_case
from scoring.interface.scenarios_view import scenarios_html, scenarios_of, stored
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text

SMALLER, LARGER = {"AMT_CREDIT": 200_000}, {"AMT_CREDIT": 800_000, "AMT_ANNUITY": 40_000}


@pytest.fixture
def case(service, some_ids):
    return fresh_case(service, some_ids[7], "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_a_column_with_what_it_comes_to(service, some_ids, language):
    case = fresh_case(service, some_ids[7], language)
    html = scenarios_html(case, [SMALLER, LARGER])
    for changes in (SMALLER, LARGER):
        assert percent(case.with_changes(changes).assessment.probability, language) in html
    assert html.count('scope="col"') == 2
    assert text("scenario.name", language, letter="B") in html


def test_there_is_nothing_to_keep_without_changes_or_twice(case):
    keep = text("scenario.keep", "en")
    assert scenarios_html(case, []) == ""
    assert keep in scenarios_html(case.with_changes(SMALLER), [])
    assert keep not in scenarios_html(case.with_changes(SMALLER), [SMALLER])


def test_when_three_are_kept_no_other_can_be(case):
    html = scenarios_html(case.with_changes({"AMT_CREDIT": 1}), [SMALLER, LARGER, {}])
    assert text("scenario.keep", "en") not in html
    assert text("scenario.full", "en", most=3) in html


def test_the_page_stores_them_by_applicant(case, some_ids):
    kept = stored(case, [SMALLER])
    assert scenarios_of(kept, some_ids[7]) == [SMALLER]
    assert scenarios_of(kept, some_ids[8]) == []
    assert scenarios_of(None, some_ids[7]) == []
