"""The bar says what, how likely, how sure and what would change it, and contradicts itself nowhere."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest

from scoring.answers.applicant import Plan
from scoring.applicants.in_words import field_label
from scoring.interface.bar import bar_html
from scoring.interface.case import Case, fresh_case
from scoring.lender.roles import BIRTH, CREDIT, INCOME, INSTALMENT
from scoring.schema.fields import fields
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import in_hundred, text

SCALE = re.compile(r'class="cs-marker cs-own" style="left:([\d.]+)%')
PERCENT = re.compile(r'<b class="cs-figure-number">([\d.,]+)')


def new_application(service, language: Language, **changes) -> Case:
    required = {CREDIT: 400_000, INSTALMENT: 25_000, INCOME: 180_000, BIRTH: -14_000}
    case = fresh_case(service, None, language)
    return Case(service, language, case.applicant, {**required, **changes})


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_many_in_a_hundred_agree_with_the_percentage_and_the_scale(service, applicants, language):
    for applicant_id in random.Random(1).sample(applicants.ids.tolist(), 60):
        case = fresh_case(service, applicant_id, language)
        shown = bar_html(case)
        count = in_hundred(case.score.probability)
        if case.score.probability < 0.0095:
            assert text("frequency.short.fewer", language) in shown
            continue
        assert f"<span>{count} {'in' if language == 'en' else 'sur'} 100</span>" in shown
        percentage = float(PERCENT.search(shown)[1].replace(",", "."))  # type: ignore[index]
        assert abs(percentage - count) <= 0.55
        assert 0 <= float(SCALE.search(shown)[1]) <= 100  # type: ignore[index]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_almost_empty_application_is_told_what_to_complete_first_and_no_verdict(service, language):
    case = new_application(service, language)
    shown = unescape(bar_html(case))
    assert text("bar.too_little", language) in shown
    assert 'class="cs-decision cs-unknown"' in shown
    assert (
        text(f"decision.{case.score.decision}", language) not in shown.split('class="cs-answer"')[1].split("</div>")[0]
    )
    named = re.findall(r"<span>([^<]+)</span>", shown.split('class="cs-change"')[1])
    assert named[1:] == [field_label(name, language) for name in case.confidence.complete_first]
    # What the form does not ask for leads nowhere.
    leads = re.findall(r'data-do="field (\w+)"', shown)
    assert leads == [name for name in case.confidence.complete_first if fields()[name].editable]


def test_whoever_is_on_file_gets_a_verdict(service, some_ids):
    shown = bar_html(fresh_case(service, some_ids[0], "en"))
    assert text("bar.too_little", "en") not in shown


def test_a_value_outside_what_the_model_knows_stands_beside_the_verdict(service, some_ids):
    case = fresh_case(service, some_ids[0], "en")
    changed = Case(service, "en", case.applicant, {CREDIT: 900_000_000})
    assert "outside what the model knows: " in bar_html(changed)
    assert "within what the model knows" in bar_html(case)


def test_what_would_change_it_is_the_least_plan_and_leads_to_the_form(service, helped: tuple[int, Plan]):
    shown = bar_html(fresh_case(service, helped[0], "en"))
    assert "To be approved" in shown
    assert 'data-do="show what_if"' in shown


def test_nothing_is_decided_before_the_required_fields_are_there(service):
    shown = bar_html(fresh_case(service, None, "en"))
    assert text("screen.new_application", "en") in shown
    assert "cs-answer" not in shown
