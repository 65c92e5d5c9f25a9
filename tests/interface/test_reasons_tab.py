"""The list of reasons: the main ones on either side first, each with its effect, its picture and what it opens into."""

from __future__ import annotations

import re
from html import escape

import pytest

from scoring.answers.applicant import Reason
from scoring.documents.reasons import headline, points_of
from scoring.interface.case import fresh_case
from scoring.interface.reasons_tab import MAIN, ranked, reasons_html
from scoring.words.language import LANGUAGES

PROBABILITY = 0.12


def reason(name: str, contribution: float) -> Reason:
    return Reason(name, name, 1.0, "count", [0.0, 2.0], contribution, 1.0)


def test_the_two_main_reasons_on_either_side_come_first_then_the_others_by_size():
    found = [
        reason("a", 0.9),
        reason("b", 0.8),
        reason("c", 0.7),
        reason("d", -0.1),
        reason("e", -0.05),
        reason("f", -0.01),
    ]
    assert [each.feature for each in ranked(found, PROBABILITY)] == ["a", "b", "d", "e", "c", "f"]


def test_they_are_ranked_by_what_they_change_of_the_probability():
    found = [reason("against", 0.5), reason("for", -0.49)]
    sizes = [abs(points_of(each, PROBABILITY)) for each in ranked(found, PROBABILITY)]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_says_its_sentence_and_effect_and_opens_into_its_plot(service, some_ids, language):
    case = fresh_case(service, some_ids[3], language)
    shown = reasons_html(case)
    assert shown.count("<details") == len(case.reasons)
    # Each picture has words for who does not see it.
    assert shown.count("<svg") - shown.count('aria-hidden="true"><path') == shown.count('role="img" aria-label="')
    assert shown.count('class="cs-strip"') == len(case.reasons)
    assert shown.count('class="cs-place"') + shown.count('class="cs-levels"') == len(case.reasons)
    for each in case.reasons:
        assert escape(headline(each, language)) in shown
    assert len(case.reasons) >= 2 * MAIN


def test_a_reason_leads_to_the_fields_of_the_form_behind_it(service, some_ids):
    shown = "".join(reasons_html(fresh_case(service, each, "en")) for each in some_ids[:5])
    fields = set(re.findall(r'data-do="field (\w+)" data-focus="entry-(\w+)"', shown))
    assert fields
    assert all(name == entry for name, entry in fields)


def test_the_same_fact_does_not_speak_on_both_sides(service, some_ids):
    for applicant_id in some_ids:
        factors = [each.factor for each in fresh_case(service, applicant_id, "en").reasons]
        assert len(set(factors)) == len(factors)
